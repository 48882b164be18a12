#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A node that boots with podswitch: module and switches are there before container runtimes, and what manages networks
# leaves switches and the host ends of pods' veth pairs alone.
#
#     psw7 198.51.100.1, 2001:db8::1 (from /etc/podswitch/switches)      psw8
#      |                                                                  |
#     psw0123456789ab ... pod0                                          up8 (its uplink)
#
# Runs in a VM of its own, which systemd boots; everything that "make install" installs is there.
. "$(dirname "$0")/lib.sh"

SWITCHES=/etc/podswitch/switches
POD_END=psw0123456789ab

# up8 is there before the unit, as a network card would be
prepare() {
	install_over
	module_over uml
	install -D -m 644 /dev/stdin "$OVER/etc/sysctl.d/50-router.conf" <<< $'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1'
	install -D -m 644 "$TREE/deploy/10-podswitch.conflist" -t "$OVER/etc/cni/net.d"
	mkdir -p "$OVER/etc/systemd/system/multi-user.target.wants" "$OVER/etc/systemd/system/podswitch.service.d"
	ln -s /usr/lib/systemd/system/podswitch.service "$OVER/etc/systemd/system/multi-user.target.wants/"
	printf '%s\n' '[Service]' 'ExecStartPre=ip link add up8 type dummy' > "$OVER/etc/systemd/system/podswitch.service.d/card.conf"
	printf '%s\n' '# switches' 'psw7 address 198.51.100.1/24 address 2001:db8::1/64 mtu 1400 max-ports 300 # the first' '' \
		'psw8 uplink up8 trunk 10,20-29' > "$OVER$SWITCHES"
}

if outside; then
	prepare
	in_root uml node --over "$OVER" --limit 300
fi

# --- helpers ---

mac_of() { cat "/sys/class/net/$1/address"; }
# Who chose the MAC: the kernel at random (1) or somebody else (3)?
assigned() { cat "/sys/class/net/$1/addr_assign_type"; }
port_of() { psw -j port show dev "$1" | jq -r '.[0].switch'; }
unit_is() { [[ $(systemctl is-active podswitch) == "$1" ]]; }
said() { journalctl -o cat -u podswitch --no-pager | grep -qF -- "$1"; }
networkd_says() { [[ $(networkctl --no-legend -n 0 list "$1" | awk '{ print $5 }') == "$2" ]]; }
manager_says() { [[ $(nmcli -t -g GENERAL.STATE device show "$1") == *"($2"* ]]; }

# in_order FIRST SECOND: does systemd start the one before the other?
in_order() { [[ " $(systemctl show -P Before "$1") " == *" $2 "* ]]; }

# attach: the pod's veth, attached as the CNI plugin does it
attach() {
	ip netns add pod
	ip link add $POD_END type veth peer name pod0
	psw port add $POD_END switch psw7 mac 02:00:00:00:00:01 address 198.51.100.9
	ip link set pod0 netns pod
}

# snippets { with | without } KIND: whether systemd's files count
snippets() {
	local file

	mkdir -p /etc/systemd/network
	for file in /usr/lib/systemd/network/10-podswitch*."$2"; do
		if [[ $1 == with ]]; then rm -f "/etc/systemd/network/${file##*/}"
		else ln -sf /dev/null "/etc/systemd/network/${file##*/}"
		fi
	done
	udevadm control --reload
	[[ $2 != network ]] || networkctl reload
}

# make_devices: a switch and a pod's veth, of MACs that the kernel chose; when udev has seen them
make_devices() {
	ip link add psw9 type podswitch
	ip link add $POD_END type veth peer name pod0
	SWITCH_MAC=$(mac_of psw9) POD_MAC=$(mac_of $POD_END)
	ip link set psw9 up
	ip link set $POD_END up
	ip address add 203.0.113.99/24 dev psw9
	udevadm settle
}

remove_devices() {
	ip link delete psw9
	ip link delete $POD_END
}

# --- at boot ---

