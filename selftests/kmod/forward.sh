#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames reach whom they are for, once, on the way that is meant for them, and nobody else.
#
#                psw0 192.0.2.1, 2001:db8::1
#                 |
#     +-------+---+---+-------+-------+
#    v_a     v_b     v_c     v_d     v_e       host
#   ..|.......|.......|.......|.......|.........
#   eth0    eth0    eth0    eth0    eth0
#    a .2    b .3    c .4    d .5    e .6      pods; d and e declare no address
#
# reach:      pods and host, IPv4 and IPv6, both ways; pods without addresses
# direct:     the receiver's own transmit is not used; what a frame has on it stays in its namespace
# station:    a pod takes what is for its interface's MAC alone
# unknown:    no flooding, from a pod or from the host
# same port:  hairpin off and on
# isolated:   one end, both ends, groups
# groups:     once to the host and to each other pod; reserved ones to nobody
# malformed:  what is cut short or contradicts itself
# refused:    tagged, too big, receiver down
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ping
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0 192.0.2.4/24 2001:db8::4/64

# make_plain_pod NS IPV4 IPV6: attached with rtnetlink, which declares nothing
make_plain_pod() {
	make_ns "$1"
	ip -b - <<-EOF
		link add v_$1 type veth peer name eth0 netns $1
		link set v_$1 up master psw0
	EOF
	ip -n "$1" -b - <<-EOF
		addr add $2/24 dev eth0
		addr add $3/64 dev eth0
		link set eth0 up
	EOF
}
make_plain_pod d 192.0.2.5 2001:db8::5
make_plain_pod e 192.0.2.6 2001:db8::6

A=a:eth0 B=b:eth0 C=c:eth0 D=d:eth0 E=e:eth0
ALL=ff:ff:ff:ff:ff:ff
NOBODY=02:00:00:00:00:99
UDP=(ipv4 192.0.2.2 192.0.2.3 udp 1000 2000 data 100)
UDP_AB="${UDP[*]}"

ktap_header

check "reach: a to b, IPv4 and IPv6" pings a 192.0.2.3 2001:db8::3
check "reach: b to a" pings b 192.0.2.2 2001:db8::2
check "reach: a to the host" pings a 192.0.2.1 2001:db8::1
check "reach: the host to a" ping -q -c 1 -W 5 192.0.2.2
check "reach: the host to a, IPv6" ping -q -c 1 -W 5 2001:db8::2
check "reach: a to d, which declares no address" pings a 192.0.2.5 2001:db8::5
check "reach: d to a, to the host" \
	pings d 192.0.2.2 2001:db8::2 192.0.2.1 2001:db8::1
check "reach: d to e, which declares no address either" \
	pings d 192.0.2.6 2001:db8::6
check "reach: the host to d" ping -q -c 1 -W 5 192.0.2.5

snapshot_b=$(stats_of port v_b)
snapshot_e=$(stats_of port v_e)
frames <<-EOF
	direct: 1000 frames, IPv4 | -n 1000 -a $B=1000 -a $C=0 -a psw0=0 $A eth $B $A $UDP_AB
	direct: 1000 frames, IPv6 | -n 1000 -a $B=1000 $A eth $B $A ipv6 2001:db8::2 2001:db8::3 udp 1 2
	direct: 1000 frames, no IP | -n 1000 -a $B=1000 $A eth $B $A type 0x88b5 data 60
	direct: 1000 frames, no address declared | -n 1000 -a $E=1000 -a $A=0 $D eth $E $D type 0x88b5 data 60
EOF
check "direct: b's host end transmitted none of them" \
	queued_less_than 100 "$snapshot_b" v_b
check "direct: e's host end neither" queued_less_than 100 "$snapshot_e" v_e

marks() {
	tc qdisc add dev v_a clsact &&
		tc filter add dev v_a ingress matchall action skbedit mark 7 priority 3 &&
		nsenter --net=/run/netns/b nft -f - <<-EOF
			table netdev psw_test {
				chain in {
					type filter hook ingress device eth0 priority 0;
					ip saddr 192.0.2.2 counter
					meta mark 7 counter
					meta priority 3 counter
				}
			}
		EOF
}

if marks 2>/dev/null; then
	check "direct: 100 frames that the host marks" \
		frame -n 100 -a $B=100 $A eth $B $A "${UDP[@]}"
	check_equal "direct: arrive without mark and priority" "100 0 0" \
		"$(nsenter --net=/run/netns/b nft list chain netdev psw_test in |
		   sed -n 's/.*packets \([0-9]*\).*/\1/p' | xargs)"
	nsenter --net=/run/netns/b nft delete table netdev psw_test
