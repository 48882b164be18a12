# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the scripts that run tests, one after another, to source: the sum of what each part counts.

passed=0 failed=0 skipped=0

# add LOG: takes over the counts of a part that counts itself
add() {
	local pass fail skip
	read -r pass fail skip < <(sed -nE 's/^# Totals: pass:([0-9]+) fail:([0-9]+) skip:([0-9]+)$/\1 \2 \3/p' "$1" | tail -n 1)
	[[ ${skip:-} ]] || { fail=1 pass=0 skip=0; }
	passed=$((passed + pass)) failed=$((failed + fail)) skipped=$((skipped + skip))
}

# part COMMAND...: runs a part that counts itself; one that fails, and counts no failure, is one
part() {
	local log failed_before=$failed
	log=$(mktemp)
	echo "# $*"
	"$@" 2>&1 | tee "$log"
	local status=${PIPESTATUS[0]}
	add "$log"
	(( status == 0 || status == 4 || failed > failed_before )) || failed=$((failed + 1))
	rm -f "$log"
}

# one NAME COMMAND...: a test of one result
one() {
	local name=$1 out; shift
	if out=$("$@" 2>&1); then
		passed=$((passed + 1))
		echo "ok - $name"
	else
		failed=$((failed + 1))
		printf '%s\n' "$out" | tail -n 40 | sed 's/^/# /'
		echo "not ok - $name"
	fi
}

# parts_totals: the sum, as a part would tell it; fails if one has
parts_totals() {
	echo "# Totals: pass:$passed fail:$failed skip:$skipped"
	(( failed == 0 ))
}
