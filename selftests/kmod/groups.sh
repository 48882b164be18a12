#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A frame to a group reaches the host and the pods that listen, once, and costs nothing where nobody does; a limit holds it.
#
#         psw0
#          |
#     +----+----+----+----------+
#    v_a       v_b  v_c     w1 ... w200      host
#   ..|.........|....|.......|......|..............
#   eth0      eth0  eth0    w1 ... w200
#    a         b     c        crowd          pods; nobody has IPv6, which would speak unasked
#
# joined:     by hand, by the kernel for an address (IGMP, MLD), all groups, everything; left again
# all:        broadcast, from a pod and from the host
# unheard:    a group without listeners is not copied
# not:        back to the sender, to isolated ones, to what is down or takes no frame so big
# direct:     copies are not queued, but where something watches
# crowd:      200 get it once, whatever the length of the backlog
# storm:      so many at once, then so many a second, of that port; unicast and answers are not held
. "$(dirname "$0")/../lib.sh"

need_module
need_commands tcpdump
without_ipv6
make_switch psw0
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
make_pod c psw0 192.0.2.4/24

A=a:eth0 B=b:eth0 C=c:eth0
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00
# 233.252.0.1 and ff0e::db8:1:2 are for documentation (RFC 6676)
GROUP=01:00:5e:7c:00:01 GROUP6="33:33:00:01:00:02"
DATA="type 0x88b5 data 46"	# which nobody answers
TO_NONE="-a $A=0 -a $B=0 -a $C=0"
TO_B="-a $A=0 -a $B=1 -a $C=0"

# heard_by_host_ends: what the host ends have transmitted, as "DEVICE N" each
heard_by_host_ends() {
	awk '$1 ~ /^v_/ { print $1, $11 }' /proc/net/dev
}

# has_joined POD GROUP
has_joined() {
	ip -n "$1" maddr show dev eth0 | grep -q "$2"
}

# join_as_host POD ADDRESS GROUP: an address of the group's makes the pod's own kernel join
join_as_host() {
	ip -n "$1" addr add "$2" dev eth0 autojoin && busywait 10 has_joined "$1" "$3"
}

ktap_header

frames <<-EOF
	joined: by nobody yet | $TO_NONE -a psw0=1 $A eth $GROUP $A $DATA
EOF
ip -n b maddr add $GROUP dev eth0
frames <<-EOF
	joined: by hand | $TO_B -a psw0=1 $A eth $GROUP $A $DATA
	joined: by hand, from the host | $TO_B psw0 eth $GROUP psw0 $DATA
	joined: by hand, another group | $TO_NONE -a psw0=1 $A eth 01:00:5e:7c:00:02 $A $DATA
EOF
ip -n c maddr add $GROUP dev eth0
frames <<-EOF
	joined: by two | -a $A=0 -a $B=1 -a $C=1 -a psw0=1 $A eth $GROUP $A $DATA
	joined: by two, from one of them | -a $A=0 -a $B=0 -a $C=1 -a psw0=1 $B eth $GROUP $B $DATA
EOF
ip -n b maddr del $GROUP dev eth0
ip -n c maddr del $GROUP dev eth0
frames <<-EOF
	joined: left again | $TO_NONE -a psw0=1 $A eth $GROUP $A $DATA
EOF
if [[ -e /proc/net/igmp ]]; then
	check "joined: by the kernel, IGMP" join_as_host b 233.252.0.1/32 $GROUP
	frames <<-EOF
		joined: by the kernel, IPv4 | $TO_B -a psw0=1 $A eth $GROUP $A ipv4 192.0.2.2 233.252.0.1 udp 1 2 data 20
	EOF
	ip -n b addr del 233.252.0.1/32 dev eth0
else
	skip "joined: by the kernel, IGMP" "the kernel has no multicast of IPv4"
fi
nsenter --net=/run/netns/b sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
check "joined: by the kernel, MLD" join_as_host b ff0e::db8:1:2/128 $GROUP6
frames <<-EOF
	joined: left by the kernel, IPv4 | $TO_NONE -a psw0=1 $A eth $GROUP $A $DATA
	joined: by the kernel, IPv6 | $TO_B -a psw0=1 $A eth $GROUP6 $A $DATA
EOF
nsenter --net=/run/netns/b sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
frames <<-EOF
	joined: left by the kernel, IPv6 | $TO_NONE -a psw0=1 $A eth $GROUP6 $A $DATA
