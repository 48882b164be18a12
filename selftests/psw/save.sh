#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw save, the module taken out and put in again, psw restore: all is as it was, and who talks talks on.
#
#   psw0 192.0.2.1, 2001:db8::1     its MAC, settings, alias, routes
#    |-- v_a  a .2                  a client
#    |-- v_b  b .3                  a server, and a Service's backend by 10.96.0.1
#    |-- up0                        a dummy, the uplink
#    `-- psw0.10 198.51.100.1       a VLAN device, and psw0.10.20 on it
#   psw1 (limits)
#    |-- v_c  c                     isolated, hairpin, guard, limit, an owner with an odd name
#    `-- v_d  d                     VLANs, addresses in them, shared ones, MACs
#   psw2 (its MTU is set)           without ports, down
#
# same:   what is there before and after
# talk:   connections between pods, from the host, to a Service
# again:  restoring what is there does nothing, what differs is told or replaced
# broken: what cannot be restored is told, and the rest is there
# input:  what is no saved state is refused, and nothing is done
# gap:    how long a hundred ports are without their switch
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq nft ss
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "needs the module's file"

ODD=$'o"d\\d\t\x1b[31m \xc3\xbc \xf0\x9f\x90\x8b'
SERVICE=10.96.0.1

set_sysctl net.ipv4.ip_forward=1
ip link add psw0 address 02:00:00:00:0a:00 type podswitch
ip link set psw0 alias "the pods' switch" txqueuelen 77 group 5
sysctl -qw net.ipv6.conf.psw0.accept_ra=0 net.ipv4.conf.psw0.rp_filter=2 net.ipv4.neigh.psw0.gc_stale_time=77
ip addr add 192.0.2.1/24 brd + dev psw0
ip addr add 192.0.2.254/24 dev psw0 label psw0:x
ip addr add 2001:db8::1/64 dev psw0 nodad
ip addr add 2001:db8::a/64 dev psw0 nodad preferred_lft 0
ip link set psw0 up
ip link add psw0.10 link psw0 type vlan id 10 reorder_hdr off
ip addr add 198.51.100.1/24 dev psw0.10
ip link set psw0.10 up promisc on
ip link add psw0.10.20 link psw0.10 type vlan protocol 802.1ad id 20
ip link add psw1 type podswitch
ip link set psw1 up
ip link add psw2 mtu 9000 type podswitch
"$PSW" switch set psw1 max-ports 7 max-addresses 99

make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw1
make_pod d psw1
for ns in a b; do
	ip -n $ns route add default via 192.0.2.1
done
ip link add up0 type dummy
defer ip link del up0
"$PSW" port add up0 switch psw0 role uplink trunk 10
"$PSW" port set v_c isolated on hairpin on guard mac storm-limit 100 network "$ODD" id "$ODD" ifname "$ODD" \
	pod "$ODD/$ODD"
"$PSW" port set v_d pvid 7 trunk 10,20-29 router on dhcp-server on
"$PSW" address add 192.0.2.9 192.0.2.10 vlan 10 2001:db8::9 vlan 20 192.0.2.100 vlan 10 shared \
	02:00:00:00:00:98 02:00:00:00:00:99 dev v_d
"$PSW" port set v_a network pods id 0123abcd ifname eth0 pod shop/web
ip route add 203.0.113.0/24 via 192.0.2.3 dev psw0 metric 50 mtu lock 1400 advmss 1300
ip route add 203.0.114.0/24 via 203.0.113.7 dev psw0 onlink table 77 src 192.0.2.254
ip -6 route add 2001:db8:5::/64 via 2001:db8::3 dev psw0
ip -6 route add 2001:db8:6::/64 dev psw0.10 metric 9 pref high

nft -f - <<-EOF
	table ip psw_save {
		chain prerouting {
			type nat hook prerouting priority dstnat;
			iif psw0 ip daddr $SERVICE tcp dport 80 dnat to 192.0.2.3:8080
		}
	}
EOF
defer nft delete table ip psw_save

