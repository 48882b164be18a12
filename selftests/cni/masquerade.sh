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
# By nf_tables, by the host's iptables, and by the other iptables, where the host has both and the kernel offers them:
#  - a pod reaches what is outside, in both families; pods see each other's own addresses
#  - one chain for each subnet, for all pods, also if ADDs run at once; one more for another network
#  - CHECK misses it, and the next ADD makes it anew
#  - the last DEL removes it, and only that of its network; so do a DEL with a damaged configuration, and GC
# Besides:
#  - without ipMasq nothing is done, and nf_tables is left alone
#  - the programs are those of the host's own directories; without them ADD says so, and DEL is done
#  - a lock that another program holds: ADD is to be tried again
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft unshare
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
NETWORK='192.0.2.0/24 of net,2001:db8::/64 of net'
OTHER='203.0.113.0/24 of other'
pods=(m1 m2 m3 m4 m5 m6 m7 m8)
tables=$(nft list tables)
make_ns p1 p2 p3 outside "${pods[@]}"
ip link add up0 type veth peer name eth0 netns outside
ip addr add 198.51.100.1/24 dev up0
ip addr add 2001:db8:1::1/64 dev up0 nodad
ip link set up0 up
ip -n outside addr add 198.51.100.2/24 dev eth0
ip -n outside addr add 2001:db8:1::2/64 dev eth0 nodad
ip -n outside link set eth0 up

# --- what is there: comments of chains of ours, number of rules that masquerade ---

nftables_chains() {
	nft list table inet podswitch 2>/dev/null | sed -n 's/.*comment "\(.*\)"$/\1/p'
}
nftables_rules() {
	nft list table inet podswitch | grep -c masquerade$
}
# rules_in_nat [CHAIN]
rules_in_nat() {
	"${IPTABLES[0]}" -w -t nat -S "$@"
	"${IPTABLES[1]}" -w -t nat -S "$@"
}
iptables_chains() {
	rules_in_nat POSTROUTING 2>/dev/null | sed -n 's/.*--comment "\([^"]*\)" -j podswitch-.*/\1/p'
}
iptables_rules() {
	rules_in_nat | grep -c '^-A podswitch-.* -j MASQUERADE$'
}
chains() {
	"${BACKEND}_chains" | grep -E ' of (net|other)$' | sort | paste -sd,
}
rules() {
	"${BACKEND}_rules"
}

# --- one backend: BACKEND, and for iptables its programs as IPTABLES ---

nftables_text() {
	local text

	text=$(nft list table inet podswitch)
	check "$1: the rule for IPv4" grep -qF \
		'ip saddr 192.0.2.0/24 ip daddr != 192.0.2.0/24 ip daddr != 224.0.0.0/4 masquerade' <<<"$text"
	check "$1: the rule for IPv6" grep -qF \
		'ip6 saddr 2001:db8::/64 ip6 daddr != 2001:db8::/64 ip6 daddr != ff00::/8 masquerade' <<<"$text"
	check "$1: at the place of source NAT" grep -qF 'type nat hook postrouting priority srcnat; policy accept;' <<<"$text"
}
# chain_of SUBNET: its rules, without its name
chain_of() {
	local chain

	chain=$(rules_in_nat POSTROUTING | sed -n "s|^-A POSTROUTING -s $1 .* -j \(podswitch-.*\)|\1|p")
	rules_in_nat "$chain" 2>/dev/null | sed -n "s/^-A $chain //p" | paste -sd,
}
iptables_text() {
	check_equal "$1: the chain for IPv4" '-d 192.0.2.0/24 -j RETURN,-d 224.0.0.0/4 -j RETURN,-j MASQUERADE' \
		"$(chain_of 192.0.2.0/24)"
	check_equal "$1: the chain for IPv6" '-d 2001:db8::/64 -j RETURN,-d ff00::/8 -j RETURN,-j MASQUERADE' \
		"$(chain_of 2001:db8::/64)"
}