else
	skip "direct: marks do not cross" "tc, nft or the kernel cannot show them"
fi
tc qdisc del dev v_a clsact 2>/dev/null

"$PSW" port set v_b mac 02:00:00:00:00:33 guard off
ip -n a neigh replace 192.0.2.3 lladdr 02:00:00:00:00:33 dev eth0
frames <<-EOF
	station: the port's MAC, another than the interface's, arrives | -a $B=1 $A eth 02:00:00:00:00:33 $A $UDP_AB
EOF
check "station: and is not taken for the pod's own" \
	bash -c '! nsenter --net=/run/netns/a ping -q -c 1 -W 1 192.0.2.3'
ip -n b link set eth0 address 02:00:00:00:00:33
check "station: but it is with the interface's MAC" pings a 192.0.2.3
ip -n a neigh del 192.0.2.3 dev eth0

frames_count "unknown-destination 1" port v_a drops <<-EOF
	unknown: from a pod, to nobody | -a $B=0 -a $C=0 -a $D=0 -a psw0=0 $A eth $NOBODY $A $UDP_AB
EOF
frames_count "unknown-destination 1" switch psw0 drops <<-EOF
	unknown: from the host, to nobody | -a $A=0 -a $B=0 -a $D=0 psw0 eth $NOBODY psw0 $UDP_AB
	known: from the host, to its pod alone | -a $A=0 -a $B=1 -a $D=0 psw0 eth $B psw0 $UDP_AB
EOF

frames_count "same-port 1" port v_a drops <<-EOF
	same port: hairpin off | -a $A=0 -a $B=0 -a psw0=0 $A eth $A $A $UDP_AB
EOF
"$PSW" port set v_a hairpin on
frames_count "" port v_a drops <<-EOF
	same port: hairpin on | -a $A=1 -a $B=0 -a psw0=0 $A eth $A $A $UDP_AB
	same port: groups do not come back | -a $A=0 -a $B=1 $A eth $ALL $A $UDP_AB
EOF
"$PSW" port set v_a hairpin off isolated on

frames_count "" port v_a drops <<-EOF
	isolated: the sender alone | -a $B=1 $A eth $B $A $UDP_AB
EOF
"$PSW" port set v_b isolated on
frames_count "isolated 1" port v_a drops <<-EOF
	isolated: both ends | -a $B=0 -a psw0=0 $A eth $B $A $UDP_AB
	isolated: to one that is not | -a $C=1 $A eth $C $A $UDP_AB
	isolated: to the host | -a psw0=1 $A eth psw0 $A $UDP_AB
	isolated: a group without the others that are | -a $B=0 -a $C=1 -a psw0=1 $A eth $ALL $A $UDP_AB
	isolated: from the host | -a $A=1 -a $B=1 psw0 eth $ALL psw0 $UDP_AB
EOF
"$PSW" port set v_a isolated off
frames_count "" port v_a drops <<-EOF
	isolated: the receiver alone | -a $B=1 $A eth $B $A $UDP_AB
EOF
"$PSW" port set v_b isolated off

for ns in b d; do
	ip -n $ns maddr add 01:00:5e:00:00:fb dev eth0
	ip -n $ns maddr add 33:33:00:00:00:fb dev eth0
	ip -n $ns maddr add 01:80:c2:00:00:10 dev eth0
done
frames_count "reserved-group 2" port v_a drops <<-EOF
	groups: all, from a pod | -a $A=0 -a $B=1 -a $C=1 -a $D=1 -a $E=1 -a psw0=1 $A eth $ALL $A $UDP_AB
	groups: IPv4, from a pod | -a $A=0 -a $B=1 -a $C=0 -a $D=1 -a psw0=1 $A eth 01:00:5e:00:00:fb $A $UDP_AB
	groups: IPv6, from a pod | -a $A=0 -a $B=1 -a $C=0 -a $D=1 -a psw0=1 $A eth 33:33:00:00:00:fb $A $UDP_AB
	groups: all, from the host | -a $A=1 -a $B=1 -a $C=1 -a $D=1 -a $E=1 psw0 eth $ALL psw0 $UDP_AB
	groups: IPv6, from the host | -a $A=0 -a $B=1 -a $C=0 -a $D=1 psw0 eth 33:33:00:00:00:fb psw0 $UDP_AB
	groups: 01:80:c2:00:00:00, reserved | -a $B=0 -a $D=0 -a psw0=0 $A eth 01:80:c2:00:00:00 $A data 60
	groups: 01:80:c2:00:00:0e, reserved | -a $B=0 -a $D=0 -a psw0=0 $A eth 01:80:c2:00:00:0e $A type 0x88cc data 60
	groups: 01:80:c2:00:00:10, not reserved | -a $B=1 -a psw0=1 $A eth 01:80:c2:00:00:10 $A type 0x88cc data 60
