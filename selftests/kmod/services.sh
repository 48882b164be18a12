#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Services that the host translates to a pod of the same node work both ways, and only they take the way by the host.
#
#     x .2 ---- x_h 203.0.113.1, 2001:db8:2::1     a client outside
#                |  (routes)
#               psw0 192.0.2.1, 2001:db8::1        the host: kube-proxy's rules, no br_netfilter
#                |
#     +----------+----------+
#    v_a        v_b        v_c
#   ..|..........|..........|.........
#   eth0        eth0       eth0
#    a .2        b .3       c .4                   pods; b serves
#
# Service 198.51.100.1, 2001:db8:1::1: to b, port 80 to 8080, 82 to 8082 (repeats each third datagram), 83 to 8083
# (nobody). Ports of the node: 30080 to b:8080 with the client's address, 30081 with the host's.
#
# nftables, iptables, ipvs:  what translates; each with TCP and UDP, IPv4 and IPv6
# itself, node:              a pod calls its own Service; ports of the node, from here and from outside
# udp, errors:               one way, fragments, nobody there
# direct, again:             what is not translated; ports used for one and the other
# redirects:                 no pod is told of a better way
# lasting:                   a connection that outlives the rule
. "$(dirname "$0")/../lib.sh"

need_module
need_commands nft

NS_SYSCTLS=(net.ipv4.conf.all.accept_redirects=1 net.ipv4.conf.default.accept_redirects=1)
SERVICE4=198.51.100.1 SERVICE6=2001:db8:1::1
NODE4=203.0.113.1 NODE6=2001:db8:2::1
B4=192.0.2.3 B6=2001:db8::3
families="4 6"

# drop_table FAMILY NAME: if there is such a table
drop_table() {
	nft delete table "$1" "$2" 2> /dev/null
}

# without_nat: the tables that iptables makes go with the test, unless they were
without_nat() {
	local family

	for family in ip ip6; do
		nft list table $family nat > /dev/null 2>&1 ||
			defer drop_table $family nat
	done
}

# make_outside: the client x, whose way is the host
make_outside() {
	make_ns x
	ip -b - <<-EOF
		link add x_h type veth peer name eth0 netns x
		addr add $NODE4/24 dev x_h
		addr add $NODE6/64 dev x_h nodad
		link set x_h up
	EOF
	ip -n x -b - <<-EOF
		addr add 203.0.113.2/24 dev eth0
		addr add 2001:db8:2::2/64 dev eth0 nodad
		link set eth0 up
		route add default via $NODE4
		route add default via $NODE6
	EOF
}

# make_client POD HOST-PART
make_client() {
	make_pod "$1" psw0 "192.0.2.$2/24" "2001:db8::$2/64"
	ip -n "$1" route add default via 192.0.2.1
	ip -n "$1" -6 route add default via 2001:db8::1
}

# nft_rules FAMILY SET-TYPE SERVICE BACKEND DNAT: as kube-proxy writes them
nft_rules() {
	cat <<-EOF
		table $1 psw_services {
			map service-ips {
				type $2 . inet_proto . inet_service : verdict
				elements = {
					$3 . tcp . 80 : goto to-8080, $3 . udp . 80 : goto to-8080,
					$3 . udp . 82 : goto to-8082,
					$3 . tcp . 83 : goto to-8083, $3 . udp . 83 : goto to-8083,
				}
			}
			map node-ports {
				type inet_proto . inet_service : verdict
				elements = {
					tcp . 30080 : goto to-8080, udp . 30080 : goto to-8080,
					tcp . 30081 : goto masqueraded, udp . 30081 : goto masqueraded,
				}
			}
			chain to-8080 {
				$1 saddr $4 meta mark set meta mark | 0x4000
				meta l4proto { tcp, udp } dnat to $5:8080
			}
			chain to-8082 {
				meta l4proto udp dnat to $5:8082
			}
			chain to-8083 {
				meta l4proto { tcp, udp } dnat to $5:8083
			}
			chain masqueraded {
				meta mark set meta mark | 0x4000
				goto to-8080
			}
			chain services {
				$1 daddr . meta l4proto . th dport vmap @service-ips
				fib daddr type local meta l4proto . th dport vmap @node-ports
			}
			chain prerouting {
				type nat hook prerouting priority dstnat;
				jump services
			}
			chain output {
				type nat hook output priority -100;
				jump services
			}
			chain postrouting {
				type nat hook postrouting priority srcnat;
				meta mark & 0x4000 != 0x4000 return
				masquerade
			}
			chain forward {
				type filter hook forward priority filter;
				ct state invalid drop
			}
		}
	EOF
}

