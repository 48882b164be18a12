#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the switch does not know is outside, behind the uplink, and only there.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+--------+---------+
#    v_a        v_b      v_c       nic .1      host; nic, the uplink, is the host's too
#   ..|..........|........|.........|..........
#   eth0        eth0     eth0      eth0
#    a .2        b .3     c         out .254   pods, c in VLAN 10; the network outside
#                         .2
#
# 192.0.2.x and 2001:db8::x; nic and out are in 198.51.100.0/24 as well, out and c (VLAN 10) in 203.0.113.0/24
#
# reach:     pods, host and outside, by their own stacks
# out, in:   frames to MACs that no port holds, from pods, the host and outside
# stays:     what is the NIC's own business
# groups, questions, announcements:  both ways
# isolated:  pods from one another, not from outside
# vlans:     tags on the uplink
# streams, sizes:  whole, with offloads; too big
# role:      one uplink, what it cannot have, its end; promiscuity
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ping jq
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0
"$PSW" port set v_c pvid 10
"$PSW" address add 203.0.113.2 dev v_c
"$PSW" port set v_c guard mac+ip
ip -n c addr add 203.0.113.2/24 dev eth0

make_ns out
ip link add nic type veth peer name eth0 netns out
ip addr add 198.51.100.1/24 dev nic
ip link set nic up
ip -n out -b - <<-EOF
	addr add 192.0.2.254/24 dev eth0
	addr add 2001:db8::254/64 dev eth0
	addr add 198.51.100.254/24 dev eth0
	link set eth0 up
EOF
"$PSW" port add nic switch psw0 role uplink || exit 1

A=a:eth0 B=b:eth0 C=c:eth0 OUT=out:eth0
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00
FAR=02:00:00:00:00:99 FARTHER=02:00:00:00:00:98
TEST="type 0x88b5 data 100"
UDP="udp 1000 2000 data 100"

# uplink: of psw0, as psw names it
uplink() {
	"$PSW" -j switch show psw0 | jq -r '.[0].uplink // "none"'
}

# promiscuity DEVICE
promiscuity() {
	ip -d -j link show "$1" | jq '.[0].promiscuity'
}

ktap_header

# --- reach ---

check "reach: a pod to the outside" pings a 192.0.2.254 2001:db8::254
check "reach: the outside to a pod" pings out 192.0.2.3 2001:db8::3
check "reach: the outside to the host" pings out 192.0.2.1 2001:db8::1
check "reach: the host to the outside" pings "" 192.0.2.254 2001:db8::254
check "reach: pod to pod as ever" pings a 192.0.2.3

# --- out, in ---

was=$(stats_of port nic)
frames_count "" port v_a drops <<-EOF
	out: a pod's to the outside's MAC | -n 100 -a $OUT=100 -a $B=0 -a psw0=0 $A eth $OUT $A ipv4 192.0.2.2 192.0.2.254 $UDP
	out: to a MAC that nobody is known by | -a $OUT=1 -a $B=0 -a $C=0 -a psw0=0 $A eth $FAR $A $TEST
	out: but not to a pod's | -a $OUT=0 -a $B=1 $A eth $B $A $TEST
EOF
check "out: directly into a veth's other end" queued_less_than 50 "$was" nic
frames_count "" switch psw0 drops <<-EOF
	out: the host's | -a $OUT=1 -a $A=0 -a $B=0 psw0 eth $FAR psw0 $TEST
EOF
frames_count "tagged 1 unknown-destination 3" port nic drops <<-EOF
	in: to a pod, from any source | -a $A=1 -a $B=0 -a psw0=0 $OUT eth $A $FAR ipv4 203.0.113.99 192.0.2.2 $UDP
	in: to the switch | -a psw0=1 -a $A=0 $OUT eth psw0 $FAR $TEST
	in: to nobody | -a $A=0 -a $B=0 -a psw0=0 -a $OUT=0 $OUT eth $FAR $FARTHER $TEST
	in: to the sender | -a $A=0 -a psw0=0 -a $OUT=0 $OUT eth $OUT $OUT $TEST
	in: to nobody, from a pod's MAC | -a $A=0 -a $OUT=0 $OUT eth $FAR $A $TEST
	in: two tags | -a $A=0 $OUT eth $A $FAR vlan 0 vlan 0 $TEST
