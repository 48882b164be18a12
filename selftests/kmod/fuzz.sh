#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Broken frames from all sides: none is lost without being counted, none speaks for another, and the switch goes on.
#
#                         psw0
#                          |
#     +----------+---------+--------+----------+
#    v_a        v_b       v_m      v_o        tap0       host
#   ..|..........|.........|........|......
#   eth0        eth0      eth0     eth0
#    a           b         m        o                    pods, tap0 a virtual machine
#    mac+ip      mac+ip    mac      off        mac+ip    guard
#
# PODSWITCH_FUZZ_FRAMES (4000) frames of PODSWITCH_FUZZ_SEED (1) in all; "fuzz -p N" prints one of them. Those of tap0 are
# in fragments, cut anywhere.
#
# mute:     nobody has an address of his own, so that nobody but the switch answers, and each frame that the ports receive
#           was dropped, was answered, went up to the host (so does each to a group) or arrived at one other pod
# host:     the host sends, and one port is up, which listens to all: each frame was dropped, was answered or went there
# witness:  all have addresses and speak; what arrives at b and at the host speaks for nobody but its sender
# after:    frames pass
. "$(dirname "$0")/../lib.sh"

FRAMES=${PODSWITCH_FUZZ_FRAMES:-4000}
SEED=${PODSWITCH_FUZZ_SEED:-1}

need_module
need_commands ethtool nft

without_ipv6
set_sysctl net.core.gro_normal_batch=1	# or the last frames of a tap device wait for more
make_switch psw0

# station N: its MAC and addresses, as fuzz and witness take them
station() {
	echo "02:00:00:00:00:0$1,192.0.2.$1,2001:db8::$1"
}

# make_mute_pod NAME N GUARD: its port declares addresses that it does not have yet, or carries all VLANs
make_mute_pod() {
	local carries=(address "192.0.2.$2" address "2001:db8::$2")

	[[ $3 != off ]] || carries=(trunk 1-4094)
	make_ns "$1"
	ip link add "v_$1" type veth peer name eth0 netns "$1" address "02:00:00:00:00:0$2"
	ip link set "v_$1" up
	ip -n "$1" link set eth0 up allmulticast on
	in_ns "$1" nft -f - <<-EOF
		table netdev seen {
			counter unicast {}
			chain ingress {
				type filter hook ingress device eth0 priority 0
				ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 counter name unicast
			}
		}
	EOF
	"$PSW" port add "v_$1" switch psw0 mac "02:00:00:00:00:0$2" "${carries[@]}" guard "$3"
}

ip link set psw0 address 02:00:00:00:00:01
make_mute_pod a 2 mac+ip
make_mute_pod b 3 mac+ip
make_mute_pod m 4 mac
make_mute_pod o 5 off
modprobe -q tun
defer ip link del tap0
ip tuntap add tap0 mode tap
ethtool -K tap0 gro off
ip link set tap0 address 02:00:00:00:00:06 up
"$PSW" port add tap0 switch psw0 mac 02:00:00:00:00:06 address 192.0.2.6 address 2001:db8::6

TRUE="$(station 1) $(station 2) $(station 3) $(station 4) $(station 6)"
SENT=0

# fuzzed NAME PER-MILLE NS STATION OPTION... DEV: sends a part of the frames; sets SHORT to those with half a tag
fuzzed() {
	local name=$1 n=$((FRAMES * $2 / 1000)) ns=$3 self
	self=$(station "$4")
	shift 4

	# shellcheck disable=SC2086 # a list
	${ns:+ip netns exec "$ns"} fuzz -s "$SEED" -n "$n" "$@" "$self" $TRUE > "$WORK/fuzz"
	read -r _ n _ _ _ SHORT < "$WORK/fuzz"
	check "$name: $(< "$WORK/fuzz"), seed $SEED" test "$n" -gt 0
	SENT=$((SENT + n))
	SEED=$((SEED + 1))
}

