#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Plugins that run at once share the addresses without a lock: none is given twice, none is lost.
#
#     c1   c2   c3  ...  c100
#      |    |    |        |
#  ----+----+----+--------+---- psw0, made by whichever is first
#
#  - 100 at once, onto a switch that is not there yet: all succeed, with different addresses
#  - 24 at once for 12 addresses: 12 succeed, 12 are told that there is none
#  - ADD and DEL at once
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

pods=()
for ((i = 1; i <= 100; i++)); do pods+=("c$i"); done
make_ns "${pods[@]}"
before=$(state)

# all VERB CONF: for each pod at once; what each said is in $WORK/c*.out
all() {
	local pod pids=()

	for pod in "${pods[@]}"; do
		"$1" "$2" "$pod" >"$WORK/$pod.out" &
		pids+=("$!")
	done
	wait "${pids[@]}"
}
given() {
	cat "$WORK"/c*.out | jq -s "[.[] | select(.ips) | .ips[].address] | $1"
}

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
for _ in 1 2; do
	ip link del psw0 2>/dev/null
	all add "$net"
	check_equal "100 at once get 200 addresses, all different" "200 200" "$(given length) $(given 'unique | length')"
	check_equal "and the switch knows 200" 200 "$("$PSW" -j port show | jq '[.[].addresses[]] | length')"
	all del "$net"
	check_equal "nothing is left" "$before" "$(state)"
done

pods=("${pods[@]:0:24}")
rm "$WORK"/c*.out
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", rangeStart: "192.0.2.101", rangeEnd: "192.0.2.112"}'
all add "$(conf)"
check_equal "12 addresses are given to 12 of 24" "12 12" "$(given length) $(given 'unique | length')"
check_equal "and 12 are told so" 12 "$(cat "$WORK"/c*.out | jq -s '[.[] | select(.code == 103)] | length')"
all del "$(conf)"
check_equal "nothing is left after that" "$before" "$(state)"

IPAM='{type: "podswitch", subnet: "192.0.2.0/24", rangeStart: "192.0.2.101", rangeEnd: "192.0.2.124"}'
both() {
	local pod

	for pod in "${pods[@]}"; do
		{ add "$(conf)" "$pod" >"$WORK/$pod.out"; del "$(conf)" "$pod"; add "$(conf)" "$pod" >"$WORK/$pod.out"; } &
	done
	wait
}
both
check_equal "24 that come, go and come again get the 24 addresses" "24 24" "$(given length) $(given 'unique | length')"
all del "$(conf)"
check_equal "nothing is left in the end" "$before" "$(state)"
ktap_finish