EOF
frames <<-EOF
	in: priority-tagged | -r $A=1 $OUT eth $A $FAR vlan 0xa000 $TEST reply eth $A $FAR $TEST
EOF

# --- stays ---

check "stays: the NIC's own address" pings out 198.51.100.1
check "stays: and from it" pings "" 198.51.100.254
frames_count "" port nic drops <<-EOF
	stays: a frame to the NIC's MAC | -a psw0=0 -a $A=0 -a nic=1 $OUT eth nic $FAR $TEST
	stays: LLDP | -a psw0=0 -a $A=0 -a nic=1 $OUT eth 01:80:c2:00:00:0e $FAR type 0x88cc data 60
EOF

# --- groups, questions, announcements ---

ip -n out maddr add 01:00:5e:00:00:77 dev eth0
frames_count "reserved-group 1" port v_a drops <<-EOF
	groups: out | -a $OUT=1 -a $B=1 -a psw0=1 -a $C=0 $A eth $ALL $A ipv4 192.0.2.2 192.0.2.255 $UDP
	groups: out, that no pod has joined | -a $OUT=1 -a $B=0 -a psw0=1 $A eth 01:00:5e:00:00:77 $A ipv4 192.0.2.2 224.0.0.119 $UDP
	groups: LLDP not | -a $OUT=0 $A eth 01:80:c2:00:00:0e $A type 0x88cc data 60
EOF
ip -n b maddr add 01:00:5e:00:00:77 dev eth0
frames_count "" port nic drops <<-EOF
	groups: in | -a $A=1 -a $B=1 -a psw0=1 -a $C=0 -a $OUT=0 $OUT eth $ALL $FAR ipv4 192.0.2.254 192.0.2.255 $UDP
	groups: in, to those who have joined | -a $A=0 -a $B=1 -a psw0=1 $OUT eth 01:00:5e:00:00:77 $FAR ipv4 192.0.2.254 224.0.0.119 $UDP
EOF
frames <<-EOF
	groups: the host's | -a $A=1 -a $B=1 -a $OUT=1 -a $C=0 psw0 eth $ALL psw0 $TEST
EOF

frames_count "answered 2" port nic answered drops <<-EOF
	questions: the outside after a pod, ARP | -r $OUT=1 -a $A=0 -a $B=0 -a psw0=0 $OUT eth $ALL $OUT arp 1 $OUT 192.0.2.254 $NONE 192.0.2.2 reply eth $OUT $A arp 2 $A 192.0.2.2 $OUT 192.0.2.254
	questions: and IPv6 | -r $OUT=1 -a $A=0 -a $B=0 -a psw0=0 $OUT eth 33:33:ff:00:00:02 $OUT ipv6 2001:db8::254 ff02::1:ff00:2 ns 2001:db8::2 lladdr 1 $OUT reply eth $OUT $A ipv6 2001:db8::2 2001:db8::254 na 0x60 2001:db8::2 lladdr 2 $A
	questions: the outside after nobody | -a $A=0 -a $B=0 -a psw0=1 $OUT eth $ALL $OUT arp 1 $OUT 192.0.2.254 $NONE 192.0.2.99
EOF
frames_count "answered 0" port v_a answered drops <<-EOF
	questions: a pod after an outside address | -a $OUT=1 -a psw0=1 -a $B=0 -a $C=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.254
	questions: and the outside answers | -r $A=1 -r $B=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.254 reply eth $A $OUT arp 2 $OUT 192.0.2.254 $A 192.0.2.2
	questions: IPv6 | -r $A=1 -a psw0=1 -a $B=0 $A eth 33:33:ff:00:02:54 $A ipv6 2001:db8::2 ff02::1:ff00:254 ns 2001:db8::254 lladdr 1 $A reply eth $A $OUT ipv6 2001:db8::254 2001:db8::2 na 0x60 2001:db8::254 lladdr 2 $OUT
