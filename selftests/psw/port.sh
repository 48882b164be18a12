#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw port show finds ports by all that is known of them; psw port set changes members of an owner one by one.
#
#   psw0 -- v_a  a 192.0.2.2, 2001:db8::2     shop/web
#        -- v_b  b 192.0.2.3                  shop/db
#        -- v_c  c 192.0.2.4                  live/web, container c0ffee01
#
# filter: pod, container, address, MAC, network, switch, several
# find:   a word that is any of them
# owner:  members are changed, the rest stays
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq
without_ipv6
make_switch psw0
make_switch psw1
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
make_pod c psw0 192.0.2.4/24
"$PSW" address add 2001:db8::2 02:00:00:00:00:77 192.0.2.100 shared dev v_a
"$PSW" address add 192.0.2.100 shared dev v_b
"$PSW" port set v_a network pods id abcdef01 ifname eth0 pod shop/web
"$PSW" port set v_b network pods id abcdef02 ifname eth0 pod shop/db
"$PSW" port set v_c network live id c0ffee01 ifname eth0 pod live/web

# finds NAME WANTED WORD...
finds() {
	local name=$1 wanted=$2
	shift 2

	check_equal "$name" "$wanted" "$("$PSW" -j port show "$@" | jq -r 'map(.name) | join(" ")')"
}

# owner DEVICE
owner() {
	"$PSW" -j port show "$1" | jq -c '.[0].owner | map(.)'
}

ktap_header

finds "filter: a pod" "v_a" pod shop/web
finds "filter: pods of a name" "v_a v_c" pod web
finds "filter: a container's id" "v_a v_b" id abcdef
finds "filter: an address" "v_b" address 192.0.2.3
finds "filter: an address that is shared" "v_a v_b" address 192.0.2.100
finds "filter: an IPv6 address, written otherwise" "v_a" address 2001:DB8:0::2
finds "filter: a port's MAC" "v_c" address "$(mac_of c eth0)"
finds "filter: a MAC beside it" "v_a" address 02:00:00:00:00:77
finds "filter: several" "v_b" network pods id abc address 192.0.2.100 pod db
finds "filter: nothing fits" "" network live address 192.0.2.3
finds "filter: another switch" "" switch psw1

finds "find: a device" "v_a" v_a
finds "find: a device, said so" "v_a" dev v_a
finds "find: a pod" "v_a" shop/web
finds "find: pods of a name" "v_a v_c" web
finds "find: a container" "v_c" c0ffee
finds "find: an address" "v_b" 192.0.2.3
finds "find: a MAC" "v_a" 02:00:00:00:00:77
finds "find: with its word" "v_b" find db
ip link add web type dummy
defer ip link del web
check_fail "find: a device comes before a pod" "Device web is no port of a podswitch" "$PSW" port show web
finds "find: and the pod by its word" "v_a v_c" pod web
check_fail "find: nothing" "psw: port show: nowhere: No such device, and no port's pod, container or address" \
	"$PSW" port show nowhere
check_fail "find: dev is a device alone" "psw: port show: c0ffee: No such device" "$PSW" port show dev c0ffee

"$PSW" port set v_a network other
check_equal "owner: a network is changed" '["other","abcdef01","eth0","shop","web"]' "$(owner v_a)"
"$PSW" port set v_a pod live/api
check_equal "owner: a pod is changed" '["other","abcdef01","eth0","live","api"]' "$(owner v_a)"
"$PSW" port set v_a hairpin on
check_equal "owner: nothing is changed" '["other","abcdef01","eth0","live","api"]' "$(owner v_a)"
"$PSW" port set v_a owner none id 77
check_equal "owner: all anew" '["77"]' "$(owner v_a)"
"$PSW" port set v_a owner none
check_equal "owner: none" '[]' "$(owner v_a)"
"$PSW" port set v_b translated on
check_equal "translated: can be told" true "$("$PSW" -j port show v_b | jq '.[0].translated')"
"$PSW" port set v_b translated off
check_equal "translated: and taken back" false "$("$PSW" -j port show v_b | jq '.[0].translated')"

flags() { "$PSW" -j port show v_b | jq -c '.[0] | [.router, ."dhcp-server"]'; }
check_equal "servers: none by default" "[false,false]" "$(flags)"
"$PSW" port set v_b router on dhcp-server on
check_equal "servers: both" "[true,true]" "$(flags)"
check "servers: in words" grep -q " router,dhcp-server " <("$PSW" port show v_b)
"$PSW" port set v_b router off
check_equal "servers: one" "[false,true]" "$(flags)"
"$PSW" port delete v_b
"$PSW" port add v_b switch psw0 router on
check_equal "servers: of a new port" "[true,false]" "$(flags)"

ktap_finish
