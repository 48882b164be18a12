#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# podswitch-unload, that packages call when they go: pods are not cut off.
#
#   host          psw0 ----- v_a ---- eth0 a     psw1, no port
#   namespace n   psw2 ----- v_b ---- eth0 b
#
#  - stays:  while a switch has a port, here or elsewhere, and says why; pods talk on
#  - chroot: another root's packages leave this machine's module alone
#  - goes:   with switches that have no port, which it names
#  - absent: there is nothing to say
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_module
need_commands ip nsenter rmmod chroot
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "PODSWITCH_MODULE names no file"
UNLOAD=$TREE/deploy/podswitch-unload
ktap_header

# loaded: the module
loaded() { [[ -d /sys/module/podswitch ]]; }
gone() { ! loaded; }

# alone: psw0, which has no port
alone() { [[ -z $(ip -o link show master psw0) ]]; }

# in_chroot COMMAND...: in a root that is not the machine's, with its programs, /proc and /sys
in_chroot() {
	local dir

	mkdir -p "$WORK/other"
	mount -t tmpfs tmpfs "$WORK/other" || return
	for dir in bin sbin lib lib64 usr proc sys dev; do
		mkdir "$WORK/other/$dir"
		mount --rbind "/$dir" "$WORK/other/$dir" || return
	done
	cp "$UNLOAD" "$WORK/other/unload"
	chroot "$WORK/other" "$@"
}
export -f in_chroot
export WORK UNLOAD

make_switch psw0 192.0.2.1/24
make_switch psw1
make_pod a psw0 192.0.2.2/24
make_ns n
check_fail "stays: psw0 has a port" "the module stays loaded, as it would cut off 1 port(s) of switch psw0: when they are gone, run" "$UNLOAD"
check "stays: it is loaded" loaded
check "stays: the pod talks" pings "" 192.0.2.2
check_equal "stays: nothing on stdout" "" "$("$UNLOAD" 2> /dev/null)"

ip netns del a
NAMESPACES=(n)
check "elsewhere: psw0 has no port any more" busywait 10 alone
ip -n n link add psw2 type podswitch
ip -n n link add v_b type veth peer name eth0
nsenter --net=/run/netns/n "$PSW" port add v_b switch psw2
check_fail "elsewhere: psw2 in another namespace has one" "1 port(s) of switch psw2" "$UNLOAD"
check "elsewhere: it is loaded" loaded
ip -n n link del v_b

check_equal "chroot: not a word" "" "$(unshare -m bash -c 'in_chroot /unload' 2>&1)"
check "chroot: it is loaded" loaded

said=$("$UNLOAD" 2>&1)
check_equal "goes: status" 0 "$?"
check "goes: it is not loaded" gone
check_equal "goes: says which switches went" "psw0 psw1 psw2" \
	"$(grep -o 'had no port:.*' <<< "$said" | cut -d: -f2 | xargs -n 1 | sort | xargs)"
check_equal "absent: not a word" "" "$("$UNLOAD" 2>&1)"
check "absent: status" "$UNLOAD"
insmod "$PODSWITCH_MODULE"
check_equal "goes: nobody is told of what was not there" "" "$("$UNLOAD" 2>&1)"
check "goes: without switches" gone
insmod "$PODSWITCH_MODULE"
ktap_finish