EOF
frames_count "answered 1" port v_a answered drops <<-EOF
	questions: one after another pod stays in | -a $OUT=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3
EOF
frames <<-EOF
	questions: the host's after an outside address | -a $OUT=1 -a $A=0 -a $B=0 psw0 eth $ALL psw0 arp 1 psw0 192.0.2.1 $NONE 192.0.2.99
	announcements: a pod's reach the outside | -a $OUT=1 -a $B=1 -a psw0=1 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.2
	announcements: the outside's reach the pods | -a $A=1 -a $B=1 -a psw0=1 -a $C=0 $OUT eth $ALL $FAR arp 1 $FAR 192.0.2.250 $NONE 192.0.2.250
	announcements: IPv6 | -a $A=1 -a $B=1 -a psw0=1 $OUT eth 33:33:00:00:00:01 $FAR ipv6 2001:db8::250 ff02::1 na 0x20 2001:db8::250 lladdr 2 $FAR
EOF

# knows POD ADDRESS MAC
knows() {
	[[ $(ip -n "$1" neigh show "$2") == *" $3 "* ]]
}

# The gateway moves to another machine, which is to be believed at once.
nsenter --net=/run/netns/a sysctl -qw net.ipv4.neigh.eth0.locktime=0
pings a 192.0.2.254 > /dev/null
ip -n out link set eth0 address $FAR
frame $OUT eth $ALL $FAR arp 1 $FAR 192.0.2.254 $NONE 192.0.2.254
check "announcements: a gateway that moves" busywait 5 knows a 192.0.2.254 $FAR
check "announcements: is reached at once" pings a 192.0.2.254
ip -n b neigh flush dev eth0
ip -n a neigh flush dev eth0
ip neigh flush dev psw0

# --- isolated ---

"$PSW" port set v_a isolated on
"$PSW" port set v_b isolated on
frames_count "isolated 2" port v_a drops <<-EOF
	isolated: not the other pod | -a $B=0 -a $OUT=0 -a psw0=0 $A eth $B $A $TEST
	isolated: nor questions after it | -a $B=0 -a $OUT=0 -a psw0=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3
	isolated: the outside | -a $OUT=1 $A eth $FARTHER $A $TEST
	isolated: a group | -a $B=0 -a $OUT=1 -a psw0=1 $A eth $ALL $A ipv4 192.0.2.2 192.0.2.255 $UDP
EOF
check "isolated: pods and outside, both ways" pings out 192.0.2.2 192.0.2.3
"$PSW" port set v_a isolated off
"$PSW" port set v_b isolated off

# --- vlans ---

frames_count "unknown-destination 1" port v_c drops <<-EOF
	vlans: not what the uplink does not carry | -a $OUT=0 $C eth $FARTHER $C $TEST
	vlans: nor a group | -r $OUT=0 -r $A=0 -r psw0=1 $C eth $ALL $C $TEST reply eth $ALL $C vlan 10 $TEST
EOF
frames_count "tagged 1" port nic drops <<-EOF
	vlans: a tag from outside without a trunk | -a $C=0 -a psw0=0 $OUT eth $C $FAR vlan 10 $TEST
EOF
"$PSW" port set nic trunk 10-19
frames_count "" port v_c drops <<-EOF
	vlans: out with a tag | -r $OUT=1 $C eth $FARTHER $C $TEST reply eth $FARTHER $C vlan 10 $TEST
	vlans: a group | -r $OUT=1 -r psw0=1 -a $A=0 $C eth $ALL $C $TEST reply eth $ALL $C vlan 10 $TEST
