#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A switch is a net device like others: to ip, ethtool, sysfs and tcpdump.
#
#         psw0 (and psw1 without ports)
#          |
#     +----+-----+------+
#    v_a        v_b    x_*      host; x_* come and go, as ports of other kinds
#   ..|..........|.............
#   eth0        eth0
#    a           b              pods
#    .2          .3             192.0.2.x
#
# state:                     up with carrier while it is up, with or without ports
# kind, sysfs, told:         what ip, /sys/class/net and "ip monitor" show
# ethtool:                   driver, link, speed, counters
# ends:                      a port takes frames while both ends of its veth are up
# promisc, groups, stations: what the host receives besides what is its own
# address, name:             changed
# userns:                    who is root in a user namespace alone changes nothing
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24

A=a:eth0 B=b:eth0
ALL=ff:ff:ff:ff:ff:ff
UDP=(ipv4 192.0.2.2 192.0.2.3 udp 1000 2000 data 20)

# field DEVICE JQ-PATH: of the link as ip shows it
field() {
	ip -d -j link show "$1" | jq -r ".[0]$2"
}

# is_field DEVICE JQ-PATH WANTED
is_field() {
	[[ $(field "$1" "$2") == "$3" ]]
}

# reads FILE: what is in a file of sysfs
reads() {
	cat "/sys/class/net/$1"
}

# ready NS ADDRESS: no duplicate was found
ready() {
	local shown

	shown=$(ip -6 -o addr show dev "$1" to "$2")
	[[ $shown && $shown != *tentative* && $shown != *dadfailed* ]]
}

ktap_header

check "module: has no parameters" test ! -e /sys/module/podswitch/parameters

# --- state ---

ip link add psw1 type podswitch
check_equal "state: down as it is made" "DOWN down" "$(field psw1 .operstate) $(reads psw1/operstate)"
ip addr add 2001:db8:1::1/64 dev psw1
ip link set psw1 up
check "state: up without a port" busywait 5 is_field psw1 .operstate UP
check_equal "state: has carrier" 1 "$(reads psw1/carrier)"
check "state: an IPv6 address is ready without a port" busywait 10 ready psw1 2001:db8:1::1
ip link set psw1 down
check_equal "state: down" DOWN "$(field psw1 .operstate)"
ip link set psw1 up
check "state: up again" busywait 5 is_field psw1 .operstate UP

# --- kind, sysfs, told ---

check_equal "kind: of the switch" podswitch "$(field psw0 .linkinfo.info_kind)"
check_equal "kind: of the switch, to udev" DEVTYPE=podswitch "$(grep DEVTYPE /sys/class/net/psw0/uevent)"
check_equal "kind: of a port" podswitch "$(field v_a .linkinfo.info_slave_kind)"
check_equal "kind: a port's master" psw0 "$(field v_a .master)"
check_equal "sysfs: the switch's ports" "lower_v_a lower_v_b" \
	"$(cd /sys/class/net/psw0 && echo lower_*)"
check_equal "sysfs: a port's switch" "psw0 psw0" \
	"$(basename "$(readlink /sys/class/net/v_a/master)") $(basename "$(readlink /sys/class/net/v_a/upper_psw0)")"

ip link add x_told type veth peer name px_told
background ip -o monitor link > "$WORK/told"
busywait 5 eval "ip link set x_told alias again; grep -q x_told '$WORK/told'"
ip link set x_told master psw0
check "told: a port was attached" busywait 5 grep -q "x_told.* master psw0 " "$WORK/told"
: > "$WORK/told"
ip link set x_told nomaster
check "told: and detached" busywait 5 grep -q "x_told" "$WORK/told"
ip link del x_told

# --- ethtool ---

# names_of_counters: the protocol's, in the form of ethtool's
names_of_counters() {
	"$PSW" -j -s switch show psw0 |
		jq -r '.[0].stats | "queued", "answered", "translated",
			(.drops | keys_unsorted[] | "drop_" + gsub("-"; "_"))'
}

# counted NAME: a counter of the switch
counted() {
	ethtool -S psw0 | awk -v name="$1:" '$1 == name { print $2 }'
}

