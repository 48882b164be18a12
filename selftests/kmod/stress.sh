#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ports, addresses, devices and switches come, change and go while frames pass on all processors; the kernel complains of nothing.
#
#         psw0
#          |
#     +----+---+-------+
#    v_a      v_b     v_c      v_d ... come and go        host
#   ..|........|.......|...........................
#   eth0      eth0    eth0
#    a         b       c                                  pods
#
# For PODSWITCH_STRESS_SECONDS (10): a, c and the host send without end to one pod and to all, while at once
# ports are detached and attached, addresses and settings change, devices go down, hooks come and go, pods live
# and die, and all is listed. Then what should work works.
. "$(dirname "$0")/../lib.sh"

SECONDS_EACH=${PODSWITCH_STRESS_SECONDS:-10}

need_module
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0 192.0.2.4/24 2001:db8::4/64
NAMESPACES+=(d)

# until_end COMMAND...: again and again; what it says does not matter
until_end() {
	local end=$((SECONDS + SECONDS_EACH))

	while [[ $SECONDS -lt $end ]]; do
		"$@" && ROUNDS=$((ROUNDS + 1))
	done > /dev/null 2>&1
	echo "$ROUNDS" > "$WORK/rounds.$1"
}

ROUNDS=0

reattaching() {
	"$PSW" port del v_b &&
	"$PSW" port add v_b switch psw0 address 192.0.2.3 address 2001:db8::3
}

changing() {
	genl address-new ifindex v_c address 192.0.2.44 address 2001:db8::44
	genl port-set ifindex v_c isolated 1 hairpin 1 guard 0 network x
	genl address-del ifindex v_c address 192.0.2.4
	genl port-set ifindex v_c mac 02:00:00:00:00:44
	genl address-new ifindex v_c address 192.0.2.4
	genl port-set ifindex v_c mac "$MAC_C" isolated 0 hairpin 0 guard 2 network y
	genl address-del ifindex v_c address 2001:db8::44 address 192.0.2.44
}

flapping() {
	ip -b - <<-EOF
		link set v_a down
		link set v_a up
		link set v_a mtu 1400
		link set v_a mtu 1500
	EOF
	tc qdisc add dev v_a root pfifo
	tc qdisc del dev v_a root
	tc qdisc add dev v_a clsact
	tc qdisc del dev v_a clsact
}

living() {
	ip netns add d
	ip -b - <<-EOF
		link add v_d type veth peer name eth0 netns d
		link set v_d up master psw0
		link add psw2 type podswitch
		link set psw2 up
		link set v_d master psw2
	EOF
	ip -n d link set eth0 up
	ip link del psw2
	ip netns del d
}

listing() {
	"$PSW" -j -s port show
	"$PSW" -j -s switch show
}

ktap_header
MAC_A=$(mac_of a eth0)
MAC_B=$(mac_of b eth0)
MAC_C=$(mac_of c eth0)
background frame -n 0 a:eth0 eth "$MAC_B" a:eth0 ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 1000
background frame -n 0 c:eth0 eth "$MAC_A" c:eth0 ipv6 2001:db8::4 2001:db8::2 udp 1 2 data 1000
background frame -n 0 c:eth0 eth ff:ff:ff:ff:ff:ff c:eth0 arp 1 c:eth0 192.0.2.4 "$MAC_A" 192.0.2.3
background frame -n 0 psw0 eth ff:ff:ff:ff:ff:ff psw0 ipv4 192.0.2.1 255.255.255.255 udp 1 2
traffic=${#JOBS[@]}

for what in reattaching changing flapping living listing; do
	background until_end "$what"
done
wait "${JOBS[@]:traffic}"
for what in reattaching changing flapping living listing; do
	check "$what went on" test "$(< "$WORK/rounds.$what")" -ge 1
	ktap_note "$what: $(< "$WORK/rounds.$what") times"
done
kill "${JOBS[@]:0:traffic}"
wait "${JOBS[@]:0:traffic}" 2>/dev/null
JOBS=()

ip link set v_a up
for port in v_a v_b v_c; do
	check "$port is a port with its addresses" \
		bash -c "'$PSW' -j port show $port | grep -q '\"192.0.2.[234]\",\?.*\"2001:db8::[234]\"\|\"2001:db8::[234]\".*\"192.0.2.[234]\"'"
done
check_equal "no address is left over" 6 \
	"$("$PSW" -j switch show psw0 | sed 's/.*"addresses":\([0-9]*\).*/\1/')"
frames <<-EOF
	frames pass from a to b | -n 10 -a b:eth0=10 a:eth0 eth b:eth0 a:eth0 ipv4 192.0.2.2 192.0.2.3 udp 1 2
	frames pass from c to a | -n 10 -a a:eth0=10 c:eth0 eth a:eth0 c:eth0 ipv6 2001:db8::4 2001:db8::2 udp 1 2
	frames pass from the host to all | -n 10 -a a:eth0=10 -a b:eth0=10 -a c:eth0=10 psw0 eth ff:ff:ff:ff:ff:ff psw0 ipv4 192.0.2.1 255.255.255.255 udp 1 2
EOF

ktap_finish
