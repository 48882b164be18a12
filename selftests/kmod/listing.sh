#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is there is listed whole and in order, however much it is, and narrowed as asked.
#
#   psw0 -- p1 ... p200     of which every tenth has an owner
#        -- many            with as many addresses as a port can have
#        -- tags            with VLANs, and addresses of each kind
#   psw1 -- q1
#   psw9 -- o1              in the namespace other
#
# all, switch, owner:  lists of ports, which take many messages
# address:             and of addresses
# kinds:               VLANs, shared addresses and extra MACs, as text and JSON
# changed:             a change comes between the messages of a list
# namespace:           each shows, tells and changes what is its own
# bridge:              "bridge fdb" shows the same MACs
. "$(dirname "$0")/../lib.sh"

N=200

need_module
need_commands jq
make_switch psw0
make_switch psw1

# The other ends stay in this namespace and down.
for i in $(seq $N); do
	echo "link add p$i type veth peer name r$i"
	echo "link set p$i master psw0"
done > "$WORK/batch"
ip -b "$WORK/batch" || exit 1
ip -b - <<-EOF || exit 1
	link add q1 type veth peer name rq
	link set q1 master psw1
	link add many type veth peer name rmany
	link add tags type veth peer name rtags
EOF
seq -f "link del p%g" $N > "$WORK/delete"
printf 'link del %s\n' q1 many tags >> "$WORK/delete"
defer ip -b "$WORK/delete"
for i in $(seq 10 10 $N); do
	"$PSW" port set "p$i" network net1 pod "test/pod$i"
done
# shellcheck disable=SC2046 # a list
"$PSW" port add many switch psw0 $(printf 'address 2001:db8::%x ' $(seq 256))
"$PSW" port add tags switch psw0 mac 02:00:00:00:00:01 pvid 7 storm-limit 100 pod test/tags \
	trunk "$(seq -s, 10 2 208),4000-4094" address 192.0.2.2 address 192.0.2.2 vlan 10 \
	address 192.0.2.100 shared address 2001:db8::100 shared vlan 4094 address 02:00:00:00:00:02

# names ARGUMENT...: of the ports that psw shows, one a line
names() {
	"$PSW" -j port show "$@" | jq -r '.[].name'
}

ktap_header

WANTED=$(seq -f p%g $N; echo many; echo tags)
check_equal "all: ports of both switches, in order" "$WANTED
q1" "$(names)"
check_equal "switch: psw0's" "$WANTED" "$(names switch psw0)"
check_equal "switch: psw1's" q1 "$(names switch psw1)"
check_equal "owner: a network's" "$(seq -f p%g 10 10 $N)" "$(names network net1)"
check_equal "owner: a network's in a switch that has none" "" "$(names network net1 switch psw1)"
check_equal "owner: a pod's" p50 "$(names pod test/pod50)"
check_equal "owner: a pod's in a network that it is not in" "" "$(names network net2 pod test/pod50)"
check_equal "owner: not the start of a name" "" "$(names pod test/pod5)"

check_equal "address: 256 on one port, alone" 256 \
	"$("$PSW" -j port show many | jq '.[0].addresses | length')"
check_equal "address: 256 on one port, among others" 256 \
	"$("$PSW" -j port show | jq '.[] | select(.name == "many").addresses | length')"
check_equal "address: in the order of their declaration" "2001:db8::1 2001:db8::100" \
	"$("$PSW" -j port show many | jq -r '.[0].addresses | "\(first) \(last)"')"
check_equal "address: the switch counts them" "202 258" \
	"$("$PSW" -j switch show psw0 | jq -r '.[0] | "\(.ports) \(.addresses)"')"

# tags JQ-FILTER: of the port with VLANs
tags() {
	"$PSW" -j port show tags | jq -c ".[0] | $1"
}

check_equal "kinds: VLANs" '[7,101,{"first":10,"last":10},{"first":4000,"last":4094},100,"pod"]' \
	"$(tags '[.pvid, (.trunk | length, first, last), ."storm-limit", .role]')"
check_equal "kinds: addresses" '["192.0.2.2",7,false]["192.0.2.2",10,false]["192.0.2.100",7,true]["2001:db8::100",4094,true]["02:00:00:00:00:02",null,null]' \
	"$(tags '.address[] | [.ipv4 // .ipv6 // .mac, .vlan, .shared]' | tr -d '\n')"
