#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Lists of plugins as they are found on nodes, with nothing changed but the type, make the same pods through podswitch.
#
#     p1          p2
#    eth0        eth0
#      |           |
#  ----+-----------+---- cni0, cni-podman0, mynet0, ...: a bridge first, then a podswitch of the same name
#
#  - of each list: the reference plugins' own pods; then "bridge" is "podswitch"; then "host-local" is "podswitch" too
#  - ADD for two pods, CHECK, ping between them, DEL; each time nothing is left
#  - addresses, gateways, routes, VLANs and the order of interfaces are the reference's
#  - what others are in the list is run too, where this kernel has what they need (iptables)
. "$(dirname "$0")/chain-lib.sh"
need_module
need_commands jq nft
# host-local keeps its files where the node's own are.
[[ $(findmnt -no FSTYPE /) == overlay ]] || skip_all "only in a VM: it uses the node's own names and files"
need_reference
ktap_header

make_ns p1 p2
# Do the others' rules work on this kernel? They stay when their pods have gone.
others_work() {
	iptables -w -t nat -A POSTROUTING -d 192.0.2.255 -m comment --comment test -j MASQUERADE &&
		iptables -w -t nat -F && ip6tables -w -t nat -S
}
others_work >/dev/null 2>&1 && OTHERS=true || OTHERS=false
defer eval 'nft delete table inet podswitch 2>/dev/null; left >/dev/null'
# What is left when the others' chains have gone, which stay for their next pod.
left() {
	local table

	for table in 'ip nat' 'ip filter' 'ip6 nat' 'ip6 filter'; do
		nft "delete table $table" 2>/dev/null
	done
	state
}
before=$(left)

# seen POD HOST-END: addresses and routes of the pod, and its VLANs, as one object; VLAN 1 of a bridge is none here
seen() {
	local addresses routes vlans

	addresses=$(ip -n "$1" -j addr show eth0)
	vlans=$(bridge -j vlan show dev "$2")
	routes=$({ ip -n "$1" -j route; ip -n "$1" -6 -j route; } | jq -cs add)
	jq -nS --argjson addresses "$addresses" --argjson routes "$routes" --argjson vlans "${vlans:-[]}" '{
		vlans: [$vlans[].vlans[] | (.flags // []) as $flags | range(.vlan; (.vlanEnd // .vlan) + 1) | select(. != 1) | [., $flags]],
		addresses: [$addresses[0].addr_info[] | select(.scope == "global") | "\(.local)/\(.prefixlen)"] | sort,
		up: ($addresses[0].flags | index("UP") != null), mtu: $addresses[0].mtu,
		routes: [$routes[] | select(.dst | startswith("fe80") or startswith("ff00") | not)
			 | [.dst, .gateway, .dev, .metric]] | sort}'
}
# told RESULT: of the result, what a runtime reads
told() {
	jq -S '{ips, routes, dns: (.dns | if . == {} then null else . end),
		interfaces: [.interfaces[] | if .sandbox == null or .sandbox == "" then "host" else [.name, .sandbox] end]}' <<<"$1"
}
# pods LIST: two come, are looked at and go; what was seen of the first is in $SEEN, and what was told in $TOLD
pods() {
	local failed=0

	come "$1" || failed=1
	[[ ! -e $LISTS/p1 ]] || chain_del p1 || failed=1
	[[ ! -e $LISTS/p2 ]] || chain_del p2 || failed=1
	return $failed
}
come() {
	local one two address

	one=$(chain_add "$1" p1 2>&1) || { echo "$one"; return 1; }
	two=$(chain_add "$1" p2 2>&1) || { echo "$two"; return 1; }
	SEEN=$(seen p1 "$(jq -r '.interfaces[1].name' <<<"$one")")
	TOLD=$(told "$one")
	# There is none before 0.4.0.
	if [[ $(jq -r .cniVersion <<<"$1") != 0.3.* ]]; then
		silent chain_check p1 && silent chain_check p2 || return 1
	fi
	address=$(jq -r '.ips[0].address // "none/" | split("/")[0]' <<<"$two")
	[[ $address == none ]] || busywait 5 in_ns p1 ping -c 1 -W 1 "$address" || { echo "p1 does not reach p2"; return 1; }
}
# forget NAME BRIDGE: what the reference and host-local leave
forget() {
	rm -rf "/var/lib/cni/networks/$1"
	ip link del "$2" 2>/dev/null
	ip link show type vlan -j 2>/dev/null | jq -r '.[].ifname // empty' | xargs -r -n 1 ip link del
}
# judged LIST: as pods, with the same seen and told as the reference
judged() {
	pods "$1" || return 1
	diff <(echo "$REFERENCE_SEEN") <(echo "$SEEN") && diff <(echo "$REFERENCE_TOLD") <(echo "$TOLD")
}

# moves NAME <<LIST: the cases of one list
moves() {
	local name=$1 list bridge network ours own
	list=$(cat)
	network=$(jq -r .name <<<"$list")
	bridge=$(jq -r '.plugins[0].bridge // "cni0"' <<<"$list")
	$OTHERS || list=$(jq -c '.plugins |= .[:1]' <<<"$list")

	# The reference's masquerading is the reference's: its rules are not compared.
	forget "$network" "$bridge"
	pods "$(jq -c '.plugins[0].ipMasq = false' <<<"$list")" >"$WORK/said" ||
		{ check_equal "$name: the reference itself" '' "$(<"$WORK/said")"; return; }
	REFERENCE_SEEN=$SEEN REFERENCE_TOLD=$TOLD
	forget "$network" "$bridge"

	ours=$(jq -c '.plugins[0].type = "podswitch"' <<<"$list")
	# The default name of a bridge is not ours.
	[[ $bridge != cni0 ]] || bridge=$(jq -r '.plugins[0].bridge // "psw0"' <<<"$list")
	ip link del "$bridge" 2>/dev/null
	check "$name: \"bridge\" is \"podswitch\"" judged "$ours"
	check_equal "$name: nothing is left" "$before" "$(left)"
	own=$(jq -c '.plugins[0].ipam |= if .type == "host-local" then .type = "podswitch" else . end' <<<"$ours")
	[[ $own != "$ours" ]] || return
	ip link del "$bridge" 2>/dev/null
	check "$name: \"host-local\" is \"podswitch\", too" judged "$own"
	check_equal "$name: nothing is left then, too" "$before" "$(left)"
	forget "$network" "$bridge"
}

