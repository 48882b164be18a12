# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the tests to source: KTAP, waiting, namespaces that go away by themselves.

set -u
KTAP_N=0
KTAP_FAILED=0
KTAP_SKIPPED=0
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${PODSWITCH_BUILD:-$TREE/build}
PSW=$BUILD/psw
PATH=$BUILD/tools:$PATH
WORK=$(mktemp -d)
NAMESPACES=()
JOBS=()
DEFERRED=()
NS_SYSCTLS=()

# Ends what the test started and made, whatever way it ends.
cleanup() {
	local rc=$? ns pid link i

	set +eu
	for pid in "${JOBS[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	for ns in "${NAMESPACES[@]}"; do
		ip netns del "$ns" 2>/dev/null
	done
	for link in $(ip -o link show type podswitch 2>/dev/null |
		      cut -d: -f2 | cut -d@ -f1); do
		ip link del "$link" 2>/dev/null
	done
	for ((i = ${#DEFERRED[@]} - 1; i >= 0; i--)); do
		eval "${DEFERRED[i]}"
	done
	rm -rf "$WORK"
	exit "$rc"
}
trap cleanup EXIT

ktap_header() {
	echo "KTAP version 1"
}

# ktap_result RESULT NAME [DIRECTIVE]
ktap_result() {
	KTAP_N=$((KTAP_N + 1))
	echo "$1 $KTAP_N $2${3:+ # $3}"
}

# ktap_note TEXT: a diagnostic, of 20 lines at most
ktap_note() {
	head -20 <<<"$1" | sed 's/^/# /'
}

# tried N WHAT, injected N WHAT: for the table of doc/reliability.md, where equal words are added up
tried() {
	echo "# tried: $*"
}
injected() {
	echo "# injected: $*"
}

# check NAME COMMAND...: passes if the command succeeds; shows what it printed if not
check() {
	local name=$1 out
	shift

	if out=$("$@" 2>&1); then
		ktap_result ok "$name"
	else
		KTAP_FAILED=$((KTAP_FAILED + 1))
		ktap_note "$* -> $out"
		ktap_result "not ok" "$name"
	fi
}

# in_time TOOK LIMIT: what took less, in whatever unit; a kernel that watches itself has ten times as long
in_time() {
	local limit=$2

	[[ $(uname -r) != *-debug ]] || limit=$((10 * $2))
	(($1 < limit)) || { echo "$1, and the limit is $limit"; return 1; }
}

# check_fail NAME TEXT COMMAND...: passes if the command fails and says TEXT
check_fail() {
	local name=$1 text=$2 out
	shift 2

	if out=$("$@" 2>&1); then
		out="succeeded: $out"
	elif [[ $out == *"$text"* ]]; then
		ktap_result ok "$name"
		return
	fi
	KTAP_FAILED=$((KTAP_FAILED + 1))
	ktap_note "$* -> $out (wanted: $text)"
	ktap_result "not ok" "$name"
}

# check_equal NAME WANTED GOT
check_equal() {
	check "$1" test "$2" = "$3"
}

# frames: each line of the input, "NAME | ARGUMENTS OF frame", is a case; an
# empty line and one that opens with "#" is none
frames() {
	local lines verdict name seen n=0

	lines=$(grep -v '^[[:space:]]*\(#\|$\)')
	while IFS='|' read -r verdict name seen; do
		read -r name <<< "$name"
		case $verdict in
		ok)
			ktap_result ok "$name"
			;;
		"not ok")
			KTAP_FAILED=$((KTAP_FAILED + 1))
			ktap_note "$(sed -n "$((n + 1))p" <<< "$lines")"
			ktap_note "arrived: $seen"
			ktap_result "not ok" "$name"
			;;
		*)
			ktap_note "$verdict"
			continue
			;;
		esac
		n=$((n + 1))
	done < <(frame -b <<< "$lines" 2>&1)
	[[ $n -eq $(wc -l <<< "$lines") ]] ||
		check "frame goes through its table" false
}

# frames_count WANTED { port | switch } DEVICE KEY...: frames, and one case more:
# that they move the counters so, as stats_since tells
frames_count() {
	local wanted=$1 was
	shift

	was=$(stats_of "$1" "$2")
	frames
	check_equal "counted: ${wanted:-nothing}" "$wanted" "$(stats_since "$was" "$@")"
}

# skip NAME REASON
skip() {
	KTAP_SKIPPED=$((KTAP_SKIPPED + 1))
	ktap_result ok "$1" "SKIP $2"
}

# skip_all REASON: the whole test is not for this machine
skip_all() {
	echo "1..0 # SKIP $1"
	exit 4
}

# The last line of a test.
ktap_finish() {
	echo "1..$KTAP_N"
	echo "# Totals: pass:$((KTAP_N - KTAP_FAILED - KTAP_SKIPPED))" \
	     "fail:$KTAP_FAILED skip:$KTAP_SKIPPED"
	[[ $KTAP_FAILED -eq 0 ]]
	exit
}

# busywait SECONDS COMMAND...: until the command succeeds
busywait() {
	local end=$((SECONDS + $1))
	shift

	until "$@" >/dev/null 2>&1; do
		[[ $SECONDS -lt $end ]] || return 1
	done
}