nftables_lose() {
	nft delete chain inet podswitch "$(nft list table inet podswitch |
		grep -B 1 '"192.0.2.0/24 of net"' | sed -n 's/.*chain \(.*\) {/\1/p')"
}
# rule_of SUBNET: what leads to its chain, as words for eval
rule_of() {
	rules_in_nat POSTROUTING | sed -n "s|^-A \(POSTROUTING -s $1 .*\)|\1|p"
}
iptables_lose() {
	eval "${IPTABLES[0]} -w -t nat -D $(rule_of 192.0.2.0/24)"
}

address_of() {
	ip -n "$1" -j addr show eth0 | jq -r '.[0].addr_info[0].local'
}
traffic() {
	check "$1: outside is reached by IPv4" busywait 5 in_ns p1 ping -c 1 -W 1 198.51.100.2
	check "$1: outside is reached by IPv6" busywait 5 in_ns p1 ping -c 1 -W 1 2001:db8:1::2
	in_ns p2 nft "table ip t { chain c { type filter hook input priority 0; ip saddr $(address_of p1) counter; }; }"
	in_ns p1 ping -c 1 -W 1 "$(address_of p2)" >/dev/null
	check "$1: a pod is seen by its own address inside" grep -q 'counter packets [1-9]' <(in_ns p2 nft list ruleset)
	in_ns p2 nft delete table ip t
}

life() {
	local what=$1 result

	result=$(add "$net" p1)
	check_equal "$what: one chain for each subnet" "$NETWORK" "$(chains)"
	"${BACKEND}_text" "$what"
	add "$net" p2 >/dev/null
	check_equal "$what: two pods need no more rules than one" 2 "$(rules)"
	traffic "$what"
	attachment p1 p1
	check "$what: CHECK" silent cni CHECK "$(with_result "$net" "$result")" "${ATTACHMENT[@]}"
	"${BACKEND}_lose"
	check "$what: CHECK misses what is lost" refused 105 'is not masqueraded' \
		cni CHECK "$(with_result "$net" "$result")" "${ATTACHMENT[@]}"
	add "$net" m1 >/dev/null
	check_equal "$what: the next ADD makes it anew" "$NETWORK 2" "$(chains) $(rules)"
	del "$net" m1
	add "$other" p3 >/dev/null
	check_equal "$what: another network has its own" "$NETWORK,$OTHER" "$(chains)"
	del "$net" p1
	check_equal "$what: with a pod left, all stay" 3 "$(rules)"
	del "$net" p2
	check_equal "$what: the last DEL of a network removes its chains" "$OTHER" "$(chains)"
	check "$what: so does a DEL with a damaged configuration" silent del "$(jq -c '.mtu = "x"' <<<"$other")" p3
	check_equal "$what: nothing is left" '' "$(chains)"
	add "$net" p1 >/dev/null
	check "$what: GC of all" silent cni GC "$(jq -c '."cni.dev/valid-attachments" = []' <<<"$net")"
	check_equal "$what: removes it, too" '' "$(chains)"
	[[ $BACKEND != nftables ]] || check_equal "$what: not even an empty table is left" "$tables" "$(nft list tables)"
}

