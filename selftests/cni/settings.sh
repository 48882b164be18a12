#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the configuration asks for is seen in the pod, in the port and in the result.
#
#      p1
#     eth0 ................ settings that are the interface's: MTU, MAC, addresses, routes, DAD
#      |
#    psw....  ............. settings that are the port's: guard, isolation, hairpin
#  ----+---- psw0
#
#  - requested MAC and IP addresses, MTU, guard, isolation, hairpin, dns, routes, DAD
#  - no addresses; a chained plugin's prevResult; a default route that is there already; IPv6 switched off
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
make_ns p1
before=$(state)

check "mtu" with '{mtu: 1400}' '.link.mtu == 1400 and .result.interfaces[1].mtu == 1400'
check "runtimeConfig.mac" with '{runtimeConfig: {mac: "02:00:5e:00:53:01"}}' \
	'.link.address == "02:00:5e:00:53:01" and .port.mac == "02:00:5e:00:53:01" and .result.interfaces[2].mac == "02:00:5e:00:53:01"'
check "CNI_ARGS MAC" with '{}' '.link.address == "02:00:5e:00:53:02"' CNI_ARGS=MAC=02:00:5e:00:53:02
check "runtimeConfig.ips" with '{runtimeConfig: {ips: ["2001:db8::77", "192.0.2.77/24"]}}' \
	'[.result.ips[].address] == ["192.0.2.77/24", "2001:db8::77/64"]'
check "guard mac" with '{guard: "mac"}' '.port.guard == "mac"'
check "guard off" with '{guard: "off"}' '.port.guard == "off"'
check "macspoofchk" with '{macspoofchk: true}' '.port.guard == "mac+ip"'
check "portIsolation" with '{portIsolation: true}' '.port.isolated == true'
check "hairpinMode" with '{hairpinMode: true}' '.port.hairpin == true'
check "neither by default" with '{}' '(.port.isolated or .port.hairpin) | not'
check "router" with '{router: true}' '.port.router and (.port["dhcp-server"] | not)'
check "dhcpServer" with '{dhcpServer: true}' '.port["dhcp-server"] and (.port.router | not)'
check "none of both by default" with '{}' '(.port.router or .port["dhcp-server"]) | not'
check "stormLimit" with '{stormLimit: 500}' '.port["storm-limit"] == 500'
check "allowedAddresses" with '{allowedAddresses: ["192.0.2.200"]}' \
	'[.port.address[] | select(.shared) | .ipv4] == ["192.0.2.200"] and .port.guard == "mac+ip"'
check "enabledad" with '{enabledad: true}' 'all(.link.addr_info[]; .nodad | not)'
printf 'nameserver 192.0.2.53\nsearch example.net\n' >"$WORK/resolv.conf"
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", resolvConf: "'$WORK'/resolv.conf"}'
check "ipam.resolvConf" with '{}' '.result.dns == {nameservers: ["192.0.2.53"], search: ["example.net"]}'
check "dns goes before it" with '{dns: {domain: "d"}}' '.result.dns == {domain: "d"}'
IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
check "dns" with '{dns: {nameservers: ["192.0.2.53"], search: ["example.org"]}}' \
	'.result.dns == {nameservers: ["192.0.2.53"], search: ["example.org"]}'
check "isGateway is no default route" with '{isGateway: true}' '.result.routes == null and all(.routes[]; .dst != "default")'
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", gateway: "192.0.2.254", rangeStart: "192.0.2.100", rangeEnd: "192.0.2.150", routes: [{dst: "198.51.100.0/24"}, {dst: "203.0.113.0/24", gw: "192.0.2.9", mtu: 1300, priority: 7}]}'
check "routes, by the subnet's gateway or their own" with '{}' \
	'[.routes[] | select(.gateway) | [.dst, .gateway, .metric]] == [["198.51.100.0/24", "192.0.2.254", null], ["203.0.113.0/24", "192.0.2.9", 7]]'
check "routes in the result, as they were asked for" with '{}' \
	'.result.routes == [{dst: "198.51.100.0/24"}, {dst: "203.0.113.0/24", gw: "192.0.2.9", mtu: 1300, priority: 7}]'
check "routes in the result of 1.0.0" with '{cniVersion: "1.0.0"}' \
	'.result.routes == [{dst: "198.51.100.0/24"}, {dst: "203.0.113.0/24", gw: "192.0.2.9"}]'
check "an address of the range" with '{}' '.result.ips[0].address | test("^192.0.2.1[0-5][0-9]/24$")'
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", routes: [{dst: "0.0.0.0/0"}]}'
check "a default route of their own is the only one" with '{isDefaultGateway: true}' \
	'[.routes[] | select(.dst == "default") | .gateway] == ["192.0.2.1"] and .result.routes == [{dst: "0.0.0.0/0"}]'

ip -n p1 link add other type dummy
ip -n p1 link set other up
ip -n p1 route add default dev other
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
check "a default route of another network stays, and is not told as ours" with '{isDefaultGateway: true}' \
	'[.routes[] | select(.dst == "default") | .dev] == ["other"] and .result.routes == null'
ip -n p1 link del other

IPAM=null
check "no addresses" with '{}' '.result.ips == null and .port.guard == "mac" and (.link.flags | index("UP") != null) and .link.address == .port.mac'
IPAM='{}'
check "no addresses, in 0.3.1" with '{cniVersion: "0.3.1", isGateway: true}' '.result.ips == null and .result.dns == {}'

check "disableContainerInterface" with '{disableContainerInterface: true}' \
	'(.link.flags | index("UP") | not) and .link.address == .port.mac and .result.ips == null'

IPAM='{type: "podswitch", subnet: "2001:db8::/64"}'
in_ns p1 sysctl -qw net.ipv6.conf.default.disable_ipv6=1
check "IPv6 is switched on where it was off" with '{}' 'any(.link.addr_info[]; .scope == "global" and .family == "inet6")'
in_ns p1 sysctl -qw net.ipv6.conf.default.disable_ipv6=0

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
check "a chained plugin's result is kept, ours behind it" with \
	'{prevResult: {cniVersion: "1.1.0", interfaces: [{name: "x0", mac: "02:00:5e:00:53:09", pciID: "p"}], ips: [{address: "198.51.100.9/24", interface: 0}], routes: [{dst: "203.0.113.0/24"}], dns: {domain: "d"}}}' \
	'.result | .interfaces[0] == {name: "x0", mac: "02:00:5e:00:53:09", pciID: "p"} and [.interfaces[].name][1] == "psw0" and [.ips[].interface] == [0, 3] and .routes == [{dst: "203.0.113.0/24"}] and .dns == {domain: "d"}'
old=$(conf '{cniVersion: "0.2.0", isDefaultGateway: true}')
check "a result of 0.2.0" says 'keys == ["cniVersion", "dns", "ip4"] and .ip4.gateway == "192.0.2.1" and (.ip4.ip | test("^192.0.2.[0-9]+/24$")) and .ip4.routes == [{dst: "0.0.0.0/0", gw: "192.0.2.1"}] and .dns == {}' \
	"$(add "$old" p1)"
del "$old" p1
check_equal "nothing is left in the end" "$before" "$(state)"
ktap_finish
