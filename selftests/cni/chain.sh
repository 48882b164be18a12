#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In one list with the reference's portmap, bandwidth, tuning and firewall: each does its work on our pods, and takes it back.
#
#   [p1] eth0 ---- psw0 ---- eth0 [p2]
#                    |
#                  host
#                    | uplink 203.0.113.2, 2001:db8:ffff::2
#   [world] eth0                                    knows no way to the pods
#
# behind:     podswitch after another plugin, whose result is kept
# portmap:    a host's port answers from everywhere, by iptables and by nftables
# bandwidth:  8 Mbit/s are 8 Mbit/s, into the pod and out of it
# tuning:     sysctls, MTU, promiscuous mode; a MAC that both are told
# firewall:   a host that forwards nothing forwards what is the pod's
# whole:      all in one list, in the oldest version that has CHECK, and in the newest
# undone:     the third plugin fails
# After each, CHECK passes, and nothing is left after DEL.
. "$(dirname "$0")/chain-lib.sh"
. "$(dirname "$0")/../runtime.sh"
need_module
on_one_kernel
need_commands jq busybox nft iptables iptables-save ip6tables tc load
need_reference
[[ $(findmnt -no FSTYPE /) == overlay ]] || skip_all "only in a VM: the plugins write to the host's tables"

WEB4=203.0.113.2/8080 WEB6=2001:db8:ffff::2/8080
OURS='type: "podswitch", switch: "psw0", isDefaultGateway: true, ipMasq: true, ipam: {type: "podswitch",
	ranges: [[{subnet: "198.51.100.0/24"}], [{subnet: "2001:db8:100::/64"}]]}'
PORTMAP='type: "portmap", capabilities: {portMappings: true}'
BANDWIDTH='type: "bandwidth", capabilities: {bandwidth: true}'
TUNING='type: "tuning", sysctl: {"net.ipv4.conf.IFNAME.arp_notify": "1", "net.core.somaxconn": "500"}, mtu: 1400, promisc: true'
FIREWALL='type: "firewall", backend: "iptables"'
RUNTIME=$(jq -nc '{
	portMappings: [{hostPort: 8080, containerPort: 80, protocol: "tcp"}],
	bandwidth: {ingressRate: 8000000, ingressBurst: 400000, egressRate: 8000000, egressBurst: 400000},
	mac: "02:00:00:00:00:77"}')

# fetch NS ADDRESS/PORT: what p1 serves, as seen from there; "-" is the host
fetch() {
	local at=(in_ns "$1")

	[[ $1 != - ]] || at=()
	[[ $("${at[@]}" timeout 5 bash -c "cat <>/dev/tcp/$2") == "of p1" ]]
}

# rate CLIENT SERVER ADDRESS: of a TCP stream, in kbit/s
rate() {
	local ns

	ns=$(load tcp-stream "$1" "$2" "$3" 24) && echo $((65536 * 8 * 1000000 / ${ns%.*}))
}

# within WANTED GOT: to 20 %
within() {
	echo "$2"
	(($2 * 5 >= $1 * 4 && $2 * 5 <= $1 * 6))
}

# of_p1 FILTER: of the result kept
of_p1() {
	jq -r "$1" "$LISTS/p1.result"
}

# added NAME PLUGIN...: ADD in p1, and CHECK at once
added() {
	local name=$1
	shift

	check "$name: ADD" chain_add "$(list "$@")" p1
	check "$name: CHECK" chain_check p1
}

# removed NAME: DEL, and nothing is left
removed() {
	check "$1: DEL" chain_del p1
	check "$1: nothing is left" diff <(echo "$before") <(left)
}

left() {
	surroundings | sed 's/packets [0-9]* bytes [0-9]*//; s/policy drop/policy accept/'
}

ktap_header
defer nft flush ruleset
make_ns p1 p2
make_world
background in_ns p1 busybox nc -ll -p 80 -e echo of p1
chain_add "$(list "{$OURS}")" p2 >"$WORK/p2.result" || ktap_note "$(cat "$WORK/p2.result")"
p2=$(jq -r '.ips[0].address | sub("/.*"; "")' "$WORK/p2.result")
# What the others keep for good, chains that all pods share, is there from the first pod on.
chain_add "$(list "{$OURS}" "{$PORTMAP}" "{$PORTMAP, backend: \"nftables\"}" "{$FIREWALL, ingressPolicy: \"same-bridge\"}")" p1 >/dev/null
chain_del p1
before=$(left)

# --- behind ---

added behind '{type: "loopback"}' "{$OURS}" "{$PORTMAP}"
check "behind: the result before is kept, and ours follows" says '
	[.interfaces[] | .name][0:2] == ["lo", "psw0"] and .interfaces[3].name == "eth0"
	and [.ips[] | "\(.interface) \(.address)"][0:2] == ["0 127.0.0.1/8", "0 ::1/128"]
	and ([.ips[2:][] | .interface] == [3, 3])' "$(of_p1 .)"