if command -v ethtool > /dev/null; then
	check_equal "ethtool: driver and version" "podswitch $(cat /sys/module/podswitch/version)" \
		"$(ethtool -i psw0 | awk '/^(driver|version):/ { printf "%s%s", s, $2; s = " " }')"
	check_equal "ethtool: link" "Link detected: yes" "$(ethtool psw0 | sed -n 's/^\s*\(Link.*\)/\1/p')"
	check_equal "ethtool: counters by the protocol's names" "$(names_of_counters | sort)" \
		"$(ethtool -S psw0 | sed -n 's/^ *\([a-z].*\):.*/\1/p' | sort)"
	was=$(counted drop_unknown_destination)
	frame -a $B=0 psw0 eth 02:00:00:00:00:99 psw0 "${UDP[@]}" > /dev/null
	check_equal "ethtool: what the host sent counts" $((was + 1)) "$(counted drop_unknown_destination)"
	frame -a $B=0 $A eth 02:00:00:00:00:99 $A "${UDP[@]}" > /dev/null
	check_equal "ethtool: what a pod sent counts on its port" $((was + 1)) \
		"$(counted drop_unknown_destination)"
else
	skip "ethtool" "needs ethtool"
fi
check_equal "speed: unknown" -1 "$(reads psw0/speed 2> /dev/null)"
ip link add x_up type veth peer name px_up
ip link set x_up up
ip link set px_up up
"$PSW" port add x_up switch psw0 role uplink
check_equal "speed: the uplink's" "$(reads x_up/speed) full" "$(reads psw0/speed) $(reads psw0/duplex)"
"$PSW" port del x_up
check_equal "speed: unknown again" -1 "$(reads psw0/speed 2> /dev/null)"
ip link del x_up

# --- ends ---

# closed_and_open NAME COMMAND...: no frame reaches b while "COMMAND down", and directly after "COMMAND up"
closed_and_open() {
	local name=$1
	shift

	"$@" down
	frames_count "receiver-down 1" port v_a drops <<-EOF
		ends: $name is down | -a $B=0 $A eth $B $A ${UDP[*]}
	EOF
	"$@" up
	busywait 5 is_field v_b .operstate UP
	frames_count "queued 0" port v_b queued <<-EOF
		ends: $name is up again | -a $B=1 $A eth $B $A ${UDP[*]}
	EOF
}

closed_and_open "the pod's end" ip -n b link set eth0
closed_and_open "the port's device" ip link set v_b
"$PSW" port del v_b
ip link set v_b down
ip -n b link set eth0 down
"$PSW" port add v_b switch psw0 address 192.0.2.3
ip link set v_b up
ip -n b link set eth0 up
busywait 5 is_field v_b .operstate UP
frames_count "queued 0" port v_b queued <<-EOF
	ends: up after the port was made | -a $B=1 $A eth $B $A ${UDP[*]}
EOF

# --- promisc, groups, stations ---

if command -v tcpdump > /dev/null; then
	background tcpdump -n --immediate-mode -i psw0 -c 1 -w "$WORK/tap" udp 2> "$WORK/tap.log"
	busywait 10 grep -q listening "$WORK/tap.log"
	frame -a $B=1 $A eth $B $A "${UDP[@]}" > /dev/null
	check "promisc: tcpdump on the switch sees what pods exchange" \
		busywait 10 grep -q "1 packet captured" "$WORK/tap.log"
	busywait 10 is_field psw0 .promiscuity 0
else
	skip "promisc: tcpdump on the switch" "needs tcpdump"
fi
frames <<-EOF
	promisc: not without | -a $B=1 -a psw0=0 $A eth $B $A ${UDP[*]}
EOF
ip link set psw0 promisc on
frames <<-EOF
	promisc: on | -a $B=1 -a psw0=1 $A eth $B $A ${UDP[*]}
EOF
ip link set psw0 promisc off
frames <<-EOF
	promisc: off | -a $B=1 -a psw0=0 $A eth $B $A ${UDP[*]}
EOF
ip link set psw0 down
ip link set psw0 promisc on
ip link set psw0 up
frames <<-EOF
	promisc: on while it was down | -a $B=1 -a psw0=1 $A eth $B $A ${UDP[*]}
EOF
ip link set psw0 down
ip link set psw0 promisc off
ip link set psw0 up
frames <<-EOF
	promisc: off while it was down | -a $B=1 -a psw0=0 $A eth $B $A ${UDP[*]}
EOF
# A switch that goes takes its share of what all switches share along.
ip link set psw1 promisc on
ip link del psw1
ip link set psw0 promisc on
frames <<-EOF
	promisc: another switch has gone | -a $B=1 -a psw0=1 $A eth $B $A ${UDP[*]}
