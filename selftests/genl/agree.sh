#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel tree's own YNL client, which knows nothing but genl/podswitch.yaml, and psw read and do the same.
#
#   psw0 -- v_a -- eth0 in a     with addresses, an owner, drops
#        -- dum0                 with nothing
#
# read:  switches and ports, all, one, and narrowed by owner, compared whole
# write: what the YNL client makes, changes and deletes is what psw shows
. "$(dirname "$0")/../lib.sh"

YNL=${PODSWITCH_CACHE:-$HOME/.cache/podswitch}/ksrc/tools/net/ynl

need_module
need_commands jq
[[ -f $YNL/cli.py ]] || skip_all "needs the kernel's tools: run scripts/ksrc once"
/usr/bin/python3 -c "import yaml" 2>/dev/null || skip_all "needs python3-yaml"

ynl() {
	/usr/bin/python3 "$YNL/cli.py" --no-schema --spec "$TREE/genl/podswitch.yaml" \
		--output-json "$@"
}

# What YNL says of ports, in psw's words. psw tells switches by name.
PORTS='[.[] | {
	ifindex, name, switch: "psw0", mac, guard: (.guard | sub("mac-ip"; "mac+ip")),
	isolated: (.isolated == 1), hairpin: (.hairpin == 1), owner,
	addresses: [(.address // [])[] | .ipv4 // .ipv6], stats
} | with_entries(select(.value != null))]'
SWITCHES='[.[] | {
	ifindex, name, mac, mtu, ports, "max-ports", addresses, "max-addresses",
	"last-ipv4", "last-ipv6", stats
} | with_entries(select(.value != null))]'

# same NAME FILTER YNL-ANSWER PSW-ARGUMENT...: psw shows what YNL got
same() {
	local name=$1 filter=$2 answer=$3
	shift 3

	check_equal "$name" "$(jq -cS "if type == \"array\" then . else [.] end | $filter" <<< "$answer")" \
		"$("$PSW" -j -s "$@" | jq -cS .)"
}

make_switch psw0 192.0.2.1/24
OFF=net.ipv6.conf.default.disable_ipv6
defer sysctl -qw "$OFF=$(sysctl -n $OFF)"
sysctl -qw $OFF=1 net.ipv6.conf.psw0.disable_ipv6=1
NS_SYSCTLS=("$OFF=1")
make_pod a psw0 192.0.2.2/24
"$PSW" address add 2001:db8::2 2001:db8:0:1::2 dev v_a
"$PSW" port set v_a isolated on hairpin on network net1 id 0123abcd ifname eth0 pod test/a
ip link add dum0 type dummy
defer ip link del dum0
"$PSW" port add dum0 switch psw0
frame -n 3 a:eth0 eth 02:00:00:00:00:99 a:eth0 ipv4 192.0.2.2 192.0.2.3
frame -n 2 a:eth0 eth psw0 02:00:00:00:00:99 ipv4 192.0.2.2 192.0.2.3
SW=$(< /sys/class/net/psw0/ifindex) A=$(< /sys/class/net/v_a/ifindex)
DUM=$(< /sys/class/net/dum0/ifindex)

ktap_header

same "read: all ports" "$PORTS" "$(ynl --dump port-get)" port show
same "read: one port" "$PORTS" "$(ynl --do port-get --json "{\"ifindex\": $A}")" port show v_a
same "read: the ports of a network" "$PORTS" \
	"$(ynl --dump port-get --json '{"owner": {"network": "net1", "pod-name": "a"}}')" \
	port show network net1
same "read: all switches" "$SWITCHES" "$(ynl --dump switch-get)" switch show
check "write: a port deleted, made and changed, a switch changed" ynl \
	--multi port-del "{\"ifindex\": $DUM}" \
	--multi port-new "{\"switch\": $SW, \"ifindex\": $DUM, \"mac\": \"020000000044\",
		\"guard\": \"mac-ip\", \"owner\": {\"network\": \"n\"},
		\"address\": [{\"ipv4\": $((192 << 24 | 2 << 8 | 44))}]}" \
	--multi port-set "{\"ifindex\": $DUM, \"guard\": \"off\", \"isolated\": 1}" \
	--multi switch-set "{\"ifindex\": $SW, \"max-ports\": 5}"
check_equal "write: psw shows the port" \
	'["02:00:00:00:00:44","off",true,false,["192.0.2.44"],{"network":"n"}]' \
	"$("$PSW" -j port show dum0 | jq -c '.[0] |
		[.mac, .guard, .isolated, .hairpin, .addresses, .owner]')"
check_equal "write: psw shows the switch" 5 \
	"$("$PSW" -j switch show psw0 | jq '.[0]."max-ports"')"

ktap_finish
