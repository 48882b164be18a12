#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw's exit status and first words, for command lines that never reach the
# kernel, as a table: status, what the output contains, the arguments.
# usage: cli.sh [PSW]
set -u
psw=${1:-$(dirname "$(realpath "$0")")/../../build/psw}

cases() {
	cat <<-'EOF'
	0|Usage: psw \[ OPTION|help
	0|Usage: psw \[ OPTION|-h
	0|Usage: psw \[ OPTION|--help
	0|^psw |-V
	0|^psw |-j -p -s -V
	0|Usage: psw switch|switch help
	0|Usage: psw switch|sw h
	0|Usage: psw port|port help
	0|Usage: psw address|a help
	0|Usage: psw \[ -j\[son\] \] \[ -t\[imestamp\] \] monitor|monitor help
	0|^psw |-t -ts -V
	2|no object ""|
	2|no object ""|-j
	2|no object "bridge"|bridge
	2|no object "ports"|ports
	2|unknown option "-x"|-x
	2|unknown option "-"|-
	2|psw: switch: unknown verb "create"|switch create
	2|psw: port: unknown verb "up"|p up
	2|psw: switch show: unknown word "b"|switch show a b
	2|psw: switch set: dev is missing|switch set
	2|psw: switch set: max-ports "0" is out of range|switch set a max-ports 0
	2|psw: switch set: max-ports lacks a value|sw set a max-ports
	2|psw: port show: a filter does not go with a device|port show a switch b
	2|psw: port add: dev is missing|port add
	2|psw: port add: switch is missing|port add a
	2|psw: port add: mac "zz" is not a MAC address|port add a switch b mac zz
	2|psw: port add: guard "ip" is not|port add a switch b guard ip
	2|psw: port add: address "1.2.3" is not an IP|port add a sw b address 1.2.3
	2|psw: port add: address "02:00:00:00:00:0x" is not an IP or MAC|port add a sw b address 02:00:00:00:00:0x
	2|psw: port add: vlan "4095" is not a VLAN from 0 to 4094|port add a sw b address 192.0.2.1 vlan 4095
	2|psw: port add: shared stands behind no address|port add a sw b shared
	2|psw: port add: role "x" is not "pod" or "uplink"|port add a sw b role x
	2|psw: port add: pvid "4095" is not a VLAN from 0 to 4094|port add a sw b pvid 4095
	2|psw: port add: storm-limit "x" is not a number from 0 to|port add a sw b storm-limit x
	2|psw: port add: trunk "1,x" is not "none" or VLANs from 1 to 4094|port add a s b trunk 1,x
	2|psw: port set: trunk "2-1" has a range that ends before|port set a trunk 2-1
	2|psw: port set: unknown word "role"|port set a role pod
	2|psw: port set: unknown word "shared"|port set a shared
	2|psw: port set: unknown word "address"|port set a address 192.0.2.1
	2|psw: port set: unknown word "switch"|port set a switch b
	2|psw: port delete: dev is missing|port del
	2|psw: port delete: unknown word "b"|port d a b
	2|psw: address add: address is missing|address add
	2|psw: address add: dev is missing|address add 192.0.2.1
	2|psw: address add: vlan lacks a value|address add 192.0.2.1 dev a vlan
	2|psw: address delete: address "x" is not an IP|address del x dev a
	2|psw: monitor: unknown word "all"|monitor all
	2|psw: monitor: unknown word "violations"|monitor ports violations
	EOF
}

n=0 failed=0
echo "KTAP version 1"
echo "1..$(cases | wc -l)"
while IFS='|' read -r status text args; do
	n=$((n + 1))
	read -ra words <<< "$args"
	output=$("$psw" "${words[@]}" 2>&1)
	got=$?
	if [[ $got == "$status" ]] && grep -qe "$text" <<< "$output"; then
		echo "ok $n psw $args"
	else
		echo "# exit status $got, not $status: $output"
		echo "not ok $n psw $args"
		failed=1
	fi
done < <(cases)
exit $failed
