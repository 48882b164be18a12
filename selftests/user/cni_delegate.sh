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
check "it fails with an error object without code" refused 104 'failed with status 1 and no error object' \
	failing 'echo "{\"msg\":\"x\"}"; exit 1'
check "it is killed" refused 104 'failed with status -9' failing "kill -9 \$\$"
stub stub </dev/null
chmod -x "$STUBS/stub"
check "it cannot be run" refused 104 'cannot run IPAM plugin "stub": Permission denied' cni DEL "$(conf)" "${ATTACHMENT[@]}"

stub podswitch <<'END'
touch "$WORK/ran"
END
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
check "our own addresses need no plugin" silent cni DEL "$(conf)" "${ATTACHMENT[@]}"
IPAM='{}'
check "no addresses need no plugin" silent cni DEL "$(conf)" "${ATTACHMENT[@]}"
check "and none was run" test ! -e "$WORK/ran"
ktap_finish
