#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086 # places are words
# Root in a pod, who may send any frame and make any interface there, does no harm to the others: seen in their kernels.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+----------+
#    v_a        v_b        v_c      host
#   ..|..........|..........|.........
#   eth0        eth0       eth0
#    a .2        b .3       c .4    pods; a attacks
#
# Where the guard is what holds, the same is tried without it, and works: the attack is one.
#
# poison:   a says that it is c, and the gateway
# theft:    a takes c's addresses
# flood:    a sends from a thousand MACs
# own:      a makes interfaces within
# looking:  a asks for what there is
# router:   a gives b an address of its own
# redirect: a tells b of a better way
# dhcp:     a answers b's DHCP client
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq busybox
make_switch psw0 192.0.2.1/24 2001:db8::1/64
for pod in a:2 b:3 c:4; do
	make_pod "${pod%:*}" psw0 "192.0.2.${pod#*:}/24" "2001:db8::${pod#*:}/64"
	ip -n "${pod%:*}" route add default via 192.0.2.1
done
MAC_A=$(mac_of a eth0) MAC_C=$(mac_of c eth0) MAC_SW=$(cat /sys/class/net/psw0/address)
A=a:eth0 B=b:eth0 C=c:eth0 ALL=ff:ff:ff:ff:ff:ff ALL_NODES="33:33:00:00:00:01"
LL_A=$(ip -n a -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s/\/.*//')

# neighbour NS ADDRESS: the MAC that it has in its cache; an empty NS is the host
neighbour() {
	ip ${1:+-n "$1"} -j neigh show "$2" | jq -r '.[0].lladdr'
}
# believes NS ADDRESS MAC
believes() {
	[[ $(neighbour "$1" "$2") == "$3" ]]
}
# table: all that the switch has declared
table() {
	"$PSW" -j switch show psw0 | jq -c '.[0] | [.ports, .addresses]'
	"$PSW" -j port show | jq -c '.[] | [.name, .mac, .address]'
}
# unguarded COMMAND...: without a's guard
unguarded() {
	local status=0

	"$PSW" port set v_a guard off
	"$@" || status=$?
	"$PSW" port set v_a guard mac+ip
	return $status
}

ktap_header
declared=$(table)

# --- poison ---

claims() {
	frame $A eth $B $A arp 2 $A 192.0.2.4 $B 192.0.2.3
	frame $A eth $ALL $A arp 1 $A 192.0.2.4 00:00:00:00:00:00 192.0.2.4
	frame $A eth $B $A arp 2 $A 192.0.2.1 $B 192.0.2.3
	frame $A eth $B $A ipv6 2001:db8::4 2001:db8::3 na 0x60 2001:db8::4 lladdr 2 $A
	frame $A eth $ALL_NODES $A ipv6 2001:db8::4 ff02::1 na 0x20 2001:db8::4 lladdr 2 $A
	frame $A eth psw0 $A arp 2 $A 192.0.2.4 psw0 192.0.2.1
	frame $A eth psw0 $A ipv6 2001:db8::4 2001:db8::1 na 0x60 2001:db8::4 lladdr 2 $A
}
known() {
	echo "$(neighbour b 192.0.2.4) $(neighbour b 2001:db8::4) $(neighbour b 192.0.2.1)" \
		"$(neighbour "" 192.0.2.4) $(neighbour "" 2001:db8::4)"
}
check "poison: all know each other" pings b 192.0.2.4 2001:db8::4 192.0.2.1
check "poison: the host too" pings "" 192.0.2.4 2001:db8::4
claims
check_equal "poison: they still do" "$MAC_C $MAC_C $MAC_SW $MAC_C $MAC_C" "$(known)"
# The host's takes none for a second that it has just confirmed.
believed() {
	claims
	believes b 192.0.2.4 "$MAC_A"
}
check "poison: without a guard they do not" unguarded busywait 10 believed
in_ns b ip neigh flush dev eth0
ip neigh flush dev psw0

# --- theft ---

ip -n a link set eth0 down
ip -n a link set eth0 address "$MAC_C"
ip -n a addr add 192.0.2.4/24 dev eth0
ip -n a link set eth0 up
was=$(stats_of port v_a)
in_ns a ping -q -c 2 -i 0.2 -w 2 -I 192.0.2.4 192.0.2.3 > /dev/null 2>&1
check "theft: b still reaches c" pings b 192.0.2.4
check_equal "theft: by c's port" "v_c" "$("$PSW" -j port show address "$MAC_C" | jq -r '.[].name')"
check "theft: a has sent for nothing" test "$(stats_since "$was" port v_a drops | sed -n 's/.*spoofed-mac \([0-9]*\).*/\1/p')" -gt 0
check_equal "theft: nothing is learned" "$declared" "$(table)"
ip -n a link set eth0 down
ip -n a link set eth0 address "$MAC_A"
ip -n a addr del 192.0.2.4/24 dev eth0
ip -n a addr replace 2001:db8::2/64 dev eth0
ip -n a link set eth0 up
ip -n a route replace default via 192.0.2.1
check "theft: as itself, a reaches b" pings a 192.0.2.3

# --- flood ---

was=$(stats_of port v_a)
for ((i = 0; i < 1000; i++)); do
	printf 'flood %d | -w 0 %s eth %s 02:99:00:00:%02x:%02x ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 8\n' \
		$i $A $B $((i >> 8)) $((i & 255))
done | frame -b > /dev/null
check_equal "flood: a thousand MACs" "spoofed-mac 1000" "$(stats_since "$was" port v_a drops)"
check_equal "flood: none is learned" "$declared" "$(table)"
frames <<-EOF
	flood: unicast is still for one | -a $C=1 -a $A=0 -a psw0=0 $B eth $C $B ipv4 192.0.2.3 192.0.2.4 udp 1000 2000 data 20
EOF

# --- own ---

for ((i = 0; i < 50; i++)); do
	echo "link add m$i link eth0 type macvlan mode bridge"
	echo "link set m$i up"
done | ip -n a -b -
ip -n a link add link eth0 name eth0.5 up type vlan id 5
ip -n a link add br0 up type bridge
ip -n a link add inner master br0 up type veth peer name inner2
check_equal "own: 50 macvlans, a VLAN and a bridge make no port and no address" "$declared" "$(table)"
check_fail "own: they reach nobody" "" in_ns a ping -q -c 1 -W 1 -I m7 192.0.2.3
check "own: b and c go on" pings b 192.0.2.4
for ((i = 0; i < 50; i++)); do echo "link del m$i"; done | ip -n a -b -
ip -n a link del eth0.5

# --- looking ---

check_equal "looking: no switch" "[]" "$(in_ns a "$PSW" -j switch show)"
check_equal "looking: no port" "[]" "$(in_ns a "$PSW" -j port show)"
in_ns a "$PSW" -j monitor > "$WORK/heard" & JOBS+=("$!")
"$PSW" -j monitor > "$WORK/heard.host" & JOBS+=("$!")
heard() {
	"$PSW" port set v_c hairpin on
	"$PSW" port set v_c hairpin off
	[[ -s $WORK/heard.host ]]
}
check "looking: the host hears of a change" busywait 10 heard
check_equal "looking: a pod does not" "" "$(cat "$WORK/heard")"

# --- router ---

# A prefix of which addresses are made, for ever (RFC 4861 4.6.2).
PREFIX=0304 PREFIX+=40c0ffffffffffffffff0000000020010db80bad00000000000000000000
advertises() {
	frame $A eth $ALL_NODES $A ipv6 "$LL_A" ff02::1 ra hex $PREFIX
	ip -n b -6 addr show dev eth0 | grep -q 2001:db8:bad:
}
in_ns b sysctl -qw net.ipv6.conf.eth0.accept_ra=2 net.ipv6.conf.eth0.autoconf=1
check_fail "router: b has no address of a's" "" busywait 1 advertises
"$PSW" port set v_a router on
check "router: but if a is a router" busywait 10 advertises
"$PSW" port set v_a router off

# --- redirect ---

# sum HEX: the checksum of the Internet (RFC 1071)
sum() {
	local hex=$1 n=0

	for ((; ${#hex}; )); do
		n=$((n + 0x${hex:0:4}))
		hex=${hex:4}
	done
	while ((n >> 16)); do n=$(((n & 0xffff) + (n >> 16))); done
	printf '%04x' $((~n & 0xffff))
}
# What b has sent to 198.51.100.1 is to go by 192.0.2.2.
INNER=4500001c000000004011$(sum 4500001c0000000040110000c0000203c6336401)c0000203c6336401
INNER+=03e807d000080000
MESSAGE=c0000202$INNER
MESSAGE=0501$(sum "05010000$MESSAGE")$MESSAGE
# redirects SOURCE: and b sends by a
redirects() {
	in_ns b ping -q -c 1 -W 0.1 198.51.100.1 > /dev/null 2>&1
	frame $A eth $B $A ipv4 "$1" 192.0.2.3 type 1 hex "$MESSAGE"
	ip -n b route get 198.51.100.1 | grep -q 'via 192.0.2.2'
}
in_ns b sysctl -qw net.ipv4.conf.all.accept_redirects=1 net.ipv4.conf.eth0.accept_redirects=1
check_fail "redirect: b takes none from a" "" busywait 1 redirects 192.0.2.2
check_fail "redirect: nor what pretends to be the gateway's" "" busywait 1 redirects 192.0.2.1
check "redirect: but without a guard" unguarded busywait 10 redirects 192.0.2.1

# --- dhcp ---

mkdir "$WORK/lease"
cat > "$WORK/udhcpd" <<-EOF
	start 192.0.2.100
	end 192.0.2.120
	interface eth0
	lease_file $WORK/lease/leases
	pidfile $WORK/lease/pid
	option router 192.0.2.2
	option dns 192.0.2.2
EOF
touch "$WORK/lease/leases"
background in_ns a busybox udhcpd -f "$WORK/udhcpd"
gets_lease() {
	in_ns b busybox udhcpc -i eth0 -n -q -t 2 -T 1 -A 1 -s /bin/true 2>&1 | grep -q "lease of 192.0.2.1"
}
check_fail "dhcp: b gets no lease from a" "" gets_lease
"$PSW" port set v_a dhcp-server on
check "dhcp: but if a is a DHCP server" busywait 20 gets_lease

ktap_finish
