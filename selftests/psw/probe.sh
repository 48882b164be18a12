#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw probe says what becomes of a frame, and that is what becomes of it.
#
#             psw0 192.0.2.1, 2001:db8::1
#               |
#     +---------+---------+---------+---------+-------+-------+
#    v_a       v_b       v_c       v_t       up0     vl0     s0      host
#   ..|.........|.........|.........|.........|.......|...    |
#   eth0      eth0      eth0      eth0      eth0      |      s1      (s0 and s1 in one namespace, vl0 on top of a veth)
#    a .2      b .3      c         t .7     outside  eth0.5
#                        (no       VLAN 10,         in v
#                        address)  20 with a tag
#
# For each case: psw probe composes a frame, which agree asks about once more, sends, and compares with what the counters
# of all ports say; and it is what the case says. Asking moves no counter.
#
# forward, group, questions, host, vlan, uplink: where frames go
# drops:     each reason that a frame can give, and that it goes away when what is told is changed
# ways:      why a frame is queued
# services:  the host translates it; x and y have addresses that they use
# compose:   what psw makes of words
# ends:      by what names pods are found; who is not
# refusals:  of psw and of the kernel
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq nft
without_ipv6
set_sysctl net.ipv4.ip_forward=0
make_switch psw0 192.0.2.1/24

# make_mute_pod NAME N SETTING...: who says nothing of his own accord
make_mute_pod() {
	local name=$1 n=$2
	shift 2

	make_ns "$name"
	ip link add "v_$name" type veth peer name eth0 netns "$name" address "02:00:00:00:00:0$n"
	ip link set "v_$name" up
	ip -n "$name" link set eth0 up
	"$PSW" port add "v_$name" switch psw0 pod "shop/$name" id "c0ffee0$n$name" "$@"
}

make_mute_pod a 2 address 192.0.2.2 address 2001:db8::2
make_mute_pod b 3 address 192.0.2.3 address 2001:db8::3
make_mute_pod c 4
make_mute_pod t 7 pvid 10 trunk 20 address 192.0.2.7 address 192.0.2.8 vlan 20
MAC_A=02:00:00:00:00:02 MAC_B=02:00:00:00:00:03 MAC_T=02:00:00:00:00:07
MAC_HOST=$(ip -j link show psw0 | jq -r '.[0].address')

# place PORT: where agree sends what comes from there
place() {
	case $1 in
	v_*) echo "${1#v_}:eth0" ;;
	up0) echo outside:eth0 ;;
	*) echo "$1" ;;
	esac
}

# In jq, of a frame: its bytes, in full; and what psw says of it, in a word for each step that says something.
FRAME='def padded: .hex + "00" * (.len - (.hex | length) / 2);
	def told: [.steps[] | select(.verdict != "pass") | if .drop then "\(.drop)" elif .verdict == "drop" then "drop \(.cause)"
		elif .way then "\(.way) \(.device)" + (if .cause then " \(.cause)" else "" end)
		elif .verdict == "answer" then "answer \(.device)" else .verdict end] | join(", ");'

# padded ROW, told ROW
padded() { jq -r "$FRAME padded" <<< "$1"; }
told() { jq -r "$FRAME told" <<< "$1"; }

# becomes NAME TOLD COUNTED PORT PROBE-ARGUMENT...: psw tells this of the last frame from a port; when it is sent, these
# counters move; the exit status tells whether it is dropped
becomes() {
	local name=$1 told=$2 counted=$3 port=$4 row status=0 delivered said bytes
	shift 4

	row=$("$PSW" -j probe from "$port" "$@") || status=$?
	# One jq: an emulated kernel takes longer to start it than for all else.
	{ read -r delivered; read -r said; read -r bytes; } \
		< <(jq -r "$FRAME"'.delivered, (.frames[-1] | told, padded)' <<< "$row")
	check_equal "$name: the status is that of the answer" "$status" "$([[ $delivered == true ]]; echo $?)"
	check_equal "$name: told" "$told" "$said"
	[[ $port != host ]] || port=psw0
	check_equal "$name: sent" "$name:${counted:+ $counted}" \
		"$(agree -v "$(place "$port")" "$port" <<< "$name $bytes" | head -n 1)"
}

