#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each VLAN of a switch is a network of its own; tags are on links, not in frames.
#
#        psw0 198.51.100.1         psw0.10 192.0.2.1, 2001:db8:10::1       host, which is in all VLANs
#         |
#     +---+----+--------+---------+----------+---------+--------+
#    v_a      v_b      v_c       v_d        v_e       v_f      v_q
#   ..|........|........|.........|..........|.........|........|.....
#   eth0     eth0     eth0      eth0       eth0      eth0     eth0
#    a        b        c         d          e         f        q       pods
#   10       10       20      0,T10,T20   20,T10      0      20,T10    VLANs: untagged and (T) tagged
#   .2       .3       .3        .4         .5                 none     192.0.2.x in VLAN 10, but c's in 20
#                    3.3       3.4        3.5                          192.0.3.x in VLAN 20
#                               .4                    .6               198.51.100.x outside all VLANs
#
# c has the MAC of b too.
#
# reach:      by the pods' own stacks, VLAN devices among them
# access, trunk:  untagged and tagged on each side; priority; what is no VLAN of the port's; two tags
# apart:      the same MAC and the same address in two VLANs
# groups, questions, answers, guard:  in their VLAN and nowhere else
# host:       by VLAN devices on the switch
# change:     of pvid and trunk, whole or not at all
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ping jq
ip link add v_probe type veth peer name v_probe_peer
ip link add link v_probe name v_probe.10 type vlan id 10 2> /dev/null
HAS_VLAN=$?
ip link del v_probe
[[ $HAS_VLAN -eq 0 ]] || skip_all "the kernel has no VLAN devices"

make_switch psw0 198.51.100.1/24
sysctl -qw net.ipv6.conf.default.accept_dad=0
ip link add link psw0 name psw0.10 type vlan id 10
ip addr add 192.0.2.1/24 dev psw0.10
ip addr add 2001:db8:10::1/64 dev psw0.10
ip link set psw0.10 up

