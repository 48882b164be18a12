#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What it costs to look at a switch with a thousand ports: processor time of psw and of the kernel for it.
#
#   psw0 -- v1 .. v1000       veths, each with an owner, an IPv4 and an IPv6 address
#
# The limits are generous, for machines that are slow or busy; what is aimed at is 20 ms.
. "$(dirname "$0")/../lib.sh"

PORTS=1000
RUNS=20
LIMIT_MS=100

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

# median ARGUMENT...: milliseconds of processor time, user and system, of a run of psw
median() {
	local i

	for ((i = 0; i < RUNS; i++)); do
		( TIMEFORMAT='%U %S'; time "$PSW" "$@" > /dev/null ) 2>&1
	done | awk '{ print ($1 + $2) * 1000 }' | sort -n | sed -n "$((RUNS / 2))p"
}

# costs WHAT ARGUMENT...
costs() {
	local name=$1 ms
	shift

	ms=$(median "$@")
	echo "# $name: $ms ms"
	check "$name: less than $LIMIT_MS ms" test "${ms%.*}" -lt "$LIMIT_MS"
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
