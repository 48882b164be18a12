#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# CHECK says nothing of an attachment that is as ADD made it, and says what is wrong with any other.
#
#      p1
#     eth0          each line of this drawing is broken once
#      |
#    psw....
#  ----+---- psw0
#
#  - all is well: dual stack, no addresses, another IPAM plugin, a chained plugin's changes
#  - switch: missing, down, without its gateway's address
#  - host end: missing, down, other MTU; port: none, another's, another switch, addresses, guard, settings, MAC
#  - pod's end: missing, down, MTU, MAC; an address missing; a route missing
#  - masquerading missing; the IPAM plugin's own CHECK fails
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]], routes: [{dst: "203.0.113.0/24"}]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true, mtu: 1400}')
make_ns p1
attachment p1 p1

# attach CONF: an attachment that is to be checked
attach() {
	net=$1
	result=$(add "$net" p1)
	host=$(jq -r '.interfaces[1].name' <<<"$result")
}
checked() {
	cni CHECK "$(with_result "$net" "${1:-$result}")" "${ATTACHMENT[@]}"
}
# broken NAME TEXT COMMAND...: after the command, CHECK fails with the text; then all is made anew
broken() {
	local name=$1 text=$2
	shift 2

	"$@" || ktap_note "could not break it: $*"
	check "$name" refused 105 "$text" checked
	del "$net" p1
	ip link del "$host" 2>/dev/null
	attach "$net"
}

attach "$net"
check "all is well, at once after ADD" silent checked
for version in 0.4.0 1.0.0; do
	del "$net" p1
	attach "$(jq -c ".cniVersion = \"$version\"" <<<"$net")"
	check "all is well in $version" silent checked
done
broken "the switch is missing" 'switch "psw0" is missing' ip link del psw0
broken "the switch is down" 'switch "psw0" is down' ip link set psw0 down
broken "the switch has not the gateway's address" '"psw0" has not gateway address 192.0.2.1' \
	ip addr del 192.0.2.1/24 dev psw0
broken "the switch has not the gateway's IPv6 address" '"psw0" has not gateway address 2001:db8::1' \
	ip addr del 2001:db8::1/64 dev psw0
broken "the host end is missing" "host end $host is missing" ip link del "$host"
broken "the host end is down" "host end $host is down" ip link set "$host" down
broken "the host end has another MTU" "host end $host has MTU 1450 instead of 1400" ip link set "$host" mtu 1450
broken "the host end is no port" "$host is not a port" ip link set "$host" nomaster
steal() {
	"$PSW" port set "$host" network other id p9
}
broken "the port is another attachment's" "port $host belongs to another attachment" steal
lose_address() {
	"$PSW" address del "$(jq -r '.ips[0].address | split("/")[0]' <<<"$result")" dev "$host"
}
broken "the port does not hold the address" "port $host does not hold address 192.0.2." lose_address
broken "the guard is off" "guard of port $host is \"off\" instead of \"mac+ip\"" "$PSW" port set "$host" guard off
broken "the port is isolated" "port $host has not the configuration's" "$PSW" port set "$host" isolated on
broken "the port hairpins" "port $host has not the configuration's" "$PSW" port set "$host" hairpin on
broken "the pod may be a router" "port $host has not the configuration's \"router\"" "$PSW" port set "$host" router on
broken "the pod may be a DHCP server" "port $host has not the configuration's \"dhcpServer\"" \
	"$PSW" port set "$host" dhcp-server on
broken "the port admits another MAC" "port $host admits MAC address 02:00:5e:00:53:01, the pod has" \
	"$PSW" port set "$host" mac 02:00:5e:00:53:01
broken "the pod's end is renamed" 'interface eth0 is missing in the pod' \
	eval 'ip -n p1 link set eth0 down; ip -n p1 link set eth0 name eth9'
broken "the pod's end is down" 'interface eth0 in the pod is down' ip -n p1 link set eth0 down
broken "the pod's end has a larger MTU" 'interface eth0 in the pod has MTU 1500, its host end 1400' \
	ip -n p1 link set eth0 mtu 1500
broken "the pod's end has another MAC" 'interface eth0 in the pod has not MAC address' \
	ip -n p1 link set eth0 address 02:00:5e:00:53:02
broken "an address is missing" 'is missing in the pod' ip -n p1 -4 addr flush dev eth0
broken "an IPv6 address is missing" 'address 2001:db8::' ip -n p1 -6 addr flush dev eth0 scope global
broken "a default route is missing" 'the route to 0.0.0.0/0 is missing in the pod' ip -n p1 route del default
broken "a route is missing" 'the route to 203.0.113.0/24 is missing in the pod' ip -n p1 route del 203.0.113.0/24
broken "masquerading is missing" '192.0.2.0/24 of net is not masqueraded' nft flush ruleset
check "all is well again" silent checked

# What chained plugins do.
ip -n p1 link set eth0 mtu 1300
check "a chained plugin may lower the MTU" silent checked
ip -n p1 link set eth0 address 02:00:5e:00:53:03
told=$(jq -c '.interfaces[2].mac = "02:00:5e:00:53:03"' <<<"$result")
check "one that changes the MAC cuts the pod off, by the guard" refused 105 \
	"port $host admits MAC address" checked "$told"
"$PSW" port set "$host" mac 02:00:5e:00:53:03
check "unless the port is told" silent checked "$told"
check "prevResult of another interface" refused 105 "prevResult has no interface eth0 in sandbox /run/netns/p1" \
	checked '{"cniVersion":"1.1.0","interfaces":[]}'
check "a malformed prevResult" refused 7 '"prevResult.interfaces": 5 is not an array' checked '{"interfaces":5}'
del "$net" p1

IPAM='{}'
attach "$(conf)"
check "no addresses: all is well" silent checked
del "$net" p1

stub stub <<'END'
case $CNI_COMMAND in
ADD) echo '{"ips":[{"address":"192.0.2.9/24"}]}' ;;
CHECK) [[ ! -e $WORK/bad ]] || { echo '{"code":120,"msg":"lease is lost"}'; exit 1; } ;;
esac
END
IPAM='{type: "stub"}'
attach "$(conf)"
check "another IPAM plugin: all is well" silent checked
touch "$WORK/bad"
check "another IPAM plugin's CHECK fails" refused 120 'IPAM plugin "stub": lease is lost' checked
del "$net" p1
ktap_finish
