#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who asks for a pod's address is answered by the switch, as the pod would, and the pod is not asked.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+----------+
#    v_a        v_b        v_d         host
#   ..|..........|..........|............
#   eth0        eth0       eth0
#    a .2        b .3       d .5       pods; d declares no address
#
# arp:   requests, probes, announcements; for pods, for nobody
# nd:    solicitations, duplicate address detection, link-local addresses
# host:  asks and is answered like a pod
# kernel: believes the answers
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ping
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod d psw0
without_probes a b d
ip -n d addr add 192.0.2.5/24 dev eth0

link_local_of() {
	ip -n "$1" -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s/\/.*//'
}

A=a:eth0 B=b:eth0 D=d:eth0
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00
LL_A=$(link_local_of a) LL_B=$(link_local_of b)
MAC_B=$(mac_of b eth0)
# an answer to a, and the question reaches nobody
ANSWER_A="-r $A=1 -a $B=0 -a $D=0 -a psw0=0 $A"
# no answer; the question goes to the host and to whom the table does not know
TO_HOST="-a $B=0 -a $D=1 -a psw0=1 $A"
# the same, to a group that d has not joined
TO_HOST_ALONE="-a $B=0 -a $D=0 -a psw0=1 $A"
# what nobody has asked for is for all
TO_ALL="-a $B=1 -a $D=1 -a psw0=1 $A"
# solicited-node groups (RFC 4291 2.7.1) of 2001:db8::3 and of nobody
GROUP_3="33:33:ff:00:00:03" SNM_3=ff02::1:ff00:3
GROUP_99="33:33:ff:00:00:99" SNM_99=ff02::1:ff00:99

# believes NS ADDRESS MAC: a ping gets through, and the neighbour entry has the MAC
believes() {
	nsenter --net="/run/netns/$1" ping -q -c 1 -W 5 "$2" &&
		ip -n "$1" neigh show to "${2%\%*}" | grep "lladdr $3"
}

dad_failed() {
	ip -n a -6 addr show dev eth0 | grep -A 1 2001:db8::3/ | grep -q dadfailed
}

ktap_header

frames_count "answered 4" port v_a answered <<-EOF
	arp: request to all | $ANSWER_A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
	arp: request to the pod alone | $ANSWER_A eth $B $A arp 1 $A 192.0.2.2 $B 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
	arp: request with padding | $ANSWER_A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 data 18 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
	arp: probe for an address that is taken | $ANSWER_A eth $ALL $A arp 1 $A 0.0.0.0 $NONE 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 0.0.0.0
EOF
frames_count "answered 100" port v_a answered <<-EOF
	arp: 100 requests at once | -n 100 -r $A=100 -a $B=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
EOF
frames_count "answered 0" port v_a answered drops <<-EOF
	arp: request for an address that nobody declared | $TO_HOST eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.99
	arp: request for the host's address | $TO_HOST eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.1
	arp: announcement | $TO_ALL eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.2
	arp: probe for the own address | $TO_HOST eth $ALL $A arp 1 $A 0.0.0.0 $NONE 192.0.2.2
	arp: reply | -a $B=1 -a $D=0 -a psw0=0 $A eth $B $A arp 2 $A 192.0.2.2 $B 192.0.2.3
EOF

frames_count "answered 6" port v_a answered <<-EOF
	nd: solicitation to the group | $ANSWER_A eth $GROUP_3 $A ipv6 2001:db8::2 $SNM_3 ns 2001:db8::3 lladdr 1 $A reply eth $A $B ipv6 2001:db8::3 2001:db8::2 na 0x60 2001:db8::3 lladdr 2 $B
	nd: solicitation to the pod alone | $ANSWER_A eth $B $A ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::3 lladdr 1 $A reply eth $A $B ipv6 2001:db8::3 2001:db8::2 na 0x60 2001:db8::3 lladdr 2 $B
	nd: solicitation without its option | $ANSWER_A eth $B $A ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::3 reply eth $A $B ipv6 2001:db8::3 2001:db8::2 na 0x60 2001:db8::3 lladdr 2 $B
	nd: solicitation from a link-local address | $ANSWER_A eth $GROUP_3 $A ipv6 $LL_A $SNM_3 ns 2001:db8::3 lladdr 1 $A reply eth $A $B ipv6 2001:db8::3 $LL_A na 0x60 2001:db8::3 lladdr 2 $B
	nd: solicitation of a link-local address | $ANSWER_A eth $B $A ipv6 2001:db8::2 $LL_B ns $LL_B lladdr 1 $A reply eth $A $B ipv6 $LL_B 2001:db8::2 na 0x60 $LL_B lladdr 2 $B
	nd: duplicate address detection | $ANSWER_A eth $GROUP_3 $A ipv6 :: $SNM_3 ns 2001:db8::3 reply eth 33:33:00:00:00:01 $B ipv6 2001:db8::3 ff02::1 na 0x20 2001:db8::3 lladdr 2 $B
