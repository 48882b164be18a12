#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Netlink messages of all kinds, most of them wrong, from several sockets at once: the kernel holds out, and to its word.
#
#     psw0, psw1, psw2               switches; the second and third come and go
#     v0 ... v7 -- e0 ... e7 in pods  u_0 ... u_3: dummies, which come and go
#     x0 -- x1                        a pair whose ends are both here
#     vlan0 on v0, lo
#
# PODSWITCH_NLFUZZ_MESSAGES (12000) messages of PODSWITCH_NLFUZZ_SEED (1) in all; "nlfuzz -p N" prints one of them.
#
# strangers: who has no right to; nothing changes
# all:       four administrators beside strangers, while somebody listens. What is refused is told why, what is out of the
#            bounds of genl/podswitch.yaml is refused, what asks for an answer gets one, and each request is done at times
# after:     what the switches count is what is there; it goes, and a new switch works
. "$(dirname "$0")/../lib.sh"

MESSAGES=${PODSWITCH_NLFUZZ_MESSAGES:-12000}
SEED=${PODSWITCH_NLFUZZ_SEED:-1}
SWITCHES=psw0,psw1,psw2
DEVICES=v0,v1,v2,v3,v4,v5,v6,v7,u_0,u_1,u_2,u_3,x0,x1,vlan0,lo

need_module
need_commands jq

without_ipv6
set_sysctl kernel.printk_ratelimit=0	# what the core says of attributes' remains is as much as there are of them
for sw in psw0 psw1 psw2; do make_switch "$sw"; done
make_ns pods
for n in {0..7}; do ip link add "v$n" up type veth peer name "e$n" netns pods; done
# come_and_gone NAME...: they may be gone, or not
come_and_gone() { local name; for name; do ip link del "$name" 2> /dev/null; done; }
defer come_and_gone vlan0 u_{0..3}
for n in {0..3}; do ip link add "u_$n" type dummy; done
ip link add x0 type veth peer name x1
defer ip link del x0
ip link add link v0 name vlan0 type vlan id 5

state() {
	"$PSW" -j switch show
	"$PSW" -j port show
}

# value KEY: of what nlfuzz counted
value() { sed -n "s/^$1 //p" "$WORK/fuzz"; }

# fuzzed NAME ARGUMENT...: a part of the messages, and what came of them
fuzzed() {
	local name=$1 key status=0
	shift

	nlfuzz -s "$SEED" "$@" $SWITCHES $DEVICES > "$WORK/fuzz" 2>&1 || status=$?
	check "$name: $(value sent) sent, $(value "done") done, $(value refused) refused, seed $SEED" \
		test "$status" -le 1 -a "$(value sent)" -gt 0
	tried "$(value sent)" netlink messages
	for key in lost taken wordless; do
		check_equal "$name: $key" 0 "$(value $key)"
	done
	sed -n 's/^request/#/p; /^\(lost\|taken\|wordless\): /s/^/# /p' "$WORK/fuzz" | cut -c 1-400
}

ktap_header

"$PSW" port add v0 switch psw0 mac 02:00:00:00:00:02 address 192.0.2.2 address 2001:db8::2
"$PSW" port add v1 switch psw0 mac 02:00:00:00:00:03 address 192.0.2.3
"$PSW" port add u_0 switch psw1 guard off
STATE=$(state)
check "before: psw tells of two switches with ports" grep -q 'v0.*u_0' <<< "$(tr -d '\n' <<< "$STATE")"
fuzzed strangers -a 0 -u 6 -n $((MESSAGES / 5))
check_equal "strangers: nothing changed" "$STATE" "$(state)"

fuzzed all -a 4 -u 3 -n $((MESSAGES - MESSAGES / 5))
# in a few thousand, chance may have left one out
(( MESSAGES < 50000 )) || check_equal "all: each request is done at times" "" "$(sed -n '/^request .*:/{/: done/!s/:.*//p}' "$WORK/fuzz")"

# counted: what each switch counts of ports and of addresses that they hold
counted() { "$PSW" -j switch show | jq -r '.[] | "\(.name) \(.ports) \(.addresses)"' | sort; }

# found: the same, of the ports themselves
found() {
	jq -nr --argjson s "$("$PSW" -j switch show)" --argjson p "$("$PSW" -j port show)" '
		$s[].name as $name | [$p[] | select(.switch == $name)]
		| "\($name) \(length) \([.[].address[] | select((has("mac") or .shared) | not)] | length)"' | sort
}

check_equal "after: ports and addresses are counted" "$(found)" "$(counted)"
left() { "$PSW" -j port show | jq -r '.[].name' | while read -r name; do "$PSW" port del "$name" || return; done; }
check "after: each port can be taken away" left
check_equal "after: no port and no address is left" "" "$(counted | grep -v ' 0 0$')"
for sw in psw0 psw1 psw2; do ip link del "$sw" 2> /dev/null; done
make_switch psw9 192.0.2.1/24
make_pod a psw9 192.0.2.2/24
make_pod b psw9 192.0.2.3/24
check "after: a new switch works" pings a 192.0.2.1 192.0.2.3
# the first look finds what is young, too
if echo scan 2> /dev/null > /sys/kernel/debug/kmemleak; then
	echo scan > /sys/kernel/debug/kmemleak
	check_equal "after: nothing has leaked" "" "$(grep -B 12 -A 12 podswitch /sys/kernel/debug/kmemleak)"
fi
ktap_finish
