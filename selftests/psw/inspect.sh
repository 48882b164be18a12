#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What stands in doc/inspect.md is what is printed: each console block is typed in, and its output compared line by line.
#
#         psw0 192.0.2.1
#          |
#     +----+-----+
#   v_web    v_client       host
#   ..|..........|..........
#   eth0        eth0
#    web       client       pods .2 and .3, which the page's first block makes
#
# usage: inspect.sh             the test; every block is a case
#        inspect.sh --update [KERNEL]
#                              boots Linux 6.12, or another, and puts into the page what is printed there
#
# A block opens with "```console". A line that begins with "# " is a command, "> " continues it, and the lines below are
# what it prints, on both outputs. All commands of the page are typed into one shell with job control, in the project's
# folder: what a job ("&") prints stands below the command that made it print. Marks behind "console":
#
#   kernel   needs BTF, perf events and all tracepoints, which User-Mode Linux does not have
#   counts   numbers depend on what else was going on: those beside zero are N
#
# Before they are compared, the lines of the page and those printed go through the same rules: see "constant" below.
. "$(dirname "$0")/../lib.sh"

PAGE=$TREE/doc/inspect.md
OUT=$WORK/out
PATIENCE=120	# seconds in which a job has begun, or ended
SOON=60	# seconds in which it has printed what became of a command
UPDATE=${PODSWITCH_INSPECT_UPDATE:-}
NEW=$WORK/inspect.md

# update_page KERNEL: runs this test in a VM, which writes the new page to its /out; what differs is no failure then
update_page() {
	PODSWITCH_INSPECT_UPDATE=1 "$TREE/selftests/vm/selftest" "$1" --timeout 300 --out "$WORK" psw/inspect
	[[ -s $WORK/inspect.md ]] || exit 1
	diff -u "$PAGE" "$WORK/inspect.md"
	cp "$WORK/inspect.md" "$PAGE"
	exit 0
}

