#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw's options, and what it says when something is wrong, where there is a kernel to ask.
#
#            host                          red                  blue
#     psw0 --+-- v_a        a          red0 --+-- r_a       blue0 --+-- b_a, b_b
#            +-- d1..d100
#
# netns:   another one by its name, by its path, by a process; what is none
# batch:   100 ports by one handle, quickly; what fails midway; JSON; namespaces
# refusals: the kernel's sentence in one line, as a table
# rights:  without root, without CAP_NET_ADMIN, in a user namespace
# output:  that cannot be written
# color:   on a terminal, in a pipe, switched off
# absent:  the module is not loaded, and is there to be loaded or not
. "$(dirname "$0")/../lib.sh"

need_module
need_commands jq setpriv script strace

make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_ns red blue
for ns in red blue; do
	ip -n $ns link add ${ns}0 type podswitch
	ip -n $ns link add ${ns:0:1}_a type veth peer name peer
done
ip -n blue link add b_b type veth peer name peer2

# says STATUS TEXT ARGUMENT...: psw refuses, in one line that begins like TEXT, and prints nothing
says() {
	local wanted=$1 text=$2 status
	shift 2

	"${WITH[@]}" "$PSW" "$@" > "$WORK/out" 2> "$WORK/err" < /dev/null
	status=$?
	cat "$WORK/out" "$WORK/err"
	[[ $status == "$wanted" && ! -s $WORK/out && $(wc -l < "$WORK/err") == 1 && $(< "$WORK/err") == "psw: $text"* ]]
}
WITH=()

# names ARGUMENT...: of the ports that psw shows
names() {
	"$PSW" -j "$@" port show | jq -r '[.[].name] | join(" ")'
}

ktap_header

# --- netns ---

check "netns: a port is made in another one" "$PSW" -n red port add r_a switch red0
check "netns: and in a third" "$PSW" -netns blue port add b_a switch blue0
check_equal "netns: by name" "r_a" "$(names -n red)"
check_equal "netns: by path" "b_a" "$(names --netns /run/netns/blue)"
check_equal "netns: the host's are its own" "v_a" "$(names)"
ip netns exec red tail -f /dev/null &
JOBS+=("$!")
red_is_entered() {
	[[ $(readlink "/proc/${JOBS[-1]}/ns/net") == "net:[$(stat -Lc %i /run/netns/red)]" ]]
}
busywait 10 red_is_entered
check_equal "netns: of a process" "r_a" "$(names -n "/proc/${JOBS[-1]}/ns/net")"
check_equal "netns: the events of one" "r_a" "$(
	"$PSW" -n red -j monitor ports > "$WORK/events" & pid=$!
	told() { "$PSW" -n red port set r_a hairpin on; "$PSW" port set v_a hairpin off; [[ -s $WORK/events ]]; }
	busywait 10 told
	kill $pid; wait $pid
	jq -r .name "$WORK/events" | sort -u)"
check "netns: none of that name" says 1 '-n: no network namespace "nope" in /run/netns' -n nope port show
check "netns: a number" says 1 '-n: no network namespace "1" in /run/netns; a process'"'"'s is /proc/1/ns/net' -n 1 port show
check "netns: a file" says 1 '-n: /etc/passwd is not a network namespace' -n /etc/passwd port show
check "netns: another kind" says 1 '-n: /proc/self/ns/mnt is not a network namespace' -n /proc/self/ns/mnt port show
mkfifo "$WORK/pipe"
check "netns: a pipe nobody writes to" says 1 "-n: $WORK/pipe is not a network namespace" -n "$WORK/pipe" port show
check "netns: a device of another one" says 1 'port show: v_a: No such device' -n red port show v_a

# --- batch ---

seq 100 | sed 's/.*/link add d& type veth peer name e&/' | ip -b - || exit 1
{
	echo "# a hundred ports"
	seq 100 | sed 's/.*/port add d& switch psw0 address 198.51.100.& pod "shop\/web &"/'
} > "$WORK/hundred"
start=${EPOCHREALTIME/./}
check "batch: 100 ports" "$PSW" -b "$WORK/hundred"
ktap_note "$(((${EPOCHREALTIME/./} - start) / 1000)) ms for 100 ports in a batch"
check_equal "batch: they are there" 101 "$("$PSW" -j port show | jq length)"
check_equal "batch: quoted words stay together" "web 7" \
	"$("$PSW" -j port show d7 | jq -r '.[0].owner."pod-name"')"