# drops_until NAME REASON COUNTED PORT PROBE-ARGUMENT... -- COMMAND...: dropped for a reason; once the command has changed
# what the reason is, it is told and seen to go to b
drops_until() {
	local name=$1 reason=$2 counted=$3 args=()
	shift 3

	while [[ $1 != -- ]]; do args+=("$1"); shift; done
	shift
	becomes "$name" "$reason" "$counted" "${args[@]}"
	check "$name: $*" "$@"
	becomes "$name, mended" "port, direct v_b" "v_b:tx" "${args[@]}"
}

ktap_header

# --- forward ---

becomes "forward: IPv4" "port, direct v_b" "v_b:tx" v_a to b tcp 443
becomes "forward: IPv6" "port, direct v_b" "v_b:tx" v_a to 2001:db8::3 udp 53
becomes "forward: neither" "port, direct v_c" "v_c:tx" v_a to c
becomes "forward: the host" "host, host psw0" "psw0:tx" v_a to "$MAC_HOST"
becomes "forward: the gateway" "host, host psw0" "psw0:tx" v_a to 203.0.113.9 udp 53
becomes "forward: of full size" "port, direct v_b" "v_b:tx" v_a to b size 1500

# --- group ---

becomes "group: broadcast" "group, direct v_b, direct v_c, host psw0" "psw0:tx v_b:tx v_c:tx" v_a to ff:ff:ff:ff:ff:ff
becomes "group: nobody has joined" "group, host psw0" "psw0:tx" v_a to 224.0.0.251 udp 5353
in_ns b ip link set eth0 allmulticast on
becomes "group: one has" "group, direct v_b, host psw0" "psw0:tx v_b:tx" v_a to 224.0.0.251 udp 5353
in_ns b ip link set eth0 allmulticast off
becomes "group: of the host" "group, queued v_a from-host, queued v_b from-host, queued v_c from-host" \
	"v_a:tx v_a:queued v_b:tx v_b:queued v_c:tx v_c:queued" host to ff:ff:ff:ff:ff:ff
ip link set psw0 down
becomes "group: the host is down" "group, direct v_b, direct v_c, receiver-down" \
	"v_a:receiver-down v_b:tx v_c:tx" v_a to ff:ff:ff:ff:ff:ff
ip link set psw0 up

# --- questions ---

becomes "questions: ARP, known" "answer v_b, direct v_a" "v_a:tx v_a:answered" v_a to b arp
becomes "questions: ARP, unknown" "question, direct v_c, host psw0" "psw0:tx v_c:tx" v_a to 192.0.2.99 arp
becomes "questions: ARP, its own" "group, direct v_b, direct v_c, host psw0" "psw0:tx v_b:tx v_c:tx" v_a to a arp
becomes "questions: ND, known" "answer v_b, direct v_a" "v_a:tx v_a:answered" v_a to b nd
becomes "questions: ND, unknown" "question, host psw0" "psw0:tx" v_a to 2001:db8::99 nd
becomes "questions: ND, link-local" "answer v_b, direct v_a" "v_a:tx v_a:answered" v_a to fe80::ff:fe00:3 nd
becomes "questions: of the host" "answer v_b, host psw0" "psw0:tx psw0:answered" host to b arp

# --- host ---

becomes "host: a pod" "port, queued v_b from-host" "v_b:tx v_b:queued" host to b
becomes "host: nobody" "unknown-destination" "psw0:unknown-destination" host to 192.0.2.99 dst-mac 02:00:00:00:00:99
redirect=$("$PSW" -j probe from host to b | jq -r '.frames[-1].hex | .[:68] + "05" + .[70:]')
becomes "host: a redirect" "host-redirect" "psw0:host-redirect" host frame "$redirect"
becomes "host: malformed" "malformed" "psw0:malformed" host frame 02000000000302000000000108004500

# --- drops ---

becomes "drops: malformed" "malformed" "v_a:malformed" v_a frame 02000000000302000000000208004500
becomes "drops: tagged" "tagged" "v_a:tagged" v_a to b vlan 5
becomes "drops: reserved-group" "reserved-group" "v_a:reserved-group" v_a to 01:80:c2:00:00:0e
becomes "drops: unknown-destination" "unknown-destination" "v_a:unknown-destination" v_a to 02:00:00:00:00:99
becomes "drops: a truncated tag" "drop truncated-tag" "" v_a frame 0200000000030200000000028100000a08
drops_until "drops: spoofed-mac" spoofed-mac v_a:spoofed-mac v_a to b src-mac 02:00:00:00:00:55 \
	-- "$PSW" address add 02:00:00:00:00:55 dev v_a
