#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The switch is deleted, and the module unloaded, while frames pass and everything else goes on.
#
#         psw0                  comes and goes
#          |
#     +----+---+-------+
#    v_a      v_b     v_d       host
#   ..|........|.......|........
#   eth0      eth0    eth0
#    a         b       d        pods; d comes and goes
#
# a and the host ping b without end. Who finds no switch makes it, and attaches a and b.
. "$(dirname "$0")/lib.sh"

need_module
need_commands jq
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "PODSWITCH_MODULE names no file"
make_pod_alone() {
	make_ns "$1"
	ip -b - <<-END || exit 1
		link add v_$1 type veth peer name eth0 netns $1
		link set v_$1 up
	END
	ip -n "$1" -b - <<-END || exit 1
		addr add $2/24 dev eth0
		link set eth0 up
	END
}
make_pod_alone a 192.0.2.2
make_pod_alone b 192.0.2.3
NAMESPACES+=(d)

# Always with the same MAC address: the pods remember it.
making() {
	ip link add psw0 address 02:00:00:00:00:01 type podswitch || return 1
	ip -b - <<-END
		addr add 192.0.2.1/24 dev psw0
		link set psw0 up
	END
	"$PSW" port add v_a switch psw0 address 192.0.2.2
	"$PSW" port add v_b switch psw0 address 192.0.2.3
	return 0
}

deleting() {
	[[ -e /sys/class/net/psw0 ]] || return 1
	busywait 1 pings a 192.0.2.3
	ip link del psw0
}

# With a request under way the module is in use, and stays.
unloading() {
	busywait 1 pings a 192.0.2.3
	rmmod podswitch || return 1
	insmod "$PODSWITCH_MODULE" || wrong "the module cannot be loaded again"
}

attaching() {
	"$PSW" port del v_b
	"$PSW" port add v_b switch psw0 address 192.0.2.3
}

living() {
	ip netns add d || return 1
	ip -b - <<-END
		link add v_d type veth peer name eth0 netns d
		link set v_d up
		link set v_d master psw0
	END
	ip -n d link set eth0 up
	ip netns del d
}

listing() {
	"$PSW" -j -s port show && "$PSW" -j -s switch show
}

hooking() {
	tc qdisc add dev psw0 clsact && tc qdisc del dev psw0 clsact
}

ktap_header
flood a 192.0.2.3
flood "" 192.0.2.3
race making deleting unloading attaching living listing hooking
calm

[[ -d /sys/module/podswitch ]] || insmod "$PODSWITCH_MODULE"
ip link del psw0 2> /dev/null
check "after: the switch is made" making
pods_talk a 192.0.2.3
pods_talk "" 192.0.2.3
check_equal "after: no port is left over" 2 "$("$PSW" -j port show | jq length)"
ip link del psw0
check "after: nobody holds the module" rmmod podswitch
insmod "$PODSWITCH_MODULE"
ktap_finish