seq 2 100 | sed 's/^/port delete d/' > "$WORK/delete"
strace -f -qqq -e trace=socket -o "$WORK/sockets" "$PSW" -batch "$WORK/delete"
check_equal "batch: with one handle" 1 "$(grep -c AF_NETLINK "$WORK/sockets")"
check_equal "batch: which works" 2 "$("$PSW" -j port show | jq length)"

cat > "$WORK/midway" <<-'EOF'
	port add d2 switch psw0
	port add d1 switch psw0

	port add d3 switch psw0 address \
	    nonsense
	port add d4 switch psw0 address 192.0.2.2
	port add d5 switch psw0
EOF
# sorted: words, by their letters
sorted() {
	tr ' ' '\n' | sort | xargs
}
check "batch: ends at the first failure" says 1 "batch $WORK/midway:2: port add: d1: " -b "$WORK/midway"
check_equal "batch: what came before it is done" "d1 d2 v_a" "$(names | sorted)"
"$PSW" port delete d2
"$PSW" -force -b "$WORK/midway" 2> "$WORK/err"
check_equal "batch: -force goes on, and tells in the end" 1 $?
check_equal "batch: -force, each complaint with its line" \
	"$WORK/midway:2 port add $WORK/midway:4 port add $WORK/midway:6 port add" \
	"$(sed -E 's/^psw: batch ([^:]*:[0-9]+): ([a-z ]+): .*/\1 \2/' "$WORK/err" | xargs)"
check_equal "batch: -force, the others are done" "d1 d2 d5 v_a" "$(names | sorted)"
printf 'port add d6\nport delete d5\n' > "$WORK/missing"
check "batch: ends at what is not understood" says 2 "batch $WORK/missing:1: port add: switch is missing" -b "$WORK/missing"

printf 'switch show\nport show d1\nport show\n' > "$WORK/shows"
check_equal "batch: JSON, a document each" "1 1 4" "$("$PSW" -j -b "$WORK/shows" | jq length | xargs)"
check_equal "batch: JSON, a line each" 3 "$("$PSW" -j -b "$WORK/shows" | wc -l)"
echo "port add b_b switch blue0" > "$WORK/blue"
check "batch: in a namespace" "$PSW" -n blue -b "$WORK/blue"
check_equal "batch: in that one" "b_a b_b" "$(names -n blue)"
echo "-n red port show" > "$WORK/option"
check "batch: no namespace in its lines" says 2 "batch $WORK/option:1: option \"-n\" belongs in front of -batch" -b "$WORK/option"

# --- refusals ---

while IFS='|' read -r status text words; do
	read -ra words <<< "$words"
	check "refusals: ${words[*]}" says "$status" "$text" "${words[@]}"
done <<- EOF
	1|switch show: nope: No such device|switch show nope
	1|switch show: v_a: |switch show v_a
	1|switch set: nope: No such device|switch set nope max-ports 1
	1|switch set: d1: |switch set d1 max-ports 1
	1|port show: nope: No such device|port show nope
	1|port show: d9: |port show d9
	1|port show: nope: No such device|port show switch nope
	1|port show: d9: |port show switch d9
	1|port add: nope: No such device|port add nope switch psw0
	1|port add: nope: No such device|port add d9 switch nope
	1|port add: d9: |port add d9 switch d8
	1|port add: d1: |port add d1 switch psw0
	1|port add: lo: |port add lo switch psw0
	1|port add: psw0: |port add psw0 switch psw0
	1|port add: d9: |port add d9 switch psw0 address 192.0.2.2
	1|port add: d9: |port add d9 switch psw0 address 0.0.0.0
	1|port add: d9: |port add d9 switch psw0 mac 01:00:5e:00:00:01
	1|port add: d9: |port add d9 switch psw0 guard mac+ip role uplink
	1|port add: d9: |port add d9 switch psw0 address 192.0.2.9 vlan 10
	1|port set: nope: No such device|port set nope hairpin on
	1|port set: d9: |port set d9 hairpin on
	1|port delete: nope: No such device|port delete nope
	1|port delete: d9: |port delete d9
	1|address show: nope: No such device|address show nope
	1|address show: d9: |address show d9
	1|address add: nope: No such device|address add 192.0.2.9 dev nope
	1|address add: d9: |address add 192.0.2.9 dev d9
	1|address add: d1: |address add 192.0.2.2 dev d1
	1|address delete: v_a: |address delete 192.0.2.9 dev v_a
	1|address delete: d9: |address delete 192.0.2.2 dev d9
