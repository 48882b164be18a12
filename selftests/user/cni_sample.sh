#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The sample deploy/10-podswitch.conflist is a list that runtimes load as it is, and a configuration that the plugin takes;
# on a machine without the module, all but the module is there then.
#
#    10-podswitch.conflist --- as libcni reads it ---> configuration of a plugin ---> podswitch
#
#  - members of the list have the types that libcni asks for; comments are the only keys that nobody knows
#  - which version runtimes take from it
#  - STATUS and ADD refuse nothing of it, with what runtimes add; a word that is wrong is refused all the same
# shellcheck source=../cni/list.sh
. "$(dirname "$0")/../cni/list.sh"
need_commands jq
ktap_header

SAMPLE=$(<"$TREE/deploy/10-podswitch.conflist")

check "it is a list as libcni reads it" says '
	(.name | type) == "string" and (.cniVersion | type) == "string" and all(.cniVersions[]; type == "string")
	and (.plugins | type) == "array" and (.plugins | length) > 0
	and all(.plugins[]; (.type | type) == "string" and all(.capabilities // {} | .[]; type == "boolean"))' "$SAMPLE"
check_equal "beside comments, the list has the specification's keys alone" "cniVersion cniVersions name plugins" \
	"$(jq -r 'keys[] | select(startswith("_") | not)' <<<"$SAMPLE" | xargs)"
# Each key of a plugin, in the words of the manual.
check_equal "the manual describes each key of it" '' "$(jq -r '[.plugins[], .plugins[].ipam] | map(keys[]) | unique[]
	| select(startswith("_") | not)' <<<"$SAMPLE" | while read -r key; do
		grep -qE "^\.It (Cm|Sy) .*\b$key\b" "$TREE/userspace/man/podswitch-cni.8" || echo "$key"; done)"

for newest in 0.4.0 1.0.0 1.1.0; do
	case $newest in
	# It has no older cniVersion for those that do not know the list of versions.
	0.4.0) version='' ;;
	*) version=$newest ;;
	esac
	check_equal "a runtime of $newest takes ${version:-none}" "$version" "$(list_version "$SAMPLE" $newest)"
done

# Without a network namespace of its own, ADD ends before it looks for the module.
attachment c1
export RUNTIME
netns=/run/netns/none
wanted='.code == 4 and (.msg | startswith("invalid CNI_NETNS: cannot open /run/netns/none"))'
unshare -n true 2>/dev/null && {
	unshare -n tail -f /dev/null &
	JOBS+=("$!")
	apart() { [[ $(readlink "/proc/${JOBS[0]}/ns/net") != "$(readlink /proc/self/ns/net)" ]]; }
	busywait 5 apart
	netns=/proc/${JOBS[0]}/ns/net
	wanted='.code == 101'
}
# comes_to FILTER COMMAND...: fails, and with one error that passes the filter; where the module is, nothing is tried
comes_to() {
	local filter=$1 out
	shift

	out=$("$@") && { echo "succeeded: $out"; return 1; }
	jq -es "length == 1 and (.[0] | $filter)" <<<"$out" >/dev/null || { echo "$out"; return 1; }
}
for newest in 1.0.0 1.1.0; do
	list=$(list_for "$SAMPLE" $newest)
	plain=$(list_first "$list")
	RUNTIME='{"ips": ["10.244.0.77"], "mac": "02:00:5e:00:53:01", "portMappings": []}'
	asked=$(list_first "$list")
	RUNTIME='{"ipRanges": [[{"Subnet": "198.51.100.0/24", "RangeStart": "", "RangeEnd": "", "Gateway": ""}]]}'
	ranges=$(list_first "$list")
	unset RUNTIME
	check_equal "a runtime of $newest fills in what the sample declares, and no more" '["ips","mac"]' \
		"$(jq -c '.runtimeConfig | keys' <<<"$asked")"
	if [[ -d /sys/module/podswitch ]]; then
		skip "ADD by $newest comes to the module" "the module is here; cni/sample.sh goes further"
		continue
	fi
	check "ADD by $newest comes to the module" comes_to "$wanted" cni ADD "$plain" "${ATTACHMENT[@]}" CNI_NETNS="$netns"
	check "ADD by $newest comes to the module, with what it fills in" comes_to "$wanted" \
		cni ADD "$asked" "${ATTACHMENT[@]}" CNI_NETNS="$netns"
	check "ADD by $newest with ranges of the runtime's" comes_to "$wanted" \
		cni ADD "$ranges" "${ATTACHMENT[@]}" CNI_NETNS="$netns"
done
if [[ -d /sys/module/podswitch ]]; then
	skip "STATUS comes to the module" "the module is here; cni/sample.sh goes further"
else
	check "STATUS comes to the module" comes_to '.code == 50 and (.msg | contains("podswitch"))' \
		cni STATUS "$(list_first "$(list_for "$SAMPLE" 1.1.0)")"
fi
check "a word of it that is wrong is still refused" refused 7 '"ipMasq": "yes" is neither true nor false' \
	cni STATUS "$(list_first "$(list_for "$(jq -c '.plugins[0].ipMasq = "yes"' <<<"$SAMPLE")" 1.1.0)")"
ktap_finish
