# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For bench/measure to source, after lib.sh: what is compared, each with the function that builds it.
# shellcheck disable=SC2034 # for the others
#
# The two pods are namespaces a and b, each with a device eth0 and an address; what lies between is the peer's affair:
#
#   [a: eth0 192.0.2.1] ---- v_a ---- peer ---- v_b ---- [b: eth0 192.0.2.2]
#                                      |
#                                   the host, 192.0.2.254
#
# cable      no host end at all: one veth pair, an end in each pod (and a second pair between host and a)
# macvlan, ipvlan   no veth: eth0 of both stands on a dummy device, "lower"; the host is not on it
# redirects  what comes in by v_a goes out by v_b and the other way round; nothing is looked up, the host is not on it

A=192.0.2.1 B=192.0.2.2 HOST=192.0.2.254
IN_PODS="forward forward-held tcp-rr udp-rr tcp-crr tcp-stream udp-stream"
WITH_HOST="pod-host-rr host-pod-rr pod-host-stream host-pod-stream"

declare -A PEER_TITLE PEER_SETUP PEER_LOADS
PEERS=()

# peer KEY LOADS TITLE SETUP...: a row of the table; SETUP is what builds it
peer() {
	PEERS+=("$1")
	PEER_LOADS[$1]=$2
	PEER_TITLE[$1]=$3
	PEER_SETUP[$1]="${*:4}"
}

peer cable "$IN_PODS $WITH_HOST arp broadcast" "cable: one veth between the pods" cable
peer podswitch "$IN_PODS $WITH_HOST" "podswitch, guard mac+ip" podswitch mac+ip direct
peer podswitch-mac forward "podswitch, guard mac" podswitch mac direct
peer podswitch-off forward "podswitch, guard off" podswitch off direct
peer queued "$IN_PODS" "podswitch, guard mac+ip, queued" podswitch mac+ip queued
peer queued-off forward "podswitch, guard off, queued" podswitch off queued
peer redirect-peer "$IN_PODS" "bpf_redirect_peer, constant" redirect_peer
peer switch-peer "$IN_PODS" "bpf_redirect_peer, table and guard" switch_peer
peer netkit "$IN_PODS" "netkit L2, bpf_redirect, constant" netkit
peer mirred "$IN_PODS" "tc mirred redirect" mirred
peer ipvlan "$IN_PODS" "ipvlan L2" ipvlan
peer macvlan "$IN_PODS" "macvlan, bridge mode" macvlan
peer ovs "$IN_PODS $WITH_HOST" "Open vSwitch kernel datapath" ovs
peer bridge "$IN_PODS $WITH_HOST" "Linux bridge" bridge
peer bridge-nf "$IN_PODS $WITH_HOST" "Linux bridge, br_netfilter" bridge_netfilter

# Each setup_ function leaves two pods that reach each other, and HOST_ADDRESS and POD_ADDRESS where the host takes part.
# It may end early: the last words on stderr are then the reason why there are no figures.

veth_pods() {
	local ns

	for ns in a b; do
		ip link add "v_$ns" type veth peer name eth0 netns "$ns" && ip link set "v_$ns" up || return
	done
}

# Last step of each: addresses, and one packet each way, so that whoever learns has learnt.
start_pods() {
	ip -n a addr add "$A/24" dev eth0 && ip -n b addr add "$B/24" dev eth0 &&
		ip -n a link set eth0 up && ip -n b link set eth0 up || return
	busywait 10 ip netns exec a ping -q -c 1 -W 1 "$B" || { echo "the pods do not reach each other" >&2; return 1; }
}

setup_cable() {
	ip link add eth0 netns a type veth peer name eth0 netns b &&
		ip link add v_a type veth peer name eth1 netns a &&
		ip link set v_a up && ip addr add 198.51.100.254/24 dev v_a &&
		ip -n a link set eth1 up && ip -n a addr add 198.51.100.1/24 dev eth1 &&
		start_pods || return
	HOST_ADDRESS=198.51.100.254 POD_ADDRESS=198.51.100.1
}

# setup_podswitch GUARD { direct | queued }: a tc hook on the host end makes frames take veth's own transmit
setup_podswitch() {
	ip link add psw0 type podswitch && ip link set psw0 up && ip addr add "$HOST/24" dev psw0 && veth_pods &&
		"$PSW" port add v_a switch psw0 address "$A" guard "$1" &&
		"$PSW" port add v_b switch psw0 address "$B" guard "$1" || return
	[[ $2 == direct ]] || { tc qdisc add dev v_a clsact && tc qdisc add dev v_b clsact; } || return
	start_pods
}