moves "containerd" <<'END'
{ "cniVersion": "1.0.0", "name": "containerd-net", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "promiscMode": true,
    "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "192.0.2.0/25" } ], [ { "subnet": "2001:db8:88::/64" } ] ],
              "routes": [ { "dst": "0.0.0.0/0" }, { "dst": "::/0" } ] } },
  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
END
moves "CRI-O" <<'END'
{ "cniVersion": "1.0.0", "name": "crio", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "routes": [ { "dst": "0.0.0.0/0" }, { "dst": "::/0" } ],
              "ranges": [ [ { "subnet": "198.51.100.0/24" } ], [ { "subnet": "2001:db8::/32" } ] ] } } ] }
END
moves "podman" <<'END'
{ "cniVersion": "0.4.0", "name": "podman", "plugins": [
  { "type": "bridge", "bridge": "cni-podman0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "routes": [ { "dst": "0.0.0.0/0" } ],
              "ranges": [ [ { "subnet": "203.0.113.0/24", "gateway": "203.0.113.1" } ] ] } },
  { "type": "portmap", "capabilities": { "portMappings": true } },
  { "type": "firewall" },
  { "type": "tuning" } ] }
END
# What flannel makes of "delegate", its subnet file and kube-flannel's settings.
moves "flannel's delegate" <<'END'
{ "cniVersion": "0.3.1", "name": "cbr0", "plugins": [
  { "type": "bridge", "name": "cbr0", "hairpinMode": true, "isGateway": true, "isDefaultGateway": true, "ipMasq": false, "mtu": 1450,
    "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "198.51.100.0/25" } ] ], "routes": [ { "dst": "198.51.100.0/24" } ] } } ] }
END
moves "k3s, flannel's delegate" <<'END'
{ "cniVersion": "1.0.0", "name": "cbr0", "plugins": [
  { "type": "bridge", "name": "cbr0", "hairpinMode": true, "forceAddress": true, "isGateway": true, "isDefaultGateway": true,
    "ipMasq": false, "mtu": 1450,
    "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "198.51.100.0/25" } ], [ { "subnet": "2001:db8:42::/64" } ] ],
              "routes": [ { "dst": "198.51.100.0/24" }, { "dst": "2001:db8:42::/56" } ] } },
  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
END
moves "nerdctl" <<'END'
{ "cniVersion": "1.0.0", "name": "bridge", "nerdctlID": "17f29b073143", "nerdctlLabels": {}, "plugins": [
  { "type": "bridge", "bridge": "nerdctl0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
    "ipam": { "ranges": [ [ { "gateway": "192.0.2.129", "subnet": "192.0.2.128/25" } ] ],
              "routes": [ { "dst": "0.0.0.0/0" } ], "type": "host-local" } },
  { "type": "portmap", "capabilities": { "portMappings": true } },
  { "type": "firewall", "ingressPolicy": "same-bridge" },
  { "type": "tuning" } ] }
END
moves "the plugin's handbook" <<'END'
{ "cniVersion": "0.3.1", "name": "mynet", "plugins": [
  { "type": "bridge", "bridge": "mynet0", "isDefaultGateway": true, "forceAddress": false, "ipMasq": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "subnet": "192.0.2.0/24" } } ] }
END
moves "the plugin's handbook, layer 2" <<'END'
{ "cniVersion": "0.3.1", "name": "mynet", "plugins": [ { "type": "bridge", "bridge": "mynet0", "ipam": {} } ] }
END
moves "the plugin's handbook, VLAN" <<'END'
{ "cniVersion": "0.3.1", "name": "mynet", "plugins": [ { "type": "bridge", "bridge": "mynet0", "vlan": 100, "ipam": {} } ] }
END
moves "the plugin's handbook, trunk" <<'END'
{ "cniVersion": "0.3.1", "name": "mynet", "plugins": [
  { "type": "bridge", "bridge": "mynet0", "vlanTrunk": [ { "id": 42 }, { "minID": 200, "maxID": 299 } ], "preserveDefaultVlan": true,
    "ipam": {} } ] }
END
moves "host-local's handbook" <<'END'
{ "cniVersion": "0.3.1", "name": "example", "plugins": [
  { "type": "bridge", "bridge": "mynet0", "isGateway": true,
    "ipam": { "type": "host-local",
              "ranges": [ [ { "subnet": "192.0.2.0/25" },
                            { "subnet": "192.0.2.128/25", "rangeStart": "192.0.2.150", "rangeEnd": "192.0.2.160", "gateway": "192.0.2.254" } ],
                          [ { "subnet": "2001:db8:5::/64", "rangeStart": "2001:db8:5::1:1" } ] ],
              "routes": [ { "dst": "0.0.0.0/0" }, { "dst": "198.51.100.0/24", "gw": "192.0.2.9" }, { "dst": "2001:db8:5:8000::/49" } ] } } ] }
END
ktap_finish
