#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A frame that crosses into a pod brings nothing of the host's along, whatever the pod does with its interface.
#
#         psw0 192.0.2.1              x_in <- x_out     host; redirected into v_a
#          |
#     +----+-----+---------+
#    v_a        v_b       v_h         host; its other end, h_here, is in the host too
#   ..|..........|.....................
#   eth0        eth0
#    a .2        b .3                 pods; nobody has IPv6, which would speak unasked
#
# marks, trace, connection:  what the host puts on a frame stays behind, by whatever way it came
# moved:     the pod's interface in another namespace, in the host's, back; renamed; down and up
# inside:    a bridge and a guest, macvlan, ipvlan, a switch, in the pod
# any:       a tap on all of the host's devices
# promisc:   a pod that listens to all
# xdp:       a program that comes and goes
# offloads:  a stream with each of them off
# sizes:     0 to one more than the MTU
# counted:   answers, and a stream beside what a capture saw
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ping jq nft tc
without_ipv6
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24

A=a:eth0 B=b:eth0
ALL=ff:ff:ff:ff:ff:ff
MAC_A=$(mac_of a eth0)
UDP="ipv4 192.0.2.2 192.0.2.3 udp 1000 2000 data 100"
TEST="type 0x88b5 data 100"

# directly NAME PLACE FRAME...: 100 frames arrive at the place, which is b's, and none is queued
directly() {
	frames_count "queued 0" port v_b queued <<< "$1 | -n 100 -a $2=100 ${*:3}"
}

# queued NAME PLACE FRAME...: all of them are
queued() {
	frames_count "queued 100" port v_b queued <<< "$1 | -n 100 -a $2=100 ${*:3}"
}

in_b() {
	nsenter --net=/run/netns/b "$@"
}

# --- marks, trace, connection ---

# shows_marks: b counts the frames of the tests, those with mark 7, and those with priority 3
shows_marks() {
	in_b nft -f - <<-EOF
		table netdev psw_test {
			chain in {
				type filter hook ingress device eth0 priority 0;
				udp dport 2000 counter
				udp dport 2000 meta mark 7 counter
				udp dport 2000 meta priority 3 counter
			}
		}
	EOF
}

# unmarked NAME FRAME...: 100 frames arrive without mark and priority
unmarked() {
	shows_marks || return
	frames <<< "$1 | -n 100 -a $B=100 ${*:2}"
	check_equal "$1: without mark and priority" "100 0 0" \
		"$(in_b nft list chain netdev psw_test in | sed -n 's/.*packets \([0-9]*\).*/\1/p' | xargs)"
	in_b nft delete table netdev psw_test
}

# marks DEVICE { ingress | egress } [ACTION...]: each frame there gets both
marks() {
	local dev=$1 hook=$2
	shift 2

	tc qdisc add dev "$dev" clsact &&
		tc filter add dev "$dev" "$hook" matchall action skbedit mark 7 priority 3 "$@"
}

ktap_header

if marks v_a ingress; then
	unmarked "marks: by tc, on the port" "$A eth $B $A $UDP"
	frames <<-EOF
		marks: of a group | -a $B=1 $A eth $ALL $A $UDP
	EOF
	tc qdisc del dev v_a clsact
else
	skip "marks: by tc" "tc or the kernel cannot"
fi

nft -f - <<-EOF
	table netdev psw_test {
		chain in {
			type filter hook ingress device v_a priority 0;
			meta mark set 7 meta priority set 3 meta nftrace set 1
		}
	}
EOF
in_b nft -f - <<-EOF
	table ip psw_trace {
		chain in {
			type filter hook prerouting priority 0;
		}
	}
EOF
in_b nft monitor trace > "$WORK/trace" 2>&1 &
JOBS+=("$!")
unmarked "marks: by nft, on the port" "$A eth $B $A $UDP"
check_equal "trace: is not asked for in the pod" "" "$(head -1 "$WORK/trace")"
in_b nft add rule ip psw_trace in meta nftrace set 1
frame $A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 1000 2000
check "trace: unless the pod asks" busywait 5 grep -q trace "$WORK/trace"
nft delete table netdev psw_test
in_b nft delete table ip psw_trace

ip link add v_h type veth peer name h_here
ip link set v_h up
ip link set h_here up
"$PSW" port add v_h switch psw0
if marks h_here egress; then
	unmarked "marks: by the sender, in the host's namespace" "h_here eth $B h_here $UDP"
else
	skip "marks: by the sender" "tc or the kernel cannot"
fi
ip link del v_h