EOF
for mode in allmulticast promisc; do
	ip -n b link set eth0 $mode on
	frames <<-EOF
		joined: $mode | $TO_B -a psw0=1 $A eth $GROUP $A $DATA
		joined: $mode, IPv6 | $TO_B -a psw0=1 $A eth $GROUP6 $A $DATA
	EOF
	ip -n b link set eth0 $mode off
	frames <<-EOF
		joined: $mode no more | $TO_NONE -a psw0=1 $A eth $GROUP $A $DATA
	EOF
done

frames_count "" port v_a drops <<-EOF
	all: from a pod | -a $A=0 -a $B=1 -a $C=1 -a psw0=1 $A eth $ALL $A $DATA
	all: 100 from a pod | -n 100 -a $A=0 -a $B=100 -a $C=100 -a psw0=100 $A eth $ALL $A $DATA
	all: from the host | -a $A=1 -a $B=1 -a $C=1 psw0 eth $ALL psw0 $DATA
EOF

was=$(heard_by_host_ends)
was_b=$(stats_of port v_b)
frames <<-EOF
	unheard: 100 frames, to the host alone | -n 100 $TO_NONE -a psw0=100 $A eth $GROUP $A $DATA
	unheard: 100 frames of the host | -n 100 $TO_NONE psw0 eth $GROUP psw0 $DATA
EOF
check_equal "unheard: no host end transmitted one" "$was" "$(heard_by_host_ends)"
check_equal "unheard: none was queued" "queued 0" "$(stats_since "$was_b" port v_b queued)"

"$PSW" port set v_a hairpin on
frames <<-EOF
	not: back to the sender, hairpin on | -a $A=0 -a $B=1 $A eth $ALL $A $DATA
EOF
"$PSW" port set v_a hairpin off isolated on
"$PSW" port set v_b isolated on
frames_count "" port v_a drops <<-EOF
	not: to another isolated port | -a $A=0 -a $B=0 -a $C=1 -a psw0=1 $A eth $ALL $A $DATA
	not: kept from isolated ports, the host | -a $A=1 -a $B=1 psw0 eth $ALL psw0 $DATA
EOF
"$PSW" port set v_a isolated off
"$PSW" port set v_b isolated off
ip -n b link set eth0 down
frames_count "" port v_a drops <<-EOF
	not: to a pod whose end is down | -a $A=0 -a $C=1 -a psw0=1 $A eth $ALL $A $DATA
EOF
ip -n b link set eth0 up mtu 1400
ip link set v_b mtu 1400
frames_count "" port v_a drops <<-EOF
	not: to one whose MTU it exceeds | -a $B=0 -a $C=1 -a psw0=1 $A eth $ALL $A type 0x88b5 data 1401
	not: but what fits | -a $B=1 -a $C=1 -a psw0=1 $A eth $ALL $A type 0x88b5 data 1400
EOF
ip link set v_b mtu 1500
ip -n b link set eth0 mtu 1500

# --- direct ---

# queued_to_b FRAME...: how many of the copies to b are queued
queued_to_b() {
	local was
	was=$(stats_of port v_b)
	frame "$@" > /dev/null || echo "lost"
	stats_since "$was" port v_b queued
}

check_equal "direct: 100 copies" "queued 0" \
	"$(queued_to_b -n 100 -a $B=100 $A eth $ALL $A type 0x88b5 data 46)"
# who listens on the host end sees what it transmits
check_equal "direct: not where somebody listens on the host end" "queued 100" \
	"$(queued_to_b -n 100 -a $B=100 -a $C=100 -a v_b=0 $A eth $ALL $A type 0x88b5 data 46)"
check_equal "direct: again" "queued 0" \
	"$(queued_to_b -n 100 -a $B=100 $A eth $ALL $A type 0x88b5 data 46)"
check_equal "direct: not from the host" "queued 100" \
	"$(queued_to_b -n 100 -a $B=100 psw0 eth $ALL psw0 type 0x88b5 data 46)"

# --- crowd ---

CROWD=200

# make_crowd: pods enough, whose ends share a namespace
make_crowd() {
	local i

	make_ns crowd
	for ((i = 1; i <= CROWD; i++)); do
		echo "link add w$i type veth peer name w$i netns crowd"
		echo "link set w$i up master psw0"
	done | ip -b - || exit 1
	for ((i = 1; i <= CROWD; i++)); do
		echo "link set w$i up"
	done | ip -n crowd -b -
}

