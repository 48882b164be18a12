#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A pod speaks for itself alone: what it sends in another's name is dropped, counted by reason and reaches nobody.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+----------+
#    v_a        v_b        v_c      host
#   ..|..........|..........|.........
#   eth0        eth0       eth0
#    a           b          c       pods
#    .2, ::2     .3, ::3    ::4     192.0.2.x, 2001:db8::x
#    .22, ::22
#
# mac, ipv4, ipv6, arp, nd:  each field that can lie, and what is allowed instead
# router, dhcp:              what only a router and a DHCP server send, also by detours; from those that are one
# addresses:                 declared later, taken back
# levels:                    mac and off
. "$(dirname "$0")/../lib.sh"

need_module
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64 192.0.2.22/24 2001:db8::22/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0 2001:db8::4/64

# link_local_of POD: the address made of its MAC
link_local_of() {
	ip -n "$1" -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s/\/.*//'
}

A=a:eth0 B=b:eth0 C=c:eth0
ALL=ff:ff:ff:ff:ff:ff ALL_NODES="33:33:00:00:00:01" NONE=00:00:00:00:00:00
LIAR=02:00:00:00:00:99
LL_A=$(link_local_of a) LL_B=$(link_local_of b)
NO="-a $B=0 -a psw0=0 $A"
TO_B="-a $B=1 -a psw0=0 $A eth $B $A"
TO_ALL="-a $B=1 -a psw0=1 $A"
TO_HOST="-a $B=0 -a psw0=1 $A"
UDP="udp 1000 2000 data 20"
DISCOVER="udp 68 67 data 240"

ktap_header

frames_count "" port v_a drops <<-EOF
	mac: own | $TO_B type 0x88b5 data 46
EOF
frames_count "spoofed-mac 3" port v_a drops <<-EOF
	mac: nobody's | $NO eth $B $LIAR ipv4 192.0.2.2 192.0.2.3 $UDP
	mac: the receiver's | $NO eth $B $B ipv4 192.0.2.2 192.0.2.3 $UDP
	mac: the switch's, to all | $NO eth $ALL psw0 type 0x88b5 data 46
EOF

frames_count "" port v_a drops <<-EOF
	ipv4: own | $TO_B ipv4 192.0.2.2 192.0.2.3 $UDP
	ipv4: own, the second address | $TO_B ipv4 192.0.2.22 192.0.2.3 $UDP
	ipv4: DHCP client without an address | $TO_ALL eth $ALL $A ipv4 0.0.0.0 255.255.255.255 $DISCOVER
EOF
frames_count "spoofed-ipv4 10" port v_a drops <<-EOF
	ipv4: nobody's | $NO eth $B $A ipv4 192.0.2.99 192.0.2.3 $UDP
	ipv4: the receiver's | $NO eth $B $A ipv4 192.0.2.3 192.0.2.3 $UDP
	ipv4: the host's, to all | $NO eth $ALL $A ipv4 192.0.2.1 192.0.2.255 $UDP
	ipv4: to the host | $NO eth psw0 $A ipv4 192.0.2.3 192.0.2.1 $UDP
	ipv4: loopback | $NO eth $B $A ipv4 127.0.0.1 192.0.2.3 $UDP
	ipv4: none | $NO eth $B $A ipv4 0.0.0.0 192.0.2.3 $UDP
	ipv4: none, DHCP to one host | $NO eth $B $A ipv4 0.0.0.0 192.0.2.3 $DISCOVER
	ipv4: none, DHCP of a server | $NO eth $ALL $A ipv4 0.0.0.0 255.255.255.255 udp 67 68 data 240
	ipv4: nobody's, DHCP | $NO eth $ALL $A ipv4 192.0.2.99 255.255.255.255 $DISCOVER
	ipv4: none, not UDP | $NO eth $ALL $A ipv4 0.0.0.0 255.255.255.255 type 6 hex 0044004300000000
EOF

frames_count "" port v_a drops <<-EOF
	ipv6: own | $TO_B ipv6 2001:db8::2 2001:db8::3 $UDP
	ipv6: own, the second address | $TO_B ipv6 2001:db8::22 2001:db8::3 $UDP
	ipv6: own, behind an extension header | $TO_B ipv6 2001:db8::2 2001:db8::3 dest $UDP
	ipv6: link-local, made of the MAC | $TO_B ipv6 $LL_A $LL_B $UDP
	ipv6: none, listener report | $TO_HOST eth 33:33:00:00:00:16 $A ipv6 :: ff02::16 hop icmp6 143
