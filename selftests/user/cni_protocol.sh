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
check "no command at all: says what it speaks" about '0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0'
check "no command at all: is no failure" env -i "$PLUGIN"

check "VERSION lists what is spoken" says '.supportedVersions == ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]' \
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

for version in 0.2.1 1.2.0 9.9.9 1.1 v1.1.0; do
	check "version $version is not spoken" refused 1 \
		"incompatible CNI versions; config is \"$version\", plugin supports [\"0.1.0\" \"0.2.0\" \"0.3.0\" \"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]" \
		cni DEL "{\"cniVersion\":\"$version\",\"name\":\"net\"}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0
done
for version in 0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0; do
	check "version $version is spoken" silent \
		cni DEL "{\"cniVersion\":\"$version\",\"name\":\"net\"}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0
done
check "no version is taken" silent cni DEL '{"name":"net"}' CNI_CONTAINERID=c1 CNI_IFNAME=eth0
for version in 0.1.0 0.3.0 0.3.1; do
	check "CHECK is not of $version" refused 1 'config version does not allow CHECK' cni CHECK \
		"{\"cniVersion\":\"$version\",\"name\":\"net\",\"ipam\":{\"type\":\"stub\"}}" \
		CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
done
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
while read -r entry text; do
	check "GC: the list has $entry: nothing is removed" refused 7 "\"cni.dev/valid-attachments[1]$text" cni GC \
		"{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"cni.dev/valid-attachments\":[{\"containerID\":\"c1\",\"ifname\":\"eth0\"},$entry]}"
done <<'END'
5 ": 5 is not an object
null ": null is not an object
{"containerID":5,"ifname":"eth0"} .containerID": 5 is not a string
{"containerID":"c2","ifname":[]} .ifname": [] is not a string
{"containerID":"c2"} .ifname" is missing
{"containerID":"","ifname":"eth0"} .containerID" is missing
END
check "GC: of two lists the last is taken" refused 7 '"cni.dev/valid-attachments": 5 is not an array' \
	cni GC '{"cniVersion":"1.1.0","name":"net","cni.dev/valid-attachments":[],"cni.dev/valid-attachments":5}'
check "STATUS judges the configuration" refused 7 '"mtu": "x" is not a number' \
	cni STATUS '{"cniVersion":"1.1.0","name":"net","mtu":"x"}'
check "CHECK needs prevResult" refused 7 'Required prevResult missing' \
	cni CHECK "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
for fault in '{"interfaces":5} "prevResult.interfaces": 5 is not an array' '{"ips":[5]} "ips[0]": 5 is not an object' \
	'{"ips":[{"address":"x"}]} "ips[0].address": "x" is not an address' '{"routes":[{"dst":5}]} "routes[0].dst": 5 is not'; do
	check "CHECK: prevResult is ${fault%% *}" refused 7 "${fault#* }" \
		cni CHECK "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"prevResult\":${fault%% *}}" \
		CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
done

error_version() {
	cni DEL "{\"cniVersion\":\"$1\"}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0
}
check "an error is told in the oldest version where there is none" says '.cniVersion == "0.1.0" and .code == 7' \
	"$(cni DEL '{}' CNI_CONTAINERID=c1 CNI_IFNAME=eth0)"
for version in 0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0; do
	check "an error is told in $version" says ".cniVersion == \"$version\" and .code == 7" "$(error_version $version)"
done

# previous RESULT: an ADD with this prevResult
previous() {
	cni ADD "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"prevResult\":$1}" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
}
check "prevResult with what is no address is refused" refused 7 '"prevResult" cannot be used: "ips[0].address": "x" is not' \
	previous '{"ips":[{"address":"x"}]}'
check "prevResult with an address of no interface is refused" refused 7 \
	'"prevResult" cannot be used: "ips[1].interface": 1 is no index of "interfaces"' \
	previous '{"interfaces":[{"name":"a"}],"ips":[{"address":"192.0.2.9/24","interface":0},{"address":"192.0.2.8/24","interface":1}]}'
check "prevResult that can be read is none of the faults" refused 4 'cannot open /run/netns/none' \
	previous '{"interfaces":[{"name":"a"}],"ips":[{"address":"192.0.2.9/24","interface":0},{"address":"192.0.2.8/24"}]}'

check "the host's own namespace is refused" refused 4 "is the host's own network namespace" \
	cni ADD "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/proc/self/ns/net
check "a namespace that is not there is refused" refused 4 'invalid CNI_NETNS: cannot open /run/netns/none' \
	cni ADD "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none
check "a file that is no namespace is refused" refused 4 'is not a namespace' \
	cni ADD "$minimal" CNI_CONTAINERID=c1 CNI_IFNAME=eth0 CNI_NETNS="$0"
ktap_finish
