#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port can have more MACs than its own, and ports can share an IP address that moves between them.
#
#         psw0 192.0.2.1, 2001:db8::1
#          |
#     +----+-----+----------+---------+---------+
#    v_a        v_b        v_c       v_d       v_t       host
#   ..|..........|..........|.........|.........|..........
#   eth0        eth0       eth0      eth0      eth0
#    a .2        b .3       c .4      d         t         pods; d declares no address, t carries VLANs 10 and 20
#
# mac:     is a source, a destination, nobody else's; shown, removed, made the port's own
# vlans:   in all VLANs of its port, also of those that come later
# limit:   256 addresses, of whatever kind
# shared:  a and b use 192.0.2.100 and 2001:db8::100, others do not
# asked:   who shares it, and who may know, is asked about it
# moves:   c's kernel finds the address in a, and then in b
# refused: held and shared at once
# removed: no longer used, nor asked about
. "$(dirname "$0")/../lib.sh"

need_module
need_commands ping
make_switch psw0 192.0.2.1/24 2001:db8::1/64
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
make_pod c psw0 192.0.2.4/24 2001:db8::4/64
make_pod d psw0
make_pod t psw0
without_probes a b c d t
"$PSW" port set v_t trunk 10,20

A=a:eth0 B=b:eth0 C=c:eth0 D=d:eth0 T=t:eth0
ALL=ff:ff:ff:ff:ff:ff NONE=00:00:00:00:00:00 ALL_NODES="33:33:00:00:00:01"
MORE=02:00:00:00:00:0a LL_MORE=fe80::ff:fe00:a
VIP=192.0.2.100 VIP6=2001:db8::100
# the solicited-node group of VIP6 (RFC 4291 2.7.1)
GROUP_VIP=33:33:ff:00:01:00 SNM_VIP=ff02::1:ff00:100
MAC_A=$(mac_of a eth0) MAC_B=$(mac_of b eth0)
UDP="udp 1000 2000 data 20"
DATA="type 0x88b5 data 46"
NO="-a $C=0 -a psw0=0 $A"

# extra_of DEVICE: the MACs beside its own, as psw shows them
extra_of() {
	"$PSW" -j port show "$1" | jq -r '[.[0].address[] | .mac // empty] | join(" ")'
}

# address_row ADDRESS: who has it, and whether it is shared and whether a MAC beside its own, as psw lists it
address_row() {
	"$PSW" -j address show switch psw0 | jq -r --arg address "$1" '[.[] | select(.address == $address) |
		"\(.port) \(.shared) \(.extra)"] | sort | join(", ")'
}

ktap_header

# --- mac ---

frames_count "spoofed-mac 1" port v_a drops <<-EOF
	mac: not declared, as a source | $NO eth $C $MORE ipv4 192.0.2.2 192.0.2.4 $UDP
EOF
frames_count "unknown-destination 1" port v_b drops <<-EOF
	mac: not declared, as a destination | -a $A=0 -a $C=0 $B eth $MORE $B $DATA
EOF
check "mac: declared" "$PSW" address add $MORE dev v_a
frames_count "" port v_a drops <<-EOF
	mac: a source | -a $C=1 $A eth $C $MORE $DATA
	mac: a source, IPv4 | -a $C=1 $A eth $C $MORE ipv4 192.0.2.2 192.0.2.4 $UDP
	mac: a source, IPv6 | -a $C=1 $A eth $C $MORE ipv6 2001:db8::2 2001:db8::4 $UDP
	mac: a source, the link-local address made of it | -a $C=1 $A eth $C $MORE ipv6 $LL_MORE 2001:db8::4 $UDP
	mac: a source, ARP | -a $C=1 $A eth $C $MORE arp 2 $MORE 192.0.2.2 $C 192.0.2.4
	mac: a source, advertisement | -a $C=1 $A eth $C $MORE ipv6 2001:db8::2 2001:db8::4 na 0x60 2001:db8::2 lladdr 2 $MORE
	mac: the own one still is | -a $C=1 $A eth $C $A ipv4 192.0.2.2 192.0.2.4 $UDP
