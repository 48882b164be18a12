#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What leaves a network's subnets is masqueraded, by one chain for each subnet, whatever the number of pods.
#
#     p1          p2
#     eth0        eth0
#      |           |
#  ----+-----------+---- psw0   192.0.2.1, 2001:db8::1
#                          |
#                        host
#                          | up0   198.51.100.1, 2001:db8:1::1
#                          |
#                         eth0     198.51.100.2, 2001:db8:1::2
#                        outside   which has no route to the pods
#
#  - a pod reaches what is outside, in both families; pods see each other's own addresses
#  - one chain for each subnet, for all pods, also if ADDs run at once; one more for another network
#  - the last DEL removes it, and only that of its network
#  - without ipMasq nothing is done, and nf_tables is left alone
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
make_ns p1 p2 outside
ip link add up0 type veth peer name eth0 netns outside
ip addr add 198.51.100.1/24 dev up0
ip addr add 2001:db8:1::1/64 dev up0 nodad
ip link set up0 up
ip -n outside addr add 198.51.100.2/24 dev eth0
ip -n outside addr add 2001:db8:1::2/64 dev eth0 nodad
ip -n outside link set eth0 up

chains() {
	nft list table inet podswitch 2>/dev/null | sed -n 's/.*comment "\(.*\)"$/\1/p' | grep -E ' of (net|other)$' | sort | paste -sd,
}
rules() {
	nft list table inet podswitch | grep -c masquerade$
}

add "$(conf '{isDefaultGateway: true}')" p1 >/dev/null
check "without ipMasq there is not even a table" test -z "$(nft list ruleset)"
del "$(conf)" p1

add "$net" p1 >/dev/null
check_equal "one chain for each subnet" '192.0.2.0/24 of net,2001:db8::/64 of net' "$(chains)"
check "the rule for IPv4" grep -qF 'ip saddr 192.0.2.0/24 ip daddr != 192.0.2.0/24 ip daddr != 224.0.0.0/4 masquerade' \
	<(nft list table inet podswitch)
check "the rule for IPv6" grep -qF 'ip6 saddr 2001:db8::/64 ip6 daddr != 2001:db8::/64 ip6 daddr != ff00::/8 masquerade' \
	<(nft list table inet podswitch)
check "at the place of source NAT" grep -qF 'type nat hook postrouting priority srcnat; policy accept;' \
	<(nft list table inet podswitch)
add "$net" p2 >/dev/null
check_equal "two pods need no more rules than one" 2 "$(rules)"
check "outside is reached by IPv4" busywait 5 in_ns p1 ping -c 1 -W 1 198.51.100.2
check "outside is reached by IPv6" busywait 5 in_ns p1 ping -c 1 -W 1 2001:db8:1::2
address_of() {
	ip -n "$1" -j addr show eth0 | jq -r '.[0].addr_info[0].local'
}
in_ns p2 nft "table ip t { chain c { type filter hook input priority 0; ip saddr $(address_of p1) counter; }; }"
in_ns p1 ping -c 1 -W 1 "$(address_of p2)" >/dev/null
check "a pod is seen by its own address inside" grep -q 'counter packets [1-9]' <(in_ns p2 nft list ruleset)

IPAM='{type: "podswitch", subnet: "203.0.113.0/24"}'
other=$(conf '{name: "other", bridge: "psw1", ipMasq: true}')
make_ns p3
add "$other" p3 >/dev/null
check_equal "another network has its own" \
	'192.0.2.0/24 of net,2001:db8::/64 of net,203.0.113.0/24 of other' "$(chains)"
del "$net" p1
check_equal "with a pod left, all stay" 3 "$(rules)"
del "$net" p2
check_equal "the last DEL of a network removes its chains" '203.0.113.0/24 of other' "$(chains)"
del "$other" p3
check_equal "and the last of the other, the other's" '' "$(chains)"

# Eight at once, whose DELs cross with ADDs.
pods=(m1 m2 m3 m4 m5 m6 m7 m8)
make_ns "${pods[@]}"
all() {
	local verb=$1 pod pids=()

	for pod in "${pods[@]}"; do
		"$verb" "$net" "$pod" >/dev/null &
		pids+=("$!")
	done
	wait "${pids[@]}"
}
for _ in 1 2 3; do
	all add
	check_equal "ADDs at once make each chain once, each with one rule" '192.0.2.0/24 of net,2001:db8::/64 of net 2' \
		"$(chains) $(rules)"
	all del
	check_equal "DELs at once remove it" '' "$(chains)"
done
crossing() {
	for _ in {1..5}; do
		del "$net" m1 &
		add "$net" m2 >/dev/null &
		wait
		[[ $(rules) -eq 2 ]] || return 1
		del "$net" m2 &
		add "$net" m1 >/dev/null &
		wait
		[[ $(rules) -eq 2 ]] || return 1
	done
}
add "$net" m1 >/dev/null
check "an ADD that crosses the last DEL is masqueraded" crossing
del "$net" m1
ktap_finish