ip link add x_in type veth peer name x_out
ip link set x_in up
ip link set x_out up
if marks x_in ingress pipe action mirred ingress redirect dev v_a 2> /dev/null; then
	unmarked "marks: redirected into the port" "x_out eth $B $MAC_A $UDP"
else
	skip "marks: redirected into the port" "tc or the kernel cannot"
fi
ip link del x_in

# connections: b counts the frames of the tests, and those whose connection has mark 7 or is none
connections() {
	in_b nft -f - <<-EOF
		table ip psw_test {
			chain in {
				type filter hook prerouting priority 0;
				udp dport 2000 ct state new counter
				udp dport 2000 ct mark 7 counter
				udp dport 2000 ct state untracked counter
			}
		}
	EOF
}

if tc qdisc add dev v_a clsact &&
   tc filter add dev v_a ingress matchall action ct commit mark 7 2> /dev/null && connections; then
	frames <<-EOF
		connection: of the host's | -n 100 -a $B=100 $A eth $B $A $UDP
	EOF
	check_equal "connection: the pod has its own" "100 0 0" \
		"$(in_b nft list chain ip psw_test in | sed -n 's/.*packets \([0-9]*\).*/\1/p' | xargs)"
	in_b nft delete table ip psw_test
else
	skip "connection: of the host's" "tc or the kernel cannot track at ingress"
fi
tc qdisc del dev v_a clsact

# --- moved ---

background frame -n 0 $A eth "$(mac_of b eth0)" $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 500

directly "moved: not yet" $B "$A eth $B $A $TEST"
for _ in 1 2 3 4 5; do
	ip -n b -b - <<-EOF
		link set eth0 down
		link set eth0 name eth9
		link set eth9 up
	EOF
	ip -n b -b - <<-EOF
		link set eth9 down
		link set eth9 name eth0
		link set eth0 up
	EOF
done
directly "moved: renamed under traffic, down and up" $B "$A eth $B $A $TEST"
make_ns other
ip -n b link set eth0 netns other
ip -n other link set eth0 up
directly "moved: to another namespace" other:eth0 "$A eth other:eth0 $A $TEST"
ip -n other link set eth0 name h_eth0 netns 1
ip link set h_eth0 up
kill "${JOBS[-1]}"
wait "${JOBS[-1]}" 2> /dev/null
queued "moved: to the host's" h_eth0 "$A eth h_eth0 $A $TEST"
ip link set h_eth0 name eth0 netns b
ip -n b link set eth0 up
ip -n b addr add 192.0.2.3/24 dev eth0 2> /dev/null
directly "moved: back" $B "$A eth $B $A $TEST"
ip link set v_b down
ip link set v_b up
busywait 5 grep -q 1 /sys/class/net/v_b/carrier
directly "moved: the host's end down and up" $B "$A eth $B $A $TEST"
"$PSW" port del v_b
ip link set v_b down
"$PSW" port add v_b switch psw0 address 192.0.2.3
frames_count "receiver-down 1" port v_a drops <<-EOF
	moved: the host's end is down as it becomes a port | -a $B=0 $A eth $B $A $TEST
EOF
ip link set v_b up
busywait 5 grep -q 1 /sys/class/net/v_b/carrier
directly "moved: and up" $B "$A eth $B $A $TEST"

# --- inside ---

# A pod as KubeVirt makes it: its guest has the pod's MAC and address, behind a bridge.
MAC_B=$(mac_of b eth0)
make_ns guest
ip -n b -b - <<-EOF
	addr flush dev eth0
	link set eth0 address 02:00:00:00:00:77
	link add br0 type bridge
	link add tap0 type veth peer name eth0 netns guest address $MAC_B
	link set eth0 master br0
	link set tap0 master br0
	link set tap0 up
	link set br0 up
EOF
ip -n guest addr add 192.0.2.3/24 dev eth0
ip -n guest link set eth0 up
check "inside: to a guest behind a bridge" pings a 192.0.2.3
check "inside: and from it" pings guest 192.0.2.2 192.0.2.1
queued "inside: a guest's frames" guest:eth0 "$A eth $MAC_B $A $TEST"
check "inside: a guest's stream" xfer tcp guest 192.0.2.3 a 4
ip -n b link del br0
ip -n b link del tap0
ip -n b link set eth0 address "$MAC_B"
ip -n b addr add 192.0.2.3/24 dev eth0
directly "inside: without the bridge" $B "$A eth $B $A $TEST"

