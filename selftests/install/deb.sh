#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages, without a VM: built twice, looked into, and taken through a root of their own, which is an overlay
# above that of selftests/vm/root and goes with the test.
#
#    sources --- make deb ----------- one/*.deb ---- dpkg -i ---+
#    a copy, elsewhere, without git - two/*.deb (the same)      |    chroot, DKMS builds the module for its kernel
#    sources, version raised -------- new/*.deb ---- dpkg -i ---+--- before = after purge
#
#  - build:   both are the same bytes; lintian is silent
#  - content: each file is in its package; nothing of this machine is in any of them; what they depend on
#  - library: a program that is not ours is compiled with libpodswitch-dev, as debian/tests says
#  - root:    installed, upgraded, removed, purged; nothing stays
# What systemd and the kernel make of them is a VM's to see.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../../scripts/common.sh
. "$TREE/scripts/common.sh"
[[ $EUID -eq 0 ]] || skip_all "needs root"
# Mounts end with the test.
[[ ${DEB_OWN_MOUNTS:-} ]] || DEB_OWN_MOUNTS=1 exec unshare -m --propagation private "$0" "$@"
need build-essential debhelper dh-dkms lintian libcjson-dev libmicrohttpd-dev libmnl-dev libnftnl-dev pkg-config debootstrap
CLEAN=$("$TREE/selftests/vm/root") || exit 1
ktap_header

VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
NEXT=$VERSION.1
MULTIARCH=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
ONE=$WORK/one TWO=$WORK/elsewhere/and/deeper/two NEW=$WORK/new

# --- build ---

# built FOLDER: what is compared; .buildinfo and .changes tell of the build itself
built() { (cd "$1" && sha256sum -- *.deb *.dsc *.tar.xz); }

# build_elsewhere: with other permissions, and without network, git and cache
build_elsewhere() {
	mkdir -p "$TWO"
	tar -xf "$("$TREE/scripts/dist" "$WORK")" -C "$WORK/elsewhere"
	cp -r "$TREE/debian" "$WORK/elsewhere/podswitch-$VERSION/"
	(umask 077 && PODSWITCH_CACHE=$WORK/cache unshare -n "$WORK/elsewhere/podswitch-$VERSION/scripts/deb" "$TWO" --no-lintian)
}

check "build: make deb, and lintian" "$TREE/scripts/deb" "$ONE"
[[ -e $(echo "$ONE"/podswitch-tools_*.deb) ]] || ktap_finish
check_equal "build: lintian is silent" "" "$(lintian --allow-root --fail-on none "$ONE"/*.changes 2>&1)"
check "build: again, elsewhere, without a network" build_elsewhere
check "build: nothing was fetched" test ! -e "$WORK/cache"
check_equal "build: the same bytes" "$(built "$ONE")" "$(built "$TWO")"
check "build: version $NEXT" "$TREE/scripts/deb" "$NEW" --version "$NEXT-0upstream1" --no-lintian

# --- content ---

# package NAME FOLDER: its file
package() { echo "$2/$1"_*.deb; }

# has PACKAGE PATH [TARGET]: a file, or a link to TARGET
has() {
	dpkg-deb -c "$(package "$1" "$ONE")" | awk '{ $1 = $2 = $3 = $4 = $5 = ""; print substr($0, 6) }' |
		grep -qxF -- "./$2${3:+ -> $3}"
}

while read -r name path _ target; do
	check "content: $name has /$path" has "$name" "$path" "$target"
