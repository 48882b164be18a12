#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A thousand ADDs and DELs of twenty pods by workers at once, a third of them killed at any moment: nothing is left.
#
#     s1   s2   s3  ...  s20
#      |    |    |        |
#  ----+----+----+--------+---- psw0, made by whichever is first
#
#  - the calls that are spared do what they should meanwhile, though there are no more addresses than pods
#  - then a DEL for each, or a GC, leaves no link, port, address, rule or route
#  - all addresses can be given again
# PODSWITCH_SEED repeats a choice of calls, if not their moments. An emulated kernel takes a tenth of the calls.
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

CALLS=1000
[[ $(uname -r) == *-uml* ]] || CALLS=100
SEED=${PODSWITCH_SEED:-$((RANDOM * 32768 + RANDOM))}
echo "# PODSWITCH_SEED=$SEED"
pods=()
for ((i = 1; i <= 20; i++)); do pods+=("s$i"); done
make_ns "${pods[@]}"

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24", rangeStart: "192.0.2.101", rangeEnd: "192.0.2.120"}],
	[{subnet: "2001:db8::/64", rangeStart: "2001:db8::101", rangeEnd: "2001:db8::114"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
echo "$net" >"$WORK/conf"

# After a first pod, whose switch and its gateway's addresses stay.
add "$net" s1 >/dev/null
settled() { ! grep ' 20 [4c]0 ' /proc/net/if_inet6; }
busywait 10 settled || exit 1
del "$net" s1
everything() {
	ip -o link | sed -E 's/^[0-9]+: ([^:]*).*/\1/'
	"$PSW" port show
	nft list ruleset
	ip -o addr | sed 's/^[0-9]*: //'
	ip route show table all
	ip -6 route show table all
}
before=$(everything)
unchanged() {
	[[ $(everything) == "$before" ]] || diff <(echo "$before") <(everything)
}
empty() {
	local pod

	for pod in "${pods[@]}"; do
		[[ $(ip -n "$pod" -br link | wc -l) == "$links" ]] || { ip -n "$pod" -br link; return 1; }
	done
}
links=$(ip -n s1 -br link | wc -l)

storm() {
	env -i PATH="$PATH" CNI_PATH="$STUBS" killat storm "$1" "$CALLS" 5 "$PLUGIN" "$WORK/conf" "${pods[@]}" >"$WORK/storm"
}
all_deleted() {
	local pod

	for pod in "${pods[@]}"; do
		silent del "$net" "$pod" || return 1
	done
}
collected() {
	silent cni GC "$(jq -c '. + {"cni.dev/valid-attachments": []}' <<<"$net")"
}
# Of those that are struck, some have come to their end by then.
stormed() {
	local calls killed

	storm "$1" || { cat "$WORK/storm"; return 1; }
	read -r calls _ killed _ < <(tail -n 1 "$WORK/storm")
	echo "$calls $killed" >> "$WORK/counts"
	((calls == CALLS && killed > CALLS / 10)) || { cat "$WORK/storm"; return 1; }
}

check "$CALLS calls, a third of them struck at any moment" stormed "$SEED"
echo "# $(tail -n 1 "$WORK/storm")"
check "a DEL for each" all_deleted
check "leaves nothing" unchanged
check "nor in a pod" empty
check "as many calls again" stormed "$((SEED + 1))"
echo "# $(tail -n 1 "$WORK/storm")"
check "a GC" collected
check "leaves nothing, either" unchanged
check "nor in a pod, either" empty

# Of 20 addresses 20 are wanted: none may have been lost.
for pod in "${pods[@]}"; do add "$net" "$pod"; done >"$WORK/given"
check_equal "each pod can be given its addresses after that" "40 40" \
	"$(jq -s '[.[].ips[]?.address] | length, (unique | length)' "$WORK/given" | xargs)"
check "and lose them" all_deleted
check "nothing is left in the end" unchanged
tried "$(awk '{ n += $1 } END { print n }' "$WORK/counts")" ADDs and DELs
injected "$(awk '{ n += $2 } END { print n }' "$WORK/counts")" kills
ktap_finish
