#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A switch's device takes over from its ports what frames between them and the host have to keep to.
#
#         psw0
#          |
#     +----+----+------+
#    x_1       x_2    x_*       ports, which come and go; the other ends are here, too
#
# mtu:       the smallest, unless the administrator has said otherwise
# headroom:  the most that one needs in front of a frame, for all
# cost:      that of a port does not grow with their number
# features:  those that one has
# tso:       the least that one takes
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq
make_switch psw0

# feature DEVICE NAME: "on" or "off"
feature() {
	ethtool -k "$1" | awk -v name="$2:" '$1 == name { print $2 }'
}

# tso DEVICE: the most that it takes in one frame
tso() {
	ip -d -j link show "$1" | jq '.[0].tso_max_size'
}

# pair NAME [NAME VALUE...]: a veth with both its ends up
pair() {
	ip link add "$1" "${@:2}" type veth peer name "p$1" && ip link set "$1" up &&
		ip link set "p$1" up
}

ktap_header

# --- mtu ---

mtu() {
	cat /sys/class/net/psw0/mtu
}

pair x_1 mtu 9000
pair x_2 mtu 1400
check_equal "mtu: without ports" 1500 "$(mtu)"
ip link set x_1 master psw0
check_equal "mtu: the first port's, greater" 9000 "$(mtu)"
ip link set x_2 master psw0
check_equal "mtu: the smaller of two" 1400 "$(mtu)"
ip link set x_2 mtu 1300
check_equal "mtu: a port's falls" 1300 "$(mtu)"
ip link set x_2 mtu 1450
check_equal "mtu: a port's rises" 1450 "$(mtu)"
ip link set x_1 mtu 1350
check_equal "mtu: another is the smallest" 1350 "$(mtu)"
ip link set x_1 nomaster
check_equal "mtu: the smallest goes" 1450 "$(mtu)"
ip link set x_2 nomaster
check_equal "mtu: the last one goes" 1500 "$(mtu)"
ip link set psw0 mtu 1380
ip link set x_2 master psw0
ip link set x_2 mtu 1280
check_equal "mtu: the administrator's stays" 1380 "$(mtu)"
ip link set x_2 nomaster
check_equal "mtu: and stays without ports" 1380 "$(mtu)"
ip link del psw0
ip link add psw0 mtu 1390 type podswitch
ip link set psw0 up
ip link set x_2 master psw0
check_equal "mtu: given as the switch is made" 1390 "$(mtu)"
ip link del psw0
ip link add psw0 type podswitch
ip link set psw0 up

# --- headroom, cost: seen in what functions of the kernel are called ---

TRACING=/sys/kernel/tracing

# told_headroom: what veths were last told, one after another
told_headroom() {
	sed -n 's/.*psw_headroom: .*room=\(-*[0-9]*\).*/\1/p' "$TRACING/trace" | xargs
	echo > "$TRACING/trace"
}

# probe NAME DEFINITION: traces a function; unprobe NAME ends that
probe() {
	echo "p:$1 $2" >> "$TRACING/kprobe_events" 2> /dev/null || return 1
	echo 1 > "$TRACING/events/kprobes/$1/enable"
	echo > "$TRACING/trace"
}

unprobe() {
	echo 0 > "$TRACING/events/kprobes/$1/enable"
	echo "-:$1" >> "$TRACING/kprobe_events"
}

# looks COMMAND...: how often it looks at the features of a port
looks() {
	echo > "$TRACING/trace"
	"$@"
	grep -c psw_look: "$TRACING/trace"
}

mount -t tracefs tracefs "$TRACING" 2> /dev/null
if probe psw_headroom "veth_set_rx_headroom room=\$arg2:s32"; then
	ip link set x_1 master psw0
	check_equal "headroom: none is needed" 0 "$(told_headroom)"
	ip link add x_vx type vxlan id 1 dstport 4789 dev lo
	ip link set x_vx master psw0
	NEEDED=$(told_headroom)
	check "headroom: what an encapsulating port needs" test "$NEEDED" -ge 50
	ip link set x_2 master psw0
	check_equal "headroom: of a port that comes later" "$NEEDED" "$(told_headroom)"
	ip link set x_2 nomaster
	check_equal "headroom: of one that goes" "-1" "$(told_headroom)"
	ip link set x_vx nomaster
	check_equal "headroom: none when that one has gone" 0 "$(told_headroom)"
	ip link set x_1 nomaster
	unprobe psw_headroom
	ip link del x_vx
else
	skip "headroom" "no kprobes"
fi

if probe psw_look netdev_increment_features; then
	ip link set x_1 master psw0
	FIRST=$(looks ip link set x_2 master psw0)
	for i in $(seq 10); do
		echo "link add x_m$i type veth peer name px_m$i"
		echo "link set x_m$i master psw0"
	done | ip -b -
	ip link set x_2 nomaster
	check "cost: it does look" test "$FIRST" -gt 0
	check_equal "cost: of the twelfth port as of the second" "$FIRST" "$(looks ip link set x_2 master psw0)"
	check "cost: and of one that goes no more" test "$(looks ip link set x_2 nomaster)" -le "$FIRST"
	for i in $(seq 10); do echo "link del x_m$i"; done | ip -b -
	ip link set x_1 nomaster
	unprobe psw_look
else
	skip "cost" "no kprobes"
fi

# --- features, tso ---

if command -v ethtool > /dev/null; then
	ip link set x_1 master psw0
	check_equal "features: a port has them" "on on" \
		"$(feature psw0 scatter-gather) $(feature psw0 tx-udp-segmentation)"
	ethtool -K x_1 sg off tx-udp-segmentation off > /dev/null
	check_equal "features: the only port loses them" "off off" \
		"$(feature psw0 scatter-gather) $(feature psw0 tx-udp-segmentation)"
	ip link set x_2 master psw0
	check_equal "features: another port has them" "on on" \
		"$(feature psw0 scatter-gather) $(feature psw0 tx-udp-segmentation)"
	ip link set x_2 nomaster
	check_equal "features: and goes" "off off" \
		"$(feature psw0 scatter-gather) $(feature psw0 tx-udp-segmentation)"
	ethtool -K x_1 sg on tso on tx-udp-segmentation on > /dev/null
	check_equal "features: regained" "on on" \
		"$(feature psw0 scatter-gather) $(feature psw0 tx-udp-segmentation)"
	check_equal "features: the host's VLANs have them, and tags beside frames" "on" \
		"$(feature psw0 tx-vlan-offload)"
	ip link set x_1 nomaster
else
	skip "features" "needs ethtool"
fi

ip link add x_du type dummy
check_equal "tso: without ports" 524280 "$(tso psw0)"
ip link set x_1 master psw0
ip link set x_du master psw0
check_equal "tso: no more than a port takes" "$(tso x_du)" "$(tso psw0)"
check "tso: which is less" test "$(tso x_du)" -lt 524280
ip link set x_du nomaster
check_equal "tso: when it has gone" 524280 "$(tso psw0)"
ip link del x_du

ip link del x_1
ip link del x_2
ktap_finish