check_equal "kinds: of which IP addresses are held" '["192.0.2.2","192.0.2.2"]' "$(tags .addresses)"
"$PSW" port set tags trunk 10,4000-4094
check_equal "kinds: in the text of a port" \
	"tags psw0 test/tags 02:00:00:00:00:01 mac+ip 7 10,4000-4094 100 192.0.2.2,192.0.2.2 vlan 10,192.0.2.100 shared,2001:db8::100 vlan 4094 shared,02:00:00:00:00:02 extra" \
	"$("$PSW" port show tags | tail -1 | tr -s ' ')"
check_equal "kinds: in the text of addresses" "02:00:00:00:00:01 - -
192.0.2.2 7 -
192.0.2.2 10 -
192.0.2.100 7 shared
2001:db8::100 4094 shared
02:00:00:00:00:02 - extra" "$("$PSW" address show switch psw0 | awk '$5 == "tags" { print $1, $3, $4 }')"

# psw stops when it has asked, with the first message made; then an address goes from the first port to one that is listed later.
stopped() {
	PID=$(pgrep -P "${JOBS[-1]}") && [[ $(ps -o stat= -p "$PID") == [Tt]* ]]
}
listed_while() {
	background strace -qq -o /dev/null -e trace=sendto -e inject=sendto:signal=SIGSTOP:when="$ASKS" \
		"$PSW" -j port show > "$WORK/listed"
	busywait 20 stopped || return 1
	"$@"
	kill -CONT "$PID"
	wait "${JOBS[-1]}"
}
move_address() {
	genl address-del ifindex p1 address 192.0.2.50
	genl address-new ifindex "p$N" address 192.0.2.50
}

if [[ $(command -v strace) ]]; then
	strace -qq -o "$WORK/strace" -e trace=sendto "$PSW" -j port show > /dev/null
	ASKS=$(wc -l < "$WORK/strace")
	genl address-new ifindex p1 address 192.0.2.50 > /dev/null
	check "changed: the list is made" listed_while move_address
	check_equal "changed: what moved meanwhile is where it is now, and once" "p$N" \
		"$(jq -r '.[] | select(.addresses | index("192.0.2.50")).name' "$WORK/listed")"
	genl address-del ifindex "p$N" address 192.0.2.50 > /dev/null
else
	skip "changed: what moved meanwhile is where it is now, and once" "needs strace"
fi

make_ns other
ip -n other -b - <<-EOF || exit 1
	link add psw9 index 900 type podswitch
	link add o1 index 901 type veth peer name oo
	link set o1 master psw9
EOF
other() {
	nsenter --net=/run/netns/other "$@"
}
check_equal "namespace: its ports" o1 "$(other "$PSW" -j port show | jq -r '.[].name')"
check_equal "namespace: its switches" psw9 "$(other "$PSW" -j switch show | jq -r '.[].name')"
check_equal "namespace: its addresses" o1 "$(other "$PSW" -j address show | jq -r '[.[].port] | unique | .[]')"
check_equal "namespace: none of them elsewhere" "0 0" \
	"$("$PSW" -j port show | jq 'map(select(.name == "o1")) | length') $("$PSW" -j switch show | jq 'map(select(.name == "psw9")) | length')"
check_fail "namespace: none to be had from elsewhere" "interface index 901" genl port-get ifindex 901
check_fail "namespace: none to be changed from elsewhere" "interface index 901" genl port-set ifindex 901 isolated 1
check_fail "namespace: none to be had there" "interface index $(< /sys/class/net/p1/ifindex)" \
	other genl port-get ifindex "$(< /sys/class/net/p1/ifindex)"

# heard FILE TEXT
heard() {
	grep -q "$2" "$WORK/$1"
}
background other "$PSW" monitor > "$WORK/there" 2>&1
background "$PSW" monitor > "$WORK/here" 2>&1
# Until both listen.
both_told() {
	other "$PSW" port set o1 isolated on
	"$PSW" port set p1 isolated on
	heard there o1 && heard here p1
}
check "namespace: each is told of its own" busywait 10 both_told
check_equal "namespace: and of nothing else" "" "$(grep -w p1 "$WORK/there"; grep -w o1 "$WORK/here")"

if bridge -V >/dev/null 2>&1; then
	check_equal "bridge: the ports' MACs" \
		"$("$PSW" -j address show switch psw0 | jq -r '.[].address | select(test("^(..:){5}..$"))' | sort)" \
		"$(bridge fdb show dev psw0 | awk '{ print $1 }' | sort -u)"
else
	skip "bridge: the ports' MACs" "needs bridge"
fi

ktap_finish
