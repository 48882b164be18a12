#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Running another IPAM plugin, here for DEL, which needs no kernel module: what it is given, and what becomes of its failures.
#
#    runtime ---> podswitch ---> stub (found in CNI_PATH)
#                  DEL            DEL, the same environment, the same input
#
#  - it gets all the environment and the complete configuration
#  - it is looked for in CNI_PATH: the first regular file
#  - its errors are passed on, whatever form they have
#  - it gets no file of ours but stderr, and need not read its input; what it prints has an end
#  - no "ipam", and podswitch's own: nothing is run
. "$(dirname "$0")/../cni/lib.sh"
need_commands jq
ktap_header

IPAM='{type: "stub", colour: "red"}'
attachment c1

stub stub <<'END'
echo "$input" >"$WORK/in"
env >"$WORK/env"
END
check "DEL is delegated" silent cni DEL "$(conf '{extra: [1]}')" "${ATTACHMENT[@]}" TRACEPARENT=t1 CNI_ARGS='A=b'
check "it gets the complete configuration" test "$(conf '{extra: [1]}')" = "$(cat "$WORK/in")"
for variable in CNI_COMMAND=DEL CNI_CONTAINERID=c1 CNI_IFNAME=eth0 TRACEPARENT=t1 CNI_ARGS=A=b CNI_PATH="$STUBS"; do
	check "it gets ${variable%%=*}" grep -qxF "$variable" "$WORK/env"
done

with_path() {
	cni DEL "$(conf)" "${ATTACHMENT[@]}" CNI_PATH="$1"
}
mkdir -p "$WORK/other/stub"
check "a directory of its name is passed over" silent with_path "/nonexistent::$WORK/other:$STUBS"
check "not found: says where it was looked for" refused 104 \
	"IPAM plugin \"stub\" is not in CNI_PATH $WORK/other" with_path "$WORK/other"
check "no CNI_PATH" refused 4 'required env variables [CNI_PATH] missing' with_path ''

failing() {
	stub stub <<<"$1"
	cni DEL "$(conf)" "${ATTACHMENT[@]}"
}
check "its error is passed on, with code and details" refused 11 'IPAM plugin "stub": lease is busy; see log' \
	failing 'echo "{\"code\":11,\"msg\":\"lease is busy\",\"details\":\"see log\"}"; exit 1'
check "it fails without a word" refused 104 'IPAM plugin "stub" failed with status 3 and no error object' \
	failing 'exit 3'
check "it fails with garbage" refused 104 'failed with status 1 and no error object' failing 'echo garbage; exit 1'
check "it fails with an error object without a sentence" refused 104 'failed with status 1 and no error object' \
	failing 'echo "{\"code\":11}"; exit 1'
check "it fails with two error objects" refused 104 'failed with status 1 and no error object' \
	failing 'echo "{\"code\":11,\"msg\":\"x\"}{}"; exit 1'
check "it fails with an error object that is not UTF-8" refused 104 'failed with status 1 and no error object' \
	failing "printf '{\"code\":11,\"msg\":\"\\xff\"}'; exit 1"
check "it fails with an error object that holds a NUL byte" refused 104 'failed with status 1 and no error object' \
	failing "printf '{\"code\":11,\"msg\":\"x\\0\"}'; exit 1"
for code in '' '"code":0,' '"code":-11,' '"code":1.5,' '"code":1e300,' '"code":"11",' '"code":[],' '"code":4294967307,'; do
	check "it fails with an error object that has ${code:-no code}" refused 104 'IPAM plugin "stub": no lease' \
		failing "echo '{$code\"msg\":\"no lease\"}'; exit 1"
done
check "it fails with 1 MB to say" refused 11 'IPAM plugin "stub": xxx' \
	failing "printf '{\"code\":11,\"msg\":\"%s\"}' \$(head -c 1000000 /dev/zero | tr '\\0' x); exit 1"
check "it fails with status 255" refused 104 'failed with status 255' failing 'exit 255'
check "it says what has no end" refused 104 'IPAM plugin "stub" printed more than 4194304 bytes' failing 'exec cat /dev/zero'
check "what it prints on a DEL that goes well is of no interest" silent failing 'echo garbage'
check "it crashes" refused 104 'failed with status -11' failing "kill -SEGV \$\$"
check "it is killed" refused 104 'failed with status -9' failing "kill -9 \$\$"
stub stub </dev/null
chmod -x "$STUBS/stub"
check "it cannot be run" refused 104 'cannot run IPAM plugin "stub": Permission denied' cni DEL "$(conf)" "${ATTACHMENT[@]}"


# --- what it shares with us ---

plugin() {
	cni DEL "$(conf)" "${ATTACHMENT[@]}"
}
stub stub <<'END'
for fd in /proc/$BASHPID/fd/*; do
	readlink "$fd"
done >"$WORK/fds"
echo complaint >&2
END
touch "$WORK/secret"
plugin 2>"$WORK/err" 7<"$WORK/secret" 9<"$WORK/secret"
check "what it writes to stderr goes to ours" grep -qx complaint "$WORK/err"
check "its files were listed" test -s "$WORK/fds"
check "it gets none of ours" test "$(grep -c 'secret$' "$WORK/fds")" = 0
printf '#!/bin/sh\nexit 0\n' >"$STUBS/stub"
check "it need not read its input, of 1 MB" silent cni DEL "$(conf "{x: (\"x\" * 1000000)}")" "${ATTACHMENT[@]}"
printf '#!/bin/sh\nexit 3\n' >"$STUBS/stub"
ignoring() {
	env -i --ignore-signal=CHLD CNI_PATH="$STUBS" CNI_COMMAND=DEL "${ATTACHMENT[@]}" "$PLUGIN" <<<"$(conf)"
}
check "its status is known where our caller ignores SIGCHLD" refused 104 'failed with status 3' ignoring

for type in ../bin/stub stub/ /bin/false; do
	IPAM="{type: \"$type\"}"
	check "$type is no name" refused 7 "\"ipam.type\": \"$type\" is not a file name" plugin
done
for type in . ..; do
	IPAM="{type: \"$type\"}"
	check "$type is no file" refused 104 "IPAM plugin \"$type\" is not in CNI_PATH" plugin
done

stub podswitch <<'END'
touch "$WORK/ran"
END
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
check "our own addresses need no plugin" silent cni DEL "$(conf)" "${ATTACHMENT[@]}"
IPAM='{}'
check "no addresses need no plugin" silent cni DEL "$(conf)" "${ATTACHMENT[@]}"
check "and none was run" test ! -e "$WORK/ran"
ktap_finish
