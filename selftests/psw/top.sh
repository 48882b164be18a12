#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw top: the table on a terminal (tmux, 80x24), plain lines, JSON; what its keys, signals, sizes and a lost module do.
#
#                       psw0 192.0.2.1
#                        |
#     +---------+--------+--+---------- ... ------+
#    v_a       v_b         v_c      d1 .. d30  (d1000)    d: dummies, which nothing moves
#   ..|.........|...........|...
#   eth0      eth0        eth0
#    a .2 <---> b .3        c .4 lies about its MAC       pings and spoofed frames go all the time
#
# numbers:  rates are what counters grew by over the time between; ports that come, go and begin anew
# lines:    without a terminal, on a dumb one
# screen:   the table, sorted by keys, scrolled, paused; what is wide, narrow, small
# terminal: as it was, whatever ends or stops it
# flicker:  a frame is one write, and nothing is cleared
# module:   gone and back
# crowd:    a thousand ports
. "$(dirname "$0")/../lib.sh"

need_module
need_commands tmux strace jq ping
without_ipv6
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24
make_pod b psw0 192.0.2.3/24
make_pod c psw0 192.0.2.4/24
"$PSW" port set v_b pod "shop/frontend-with-a-long-name-7d9f8b6c5d-x2x9k"
for ((i = 1; i <= 30; i++)); do
	ip link add d$i type dummy && "$PSW" port add d$i switch psw0 id "quiet$i" || exit 1
done
# remove_dummies: those that are there
remove_dummies() {
	ip -o link show type dummy | sed 's/^[0-9]*: /link del /; s/[:@].*//' | ip -b -
}
defer remove_dummies
background ip netns exec a ping -q -i 0.02 192.0.2.3 > /dev/null
background frame -n 0 c:eth0 eth a:eth0 02:00:00:00:00:99 type 0x88b5 data 46
# more_than N COMMAND...: it prints a number that is greater
more_than() { [[ $("${@:2}") -gt $1 ]]; }
# lacks PATTERN FILE
lacks() { ! grep -qE "$1" "$2"; }
busywait 20 more_than 0 drops v_c spoofed-mac || exit 1
busywait 20 more_than 0 counter v_a tx-packets || exit 1

export LC_ALL=C.UTF-8
ktap_header

# --- numbers ---

"$PSW" -j -s top interval 0.5 count 3 > "$WORK/json"
check_equal "numbers: a line each time" 3 "$(wc -l < "$WORK/json")"