drops_until "drops: spoofed-ipv4" spoofed-ipv4 v_a:spoofed-ipv4 v_a to b src 192.0.2.55 \
	-- "$PSW" address add 192.0.2.55 dev v_a
drops_until "drops: spoofed-ipv6" spoofed-ipv6 v_a:spoofed-ipv6 v_a to b src 2001:db8::55 \
	-- "$PSW" address add 2001:db8::55 dev v_a
"$PSW" address delete 192.0.2.55 2001:db8::55 02:00:00:00:00:55 dev v_a
becomes "drops: spoofed-ipv4, the address is gone" spoofed-ipv4 v_a:spoofed-ipv4 v_a to b src 192.0.2.55
becomes "drops: spoofed-arp" spoofed-arp v_a:spoofed-arp v_a to b arp src 192.0.2.55
na=$("$PSW" -j probe from a to b nd | jq -r '.frames[-1].hex | .[:108] + "88" + .[110:]')
becomes "drops: spoofed-nd" spoofed-nd v_a:spoofed-nd v_a frame "$na"
ra=$("$PSW" -j probe from a to b nd | jq -r '.frames[-1].hex | .[:108] + "86" + .[110:]')
becomes "drops: router-message" router-message v_a:router-message v_a frame "$ra"
"$PSW" port set v_a router on
becomes "drops: router-message, mended" "group, host psw0" "psw0:tx" v_a frame "$ra"
"$PSW" port set v_a router off
drops_until "drops: dhcp-server" dhcp-server v_a:dhcp-server v_a to b udp 68 \
	-- "$PSW" port set v_a dhcp-server on
becomes "drops: dhcp-server, of IPv6, mended" "port, direct v_b" "v_b:tx" v_a to 2001:db8::3 udp 546 sport 547
"$PSW" port set v_a dhcp-server off
becomes "drops: dhcp-server, of IPv6" dhcp-server v_a:dhcp-server v_a to 2001:db8::3 udp 546 sport 547
"$PSW" port set v_a guard off
becomes "drops: nothing without a guard" "port, direct v_b" "v_b:tx" v_a to b src 192.0.2.55
"$PSW" port set v_a guard mac
becomes "drops: the address without its guard" "port, direct v_b" "v_b:tx" v_a to b src 192.0.2.55
becomes "drops: the MAC with its guard" spoofed-mac v_a:spoofed-mac v_a to b src-mac 02:00:00:00:00:55
"$PSW" port set v_a guard mac+ip

becomes "drops: same-port" same-port v_a:same-port v_a to a dst-mac $MAC_A
"$PSW" port set v_a hairpin on
becomes "drops: same-port, mended" "port, direct v_a" "v_a:tx" v_a to a dst-mac $MAC_A
"$PSW" port set v_a hairpin off

"$PSW" port set v_a isolated on
"$PSW" port set v_b isolated on
becomes "drops: isolated, a question" isolated v_a:isolated v_a to b arp
becomes "drops: isolated, a group" "group, direct v_c, host psw0" "psw0:tx v_c:tx" v_a to ff:ff:ff:ff:ff:ff
drops_until "drops: isolated" isolated v_a:isolated v_a to b -- "$PSW" port set v_b isolated off
"$PSW" port set v_a isolated off

ip -n b link set eth0 mtu 1400
ip link set v_b mtu 1400
becomes "drops: too-big, as long as may be" "port, direct v_b" "v_b:tx" v_a to b size 1400
drops_until "drops: too-big" "port, too-big" v_a:too-big v_a to b size 1401 -- ip -n b link set eth0 mtu 1401
ip -n b link set eth0 mtu 1500
ip link set v_b mtu 1500
check "drops: too-big, but for offload" "$PSW" probe from a to b size 60000 gso

ip -n b link set eth0 down
drops_until "drops: receiver-down" "port, receiver-down" v_a:receiver-down v_a to b -- ip -n b link set eth0 up
ip -n a link set eth0 down
check_equal "drops: the sender is down" "drop down" "$(told "$("$PSW" -j probe from a to b | jq -c '.frames[-1]')")"
ip -n a link set eth0 up