nft_up() {
	{
		nft_rules ip ipv4_addr $SERVICE4 $B4 $B4
		nft_rules ip6 ipv6_addr $SERVICE6 $B6 "[$B6]"
	} | nft -f -
}

nft_down() {
	nft delete table ip psw_services
	nft delete table ip6 psw_services
}

# iptables_masquerade { -A | -D }
iptables_masquerade() {
	iptables-nft -t nat "$1" POSTROUTING -s $B4 -d $B4 -j MASQUERADE &&
		ip6tables-nft -t nat "$1" POSTROUTING -s $B6 -d $B6 -j MASQUERADE
}

# iptables_dnat { -A | -D }
iptables_dnat() {
	local proto

	for proto in tcp udp; do
		iptables-nft -t nat "$1" PREROUTING -d $SERVICE4 -p $proto --dport 80 \
			-j DNAT --to-destination $B4:8080 &&
		ip6tables-nft -t nat "$1" PREROUTING -d $SERVICE6 -p $proto --dport 80 \
			-j DNAT --to-destination "[$B6]:8080" || return
	done
}

# ipvs_rules: a virtual server is an address of the host. kube-proxy has IPVS
# keep the entries of connection tracking, which its rules with iptables need,
# and which is at work where a rule asks it
ipvs_rules() {
	local proto

	nft add table inet psw_conntrack &&
	nft add chain inet psw_conntrack forward '{ type filter hook forward priority filter; }' &&
	nft add rule inet psw_conntrack forward ct state invalid drop &&
	sysctl -qw net.ipv4.vs.conntrack=1 &&
	ip link add psw_ipvs type dummy &&
	ip addr add $SERVICE4/32 dev psw_ipvs &&
	ip addr add $SERVICE6/128 dev psw_ipvs nodad &&
	ip link set psw_ipvs up || return
	for proto in -t -u; do
		ipvsadm -A $proto $SERVICE4:80 -s rr &&
		ipvsadm -a $proto $SERVICE4:80 -r $B4:8080 -m &&
		ipvsadm -A $proto "[$SERVICE6]:80" -s rr &&
		ipvsadm -a $proto "[$SERVICE6]:80" -r "[$B6]:8080" -m || return
	done
}

# served NS PROTO ADDRESS PORT: somebody listens there
# talk PROTO NS ...: from ports that nobody had before, since conntrack still knows what translated connections they were
# of; whoever calls a Service and the pod behind it from one port within two minutes is answered in the Service's name
talk() {
	local first

	if [[ $1 != serve && -e /run/netns/$2 ]]; then
		first=$(($(< "$WORK/ports") + 100))
		echo "$first" > "$WORK/ports"
		in_ns "$2" sysctl -qw net.ipv4.ip_local_port_range="$first $((first + 99))"
	fi
	command talk "$@"
}
echo 20000 > "$WORK/ports"

served() {
	in_ns "$1" ss -Hln "--$2" src "$3" sport = ":$4" | grep -q .
}

# serve NS ADDRESS PORT [EVERY]
serve() {
	background talk serve "$@"
	busywait 5 served "$1" tcp "$2" "$3"
}

# address NAME FAMILY: the variable's value
address() {
	local name=$1$2

	echo "${!name}"
}

