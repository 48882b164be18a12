#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Streams and datagrams of every size arrive whole, with segmentation offload, at each MTU.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+
#    v_a        v_b          host
#   ..|..........|.............
#   eth0        eth0
#    a .2        b .3        pods
#
# tcp:  PODSWITCH_TRANSFER_MB (200) megabytes, every byte checked
# udp:  each size from 0 to 65507, in steps of PODSWITCH_UDP_STEP (1) in one piece, of 251 in fragments
# tap:  as much again on the way through the host end's queue
. "$(dirname "$0")/../lib.sh"

MB=${PODSWITCH_TRANSFER_MB:-200}
STEP=${PODSWITCH_UDP_STEP:-1}

need_module
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64

set_mtu() {
	local ns

	for ns in a b; do
		ip -n "$ns" link set eth0 mtu "$1"
		ip link set "v_$ns" mtu "$1"
	done
	ip link set psw0 mtu "$1"
}

ktap_header

was=$(stats_of port v_b)
for mtu in 1500 9000; do
	set_mtu "$mtu"
	check "tcp: $MB MB, IPv4, MTU $mtu" xfer tcp b 192.0.2.3 a "$MB"
	check "tcp: $MB MB, IPv6, MTU $mtu" xfer tcp b 2001:db8::3 a "$MB"
done
read -r _ frames _ bytes _ queued <<< "$(stats_since "$was" port v_b tx-packets tx-bytes queued)"
check "tcp: in frames of more than two MTUs on average" \
	test "$((bytes / (frames + 1)))" -gt 18000
check "tcp: directly" test "$queued" -lt 100
check "tcp: host to pod" xfer tcp b 192.0.2.3 - 8
check "tcp: pod to host" xfer tcp - 2001:db8::1 a 8
nsenter --net=/run/netns/a ethtool -K eth0 tso off gso off tx off > /dev/null 2>&1
check "tcp: without offloads at the sender" xfer tcp b 192.0.2.3 a 8
nsenter --net=/run/netns/a ethtool -K eth0 tso on gso on tx on > /dev/null 2>&1
nsenter --net=/run/netns/b ethtool -K eth0 gro on > /dev/null 2>&1
check "tcp: with the receiver's own polling" xfer tcp b 192.0.2.3 a 8
nsenter --net=/run/netns/b ethtool -K eth0 gro off > /dev/null 2>&1

for mtu in 1500 9000; do
	set_mtu "$mtu"
	check "udp: sizes to 65507 in fragments, IPv4, MTU $mtu" \
		xfer udp b 192.0.2.3 a 0 65507 251
	check "udp: sizes to 65507 in fragments, IPv6, MTU $mtu" \
		xfer udp b 2001:db8::3 a 0 65507 251
done
set_mtu 65535
check "udp: sizes 0 to 65507, IPv4, in one piece" \
	xfer udp b 192.0.2.3 a 0 65507 "$STEP"
check "udp: sizes to 65507, IPv6, in one piece" \
	xfer udp b 2001:db8::3 a 0 65507 251
check "udp: pod to host and back" xfer udp - 192.0.2.1 a 0 65507 1009

set_mtu 1500
tc qdisc add dev v_b root pfifo limit 10000 2>/dev/null &&
	check "queued: tcp" xfer tcp b 2001:db8::3 a 8
check "queued: udp" xfer udp b 192.0.2.3 a 0 65507 1009

check_equal "nothing was dropped" "" \
	"$(stats_since "$was" port v_b drops)$(stats_of port v_a | awk '$2 && !/^([rt]x-|queued|answered)/')"

ktap_finish