done <<-EOF
	podswitch-dkms usr/src/podswitch-$VERSION/dkms.conf
	podswitch-dkms usr/src/podswitch-$VERSION/Kbuild
	podswitch-dkms usr/src/podswitch-$VERSION/kmod/main.c
	podswitch-dkms usr/src/podswitch-$VERSION/genl/uapi/linux/podswitch.h
	podswitch-dkms usr/libexec/podswitch/podswitch-unload
	podswitch-tools usr/sbin/psw
	podswitch-tools usr/libexec/podswitch/podswitch-load
	podswitch-tools lib/systemd/system/podswitch.service
	podswitch-tools usr/lib/modules-load.d/podswitch.conf
	podswitch-tools usr/lib/NetworkManager/conf.d/podswitch.conf
	podswitch-tools etc/podswitch/switches
	podswitch-tools usr/share/man/man8/psw.8.gz
	podswitch-tools usr/share/man/man8/psw-metrics.8.gz
	podswitch-tools usr/share/bash-completion/completions/psw
	podswitch-tools usr/share/zsh/vendor-completions/_psw
	podswitch-tools usr/share/fish/vendor_completions.d/psw.fish
	podswitch-exporter usr/sbin/podswitch-exporter
	podswitch-exporter usr/share/man/man8/podswitch-exporter.8.gz -> psw-metrics.8.gz
	podswitch-exporter lib/systemd/system/podswitch-exporter.service
	podswitch-exporter usr/share/doc/podswitch-exporter/examples/podswitch-alerts.yaml
	podswitch-cni usr/lib/cni/podswitch
	podswitch-cni opt/cni/bin/podswitch -> /usr/lib/cni/podswitch
	podswitch-cni usr/share/man/man8/podswitch-cni.8.gz
	podswitch-cni usr/share/doc/podswitch-cni/examples/10-podswitch.conflist
	libpodswitch0 usr/lib/$MULTIARCH/libpodswitch.so.0 -> libpodswitch.so.$VERSION
	libpodswitch-dev usr/lib/$MULTIARCH/libpodswitch.so -> libpodswitch.so.0
	libpodswitch-dev usr/lib/$MULTIARCH/libpodswitch.a
	libpodswitch-dev usr/lib/$MULTIARCH/pkgconfig/libpodswitch.pc
	libpodswitch-dev usr/include/podswitch.h
	libpodswitch-dev usr/include/linux/podswitch.h
	libpodswitch-dev usr/share/man/man3/podswitch_open.3.gz
EOF

# files: those of all packages, without folders
files() {
	local deb

	for deb in "$ONE"/*.deb; do
		dpkg-deb -c "$deb" | awk '$1 !~ /^d/ { print $6 }'
	done
}

# depends PACKAGE NAME...: on each of them
depends() {
	local all name

	all=$(dpkg-deb -f "$(package "$1" "$ONE")" Depends)
	shift
	for name; do
		grep -qE "(^|, )$name( |,|\$)" <<< "$all" || { echo "$name is not in $all"; return 1; }
	done
}

# machine: what in the packages is known on this machine alone
machine() {
	local deb name

	for deb in "$ONE"/*.deb; do
		name=$(basename "$deb" .deb)
		dpkg-deb -R "$deb" "$WORK/content/$name"
	done
	find "$WORK/content" -name '*.debug' -exec objcopy --decompress-debug-sections {} \;
	grep -rlaF -e "$TREE" -e "$WORK" -e "$cache" "$WORK/content" 2> /dev/null
}

mkdir "$WORK/content"
check_equal "content: no file is in two packages" "" "$(files | sort | uniq -d)"
check_equal "content: nothing is where administrators put things" "" "$(files | grep -E '^\./(usr/local|etc/cni|var|run)/')"
check_equal "content: nothing of this machine" "" "$(machine)"
check "depends: podswitch-dkms" depends podswitch-dkms dkms iproute2
check "depends: podswitch-tools" depends podswitch-tools libc6 libmnl0 libcjson1 libpodswitch0
check "depends: podswitch-exporter" depends podswitch-exporter libmicrohttpd12 libpodswitch0 podswitch-tools
check "depends: podswitch-cni" depends podswitch-cni libc6 libmnl0 libcjson1 libnftnl11
check "depends: libpodswitch-dev" depends libpodswitch-dev libpodswitch0 libmnl-dev

# --- library ---

# with_library COMMAND...: as if libpodswitch0 and libpodswitch-dev were installed here
with_library() {
	local lib=$WORK/content/lib/usr/lib/$MULTIARCH

	PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$WORK/content/lib LD_LIBRARY_PATH=$lib "$@"
}

for name in libpodswitch0 libpodswitch-dev; do
	dpkg-deb -x "$(package $name "$ONE")" "$WORK/content/lib"
done
check "library: a program is compiled, and runs" with_library "$TREE/debian/tests/library"

# --- root ---

ROOT=$WORK/node
mkdir "$WORK/upper" "$WORK/work" "$ROOT"
mount -t overlay overlay -o "lowerdir=$CLEAN,upperdir=$WORK/upper,workdir=$WORK/work" "$ROOT" || exit 1
defer umount -l "$ROOT"
mount --rbind /proc "$ROOT/proc" && mount --rbind /dev "$ROOT/dev" || exit 1
mount -t tmpfs tmpfs "$ROOT/run" && mount -t tmpfs tmpfs "$ROOT/tmp" || exit 1
# One kernel is enough to build for.
KERNELS=("$ROOT"/lib/modules/*)
rm -rf "${KERNELS[@]:1}"
depmod -b "$ROOT" "$(basename "${KERNELS[0]}")" 2> /dev/null
mkdir "$ROOT/tmp/one" "$ROOT/tmp/new"
cp "$ONE"/*.deb "$ROOT/tmp/one/"
cp "$NEW"/*.deb "$ROOT/tmp/new/"
cp "$TREE/debian/tests/programs" "$ROOT/tmp/"

inside() { DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$ROOT" "$@"; }

# all_of FOLDER: its packages but those for development and debugging
all_of() { find "$ROOT$1" -name '*.deb' ! -name '*-dbgsym_*' ! -name '*-dev_*' -printf "$1/%f\n"; }

# listing: what is in the root, apart from logs, dpkg's own books, caches, and DKMS's own key
listing() {
	(cd "$ROOT" && find . -xdev -path ./var/log -prune -o -path ./var/lib/dpkg -prune -o -path ./var/cache -prune \
		-o -path './var/lib/dkms/mok.*' -prune -o -path ./tmp -prune -o -printf '%p %y %m %U %G %l\n') | sort
}

# settings: what is in /etc and in dpkg's book
settings() {
	(cd "$ROOT" && find etc -type f ! -name ld.so.cache -exec sha256sum {} + | sort -k 2)
	# shellcheck disable=SC2016 # for dpkg
	inside dpkg-query -Wf '${Package} ${Status}\n'
}

# module: the version of the one that DKMS has built
module() { modinfo -F version "$(find "$ROOT"/lib/modules/*/updates -name 'podswitch.ko*')"; }

