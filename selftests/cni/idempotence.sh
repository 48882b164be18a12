#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A verb that is called again, too early, too late or for something that is not there does no harm.
#
#      p1            p2
#     eth0          eth0
#      |             |
#  ----+-------------+---- psw0
#
#  - DEL: never added, twice, after the namespace went, without the switch, with a damaged configuration
#  - a second ADD of an attachment is refused, and leaves the first as it is
#  - DEL takes nothing that belongs to another attachment, or is no veth
#  - what a killed ADD left is found by DEL
#  - a second ADD takes over what came to no end, or is in a namespace that is no more the container's, with its address
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq
ktap_header

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
net=$(conf '{isDefaultGateway: true}')
make_ns p1 p2 p3 p4
before=$(state)

check "DEL of what was never added" silent del "$net" p1
add "$net" p1 >"$WORK/r1"
host1=$(jq -r '.interfaces[1].name' "$WORK/r1")
mac=$(mac_of p1 eth0)
intact() {
	[[ $("$PSW" -j port show "$host1" | jq -r '.[0].mac') == "$mac" && $(mac_of p1 eth0) == "$mac" ]] &&
		in_ns p1 ping -c 1 -W 1 192.0.2.1
}
check "a second ADD is refused" refused 102 'container p1 has interface eth0 in network "net" already' add "$net" p1
check "and leaves the first as it is" busywait 5 intact
check "another container's interface of that name is refused" refused 102 'interface eth0 already exists in the container' \
	cni ADD "$net" CNI_CONTAINERID=other CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p1
check "and leaves the first as it is, too" busywait 5 intact
check "DEL of another container" silent del "$net" other
check "DEL of another interface" silent cni DEL "$net" CNI_CONTAINERID=p1 CNI_IFNAME=eth1
check "DEL of another network" silent del "$(conf '{name: "other"}')" p1
check "all leave the attachment as it is" busywait 5 intact
check "DEL" silent del "$net" p1
check "DEL once more" silent del "$net" p1
check_equal "nothing is left" "$before" "$(state)"

add "$net" p1 >/dev/null
check "DEL with a damaged configuration" silent del \
	'{"cniVersion":"0.4.0","name":"net","mtu":"x","bridge":5,"ipam":{"type":"podswitch","ranges":5},"ipMasq":"x"}' p1
check_equal "nothing is left by it" "$before" "$(state)"

ip netns add gone
add "$net" gone >/dev/null
ip netns del gone
gone() { [[ $(state) == "$before" ]]; }
check "the attachment goes with its namespace" busywait 10 gone
check "DEL after that" silent del "$net" gone

# A device of our name that is not ours.
add "$net" p1 >/dev/null
"$PSW" port del "$host1"
ip link set "$host1" nomaster 2>/dev/null
check "DEL takes a veth that is no port: a killed ADD leaves such" silent del "$net" p1
check_equal "and nothing is left" "$before" "$(state)"
ip link add "$host1" type veth peer name eth0 netns p1
"$PSW" port add "$host1" switch psw0 network other id p9 ifname eth0
check "DEL of ours, with another's port in its place" silent del "$net" p1
check "that port is not taken" ip link show "$host1"
ip link del "$host1"
ip link add "$host1" type dummy
check "DEL of ours, with a device that is no veth in its place" silent del "$net" p1
check "that device is not taken" ip link show "$host1"
ip link del "$host1"

add "$net" p1 >/dev/null
ip link del psw0
check "DEL when the switch is gone" silent del "$net" p1
# --- a second ADD of what came to no end, or is elsewhere ---

again=$(conf '{isGateway: true}')
add "$again" p2 >/dev/null
first=$(add "$again" p1)
add "$again" p3 >/dev/null
moved() { cni ADD "$again" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p4; }
second=$(moved)
check_equal "an ADD for another namespace takes over, with the same address and MAC" \
	"$(jq -c '[.ips[0].address, .interfaces[2].mac]' <<<"$first")" "$(jq -c '[.ips[0].address, .interfaces[2].mac]' <<<"$second")"
check_fail "the old namespace has no interface" "" in_ns p1 ip link show eth0
check "the new one has, and is reached" busywait 5 ping -c 1 -W 1 "$(jq -r '.ips[0].address | rtrimstr("/24")' <<<"$second")"
check "an ADD for the same namespace is still refused" refused 102 'container p1 has interface eth0 in network "net" already' moved
ip -n p4 link set eth0 down
check_equal "what was never set up is made anew, with the same address" \
	"$(jq -c '.ips[0].address' <<<"$first")" "$(moved | jq -c '.ips[0].address')"
"$PSW" port del "$(jq -r '.interfaces[1].name' <<<"$first")"
ip link set "$(jq -r '.interfaces[1].name' <<<"$first")" nomaster 2>/dev/null
ip -n p4 link set eth0 down
check "so is what was no port yet" says '.ips | length == 1' "$(moved)"
fixed=$(conf '{isGateway: true, runtimeConfig: {ips: ["192.0.2.77"]}}')
ip -n p4 link set eth0 down
check "an address that is asked for goes before the old one" says '.ips[0].address == "192.0.2.77/24"' \
	"$(cni ADD "$fixed" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p4)"
for pod in p1 p2 p3; do del "$again" $pod; done

IPAM='{type: "stub"}'
stub stub <<'END'
echo "$CNI_COMMAND" >>"$WORK/calls"
[[ $CNI_COMMAND != ADD ]] || echo '{"ips":[{"address":"192.0.2.30/24"}]}'
END
other=$(conf)
add "$other" p1 >/dev/null
check "another IPAM plugin's attachment is taken over, too" says '.ips[0].address == "192.0.2.30/24"' \
	"$(cni ADD "$other" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p4)"
check_equal "and the plugin is run with DEL in between" "ADD DEL ADD" "$(xargs <"$WORK/calls")"
del "$other" p1
check_equal "nothing is left in the end" "$before" "$(state)"
ktap_finish
