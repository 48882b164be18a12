#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real pods: containerd makes two containers through the plugin, and they reach each other, the host and the world.
#
#   [web] eth0 ---- psw0 ---- eth0 [client]        pods of containerd
#                     |
#                   host
#                     | uplink
#   [world]                                        knows no way to the pods
#
# Cases: pods get addresses and talk, IPv4 and IPv6, ping and TCP; pod to host and host to pod; pod to world through the
# gateway with masquerade; a pod's end frees its addresses, which are not given again at once; nothing is left at last.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../runtime.sh"
need_module
need_commands containerd runc ctr nft busybox
# What is installed below must not be on a person's machine.
[[ $(findmnt -no FSTYPE /) == overlay ]] || skip_all "only in a VM: it installs a plugin and a runtime"

ktap_header
install_plugin
make_rootfs
check "containerd starts" start_containerd
make_world
check "containerd makes pod web" run_pod web
check "containerd makes pod client" run_pod client

web4=$(pod_ip web 4) web6=$(pod_ip web 6) client4=$(pod_ip client 4) client6=$(pod_ip client 6)
check_equal "the first pod has the first IPv4 address" 198.51.100.2 "$web4"
check_equal "the first pod has the first IPv6 address" 2001:db8:100::2 "$web6"
check_equal "the second pod has the next" "198.51.100.3 2001:db8:100::3" "$client4 $client6"

check "pod to pod, IPv4" in_pod client /bin/ping -c 2 -W 5 "$web4"
check "pod to pod, IPv6" in_pod client /bin/ping -c 2 -W 5 "$web6"
check "pod to host, IPv4" in_pod client /bin/ping -c 1 -W 5 "$GATEWAY4"
check "pod to host, IPv6" in_pod client /bin/ping -c 1 -W 5 "$GATEWAY6"
check "host to pod, IPv4" ping -c 1 -W 5 "$web4"
check "host to pod, IPv6" ping -c 1 -W 5 "$web6"
check "pod to world, masqueraded, IPv4" in_pod client /bin/ping -c 1 -W 5 "$WORLD4"
check "pod to world, masqueraded, IPv6" in_pod client /bin/ping -c 1 -W 5 "$WORLD6"
check_fail "the world has no way of its own to a pod" "nreachable" in_ns world ping -c 1 -W 5 "$web4"

# transfer ADDRESS: web serves 10 MB over HTTP, client fetches them; the checksum is printed
transfer() {
	in_pod client /bin/sh -c "/bin/wget -q -O - http://$1/tmp/data | /bin/sha256sum"
}

head -c 10000000 /dev/urandom > "$ROOTFS/tmp/data"
sum=$(sha256sum < "$ROOTFS/tmp/data")
in_pod web /bin/httpd -h / -p '[::]:80'
check_equal "TCP, 10 MB unharmed, IPv4" "$sum" "$(transfer "$web4")"
check_equal "TCP, 10 MB unharmed, IPv6" "$sum" "$(transfer "[$web6]")"
check "the end of pod web" end_pod web
check_equal "its addresses are free" "" "$(pod_ip web 4)"
check "containerd makes pod next" run_pod next
check_equal "the freed address is not given again at once" 198.51.100.4 "$(pod_ip next 4)"
check "the end of pod next" end_pod next
check "the end of pod client" end_pod client
check_equal "no port is left" "[]" "$("$PSW" -j port show)"
check_equal "no host end is left" "" "$(ip -o link show type veth | grep -v uplink)"
# ctr ends a container without a DEL, so that what is the network's, not a pod's, is still there.
nft delete table inet podswitch
ktap_finish