MAC_MV=02:00:00:00:00:88
"$PSW" address add $MAC_MV 192.0.2.33 dev v_b
if ip -n b link add link eth0 name mv0 address $MAC_MV type macvlan mode bridge 2> /dev/null; then
	ip -n b link set mv0 up
	queued "inside: a macvlan" b:mv0 "$A eth $MAC_MV $A $TEST"
	queued "inside: and the pod itself" $B "$A eth $B $A $TEST"
	frames <<-EOF
		inside: from the macvlan | -a $A=1 b:mv0 eth $A b:mv0 $TEST
	EOF
	ip -n b link del mv0
	directly "inside: without the macvlan" $B "$A eth $B $A $TEST"
else
	skip "inside: a macvlan" "the kernel has none"
fi
make_ns slave
if ip -n b link add link eth0 name ipv0 type ipvlan mode l2 2> /dev/null; then
	ip -n b link set ipv0 name eth0 netns slave
	ip -n slave addr add 192.0.2.33/24 dev eth0
	ip -n slave link set eth0 up
	check "inside: an ipvlan" pings a 192.0.2.33
	check "inside: from the ipvlan" pings slave 192.0.2.2
	check "inside: and the pod itself" pings a 192.0.2.3
	ip -n slave link del eth0
	directly "inside: without the ipvlan" $B "$A eth $B $A $TEST"
else
	skip "inside: an ipvlan" "the kernel has none"
fi
"$PSW" address del $MAC_MV 192.0.2.33 dev v_b

# A switch in pod n, behind bridges, with two ways to the switch that n is a pod of: what goes in by one could come back by
# the other.
make_pod n psw0
ip link add v_n2 type veth peer name eth1 netns n
ip link set v_n2 up
ip -n n link set eth1 up
"$PSW" port add v_n2 switch psw0
make_ns i
ip -n n link add psw1 type podswitch
check_fail "inside: a pod's interface is no port of a switch in the pod" "The other end of eth0 is a port already: v_n" \
	nsenter --net=/run/netns/n "$PSW" port add eth0 switch psw1 role uplink
ip -n n -b - <<-EOF
	link set psw1 up
	link add v_i type veth peer name eth0 netns i address 02:00:00:00:00:99
	link add br0 type bridge
	link add br1 type bridge
	link add p0 type veth peer name up0
	link add p1 type veth peer name up1
	link set eth0 master br0
	link set p0 master br0
	link set eth1 master br1
	link set p1 master br1
	$(for dev in v_i br0 br1 p0 p1 up0 up1; do echo "link set $dev up"; done)
EOF
ip -n i addr add 192.0.2.9/24 dev eth0
ip -n i link set eth0 up
nsenter --net=/run/netns/n "$PSW" port add up0 switch psw1 role uplink
nsenter --net=/run/netns/n "$PSW" port add up1 switch psw1
nsenter --net=/run/netns/n "$PSW" port add v_i switch psw1 address 192.0.2.9
"$PSW" address add 02:00:00:00:00:99 dev v_n
check "inside: a pod of a switch in a pod" pings a 192.0.2.9
check "inside: and from there" pings i 192.0.2.2
check "inside: a stream" xfer tcp i 192.0.2.9 a 4
# it comes to psw1 by each bridge, and goes out by the other one
was=$(drops v_n2 spoofed-mac)
frames <<-EOF
	inside: what goes round arrives once | -a $B=1 -a i:eth0=1 $A eth $ALL $A $UDP
EOF
check "inside: what comes back is not taken" test "$(drops v_n2 spoofed-mac)" -gt "$was"
ip netns del i
ip netns del n

# --- any ---

if command -v tcpdump > /dev/null; then
	background tcpdump -n -i any -w /dev/null ether proto 0x88b5 2> "$WORK/any.log"
	busywait 10 grep -q listening "$WORK/any.log"
	directly "any: tcpdump on all devices of the host" $B "$A eth $B $A $TEST"
	kill "${JOBS[-1]}"
	wait "${JOBS[-1]}" 2> /dev/null
	check_equal "any: saw each frame once" "100 packets received by filter" "$(grep received "$WORK/any.log")"
else
	skip "any: tcpdump on all devices of the host" "needs tcpdump"
fi

# --- promisc ---

make_pod c psw0 192.0.2.4/24
for mode in promisc allmulticast; do
	ip -n b link set eth0 $mode on
	directly "promisc: $mode, frames of its own" $B "$A eth $B $A $TEST"
	frames <<-EOF
		promisc: $mode, not another pod's | -a c:eth0=1 -a $B=0 $A eth c:eth0 $A $TEST
		promisc: $mode, groups that it has not joined | -a c:eth0=0 -a $B=1 $A eth 01:00:5e:00:00:78 $A $TEST
	EOF
	ip -n b link set eth0 $mode off
