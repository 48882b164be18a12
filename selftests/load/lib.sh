# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the tests of load to source: what the kernel has in memory, and whether it is back to what it was.
#
# What is stable: the number of objects in the caches that a switch, a port, an address, a message and their devices come
# from (kmalloc of all sizes, sk_buffs, nodes of xarrays), once
#
#   - a device has been deleted, which waits for all RCU callbacks (rcu_barrier() of netdev_run_todo()),
#   - the shrinkers have run (drop_caches), which hand out what kfree_rcu() still collects,
#   - each cache is shrunk: objects that lie free in a processor's own slab count as used before,
#   - the same has been done once before: the first round grows what stays (sysfs, the table of interface indexes, per-CPU
#     chunks).
#
# Round n is compared with round n + 1, therefore. A handful of objects comes and goes with who else runs, so that a round
# makes thousands of what it could lose, and SLACK is what is let through. MemAvailable moves with the page cache and is no
# measure.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

SLACK=${SLACK:-50}		# objects of one cache
SLACK_PERCPU=128		# KiB: per-CPU chunks are given back in pages

need_memory() {
	need_module
	[[ -r /proc/slabinfo && -d /sys/kernel/slab ]] || skip_all "the kernel does not count its objects"
}

# settle: all that is about to be freed is
settle() {
	local cache

	ip link add settle type dummy
	ip link del settle
	echo 2 > /proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/{kmalloc,skbuff,radix_tree}*/shrink; do
		echo 1 > "$cache"
	done
}

# memory: "CACHE OBJECTS BYTES-EACH" a line, and the same of per-CPU memory in KiB
memory() {
	settle
	awk '/^(kmalloc|skbuff|radix_tree)/ { print $1, $2, $4 }' /proc/slabinfo
	awk '$1 == "Percpu:" { print "percpu", $2, 1024 }' /proc/meminfo
}

# remember FILE: what memory says, to compare with
remember() {
	memory > "$WORK/memory.$1"
}

# grown FROM TO: "CACHE +OBJECTS" for each that has more than the slack, FROM and TO being what is remembered
grown() {
	awk -v slack="$SLACK" -v percpu="$SLACK_PERCPU" 'NR == FNR { was[$1] = $2; next }
		$2 - was[$1] > ($1 == "percpu" ? percpu : slack) { print $1, "+" $2 - was[$1] }' \
		"$WORK/memory.$1" "$WORK/memory.$2"
}

# is_back FROM: memory is what it was; workers may still be about to free
is_back() {
	remember now
	[[ ! $(grown "$1" now) ]]
}

# check_back NAME FROM: passes if memory returns; notes what has not
check_back() {
	if busywait 10 is_back "$2"; then
		ktap_result ok "$1"
		return
	fi
	KTAP_FAILED=$((KTAP_FAILED + 1))
	ktap_note "$(grown "$2" now)"
	ktap_result "not ok" "$1"
}

# total FILE: KiB of all that is remembered
total() {
	awk '{ bytes += $2 * $3 } END { printf "%d", bytes / 1024 }' "$WORK/memory.$1"
}

# note_memory WHAT FILE: what is remembered, for the reader
note_memory() {
	local objects

	objects=$(awk '$1 != "percpu" { n += $2 } END { print n }' "$WORK/memory.$2")
	ktap_note "$1: $objects objects, per-CPU $(awk '$1 == "percpu" { print $2 }' "$WORK/memory.$2") KiB, \
together $(total "$2") KiB; MemAvailable $(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) KiB"
}

# note_slabs FILE...: their counts side by side, of the caches in which they differ by more than the slack
note_slabs() {
	local file files=()

	for file; do files+=("$WORK/memory.$file"); done
	awk -v slack="$SLACK" 'FNR == 1 { nth++ }
		{ n[$1, nth] = $2; if (nth == 1) order[++caches] = $1
		  if (nth == 1 || $2 < least[$1]) least[$1] = $2
		  if (nth == 1 || $2 > most[$1]) most[$1] = $2 }
		END { for (c = 1; c <= caches; c++) {
			name = order[c]
			if (most[name] - least[name] <= slack) continue
			line = name ":"
			for (i = 1; i <= nth; i++) line = line " " n[name, i]
			print line } }' "${files[@]}" > "$WORK/slabs"
	ktap_note "objects ($*):"
	ktap_note "$(head -19 "$WORK/slabs")"
}

# ms: the time, to take differences
ms() {
	echo $((${EPOCHREALTIME/[.,]/} / 1000))
}
