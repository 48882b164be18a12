#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw stats: what each port and the host have moved, and why frames were dropped, in words.
#
#   psw0 192.0.2.1 -- v_a -- eth0 in a .2      speaks, and lies
#                  -- v_b -- eth0 in b .3      never speaks
#   psw1                                       without ports
#
# show:   rows, sums, the filters
# text:   columns, numbers that are short, reasons in sentences
# drops:  what was dropped and nothing else
# man:    every reason stands in psw-stats(8)
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq
without_ipv6
make_switch psw0 192.0.2.1/24
make_switch psw1
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
LIAR=02:00:00:00:00:99
frame -n 3 a:eth0 eth psw0 $LIAR ipv4 192.0.2.2 192.0.2.3
frame -n 2 a:eth0 eth psw0 a:eth0 ipv4 192.0.2.9 192.0.2.1
frame psw0 eth 02:00:00:00:00:77 psw0 type 0x88b5 data 46
pings a 192.0.2.1 192.0.2.3 > /dev/null || exit 1

# stats FILTER WORD...: what jq makes of it, in a line
stats() {
	local filter=$1
	shift

	"$PSW" -j stats show "$@" | jq -r "$filter" | tr '\n' ' '
}

ktap_header

# --- show ---

check_equal "show: a row for each port, host and sum" \
	"v_a port v_b port psw0 host psw0 ports psw1 host psw1 ports " "$(stats '.[] | "\(.name) \(.kind)"')"
check_equal "show: the counters are the port's" "$("$PSW" -j -s port show v_a | jq -c '.[0].stats')" \
	"$("$PSW" -j stats show v_a | jq -c '.[0].stats')"
check_equal "show: the host's are the switch's" "$("$PSW" -j -s switch show psw0 | jq -c '.[0].stats')" \
	"$("$PSW" -j stats show switch psw0 | jq -c '.[] | select(.kind == "host").stats')"
# shellcheck disable=SC2016 # jq's variable
check_equal "show: the sum is that of the ports" "true true true " "$(stats '
	(map(select(.kind == "port").stats)) as $p | .[] | select(.kind == "ports").stats |
	(."rx-packets" == ($p | map(."rx-packets") | add)), (."tx-bytes" == ($p | map(."tx-bytes") | add)),
	(.drops."spoofed-mac" == 3)' switch psw0)"
check_equal "show: one port" "v_b " "$(stats '.[].name' dev v_b)"
check_equal "show: a pod's port" "v_a " "$(stats '.[].name' pod test/a)"
check_equal "show: one switch" "psw1 psw1 " "$(stats '.[].name' switch psw1)"
check_fail "show: no such device" "psw: stats show: x: No such device" "$PSW" stats show x
check_fail "show: a switch is no port" "is no port of a podswitch" "$PSW" stats show psw0
check_fail "show: a port is no switch" "v_a" "$PSW" stats show switch v_a

# --- text ---

"$PSW" stats > "$WORK/text"
check_equal "text: the columns" "PORT RX BYTES TX BYTES ANSWERED DROPPED POD" \
	"$(head -1 "$WORK/text" | tr -s ' ' | sed 's/ QUEUED//')"
check_equal "text: no line is longer than a terminal" "" "$(grep -E '.{81}' "$WORK/text")"
check "text: the host and the sum" grep -q "^psw0:host .*" "$WORK/text"
check "text: a reason in words" \
	grep -qx "    dropped 3 frames from a foreign MAC (spoofed-mac)" "$WORK/text"
check "text: another below the same port" \
	grep -qx "    dropped 2 frames from a foreign IPv4 address (spoofed-ipv4)" "$WORK/text"
frame -n 12000 a:eth0 eth psw0 a:eth0 ipv4 192.0.2.2 192.0.2.1 udp 1 2 data 100
check "text: long numbers are short" grep -Eq '^v_a +12\.0k +17[0-9][0-9]k ' <("$PSW" stats show v_a)

# --- drops ---

check_equal "drops: whose, why, how many" \
	"v_a spoofed-mac 3 v_a spoofed-ipv4 2 psw0 unknown-destination 1 " \
	"$(stats '.[] | "\(.name) \(.reason) \(.frames)"' drops)"
check_equal "drops: of a pod without any" "" "$("$PSW" stats show drops pod test/b)"
check_equal "drops: none, for a program" "[]" "$("$PSW" -j stats show drops dev v_b)"
check "drops: with the sentence" grep -A1 -E '^v_a +psw0 +3 +spoofed-mac +test/a$' <("$PSW" stats show drops)
check_equal "drops: the sentence" "    The source MAC is not the port's." \
	"$("$PSW" stats show drops v_a | sed -n 3p)"

# --- man ---

for reason in $("$PSW" -j -s port show v_a | jq -r '.[0].stats.drops | keys[]'); do
	grep -qx "\.It Sy $reason" "$TREE/userspace/man/psw-stats.8" || echo "$reason"
done > "$WORK/missing"
check_equal "man: every reason is explained" "" "$(< "$WORK/missing")"

ktap_finish
