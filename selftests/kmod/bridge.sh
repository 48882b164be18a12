#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool "bridge" shows what psw shows and sets what psw sets, and is refused what a podswitch does not have.
#
#         psw0            br0
#          |               |
#     +----+-----+-----+   |
#    v_a        v_b   up0  x_br     host; up0 leads to up1, in the host's namespace too
#   ..|..........|.................
#   eth0        eth0
#    a           b                  pods
#
# fdb:      shown, asked for, added and deleted
# link:     shown and set
# vlan:     shown, added and deleted
# monitor:  told of each change
# both:     beside a Linux bridge, whose ports are its own
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq bridge
make_switch psw0
make_pod a psw0
make_pod b psw0
ip link add up0 type veth peer name up1
ip link set up0 up
ip link set up1 up
"$PSW" port add up0 switch psw0 role uplink
defer ip link del up0

A=a:eth0 B=b:eth0
MAC_A=$(mac_of a eth0) MAC_B=$(mac_of b eth0)
EXTRA=02:00:00:00:00:11
VIA_A=(dev psw0 via v_a)

# fdb: psw0's entries, as "MAC PORT VLAN"
fdb() {
	bridge -j fdb show dev psw0 | jq -r '.[] | "\(.mac) \(.viaIf) \(.vlan // 0)"'
}

# link DEVICE KEY: of a port, as "bridge link" shows it
link() {
	bridge -d -j link show dev "$1" | jq -r ".[0].$2"
}