EOF
frames_count "unknown-destination 3 foreign-vlan 1" port nic drops <<-EOF
	vlans: in | -r $C=1 $OUT eth $C $FAR vlan 0xa00a $TEST reply eth $C $FAR $TEST
	vlans: in, the host | -a psw0=1 $OUT eth psw0 $FAR vlan 0xa00a $TEST
	vlans: in, a pod of another VLAN | -a $A=0 $OUT eth $A $FAR vlan 10 $TEST
	vlans: in, a VLAN without pods | -a $C=0 -a psw0=0 $OUT eth $C $FAR vlan 11 $TEST
	vlans: in, without a tag | -a $C=0 -a psw0=0 $OUT eth $C $FAR $TEST
	vlans: in, a VLAN that is not carried | -a $C=0 -a psw0=0 $OUT eth $C $FAR vlan 20 $TEST
EOF
if ip -n out link add link eth0 name eth0.10 type vlan id 10 2> /dev/null; then
	ip -n out addr add 203.0.113.254/24 dev eth0.10
	ip -n out link set eth0.10 up
	check "vlans: by their own stacks" pings c 203.0.113.254
	check "vlans: and back" pings out 203.0.113.2
	check "vlans: a stream" xfer tcp out 203.0.113.254 c 4
	ip -n out link del eth0.10
else
	skip "vlans: by their own stacks" "the kernel has no VLAN devices"
fi
"$PSW" port set nic pvid 10 trunk none
frames <<-EOF
	vlans: the one without a tag, out | -a $OUT=1 $C eth $FARTHER $C $TEST
	vlans: and in | -a $C=1 $OUT eth $C $FAR $TEST
	vlans: priority tag, in | -r $C=1 $OUT eth $C $FAR vlan 0x6000 $TEST reply eth $C $FAR $TEST
	vlans: and others no more | -a $OUT=0 $A eth $FARTHER $A $TEST
EOF
"$PSW" port set nic pvid 0

# --- streams, sizes ---

was=$(stats_of port nic)
check "streams: a pod to the outside" xfer tcp out 192.0.2.254 a 16
check "streams: the outside to a pod, IPv6" xfer tcp b 2001:db8::3 out 16
check_equal "streams: nothing was dropped" "" "$(stats_since "$was" port nic drops)"
if command -v ethtool > /dev/null; then
	ethtool -K nic gro on > /dev/null
	nsenter --net=/run/netns/out ethtool -K eth0 gro on > /dev/null
	check "streams: with polling, out" xfer tcp out 192.0.2.254 a 8
	check "streams: with polling, in" xfer tcp a 192.0.2.2 out 8
	nsenter --net=/run/netns/out ethtool -K eth0 tso off gso off tx off sg off gro off > /dev/null
	ethtool -K nic gro off tso off gso off tx off sg off > /dev/null
	check "streams: without offloads, out" xfer tcp out 192.0.2.254 a 4
	check "streams: without offloads, in" xfer tcp a 192.0.2.2 out 4
	nsenter --net=/run/netns/out ethtool -K eth0 tso on gso on tx on sg on > /dev/null
	ethtool -K nic tso on gso on tx on sg on > /dev/null
else
	skip "streams: with polling and without offloads" "needs ethtool"
fi
check "sizes: datagrams" xfer udp out 192.0.2.254 a 0 65507 1009

ip link set nic mtu 1400
ip -n out link set eth0 mtu 1400
frames_count "too-big 1" port v_a drops <<-EOF
	sizes: too big for the outside | -a $OUT=0 $A eth $FAR $A ipv4 192.0.2.2 192.0.2.254 udp 1 2 data 1373
	sizes: what just fits | -a $OUT=1 $A eth $FAR $A ipv4 192.0.2.2 192.0.2.254 udp 1 2 data 1372
	sizes: a group, to those that it fits | -a $OUT=0 -a $B=1 $A eth $ALL $A ipv4 192.0.2.2 192.0.2.255 udp 1 2 data 1373
