#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Pods' devices are attached and detached thousands of times, with addresses and an owner, while frames pass; memory stays.
#
#           psw0
#            |
#     +------+-----+----+----+----+
#    v_a    v_b    c1   c2   c3   c4     host
#   ..|......|.....|....|....|....|...
#   eth0   eth0    p1   p2   p3   p4
#     a      b     crowd                 pods
#
# c1 to c4 come and go, PODSWITCH_CYCLES (10,000) times in all, half of which is done before memory is compared the first
# time. An attachment is a port with a VLAN, a trunk, five IP addresses, of which one is added later, an extra MAC, a
# shared address and an owner, and ends in one of three ways: by itself, by "ip link set nomaster", with an address taken before.
. "$(dirname "$0")/lib.sh"

CYCLES=${PODSWITCH_CYCLES:-10000}

need_memory
need_commands jq
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_ns crowd
for n in 1 2 3 4; do
	ip link add "c$n" up type veth peer name "p$n" netns crowd
	ip -n crowd link set "p$n" up
done

# cycles: one of each device, as psw's batch
cycles() {
	local n

	for n in 1 2 3 4; do
		cat <<-END
			port add c$n switch psw0 pvid $n trunk 100-107 network load pod test/c$n address 198.51.100.$n \
				address 198.51.101.$n address 2001:db8:1::$n address 2001:db8:2::$n \
				address 198.51.100.100 shared address 02:00:00:00:01:0$n
			address add 203.0.113.$n dev c$n
			port set c$n storm-limit 100 network other pod test/d$n trunk 300-304
			address del 2001:db8:1::$n dev c$n
			port del c$n
		END
	done
}
# attach N: as many cycles, four at a time
attach() {
	local i text

	text=$(cycles)
	for ((i = 0; i < $1; i += 4)); do
		echo "$text"
	done | "$PSW" -batch -
}
# by_master N: the same by rtnetlink
by_master() {
	local i

	for ((i = 0; i < $1; i++)); do
		echo "link set c1 master psw0"
		echo "link set c1 nomaster"
	done | ip -b -
}
# sends WHAT: b has got more of a's frames than it had
more_arrive() {
	local was=$1

	[[ $(counter v_a rx-packets) -gt $was ]]
}

ktap_header
background frame -n 0 a:eth0 eth b:eth0 a:eth0 ipv4 192.0.2.2 192.0.2.3 udp 1 2 data 100

# What grows once.
check "warm: attach" attach 400
check "warm: by master" by_master 100
remember start
check "$((CYCLES / 2)) cycles" attach $((CYCLES / 2))
check "$((CYCLES / 20)) by master" by_master $((CYCLES / 20))
remember before
note_memory "before" before
was=$(counter v_a rx-packets)
begun=$(ms)
check "$((CYCLES / 2)) cycles again" attach $((CYCLES / 2))
took=$(($(ms) - begun))
check "$((CYCLES / 20)) by master again" by_master $((CYCLES / 20))
check "frames have passed meanwhile" more_arrive "$was"
check_back "memory is what it was" before
note_memory "after" now
check_equal "nor has it grown before" "" "$(grown start now)"
note_slabs start before now
ktap_note "one cycle: $((took * 2000 / CYCLES)) us"

tried $((400 + CYCLES + 100 + CYCLES / 10)) attachments and detachments
check_equal "a and b are the ports that are left" "v_a v_b" "$("$PSW" -j port show | jq -r '[.[].name] | join(" ")')"
check_equal "with their addresses" 4 "$("$PSW" -j switch show psw0 | jq '.[0].addresses')"
check "frames pass" pings a 192.0.2.3 2001:db8::3
ktap_finish
