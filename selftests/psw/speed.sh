#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What it costs to look at a switch with a thousand ports: processor time of psw and of the kernel for it.
#
#   psw0 -- v1 .. v1000       veths, each with an owner, an IPv4 and an IPv6 address
#
# What is aimed at is 20 ms. A machine that is slow or busy takes longer for everything, so the limit is twice what ip
# takes to show the same devices in the same form, run in turns with psw: to print the counters as JSON, with their names, is
# to print more than ip does.
. "$(dirname "$0")/../lib.sh"

PORTS=1000
RUNS=10

need_module
without_ipv6
make_ns far
make_switch psw0

for ((i = 1; i <= PORTS; i++)); do
	echo "link add v$i type veth peer name p$i netns far"
done | ip -b - || exit 1
for ((i = 1; i <= PORTS; i++)); do
	"$PSW" port add v$i switch psw0 network pods id "$(printf '%064x' $i)" ifname eth0 \
		pod "shop/web-7d4b9c6f5-$i" address "10.1.$((i / 250)).$((i % 250 + 1))" \
		address "fd00::$i" || exit 1
done

# spent COMMAND...: processor time of a run, user and system, in milliseconds
spent() { ( TIMEFORMAT='%U %S'; time "$@" > /dev/null ) 2>&1 | awk '{ print ($1 + $2) * 1000 }'; }

# average FILE: of the numbers in it
average() { awk '{ sum += $1 } END { printf "%.1f\n", sum / NR }' "$1"; }

# costs WHAT ARGUMENT...: sums, since a clock may tick every 10 ms
costs() {
	local name=$1 i peer=(ip -s link show)
	shift
	[[ $1 != -j ]] || peer=(ip -j -s link show)

	: > "$WORK/ours"
	: > "$WORK/theirs"
	for ((i = 0; i < RUNS; i++)); do
		spent "$PSW" "$@" >> "$WORK/ours"
		spent "${peer[@]}" >> "$WORK/theirs"
	done
	echo "# $name: $(average "$WORK/ours") ms, ip: $(average "$WORK/theirs") ms"
	check "$name: no more than twice what ip takes" awk -v ours="$(average "$WORK/ours")" \
		-v theirs="$(average "$WORK/theirs")" 'BEGIN { exit !(ours <= 2 * theirs) }'
}

ktap_header
check_equal "all ports are shown" "$PORTS" "$("$PSW" port show | grep -c shop/web)"
costs "nothing but a start" -V
costs "port show" port show
costs "port show, with counters" -s port show
costs "port show, JSON" -j port show
costs "port show, JSON with counters" -j -s port show
costs "port show, one" port show v500
costs "port show, of a pod" port show pod shop/web-7d4b9c6f5-500
costs "address show" address show
ktap_finish