EOF
WITH=(prlimit --nofile=4)	# one for the question to the switch, and none
check "refusals: that a device cannot be looked for" says 1 \
	'port set: v_a: Cannot open a socket to look for the device' port set v_a hairpin on
check "refusals: nor shown" says 1 'port show: v_a: Cannot open a socket to look for the device' port show v_a
WITH=()

# --- rights ---

needs="Operation not permitted; needs CAP_NET_ADMIN in the initial user namespace"
WITH=(setpriv --bounding-set -net_admin --inh-caps -net_admin --)
check "rights: without CAP_NET_ADMIN" says 1 "port set: v_a: $needs" port set v_a hairpin on
check "rights: without, an address" says 1 "address add: v_a: $needs" address add 192.0.2.9 dev v_a
check "rights: without, a switch" says 1 "switch set: psw0: $needs" switch set psw0 max-ports 9
check_equal "rights: without, reading" 1 "$("${WITH[@]}" "$PSW" -j switch show | jq length)"
WITH=(setpriv --bounding-set -sys_admin --inh-caps -sys_admin --)
check "rights: without CAP_SYS_ADMIN" says 1 "-n: red: Operation not permitted; needs CAP_SYS_ADMIN" -n red port show
WITH=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
if "${WITH[@]}" test -x "$PSW"; then
	check "rights: as nobody" says 1 "port delete: v_a: $needs" port delete v_a
	check "rights: as nobody, a namespace" says 1 "-n: red: Operation not permitted; needs CAP_SYS_ADMIN" -n red port
	check "rights: as nobody, a process's" says 1 "-n: /proc/1/ns/net: Permission denied" -n /proc/1/ns/net port
	check_equal "rights: as nobody, reading" 1 "$("${WITH[@]}" "$PSW" -j switch show | jq length)"
else
	skip "rights: as nobody" "the tree is not for others to read"
fi
WITH=(unshare -Ur)
check "rights: in a user namespace" says 1 "port set: v_a: $needs" port set v_a hairpin on
WITH=()

# --- output ---

"$PSW" port show 2> "$WORK/err" >&-
check_equal "output: closed, which no socket takes the place of" "1 psw: Cannot write: Bad file descriptor" "$? $(< "$WORK/err")"
"$PSW" port show 2> "$WORK/err" > /dev/full
check_equal "output: a full disk" "1 psw: Cannot write: No space left on device" "$? $(< "$WORK/err")"
check_equal "output: nobody reads on, and that is no news" "PORT 141" "$(
	yes "port show" | head -n 10000 | "$PSW" -b - 2>&1 | { read -r word _; echo -n "$word"; }
	echo " ${PIPESTATUS[2]}")"

# --- color ---

# colors COMMAND: of what it prints to a terminal, by their numbers
colors() {
	script -qec "$1" /dev/null < /dev/null | grep -o $'\e''\[3[0-9]m' | tr -dc '0-9\n' | sort -u | xargs
}

