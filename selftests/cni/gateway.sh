#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the configuration asks of the switch itself: gateway addresses, an uplink, promiscuity.
#
#     p1            p2
#     eth0          eth0
#      |             |
#  ----+-------------+---- psw0 (gateways' addresses)
#                     |
#                    up0, its uplink
#                     |
#                    eth0 of outside, which is on the pods' own link
#
#  - another IPv4 address, or an IPv6 address whose subnet overlaps, is refused, or replaced with forceAddress; an IPv6
#    address of elsewhere, and the gateways of the network's other ranges, stay
#  - what is refused leaves the switch's addresses as they were
#  - the uplink: attached once, carries the pods' frames; another one is refused; CHECK and STATUS look for it
#  - promiscMode
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq
ktap_header

make_ns p1 p2 outside
before=$(state)
addresses() {
	ip -j addr show dev psw0 | jq -r '[.[0].addr_info[] | select(.scope == "global") | "\(.local)/\(.prefixlen)"] | sort | join(" ")'
}
# ipam SUBNET...: a range set of each
ipam() { IPAM=$(printf '{subnet: "%s"}\n' "$@" | jq -Rsc 'split("\n") | map(select(. != "") | "[\(.)]") | join(", ")' | jq -r '"{type: \"podswitch\", ranges: [\(.)]}"'); }

# --- addresses ---

ipam 192.0.2.0/24 2001:db8::/64
add "$(conf '{isGateway: true}')" p1 >/dev/null
check_equal "the gateways' addresses" "192.0.2.1/24 2001:db8::1/64" "$(addresses)"
ipam 198.51.100.0/24
check "another IPv4 subnet is refused" refused 7 \
	'"psw0" already has IP address 192.0.2.1/24, which is none of the network'"'"'s gateways, and "forceAddress" is not true' \
	add "$(conf '{isGateway: true}')" p2
check_equal "which leaves the addresses as they were" "192.0.2.1/24 2001:db8::1/64" "$(addresses)"
check "without isGateway it is not asked" says '.ips[0].gateway == "198.51.100.1"' "$(add "$(conf)" p2)"
del "$(conf)" p2
ipam 2001:db8::/48
check "an IPv6 subnet that overlaps is refused" refused 7 '"psw0" already has IP address 2001:db8::1/64' \
	add "$(conf '{isGateway: true} + {ipam: {type: "podswitch", subnet: "2001:db8::/48", gateway: "2001:db8::9"}}')" p2
check_equal "which leaves the addresses as they were, too" "192.0.2.1/24 2001:db8::1/64" "$(addresses)"
ipam 2001:db8:5::/64
add "$(conf '{isGateway: true}')" p2 >/dev/null
check_equal "an IPv6 subnet of elsewhere is one more" "192.0.2.1/24 2001:db8:5::1/64 2001:db8::1/64" "$(addresses)"
del "$(conf)" p2
ipam 192.0.2.0/24
add "$(conf '{isGateway: true, forceAddress: true} + {ipam: {type: "podswitch", subnet: "192.0.2.0/24", gateway: "192.0.2.254"}}')" p2 >/dev/null
check_equal "forceAddress replaces what is in the same subnet" "192.0.2.254/24 2001:db8:5::1/64 2001:db8::1/64" "$(addresses)"
del "$(conf)" p2
ipam 198.51.100.0/24 203.0.113.0/24
add "$(conf '{isGateway: true, forceAddress: true}')" p2 >/dev/null
check_equal "and of another; the network's own two stay" "198.51.100.1/24 2001:db8:5::1/64 2001:db8::1/64 203.0.113.1/24" "$(addresses)"
del "$(conf)" p2
del "$(conf)" p1
ip link del psw0
IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24", rangeStart: "192.0.2.9", rangeEnd: "192.0.2.9"}, {subnet: "198.51.100.0/24"}]]}'
add "$(conf '{isGateway: true}')" p1 >/dev/null
add "$(conf '{isGateway: true}')" p2 >/dev/null
check_equal "gateways of two ranges of one set stand side by side" "192.0.2.1/24 198.51.100.1/24" "$(addresses)"
del "$(conf)" p1
del "$(conf)" p2
ip link del psw0

# --- uplink ---

ip link add up0 type veth peer name eth0 netns outside
ip link add up1 type dummy
ip link set up0 up
ip -n outside link set eth0 up
ip -n outside addr add 192.0.2.99/24 dev eth0
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
with_uplink=$(conf '{uplink: "up0"}')
result=$(add "$with_uplink" p1)
check_equal "the uplink is a port" up0 "$("$PSW" -j port show | jq -r '.[] | select(.role == "uplink") | .name')"
check "a pod reaches what is behind it" busywait 10 in_ns p1 ping -c 1 -W 1 192.0.2.99
check "the second ADD finds it there" says '.ips | length == 1' "$(add "$with_uplink" p2)"
check "CHECK" silent cni CHECK "$(with_result "$with_uplink" "$result")" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p1
del "$with_uplink" p2
check "another uplink is refused" refused 7 '"uplink": "up1": switch "psw0" has another uplink' add "$(conf '{uplink: "up1"}')" p2
check "one that is not there is refused" refused 7 'cannot find "uplink": "up9"' add "$(conf '{uplink: "up9"}')" p2
check "STATUS misses it, too" refused 50 '"uplink": "up9" is missing' cni STATUS "$(conf '{uplink: "up9"}')"
"$PSW" port del up0
check "CHECK finds that it is gone" refused 105 '"up0" is not the uplink of switch "psw0"' \
	cni CHECK "$(with_result "$with_uplink" "$result")" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p1
del "$with_uplink" p1
ip link del up0
ip link del up1

# --- promiscuity ---

promisc() { ip -j link show psw0 | jq -e '.[0].flags | index("PROMISC") != null'; }
add "$(conf)" p1 >/dev/null
check_fail "the switch is not promiscuous" "" promisc
result=$(add "$(conf '{promiscMode: true}')" p2)
check "promiscMode makes it so" promisc
ip link set psw0 promisc off
check "CHECK finds that it is no more" refused 105 'switch "psw0" is not promiscuous' \
	cni CHECK "$(with_result "$(conf '{promiscMode: true}')" "$result")" CNI_CONTAINERID=p2 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p2
del "$(conf)" p1
del "$(conf)" p2
check_equal "nothing is left" "$before" "$(state)"
ktap_finish