EOF
frames_count "spoofed-ipv6 8" port v_a drops <<-EOF
	ipv6: nobody's | $NO eth $B $A ipv6 2001:db8::99 2001:db8::3 $UDP
	ipv6: the receiver's | $NO eth $B $A ipv6 2001:db8::3 2001:db8::3 $UDP
	ipv6: the host's, to all | $NO eth $ALL_NODES $A ipv6 2001:db8::1 ff02::1 $UDP
	ipv6: nobody's, behind an extension header | $NO eth $B $A ipv6 2001:db8::99 2001:db8::3 hop $UDP
	ipv6: nobody's, first fragment | $NO eth $B $A ipv6 2001:db8::99 2001:db8::3 fragment 0 $UDP
	ipv6: link-local, made of another MAC | $NO eth $B $A ipv6 $LL_B $LL_A $UDP
	ipv6: none, to one host | $NO eth $B $A ipv6 :: 2001:db8::3 $UDP
	ipv6: own IPv4 address, mapped | $NO eth $B $A ipv6 ::ffff:192.0.2.2 2001:db8::3 $UDP
EOF

frames_count "" port v_a drops <<-EOF
	arp: request | $TO_HOST eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.99
	arp: request, from the second address | $TO_HOST eth $ALL $A arp 1 $A 192.0.2.22 $NONE 192.0.2.99
	arp: probe (RFC 5227) | $TO_HOST eth $ALL $A arp 1 $A 0.0.0.0 $NONE 192.0.2.99
	arp: announcement | $TO_ALL eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.2
	arp: reply | $TO_B arp 2 $A 192.0.2.2 $B 192.0.2.3
EOF
frames_count "spoofed-arp 7" port v_a drops <<-EOF
	arp: request, another's address | $NO eth $ALL $A arp 1 $A 192.0.2.3 $NONE 192.0.2.1
	arp: request, another's MAC | $NO eth $ALL $A arp 1 $LIAR 192.0.2.2 $NONE 192.0.2.1
	arp: announcement of another's address | $NO eth $ALL $A arp 1 $A 192.0.2.1 $NONE 192.0.2.1
	arp: reply, another's address | $NO eth $B $A arp 2 $A 192.0.2.1 $B 192.0.2.3
	arp: reply, another's MAC | $NO eth $B $A arp 2 $LIAR 192.0.2.2 $B 192.0.2.3
	arp: reply without an address | $NO eth $B $A arp 2 $A 0.0.0.0 $B 192.0.2.3
	arp: probe with another's MAC | $NO eth $ALL $A arp 1 $LIAR 0.0.0.0 $NONE 192.0.2.1
EOF

frames_count "spoofed-ipv4 2 spoofed-arp 1" port v_c drops <<-EOF
	ipv4: any, of a port without IPv4 | -a $B=0 $C eth $B $C ipv4 192.0.2.2 192.0.2.3 $UDP
	ipv4: none, of a port without IPv4 | -a $B=0 $C eth $B $C ipv4 0.0.0.0 192.0.2.3 $UDP
	arp: reply without an address, of a port without IPv4 | -a $B=0 $C eth $B $C arp 2 $C 0.0.0.0 $B 192.0.2.3
EOF

frames_count "" port v_a drops <<-EOF
	nd: solicitation | $TO_HOST eth 33:33:ff:00:00:99 $A ipv6 2001:db8::2 ff02::1:ff00:99 ns 2001:db8::99 lladdr 1 $A
	nd: solicitation from a link-local address | $TO_HOST eth 33:33:ff:00:00:99 $A ipv6 $LL_A ff02::1:ff00:99 ns 2001:db8::99 lladdr 1 $A
	nd: solicitation to one host | $TO_B ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::99
	nd: duplicate address detection | $TO_HOST eth 33:33:ff:00:00:02 $A ipv6 :: ff02::1:ff00:2 ns 2001:db8::2
	nd: advertisement | $TO_B ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::2 lladdr 2 $A
	nd: advertisement of the second address | $TO_B ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::22 lladdr 2 $A
	nd: advertisement of the link-local address | $TO_B ipv6 $LL_A 2001:db8::3 na 0x60 $LL_A lladdr 2 $A
	nd: advertisement, unasked, to all | $TO_ALL eth $ALL_NODES $A ipv6 2001:db8::2 ff02::1 na 0x20 2001:db8::2 lladdr 2 $A
	nd: router solicitation | $TO_HOST eth 33:33:00:00:00:02 $A ipv6 $LL_A ff02::2 rs lladdr 1 $A
	nd: router solicitation without an address | $TO_HOST eth 33:33:00:00:00:02 $A ipv6 :: ff02::2 rs
