#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory runs out at the 1st, the 2nd, ... allocation of each operation, until the operation has no more: it is done, or
# refused with a word about what and all is as before, and the next one works.
#
#        psw0 ------------ up0        a dummy, the uplink
#       /    \
#     v_a    v_b           host; psw1 and what else there is comes and goes
#   ...|......|....
#     eth0   eth0
#      a      b            pods; b is deleted again and again
#
# The module is one in which more can fail than memory (faults.h). Who allocates decides on how:
#
#   asked:  the program that asks, in its system calls (nth)
#   worker: the kernel's workers, all of them: namespaces that end, hashes that grow, reports
#   load:   the module's init
#   frames: whoever needs a frame's memory, at random
#
# PODSWITCH_FAULTS_EACH (1) is the step from one allocation to the next (odd: kmemleak allocates for each allocation, so that
# every second is its own); PODSWITCH_FAULTS_ONLY is a pattern in the names of the
# operations that are wanted.
. "$(dirname "$0")/../lib.sh"

EACH=${PODSWITCH_FAULTS_EACH:-1}
FAULTS=/sys/kernel/debug
MODULE=${PODSWITCH_MODULE:+${PODSWITCH_MODULE%/*}/faults/podswitch.ko}
ONLY=${PODSWITCH_FAULTS_ONLY:-}
TOTAL=0
OPERATIONS=0

need_module
need_commands bridge jq
[[ -e /proc/self/fail-nth && -d $FAULTS/failslab ]] || skip_all "needs a kernel with fault injection"
[[ -f $MODULE ]] || skip_all "needs the module of faults.prepare"

# --- what fails ---

# set_fault FILE VALUE: until the test ends
set_fault() {
	defer eval "echo $(< "$FAULTS/$1") > $FAULTS/$1"
	echo "$2" > "$FAULTS/$1"
}

# asks SPARED N COMMAND...: the Nth allocation of the program fails, not counting its first SPARED calls
asks() {
	local spared=$1 n=$2
	shift 2

	nth "$n" "$spared" "$WORK/report" "$@"
}

# arm PID N, left_of PID: how many allocations of a task are left until one fails
arm() {
	{ echo "$2" > "/proc/$1/fail-nth"; } 2> /dev/null
}

left_of() {
	LEFT=
	{ read -r LEFT < "/proc/$1/fail-nth"; } 2> /dev/null
}

# workers N COMMAND...: the Nth allocation of each of the kernel's workers fails, while the command has it work
workers() {
	local n=$1 pid status tasks
	shift

	mapfile -t tasks < <(pgrep kworker)
	for pid in "${tasks[@]}"; do arm "$pid" "$n"; done
	"$@"
	status=$?
	echo none > "$WORK/report"
	for pid in "${tasks[@]}"; do
		left_of "$pid"
		[[ $LEFT != 0 ]] || echo worker > "$WORK/report"
		arm "$pid" 0
	done
	return "$status"
}

# --- what comes of it ---

# state: all that an operation could leave behind, a fact a line
state() {
	local file value

	"$PSW" save 2>&1 | sed 's/[,{]/&\n/g'
	for file in /sys/class/net/*/{flags,mtu,master/ifindex}; do
		[[ -e $file ]] && read -r value < "$file" && echo "$file $value"
	done
}

# differs STATE STATE
differs() {
	diff <(echo "$1") <(echo "$2") | grep '^[<>]' | head -n 6 | cut -c 1-80 | tr '\n' ' '
}

NAME=		# of the operation that is at work
WRONG=		# what was not as it should be, a line each
HITS=0		# allocations that failed
REFUSED=0	# operations that were refused for it
UNANSWERED=0	# of these, done nevertheless: it was the answer that there was no memory for
IS_PARTIAL=	# the operation is several, and what was done of them stays
declare -A SAID=()

wrong() {
	WRONG+="$1"$'\n'
}

# begin NAME: whether it is wanted
begin() {
	[[ $1 =~ $ONLY ]] || return 1
	NAME=$1 WRONG='' HITS=0 REFUSED=0 UNANSWERED=0 SAID=()
}

# finish LEAST: at least so many allocations were there to fail
finish() {
	local said

	for said in "${!SAID[@]}"; do echo "#   $said"; done
	[[ $EACH -gt 1 || $HITS -ge $1 ]] || wrong "$HITS allocations failed, and there are $1 at least"
	TOTAL=$((TOTAL + HITS))
	OPERATIONS=$((OPERATIONS + 1))
	[[ ! $WRONG ]] || ktap_note "$WRONG"
	check "$NAME: $HITS allocations failed, $REFUSED refused$( ((UNANSWERED)) && echo ", $UNANSWERED of them done but for the answer")" \
		test -z "$WRONG"
}

# What a refusal may not say: that something is not there, or is wrong with the request.
LIES='No such|is no |not loaded|not found|Unknown|unknown|nvalid'
# But the core says so of a new device for whose name there is no memory (netdev_register_kobject() does not look), and why is
# not the module's to know.
MAKES_DEVICE=

# is_lie SAID
is_lie() {
	[[ $1 =~ $LIES && ! ($MAKES_DEVICE && $1 == *"Invalid argument") ]]
}

# refused N SAID STATE: the operation is not done, and said so
refused() {
	REFUSED=$((REFUSED + 1))
	[[ $2 ]] || { wrong "$1: refused without a word"; return; }
	if [[ ! $2 =~ $SAYS ]] || is_lie "${2%%$'\n'*}"; then wrong "$1: says: $2"; fi
	SAID[${2%%$'\n'*}]=1
	if [[ $IS_PARTIAL ]]; then
		"${COMMAND[@]}" &> "$WORK/said" || wrong "$1: not to be done again: $(< "$WORK/said")"
		NOW=$(state)
		[[ $NOW == "$AFTER" ]] || wrong "$1: done again, but not as without a fault: $(differs "$AFTER" "$NOW")"
	elif [[ $3 == "$AFTER" && $2 == *@("o answer"|"netlink receive error")* ]]; then
		UNANSWERED=$((UNANSWERED + 1))
	elif [[ $3 != "$BEFORE" ]]; then
		wrong "$1: refused, but left: $(differs "$BEFORE" "$3")"
	fi
}

# judge N STATUS: what came of the operation whose Nth allocation failed; what is done is undone
judge() {
	NOW=$(state)
	if [[ $2 -eq 0 ]]; then
		[[ $NOW == "$AFTER" ]] || wrong "$1: done, but not as without a fault: $(differs "$AFTER" "$NOW")"
		cmp -s "$WORK/out" "$WORK/wanted" || wrong "$1: prints $(head -c 200 "$WORK/out")"
	else
		# what a probe comes to is no error
		refused "$1" "$(cat "$WORK/said" "$WORK/out")" "$NOW"
	fi
	[[ $BEFORE == "$AFTER" || $NOW == "$BEFORE" ]] || "${UNDO[@]}" &> "$WORK/undone" || wrong "$1: cannot be undone: $(< "$WORK/undone")"
}

# faults NAME LEAST SAYS INJECT UNDO COMMAND...: at least LEAST allocations of the command fail, one each time, by INJECT.
# Refused, it SAYS so. INJECT and UNDO are words in one.
faults() {
	local n status missed=0 least=$2 SAYS=$3 BEFORE AFTER NOW INJECT UNDO COMMAND=("${@:6}")
	read -ra INJECT <<< "$4"
	read -ra UNDO <<< "$5"
	begin "$1" || return 0

	"${COMMAND[@]}" > "$WORK/wanted" 2> "$WORK/said" || wrong "without a fault: $(< "$WORK/said")"
	AFTER=$(state)
	"${UNDO[@]}" &> "$WORK/undone" || wrong "without a fault, not undone: $(< "$WORK/undone")"
	BEFORE=$(state)
	for ((n = 1; missed < 3; n += EACH)); do
		"${INJECT[@]}" "$n" "${COMMAND[@]}" > "$WORK/out" 2> "$WORK/said"
		status=$?
		if [[ $(< "$WORK/report") == none ]]; then
			missed=$((missed + 1))
			[[ $status -eq 0 ]] || wrong "$n: no allocation failed, but: $(< "$WORK/said")"
		else
			missed=0
			HITS=$((HITS + 1))
		fi
		judge "$n" "$status"
	done
	finish "$least"
}

# --- what there is ---

# A namespace is given what without_ipv6 says, or its router solicitations are counted at moments of their own.
make_b() {
	ip netns add b
	ip netns exec b sysctl -qw "${NS_SYSCTLS[@]}"
	ip -b - <<-EOF
		link add v_b index 50 address 02:00:00:00:00:50 mtu 1400 type veth peer name eth0 address 02:00:00:00:00:03 netns b
		link set v_b up
	EOF
	ip -n b link set eth0 up
}

make_b_port() {
	make_b
	"$PSW" port add v_b switch psw0 address 192.0.2.3 pod shop/b
}

v_b_is_gone() { [[ ! -e /sys/class/net/v_b ]]; }

del_b() {
	ip netns del b
	busywait 20 v_b_is_gone
}

make_psw1() {
	ip link add psw1 index 60 address 02:00:00:00:00:60 type podswitch
	"$PSW" port add v_c switch psw1 address 192.0.2.4 trunk 1-70
}

insert_faulty() {
	insmod "$MODULE" && "$PSW" restore "$WORK/saved"
}

ktap_header

without_ipv6
for what in failslab fail_page_alloc; do set_fault $what/ignore-gfp-wait N; done
for what in failslab fail_page_alloc fail_usercopy; do
	[[ ! -e $FAULTS/$what ]] || set_fault $what/verbose 0
done
set_fault fail_page_alloc/min-order 0
if [[ ! -e /sys/module/podswitch/parameters/fail_nth ]]; then
	rmmod podswitch
	insmod "$MODULE"
	defer eval "rmmod podswitch; insmod $PODSWITCH_MODULE"
fi
ip link add psw0 index 40 address 02:00:00:00:00:40 type podswitch
ip addr add 192.0.2.1/24 dev psw0
ip link set psw0 up
make_pod a psw0 192.0.2.2/24
NAMESPACES+=(b)
make_b
ip link add v_c index 51 address 02:00:00:00:00:51 type veth peer name w_c address 02:00:00:00:00:04
defer ip link del v_c
ip link add up0 index 52 address 02:00:00:00:00:52 type dummy
defer ip link del up0

# --- asked: its own system calls ---

EVERYTHING="switch psw0 address 192.0.2.3 address 2001:db8::3 address 192.0.2.30 vlan 10 trunk 10,20-29
	network pods id 0123abcd ifname eth0 pod shop/web"
MANY=() DECLARED=()
for ((n = 1; n < 120; n++)); do MANY+=("198.51.100.$n") DECLARED+=(address "198.51.100.$n"); done

# "ip link" begins with a question whether the kernel knows such requests, and waits for ever if there is no memory for the answer
PROBES=4

# from the first system call on; later ones leave out how the module is found
faults "asked: ports" 10 "^psw: port show: " "asks 0" true "$PSW" -j port show
# shellcheck disable=SC2086 # words
faults "asked: a port" 40 "^psw: port add: v_b: " "asks 3" "$PSW port del v_b" "$PSW" port add v_b $EVERYTHING
faults "asked: an uplink" 20 "^psw: port add: up0: " "asks 3" "$PSW port del up0" \
	"$PSW" port add up0 switch psw0 role uplink trunk 10
MAKES_DEVICE=1
faults "asked: a switch" 40 . "asks $PROBES" "ip link del psw1" \
	ip link add psw1 index 60 address 02:00:00:00:00:60 type podswitch
MAKES_DEVICE=''
faults "asked: a port, as to a bridge" 20 . "asks $PROBES" "ip link set v_b nomaster" ip link set v_b master psw0

"$PSW" port add v_b switch psw0 address 192.0.2.3 trunk 10
faults "asked: a port's settings" 20 "^psw: port set: v_b: " "asks 3" \
	"$PSW port set v_b mac 02:00:00:00:00:03 pvid 0 trunk 10 guard mac+ip isolated off storm-limit 0 pod shop/b" \
	"$PSW" port set v_b mac 02:00:00:00:00:33 pvid 0 trunk 10,20-29 guard mac isolated on storm-limit 7 pod shop/a
faults "asked: addresses" 8 "^psw: address add: v_b: " "asks 3" \
	"$PSW address del 192.0.2.9 2001:db8::9 192.0.2.10 vlan 10 02:00:00:00:00:99 dev v_b" \
	"$PSW" address add 192.0.2.9 2001:db8::9 192.0.2.10 vlan 10 02:00:00:00:00:99 dev v_b
faults "asked: addresses gone" 3 "^psw: address delete: v_b: " "asks 3" "$PSW address add 192.0.2.3 dev v_b" \
	"$PSW" address del 192.0.2.3 dev v_b
faults "asked: a VLAN" 3 . "asks 0" "bridge vlan del dev v_b vid 40" bridge vlan add dev v_b vid 40
faults "asked: a MAC" 3 . "asks 0" "bridge fdb del 02:00:00:00:00:98 dev psw0 via v_b" \
	bridge fdb add 02:00:00:00:00:98 dev psw0 via v_b
faults "asked: what bridge shows" 3 . "asks 0" true bridge -j vlan show dev v_b
faults "asked: the MACs that bridge shows" 3 . "asks 0" true bridge -j fdb show dev psw0
faults "asked: a port gone" 3 "^psw: port delete: v_b: " "asks 3" \
	"$PSW port add v_b switch psw0 address 192.0.2.3 trunk 10" "$PSW" port del v_b
faults "asked: a limit" 3 "^psw: switch set: psw0: " "asks 3" "$PSW switch set psw0 max-ports 16384" \
	"$PSW" switch set psw0 max-ports 77
faults "asked: a probe" 3 "^psw: probe from: |no-memory" "asks 3" true "$PSW" probe from v_a to v_b udp 7
faults "asked: statistics" 3 "^psw: stats show: " "asks 3" true "$PSW" stats
faults "asked: a switch shown" 3 "^psw: switch show: " "asks 3" true "$PSW" switch show psw0
"$PSW" port set v_b guard off
"$PSW" address add "${MANY[@]}" dev v_b
faults "asked: ports in several messages" 5 "^psw: port show: " "asks 3" true "$PSW" -j port show
"$PSW" port del v_b

make_psw1
"$PSW" save switch psw1 > "$WORK/saved1"
faults "asked: a switch gone" 3 . "asks $PROBES" make_psw1 ip link del psw1
ip link del psw1
# some 500 allocations, most of them of what the host has
IS_PARTIAL=1 MAKES_DEVICE=1 EACH=$((EACH * 5))
faults "asked: restored" 80 "^psw: restore: " "asks 3" "ip link del psw1" "$PSW" restore "$WORK/saved1"
IS_PARTIAL='' MAKES_DEVICE='' EACH=$((EACH / 5))

# --- told: who listens learns of what is done, or that something is lost, and looks for it ---

background "$PSW" monitor &> "$WORK/told"
busywait 10 grep -q . "$WORK/told"

# told WHAT: since the mark
told() { tail -n "+$((MARK + 1))" "$WORK/told" | grep -q "$1"; }
mark() { MARK=$(wc -l < "$WORK/told"); }

tell_all() {
	local n status
	begin "told: of a port" || return 0

	for ((n = 1; ; n += EACH)); do
		mark
		asks 3 "$n" "$PSW" port add v_b switch psw0 address 192.0.2.3 &> "$WORK/said"
		status=$?
		[[ $(< "$WORK/report") != none ]] || break
		HITS=$((HITS + 1))
		if [[ $status -eq 0 ]]; then
			busywait 10 told v_b || wrong "$n: nobody is told: $(tail -n "+$((MARK + 1))" "$WORK/told")"
		else
			REFUSED=$((REFUSED + 1))
		fi
		"$PSW" port del v_b &> /dev/null
	done
	"$PSW" port del v_b
	finish 40
}
tell_all

# --- worker: what the kernel does later, or for somebody else ---

"$PSW" port add v_b switch psw0 address 192.0.2.3 pod shop/b
faults "worker: a pod's namespace ends" 40 . workers make_b_port del_b
faults "worker: hashes grow" 1 . workers "$PSW port del v_c" "$PSW" port add v_c switch psw0 "${DECLARED[@]}" trunk 1-70

spoof() {
	mark
	frame a:eth0 eth 02:00:00:00:00:40 a:eth0 ipv4 192.0.2.77 192.0.2.1 udp 1 2
	busywait 10 told 'spoofed\|lost' || { echo "nobody is told"; return 1; }
}
faults "worker: a report" 1 . workers true spoof

# --- load, unload ---

unloaded() { [[ ! -e /sys/module/podswitch ]]; }

load_all() {
	local n
	begin "load" || return 0

	for ((n = 1; ; n += EACH)); do
		if insmod "$MODULE" "fail_nth=$n" 2> "$WORK/said"; then
			[[ $(< /sys/module/podswitch/parameters/fail_nth) == 0 ]] || break
			"$PSW" restore "$WORK/saved" 2> "$WORK/said" || wrong "$n: loaded, but: $(< "$WORK/said")"
			rmmod podswitch
		else
			REFUSED=$((REFUSED + 1))
			unloaded || wrong "$n: refused, but there"
			SAID[$(< "$WORK/said")]=1
		fi
		HITS=$((HITS + 1))
	done
	rmmod podswitch
	finish 10
}

kill "${JOBS[@]}"
wait "${JOBS[@]}"
"$PSW" save > "$WORK/saved"
if ! zgrep -qx CONFIG_KASAN_VMALLOC=y /proc/config.gz; then
	skip "load" "without CONFIG_KASAN_VMALLOC, KASAN takes a module that is loaded again for broken"
else
	rmmod podswitch
	load_all
	unloaded && insert_faulty
	faults "unload" 3 . "asks 0" insert_faulty rmmod podswitch
	insert_faulty
fi

# --- frames ---

# From now on memory for one frame in five is refused to those who cannot wait, while the probability is not 0.
starve_frames() {
	set_fault failslab/ignore-gfp-wait Y
	set_fault failslab/cache-filter Y
	set_fault failslab/times -1
	set_fault failslab/task-filter N
	set_fault failslab/probability 0
	echo 1 > /sys/kernel/slab/skbuff_head_cache/failslab
}

# lose_frames NAME FRAME...: of 3000 from a, those that there is no memory for are counted at a
lose_frames() {
	local name=$1 was lost
	shift

	was=$(stats_of port v_a)
	echo 20 > $FAULTS/failslab/probability
	frame -n 3000 a:eth0 "$@"
	echo 0 > $FAULTS/failslab/probability
	lost=$(stats_since "$was" port v_a drops)
	ktap_note "$name: $lost"
	tried 3000 frames
	injected "$(sed -n 's/.*no-memory \([0-9]*\).*/\1/p' <<< "$lost")" failing copies
	check "frames: $name: those that there is no memory for are counted" grep -q '^no-memory [1-9]' <<< "$lost"
}

"$PSW" port add v_c switch psw0 mac 02:00:00:00:00:04 address 192.0.2.4
ip link set v_c up
ip link set w_c up
MAC_A=$(mac_of a eth0)
starve_frames
lose_frames "copies for all" eth ff:ff:ff:ff:ff:ff "$MAC_A" ipv4 192.0.2.2 255.255.255.255 udp 1 2
lose_frames "answers" eth ff:ff:ff:ff:ff:ff "$MAC_A" arp 1 "$MAC_A" 192.0.2.2 00:00:00:00:00:00 192.0.2.4
ip link set psw0 promisc on
lose_frames "copies for a host that listens" eth 02:00:00:00:00:04 "$MAC_A" ipv4 192.0.2.2 192.0.2.4 udp 1 2
ip link set psw0 promisc off
"$PSW" port del v_c

# kmemleak gives up for good where there is no memory for its own, and looks only at what is five seconds old.
leaks() {
	busywait 6 false
	echo scan > $FAULTS/kmemleak && echo scan > $FAULTS/kmemleak || return 1
	head -n 12 $FAULTS/kmemleak
}

if [[ -e $FAULTS/kmemleak ]]; then
	check_equal "after: nothing leaked" "" "$(leaks 2>&1)"
else
	skip "after: nothing leaked" "needs kmemleak"
fi
check "after: frames pass" busywait 10 ping -q -c 1 -W 1 192.0.2.2
tried "$OPERATIONS" operations
injected "$TOTAL" failing allocations
ktap_finish
