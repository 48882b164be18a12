#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The image that deploy/Dockerfile makes: what is in it runs there, and it builds the module against a node's headers, with
# the mounts of deploy/podswitch.yaml; it is not loaded, so that one kernel is enough for all.
#
#   a node's /lib/modules, /usr/src, /usr/lib ---> [load], whose insmod tells what it is given
#
# programs:  each starts, and is of this version
# build:     for each kernel whose headers the node has
. "$(dirname "$0")/../lib.sh"
[[ $(id -u) -eq 0 ]] || skip_all "needs root"
need_commands modinfo unshare jq
# Mounts of its own.
[[ ${PODSWITCH_APART:-} ]] || PODSWITCH_APART=1 exec unshare -m "$0"
IMAGE_ROOT=${PODSWITCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/podswitch}/image/root
[[ -x $IMAGE_ROOT/usr/libexec/podswitch/podswitch-node ]] || skip_all "there is no image: selftests/install/image makes it"
NODE_ROOT=$("$TREE/selftests/vm/root" node 2>/dev/null)
VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
MANIFEST=$TREE/deploy/podswitch.yaml

# inside COMMAND...: in the image, over which changes are made that are lost
inside() {
	chroot "$WORK/root" "$@"
}

# mounts: of the loader, a line each: the node's folder, and where it is
mounts() {
	mkdir -p "$WORK/given"
	echo node >"$WORK/given/NODE_NAME"
	/usr/bin/python3 "$TREE/selftests/install/manifest.py" podman "$MANIFEST" load "$WORK/given" |
		sed -nE 's/^--volume=([^:]*):([^:]*):ro$/\1 \2/p'
}

# A kernel of its own the container cannot have: uname names it, and insmod keeps what it is given.
pretend() {
	printf '#!/bin/sh\ncase "$*" in -r) echo %s ;; *) exec /usr/bin/uname "$@" ;; esac\n' "$1" >"$WORK/root/usr/local/bin/uname"
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\ncp "$1" /kept.ko\nexit 1\n' >"$WORK/root/usr/local/bin/insmod"
	printf '#!/bin/sh\necho "modprobe: FATAL: Module podswitch not found in directory /lib/modules"\nexit 1\n' >"$WORK/root/usr/local/bin/modprobe"
	chmod +x "$WORK/root/usr/local/bin"/*
	rm -f "$WORK/root/kept.ko"
}

# mount_proc: /proc for the container, of a kernel that knows modules, even if this one does not
mount_proc() {
	local proc=$WORK/root/proc

	if [[ -e /proc/modules ]]; then
		mount -t proc proc "$proc"
		return
	fi
	mkdir "$WORK/root/real"
	mount -t proc proc "$WORK/root/real"
	mount -t tmpfs none "$proc"
	touch "$proc/modules" "$proc/cmdline"
	ln -s /real/self /real/mounts /real/meminfo /real/stat "$proc/"
}

# builds RELEASE: the loader comes to load what it has built for that kernel
builds() {
	pretend "$1"
	inside env PATH="/usr/local/bin:$PATH" /usr/libexec/podswitch/podswitch-node load
	[[ -s $WORK/root/kept.ko ]] || { tail -n 20 "$WORK/root/run/podswitch/build.log"; return 1; }
}

ktap_header
mkdir -p "$WORK/root" "$WORK/over"
mount -t tmpfs none "$WORK/over" || skip_all "cannot mount"
mkdir "$WORK/over"/{upper,work}
defer umount "$WORK/over"
mount -t overlay none -o "lowerdir=$IMAGE_ROOT,upperdir=$WORK/over/upper,workdir=$WORK/over/work" "$WORK/root" || skip_all "cannot mount"
defer umount -R "$WORK/root"
mount_proc
mount --bind /dev "$WORK/root/dev"

# --- programs ---

check_equal "programs: psw" "psw $VERSION" "$(inside psw -V | head -n 1 | awk '{ print $1, $2 }')"
check_equal "programs: the exporter" "podswitch-exporter $VERSION" "$(inside podswitch-exporter -V)"
check "programs: the plugin" eval 'CNI_COMMAND=VERSION inside /usr/libexec/podswitch/podswitch-cni <<<"{\"cniVersion\": \"1.0.0\"}" | jq -e .supportedVersions'
check_fail "programs: the plugin is one file" "not a dynamic executable" ldd "$IMAGE_ROOT/usr/libexec/podswitch/podswitch-cni"
check "programs: what podswitch-node wants" inside sh -c 'command -v curl jq awk cmp flock modprobe insmod make gcc'
check "programs: the script is the tree's" cmp "$TREE/deploy/podswitch-node" "$IMAGE_ROOT/usr/libexec/podswitch/podswitch-node"
check_equal "programs: the module's sources are the tree's" "" \
	"$(diff -r "$TREE/kmod" "$IMAGE_ROOT/usr/share/podswitch/source/kmod" | grep -vE '\.(o|ko|mod|mod\.c|cmd)$')"
check_equal "programs: nothing of the build is left" "" "$(find "$IMAGE_ROOT" -maxdepth 1 \( -name src -o -name cache -o -name out -o -name image \))"

# --- build ---

if [[ -d $NODE_ROOT/usr/src ]]; then
	while read -r from to; do
		[[ -d $NODE_ROOT$from ]] || continue
		mkdir -p "$WORK/root$to"
		mount --bind -o ro "$NODE_ROOT$from" "$WORK/root$to"
	done < <(mounts)
	mkdir -p "$WORK/root/run/podswitch"
	for release in $(find "$NODE_ROOT/lib/modules/" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort); do
		[[ -e $NODE_ROOT/usr/src/linux-headers-$release ]] || continue
		check "build: for $release" builds "$release"
		check_equal "build: for $release: it is" "$release $VERSION" \
			"$(modinfo -F vermagic "$WORK/root/kept.ko" | cut -d' ' -f1) $(modinfo -F version "$WORK/root/kept.ko")"
	done
else
	skip "build: for a node's kernels" "needs selftests/vm/root"
fi
ktap_finish
