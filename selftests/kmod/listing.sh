#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is there is listed whole and in order, however much it is, and narrowed as asked.
#
#   psw0 -- p1 ... p200     of which every tenth has an owner
#        -- many            with as many addresses as a port can have
#   psw1 -- q1
#
# all, switch, owner:  lists of ports, which take many messages
# address:             and of addresses
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
EOF
seq -f "link del p%g" $N > "$WORK/delete"
printf 'link del %s\n' q1 many >> "$WORK/delete"
defer ip -b "$WORK/delete"
for i in $(seq 10 10 $N); do
	"$PSW" port set "p$i" network net1 pod "test/pod$i"
done
# shellcheck disable=SC2046 # a list
"$PSW" port add many switch psw0 $(printf 'address 2001:db8::%x ' $(seq 256))

# names ARGUMENT...: of the ports that psw shows, one a line
names() {
	"$PSW" -j port show "$@" | jq -r '.[].name'
}

ktap_header

WANTED=$(seq -f p%g $N; echo many)
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
check_equal "address: the switch counts them" "201 256" \
	"$("$PSW" -j switch show psw0 | jq -r '.[0] | "\(.ports) \(.addresses)"')"

if bridge -V >/dev/null 2>&1; then
	check_equal "bridge: the ports' MACs" "$("$PSW" -j port show switch psw0 | jq -r '.[].mac')" \
		"$(bridge fdb show dev psw0 | awk '{ print $1 }')"
else
	skip "bridge: the ports' MACs" "needs bridge"
fi

ktap_finish
