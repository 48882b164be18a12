#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw monitor tells of addresses one by one, of the module's going and coming, and of what it missed.
#
#   psw0 -- v_a -- eth0 in a
#        -- dum0              for ports that come and go faster than anybody reads
#
# addresses: added, changed, taken away, gone with their port
# words:     several at once
# module:    gone, there again, and what was made before it was heard
# lost:      events come too fast; what came of them is told
# wait:      begun without the module
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "needs the module's file"
without_ipv6
make_switch psw0
make_pod a psw0 192.0.2.2/24
ip link add dum0 address 02:00:00:00:0d:00 type dummy
defer ip link del dum0
MAC=$(mac_of a eth0)

# listen WORD...: to a file of its own; ended by stop
listen() {
	"$PSW" monitor "$@" > "$WORK/text" 2> "$WORK/errors" &
	MONITOR=$!
	JOBS+=("$MONITOR")
}

stop() {
	kill "$MONITOR"
	wait "$MONITOR"
}

# told LINE: whether the last line is this one
told() {
	[[ $(tail -1 "$WORK/text") == "$1" ]]
}

# is_told NAME LINE
is_told() {
	check "$1" busywait 10 told "$2"
	told "$2" || ktap_note "$(tail -3 "$WORK/text")"
}

# is_heard: a change is told
is_heard() {
	"$PSW" address add 192.0.2.200 dev v_a
	"$PSW" address del 192.0.2.200 dev v_a
	told "Deleted address 192.0.2.200 port v_a switch psw0 pod test/a"
}

ktap_header

# --- addresses ---

OWNER="port v_a switch psw0 pod test/a"
listen addresses
check "addresses: it listens" busywait 20 is_heard
"$PSW" address add 192.0.2.7 dev v_a
is_told "addresses: added" "address 192.0.2.7 $OWNER"
"$PSW" address add 02:00:00:00:00:77 2001:db8::7 shared dev v_a
is_told "addresses: a MAC" "address 02:00:00:00:00:77 $OWNER"
check_equal "addresses: and what was added with it" "address 2001:db8::7 shared $OWNER" \
	"$(tail -2 "$WORK/text" | head -1)"
"$PSW" port set v_a mac 02:00:00:00:00:aa
is_told "addresses: the port's MAC, another one" "address 02:00:00:00:00:aa $OWNER"
check_equal "addresses: and the one that it had" "Deleted address $MAC $OWNER" "$(tail -2 "$WORK/text" | head -1)"
n=$(wc -l < "$WORK/text")
"$PSW" port set v_a hairpin on storm-limit 5
"$PSW" address del 192.0.2.7 dev v_a
is_told "addresses: taken away" "Deleted address 192.0.2.7 $OWNER"
check_equal "addresses: nothing else that was changed" $((n + 1)) "$(wc -l < "$WORK/text")"
"$PSW" port del v_a
is_told "addresses: gone with their port" "Deleted address 02:00:00:00:00:77 $OWNER"
check_equal "addresses: all of them" $((n + 5)) "$(wc -l < "$WORK/text")"
stop
check_equal "addresses: SIGTERM ends it well" 0 $?

# --- words ---

"$PSW" -j monitor addresses ports > "$WORK/text" &
MONITOR=$!
JOBS+=("$MONITOR")
# has_event NAME DEVICE
has_event() {
	jq -c --arg event "$1" --arg dev "$2" 'select(.event == $event and .name == $dev)' "$WORK/text" | grep -q .
}
# makes_port: makes dum0 a port until that is told
makes_port() {
	"$PSW" port del dum0 2> /dev/null
	"$PSW" port add dum0 switch psw0 address 192.0.2.9 mac 02:00:00:00:0d:00
	has_event port-ntf dum0
}
check "words: ports are told" busywait 20 makes_port
check "words: and addresses" busywait 10 has_event address-ntf dum0
check_equal "words: with device, switch, address" '["dum0","psw0",{"ipv4":"192.0.2.9","vlan":0,"shared":false}]' \
	"$(jq -c 'select(.event == "address-ntf" and .address.ipv4) | [.name, .switch, .address]' "$WORK/text" | head -1)"
stop
check_equal "words: SIGTERM ends it well" 0 $?

# --- module ---

listen addresses
# dum0_comes: makes dum0 a port anew until that is told
dum0_comes() {
	"$PSW" port del dum0
	"$PSW" port add dum0 switch psw0 mac 02:00:00:00:0d:00 address 192.0.2.9
	told "address 192.0.2.9 port dum0 switch psw0"
}
check "module: it listens" busywait 20 dum0_comes
"$PSW" save > "$WORK/saved"
rmmod podswitch
is_told "module: gone" "podswitch is gone: its module is not loaded"
check_equal "module: the addresses before that" "Deleted address 192.0.2.9 port dum0 switch psw0" \
	"$(tail -2 "$WORK/text" | head -1)"
# While it is stopped, podswitch comes and is used: it cannot have heard that.
kill -STOP "$MONITOR"
insmod "$PODSWITCH_MODULE"
"$PSW" restore "$WORK/saved"
kill -CONT "$MONITOR"
is_told "module: what came before it was heard" "address 192.0.2.9 port dum0 switch psw0"
check "module: there again" grep -qx "podswitch is there: its module was loaded" "$WORK/text"
"$PSW" address add 192.0.2.10 dev dum0
is_told "module: events come again" "address 192.0.2.10 port dum0 switch psw0"
check_equal "module: nobody complained" "" "$(< "$WORK/errors")"

# --- lost ---

kill -STOP "$MONITOR"
for ((i = 0; i < 3000; i++)); do
	echo "link set dum0 nomaster"
	echo "link set dum0 master psw0"
done | ip -b -
"$PSW" port del dum0
"$PSW" port add dum0 switch psw0 mac 02:00:00:00:0d:00 address 192.0.2.44
kill -CONT "$MONITOR"
check "lost: it is told that events are lost" busywait 20 grep -q "some are lost" "$WORK/errors"
is_told "lost: what came of them" "address 192.0.2.44 port dum0 switch psw0"
"$PSW" address add 192.0.2.45 dev dum0
is_told "lost: it goes on" "address 192.0.2.45 port dum0 switch psw0"
stop
check_equal "lost: SIGTERM ends it well" 0 $?

# --- wait ---

rmmod podswitch
check_fail "wait: without it, no module is an error" "psw: monitor: The kernel module podswitch is not loaded" \
	"$PSW" monitor
listen ports wait
is_told "wait: there is none" "podswitch is gone: its module is not loaded"
insmod "$PODSWITCH_MODULE"
is_told "wait: there is one" "podswitch is there: its module was loaded"
make_switch psw0
"$PSW" port add dum0 switch psw0
check "wait: events come" busywait 10 grep -q "^port dum0 switch psw0" "$WORK/text"
stop
check_equal "wait: SIGTERM ends it well" 0 $?

ktap_finish