# pod NS MAC VLANS ADDRESS...: VLANS are those settings of the port, an address is as psw has it
pod() {
	local ns=$1 mac=$2 vlans=$3 args=()
	shift 3

	make_ns "$ns"
	ip link add "v_$ns" type veth peer name eth0 netns "$ns" address "$mac"
	ip link set "v_$ns" up
	ip -n "$ns" link set eth0 up
	while (( $# )); do
		args+=(address "$1")
		shift
		if [[ ${1:-} == vlan ]]; then
			args+=(vlan "$2")
			shift 2
		fi
	done
	# shellcheck disable=SC2086 # a list
	"$PSW" port add "v_$ns" switch psw0 $vlans "${args[@]}" || exit 1
}

# has NS DEVICE ADDRESS...: a VLAN device is made
has() {
	local ns=$1 dev=$2 address
	shift 2

	[[ $dev == eth0 ]] || ip -n "$ns" link add link eth0 name "$dev" type vlan id "${dev#*.}"
	for address; do
		ip -n "$ns" addr add "$address" dev "$dev"
	done
	ip -n "$ns" link set "$dev" up
}

MAC_A=02:00:00:00:00:0a MAC_B=02:00:00:00:00:0b MAC_D=02:00:00:00:00:0d
MAC_E=02:00:00:00:00:0e MAC_F=02:00:00:00:00:0f MAC_Q=02:00:00:00:00:1a
pod a $MAC_A "pvid 10" 192.0.2.2 2001:db8:10::2
has a eth0 192.0.2.2/24 2001:db8:10::2/64
pod b $MAC_B "pvid 10" 192.0.2.3 2001:db8:10::3
has b eth0 192.0.2.3/24 2001:db8:10::3/64
pod c $MAC_B "pvid 20" 192.0.2.3 2001:db8:10::3 192.0.3.3
has c eth0 192.0.2.3/24 2001:db8:10::3/64 192.0.3.3/24
pod d $MAC_D "trunk 10,20" 198.51.100.4 192.0.2.4 vlan 10 2001:db8:10::4 vlan 10 192.0.3.4 vlan 20
has d eth0 198.51.100.4/24
has d eth0.10 192.0.2.4/24 2001:db8:10::4/64
has d eth0.20 192.0.3.4/24
pod e $MAC_E "pvid 20 trunk 10" 192.0.3.5 192.0.2.5 vlan 10
has e eth0 192.0.3.5/24
has e eth0.10 192.0.2.5/24
pod f $MAC_F "" 198.51.100.6
has f eth0 198.51.100.6/24
pod q $MAC_Q "pvid 20 trunk 10"

A=a:eth0 B=b:eth0 C=c:eth0 D=d:eth0 E=e:eth0 F=f:eth0 Q=q:eth0
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00
TEST="type 0x88b5 data 100"
LONG="type 0x88b5 data 1500"
TO_NONE="-a $A=0 -a $B=0 -a $C=0 -a $E=0 -a $F=0 -a $Q=0 -a psw0=0"

ktap_header

# --- reach ---

check "reach: from access port to access port" pings a 192.0.2.3 2001:db8:10::3
check "reach: to a VLAN device behind a trunk" pings a 192.0.2.4 2001:db8:10::4 192.0.2.5
check "reach: in the other VLAN" pings c 192.0.3.4 192.0.3.5
check "reach: from trunk to trunk, tagged and not" pings d 192.0.2.5 192.0.3.5
check "reach: outside all VLANs" pings d 198.51.100.6 198.51.100.1
check "reach: the host's VLAN device" pings a 192.0.2.1 2001:db8:10::1
check "reach: and from a trunk" pings d 192.0.2.1
check "reach: from the host's VLAN device" pings "" 192.0.2.2 2001:db8:10::2 192.0.2.5
check "reach: not the host outside the VLAN" \
	bash -c '! nsenter --net=/run/netns/f ping -q -c 1 -W 1 192.0.2.1'

# --- access, trunk ---

was=$(stats_of port v_b)
frames <<-EOF
	access: to an access port | -n 100 -a $B=100 -a $C=0 -a $F=0 -a psw0=0 $A eth $B $A $TEST
	access: the longest | -a $B=1 $A eth $B $A $LONG
EOF
check "access: directly" queued_less_than 50 "$was" v_b
was=$(stats_of port v_d)
frames <<-EOF
	access: to a trunk | -r $D=100 -n 100 $A eth $D $A $TEST reply eth $D $A vlan 10 $TEST
	access: to a trunk, the longest | -r $D=1 $A eth $D $A $LONG reply eth $D $A vlan 10 $LONG
EOF
check "access: to a trunk, directly" queued_less_than 50 "$was" v_d
frames_count "unknown-destination 2" port v_a drops <<-EOF
	access: to a MAC of another VLAN alone | $TO_NONE $A eth $F $A $TEST
	access: to nobody | $TO_NONE $A eth 02:00:00:00:00:99 $A $TEST
EOF
frames_count "tagged 5" port v_a drops <<-EOF
	access: tagged, its own VLAN | $TO_NONE $A eth $B $A vlan 10 $TEST
	access: tagged, another VLAN | $TO_NONE $A eth $B $A vlan 20 $TEST
	access: priority tag | $TO_NONE $A eth $B $A vlan 0xa000 $TEST
	access: two tags | $TO_NONE $A eth $B $A vlan 10 vlan 20 $TEST
	access: service tag | $TO_NONE $A eth $B $A type 0x88a8 hex 000a88b5 data 60
EOF

frames_count "" port v_d drops <<-EOF
	trunk: to an access port | -r $B=1 -a $C=0 $D eth $B $D vlan 10 $TEST reply eth $B $D $TEST
	trunk: to another VLAN's access port | -r $C=1 -a $B=0 $D eth $C $D vlan 20 $TEST reply eth $C $D $TEST
	trunk: to a trunk | -a $E=1 $D eth $E $D vlan 10 $TEST
	trunk: to a trunk, the longest | -a $E=1 $D eth $E $D vlan 10 $LONG
	trunk: to a trunk where the VLAN has no tag | -r $E=1 $D eth $E $D vlan 20 $TEST reply eth $E $D $TEST
	trunk: untagged | -a $F=1 $D eth $F $D $TEST
	trunk: priority, to a trunk | -a $E=1 $D eth $E $D vlan 0xa00a $TEST
	trunk: priority, to an access port | -r $B=1 $D eth $B $D vlan 0xe00a $TEST reply eth $B $D $TEST
	trunk: priority tag is untagged | -r $F=1 $D eth $F $D vlan 0xa000 $TEST reply eth $F $D $TEST
EOF
frames_count "" port v_e drops <<-EOF
	trunk: priority tag, in the VLAN without tags | -r $D=1 $E eth $D $E vlan 0xa000 $TEST reply eth $D $E vlan 0xa014 $TEST
EOF
frames_count "tagged 4 foreign-vlan 4" port v_d drops <<-EOF
	trunk: a VLAN that it does not carry | $TO_NONE $D eth $B $D vlan 30 $TEST
	trunk: and to all | $TO_NONE $D eth $ALL $D vlan 30 $TEST
	trunk: VLAN 4094, not carried | $TO_NONE $D eth $B $D vlan 4094 $TEST
	trunk: VLAN 4095, which is none | $TO_NONE $D eth $B $D vlan 4095 $TEST
	trunk: two tags | $TO_NONE $D eth $B $D vlan 10 vlan 20 $TEST
	trunk: two tags, the outer a priority tag | $TO_NONE $D eth $B $D vlan 0 vlan 10 $TEST
	trunk: service tag | $TO_NONE $D eth $B $D type 0x88a8 hex 000a88b5 data 60
	trunk: service tag in a tag | $TO_NONE $D eth $B $D vlan 10 type 0x88a8 hex 001488b5 data 60
EOF
frames_count "foreign-vlan 1" port v_e drops <<-EOF
	trunk: tagged with the VLAN that has no tag | $TO_NONE $E eth $C $E vlan 20 $TEST
EOF
frames_count "tagged 2 unknown-destination 1 foreign-vlan 1" switch psw0 drops <<-EOF
	host: two tags | $TO_NONE psw0 eth $B psw0 vlan 10 vlan 20 $TEST
	host: service tag | $TO_NONE psw0 eth $B psw0 type 0x88a8 hex 000a88b5 data 60
	host: VLAN 4095 | $TO_NONE psw0 eth $B psw0 vlan 4095 $TEST
	host: a VLAN without ports | $TO_NONE psw0 eth $B psw0 vlan 30 $TEST
EOF

if command -v tcpdump > /dev/null; then
	background tcpdump -l -n -e --immediate-mode -i v_d ether proto 0x88b5 or vlan > "$WORK/tap" 2> "$WORK/tap.log"
	busywait 10 grep -q listening "$WORK/tap.log"
	frames <<-EOF
		tap: to the trunk, queued for it | -r $D=1 $A eth $D $A $TEST reply eth $D $A vlan 10 $TEST
		tap: from the trunk | -r $B=1 $D eth $B $D vlan 0xa00a $TEST reply eth $B $D $TEST
	EOF
	check "tap: on the host end saw both" busywait 10 grep -q "$MAC_D > $MAC_B" "$WORK/tap"
	check_equal "tap: with their tags" "$MAC_A vlan 10 $MAC_D vlan 10" \
		"$(grep -E "$MAC_A > $MAC_D|$MAC_D > $MAC_B" "$WORK/tap" |
			sed -n 's/.* \([0-9a-f:]*\) > .*\(vlan 10\),.*/\1 \2/p' | xargs)"
else
	skip "tap" "needs tcpdump"
fi

# --- apart ---

frames_count "" port v_a drops <<-EOF
	apart: the same MAC in VLAN 10 | -a $B=1 -a $C=0 $A eth $MAC_B $A $TEST
	apart: the same address in VLAN 10 | -a $B=1 -a $C=0 $A eth $MAC_B $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 20
EOF
frames_count "" port v_e drops <<-EOF
	apart: the same MAC in VLAN 20 | -a $C=1 -a $B=0 $E eth $MAC_B $E $TEST
	apart: one port, two VLANs | -r $B=1 -a $C=0 $E eth $MAC_B $E vlan 10 $TEST reply eth $MAC_B $E $TEST
EOF
check_fail "apart: not twice in one" "Address 192.0.2.2 is held by v_a" \
	"$PSW" address add 192.0.2.2 vlan 10 dev v_d
check_fail "apart: nor a MAC" "MAC $MAC_B is held by v_b" "$PSW" address add $MAC_B dev v_a
check_fail "apart: an address in a VLAN that is not the port's" "Port v_a does not carry VLAN 20" \
	"$PSW" address add 192.0.2.99 vlan 20 dev v_a

# --- groups, questions, answers ---

frames_count "" port v_a drops <<-EOF
	groups: VLAN 10, untagged | -a $B=1 -a $C=0 -a $F=0 $A eth $ALL $A $TEST
	groups: VLAN 10, tagged | -r $B=0 -r $C=0 -r $F=0 -r $D=1 -r $E=1 -r $Q=1 -r psw0=1 $A eth $ALL $A $TEST reply eth $ALL $A vlan 10 $TEST
EOF
frames_count "" port v_d drops <<-EOF
	groups: VLAN 20, untagged | -r $C=1 -r $E=1 -r $Q=1 -r $A=0 -r $B=0 -r $F=0 $D eth $ALL $D vlan 0xa014 $TEST reply eth $ALL $D $TEST
	groups: VLAN 20, the host has a tag with its priority | -a $A=0 -a $B=0 -a $C=0 -a $E=0 -a $F=0 -a psw0=1 $D eth $ALL $D vlan 0xa014 $TEST
	groups: VLAN 10, priority where there is a tag | -a $E=1 -a $Q=1 -a psw0=1 -a $B=0 -a $C=0 $D eth $ALL $D vlan 0xa00a $TEST
	groups: no VLAN | -a $F=1 -a psw0=1 -a $A=0 -a $B=0 -a $C=0 -a $E=0 -a $Q=0 $D eth $ALL $D $TEST
EOF
frames <<-EOF
	groups: from the host, VLAN 10 | -a $C=0 -a $F=0 -r $A=1 -r $B=1 psw0 eth $ALL psw0 vlan 10 $TEST reply eth $ALL psw0 $TEST
	groups: from the host, no VLAN | -a $D=1 -a $F=1 -a $A=0 -a $C=0 -a $E=0 -a $Q=0 psw0 eth $ALL psw0 $TEST
EOF
frames_count "answered 0" port v_a answered drops <<-EOF
	questions: to those in the VLAN who may know | -r $Q=1 -r psw0=1 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.99 reply eth $ALL $A vlan 10 arp 1 $A 192.0.2.2 $NONE 192.0.2.99
	questions: to nobody else | -a $B=0 -a $C=0 -a $E=0 -a $F=0 -a $Q=0 -a psw0=0 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.99
	questions: an address of another VLAN is not known | -r psw0=1 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 198.51.100.6 reply eth $ALL $A vlan 10 arp 1 $A 192.0.2.2 $NONE 198.51.100.6
EOF
frames_count "answered 0" port v_c answered drops <<-EOF
	questions: in VLAN 20 | -a $Q=1 -a $A=0 -a $B=0 -a $D=0 $C eth $ALL $C arp 1 $C 192.0.3.3 $NONE 192.0.3.99
	questions: in VLAN 20, after an address of VLAN 10 | -a $Q=1 -a $A=0 $C eth $ALL $C arp 1 $C 192.0.2.3 $NONE 192.0.2.2
EOF
frames_count "answered 3" port v_d answered drops <<-EOF
	answers: with the question's tag | -r $D=1 -a psw0=0 $D eth $ALL $D vlan 10 arp 1 $D 192.0.2.4 $NONE 192.0.2.2 reply eth $D $A vlan 10 arp 2 $A 192.0.2.2 $D 192.0.2.4
	answers: IPv6 | -r $D=1 -a psw0=0 $D eth 33:33:ff:00:00:02 $D vlan 10 ipv6 2001:db8:10::4 ff02::1:ff00:2 ns 2001:db8:10::2 lladdr 1 $D reply eth $D $A vlan 10 ipv6 2001:db8:10::2 2001:db8:10::4 na 0x60 2001:db8:10::2 lladdr 2 $A
	answers: without a tag outside VLANs | -r $D=1 -a psw0=0 $D eth $ALL $D arp 1 $D 198.51.100.4 $NONE 198.51.100.6 reply eth $D $F arp 2 $F 198.51.100.6 $D 198.51.100.4
	answers: not in another VLAN | -a psw0=1 $D eth $ALL $D vlan 20 arp 1 $D 192.0.3.4 $NONE 192.0.2.2
EOF
frames_count "answered 2" switch psw0 answered drops <<-EOF
	answers: the host, with a tag | -r psw0=1 psw0 eth $ALL psw0 vlan 10 arp 1 psw0 192.0.2.1 $NONE 192.0.2.2 reply eth psw0 $A vlan 10 arp 2 $A 192.0.2.2 psw0 192.0.2.1
	answers: its VLAN device | -r psw0.10=1 psw0.10 eth $ALL psw0.10 arp 1 psw0.10 192.0.2.1 $NONE 192.0.2.2 reply eth psw0 $A arp 2 $A 192.0.2.2 psw0 192.0.2.1
	answers: not the host without one | -r psw0=0 psw0 eth $ALL psw0 arp 1 psw0 192.0.2.1 $NONE 192.0.2.2 reply eth psw0 $A arp 2 $A 192.0.2.2 psw0 192.0.2.1
EOF

# --- guard ---

frames_count "spoofed-ipv4 3 spoofed-ipv6 1 spoofed-arp 1" port v_d drops <<-EOF
	guard: its address of VLAN 10 in that | -r $B=1 $D eth $B $D vlan 10 ipv4 192.0.2.4 192.0.2.3 udp 1 2 data 20 reply eth $B $D ipv4 192.0.2.4 192.0.2.3 udp 1 2 data 20
	guard: and in VLAN 20 | $TO_NONE $D eth $C $D vlan 20 ipv4 192.0.2.4 192.0.2.3 udp 1 2 data 20
	guard: and outside | $TO_NONE $D eth $F $D ipv4 192.0.2.4 198.51.100.6 udp 1 2 data 20
	guard: its address outside VLANs in VLAN 10 | $TO_NONE $D eth $B $D vlan 10 ipv4 198.51.100.4 192.0.2.3 udp 1 2 data 20
	guard: in ARP | $TO_NONE $D eth $B $D vlan 10 arp 2 $D 198.51.100.4 $B 192.0.2.3
	guard: IPv6 | $TO_NONE $D eth $F $D ipv6 2001:db8:10::4 2001:db8:10::3 udp 1 2 data 20
EOF
frames_count "spoofed-mac 1" port v_d drops <<-EOF
	guard: another's MAC in a VLAN | $TO_NONE $D eth $B $F vlan 10 $TEST
EOF

# --- host ---

frames <<-EOF
	host: its VLAN device to an access port | -a $A=1 -a $C=0 psw0.10 eth $A psw0.10 $TEST
	host: and to a trunk | -r $E=1 psw0.10 eth $E psw0.10 $TEST reply eth $E psw0 vlan 10 $TEST
	host: from an access port | -a psw0.10=1 $A eth psw0 $A $TEST
	host: from an access port, on the switch with a tag | -r psw0=1 $A eth psw0 $A $TEST reply eth psw0 $A vlan 10 $TEST
	host: from a trunk | -a psw0=1 $D eth psw0 $D vlan 0xa00a $TEST
	host: priority tag | -r $F=1 psw0 eth $F psw0 vlan 0xa000 $TEST reply eth $F psw0 $TEST
	host: its priority to a trunk | -a $E=1 psw0 eth $E psw0 vlan 0xa00a $TEST
EOF
if command -v ethtool > /dev/null; then
	ethtool -K psw0 tx-vlan-hw-insert off
	check "host: with the tag in the frame" pings "" 192.0.2.2 2001:db8:10::2 192.0.2.5
	check "host: with the tag in the frame, a stream" xfer tcp a 192.0.2.2 - 2
	ethtool -K psw0 tx-vlan-hw-insert on
	nsenter --net=/run/netns/d ethtool -K eth0 txvlan off > /dev/null
	check "trunk: with the tag in the frame" pings d 192.0.2.3 192.0.3.5 192.0.2.1
	nsenter --net=/run/netns/d ethtool -K eth0 txvlan on > /dev/null
else
	skip "host: with the tag in the frame" "needs ethtool"
fi
check "host: a stream" xfer tcp a 192.0.2.2 - 2
check "trunk: a stream to an access port" xfer tcp b 192.0.2.3 d 2
check "trunk: a stream to a trunk, IPv6 and IPv4" xfer tcp d 2001:db8:10::4 a 2
check "trunk: a stream between trunks" xfer tcp e 192.0.2.5 d 2

# --- change ---

# shown PORT: all that is declared of it
shown() {
	"$PSW" -j port show "$1"
}

# refused NAME SENTENCE DEVICE SETTING...: and nothing of the port is changed
refused() {
	local name=$1 sentence=$2 dev=$3 was
	shift 3

	was=$(shown "$dev")
	check_fail "$name" "$sentence" "$PSW" port set "$dev" "$@"
	check_equal "$name: unchanged" "$was" "$(shown "$dev")"
}

refused "change: pvid, with addresses there" "Port v_a has address 192.0.2.2 in VLAN 10" v_a pvid 20
refused "change: not even with what could be" "Port v_a has address 192.0.2.2 in VLAN 10" v_a \
	pvid 20 mac 02:00:00:00:00:77 isolated on hairpin on trunk 30
refused "change: trunk, with addresses there" "Port v_d has address 192.0.3.4 in VLAN 20" v_d trunk 10
refused "change: no trunk" "Port v_d has address 192.0.2.4 in VLAN 10" v_d trunk none
check "change: another MAC of f, b's in its VLAN" "$PSW" address add $MAC_B dev v_f
refused "change: trunk, where the MAC is taken" "MAC $MAC_B is held by v_b" v_f trunk 10
refused "change: pvid, with an address outside VLANs" "Port v_f has address 198.51.100.6 in VLAN 0" v_f pvid 10
"$PSW" address add 203.0.113.66 vlan 10 shared dev v_q
refused "change: trunk, with a shared address there" "Port v_q has address 203.0.113.66 in VLAN 10" v_q trunk none
"$PSW" address del 203.0.113.66 vlan 10 dev v_q

"$PSW" port set v_f trunk 30,40-41
frames <<-EOF
	change: both MACs follow into a new VLAN | -a $F=1 psw0 eth $F psw0 vlan 30 $TEST
	change: the extra one | -a $F=1 -a $B=0 psw0 eth $MAC_B psw0 vlan 41 $TEST
	change: and stay where they were | -a $F=1 -a $B=0 psw0 eth $MAC_B psw0 $TEST
EOF
frames_count "" port v_f drops <<-EOF
	change: the guard knows it there | -a psw0=1 $F eth psw0 $MAC_B vlan 30 $TEST
EOF
"$PSW" port set v_f trunk none
frames_count "unknown-destination 2" switch psw0 drops <<-EOF
	change: both MACs leave it | -a $F=0 psw0 eth $F psw0 vlan 30 $TEST
	change: the extra one too | -a $F=0 psw0 eth $MAC_B psw0 vlan 41 $TEST
EOF
"$PSW" address del 198.51.100.6 $MAC_B dev v_f
check "change: pvid of a port without addresses" "$PSW" port set v_f pvid 10
frames_count "" port v_a drops <<-EOF
	change: it is in the new VLAN | -a $F=1 $A eth $F $A $TEST
EOF
frames_count "unknown-destination 1" switch psw0 drops <<-EOF
	change: and no more in the old one | -a $F=0 psw0 eth $F psw0 $TEST
EOF
# what speaks unasked in the VLAN that it leaves
ip -n e link del eth0.10
check "change: pvid and trunk change places" "$PSW" port set v_e pvid 10 trunk 20
frames <<-EOF
	change: tags do too | -a $E=1 $A eth $E $A $TEST
	change: in the other VLAN | -r $E=1 $C eth $E $C $TEST reply eth $E $C vlan 20 $TEST
EOF
frames_count "" port v_e drops <<-EOF
	change: and what the guard admits, untagged | -a $A=1 $E eth $A $E ipv4 192.0.2.5 192.0.2.2 udp 1 2 data 20
EOF
frames_count "spoofed-ipv4 1" port v_e drops <<-EOF
	change: and no more what it admitted | $TO_NONE $E eth $A $E ipv4 192.0.3.5 192.0.2.2 udp 1 2 data 20
EOF

background frame -n 0 $A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 100
background frame -n 0 $D eth $ALL $D vlan 10 type 0x88b5 data 100
there_and_back() {
	for _ in $(seq 20); do
		"$PSW" port set v_f pvid 30 trunk 1-4094 &&
			"$PSW" port set v_f pvid 10 trunk none || return 1
	done
}

check "change: to all VLANs and back, many times" there_and_back
check_equal "change: and is as it was" "10 []" \
	"$(shown v_f | jq -r '.[0] | "\(.pvid) \(.trunk)"')"
frames <<-EOF
	change: frames pass all the while | -n 10 -a $B=10 $A eth $B $A $TEST
EOF

ktap_finish
