#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw doctor finds nothing on a node that is well, names each fault, and the command that it prints mends the fault.
#
#     web         client      evil        idle
#     eth0        eth0        eth0        eth0
#      |           |           |           |
#  ----+-----------+-----------+-----------+---- psw0   192.0.2.1, 2001:db8::1; made by the plugin, masqueraded
#                                           |
#                                         host
#
# well:    after pods were made, have talked, to absent addresses too, and are gone; what stays is no problem
# faults:  each alone, by its check, with the pod and the number; and gone after the command that mends it
# two:     the six that a new user is to find, each within two commands that psw help leads to
# blind:   without privileges, without the module; how long it takes
. "$(dirname "$0")/../cni/lib.sh"
need_module
need_commands jq nft ping setpriv
ktap_header

PATH=$BUILD:$PATH
CONF=$WORK/net.d
IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
MEMBERS='{isDefaultGateway: true, ipMasq: true}'
mkdir "$CONF"
tables=$(nft list tables)
make_ns web client evil idle
net=$(conf "$MEMBERS")
jq '{cniVersion, name, plugins: [del(.cniVersion, .name)]}' <<< "$net" > "$CONF/10-net.conflist"

# port POD: its port's name
port() {
	psw -j port show pod "shop/$1" | jq -r '.[0].name'
}
# pod POD
pod() {
	add "$net" "$1" CNI_ARGS="K8S_POD_NAMESPACE=shop;K8S_POD_NAME=$1"
}
# address POD
address() {
	ip -n "$1" -4 -j addr show eth0 | jq -r '.[0].addr_info[0].local'
}

# doctor [WORD...]
doctor() {
	psw -j doctor cni-bin "$BUILD" cni-conf "$CONF" "$@"
}
# found STATUS CHECK TEXT: it is among the findings of that check
found() {
	local findings

	findings=$(doctor "$2")
	jq -e --arg status "$1" --arg text "$3" \
		'any(.[]; .status == $status and (.text | contains($text)))' <<< "$findings" || { echo "$findings"; return 1; }
}
# mend CHECK TEXT: runs what is said to mend it
mend() {
	local command

	command=$(doctor "$1" | jq -r --arg text "$2" 'first(.[] | select(.text | contains($text))).mend // empty')
	[[ $command ]] || { echo "nothing mends it"; return 1; }
	bash -ec "$command" || { echo "$command"; return 1; }
}
# gone CHECK TEXT
gone() {
	local findings

	findings=$(doctor "$1")
	jq -e --arg text "$2" 'all(.[]; .text | contains($text) | not)' <<< "$findings" || { echo "$findings"; return 1; }
}
# fault STATUS CHECK TEXT: it is named, and mended by what is said to
fault() {
	check "$2: $3" busywait 5 found "$@"
	check "$2: $3: is mended" mend "$2" "$3"
	check "$2: $3: is gone" busywait 5 gone "$2" "$3"
}
# is_well [CHECK...]: no problem, and no notice but those that this machine gives
is_well() {
	local findings

	findings=$(doctor "$@") || { echo "$findings"; return 1; }
	jq -e 'all(.[]; .status == "ok" or .check == "module" or .check == "host")' <<< "$findings" || { echo "$findings"; return 1; }
}

# --- well ---

result=$(pod web)
attachment web web
attached=("${ATTACHMENT[@]}")
for name in client evil idle; do pod "$name" > /dev/null; done
web=$(port web) client=$(port client) evil=$(port evil) idle=$(port idle)
check "well: pods that were just made" is_well
check "well: they talk" pings client "$(address web)" "$(address evil)" 192.0.2.1 2001:db8::1
in_ns client ping -q -c 3 -i 0.2 -W 1 192.0.2.200 > /dev/null 2>&1
in_ns client ping -q -c 3 -i 0.2 -W 1 2001:db8::200 > /dev/null 2>&1
in_ns web ping -q -c 1 -W 1 203.0.113.9 > /dev/null 2>&1
ping -q -c 1 -W 1 192.0.2.201 > /dev/null 2>&1
nft -f - <<-EOF
	table ip svc {
		chain services {
			type nat hook prerouting priority dstnat
			ip daddr 198.51.100.10 dnat to $(address web)
		}
	}
