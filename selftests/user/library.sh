#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libpodswitch as programs get it: what its header declares is what it exports and what its manual tells of, no more.
#
#    podswitch.h ----- libpodswitch.map ----- libpodswitch.so, libpodswitch.a ----- psw, the plugin
#         |                                             |
#    pages of section 3                       make install; pkg-config; a program that is not ours
#
#  - header:  compiles alone, in C and in C++
#  - names:   in header, map, shared library, archive and manual are the same; ours use no others
#  - install: puts there what a program needs to be compiled, linked both ways, and run; uninstall takes all of it away
#  - example: that of libpodswitch(3) compiles as C and C++, shared and static, and says that there is no module
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../installed.sh
. "$(dirname "$0")/../installed.sh"
need_commands gcc g++ pkg-config nm readelf make
ktap_header

HEADER=$TREE/userspace/lib/podswitch.h
STRICT=(-Wall -Wextra -pedantic -Werror -I"$TREE/genl/uapi" -I"$TREE/userspace/lib")

# compiles COMPILER LANGUAGE STANDARD: a program of nothing but the header, and an initialiser
compiles() {
	"$1" -x "$2" -std="$3" "${STRICT[@]}" -fsyntax-only - <<-EOF
	#include <podswitch.h>
	int guard(void);
	int guard(void)
	{
		struct podswitch_port_config c = PODSWITCH_PORT_CONFIG_DEFAULT;

		c = PODSWITCH_PORT_CONFIG_DEFAULT;
		return c.guard;
	}
	EOF
}

# defaults LANGUAGE: the bytes of the initialiser
defaults() {
	printf '%s\n' '#include <podswitch.h>' '#include <stdio.h>' 'int main(void) {' \
		'struct podswitch_port_config c = PODSWITCH_PORT_CONFIG_DEFAULT;' \
		'printf("%d %d %d %d %d %d %d %d\n", c.size == sizeof(c), !c.mac, c.guard, c.isolated, c.hairpin, c.role, c.pvid,' \
		'(int)c.storm_limit); return c.trunk || c.n_trunk || c.owner || c.addresses || c.n_addresses; }' |
		g++ -x "$1" "${STRICT[@]}" -o "$WORK/defaults" - && "$WORK/defaults"
}

# --- header ---

for standard in c11 c17 gnu11; do
	check "header: $standard" compiles gcc c $standard
done
for standard in c++11 c++20; do
	check "header: $standard" compiles g++ c++ $standard
done
check_equal "header: a configuration in C" "1 1 -1 -1 -1 -1 -1 -1" "$(defaults c)"
check_equal "header: a configuration in C++" "1 1 -1 -1 -1 -1 -1 -1" "$(defaults c++)"

# --- names ---

# declared: the functions of the header
declared() {
	g++ -E -P -I"$TREE/genl/uapi" -I"$TREE/userspace/lib" "$HEADER" | tr '\n;' ' \n' | grep -vE 'typedef|inline|= pod' | grep -oE '\bpodswitch_[a-z0-9_]+ ?\(' |
		tr -d ' (' | sort -u
}

# mapped: what the map lists, with the version
mapped() {
	awk '/^PODSWITCH_[0-9]+ / { version = $1 } /^\tpodswitch_/ { sub(";", "", $1); print $1 "@@" version }' \
		"$TREE/userspace/lib/libpodswitch.map" | sort
}

# defined FILE: the global names of an archive or of objects
defined() {
	nm -g --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u
}

