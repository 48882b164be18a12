#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What cannot be is refused as a whole, with the errno, the attribute and the sentence that say why, and leaves nothing.
#
#   psw0 -- v_a -- eth0 in a     a port, with addresses
#        -- dum0                 a port without a MAC
#        -- up0                  its uplink, later on
#   psw1                         another switch
#   free                         a device that could be a port, and is tried as one throughout
#
# device, mac, address:   what a port cannot be made of
# vlan, extra, uplink:    nor with VLANs, MACs beside its own, or as an uplink
# limit:                  ports, addresses, addresses of one port
# request:                attributes that are missing, unknown, of the wrong length
# port, addresses:        changes and removals that cannot be
# switch:                 devices that cannot be made, moved or enslaved
# rights:                 who may not
. "$(dirname "$0")/../lib.sh"

need_module
make_switch psw0
make_switch psw1
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
ip -b - <<-EOF || exit 1
	link add dum0 type dummy
	link add free address 02:00:00:00:00:77 type dummy
EOF
for link in dum0 free; do
	defer ip link del "$link"
done
"$PSW" port add dum0 switch psw0 guard off
MAC_A=$(mac_of a eth0)
MAC_SW=$(ip -j link show psw0 | sed 's/.*"address":"\([^"]*\)".*/\1/')

# state: what a refusal must not change
state() {
	"$PSW" -j port show
	"$PSW" -j switch show
}

STATE=$(state)

# left: what there is and was not, or was and is not
left() {
	local now
	now=$(state)
	[[ $now != "$STATE" ]] || return
	diff <(tr '{' '\n' <<< "$STATE") <(tr '{' '\n' <<< "$now") | grep '^[<>]'
	STATE=$now
}

# refuses NAME WANTED COMMAND...: the command, of genl's, gets the refusal, and nothing is left of it
refuses() {
	local name=$1 wanted=$2 got
	shift 2

	got=$(genl "$@" 2>&1)
	check_equal "$name" "$wanted" "$got$(left)"
}

# refuses_new NAME WANTED ATTRIBUTE...: free as a port of psw0 with those attributes
refuses_new() {
	refuses "$1" "$2" port-new switch psw0 ifindex free "${@:3}"
}

# refuses_device NAME WANTED DEVICE
refuses_device() {
	refuses "$1" "$2" port-new switch psw0 ifindex "$3"
}

ktap_header

# --- device ---

refuses_device "device: of no such index" \
	"ENODEV [ifindex]: No device in this network namespace has interface index 7777" 7777
make_ns other
ip link add psw_peer type veth peer name eth0 index 7777 netns other
refuses_device "device: in another namespace" \
	"ENODEV [ifindex]: No device in this network namespace has interface index 7777" 7777
ip link del psw_peer
refuses_device "device: loopback" "EINVAL: Device lo is no Ethernet device" lo
modprobe -q tun
if ip tuntap add mode tun name psw_tun 2>/dev/null; then
	refuses_device "device: a tunnel" \
		"EINVAL: Device psw_tun is no Ethernet device" psw_tun
	ip tuntap del mode tun name psw_tun
else
	skip "device: a tunnel" "the kernel has no tun"
fi
refuses_device "device: the switch itself" "EINVAL: Device psw0 is itself a podswitch" psw0
refuses_device "device: another switch" "EINVAL: Device psw1 is itself a podswitch" psw1
refuses_device "device: a port already" "EBUSY: Device v_a already belongs to psw0" v_a
refuses "device: a port of another switch" "EBUSY: Device v_a already belongs to psw0" \
	port-new switch psw1 ifindex v_a
ip link add psw_br type bridge
ip link set free master psw_br
refuses_new "device: in a bridge" "EBUSY: Device free already belongs to psw_br"
ip link set free nomaster
ip link del psw_br
ip link add link free name psw_mac type macvlan
refuses_new "device: under a macvlan" "EBUSY: Device free is used by macvlan or the like"
ip link del psw_mac
ip link add psw_x type veth peer name psw_y
"$PSW" port add psw_x switch psw0
STATE=$(state)
refuses_device "device: the other end of a port" \
	"EINVAL: The other end of psw_y is a port already: psw_x" psw_y
refuses "device: the other end of a port of another switch" \
	"EINVAL: The other end of psw_y is a port already: psw_x" \
	port-new switch psw1 ifindex psw_y