"$PSW" port set v_a storm-limit 1
becomes "drops: storm, below" "group, direct v_b, direct v_c, host psw0" "psw0:tx v_b:tx v_c:tx" v_a to ff:ff:ff:ff:ff:ff
check "drops: storm, asking does not count" busywait 5 "$PSW" probe from a to ff:ff:ff:ff:ff:ff
"$PSW" probe from a to ff:ff:ff:ff:ff:ff > /dev/null
becomes "drops: storm, again below" "group, direct v_b, direct v_c, host psw0" "psw0:tx v_b:tx v_c:tx" \
	v_a to ff:ff:ff:ff:ff:ff
"$PSW" port set v_a storm-limit 0

# storm_is_told: the frame after the one that is within the limit; a machine that is busy gets more than one try
storm_is_told() {
	local row hex try

	"$PSW" port set v_a storm-limit 1
	row=$("$PSW" -j probe from a to ff:ff:ff:ff:ff:ff | jq -c '.frames[-1]')
	hex=$(padded "$row")
	for try in 1 2 3 4 5; do
		agree -v a:eth0 v_a <<< "storm $hex"$'\n'"storm $hex" > "$WORK/storm"
		! grep -q 'storm: v_a:storm' "$WORK/storm" || break
	done
	"$PSW" port set v_a storm-limit 0
	cat "$WORK/storm"
	grep -q 'storm: v_a:storm' "$WORK/storm" && [[ $try ]]
}
check "drops: storm" storm_is_told

# --- vlan ---

becomes "vlan: untagged, in the port's own" "host, host psw0" "psw0:tx" v_t to "$MAC_HOST"
becomes "vlan: to a pod in none" unknown-destination v_t:unknown-destination v_t to $MAC_B
becomes "vlan: tagged" "host, host psw0" "psw0:tx" v_t to "$MAC_HOST" vlan 20
becomes "vlan: foreign" foreign-vlan v_t:foreign-vlan v_t to "$MAC_HOST" vlan 30
"$PSW" port set v_c pvid 20
becomes "vlan: to one who has no tag" "port, direct v_c" "v_c:tx" v_t to c vlan 20
becomes "vlan: and back" "port, direct v_t" "v_t:tx" v_c to 192.0.2.8
"$PSW" port set v_c pvid 0
becomes "vlan: the host, with a tag" "port, queued v_t from-host" "v_t:tx v_t:queued" host to $MAC_T vlan 20

# --- uplink ---

make_ns outside
ip link add up0 type veth peer name eth0 netns outside address 02:00:00:00:00:08
ip link set up0 up
ip -n outside link set eth0 up
"$PSW" port add up0 switch psw0 role uplink
becomes "uplink: to nobody known" "port, direct up0" "up0:tx" v_a to 02:00:00:00:00:99
becomes "uplink: a question" "question, direct v_c, direct up0, host psw0" "psw0:tx v_c:tx up0:tx" \
	v_a to 192.0.2.99 arp
becomes "uplink: from outside" "port, direct v_b" "v_b:tx" up0 to b src-mac 02:00:00:00:00:08
becomes "uplink: to its own device" "leave" "" up0 to "$(ip -j link show up0 | jq -r '.[0].address')" \
	src-mac 02:00:00:00:00:08
becomes "uplink: back to it" unknown-destination up0:unknown-destination up0 to 02:00:00:00:00:99 \
	src-mac 02:00:00:00:00:08
"$PSW" port delete up0

# --- ways ---

# queued NAME CAUSE: what goes to b, and is answered to it, has to wait for the cause
queued() {
	becomes "ways: $1" "port, queued v_b $2" "v_b:tx v_b:queued" v_a to b
	becomes "ways: $1, an answer" "answer v_a, queued v_b $2" "v_b:tx v_b:queued v_b:answered" v_b to a arp
}

tc qdisc add dev v_b root pfifo
queued "a queueing discipline" queueing-discipline
tc qdisc del dev v_b root
if tc qdisc add dev v_b clsact 2> /dev/null && tc filter add dev v_b egress matchall action ok 2> /dev/null; then
	queued "an egress hook" egress-hook
else
	skip "ways: an egress hook" "no clsact"
fi
tc qdisc del dev v_b clsact 2> /dev/null
background xdp b eth0 > "$WORK/xdp" 2>&1
if busywait 5 grep -q attached "$WORK/xdp"; then
	queued "XDP" xdp
	kill "${JOBS[-1]}"
	wait "${JOBS[-1]}" 2> /dev/null
