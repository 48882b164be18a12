#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel says of thousands of odd frames what will become of them, is right each time, and asking it leaves no trace.
#
#                              psw0
#                               |
#     +--------+--------+-------+-------+--------+--------+
#    v_a      v_b      v_m     v_o     v_t      tap0     up0       host
#   ..|........|........|.......|.......|.................|.....
#   eth0     eth0     eth0    eth0    eth0              eth0
#    a        b        m       o       t                 outside    pods, tap0 a virtual machine
#    mac+ip   mac+ip   mac     off     mac+ip  mac+ip               guard
#             queue    hairpin VLANs   VLAN 10, 20       uplink
#
# nobody has an address of his own, so that nobody but the switch answers, and all counters are the frames' own
#
# PODSWITCH_FUZZ_FRAMES (4000) frames of PODSWITCH_FUZZ_SEED (1) in all, as "fuzz -p" prints them
. "$(dirname "$0")/../lib.sh"

FRAMES=${PODSWITCH_FUZZ_FRAMES:-4000}
SEED=${PODSWITCH_FUZZ_SEED:-1}

need_module
without_ipv6
make_switch psw0
ip link set psw0 address 02:00:00:00:00:01

# station N: its MAC and addresses, as fuzz takes them
station() {
	echo "02:00:00:00:00:0$1,192.0.2.$1,2001:db8::$1"
}

# make_mute_pod NAME N SETTING...: its port declares addresses that it does not have
make_mute_pod() {
	local name=$1 n=$2
	shift 2

	make_ns "$name"
	ip link add "v_$name" type veth peer name eth0 netns "$name" address "02:00:00:00:00:0$n"
	ip link set "v_$name" up
	ip -n "$name" link set eth0 up
	"$PSW" port add "v_$name" switch psw0 mac "02:00:00:00:00:0$n" "$@"
}

make_mute_pod a 2 address 192.0.2.2 address 2001:db8::2
make_mute_pod b 3 address 192.0.2.3 address 2001:db8::3
make_mute_pod m 4 address 192.0.2.4 address 2001:db8::4 guard mac hairpin on
make_mute_pod o 5 trunk 1-4094 guard off
make_mute_pod t 7 pvid 10 trunk 20 address 192.0.2.7 address 2001:db8::7 vlan 20
tc qdisc add dev v_b root pfifo
modprobe -q tun
defer ip link del tap0
ip tuntap add tap0 mode tap
ip link set tap0 address 02:00:00:00:00:06 up
"$PSW" port add tap0 switch psw0 mac 02:00:00:00:00:06 address 192.0.2.6 address 2001:db8::6
make_ns outside
ip link add up0 type veth peer name eth0 netns outside address 02:00:00:00:00:08
ip link set up0 up
ip -n outside link set eth0 up

TRUE="$(station 1) $(station 2) $(station 3) $(station 4) $(station 6) $(station 7)"

# agrees NAME PER-MILLE STATION PLACE PORT: on a part of the frames
agrees() {
	local name=$1 n=$((FRAMES * $2 / 1000)) self seen
	self=$(station "$3")
	shift 3

	# shellcheck disable=SC2086 # a list
	fuzz -s "$SEED" -n "$n" -p 0 "$self" $TRUE | agree "$@" > "$WORK/agree"
	seen=$(tail -n 1 "$WORK/agree")
	check "$name: $seen, seed $SEED" grep -qE "^asked $n agreed [0-9]+ differed 0 refused [0-9]+$" "$WORK/agree"
	grep -v '^asked' "$WORK/agree" | head -5 | cut -c 1-300 | sed 's/^/# /'
	read -r _ _ _ seen _ <<< "$seen"
	check "$name: most are sent" test "${seen:-0}" -gt $((n / 2))
	SEED=$((SEED + 1))
}

ktap_header

agrees "a pod" 300 2 a:eth0 v_a
agrees "a pod with any IP address" 100 4 m:eth0 v_m
agrees "a pod that may send anything" 100 5 o:eth0 v_o
agrees "a pod in VLANs" 150 7 t:eth0 v_t
agrees "the host" 100 1 psw0 psw0
"$PSW" port add up0 switch psw0 role uplink
agrees "a pod, with an uplink" 100 2 a:eth0 v_a
agrees "from outside" 50 8 outside:eth0 up0
"$PSW" port set v_a isolated on
"$PSW" port set v_b isolated on
ip link set v_m mtu 100
ip -n m link set eth0 mtu 100
ip -n o link set eth0 down
agrees "a pod, with obstacles" 100 2 a:eth0 v_a

ktap_finish
