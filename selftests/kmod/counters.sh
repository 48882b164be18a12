#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What "ip -s link" tells of a pod's interface, of the host's end and of the switch is what has passed, whatever its way.
#
#         psw0
#          |
#     +----+-----+
#    v_a        v_b          host
#   ..|..........|.............
#   eth0        eth0
#    a           b           pods; nobody has IPv6, which would speak unasked
#
# direct, queued, up, down, group:  100 frames of 142 bytes, counted on every device that they pass
# drop:                             counted where they came from, and nowhere else; there they count as dropped
# gso:                              bytes of a stream, counted alike at both ends
# psw:                              tells the same
. "$(dirname "$0")/../lib.sh"

need_module
without_ipv6
make_switch psw0
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24

A=a:eth0 B=b:eth0
DATA=(type 0x88b5 data 128)	# which nobody answers
DEVICES="a:eth0 v_a psw0 v_b b:eth0"

# lines_of NS: its /proc/net/dev, which has the counters of "ip -s link"
lines_of() {
	if [[ $1 ]]; then
		nsenter --net="/run/netns/$1" cat /proc/net/dev
	else
		cat /proc/net/dev
	fi | sed "s/^ */${1:+$1:}/"
}

# counters: "PLACE rx-packets rx-bytes tx-packets tx-bytes" for each device
counters() {
	{ lines_of ""; lines_of a; lines_of b; } |
		sed -n 's/^\([^ ]*\): *\([0-9]*\) *\([0-9]*\) .*/\0/p' |
		awk -v devices="$DEVICES" '
			BEGIN { split(devices, d); for (i in d) want[d[i]] }
			{ sub(/: +/, " ") }
			$1 in want { print $1, $3, $2, $11, $10 }'
}

# moved SNAPSHOT: by how much, of those devices whose counters have moved
moved() {
	join <(sort <<< "$1") <(counters | sort) | awk '
		{ s = ""; for (i = 2; i <= 5; i++) { d = $(i + 4) - $i; s = s " " d; any += d != 0 } }
		any { print $1 s; any = 0 }'
}

# passes NAME WANTED FRAME...: what 100 frames move
passes() {
	local name=$1 wanted=$2 was
	shift 2

	was=$(counters)
	check "$name: arrive" frame -n 100 "$@"
	check_equal "$name: counted" "$wanted" "$(moved "$was")"
}

# dropped: "DEVICE rx tx" for each device of the host's that has dropped something
dropped() {
	lines_of "" | sed 's/: */ /' | awk '($1 == "psw0" || $1 ~ /^v_/) && $5 + $13 { print $1, $5, $13 }' | sort
}

ktap_header

N="100 14200"	# packets and bytes
passes "direct" "a:eth0 0 0 $N
b:eth0 $N 0 0
v_a $N 0 0
v_b 0 0 $N" -a $B=100 $A eth $B $A "${DATA[@]}"

passes "up, to the host" "a:eth0 0 0 $N
psw0 $N 0 0
v_a $N 0 0" -a psw0=100 $A eth psw0 $A "${DATA[@]}"

passes "down, from the host" "b:eth0 $N 0 0
psw0 0 0 $N
v_b 0 0 $N" -a $B=100 psw0 eth $B psw0 "${DATA[@]}"

passes "group, from a pod" "a:eth0 0 0 $N
b:eth0 $N 0 0
psw0 $N 0 0
v_a $N 0 0
v_b 0 0 $N" -a $B=100 -a psw0=100 $A eth ff:ff:ff:ff:ff:ff $A "${DATA[@]}"

tc qdisc add dev v_b root pfifo 2>/dev/null
passes "queued" "a:eth0 0 0 $N
b:eth0 $N 0 0
v_a $N 0 0
v_b 0 0 $N" -a $B=100 $A eth $B $A "${DATA[@]}"
tc qdisc del dev v_b root 2>/dev/null

passes "drop, unknown" "a:eth0 0 0 $N
v_a $N 0 0" -a $B=0 $A eth 02:00:00:00:00:99 $A "${DATA[@]}"

passes "drop, spoofed" "a:eth0 0 0 $N
v_a $N 0 0" -a $B=0 $A eth $B $B "${DATA[@]}"

passes "drop, from the host" "psw0 0 0 $N" \
	-a $B=0 psw0 eth 02:00:00:00:00:99 psw0 "${DATA[@]}"

check_equal "drop: pods' on their ports, the host's on the switch" "psw0 0 100
v_a 200 0" "$(dropped)"

check "gso: a stream" xfer tcp b 192.0.2.3 a 4
all=$(counters | sed -n 's/^\(a:eth0\|v_a\) //p')
read -r rx rxb tx txb <<< "$(head -1 <<< "$all")"
check_equal "gso: both ends of a's pair agree" "$tx $txb $rx $rxb" "$(tail -1 <<< "$all")"
all=$(counters | sed -n 's/^\(b:eth0\|v_b\) //p')
read -r rx rxb tx txb <<< "$(head -1 <<< "$all")"
check_equal "gso: both ends of b's pair agree" "$tx $txb $rx $rxb" "$(tail -1 <<< "$all")"

psw_counters() {
	stats_of port "$1" | awk '/^[rt]x-/ { printf "%s ", $2 }'
}
check_equal "psw: the port's are the device's" \
	"$(counters | sed -n 's/^v_b //p') " "$(psw_counters v_b)"

ktap_finish