# all_rates_hold: each rate of the later lines is what the counter grew by since the line before, per second
all_rates_hold() {
	jq -se '
		def sum: .stats.drops | add;
		[range(1; length) as $i | .[$i] as $now | (.[$i - 1].ports | INDEX(.name)) as $before |
		 $now.ports[] | . as $p | $before[.name] as $was |
		 [ (.rates["rx-packets"], .stats["rx-packets"] - $was.stats["rx-packets"]),
		   (.rates["tx-bytes"], .stats["tx-bytes"] - $was.stats["tx-bytes"]),
		   (.rates.drops, sum - ($was | sum)) ] |
		 [.[0] * $now.seconds - .[1], .[2] * $now.seconds - .[3], .[4] * $now.seconds - .[5]] |
		 # seconds are printed to a thousandth
		 map(fabs) | max < 2 + 0.005 * (($p.rates["tx-bytes"] // 0) + ($p.rates.drops // 0))] |
		length > 60 and all' "$WORK/json" || { tail -n 1 "$WORK/json"; false; }
}

# jq_last FILTER: of the last line
jq_last() { tail -n 1 "$WORK/json" | jq -r "$1"; }

check "numbers: rates are what counters grew by" all_rates_hold
check_equal "numbers: the host, pods and others" "host psw0 pod v_a" \
	"$(jq_last '[.ports[] | select(.name == ("psw0", "v_a"))] | sort_by(.role) | map("\(.role) \(.name)") | join(" ")')"
check_equal "numbers: who sends, and what is dropped" "v_a null v_c spoofed-mac" \
	"$(jq_last '[.ports[] | select(.rates["rx-packets"] > 0 and .role == "pod")] | sort_by(.name) |
		map(select(.name != "v_b") | "\(.name) \(.["last-drop"])") | join(" ")')"
check_equal "numbers: the sum" true \
	"$(jq_last '(.rates.drops - ([.ports[].rates.drops] | add)) | fabs < 0.1')"
check_equal "numbers: sorted by drops" v_c "$("$PSW" -j top interval 0.2 count 1 sort drops | jq -r '.ports[0].name')"
check_equal "numbers: of a pod" "v_a" "$("$PSW" -j top interval 0.2 count 1 pod test/a | jq -r '.ports[].name')"
check_equal "numbers: of a switch" 34 "$("$PSW" -j top interval 0.2 count 1 switch psw0 | jq '.ports | length')"
check_fail "numbers: of no switch" "psw: top: nope: No such device" "$PSW" top count 1 switch nope
check_fail "numbers: of what is no switch" "psw: top: v_a: " "$PSW" top count 1 switch v_a

# Ports that come, go, and begin anew while it looks.
: > "$WORK/json"
background "$PSW" -j top interval 0.2 > "$WORK/json"
has_lines() { [[ $(wc -l < "$WORK/json") -ge $1 ]]; }
# lines_more N
lines_more() { busywait 20 has_lines $(($(wc -l < "$WORK/json") + $1)); }
busywait 20 has_lines 2
"$PSW" port delete v_c
ip link add late type dummy
"$PSW" port add late switch psw0
lines_more 2
"$PSW" port add v_c switch psw0 address 192.0.2.4 pod test/c
ip link del late
lines_more 3
kill "${JOBS[-1]}"
wait "${JOBS[-1]}"
check_equal "numbers: a signal ends it" 0 $?
check_equal "numbers: no rate is below 0, or out of all proportion" true \
	"$(jq -s 'map(.ports[].rates | select(.) | .[]) | all(. >= 0 and . < 1e9)' "$WORK/json")"
check_equal "numbers: a port that is new has no rates yet, then 0" "null 0" \
	"$(jq -r '.ports[] | select(.name == "late") | .rates["rx-packets"]' "$WORK/json" | head -n 2 | paste -sd ' ')"
check_equal "numbers: it is gone when it is" 0 "$(jq_last '[.ports[] | select(.name == "late")] | length')"
check_equal "numbers: one that is back is measured again" true \
	"$(jq_last '.ports[] | select(.name == "v_c") | .rates.drops > 0')"

# --- lines ---

"$PSW" top interval 0.2 count 2 sort name > "$WORK/lines"
check_equal "lines: a block each time" 2 "$(grep -c '^psw top  ..:..:..  every 0.2 s  33 ports on psw0$' "$WORK/lines")"
check_equal "lines: all ports in each" 2 "$(grep -c '^quiet30  *d30 ' "$WORK/lines")"
check "lines: names are whole" grep -q '^shop/frontend-with-a-long-name-7d9f8b6c5d-x2x9k v_b ' "$WORK/lines"
check "lines: drops in words" grep -q '^test/c .* spoofed-mac: from a foreign MAC$' "$WORK/lines"
check "lines: no escapes" lacks $'\e' "$WORK/lines"
to_full_disk() { "$PSW" top interval 0.1 count 1 > /dev/full; }
check_fail "lines: nobody reads" "psw: top: Cannot write" to_full_disk

# --- screen ---

tm() { tmux -S "$WORK/tmux" -f /dev/null "$@"; }
# shows PATTERN [LINE]: on the screen, or in a line of it
shows() { tm capture-pane -p | sed -n "${2:-1,\$}p" | grep -qe "$1"; }
# comes_to_show PATTERN [LINE]: sooner or later
comes_to_show() { busywait 20 shows "$@" || { tm capture-pane -p; false; }; }
# screen_shows NAME PATTERN [LINE]
screen_shows() { check "$1" comes_to_show "${@:2}"; }
# type KEY...
type() { tm send-keys "$@"; }
# starts: psw top in the terminal
starts() {
	type "'$PSW' top interval 0.3" Enter
	busywait 20 shows '^psw top' 1 || { tm capture-pane -p; return 1; }
}
# quits KEY: and the shell is back
quits() {
	type "$1"
	busywait 20 is_back
}
is_back() { [[ $(tm display -p '#{alternate_on}') == 0 ]]; }
# told NAME: what the terminal is like
terminal() { tm display -p 'cursor #{cursor_flag} wrap #{wrap_flag} other #{alternate_on}'; }
settings() { stty -F "$(tm display -p '#{pane_tty}')" -a; }

tm new-session -d -x 80 -y 24 "exec env PS1='shell> ' TERM=screen bash --norc --noprofile" || exit 1
defer tmux -S "$WORK/tmux" kill-server
tm set -g status off
tm resize-window -x 80 -y 24
busywait 20 shows '^shell>' || exit 1
type "set +o history; stty -a > '$WORK/before'; echo before" Enter
busywait 20 shows '^before' || exit 1
settings_before=$(settings)
terminal_before=$(terminal)

check "screen: it is there" starts
check_equal "screen: the other one, the cursor hidden, no wrap" "cursor 0 wrap 0 other 1" "$(terminal)"
screen_shows "screen: pods" '^test/a  *v_a .* [1-9]' 5,23
screen_shows "screen: the one that moves most is first" '^test/c .* spoofed-mac$' 5
screen_shows "screen: a long name, both its ends" '^shop/fr.*~.*x2x9k ' 5,23
screen_shows "screen: each line in its place, the titles" '^POD  *DEVICE RX-PPS TX-PPS RX-BPS TX-BPS DROP/S LAST-DROP$' 4
screen_shows "screen: each line in its place, the help" '^q quit .* h help$' 24
screen_shows "screen: the sums" '^rx .* packets/s .* bit/s, tx .* dropped/s$' 2
screen_shows "screen: what it shows" '^sorted by packets  rows 1-19 of 34$' 3
type n
screen_shows "screen: n sorts by name" '^sorted by name ' 3
screen_shows "screen: the first by name" '^host ' 5
type r
screen_shows "screen: r reverses" '^test/c ' 5
type r d
screen_shows "screen: d sorts by drops" '^test/c ' 5
type b
screen_shows "screen: b sorts by bytes" '^sorted by bytes ' 3
type u
screen_shows "screen: u counts bytes" ' RX-B/S TX-B/S ' 4
type u p n j
screen_shows "screen: j scrolls" 'rows 2-20 of 34$' 3
type Down
screen_shows "screen: an arrow scrolls" 'rows 3-21 of 34$' 3
type NPage
screen_shows "screen: a page, to the end" 'rows 16-34 of 34$' 3
screen_shows "screen: the last one" '^test/c ' 23
type Home
screen_shows "screen: home" 'rows 1-19 of 34$' 3
type h
screen_shows "screen: h takes the help away" 'rows 1-20 of 34$' 3
type h +
screen_shows "screen: + takes more time" 'every 0.6 s' 1
type - Space
screen_shows "screen: space pauses" ' paused$' 3
clock=$(tm capture-pane -p | head -n 1)
type p
screen_shows "screen: keys work while it pauses" '^sorted by packets .* paused$' 3
was=$(counter v_a tx-packets)
busywait 20 more_than $((was + 60)) counter v_a tx-packets
rows=$(tm capture-pane -p | sed 1d)
type x
check_equal "screen: nothing moves then" "$rows" "$(tm capture-pane -p | sed 1d)"
type Space
screen_shows "screen: space goes on" 'of 34$' 3
time_goes_on() { [[ $(tm capture-pane -p | head -n 1) != "$clock" ]]; }
check "screen: the time goes on" busywait 20 time_goes_on

type Space
screen_shows "screen: it pauses again" ' paused$' 3
tm resize-window -x 40 -y 12
screen_shows "screen: narrow, fewer columns" '^POD  *RX-PPS TX-PPS DROP/S$' 4
screen_shows "screen: narrow, each line in its place" '^q quit ' 12
screen_shows "screen: narrow, fewer rows" 'rows 1-7 of 34' 3
type Space
tm resize-window -x 10 -y 3
screen_shows "screen: tiny" '^psw top' 1
tm resize-window -x 150 -y 40
screen_shows "screen: wide, words" ' spoofed-mac: from a foreign MAC$' 5
screen_shows "screen: wide, whole names" '^shop/frontend-with-a-long-name-7d9f8b6c5d-x2x9k ' 5,39
screen_shows "screen: tall, all rows" '^sorted by packets$' 3
tm resize-window -x 80 -y 24
screen_shows "screen: as before" 'rows 1-19 of 34$' 3
check "screen: q quits" quits q

# --- terminal ---

# as_before NAME
as_before() {
	check_equal "terminal: $1, settings as before" "$settings_before" "$(settings)"
	check_equal "terminal: $1, cursor and lines as before" "$terminal_before" "$(terminal)"
}
# top_pid: of the one in the terminal
top_pid() { pgrep -t "$(tm display -p '#{pane_tty}' | sed 's,/dev/,,')" -x psw; }
is_gone() { ! top_pid; }
is_running() { ! is_stopped "$1"; }
is_stopped() { [[ $(ps -o stat= -p "$1") == T* ]]; }

as_before "q"
screen_shows "terminal: what was there is there" '^before$'
starts
type C-c
check "terminal: ^C ends it" busywait 20 is_gone
as_before "^C"
type 'echo status $?' Enter
screen_shows "terminal: ^C is no failure" '^status 0$'
starts
kill "$(top_pid)"
check "terminal: SIGTERM ends it" busywait 20 is_gone
as_before "SIGTERM"
starts
kill -QUIT "$(top_pid)"
check "terminal: SIGQUIT ends it" busywait 20 is_gone
as_before "SIGQUIT"
starts
pid=$(top_pid)
type C-z
check "terminal: ^Z stops it" busywait 20 is_stopped "$pid"
busywait 20 is_back
as_before "^Z"
screen_shows "terminal: ^Z, the shell is there" 'Stopped'
type fg Enter
screen_shows "terminal: fg, it is back" '^psw top' 1
check_equal "terminal: fg, the other one, the cursor hidden" "cursor 0 wrap 0 other 1" "$(terminal)"
type n
screen_shows "terminal: fg, keys one by one" '^sorted by name ' 3
kill -STOP "$pid"
busywait 20 is_stopped "$pid"
type fg Enter
busywait 20 is_running "$pid"
type p
screen_shows "terminal: SIGSTOP and fg" '^sorted by packets ' 3
check "terminal: and q quits" quits q
as_before "^Z and fg"
# The shell mends the settings when it reads a line, so what comes next in this one is asked.
type clear Enter "'$PSW' top count 1 interval 0.2; echo status \$?; stty -a > '$WORK/after'" Enter
screen_shows "terminal: the count ends it" '^status 0$'
as_before "count"
check "terminal: count, settings as before for who comes next" busywait 20 cmp "$WORK/before" "$WORK/after"
type clear Enter "TERM=dumb '$PSW' top count 1 interval 0.2 | head -n 1" Enter
screen_shows "lines: on a dumb terminal" '^psw top  ..:..:..  every 0.2 s'
type clear Enter "TERM=dumb '$PSW' top count 1 interval 0.2 pod test/a" Enter
screen_shows "lines: on a dumb terminal, its own" '^test/a '
check_equal "lines: on a dumb terminal, not the other screen" 0 "$(tm display -p '#{alternate_on}')"

# --- flicker ---

: > "$WORK/raw"
type clear Enter
tm pipe-pane -O "cat >> '$WORK/raw'"
type "strace -qq -s 100000 -e trace=write -e signal=none -o '$WORK/writes' '$PSW' top interval 0.2 count 5" Enter
busywait 20 test -s "$WORK/writes"
busywait 30 is_gone
busywait 20 is_back
tm pipe-pane
sed -n 's/^write(1, "\(.*\)", [0-9]*) *= [0-9]*$/\1/p' "$WORK/writes" > "$WORK/frames"
check_equal "flicker: each frame is one write" 6 "$(grep -c '^\\33\[H.*q quit' "$WORK/frames")"
check_equal "flicker: and there is nothing else" 8 "$(wc -l < "$WORK/writes")"
check_equal "flicker: each writes all 24 lines" 6 "$(grep '^\\33\[H' "$WORK/frames" | sed 's/\\r\\n/\n/g' |
	grep -c '^q quit')"
check_equal "flicker: 23 line ends each" 138 "$(grep '^\\33\[H' "$WORK/frames" | grep -o '\\r\\n' | wc -l)"
sed -n '/\x1b\[?1049h/,/\x1b\[?1049l/p' "$WORK/raw" > "$WORK/screen"
check "flicker: the terminal got it" grep -q 'sorted by packets' "$WORK/screen"
check "flicker: nothing is cleared but ends of lines" lacks $'\e\\[[0-3]?J|\e\\[[12]K' "$WORK/screen"

# --- module ---

starts
ip link del psw0
screen_shows "module: no switch is left" ' 0 ports on no switch$' 1
rmmod podswitch
screen_shows "module: it is gone" '^The kernel module podswitch is gone; waiting for it$' 3
check "module: it is not loaded for our sake" test ! -d /sys/module/podswitch
insmod "$PODSWITCH_MODULE"
make_switch psw0 192.0.2.1/24
"$PSW" port add v_a switch psw0 address 192.0.2.2 pod test/a
"$PSW" port add v_b switch psw0 address 192.0.2.3 pod test/b
screen_shows "module: it is back" '^test/a  *v_a .* [1-9]' 5,23
check "module: q quits" quits q
as_before "module"
background "$PSW" top interval 0.2 > /dev/null 2> "$WORK/errors"
ip link del psw0
rmmod podswitch
wait "${JOBS[-1]}"
check_equal "module: without a terminal it ends" 1 $?
check_equal "module: and says why" "psw: top: The kernel module podswitch is gone" "$(cat "$WORK/errors")"
insmod "$PODSWITCH_MODULE"

# --- crowd ---

make_switch psw0 192.0.2.1/24
for ((i = 31; i <= 1000; i++)); do
	echo "link add d$i type dummy"
done | ip -b - || exit 1
plumb ports psw0 d 1 1000 > /dev/null || exit 1
type clear Enter "TIMEFORMAT='cpu %U %S'; time '$PSW' top count 5" Enter
screen_shows "crowd: a thousand ports" ' 1000 ports on psw0$' 1
screen_shows "crowd: as many rows as fit" 'rows 1-19 of 1001$' 3
busywait 30 shows '^cpu '
ms=$(tm capture-pane -p | awk '/^cpu / { print int(($2 + $3) * 1000) }')
echo "# $ms ms of processor time for 6 looks at a thousand ports"
# 2 % is aimed at; machines may be slow
check "crowd: $((ms / 6)) ms a look, less than 100" in_time $((ms / 6)) 100

ktap_finish
