#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# GC removes the attachments of its network that the runtime does not know any more, and nothing else.
#
#     p1: net     p2: net     p3: other    x1: no runtime's
#      |           |           |            |
#  ----+-----------+-----------+------------+---- psw0
#
#  - those that are listed stay, those that are not go; another network's, and ports that no runtime made, stay
#  - the list as null, under its older name; in an environment of empty variables, as runtimes give it
#  - a veth pair that a killed ADD of the network left before it was a port goes; another network's, and a stranger's, stay
#  - with the last port, masquerading goes
#  - another IPAM plugin is run with GC; its error is told, and does not stop the rest
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
make_ns p1 p2 p3
before=$(state)

# gc LIST [MEMBERS]: LIST is JSON, an array of containers, or null
gc() {
	local conf
	conf=$(conf "${2:-}" | jq -c --argjson list "$1" \
		'. + {"cni.dev/valid-attachments": ($list | if . then map({containerID: ., ifname: "eth0"}) else . end)}')
	cni GC "$conf" CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= CNI_ARGS=
}
ports() {
	"$PSW" -j port show | jq -c '[.[] | .owner["container-id"] // "none"] | sort'
}

for pod in p1 p2; do add "$(conf '{ipMasq: true}')" "$pod" >/dev/null; done
add "$(conf '{name: "other"}')" p3 >/dev/null
ip link add x1 type veth peer name x1p
"$PSW" port add x1 switch psw0 network net
check_equal "four ports" '["none","p1","p2","p3"]' "$(ports)"
check "GC with all that are there" silent gc '["p1", "p2"]'
check_equal "they stay" '["none","p1","p2","p3"]' "$(ports)"
check "GC without one" silent gc '["p1", "unknown"]'
check_equal "it goes, the others stay" '["none","p1","p3"]' "$(ports)"
check "its pod's end is gone" test ! -e "$(in_ns p2 sh -c 'ls -d /sys/class/net/eth0' 2>/dev/null)"
check "another interface of the container is not the one listed" silent cni GC \
	"$(conf '{"cni.dev/attachments": [{containerID: "p1", ifname: "eth1"}]}')"
check_equal "the older name of the key is understood" '["none","p3"]' "$(ports)"
add "$(conf '{ipMasq: true}')" p1 >/dev/null
check "no list: nothing is known to be stale" silent cni GC "$(conf)" 2>/dev/null
check_equal "all stay" '["none","p1","p3"]' "$(ports)"
check "null is an empty list" silent gc null
check_equal "all of the network go" '["none","p3"]' "$(ports)"

# What an ADD leaves that is killed when it has made its veth pair.
unfinished() {
	local end

	end=$(add "$(conf "$1")" p2 | jq -r '.interfaces[1] | "\(.name) \(.mac)"')
	del "$(conf "$1")" p2
	ip link add "${end% *}" address "${end#* }" type veth peer name eth0 netns p2
	echo "${end% *}"
}
end=$(unfinished '{}')
check "GC, with a pair that is no port yet" silent gc '[]'
check_fail "it goes" "" ip link show "$end"
end=$(unfinished '{name: "other2"}')
ip link add psw0123456789ab type veth peer name x2p
check "GC, with another network's" silent gc '[]'
check "that one stays" ip link show "$end"
check "and so does a stranger's of such a name" ip link show psw0123456789ab
ip link del "$end"
ip link del psw0123456789ab
check_equal "all ports stay, too" '["none","p3"]' "$(ports)"

ip link del x1
del "$(conf '{name: "other"}')" p3
add "$(conf '{ipMasq: true}')" p1 >/dev/null
check "masquerading is there" grep -q '192.0.2.0/24 of net' <(nft list ruleset)
check "GC of all" silent gc '[]' '{ipMasq: true}'
check_equal "nothing is left, masquerading neither" "$before" "$(state)"

IPAM='{type: "stub"}'
stub stub <<'END'
echo "$CNI_COMMAND" >>"$WORK/calls"
case $CNI_COMMAND in
ADD) echo '{"ips":[{"address":"192.0.2.9/24"}]}' ;;
GC) [[ ! -e $WORK/bad ]] || { echo '{"code":130,"msg":"cannot"}'; exit 1; } ;;
esac
END
add "$(conf)" p1 >/dev/null
check "GC is forwarded" silent gc '["p1"]'
check_equal "to the IPAM plugin" "ADD GC" "$(xargs <"$WORK/calls")"
touch "$WORK/bad"
check "its error is told" refused 130 'IPAM plugin "stub": cannot' gc '[]'
check_equal "and does not stop the rest" "$before" "$(state)"
ktap_finish
