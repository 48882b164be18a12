# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For bench/measure to source, after peers.sh: the workloads. load_NAME prints how many ns one operation takes, and fails,
# with the reason on stderr, if not everything arrived. COUNT says how many operations are timed together; that is done
# "bursts" times and the fastest counts, because what else the machine or the kernel has to do can only make it slower.
# shellcheck disable=SC2154 # set by measure

BENCH=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
declare -A COUNT=([forward]=10000 [forward-held]=10000 [tcp-rr]=2000 [udp-rr]=1000 [tcp-crr]=200 [tcp-stream]=400 [udp-stream]=1600 [arp]=20
	[broadcast]=20)
CROWD=0

# fastest COMMAND...: the least of what it prints
fastest() {
	local burst

	for ((burst = 0; burst < bursts; burst++)); do
		"$@" || return
	done > "$WORK/bursts"
	sort -n "$WORK/bursts" | head -n 1
}

# frames_dropped NS: by the filter that forward sets
frames_dropped() {
	tc -n "$1" -s -j filter show dev eth0 ingress | jq '[.. | objects | .packets? // empty] | max // 0'
}

# forward own|held: frames of 64 bytes (with their checksum) from a to b, by pktgen, which holds on to them or not; b's stack
# drops them where they come in
forward() {
	local ns arrived sent=$((bursts * COUNT[forward]))

	tc -n b qdisc add dev eth0 clsact && tc -n b filter add dev eth0 ingress matchall action drop || return
	ns=$(in_ns a "$BENCH/pktgen" eth0 "$bursts" "${COUNT[forward]}" "$(mac_of b eth0)" "$A" "$B" "$1")
	arrived=$(frames_dropped b)
	tc -n b qdisc del dev eth0 clsact
	(( arrived >= sent )) || { echo "only $arrived of $sent frames arrived" >&2; return 1; }
	echo "$ns"
}

load_forward() { forward own; }
load_forward-held() { forward held; }
load_tcp-rr() { fastest load tcp-rr a b "$B" "${COUNT[tcp-rr]}"; }
load_udp-rr() { fastest load udp-rr a b "$B" "${COUNT[udp-rr]}"; }
load_tcp-crr() { fastest load tcp-crr a b "$B" "${COUNT[tcp-crr]}"; }
load_tcp-stream() { fastest load tcp-stream a b "$B" "${COUNT[tcp-stream]}"; }
load_udp-stream() { fastest load udp-stream a b "$B" "${COUNT[udp-stream]}"; }
load_pod-host-rr() { fastest load tcp-rr a - "$HOST_ADDRESS" "${COUNT[tcp-rr]}"; }
load_host-pod-rr() { fastest load tcp-rr - a "$POD_ADDRESS" "${COUNT[tcp-rr]}"; }
load_pod-host-stream() { fastest load tcp-stream a - "$HOST_ADDRESS" "${COUNT[tcp-stream]}"; }
load_host-pod-stream() { fastest load tcp-stream - a "$POD_ADDRESS" "${COUNT[tcp-stream]}"; }
load_arp() { fastest load arp a b "$B" "${COUNT[arp]}"; }

# Each frame must reach every pod of the crowd, which has CROWD ends.
load_broadcast() {
	local ns before arrived sent=$((bursts * COUNT[broadcast] * CROWD))

	before=$(crowd_frames)
	ns=$(fastest load broadcast a b - "${COUNT[broadcast]}") || return
	arrived=$(( $(crowd_frames) - before ))
	(( arrived >= sent )) || { echo "only $arrived of $sent broadcasts arrived" >&2; return 1; }
	echo "$ns"
}

# Received frames of the crowd's ends, p1, p2, ...
# shellcheck disable=SC2016 # awk's
crowd_frames() {
	in_ns crowd awk '$1 ~ /^p[0-9]+:$/ { n += $3 } END { print n + 0 }' /proc/net/dev
}
