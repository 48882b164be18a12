#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# On a node that cannot have the module, or the plugin, everyone who asks is told why and what to do: kubelet by the plugin's
# STATUS and ADD, and a person by psw and psw doctor.
#
#     podswitch-load ---> /run/podswitch/not-loaded ---> podswitch (STATUS, ADD), psw, psw doctor
#
# headers:    they are missing
# range:      the kernel is not of it
# forbidden:  modprobe.d says so
# files:      what others than root can have written is not quoted
# loaded:     the reason goes with the fault
# read-only:  the folder of the plugins
. "$(dirname "$0")/../cni/lib.sh"
need_module
need_commands jq unshare
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "the module is not the harness's to unload"
rmmod podswitch || skip_all "the module is in use"
ktap_header

LOAD=$TREE/deploy/podswitch-load
RELEASE=$(uname -r)
REASON=/run/podswitch/not-loaded
PATH=$BUILD:$PATH
IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
UNLOADED="The kernel module podswitch is not loaded"
make_ns p1

# load [WORD...]: on a node that has nothing for its kernel but what is put into $WORK/modules
load() {
	# shellcheck disable=SC2016 # for the shell that is called
	unshare -m sh -ec 'mount --bind "$1" /lib/modules; shift; exec "$@"' - "$WORK/modules" "$LOAD" "$@"
}
status() {
	cni STATUS "$(conf)" CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= CNI_ARGS=
}
# found STATUS CHECK TEXT: it is among what psw doctor finds
found() {
	local findings

	findings=$(psw -j doctor "$2" cni-bin "${BIN:-$BUILD}")
	jq -e --arg status "$1" --arg text "$3" \
		'any(.[]; .status == $status and (.text | contains($text)))' <<< "$findings" || { echo "$findings"; return 1; }
}
# told NAME SENTENCE: whoever asks is
told() {
	check_equal "$1: the reason" "$2" "$(cat "$REASON" 2>&1)"
	check "$1: STATUS" refused 50 "$UNLOADED: $2" status
	check "$1: ADD" refused 101 "$UNLOADED: $2" add "$(conf)" p1
	check_equal "$1: psw" "psw: switch show: $UNLOADED: $2" "$(psw switch show 2>&1)"
	check "$1: psw doctor" found notice module "podswitch-load could not load it: $2"
}

check "without a reason: STATUS" refused 50 "$UNLOADED" status
mkdir -p "$WORK/modules/$RELEASE"
check_fail "headers: podswitch-load" "are missing" load --source "$TREE"
told headers "the headers of Linux $RELEASE are missing, to build the module with: apt-get install linux-headers-$RELEASE"
check "headers: psw doctor sees it itself" found problem module "the headers of Linux $RELEASE are missing"

mkdir "$WORK/source"
sed 's/: Linux .*/: Linux 4.1 to 4.3/; s/^\(BUILD_EXCLUSIVE_KERNEL\)=.*/\1="^4\\.[1-3]\\."/' "$TREE/dkms.conf" > "$WORK/source/dkms.conf"
check_fail "range: podswitch-load" "is not of the range" load --source "$WORK/source"
told range "Linux $RELEASE is not of the range from 4.1 to 4.3: boot a kernel that is"

mkdir -p /run/modprobe.d
defer rm -f /run/modprobe.d/podswitch-test.conf
echo "install podswitch /bin/false" > /run/modprobe.d/podswitch-test.conf
mkdir -p "$WORK/modules/$RELEASE/extra"
cp "$PODSWITCH_MODULE" "$WORK/modules/$RELEASE/extra/podswitch.ko"
# shellcheck disable=SC2016 # for the shell that is called
unshare -m sh -ec 'mount --bind "$1" /lib/modules; depmod 2> /dev/null' - "$WORK/modules"
check_fail "forbidden: podswitch-load" "modprobe.d forbids" load
told forbidden "modprobe.d forbids podswitch (install): remove it from /run/modprobe.d/podswitch-test.conf"
echo "blacklist podswitch" > /run/modprobe.d/podswitch-test.conf
check_fail "forbidden: podswitch-load heeds a blacklist" "modprobe.d forbids podswitch (blacklist)" load

# unquoted: STATUS says no more than that there is no module
unquoted() {
	local out

	out=$(status)
	[[ $(jq -r .msg <<< "$out") == "$UNLOADED" ]] || { echo "$out"; return 1; }
}
chmod 666 "$REASON"
check "files: one that anybody can write" unquoted
chmod 644 "$REASON"
chown 1 "$REASON"
check "files: somebody else's" unquoted
chown 0 "$REASON"
mv "$REASON" "$REASON.moved"
ln -s "$REASON.moved" "$REASON"
check "files: a link" unquoted
rm "$REASON.moved" "$REASON"
mkfifo "$REASON"
check "files: a pipe, which nobody waits for" unquoted
rm "$REASON"
printf 'a\033[2Jb\n' > "$REASON"
check "files: no words" unquoted
head -c 100000 /dev/zero | tr '\0' x > "$REASON"
check "files: too many words" unquoted

rm /run/modprobe.d/podswitch-test.conf
mkdir -p "$WORK/image/$RELEASE"
rm -r "$WORK/modules/$RELEASE/extra" "$WORK/modules/$RELEASE"/modules.*
cp "$PODSWITCH_MODULE" "$WORK/image/$RELEASE/podswitch.ko"
check "loaded: from the image" load --prebuilt "$WORK/image"
check "loaded: the reason is gone" test ! -e "$REASON"
check_equal "loaded: STATUS" "" "$(status)"
check_equal "loaded: once more is no harm" "" "$("$LOAD" 2>&1)"
check "loaded: psw" psw switch show
check "loaded: ADD" add "$(conf)" p1
del "$(conf)" p1

BIN=$WORK/cni-bin
mkdir "$BIN"
mount -t tmpfs -o ro none "$BIN"
defer umount "$BIN"
check "read-only: psw doctor" found problem plugin "the file system of $BIN/podswitch is read-only"
BIN=$WORK/cni-bin/deeper
check "read-only: and what is below it" found problem plugin "the file system of $BIN/podswitch is read-only"
BIN=$WORK/none
check "read-only: not one that is only absent" found problem plugin "the plugin is not there"
ktap_finish