# ledger: "KEY N" for all ports, for the host's side, and for what arrived at each pod alone
ledger() {
	local ns

	jq -nr --argjson p "$("$PSW" -j -s port show)" --argjson s "$("$PSW" -j -s switch show psw0)" '
		def all(f): map(f) | add;
		"received \($p | all(.stats."rx-packets"))",
		"dropped \($p | all(.stats.drops | add))",
		"answered \($p | all(.stats.answered))",
		"to-host \($s[0].stats."tx-packets")",
		"host-sent \($s[0].stats."rx-packets")",
		"host-dropped \($s[0].stats.drops | add)",
		"host-answered \($s[0].stats.answered)",
		"queued-o \($p[] | select(.name == "v_o") | .stats.queued)"'
	for ns in a b m o; do
		echo "at-$ns $(in_ns "$ns" nft -j list counter netdev seen unicast | jq '.nftables[1].counter.packets')"
	done
}

# since LEDGER KEY...: the sum of what the keys have moved by
since() {
	local -A before=() now=()
	local key n total=0

	while read -r key n; do before[$key]=$n; done <<< "$1"
	while read -r key n; do now[$key]=$n; done < <(ledger)
	shift
	for key; do total=$((total + now[$key] - before[$key])); done
	echo "$total"
}

# mute NAME FUZZED-ARGUMENT...
mute() {
	local name=$1 was ns fates=(dropped answered to-host)
	shift

	# what arrives where the frames come from is answers
	for ns in a b m o; do [[ $ns == "$2" ]] || fates+=("at-$ns"); done
	was=$(ledger)
	fuzzed "mute: $name" "$@"
	check_equal "mute: $name: each is accounted for" "$(since "$was" received)" $(($(since "$was" "${fates[@]}") + SHORT))
}

ktap_header

mute "a pod" 420 a 2 eth0
mute "a virtual machine, in fragments" 200 "" 6 -t tap0
mute "a pod that may use any address" 60 m 4 eth0
mute "a pod that may send anything" 60 o 5 eth0

for dev in v_a v_b v_m tap0; do ip link set "$dev" down; done
ip link set v_o mtu 20000	# what is sent to all and does not fit is left out without a word
was=$(ledger)
fuzzed "host" 60 "" 1 psw0
check_equal "host: each is accounted for" "$(since "$was" host-sent)" \
	$(($(since "$was" host-dropped host-answered queued-o) + SHORT))
ip link set v_o mtu 1500
for dev in v_a v_b v_m tap0; do ip link set "$dev" up; done

# gain_addresses NS DEV N: one that answers from now on
gain_addresses() {
	local ns=${1:+ip netns exec $1}

	$ns sysctl -qw "net.ipv6.conf.$2.accept_dad=0" "net.ipv6.conf.$2.disable_ipv6=0"
	$ns ip addr add "192.0.2.$3/24" dev "$2"
	$ns ip addr add "2001:db8::$3/64" dev "$2"
}

gain_addresses "" psw0 1
gain_addresses a eth0 2
gain_addresses b eth0 3

# shellcheck disable=SC2086 # a list
background ip netns exec b witness eth0 $TRUE > "$WORK/b"
# shellcheck disable=SC2086
background witness psw0 $TRUE > "$WORK/host"
for who in b host; do check "witness: $who listens" busywait 5 grep -q ready "$WORK/$who"; done
fuzzed "witness: a pod" 130 a 2 eth0
fuzzed "witness: a virtual machine, in fragments" 70 "" 6 -t tap0

kill "${JOBS[@]}"
wait "${JOBS[@]}"
for who in b host; do
	check "witness: $who: $(tail -n 1 "$WORK/$who")" grep -E '^seen [1-9][0-9]* lost [0-9]+ lies 0$' "$WORK/$who"
	grep '^lie' "$WORK/$who" | cut -c 1-300 | sed 's/^/# /'
done

for ip in 192.0.2.1 192.0.2.3 2001:db8::1 2001:db8::3; do
	check "after: a reaches $ip" busywait 10 ip netns exec a ping -c 1 -W 1 "$ip"
done

tried "$SENT" frames
ktap_finish
