#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel tree's own YNL client, which knows nothing but genl/podswitch.yaml, and psw read and do the same.
#
#   psw0 -- v_a -- eth0 in a     with addresses of all kinds, VLANs, a limit, an owner, drops
#        -- up0                  the uplink
#        -- dum0                 with nothing
#
# read:   switches and ports, all, one, and narrowed by owner, compared whole
# probe:  what becomes of frames
# write:  what the YNL client makes, changes and deletes is what psw shows
# events: ports and violations are what psw monitor prints
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

# What YNL says of a port, in psw's words. psw tells devices by name. An address outside all VLANs has none.
PORT='{
	ifindex, name, switch: "psw0", role, mac, guard: (.guard | sub("mac-ip"; "mac+ip")),
	isolated: (.isolated == 1), hairpin: (.hairpin == 1), pvid, trunk: (.trunk // []),
	"storm-limit", translated: (.translated == 1),
	router: (.router == 1), "dhcp-server": (.["dhcp-server"] == 1), owner,
	address: [(.address // [])[] | if .mac then { mac } else {
		ipv4, ipv6, vlan: (.vlan // 0), shared: (.shared == 1)
	} | with_entries(select(.value != null)) end],
	addresses: [(.address // [])[] | select(.shared != 1) | .ipv4 // .ipv6 // empty], stats
} | with_entries(select(.value != null))'
PORTS="[.[] | $PORT]"
SWITCHES='[.[] | {
	ifindex, name, mac, mtu, ports, "max-ports", addresses, "max-addresses",
	"last-ipv4", "last-ipv6", uplink: (.uplink // empty | "up0"), stats
} | with_entries(select(.value != null))]'
VIOLATION='{
	ifindex, name, switch: "psw0", owner, drops: (.drops | with_entries(select(.value > 0))),
	mac, vlan, ipv4, ipv6
} | with_entries(select(.value != null))'

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
"$PSW" port set v_a isolated on hairpin on router on network net1 id 0123abcd ifname eth0 pod test/a
for link in dum0 up0; do
	ip link add $link type dummy
	defer ip link del $link
done
"$PSW" port add dum0 switch psw0
frame -n 3 a:eth0 eth 02:00:00:00:00:99 a:eth0 ipv4 192.0.2.2 192.0.2.3
frame -n 2 a:eth0 eth psw0 02:00:00:00:00:99 ipv4 192.0.2.2 192.0.2.3
"$PSW" port add up0 switch psw0 role uplink pvid 7 trunk 10
"$PSW" port set v_a trunk 10,20-29 storm-limit 1000
"$PSW" address add 192.0.2.2 vlan 10 2001:db8::100 shared 192.0.2.100 vlan 20 shared \
	02:00:00:00:00:98 dev v_a
SW=$(< /sys/class/net/psw0/ifindex) A=$(< /sys/class/net/v_a/ifindex)
DUM=$(< /sys/class/net/dum0/ifindex)

ktap_header

same "read: all ports" "$PORTS" "$(ynl --dump port-get)" port show
same "read: one port" "$PORTS" "$(ynl --do port-get --json "{\"ifindex\": $A}")" port show v_a
same "read: the ports of a network" "$PORTS" \
	"$(ynl --dump port-get --json '{"owner": {"network": "net1", "pod-name": "a"}}')" \
	port show network net1
same "read: all switches" "$SWITCHES" "$(ynl --dump switch-get)" switch show
# probes NAME DEVICE HEX: psw and YNL are told the same of a frame
probes() {
	check_equal "probe: $1" \
		"$(ynl --do probe --json "{\"ifindex\": $(< "/sys/class/net/$2/ifindex"), \"frame\": \"$3\"}" |
			jq -c '[.kind, .step[] | if type == "object" then
				[.step, .verdict, .name, .way, .cause, .mac, (.drop | . != null)] else . end]')" \
		"$("$PSW" -j probe from "$2" frame "$3" |
			jq -c '.frames[0] | [.kind, .steps[] | if type == "object" then
				[.step, .verdict, .device, .way, .cause, .mac, has("drop")] else . end]')"
}