EOF
frames_count "spoofed-ipv4 1 spoofed-ipv6 1 spoofed-arp 2" port v_a drops <<-EOF
	mac: guarded like the own one, IPv4 | $NO eth $C $MORE ipv4 192.0.2.99 192.0.2.4 $UDP
	mac: guarded like the own one, link-local | $NO eth $C $A ipv6 $LL_MORE 2001:db8::4 $UDP
	mac: guarded like the own one, ARP in its name | $NO eth $C $A arp 2 $MORE 192.0.2.2 $C 192.0.2.4
	mac: guarded like the own one, ARP in the own one's name | $NO eth $C $MORE arp 2 $A 192.0.2.2 $C 192.0.2.4
EOF
frames_count "spoofed-mac 1" port v_b drops <<-EOF
	mac: a destination | -a $A=1 -a $C=0 -a psw0=0 $B eth $MORE $B $DATA
	mac: not another port's source | -a $A=0 -a $C=0 $B eth $C $MORE $DATA
EOF
frames <<-EOF
	mac: a destination, from the host | -a $A=1 -a $C=0 psw0 eth $MORE psw0 $DATA
EOF
check_fail "mac: not for another port, beside its own" "MAC $MORE is held by v_a" \
	"$PSW" address add $MORE dev v_b
check_fail "mac: not for another port, as its own" "MAC $MORE is held by v_a" \
	"$PSW" port set v_b mac $MORE
check_fail "mac: not twice" "MAC $MORE is held by v_a" "$PSW" address add $MORE dev v_a
check_fail "mac: not another port's own" "MAC $MAC_B is held by v_b" \
	"$PSW" address add "$MAC_B" dev v_a
check_equal "mac: shown, JSON" $MORE "$(extra_of v_a)"
check_equal "mac: shown, in the list" "v_a false true" "$(address_row $MORE)"
check_fail "mac: not removed from a port without it" "MAC $MORE is not held by v_b" \
	"$PSW" address del $MORE dev v_b
check_fail "mac: the own one is not removed" "MAC $MAC_A is the own MAC of port v_a" \
	"$PSW" address del "$MAC_A" dev v_a
check "mac: removed" "$PSW" address del $MORE dev v_a
frames_count "spoofed-mac 1" port v_a drops <<-EOF
	mac: removed, as a source | $NO eth $C $MORE $DATA
EOF
frames_count "unknown-destination 1" port v_b drops <<-EOF
	mac: removed, as a destination | -a $A=0 $B eth $MORE $B $DATA
EOF
check_equal "mac: removed, not shown" "" "$(extra_of v_a)"

"$PSW" address add $MORE dev v_a
check "mac: made the own one" "$PSW" port set v_a mac $MORE
check_equal "mac: made the own one, shown as that alone" "$MORE " \
	"$("$PSW" -j port show v_a | jq -r '.[0].mac') $(extra_of v_a)"
frames_count "spoofed-mac 1" port v_a drops <<-EOF
	mac: made the own one, a source | -a $C=1 $A eth $C $MORE $DATA
	mac: made the own one, the one before is none | $NO eth $C $A $DATA
EOF
frames_count "unknown-destination 1" port v_b drops <<-EOF
	mac: made the own one, a destination | -a $A=1 $B eth $MORE $B $DATA
	mac: made the own one, the one before is none | -a $A=0 $B eth $A $B $DATA
EOF
"$PSW" port set v_a mac "$MAC_A"
check "mac: given up, it is free for another port" "$PSW" address add $MORE dev v_b
frames <<-EOF
	mac: and leads there | -a $A=0 -a $B=1 $C eth $MORE $C $DATA
EOF
"$PSW" port del v_b
check "mac: free with its port" "$PSW" address add $MORE dev v_a
"$PSW" address del $MORE dev v_a
"$PSW" port add v_b switch psw0 address 192.0.2.3 address 2001:db8::3

# --- vlans ---

check "vlans: declared" "$PSW" address add $MORE dev v_t
frames <<-EOF
	vlans: untagged | -a $T=1 psw0 eth $MORE psw0 $DATA
	vlans: untagged, from a pod | -a $T=1 $A eth $MORE $A $DATA
