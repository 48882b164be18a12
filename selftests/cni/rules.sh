#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules of the CNI specification that need the module and that no other test is about; doc/cni-rules.md has all of them.
#
#      p1            p2
#     eth0          eth0
#      |             |
#  ----+-------------+---- psw0
#
#  - results: each version's exact keys, at each level; sandbox word for word; indexes; what was made is told
#  - what 0.1.0 and 0.2.0 cannot say
#  - prevResult: without a version, and on DEL: absent, null, empty, of another attachment
#  - DEL with another configuration than ADD's; with a delegate that fails
#  - CHECK: what others added does not matter
#  - GC: both keys, a namespace that is gone; ADD while STATUS says no
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

DUAL='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]],
	routes: [{dst: "203.0.113.0/24", mtu: 1400, advmss: 1300, priority: 7, table: 254, scope: 0}, {dst: "2001:db8:9::/64"}]}'
IPAM=$DUAL
make_ns p1 p2
before=$(state)

# --- results ---

# told VERSION [MEMBERS]: the result of an ADD in p1, undone
told() {
	local version=$1

	add "$(conf "{cniVersion: \"$version\", isDefaultGateway: true} + (${2:-{\}})")" p1
	del "$(conf "{cniVersion: \"$version\"}")" p1
}
# form RESULT: which keys it has, and where: of each array the keys of all elements
form() {
	jq -r '[paths | map(if type == "number" then "[]" else . end) | join(".") | gsub("\\.\\["; "[")] | unique | .[]' <<<"$1" | xargs
}
old="cniVersion dns ip4 ip4.gateway ip4.ip ip4.routes ip4.routes[] ip4.routes[].dst ip4.routes[].gw"
old+=" ip6 ip6.gateway ip6.ip ip6.routes ip6.routes[] ip6.routes[].dst ip6.routes[].gw"
middle="interfaces interfaces[] interfaces[].mac interfaces[].name interfaces[].sandbox"
middle+=" ips ips[] ips[].address ips[].gateway ips[].interface ips[].version routes routes[] routes[].dst routes[].gw"
new="cniVersion ${middle/ips\[\].version /}"
newest="cniVersion ${middle/interfaces\[\].name/interfaces[].mtu interfaces[].name}"
newest="${newest/ips\[\].version /}"
newest="${newest/routes\[\].dst routes\[\].gw/routes[].advmss routes[].dst routes[].gw routes[].mtu routes[].priority routes[].scope routes[].table}"
for version in 0.1.0 0.2.0; do
	check_equal "the result of $version has exactly its keys" "$old" "$(form "$(told $version)")"
done
for version in 0.3.0 0.3.1 0.4.0; do
	check_equal "the result of $version has exactly its keys" "cniVersion dns $middle" "$(form "$(told $version)")"
done
check_equal "the result of 1.0.0 has exactly its keys" "$new" "$(form "$(told 1.0.0)")"
check_equal "the result of 1.1.0 has exactly its keys" "$newest" "$(form "$(told 1.1.0)")"
for version in 0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0; do
	check "the result of $version says so" says ".cniVersion == \"$version\"" "$(told $version)"
done

result=$(told 0.2.0 '{dns: {nameservers: ["192.0.2.53"]}}')
check "0.2.0: addresses with their lengths, and their gateways" says \
	'[.ip4, .ip6] | map([(.ip | test("/(24|64)$")), .gateway]) == [[true, "192.0.2.1"], [true, "2001:db8::1"]]' "$result"
check "0.2.0: routes stand with their family" says \
	'[.ip4.routes[].dst] == ["203.0.113.0/24", "0.0.0.0/0"] and [.ip6.routes[].dst] == ["2001:db8:9::/64", "::/0"]' "$result"
check "0.2.0: dns" says '.dns == {nameservers: ["192.0.2.53"]}' "$result"
IPAM='{type: "podswitch", ranges: [[{subnet: "2001:db8::/64"}]]}'
check "0.2.0: a family that is not there is left out" says '(has("ip4") | not) and (.ip6.ip | endswith("/64"))' "$(told 0.2.0)"
for version in 0.4.0 1.0.0; do
	IPAM=null
	check_equal "a result of $version without addresses has neither ips nor routes" \
		"$([[ $version == 1.0.0 ]] || echo "true ")cniVersion interfaces" \
		"$(told $version | jq -r 'if has("dns") then "\(.dns == {})" else empty end, (del(.dns) | keys[])' | xargs)"
done
IPAM=null
without_addresses() {
	add "$(conf '{cniVersion: "0.2.0"}')" p1
}
check "0.2.0 cannot tell of a network without addresses" refused 7 '0.2.0' without_addresses
check_equal "and nothing of it is left" "$before" "$(state)"

IPAM=$DUAL
odd=/run/../run/./netns//p1
result=$(add "$(conf)" p1 CNI_NETNS=$odd)
check "sandbox is CNI_NETNS, word for word" says ".interfaces[2].sandbox == \"$odd\"" "$result"
check "the host's interfaces have none" says '[.interfaces[:2][] | .sandbox // ""] == ["", ""]' "$result"
check "the index of each address is that of CNI_IFNAME" says \
	'[.interfaces[.ips[].interface].name] == ["eth0", "eth0"] and all(.ips[].interface; . == 2)' "$result"
del "$(conf)" p1

