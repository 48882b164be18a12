# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For bench/measure to source: what many pods cost.
# shellcheck disable=SC2034,SC2154 # what it shares with the others
#
#   [a: eth0] -- v_a --+        +-- c1 -- [p1]
#                      | switch +-- c2 -- [p2]   crowd: one namespace with the pods' ends
#   [b: eth0] -- v_b --+        +-- ...
#                               +-- c999, c1000 ...  dummy devices: entries in the table, not pods
#
# The crowd is made once, and joins one switch after the other.

VETHS=1000

# make_crowd N: c1 to cN
make_crowd() {
	local n

	for ((n = 1; n <= $1 && n <= VETHS; n++)); do
		echo "link add c$n type veth peer name p$n netns crowd"
		echo "link set c$n up"
		echo "link set p$n up" >&3
	done > "$WORK/host" 3> "$WORK/crowd"
	for ((; n <= $1; n++)); do
		echo "link add c$n up type dummy"
	done >> "$WORK/host"
	ip -b "$WORK/host" && ip -n crowd -b "$WORK/crowd"
}

# Bytes of objects in slabs, of per-CPU memory and vmalloc.
kernel_memory() {
	awk 'FILENAME ~ /slabinfo/ { if (FNR > 2) n += $2 * $4; next }
		$1 ~ /^(Percpu|VmallocUsed):$/ { n += $2 * 1024 }
		END { printf "%.0f\n", n }' /proc/slabinfo /proc/meminfo
}

# attach_cost PEER KIND plumb-COMMAND: a switch of its own gets VETHS ports
attach_cost() {
	local before costs

	ip link add crowd0 type "$2"
	ip link set crowd0 up
	before=$(kernel_memory)
	mapfile -t costs < <(plumb "$3" crowd0 c 1 "$VETHS" 2> "$WORK/why")
	if (( ${#costs[@]} == 2 )); then
		put sample "$1" attach-first "$round" "${costs[0]}"
		put sample "$1" attach-last "$round" "${costs[1]}"
		# later rounds find memory that the first has left behind
		(( round )) || put sample "$1" memory "$round" $(( ($(kernel_memory) - before) / VETHS ))
		printf '%-20s attach: %d ns the first, %d ns the last of %d\n' "$1" "${costs[@]}" "$VETHS"
	else
		put note "$1" attach-first "$(tail -n 1 "$WORK/why")"
	fi
	ip link del crowd0
}

# grow PEER COMMAND MAX: measures with a and b alone, then with more and more of the crowd
grow() {
	local size have=2

	build "$1" > "$WORK/why" 2>&1 || { put note "$1@2" "*" "$(tail -n 1 "$WORK/why")"; return; }
	for size in $sizes; do
		(( size <= $3 )) || break
		(( size <= have )) ||
			plumb "$2" "$(master_of v_a)" c $((have - 1)) $((size - 2)) > /dev/null 2> "$WORK/why" ||
			{ put note "$1@$size" "*" "$(tail -n 1 "$WORK/why")"; break; }
		have=$size
		sample "$1@$size" forward
		sample "$1@$size" tcp-rr
		(( size <= VETHS )) || continue
		CROWD=$((size - 2))
		sample "$1@$size" arp
		sample "$1@$size" broadcast
	done
	unbuild
}

master_of() {
	basename "$(realpath "/sys/class/net/$1/master")"
}

measure_crowd() {
	local most=$VETHS size

	for size in $sizes; do
		(( size <= most )) || most=$size
	done
	make_crowd "$most" || exit
	put peer port-new 'podswitch, by port-new'
	put peer ip-link 'podswitch, by "ip link set master"'
	for ((round = 0; round < rounds; round++)); do
		if [[ $attach ]]; then
			attach_cost port-new podswitch ports
			attach_cost ip-link podswitch slaves
			attach_cost bridge bridge slaves
		fi
		grow podswitch ports 1000000
		grow bridge slaves "$VETHS"
	done
}