ip link del psw_x
STATE=$(state)
refuses "device: no switch of that index" \
	"ENODEV [switch]: No podswitch has interface index 9999" \
	port-new switch 9999 ifindex free
refuses "device: a switch that is none" \
	"ENODEV [switch]: No podswitch has interface index 1" \
	port-new switch lo ifindex free

# --- mac ---

for mac in 01:00:5e:00:00:01 ff:ff:ff:ff:ff:ff 00:00:00:00:00:00; do
	refuses_new "mac: $mac" "EINVAL [mac]: MAC $mac is not that of a station" mac $mac
done
refuses_new "mac: the switch's" "EBUSY [mac]: MAC $MAC_SW is the switch's own" mac "$MAC_SW"
refuses_new "mac: another port's" "EBUSY [mac]: MAC $MAC_A is held by v_a" mac "$MAC_A"
refuses_new "mac: none, but a guard" "EINVAL: A guarded port needs a MAC" guard 1
refuses_new "mac: none, but an address" \
	"EINVAL [address]: Addresses need a MAC on the port" guard 0 address 192.0.2.9

# --- address ---

OK=(mac 02:00:00:00:00:78)
refuses_new "address: another port's, IPv4" \
	"EBUSY [address]: Address 192.0.2.2 is held by v_a" "${OK[@]}" address 192.0.2.2
refuses_new "address: another port's, IPv6" \
	"EBUSY [address]: Address 2001:db8::2 is held by v_a" "${OK[@]}" address 2001:db8::2
refuses_new "address: another port's, the last of three" \
	"EBUSY [address]: Address 192.0.2.2 is held by v_a" \
	"${OK[@]}" address 192.0.2.9 address 2001:db8::9 address 192.0.2.2
refuses_new "address: twice, IPv4" "EINVAL [address]: The request has this address twice" \
	"${OK[@]}" address 192.0.2.9 address 2001:db8::9 address 192.0.2.9
refuses_new "address: twice, IPv6" "EINVAL [address]: The request has this address twice" \
	"${OK[@]}" address 2001:db8::9 address 2001:db8::9
for ip in 0.0.0.0 127.0.0.1 224.0.0.1 255.255.255.255 :: ::1 ff02::1 ::ffff:192.0.2.9; do
	refuses_new "address: $ip" "EINVAL [address]: Address $ip is not that of one host" \
		"${OK[@]}" address $ip
done
refuses_new "address: none of IPv4, IPv6 and MAC" \
	"EINVAL [0x8009]: An address is either IPv4, IPv6 or a MAC" "${OK[@]}" 0x8009 ""
refuses_new "address: IPv4 and IPv6" "EINVAL [0x8009]: An address is either IPv4, IPv6 or a MAC" "${OK[@]}" \
	0x8009 08000100c00002091400020020010db8000000000000000000000009

# --- vlan ---

TWO=(first 20 last 28 first 30)
refuses_new "vlan: a pvid that is none" "ERANGE [pvid]: integer out of range" pvid 4095
refuses_new "vlan: a trunk with 0" "ERANGE [first]: integer out of range" first 0
refuses_new "vlan: a trunk with 4095" "ERANGE [first]: integer out of range" first 4095
refuses_new "vlan: a trunk to 0" "ERANGE [last]: integer out of range" first 1 last 0
refuses_new "vlan: a trunk to 4095" "ERANGE [last]: integer out of range" first 1 last 4095
refuses_new "vlan: a trunk that ends before it begins" \
	"EINVAL [first]: VLANs 20 to 10 end before they begin" "${OK[@]}" first 1 first 20 last 10
RANGES=()
for ((vlan = 1; vlan <= 2 * 257; vlan += 2)); do RANGES+=(first "$vlan"); done
refuses_new "vlan: a trunk of 257 ranges" "ENOSPC [first]: A trunk has at most 256 ranges of VLANs" \
	"${OK[@]}" "${RANGES[@]}"
for n in 255 256; do
	check_equal "vlan: not one of $n" "ok ok" \
		"$(genl port-new switch psw0 ifindex free "${OK[@]}" "${RANGES[@]:0:n * 2}") $(genl port-del ifindex free)"
done
refuses_new "vlan: a trunk without a first" \
	"EINVAL [last]: A range of VLANs lacks its first" last 10