try_boot() {
	check "the unit has come up" unit_is active
	unit_is active || ktap_note "$(journalctl -o cat -u podswitch -u systemd-modules-load --no-pager)"
	check "the system has, with nothing that failed" systemctl is-system-running
	check_equal "a switch has its addresses" "198.51.100.1/24 2001:db8::1/64" \
		"$(ip -j address show psw7 | jq -r '[.[0].addr_info[] | select(.scope == "global") | "\(.local)/\(.prefixlen)"] | join(" ")')"
	check_equal "its MTU and state" "1400 UP" "$(ip -j link show psw7 | jq -r '.[0] | "\(.mtu) \(if .flags | index("UP") then "UP" else "" end)"')"
	check_equal "its limit" 300 "$(psw -j switch show psw7 | jq '.[0]."max-ports"')"
	check_equal "its uplink" "psw8 uplink" "$(psw -j port show dev up8 | jq -r '.[0] | "\(.switch) \(.role)"')"
	check_equal "the uplink's VLANs" "10,20-29" "$(psw port show dev up8 | awk 'END { print $NF }')"
	check_equal "a MAC that is the same at each boot" "$(stable_mac psw7)" "$(mac_of psw7)"
	for unit in containerd kubelet crio; do
		check "before $unit" in_order podswitch.service $unit.service
	done
	check "the unit file has no mistakes" systemd-analyze --man=no verify podswitch.service
	check "doctor finds no fault" psw doctor
}

stable_mac() {
	{ cat /etc/machine-id; echo "podswitch $1"; } | sha256sum | sed -E 's/^(..)(..)(..)(..)(..).*/02:\1:\2:\3:\4:\5/'
}

# --- again, and when something is wrong ---

try_again() {
	local index

	attach
	index=$(cat /sys/class/net/psw7/ifindex)
	rm /etc/systemd/system/podswitch.service.d/card.conf
	systemctl daemon-reload
	check "the unit restarts" systemctl restart podswitch
	check_equal "the switch is the one that was there" "$index" "$(cat /sys/class/net/psw7/ifindex)"
	check_equal "a pod stays" psw7 "$(port_of $POD_END)"
	check "the unit stops" systemctl stop podswitch
	check_equal "a pod stays then, too" psw7 "$(port_of $POD_END)"
	systemctl start podswitch
	echo "psw10 address 203.0.113.1/24" >> $SWITCHES
	check "what is new in the file is there after a reload" systemctl reload podswitch
	check "as it should be" grep -q 203.0.113.1/24 <(ip address show psw10)
}

# wrong LINE TEXT: the file has this as its last line: TEXT is told with the line's number, the rest is done, pods stay
wrong() {
	printf '%s\n' 'psw7 mtu 1300' "$1" 'psw11 mtu 1300' > $SWITCHES
	ip link set psw7 mtu 1400
	ip link delete psw11 2> /dev/null
	systemctl reset-failed podswitch 2> /dev/null
	if systemctl restart podswitch 2> /dev/null; then
		check "\"$1\" is refused" false
		return
	fi
	check "\"$1\" is refused in words" said "$SWITCHES:2: $2"
	check_equal "the other lines are done" "1300 1300" "$(cat /sys/class/net/psw{7,11}/mtu | paste -sd ' ')"
	check_equal "the unit tells it, and the pod stays" "failed psw7" "$(systemctl is-active podswitch) $(port_of $POD_END)"
}

try_wrong() {
	check_equal "no file is no mistake" 0 "$(rm $SWITCHES; systemctl restart podswitch; echo $?)"
	wrong 'psw12 gateway 192.0.2.1/24' '"gateway" is not address, mac, mtu, max-ports, max-addresses, uplink or trunk'
	wrong 'psw12 mtu 15OO' 'mtu "15OO" is not a number from 68 to 65535'
	wrong 'psw12 mtu' 'psw12: "mtu" has no value'
	wrong 'psw12 mac 01:00:5e:00:00:01' 'mac "01:00:5e:00:00:01" is not the MAC of a station'
	wrong 'psw12 trunk 10' 'psw12: trunk is of an uplink, which stands in front of it'
	check "of a line that is wrong nothing is done" test ! -e /sys/class/net/psw12
	wrong 'psw12 address 192.0.2.300/24' 'address 192.0.2.300/24: Error:'
	wrong 'psw12 uplink eth77' 'uplink eth77: '
	wrong 'up8 mtu 1500' 'up8 is there, and is not a switch'
	wrong 'psw/12 mtu 1500' '"psw/12" is not the name of a device'
}

