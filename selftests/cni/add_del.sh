#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ADD makes what the configuration says, tells it in each version's form, and DEL takes all of it away.
#
#      p1            p2            p3         pods, made by ADD
#     eth0          eth0          eth0
#      |             |             |
#    psw....       psw....       psw....      named by a hash of the attachment
#  ----+-------------+-------------+---- psw0   192.0.2.1, 2001:db8::1: the host
#
#  - dual stack: result, interface, addresses, routes, port record, traffic
#  - the result in each version
#  - addresses are given in turn; one that is given again has the same MAC
#  - the switch: made when it is not there, taken as it is when it is, the same MAC each time
#  - DEL with and without CNI_NETNS
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
make_ns p1 p2 p3
before=$(state)

# --- dual stack ---

r1=$(add "$(conf '{isDefaultGateway: true}')" p1 \
	CNI_ARGS='IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_INFRA_CONTAINER_ID=p1')
add "$(conf '{isDefaultGateway: true}')" p2 >/dev/null
host1=$(jq -r '.interfaces[1].name' <<<"$r1")
check "result: switch, host end, pod's end" says \
	'[.interfaces[] | [.name, .sandbox]] | .[0] == ["psw0", null] and (.[1][0] | test("^psw[0-9a-f]{12}$")) and .[1][1] == null and .[2] == ["eth0", "/run/netns/p1"]' "$r1"
check "result: addresses, gateways, index of the interface" says \
	'.ips == [{address: "192.0.2.2/24", gateway: "192.0.2.1", interface: 2}, {address: "2001:db8::2/64", gateway: "2001:db8::1", interface: 2}]' "$r1"
check "result: default routes" says \
	'.routes == [{dst: "0.0.0.0/0", gw: "192.0.2.1"}, {dst: "::/0", gw: "2001:db8::1"}]' "$r1"
check "result: MAC addresses and MTU are the interfaces'" says \
	"[.interfaces[] | [.mac, .mtu]] == [[\"$(jq -r '.[0].address' <<<"$(ip -j link show psw0)")\", 1500], [\"$(jq -r '.[0].address' <<<"$(ip -j link show "$host1")")\", 1500], [\"$(mac_of p1 eth0)\", 1500]]" "$r1"
check "pod: up, with its addresses" says \
	'(.[0].flags | index("UP") != null) and [.[0].addr_info[] | select(.scope == "global") | "\(.local)/\(.prefixlen)"] == ["192.0.2.2/24", "2001:db8::2/64"]' \
	"$(ip -n p1 -j addr show eth0)"
check "pod: no address is tentative" test -z "$(ip -n p1 -6 addr show eth0 scope global tentative)"
check "port: owner, addresses, guard, pod" says \
	'.[0] | .owner.network == "net" and .owner["container-id"] == "p1" and .owner.ifname == "eth0" and .owner["pod-namespace"] == "shop" and .owner["pod-name"] == "web-0" and .guard == "mac+ip"' \
	"$("$PSW" -j port show "$host1")"
check "switch: has the gateways' addresses" says \
	'[.[0].addr_info[] | select(.scope == "global") | "\(.local)/\(.prefixlen)"] == ["192.0.2.1/24", "2001:db8::1/64"]' "$(ip -j addr show psw0)"
check "host: forwards IPv4" grep -qx 1 /proc/sys/net/ipv4/ip_forward
check "host: forwards IPv6" grep -qx 1 /proc/sys/net/ipv6/conf/all/forwarding
check "host: takes no router advertisements from pods" grep -qx 0 /proc/sys/net/ipv6/conf/psw0/accept_ra
for to in 192.0.2.3 192.0.2.1 2001:db8::3 2001:db8::1; do
	check "ping from p1 to $to" busywait 5 in_ns p1 ping -c 1 -W 1 "$to"
done
check "DEL of p1 prints nothing" silent del "$(conf)" p1
check "p1 has no eth0" test ! -e "$(in_ns p1 sh -c 'ls -d /sys/class/net/eth0' 2>/dev/null)"
attachment p2
check "DEL of p2 without CNI_NETNS" silent cni DEL "$(conf)" CNI_CONTAINERID=p2 CNI_IFNAME=eth0
check_equal "nothing is left" "$before" "$(state)"

# --- addresses are given in turn ---

first=$(mac_of_result() { jq -r '.interfaces[2].mac' <<<"$1"; }; mac_of_result "$r1")
r1=$(add "$(conf)" p1)
check "a freed address is not given at once" says '.ips[0].address == "192.0.2.4/24"' "$r1"
del "$(conf)" p1
r1=$(add "$(conf)" p1 CNI_ARGS=IP=192.0.2.2)
check "an address has its MAC whoever has it" says ".interfaces[2].mac == \"$first\"" "$r1"
check "the address asked for" says '.ips[0].address == "192.0.2.2/24" and .ips[1].address == "2001:db8::5/64"' "$r1"
check "it is taken now" refused 103 'requested IP address 192.0.2.2 is taken' add "$(conf)" p2 CNI_ARGS=IP=192.0.2.2
check "one of no range is refused" refused 7 'requested IP address 198.51.100.1 is in no range set' \
	add "$(conf)" p2 CNI_ARGS=IP=198.51.100.1
del "$(conf)" p1

# --- versions ---

version() {
	add "$(conf "{cniVersion: \"$1\", isDefaultGateway: true}")" p1
	del "$(conf "{cniVersion: \"$1\"}")" p1
}
for version in 0.3.1 0.4.0; do
	check "result in $version" says \
		"(keys == [\"cniVersion\", \"dns\", \"interfaces\", \"ips\", \"routes\"]) and .cniVersion == \"$version\" and .dns == {} and [.ips[].version] == [\"4\", \"6\"] and all(.interfaces[]; has(\"mtu\") | not)" \
		"$(version $version)"
done
check "result in 1.0.0" says '(keys == ["cniVersion", "interfaces", "ips", "routes"]) and all(.ips[]; has("version") | not) and all(.interfaces[]; has("mtu") | not)' \
	"$(version 1.0.0)"
check "result in 1.1.0" says '(keys == ["cniVersion", "interfaces", "ips", "routes"]) and all(.ips[]; has("version") | not) and all(.interfaces[]; .mtu == 1500)' \
	"$(version 1.1.0)"

# --- the switch ---

mac=$(jq -r '.[0].address' <<<"$(ip -j link show psw0)")
ip link del psw0
check "a switch made anew has the same MAC" with '{}' ".result.interfaces[0].mac == \"$mac\""
ip link del psw0
ip link add psw0 type podswitch
ip link set psw0 mtu 1400
check "a switch that is there is set up and gives its MTU" with '{}' '.link.mtu == 1400'
check "another switch, by either name" with '{switch: "psw7"}' '.result.interfaces[0].name == "psw7"'
check_equal "nothing is left in the end" "$before" "$(state)"
ktap_finish
