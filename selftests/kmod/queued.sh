#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where something has to see a frame on its way into a pod, the frame goes by the host end's own transmit; else directly.
#
#         psw0
#          |
#     +----+-----+-------+
#    v_a        v_b     ...          host; what watches is put on v_b, or on eth0 in b
#   ..|..........|..............
#   eth0        eth0
#    a           b                   pods
#
# Each: 100 frames from a arrive and are queued; without it, they arrive directly again.
#
# qdisc, tc, nft, tap:      on the host end
# xdp, bridged:             on the pod's end
# here, queues, dummy:      an end in the host's namespace, several queues, no veth at all
. "$(dirname "$0")/../lib.sh"

need_module
make_switch psw0
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24

A=a:eth0 B=b:eth0
UDP=(ipv4 192.0.2.2 192.0.2.3 udp 1000 2000 data 100)

# sent WAY DEVICE FRAME...: 100 frames go queued or directly to the port of DEVICE
sent() {
	local way=$1 dev=$2 was queued
	shift 2

	was=$(stats_of port "$dev")
	frame -n 100 "$@" || return 1
	queued=$(stats_since "$was" port "$dev" queued)
	echo "$queued"
	case $way in
	queued) [[ ${queued#queued } -ge 100 ]] ;;
	directly) [[ ${queued#queued } -lt 50 ]] ;;
	esac
}

# watched NAME WAY COMMAND...: how frames go to b after the command
watched() {
	local name=$1 way=$2
	shift 2

	"$@" || { check "$name" false; return; }
	check "$name" sent "$way" v_b -a $B=100 $A eth $B $A "${UDP[@]}"
}

nothing() { :; }

# tc_has ARGUMENT...: does it, if this kernel can
tc_has() {
	tc "$@" 2>/dev/null
}

nft_counted() {
	nft list chain netdev psw_test out | grep -q "packets 1[0-9][0-9] "
}

ktap_header

watched "nothing: directly" directly nothing
for qdisc in "tbf rate 1gbit burst 1mb limit 1mb" "fq" "pfifo"; do
	# shellcheck disable=SC2086 # a list
	if ! tc_has qdisc add dev v_b root $qdisc; then
		skip "qdisc: ${qdisc%% *}" "tc or the kernel has none"
		continue
	fi
	watched "qdisc: ${qdisc%% *}" queued nothing
	watched "qdisc: ${qdisc%% *} removed" directly tc qdisc del dev v_b root
done

if tc_has qdisc add dev v_b clsact; then
	watched "tc: egress filter" queued \
		tc filter add dev v_b egress matchall action pass
	tc filter replace dev v_b egress pref 1 protocol ip flower action drop
	check "tc: egress filter that drops" \
		frame -a $B=0 $A eth $B $A "${UDP[@]}"
	watched "tc: removed" directly tc qdisc del dev v_b clsact
else
	skip "tc: egress filter" "tc or the kernel has no clsact"
fi

if command -v nft >/dev/null && nft -f - 2>/dev/null <<-EOF
	table netdev psw_test {
		chain out {
			type filter hook egress device v_b priority 0;
			counter
		}
	}
EOF
then
	watched "nft: egress chain" queued nothing
	check "nft: the chain saw them" nft_counted
	watched "nft: removed" directly nft delete table netdev psw_test
else
	skip "nft: egress chain" "nft or the kernel has none"
fi

if command -v tcpdump >/dev/null; then
	background tcpdump -n --immediate-mode -s 200 -i v_b -c 200 -w "$WORK/tap" udp \
		2> "$WORK/tap.log"
	busywait 10 grep -q listening "$WORK/tap.log"
	watched "tap: tcpdump on the host end" queued nothing
	frame -n 100 -a $A=100 $B eth $A $B \
		ipv4 192.0.2.3 192.0.2.2 udp 2000 1000 data 100 > /dev/null
	busywait 10 grep -q "200 packets captured" "$WORK/tap.log"
	check_equal "tap: saw both directions" "100 100" \
		"$(tcpdump -n -r "$WORK/tap" 2>/dev/null |
		   awk '/> 192.0.2.3/ { to++ } /> 192.0.2.2/ { from++ }
			END { print to + 0, from + 0 }')"
	watched "tap: ended" directly nothing
else
	skip "tap: tcpdump on the host end" "needs tcpdump"
fi

# XDP wants a frame in one piece.
ethtool -K v_b tso off gso off > /dev/null 2>&1
background xdp b eth0 > "$WORK/xdp" 2>&1
if busywait 5 grep -q attached "$WORK/xdp"; then
	watched "xdp: native program on the pod's end" queued nothing
	kill "${JOBS[-1]}"
	wait "${JOBS[-1]}" 2>/dev/null
	watched "xdp: removed" directly nothing
else
	skip "xdp: native program on the pod's end" "$(head -1 "$WORK/xdp")"
fi

ip -n b link add br0 type bridge
ip -n b link set br0 up
watched "bridged: the pod's end in a bridge" queued ip -n b link set eth0 master br0
watched "bridged: no more" directly ip -n b link set eth0 nomaster

ip link add v_h type veth peer name h_here
ip link set v_h up
ip link set h_here up
"$PSW" port add v_h switch psw0
check "here: an end in the host's namespace" \
	sent queued v_h -a h_here=100 $A eth h_here $A "${UDP[@]}"
ip link del v_h

make_ns m
ip link add v_m numtxqueues 4 numrxqueues 4 type veth \
	peer name eth0 netns m numtxqueues 4 numrxqueues 4
ip link set v_m up
ip -n m link set eth0 up
"$PSW" port add v_m switch psw0
check "queues: several of them" \
	sent queued v_m -a m:eth0=100 $A eth m:eth0 $A "${UDP[@]}"

ip link add psw_dum type dummy
ip link set psw_dum up
"$PSW" port add psw_dum switch psw0 mac 02:00:00:00:00:44
check "dummy: a device that is no veth" \
	sent queued psw_dum $A eth 02:00:00:00:00:44 $A "${UDP[@]}"
check_equal "dummy: is promiscuous while it is a port" 1 \
	"$(ip -d -o link show psw_dum | grep -c 'promiscuity 1 ')"
"$PSW" port del psw_dum
check_equal "dummy: and no more" 1 \
	"$(ip -d -o link show psw_dum | grep -c 'promiscuity 0 ')"
ip link del psw_dum

was=$(stats_of port v_b)
check "host: its own frames" \
	frame -n 100 -a $B=100 psw0 eth $B psw0 "${UDP[@]}"
queued=$(stats_since "$was" port v_b queued)
check "host: are queued" test "${queued#queued }" -ge 100

ktap_finish