# everything: what is there, as the tools tell it; indices too
everything() {
	"$PSW" -j switch show
	"$PSW" -j port show
	ip -d -j link show type podswitch | jq -c 'del(.[].operstate)'
	ip -d -j link show type vlan | jq -c 'del(.[].operstate)'
	ip -j -d addr show psw0 | jq -c 'map(.addr_info) | del(.. | .nodad?)'
	ip -j -d addr show psw0.10 | jq -c 'map(.addr_info) | del(.. | .nodad?)'
	ip route show table all | grep psw | sort
	ip -6 route show table all | grep psw | sort
	sysctl net.ipv6.conf.psw0 net.ipv4.conf.psw0 net.ipv4.neigh.psw0 2> /dev/null
}

# reload: the module anew
reload() {
	rmmod podswitch && insmod "$PODSWITCH_MODULE"
}

# all_serve: whether b listens on its three ports
all_serve() {
	[[ $(ip netns exec b ss -Htln | wc -l) -ge 3 ]]
}

# has_heard NS PORT: whether a connection to the port has come so far that it waits
has_heard() {
	local within=()

	[[ $1 == - ]] || within=(ip netns exec "$1")
	"${within[@]}" ss -Htin "dport = :$2" | grep -q "bytes_received:1000 "
}

# talks NS ADDRESS PORT: begins a conversation that goes on when there is a file
TALKS=()
talks() {
	background talk tcp "$1" "$2" "$3" 1 1000 "$WORK/go" 2000
	TALKS+=("${JOBS[-1]}")
	busywait 10 has_heard "$1" "$3" || ktap_note "nobody answers: $*"
}

ktap_header

# --- same, talk ---

background talk serve b 0.0.0.0 7000
background talk serve b 0.0.0.0 8080
background talk serve b :: 7006
busywait 10 all_serve
talks a 192.0.2.3 7000
talks - 192.0.2.3 7000
talks a $SERVICE 80
talks a 2001:db8::3 7006
check_equal "talk: the backend's port is known to have translated connections" true \
	"$("$PSW" -j port show v_b | jq '.[0].translated')"

# An address that is still looked for on the link has no route of its own yet.
settled() { [[ ! $(ip -6 address show tentative) ]]; }
busywait 10 settled
everything > "$WORK/before"
check "save" "$PSW" save
"$PSW" save > "$WORK/saved"
check "save: pretty is the same" cmp <(jq -S . "$WORK/saved") <("$PSW" -p save | jq -S .)
check_equal "save: one switch" "psw1 v_c v_d" \
	"$("$PSW" save switch psw1 | jq -r '[.switches[].name, .ports[].name] | join(" ")')"
check_fail "save: no such switch" "psw: save: psw9: No switch has this name" "$PSW" save psw9
check "the module is changed" reload
check_equal "nothing is left of it" "" "$("$PSW" switch show)$("$PSW" port show)"
check "restore" "$PSW" restore "$WORK/saved"
everything > "$WORK/after"
check "same: all of it" diff "$WORK/before" "$WORK/after"
check "same: what is saved" diff <(jq . "$WORK/saved") <("$PSW" save | jq .)
touch "$WORK/go"
for i in "${!TALKS[@]}"; do
	names=("of two pods" "from the host" "to a Service" "of two pods, by IPv6")
	# by this shell, whose children they are
	wait "${TALKS[i]}"
	check_equal "talk: a connection ${names[i]} goes on" 0 $?
done
check "talk: the pods are found, and find the host" pings a 192.0.2.1 192.0.2.3 2001:db8::1

genl switch-set sw-ifindex psw2 last-ipv4 192.0.2.77 last-ipv6 2001:db8::77 > /dev/null
check_equal "same: a switch can be told what it gave last" "192.0.2.77 2001:db8::77" \
	"$("$PSW" -j switch show psw2 | jq -r '.[0] | "\(."last-ipv4") \(."last-ipv6")"')"
