#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw's exit status and words, for command lines that never reach the kernel:
#
# lines:   a table: status, what the output contains, the arguments
# output:  that cannot be written
# batch:   a table: status, what stderr contains, the file
# color:   where there are colours and where not
#
# Whatever is refused is told in one line on stderr, and stdout stays empty.
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
	2|psw: port show: a filter does not go with a device|port show x switch b
	2|psw: port show: a filter does not go with a device|port show dev x address 192.0.2.1
	2|psw: port show: address "x" is not an IP or MAC|port show address x
	2|psw: port set: owner "x" is not "none"|port set a owner x
	2|psw: port set: translated "x" is not "on" or "off"|port set a translated x
	2|psw: port set: router "x" is not "on" or "off"|port set a router x
	2|psw: port set: dhcp-server "x" is not "on" or "off"|port set a dhcp-server x
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
	0|Usage: psw \[ -j\[son\] \] \[ -s\[tatistics\] \] top|top help
	0|Usage: psw graph|graph h
	2|psw: top: unknown word "all"|top all
	2|psw: top: interval "0" is not from 0.1 to 86400 seconds|top interval 0
	2|psw: top: interval "fast" is not a number of seconds|top i fast
	2|psw: top: count "0" is out of range|top count 0
	2|psw: top: sort "size" is not "packets", "bytes", "drops" or "name"|top sort size
	2|psw: top: sort lacks a value|top sort
	2|psw: graph: unknown word "b"|graph a b
	2|psw: graph: interval "1e3" is not a number of seconds|graph a interval 1e3
	2|psw: graph: is for Graphviz; |-j graph
	0|Usage: psw metrics|metrics help
	2|psw: metrics: unknown verb "prom"|metrics prom
	2|psw: metrics show: unknown word "all"|metrics show all
	2|psw: metrics show: there is only Prometheus' text|-j metrics
	2|psw: metrics file: path is missing|metrics file
	2|psw: metrics file: unknown word "b"|metrics file a b
	2|psw: metrics listen: unknown word "b"|metrics listen x b
	2|podswitch-exporter: address "localhost" is not an IP address|metrics listen localhost
	2|podswitch-exporter: address "127.0.0.1:x" has no port|met --listen 127.0.0.1:x
	0|Usage: psw doctor|doctor help
	2|psw: doctor: check "x" is none of "module", "kernel", |doctor x
	2|psw: doctor: check "x" is none of "module", "kernel", |doctor drops x
	2|psw: doctor: root "x" is not an absolute path|doctor root x
	2|psw: doctor: cni-conf lacks a value|doctor cni-conf
	1|^problem  module  |doctor module root /nonexistent
	1|"check":"plugin","status":"problem"|-j doctor plugin cni-bin /nonexistent
	0|Usage: psw probe from END to END|probe help
	2|psw: probe: from is missing|probe
	2|psw: probe: unknown verb "a"|probe a
	2|psw: probe from: from is missing|probe from
	2|psw: probe from: to is missing|probe from a
	2|psw: probe from: tcp "0" is not a port from 1 to 65535|probe from a to b tcp 0
	2|psw: probe from: vlan "4095" is not a VLAN from 0 to 4094|pr f a to b vlan 4095
	2|psw: probe from: frame "0" is not bytes|probe from a frame 0
	2|psw: probe from: a frame that is given has all of its fields|probe from a to b frame 00
	2|psw: monitor: unknown word "all"|monitor all
	2|psw: monitor: ports is there twice|monitor ports ports
	0|Usage: psw stats|stats help
	0|Usage: psw save|save help
	0|Usage: psw restore|restore help
	0|Usage: psw upgrade|upgrade help
	2|psw: stats show: a filter does not go with a device|stats show a switch b
	2|psw: stats: unknown verb "reset"|stats reset
	2|psw: save: unknown word "b"|save a b
	2|psw: restore: file is there twice|restore a file b
	2|psw: upgrade: file is there twice|upgrade a file b
	2|psw: upgrade: old lacks a value|upgrade old
	1|psw: restore: Cannot open /nonexistent: No such file|restore /nonexistent
	2|unknown option "--"|--
	2|no object "bridges"|-j -s bridges show
	2|no object "port-show"|port-show
	2|psw: unknown option "-j=x"|-j=x port
	2|psw: unknown option "-jsonx"|-jsonx port show
	2|psw: unknown option "-x"|-j -x port show
	2|psw: -color "x" is not "always", "auto" or "never"|-c=x port
	2|psw: -color "" is not "always"|-color= port
	2|psw: -netns lacks a value|-n
	2|psw: -netns lacks a value|-j --netns
	2|psw: -netns "b" is the second one|-n a -n b port
	2|psw: -batch lacks a value|-force -batch
	2|psw: -batch "b" is the second one|-b a -b b
	2|psw: "port" stands behind -batch FILE|-b a port show
	2|psw: switch: unknown verb "add"|switch add
	2|psw: switch: unknown verb "shows"|switch shows
	2|psw: switch show: dev lacks a value|switch show dev
	2|psw: switch show: dev is there twice|switch show dev a dev b
	2|psw: switch set: max-ports is there twice|switch set a max-ports 1 max-ports 2
	2|psw: switch set: max-addresses "-1" is not a number|switch set a max-addresses -1
	2|psw: switch set: unknown word "mtu"|switch set a mtu 1500
	2|psw: port show: address "b" is not an IP or MAC|port show a b
	2|psw: port show: pod "/web" is not NAMESPACE/NAME|port show pod /web
	2|psw: port show: pod lacks a value|port show pod
	2|psw: port show: id lacks a value|port show id
	2|psw: port show: switch is there twice|port show switch a switch b
	2|psw: port show: a filter does not go with a device|port show dev a id 0
	2|psw: port add: address "192.0.2.1/24" is not an IP|port add a switch b address 192.0.2.1/24
	2|psw: port add: address "192.0.2.256" is not an IP|port add a switch b address 192.0.2.256
	2|psw: port add: address "2001:db8::1::2" is not an IP|port add a switch b address 2001:db8::1::2
	2|psw: port add: isolated "yes" is not "on" or "off"|port add a switch b isolated yes
	2|psw: port add: hairpin "1" is not "on" or "off"|port add a switch b hairpin 1
	2|psw: port add: switch lacks a value|port add a switch
	2|psw: port set: mac "02:00:00:00:00" is not a MAC address|port set a mac 02:00:00:00:00
	2|psw: port set: storm-limit "-1" is not a number from 0 to|port set a storm-limit -1
	2|psw: port set: guard is there twice|port set a guard mac guard off
	2|psw: port set: dev is missing|port set
	2|psw: address show: unknown word "b"|address show a b
	2|psw: address add: address "x" is not an IP or MAC|address add x dev a
	2|psw: address add: vlan "x" is not a VLAN|address add 192.0.2.1 vlan x dev a
	2|psw: address add: dev is there twice|address add 192.0.2.1 dev a dev b
	2|psw: address: unknown verb "flush"|address flush
	1|psw: -n: no network namespace "no-such" in /run/netns$|-n no-such port show
	1|psw: -n: no network namespace "1" in /run/netns; a process's is /proc/1/ns/net$|-n 1 port show
	1|psw: -n: /no/such: No such file or directory$|-n /no/such port show
	1|psw: -n: /etc/passwd|-n /etc/passwd port show
	1|psw: -batch: /no/such: No such file or directory$|-b /no/such
	1|psw: batch /:1: Is a directory$|-b /
	0|Usage: psw \[ OPTION|-c -h
	0|^psw |-color=never -c=auto -V
	EOF
}

