#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sixty-four CNI ADDs at once, then as many DELs at once, again and again: all succeed, and memory is what it was.
#
#    pod1 pod2 pod3 ... pod64
#      |    |    |        |
#  ----+----+----+--------+---- psw0, made by the first
#
# A round is an ADD and a DEL of each pod. PODSWITCH_LOAD_ROUNDS is another number of rounds; the first two are for what
# grows once. An object that an ADD or a DEL does not free is left 64 times in each.
. "$(dirname "$0")/../cni/lib.sh"
. "$(dirname "$0")/lib.sh"

AT_ONCE=64
ROUNDS=${PODSWITCH_LOAD_ROUNDS:-4}

need_memory
need_commands jq nft
pods=()
for ((i = 1; i <= AT_ONCE; i++)); do pods+=("pod$i"); done
make_ns "${pods[@]}"
IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')

# all VERB: for each pod at once; results are in $WORK/results
all() {
	cnibench -j "$AT_ONCE" "$1" "$WORK/conf" "$WORK/results" 1 "$AT_ONCE" "$PLUGIN" > "$WORK/calls"
}
given() {
	jq -s '[.[].ips[]?.address] | "\(length) \(unique | length)"' "$WORK"/results/*
}
# told: how many ports and addresses the switch has
told() {
	"$PSW" -j switch show psw0 | jq -c '.[0] | [.ports, .addresses]'
}
# rounds N: none of their calls fails, each ADD has two addresses of its own, and none stays
rounds() {
	local i got

	for ((i = 0; i < $1; i++)); do
		all ADD || return 1
		got="$(given) $(told)"
		[[ $got == "\"$((2 * AT_ONCE)) $((2 * AT_ONCE))\" [$AT_ONCE,$((2 * AT_ONCE))]" ]] || { echo "$got"; return 1; }
		all DEL || return 1
		[[ $(told) == '[0,0]' ]] || { told; return 1; }
	done
}

# forget: the host's kernel keeps neighbours that are gone for a while, and each round has addresses of its own
forget() {
	ip neigh flush nud all dev psw0
}

ktap_header
mkdir "$WORK/results"
echo "$net" > "$WORK/conf"
# The switch, its gateway's addresses and the rules stay.
check "the first" add "$net" pod1
del "$net" pod1
before=$(state)
check "two rounds of $AT_ONCE at once" rounds 2
forget
remember before
note_memory "before" before
begun=$(ms)
check "$ROUNDS rounds of $AT_ONCE at once" rounds "$ROUNDS"
took=$(($(ms) - begun))
ktap_note "neighbours: $(ip neigh show nud all dev psw0 | wc -l)"
forget
check_back "memory is what it was" before
note_memory "after" now
ktap_note "$((2 * ROUNDS * AT_ONCE)) calls in $took ms"
tried $((2 * ROUNDS * AT_ONCE)) "ADDs and DELs, $AT_ONCE at once"
check "with all" all ADD
remember full
note_slabs before now full
check "and without" all DEL
check_equal "nothing is left" "$before" "$(state)"
ktap_finish
