#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Namespaces end, and interfaces move from one to another, while frames pass.
#
#          psw0
#           |
#     +-----+----+----------+
#    v_a        v_d        v_e        host
#   ..|..........|..........|..............
#   eth0        eth0       eth0 <--> eth0
#    a           d          e         f        pods; d ends and comes again
#
# a and the host ping d and e without end, whose kernels answer. Meanwhile d's namespace ends with the interface in it, e's interface
# goes to f and comes back, and e's host end goes to the namespace g, where it is no port, and comes back.
. "$(dirname "$0")/lib.sh"

need_module
need_commands jq
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod e psw0 192.0.2.6/24 2001:db8::6/64
make_ns f g
NAMESPACES+=(d)

ending() {
	ip netns add d
	ip -b - <<-END
		link add v_d type veth peer name eth0 netns d
		link set v_d up
	END
	nsenter --net=/run/netns/d sysctl -qw net.ipv6.conf.all.accept_dad=0
	ip -n d -b - <<-END
		addr add 192.0.2.5/24 dev eth0
		addr add 2001:db8::5/64 dev eth0
		link set eth0 up
	END
	"$PSW" port add v_d switch psw0 address 192.0.2.5 address 2001:db8::5 && [[ $(holders 192.0.2.5) -eq 1 ]] &&
		busywait 2 pings a 192.0.2.5
	ip netns del d
	busywait 10 gone 192.0.2.5 || wrong "a port outlives its namespace"
}
gone() { [[ $(holders "$1") -eq 0 ]]; }

# to_ns FROM TO: e's interface
to_ns() {
	ip -n "$1" link set eth0 netns "$2" &&
	ip -n "$2" -b - <<-END
		addr replace 192.0.2.6/24 dev eth0
		addr replace 2001:db8::6/64 dev eth0 nodad
		link set eth0 up
	END
}
moving() {
	to_ns e f
	to_ns f e
}

departing() {
	ip link set v_e netns g || return 1
	gone 192.0.2.6 || wrong "a port is left by a device that went elsewhere"
	ip -n g link set v_e netns "/proc/$$/ns/net"
	ip link set v_e up
	"$PSW" port add v_e switch psw0 mac "$MAC_E" address 192.0.2.6 address 2001:db8::6
}

ktap_header
MAC_E=$(mac_of e eth0)
flood a 192.0.2.5 2001:db8::6
flood "" 192.0.2.5 192.0.2.6
background frame -n 0 a:eth0 eth ff:ff:ff:ff:ff:ff a:eth0 ipv4 192.0.2.2 255.255.255.255 udp 1 2
race ending moving departing
calm

to_ns f e 2> /dev/null
ip -n g link set v_e netns "$$" 2> /dev/null
ip link set v_e up
"$PSW" port del v_e 2> /dev/null
check "after: e is attached" "$PSW" port add v_e switch psw0 mac "$MAC_E" address 192.0.2.6 address 2001:db8::6
check_equal "after: no port is left over" 2 "$("$PSW" -j port show | jq length)"
pods_talk a 192.0.2.6 2001:db8::6
pods_talk "" 192.0.2.2 192.0.2.6
ktap_finish
