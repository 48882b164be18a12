#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may only send frames, or make interfaces in a user namespace of his own, makes no table grow, and no memory.
#
#         psw0 10.0.0.1/8, 2001:db8::1
#          |
#     +----+-----+----------+
#    v_a        v_b        v_u       host
#   ..|..........|..........|.........
#   eth0        eth0       eth0
#    a           b          a user's own namespace    pods; a sends
#
# frames: a sends PODSWITCH_LOAD_FRAMES (20,000) frames of each of six kinds, each from another MAC or address, or about another
#         address: the switch's table, the neighbours that the host and b know, and memory stay. Without its guard, the
#         neighbours grow, to where the kernel ends that.
# user:   nobody's administrator makes what he can in his namespaces, one of which has a pod's end; he gets neither a switch nor
#         a port, what he makes there is not in the switch's table, and all is gone when he is.
. "$(dirname "$0")/lib.sh"

FRAMES=${PODSWITCH_LOAD_FRAMES:-20000}
TRIES=1000

need_memory
need_commands jq
make_switch psw0 10.0.0.1/8 2001:db8::1/64
make_pod a psw0 10.0.0.2/8 2001:db8::2/64
make_pod b psw0 10.0.0.3/8 2001:db8::3/64

station() {
	echo "$(mac_of "$1" eth0),$2,$3"
}
SELF=$(station a 10.0.0.2 2001:db8::2)
HOST=$(cat /sys/class/net/psw0/address),10.0.0.1,2001:db8::1
POD=$(station b 10.0.0.3 2001:db8::3)

# table: what the switch holds
table() {
	"$PSW" -j switch show psw0 | jq -c '.[0] | [.ports, .addresses]'
	"$PSW" -j address show switch psw0 | jq -c '.[].address'
}
# neighbours: how many the host and b know or look for
neighbours() {
	echo "$(ip neigh show nud all dev psw0 | grep -vc NOARP) $(ip -n b neigh show nud all dev eth0 | grep -vc NOARP)"
}
# All know each other, so that nobody's number changes by itself.
acquaint() {
	pings a 10.0.0.1 10.0.0.3 2001:db8::1 2001:db8::3 && pings b 10.0.0.1 2001:db8::1 && pings "" 10.0.0.2 10.0.0.3 2001:db8::2 2001:db8::3
}
# floods KIND N: half of them at the host, half at b
floods() {
	flood "$1" $(($2 / 2)) a eth0 "$SELF" "$HOST" > "$WORK/flood" && flood "$1" $(($2 / 2)) a eth0 "$SELF" "$POD" >> "$WORK/flood"
}
# dropped WANTED KEY SNAPSHOT: so many frames of a are dropped for that reason, but for the first, which is from itself
dropped() {
	local n

	n=$(stats_since "$3" port v_a drops | sed -n "s/.*\<$2 \([0-9]*\).*/\1/p")
	[[ ${n:-0} -ge $(($1 - 2)) ]] || { echo "${n:-0}"; return 1; }
}
# Neighbours of link-local addresses come and go by themselves.
no_more_than() {
	local was now
	read -ra was <<< "$1"
	read -ra now <<< "$(neighbours)"
	((now[0] <= was[0] + 2 && now[1] <= was[1] + 2)) || { echo "${now[*]}, and before $1"; return 1; }
}

ktap_header

# --- frames ---

check "frames: all know each other" acquaint
for kind in macs ipv4s ipv6s asks claims nds; do floods $kind 1000; done
declared=$(table)
known=$(neighbours)
remember before
note_memory "before" before
while read -r kind reason; do
	stats=$(stats_of port v_a)
	check "frames: $FRAMES $kind" floods "$kind" "$FRAMES"
	ktap_note "$kind: ns a frame, to the host and to b: $(cut -d' ' -f2 "$WORK/flood" | xargs)"
	[[ $reason == - ]] || check "frames: $kind are dropped" dropped "$FRAMES" "$reason" "$stats"
	check_equal "frames: $kind: the table is as it was" "$declared" "$(table)"
	check "frames: $kind: nobody knows more neighbours" no_more_than "$known"
done <<-END
	macs spoofed-mac
	ipv4s spoofed-ipv4
	ipv6s spoofed-ipv6
	asks -
	claims spoofed-arp
	nds spoofed-ipv6
END
tried $((6 * FRAMES)) guarded frames
check_back "frames: memory is what it was" before
note_memory "after" now
check "frames: a reaches b" pings a 10.0.0.3 2001:db8::3