done
frames <<-EOF
	promisc: no more | -a $B=0 $A eth 01:00:5e:00:00:78 $A $TEST
EOF

# --- xdp ---

ethtool -K v_b tso off gso off > /dev/null 2>&1
# comes_and_goes: a program on b's interface, five times
comes_and_goes() {
	local pid

	for _ in 1 2 3 4 5; do
		xdp b eth0 > "$WORK/xdp" 2>&1 &
		pid=$!
		busywait 5 grep -q attached "$WORK/xdp" || return 1
		kill "$pid"
		wait "$pid" 2> /dev/null
		: > "$WORK/xdp"
	done
}
background frame -n 0 $A eth $B $A ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 500
check "xdp: comes and goes under traffic" comes_and_goes
kill "${JOBS[-1]}"
wait "${JOBS[-1]}" 2> /dev/null
directly "xdp: has gone" $B "$A eth $B $A $TEST"
ethtool -K v_b tso on gso on > /dev/null 2>&1

# --- offloads ---

# without NS FEATURE...: a stream each way while the features of both ends of a pair are off
without() {
	local ns=$1 feature off=() on=()
	shift

	for feature; do
		off+=("$feature" off)
		on+=("$feature" on)
	done
	nsenter --net="/run/netns/$ns" ethtool -K eth0 "${off[@]}" > /dev/null 2>&1
	ethtool -K "v_$ns" "${off[@]}" > /dev/null 2>&1
	check "offloads: $ns without $*" xfer tcp b 192.0.2.3 a 2
	check "offloads: $ns without $*, the other way" xfer tcp a 192.0.2.2 b 2
	nsenter --net="/run/netns/$ns" ethtool -K eth0 "${on[@]}" > /dev/null 2>&1
	ethtool -K "v_$ns" "${on[@]}" > /dev/null 2>&1
}

if command -v ethtool > /dev/null; then
	for ns in a b; do
		without $ns tso
		without $ns gso tso
		without $ns tx
		without $ns sg
		without $ns tx rx sg tso gso
	done
	in_b ethtool -K eth0 gro on
	ethtool -K v_a gro on
	check "offloads: polling at both ends" xfer tcp b 192.0.2.3 a 4
	check "offloads: polling at both ends, the other way" xfer tcp a 192.0.2.2 b 4
	in_b ethtool -K eth0 gro off
	ethtool -K v_a gro off
else
	skip "offloads" "needs ethtool"
fi

# --- sizes ---

for dev in v_a v_b; do ip link set $dev mtu 2000; done
ip -n a link set eth0 mtu 2000
# all_sizes HOW: each arrives but the last
all_sizes() {
	frames_count "too-big 1" port v_a drops <<-EOF
		sizes: nothing, $1 | -a $B=1 $A eth $B $A type 0x88b5
		sizes: 1, $1 | -a $B=1 $A eth $B $A type 0x88b5 data 1
		sizes: 45, $1 | -a $B=1 $A eth $B $A type 0x88b5 data 45
		sizes: 46, $1 | -a $B=1 $A eth $B $A type 0x88b5 data 46
		sizes: 1499, $1 | -a $B=1 $A eth $B $A type 0x88b5 data 1499
		sizes: 1500, $1 | -a $B=1 $A eth $B $A type 0x88b5 data 1500
		sizes: 1501, $1 | -a $B=0 $A eth $B $A type 0x88b5 data 1501
	EOF
}
ip link set v_b mtu 1500
all_sizes directly
tc qdisc add dev v_b root pfifo
all_sizes queued
tc qdisc del dev v_b root
for ns in a b; do
	ip link set v_$ns mtu 65535
	ip -n $ns link set eth0 mtu 65535
done
frames_count "" port v_a drops <<-EOF
	sizes: 9000 | -a $B=1 $A eth $B $A type 0x88b5 data 9000
	sizes: 65500 | -a $B=1 $A eth $B $A type 0x88b5 data 65500
EOF
for ns in a b; do
	ip link set v_$ns mtu 1500
	ip -n $ns link set eth0 mtu 1500
done

# --- counted ---

# both_ways NS DEVICE: frames and bytes of the device, in and out
both_ways() {
	if [[ $1 ]]; then
		nsenter --net="/run/netns/$1" ip -j -s link show "$2"
	else
		ip -j -s link show "$2"
	fi | jq -r '.[0].stats64 | "\(.rx.packets) \(.rx.bytes) \(.tx.packets) \(.tx.bytes)"'
}