EOF
frames_count "spoofed-nd 13" port v_a drops <<-EOF
	nd: solicitation, another's MAC | $NO eth 33:33:ff:00:00:01 $A ipv6 2001:db8::2 ff02::1:ff00:1 ns 2001:db8::1 lladdr 1 $LIAR
	nd: solicitation, another's MAC in the second option | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::99 hex 0e01000000000000 lladdr 1 $LIAR
	nd: router solicitation, another's MAC | $NO eth 33:33:00:00:00:02 $A ipv6 $LL_A ff02::2 rs lladdr 1 $LIAR
	nd: advertisement, another's address | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::1 lladdr 2 $A
	nd: advertisement, another's address and no MAC | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::1
	nd: advertisement, another's link-local address | $NO eth $B $A ipv6 $LL_A 2001:db8::3 na 0x60 $LL_B lladdr 2 $A
	nd: advertisement, another's MAC | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::2 lladdr 2 $LIAR
	nd: advertisement, unasked, to all | $NO eth $ALL_NODES $A ipv6 2001:db8::2 ff02::1 na 0x20 2001:db8::1 lladdr 2 $A
	nd: advertisement behind a hop-by-hop header | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 hop na 0x60 2001:db8::1 lladdr 2 $A
	nd: advertisement behind a destination header | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 dest na 0x60 2001:db8::1 lladdr 2 $A
	nd: advertisement behind a routing header | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 routing na 0x60 2001:db8::1 lladdr 2 $A
	nd: advertisement behind four headers | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 hop dest routing dest na 0x60 2001:db8::1 lladdr 2 $A
	nd: advertisement of the own IPv4 address, mapped | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 na 0x60 ::ffff:192.0.2.2 lladdr 2 $A
EOF
frames_count "spoofed-ipv6 3" port v_a drops <<-EOF
	nd: solicitation from another's address | $NO eth 33:33:ff:00:00:01 $A ipv6 2001:db8::3 ff02::1:ff00:1 ns 2001:db8::1 lladdr 1 $A
	nd: advertisement from another's address | $NO eth $B $A ipv6 2001:db8::1 2001:db8::3 na 0x60 2001:db8::2 lladdr 2 $A
	nd: router solicitation from another's address | $NO eth 33:33:00:00:00:02 $A ipv6 $LL_B ff02::2 rs lladdr 1 $A
EOF
frames_count "router-message 4" port v_a drops <<-EOF
	router: advertisement | $NO eth $ALL_NODES $A ipv6 $LL_A ff02::1 ra lladdr 1 $A
	router: advertisement to one host | $NO eth $B $A ipv6 $LL_A $LL_B ra
	router: advertisement behind a header | $NO eth $ALL_NODES $A ipv6 $LL_A ff02::1 dest ra lladdr 1 $A
	router: redirect | $NO eth $B $A ipv6 $LL_A 2001:db8::3 redirect 2001:db8::99 2001:db8::1
EOF

# packet FIRST-BYTE FRAGMENT PROTOCOL BYTES: in hexadecimal, an IPv4 packet of a's
packet() {
	echo "type 0x0800 hex ${1}0000400000${2}40${3}0000c0000202c0000203$4 data 40"
}
REPLY=0043004400280000 DNS=0035003500280000
frames_count "" port v_a drops <<-EOF
	dhcp: client, renewing | $TO_B ipv4 192.0.2.2 192.0.2.3 udp 68 67 data 240
	dhcp: client of IPv6 | $TO_HOST eth 33:33:00:01:00:02 $A ipv6 $LL_A ff02::1:2 udp 546 547 data 40
	dhcp: the ports of TCP | $TO_B $(packet 45 0000 06 $REPLY)
	dhcp: the ports in a later fragment | $TO_B $(packet 45 2001 11 $REPLY)
	dhcp: the ports in a later fragment of IPv6 | $TO_B ipv6 2001:db8::2 2001:db8::3 fragment 64 udp 547 546 data 40
	dhcp: where ports would be without an option | $TO_B $(packet 46 0000 11 ${REPLY:0:8}$DNS)
	dhcp: no room for ports | $TO_B ipv4 192.0.2.2 192.0.2.3 type 17 hex 00430044
	dhcp: of IPv6, no room for ports | $TO_B ipv6 2001:db8::2 2001:db8::3 type 17 hex 02230222