"$PSW" port set v_a guard mac
for kind in claims nds; do floods $kind "$FRAMES"; done
now=$(neighbours)
most=$(($(sysctl -n net.ipv4.neigh.default.gc_thresh3) + $(sysctl -n net.ipv6.neigh.default.gc_thresh3)))
ktap_note "neighbours of the host and of b: $known, without the guard $now, of at most $most"
check_fail "frames: without its guard, the neighbours grow" "" no_more_than "$known"
check "frames: as far as the kernel lets them" test "${now% *}" -le "$most" -a "${now#* }" -le "$most"
check_equal "frames: the table is as it was even then" "$declared" "$(table)"
"$PSW" port set v_a guard mac+ip
ip neigh flush dev psw0
ip -n b neigh flush dev eth0

# --- user ---

# The administrator of a new user namespace and a network namespace of it.
AS_NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn)
# refused_links: none of them is done, as the exit status and what is there tells
refused_links() {
	# shellcheck disable=SC2016 # for the shell within
	"${AS_NOBODY[@]}" bash -c 'ip -force -b "$0"; [[ $(ip -br link | wc -l) -eq 1 ]]' "$WORK/tries" 2> "$WORK/why"
	[[ $(grep -c 'CAP_NET_ADMIN' "$WORK/why") -eq $TRIES ]]
}
# lives: he has a shell, $USER_PID, that reads $USER_IN, and v_u's other end; what he says is in $WORK/user.out
lives() {
	[[ -p $WORK/user ]] || mkfifo "$WORK/user"
	"${AS_NOBODY[@]}" bash -s < "$WORK/user" > "$WORK/user.out" 2>&1 &
	USER_PID=$!
	JOBS+=("$USER_PID")
	exec {USER_IN}> "$WORK/user"
	busywait 10 is_apart || return 1
	ip link add v_u up type veth peer name eth0 netns "$USER_PID" && "$PSW" port add v_u switch psw0 address 10.0.0.4 pod test/u
}
is_apart() {
	[[ $(readlink "/proc/$USER_PID/ns/net") != "$(readlink /proc/self/ns/net)" ]] && grep -q 65534 "/proc/$USER_PID/uid_map"
}
# does TEXT: he runs it, and says "done"
does() {
	: > "$WORK/user.out"
	printf '%s\necho done\n' "$1" >&"$USER_IN"
	busywait 60 grep -q '^done$' "$WORK/user.out"
}
ends() {
	exec {USER_IN}>&-
	wait "$USER_PID"
	busywait 10 is_gone
}
is_gone() {
	! "$PSW" port show v_u
}
# What he can make without us: interfaces, on the pod's end and others, addresses, neighbours.
# shellcheck disable=SC2016 # likewise
MAKES='ip link set lo up; ip link set eth0 up
for ((i = 0; i < 200; i++)); do
	echo "link add m$i link eth0 type macvlan mode bridge"
	echo "link set m$i up"
	echo "link add link eth0 name eth0.$((i + 1)) type vlan id $((i + 1))"
	echo "addr add 10.1.0.$((i + 1))/8 dev eth0"
	echo "addr add 2001:db8::9:$i/64 dev eth0"
	echo "neigh add 10.2.0.$i lladdr 02:00:00:00:00:01 dev eth0"
	echo "link add x$i type veth peer name y$i"
done | ip -force -b -
ip -br link | wc -l'

for ((i = 0; i < TRIES; i++)); do echo "link add s$i type podswitch"; done > "$WORK/tries"
chmod 711 "$WORK"
chmod 644 "$WORK/tries"
# What grows once. He is our child, so that "check" cannot have him.
lives && does "$MAKES" && ends
check "user: refused $TRIES switches" refused_links
declared=$(table)
remember before
check "user: refused $TRIES switches, again" refused_links
tried $((2 * TRIES)) "switches of a user without the right"
check_back "user: nothing is left of them" before
lives
check "user: has a pod's end" "$PSW" port show v_u
with_pod=$(table)
check "user: makes what he can" does "$MAKES"
ktap_note "interfaces of his: $(grep -m 1 '^[0-9]*$' "$WORK/user.out")"
check "user: hundreds of interfaces" test "$(grep -m 1 '^[0-9]*$' "$WORK/user.out")" -gt 800
check_equal "user: none is in the switch's table" "$with_pod" "$(table)"
remember his
note_slabs before his
check "user: makes no port" does "ip link set x1 master eth0; $(declare -p PSW); \"\$PSW\" port add x1 switch eth0; \"\$PSW\" port show"
check_equal "user: and sees none" "" "$(grep v_ "$WORK/user.out")"
ends
check_fail "user: ends, and his port with him" "" "$PSW" port show v_u
check_equal "user: the table is as before him" "$declared" "$(table)"
check_back "user: and so is memory" before
ktap_finish
