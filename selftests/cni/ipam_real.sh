#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The reference's own IPAM plugins give the addresses, and the port declares them.
#
#   [p1] eth0 --+
#   [p2] eth0 --+-- psw0 -- uplink ---- eth0 [lan]      192.0.2.1, a DHCP server
#   [p3] eth0 --+
#
# host-local: both families; CHECK; a taken address; a full range; the files are gone when the pod is
# static:     of the configuration, of the runtime, of CNI_ARGS
# dhcp:       the exchange passes the guard, and so does its renewal; the lease is given back
. "$(dirname "$0")/chain-lib.sh"
need_module
need_commands jq busybox tcpdump
need_reference

HELD=$WORK/held
HOSTLOCAL="type: \"host-local\", dataDir: \"$HELD\""
RANGES='ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]'

# conf_of IPAM [MEMBERS]: a configuration whose addresses are given so
conf_of() {
	IPAM="{$1}" conf "{switch: \"psw0\"${2:+, $2}}"
}

# port_of POD: of the port that the pod's last ADD made, as psw reports it
port_of() {
	"$PSW" -j port show | jq -c --arg id "$1" '.[] | select(.owner["container-id"] == $id)'
}

# held: what host-local has written down, "FILE CONTENT" each
held() {
	(cd "$HELD/net" && grep -H . -- *.* *:* 2>/dev/null | grep -v '^last_reserved_ip' | tr -d '\r' | sort -u)
}

# added NAME CONF POD ADDRESSES [VARIABLE...]: ADD in the pod; result, port and pod have these addresses, and CHECK agrees
added() {
	local name=$1 conf=$2 pod=$3 wanted=$4 result
	shift 4

	result=$(add "$conf" "$pod" "$@") || ktap_note "$result"
	check_equal "$name: the result has the addresses" "$wanted" "$(jq -r '[.ips[].address] | join(" ")' <<<"$result")"
	check_equal "$name: so has the port, guarded" "${wanted//\/[0-9][0-9]/} mac+ip" \
		"$(port_of "$pod" | jq -r '(.addresses | join(" ")) + " " + .guard')"
	check "$name: CHECK" checked "$(with_result "$conf" "$result")" "$pod" "$@"
}

checked() {
	local conf=$1 pod=$2
	shift 2

	attachment "$pod" "$pod"
	silent cni CHECK "$conf" "${ATTACHMENT[@]}" CNI_PATH="$CNI_PATH" "$@"
}

ktap_header
make_ns p1 p2 p3 lan
make_switch psw0
ip link add uplink type veth peer name eth0 netns lan
ip link set uplink up
"$PSW" port add uplink switch psw0 role uplink
ip -n lan addr add 192.0.2.1/24 dev eth0
ip -n lan addr add 2001:db8::1/64 dev eth0
ip -n lan link set eth0 up
BIN=(CNI_PATH="$CNI_PATH")
before=$(state)

# --- host-local ---

conf=$(conf_of "$HOSTLOCAL, $RANGES")
added host-local "$conf" p1 "192.0.2.2/24 2001:db8::2/64" "${BIN[@]}"
check_equal "host-local: written down" "192.0.2.2:eth0 192.0.2.2:p1 2001:db8::2:eth0 2001:db8::2:p1" "$(held | xargs)"
added "host-local, the next" "$conf" p2 "192.0.2.3/24 2001:db8::3/64" "${BIN[@]}"
check "host-local: pod to pod, IPv4" in_ns p1 ping -c 1 -W 5 192.0.2.3
check "host-local: pod to pod, IPv6" in_ns p1 ping -c 1 -W 5 2001:db8::3
check "host-local: a second ADD is refused" refused 102 "already" add "$conf" p1 "${BIN[@]}"
check_equal "host-local: and takes nothing away" "192.0.2.2 2001:db8::2" "$(port_of p1 | jq -r '.addresses | join(" ")')"
check "host-local: DEL" silent del "$conf" p1 "${BIN[@]}"
check "host-local: DEL again" silent del "$conf" p1 "${BIN[@]}"
result=$(add "$conf" p1 "${BIN[@]}")
rm "$HELD/net/"*.4 "$HELD/net/"*::4
check "host-local: CHECK asks it" refused 999 "Failed to find address" checked "$(with_result "$conf" "$result")" p1 "${BIN[@]}"
del "$conf" p1 "${BIN[@]}"
attachment p2
check "host-local: DEL without CNI_NETNS" silent cni DEL "$conf" "${ATTACHMENT[@]}" "${BIN[@]}"
check_equal "host-local: nothing is held" "" "$(held)"

# The next that host-local gives is somebody else's.
ip link add x_1 type veth peer name x_2
"$PSW" port add x_1 switch psw0 address 192.0.2.5 guard mac
check "taken: ADD says by whom" refused 100 "192.0.2.5 is held by x_1" add "$conf" p1 "${BIN[@]}"
check_equal "taken: nothing is held" "" "$(held)"
ip link del x_1
added "taken, then free" "$conf" p1 "192.0.2.6/24 2001:db8::6/64" "${BIN[@]}"
del "$conf" p1 "${BIN[@]}"