check "behind: the host's port answers" fetch world $WEB4
removed behind
ip -n p1 link set lo up

# --- portmap ---

for backend in iptables nftables; do
	added "portmap, $backend" "{$OURS}" "{$PORTMAP, backend: \"$backend\"}"
	check "portmap, $backend: from the world, IPv4" fetch world $WEB4
	check "portmap, $backend: from the world, IPv6" fetch world $WEB6
	check "portmap, $backend: from another pod" fetch p2 $WEB4
	check "portmap, $backend: from the pod itself" fetch p1 $WEB4
	check "portmap, $backend: from the host, by its loopback" fetch - 127.0.0.1/8080
	removed "portmap, $backend"
	check_fail "portmap, $backend: the port is closed" "" fetch world $WEB4
done

# --- bandwidth ---

added bandwidth "{$OURS}" "{$BANDWIDTH}"
p1=$(of_p1 '.ips[0].address | sub("/.*"; "")')
check "bandwidth: from another pod" within 8000 "$(rate p2 p1 "$p1")"
check "bandwidth: to another pod" within 8000 "$(rate p1 p2 "$p2")"
check "bandwidth: from the host" within 8000 "$(rate - p1 "$p1")"
check "bandwidth: to the host" within 8000 "$(rate p1 - "$GATEWAY4")"
removed bandwidth

# --- tuning ---

added tuning "{$OURS}" "{$TUNING}"
p1=$(of_p1 '.ips[0].address | sub("/.*"; "")')
check_equal "tuning: sysctls" "1 500" "$(in_ns p1 sysctl -n net.ipv4.conf.eth0.arp_notify net.core.somaxconn | xargs)"
check "tuning: MTU and promiscuous mode" says '.[0] | .mtu == 1400 and (.flags | contains(["PROMISC"]))' \
	"$(ip -n p1 -j link show eth0)"
check "tuning: the pod is reached" in_ns p2 ping -c 1 -W 5 -s 1300 "$p1"
check "tuning: its limit was not there by itself" test "$(rate p2 p1 "$p1")" -gt 24000
removed tuning

added "MAC of both" "{$OURS, capabilities: {mac: true}}" '{type: "tuning", capabilities: {mac: true}}'
port=$(of_p1 '.interfaces[1].name')
check_equal "MAC of both: pod, port, result" "02:00:00:00:00:77 02:00:00:00:00:77 02:00:00:00:00:77" \
	"$(mac_of p1 eth0) $("$PSW" -j port show "$port" | jq -r '.[0].mac') $(of_p1 '.interfaces[2].mac')"
check "MAC of both: the pod is reached" in_ns p2 ping -c 1 -W 5 "$(of_p1 '.ips[0].address | sub("/.*"; "")')"
removed "MAC of both"

check "MAC of tuning alone: ADD" chain_add "$(list "{$OURS}" '{type: "tuning", capabilities: {mac: true}}')" p1
port=$(of_p1 '.interfaces[1].name')
in_ns p1 ping -c 1 -W 1 "$p2" >/dev/null
check "MAC of tuning alone: the guard keeps to the one it was told" test "$(drops "$port" spoofed-mac)" -gt 0
removed "MAC of tuning alone"

# --- firewall ---

iptables -P FORWARD DROP
ip6tables -P FORWARD DROP
check "firewall: without it, nothing is forwarded" chain_add "$(list "{$OURS}")" p1
check_fail "firewall: without it, the world is not reached" "" in_ns p1 ping -c 1 -W 1 "$WORLD4"
removed "firewall, without"
added firewall "{$OURS}" "{$FIREWALL, ingressPolicy: \"same-bridge\"}"
check "firewall: with it, the world is reached, IPv4" in_ns p1 ping -c 1 -W 5 "$WORLD4"
check "firewall: with it, the world is reached, IPv6" in_ns p1 ping -c 1 -W 5 "$WORLD6"
check "firewall: the switch is its bridge" grep -q "CNI-ISOLATION-STAGE-1 -i psw0 ! -o psw0" <(iptables-save)
removed firewall
iptables -P FORWARD ACCEPT
ip6tables -P FORWARD ACCEPT

# --- whole, undone ---

for VERSION in 0.4.0 1.1.0; do
	added "whole, $VERSION" "{$OURS}" "{$PORTMAP}" "{$BANDWIDTH}" "{$FIREWALL}" "{$TUNING}"
	check "whole, $VERSION: the host's port answers" fetch world $WEB4
	removed "whole, $VERSION"
done
check_fail "undone: no such sysctl, no pod" "tuning: " \
	chain_add "$(list "{$OURS}" "{$PORTMAP}" '{type: "tuning", sysctl: {"net.none": "1"}}')" p1
check "undone: nothing is left" diff <(echo "$before") <(left)
chain_del p2
ktap_finish
