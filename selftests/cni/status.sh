#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# STATUS says whether an ADD would work, and if not, why.
#
#      p1
#     eth0
#      |
#  ----+---- psw0   192.0.2.0/29: five addresses for pods
#
#  - ready: no switch yet, one, some addresses left
#  - not ready (50): its name is another device's, it is full, no address is left
#  - not ready, and pods are cut off (51): the switch is down
#  - another IPAM plugin is asked, too
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq
ktap_header

IPAM='{type: "podswitch", subnet: "192.0.2.0/29"}'
status() {
	cni STATUS "$(conf "${1:-}")" CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= CNI_ARGS=
}
make_ns p1 p2 p3 p4 p5
check "ready: ADD will make the switch" silent status
add "$(conf)" p1 >/dev/null
check "ready: there is a switch" silent status
for pod in p2 p3 p4; do add "$(conf)" "$pod" >/dev/null; done
check "ready: one address is left" silent status
add "$(conf)" p5 >/dev/null
check "not ready: no address is left" refused 50 'no IP addresses available in range set: 192.0.2.1-192.0.2.6' status
IPAM='{type: "podswitch", ranges: [[{subnet: "198.51.100.0/24"}], [{subnet: "192.0.2.0/29"}]]}'
check "not ready: none is left in one of the sets" refused 50 'in range set: 192.0.2.1-192.0.2.6' status
del "$(conf)" p3
check "ready again" silent status
"$PSW" switch set psw0 max-ports 4
check "not ready: the switch is full" refused 50 'switch "psw0" has all the 4 ports that it may have' status
"$PSW" switch set psw0 max-ports 100
ip link set psw0 down
check "not ready, pods are cut off: the switch is down" refused 51 'switch "psw0" is down' status
ip link set psw0 up
ip link add br0 type bridge
check "not ready: the name is a bridge's" refused 50 '"bridge": "br0" is not a podswitch but bridge' status '{bridge: "br0"}'
ip link del br0
IPAM='{}'
check "ready: no addresses are wanted" silent status
IPAM='{type: "stub"}'
stub stub <<'END'
[[ ! -e $WORK/bad ]] || { echo '{"code":50,"msg":"no leases"}'; exit 1; }
END
check "ready: the IPAM plugin is" silent status
touch "$WORK/bad"
check "not ready: the IPAM plugin is not" refused 50 'IPAM plugin "stub": no leases' status
ktap_finish