EOF
frames_count "dhcp-server 19" port v_a drops <<-EOF
	dhcp: server, to all | $NO eth $ALL $A ipv4 192.0.2.2 255.255.255.255 udp 67 68 data 240
	dhcp: server, to one host | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 68 data 240
	dhcp: server, to the host | $NO eth psw0 $A ipv4 192.0.2.2 192.0.2.1 udp 67 68 data 240
	dhcp: server, from the second address | $NO eth $B $A ipv4 192.0.2.22 192.0.2.3 udp 67 68 data 240
	dhcp: relay | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 67 data 240
	dhcp: server, from another port | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 40000 68 data 240
	dhcp: server, to another port | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 40000 data 240
	dhcp: server, behind an option | $NO eth $B $A $(packet 46 0000 11 01010100$REPLY)
	dhcp: server, behind as many as can be | $NO eth $B $A $(packet 4f 0000 11 "$(printf '01%.0s' {1..40})"$REPLY)
	dhcp: server, says it is version 6 | $NO eth $B $A $(packet 65 0000 11 $REPLY)
	dhcp: server, first fragment | $NO eth $B $A $(packet 45 2000 11 $REPLY)
	dhcp: server, may not be fragmented | $NO eth $B $A $(packet 45 4000 11 $REPLY)
	dhcp: server of IPv6 | $NO eth $B $A ipv6 $LL_A $LL_B udp 547 546 data 40
	dhcp: server of IPv6, to all | $NO eth $ALL_NODES $A ipv6 $LL_A ff02::1 udp 547 546 data 40
	dhcp: server of IPv6, from another port | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 udp 40000 546 data 40
	dhcp: relay of IPv6 | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 udp 547 547 data 40
	dhcp: server of IPv6, behind headers | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 hop dest udp 547 546 data 40
	dhcp: server of IPv6, first fragment | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 fragment 0 udp 547 546 data 40
	dhcp: server of IPv6, without an address | $NO eth $ALL_NODES $A ipv6 :: ff02::1 udp 547 546 data 40
EOF
frames_count "malformed 3" port v_a drops <<-EOF
	dhcp: a header of no length | $NO eth $B $A $(packet 40 0000 11 $REPLY)
	dhcp: a header that is too short for one | $NO eth $B $A $(packet 44 0000 11 $REPLY)
	dhcp: first fragment of IPv6 without the ports | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 fragment 0 dest udp 547 546 cut 74
EOF
"$PSW" port set v_a trunk 20
"$PSW" address add 192.0.2.44 vlan 20 dev v_a
frames_count "dhcp-server 1" port v_a drops <<-EOF
	dhcp: server, with a tag | $NO eth $B $A vlan 20 ipv4 192.0.2.44 192.0.2.3 udp 67 68 data 240
EOF
"$PSW" address del 192.0.2.44 vlan 20 dev v_a
"$PSW" port set v_a trunk none dhcp-server on
frames_count "spoofed-ipv4 1 router-message 1" port v_a drops <<-EOF
	dhcp: one that may be a server | $TO_ALL eth $ALL $A ipv4 192.0.2.2 255.255.255.255 udp 67 68 data 240
	dhcp: one that may be a server, of IPv6 | $TO_B ipv6 $LL_A $LL_B udp 547 546 data 40
	dhcp: one that may be a server, another's address | $NO eth $B $A ipv4 192.0.2.1 192.0.2.3 udp 67 68 data 240
	dhcp: one that may be a server is no router | $NO eth $B $A ipv6 $LL_A $LL_B ra
EOF
"$PSW" port set v_a dhcp-server off router on
frames_count "spoofed-ipv6 2 dhcp-server 1" port v_a drops <<-EOF
	router: one that may be | $TO_ALL eth $ALL_NODES $A ipv6 $LL_A ff02::1 ra lladdr 1 $A
	router: one that may be, to one host | $TO_B ipv6 $LL_A $LL_B ra
	router: one that may be, redirect | $TO_B ipv6 $LL_A 2001:db8::3 redirect 2001:db8::99 2001:db8::1
	router: one that may be, another's address | $NO eth $ALL_NODES $A ipv6 $LL_B ff02::1 ra
	router: one that may be, redirect of another | $NO eth $B $A ipv6 fe80::1 2001:db8::3 redirect 2001:db8::99 2001:db8::1
	router: one that may be is no DHCP server | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 68 data 240