EOF
check "well: a Service on the same node" pings client 198.51.100.10 198.51.100.10
nft delete table ip svc
frame idle:eth0 eth 01:80:c2:00:00:0e idle:eth0 type 0x88cc data 46
frame -n 5 idle:eth0 eth 02:00:00:00:00:98 idle:eth0 type 0x88b5 data 46
idle_address=$(address idle)
in_ns client ping -q -c 20 -i 0.05 -W 1 "$idle_address" > /dev/null 2>&1 &
del "$net" idle
wait "$!"
pod idle > /dev/null
check "well: after everyday life" is_well
check_equal "well: all checks are told" 15 "$(doctor | jq -r '.[].check' | sort -u | wc -l)"
check "well: as text, a line each" grep -qx 'ok *pods *all of their interfaces are up' <(psw doctor pods)

# --- faults ---

WEB=$(address web)
UDP="udp 1000 2000 data 20"
NONE=00:00:00:00:00:00 ALL=ff:ff:ff:ff:ff:ff

# renew POD: as new, without the counts
renew() {
	del "$net" "$1"
	pod "$1" > /dev/null
}

# sent "N FRAMES" WORDS FRAME...: what evil sent is told, with the pod and the number, and of nobody else
sent() {
	local number=$1 words=$2
	shift 2

	frame "$@"
	check "drops: $words" found problem drops "shop/evil on $evil sent $number"
	check "drops: $words: so it is called" found problem drops "$words"
	check "drops: $words: nobody else is suspected" test 1 = "$(doctor drops | jq length)"
	check "drops: $words: exit status 1" test 1 = "$(doctor drops > /dev/null; echo $?)"
	renew evil
	check "drops: $words: a new pod begins anew" is_well drops
}

# shellcheck disable=SC2086 # a list
sent "12 frames" "from an IPv4 address that is not its own" \
	-n 12 evil:eth0 eth psw0 evil:eth0 ipv4 192.0.2.99 192.0.2.1 $UDP
# shellcheck disable=SC2086 # a list
sent "1 frame" "from an IPv6 address that is not its own" \
	evil:eth0 eth psw0 evil:eth0 ipv6 2001:db8::99 2001:db8::1 $UDP
sent "3 frames" "from a MAC that is not its own" -n 3 evil:eth0 eth psw0 02:00:00:00:00:99 type 0x88b5 data 46
sent "2 frames" "claim a foreign IPv4 address by ARP: a duplicate address" \
	-n 2 evil:eth0 eth $ALL evil:eth0 arp 1 evil:eth0 "$WEB" $NONE "$WEB"
