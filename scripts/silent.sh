# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For scripts that run checkers to source: one KTAP result for each; what a checker says stands above its result.

silent_n=0 silent_failed=0 silent_name=''

# silent_header NAME: opens the results; each bears that name
silent_header() {
	silent_name=$1
	echo "KTAP version 1"
}

# files PATTERN...: those that git knows or would add
files() { git ls-files --cached --others --exclude-standard -- "$@"; }

# silent NAME COMMAND...: passes if the command succeeds and says nothing
silent() {
	local name=$1 out result=ok; shift
	out=$("$@" 2>&1) || out=${out:-failed without a word}
	if [[ $out ]]; then
		result='not ok'
		silent_failed=$((silent_failed + 1))
		echo "# ${out//$'\n'/$'\n'# }"
	fi
	silent_n=$((silent_n + 1))
	echo "$result $silent_n $silent_name: $name"
}

# silent_totals: the last lines; fails if a checker has
silent_totals() {
	echo "1..$silent_n"
	echo "# Totals: pass:$((silent_n - silent_failed)) fail:$silent_failed skip:0"
	(( silent_failed == 0 ))
}
