#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tracepoints tell of each frame where it went or why it was dropped; the kernel's own tell the same, as doc/tracing.md has it.
#
#         psw0
#          |
#     +----+-----+----------+---------+---------+
#    v_a        v_b        v_c       v_d       v_t       host; tracefs
#   ..|..........|..........|.........|.........|..........
#   eth0        eth0       eth0      eth0      eth0
#    a .2        b .3       c         d         t         pods; nobody has IPv6, which would speak unasked; c has
#                                                         a smaller MTU, d is down, t carries VLAN 10
#
# format:   the fields that programs read
# forward:  directly, queued, to the host; VLANs, groups, answers
# drop:     each reason by its name, and the core's reason
# freed:    what is delivered or answered is consumed, not dropped
# off:      nothing
. "$(dirname "$0")/../lib.sh"

need_module
T=/sys/kernel/tracing
if [[ ! -d $T/events ]]; then
	mount -t tracefs tracefs $T 2> /dev/null || skip_all "the kernel has no tracefs"
	defer umount $T
fi
without_ipv6
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
for pod in c d t; do
	make_pod $pod psw0
done
ip -n c link set eth0 mtu 1400
ip link set v_c mtu 1400
ip -n d link set eth0 down
"$PSW" port set v_t trunk 10
"$PSW" address add 2001:db8::2 dev v_a

# an instance of our own, so that nobody else's tracing is disturbed
T=$T/instances/psw_test
mkdir $T || exit 1
defer rmdir $T

A=a:eth0 B=b:eth0 C=c:eth0 D=d:eth0 P=t:eth0
MAC_A=$(mac_of a eth0) MAC_B=$(mac_of b eth0) MAC_T=$(mac_of t eth0)
MAC_SW=$(< /sys/class/net/psw0/address)
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00 LIAR=02:00:00:00:00:99
DATA="type 0x88b5 data 46"
UDP="udp 1000 2000 data 20"

# trace_only EVENT...
trace_only() {
	echo > $T/set_event
	printf '%s\n' "$@" > $T/set_event
}

# fields EVENT: names of the fields of ours
fields() {
	sed -n '/common_/d; s/^\tfield:[^;]*[ *]\([a-z]*\)\(\[.*\]\)\?;.*/\1/p' "$T/events/podswitch/$1/format" | xargs
}

# ours: the events of the switch, without what differs each time
ours() {
	sed -n 's/ *skbaddr=[^ ]*//; s/^.*: \(podswitch_[a-z]*\): /\1 /p' $T/trace
}

# has_ours N
has_ours() {
	[[ $(ours | wc -l) -ge $1 ]]
}

# tells NAME WANTED FRAME...: the events of a frame, one a line; words of the last are split
tells() {
	echo > $T/trace
	# shellcheck disable=SC2086 # a list
	frame $3 > /dev/null
	busywait 5 has_ours "$(wc -l <<< "$2")"
	check_equal "$1" "$2" "$(ours)"
}

# way IN OUT WAY SRC DST [VLAN]: an event of a frame of 46 bytes
way() {
	echo "podswitch_forward switch=psw0 in=$1 out=$2 way=$3 src=$4 dst=$5 protocol=0x88b5 vlan=${6:-0} len=46"
}

ktap_header

check_equal "format: podswitch_forward" "skbaddr sw in out src dst protocol vlan len way" \
	"$(fields podswitch_forward)"
check_equal "format: podswitch_drop" "skbaddr sw in src dst vlan len reason" \
	"$(fields podswitch_drop)"

check_equal "format: values are told as numbers, which programs can read" "" \
	"$(grep -o 'PSW_[A-Z_0-9]*' $T/events/podswitch/*/format | sort -u)"

# --- forward ---

trace_only podswitch:podswitch_forward podswitch:podswitch_drop
tells "forward: directly" "$(way v_a v_b direct "$MAC_A" "$MAC_B")" "-a $B=1 $A eth $B $A $DATA"
tells "forward: queued, where somebody listens" "$(way v_a v_b queued "$MAC_A" "$MAC_B")" \
	"-a v_b=0 -a $B=1 $A eth $B $A $DATA"
tells "forward: to the host" "$(way v_a psw0 host "$MAC_A" "$MAC_SW")" "-a psw0=1 $A eth psw0 $A $DATA"
tells "forward: from the host" "$(way psw0 v_b queued "$MAC_SW" "$MAC_B")" "-a $B=1 psw0 eth $B psw0 $DATA"
tells "forward: in a VLAN" "$(way psw0 v_t queued "$MAC_SW" "$MAC_T" 10)" \
	"psw0 eth $P psw0 vlan 10 $DATA"
tells "forward: a group, each copy" "$(way v_a v_b direct "$MAC_A" $ALL)
$(way v_a v_c direct "$MAC_A" $ALL)
$(way v_a v_t direct "$MAC_A" $ALL)
$(way v_a psw0 host "$MAC_A" $ALL)" "-a $B=1 -a psw0=1 $A eth $ALL $A $DATA"
tells "forward: an answer" \
	"podswitch_forward switch=psw0 in=v_a out=v_a way=direct src=$MAC_B dst=$MAC_A protocol=0x0806 vlan=0 len=28" \
	"-w 100 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3"
