#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The CNI specification's rules for a plugin: each stands in doc/cni-rules.md with the tests that show it, and each of those
# is there. Those rules that need no kernel module and that no other test is about are tested here.
#
#    doc/cni-rules.md  "file `case`, `case`; ..."  --->  selftests/{user,cni}/file: "case"
#
#  - the table: each row has a test, each test is in its file; the rows of a group are numbered
#  - the process: its name, stdin, stdout, stderr, exit status
#  - environment and configuration: what is not judged, what runtimes send
#  - errors: their codes and their members
. "$(dirname "$0")/../cni/lib.sh"
need_commands jq
ktap_header

# --- the table ---

TABLE=$TREE/doc/cni-rules.md

# rows: of the table's, "NUMBER<tab>TESTS" each
rows() {
	sed -nE 's/^\| ([A-Z][0-9]+) \|.*\| ([^|]+) \|$/\1\t\2/p' "$TABLE"
}
# stands FILE CASE: the file has a case of that name; what ends in … is only its beginning
stands() {
	local file=$TREE/selftests/$1 name=$2 end='"'

	[[ -f $file ]] || return 1
	[[ $name != *… ]] || { name=${name%…}; end=''; }
	grep -F "\"$name$end" "$file" | grep -qE '^[[:space:]]*([a-z_]+|\{) "'
}
# complaints: about rows without a test, and about tests that are not there
complaints() {
	local number tests part file name names

	while IFS=$'\t' read -r number tests; do
		[[ $tests == *\`* ]] || echo "$number: no test"
		while read -r part; do
			file=${part%% *}
			names=${part#* }
			while [[ $names =~ ^[^\`]*\`([^\`]+)\`(.*)$ ]]; do
				name=${BASH_REMATCH[1]} names=${BASH_REMATCH[2]}
				stands "$file" "$name" || echo "$number: $file has no case \"$name\""
			done
		done <<<"${tests//; /$'\n'}"
	done < <(rows)
}
# unnumbered: rows whose number does not follow the one before in its group
unnumbered() {
	rows | awk -F'\t' '{
		group = substr($1, 1, 1); n = substr($1, 2) + 0
		if (n != ++last[group]) print $1
	}'
}
check "there are rules" test "$(rows | wc -l)" -ge 60
check_equal "each rule has tests, and they are there" '' "$(complaints)"
check_equal "each group of rules is numbered from 1 on" '' "$(unnumbered)"
# A check of the checker: it sees what is not there.
check "a test that is not there is missed" eval '! stands cni/gc.sh "no such case"'
check "a text that is no case is none" eval '! stands cni/gc.sh "192.0.2.0/24"'

# --- the process ---

minimal='{"cniVersion":"1.1.0","name":"net"}'
attachment c1

check_equal "the program's name is its type" podswitch "$(basename "$PLUGIN")"

# pieces TEXT: one byte after the other, as a pipe may give them
pieces() {
	local i

	for ((i = 0; i < ${#1}; i++)); do printf %s "${1:i:1}"; done
}
in_pieces() {
	pieces "$minimal" | env -i CNI_COMMAND=DEL "${ATTACHMENT[@]}" "$PLUGIN"
}
check "the configuration may come in pieces" silent in_pieces

status_of() {
	"$@" >/dev/null 2>&1
	echo $?
}
check_equal "the exit status is 0 if all went well" 0 "$(status_of cni VERSION "$minimal")"
check_equal "the exit status is not 0 if something failed" 1 "$(status_of cni ADD '{}')"

# documents COMMAND...: how many JSON documents it prints
documents() {
	"$@" 2>"$WORK/stderr" | jq -s length
}
for verb in ADD CHECK DEL GC STATUS FOO; do
	check_equal "a failing $verb prints one document" 1 \
		"$(documents cni $verb '{"cniVersion":"0.9","name":"net"}' "${ATTACHMENT[@]}" CNI_NETNS=/run/netns/none)"
	check "a failing $verb is silent on stderr" test ! -s "$WORK/stderr"
done

stub stub <<'END'
echo "lease 7" >&2
END
IPAM='{type: "stub"}'
check "what a delegated plugin says on stderr is said" grep -qx "lease 7" <(cni DEL "$(conf)" "${ATTACHMENT[@]}" 2>&1)
IPAM=null

# --- environment and configuration ---

# accepted COMMAND...: its configuration is: it succeeds, or fails for want of the module or of the namespace alone
accepted() {
	local out

	out=$("$@") || jq -es 'length == 1 and (.[0] | .code == 50 or .code == 101 or
		(.code == 4 and (.msg | startswith("invalid CNI_NETNS: cannot open /run/netns/none"))))' <<<"$out" >/dev/null ||
		{ echo "$out"; return 1; }
}
adds() {
	cni ADD "$(conf "$1")" "${ATTACHMENT[@]}" CNI_NETNS=/run/netns/none "${@:2}"
}
unjudged() {
	cni "$1" "$minimal" CNI_CONTAINERID=-x CNI_NETNS=x CNI_IFNAME=a/b CNI_ARGS=IgnoreUnknown=1 2>/dev/null
}
check "STATUS does not judge an attachment's variables" accepted unjudged STATUS
check "GC does not judge an attachment's variables" accepted unjudged GC

for version in 0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0; do
	check "version $version is spoken" accepted adds \
		"{cniVersion: \"$version\", ipam: {type: \"podswitch\", subnet: \"192.0.2.0/24\"}}"
done
check "no version is 0.1.0" says '.cniVersion == "0.1.0" and .code == 7' "$(cni DEL '{}' "${ATTACHMENT[@]}")"
check "an empty version is 0.1.0" says '.cniVersion == "0.1.0" and .code == 7' \
	"$(cni DEL '{"cniVersion":""}' "${ATTACHMENT[@]}")"

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
check "containerd's capability arguments are understood" accepted adds '{
	capabilities: {portMappings: true, bandwidth: true, ipRanges: true, dns: true, "io.kubernetes.cri.pod-annotations": true},
	runtimeConfig: {
		portMappings: [{HostPort: 80, ContainerPort: 8080, Protocol: "tcp", HostIP: ""}],
		bandwidth: {IngressRate: 1000, IngressBurst: 18446744073709551615, EgressRate: 0, EgressBurst: 0},
		ipRanges: [[{Subnet: "198.51.100.0/24", RangeStart: "", RangeEnd: "", Gateway: ""}]],
		dns: {Servers: ["192.0.2.53"], Searches: null, Options: null},
		"io.kubernetes.cri.pod-annotations": {a: "b"}, cgroupPath: "/x"}}'
check "CRI-O's capability arguments are understood" accepted adds '{
	runtimeConfig: {portMappings: [], bandwidth: {ingressRate: 1, ingressBurst: 1}, dns: {servers: [], searches: [], options: []},
		ipRanges: [[{subnet: "198.51.100.0/24"}]], aliases: {net: ["a"]}, mac: "", ips: null, deviceID: "", infinibandGUID: ""}}'
exact() {
	cni DEL "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"x\":18446744073709551615,\"y\":[1e400,-0,9007199254740993]}" "${ATTACHMENT[@]}"
}
check "numbers that no double holds are passed over" silent exact
check "a known number that is too large is refused, not cut" refused 7 '"mtu": ' adds '{mtu: 18446744073709551616}'
check "a capability that the runtime fills with nonsense is refused" refused 7 '"runtimeConfig.ipRanges": "x" is not an array' \
	adds '{runtimeConfig: {ipRanges: "x"}}'
check "a capability without runtimeConfig asks for nothing" accepted adds '{capabilities: {mac: true, ips: true, ipRanges: true}}'
check "args that nobody knows are passed over" accepted adds \
	'{args: {cni: {labels: [{key: "a", value: "b"}], colour: 5}, "org.example": {deep: [[[]]]}, x: null}}'
check "CNI_ARGS that runtimes send are understood" accepted adds '{}' \
	'CNI_ARGS=K8S_POD_UID=u;K8S_POD_NAME=web-0;IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_INFRA_CONTAINER_ID=c1;X=y'
check "podman's CNI_ARGS are understood" accepted adds '{}' 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAME=web'
check "CNI_ARGS of an unknown key are refused by name" refused 4 'unknown key "COLOUR"' adds '{}' CNI_ARGS=COLOUR=red
IPAM=null

# --- errors ---

# codes: those of cni.h that are neither the specification's for a plugin nor our own
codes() {
	sed -nE 's/^\tCNI_ERR_[A-Z_]+ = ([0-9]+),.*/\1/p' "$TREE/cni/cni.h" |
		grep -vxE '1|2|4|5|6|7|11|50|51|1[0-9][0-9]'
}
check_equal "codes are the specification's, and from 100 on our own" '' "$(codes)"
check "an error has code, msg and version, and nothing unknown" says \
	'(keys - ["cniVersion", "code", "details", "msg"] == []) and (.code | type) == "number" and (.msg | type) == "string" and .cniVersion == "1.1.0"' \
	"$(cni DEL '{"cniVersion":"1.1.0","name":"-"}' "${ATTACHMENT[@]}")"
check "an error before a version is known has one that all read" says '.cniVersion == "1.1.0" and .code == 4' "$(cni FOO '')"
ktap_finish
