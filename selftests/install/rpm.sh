#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The RPM packages, as Debian's rpm builds them.
#
#    make dist --- packaging/podswitch.spec --- rpmbuild --- *.rpm --- rpm -i --- a root of their own --- rpm -e --- empty
#
#  - build:   all packages, of the version that dkms.conf says
#  - content: each file is in its package; what they require has Fedora's names; their scripts are shell
#  - root:    they go in and out together
# DKMS, systemd and depmod are not in that root: scripts do not run there.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../../scripts/common.sh
. "$TREE/scripts/common.sh"
[[ $EUID -eq 0 ]] || skip_all "needs root"
need rpm gcc make libcjson-dev libmicrohttpd-dev libmnl-dev libnftnl-dev
ktap_header

VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
LIB=$(rpm --eval '%{_libdir}')
OUT=$WORK/rpm
ROOT=$WORK/root

# query PACKAGE ARGUMENT...: of rpm -qp
query() {
	local name=$1
	shift

	rpm -qp "$@" "$OUT/$name-$VERSION-"*.rpm
}

has() { query "$1" -l | grep -qxF "$2"; }
requires() { query "$1" --requires | grep -qxF -- "$2"; }

# scripts_are_shell: each that has some
scripts_are_shell() {
	local name

	for name in dkms tools exporter; do
		query "podswitch-$name" --qf '[%{PREIN}\n]%|POSTIN?{%{POSTIN}}:{}|\n%|PREUN?{%{PREUN}}:{}|\n%|POSTUN?{%{POSTUN}}:{}|\n' |
			grep -vx '(none)' > "$WORK/scripts"
		sh -n "$WORK/scripts" || return
	done
}

# in_root ARGUMENT...: rpm, with a root and books of its own
in_root() { rpm --root "$ROOT" --dbpath /var/lib/rpm "$@"; }

# left: in the root, apart from the books
left() { find "$ROOT" -path "$ROOT/var/lib/rpm" -prune -o ! -type d -print; }

check "build: make rpm" "$TREE/scripts/rpm" "$OUT"
check_equal "build: the version" "$VERSION" "$(rpmspec -q --srpm --qf '%{VERSION}' "$TREE/packaging/podswitch.spec")"

while read -r name path; do
	check "content: podswitch-$name has $path" has "podswitch-$name" "$path"
done <<-EOF
	dkms /usr/src/podswitch-$VERSION/dkms.conf
	dkms /usr/src/podswitch-$VERSION/kmod/main.c
	dkms /usr/libexec/podswitch/podswitch-unload
	tools /usr/sbin/psw
	tools /usr/libexec/podswitch/podswitch-load
	tools /usr/lib/systemd/system/podswitch.service
	tools /etc/podswitch/switches
	tools /usr/share/man/man8/psw.8
	tools /usr/share/zsh/site-functions/_psw
	exporter /usr/sbin/podswitch-exporter
	exporter /usr/lib/systemd/system/podswitch-exporter.service
	cni /usr/libexec/cni/podswitch
	cni /opt/cni/bin/podswitch
	libs $LIB/libpodswitch.so.0
	devel /usr/include/podswitch.h
	devel /usr/share/man/man3/podswitch_open.3
	static $LIB/libpodswitch.a
EOF

for name in dkms iproute kmod; do
	check "content: podswitch-dkms requires $name" requires podswitch-dkms "$name"
done
check "content: podswitch-devel requires pkgconfig(libmnl)" requires podswitch-devel "pkgconfig(libmnl)"
check "content: podswitch-cni requires libcjson" requires podswitch-cni "libcjson.so.1()(64bit)"
check "content: scripts are shell" scripts_are_shell

mkdir -p "$ROOT/var/lib/rpm"
rm -f "$OUT"/*.src.rpm
check "root: installed" in_root -i --nodeps --noscripts "$OUT"/*.rpm
check_equal "root: psw runs" "psw $VERSION" "$(LD_LIBRARY_PATH=$ROOT$LIB "$ROOT/usr/sbin/psw" -V)"
# shellcheck disable=SC2046 # names
check "root: removed" in_root -e --nodeps --noscripts $(in_root -qa --qf '%{NAME} ')
check_equal "root: nothing is left" "" "$(left)"
ktap_finish
