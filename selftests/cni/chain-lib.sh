# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests to source: lists of plugins, run as libcni runs them, and the reference plugins to be listed.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The reference plugins, ours beside them.
need_reference() {
	REFERENCE=$("$TREE/selftests/vm/cni-plugins" 2>/dev/null)
	[[ -x $REFERENCE/portmap ]] ||
		skip_all "the reference plugins are not in the cache: selftests/vm/cni-plugins fetches them"
	ln -s "$PLUGIN" "$STUBS/podswitch"
	CNI_PATH=$STUBS:$REFERENCE
	LISTS=$WORK/lists
	mkdir "$LISTS"
}

# What takes minutes in an emulator, and is about programs rather than kernels, is done once.
on_one_kernel() {
	[[ $(uname -r) == 6.12.* ]] || skip_all "about other programs, not kernels, and long: on 6.12 only"
}

# list PLUGIN...: a configuration list of these objects in jq's notation; its version is $VERSION
list() {
	local IFS=,
	jq -nc "{cniVersion: \"${VERSION:-1.1.0}\", name: \"net\", plugins: [$*]}"
}

# chain_plugins LIST: each plugin's type and what it gets, but for prevResult, a line each; $RUNTIME is an object of all that
# the runtime offers
chain_plugins() {
	jq -r --argjson runtime "${RUNTIME:-{\}}" '
		. as $list | .plugins[] | .capabilities as $can
		| . + {name: $list.name, cniVersion: $list.cniVersion}
		| ($runtime | with_entries(select(.key as $key | $can[$key]?))) as $given
		| if $given == {} then . else .runtimeConfig = $given end
		| "\(.type) \(tojson)"' <<<"$1"
}

# chain_run COMMAND POD TYPE CONF RESULT [VARIABLE=VALUE...]: runs one plugin of a list
chain_run() {
	local command=$1 pod=$2 plugin=$REFERENCE/$3 conf=$4
	[[ $3 != podswitch ]] || plugin=$PLUGIN
	[[ ! $5 ]] || conf="${conf%\}},\"prevResult\":$5}"
	shift 5

	env -i PATH="$PATH" CNI_PATH="$CNI_PATH" CNI_COMMAND="$command" CNI_CONTAINERID="$pod" CNI_IFNAME=eth0 \
		CNI_NETNS="/run/netns/$pod" "$@" "$plugin" <<<"$conf"
}

# chain_add LIST POD [VARIABLE=VALUE...]: the last plugin's result is printed and kept; without one, all is undone
chain_add() {
	local pod=$2 result='' type conf
	chain_plugins "$1" >"$LISTS/$pod"
	shift 2

	while read -r type conf; do
		result=$(chain_run ADD "$pod" "$type" "$conf" "$result" "$@") && continue
		echo "$type: $result"
		chain_del "$pod" "$@"
		return 1
	done <"$LISTS/$pod"
	echo "$result" | tee "$LISTS/$pod.result"
}

# chain_each COMMAND POD LINES [VARIABLE=VALUE...]: the plugins of the lines, in order, with the last one's result
chain_each() {
	local command=$1 pod=$2 type conf result=''
	[[ ! -e $LISTS/$pod.result ]] || result=$(<"$LISTS/$pod.result")

	while read -r type conf; do
		chain_run "$command" "$pod" "$type" "$conf" "$result" "${@:4}" || return 1
	done <<<"$3"
}

# chain_check POD [VARIABLE=VALUE...]
chain_check() {
	chain_each CHECK "$1" "$(<"$LISTS/$1")" "${@:2}"
}

# chain_del POD [VARIABLE=VALUE...]: the last one first
chain_del() {
	chain_each DEL "$1" "$(tac "$LISTS/$1")" "${@:2}" || return 1
	rm -f "$LISTS/$1.result"
}

# surroundings: all that the plugins of a list could leave behind
surroundings() {
	state
	iptables-save 2>/dev/null | grep -v '^#\|^:[A-Z]* [A-Z]* '
	ip6tables-save 2>/dev/null | grep -v '^#\|^:[A-Z]* [A-Z]* '
	ip -o link show type ifb | cut -d: -f2
	tc qdisc show | grep -v 'noqueue\|fq_codel\|mq\|pfifo_fast'
	find /run/cni /var/lib/cni -type f ! -name '*lock*' ! -name 'last_reserved_ip*' 2>/dev/null
}
