#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A kernel that takes only modules which it trusts refuses ours, and podswitch-load, STATUS and psw doctor say what to do. What
# is switched on here stays on until the next boot: this test wants a VM of its own.
#
#     podswitch.ko --- sign-file, with a key that nobody enrolled --- insmod --- lockdown, then module.sig_enforce
#
# free:      signed or not, the module loads
# lockdown:  as Secure Boot has it: neither does, and what Debian has signed does
# enforced:  with module.sig_enforce=1 as well: the same, in another word of the kernel
. "$(dirname "$0")/../cni/lib.sh"
need_module
need_commands jq openssl modinfo
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "the module is not the harness's to unload"
ENFORCE=/sys/module/module/parameters/sig_enforce
LOCKDOWN=/sys/kernel/security/lockdown
mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
[[ -w $ENFORCE && -w $LOCKDOWN ]] || skip_all "the kernel knows no signatures of modules"
rmmod podswitch || skip_all "the module is in use"
ktap_header

LOAD=$TREE/deploy/podswitch-load
RELEASE=$(uname -r)
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
eval "$("$TREE/selftests/vm/kernel" "$RELEASE")"
openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=a test of podswitch" -outform DER \
	-keyout "$WORK/key" -out "$WORK/certificate" 2> /dev/null
mkdir -p "$WORK/bare/$RELEASE" "$WORK/signed/$RELEASE"
cp "$PODSWITCH_MODULE" "$WORK/bare/$RELEASE/podswitch.ko"
cp "$PODSWITCH_MODULE" "$WORK/signed/$RELEASE/podswitch.ko"
check "free: it is signed as DKMS does it" \
	"$KDIR/scripts/sign-file" sha256 "$WORK/key" "$WORK/certificate" "$WORK/signed/$RELEASE/podswitch.ko"
check_equal "free: by that key" "a test of podswitch" "$(modinfo -F signer "$WORK/signed/$RELEASE/podswitch.ko")"

# load FOLDER
load() {
	"$LOAD" --prebuilt "$WORK/$1" --source "$WORK/none"
}
# refuses NAME BY
refuses() {
	local name=$1 folder
	local sentence="the kernel takes only modules that a key which it trusts has signed ($2): boot without it, or have the "
	sentence+="module signed with a key that this kernel trusts"

	for folder in bare signed; do
		check_equal "$name: $folder: podswitch-load" "podswitch-load: $sentence" "$(load "$folder" 2>&1)"
	done
	check "$name: STATUS" refused 50 "is not loaded: $sentence" \
		cni STATUS "$(conf)" CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= CNI_ARGS=
	check "$name: psw doctor" grep -F "the kernel takes only modules that are signed ($2)" <("$PSW" doctor module)
	check "$name: what Debian has signed is taken" modprobe dummy
	rmmod dummy
}
for folder in bare signed; do
	check "free: $folder" load "$folder"
	rmmod podswitch
done
echo integrity > "$LOCKDOWN"
refuses lockdown lockdown
echo Y > "$ENFORCE"
refuses enforced lockdown
ktap_finish
