# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the races to source: what goes on at once, for how long, and what is said of it.

# What cni/lib.sh has set up already is left.
# shellcheck source=../lib.sh
[[ ${WORK:-} ]] || . "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# For each of the six. Ten fit all of them into two minutes or so, 600 make an hour.
RACE_SECONDS=${PODSWITCH_RACE_SECONDS:-10}
WRONG=$WORK/wrong
: > "$WRONG"

# wrong TEXT: what must not be was seen
wrong() {
	echo "$*" >> "$WRONG"
}

# many LINE...: psw does these, over and over, as one process: changes as fast as the kernel takes them. Others may have
# made some of them impossible.
many() {
	local i refused

	refused=$(for ((i = 0; i < 50; i++)); do printf '%s\n' "$@"; done | "$PSW" -force -batch - 2>&1 > /dev/null | wc -l)
	CHANGES=$((50 * $# - refused))
	[[ $CHANGES -gt 0 ]]
}

# again NAME N: the function of that name, one of N, again and again; how many changes it made is in $WORK/rounds.NAME. Where one
# has not succeeded yet, on a machine that is slow, all go on for three minutes more.
again() {
	local end=$((SECONDS + RACE_SECONDS)) rounds=0 CHANGES=1

	while [[ $SECONDS -lt $end || $SECONDS -lt $((end + 180)) && $(cat "$WORK"/succeeded.* | wc -l) -lt $2 ]]; do
		"$1" || continue
		((rounds)) || echo "$1" > "$WORK/succeeded.$1"
		rounds=$((rounds + CHANGES))
	done > /dev/null 2>&1
	echo "$rounds" > "$WORK/rounds.$1"
}

# race NAME...: functions, all at once; each of them succeeds at times, and nothing is wrong
race() {
	local name started=${#JOBS[@]} rounds=0

	for name; do
		background again "$name" $#
	done
	wait "${JOBS[@]:started}"
	JOBS=("${JOBS[@]:0:started}")
	for name; do
		check "$name: $(< "$WORK/rounds.$name") times" test "$(< "$WORK/rounds.$name")" -ge 1
		rounds=$((rounds + $(< "$WORK/rounds.$name")))
	done
	tried "$rounds" changes under traffic
	check "nothing went wrong on the way" test ! -s "$WRONG"
	[[ ! -s $WRONG ]] || ktap_note "$(sort "$WRONG" | uniq -c | sort -rn)"
}

# pinging NS ADDRESS: as fast as it is answered
pinging() {
	while :; do
		nsenter ${1:+--net="/run/netns/$1"} ping -f -q -w 2 "$2"
	done > /dev/null 2>&1
}

# flood NS ADDRESS...: pings from a namespace, or the host, until the test ends
flood() {
	local ns=$1 address
	shift

	for address; do
		background pinging "$ns" "$address"
	done
}

# calm: who floods is ended
calm() {
	kill "${JOBS[@]}"
	wait "${JOBS[@]}" 2> /dev/null
	JOBS=()
}

# holders ADDRESS: how many ports hold it; asked until a listing comes about that no change interrupts
holders() {
	local ports

	until ports=$("$PSW" -j port show 2> "$WORK/holders"); do
		grep -q interrupt "$WORK/holders" || { cat "$WORK/holders"; return 1; }
	done
	jq --arg a "$1" '[.[].addresses[] | select(. == $a)] | length' <<< "$ports"
}

# pods_talk NS ADDRESS...: within some seconds
pods_talk() {
	local ns=$1 address
	shift

	for address; do
		check "after: ${ns:-the host} reaches $address" busywait 20 pings "$ns" "$address"
	done
}
