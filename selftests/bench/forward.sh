#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints what forwarding one 64-byte frame from pod to pod costs, through a bare veth cable, podswitch and a bridge.
#
#   pktgen > [a: eth0] ---- v_a ==== switch ==== v_b ---- [b: eth0] > dropped by tc
#
# In a VM that counts instructions (run --icount) the time of one frame, in ns, is the number of instructions it takes;
# the cable, one veth between the two namespaces, is what cannot be saved. As a pod's own, the frames belong to nobody
# else (pktgen's flag !SHARED, Linux 6.7). Fails if podswitch adds more than LIMIT (400).

. "$(dirname "$0")/../lib.sh"
need_module
modprobe pktgen
FRAMES=${FRAMES:-20000}
ROUNDS=${ROUNDS:-3}

# pod NS ADDRESS MAC: a namespace whose eth0 has a host end v_NS
pod() {
	make_ns "$1"
	ip link add "v_$1" type veth peer name eth0 address "$3" netns "$1"
	ip link set "v_$1" up
	ip -n "$1" addr add "$2/24" dev eth0
	ip -n "$1" link set eth0 up
}

pods() {
	pod a 192.0.2.1 02:00:00:00:00:0a
	pod b 192.0.2.2 02:00:00:00:00:0b
}

no_pods() {
	ip netns del a
	ip netns del b
	busywait 10 no_device v_a
	busywait 10 no_device v_b
}

no_device() {
	[[ ! -e /sys/class/net/$1 ]]
}

# ns_per_frame: sends from a to b and prints the time of one frame
ns_per_frame() {
	[[ $(tc -n b filter show dev eth0 ingress 2>/dev/null) ]] || {
		tc -n b qdisc add dev eth0 clsact
		tc -n b filter add dev eth0 ingress matchall action drop
	}
	for ((round = 0; round < ROUNDS; round++)); do
		ip netns exec a bash "$0" --send "$FRAMES"
	done | sort -n | sed -n "$((ROUNDS / 2 + 1))p"
}

# In namespace a, whose own /proc has its pktgen.
send() {
	local dev=/proc/net/pktgen/eth0 setting

	mount -t proc proc /proc
	echo rem_device_all > /proc/net/pktgen/kpktgend_0
	echo add_device eth0 > /proc/net/pktgen/kpktgend_0
	for setting in "flag !SHARED" "count $1" "pkt_size 60" "delay 0" "dst 192.0.2.2" "src_min 192.0.2.1" "src_max 192.0.2.1" \
		"dst_mac 02:00:00:00:00:0b"; do
		echo "$setting" > $dev
	done
	echo start > /proc/net/pktgen/pgctrl
	sed -nE 's/.*OK: ([0-9]+).*/\1/p' $dev | awk -v n="$1" '{ printf "%.1f\n", $1 * 1000 / n }'
}

# row NAME NS: one row of the table, and the difference to the cable
row() {
	local arrived

	arrived=$(ip -n b -j -s link show eth0 | jq '.[0].stats64.rx.packets')
	(( arrived >= FRAMES * ROUNDS )) || { echo "$1: only $arrived frames arrived" >&2; FAILED=1; }
	printf '%-44s %8.0f %8.0f\n' "$1" "$2" "$(echo "$2 - $CABLE" | bc)"
}

[[ ${1:-} == --send ]] && { send "$2"; trap - EXIT; exit; }

FAILED=0
make_ns a b
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
for ns in a b; do ip -n $ns link set eth0 up; done
CABLE=$(ns_per_frame)
printf '%-44s %8s %8s\n' "pod to pod, 64-byte frames, $(uname -r)" ns added
row "cable: one veth between the pods" "$CABLE"
no_pods

pods
ip link add psw0 type podswitch
ip link set psw0 up
for ns in a b; do
	"$PSW" port add v_$ns switch psw0 address "$(ip -n $ns -4 -j addr show eth0 | jq -r '.[0].addr_info[0].local')"
done
GUARDED=$(ns_per_frame)
row "podswitch, guard mac+ip" "$GUARDED"
for ns in a b; do "$PSW" port set v_$ns guard off; done
row "podswitch, guard off" "$(ns_per_frame)"
for ns in a b; do "$PSW" port set v_$ns guard mac+ip; done
tc qdisc add dev v_b clsact
row "podswitch, queued (a tc hook on the host end)" "$(ns_per_frame)"
ip link del psw0
no_pods

pods
ip link add br0 type bridge
ip link set br0 up
for ns in a b; do ip link set v_$ns master br0; done
# the bridge learns where b is
in_ns b ping -c 1 -W 1 192.0.2.1 >/dev/null
row "Linux bridge" "$(ns_per_frame)"
ip link del br0

(( $(echo "$GUARDED - $CABLE <= ${LIMIT:-400}" | bc) )) || {
	echo "podswitch adds more than ${LIMIT:-400} instructions" >&2
	FAILED=1
}
exit $FAILED