# constant MARKS: the input without what differs from one time to the next, or between machines
constant() {
	local rules='
		s/^[0-9]+: /N: /				# an interface index
		s/@if[0-9]+/@ifN/g				# in a name
		s/(.ifindex.|.switch.|ifindex|index): [0-9]+/\1: N/g	# by name
		s/ num[tr]xqueues [0-9]+//g			# one for each processor
		s/\b0x[0-9a-f]{5,}/ADDRESS/g			# in the kernel
		s/\b[0-9a-f]{16}\b/ADDRESS/g
		s/\b[0-9]{12,}\b/ADDRESS/g
		s/\+0x[0-9a-f]+(\/0x[0-9a-f]+)?/+OFFSET/g	# in a function
		s/\b[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+/TIME/g	# of the day
		s/= [0-9.\/]+ ms/= TIME/			# the shortest, the mean, the longest
		s/\btime [0-9]+ms/TIME/
		s/^ *[0-9]+\.[0-9]{3} ([a-z]+)\/[0-9]+ /TIME \1 /	# since perf began; a process
		s/^ *[^ ]+-[0-9]+ +\[[0-9]+\] [^ ]+ +[0-9.]+: /TASK: /	# as tracefs tells it
		s/[0-9]+\.[0-9]+ seconds/TIME/
		s/^(timestamp:) .*/\1 TIME/
		s/\bID(-|: )0x[0-9a-f]+( *name|  Version)/ID\2/	# given by the kernel
		s/\b(id) [0-9]+, /\1 N, /			# of an ICMP query
		s/[ \t]+/ /g					# columns
		s/ $//
	'

	[[ " $1 " != *" counts "* ]] || rules+='
		s/(^|[ (=])[1-9][0-9]*([ ,;)%]|$)/\1N\2/g
		s/(^|[ (=])[1-9][0-9]*([ ,;)%]|$)/\1N\2/g
	'
	sed -E "$rules"
}

# page_says MARKS: whether what was printed is what the page says; looks only at what is new
page_says() {
	local printed

	printed=$(< "$OUT")
	[[ $printed != "$SEEN" ]] || return 1
	SEEN=$printed
	[[ $(constant "$1" < "$OUT") == "$(constant "$1" < "$WORK/wanted")" ]]
}

# jobs_state: for each process of a job, its state and how long it ran
jobs_state() {
	local stat line groups fields

	groups=" $(jobs -p) "
	for stat in /proc/[0-9]*/stat; do
		[[ ${stat//[^0-9]/} -gt $$ ]] || continue
		read -r line < "$stat" || continue
		read -ra fields <<< "${line##*) }"
		[[ ${groups//$'\n'/ } != *" ${fields[2]} "* ]] || echo "${fields[0]} ${fields[11]} ${fields[12]}"
	done 2> /dev/null
}

# moment: a tenth of a second
moment() {
	read -rt 0.1 -u "$NEVER"
}

# settle: until the jobs sleep, and nothing has come of them for eight looks
settle() {
	local was='' now quiet=0 end=$((SECONDS + PATIENCE))

	while [[ $quiet -lt 8 && $SECONDS -lt $end && $(jobs -r) ]]; do
		moment
		now=$(jobs_state)$'\n'$(< "$OUT")
		quiet=$((quiet + 1))
		[[ $now == "$was" && ! $now =~ (^|$'\n')[RD]' '[0-9] ]] || quiet=0
		was=$now
	done
}

# ended: waits until no job is left
ended() {
	local end=$((SECONDS + PATIENCE))

	while [[ $(jobs -p) && $SECONDS -lt $end ]]; do
		moment
		jobs > /dev/null 2>&1	# forgets those that have ended
	done
	[[ ! $(jobs -p) ]]
}

# type_in COMMAND MARKS: runs it until it has printed what the page says, or nothing more comes; a job is given the time
# to begin, and to end
type_in() {
	local end

	: > "$OUT"
	SEEN='nothing yet'
	[[ $1 != *"&" ]] || ended
	eval "$1" >> "$OUT" 2>&1 < /dev/null
	[[ $1 != "kill "* ]] || ended
	[[ $1 != *"&" && ! $UPDATE ]] || settle
	end=$((SECONDS + SOON))
	until page_says "$2"; do
		[[ $SECONDS -lt $end && $(jobs -r) ]] || break
		[[ ! $UPDATE || -s $WORK/wanted ]] || break
		moment
	done
}

# differs COMMAND MARKS: tells what is not as the page says
differs() {
	echo "# $1"
	diff <(constant "$2" < "$WORK/wanted") <(constant "$2" < "$OUT") | sed -n 's/^</page: /p; s/^>/now: /p'
}

# run_block MARKS LINE...: types in the commands of a block; tells what differs; leaves the new block in BLOCK
run_block() {
	local marks=$1 n=0 lines command line problems=''
	shift

	lines=("$@")
	BLOCK=()
	while [[ $n -lt ${#lines[@]} ]]; do
		command=${lines[n]#"# "}
		BLOCK+=("${lines[n++]}")
		while [[ ${lines[n]:-} == ">"* ]]; do
			line=${lines[n]#">"}
			command+=$'\n'${line#" "}
			BLOCK+=("${lines[n++]}")
		done
		: > "$WORK/wanted"
		while [[ $n -lt ${#lines[@]} && ${lines[n]} != "# "* ]]; do
			echo "${lines[n++]}" >> "$WORK/wanted"
		done
		type_in "$command" "$marks"
		SEEN='nothing yet'
		if page_says "$marks"; then
			mapfile -t -O ${#BLOCK[@]} BLOCK < "$WORK/wanted"
		else
			problems+=$(differs "$command" "$marks")$'\n'
			mapfile -t -O ${#BLOCK[@]} BLOCK < "$OUT"
		fi
	done
	ended || problems+="goes on: $(jobs)"
	PROBLEMS=$problems
	end_jobs
}

# end_jobs: of a block that does not end them itself
end_jobs() {
	local pid

	for pid in $(jobs -p); do
		kill -- -"$pid"
		wait "$pid"
	done 2> /dev/null
}

# lacks MARKS: why a block cannot be run here, if so
lacks() {
	[[ " $1 " == *" kernel "* ]] || return 1
	if [[ ! -e /sys/kernel/btf/vmlinux ]]; then
		echo "needs a kernel with BTF, as Debian's have"
	elif ! command -v bpftrace > /dev/null || ! command -v perf > /dev/null || ! command -v dropwatch > /dev/null; then
		echo "needs bpftrace, perf and dropwatch"
	else
		return 1
	fi
}

# block HEADING MARKS LINE...: a case
block() {
	local heading=$1 marks=$2 name reason
	shift 2

	name="$heading: ${1#"# "}"
	BLOCK=("$@")
	if reason=$(lacks "$marks"); then
		skip "$name" "$reason"
		return
	fi
	run_block "$marks" "$@"
	if [[ $PROBLEMS ]]; then
		KTAP_FAILED=$((KTAP_FAILED + 1))
		ktap_note "$PROBLEMS"
		ktap_result "not ok" "$name"
	else
		ktap_result ok "$name"
	fi
}

# run_page: all of its blocks, in order; what the page should be goes to NEW
run_page() {
	local line heading='Inspect a node' marks lines

	while IFS= read -r -u "$TEXT" line; do
		echo "$line" >> "$NEW"
		[[ $line != "## "* ]] || heading=${line#"## "}
		[[ $line == '```console'* ]] || continue
		marks=${line#'```console'} lines=()
		while IFS= read -r -u "$TEXT" line && [[ $line != '```' ]]; do
			lines+=("$line")
		done
		block "$heading" "$marks" "${lines[@]}"
		printf '%s\n' "${BLOCK[@]}" '```' >> "$NEW"
	done
}

[[ ${1:-} != --update ]] || update_page "${2:-6.12}"
need_module
need_commands jq ip bridge genl ethtool tcpdump nft conntrack ping
KSRC=${PODSWITCH_CACHE:-$HOME/.cache/podswitch}/ksrc
[[ -f $KSRC/tools/net/ynl/cli.py ]] || skip_all "needs the kernel's tools: run scripts/ksrc once"
/usr/bin/python3 -c "import yaml" 2> /dev/null || skip_all "needs python3-yaml"
mount -t tracefs tracefs /sys/kernel/tracing 2> /dev/null && defer umount /sys/kernel/tracing
without_ipv6
cd "$TREE" || exit 1
NAMESPACES+=(web client)
for setting in net.ipv4.ip_forward net.ipv4.neigh.default.base_reachable_time_ms; do
	set_sysctl "$setting=$(sysctl -n $setting)"
done
PATH=$BUILD:/usr/sbin:/usr/bin:/sbin:/bin	# not the tools of the other tests
export LC_ALL=C.UTF-8 TZ=UTC
exec {TEXT}< "$PAGE" {NEVER}<> <(:)
set -m

ktap_header
run_page
[[ ! $UPDATE ]] || cp "$NEW" /out/inspect.md
ktap_finish
