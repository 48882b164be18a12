# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests to source that need a machine which has never seen podswitch: they boot one, and go on there.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
OVER=$WORK/over

# in_root KERNEL ROOT [OPTION...]: in the VM goes on; elsewhere runs this test in a VM, as "run --root" with these options
in_root() {
	local kernel=$1 root=$2
	shift 2

	[[ ! ${PODSWITCH_IN_ROOT:-} ]] || return 0
	root=$("$TREE/selftests/vm/root" "$root") || exit
	PODSWITCH_IN_ROOT=1 PODSWITCH_BUILD=$BUILD "$TREE/selftests/vm/run" "$kernel" --root "$root" --cwd "$TREE" "$@" -- "$0"
	exit
}

# outside: is this the machine, not the VM? Within another VM there is no place for one.
outside() {
	[[ ! ${PODSWITCH_IN_ROOT:-} ]] || return 1
	[[ ! ${PODSWITCH_MODULE:-} ]] || skip_all "boots a VM of its own: run it on the machine"
	[[ $(id -u) -eq 0 ]] || skip_all "needs root"
}

# install_over: what "make install" installs, in OVER
install_over() {
	make -s -C "$TREE" install DESTDIR="$OVER" PREFIX=/usr > "$WORK/log" 2>&1 && return
	cat "$WORK/log"
	skip_all "make install failed"
}

# module_over KERNEL: the module, built for it and known to modprobe, in OVER
module_over() {
	local modules KVER MODULES tmp=$WORK/modules

	eval "$("$TREE/selftests/vm/kernel" "$1" | grep -E '^(KVER|MODULES)=|KVER=')"
	modules=usr/lib/modules/$KVER
	"$TREE/selftests/vm/kbuild" "$1" "$TREE" "$BUILD/vm/$KVER" > "$WORK/log" 2>&1 || { cat "$WORK/log"; exit 1; }
	mkdir -p "$tmp/lib/modules/$KVER/updates" "$OVER/$modules/updates"
	ln -s "$MODULES/kernel" "$tmp/lib/modules/$KVER/"
	cp "$MODULES"/modules.* "$tmp/lib/modules/$KVER/"
	cp "$BUILD/vm/$KVER/podswitch.ko" "$tmp/lib/modules/$KVER/updates/"
	depmod -b "$tmp" "$KVER"
	cp "$tmp/lib/modules/$KVER"/modules.* "$OVER/$modules/"
	cp "$BUILD/vm/$KVER/podswitch.ko" "$OVER/$modules/updates/"
}