refuses_new "vlan: an address in VLAN 4095" "ERANGE [vlan]: integer out of range" \
	"${OK[@]}" ipv4 192.0.2.9 vlan 4095
refuses_new "vlan: an address in one that an access port is not in" \
	"EINVAL [ipv4]: Port free does not carry VLAN 11" "${OK[@]}" pvid 10 ipv4 192.0.2.9 vlan 11
refuses_new "vlan: an address outside all, of a port in one" \
	"EINVAL [ipv6]: Port free does not carry VLAN 0" \
	"${OK[@]}" pvid 10 "${TWO[@]}" ipv6 2001:db8::9 vlan 0
refuses_new "vlan: an address between two ranges" \
	"EINVAL [ipv4]: Port free does not carry VLAN 29" "${OK[@]}" "${TWO[@]}" ipv4 192.0.2.9 vlan 29
refuses_new "vlan: an address twice, once with the VLAN that goes without saying" \
	"EINVAL [ipv4]: The request has this address twice" \
	"${OK[@]}" pvid 10 address 192.0.2.9 ipv4 192.0.2.9 vlan 10
refuses_new "vlan: neither shared nor not" "ERANGE [shared]: integer out of range" \
	"${OK[@]}" ipv4 192.0.2.9 shared 2
refuses_new "vlan: shared and not" "EINVAL [ipv4]: The request has this address twice" \
	"${OK[@]}" address 192.0.2.9 ipv4 192.0.2.9 shared 1
refuses_new "vlan: shared, and held by another port" \
	"EBUSY [ipv4]: Address 192.0.2.2 is held by v_a" "${OK[@]}" ipv4 192.0.2.2 shared 1
check_equal "vlan: the same address in another VLAN is no fault" ok \
	"$(genl port-new switch psw0 ifindex free "${OK[@]}" pvid 10 "${TWO[@]}" address 192.0.2.2 \
		ipv4 192.0.2.2 vlan 28 ipv6 2001:db8::100 vlan 30 shared 1)"
STATE=$(state)
refuses "vlan: one to leave that holds an address, by trunk" \
	"EBUSY [first]: Port free has address 192.0.2.2 in VLAN 28" \
	port-set ifindex free first 10 last 27 first 30
refuses "vlan: one to leave that shares an address, by trunk" \
	"EBUSY [first]: Port free has address 2001:db8::100 in VLAN 30" \
	port-set ifindex free first 28 last 29
refuses "vlan: one to leave that holds an address, by pvid" \
	"EBUSY [pvid]: Port free has address 192.0.2.2 in VLAN 10" port-set ifindex free pvid 9
refuses "vlan: all trunk to leave" \
	"EBUSY [0x800d]: Port free has address 192.0.2.2 in VLAN 28" port-set ifindex free 0x800d ""
refuses "vlan: to take back an address from a VLAN that it is not in" \
	"ENOENT [ipv4]: Address 192.0.2.2 is not held by free" address-del ifindex free ipv4 192.0.2.2 vlan 11
refuses "vlan: to take back an address twice" \
	"EINVAL [ipv4]: The request has this address twice" \
	address-del ifindex free address 192.0.2.2 ipv4 192.0.2.2 vlan 10
refuses "vlan: to share again" "EBUSY [ipv6]: Address 2001:db8::100 is shared by free" \
	address-new ifindex free ipv6 2001:db8::100 vlan 30 shared 1
refuses "vlan: to hold what it shares" "EBUSY [ipv6]: Address 2001:db8::100 is shared by free" \
	address-new ifindex free ipv6 2001:db8::100 vlan 30
"$PSW" port del free
check_equal "vlan: one that another port's MAC is in" ok \
	"$(genl port-new switch psw0 ifindex free mac "$MAC_A" pvid 10)"
STATE=$(state)
refuses "vlan: to join one where another port holds the MAC, by pvid" \
	"EBUSY [pvid]: MAC $MAC_A is held by v_a" port-set ifindex free pvid 0
refuses "vlan: to join one where another port holds the MAC, by trunk" \
	"EBUSY [first]: MAC $MAC_A is held by free" port-set ifindex v_a first 9 last 11
"$PSW" port del free
STATE=$(state)

# --- extra ---

EXTRA=02:00:00:00:00:79
for mac in 01:00:5e:00:00:01 ff:ff:ff:ff:ff:ff 00:00:00:00:00:00; do
	refuses_new "extra: $mac" "EINVAL [extra-mac]: MAC $mac is not that of a station" \
		"${OK[@]}" extra-mac $mac
