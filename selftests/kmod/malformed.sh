#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames whose headers end early, contradict themselves or come in pieces are dropped for what they are.
#
#         psw0
#          |
#     +----+-----+---------+
#    v_a        v_b       tap0     host
#   ..|..........|............
#   eth0        eth0               pods, tap0 a virtual machine
#    a .2        b .3      .6      192.0.2.x, 2001:db8::x
#
# ethernet, arp, ipv6, nd:  too short, or of lengths that cannot be
# trusted:                  what only a receiver has to judge, passes
# hidden:                   lies behind headers of odd shape
# pieces:                   frames cut in two fragments anywhere are read as if they were whole
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ethtool
without_ipv6
set_sysctl net.core.gro_normal_batch=1	# a tap device keeps frames back that are fewer
make_switch psw0
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
"$PSW" address add 2001:db8::2 dev v_a
"$PSW" address add 2001:db8::3 dev v_b
modprobe -q tun
defer ip link del tap0
ip tuntap add tap0 mode tap
ethtool -K tap0 gro off
ip link set tap0 up
"$PSW" port add tap0 switch psw0 mac 02:00:00:00:00:06 address 192.0.2.6 address 2001:db8::6

A=a:eth0 B=b:eth0
SILENT="-a $B=0 -a psw0=0 $A eth $B $A"
TO_B="-a $B=1 -a psw0=0 $A eth $B $A"

# mac_hex POD
mac_hex() {
	mac_of "$1" eth0 | tr -d :
}

# ip6_hex N: 2001:db8::N
ip6_hex() {
	echo "20010db8$(printf %024x "$1")"
}

# ip6 NEXT-HEADER PAYLOAD [LENGTH]: a packet of a to b, as fields of frame
ip6() {
	printf 'type 0x86dd hex 60000000%04x%02xff%s%s%s' "${3:-$((${#2} / 2))}" "$1" "$(ip6_hex 2)" "$(ip6_hex 3)" "$2"
}

MAC=$(mac_hex a)
LIE=020000000099
NS=8700000000000000$(ip6_hex 9)
NA=8800000060000000$(ip6_hex 2)
RS=8500000000000000
ZEROES=00000000000000000000
PADN=00010400000000	# of a hop-by-hop header, behind its next header

ktap_header

frames_count "malformed 6" port v_a drops <<-EOF
	ethernet: IPv4 that is not there | $SILENT type 0x0800 cut 14
	ethernet: IPv6 that is not there | $SILENT type 0x86dd cut 14
	ethernet: ARP that is not there | $SILENT type 0x0806 cut 14
	ethernet: one byte of IPv4 | $SILENT type 0x0800 hex 45
	ethernet: one byte of IPv6 | $SILENT type 0x86dd hex 60
	ethernet: one byte of ARP | $SILENT type 0x0806 hex 00
EOF
frames_count "malformed 4" port v_a drops <<-EOF
	arp: hardware addresses of 8 bytes | $SILENT type 0x0806 hex 0001080008040001 data 24
	arp: protocol addresses of no length | $SILENT type 0x0806 hex 0001080006000001 data 20
	arp: IPv6 | $SILENT type 0x0806 hex 000186dd06100001 data 44
	arp: of a protocol nobody knows | $SILENT type 0x0806 hex 0001080806040001 data 20
EOF
frames_count "malformed 8" port v_a drops <<-EOF
	ipv6: an extension longer than the frame | $SILENT $(ip6 0 "3aff010400000000")
	ipv6: an extension that another should follow | $SILENT $(ip6 0 "3c$PADN")
	ipv6: one byte of an extension | $SILENT $(ip6 60 "3a")
	ipv6: an authentication header longer than the frame | $SILENT $(ip6 51 "3a04000000000000")
	ipv6: half a fragment header | $SILENT $(ip6 44 "3a000000")
	ipv6: ICMPv6 that is not there | $SILENT $(ip6 58 "")
	ipv6: ICMPv6 that is not there behind an extension | $SILENT $(ip6 0 "3a$PADN")
	ipv6: ICMPv6 but for one byte | $SILENT $(ip6 58 "${RS%??}")