# by_host PORT COMMAND...: the command succeeds and frames of the port take the
# way by the host
by_host() {
	local port=$1 was now
	shift

	was=$(counter "$port" translated)
	"$@" || return
	now=$(counter "$port" translated)
	echo "translated: $((now - was))"
	[[ $now -gt $was ]]
}

# directly PORTS COMMAND...: the command succeeds, no frame takes the way by the
# host and, but for the host's own, none that by a queue
directly() {
	local ports=$1 was now
	shift

	was=$(not_directly "$ports")
	"$@" || return
	now=$(not_directly "$ports")
	echo "translated and queued, $ports: $was, then $now"
	[[ ${now% *} -eq ${was% *} && $((${now#* } - ${was#* })) -lt 10 ]]
}

# not_directly PORTS: frames translated and frames queued
not_directly() {
	local port

	for port in $1; do
		stats_of port "$port"
	done | awk '{ n[$1] += $2 } END { print n["translated"], n["queued"] }'
}

# services NAME CLIENT WAY...: by both protocols in both families, many at once
services() {
	local name=$1 ns=$2 family proto
	shift 2

	for family in $families; do
		for proto in tcp udp; do
			check "$name: $proto, IPv$family" "$@" \
				talk $proto "$ns" "$(address SERVICE "$family")" 80 50 1 1400 500
		done
	done
}

make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_client a 2
make_client b 3
make_client c 4
make_outside
set_sysctl net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1	# the host forwards
for backend in $B4 $B6; do
	serve b "$backend" 8080
	serve b "$backend" 8082 3
done

ktap_header

check "br_netfilter is not there" test ! -d /sys/module/br_netfilter

# --- before anything is translated ---

for family in $families; do
	address=$(address B "$family")
	check "direct: before, IPv$family" \
		directly "v_a v_b" talk tcp a "$address" 8080 5 100 60000
	check "direct: before, fragments, IPv$family" \
		directly "v_a v_b" talk udp a "$address" 8080 5 5000
done

# --- who translates ---

without_nat
if ! command -v iptables-nft > /dev/null || ! iptables_masquerade -A 2> "$WORK/iptables"; then
	skip "iptables" "no iptables-nft: $(head -1 "$WORK/iptables" 2>/dev/null)"
elif iptables_dnat -A; then
	services iptables a by_host v_b
	services "iptables: itself" b
	iptables_dnat -D
else
	check "iptables-nft takes the rules" false
fi
if modprobe -q ip_vs 2>/dev/null && command -v ipvsadm > /dev/null && ipvs_rules 2> "$WORK/ipvs"; then
	services ipvs a by_host v_b
	ipvsadm -C
	ip link del psw_ipvs
	nft delete table inet psw_conntrack
else
	skip "ipvs" "no ip_vs or ipvsadm: $(head -1 "$WORK/ipvs" 2>/dev/null)"
	drop_table inet psw_conntrack
fi
iptables_masquerade -D 2>/dev/null
if ! nft_up; then
	check "nft takes the rules" false
	ktap_finish
fi
defer nft_down
services nftables a by_host v_b
services "nftables: itself" b

# --- ports of the node ---

for family in $families; do
	node=$(address NODE "$family")
	for client in a x -; do
		check "node: $client calls, its own address, IPv$family" \
			talk tcp "$client" "$node" 30080 20 1 60000
		check "node: $client calls, the host's address, IPv$family" \
			talk udp "$client" "$node" 30081 20 1 1400
	done
done

# --- datagrams and errors ---

for family in $families; do
	service=$(address SERVICE "$family")
	check "udp: one way, an answer later, IPv$family" \
		by_host v_b talk udp a "$service" 82 1 +100 +1400 100
	check "udp: fragments both ways, IPv$family" \
		by_host v_b talk udp a "$service" 80 10 5000 1472 20000 65507
	check "udp: fragments of its own, IPv$family" \
		talk udp b "$service" 80 1 5000 20000
	check_fail "errors: nobody there, UDP, IPv$family" "Connection refused" \
		talk udp a "$service" 83 1 10
	check_fail "errors: nobody there, TCP, IPv$family" "Connection refused" \
		talk tcp a "$service" 83 1 10
done
check "tcp: segmentation offload" xfer tcp b $B4 a 20

# --- what is not translated ---

for family in $families; do
	address=$(address B "$family")
	check "direct: TCP of a port with translated connections, IPv$family" \
		directly "v_a v_b" talk tcp a "$address" 8080 20 1 60000
	check "direct: UDP, IPv$family" \
		directly "v_a v_b" talk udp a "$address" 8080 20 1 1400
	check_fail "direct: nobody there, IPv$family" "Connection refused" \
		directly "v_a v_b" talk udp a "$address" 8083 1 10
	check "direct: fragments of such a port go by the host and arrive, IPv$family" \
		by_host v_b talk udp a "$address" 8080 5 5000
done
check "direct: an advertisement of such a port" directly "v_a v_b" \
	frame -a a:eth0=1 b:eth0 eth a:eth0 b:eth0 ipv6 $B6 2001:db8::2 na 0x60 $B6 lladdr 2 b:eth0
check "direct: no IP, of such a port" directly "v_a v_b" \
	frame -a a:eth0=1 b:eth0 eth a:eth0 b:eth0 arp 2 b:eth0 $B4 a:eth0 192.0.2.2
serve a 192.0.2.2 8080
check "direct: fragments of a client's port" \
	directly "v_a v_c" talk udp c 192.0.2.2 8080 5 5000
check_equal "direct: a client's port has none by the host" "0 0" \
	"$(counter v_a translated) $(counter v_c translated)"

# --- ports used twice ---

for family in $families; do
	check "again: a connection by the Service, IPv$family" \
		by_host v_b talk tcp a "$(address SERVICE "$family")" 80 @4321 100
	check "again: from the same port, without it, IPv$family" \
		talk tcp a "$(address B "$family")" 8080 @4321 100
	check "again: and by the Service, IPv$family" \
		by_host v_b talk tcp a "$(address SERVICE "$family")" 80 @4321 100
done

# --- redirects ---

# redirected NS: redirects that reached it
redirected() {
	# shellcheck disable=SC2016 # for awk
	in_ns "$1" awk '/^Icmp:/ { n++ }
		/^Icmp:/ && n == 1 { for (i = 1; i <= NF; i++) if ($i == "InRedirects") column = i }
		/^Icmp:/ && n == 2 { print $column }
		/^Icmp6InRedirects/ { print $2 }' /proc/net/snmp /proc/net/snmp6 | xargs
}

for pod in a b; do
	check_equal "redirects: none reaches $pod" "0 0" "$(redirected $pod)"
done
check "redirects: the host's are dropped" test "$(stats_of switch psw0 | awk '/^host-redirect/ { print $2 }')" -gt 0
check_equal "redirects: the way is the host, IPv4" "via 192.0.2.1" \
	"$(ip -n a route get $SERVICE4 | grep -o 'via [^ ]*\|redirected')"
check_equal "redirects: the way is the host, IPv6" "via 2001:db8::1" \
	"$(ip -n a route get $SERVICE6 | grep -o 'via [^ ]*\|redirected')"

# --- rules that go ---

# lasting: a connection that waits in its middle
lasting() {
	talk tcp a "$SERVICE4" 80 1 1000 "$WORK/go" 1000 60000
	echo "status $?" > "$WORK/lasting"
}

# connected NS ADDRESS
connected() {
	in_ns "$1" ss -Hnt state established dst "$2" | grep -q .
}

background lasting
busywait 5 connected a $SERVICE4
nft flush chain ip psw_services services
check_fail "lasting: the Service is gone" "" talk tcp a $SERVICE4 80 1 10
touch "$WORK/go"
check "lasting: its connection is not" busywait 10 grep -q "status 0" "$WORK/lasting"

ktap_finish