EOF
frames_count "answered 0" port v_a answered drops <<-EOF
	nd: solicitation of an address that nobody declared | $TO_HOST_ALONE eth $GROUP_99 $A ipv6 2001:db8::2 $SNM_99 ns 2001:db8::99 lladdr 1 $A
	nd: solicitation of the host's address | $TO_HOST_ALONE eth 33:33:ff:00:00:01 $A ipv6 2001:db8::2 ff02::1:ff00:1 ns 2001:db8::1 lladdr 1 $A
	nd: duplicate address detection for the own address | $TO_HOST_ALONE eth 33:33:ff:00:00:02 $A ipv6 :: ff02::1:ff00:2 ns 2001:db8::2
	nd: duplicate address detection for the own link-local address | $TO_HOST_ALONE eth 33:33:ff:00:00:02 $A ipv6 :: ff02::1:ff00:2 ns $LL_A
	nd: solicitation of an IPv4 address, mapped | $TO_HOST_ALONE eth $GROUP_3 $A ipv6 2001:db8::2 $SNM_3 ns ::ffff:192.0.2.3 lladdr 1 $A
	nd: advertisement, unasked, to all nodes | $TO_ALL eth 33:33:00:00:00:01 $A ipv6 2001:db8::2 ff02::1 na 0x20 2001:db8::2 lladdr 2 $A
	nd: advertisement | -a $B=1 -a $D=0 -a psw0=0 $A eth $B $A ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::2 lladdr 2 $A
EOF

ip -n d maddr add $GROUP_99 dev eth0
frames_count "answered 0" port v_a answered drops <<-EOF
	nd: solicitation of an address that nobody declared, to a group that d has joined | $TO_HOST eth $GROUP_99 $A ipv6 2001:db8::2 $SNM_99 ns 2001:db8::99 lladdr 1 $A
EOF
ip -n d maddr del $GROUP_99 dev eth0

frames_count "answered 4" switch psw0 answered <<-EOF
	host: ARP request to all | -r psw0=1 -a $A=0 -a $B=0 -a $D=0 psw0 eth $ALL psw0 arp 1 psw0 192.0.2.1 $NONE 192.0.2.3 reply eth psw0 $B arp 2 $B 192.0.2.3 psw0 192.0.2.1
	host: ARP request to the pod alone | -r psw0=1 -a $B=0 psw0 eth $B psw0 arp 1 psw0 192.0.2.1 $B 192.0.2.3 reply eth psw0 $B arp 2 $B 192.0.2.3 psw0 192.0.2.1
	host: solicitation | -r psw0=1 -a $A=0 -a $B=0 -a $D=0 psw0 eth $GROUP_3 psw0 ipv6 2001:db8::1 $SNM_3 ns 2001:db8::3 lladdr 1 psw0 reply eth psw0 $B ipv6 2001:db8::3 2001:db8::1 na 0x60 2001:db8::3 lladdr 2 $B
	host: duplicate address detection | -r psw0=1 -a $B=0 psw0 eth $GROUP_3 psw0 ipv6 :: $SNM_3 ns 2001:db8::3 reply eth 33:33:00:00:00:01 $B ipv6 2001:db8::3 ff02::1 na 0x20 2001:db8::3 lladdr 2 $B
	host: ARP request for an address that nobody declared | -a $A=0 -a $B=0 -a $D=1 psw0 eth $ALL psw0 arp 1 psw0 192.0.2.1 $NONE 192.0.2.99
	host: ARP announcement | -a $A=1 -a $D=1 psw0 eth $ALL psw0 arp 1 psw0 192.0.2.1 $NONE 192.0.2.1
EOF

"$PSW" port set v_a isolated on
"$PSW" port set v_b isolated on
frames_count "answered 0 isolated 2" port v_a answered drops <<-EOF
	isolated: ARP request | -r $A=0 -a $B=0 -a psw0=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
	isolated: solicitation | -a $B=0 -a $D=0 -a psw0=0 $A eth $GROUP_3 $A ipv6 2001:db8::2 $SNM_3 ns 2001:db8::3 lladdr 1 $A
EOF
"$PSW" port set v_a isolated off
"$PSW" port set v_b isolated off

"$PSW" address add 192.0.2.33 dev v_b
frames_count "answered 1" port v_a answered <<-EOF
	addresses: declared later | $ANSWER_A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.33 reply eth $A $B arp 2 $B 192.0.2.33 $A 192.0.2.2
EOF
"$PSW" address del 192.0.2.33 dev v_b
frames_count "answered 0" port v_a answered <<-EOF
	addresses: taken back | $TO_HOST eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.33
EOF
frames <<-EOF
	plain: d, which declares no address, is answered | -r $D=1 -a $B=0 -a psw0=0 $D eth $ALL $D arp 1 $D 192.0.2.5 $NONE 192.0.2.3 reply eth $D $B arp 2 $B 192.0.2.3 $D 192.0.2.5
	plain: d answers for itself | -r $A=1 -a $D=1 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.5 reply eth $A $D arp 2 $D 192.0.2.5 $A 192.0.2.2
EOF

check "kernel: believes the answer, IPv4" believes a 192.0.2.3 "$MAC_B"
check "kernel: believes the answer, IPv6" believes a 2001:db8::3 "$MAC_B"
check "kernel: believes the answer, link-local" believes a "$LL_B%eth0" "$MAC_B"
nsenter --net=/run/netns/a sysctl -qw net.ipv6.conf.eth0.accept_dad=1
ip -n a addr add 2001:db8::3/64 dev eth0
check "kernel: an address that another pod holds is a duplicate" \
	busywait 5 dad_failed

ktap_finish
