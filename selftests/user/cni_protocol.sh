#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The plugin's side of the process protocol: environment, stdin, stdout, exit status, versions. Needs no kernel module.
#
#    runtime --- CNI_COMMAND, CNI_CONTAINERID, ... ---> plugin --- one JSON object ---> runtime
#                         stdin
#
#  - environment: what is missing is named all at once; what is invalid is named; empty is missing
#  - commands that are none; no command at all
#  - VERSION: echoes, and needs neither input nor the rest of the environment
#  - stdin: unreadable, not JSON, not an object, a version not spoken, a NUL
#  - errors are told in the configuration's version
. "$(dirname "$0")/../cni/lib.sh"
need_commands jq
ktap_header

minimal='{"cniVersion":"1.0.0","name":"net"}'

# everything VARIABLE=VALUE: DEL with this variable unlike the others
everything() {
	cni DEL "$minimal" CNI_CONTAINERID=c1 CNI_NETNS=/run/netns/none CNI_IFNAME=eth0 "$@"
}

check "ADD names all variables missing" refused 4 \
	'required env variables [CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME] missing' cni ADD "$minimal"
check "CHECK names all variables missing" refused 4 \
	'required env variables [CNI_NETNS] missing' cni CHECK "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0
check "DEL does without CNI_NETNS" refused 4 \
	'required env variables [CNI_CONTAINERID,CNI_IFNAME] missing' cni DEL "$minimal"
check "empty is missing" refused 4 'required env variables [CNI_IFNAME] missing' everything CNI_IFNAME=

for id in -c1 _c1 .c1 'c 1' c/1 'c;1' "$(printf 'c%.0s' {1..254})"; do
	check "container id '${id::20}' is invalid" refused 4 "invalid CNI_CONTAINERID: \"$id\"" everything CNI_CONTAINERID="$id"
done
for name in . .. a/b a:b 'a b' $'a\tb' sixteen-letters-; do
	check "interface name '${name//$'\t'/ }' is invalid" refused 4 "invalid CNI_IFNAME: \"$name\"" \
		everything CNI_IFNAME="$name"
done
check "all that is valid is taken" silent everything CNI_CONTAINERID=0a._-Z CNI_IFNAME=fifteen-letters

for command in FOO add ''; do
	check "command '$command' is none" refused 4 "${command:-required env variables [CNI_COMMAND]}" cni "$command" "$minimal"
done
about() {
	env -i "$PLUGIN" </dev/null 2>&1 >/dev/null | grep "$1"
}
check "no command at all: says what it is" about '^CNI podswitch plugin v[0-9]'
check "no command at all: says what it speaks" about '0.3.1, 0.4.0, 1.0.0, 1.1.0'
check "no command at all: is no failure" env -i "$PLUGIN"

check "VERSION lists what is spoken" says '.supportedVersions == ["0.3.1", "0.4.0", "1.0.0", "1.1.0"]' \
	"$(cni VERSION '{"cniVersion":"1.1.0"}')"
for version in 0.1.0 0.3.1 1.1.0 9.9.9; do
	check "VERSION echoes $version" says ".cniVersion == \"$version\"" \
		"$(cni VERSION "{\"cniVersion\":\"$version\"}" CNI_NETNS=dummy CNI_IFNAME=dummy CNI_PATH=dummy)"
done
check "VERSION with an empty input" says '.cniVersion == "1.1.0"' "$(cni VERSION '')"
check "VERSION with a closed input" says '.cniVersion == "1.1.0"' "$(CNI_COMMAND=VERSION "$PLUGIN" <&-)"
check "VERSION with an input that never comes" says '.cniVersion == "1.1.0"' \
	"$(CNI_COMMAND=VERSION "$PLUGIN" < <(exec tail -f /dev/null 2>/dev/null & echo "$!" >"$WORK/tail"; wait))"
kill "$(<"$WORK/tail")" 2>/dev/null

input() {
	env -i CNI_COMMAND=DEL CNI_CONTAINERID=c1 CNI_IFNAME=eth0 "$PLUGIN"
}
closed() { input <&-; }
directory() { input <"$WORK"; }
nul() { printf '{\0}' | input; }
check "stdin is closed" refused 5 'cannot read the configuration from stdin' closed
check "stdin is a directory" refused 5 'cannot read the configuration from stdin' directory
check "a NUL byte" refused 6 'the configuration holds a NUL byte' nul
check "not JSON" refused 6 'the configuration is not JSON' cni DEL '{"a":' CNI_CONTAINERID=c1 CNI_IFNAME=eth0
check "not an object" refused 6 'the configuration is not a JSON object' cni DEL '[]' CNI_CONTAINERID=c1 CNI_IFNAME=eth0
check "more than one object" refused 6 'the configuration is not JSON' \
	cni DEL "$minimal{}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0

for version in 0.1.0 0.2.0 0.3.0 9.9.9; do
	check "version $version is not spoken" refused 1 \
		"incompatible CNI versions; config is \"$version\", plugin supports [\"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]" \
		cni DEL "{\"cniVersion\":\"$version\",\"name\":\"net\"}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0
done
check "no version is the oldest" refused 1 'config is "0.1.0"' cni DEL '{"name":"net"}' CNI_CONTAINERID=c1 CNI_IFNAME=eth0
check "CHECK is not of 0.3.1" refused 1 'config version does not allow CHECK' \
	cni CHECK '{"cniVersion":"0.3.1","name":"net"}' CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
for command in GC STATUS; do
	check "$command is not of 1.0.0" refused 1 "config version does not allow $command" cni $command "$minimal"
done
gc_without_list() {
	cni GC '{"cniVersion":"1.1.0","name":"net"}' 2>"$WORK/err"
}
check "GC without the list of what is valid does nothing" silent gc_without_list
check "and says so" grep -qF 'without "cni.dev/valid-attachments": nothing is removed' "$WORK/err"
check "GC: the list is no list" refused 7 '"cni.dev/valid-attachments": {} is not an array' \
	cni GC '{"cniVersion":"1.1.0","name":"net","cni.dev/valid-attachments":{}}'
check "STATUS judges the configuration" refused 7 '"mtu": "x" is not a number' \
	cni STATUS '{"cniVersion":"1.1.0","name":"net","mtu":"x"}'
check "CHECK needs prevResult" refused 7 'Required prevResult missing' \
	cni CHECK "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none

error_version() {
	cni DEL "{\"cniVersion\":\"$1\"}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0
}
for version in 0.3.1 0.4.0 1.0.0 1.1.0; do
	check "an error is told in $version" says ".cniVersion == \"$version\" and .code == 7" "$(error_version $version)"
done

check "the host's own namespace is refused" refused 4 "is the host's own network namespace" \
	cni ADD "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/proc/self/ns/net
check "a namespace that is not there is refused" refused 4 'invalid CNI_NETNS: cannot open /run/netns/none' \
	cni ADD "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
check "a file that is no namespace is refused" refused 4 'is not a namespace' \
	cni ADD "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS="$0"
ktap_finish
