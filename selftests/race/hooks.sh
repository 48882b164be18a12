#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What wants to see frames comes and goes while they pass: they are queued or go directly, from one to the next.
#
#         psw0
#          |
#     +----+---+
#    v_a      v_b     host; here come queueing disciplines, tc and nft hooks, packet taps
#   ..|........|..........
#   eth0      eth0         in b it goes down and up, and is a bridge's port at times
#    a         b
#
# a and the host ping b without end.
. "$(dirname "$0")/lib.sh"

need_module
need_commands nft tcpdump
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64

queueing() {
	tc qdisc replace dev v_b root pfifo && tc qdisc replace dev v_b root tbf rate 100mbit burst 32k latency 10ms &&
		tc qdisc del dev v_b root
}

classifying() {
	tc qdisc add dev v_b clsact &&
	tc filter add dev v_b egress matchall action pass &&
	tc filter add dev v_b ingress matchall action pass &&
	tc qdisc del dev v_b clsact
}

filtering() {
	nft -f - <<-END || return 1
		table netdev race {
			chain out { type filter hook egress device v_b priority 0; counter; }
			chain in { type filter hook ingress device v_b priority 0; counter; }
		}
	END
	nft delete table netdev race
}

tapping() {
	timeout 30 tcpdump -i v_b -c 3 -w "$WORK/tap.$BASHPID"
}

# An interface that goes down loses its IPv6 addresses.
flapping() {
	ip -n b -b - <<-END
		link set eth0 down
		link set eth0 up
		addr replace 2001:db8::3/64 dev eth0 nodad
	END
	ip -b - <<-END
		link set v_b down
		link set v_b up
		link set v_b mtu 1400
		link set v_b mtu 1500
	END
}

bridging() {
	ip -n b -b - <<-END
		link add br0 type bridge
		link set eth0 master br0
		link set eth0 nomaster
		link del br0
	END
}

listening() {
	ip -n b -b - <<-END
		link set eth0 promisc on
		link set eth0 allmulticast on
		link set eth0 promisc off
		link set eth0 allmulticast off
	END
}

ktap_header
flood a 192.0.2.3 2001:db8::3
flood "" 192.0.2.3
background frame -n 0 a:eth0 eth ff:ff:ff:ff:ff:ff a:eth0 ipv4 192.0.2.2 255.255.255.255 udp 1 2
race queueing classifying filtering tapping flapping bridging listening
calm

# What a round leaves that was interrupted by another one.
{
	tc qdisc del dev v_b root
	tc qdisc del dev v_b clsact
	nft delete table netdev race
	ip -n b link del br0
} 2> /dev/null
ip link set v_b up mtu 1500
ip -n b link set eth0 up promisc off allmulticast off
ip -n b addr replace 2001:db8::3/64 dev eth0 nodad
pods_talk a 192.0.2.3 2001:db8::3
pods_talk "" 192.0.2.3
directly() {
	local was
	was=$(stats_of port v_b)
	frame -n 100 -a b:eth0=100 a:eth0 eth b:eth0 a:eth0 ipv4 192.0.2.2 192.0.2.3 udp 1 2 && queued_less_than 50 "$was" v_b
}
check "after: directly again" busywait 20 directly
ktap_finish