# Each file in one line, for printf.
batches() {
	cat <<-'EOF'
	0|^$|
	0|^$|\n \t\n# port x\n  # x
	0|^$|help # a comment
	0|^$|"help"\nport 'help'\nsw"itch" he\\\nlp\r\n
	0|^$|help
	2|^psw: batch -:1: no object "x"; try|x\nhelp
	2|^psw: batch -:3: port: unknown verb "up"; try|help\n\nport up
	2|^psw: batch -:2: port show: unknown word "c d"$|help\nport \\\nshow ab "c d"
	2|^psw: batch -:4: no object "x"|help\\\n\n# x\nx
	2|^psw: batch -:1: no object "#"|"#"
	2|^psw: batch -:1: no object ""|""
	2|^psw: batch -:1: no object "a#b"|a#b
	2|^psw: batch -:1: no object "x?y"|x\001y
	2|^psw: batch -:1: The line has a quote without an end$|port 'show\nhelp
	2|^psw: batch -:1: option "-n" belongs in front of -batch$|-n x port show
	2|^psw: batch -:1: monitor: does not end by itself|monitor ports
	2|^psw: batch -:1: top: does not end by itself|top
	2|^psw: batch -:1: metrics listen: does not end by itself|metrics listen
	1|^psw: batch -:1: The line has a byte 0$|he\000lp
	1|^psw: batch -:2: The line goes on behind the end of the file$|help\nhelp \\\n
	EOF
}

n=0 failed=0
out=$(mktemp)
err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT

# result NAME COMMAND...: a case, which passes if the command succeeds
result() {
	local name=$1 result=ok
	shift

	n=$((n + 1))
	"$@" || {
		result="not ok"
		failed=1
		sed 's/^/# /' "$out" "$err"
	}
	echo "$result $n $name"
}