all() {
	local verb=$1 pod pids=()

	for pod in "${pods[@]:0:$many}"; do
		"$verb" "$net" "$pod" >/dev/null &
		pids+=("$!")
	done
	wait "${pids[@]}"
}
# crossing TIMES
crossing() {
	local i

	for ((i = 0; i < $1; i++)); do
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
# Many at once, whose DELs cross with ADDs; fewer where each runs programs that wait for one another.
at_once() {
	local what=$1 rounds=1 many=3 i

	[[ $BACKEND != nftables ]] || rounds=3 many=8
	for ((i = 0; i < rounds; i++)); do
		all add
		check_equal "$what: ADDs at once make each chain once, each with one rule" "$NETWORK 2" "$(chains) $(rules)"
		all del
		check_equal "$what: DELs at once remove it" '' "$(chains)"
	done
	add "$net" m1 >/dev/null
	check "$what: an ADD that crosses the last DEL is masqueraded" crossing $((2 * rounds))
	del "$net" m1
}

backend() {
	local what=$1 members net other

	members="{ipMasq: true, ipMasqBackend: \"$BACKEND\"}"
	net=$(conf "{isDefaultGateway: true} + $members")
	other=$(IPAM='{type: "podswitch", subnet: "203.0.113.0/24"}' conf "{name: \"other\", bridge: \"psw1\"} + $members")
	life "$what"
	at_once "$what"
	[[ $BACKEND == nftables ]] || check_equal "$what: no chain is left" '' "$(rules_in_nat | grep podswitch-)"
}

# --- the backends ---

add "$(conf '{isDefaultGateway: true}')" p1 >/dev/null
check_equal "without ipMasq there is not even a table" "$tables" "$(nft list tables)"
del "$(conf)" p1

BACKEND=nftables
IPTABLES=()
backend nf_tables

BACKEND=iptables
PLAIN=$PLUGIN

# with_file FILE: the plugin, on a host whose iptables is that file
with_file() {
	printf '#!/bin/bash\n' >"$WORK/plugin"
	# shellcheck disable=SC2016 # for the inner shell
	printf 'exec unshare -m bash -c '\''mount --bind %q %q && exec "$0"'\'' %q\n' "$1" "$programs" "$PLAIN" >>"$WORK/plugin"
	chmod +x "$WORK/plugin"
	PLUGIN=$WORK/plugin
}
# can TOOL: does the kernel know what it takes?
can() {
	in_ns outside "$1" -w -t nat -A POSTROUTING -d 192.0.2.1 -m comment --comment x -j MASQUERADE &&
		in_ns outside "$1" -w -t nat -F POSTROUTING
}

net=$(conf '{ipMasq: true, ipMasqBackend: "iptables"}')
programs=$(readlink -f /usr/sbin/iptables)
if [[ ! -x $programs ]]; then
	skip "iptables" "there is none"
elif ! can iptables >/dev/null 2>&1; then
	skip "iptables" "the kernel lacks something"
else
	IPTABLES=(iptables ip6tables)
	backend "$(iptables -V)"

	mkdir "$WORK/path"
	printf '#!/bin/sh\ntouch %q\nexit 1\n' "$WORK/used" | tee "$WORK/path/"{iptables,iptables-restore} >/dev/null
	chmod +x "$WORK/path/"*
	add "$net" p1 PATH="$WORK/path" >/dev/null
	check_equal "PATH does not say which iptables it is" "$NETWORK, " "$(chains), $(ls "$WORK/used" 2>/dev/null)"
	del "$net" p1
	before=$(state)
	with_file /dev/null
	check "without iptables ADD says so" \
		refused 7 '"ipMasqBackend": "iptables" needs iptables, which is in none of /usr/sbin, ' add "$net" p1
	check_equal "and leaves nothing" "$before" "$(state)"
	check "without iptables the last DEL is done" silent del "$net" p1
	PLUGIN=$PLAIN
fi

legacy=/usr/sbin/xtables-legacy-multi
if [[ ! -x $programs || ! -x $legacy || $programs == "$legacy" ]]; then
	skip "iptables-legacy" "there is none besides"
elif ! can iptables-legacy >/dev/null 2>&1; then
	skip "iptables-legacy" "the kernel lacks something"
else
	with_file "$legacy"
	IPTABLES=(iptables-legacy ip6tables-legacy)
	backend "$(iptables-legacy -V)"
	exec {lock}<>/run/xtables.lock
	flock "$lock"
	check "while another program holds the lock: try again" refused 11 'the lock that another program holds' add "$net" p1
	exec {lock}>&-
	check "and then it is done" grep -qF '"ips"' <(add "$net" p1)
	del "$net" p1
fi

# What iptables makes for its own use.
for family in ip ip6; do
	grep -q "^table $family nat$" <<<"$tables" || nft delete table "$family" nat 2>/dev/null
done
ktap_finish