# names: of our packages
# shellcheck disable=SC2016 # for dpkg
names() { inside dpkg-query -Wf '${Package} ' 'podswitch-*' 'libpodswitch*'; }

mapfile -t one < <(all_of /tmp/one)
mapfile -t new < <(all_of /tmp/new)
listing > "$WORK/before"
settings > "$WORK/settings"

check "root: installed" inside dpkg -i "${one[@]}"
check "root: the programs run" inside /tmp/programs
check_equal "root: DKMS has built the module" "$VERSION" "$(module)"
for name in podswitch podswitch-exporter; do
	check "root: $name.service is started at boot" test -L "$ROOT/etc/systemd/system/multi-user.target.wants/$name.service"
done
check_equal "root: no runtime is told to use the plugin" "" "$(ls "$ROOT/etc/cni/net.d" 2> /dev/null)"
check_equal "root: manual pages that lead nowhere" "" "$(find "$ROOT/usr/share/man" -name 'p*sw*' -xtype l)"

mkdir -p "$ROOT/etc/podswitch" "$ROOT/run/podswitch"
echo pods > "$ROOT/etc/podswitch/mine"
echo why > "$ROOT/run/podswitch/not-loaded"
check "root: upgraded" inside dpkg -i "${new[@]}"
check "root: the programs run, of $NEXT" inside /tmp/programs
check_equal "root: DKMS has built the module, of $NEXT" "$NEXT" "$(module)"
check_equal "root: one version's sources are there" "$ROOT/usr/src/podswitch-$NEXT" "$(echo "$ROOT"/usr/src/podswitch-*)"
check "root: what the administrator wrote is there" test -e "$ROOT/etc/podswitch/mine"

# shellcheck disable=SC2046 # names
check "root: removed" inside dpkg -r $(names)
check "root: and what the administrator wrote is there" test -e "$ROOT/etc/podswitch/mine"
check_equal "root: and the module is not" "" "$(find "$ROOT/lib/modules" "$ROOT/var/lib/dkms" -name 'podswitch*')"
# shellcheck disable=SC2046 # names
check "root: purged" inside dpkg -P $(names)
check_equal "root: all files are those of before" "" "$(listing | diff "$WORK/before" -)"
check_equal "root: and what is set" "" "$(settings | diff "$WORK/settings" -)"
check "root: nothing in /run" test ! -e "$ROOT/run/podswitch"
ktap_finish
