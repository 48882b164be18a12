#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ports, their addresses and their settings come, change and go while frames pass.
#
#         psw0
#          |
#     +----+---+-------+
#    v_a      v_b     v_c      host
#   ..|........|.......|.......
#   eth0      eth0    eth0
#    a         b       c       pods
#
# a pings b and c, c pings a, and the host pings b, without end. Meanwhile b is detached and attached, c's addresses, its MAC
# address and its settings change, and a and c claim one address again and again: never do both have it.
. "$(dirname "$0")/lib.sh"

need_module
need_commands jq
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0 192.0.2.4/24 2001:db8::4/64
MAC_C=$(mac_of c eth0)

attaching() {
	many "port del v_b" "port add v_b switch psw0 address 192.0.2.3 address 2001:db8::3"
}

releasing() {
	ip -b - <<-END
		link set v_b nomaster
		link set v_b master psw0
	END
}

addressing() {
	many "address add 192.0.2.44 2001:db8::44 dev v_c" "address del 192.0.2.4 dev v_c" "address add 192.0.2.4 dev v_c" \
		"address del 2001:db8::44 192.0.2.44 dev v_c"
}

setting() {
	many "port set v_c isolated on hairpin on guard off network x storm-limit 10" \
		"port set v_c mac 02:00:00:00:00:44 guard mac router on dhcp-server on" \
		"port set v_c mac $MAC_C isolated off hairpin off guard mac+ip network y storm-limit 0 router off dhcp-server off"
}
isolating() {
	many "port set v_a isolated on hairpin on" "port set v_a isolated off hairpin off"
}

# claim PORT: the address that two ports want
claim() {
	local held

	genl address-new ifindex "$1" address 192.0.2.50 || return 1
	held=$(holders 192.0.2.50)
	[[ $held == 1 ]] || wrong "an address is held by one port, and there are of it: $held"
	genl address-del ifindex "$1" address 192.0.2.50 || wrong "an address cannot be given back"
}
claiming_a() { claim v_a; }
claiming_c() { claim v_c; }

ktap_header
flood a 192.0.2.3 192.0.2.4
flood c 2001:db8::2
flood "" 192.0.2.3
background frame -n 0 c:eth0 eth ff:ff:ff:ff:ff:ff c:eth0 arp 1 c:eth0 192.0.2.4 "$(mac_of a eth0)" 192.0.2.3
race attaching releasing addressing setting isolating claiming_a claiming_c
calm

check "after: c is as it was" "$PSW" port set v_c mac "$MAC_C" isolated off hairpin off guard mac+ip storm-limit 0 router off dhcp-server off
check "after: a is as it was" "$PSW" port set v_a isolated off hairpin off
"$PSW" port del v_b
check "after: b is attached" "$PSW" port add v_b switch psw0 address 192.0.2.3 address 2001:db8::3
genl address-new ifindex v_c address 192.0.2.4 > /dev/null
genl address-del ifindex v_c address 192.0.2.44 > /dev/null
genl address-del ifindex v_c address 2001:db8::44 > /dev/null
check_equal "after: no address is left over" 6 "$("$PSW" -j port show | jq '[.[].addresses[]] | length')"
pods_talk a 192.0.2.3 2001:db8::3 192.0.2.4
pods_talk c 192.0.2.2 2001:db8::2
pods_talk "" 192.0.2.3
ktap_finish
