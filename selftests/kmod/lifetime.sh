#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port lives exactly as long as its device is attached, its addresses as long as the port, and whoever listens is told.
#
#         psw0 (and psw1)
#          |
#     +----+-----+-------+
#    v_a        v_b     v_c      host; frames pass from c to a all the while
#   ..|..........|.......|......
#   eth0        eth0    eth0
#    a           b       c       pods
#
# pod:        its namespace goes, its interface goes
# device:     renamed, moved, released, detached, deleted, down and up
# switch:     deleted, with its ports; with its namespace
# told:       what listeners hear of it
# module:     removed and loaded again, with ports and traffic (PODSWITCH_MODULE is the file)
# last:       the address given last is remembered
. "$(dirname "$0")/../lib.sh"

need_module
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0 192.0.2.4/24 2001:db8::4/64

ports() {
	"$PSW" port show | awk 'NR > 1 { printf "%s%s", s, $1; s = " " }'
}

# addresses: those of psw0 that pods declare
addresses() {
	"$PSW" -j switch show psw0 | sed 's/.*"addresses":\([0-9]*\).*/\1/'
}

no_port() {
	! "$PSW" port show "$1"
}

no_link() {
	! ip link show "$1"
}

# heard LINE: a listener was told so
heard() {
	busywait 5 grep -qx "$1" "$WORK/told"
}

index_of() {
	cat "/sys/class/net/$1/ifindex"
}

traffic() {
	background frame -n 0 c:eth0 eth "$(mac_of a eth0)" c:eth0 \
		ipv4 192.0.2.4 192.0.2.2 udp 1000 2000 data 1000
	background frame -n 0 c:eth0 eth ff:ff:ff:ff:ff:ff c:eth0 \
		ipv4 192.0.2.4 255.255.255.255 udp 1000 2000 data 1000
	background frame -n 0 psw0 eth "$(mac_of b eth0)" psw0 \
		ipv4 192.0.2.1 192.0.2.3 udp 1000 2000 data 1000
}

ktap_header
background genl listen > "$WORK/told"
busywait 5 grep -q listening "$WORK/told"
traffic

# --- pod ---

index=$(index_of v_b)
ip netns del b
check "pod: the port goes with the namespace" busywait 5 no_port v_b
check_equal "pod: and no other" "v_a v_c" "$(ports)"
check_equal "pod: its addresses are free" 4 "$(addresses)"
check "told: port-del-ntf" heard "port-del-ntf $index v_b"
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
check_equal "pod: another declares them" "v_a v_c v_b" "$(ports)"
check "told: port-ntf" heard "port-ntf $(index_of v_b) v_b"
ip -n b link del eth0
check_equal "pod: the port goes with its interface, at once" "v_a v_c" "$(ports)"
ip netns del b
make_pod b psw0 192.0.2.3/24 2001:db8::3/64

# --- device ---

# before 6.2 only a device that is down can be renamed
ip -b - <<-EOF
	link set v_b down
	link set v_b name w_b
EOF
check_equal "device: renamed and down, the port stays" "v_a v_c w_b" "$(ports)"
check "device: under its new name" "$PSW" port set w_b pod test/renamed
check "told: port-ntf of a change" heard "port-ntf $(index_of w_b) w_b"
ip -b - <<-EOF
	link set w_b name v_b
	link set v_b up
EOF
check "device: up, frames pass" frame -a b:eth0=10 -n 10 \
	a:eth0 eth b:eth0 a:eth0 ipv4 192.0.2.2 192.0.2.3 udp 1 2
index=$(index_of v_b)
ip link set v_b nomaster
check_equal "device: released by rtnetlink, no port" "v_a v_c" "$(ports)"
check "told: port-del-ntf of that" heard "port-del-ntf $index v_b"
check "device: it stays" ip link show v_b
check "device: attached by rtnetlink" ip link set v_b master psw0
check_equal "device: with the pod's MAC and no address" "mac []" \
	"$("$PSW" -j port show v_b | sed 's/.*"guard":"\([^"]*\)".*"addresses":\(.*\)}]/\1 \2/')"
check "device: detached" "$PSW" port del v_b
check "device: it stays, without a master" \
	bash -c '[[ ! -e /sys/class/net/v_b/master ]]'
"$PSW" port add v_b switch psw0 address 192.0.2.3 address 2001:db8::3
make_ns elsewhere
ip link set v_b netns elsewhere
check_equal "device: moved to another namespace, no port" "v_a v_c" "$(ports)"
check_equal "device: its addresses are free" 4 "$(addresses)"
ip -n elsewhere link del v_b
ip netns del b
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
ip link add psw1 type podswitch
check "device: from one switch to another" ip link set v_b master psw1
check_equal "device: the first forgets its addresses" 4 "$(addresses)"
check_equal "device: the second has it" psw1 \
	"$("$PSW" -j port show v_b | sed 's/.*"switch":"\([^"]*\)".*/\1/')"
ip link del v_b
check_equal "device: deleted, no port" "v_a v_c" "$(ports)"
ip netns del b
make_pod b psw1 192.0.2.3/24

# --- switch ---

check "switch: deleted, with its ports" ip link del psw0
check_equal "switch: the other's are left" v_b "$(ports)"
check "switch: the devices stay" ip link show v_a
check "switch: and can be ports again" "$PSW" port add v_a switch psw1 address 192.0.2.2
check_equal "last: the address given last" '"192.0.2.2"' \
	"$("$PSW" -j switch show psw1 | sed 's/.*"last-ipv4":\([^,}]*\).*/\1/')"
"$PSW" port del v_a
check_equal "last: also when its port is gone" '"192.0.2.2"' \
	"$("$PSW" -j switch show psw1 | sed 's/.*"last-ipv4":\([^,}]*\).*/\1/')"

make_ns host2
ip link add h2 netns host2 type veth peer name eth1 netns c
ip -n host2 link add psw0 type podswitch
check "switch: in another namespace, with a port" \
	nsenter --net=/run/netns/host2 "$PSW" port add h2 switch psw0 address 192.0.2.9
check_equal "switch: of which this one sees nothing" v_b "$(ports)"
check "switch: of that namespace's own making" \
	nsenter --net=/run/netns/host2 "$PSW" port show h2
ip netns del host2
check "switch: goes with its namespace" busywait 5 \
	bash -c '! ip -n c link show eth1 2>/dev/null'

# --- module ---

reload() {
	timeout 60 rmmod podswitch && [[ -z $(ip -o link show type podswitch) ]] &&
		insmod "$PODSWITCH_MODULE"
}

if [[ ! -f ${PODSWITCH_MODULE:-} ]]; then
	skip "module: removed and loaded" "PODSWITCH_MODULE names no file"
elif [[ $(ip -o link show type podswitch | wc -l) -ne 1 ]]; then
	skip "module: removed and loaded" "there are switches that are not ours"
else
	make_switch psw0 192.0.2.1/24
	for ns in a c; do
		"$PSW" port add "v_$ns" switch psw0
	done
	traffic
	for n in 1 2 3; do
		check "module: removed and loaded, $n" reload
		check_equal "module: no port is left" "" "$(ports)"
		check "module: nor a master" bash -c '! ls -d /sys/class/net/v_*/master'
		make_switch psw0 192.0.2.1/24
		"$PSW" port add v_c switch psw0 address 192.0.2.4
		"$PSW" port add v_a switch psw0 address 192.0.2.2
	done
	check "module: frames pass again" frame -n 10 -a a:eth0=10 \
		c:eth0 eth a:eth0 c:eth0 ipv4 192.0.2.4 192.0.2.2 udp 1 2
fi

ktap_finish
