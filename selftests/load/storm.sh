#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# While a pod sends a storm of broadcasts, or spoofs, as fast as it can, the others' latency stays within twice normal.
#
#         psw0 -- v_1 ... v_200: a crowd that gets every broadcast     host
#          |
#     +----+-----+----------+
#    v_a        v_c        v_d
#   ..|..........|..........|.......
#   eth0        eth0       eth0
#    a           c          d         pods: a attacks, c and d measure
#    alone -- other                   a pair of a's own, behind which is nobody
#
# What is measured is what the switch does to c and d, not what the machine does: where a's process competes with theirs
# for a processor, it takes its share whatever its frames meet. So it is looked at in three ways, each in rounds that take turns;
# of these the best is compared with the best, since a machine that has other work to do makes any of them slower, none faster:
#
#   rr     one byte there and back, as fast as it goes, by processes that compete with a's. "Normal" is a's sending the same
#          frames as fast as it can into a pair of its own, without the switch: the same competitor.
#   ping   an echo each two milliseconds, by a process that goes before all others (SCHED_FIFO), and is answered by d's
#          kernel: the way of a packet alone, behind what the attack has put into the queues. "Normal" is an idle machine.
#   cost   what a frame of a's costs, all that the switch does included. "Normal" is what it costs in the pair of a's own.
#
# A storm is held by the storm limit; without it each frame is copied to the crowd. "unheld" is there to see that this is what
# the limit prevents, by the cost: on one processor, which User-Mode Linux has, latency is a matter of shares of time.
. "$(dirname "$0")/lib.sh"

CROWD=200
ROUNDS=${PODSWITCH_LOAD_ROUNDS:-7}

need_module
need_commands jq ping chrt
without_ipv6
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24
make_pod c psw0 192.0.2.3/24
make_pod d psw0 192.0.2.4/24
make_ns crowd other
for ((n = 1; n <= CROWD; n++)); do
	echo "link add v_$n up type veth peer name p$n"
	echo "link set p$n up netns crowd"
	echo "port add v_$n switch psw0 address 198.51.100.$n" >&3
done > "$WORK/links" 3> "$WORK/ports"
ip -b "$WORK/links" && "$PSW" -batch "$WORK/ports" || exit 1
for ((n = 1; n <= CROWD; n++)); do
	echo "link set p$n up"
done | ip -n crowd -b -
ip -n a link add alone up type veth peer name alone netns other
ip -n other link set alone up
SELF=$(mac_of a eth0),192.0.2.2,:: TARGET=$(mac_of d eth0),192.0.2.4,::

# under KIND DEV COMMAND...: while a sends that; "-" is nothing. What a frame took goes to $WORK/cost
under() {
	local kind=$1 dev=$2 attacker
	shift 2

	[[ $kind != - ]] || { "$@"; return; }
	flood "$kind" 0 a "$dev" "$SELF" "$TARGET" > "$WORK/cost" &
	attacker=$!
	busywait 10 is_sending "$dev" || return 1
	"$@"
	kill "$attacker"
	wait "$attacker"
}
# is_sending DEV: frames have left
is_sending() {
	local before

	before=$(in_ns a cat "/sys/class/net/$1/statistics/tx_packets")
	[[ $(in_ns a cat "/sys/class/net/$1/statistics/tx_packets") -gt $before ]]
}
rr() {
	load udp-rr c d 192.0.2.4 1000
}
# echoes: nanoseconds, the median of a hundred
echoes() {
	in_ns c chrt -f 50 ping -c 100 -i 0.002 192.0.2.4 | sed -n 's/.*time=\([0-9.]*\) ms/\1/p' | sort -n |
		awk '{ t[NR] = $1 } END { if (NR < 100) exit 1; print t[50] * 1000000 }'
}
# sample NAME KIND DEV: one measurement of each kind
sample() {
	under "$2" "$3" rr >> "$WORK/rr.$1"
	[[ $2 == - ]] || cut -d' ' -f2 "$WORK/cost" >> "$WORK/cost.$1"
	under "$2" "$3" echoes >> "$WORK/ping.$1"
}
best() {
	sort -n "$WORK/$1" | awk 'NR == 1 { printf "%d", $1 }'
}
# within TIMES WHAT NORMAL
within() {
	local is normal

	is=$(best "$2") normal=$(best "$3")
	echo "$2: $is ns, $3: $normal ns"
	((is > 0 && is <= normal * $1))
}

ktap_header
limited() { "$PSW" port set v_a storm-limit "$1"; }
check "c reaches d" pings c 192.0.2.4
# One frame in forty passes, however fast the machine is.
under storm alone rr > /dev/null
LIMIT=$(awk '{ printf "%d", 1000000000 / $2 / 40 }' "$WORK/cost")
ktap_note "storm limit: $LIMIT frames a second"
for ((round = 0; round < ROUNDS; round++)); do
	sample idle - -
	sample macs-elsewhere macs alone
	sample macs macs eth0
	sample storm-elsewhere storm alone
	limited "$LIMIT"
	sample storm storm eth0
	limited 0
	sample unheld storm eth0
done

tried $((2 * ROUNDS)) storms
check "spoofed: they are dropped" test "$(drops v_a spoofed-mac)" -gt 10000
check "storm: it is dropped" test "$(drops v_a storm)" -gt 10000
for name in idle macs-elsewhere macs storm-elsewhere storm unheld; do
	cost=''
	[[ $name == idle ]] || cost=", $(best "cost.$name") ns a frame of a's"
	ktap_note "$name: rr $(best "rr.$name") ns, ping $(best "ping.$name") ns$cost"
done
for name in macs storm; do
	check "$name: rr is within twice that of a's sending elsewhere" within 2 "rr.$name" "rr.$name-elsewhere"
	check "$name: ping is within twice that of an idle machine" within 2 "ping.$name" ping.idle
	check "$name: a frame costs no more than twice what it costs elsewhere" within 2 "cost.$name" "cost.$name-elsewhere"
done
check_fail "storm: without the limit, a frame costs more than that" "" within 2 cost.unheld cost.storm-elsewhere
ktap_finish