genl switch-set sw-ifindex psw2 last-ipv4 0.0.0.0 > /dev/null
check_equal "same: and that it gave none" "null 2001:db8::77" \
	"$("$PSW" -j switch show psw2 | jq -r '.[0] | "\(."last-ipv4") \(."last-ipv6")"')"

# --- again ---

"$PSW" -j -s port show > "$WORK/before"
check "again: from standard input" "$PSW" restore < "$WORK/saved"
check_equal "again: no port was made anew" "$(jq -c 'map(.stats."rx-packets" > 0)' "$WORK/before")" \
	"$("$PSW" -j -s port show | jq -c 'map(.stats."rx-packets" > 0)')"
"$PSW" port set v_c storm-limit 101
"$PSW" address del 192.0.2.9 dev v_d
"$PSW" switch set psw1 max-ports 9
check_fail "again: a port that differs is told" \
	"psw: restore: port v_c: Is there, and its storm-limit is another" "$PSW" restore "$WORK/saved"
check_fail "again: and another" "psw: restore: port v_d: Is there, and its address is another" \
	"$PSW" restore "$WORK/saved"
check_equal "again: it is left as it is" 101 "$("$PSW" -j port show v_c | jq '.[0]."storm-limit"')"
check_equal "again: a limit is put back" 7 "$("$PSW" -j switch show psw1 | jq '.[0]."max-ports"')"
check "again: ports are replaced if that is wanted" "$PSW" restore "$WORK/saved" replace
check "again: all is as it was saved" diff <(jq -S .ports "$WORK/saved") <("$PSW" save | jq -S .ports)
jq -c '(.ports[] | select(.name == "v_a").mac) = .links[0].mac' "$WORK/saved" > "$WORK/taken"
check_fail "again: what cannot replace a port is told" "psw: restore: port v_a: MAC 02:00:00:00:0a:00 is " \
	"$PSW" restore "$WORK/taken" replace
check "again: and the port is there as it was" diff <(jq -S .ports "$WORK/saved") <("$PSW" save | jq -S .ports)

# --- broken ---

"$PSW" port del v_a
"$PSW" port del v_b
"$PSW" port del v_c
ip link set v_b name renamed
ip link del v_c
"$PSW" restore "$WORK/saved" 2> "$WORK/errors"
check_equal "broken: a device that is gone is told" \
	"1 psw: restore: port v_c: Its device is not there" "$? $(< "$WORK/errors")"
check_equal "broken: the rest is there, a device with another name among them" "renamed up0 v_a v_d" \
	"$("$PSW" -j port show | jq -r 'map(.name) | sort | join(" ")')"
ip link set renamed name v_b
"$PSW" port del v_a
jq -c '(.ports[] | select(.name == "v_a").address[0].ipv4) = "192.0.2.3"' "$WORK/saved" > "$WORK/twice"
check_fail "broken: an address that two have is told by the kernel's sentence" \
	"psw: restore: port v_a: Address 192.0.2.3 is held by v_b" "$PSW" restore "$WORK/twice"
check_fail "broken: none of such a port is there" "v_a is no port" "$PSW" port show v_a
ip link del psw1
ip link add psw1 type dummy
check_fail "broken: a device of a switch's name is told" "psw: restore: device psw1: is there, and is no podswitch" \
	"$PSW" restore "$WORK/saved"
ip link del psw1
check "broken: all is there again at the end" \
	"$PSW" restore <(jq -c 'del(.ports[] | select(.name == "v_c"))' "$WORK/saved")
ip link add macvlan0 link psw2 type macvlan
check_fail "broken: a device that cannot be saved is told" \
	"psw: save: macvlan0 goes with the module and is not saved: it is a macvlan" "$PSW" save
ip link del macvlan0

# --- input ---

"$PSW" -j port show > "$WORK/before"
# refused NAME SENTENCE JQ-FILTER
refused() {
	jq -c "$3" "$WORK/saved" > "$WORK/bad"
	check_fail "input: $1" "psw: restore: $WORK/bad: $2" "$PSW" restore "$WORK/bad"
}