else
	skip "ways: XDP" "$(head -1 "$WORK/xdp")"
fi
if command -v tcpdump > /dev/null; then
	background tcpdump -n -i v_b -w /dev/null 2> "$WORK/tap"
	busywait 10 grep -q listening "$WORK/tap"
	queued "a tap" tap
	kill "${JOBS[-1]}"
	wait "${JOBS[-1]}" 2> /dev/null
else
	skip "ways: a tap" "needs tcpdump"
fi
ip -n b link add br0 type bridge
ip -n b link set eth0 master br0
queued "a bridge in the pod" receive-handler
ip -n b link del br0
ip link add s0 type veth peer name s1
ip link set s0 up
ip link set s1 up
"$PSW" port add s0 switch psw0 mac 02:00:00:00:00:10
becomes "ways: both ends here" "port, queued s0 same-namespace" "s0:tx s0:queued" v_a to s0
"$PSW" port delete s0
ip link del s0
make_ns v
ip link add v_v type veth peer name eth0 netns v
ip link set v_v up
ip -n v link set eth0 up
if ip link add vl0 link v_v type vlan id 5 2> /dev/null; then
	ip link set vl0 up
	"$PSW" port add vl0 switch psw0 mac 02:00:00:00:00:11
	becomes "ways: no veth" "port, queued vl0 no-veth" "vl0:tx vl0:queued" v_a to vl0
	check_equal "ways: over a veth" "port, queued v_b over-veth" \
		"$(told "$("$PSW" -j probe from vl0 to b | jq -c '.frames[-1]')")"
	"$PSW" port delete vl0
else
	skip "ways: no veth" "no VLAN devices"
fi
ip link set psw0 promisc on
becomes "ways: a promiscuous host" "port, host psw0 promiscuous, direct v_b" "psw0:tx v_b:tx" v_a to b
ip link set psw0 promisc off
becomes "ways: as before" "port, direct v_b" "v_b:tx" v_a to b

# --- services ---

# translated: b has had a datagram that the host translated
translated() {
	"$PSW" probe from b to a udp 4000 sport 8080 | grep -q 'to the host'
}

set_sysctl net.ipv4.ip_forward=1
nft -f - <<-EOF
	table ip psw_probe {
		chain prerouting {
			type nat hook prerouting priority dstnat;
			ip daddr 198.51.100.1 udp dport 80 dnat to 192.0.2.3:8080
		}
	}
EOF
defer nft delete table ip psw_probe
becomes "services: before" "port, direct v_a" "v_a:tx" v_b to a udp 4000 sport 8080
frame a:eth0 eth psw0 a:eth0 ipv4 192.0.2.2 198.51.100.1 udp 4000 80 data 20
check "services: a translated datagram comes" busywait 10 translated
sysctl -qw net.ipv4.ip_forward=0
becomes "services: its answer" "port, host, host psw0" "psw0:tx v_b:translated" v_b to a udp 4000 sport 8080
becomes "services: another" "port, direct v_a" "v_a:tx" v_b to a udp 4000 sport 8081

# cause_of STEP PROBE-ARGUMENT...: why the step went so
cause_of() {
	local step=$1
	shift

	"$PSW" -j probe from "$@" | jq -r --arg step "$step" '.frames[-1].steps[] | select(.step == $step) | .cause // .verdict'
}

# over: a's connection to the Service has been closed by both
over() {
	[[ $(cause_of translate y to x tcp 4001 sport 8080) == reused ]]
}

make_pod x psw0 192.0.2.21/24
make_pod y psw0 192.0.2.22/24
ip -n x route add default via 192.0.2.1
ip -n y route add default via 192.0.2.1
sysctl -qw net.ipv4.ip_forward=1
nft add rule ip psw_probe prerouting ip daddr 198.51.100.1 tcp dport 80 dnat to 192.0.2.22:8080
background talk serve y 192.0.2.22 8080
if busywait 10 talk tcp x 198.51.100.1 80 @4001 10; then
	check "services: a connection that is over" busywait 10 over
	check "services: asking did not make it forgotten" over
	check_equal "services: what is left of it" host "$(cause_of translate y to x tcp 4001 sport 8080 ack)"
	again=$("$PSW" -j probe from y to x tcp 4001 sport 8080 | jq -c '.frames[-1]')
	check_equal "services: its ports are used again" "port, direct v_x" "$(told "$again")"
	frame y:eth0 hex "$(padded "$again")"
	check_equal "services: and it is forgotten" pass "$(cause_of translate y to x tcp 4001 sport 8080 ack)"
