#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who listens is told what a pod sent and may not, at once, and no more than once a second and port.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+----------+---------+---------+
#    v_a        v_b        v_c       v_t       up0       host; psw monitor listens
#   ..|..........|..........|.........|.........|.........
#   eth0        eth0       eth0      eth0      eth0
#    a .2        b .3       c         t         outside   pods; c has a smaller MTU, t carries VLAN 10 with a
#                                                        tag and 7 without
#
# content: each kind of violation, with its port, owner, count, and the first frame's addresses
# vlan:    of the first frame
# rate:    a thousand frames, few reports, all counted
# at once: the first report
# two:     ports at once
# quiet:   drops that are nobody's fault, the host's and the uplink's frames, nobody listening
# gone:    the port, the switch, with a report pending
. "$(dirname "$0")/../lib.sh"

need_module
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24
make_pod c psw0
make_pod t psw0
ip -n c link set eth0 mtu 1400
ip link set v_c mtu 1400
"$PSW" port set v_a network net1 id c0ffee ifname eth0 pod shop/web
"$PSW" port set v_t pvid 7 trunk 10

A=a:eth0 B=b:eth0 T=t:eth0
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00 ALL_NODES="33:33:00:00:00:01"
LIAR=02:00:00:00:00:99
LL_A=$(ip -n a -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s/\/.*//')
MAC_A=$(mac_of a eth0) MAC_T=$(mac_of t eth0)
UDP="udp 1000 2000 data 20"
DATA="type 0x88b5 data 46"

# is_listening: a change is printed, so all events are
is_listening() {
	"$PSW" port set v_b hairpin off
	grep -q port-ntf "$WORK/events"
}

# listen: begins anew
listen() {
	: > "$WORK/events"
	background "$PSW" -j monitor > "$WORK/events"
	busywait 20 is_listening || exit 1
}

# stop_listening
stop_listening() {
	kill "${JOBS[-1]}"
	wait "${JOBS[-1]}" 2> /dev/null
}

# reports DEVICE: those of the port, one a line
reports() {
	jq -c --arg dev "$1" 'select(.event == "violation-ntf" and .name == $dev)' "$WORK/events"
}

# n_reports DEVICE
n_reports() {
	reports "$1" | wc -l
}

# has_reports N DEVICE
has_reports() {
	[[ $(n_reports "$2") -ge $1 ]]
}

# sum DEVICE REASON: over all reports
sum() {
	reports "$1" | jq -s --arg reason "$2" 'map(.drops[$reason] // 0) | add // 0'
}

# has_sum N DEVICE REASON
has_sum() {
	[[ $(sum "$2" "$3") -ge $1 ]]
}

# told DEVICE FRAME...: what the one report of a frame says, without names
told() {
	local dev=$1 n
	shift

	n=$(n_reports "$dev")
	frame "$@"
	busywait 10 has_reports $((n + 1)) "$dev"
	reports "$dev" | tail -n +$((n + 1)) |
		jq -c '[.drops, .mac, .vlan, .ipv4 // .ipv6]'
}

# is_told NAME WANTED FRAME...: of a; words of the last are split
is_told() {
	# shellcheck disable=SC2086 # a list
	check_equal "$1" "$2" "$(told v_a $3)"
}

# fence: what was to be reported before this is reported
fence() {
	local n
	n=$(n_reports v_b)
	frame $B eth $A $LIAR type 0x88b5 data 46
	busywait 10 has_reports $((n + 1)) v_b
}

ktap_header
listen

# --- content ---

is_told "content: spoofed-mac" "[{\"spoofed-mac\":1},\"$LIAR\",null,null]" "$A eth $B $LIAR $DATA"
check_equal "content: the port and its switch" "v_a psw0 $(< /sys/class/net/v_a/ifindex)" \
	"$(reports v_a | tail -n 1 | jq -r '"\(.name) \(."switch-name" // .switch) \(.ifindex)"')"
check_equal "content: its owner" \
	'{"network":"net1","container-id":"c0ffee","ifname":"eth0","pod-namespace":"shop","pod-name":"web"}' \
	"$(reports v_a | tail -n 1 | jq -c .owner)"
is_told "content: spoofed-mac, of an IPv4 packet" \
	"[{\"spoofed-mac\":1},\"$LIAR\",null,\"192.0.2.2\"]" "$A eth $B $LIAR ipv4 192.0.2.2 192.0.2.3 $UDP"
is_told "content: spoofed-ipv4" "[{\"spoofed-ipv4\":1},\"$MAC_A\",null,\"192.0.2.99\"]" \
	"$A eth $B $A ipv4 192.0.2.99 192.0.2.3 $UDP"
is_told "content: spoofed-ipv6" "[{\"spoofed-ipv6\":1},\"$MAC_A\",null,\"2001:db8::99\"]" \
	"$A eth $B $A ipv6 2001:db8::99 2001:db8::3 $UDP"
is_told "content: spoofed-arp" "[{\"spoofed-arp\":1},\"$MAC_A\",null,\"192.0.2.1\"]" \
	"$A eth $ALL $A arp 1 $A 192.0.2.1 $NONE 192.0.2.1"
is_told "content: spoofed-nd" "[{\"spoofed-nd\":1},\"$MAC_A\",null,\"2001:db8::2\"]" \
	"$A eth $ALL_NODES $A ipv6 2001:db8::2 ff02::1 na 0x20 2001:db8::1 lladdr 2 $A"
is_told "content: router-message" "[{\"router-message\":1},\"$MAC_A\",null,\"$LL_A\"]" \
	"$A eth $ALL_NODES $A ipv6 $LL_A ff02::1 ra lladdr 1 $A"
is_told "content: dhcp-server" "[{\"dhcp-server\":1},\"$MAC_A\",null,\"192.0.2.2\"]" \
	"$A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 67 68 data 40"
is_told "content: malformed" "[{\"malformed\":1},\"$MAC_A\",null,null]" \
	"$A eth $B $A ipv4 192.0.2.2 192.0.2.3 cut 33"
is_told "content: tagged" "[{\"tagged\":1},\"$MAC_A\",null,null]" \
	"$A eth $B $A vlan 5 ipv4 192.0.2.2 192.0.2.3 $UDP"
"$PSW" port set v_a storm-limit 1
# the second and the third at least
n=$(n_reports v_a)
frame -n 3 $A eth $ALL $A type 0x88b5 data 46
check "content: storm" busywait 10 has_reports $((n + 1)) v_a
check_equal "content: storm, its frame" "storm $MAC_A" \
	"$(reports v_a | tail -n +$((n + 1)) | head -n 1 | jq -r '"\(.drops | keys | join(" ")) \(.mac)"')"
"$PSW" port set v_a storm-limit 0

# --- vlan ---

check_equal "vlan: of untagged frames" "[{\"spoofed-mac\":1},\"$LIAR\",7,null]" \
	"$(told v_t $T eth psw0 $LIAR type 0x88b5 data 46)"
check_equal "vlan: of the tag" "[{\"spoofed-mac\":1},\"$LIAR\",10,null]" \
	"$(told v_t $T eth psw0 $LIAR vlan 10 type 0x88b5 data 46)"
check_equal "vlan: of a foreign tag" "[{\"foreign-vlan\":1},\"$MAC_T\",20,null]" \
	"$(told v_t $T eth psw0 $T vlan 20 type 0x88b5 data 46)"

# --- rate ---

fence
n=$(n_reports v_a)
was=$(sum v_a spoofed-mac)
start=${EPOCHREALTIME/./}
frame -n 1000 $A eth $B $LIAR type 0x88b5 data 46
check "rate: all of 1000 are told" busywait 20 has_sum $((was + 1000)) v_a spoofed-mac
fence
check_equal "rate: and no more" 1000 $(($(sum v_a spoofed-mac) - was))
seconds=$(((${EPOCHREALTIME/./} - start) / 1000000))
n=$(($(n_reports v_a) - n))
check "rate: in $n reports in $seconds s" test "$n" -le $((seconds + 2))

# --- at once ---

# first_takes: sets how many milliseconds the first report of a new switch took
first_takes() {
	local start end n

	ip link set v_b nomaster
	ip link add psw1 type podswitch
	ip link set psw1 up
	"$PSW" port add v_b switch psw1 address 192.0.2.3 > /dev/null
	n=$(n_reports v_b)
	start=${EPOCHREALTIME/./}
	frame "$B" eth "$A" "$LIAR" type 0x88b5 data 46
	busywait 10 has_reports $((n + 1)) v_b
	end=$(stat -c %.6Y "$WORK/events")
	took=$(((${end/./} - start) / 1000))
	ip link del psw1
	"$PSW" port add v_b switch psw0 address 192.0.2.3
}

# is_at_once: a machine that is busy gets more than one try
is_at_once() {
	local try

	for try in 1 2 3 4 5; do
		first_takes
		echo "try $try: $took ms"
		[[ $took -ge 900 ]] || return 0
	done
	return 1
}

check "at once: the first report" is_at_once

# --- two ---

n_a=$(n_reports v_a) n_t=$(n_reports v_t)
frame -n 5 $A eth $B $LIAR type 0x88b5 data 46
frame -n 7 $T eth $B $LIAR type 0x88b5 data 46
check "two: ports, the one" busywait 10 has_reports $((n_a + 1)) v_a
check "two: and the other" busywait 10 has_reports $((n_t + 1)) v_t
fence
check_equal "two: what each sent" "5 7" "$(reports v_a | tail -n +$((n_a + 1)) | jq '.drops["spoofed-mac"]' | paste -sd+ | bc) $(
	reports v_t | tail -n +$((n_t + 1)) | jq '.drops["spoofed-mac"]' | paste -sd+ | bc)"

# --- quiet ---

# is_quiet NAME DROPS { port | switch } DEVICE: frames are dropped, and no report comes
is_quiet() {
	local name=$1 wanted=$2 n was
	shift 2

	n=$(grep -c violation-ntf "$WORK/events")
	was=$(stats_of "$@")
	frames
	check_equal "$name: dropped" "$wanted" "$(stats_since "$was" "$@" drops)"
	fence
	check_equal "$name: not reported" $((n + 1)) "$(grep -c violation-ntf "$WORK/events")"
}

"$PSW" port set v_a isolated on
"$PSW" port set v_b isolated on
is_quiet "quiet: nobody's fault" \
	"reserved-group 1 unknown-destination 1 same-port 1 isolated 1 too-big 1" port v_a <<-EOF
	quiet: unknown-destination | -a psw0=0 $A eth 02:00:00:00:00:98 $A $DATA
	quiet: reserved-group | -a psw0=0 $A eth 01:80:c2:00:00:0e $A $DATA
	quiet: same-port | -a psw0=0 $A eth $A $A $DATA
	quiet: isolated | -a $B=0 $A eth $B $A $DATA
	quiet: too-big | -a c:eth0=0 $A eth c:eth0 $A type 0x88b5 data 1401
EOF
"$PSW" port set v_a isolated off
"$PSW" port set v_b isolated off
is_quiet "quiet: the host" "malformed 1 unknown-destination 1" switch psw0 <<-EOF
	quiet: the host, malformed | -a $B=0 psw0 eth $B psw0 ipv6 2001:db8::1 2001:db8::3 cut 53
	quiet: the host, unknown | -a $B=0 psw0 eth $LIAR psw0 $DATA
EOF
make_ns outside
ip link add up0 type veth peer name eth0 netns outside
ip link set up0 up
ip -n outside link set eth0 up
"$PSW" port add up0 switch psw0 role uplink
is_quiet "quiet: the uplink" "malformed 1 tagged 1" port up0 <<-EOF
	quiet: the uplink, malformed | -a $B=0 outside:eth0 eth $B $LIAR ipv6 2001:db8::1 2001:db8::3 cut 53
	quiet: the uplink, tagged | -a $B=0 outside:eth0 eth $B $LIAR vlan 5 $DATA
EOF
ip link del up0

stop_listening
frame -n 10 $A eth $B $LIAR type 0x88b5 data 46
listen
fence
check_equal "quiet: what came while nobody listened" "" "$(reports v_a)"
check_equal "quiet: it is counted with the next" '{"spoofed-mac":11}' \
	"$(told v_a $A eth $B $LIAR type 0x88b5 data 46 | jq -c '.[0]')"

# --- gone ---

# pending DEVICE PLACE: a report of it that is not due yet
pending() {
	fence
	frame -n 10 "$2" eth $A $LIAR type 0x88b5 data 46
}

n=$(n_reports v_t)
pending v_t $T
"$PSW" port del v_t
fence
check "gone: the port, with a report pending" test "$(n_reports v_t)" -le $((n + 1))
"$PSW" port add v_t switch psw0
check_equal "gone: a new one begins from nothing" '{"spoofed-mac":1}' \
	"$(told v_t $T eth $A $LIAR type 0x88b5 data 46 | jq -c '.[0]')"
pending v_a $A
check "gone: the switch, with a report pending" ip link del psw0
make_switch psw0
"$PSW" port add v_b switch psw0 address 192.0.2.3
check "gone: the next one reports" fence

ktap_finish