check_equal "color: on a terminal" "33 34 35 36" "$(TERM=xterm colors "'$PSW' -c port show")"
check_equal "color: on a terminal, addresses" "33 34 35 36" "$(TERM=xterm colors "'$PSW' -color=auto address show")"
check_equal "color: not unasked" "" "$(TERM=xterm colors "'$PSW' port show")"
check_equal "color: not with NO_COLOR" "" "$(NO_COLOR=1 TERM=xterm colors "'$PSW' -c port show")"
check_equal "color: unless always" "33 34 35 36" "$(NO_COLOR=1 TERM=xterm colors "'$PSW' -c=always port show")"
check_equal "color: not with an empty NO_COLOR, which is none" "33 34 35 36" "$(NO_COLOR='' TERM=xterm colors "'$PSW' -c port show")"
check_equal "color: not on a dumb terminal" "" "$(TERM=dumb colors "'$PSW' -c port show")"
check_equal "color: not in a pipe" "" "$("$PSW" -c port show | grep $'\e')"
check_equal "color: always, in a pipe" 1 "$("$PSW" -c=always switch show | grep -c $'\e''\[36mpsw0'$'\e')"
check_equal "color: never" "" "$(TERM=xterm colors "'$PSW' -c=never port show")"
check_equal "color: not in JSON" "" "$("$PSW" -c=always -j -p port show | grep $'\e')"
check_equal "color: else the same text" "$("$PSW" port show)" "$("$PSW" -c=always port show | sed $'s/\e\[[0-9]*m//g')"

# --- absent ---

seq 100 | sed 's/^/link del d/' | ip -b -
if [[ ! -f ${PODSWITCH_MODULE:-} ]]; then
	skip "absent: the module" "PODSWITCH_MODULE names no file"
	ktap_finish
fi
release=$(uname -r)
handler=$(< /proc/sys/kernel/modprobe)
# what the kernel asks for, and does not get
printf '#!/bin/sh\necho "$@" >> %q\n' "$WORK/asked" > "$WORK/modprobe"
chmod +x "$WORK/modprobe"
# restore: the module and its handler, for the tests to come
restore() {
	echo "$handler" > /proc/sys/kernel/modprobe
	[[ -d /sys/module/podswitch ]] || insmod "$PODSWITCH_MODULE"
}
defer restore
echo "$WORK/modprobe" > /proc/sys/kernel/modprobe
ip link del psw0
ip netns del red
ip netns del blue
check "absent: the module is removed" busywait 20 rmmod podswitch
mkdir "$WORK/modules"
# where the kernel's modules are those in $WORK/modules
WITH=(unshare -m bash -c "mount --bind '$WORK/modules' '/lib/modules/$release' && exec \"\$@\"" bash)
absent="The kernel module podswitch is not loaded"
for words in "switch show" "port show" "address show" "port set v_a hairpin on" "port delete v_a"; do
	# shellcheck disable=SC2086 # a list
	check "absent: not installed, $words" says 1 "${words%% v_a*}: $absent, and not installed in /lib/modules/$release" $words
done
check "absent: monitor" says 1 "monitor: $absent" monitor
echo "extra/podswitch.ko.xz: kernel/net/bridge/bridge.ko" > "$WORK/modules/modules.dep"
check "absent: installed" says 1 "port show: $absent; \"modprobe podswitch\" loads it or tells why not" port show
echo "extra/other.ko: updates/podswitch.ko" > "$WORK/modules/modules.dep"
check "absent: not installed, but asked for" says 1 "port show: $absent, and not installed" port show
check "absent: the kernel has tried" grep -q 'family-podswitch' "$WORK/asked"
: > "$WORK/asked"
check_equal "absent: completion has words" "show add set delete help" "$("$PSW" complete -- port "" | xargs)"
check_equal "absent: completion has nothing from the kernel" "dev" "$("$PSW" complete -- port delete "" | xargs)"
check_equal "absent: completion does not ask the kernel" "" "$(< "$WORK/asked")"
WITH=()
printf 'port help\nport show\nport help\n' > "$WORK/batch"
check_equal "absent: in a batch" "1 1" "$("$PSW" -b "$WORK/batch" 2> "$WORK/err" | grep -c ^Usage) $(wc -l < "$WORK/err")"
check_equal "absent: in a batch with -force" "2 1" "$("$PSW" -force -b "$WORK/batch" 2> "$WORK/err" | grep -c ^Usage) $(wc -l < "$WORK/err")"
restore
check_equal "absent: and there again" "[]" "$("$PSW" -j port show)"

ktap_finish