else
	check "services: a TCP connection" false
fi

# --- compose ---

# composed WANTED PROBE-ARGUMENT...: members of the last frame, one after another
composed() {
	local wanted=$1
	shift

	check_equal "compose: $*" "$wanted" "$("$PSW" -j probe from "$@" | jq -r '.frames[-1] |
		[.frame, .src, .dst, .sport, .dport, ."src-mac", ."dst-mac", .len, .kind] | map(. // "-") | join(" ")')"
}

composed "icmp 192.0.2.2 192.0.2.3 - - $MAC_A $MAC_B 42 ipv4" a to b
composed "tcp 192.0.2.2 192.0.2.3 49152 443 $MAC_A $MAC_B 54 ipv4" a to b tcp 443
composed "udp 192.0.2.2 192.0.2.3 7 53 $MAC_A $MAC_B 42 ipv4" a to b udp 53 sport 7
composed "icmp 2001:db8::2 2001:db8::3 - - $MAC_A $MAC_B 62 ipv6" a to 2001:db8::3
composed "arp 192.0.2.2 192.0.2.3 - - $MAC_A ff:ff:ff:ff:ff:ff 42 arp" a to b arp
composed "nd 2001:db8::2 2001:db8::3 - - $MAC_A 33:33:ff:00:00:03 86 nd" a to b nd
composed "icmp 192.0.2.2 203.0.113.9 - - $MAC_A $MAC_HOST 42 ipv4" a to 203.0.113.9
composed "icmp 192.0.2.2 239.1.2.3 - - $MAC_A 01:00:5e:01:02:03 42 ipv4" a to 239.1.2.3
composed "icmp 2001:db8::2 ff02::1:2 - - $MAC_A 33:33:00:01:00:02 62 ipv6" a to ff02::1:2
composed "icmp 192.0.2.2 192.0.2.3 - - $MAC_A 02:00:00:00:00:99 42 ipv4" a to b dst-mac 02:00:00:00:00:99
composed "icmp 192.0.2.1 192.0.2.3 - - $MAC_HOST $MAC_B 42 ipv4" host to b
composed "icmp 192.0.2.2 192.0.2.1 - - $MAC_A $MAC_HOST 114 ipv4" a to host size 100

# is_understood: b's own stack takes an echo request for right
is_understood() {
	local row before

	before=$(in_ns b nstat -asz IcmpInEchos | awk '/InEchos/ { print $2 }')
	row=$("$PSW" -j probe from host to 192.0.2.9 dst-mac "$MAC_B" | jq -c '.frames[-1]')
	frame psw0 hex "$(padded "$row")" > /dev/null
	[[ $(in_ns b nstat -asz IcmpInEchos | awk '/InEchos/ { print $2 }') -gt $before ]]
}
ip -n b addr add 192.0.2.9/24 dev eth0
check "compose: a pod understands it" busywait 10 is_understood
ip -n b addr del 192.0.2.9/24 dev eth0

check_equal "compose: first asks who has it" "arp icmp" \
	"$("$PSW" -j probe from a to b | jq -r '[.frames[].frame] | join(" ")')"
check_equal "compose: nobody has it" "arp false" \
	"$("$PSW" -j probe from a to 192.0.2.99 | jq -r '"\([.frames[].frame] | join(" ")) \(.delivered)"')"

# --- ends ---

# same_end NAME: by this name, a is meant
same_end() {
	check_equal "ends: $1" v_a "$("$PSW" -j probe from "$1" to b | jq -r '.frames[-1].from')"
}

for name in a shop/a v_a c0ffee02 192.0.2.2 2001:db8::2 $MAC_A; do same_end "$name"; done
check_equal "ends: of a switch that is named" v_a \
	"$("$PSW" -j probe from a to b switch psw0 | jq -r '.frames[-1].from')"
check_fail "ends: two pods" "may be v_a or v_b" "$PSW" probe from c0ffee0 to c
check_fail "ends: no such pod" "is no pod, container, port or address" "$PSW" probe from shop/x to b
check_fail "ends: no such destination" "to \"nosuch\" is no pod" "$PSW" probe from a to nosuch
check_fail "ends: an address that nobody holds" "no port holds that address" "$PSW" probe from 192.0.2.99 to b
check_fail "ends: no such switch" "No such device" "$PSW" probe from a to b switch nosuch
check_fail "ends: a switch that is none" "No podswitch has" "$PSW" probe from host to 192.0.2.2 switch lo
ip link add psw1 type podswitch
check_fail "ends: which host" "more than one switch" "$PSW" probe from host to 203.0.113.9
ip link del psw1
evil=$'evil\x1b[31m'
"$PSW" port set v_c pod "shop/$evil"
check_equal "ends: a name that would paint the terminal" 0 "$("$PSW" probe from a to v_c | grep -c $'\x1b')"

# --- refusals ---

# usage_of TEXT ARGUMENT...: not understood
usage_of() {
	local text=$1 status=0 said
	shift

	said=$("$PSW" probe "$@" 2>&1 > "$WORK/stdout") || status=$?
	check_equal "refusals: $* ($text)" "2 0 1" \
		"$status $(wc -c < "$WORK/stdout") $(grep -cF "$text" <<< "$said")"
}

usage_of "from is missing"
usage_of "unknown verb" to a
usage_of "from is missing" from
usage_of "to is missing" from a
usage_of "is not a port from 1 to 65535" from a to b tcp 0
usage_of "is not a port from 1 to 65535" from a to b udp 65536
usage_of "is the second kind of frame" from a to b tcp 1 udp 2
usage_of "is the second kind of frame" from a to b arp nd
usage_of "is not a VLAN" from a to b vlan 4095
usage_of "out of range" from a to b size 65536
usage_of "out of range" from a to b size 0
usage_of "is not a MAC address" from a to b src-mac 1:2:3
usage_of "is not an IP" from a to b src 1.2.3
usage_of "is src-mac" from a to b src 02:00:00:00:00:02
usage_of "of different families" from a to 192.0.2.3 src 2001:db8::2
usage_of "is not bytes in hexadecimal" from a frame 123
usage_of "is not bytes in hexadecimal" from a frame xy
usage_of "has all of its fields" from a to b frame 00
check_fail "refusals: no IPv4 address" "has no IPv4 address" "$PSW" probe from a to v_c arp
check_fail "refusals: a frame without a header" "A frame has 14 to 65553 bytes, not 13" \
	"$PSW" probe from a frame "$(printf '0%.0s' {1..26})"
check_fail "refusals: without privilege" "Operation not permitted" \
	setpriv --reuid 65534 --clear-groups "$PSW" probe from v_a to v_b

# kernel NAME WANTED ARGUMENT...: what the kernel says to a request as it is
kernel() {
	local name=$1 wanted=$2
	shift 2

	check_equal "refusals: kernel: $name" "$wanted" "$(genl probe "$@" 2>&1 | head -c 200)"
}

BYTES14=$(printf '0%.0s' {1..28})
kernel "no device" "EINVAL [-1]" probe-frame "$BYTES14"
kernel "no frame" "EINVAL [-2]" probe-ifindex v_a
kernel "13 bytes" "EMSGSIZE [probe-frame]: A frame has 14 to 65553 bytes, not 13" probe-ifindex v_a \
	probe-frame "${BYTES14:2}"
kernel "14 bytes" ok probe-ifindex v_a probe-frame "$BYTES14"
kernel "device 0" "ERANGE [probe-ifindex]: integer out of range" probe-ifindex 0 probe-frame "$BYTES14"
kernel "no such device" "ENODEV [probe-ifindex]: No device in this network namespace has interface index 99999" \
	probe-ifindex 99999 probe-frame "$BYTES14"
kernel "neither switch nor port" "ENOENT [probe-ifindex]: Device lo is no podswitch and no port of one" \
	probe-ifindex lo probe-frame "$BYTES14"
kernel "of the longest" ok probe-ifindex v_a probe-frame "$BYTES14" probe-len 65553
kernel "one more" "ERANGE [probe-len]: integer out of range" probe-ifindex v_a probe-frame "$BYTES14" probe-len 65554
kernel "shorter than given" ok probe-ifindex v_a probe-frame "$BYTES14" probe-len 1
kernel "offload" ok probe-ifindex v_a probe-frame "$BYTES14" probe-gso 1
kernel "offload twice" "ERANGE [probe-gso]: integer out of range" probe-ifindex v_a probe-frame "$BYTES14" probe-gso 2

ktap_finish