# vlans DEVICE: as "bridge vlan" shows them, in a line; * is the untagged one
vlans() {
	bridge -j vlan show dev "$1" | jq -r '.[0].vlans // [] | map("\(.vlan)" +
		(if .vlanEnd then "-\(.vlanEnd)" else "" end) +
		(if (.flags // []) == ["PVID", "Egress Untagged"] then "*" else "" end)) | join(" ")'
}

# declared DEVICE: the same as psw shows it
declared() {
	"$PSW" -j port show "$1" | jq -r '.[0] |
		([if (.pvid // 0) > 0 then "\(.pvid)*" else empty end] +
		 [(.trunk // [])[] | if .first == (.last // .first) then "\(.first)"
				     else "\(.first)-\(.last)" end]) | join(" ")'
}

# show_alike NAME DEVICE VLANS: both show them so
show_alike() {
	check_equal "$1" "$3" "$(vlans "$2")"
	check_equal "$1, psw" "$3" "$(declared "$2")"
}

ktap_header

# --- fdb ---

check_equal "fdb: the ports' MACs" "$MAC_A v_a 0
$MAC_B v_b 0" "$(fdb)"
check "fdb: another MAC of a port" bridge fdb add $EXTRA "${VIA_A[@]}"
check_equal "fdb: is shown" "$EXTRA v_a 0" "$(fdb | grep $EXTRA)"
frames <<-EOF
	fdb: frames to it | -a $A=1 $B eth $EXTRA $B type 0x88b5 data 46
	fdb: frames from it | -a $B=1 $A eth $B $EXTRA type 0x88b5 data 46
EOF
check_fail "fdb: a second time" "MAC $EXTRA is held by v_a" bridge fdb add $EXTRA "${VIA_A[@]}"
check_fail "fdb: on another port" "MAC $EXTRA is held by v_a" bridge fdb add $EXTRA dev psw0 via v_b
check_equal "fdb: who holds it" v_a "$(bridge -j fdb get $EXTRA br psw0 | jq -r '.[0].viaIf')"
check_fail "fdb: who holds another" "No port holds MAC 02:00:00:00:00:12" \
	bridge fdb get 02:00:00:00:00:12 br psw0
for dev in v_a v_b; do
	seq -f "%.0f" 100 249 | while read -r n; do printf 'fdb add 02:00:00:%s:00:%02x dev psw0 via %s\n' "${dev/v_/0}" "$n" "$dev"; done
done > "$WORK/macs"
bridge -b "$WORK/macs"
check_equal "fdb: as many as do not fit into one message" 303 "$(fdb | wc -l)"
sed 's/ add / del /' "$WORK/macs" | bridge -b -
check_equal "fdb: and back" 3 "$(fdb | wc -l)"
check "fdb: taken away" bridge fdb del $EXTRA "${VIA_A[@]}"
check_equal "fdb: is not shown" "" "$(fdb | grep $EXTRA)"
frames <<-EOF
	fdb: no frames to it | -a $A=0 $B eth $EXTRA $B type 0x88b5 data 46
EOF
check_fail "fdb: taken away a second time" "MAC $EXTRA is not held by v_a" \
	bridge fdb del $EXTRA "${VIA_A[@]}"
check_fail "fdb: a port's own, added" "MAC $MAC_A is held by v_a" bridge fdb add "$MAC_A" "${VIA_A[@]}"
check_fail "fdb: a port's own, taken away" "MAC $MAC_A is the own MAC of port v_a" \
	bridge fdb del "$MAC_A" "${VIA_A[@]}"
check_fail "fdb: the switch's" "is the switch's own" \
	bridge fdb add "$(cat /sys/class/net/psw0/address)" "${VIA_A[@]}"
check_fail "fdb: a group" "MAC 03:00:00:00:00:11 is not that of a station" \
	bridge fdb add 03:00:00:00:00:11 "${VIA_A[@]}"
check_fail "fdb: without a port" "which via has to name" bridge fdb add $EXTRA dev psw0
check_fail "fdb: by way of what is no port" "is no port of psw0" bridge fdb add $EXTRA dev psw0 via up1
check_fail "fdb: learned" "entries are permanent" bridge fdb add $EXTRA "${VIA_A[@]}" dynamic
check_fail "fdb: with a tunnel's fields" "has a MAC, a port and a VLAN" \
	bridge fdb add $EXTRA "${VIA_A[@]}" dst 192.0.2.1
check_fail "fdb: in a VLAN that is not the port's" "holds a MAC in all its VLANs" \
	bridge fdb add $EXTRA "${VIA_A[@]}" vlan 7
check_fail "fdb: as of a Linux bridge" "not supported" bridge fdb add $EXTRA dev v_a master
"$PSW" port set v_a pvid 10 trunk 20
check_equal "fdb: in each VLAN" "$MAC_A v_a 10
$MAC_A v_a 20" "$(fdb | grep v_a)"
check_equal "fdb: who holds it in a VLAN" v_a \
	"$(bridge -j fdb get "$MAC_A" br psw0 vlan 20 | jq -r '.[0].viaIf')"
check_fail "fdb: not in one VLAN of two" "holds a MAC in all its VLANs" \
	bridge fdb add $EXTRA "${VIA_A[@]}" vlan 10
"$PSW" port set v_a trunk none
check "fdb: in the port's VLAN" bridge fdb add $EXTRA "${VIA_A[@]}" vlan 10
check_equal "fdb: is there" "$EXTRA v_a 10" "$(fdb | grep $EXTRA)"
check "fdb: taken away from there" bridge fdb del $EXTRA "${VIA_A[@]}" vlan 10
"$PSW" port set v_a pvid 0

# --- link ---

check_equal "link: the ports" "v_a v_b up0" "$(bridge -j link show | jq -r '.[].ifname' | xargs)"
check_equal "link: their switch" psw0 "$(link v_a master)"
check_equal "link: the state" forwarding "$(link v_a state)"
ip link set v_a down
check_equal "link: the state of one that is down" disabled "$(link v_a state)"
ip link set v_a up
check_equal "link: learns nothing, floods nothing" "false false" "$(link v_a learning) $(link v_a flood)"
check_equal "link: but to the uplink" true "$(link up0 flood)"
check_equal "link: off at first" "false false" "$(link v_a hairpin) $(link v_a isolated)"
check "link: hairpin on" bridge link set dev v_a hairpin on
check_equal "link: the other stays" "true false" "$(link v_a hairpin) $(link v_a isolated)"
check "link: isolated on, hairpin off" bridge link set dev v_a hairpin off isolated on
check_equal "link: both are shown" "false true" "$(link v_a hairpin) $(link v_a isolated)"
check_equal "link: psw shows it" true "$("$PSW" -j port show v_a | jq '.[0].isolated')"
bridge link set dev v_b isolated on
frames <<-EOF
	link: no frames between the two | -a $B=0 $A eth $B $A type 0x88b5 data 46
EOF
bridge link set dev v_a isolated off
frames <<-EOF
	link: frames again | -a $B=1 $A eth $B $A type 0x88b5 data 46
EOF
check_fail "link: learning" "hairpin and isolated alone to set" bridge link set dev v_a learning on
check_fail "link: a state" "hairpin and isolated alone to set" bridge link set dev v_a state 1
check_fail "link: nothing of both" "hairpin and isolated alone to set" \
	bridge link set dev v_a hairpin on learning on
check_equal "link: was done" false "$(link v_a hairpin)"
check_fail "link: the switch itself" "psw0 is no port of a podswitch" \
	bridge link set dev psw0 hairpin on self

# --- vlan ---

show_alike "vlan: none" v_a ""
bridge vlan add dev v_a vid 10
show_alike "vlan: tagged" v_a "10"
bridge vlan add dev v_a vid 20-30
show_alike "vlan: a range" v_a "10 20-30"
bridge vlan add dev v_a vid 40 pvid untagged
show_alike "vlan: untagged" v_a "40* 10 20-30"
bridge vlan add dev v_a vid 41 pvid untagged
show_alike "vlan: another untagged takes its place" v_a "41* 10 20-30"
bridge vlan add dev v_a vid 25 pvid untagged
show_alike "vlan: untagged what was tagged" v_a "25* 10 20-24 26-30"
bridge vlan add dev v_a vid 25
show_alike "vlan: tagged what was untagged" v_a "10 20-30"
bridge vlan del dev v_a vid 22
show_alike "vlan: one less" v_a "10 20-21 23-30"
bridge vlan add dev v_a vid 40 pvid untagged
bridge vlan del dev v_a vid 40
show_alike "vlan: without the untagged" v_a "10 20-21 23-30"
check_fail "vlan: one that is not there" "No such file" bridge vlan del dev v_a vid 77
bridge vlan del dev v_a vid 1-4094
show_alike "vlan: all of them less" v_a ""
check_fail "vlan: untagged one way alone, in" "pvid and untagged, or as neither" \
	bridge vlan add dev v_a vid 10 pvid
check_fail "vlan: untagged one way alone, out" "pvid and untagged, or as neither" \
	bridge vlan add dev v_a vid 10 untagged
check_fail "vlan: of a reserved number" "VLAN 4095 is none of 1 to 4094" bridge vlan add dev v_a vid 4095
check_fail "vlan: of a reserved number, gone" "Invalid argument" bridge vlan del dev v_a vid 0
check_fail "vlan: of the switch itself" "psw0 is no port of a podswitch" bridge vlan add dev psw0 vid 10 self
show_alike "vlan: none of these" v_a ""
"$PSW" port set v_a pvid 10
"$PSW" address add 192.0.2.2 dev v_a
check_fail "vlan: not left while it holds an address" "Port v_a has address 192.0.2.2 in VLAN 10" \
	bridge vlan add dev v_a vid 11 pvid untagged
show_alike "vlan: and stays" v_a "10*"
bridge vlan add dev up0 vid 1-4094
show_alike "vlan: all" up0 "1-4094"
bridge vlan del dev up0 vid 768-4094
seq -f "vlan del dev up0 vid %g" 3 3 765 | bridge -b -
check_equal "vlan: the most ranges" "$(seq -f %g 1 3 766 | awk '{ printf "%s%d-%d", s, $1, $1 + 1; s = " " }')" \
	"$(vlans up0)"
check_fail "vlan: and not one more" "A trunk has at most 256 ranges of VLANs" bridge vlan add dev up0 vid 1000
check_equal "vlan: and the ports behind" "10*" "$(vlans v_a)"

# --- monitor ---

# told TEXT: whether "bridge monitor" has told of v_a so
told() {
	grep -A 2 -E ": v_a: .* master psw0 " "$WORK/monitor" | tr '\n' ' ' | grep -q "$1"
}

# listens: whether a change is told of
listens() {
	"$PSW" port set v_a hairpin off
	told "hairpin off"
}

# tells NAME TEXT COMMAND...: it tells so after the command
tells() {
	local name=$1 text=$2
	shift 2

	: > "$WORK/monitor"
	"$@"
	check "$name" busywait 5 told "$text"
}

"$PSW" address del 192.0.2.2 dev v_a
"$PSW" port set v_a pvid 0 hairpin off
: > "$WORK/monitor"
background bridge -d monitor link >> "$WORK/monitor"
check "monitor: listens" busywait 5 listens
tells "monitor: a setting, by psw" "isolated on" "$PSW" port set v_a isolated on
tells "monitor: a setting, by bridge" "hairpin on" bridge link set dev v_a hairpin on
tells "monitor: VLANs" "isolated on" bridge vlan add dev v_a vid 20-29
"$PSW" port del v_a
tells "monitor: a new port" "isolated off" "$PSW" port add v_a switch psw0
"$PSW" port set v_a trunk "$(seq -s, 1 2 511)"
tells "monitor: one of the most VLANs" "hairpin on" "$PSW" port set v_a hairpin on

# --- both ---

if ip link add br0 type bridge 2> /dev/null; then
	ip link add x_br type veth peer name px_br
	ip link set x_br master br0
	check_equal "both: all ports" "br0 psw0 psw0 psw0" \
		"$(bridge -j link show | jq -r '.[].master' | sort | xargs)"
	check "both: a setting of the Linux bridge's" bridge link set dev x_br learning off
	check "both: a VLAN of the Linux bridge's" bridge vlan add dev x_br vid 10
	check "both: an entry of the Linux bridge's" bridge fdb add $EXTRA dev x_br master
	check "both: nothing of it in the switch" bash -c "! bridge fdb show dev psw0 | grep -q $EXTRA"
	ip link set v_b nomaster
	check "both: from the one to the other" ip link set v_b master br0
	ip link set v_b nomaster
	check "both: and back" ip link set v_b master psw0
	ip link del x_br
	ip link del br0
else
	skip "both" "the kernel has no bridge"
fi

ktap_finish
