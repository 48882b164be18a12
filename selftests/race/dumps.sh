#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A listing that changes interrupt is either one that was true at a moment, or is known to be none.
#
#                      psw0
#                       |
#     +--------+--------+-----------+-------- ...
#     d1       d2      d3          d4        d120        dummies: a listing takes several messages
#     |                                       |
#     +--- one address goes from the one to the other and back: there are 0 or 1 of it, never 2
#
# Meanwhile d60 is detached and attached, so that there are 119 or 120 ports, and switches come and go.
. "$(dirname "$0")/lib.sh"

need_module
need_commands jq strace
PORTS=120
modprobe -q dummy
make_switch psw0
MACS=()
for ((i = 1; i <= PORTS; i++)); do MACS[i]=$(printf '02:00:00:00:%02x:%02x' $((i / 256)) $((i % 256))); done
dummies() { for ((i = 1; i <= PORTS; i++)); do echo "link $1 d$i $2"; done | ip -b -; }
DEFERRED+=("dummies del")
dummies add "type dummy" || exit 1
dummies set up || exit 1
for ((i = 1; i <= PORTS; i++)); do
	echo "port add d$i switch psw0 mac ${MACS[i]} address 2001:db8::$i:1 address 2001:db8::$i:2"
done | "$PSW" -batch - || exit 1

# Up and down the list: a listing that goes on between the two finds it twice, or not at all.
wandering() {
	genl address-new ifindex d1 address 192.0.2.50 &&
	genl address-del ifindex d1 address 192.0.2.50 &&
	genl address-new ifindex d120 address 192.0.2.50 &&
	genl address-del ifindex d120 address 192.0.2.50
}

attaching() {
	genl port-del ifindex d60 &&
	genl port-new switch psw0 ifindex d60 mac "${MACS[60]}" address 2001:db8::60:1 address 2001:db8::60:2
}

switching() {
	ip link add psw1 type podswitch && ip link del psw1
}

# true_at_a_moment PORTS-JSON
true_at_a_moment() {
	local ports found

	read -r ports found < <(jq -r '"\(length) \([.[].addresses[] | select(. == "192.0.2.50")] | length)"' <<< "$1")
	[[ $ports -eq $PORTS || $ports -eq $((PORTS - 1)) ]] || wrong "a listing of $ports ports"
	[[ $found -le 1 ]] || wrong "an address at two ports"
}

# whole COMMAND...: prints what psw, which asks again when it was interrupted, takes for a whole listing. On a slow machine there
# may be none in which nothing changes: it says so then.
whole() {
	"$@" 2>> "$WORK/interrupted" && echo "${FUNCNAME[1]}" >> "$WORK/whole"
}

listing() {
	local ports

	ports=$(whole "$PSW" -j port show) && true_at_a_moment "$ports"
	:
}

# With time for changes between one message and the next.
slowly() {
	local ports

	ports=$(whole strace -qq -o "$WORK/strace" -e trace=recvmmsg -e inject=recvmmsg:delay_enter=300000 "$PSW" -j port show) &&
		true_at_a_moment "$ports"
	:
}

counting() {
	local switches

	switches=$(whole "$PSW" -j switch show) || return 0
	[[ $(jq '[.[] | select(.name == "psw0")] | length' <<< "$switches") -eq 1 ]] || wrong "a listing without psw0"
}

ktap_header
race wandering attaching switching listing slowly counting
ktap_note "whole: $(sort "$WORK/whole" | uniq -c | xargs); given up as interrupted: $(wc -l < "$WORK/interrupted")"
check "a listing that fails was interrupted" test "$(grep -cv 'interrupt' "$WORK/interrupted")" -eq 0
"$PSW" -j port show > "$WORK/ports"
true_at_a_moment "$(< "$WORK/ports")"
check "after: a listing is whole" test ! -s "$WRONG" -a "$(jq length "$WORK/ports")" -eq "$PORTS"
ktap_finish
