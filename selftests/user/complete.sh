#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "psw complete", what the shells ask: what could stand at the cursor, as a table: the line as far as it is typed, and the
# candidates, "*" standing for any more. A network namespace that there is not keeps the kernel out of it.
# usage: complete.sh [PSW]
set -u
psw=${1:-$(dirname "$(realpath "$0")")/../../build/psw}

cases() {
	cat <<-'EOF'
	|switch port address *
	s|switch *
	swi|switch
	x|
	help |
	-|-json -pretty -statistics -timestamp -netns -batch -force -color -Version -help
	-j -p|-pretty
	--c|--color
	-color=|-color=never -color=auto -color=always
	--c=a|--c=auto --c=always
	-j=|
	-j -V |
	-b |<TAB>file
	-b x |
	-b x port |
	-x |
	port|port
	port |show add set delete help
	p s|show set
	p sh |dev switch network pod id *
	port show s|switch
	port show dev |
	port show dev x s|switch *
	port show x d|dev
	port show network |
	port show switch x switch |
	port show switch x id y p|pod
	port up |
	port help |
	port show "a b" "$(c)" n|
	port add |dev
	port add s|
	port add switch s|switch *
	port add x switch y |address role mac guard *
	port add x address |
	port add x v|
	port add x sh|
	port add x address 192.0.2.1 v|vlan
	port add x address 192.0.2.1 sh|shared
	port add x address 192.0.2.1 shared a|address
	port add x address 192.0.2.1 vlan |
	port add x guard |off mac mac+ip
	port add x guard m|mac mac+ip
	port add x gu mac+ip is|isolated
	port add x guard off gu|
	port add x role |pod uplink
	port add x hairpin o|on off
	port add x trunk |none
	port set x |mac guard isolated *
	port set x switch |
	port set x storm-limit |
	port set x dh|dhcp-server
	port set x router |on off
	port del |dev
	port del x |
	switch |show set help
	switch set x max|max-ports max-addresses
	address |show add delete help
	address add |address
	address add 192.0.2.1 |address dev vlan shared
	address add 192.0.2.1 dev x d|
	monitor |ports *
	monitor h|help
	doctor mo|module
	doctor module ker|kernel
	doctor root |
	metrics h|help
	metrics file |path <TAB>file
	probe |from *
	restore |file replace help <TAB>file
	upgrade |file old force help <TAB>file
	upgrade old |<TAB>file
	top h|help
	top sort |packets *
	graph h|help
	monitor v|violations
	EOF
}

n=0 failed=0
err=$(mktemp)
trap 'rm -f "$err"' EXIT

# result NAME COMMAND...: a case, which passes if the command succeeds
result() {
	local name=$1 result=ok
	shift

	n=$((n + 1))
	"$@" || { result="not ok"; failed=1; }
	echo "$result $n $name"
}

# completes LINE CANDIDATES: in this order, and in silence
completes() {
	local words wanted=$2 got typed=()

	IFS=' ' read -ra words <<< "$1"
	[[ $1 != *" " && $1 ]] || typed=("")
	got=$("$psw" complete -- "${prefix[@]}" "${words[@]}" "${typed[@]}" 2> "$err") || return
	got=${got//$'\n'/ }
	# shellcheck disable=SC2053 # a pattern it is
	[[ ${got//$'\t'/<TAB>} == ${wanted/ \*/*} && ! -s $err ]] && return
	echo "# got: $got"
	sed 's/^/# /' "$err"
	return 1
}

# refuses WORD...: what is not known is told in one line, and nothing else is printed
refuses() {
	local out status

	out=$("$psw" "$@" 2> "$err" < /dev/null)
	status=$?
	[[ $status == [12] && ! $out && $(wc -l < "$err") == 1 && $(< "$err") == "psw: "* ]] && return
	echo "# exit status $status: $out"
	sed 's/^/# /' "$err"
	return 1
}

# quick: how long it takes, where the kernel is not asked
quick() {
	local start=${EPOCHREALTIME/./} i took

	for ((i = 0; i < 100; i++)); do
		"$psw" complete -- "${prefix[@]}" port add x "" > /dev/null
	done
	took=$(((${EPOCHREALTIME/./} - start) / 100))
	echo "# $took us each"
	[[ $took -lt 50000 ]]
}

echo "KTAP version 1"
prefix=()
while IFS='|' read -r line wanted; do
	result "psw $line" completes "$line" "$wanted"
done < <(cases | grep '^-')
prefix=(-n /no/such)
while IFS='|' read -r line wanted; do
	result "psw $line" completes "$line" "$wanted"
done < <(cases | grep -v '^-')
result "no words" test "$("$psw" complete; "$psw" complete --; echo $?)" = 0
"$psw" complete -- "" > /dev/full
result "a full disk" test $? = 1
result "quick" quick

# --- what psw says it knows, it refuses to do with words that it does not ---

while read -r object; do
	result "psw $object @ @ @" refuses "$object" @ @ @
	while read -r verb; do
		[[ $verb == *[a-z]* ]] || continue
		result "psw $object $verb @ @ @" refuses "$object" "$verb" @ @ @
	done < <("$psw" complete -- "${prefix[@]}" "$object" "" | grep -vx help)
done < <("$psw" complete -- "" | grep -vx help)

echo "1..$n"
exit $failed