MAC_A=$(mac_of a eth0 | tr -d :)
probes "a broadcast frame" v_a "ffffffffffff${MAC_A}88b50000"
probes "a forged frame" v_a "ffffffffffff02000000007788b50000"
probes "a question of the host" psw0 "ffffffffffff02000000007708060001080006040001020000000077c0000201000000000000c0000202"
check "write: a port deleted, made and changed, a switch changed" ynl \
	--multi port-del "{\"ifindex\": $DUM}" \
	--multi port-new "{\"switch\": $SW, \"ifindex\": $DUM, \"mac\": \"020000000044\",
		\"guard\": \"mac-ip\", \"owner\": {\"network\": \"n\"}, \"role\": \"pod\",
		\"trunk\": [{\"first\": 5}, {\"first\": 4000, \"last\": 4094}], \"pvid\": 4,
		\"address\": [{\"ipv4\": $((192 << 24 | 2 << 8 | 44)), \"vlan\": 5},
			{\"ipv4\": $((192 << 24 | 2 << 8 | 44)), \"vlan\": 4094, \"shared\": 1},
			{\"mac\": \"020000000045\"}]}" \
	--multi port-set "{\"ifindex\": $DUM, \"guard\": \"off\", \"isolated\": 1, \"storm-limit\": 9}" \
	--multi switch-set "{\"ifindex\": $SW, \"max-ports\": 5}"
check_equal "write: psw shows the port" \
	'["02:00:00:00:00:44","off",true,false,4,"5,5-5 4000,4000-4094",9,["192.0.2.44"],{"network":"n"}]' \
	"$("$PSW" -j port show dum0 | jq -c '.[0] | [.mac, .guard, .isolated, .hairpin, .pvid,
		(.trunk | map("\(.first),\(.first)-\(.last)") | join(" ")), ."storm-limit", .addresses,
		.owner]')"
check_equal "write: psw shows all its addresses" \
	'["192.0.2.44",5,false]["192.0.2.44",4094,true]["02:00:00:00:00:45",null,null]' \
	"$("$PSW" -j port show dum0 | jq -c '.[0].address[] | [.ipv4 // .mac, .vlan, .shared]' | tr -d '\n')"
check_equal "write: psw shows the switch" 5 \
	"$("$PSW" -j switch show psw0 | jq '.[0]."max-ports"')"

# --- events ---

for group in ports violations; do
	background /usr/bin/python3 "$TREE/selftests/genl/listen.py" "$YNL" \
		"$TREE/genl/podswitch.yaml" $group > "$WORK/ynl-$group"
	check "events: YNL listens to $group" busywait 30 grep -q listening "$WORK/ynl-$group"
	background "$PSW" -j monitor $group > "$WORK/psw-$group"
done
MONITOR=${JOBS[-1]}

# changed: whether psw monitor prints a change of a port
changed() {
	"$PSW" port set v_a hairpin off
	[[ -s $WORK/psw-ports ]]
}

# violated: whether psw monitor prints a violation
violated() {
	frame a:eth0 eth psw0 a:eth0 ipv4 192.0.2.76 192.0.2.3
	[[ -s $WORK/psw-violations ]]
}

# events FILE: what came from the one that begins the comparison
events() {
	sed -n '/4321\|192.0.2.77/,$p' "$WORK/$1"
}

# told N GROUP: whether both have told of so many events
told() {
	[[ $(events "ynl-$2" | wc -l) -ge $1 && $(events "psw-$2" | wc -l) -ge $1 ]]
}

check "events: psw monitor tells of ports" busywait 30 changed
"$PSW" port set v_a storm-limit 4321
"$PSW" address del 192.0.2.2 vlan 10 dev v_a
"$PSW" port set v_a isolated off network net2 pod test/a
"$PSW" port del dum0
"$PSW" port add dum0 switch psw0
check "events: five of ports" busywait 30 told 5 ports
check_equal "events: of ports, the same" \
	"$(events ynl-ports | jq -cS "{event: .name} + (.msg | $PORT | del(.stats))")" \
	"$(events psw-ports | jq -cS .)"
check_equal "events: one of them of a port that has gone" \
	'["port-del-ntf","dum0"]' \
	"$(events psw-ports | jq -c 'select(.event != "port-ntf") | [.event, .name]')"

# What is dropped while a report is under way is in the next one.
check "events: psw monitor tells of violations" busywait 30 violated
frame -n 3 a:eth0 eth psw0 a:eth0 ipv4 192.0.2.77 192.0.2.3
check "events: a violation" busywait 30 told 1 violations
frame a:eth0 eth psw0 02:00:00:00:00:66 ipv6 2001:db8::66 2001:db8::1 udp 1 2
check "events: another" busywait 30 told 2 violations
check_equal "events: of violations, the same" \
	"$(events ynl-violations | jq -cS "{event: .name} + (.msg | $VIOLATION)")" \
	"$(events psw-violations | jq -cS .)"
check_equal "events: whose violation, what, from whom" \
	'["v_a","a",["spoofed-mac"],"02:00:00:00:00:66","2001:db8::66"]' \
	"$(events psw-violations | tail -1 | jq -c '[.name, .owner."pod-name", (.drops | keys), .mac, .ipv6]')"
kill -INT "$MONITOR"
wait "$MONITOR"
check_equal "events: SIGINT ends psw monitor well" 0 $?

# --- the text ---

"$PSW" -t monitor violations > "$WORK/text" &
MONITOR=$!
JOBS+=("$MONITOR")

# violates: whether psw monitor tells of a violation
violates() {
	frame a:eth0 eth psw0 a:eth0 ipv4 192.0.2.77 192.0.2.3
	[[ -s $WORK/text ]]
}

check "text: psw monitor tells of a violation" busywait 30 violates
check "text: in words" grep -Eqx "\[20[^]]*\] violation v_a switch psw0 pod test/a: sent [0-9]+ frames? from a \
foreign IPv4 address \(spoofed-ipv4\); the first from mac [0-9a-f:]+ ip 192.0.2.77" "$WORK/text"
"$PSW" port set v_a hairpin on
kill "$MONITOR"
wait "$MONITOR"
check_equal "text: SIGTERM ends psw monitor well" 0 $?
check_fail "text: of violations alone" "" grep -q "port v_a" "$WORK/text"

ktap_finish