tells "drop: its fields" "podswitch_drop switch=psw0 in=v_a reason=spoofed-mac src=$LIAR dst=$MAC_B vlan=0 len=46" \
	"-a $B=0 $A eth $B $LIAR $DATA"

# --- drop ---

trace_only podswitch:podswitch_drop skb:kfree_skb skb:consume_skb

# fates: of each frame that an event of ours tells of, what it tells and how the kernel freed it
fates() {
	awk '
		{ match($0, /skbaddr=[^ ]*/); addr = substr($0, RSTART, RLENGTH) }
		/ podswitch_[a-z]*: / {
			match($0, / (reason|way)=[^ ]*/)
			told[addr] = substr($0, RSTART + 1, RLENGTH - 1)
			sub(/.*=/, "", told[addr])
		}
		!(addr in told) { next }
		/ consume_skb: / { print told[addr], "consumed"; delete told[addr] }
		/ kfree_skb: / { sub(/.*reason: /, ""); print told[addr], $0; delete told[addr] }' $T/trace
}

# has_fate
has_fate() {
	[[ $(fates) ]]
}

# drops_for REASON FRAME...: as the table of the document has it
drops_for() {
	local reason=$1 core
	shift

	core=$(sed -n "s/^| \`$reason\` | \`\([A-Z_]*\)\` |.*/\1/p" "$TREE/doc/tracing.md")
	echo > $T/trace
	frame "$@"
	busywait 5 has_fate
	check_equal "drop: $reason, ${core:-not in the document}" "$reason $core" "$(fates | head -n 1)"
}

drops_for malformed $A eth $B $A ipv4 192.0.2.2 192.0.2.3 cut 33
# shellcheck disable=SC2086 # lists
{
	drops_for tagged $A eth $B $A vlan 5 $DATA
	drops_for reserved-group $A eth 01:80:c2:00:00:0e $A $DATA
	drops_for spoofed-mac $A eth $B $LIAR $DATA
	drops_for spoofed-ipv4 $A eth $B $A ipv4 192.0.2.99 192.0.2.3 $UDP
	drops_for spoofed-ipv6 $A eth $B $A ipv6 2001:db8::99 2001:db8::3 $UDP
	drops_for spoofed-arp $A eth $ALL $A arp 1 $A 192.0.2.1 $NONE 192.0.2.1
	drops_for spoofed-nd $A eth $B $A ipv6 2001:db8::2 2001:db8::3 na 0x60 2001:db8::1
	drops_for router-message $A eth $B $A ipv6 fe80::1 ff02::1 ra
	drops_for dhcp-server $A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 68 data 40
	drops_for unknown-destination $A eth $LIAR $A $DATA
	drops_for same-port $A eth $A $A $DATA
	drops_for too-big $A eth $C $A type 0x88b5 data 1401
	drops_for receiver-down $A eth $D $A $DATA
	drops_for foreign-vlan $P eth psw0 $P vlan 20 $DATA
	drops_for host-redirect psw0 eth $B psw0 ipv6 fe80::1 2001:db8::3 redirect 2001:db8::99 2001:db8::1
	"$PSW" port set v_a isolated on
	"$PSW" port set v_b isolated on
	drops_for isolated $A eth $B $A $DATA
	"$PSW" port set v_a isolated off storm-limit 1
	"$PSW" port set v_b isolated off
	drops_for storm -n 3 $A eth $ALL $A $DATA
	"$PSW" port set v_a storm-limit 0
}

# --- freed ---

trace_only podswitch:podswitch_forward skb:kfree_skb skb:consume_skb

# consumed NAME WAY FRAME...: the frame, which is read where it arrives, is no drop; words of the last are split
consumed() {
	echo > $T/trace
	# shellcheck disable=SC2086 # a list
	frame $3 > /dev/null
	busywait 5 has_fate
	check_equal "$1" "$2 consumed" "$(fates | sort -u)"
}

consumed "freed: directly" direct "-n 10 -a $B=10 $A eth $B $A $DATA"
consumed "freed: queued" queued "-n 10 -a $B=10 -a v_b=0 $A eth $B $A $DATA"
consumed "freed: to the host" host "-n 10 -a psw0=10 $A eth psw0 $A $DATA"
consumed "freed: from the host" queued "-n 10 -a $B=10 psw0 eth $B psw0 $DATA"
consumed "freed: an answer" direct \
	"-r $A=1 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2"
check_equal "freed: and its question" "" "$(grep 'kfree_skb: .*protocol=2054' $T/trace)"

# --- off ---

echo > $T/set_event
echo > $T/trace
frames <<-EOF
	off: frames that pass and one that does not | -n 100 -a $B=100 $A eth $B $A $DATA
	off: one that does not | -a $B=0 $A eth $B $LIAR $DATA
EOF
check_equal "off: no events" "" "$(ours)"

ktap_finish