EOF
ip link set psw0 promisc off

check "groups: joined by address" ip maddr add 01:00:5e:00:00:77 dev psw0
check_equal "groups: are listed" 1 "$(ip maddr show dev psw0 | grep -c 01:00:5e:00:00:77)"
frames <<-EOF
	groups: a frame to one | -a $B=0 -a psw0=1 $A eth 01:00:5e:00:00:77 $A ipv4 192.0.2.2 224.0.0.119 udp 1000 2000 data 20
EOF
check "groups: left by address" ip maddr del 01:00:5e:00:00:77 dev psw0

ip link add link psw0 name x_mv address 02:00:00:00:00:55 type macvlan mode bridge
ip link set x_mv up
check_equal "stations: another of the host's, and the switch not promiscuous for it" 0 \
	"$(field psw0 .promiscuity)"
frames <<-EOF
	stations: a frame to it | -a x_mv=1 $A eth 02:00:00:00:00:55 $A ${UDP[*]}
EOF
ip link del x_mv

# --- address, name ---

check "address: changed" ip link set psw0 address 02:00:00:00:00:66
frames <<-EOF
	address: the host is reached there | -a psw0=1 $A eth 02:00:00:00:00:66 $A ipv4 192.0.2.2 192.0.2.1 udp 1000 2000 data 20
EOF
check_fail "address: a pod's" "is held by v_a" ip link set psw0 address "$(mac_of a eth0)"
"$PSW" address add 02:00:00:00:00:77 dev v_b
"$PSW" port set v_b trunk 7
check_fail "address: a pod's other one" "is held by v_b" ip link set psw0 address 02:00:00:00:00:77
check_equal "address: none of these" 02:00:00:00:00:66 "$(field psw0 .address)"

ip link set psw0 down
ip link set psw0 name psw_new
ip link set psw_new up
check_equal "name: ports stay" "v_a v_b" "$("$PSW" -j port show switch psw_new | jq -r '.[].name' | xargs)"
check_equal "name: and sysfs follows" "lower_v_a lower_v_b upper_psw_new" \
	"$(cd /sys/class/net/psw_new && echo lower_* ../v_a/upper_* | sed 's#\.\./v_a/##')"
frames <<-EOF
	name: frames pass | -a $B=1 $A eth $B $A ${UDP[*]}
	name: the host gets its own | -a psw_new=1 -a $B=1 $A eth $ALL $A ipv4 192.0.2.2 192.0.2.255 udp 1000 2000 data 20
EOF

# --- userns ---

# is_apart PID: a process has got a network namespace of its own
is_apart() {
	[[ $(readlink "/proc/$1/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

# A namespace whose root is root in it alone, with a switch and a port that were given to it.
if unshare -Urn true 2> /dev/null; then
	background unshare -Urn tail -f /dev/null
	OWNED=${JOBS[-1]}
	busywait 5 is_apart "$OWNED"
	nsenter -t "$OWNED" -n ip -b - <<-EOF
		link set lo up
		link add psw2 type podswitch
		link add x_3 type veth peer name px_3
		link add x_4 type veth peer name px_4
		link set x_3 master psw2
	EOF
	owned() {
		nsenter -t "$OWNED" -U -n --preserve-credentials "$@"
	}
	NEEDS="needs CAP_NET_ADMIN in the initial user namespace"
	check "userns: may change devices" owned ip link set x_4 up
	check_fail "userns: no switch" "$NEEDS" owned ip link add psw3 type podswitch
	check_fail "userns: no port" "$NEEDS" owned ip link set x_4 master psw2
	check_fail "userns: no end of one" "not permitted" owned ip link set x_3 nomaster
	if command -v bridge > /dev/null; then
		check_fail "userns: no MAC" "$NEEDS" owned bridge fdb add 02:00:00:00:00:88 dev psw2 via x_3
		check_fail "userns: no hairpin" "$NEEDS" owned bridge link set dev x_3 hairpin on
		check_fail "userns: no VLAN" "$NEEDS" owned bridge vlan add dev x_3 vid 5
		check_fail "userns: no VLAN less" "not permitted" owned bridge vlan del dev x_3 vid 5
	fi
else
	skip "userns" "no user namespaces"
fi

ktap_finish
