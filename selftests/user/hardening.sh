#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What was built is built so that a fault in it is hard to use.
#
#    psw, podswitch-exporter, libpodswitch.so   loaded by a loader
#    podswitch, the plugin                      static, unless a distribution links it
#
#  - stack:  cannot be run; a canary is looked at
#  - checks: of the strings' and files' functions
#  - loader: places it anywhere; what is looked up is read-only from the start
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_commands readelf nm
ktap_header

# has PROGRAM READELF-OPTION PATTERN
has() {
	readelf -W "$2" "$BUILD/$1" | grep -E "$3" > /dev/null
}
# calls PROGRAM PATTERN: it calls a function of such a name, and not just the C library in it
calls() {
	if [[ $1 == podswitch && -d $BUILD/static ]]; then
		nm "$BUILD"/static/cni/*.o 2> /dev/null
	else
		nm -D "$BUILD/$1"
	fi | grep -E "$2" > /dev/null
}

for program in psw podswitch-exporter libpodswitch.so podswitch; do
	check "stack: of $program cannot be run" has "$program" -l 'GNU_STACK .* RW '
	check "stack: $program looks at a canary" calls "$program" ' U __stack_chk_fail'
	check "checks: $program has them" calls "$program" ' U __[a-z]+_chk'
	check "loader: $program, tables are made read-only" has "$program" -l 'GNU_RELRO'
	if ! has "$program" -d NEEDED; then
		skip "loader: $program" "has none"
		continue
	fi
	check "loader: $program, at once" has "$program" -d 'NOW'
	check "loader: $program, anywhere" has "$program" -h 'Type: +DYN'
done

ktap_finish
