#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tarball of "make dist".
#
#    sources --- make dist --- podswitch-VERSION.tar.xz --- unpacked, elsewhere --- make dist --- the same
#                                                                     |
#                                                                     +--- make; psw, the plugin and a test run
#
#  - same:   twice, from the tarball itself, and from there when it is full of what was built
#  - inside: all that git knows but debian/, with root as the owner and one time
#  - builds: without git
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_commands git make gcc tar xz sha256sum
ktap_header

VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
NAME=podswitch-$VERSION
TARBALL=$WORK/one/$NAME.tar.xz
THERE=$WORK/there/$NAME

# in_copy COMMAND...: in the unpacked one, as if nobody had called make
in_copy() { (cd "$THERE" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u PODSWITCH_BUILD "$@"); }

# sum FOLDER: of the tarball there
sum() { sha256sum < "$1/$NAME.tar.xz"; }

# owners, times: those in the tarball, each once
owners() { tar --numeric-owner -tvf "$TARBALL" | awk '{ print $2 }' | sort -u; }
times() { tar --full-time --utc -tvf "$TARBALL" | awk '{ print $4, $5 }' | sort -u; }

# committed: when, likewise; of sources that git does not know, only that there is one time can be said
committed() {
	if [[ -e $TREE/.git ]]; then
		TZ=UTC git -C "$TREE" log -1 --date=format-local:'%Y-%m-%d %H:%M:%S' --format=%cd
	else
		times | head -n 1
	fi
}

# known: what git knows, and the tarball should have
known() { git -C "$TREE" -c core.quotePath=off ls-files | grep -v '^debian/' | sed "s,^,$NAME/," | LC_ALL=C sort; }

check "same: make dist" "$TREE/scripts/dist" "$WORK/one"
check "same: again" "$TREE/scripts/dist" "$WORK/two"
check_equal "same: bytes" "$(sum "$WORK/one")" "$(sum "$WORK/two")"
[[ ! -e $TREE/.git ]] || check_equal "inside: what git knows" "$(known)" "$(tar -tf "$TARBALL")"
check_equal "inside: no debian/" "" "$(tar -tf "$TARBALL" | grep "^$NAME/debian/")"
check_equal "inside: root's" "0/0" "$(owners)"
check_equal "inside: of the last commit's time" "$(committed)" "$(times)"

mkdir "$WORK/there"
tar -xf "$TARBALL" -C "$WORK/there"
check "same: make dist in the tarball's sources" in_copy make -s dist
check_equal "same: bytes from there" "$(sum "$WORK/one")" "$(sum "$THERE/build")"
check "builds: make" in_copy make -s all tools
check_equal "builds: psw" "psw $VERSION" "$("$THERE/build/psw" -V)"
check "builds: a test of psw" in_copy selftests/user/cli.sh
touch "$THERE/kmod/main.o" "$THERE/kmod/podswitch.mod.c" "$THERE/kmod/.main.o.cmd" "$THERE/Module.symvers"
check "same: make dist in the midst of what was built" in_copy make -s dist
check_equal "same: bytes from there, too" "$(sum "$WORK/one")" "$(sum "$THERE/build")"
ktap_finish