# run ARGUMENT...: psw, with what it prints kept apart
run() {
	"$psw" "$@" > "$out" 2> "$err"
	got=$?
}

# is STATUS: what was run ended so, and said no more than it should
is() {
	if [[ $got != "$1" ]]; then
		echo "# exit status $got, not $1"
		return 1
	fi
	if [[ $1 == 0 ]]; then
		[[ ! -s $err ]]
	else
		[[ $(wc -l < "$err") == 1 && $(< "$err") =~ ^(psw|podswitch-exporter):\  ]]
	fi
}

# line STATUS TEXT ARGUMENT...: psw says TEXT, a refusal by nothing but one line;
# a report that ends with 1 is no refusal
line() {
	local status=$1 text=$2
	shift 2

	run "$@" < /dev/null
	if [[ $got == 1 && -s $out && ! -s $err ]]; then
		[[ $status == 1 ]]
	else
		is "$status" && [[ $status == 0 || ! -s $out ]]
	fi && cat "$out" "$err" | grep -qe "$text"
}

# batch STATUS TEXT FILE
batch() {
	# shellcheck disable=SC2059 # a format is what it is
	run -b - < <(printf -- "$3")
	is "$1" && { [[ $1 == 0 ]] || grep -qe "$2" "$err"; }
}

echo "KTAP version 1"
while IFS='|' read -r status text args; do
	read -ra words <<< "$args"
	result "psw $args" line "$status" "$text" "${words[@]}"
done < <(cases)

# --- words of the user's are no orders for the terminal ---

result "a word with a line feed" line 2 '^psw: no object "a?b"; try' $'a\nb'
result "a word with an escape" line 2 '^psw: no object "?\[31m"; try' $'\e[31m'
result "an empty word" line 2 '^psw: port show: find "" is empty$' port show ""
result "an empty namespace" line 2 '^psw: -netns "" is empty$' -n "" port
result "a long word" line 2 'is too long$' port show network "$(printf '%0300d' 1)"

# --- output ---

# unwritable TEXT ARGUMENT...: into a full device
unwritable() {
	local text=$1
	shift

	"$psw" "$@" > /dev/full 2> "$err"
	got=$?
	: > "$out"
	is 1 && grep -qe "$text" "$err"
}

# unheard ARGUMENT...: nobody reads it, and that is told only who asked to be
unheard() {
	exec 7> >(:)
	wait $!
	(
		trap '' PIPE
		exec "$psw" "$@" >&7 2> "$err"
	)
	got=$?
	is 1 || return 1
	(
		trap - PIPE
		exec "$psw" "$@" >&7 2> "$err"
	)
	got=$?
	exec 7>&-
	# or whoever started the test ignores the signal
	[[ $got == 141 && ! -s $err ]] || is 1
}

# closed ARGUMENT...: without a stdout
closed() {
	"$psw" "$@" >&- 2> "$err"
	got=$?
	: > "$out"
	is 1 && grep -q 'Cannot write: Bad file descriptor$' "$err"
}

result "output: a full disk, help" unwritable "Cannot write: No space" help
result "output: a full disk, version" unwritable "Cannot write: No space" -V
result "output: a full disk, in a batch" unwritable \
	"batch /dev/stdin:2: Cannot write: No space" -force -b /dev/stdin \
	< <(printf '\nhelp\nhelp\n')
result "output: a pipe without a reader" unheard help
result "output: none" closed help

# --- batch ---

while IFS='|' read -r status text file; do
	result "batch: $file" batch "$status" "$text" "$file"
done < <(batches)

# forced: three complaints, with the line each, and all that is between
forced() {
	run -force -b - <<-'EOF'
	port help
	port up
	x
	port help
	port add
	EOF
	[[ $got == 1 && $(grep -c ^Usage "$out") == 2 ]] &&
		[[ $(cut -d: -f1-3 "$err") == $'psw: batch -:2\npsw: batch -:3\npsw: batch -:5' ]]
}

# unforced: as far as the first complaint
unforced() {
	run -b - <<-'EOF'
	port help
	x
	port help
	EOF
	is 2 && [[ $(grep -c ^Usage "$out") == 1 ]]
}

# from_file: whose name is told
from_file() {
	printf 'help\nx' > "$out.batch"
	run -batch "$out.batch"
	rm "$out.batch"
	is 2 && grep -qF "psw: batch $out.batch:2: no object" "$err"
}

result "batch: -force" forced
result "batch: without" unforced
result "batch: of a file" from_file

echo "1..$n"
exit $failed