done
refuses_new "extra: a short MAC" "ERANGE [0x8009]: binary attribute size out of range" \
	"${OK[@]}" 0x8009 090003000200000000000000
refuses_new "extra: the switch's" "EBUSY [extra-mac]: MAC $MAC_SW is the switch's own" \
	"${OK[@]}" extra-mac "$MAC_SW"
refuses_new "extra: another port's" "EBUSY [extra-mac]: MAC $MAC_A is held by v_a" \
	"${OK[@]}" extra-mac "$MAC_A"
refuses_new "extra: its own" "EBUSY [extra-mac]: MAC ${OK[1]} is held by free" \
	"${OK[@]}" extra-mac "${OK[1]}"
refuses_new "extra: twice" "EINVAL [extra-mac]: The request has this address twice" \
	"${OK[@]}" extra-mac $EXTRA extra-mac $EXTRA
refuses_new "extra: of a port without a MAC" "EINVAL [extra-mac]: Addresses need a MAC on the port" \
	guard 0 extra-mac $EXTRA
refuses_new "extra: in a VLAN" \
	"EINVAL [extra-mac]: MAC $EXTRA is in all VLANs of the port and cannot be shared" \
	"${OK[@]}" extra-mac $EXTRA vlan 0
refuses_new "extra: shared" \
	"EINVAL [extra-mac]: MAC $EXTRA is in all VLANs of the port and cannot be shared" \
	"${OK[@]}" extra-mac $EXTRA shared 1
refuses_new "extra: with an IP address" "EINVAL [ipv4]: An address is either IPv4, IPv6 or a MAC" \
	"${OK[@]}" ipv4 192.0.2.9 extra-mac $EXTRA
refuses_new "extra: a VLAN alone" "EINVAL [vlan]: An address is either IPv4, IPv6 or a MAC" \
	"${OK[@]}" vlan 0
check_equal "extra: one is held by v_a" ok "$(genl address-new ifindex v_a extra-mac $EXTRA)"
STATE=$(state)
refuses "extra: again" "EBUSY [extra-mac]: MAC $EXTRA is held by v_a" address-new ifindex v_a extra-mac $EXTRA
refuses_new "extra: as another port's own" "EBUSY [mac]: MAC $EXTRA is held by v_a" mac $EXTRA
refuses "extra: to take back a port's own" \
	"EBUSY [extra-mac]: MAC $MAC_A is the own MAC of port v_a" address-del ifindex v_a extra-mac "$MAC_A"
refuses "extra: to take back one that is not held" \
	"ENOENT [extra-mac]: MAC 02:00:00:00:00:7a is not held by v_a" \
	address-del ifindex v_a extra-mac 02:00:00:00:00:7a
"$PSW" address del $EXTRA dev v_a
STATE=$(state)

# --- uplink ---

NO_POD="An uplink has no MAC, no guard and is not isolated"
IS_UPLINK="Port up0 is an uplink, which has no MAC, no guard and is not isolated"
refuses_new "uplink: a role that is none" "ERANGE [role]: integer out of range" role 2
refuses_new "uplink: with a MAC" "EINVAL [role]: $NO_POD" role 1 "${OK[@]}"
refuses_new "uplink: with a guard" "EINVAL [role]: $NO_POD" role 1 guard 1
refuses_new "uplink: isolated" "EINVAL [role]: $NO_POD" role 1 isolated 1
refuses_new "uplink: with an address" "EINVAL [address]: An uplink declares no addresses" \
	role 1 address 192.0.2.9
refuses_new "uplink: with an extra MAC" "EINVAL [extra-mac]: An uplink declares no addresses" \
	role 1 extra-mac $EXTRA
refuses "uplink: a role in a change of settings" "EINVAL [role]: Unsupported attribute" \
	port-set ifindex dum0 role 1
ip link add up0 type dummy
defer ip link del up0
"$PSW" port add up0 switch psw0 role uplink
STATE=$(state)
refuses_new "uplink: another one" "EBUSY [role]: Switch psw0 has its uplink already: up0" role 1
refuses "uplink: given a MAC" "EINVAL [mac]: $IS_UPLINK" port-set ifindex up0 "${OK[@]}"
refuses "uplink: given a guard" "EINVAL: $IS_UPLINK" port-set ifindex up0 guard 2
refuses "uplink: isolated later" "EINVAL: $IS_UPLINK" port-set ifindex up0 isolated 1
refuses "uplink: given an address" "EINVAL [address]: An uplink declares no addresses" \
	address-new ifindex up0 address 192.0.2.9
