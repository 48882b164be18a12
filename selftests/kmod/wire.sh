#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the module writes is written whole: nothing that was in the memory before reaches a pod or a program.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+
#    v_a        v_b      host
#   ..|..........|.........
#   eth0        eth0
#    a .2        b .3    pods; a asks
#
# answer:  to a pod, byte for byte
# message: to a program; where the kernel marks memory (slub_debug=P), nothing of the marks is in it
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq tcpdump strace
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
"$PSW" port set v_b network n id 0123 ifname eth0 pod shop/web trunk 10,20-29 router on
"$PSW" address add 192.0.2.33 2001:db8::33 192.0.2.100 shared 02:00:00:00:00:99 dev v_b
A=a:eth0 ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00
MAC_A=$(mac_of a eth0 | tr -d :) MAC_B=$(mac_of b eth0 | tr -d :)

# answered FILTER FRAME...: in hexadecimal, the first frame that a gets of that kind
answered() {
	local filter=$1 pid
	shift

	rm -f "$WORK/tcpdump"
	in_ns a tcpdump -Zroot -c 1 -ns 0 -Q in -i eth0 -w "$WORK/caught" "$filter" > /dev/null 2> "$WORK/tcpdump" &
	pid=$!
	busywait 10 grep -qs "listening on" "$WORK/tcpdump"
	frame "$@" > /dev/null
	busywait 10 grep -qs "packet captured" "$WORK/tcpdump" || kill $pid
	wait $pid
	tcpdump -r "$WORK/caught" -xx -n 2> /dev/null | sed -n 's/^\t0x[0-9a-f]*: *//p' | tr -d ' \n'
}

ktap_header

# --- answer ---

# The frame that asks is longer than the answer and full of something.
FULL=$(printf 'c5%.0s' {1..40})
check_equal "answer: ARP" \
	"${MAC_A}${MAC_B}0806 0001080006040002 ${MAC_B}c0000203 ${MAC_A}c0000202" \
	"$(answered arp $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 hex "$FULL" |
		sed -E 's/^(.{28})(.{16})(.{20})(.*)$/\1 \2 \3 \4/')"
IPV6=20010db80000000000000000000000
check_equal "answer: neighbour discovery, but for its checksum" \
	"${MAC_A}${MAC_B}86dd 6000000000203aff ${IPV6}03${IPV6}02 8800 60000000 ${IPV6}03 0201${MAC_B}" \
	"$(answered 'icmp6 and ip6[40] == 136' $A eth 33:33:ff:00:00:03 $A ipv6 2001:db8::2 ff02::1:ff00:3 \
		ns 2001:db8::3 lladdr 1 $A |
		sed -E 's/^(.{28})(.{16})(.{64})(.{4}).{4}(.{8})(.{32})(.*)$/\1 \2 \3 \4 \5 \6 \7/')"

# --- message ---

# messages COMMAND...: what is received by it, in hexadecimal
messages() {
	strace -f -qqq -o "$WORK/messages" -xx -s 1000000 -e trace=recvmmsg,recvmsg,recvfrom "$@" > /dev/null
	tr -d '\\x' < "$WORK/messages"
}
marked() {
	grep -oE '(6b6b6b6b|5a5a5a5a|a5a5a5a5|bbbbbbbb|cccccccc)' | sort | uniq -c
}
if [[ $(cat /sys/kernel/slab/kmalloc-1k/poison 2> /dev/null) == 1 ]]; then
	for command in "switch show" "port show" "port show v_b" "address show" "probe from a to b tcp 80" \
		"probe from a to $ALL" "probe from host to 192.0.2.99 arp" "port add nobody switch psw0" "port set v_a mac $ALL"; do
		# shellcheck disable=SC2086 # words
		check_equal "message: $command" "" "$(messages "$PSW" -j -s $command 2> /dev/null | marked)"
		check "message: $command, is one" test -s "$WORK/messages"
	done
	strace -I waiting -f -qqq -o "$WORK/events" -xx -s 1000000 -e trace=recvmmsg,recvmsg,recvfrom "$PSW" -j monitor > "$WORK/heard" &
	JOBS+=("$!")
	changed() {
		"$PSW" port set v_b hairpin on
		"$PSW" port set v_b hairpin off
		frame "$A" eth b:eth0 02:00:00:00:00:77 type 0x88b5 data 46
		"$PSW" address del 192.0.2.33 dev v_b
		"$PSW" address add 192.0.2.33 dev v_b
		grep -q spoofed-mac "$WORK/heard" && grep -q hairpin "$WORK/heard"
	}
	check "message: events come" busywait 20 changed
	check_equal "message: events" "" "$(tr -d '\\x' < "$WORK/events" | marked)"
else
	skip "message" "the kernel does not mark memory"
fi

ktap_finish