# links: all of the host, and those of p1
links() {
	{ ip -j link; ip -n p1 -j link; } | jq -r '.[].ifname' | sort
}
# made MEMBERS: the result's interfaces are those that were not there before the ADD
made() {
	local was now result

	ip link del psw0 2>/dev/null
	was=$(links)
	result=$(add "$(conf "$1")" p1) || { echo "$result"; return 1; }
	now=$(links)
	del "$(conf "$1")" p1
	diff <(comm -13 <(echo "$was") <(echo "$now")) <(jq -r '.interfaces[].name' <<<"$result" | sort)
}
check "each interface that ADD made is in the result" made '{isGateway: true}'
check "a VLAN's gateway is, too" made '{isGateway: true, vlan: 10}'
ip link del psw0 2>/dev/null
check "routes have no metric that was not asked for" with '{isDefaultGateway: true}' \
	'[.routes[] | select(.dst == "default" and .gateway == "192.0.2.1") | .metric] == [null]'

# --- prevResult ---

check "prevResult without a version is read as the configuration's" with \
	'{prevResult: {ips: [{address: "198.51.100.9/24"}], dns: {}}}' \
	'.result.cniVersion == "1.1.0" and .result.ips[0] == {address: "198.51.100.9/24"} and [.result.ips[1:][].interface] == [2, 2]'
check "prevResult's own version is not ours" with '{prevResult: {cniVersion: "0.4.0"}}' '.result.cniVersion == "1.1.0"'
while IFS='|' read -r name members; do
	result=$(add "$(conf)" p1)
	check "DEL with prevResult ${name% }" silent del "$(conf "${members//RESULT/$result}")" p1
	check_equal "DEL with prevResult ${name% }: nothing is left" "$before" "$(state)"
done <<'END'
absent |{}
null |{prevResult: null}
empty |{prevResult: {}}
of the ADD |{prevResult: RESULT}
of another attachment |{prevResult: {interfaces: [{name: "psw0"}, {name: "lo"}, {name: "eth9", sandbox: "/run/netns/p2"}], ips: [{address: "203.0.113.9/24", interface: 9}]}}
that is none |{prevResult: [5]}
END

# --- DEL ---

add "$(conf '{ipMasq: true, isGateway: true, bridge: "psw7"}')" p1 >/dev/null
IPAM='{type: "podswitch", subnet: "198.51.100.0/24"}'
check "DEL with another switch and other addresses than ADD's" silent del "$(conf '{bridge: "psw8", ipMasq: true}')" p1
check_equal "nothing is left by it" "$before" "$(state)"
ip link del psw7

IPAM='{type: "stub"}'
stub stub <<'END'
[[ $CNI_COMMAND != DEL ]] || { echo '{"code":11,"msg":"lease server is away"}'; exit 1; }
echo '{"ips":[{"address":"192.0.2.9/24"}]}'
END
add "$(conf)" p1 >/dev/null
check "DEL: a delegate's failure is told" refused 11 'lease server is away' del "$(conf)" p1
check_equal "DEL: our part is done all the same" "$before" "$(state)"

# --- CHECK ---

IPAM=$DUAL
net=$(conf '{isDefaultGateway: true}')
attachment p1 p1
result=$(add "$net" p1)
ip -n p1 addr add 198.51.100.7/24 dev eth0
ip -n p1 route add 198.51.100.128/25 via 192.0.2.1
ip -n p1 link set eth0 txqueuelen 500 promisc on
ip -n p1 link add extra0 type dummy
told=$(jq -c '.interfaces += [{name: "extra0", mac: "02:00:5e:00:53:09", sandbox: "/run/netns/p1"}]
	| .ips += [{address: "203.0.113.7/24", interface: 3}] | .dns = {domain: "x"} | .more = 1' <<<"$result")
check "CHECK: what others added does not matter" silent cni CHECK "$(with_result "$net" "$told")" "${ATTACHMENT[@]}"
ip -n p1 route replace default via 192.0.2.1 metric 50
ip -n p1 route del default metric 0
check "CHECK: a route may have got another metric" silent cni CHECK "$(with_result "$net" "$told")" "${ATTACHMENT[@]}"
ip -n p1 link del extra0
del "$net" p1

# --- GC, STATUS ---

attachments() {
	echo "[{containerID: \"$1\", ifname: \"eth0\"}]"
}
ports() {
	"$PSW" -j port show | jq -c '[.[].owner["container-id"]] | sort'
}
for pod in p1 p2; do add "$(conf)" "$pod" >/dev/null; done
check "GC with both keys, as runtimes send them" silent cni GC \
	"$(conf "{\"cni.dev/valid-attachments\": $(attachments p1), \"cni.dev/attachments\": $(attachments p1)}")"
check_equal "GC with both keys keeps what is listed" '["p1"]' "$(ports)"
check "GC with two lists that differ" silent cni GC \
	"$(conf "{\"cni.dev/valid-attachments\": $(attachments p1), \"cni.dev/attachments\": []}")"
check_equal "GC reads the specification's key first" '["p1"]' "$(ports)"
del "$(conf)" p1

ip netns add gone
add "$(conf '{ipMasq: true}')" gone >/dev/null
ip netns del gone
freed() { [[ $(ports) == '[]' ]]; }
check "a namespace takes its port with it" busywait 10 freed
check "GC of what a namespace that is gone has left" silent cni GC "$(conf '{ipMasq: true, "cni.dev/valid-attachments": []}')"
check_equal "GC leaves nothing of it" "$before" "$(state)"

add "$(conf)" p2 >/dev/null
ip link set psw0 down
check "STATUS says no" refused 51 'is down' cni STATUS "$(conf)"
check "ADD is served all the same" says '.interfaces[2].name == "eth0"' "$(add "$(conf)" p1)"
for pod in p1 p2; do del "$(conf)" "$pod"; done
check_equal "nothing is left in the end" "$before" "$(state)"
ktap_finish