"$PSW" port del up0
STATE=$(state)

# --- limit ---

# addresses N: words for N IPv6 addresses
addresses() {
	printf 'address 2001:db8:1::%x ' $(seq "$1")
}

# shellcheck disable=SC2046 # lists
{
	refuses_new "limit: 257 addresses at once" \
		"ENOSPC [address]: A port holds at most 256 addresses" \
		"${OK[@]}" $(addresses 257)
	refuses "limit: 255 addresses more than two" \
		"ENOSPC: A port holds at most 256 addresses" \
		address-new ifindex v_a $(addresses 255)
	check_equal "limit: not 254 more" ok \
		"$(genl address-new ifindex v_a $(addresses 254))"
	check_equal "limit: nor taking them back" ok \
		"$(genl address-del ifindex v_a $(addresses 254))"
}
"$PSW" switch set psw0 max-ports 2 max-addresses 3
STATE=$(state)
refuses_new "limit: ports" "ENOSPC: Switch psw0 has at most 2 ports" "${OK[@]}"
check_fail "limit: ports, by rtnetlink" "Switch psw0 has at most 2 ports" \
	ip link set free master psw0
refuses "limit: addresses" "ENOSPC: Switch psw0 holds at most 3 addresses" \
	address-new ifindex v_a address 192.0.2.8 address 192.0.2.9
"$PSW" switch set psw0 max-ports 1 max-addresses 1
STATE=$(state)
refuses "limit: addresses, lowered below what there is" \
	"ENOSPC: Switch psw0 holds at most 1 addresses" \
	address-new ifindex v_a address 192.0.2.8
refuses_new "limit: ports, lowered below what there is" \
	"ENOSPC: Switch psw0 has at most 1 ports" "${OK[@]}"
"$PSW" switch set psw0 max-ports 16384 max-addresses 65536
STATE=$(state)

# --- request ---

refuses "request: no switch" "EINVAL [-1]" port-new ifindex free
refuses "request: no device" "EINVAL [-2]" port-new switch psw0
refuses "request: no address" "EINVAL [-9]" address-new ifindex v_a
refuses_new "request: an unknown attribute" "EINVAL [99]: Unknown attribute type" 99 00000000
refuses_new "request: a short MAC" "ERANGE [4]: binary attribute size out of range" 4 0200000000
refuses_new "request: a guard that is none" "ERANGE [guard]: integer out of range" guard 3
refuses_new "request: neither isolated nor not" "ERANGE [isolated]: integer out of range" isolated 2
refuses "request: a switch's limit of none" "ERANGE [max-ports]: integer out of range" \
	switch-set sw-ifindex psw0 max-ports 0
refuses "request: a last address that no host has" "EINVAL [last-ipv4]: Address 127.0.0.1 is not that of one host" \
	switch-set sw-ifindex psw0 max-ports 7 last-ipv4 127.0.0.1
refuses "request: a last IPv6 address that no host has" "EINVAL [last-ipv6]: Address ff02::1 is not that of one host" \
	switch-set sw-ifindex psw0 last-ipv4 192.0.2.77 last-ipv6 ff02::1
refuses_new "request: neither translated nor not" "ERANGE [translated]: integer out of range" translated 2
refuses_new "request: neither a router nor none" "ERANGE [router]: integer out of range" router 2
refuses_new "request: neither a DHCP server nor none" "ERANGE [dhcp-server]: integer out of range" dhcp-server 2
refuses "request: an address in a change of settings" "EINVAL [address]: Unsupported attribute" \
	port-set ifindex v_a address 192.0.2.9
refuses "request: an unknown command" "EOPNOTSUPP" 99

# --- port, addresses ---

refuses "port: set one that is none" "ENOENT [ifindex]: Device free is no port of a podswitch" \
	port-set ifindex free isolated 1
refuses "port: delete one that is none" "ENOENT [ifindex]: Device free is no port of a podswitch" \
	port-del ifindex free
refuses "port: read one that is none" "ENOENT [ifindex]: Device free is no port of a podswitch" \
	port-get ifindex free
