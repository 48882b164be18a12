#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# DKMS on a node: a new kernel's headers are installed, and the module is there for it, signed, before it boots. The node is a
# Debian 12 in a folder, whose changes go to another one; Debian's own packages call DKMS, and a VM boots it.
#
#     linux-headers-6.12... --- /etc/kernel/header_postinst.d/dkms --- dkms autoinstall --- /lib/modules/6.12.../updates/dkms
#
# add:       the sources, as make install-dkms puts them, and the module for the kernel that is there
# signed:    by DKMS's own key, and by another that is named to it
# upgrade:   a second kernel comes, by its packages, boots, and goes
# excluded:  a kernel that is not of the range, or lacks an option, is left alone
# removed:   nothing is left
# newer:     the same with the DKMS of Debian 13
. "$(dirname "$0")/../lib.sh"
. "$TREE/scripts/common.sh"
[[ $EUID -eq 0 ]] || skip_all "needs root"
# What is mounted goes with the test.
[[ ${DKMS_NAMESPACE:-} ]] || DKMS_NAMESPACE=1 exec unshare -m "$0" "$@"
need_commands unshare
ktap_header

VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
eval "$("$TREE/selftests/vm/kernel" 6.1)"
OLD=$KVER
eval "$("$TREE/selftests/vm/kernel" 6.12)"
NEW=$KVER
BASE=$("$TREE/selftests/vm/root" node)
DEBS=$("$TREE/selftests/vm/root" clean)/var/cache/apt/archives
NODE=$WORK/node

# in_node COMMAND...: as root of the node
in_node() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$NODE" "$@"
}
# new_node NAME: one that has the first kernel's headers alone
new_node() {
	mkdir -p "$WORK/$1"/{files,work} "$NODE"
	mount -t overlay -o "lowerdir=$BASE,upperdir=$WORK/$1/files,workdir=$WORK/$1/work" node "$NODE" || exit 1
	mount --rbind /proc "$NODE/proc"
	mount --rbind /dev "$NODE/dev"
	mount -t tmpfs none "$NODE/tmp"
	mkdir "$NODE/tmp/debs"
	mount --bind "$DEBS" "$NODE/tmp/debs"
	check "$1: a node without the second kernel" \
		in_node dpkg --purge "linux-headers-$NEW" "linux-image-$NEW"
	rm -rf "${NODE:?}/lib/modules/$NEW"
}
end_node() {
	umount -R "$NODE"
}
# arrive VERSION: the kernel and its headers, as apt would install them
arrive() {
	# shellcheck disable=SC2016 # for the node
	in_node sh -ec 'dpkg -i /tmp/debs/linux-image-"$1"_*.deb /tmp/debs/linux-headers-"$1"_*.deb' - "$1"
}
# module RELEASE: where DKMS has put it
module() {
	( cd "$NODE" && find "lib/modules/$1" -name 'podswitch.ko*' 2> /dev/null )
}
# about RELEASE FIELD: what the module says of itself
about() {
	in_node modinfo -F "$2" "/$(module "$1")"
}
# things: every file that DKMS might leave; its keys are its own, and depmod's indexes are of all modules
things() {
	( cd "$NODE" && find usr/src var/lib/dkms lib/modules etc usr/share usr/libexec -name 'mok.*' -o -name 'modules.*' -o -print | sort )
}
# is_for RELEASE: the module is there, is of that kernel, and modprobe would take it
is_for() {
	[[ $(about "$1" vermagic) == "$1 "* && $(about "$1" version) == "$VERSION" ]] &&
		in_node modprobe -n --show-depends -S "$1" podswitch
}
in_dkms() {
	in_node dkms "$@"
}
# excluded NAME HEADERS: for a kernel of that name, with these headers, DKMS does nothing, and its packages install
excluded() {
	mkdir -p "$NODE/lib/modules/$1"
	ln -s "$2" "$NODE/lib/modules/$1/build"
	check "excluded: $1: its packages install" in_node /etc/kernel/header_postinst.d/dkms "$1" < /dev/null
	check_equal "excluded: $1: no module" "" "$(module "$1")"
	# shellcheck disable=SC2016 # for the node
	check "excluded: $1: DKMS says so" in_node sh -c '! dkms build "podswitch/$1" -k "$2" 2>&1' - "$VERSION" "$1"
	rm -r "$NODE/lib/modules/$1"
}

# --- Debian 12 ---