need_module() {
	[[ $(id -u) -eq 0 ]] || skip_all "needs root"
	[[ -d /sys/module/podswitch ]] || modprobe podswitch 2>/dev/null ||
		skip_all "the podswitch module is not loaded and cannot be"
}

# need_commands COMMAND...
need_commands() {
	local c

	for c in "$@"; do
		command -v "$c" >/dev/null || skip_all "needs $c"
	done
}

# defer COMMAND...: done when the test ends, the last one first
defer() {
	DEFERRED+=("$(printf '%q ' "$@")")
}

# set_sysctl NAME=VALUE...: until the test ends
set_sysctl() {
	local setting

	for setting; do
		defer sysctl -qw "${setting%%=*}=$(sysctl -n "${setting%%=*}")"
		sysctl -qw "$setting"
	done
}

# without_ipv6: on what is made from now on, so that nobody speaks unasked
without_ipv6() {
	local setting=net.ipv6.conf.default.disable_ipv6=1

	set_sysctl "$setting"
	NS_SYSCTLS+=("$setting")
}

# make_ns NAME...: namespaces with their loopback up, that neither look for
# duplicate addresses nor ask for routers at moments of their own, and NS_SYSCTLS
# set ("name=value" each)
make_ns() {
	local ns

	for ns in "$@"; do
		ip netns add "$ns" || exit 1
		NAMESPACES+=("$ns")
		nsenter --net="/run/netns/$ns" sysctl -qw \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0 "${NS_SYSCTLS[@]}"
		ip -n "$ns" link set lo up
	done
}

# in_ns NAME COMMAND...
in_ns() {
	ip netns exec "$@"
}

# pings NS ADDRESS...: each of them answers; an empty NS is the host
pings() {
	local within=() address

	[[ ! $1 ]] || within=(nsenter --net="/run/netns/$1")
	shift
	for address; do
		"${within[@]}" ping -q -c 1 -W 5 "$address" || return 1
	done
}

# background COMMAND...: ended with the test
background() {
	"$@" &
	JOBS+=("$!")
}

# make_switch NAME [ADDRESS...]: a switch that is up
make_switch() {
	local sw=$1 address
	shift

	ip link add "$sw" type podswitch || exit 1
	sysctl -qw "net.ipv6.conf.$sw.accept_dad=0"
	for address in "$@"; do
		ip addr add "$address" dev "$sw" || exit 1
	done
	ip link set "$sw" up
}

# make_pod NS SWITCH [ADDRESS/LENGTH...]: a namespace with eth0, whose host end
# v_NS is a port that declares the addresses
make_pod() {
	local ns=$1 sw=$2 address args=()
	shift 2

	make_ns "$ns"
	ip -b - <<-EOF || exit 1
		link add v_$ns type veth peer name eth0 netns $ns
		link set v_$ns up
	EOF
	for address in "$@"; do
		echo "addr add $address dev eth0"
		args+=(address "${address%/*}")
	done > "$WORK/batch"
	echo "link set eth0 up" >> "$WORK/batch"
	ip -n "$ns" -b "$WORK/batch" || exit 1
	"$PSW" port add "v_$ns" switch "$sw" "${args[@]}" pod "test/$ns" || exit 1
}

# without_probes NS...: pods do not ask again, after five seconds, about neighbours that they have sent to
without_probes() {
	local ns

	for ns; do
		nsenter --net="/run/netns/$ns" sysctl -qw net.ipv{4,6}.neigh.eth0.delay_first_probe_time=1000 || exit 1
	done
}

# mac_of NS DEVICE
mac_of() {
	ip -n "$1" -j link show "$2" | jq -r '.[0].address'
}

# counter DEVICE NAME: of a port, as psw reports it
counter() {
	"$PSW" -j -s port show "$1" | jq --arg n "$2" '.[0].stats[$n] // 0'
}

# drops DEVICE REASON
drops() {
	"$PSW" -j -s port show "$1" | jq --arg r "$2" '.[0].stats.drops[$r] // 0'
}

# stats_of { port | switch } DEVICE: a snapshot for stats_since, "KEY N" a line
stats_of() {
	local json

	json=$("$PSW" -j -s "$1" show "$2")
	json=${json##*\"stats\":}
	while [[ $json =~ \"([a-z0-9-]+)\":([0-9]+)(.*) ]]; do
		echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
		json=${BASH_REMATCH[3]}
	done
}

# stats_since SNAPSHOT { port | switch } DEVICE KEY...: by how much counters have
# moved, as "KEY N" each; KEY is a counter, or "drops" for all of those that moved
stats_since() {
	local -A before=()
	local key n keys=" ${*:4} " moved=()

	while read -r key n; do
		before[$key]=$n
	done <<< "$1"
	while read -r key n; do
		n=$((n - ${before[$key]:-0}))
		case $key in
		[rt]x-*|queued|answered|translated)
			[[ $keys != *" $key "* ]] || moved+=("$key $n") ;;
		*)
			[[ $keys != *" drops "* || $n -eq 0 ]] || moved+=("$key $n") ;;
		esac
	done < <(stats_of "$2" "$3")
	echo "${moved[*]}"
}

# queued_less_than LIMIT SNAPSHOT PORT: some frames are queued at any time, the host's and those to groups
queued_less_than() {
	local queued

	queued=$(stats_since "$2" port "$3" queued)
	[[ ${queued#queued } -lt $1 ]] || { echo "$queued"; return 1; }
}