setup_bridge() {
	ip link add br0 type bridge && ip link set br0 up && ip addr add "$HOST/24" dev br0 && veth_pods &&
		ip link set v_a master br0 && ip link set v_b master br0 && start_pods
}

# As Kubernetes nodes run it: bridged packets go through the host's iptables hooks, and connections are tracked.
setup_bridge_netfilter() {
	modprobe br_netfilter && sysctl -qw net.bridge.bridge-nf-call-iptables=1 && nft -f - <<-RULES && setup_bridge
		table ip podswitch_bench {
			chain forward {
				type filter hook forward priority 0;
				ct state established,related accept
			}
		}
	RULES
}

setup_macvlan() {
	ip link add lower type dummy && ip link set lower up &&
		ip link add link lower name eth0 netns a type macvlan mode bridge &&
		ip link add link lower name eth0 netns b type macvlan mode bridge && start_pods
}

setup_ipvlan() {
	ip link add lower type dummy && ip link set lower up &&
		ip link add link lower name eth0 netns a type ipvlan mode l2 &&
		ip link add link lower name eth0 netns b type ipvlan mode l2 && start_pods
}

setup_mirred() {
	veth_pods && tc qdisc add dev v_a clsact && tc qdisc add dev v_b clsact &&
		tc filter add dev v_a ingress matchall action mirred egress redirect dev v_b &&
		tc filter add dev v_b ingress matchall action mirred egress redirect dev v_a && start_pods
}

setup_redirect_peer() {
	veth_pods && plumb redirect-peer v_a v_b && plumb redirect-peer v_b v_a && start_pods
}

# The same with what podswitch does for IPv4: the source's MAC and address are checked, the destination is looked up.
setup_switch_peer() {
	veth_pods && plumb switch-peer v_a "$(mac_of a eth0)" "$A" v_b "$(mac_of b eth0)" &&
		plumb switch-peer v_b "$(mac_of b eth0)" "$B" v_a "$(mac_of a eth0)" && start_pods
}

# The program is at the pod's end; bpf_redirect_peer() is only for tc ingress, so it is bpf_redirect() to the other pair.
setup_netkit() {
	plumb netkit v_a eth0 a && plumb netkit v_b eth0 b && ip link set v_a up && ip link set v_b up &&
		plumb netkit-redirect v_a v_b && plumb netkit-redirect v_b v_a && start_pods
}

# Flows as its daemon would have installed them: by port and destination. Ports: 0 the host, 1 a, 2 b.
setup_ovs() {
	local macs in out all=ff:ff:ff:ff:ff:ff

	modprobe -q openvswitch
	plumb ovs-dp ovs0 && veth_pods && plumb ovs-port ovs0 v_a && plumb ovs-port ovs0 v_b || return
	ip link set ovs0 up
	ip addr add "$HOST/24" dev ovs0
	macs=("$(mac_of_link ovs0)" "$(mac_of a eth0)" "$(mac_of b eth0)")
	for in in 0 1 2; do
		for out in 0 1 2; do
			(( in == out )) || plumb ovs-flow ovs0 $in "${macs[out]}" $out || return
		done
		plumb ovs-flow ovs0 $in $all $(( (in + 1) % 3 )) $(( (in + 2) % 3 )) || return
	done
	start_pods
}

mac_of_link() {
	< "/sys/class/net/$1/address" cat
}

# build PEER: from nothing; the reason of a failure is the last line on stderr
build() {
	HOST_ADDRESS=$HOST POD_ADDRESS=$A
	# shellcheck disable=SC2086 # a function and its arguments
	setup_${PEER_SETUP[$1]}
}

# Away with whatever a peer has made. Where br_netfilter is a module it goes too: loaded, it costs the plain bridge.
unbuild() {
	local ns dev

	[[ ! -e /sys/class/net/ovs0 ]] || plumb ovs-del ovs0
	for dev in psw0 br0 lower v_a v_b; do
		[[ ! -e /sys/class/net/$dev ]] || ip link del "$dev"
	done
	for ns in a b; do
		for dev in eth0 eth1; do
			ip -n "$ns" link del "$dev" 2>/dev/null
		done
	done
	nft delete table ip podswitch_bench 2>/dev/null
	if [[ -e /proc/sys/net/bridge ]]; then
		sysctl -qw net.bridge.bridge-nf-call-iptables=0
		rmmod br_netfilter 2>/dev/null
	fi
	return 0
}