EOF
frames_count "reserved-group 1 unknown-destination 1" switch psw0 drops <<-EOF
	groups: 01:80:c2:00:00:0e, from the host | -a $B=0 -a $D=0 psw0 eth 01:80:c2:00:00:0e psw0 type 0x88cc data 60
	refused: tagged, from the host, in a VLAN without ports | -a $B=0 psw0 eth $B psw0 vlan 5 $UDP_AB
EOF
frames_count "host-redirect 2" switch psw0 drops <<-EOF
	redirects: ICMP, from the host | -a $A=0 psw0 eth $A psw0 ipv4 192.0.2.1 192.0.2.2 type 1 hex 0501000000000000 data 28
	redirects: neighbour discovery, from the host | -a $A=0 psw0 eth $A psw0 ipv6 2001:db8::1 2001:db8::2 redirect 2001:db8::3 2001:db8::3
	redirects: another ICMP message passes | -a $A=1 psw0 eth $A psw0 ipv4 192.0.2.1 192.0.2.2 type 1 hex 0303000000000000 data 28
EOF
frames_count "tagged 3" port v_a drops <<-EOF
	refused: tagged | -a $B=0 -a psw0=0 $A eth $B $A vlan 5 $UDP_AB
	refused: priority-tagged, to all | -a $B=0 -a psw0=0 $A eth $ALL $A vlan 0 $UDP_AB
	refused: service-tagged | -a $B=0 -a psw0=0 $A eth $B $A type 0x88a8 data 60
EOF

SILENT="-a $B=0 -a psw0=0 $A eth $B $A"
frames_count "malformed 9" port v_a drops <<-EOF
	malformed: IPv4, cut | $SILENT ipv4 192.0.2.2 192.0.2.3 cut 33
	malformed: IPv6, cut | $SILENT ipv6 2001:db8::2 2001:db8::3 cut 53
	malformed: IPv6 extension, cut | $SILENT ipv6 2001:db8::2 2001:db8::3 hop cut 58
	malformed: ARP, cut | $SILENT arp 1 $A 192.0.2.2 $NOBODY 192.0.2.3 cut 41
	malformed: ARP, not of Ethernet | $SILENT type 0x0806 hex 0006080006040001 data 20
	malformed: neighbour solicitation, cut | $SILENT ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::3 cut 77
	malformed: neighbour option of no length | $SILENT ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::3 hex 0100000000000000
	malformed: neighbour option, cut | $SILENT ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::3 hex 0102000000000000
	malformed: neighbour message with two answers | $SILENT ipv6 2001:db8::2 2001:db8::3 ns 2001:db8::3 lladdr 1 $A lladdr 1 $B
EOF

ip -n b link set eth0 mtu 1400
ip link set v_b mtu 1400
frames_count "too-big 1" port v_a drops <<-EOF
	refused: more than the receiver's MTU | -a $B=0 -a psw0=0 $A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 1373
	passed: what just fits | -a $B=1 $A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 1372
	groups: only to those that it fits | -a $B=0 -a $C=1 $A eth $ALL $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 1373
EOF
ip -n b link set eth0 down
frames_count "receiver-down 1" port v_a drops <<-EOF
	refused: the receiver is down | -a $C=0 -a psw0=0 $A eth $B $A $UDP_AB
	groups: to the others though one is down | -a $C=1 -a psw0=1 $A eth $ALL $A $UDP_AB
EOF
ip link set psw0 down
was=$(stats_of port v_a)
frames <<-EOF
	refused: the host is down | -a $C=0 $A eth psw0 $A $UDP_AB
	passed: pod to pod without the host | -a $C=1 $A eth $C $A $UDP_AB
EOF
# at least: a's own messages to groups do not reach the host either
check "counted: receiver-down" \
	grep -q "^receiver-down [1-9]" <<< "$(stats_since "$was" port v_a drops)"

ktap_finish
