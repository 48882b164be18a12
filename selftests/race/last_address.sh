#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two plugins at once for the last address: one gets it, the other is told that there is none.
#
#    p1      p2
#     |       |
#  ---+-------+--- psw0; one address of each family
. "$(dirname "$0")/../cni/lib.sh"
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need_commands jq
make_ns p1 p2
IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24", rangeStart: "192.0.2.9", rangeEnd: "192.0.2.9"}],
	[{subnet: "2001:db8::/64", rangeStart: "2001:db8::9", rangeEnd: "2001:db8::9"}]]}'
NET=$(conf '{isDefaultGateway: true}')

# outcome POD: what it was given, or the code of the refusal
outcome() {
	jq -r 'if .code then "code \(.code)" else [.ips[].address] | join(" ") end' "$WORK/$1.out"
}

taking() {
	local pod pids=() outcomes

	for pod in p1 p2; do
		add "$NET" "$pod" > "$WORK/$pod.out" &
		pids+=("$!")
	done
	wait "${pids[@]}"
	outcomes=$({ outcome p1; outcome p2; } | sort | paste -sd,)
	[[ $outcomes == "192.0.2.9/24 2001:db8::9/64,code 103" ]] || wrong "outcomes: $outcomes"
	[[ $(holders 192.0.2.9) -eq 1 ]] || wrong "the address is held by another number of ports than one"
	for pod in p1 p2; do
		del "$NET" "$pod" > "$WORK/$pod.del" || wrong "a DEL fails: $(< "$WORK/$pod.del")"
	done
	[[ $(holders 192.0.2.9) -eq 0 ]] || wrong "the address is held after all are gone"
}

ktap_header
race taking
check_equal "after: nothing is left" "" "$(state | grep -v '^table')"
ktap_finish
