#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What another IPAM plugin decides becomes the pod's, the port's and the result's.
#
#    runtime ---> podswitch ---> stub (found in CNI_PATH)
#                    |
#      p1 eth0 --- psw.... ---- psw0
#
#  - results of each version, from 0.2.0 on
#  - a gateway of its own, none, and none with isGateway; routes; dns
#  - its environment; that its addresses are free before it gives them again
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq
ktap_header

make_ns p1
IPAM='{type: "stub"}'
before=$(state)

# given RESULT MEMBERS FILTER: an ADD with this from the stub passes the filter
given() {
	local result port

	stub stub <<END
echo "\$CNI_COMMAND" >>"\$WORK/calls"
[[ \$CNI_COMMAND != ADD ]] || echo '$1'
END
	result=$(add "$(conf "$2")" p1) || { echo "$result"; return 1; }
	port=$("$PSW" -j port show "$(jq -r '.interfaces[1].name' <<<"$result")")
	routes=$({ ip -n p1 -j route; ip -n p1 -6 -j route; } | jq -cs add)
	del "$(conf)" p1
	jq -ne --argjson result "$result" --argjson port "$port" --argjson routes "$routes" \
		"{result: \$result, port: \$port[0], routes: \$routes} | $3"
}
v4='{"address":"192.0.2.9/24","gateway":"192.0.2.1"}'
check "a result of 1.1.0" given "{\"cniVersion\":\"1.1.0\",\"ips\":[$v4]}" '{}' \
	'.result.ips == [{address: "192.0.2.9/24", gateway: "192.0.2.1", interface: 2}] and .port.addresses == ["192.0.2.9"] and .port.guard == "mac+ip"'
check "a result of 0.4.0" given \
	'{"cniVersion":"0.4.0","ips":[{"version":"4","address":"192.0.2.9/24"},{"version":"6","address":"2001:db8::9/64"}],"dns":{}}' '{}' \
	'[.result.ips[].address] == ["192.0.2.9/24", "2001:db8::9/64"] and (.result.ips[0] | has("version") | not) and .result.dns == null'
check "a result of 0.2.0" given \
	'{"cniVersion":"0.2.0","ip4":{"ip":"192.0.2.9/24","gateway":"192.0.2.1","routes":[{"dst":"0.0.0.0/0"}]},"ip6":{"ip":"2001:db8::9/64"},"dns":{"nameservers":["192.0.2.53"]}}' '{}' \
	'[.result.ips[].address] == ["192.0.2.9/24", "2001:db8::9/64"] and .result.routes == [{dst: "0.0.0.0/0"}] and .result.dns.nameservers == ["192.0.2.53"] and ([.routes[] | select(.dst == "default") | .gateway] == ["192.0.2.1"])'
check "a result without a version" given "{\"ips\":[$v4]}" '{cniVersion: "0.3.1"}' \
	'.result.ips == [{version: "4", address: "192.0.2.9/24", gateway: "192.0.2.1", interface: 2}]'
check "no gateway is none" given '{"ips":[{"address":"192.0.2.9/24"}]}' '{}' '.result.ips[0] | has("gateway") | not'
check "no gateway, with isGateway, is the subnet's first address" given '{"ips":[{"address":"192.0.2.9/24"}]}' \
	'{isDefaultGateway: true}' '.result.ips[0].gateway == "192.0.2.1" and [.routes[] | select(.dst == "default") | .gateway] == ["192.0.2.1"]'
check "routes by their own gateway" given \
	"{\"ips\":[$v4],\"routes\":[{\"dst\":\"203.0.113.0/24\",\"gw\":\"192.0.2.7\"}]}" '{}' \
	'[.routes[] | select(.dst == "203.0.113.0/24") | .gateway] == ["192.0.2.7"] and .result.routes == [{dst: "203.0.113.0/24", gw: "192.0.2.7"}]'
check "the configuration's dns goes before its own" given "{\"ips\":[$v4],\"dns\":{\"domain\":\"a\"}}" \
	'{dns: {domain: "b"}}' '.result.dns == {domain: "b"}'
check "two addresses of a family" given '{"ips":[{"address":"192.0.2.9/24"},{"address":"198.51.100.9/24"}]}' '{}' \
	'.port.addresses == ["192.0.2.9", "198.51.100.9"]'
check_equal "each ADD and DEL ran it once" "ADD DEL" "$(sort -u "$WORK/calls" | xargs)"

stub stub <<'END'
env >"$WORK/env.$CNI_COMMAND"
echo "$input" >"$WORK/in"
[[ $CNI_COMMAND != DEL ]] || "$PSW" -j port show | jq -c '.[].addresses' >"$WORK/held"
"$PSW" -j port show | jq -c '.[] | [.guard, .mac]' >"$WORK/port.$CNI_COMMAND"
ip netns exec p1 cat /sys/class/net/eth0/address >"$WORK/mac"
[[ $CNI_COMMAND != ADD ]] || echo '{"ips":[{"address":"192.0.2.9/24"}]}'
END
add "$(conf '{extra: {a: [1]}}')" p1 TRACEPARENT=t1 >/dev/null
for variable in CNI_COMMAND=ADD CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p1 TRACEPARENT=t1; do
	check "ADD: it gets ${variable%%=*}" grep -qxF "$variable" "$WORK/env.ADD"
done
check "ADD: it gets the complete configuration" test "$(conf '{extra: {a: [1]}}')" = "$(cat "$WORK/in")"
check_equal "ADD: the pod is a guarded port already when it is run, with its MAC" "[\"mac+ip\",\"$(cat "$WORK/mac")\"]" \
	"$(cat "$WORK/port.ADD")"
del "$(conf)" p1
check_equal "DEL: its addresses are free when it is run" "[]" "$(cat "$WORK/held")"
check_equal "DEL: and the pod can still send, for a lease to be released" "[\"mac\",\"$(cat "$WORK/mac")\"]" \
	"$(cat "$WORK/port.DEL")"
check_equal "nothing is left" "$before" "$(state)"
ktap_finish