EOF
tc qdisc add dev nic root pfifo 2> /dev/null
frames_count "too-big 1" port v_a drops <<-EOF
	sizes: too big, queued | -a $OUT=0 $A eth $FAR $A ipv4 192.0.2.2 192.0.2.254 udp 1 2 data 1373
	sizes: what just fits, queued | -a $OUT=1 $A eth $FAR $A ipv4 192.0.2.2 192.0.2.254 udp 1 2 data 1372
EOF
tc qdisc del dev nic root 2> /dev/null
ip link set nic mtu 1500
ip -n out link set eth0 mtu 1500

# --- role ---

ip link add psw_dum type dummy
ip link set psw_dum up
check_fail "role: a second uplink" "Switch psw0 has its uplink already: nic" \
	"$PSW" port add psw_dum switch psw0 role uplink
check_equal "role: and the device is as it was" "0 null" \
	"$(promiscuity psw_dum) $(ip -j link show psw_dum | jq -r '.[0].master')"
check_fail "role: with a MAC" "an uplink, which has no MAC, no guard and is not isolated" \
	"$PSW" port set nic mac $FARTHER
check_fail "role: guarded" "an uplink, which has no MAC, no guard and is not isolated" \
	"$PSW" port set nic guard mac
check_fail "role: isolated" "an uplink, which has no MAC, no guard and is not isolated" \
	"$PSW" port set nic isolated on
check_fail "role: with an address" "An uplink declares no addresses" \
	"$PSW" address add 192.0.2.77 dev nic
check_fail "role: with an extra MAC" "An uplink declares no addresses" \
	"$PSW" address add $FARTHER dev nic
check_equal "role: the switch tells its uplink" nic "$(uplink)"

background frame -n 0 $A eth $FAR $A ipv4 192.0.2.2 192.0.2.254 udp 1 2 data 100
background frame -n 0 $OUT eth $A $FAR ipv4 192.0.2.254 192.0.2.2 udp 1 2 data 100
background frame -n 0 $OUT eth $ALL $FAR type 0x88b5 data 100

check "role: detached under traffic" "$PSW" port del nic
check_equal "role: there is none" none "$(uplink)"
frames <<-EOF
	role: without one, to nobody | -a $OUT=0 -a $B=0 $A eth $FARTHER $A $TEST
EOF
check "role: the NIC is the host's again" pings out 198.51.100.1
check "role: another one" "$PSW" port add psw_dum switch psw0 role uplink
check_equal "role: a NIC is promiscuous while it is one" 1 "$(promiscuity psw_dum)"
was=$(cat /sys/class/net/psw_dum/statistics/tx_packets)
frame $A eth $FARTHER $A type 0x88b5 data 100
check "role: frames go out by it" busywait 5 \
	bash -c "(( $(< /sys/class/net/psw_dum/statistics/tx_packets) > $was ))"
"$PSW" port del psw_dum
check_equal "role: and no more" 0 "$(promiscuity psw_dum)"
"$PSW" port add psw_dum switch psw0 role uplink
ip link del psw_dum
check_equal "role: the device is deleted" none "$(uplink)"
"$PSW" port add nic switch psw0 role uplink
make_ns elsewhere
ip link set nic netns elsewhere
check_equal "role: moved to another namespace" none "$(uplink)"
ip -n elsewhere link set nic netns 1
ip link set nic up
check "role: and back, and again" "$PSW" port add nic switch psw0 role uplink
check "role: it works" pings a 192.0.2.254
for _ in $(seq 10); do
	"$PSW" port del nic
	"$PSW" port add nic switch psw0 role uplink
done
check "role: many times under traffic" pings a 192.0.2.254
kill "${JOBS[@]}"
wait "${JOBS[@]}" 2> /dev/null
ip netns del out
check "role: the other end has gone" busywait 5 bash -c '[[ ! -e /sys/class/net/nic ]]'
check_equal "role: and so has the uplink" none "$(uplink)"

ktap_finish
