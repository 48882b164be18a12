# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the tests to source, behind lib.sh: podswitch installed in a folder, and programs made with what is there.

# shellcheck source=man.sh
. "$TREE/selftests/man.sh"
ROOT=$WORK/root
# shellcheck disable=SC2034 # theirs
LAYOUT=(DESTDIR="$ROOT" PREFIX=/usr)

# in_tree TARGET...: make, as if nobody had called it
in_tree() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$TREE" "$@"
}

# installed WORD...: pkg-config, of the tree that was installed
installed() {
	PKG_CONFIG_LIBDIR=$ROOT/usr/lib/pkgconfig:$(pkg-config --variable=pc_path pkg-config) \
		PKG_CONFIG_SYSROOT_DIR=$ROOT pkg-config "$@" libpodswitch
}

# take_example: that of libpodswitch(3), as $WORK/example.c
take_example() {
	mkdir "$WORK/blocks"
	man_blocks "$MAN/libpodswitch.3" "$WORK/blocks"
	cp "$WORK/blocks/01" "$WORK/example.c"
}

# builds PROGRAM COMPILER...: the page's example
builds() {
	local program=$1
	shift

	# shellcheck disable=SC2046 # flags
	"$@" -Wall -Wextra -pedantic -Werror $(installed --cflags) -o "$WORK/$program" "$WORK/example.c" \
		$(installed --libs) -Wl,-rpath,"$ROOT/usr/lib"
}

# builds_static PROGRAM COMPILER...
builds_static() {
	local program=$1
	shift

	# shellcheck disable=SC2046 # flags
	"$@" -Wall -Wextra -pedantic -Werror -static $(installed --cflags) -o "$WORK/$program" "$WORK/example.c" \
		-L"$(< "$BUILD/static-libs")/lib" $(installed --static --libs)
}
