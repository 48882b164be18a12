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
#  - an ADD that others overtake at any of its messages to the kernel
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft strace
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
check_equal "nothing is left after that, either" "$before" "$(state)"

# Of four addresses c1 and c2 have two, and c4 is about to take the third. It stands still at its Nth message, while c3 takes that
# and an ADD is made again for c1, which keeps its address: the last that was given is one before those of all others.
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", rangeStart: "192.0.2.101", rangeEnd: "192.0.2.104"}'
conf > "$WORK/conf"
# traced OPTION...: an ADD of c4 under strace
traced() {
	attachment c4 c4
	env -i PATH="$PATH" CNI_COMMAND=ADD "${ATTACHMENT[@]}" strace -qqq -o "$WORK/trace" -e trace=sendto "$@" "$PLUGIN" \
		< "$WORK/conf" > "$WORK/c4.out"
}
stopped() {
	PID=$(pgrep -x podswitch) && [[ $(ps -o stat= -p "$PID") == [Tt]* ]]
}
# overtaken N
overtaken() {
	local pod

	for pod in c1 c2; do add "$(< "$WORK/conf")" "$pod" || return 1; done
	traced -e inject=sendto:signal=SIGSTOP:when="$1" &
	busywait 20 stopped || return 1
	ip -n c1 link set eth0 down
	for pod in c3 c1; do add "$(< "$WORK/conf")" "$pod" || return 1; done
	kill -CONT "$PID"
	wait $! || { cat "$WORK/c4.out"; return 1; }
}
pods=(c1 c2 c3 c4)
traced
all del "$(< "$WORK/conf")"
messages=$(wc -l < "$WORK/trace")
check "an ADD makes some messages" test "$messages" -ge 5
# An emulated kernel takes its time.
[[ $(uname -r) == *-uml* ]] && step=1 || step=2
for ((n = 1; n <= messages; n += step)); do
	check "an ADD is overtaken at its message $n" overtaken "$n"
	all del "$(< "$WORK/conf")"
done
check_equal "nothing is left in the end" "$before" "$(state)"
ktap_finish
