#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An ADD that is refused, by whom and at whatever step, leaves nothing.
#
#      p1            p2
#     eth0          eth0
#      |             |
#  ----+-------------+---- psw0
#
#  - refusals: the name is taken in the pod; no address is left; a MAC or an address is held; a route cannot be; the
#    switch's name is another device's; the switch is full; the gateway's address cannot be given
#  - another IPAM plugin fails, says nothing usable, or gives an address that is held: it is run again with DEL
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
make_ns p1 p2

# The second pod stays: the switch, its rules and addresses are then in use, and must survive others' failures.
add "$net" p2 >/dev/null
everything() {
	state
	ip -n p1 -o link
	ip -o addr show dev psw0 scope global
}
before=$(everything)
unchanged() {
	[[ $(everything) == "$before" ]] || diff <(echo "$before") <(everything)
}

# fails NAME CODE TEXT CONF [VARIABLE...]
fails() {
	local name=$1 code=$2 text=$3 conf=$4
	shift 4

	check "$name" refused "$code" "$text" add "$conf" p1 "$@"
	check "$name: nothing is left" unchanged
}

# --- refusals ---

ip -n p1 link add eth0 type dummy
check "the name is taken in the pod" refused 102 'interface eth0 already exists in the container' add "$net" p1
check "the pod's own eth0 is left" ip -n p1 link show eth0 type dummy
ip -n p1 link del eth0
check "nothing else is left" unchanged

held=$(mac_of p2 eth0)
fails "the MAC is held" 100 'held by' "$net" CNI_ARGS="MAC=$held"
fails "the address is held" 103 'requested IP address 192.0.2.2 is taken' "$net" CNI_ARGS=IP=192.0.2.2
IPAM='{type: "podswitch", subnet: "192.0.2.0/30"}'
fails "no address is left" 103 'no IP addresses available in range set: 192.0.2.1-192.0.2.2' "$(conf)"
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", routes: [{dst: "203.0.113.0/24", gw: "198.51.100.1"}]}'
fails "a route's gateway cannot be reached" 100 'cannot add the route to 203.0.113.0/24 in the pod' "$(conf)"
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", routes: [{dst: "203.0.113.0/24"}, {dst: "203.0.113.0/24"}]}'
fails "a route is there twice" 100 'cannot add the route to 203.0.113.0/24 in the pod: File exists' "$(conf)"
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
fails "the MTU is too small for veth" 7 'is not between 68 and 65535' "$(conf '{mtu: 60}')"
ip link add br0 type bridge
fails "the switch's name is a bridge's" 7 '"bridge": "br0" is not a podswitch but bridge' "$(conf '{bridge: "br0"}')"
ip link del br0
"$PSW" switch set psw0 max-ports 1
fails "the switch is full" 100 'cannot attach the pod to switch "psw0"' "$net"
"$PSW" switch set psw0 max-ports 100
IPAM='{type: "podswitch", subnet: "2001:db8:9::/64"}'
sysctl -qw net.ipv6.conf.psw0.disable_ipv6=1
before=$(everything)
fails "the gateway's address cannot be given" 100 'cannot give gateway address 2001:db8:9::1 to "psw0"' \
	"$(conf '{isGateway: true}')"
sysctl -qw net.ipv6.conf.psw0.disable_ipv6=0
ip addr add 2001:db8::1/64 dev psw0 nodad
before=$(everything)

# --- another IPAM plugin ---

# delegate BODY: what the stub does on ADD; each command is noted
delegate() {
	rm -f "$WORK/calls"
	stub stub <<END
echo "\$CNI_COMMAND" >>"\$WORK/calls"
[[ \$CNI_COMMAND == ADD ]] || exit 0
$1
END
}
IPAM='{type: "stub"}'
while read -r name code text body; do
	delegate "$body"
	fails "IPAM plugin ${name//_/ }" "$code" "${text//_/ }" "$(conf)"
	check_equal "IPAM plugin ${name//_/ }: it is run again with DEL" "ADD DEL" "$(xargs <"$WORK/calls")"
done <<'END'
fails 11 IPAM_plugin_"stub":_no_lease echo '{"code":11,"msg":"no lease"}'; exit 1
fails_without_a_word 104 failed_with_status_1_and_no_error_object exit 1
says_garbage 104 the_result_of_IPAM_plugin_"stub"_cannot_be_used:_it_is_not_JSON,_from_byte_0_on echo garbage
says_nothing 104 the_result_of_IPAM_plugin_"stub"_cannot_be_used:_it_is_empty true
says_two_things 104 cannot_be_used:_it_is_not_JSON,_from_byte_37_on echo '{"ips":[{"address":"192.0.2.30/24"}]}{}'
says_what_is_no_text 104 cannot_be_used:_it_is_not_UTF-8:_byte_0xff_at_offset_42 printf '{"ips":[{"address":"192.0.2.30/24"}],"x":"\377"}'
says_what_has_no_end 104 printed_more_than_4194304_bytes exec cat /dev/zero
speaks_an_unknown_version 104 "cniVersion":_"9.9.9"_is_not_known echo '{"cniVersion":"9.9.9","ips":[{"address":"192.0.2.30/24"}]}'
succeeds_with_an_error 104 it_has_no_address,_but_says:_no_lease echo '{"code":11,"msg":"no lease"}'
gives_no_address 104 it_has_no_address echo '{"cniVersion":"1.1.0","ips":[]}'
gives_a_wrong_address 104 "ips[0].address":_"192.0.2.300/24"_is_not_an_address echo '{"ips":[{"address":"192.0.2.300/24"}]}'
gives_a_wrong_route 104 "routes[0].dst":_"x"_is_not_a_subnet echo '{"ips":[{"address":"192.0.2.30/24"}],"routes":[{"dst":"x"}]}'
gives_an_address_that_is_held 100 held_by echo '{"ips":[{"address":"192.0.2.2/24"}]}'
gives_a_gateway_that_cannot_be 100 cannot_add_the_route_to echo '{"ips":[{"address":"192.0.2.30/24"}],"routes":[{"dst":"203.0.113.0/24","gw":"198.51.100.1"}]}'
END
ktap_finish