conf=$(conf_of "$HOSTLOCAL, subnet: \"192.0.2.0/24\", rangeStart: \"192.0.2.20\", rangeEnd: \"192.0.2.20\"")
added "full range" "$conf" p1 192.0.2.20/24 "${BIN[@]}"
check "full range: in host-local's words" refused 999 "no IP addresses available" add "$conf" p2 "${BIN[@]}"
check_equal "full range: nothing is in the pod" "" "$(ip -n p2 -o link show eth0 2>/dev/null)"
del "$conf" p1 "${BIN[@]}"
added "the range is free" "$conf" p2 192.0.2.20/24 "${BIN[@]}"
del "$conf" p2 "${BIN[@]}"
check_equal "host-local: nothing is left" "$before" "$(held; state)"

# --- static ---

STATIC='type: "static", addresses: [{address: "192.0.2.77/24", gateway: "192.0.2.1"}, {address: "2001:db8::77/64"}],
	routes: [{dst: "203.0.113.0/24"}], dns: {nameservers: ["192.0.2.53"]}'
conf=$(conf_of "$STATIC")
added static "$conf" p1 "192.0.2.77/24 2001:db8::77/64" "${BIN[@]}"
check "static: its gateway is reached" in_ns p1 ping -c 1 -W 5 192.0.2.1
check_equal "static: its route" "192.0.2.1" "$(ip -n p1 -j route show 203.0.113.0/24 | jq -r '.[0].gateway')"
check "static: two pods cannot have it" refused 100 "192.0.2.77 is held" add "$conf" p2 "${BIN[@]}"
del "$conf" p1 "${BIN[@]}"
conf=$(conf_of 'type: "static"' 'capabilities: {ips: true}, runtimeConfig: {ips: ["192.0.2.78/24"]}')
added "static, runtimeConfig" "$conf" p1 192.0.2.78/24 "${BIN[@]}"
del "$conf" p1 "${BIN[@]}"
conf=$(conf_of 'type: "static"')
added "static, CNI_ARGS" "$conf" p1 192.0.2.79/24 "${BIN[@]}" CNI_ARGS="IgnoreUnknown=1;IP=192.0.2.79/24;GATEWAY=192.0.2.1"
del "$conf" p1 "${BIN[@]}"
check_equal "static: nothing is left" "$before" "$(state)"

# --- dhcp ---

DHCP="type: \"dhcp\", daemonSocketPath: \"$WORK/dhcp.sock\""
conf=$(conf_of "$DHCP")
check "dhcp: without its daemon" refused 999 "dhcp.sock" add "$conf" p1 "${BIN[@]}"
cat >"$WORK/udhcpd.conf" <<-EOT
	interface eth0
	start 192.0.2.100
	end 192.0.2.110
	min_lease 2
	lease_file $WORK/leases
	option subnet 255.255.255.0
	option router 192.0.2.1
	option lease 4
EOT
touch "$WORK/leases"
in_ns lan busybox udhcpd -f -a 1 "$WORK/udhcpd.conf" >"$WORK/udhcpd.log" 2>&1 &
JOBS+=("$!")
"$REFERENCE/dhcp" daemon -socketpath "$WORK/dhcp.sock" >"$WORK/dhcp.log" 2>&1 &
JOBS+=("$!")
busywait 10 test -S "$WORK/dhcp.sock"

# acks COUNT: the server has given or renewed at least that many leases
acks() {
	[[ $(grep -c "sending ACK" "$WORK/udhcpd.log") -ge $1 ]]
}

# released COUNT: that many pods have told the server that they are done
released() {
	[[ $(grep -c "BOOTP/DHCP, Request" "$WORK/released") -eq $1 ]]
}

# leased POD: ADD, and CHECK agrees; the server chose the address, from 192.0.2.100 on, which is printed
leased() {
	local result address

	result=$(add "$conf" "$1" "${BIN[@]}") || { echo "$result"; return 1; }
	address=$(jq -r '.ips[0].address' <<<"$result")
	echo "${address%/24}"
	[[ $address == 192.0.2.1[0-9][0-9]/24 ]] &&
		[[ $(port_of "$1" | jq -r '.addresses[0] + " " + .guard') == "${address%/24} mac+ip" ]] &&
		checked "$(with_result "$conf" "$result")" "$1" "${BIN[@]}"
}

check "dhcp: a pod" leased p1
check_equal "dhcp: the gateway is the server's" 192.0.2.1 "$(ip -n p1 -j route show default | jq -r '.[0].gateway')"
check "dhcp: the LAN is reached" in_ns p1 ping -c 1 -W 5 192.0.2.1
check "dhcp: a second" leased p2
check "dhcp: pod to pod" in_ns p2 ping -c 1 -W 5 "$(port_of p1 | jq -r '.addresses[0]')"
check "dhcp: the lease is renewed" busywait 20 acks 3
for pod in p1 p2; do
	check_equal "dhcp: the guard of $pod dropped none of it" "0 0" \
		"$(port=$(port_of $pod | jq -r .name); echo "$(drops "$port" spoofed-ipv4) $(drops "$port" spoofed-mac)")"
done
# The server itself does not see these: Linux takes no packet from 0.0.0.0 that is not to all.
in_ns lan tcpdump -l -n -i eth0 udp dst port 67 and dst host 192.0.2.1 >"$WORK/released" 2>"$WORK/tcpdump.log" &
JOBS+=("$!")
busywait 10 grep -q "^listening" "$WORK/tcpdump.log"
check "dhcp: DEL" silent del "$conf" p1 "${BIN[@]}"
check "dhcp: DEL of the second" silent del "$conf" p2 "${BIN[@]}"
check "dhcp: the leases are given back" busywait 10 released 2
check_equal "dhcp: nothing is left" "$before" "$(state)"
ktap_finish