try_no_module() {
	local switch

	systemctl stop podswitch
	rm -f $SWITCHES
	for switch in psw{7,8,10,11,12}; do ip link delete "$switch"; done 2> /dev/null
	busywait 10 rmmod podswitch
	check "modules-load.d alone loads it again" systemctl restart systemd-modules-load
	check "it is there" test -d /sys/module/podswitch
	busywait 10 rmmod podswitch
	mv "/lib/modules/$(uname -r)/updates/podswitch.ko" "$WORK"/
	depmod
	systemctl start podswitch 2> /dev/null
	check "without a module the unit has failed" unit_is failed
	check "and says why" said "$(< /run/podswitch/not-loaded)"
	mv "$WORK"/podswitch.ko "/lib/modules/$(uname -r)/updates/"
	depmod
	check "with it, it starts" systemctl start podswitch
}

# --- who leaves them alone ---

try_udev() {
	ip netns delete pod
	snippets without link
	make_devices
	check_equal "without the snippets, udev gives both another MAC" "3 3" "$(assigned psw9) $(assigned $POD_END)"
	remove_devices
	snippets with link
	make_devices
	check_equal "with them, the switch keeps its MAC" "1 $SWITCH_MAC" "$(assigned psw9) $(mac_of psw9)"
	check_equal "and the pod's veth" "1 $POD_MAC" "$(assigned $POD_END) $(mac_of $POD_END)"
	remove_devices
	ip link add vethother type veth peer name pod0
	udevadm settle
	check_equal "a veth that is no pod's is as it was" 3 "$(assigned vethother)"
	ip link delete vethother
}

try_networkd() {
	mkdir -p /etc/systemd/network
	printf '%s\n' '[Match]' 'Name=*' '[Network]' 'Address=203.0.113.77/24' 'LinkLocalAddressing=no' \
		> /etc/systemd/network/50-all.network
	systemctl start systemd-networkd
	snippets without network
	make_devices
	check "without the snippets, networkd configures the switch" busywait 20 networkd_says psw9 configured
	check "and the pod's veth" busywait 20 networkd_says $POD_END configured
	remove_devices
	snippets with network
	make_devices
	check "with them, networkd leaves the switch" busywait 20 networkd_says psw9 unmanaged
	check "and the pod's veth" busywait 20 networkd_says $POD_END unmanaged
	check_equal "neither has an address of its" "" "$(ip -o address | grep psw | grep 203.0.113.77)"
	remove_devices
	systemctl stop systemd-networkd.socket systemd-networkd
}

make_vlan() {
	ip link add link psw9 name psw9.10 up type vlan id 10
	ip address add 192.0.2.99/24 dev psw9.10
}

# Switches it leaves alone unasked, as all kinds that it does not know, but not what is made on them.
try_manager() {
	local conf=/usr/lib/NetworkManager/conf.d/podswitch.conf

	make_devices
	mv $conf "$WORK"/
	systemctl start NetworkManager
	make_vlan
	check "without the snippet, NetworkManager takes a VLAN of the switch" busywait 20 manager_says psw9.10 connected
	systemctl stop NetworkManager
	ip link delete psw9.10
	mv "$WORK"/podswitch.conf $conf
	systemctl start NetworkManager
	make_vlan
	check "with it, NetworkManager leaves that" busywait 20 manager_says psw9.10 unmanaged
	check "and the switch" busywait 20 manager_says psw9 unmanaged
	check "and the pod's veth" busywait 20 manager_says $POD_END unmanaged
	remove_devices
	systemctl stop NetworkManager
}

ktap_header
try_boot
try_again
try_wrong
try_no_module
try_udev
try_networkd
try_manager
ktap_finish