link_local=$(ip -n evil -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s/\/.*//')
sent "1 frame" "claim a foreign IPv6 address: a duplicate address" \
	evil:eth0 eth 33:33:00:00:00:01 evil:eth0 ipv6 "$link_local" ff02::1 na 0x20 2001:db8::1 lladdr 2 evil:eth0
sent "1 frame" "that only a router may send" \
	evil:eth0 eth 33:33:00:00:00:01 evil:eth0 ipv6 "$link_local" ff02::1 ra lladdr 1 evil:eth0
sent "4 frames" "with a VLAN tag" -n 4 evil:eth0 eth psw0 evil:eth0 vlan 5 type 0x88b5 data 46
psw port set "$evil" trunk 7
sent "4 frames" "in a VLAN that is not of its port" -n 4 evil:eth0 eth psw0 evil:eth0 vlan 5 type 0x88b5 data 46
psw port set "$evil" storm-limit 1
sent "" "to groups beyond its storm limit" -n 9 evil:eth0 eth $ALL evil:eth0 type 0x88b5 data 46
frame -n 200 evil:eth0 eth 02:00:00:00:00:98 evil:eth0 type 0x88b5 data 46
check "drops: many frames to nobody" found notice drops "shop/evil on $evil sent 200 frames to MACs that no port holds"
renew evil

psw port set "$web" isolated on
psw port set "$client" isolated on
in_ns client ping -q -c 1 -W 1 "$WEB" > /dev/null
check "ports: isolated, with what was lost" \
	found notice ports "shop/client on $client is isolated from other isolated ports (1 now; frames dropped: 1)"
fault notice ports "shop/web on $web is isolated"
fault notice ports "shop/client on $client is isolated"
check "ports: not isolated, they talk again" pings client "$WEB"
psw port set "$idle" guard off
fault notice ports "shop/idle on $idle holds IP addresses, and its guard is \"off\""

ip -n idle link set eth0 down
fault problem pods "shop/idle on $idle: the pod's interface eth0 is down"
ip link set "$idle" down
fault problem pods "shop/idle on $idle: the port is down"
ip -n idle link set eth0 address 02:00:00:00:00:77
fault problem pods "shop/idle on $idle: the pod's interface eth0 has MAC 02:00:00:00:00:77"

ip -n idle link set eth0 mtu 1400
fault problem mtu "shop/idle on $idle: the MTU is 1500 bytes at the port and 1400 at the pod's interface eth0"
ip link set "$idle" mtu 1400
fault problem mtu "shop/idle on $idle: the MTU is 1400 bytes at the port and 1500 at the pod's"
ip -n idle link set eth0 mtu 1400
ip link set "$idle" mtu 1400
fault problem mtu "shop/idle on $idle has an MTU of 1400 bytes, and other pods of psw0 have 1500"
ip link set psw0 mtu 9000
fault problem mtu "psw0 has an MTU of 9000 bytes, and its pods have 1500"

ip -n evil addr add "$WEB/24" dev eth0
fault problem addresses "shop/evil on $evil: the pod has given itself $WEB, a duplicate: shop/web on $web has it"
ip -n evil addr add 2001:db8::1/64 dev eth0 nodad
fault problem addresses "given itself 2001:db8::1, a duplicate: the host has it"
ip -n idle addr add 192.0.2.177/24 dev eth0
fault problem addresses "shop/idle on $idle: the pod has given itself 192.0.2.177, which its port does not declare"
ip addr add "$WEB/32" dev lo
check "addresses: the host's" found problem addresses "the host has $WEB on lo, a duplicate: shop/web on $web holds it"
ip addr del "$WEB/32" dev lo
check "addresses: are well again" is_well addresses
renew idle
renew evil

# masquerade_mends HOW
masquerade_mends() {
	check "masquerade: $1: both subnets are missed" test 2 = "$(doctor masquerade | jq length)"
	fault problem masquerade '192.0.2.0/24 of network "net" is not masqueraded'
	fault problem masquerade '2001:db8::/64 of network "net" is not masqueraded'
	check "masquerade: $1: the plugin's CHECK takes what mends for its own" \
		cni CHECK "$(with_result "$net" "$result")" "${attached[@]}"
}
nft delete table inet podswitch
masquerade_mends "the table is gone"
nft flush table inet podswitch
masquerade_mends "the rules are gone"

# conf_file NAME TEXT
conf_file() {
	printf '%s\n' "$2" > "$CONF/$1"
}
conf_file 05-other.conflist '{"cniVersion": "1.0.0", "name": "other", "plugins": [{"type": "bridge"}]}'
fault problem configuration '05-other.conflist comes before'
conf_file 04-broken.conf $'{"cniVersion": "1.0.0",\n "name": "x",\n }'
check "configuration: broken" found problem configuration "04-broken.conf is not a JSON object; the fault is at line 3"
rm "$CONF/04-broken.conf"
conf_file 90-more.conf "$(conf '{name: "more", uplink: "none0"}')"
check "configuration: what STATUS says" \
	found problem configuration 'network "more" cannot take pods: "uplink": "none0" is missing'
rm "$CONF/90-more.conf"
mkdir "$WORK/empty"
check "configuration: none" \
	grep -qF "no configuration in $WORK/empty is for podswitch" <(psw doctor configuration cni-conf "$WORK/empty")

build=$BUILD BUILD=$WORK/other
mkdir "$BUILD"
cp "$build/podswitch" "$BUILD/"
chmod 644 "$BUILD/podswitch"
fault problem plugin "podswitch cannot be executed"
rm "$BUILD/podswitch"
check "plugin: none" found problem plugin "the plugin is not there"
printf '#!/bin/sh\necho {}\n' > "$BUILD/podswitch"
chmod 755 "$BUILD/podswitch"
check "plugin: another program" found problem plugin "does not answer VERSION: it is another program"
printf '#!/bin/sh\nexec tail -f /dev/null\n' > "$BUILD/podswitch"
check "plugin: one that does not end" found problem plugin "does not answer VERSION: Connection timed out"
BUILD=$build

set_sysctl net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
fault problem forwarding "the host does not forward IPv4, and psw0 is a gateway"
fault problem forwarding "the host does not forward IPv6, and psw0 is a gateway"

ip link set psw0 down
fault problem switches "switch psw0 is down"
ip addr del 192.0.2.1/24 dev psw0
fault problem switches 'psw0 lacks 192.0.2.1, the gateway of network "net"'
ip addr replace 2001:db8::1/64 dev psw0 nodad
psw switch set psw0 max-ports 4 max-addresses 8
fault problem switches "psw0 has 4 ports, of 4 at most"
fault problem switches "psw0 has 8 addresses, of 8 at most"
ip link add up0 type veth peer name up1
psw port add up0 switch psw0 role uplink
fault problem switches "up0, the uplink of psw0, is down"
check "switches: an uplink without carrier" busywait 5 found problem switches "up0, the uplink of psw0, has no carrier"
ip link del up0
check "switches: are well again" is_well switches

set_sysctl net.netfilter.nf_conntrack_max=1
# With the table full of what was before, one may be refused.
tracks() { pings '' "$WEB" > /dev/null; [[ $(< /proc/sys/net/netfilter/nf_conntrack_count) -gt 0 ]]; }
busywait 20 tracks
fault problem conntrack "connections are tracked, of 1 at most"

ip link add psw0123456789ab type veth peer name left0
fault notice leftovers "psw0123456789ab was made by the plugin, and is no port"
nft add chain inet podswitch masq-00000000-00000000 \
	'{ type nat hook postrouting priority srcnat; comment "203.0.113.0/24 of gone"; }'
fault notice leftovers "masquerading of 203.0.113.0/24 of gone is left"
ip link add psw9 type podswitch
fault notice leftovers "psw9 has no ports, and no configuration names it"
touch /run/netns/stale
fault notice leftovers "/run/netns/stale is no network namespace any more"
busywait 5 is_well
check "faults: all are mended" is_well

# The same by iptables, for a network of its own.
# can TOOL: does the kernel know what it takes?
can() {
	in_ns idle "$1" -w -t nat -A POSTROUTING -d 192.0.2.1 -m comment --comment x -j MASQUERADE &&
		in_ns idle "$1" -w -t nat -F POSTROUTING
}
if [[ ! -x /usr/sbin/iptables ]] || ! can iptables > /dev/null 2>&1; then
	skip "masquerade: iptables" "there is none, or the kernel lacks something"
else
	make_ns old
	old=$(IPAM='{type: "podswitch", subnet: "203.0.113.0/24"}' conf \
		'{name: "old", bridge: "psw1", isGateway: true, ipMasq: true, ipMasqBackend: "iptables"}')
	conf_file 50-old.conf "$old"
	old_result=$(add "$old" old)
	check "masquerade: iptables: is well" is_well masquerade
	rule=$(iptables -w -t nat -S POSTROUTING | sed -n 's/^-A \(POSTROUTING -s 203.*\)/\1/p')
	eval "iptables -w -t nat -D $rule"
	fault problem masquerade '203.0.113.0/24 of network "old" is not masqueraded'
	check "masquerade: iptables: the rule is as it was" test "$rule" = \
		"$(iptables -w -t nat -S POSTROUTING | sed -n 's/^-A \(POSTROUTING -s 203.*\)/\1/p')"
	check_equal "masquerade: iptables: and its chain too" 3 "$(iptables -w -t nat -S "${rule##* }" | grep -c ^-A)"
	attachment old old
	check "masquerade: iptables: the plugin's CHECK takes it for its own" \
		cni CHECK "$(with_result "$old" "$old_result")" "${ATTACHMENT[@]}"
	del "$old" old
	ip link del psw1
	rm "$CONF/50-old.conf"
	# what iptables makes for its own use
	for family in ip ip6; do
		grep -q "^table $family nat$" <<< "$tables" || nft delete table $family nat 2> /dev/null
	done
fi

# --- two: psw help, and psw doctor ---

ip -n evil addr add "$WEB/24" dev eth0
# shellcheck disable=SC2086 # a list
frame -n 12 evil:eth0 eth psw0 evil:eth0 ipv4 192.0.2.99 192.0.2.1 $UDP
frame -n 2 evil:eth0 eth $ALL evil:eth0 arp 1 evil:eth0 "$WEB" $NONE "$WEB"
web=$(port web) evil=$(port evil) idle=$(port idle) client=$(port client)
psw port set "$web" isolated on
ip -n idle link set eth0 down
ip -n client link set eth0 mtu 1400
nft delete table inet podswitch
check "two: psw help leads there" grep -qw doctor <(psw help)
psw doctor cni-bin "$BUILD" cni-conf "$CONF" > "$WORK/six"
while read -r line; do
	check "two: $line" grep -qF "$line" "$WORK/six"
done <<-EOF
	shop/evil on $evil sent 12 frames from an IPv4 address that is not its own: spoofing
	shop/evil on $evil sent 2 frames that claim a foreign IPv4 address by ARP: a duplicate address
	shop/evil on $evil: the pod has given itself $WEB, a duplicate: shop/web on $web has it
	shop/web on $web is isolated
	shop/idle on $idle: the pod's interface eth0 is down
	shop/client on $client: the MTU is 1500 bytes at the port and 1400 at the pod's interface eth0
	192.0.2.0/24 of network "net" is not masqueraded
EOF

# --- blind ---

start=${EPOCHREALTIME/./}
doctor > /dev/null
took=$(((${EPOCHREALTIME/./} - start) / 1000))
check "blind: it takes $took ms" in_time "$took" 300

chmod 755 "$WORK"
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	psw -j doctor cni-bin "$BUILD" cni-conf "$CONF" > "$WORK/blind" 2> "$WORK/errors"
check_equal "blind: without privileges, no errors" '' "$(< "$WORK/errors")"
# blind CHECK TEXT
blind() {
	jq -e --arg check "$1" --arg text "$2" 'any(.[]; .check == $check and (.text | contains($text)))' "$WORK/blind" ||
		{ cat "$WORK/blind"; return 1; }
}
check "blind: sees what it can" blind ports "is isolated"
check "blind: says what of the pods was not checked" blind pods "not checked: Permission denied"
check "blind: and of the rules" blind masquerade "not checked: Operation not permitted"

ip -n idle link set eth0 name "a;touch\${IFS}x"
check "blind: a pod's name for its interface is no command" \
	grep -qF "set 'a;touch\${IFS}x' up" <(doctor pods | jq -r '.[].mend // empty')
ip -n idle link set "a;touch\${IFS}x" name eth0
for name in web client evil idle; do del "$net" "$name"; done
check "blind: no pods" is_well

if [[ -f ${PODSWITCH_MODULE:-} ]]; then
	ip link del psw0
	rmmod podswitch
	check "blind: no module" found problem module "the module is not loaded"
	check "blind: no module, and the switches are not checked" found notice switches "not checked: The kernel module podswitch is not loaded"
	insmod "$PODSWITCH_MODULE"
fi
ktap_finish
