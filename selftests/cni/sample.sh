#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The sample deploy/10-podswitch.conflist makes pods as it is, for runtimes of each version that it offers.
#
#     p1          p2
#    eth0        eth0          10.244.0.0/24, fd00:10:244::/64
#      |           |
#  ----+-----------+---- psw0
#
#  - two pods: addresses, gateway, ping, a pod that reaches itself, CHECK, DEL
#  - with what a runtime asks for by the capabilities that the sample declares
#  - STATUS before, GC after
. "$(dirname "$0")/list.sh"
need_module
need_commands jq nft
ktap_header

SAMPLE=$(<"$TREE/deploy/10-podswitch.conflist")
# Of the reference plugins, none is in it.
REFERENCE='' CNI_PATH=$STUBS LISTS=$WORK
make_ns p1 p2
before=$(state)

for newest in 1.0.0 1.1.0; do
	list=$(list_for "$SAMPLE" $newest)
	ip link del psw0 2>/dev/null
	[[ $newest != 1.1.0 ]] || check "STATUS for a runtime of 1.1.0" silent cni STATUS "$(list_first "$list")"
	one=$(chain_add "$list" p1)
	chain_add "$list" p2 >/dev/null
	check "ADD for a runtime of $newest" says ".cniVersion == \"$newest\" and
		[.ips[] | [.address, .gateway]] == [[\"10.244.0.2/24\", \"10.244.0.1\"], [\"fd00:10:244::2/64\", \"fd00:10:244::1\"]]" "$one"
	for to in 10.244.0.1 10.244.0.3 fd00:10:244::1 fd00:10:244::3; do
		check "p1 reaches $to" busywait 5 in_ns p1 ping -c 1 -W 1 $to
	done
	check "its subnets are masqueraded" grep -q '10.244.0.0/24 of pods' <(nft list ruleset)
	check "CHECK for a runtime of $newest" silent chain_check p1
	check "DEL of p1 for a runtime of $newest" silent chain_del p1
	check "DEL of p2 for a runtime of $newest" silent chain_del p2
	check_equal "nothing is left" "$before" "$(state)"
done

RUNTIME='{"ips": ["10.244.0.77"], "mac": "02:00:5e:00:53:01", "portMappings": []}'
check "what a runtime asks for" says '.ips[0].address == "10.244.0.77/24" and .interfaces[2].mac == "02:00:5e:00:53:01"' \
	"$(chain_add "$list" p1)"
check "GC" silent cni GC "$(list_first "$list" | jq -c '. + {"cni.dev/valid-attachments": null, "cni.dev/attachments": null}')"
check_equal "nothing is left by GC" "$before" "$(state)"
ktap_finish