check_fail "input: no file" "psw: restore: Cannot open /nonexistent: No such file" "$PSW" restore /nonexistent
check_fail "input: not JSON" "is not JSON" "$PSW" restore <(echo '{"format":')
check_fail "input: more behind it" "is not JSON" "$PSW" restore <(cat "$WORK/saved"; echo x)
check_fail "input: a NUL" "it has a NUL" "$PSW" restore <(printf '{\0}')
check_fail "input: a NUL in a name" "it has a NUL" "$PSW" restore <(sed 's/shop/sh\\u0000op/' "$WORK/saved")
check_fail "input: endless" "psw: restore: Cannot read standard input: File too large" "$PSW" restore < /dev/zero
refused "another format" "is not what psw save writes" '.format = "x"'
refused "another version" "is of another version than this psw reads" '.version = 2'
refused "no ports" "ports is missing" 'del(.ports)'
refused "ports that are no list" "ports is not a list" '.ports = {}'
refused "a port that is none" "ports[1] is not an object" '.ports[1] = 7'
refused "a port without a name" "ports[0].name is missing" 'del(.ports[0].name)'
refused "a name that a terminal obeys" "ports[0].name is not the name of a device" '.ports[0].name = "a\u001bb"'
refused "a VLAN that is none" "ports[0].pvid is out of range" '.ports[0].pvid = 70000'
refused "a half VLAN" "ports[0].pvid is out of range" '.ports[0].pvid = 1.5'
refused "a MAC that is none" "ports[0].mac is not a MAC address" '.ports[0].mac = "x"'
refused "an address without one" "ports[0].address[0] has neither ipv4 nor ipv6 nor mac" '.ports[0].address[0] = {}'
refused "an address with two" "ports[0].address[0].mac is there beside another" \
	'.ports[0].address[0].mac = "02:00:00:00:00:01"'
refused "too many addresses" "ports[0].address has more items than there can be" \
	'.ports[0].address = [range(300) | { ipv4: "192.0.2.\(. % 250)" }]'
refused "a guard that is none" 'ports[0].guard is not "off"' '.ports[0].guard = "x"'
refused "an owner that is none" "ports[0].owner is not an object" '.ports[0].owner = "x"'
refused "a setting of another kind" "sysctls[0].group is none of a device" '.sysctls[0].group = "../kernel"'
refused "a setting elsewhere" "sysctls[0].key is no setting" '.sysctls[0].key = "../../x"'
refused "a device of another kind" "links[0].kind is neither" '.links[0].kind = "bridge"'
refused "two families" "routes[0] has addresses of two families" '.routes[0].dst = "::1"'
check "input: nothing was done" diff "$WORK/before" <("$PSW" -j port show)

# --- gap ---

make_ns far
for ((i = 1; i <= 100; i++)); do
	echo "link add g$i type veth peer name p$i netns far"
	echo "link set g$i up"
done | ip -b -
for ((i = 1; i <= 100; i++)); do
	"$PSW" port add g$i switch psw2 network pods id "$i" pod "shop/web-$i" address 10.0.0.$i address fd00::$i
done
start=${EPOCHREALTIME/./}
"$PSW" save > "$WORK/saved"
saved=${EPOCHREALTIME/./}
rmmod podswitch
removed=${EPOCHREALTIME/./}
insmod "$PODSWITCH_MODULE"
loaded=${EPOCHREALTIME/./}
"$PSW" restore "$WORK/saved"
status=$?
end=${EPOCHREALTIME/./}
echo "# gap: 100 ports and a few are without a switch for $(((end - saved) / 1000)) ms:" \
	"rmmod $(((removed - saved) / 1000)), insmod $(((loaded - removed) / 1000)), restore $(((end - loaded) / 1000));" \
	"save before that $(((saved - start) / 1000))"
check_equal "gap: all ports are there again" "0 100" "$status $("$PSW" -j port show switch psw2 | jq length)"
check "gap: less than two seconds" in_time $((end - saved)) 2000000

ktap_finish