EOF
"$PSW" port set v_a router off
frames_count "router-message 1 dhcp-server 1" port v_a drops <<-EOF
	router: no longer | $NO eth $B $A ipv6 $LL_A $LL_B ra
	dhcp: no longer | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 68 data 240
EOF

"$PSW" address add 192.0.2.33 2001:db8::33 dev v_a
frames_count "" port v_a drops <<-EOF
	addresses: declared, IPv4 | $TO_B ipv4 192.0.2.33 192.0.2.3 $UDP
	addresses: declared, IPv6 | $TO_B ipv6 2001:db8::33 2001:db8::3 $UDP
EOF
"$PSW" address del 192.0.2.2 2001:db8::2 192.0.2.33 dev v_a
frames_count "spoofed-ipv4 2 spoofed-ipv6 1 spoofed-arp 1" port v_a drops <<-EOF
	addresses: taken back, IPv4, the first | $NO eth $B $A ipv4 192.0.2.2 192.0.2.3 $UDP
	addresses: taken back, IPv4, the last | $NO eth $B $A ipv4 192.0.2.33 192.0.2.3 $UDP
	addresses: taken back, IPv6 | $NO eth $B $A ipv6 2001:db8::2 2001:db8::3 $UDP
	addresses: taken back, ARP | $NO eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.1
	addresses: the others stay, IPv4 | $TO_B ipv4 192.0.2.22 192.0.2.3 $UDP
	addresses: the others stay, IPv6 | $TO_B ipv6 2001:db8::22 2001:db8::3 $UDP
EOF
"$PSW" port set v_a mac $LIAR
frames_count "spoofed-mac 1" port v_a drops <<-EOF
	addresses: another MAC declared | -a $B=1 $A eth $B $LIAR ipv4 192.0.2.22 192.0.2.3 $UDP
	addresses: the one of before | $NO eth $B $A ipv4 192.0.2.22 192.0.2.3 $UDP
EOF

"$PSW" port set v_a mac "$(mac_of a eth0)" guard mac
frames_count "spoofed-mac 1" port v_a drops <<-EOF
	levels: mac, another's MAC | $NO eth $B $LIAR ipv4 192.0.2.22 192.0.2.3 $UDP
	levels: mac, another's IPv4 address | $TO_B ipv4 192.0.2.99 192.0.2.3 $UDP
	levels: mac, another's IPv6 address | $TO_B ipv6 2001:db8::99 2001:db8::3 $UDP
	levels: mac, another's ARP fields | $TO_B arp 2 $LIAR 192.0.2.99 $B 192.0.2.3
	levels: mac, another's advertisement | $TO_B ipv6 2001:db8::99 2001:db8::3 na 0x60 2001:db8::99 lladdr 2 $LIAR
	levels: mac, router advertisement to all | $TO_ALL eth $ALL_NODES $A ipv6 $LL_A ff02::1 ra
	levels: mac, DHCP server | $TO_B ipv4 192.0.2.22 192.0.2.3 udp 67 68 data 240
EOF
"$PSW" port set v_a guard off
frames_count "" port v_a drops <<-EOF
	levels: off, another's MAC | -a $B=1 -a psw0=0 $A eth $B $LIAR ipv4 192.0.2.99 192.0.2.3 $UDP
EOF
"$PSW" port set v_a guard mac+ip
frames_count "spoofed-mac 1 spoofed-ipv4 1" port v_a drops <<-EOF
	levels: mac+ip again, another's MAC | $NO eth $B $LIAR ipv4 192.0.2.22 192.0.2.3 $UDP
	levels: mac+ip again, another's IPv4 address | $NO eth $B $A ipv4 192.0.2.99 192.0.2.3 $UDP
EOF
frames_count "" switch psw0 drops <<-EOF
	levels: the host sends what it likes | -a $B=1 psw0 eth $B $LIAR ipv4 192.0.2.99 192.0.2.3 $UDP
	levels: the host may be a DHCP server | -a $B=1 psw0 eth $B psw0 ipv4 192.0.2.1 192.0.2.3 udp 67 68 data 240
EOF

ktap_finish