EOF

# tagged VLAN: how many of 10 frames of the host in that VLAN are no drops
tagged() {
	local was moved

	was=$(stats_of switch psw0)
	frame -n 10 psw0 eth $MORE psw0 vlan "$1" type 0x88b5 data 46
	moved=$(stats_since "$was" switch psw0 drops)
	echo $((10 - ${moved:+${moved#unknown-destination }} + 0))
}

check_equal "vlans: the first of them" 10 "$(tagged 10)"
check_equal "vlans: the second" 10 "$(tagged 20)"
check_equal "vlans: not another" 0 "$(tagged 30)"
frames_count "foreign-vlan 1" port v_t drops <<-EOF
	vlans: a source in one | $T eth psw0 $MORE vlan 10 $DATA
	vlans: not in another | $T eth psw0 $MORE vlan 30 $DATA
EOF
"$PSW" port set v_d pvid 10
check_fail "vlans: not for another port in one of them" "MAC $MORE is held by v_t" \
	"$PSW" address add $MORE dev v_d
"$PSW" port set v_d pvid 30
check "vlans: but where it is not" "$PSW" address add $MORE dev v_d
check_fail "vlans: nor can the first port go there then" "MAC $MORE is held by v_d" \
	"$PSW" port set v_t trunk 10,30
"$PSW" address del $MORE dev v_d
"$PSW" port set v_d pvid 0
check "vlans: the port changes them" "$PSW" port set v_t trunk 10,30
check_equal "vlans: one that it keeps" 10 "$(tagged 10)"
check_equal "vlans: one that it leaves" 0 "$(tagged 20)"
check_equal "vlans: one that is new" 10 "$(tagged 30)"
"$PSW" address del $MORE dev v_t
check_equal "vlans: removed from all" "0 0" "$(tagged 10) $(tagged 30)"
check "vlans: removed, it is free" "$PSW" address add $MORE dev v_d
"$PSW" address del $MORE dev v_d

# --- limit ---

mapfile -t macs < <(printf '02:00:00:00:01:%02x\n' {0..253})
check "limit: 254 MACs beside two IP addresses" "$PSW" address add "${macs[@]}" dev v_c
check_fail "limit: no more MACs" "A port holds at most 256 addresses" \
	"$PSW" address add $MORE dev v_c
check_fail "limit: no more shared ones" "A port holds at most 256 addresses" \
	"$PSW" address add $VIP shared dev v_c
check_fail "limit: no more of its own" "A port holds at most 256 addresses" \
	"$PSW" address add 192.0.2.44 dev v_c
frames <<-EOF
	limit: the last MAC counts | -a $C=1 $A eth ${macs[253]} $A $DATA
EOF
check "limit: all removed at once" "$PSW" address del "${macs[@]}" dev v_c
check "limit: there is room again" "$PSW" address add $MORE dev v_c
"$PSW" address del $MORE dev v_c

# --- shared ---

frames_count "spoofed-ipv4 1 spoofed-ipv6 1 spoofed-arp 1" port v_a drops <<-EOF
	shared: not yet, IPv4 | $NO eth $C $A ipv4 $VIP 192.0.2.4 $UDP
	shared: not yet, IPv6 | $NO eth $C $A ipv6 $VIP6 2001:db8::4 $UDP
	shared: not yet, ARP | $NO eth $ALL $A arp 1 $A $VIP $NONE $VIP
EOF
check "shared: by a" "$PSW" address add $VIP shared $VIP6 shared dev v_a
check "shared: by b" "$PSW" address add $VIP shared $VIP6 shared dev v_b
check_equal "shared: shown" "v_a true false, v_b true false" "$(address_row $VIP)"
check_equal "shared: shown, IPv6" "v_a true false, v_b true false" "$(address_row $VIP6)"
for pod in a b; do
	P=$pod:eth0
	frames_count "" port v_$pod drops <<-EOF
		shared: $pod uses it, IPv4 | -a $C=1 $P eth $C $P ipv4 $VIP 192.0.2.4 $UDP
		shared: $pod uses it, IPv6 | -a $C=1 $P eth $C $P ipv6 $VIP6 2001:db8::4 $UDP
		shared: $pod announces it, ARP | -a $C=1 -a psw0=1 $P eth $ALL $P arp 1 $P $VIP $NONE $VIP
		shared: $pod answers for it, ARP | -a $C=1 $P eth $C $P arp 2 $P $VIP $C 192.0.2.4
		shared: $pod announces it, advertisement | -a $C=1 -a psw0=1 $P eth $ALL_NODES $P ipv6 $VIP6 ff02::1 na 0x20 $VIP6 lladdr 2 $P
	EOF
done
frames_count "" port v_a drops <<-EOF
	shared: a still uses its own | -a $C=1 $A eth $C $A ipv4 192.0.2.2 192.0.2.4 $UDP
EOF
frames_count "spoofed-ipv4 1 spoofed-ipv6 1 spoofed-arp 1 spoofed-nd 1" port v_c drops <<-EOF
	shared: not c, IPv4 | -a $A=0 $C eth $A $C ipv4 $VIP 192.0.2.2 $UDP
	shared: not c, IPv6 | -a $A=0 $C eth $A $C ipv6 $VIP6 2001:db8::2 $UDP
	shared: not c, ARP | -a $A=0 -a psw0=0 $C eth $ALL $C arp 1 $C $VIP $NONE $VIP
	shared: not c, advertisement | -a $A=0 -a psw0=0 $C eth $ALL_NODES $C ipv6 2001:db8::4 ff02::1 na 0x20 $VIP6 lladdr 2 $C
EOF

# --- asked ---

for pod in a b; do
	ip -n $pod maddr add $GROUP_VIP dev eth0
done
frames_count "answered 0" port v_c answered drops <<-EOF
	asked: who shares it, and who declares nothing | -a $A=1 -a $B=1 -a $D=1 -a $C=0 -a psw0=1 $C eth $ALL $C arp 1 $C 192.0.2.4 $NONE $VIP
	asked: the same of IPv6 | -a $A=1 -a $B=1 -a $D=0 -a psw0=1 $C eth $GROUP_VIP $C ipv6 2001:db8::4 $SNM_VIP ns $VIP6 lladdr 1 $C
	asked: a probe | -a $A=1 -a $B=1 -a psw0=1 $C eth $ALL $C arp 1 $C 0.0.0.0 $NONE $VIP
	asked: one of them alone | -a $A=1 -a $B=0 -a psw0=0 $C eth $A $C arp 1 $C 192.0.2.4 $A $VIP
	asked: not about what nobody shares | -a $A=0 -a $B=0 -a $D=1 -a psw0=1 $C eth $ALL $C arp 1 $C 192.0.2.4 $NONE 192.0.2.99
EOF
frames_count "answered 0" port v_b answered drops <<-EOF
	asked: by one of them | -a $A=1 -a $B=0 -a $C=0 -a $D=1 -a psw0=1 $B eth $ALL $B arp 1 $B 192.0.2.3 $NONE $VIP
EOF
frames_count "answered 0" switch psw0 answered drops <<-EOF
	asked: by the host | -a $A=1 -a $B=1 -a $C=0 -a $D=1 psw0 eth $ALL psw0 arp 1 psw0 192.0.2.1 $NONE $VIP
EOF
for pod in a b; do
	ip -n $pod maddr del $GROUP_VIP dev eth0
done

# --- moves ---

# echoes POD: how many echo requests it got, of both families
echoes() {
	nsenter --net="/run/netns/$1" cat /proc/net/snmp /proc/net/snmp6 | awk '
		$1 == "Icmp:" && !at { for (i = 1; i <= NF; i++) if ($i == "InEchos") at = i; next }
		$1 == "Icmp:" { n += $at }
		$1 == "Icmp6InEchos" { n += $2 }
		END { print n }'
}

# reaches POD OTHER: c's kernel finds the address there alone, by both families
reaches() {
	local here other

	here=$(echoes "$1") other=$(echoes "$2")
	nsenter --net=/run/netns/c ping -q -c 2 -i 0.2 -W 5 "$VIP" || return 1
	nsenter --net=/run/netns/c ping -q -c 2 -i 0.2 -W 5 "$VIP6" || return 1
	echo "$1 $(($(echoes "$1") - here)), $2 $(($(echoes "$2") - other))"
	[[ $(($(echoes "$1") - here)) -eq 4 && $(echoes "$2") -eq $other ]]
}

# take POD
take() {
	ip -n "$1" addr add $VIP/32 dev eth0
	ip -n "$1" addr add $VIP6/128 dev eth0 nodad
}

# announce POD: that it has the address now, as VRRP's new master does
announce() {
	frame "$1:eth0" eth $ALL "$1:eth0" arp 1 "$1:eth0" $VIP $NONE $VIP
	frame "$1:eth0" eth $ALL_NODES "$1:eth0" ipv6 $VIP6 ff02::1 na 0x20 $VIP6 lladdr 2 "$1:eth0"
}

# leave POD
leave() {
	ip -n "$1" addr del $VIP/32 dev eth0
	ip -n "$1" addr del $VIP6/128 dev eth0
}

# what c has learned from the frames above, to which it had answers
ip -n c neigh flush dev eth0
take a
check "moves: it is asked for and found in a" reaches a b
check_equal "moves: by a's MAC" "$MAC_A" \
	"$(ip -n c -j neigh show to $VIP dev eth0 | jq -r '.[0].lladdr')"
leave a
take b
announce b
check "moves: announced by b, it is found there" reaches b a
check_equal "moves: by b's MAC" "$MAC_B" \
	"$(ip -n c -j neigh show to $VIP dev eth0 | jq -r '.[0].lladdr')"
leave b
take a
announce a
check "moves: and back" reaches a b
leave a

# --- refused ---

check_fail "refused: to share what another port holds" "Address 192.0.2.3 is held by v_b" \
	"$PSW" address add 192.0.2.3 shared dev v_a
check_fail "refused: to share what it holds itself" "Address 192.0.2.2 is held by v_a" \
	"$PSW" address add 192.0.2.2 shared dev v_a
check_fail "refused: to hold what it shares" "Address $VIP6 is shared by v_a" \
	"$PSW" address add $VIP6 dev v_a
check_fail "refused: to hold what other ports share" "Address $VIP is shared by v_a" \
	"$PSW" address add $VIP dev v_c
check_fail "refused: to share twice" "Address $VIP is shared by v_b" \
	"$PSW" address add $VIP shared dev v_b
check_fail "refused: to remove what it does not share" "Address $VIP is not held by v_c" \
	"$PSW" address del $VIP dev v_c

# --- removed ---

check "removed: from a" "$PSW" address del $VIP $VIP6 dev v_a
frames_count "spoofed-ipv4 1 spoofed-ipv6 1 spoofed-arp 1 spoofed-nd 1" port v_a drops <<-EOF
	removed: no source any more, IPv4 | $NO eth $C $A ipv4 $VIP 192.0.2.4 $UDP
	removed: IPv6 | $NO eth $C $A ipv6 $VIP6 2001:db8::4 $UDP
	removed: ARP | $NO eth $ALL $A arp 1 $A $VIP $NONE $VIP
	removed: advertisement | $NO eth $C $A ipv6 2001:db8::2 2001:db8::4 na 0x60 $VIP6 lladdr 2 $A
EOF
frames <<-EOF
	removed: b alone is asked | -a $A=0 -a $B=1 -a $D=1 -a psw0=1 $C eth $ALL $C arp 1 $C 192.0.2.4 $NONE $VIP
	removed: b still uses it | -a $C=1 $B eth $C $B ipv4 $VIP 192.0.2.4 $UDP
EOF
"$PSW" address del $VIP $VIP6 dev v_b
check "removed: from all, it can be held" "$PSW" address add $VIP dev v_c
frames_count "answered 1" port v_a answered <<-EOF
	removed: from all, and is answered for | -a $B=0 -r $A=1 $A eth $ALL $A arp 1 $A 192.0.2.2 $NONE $VIP reply eth $A $C arp 2 $C $VIP $A 192.0.2.2
EOF

ktap_finish
