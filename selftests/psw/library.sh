#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program that is not ours, the example of libpodswitch(3), tells what is in the kernel.
#
#         psw0
#          |
#     +----+----+
#    v_a       v_b      host; the program, compiled against an installed tree
#   ..|.........|...
#   eth0      eth0
#   a .2       b .3     pods test/a, test/b
#
#  - ports: it lists them with pod, guard and addresses; as C and as C++, shared and static
#  - drops: it names what a pod sent and was not allowed to
#  - gone:  it lists nothing, and fails no more, when the ports are gone
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../installed.sh
. "$(dirname "$0")/../installed.sh"

need_commands gcc g++ pkg-config make
need_module
make_switch psw0 192.0.2.1/24
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_pod b psw0 192.0.2.3/24
in_tree install "${LAYOUT[@]}" > /dev/null || exit 1
take_example

ktap_header

check "it compiles as C" builds c gcc -std=c11
check "it compiles as C++" builds c++ g++ -x c++
check "it links statically" builds_static static gcc

# the program's lines, the addresses of a port in the order of their text
listed() {
	"$WORK/$1" | awk '/^[^ ]/ { port = $1 } { print port, $0 }' | sort | cut -d ' ' -f 2-
}

WANTED="  192.0.2.2
  2001:db8::2
v_a: pod a, guard mac+ip
  192.0.2.3
v_b: pod b, guard mac+ip"
for program in c c++ static; do
	check_equal "ports: $program" "$WANTED" "$(listed $program)"
done

frame -n 3 a:eth0 eth b:eth0 02:00:00:00:00:99 type 0x88b5 data 46
check "drops: counted" busywait 10 test "$(drops v_a spoofed-mac)" -eq 3
for program in c c++ static; do
	check_equal "drops: $program" "  dropped for spoofed-mac: 3" "$(listed $program | grep dropped)"
done

"$PSW" port delete v_a
"$PSW" port delete v_b
check_equal "gone: nothing is listed" "0 " "$("$WORK/c"; echo "$? ")"

ktap_finish