refuses "port: read one that is not there" \
	"ENODEV [ifindex]: No device in this network namespace has interface index 9999" \
	port-get ifindex 9999
refuses "port: a guard without a MAC" "EINVAL: A guarded port needs a MAC" \
	port-set ifindex dum0 guard 2 isolated 1
refuses "port: another port's MAC" "EBUSY [mac]: MAC $MAC_A is held by v_a" \
	port-set ifindex dum0 mac "$MAC_A" isolated 1 hairpin 1 guard 1 network n
refuses "port: the switch's MAC" "EBUSY [mac]: MAC $MAC_SW is the switch's own" \
	port-set ifindex v_a mac "$MAC_SW" isolated 1
refuses "addresses: take back one that is not held" \
	"ENOENT [address]: Address 192.0.2.9 is not held by v_a" \
	address-del ifindex v_a address 192.0.2.9
refuses "addresses: take back one that is held and one that is not" \
	"ENOENT [address]: Address 2001:db8::9 is not held by v_a" \
	address-del ifindex v_a address 192.0.2.2 address 2001:db8::9
refuses "addresses: declare one that is free and one that is not" \
	"EBUSY [address]: Address 2001:db8::2 is held by v_a" \
	address-new ifindex v_a address 192.0.2.9 address 2001:db8::2
refuses "addresses: of a port without a MAC" \
	"EINVAL [address]: Addresses need a MAC on the port" \
	address-new ifindex dum0 address 192.0.2.9

# --- switch ---

refuses "switch: limits of one that is none" "ENODEV [sw-ifindex]: No podswitch has interface index 1" \
	switch-set sw-ifindex lo max-ports 5
refuses "switch: read one that is none" "ENODEV [sw-ifindex]: No podswitch has interface index 1" \
	switch-get sw-ifindex lo
check_fail "switch: with the MAC of a group" "MAC is not that of a station" \
	ip link add psw9 address 01:00:5e:00:00:01 type podswitch
check_fail "switch: ports of one that is none" "No podswitch has interface index 1" \
	"$PSW" port show switch lo
check_fail "switch: the MAC of a port" "" ip link set psw0 address "$MAC_A"
check_fail "switch: to another namespace" "" ip link set psw0 netns other
check_fail "switch: enslaved to a switch" "Device psw1 is itself a podswitch" \
	ip link set psw1 master psw0
check_fail "switch: a device that cannot be a port, by rtnetlink" \
	"Device lo is no Ethernet device" ip link set lo master psw0
check_fail "switch: of a name that is there" "File exists" ip link add psw0 type podswitch

# --- rights ---

WITHOUT=(setpriv --bounding-set -net_admin --inh-caps -net_admin --)
if command -v setpriv >/dev/null; then
	for words in "port-new switch psw0 ifindex free" "port-set ifindex v_a isolated 1" \
		     "port-del ifindex v_a" "address-new ifindex v_a address 192.0.2.9" \
		     "address-del ifindex v_a address 192.0.2.2" \
		     "switch-set sw-ifindex psw0 max-ports 5"; do
		# shellcheck disable=SC2086 # a list
		check_equal "rights: no ${words%% *} without CAP_NET_ADMIN" EPERM \
			"$("${WITHOUT[@]}" genl $words)"
	done
	check_equal "rights: reading is free" ok "$("${WITHOUT[@]}" genl port-get ifindex v_a)"
else
	skip "rights: without CAP_NET_ADMIN" "needs setpriv"
fi
if unshare -Urn true 2>/dev/null; then
	check_fail "rights: no switch from a user namespace" \
		"needs CAP_NET_ADMIN in the initial user namespace" \
		unshare -Urn ip link add psw0 type podswitch
	check_equal "rights: no port from a user namespace" EPERM \
		"$(unshare -Urn "$BUILD/tools/genl" port-new switch 1 ifindex 1)"
else
	skip "rights: from a user namespace" "needs unshare and user namespaces"
fi

check_equal "nothing is left" "" "$(left)"
check_equal "nothing is left of the device" "promiscuity 0" \
	"$(ip -d -o link show free | grep -o 'master [^ ]*\|promiscuity [0-9]*')"
check_equal "and it can be a port" ok "$(genl port-new switch psw0 ifindex free "${OK[@]}" address 192.0.2.9)"

ktap_finish
