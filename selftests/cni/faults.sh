#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An ADD of which any system call fails leaves nothing. (killed.sh is about those that are killed.)
#
#      p1            p2
#     eth0          eth0 (stays, so that the switch and its rules are in use)
#      |             |
#  ----+-------------+---- psw0
#
#  - each request to the kernel refused; its answer lost
#  - no socket; no way into the pod's namespace, or back
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft strace
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
make_ns p1 p2
add "$net" p2 >/dev/null
attachment p1 p1

# Looked at very often; rules are looked at in the end.
everything() {
	"$PSW" port show
	ip -o link show type veth
	ip -n p1 -o link
}
before=$(everything)
rules=$(nft list ruleset)
unchanged() {
	[[ $(everything) == "$before" ]] || diff <(echo "$before") <(everything)
}

# traced OPTION...: an ADD under strace
traced() {
	env -i PATH="$PATH" CNI_COMMAND=ADD "${ATTACHMENT[@]}" strace -qqq "$@" "$PLUGIN" <<<"$net"
}
# fails SYSCALL ERROR N: an ADD whose Nth such call fails. One that goes well all the same is undone.
fails() {
	local out

	echo "$@" >> "$WORK/faults"
	if out=$(traced -o /dev/null -e trace="$1" -e inject="$1:error=$2:when=$3"); then
		del "$net" p1
	elif [[ $out != '{"cniVersion":"1.1.0","code":'* ]]; then
		echo "said: $out"
		return 1
	fi
	unchanged
}
# numbers SYSCALL: of such calls in an ADD that goes well
numbers() {
	seq "$(grep -c "^$1(" "$WORK/trace")"
}

traced -o "$WORK/trace" >/dev/null
del "$net" p1
for n in $(numbers sendto); do
	check "request $n is refused" fails sendto ENOBUFS "$n"
done
for n in $(numbers recvmmsg); do
	check "the answer to request $n is lost" fails recvmmsg ENOBUFS "$n"
done
for n in $(numbers socket); do
	check "socket $n cannot be opened" fails socket EMFILE "$n"
done
check "the pod's namespace cannot be entered" fails setns EPERM 1
check "the host's namespace cannot be returned to" fails setns EPERM 2
check_equal "the rules are as before" "$rules" "$(nft list ruleset)"
check "another ADD goes well after all that" says '.interfaces[2].name == "eth0"' "$(add "$net" p1)"
del "$net" p1
del "$net" p2
injected "$(wc -l < "$WORK/faults")" failing system calls
ktap_finish
