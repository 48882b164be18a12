#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw graph: Graphviz takes it, and it has what there is: real ports, hostile names, a thousand of them.
#
#   psw0 192.0.2.1                  psw1
#    |                               |
#    +------+-------+-------+        d1 .. d1000     dummies
#   v_a    v_b     v_t     up0
#   ..|.....|.......|.......|.......
#   eth0   eth0    eth0    eth0
#    a .2   b .3    t       outside         a lies about its MAC, and pings b; t is in VLANs
#
# picture:  nodes, edges, what is on them
# rates:    with an interval
# names:    of pods, whatever they are
# crowd:    a thousand ports
# errors:   what is no switch
. "$(dirname "$0")/../lib.sh"

need_module
need_commands dot ping
without_ipv6
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
make_pod t psw0
make_ns outside
ip link add up0 type veth peer name eth0 netns outside
ip link set up0 up
"$PSW" port add up0 switch psw0 role uplink
"$PSW" port set v_b isolated on hairpin on
"$PSW" port set v_t pvid 7 trunk 10,20-29
"$PSW" address add 192.0.2.100 shared dev v_b
LIAR=02:00:00:00:00:99

# draws ARGUMENT...: to $WORK/dot and $WORK/svg; Graphviz has nothing to say
draws() {
	"$PSW" graph "$@" > "$WORK/dot" && dot -Tsvg "$WORK/dot" > "$WORK/svg" 2> "$WORK/complaints" &&
		[[ ! -s $WORK/complaints ]]
}
# node DEVICE: the line that draws it
node() { grep -E "^"$'\t'"(port|switch)$(< "/sys/class/net/$1/ifindex") \[" "$WORK/dot"; }
# edge DEVICE: of its port
edge() { grep -E -- "-- (switch[0-9]+ .*)?port$(< "/sys/class/net/$1/ifindex") \[" "$WORK/dot"; }
# has TEXT COMMAND...: it prints that
has() { [[ $("${@:2}") == *"$1"* ]] || { "${@:2}"; false; }; }
lacks() { ! has "$@"; }

ktap_header

# --- picture ---

pings a 192.0.2.3 > /dev/null
frame -n 12 -a b:eth0=0 a:eth0 eth b:eth0 "$LIAR" type 0x88b5 data 46 > /dev/null
check "picture: Graphviz takes it" draws
check "picture: the switch" has "<B>psw0</B>" node psw0
check "picture: its ports" has "4 ports, 2 addresses" node psw0
check "picture: the host" grep -q "host -- switch$(< /sys/class/net/psw0/ifindex) " "$WORK/dot"
check "picture: a pod, device, MAC, address" has \
	"<B>test/a</B></TD></TR><TR><TD>v_a<BR/>$(mac_of a eth0)<BR/>192.0.2.2</TD></TR><TR><TD>guard mac+ip<" node v_a
check "picture: drops in red" has '<FONT COLOR="red">dropped<BR/>spoofed-mac 12</FONT>' node v_a
check "picture: no drops, no red" lacks '"red"' node v_b
check "picture: a shared address, isolated, hairpin" has \
	"192.0.2.100 shared</TD></TR><TR><TD>guard mac+ip, isolated, hairpin<" node v_b
check "picture: VLANs" has 'label="VLAN 7\ltagged VLANs 10,20-29\lsent ' edge v_t
check "picture: what moved" has "sent $(counter v_b rx-packets).0 packets, $(counter v_b rx-bytes) bytes\\l" edge v_b
check "picture: the uplink" has "<B>uplink</B></TD></TR><TR><TD>up0</TD></TR></TABLE>" node up0
check "picture: the uplink's edge" grep -q "port$(< /sys/class/net/up0/ifindex) -- switch" "$WORK/dot"
check "picture: drawn" grep -q '>test/a<' "$WORK/svg"

# --- rates ---

background ip netns exec a ping -q -i 0.02 192.0.2.3 > /dev/null
background frame -n 0 a:eth0 eth b:eth0 "$LIAR" type 0x88b5 data 46
check "rates: Graphviz takes it" draws psw0 interval 0.5
check "rates: on the edge" grep -qE 'label="sent [1-9][0-9.k]* packets/s, [0-9.]*[kM] bit/s' <<< "$(edge v_a)"
check "rates: of who moves nothing" has 'sent 0 packets/s, 0 bit/s' edge v_t
check "rates: of drops" has ' dropped/s: spoofed-mac</FONT>' node v_a

# --- names ---

# name_is NAME SHOWN: a pod's name, and as the picture has it
name_is() {
	"$PSW" port set v_t owner none pod "$1"
	check "names: $2" draws
	check "names: $2, drawn" grep -qF -- ">$2<" "$WORK/svg"
}
name_is 'a"b' 'a&quot;b'
name_is 'x/a\N\G\l' 'x/a\N\G\l'
name_is "end\\" "end\\"
name_is '</B>&lt;<I>' '&lt;/B&gt;&amp;lt;&lt;I&gt;'
name_is '>]; evil [label=<' '&gt;]; evil [label=&lt;'
name_is $'a\e[2J\tb' 'a?[2J?b'
name_is $'caf\xe9' 'caf?'
name_is $'caf\xc3\xa9' $'caf\xc3\xa9'
name_is "$(printf 'n%.0s' {1..253})" "$(printf 'n%.0s' {1..253})"
check "names: no node of theirs" lacks evil dot -Tplain "$WORK/dot"

# --- crowd ---

make_switch psw1
for ((i = 1; i <= 1000; i++)); do
	echo "link add d$i type dummy"
done | ip -b - || exit 1
# remove_dummies: those that are there
remove_dummies() {
	ip -o link show type dummy | sed 's/^[0-9]*: /link del /; s/[:@].*//' | ip -b -
}
defer remove_dummies
plumb ports psw1 d 1 1000 > /dev/null || exit 1
check "crowd: Graphviz takes it" draws psw1
check_equal "crowd: all are there" 1000 "$(grep -c ' -- port' "$WORK/dot")"
check "crowd: one switch alone" lacks psw0 cat "$WORK/dot"
check "crowd: both switches" draws
check_equal "crowd: all of both" 1003 "$(grep -c ' -- port' "$WORK/dot")"
draws_around() { "$PSW" graph | twopi -Tsvg > /dev/null; }
check "crowd: around the switch" draws_around

# --- errors ---

check_fail "errors: no such device" "psw: graph: nope: No such device" "$PSW" graph nope
check_fail "errors: no switch" "psw: graph: v_a: " "$PSW" graph v_a
check_equal "errors: nothing is printed" "" "$("$PSW" graph v_a 2> /dev/null)"
to_full_disk() { "$PSW" graph > /dev/full; }
check_fail "errors: a full disk" "psw: graph: Cannot write" to_full_disk
ip link del psw1
ip link del psw0
check "no switch: Graphviz takes it" draws
check_equal "no switch: the host is alone" 0 "$(grep -c -- ' -- ' "$WORK/dot")"

ktap_finish
