#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Pods in VLANs: access ports, trunks, and a gateway in their VLAN.
#
#     p1         p2         p3          p4
#     eth0       eth0       eth0        eth0.7, eth0.9
#      | vlan 7   | vlan 7   | vlan 9    | trunk
#  ----+----------+----------+-----------+------------+---- psw0
#                                            |
#                                         psw0.7: the gateway of VLAN 7
#
#  - pods of one VLAN reach one another, those of two do not; a trunk has the VLANs that it lists, and what has no tag
#  - the gateway's address stands on a VLAN device, which the result tells last; pods reach it, and the host them
#  - the same address may be given in two VLANs; in one it is given once
#  - a device of that name that is none is refused
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq
ktap_header

ip link add v_probe type veth peer name v_probe2
if ! ip link add link v_probe name v_probe.7 type vlan id 7 2>/dev/null; then
	ip link del v_probe
	skip_all "the kernel has no VLAN devices"
fi
ip link del v_probe

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
seven='{name: "seven", vlan: 7, isDefaultGateway: true}'
nine='{name: "nine", vlan: 9}'
make_ns p1 p2 p3 p4 p5
before=$(state)

port_of() { "$PSW" -j port show id "$1" | jq -r '.[0].name'; }

result=$(add "$(conf "$seven")" p1)
add "$(conf "$seven")" p2 >/dev/null
port=$("$PSW" -j port show "$(jq -r '.interfaces[1].name' <<<"$result")")
check "the port is in the VLAN" says '.[0].pvid == 7' "$port"
check "the gateway's device is told last" says \
	'[.interfaces[].name][3] == "psw0.7" and .interfaces[3].mtu == 1500 and (.interfaces | length) == 4 and all(.ips[]; .interface == 2)' "$result"
check_equal "it has the gateways' addresses" "192.0.2.1/24 2001:db8::1/64" \
	"$(ip -j addr show dev psw0.7 | jq -r '[.[0].addr_info[] | select(.scope == "global") | "\(.local)/\(.prefixlen)"] | join(" ")')"
check_equal "the switch has none" "" "$(ip -o addr show dev psw0 scope global)"
check "CHECK" silent cni CHECK "$(with_result "$(conf "$seven")" "$result")" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p1
check "pod to gateway" busywait 10 in_ns p1 ping -c 1 -W 1 192.0.2.1
check "pod to gateway, IPv6" busywait 10 in_ns p1 ping -c 1 -W 1 2001:db8::1
check "pod to pod" busywait 10 in_ns p1 ping -c 1 -W 1 192.0.2.3
check "host to pod" busywait 10 ping -c 1 -W 1 192.0.2.2

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
result=$(add "$(conf "$nine")" p3 CNI_ARGS=IP=192.0.2.2)
check "the address of a pod in another VLAN may be given" says '.ips[0].address == "192.0.2.2/24"' "$result"
check "in the VLAN itself it may not" refused 103 'requested IP address 192.0.2.2 is taken' \
	add "$(conf "$nine")" p5 CNI_ARGS=IP=192.0.2.2
check_fail "pods of two VLANs do not reach one another" "" in_ns p3 ping -c 1 -W 1 192.0.2.3
check "without isGateway there is no device for the VLAN" test ! -e /sys/class/net/psw0.9

IPAM='{}'
trunk='{name: "trunk", vlanTrunk: [{id: 7}, {minID: 9, maxID: 10}]}'
result=$(add "$(conf "$trunk")" p4)
port=$("$PSW" -j port show "$(jq -r '.interfaces[1].name' <<<"$result")")
check "a trunk has its VLANs, and what has no tag" says '(.[0].pvid // 0) == 0 and (.[0].trunk | tostring | test("7.*9.*10"))' "$port"
check "CHECK of a trunk" silent cni CHECK "$(with_result "$(conf "$trunk")" "$result")" CNI_CONTAINERID=p4 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p4
check "CHECK finds that the VLANs are others" refused 105 'has not the configuration'"'"'s "vlanTrunk"' \
	cni CHECK "$(with_result "$(conf "$trunk + {vlanTrunk: [{id: 7}]}")" "$result")" CNI_CONTAINERID=p4 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p4
for vlan in 7 9; do
	ip -n p4 link add link eth0 name eth0.$vlan type vlan id $vlan
	ip -n p4 addr add 198.51.100.$vlan/24 dev eth0.$vlan
	ip -n p4 link set eth0.$vlan up
done
ip -n p1 addr add 198.51.100.71/24 dev eth0
"$PSW" address add 198.51.100.71 dev "$(port_of p1)"
check "a trunk reaches a pod in its VLAN, with a tag" busywait 10 in_ns p4 ping -c 1 -W 1 -I eth0.7 198.51.100.71
check_fail "and not by another tag" "" in_ns p4 ping -c 1 -W 1 -I eth0.9 198.51.100.71

for pod in p1 p2; do del "$(conf "$seven")" $pod; done
del "$(conf "$nine")" p3
del "$(conf "$trunk")" p4
check_equal "nothing is left" "$before" "$(state)"

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
ip link del psw0.7
ip link add psw0.7 type dummy
check "a device of that name that is no VLAN device is refused" refused 7 \
	'psw0.7 cannot be the gateway in "vlan": 7' add "$(conf "$seven")" p1
check_equal "and nothing is left" "$before" "$(state)"
ip link del psw0.7
ktap_finish