# foreign OBJECT...: what they use of the library's inside (nl/ is no part of it, but below)
foreign() {
	comm -12 <(nm -u "$@" | awk '{ print $NF }' | sort -u) \
		<(defined "$BUILD"/obj/userspace/lib/*.o) |
		comm -23 - <(mapped | sed 's/@.*//')
}

# differ LINES LINES: those that only one of the two has
differ() {
	comm -3 <(echo "$1") <(echo "$2") | xargs
}

WANTED=$(declared)
check "names: there are some" test "$(wc -l <<< "$WANTED")" -ge 20
check_equal "names: the map" '' "$(differ "$WANTED" "$(mapped | sed 's/@.*//')")"
check_equal "names: the shared library, with versions" '' \
	"$(differ "$(mapped)" "$(nm -D --defined-only "$BUILD/libpodswitch.so" | awk '$2 != "A" { print $3 }' | sort)")"
check_equal "names: the archive" '' "$(differ "$WANTED" "$(defined "$BUILD/libpodswitch.a")")"
check_equal "names: the manual" '' "$(differ "$WANTED" "$(man_names "$MAN"/podswitch_*.3 | sort)")"
for page in "$MAN"/podswitch_*.3; do
	check_equal "names: the synopsis of $(basename "$page")" "$(man_names "$page" | sort)" \
		"$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.F[no] "\{0,1\}\([a-z_]*\).*/\1/p' "$page" | sort)"
done
# nl/ is below the library, and the programs' own way to rtnetlink and nf_tables, but not to podswitch.
check_equal "names: psw uses no others" '' "$(foreign "$BUILD"/obj/userspace/psw/{,*/}*.o | grep -vE '^(nl|nfnl)_')"
check_equal "names: the plugin uses no others" '' \
	"$(foreign "$BUILD"/static/cni/*.o | grep -vE '^(nl|nfnl)_')"
check_equal "names: nor the protocol itself" '' \
	"$(foreign "$BUILD"/static/cni/*.o "$BUILD"/obj/userspace/psw/{,*/}*.o | grep genl
	grep -lE 'PODSWITCH_CMD_|handle\.h' "$TREE"/cni/*.[ch] "$TREE"/userspace/psw/{,*/}*.[ch])"

# --- install ---

check "install" in_tree install "${LAYOUT[@]}"
check "install: names without number are links" test -L "$ROOT/usr/lib/libpodswitch.so" -a -L "$ROOT/usr/lib/libpodswitch.so.0"
check_equal "install: the soname" libpodswitch.so.0 \
	"$(readelf -d "$ROOT/usr/lib/libpodswitch.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')"
check_equal "install: the loader finds the library as any other" '' \
	"$(readelf -d "$ROOT/usr/sbin/psw" | grep -E 'RPATH|RUNPATH')"
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
check_equal "install: psw runs with it" "psw $version" "$(LD_LIBRARY_PATH=$ROOT/usr/lib "$ROOT/usr/sbin/psw" -V)"
check_equal "install: psw is linked with it" libpodswitch.so.0 \
	"$(readelf -d "$ROOT/usr/sbin/psw" | sed -n 's/.*(NEEDED).*\[\(libpod.*\)\]/\1/p')"
check_equal "install: psw runs where it is built" "psw $version" "$(cd / && env -u LD_LIBRARY_PATH "$PSW" -V)"
check_equal "install: pkg-config knows it" "$version" "$(installed --modversion)"
check_equal "install: libmnl is for static programs alone" "0 1" \
	"$(installed --libs | grep -c lmnl) $(installed --static --libs | grep -c lmnl)"
missing=$(for name in $WANTED; do [[ -e $ROOT/usr/share/man/man3/$name.3 ]] || echo "$name"; done)
check_equal "install: each function has its page" '' "$missing"

# --- example ---

take_example

check "example: as C" builds c gcc -std=c11
check "example: as C++" builds c++ g++ -x c++
check "example: static" builds_static static gcc
for program in c c++ static; do
	if [[ -d /sys/module/podswitch ]]; then
		skip "example: $program, without a module" "it is loaded"
		continue
	fi
	check_fail "example: $program, without a module" "The kernel module podswitch is not loaded" "$WORK/$program"
	check_equal "example: $program, prints no error as output" '' "$("$WORK/$program" 2> /dev/null)"
done

# fragment PAGE: its example, which is the middle of a function
fragment() {
	rm -f "$WORK/blocks"/*
	man_blocks "$MAN/$1.3" "$WORK/blocks"
	{
		printf '#include <%s.h>\n' arpa/inet errno net/if podswitch poll
		echo 'int forget(const struct podswitch_port *, void *);'
		echo 'int fragment(struct podswitch *h); int fragment(struct podswitch *h) { int err;'
		cat "$WORK/blocks/01"
		echo 'return err; }'
	} | gcc "${STRICT[@]}" -x c -fsyntax-only -
}

check "example: of podswitch_port(3)" fragment podswitch_port
check "example: of podswitch_event(3)" fragment podswitch_event
check "uninstall" in_tree uninstall "${LAYOUT[@]}"
check_equal "uninstall: nothing is left" '' "$(find "$ROOT" ! -type d)"

ktap_finish
