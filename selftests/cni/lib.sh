# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the plugin's tests to source: calling it as a container runtime does, and judging what it says.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

PLUGIN=$BUILD/podswitch
STUBS=$WORK/bin
mkdir "$STUBS"

# cni COMMAND CONF [VARIABLE=VALUE...]: stdout is the plugin's, and so is the exit status
cni() {
	local command=$1 conf=$2
	shift 2

	env -i PATH="$PATH" CNI_PATH="$STUBS" CNI_COMMAND="$command" "$@" "$PLUGIN" <<<"$conf"
}

# attachment ID [NETNS]: the variables of an attachment of eth0, in $ATTACHMENT
attachment() {
	ATTACHMENT=(CNI_CONTAINERID="$1" CNI_IFNAME=eth0)
	[[ $# -lt 2 ]] || ATTACHMENT+=(CNI_NETNS="/run/netns/$2")
}

# add CONF POD [VARIABLE=VALUE...]: ADD of eth0 in the namespace of that name, which is the container's id as well
add() {
	local conf=$1 pod=$2
	shift 2

	attachment "$pod" "$pod"
	cni ADD "$conf" "${ATTACHMENT[@]}" "$@"
}

# del CONF POD [VARIABLE=VALUE...]
del() {
	local conf=$1 pod=$2
	shift 2

	attachment "$pod" "$pod"
	cni DEL "$conf" "${ATTACHMENT[@]}" "$@"
}

# conf [JQ-OBJECT]: a configuration with these members, and "ipam" from $IPAM
conf() {
	jq -nc "{cniVersion: \"1.1.0\", name: \"net\", type: \"podswitch\", ipam: ${IPAM:-null}} + (${1:-{\}})"
}

# with_result CONF RESULT: the configuration of a CHECK
with_result() {
	jq -c --argjson result "$2" '. + {prevResult: $result}' <<<"$1"
}

# with MEMBERS FILTER [VARIABLE...]: an ADD in p1, undone, whose result, link, port and routes, as one object, pass the filter
with() {
	local members=$1 filter=$2 result link port routes
	shift 2

	result=$(add "$(conf "$members")" p1 "$@") || { echo "$result"; return 1; }
	link=$(ip -n p1 -d -j addr show eth0)
	port=$("$PSW" -j port show "$(jq -r '.interfaces[-2].name' <<<"$result")")
	routes=$({ ip -n p1 -j route; ip -n p1 -6 -j route; } | jq -cs add)
	del "$(conf "$members")" p1
	jq -ne --argjson result "$result" --argjson link "$link" --argjson port "$port" --argjson routes "$routes" \
		"{result: \$result, link: \$link[0], port: \$port[0], routes: \$routes} | $filter"
}
# says FILTER JSON: the filter is true of it
says() {
	jq -e "$1" <<<"$2"
}

# refused CODE TEXT COMMAND...: it fails, and says so in exactly one error object with that code and text
refused() {
	local code=$1 text=$2 out
	shift 2

	if out=$("$@"); then
		echo "succeeded: $out"
		return 1
	fi
	jq -es --argjson code "$code" --arg text "$text" \
		'length == 1 and .[0].code == $code and .[0].cniVersion != null
		 and (.[0].msg + "; " + (.[0].details // "") | contains($text))' <<<"$out" >/dev/null ||
		{ echo "$out (wanted: $code $text)"; return 1; }
}

# silent COMMAND...: it succeeds and prints nothing
silent() {
	local out

	out=$("$@") || { echo "$out"; return 1; }
	[[ -z $out ]] || { echo "printed: $out"; return 1; }
}

# stub NAME <<'END': an IPAM plugin, a shell script that finds its input in the variable input, and our WORK and PSW
stub() {
	{
		printf '#!/bin/bash\nWORK=%q PSW=%q\n' "$WORK" "$PSW"
		echo "input=\$(cat)"
		cat
	} >"$STUBS/$1"
	chmod +x "$STUBS/$1"
}

# state: everything that an ADD could leave behind, switches apart
state() {
	ip -o link show type veth | sed 's/^[0-9]*: //'
	"$PSW" port show
	nft list ruleset 2>/dev/null | sed '/^table inet podswitch {$/,/^}$/{/^table\|^}$/d}'
}