# since SNAPSHOT SNAPSHOT
since() {
	awk '{ for (i = 1; i <= 4; i++) { d = $i - was[i]; s = s " " d; was[i] = $i } }
	     NR == 1 { s = "" }
	     END { print substr(s, 2) }' <<< "$1"$'\n'"$2"
}

was_a=$(both_ways a eth0) was_va=$(both_ways "" v_a) was_psw=$(both_ways "" psw0) was_b=$(both_ways b eth0)
frames <<-EOF
	counted: 100 answers | -n 100 -r $A=100 $A eth $ALL $A arp 1 $A 192.0.2.2 00:00:00:00:00:00 192.0.2.3 reply eth $A $B arp 2 $B 192.0.2.3 $A 192.0.2.2
EOF
check_equal "counted: answers, on the pod's end" "100 4200 100 4200" "$(since "$was_a" "$(both_ways a eth0)")"
check_equal "counted: answers, on the host's end" "100 4200 100 4200" "$(since "$was_va" "$(both_ways "" v_a)")"
check_equal "counted: answers, nowhere else" "0 0 0 0 0 0 0 0" \
	"$(since "$was_psw" "$(both_ways "" psw0)") $(since "$was_b" "$(both_ways b eth0)")"

if command -v tcpdump > /dev/null; then
	in_b tcpdump -n -B 32768 -s 64 --immediate-mode -U -i eth0 -w "$WORK/capture" 2> "$WORK/capture.log" &
	dump=$!
	JOBS+=("$dump")
	busywait 10 grep -q listening "$WORK/capture.log"
	was_b=$(both_ways b eth0) was_vb=$(both_ways "" v_b)
	check "counted: a stream, captured" xfer tcp b 192.0.2.3 a 2
	now_b=$(since "$was_b" "$(both_ways b eth0)") now_vb=$(since "$was_vb" "$(both_ways "" v_b)")
	read -r rx rxb tx txb <<< "$now_b"
	check_equal "counted: on the host's end as on the pod's" "$tx $txb $rx $rxb" "$now_vb"
	captured() {
		tcpdump -n -e -r "$WORK/capture" 2> /dev/null |
			awk '{ n++; sub(/.*\), |.*ethertype [^,]*, /, ""); sub(/:.*/, ""); sub(/length /, ""); s += $1 }
			     END { print n + 0, s + 0 }'
	}
	is_captured() {
		[[ $(captured) == "$((rx + tx)) $((rxb + txb))" ]] || { captured; return 1; }
	}
	check "counted: $((rx + tx)) frames, $((rxb + txb)) bytes, as the capture saw" busywait 5 is_captured
	kill "$dump"
	wait "$dump" 2> /dev/null
else
	skip "counted: a stream, captured" "needs tcpdump"
fi

# nested: two switches in two namespaces, each with a VLAN device on a veth that is a trunk port of the other. A frame goes
# round for ever, as in any such network; it must do so by the queue, where other work gets its turn.
nested() {
	local ns dev

	make_ns n1 n2
	ip -n n1 link add x type veth peer name trunk netns n2
	ip -n n2 link add x type veth peer name trunk netns n1
	for ns in n1 n2; do
		for dev in x trunk; do ip -n "$ns" link set "$dev" up; done
		ip -n "$ns" link add link x name x.10 type vlan id 10
		ip -n "$ns" link set x.10 up
		ip -n "$ns" link add psw type podswitch
		ip -n "$ns" link set psw up
		nsenter --net="/run/netns/$ns" "$PSW" port add x.10 switch psw pvid 10 role uplink &&
			nsenter --net="/run/netns/$ns" "$PSW" port add trunk switch psw trunk 10 mac 02:00:00:00:00:99 guard off || return
	done
	frame n1:psw eth 02:00:00:00:00:99 02:00:00:00:00:55 vlan 10 type 0x88b5 data 50
}

# has_come N: as many frames have come back to n1
has_come() {
	[[ $(ip -n n1 -j -s link show x.10 | jq '.[0].stats64.rx.packets') -ge $1 ]]
}

check "nested: a frame enters" nested
check "nested: and goes round" busywait 20 has_come 1000
check "nested: while pods reach each other" pings a 192.0.2.3
check "nested: and goes on" busywait 20 has_come 2000
ip netns del n1
ip netns del n2

ktap_finish