EOF
frames_count "malformed 10" port v_a drops <<-EOF
	nd: payload longer than the frame | $SILENT $(ip6 58 "$NS" 25)
	nd: payload that ends within the message | $SILENT $(ip6 58 "$NS" 23)
	nd: payload of no length, where a jumbo option may come | $SILENT $(ip6 0 "3a$PADN$NS" 0)
	nd: payload that ends within an option | $SILENT $(ip6 58 "${NS}0101$MAC" 28)
	nd: advertisement but for one byte | $SILENT $(ip6 58 "${NA%??}")
	nd: option of no length in a router solicitation | $SILENT $(ip6 58 "${RS}0100$MAC")
	nd: half an option in a router solicitation | $SILENT $(ip6 58 "${RS}01010000")
	nd: option longer than the advertisement | $SILENT $(ip6 58 "${NA}0202$MAC")
	nd: option of no length behind one that is right | $SILENT $(ip6 58 "${NS}0101${MAC}0e00000000000000")
	nd: unknown option longer than the solicitation | $SILENT $(ip6 58 "${NS}0eff000000000000")
EOF
frames_count "" port v_a drops <<-EOF
	trusted: IPv4 that says it is longer | $TO_B type 0x0800 hex 4500ffff0000000040110000c0000202c0000203
	trusted: IPv4 with options that are not there | $TO_B type 0x0800 hex 4f0000140000000040110000c0000202c0000203
	trusted: IPv4 that says it is version 6 | $TO_B type 0x0800 hex 650000140000000040110000c0000202c0000203
	trusted: a later fragment | $TO_B $(ip6 44 "3a000008000000010101$LIE")
	trusted: what is behind the payload | $TO_B $(ip6 58 "${NS}0101$LIE" 24)
EOF
frames_count "spoofed-ipv4 3" port v_a drops <<-EOF
	hidden: DHCP behind a header of 16 bytes | $SILENT type 0x0800 hex 44000030000000004011000000000000ffffffff0044004300080000
	hidden: DHCP whose ports are not there | $SILENT type 0x0800 hex 45000014000000004011000000000000ffffffff
	hidden: DHCP whose ports are behind the frame | $SILENT type 0x0800 hex 4f00001c000000004011000000000000ffffffff0044004300080000
EOF
frames_count "spoofed-nd 3" port v_a drops <<-EOF
	hidden: behind an option of 16 bytes | $SILENT $(ip6 58 "${NS}0e02${ZEROES}000000000101$LIE")
	hidden: behind an authentication header | $SILENT $(ip6 51 "3a01$ZEROES${NS}0101$LIE")
	hidden: behind a fragment header of a whole packet | $SILENT $(ip6 44 "3a00000000000001${NS}0101$LIE")
EOF

# in_pieces NAME HEX DEVICE KEY: a frame of tap0, cut at each place, moves a counter of a port each time
in_pieces() {
	local name=$1 was said

	was=$(stats_of port "$3")
	said=$(fuzz -x "$(mac_hex b)020000000006$2" tap0)
	read -r _ said _ <<< "$said"
	check_equal "pieces: $name: cut $said times" "$4 $said" "$(stats_since "$was" port "$3" "$4" drops)"
}

FROM=$(ip6_hex 6)
UDP=0400040000080000
in_pieces "IPv4 arrives" "08004500001c0000000040110000c0000206c0000203$UDP" v_b tx-packets
in_pieces "IPv4 of another" "08004500001c0000000040110000c0000202c0000203$UDP" tap0 spoofed-ipv4
in_pieces "IPv6 arrives" "86dd6000000000081140$FROM$(ip6_hex 3)$UDP" v_b tx-packets
in_pieces "IPv6 of another" "86dd6000000000081140$(ip6_hex 2)$(ip6_hex 3)$UDP" tap0 spoofed-ipv6
in_pieces "ARP is answered" "08060001080006040001020000000006c0000206000000000000c0000203" tap0 answered
in_pieces "ARP of another" "08060001080006040001020000000006c0000202000000000000c0000203" tap0 spoofed-arp
in_pieces "a solicitation is answered" \
	"86dd6000000000203aff$FROM$(ip6_hex 3)8700000000000000$(ip6_hex 3)0101020000000006" tap0 answered
in_pieces "a solicitation that gives another's MAC" \
	"86dd6000000000203aff$FROM$(ip6_hex 3)8700000000000000$(ip6_hex 3)0101$LIE" tap0 spoofed-nd
in_pieces "an advertisement behind extensions" \
	"86dd6000000000280000$FROM$(ip6_hex 3)3c${PADN}3a$PADN$NA" tap0 spoofed-nd
in_pieces "an option without length" \
	"86dd6000000000203aff$FROM$(ip6_hex 3)8700000000000000$(ip6_hex 9)0100020000000006" tap0 malformed

ktap_finish