# each_twice: a watcher in the crowd counts for each end, and ends when it has as many frames as two for each
each_twice() {
	local seen=$WORK/crowd

	background nsenter --net=/run/netns/crowd tcpdump -n -l --immediate-mode -s 100 -i any \
		-c $((2 * CROWD)) ether proto 0x88b5 > "$seen" 2> "$seen.log"
	busywait 20 grep -q listening "$seen.log"
	frame -n 2 -a "$B=2" -a "$C=2" -a "$A=0" -a psw0=2 "$A" eth "$ALL" "$A" type 0x88b5 data 46 || return 1
	busywait 20 grep -q "packets captured" "$seen.log" || kill "${JOBS[-1]}"
	awk -v crowd="$CROWD" '
		/^[0-9]/ { n[$2]++ }
		END { for (dev in n) { devs++; bad += n[dev] != 2 }
		      print devs, "heard it,", bad + 0, "of them not twice"; exit devs != crowd || bad }' "$seen"
}

make_crowd
check "crowd: two frames to $CROWD, twice each" each_twice
set_sysctl net.core.netdev_max_backlog=1
check "crowd: the backlog has room for one" each_twice
sysctl -qw net.core.netdev_max_backlog=1000
ip netns del crowd

# --- storm ---

LIMIT=4

# burst N: sends so many to all at once, and sets what passed and what was dropped
burst() {
	local n=$1 was_a was_b

	was_a=$(drops v_a storm)
	was_b=$(counter v_b tx-packets)
	frame -n "$n" $A eth $ALL $A type 0x88b5 data 46
	busywait 5 all_judged "$n" "$was_a" "$was_b"
	dropped=$(($(drops v_a storm) - was_a))
	passed=$(($(counter v_b tx-packets) - was_b))
}

# all_judged N DROPPED PASSED: since those counts
all_judged() {
	[[ $(($(drops v_a storm) - $2 + $(counter v_b tx-packets) - $3)) -eq $1 ]]
}

# held N: of so many at once, the limit passes, and what is due while they are sent
held() {
	local start=${EPOCHREALTIME/./} due

	burst "$1"
	due=$(((${EPOCHREALTIME/./} - start) * LIMIT / 1000000 + 1))
	echo "$passed passed, $dropped dropped, $due were due meanwhile"
	[[ $((passed + dropped)) -eq $1 && $passed -ge $LIMIT && $passed -le $((LIMIT + due)) ]]
}

# passes: one frame does
passes() {
	burst 1
	[[ $passed -eq 1 ]]
}

# storm_moved DROPS: there are more now
storm_moved() {
	[[ $(drops v_a storm) -gt $1 ]]
}

"$PSW" port set v_a storm-limit $LIMIT
check "storm: $LIMIT at once, and the others not" held 20
check "storm: the others are counted" test "$(drops v_a storm)" -gt 0
frames_count "" port v_a drops <<-EOF
	storm: unicast is not held | -n 100 -a $B=100 $A eth $B $A $DATA
	storm: nor what is answered | -n 10 -r $A=10 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
	storm: nor other ports | -n 100 -a $A=100 -a $C=100 -a psw0=100 $B eth $ALL $B $DATA
	storm: nor the host | -n 100 -a $A=100 -a $B=100 psw0 eth $ALL psw0 $DATA
EOF
burst 20
check "storm: passes again after a while" busywait 5 passes
ip -n b maddr add $GROUP dev eth0
was=$(drops v_a storm)
frame -n 20 $A eth $GROUP $A type 0x88b5 data 46
check "storm: other groups are held" busywait 5 storm_moved "$was"
was=$(drops v_a storm)
frame -n 20 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.99
check "storm: questions without an answer are held" busywait 5 storm_moved "$was"
"$PSW" port set v_a storm-limit 1000000
check "storm: a higher limit" busywait 5 passes
frames_count "" port v_a drops <<-EOF
	storm: holds at once | -n 100 -a $B=100 $A eth $ALL $A $DATA
EOF
"$PSW" port set v_a storm-limit 1
LIMIT=1
check "storm: a lower limit" held 20
"$PSW" port set v_a storm-limit 0
frames_count "" port v_a drops <<-EOF
	storm: none | -n 1000 -a $B=1000 -a psw0=1000 $A eth $ALL $A $DATA
EOF

ktap_finish