new_node bookworm
before=$(things)
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TREE" install-dkms DESTDIR="$NODE" PREFIX=/usr
check "add: the sources" in_dkms add "podswitch/$VERSION"
check "add: the module" in_dkms install "podswitch/$VERSION" -k "$OLD"
check "add: it is there" is_for "$OLD"
check_equal "signed: by DKMS's own key" "DKMS module signing key" "$(about "$OLD" signer)"

check "upgrade: the second kernel comes" arrive "$NEW"
check "upgrade: its module is there" is_for "$NEW"
check_equal "upgrade: so DKMS says" 2 "$(in_dkms status "podswitch/$VERSION" 2> /dev/null | grep -c installed)"
check "upgrade: what the kernel calls at boot has nothing to do" in_dkms autoinstall -k "$NEW"
# Without what is mounted in it.
mkdir "$WORK/disk"
mount --bind "$NODE" "$WORK/disk"
# shellcheck disable=SC2016 # for the node
check "upgrade: it boots, and the module is there" "$TREE/selftests/vm/run" 6.12 --root "$WORK/disk" -- \
	sh -exc 'uname -r; modinfo -n podswitch; modprobe podswitch; ip link add psw0 type podswitch
		test "$(modinfo -F vermagic podswitch | cut -d" " -f1)" = "$(uname -r)"'
umount "$WORK/disk"

openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=a test of podswitch" -outform DER \
	-keyout "$NODE/tmp/key" -out "$NODE/tmp/certificate" 2> /dev/null
printf 'mok_signing_key="/tmp/key"\nmok_certificate="/tmp/certificate"\n' > "$NODE/etc/dkms/framework.conf.d/test.conf"
check "signed: built anew with another key" in_dkms build --force "podswitch/$VERSION" -k "$NEW"
check "signed: and installed" in_dkms install --force "podswitch/$VERSION" -k "$NEW"
check_equal "signed: by that key" "a test of podswitch" "$(about "$NEW" signer)"
rm "$NODE/etc/dkms/framework.conf.d/test.conf"

# This DKMS, 3.0.10, takes what is excluded for a failure, of any module, unless it is told to leave new kernels alone.
touch "$NODE/etc/dkms/no-autoinstall"
excluded 5.10.0-46-amd64 "/usr/src/linux-headers-$OLD"
excluded 7.4.0-amd64 "/usr/src/linux-headers-$OLD"
cp -a "$NODE/usr/src/linux-headers-$OLD" "$NODE/tmp/headers"
sed -i '/^CONFIG_VETH=/d' "$NODE/tmp/headers/.config"
excluded 6.1.0-999-tiny /tmp/headers

rm "$NODE/etc/dkms/no-autoinstall"

check "upgrade: the second kernel goes" in_node dpkg --purge "linux-headers-$NEW" "linux-image-$NEW"
check_equal "upgrade: with its module" "" "$(module "$NEW")"
check "upgrade: the first's stays" is_for "$OLD"
check "removed: by DKMS" in_dkms remove "podswitch/$VERSION" --all
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TREE" uninstall-dkms DESTDIR="$NODE" PREFIX=/usr
check "removed: nothing is left" diff <(echo "$before") <(things)
end_node

# --- Debian 13's DKMS ---

new_node trixie
our_update
deb=$WORK/debs
mkdir "$deb"
( cd "$deb" && loudly our apt-get download dkms/trixie )
cp "$deb"/dkms_*.deb "$NODE/tmp/"
check "newer: DKMS is" in_node sh -ec 'dpkg --force-depends --force-confnew -i /tmp/dkms_*.deb; dkms --version | grep -q "dkms-3\.[2-9]"'
before=$(things)
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TREE" install-dkms DESTDIR="$NODE" PREFIX=/usr
check "newer: the sources" in_dkms add "podswitch/$VERSION"
check "newer: the second kernel comes" arrive "$NEW"
check "newer: its module is there" is_for "$NEW"
check_equal "newer: signed" "DKMS module signing key" "$(about "$NEW" signer)"
excluded 7.4.0-amd64 "/usr/src/linux-headers-$OLD"
check "newer: the second kernel goes" in_node dpkg --purge "linux-headers-$NEW" "linux-image-$NEW"
check "newer: removed" in_dkms remove "podswitch/$VERSION" --all
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TREE" uninstall-dkms DESTDIR="$NODE" PREFIX=/usr
check "newer: nothing is left" diff <(echo "$before") <(things)
end_node
ktap_finish
