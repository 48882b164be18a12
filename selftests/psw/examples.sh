#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each example of each manual page of section 8 does what a reader would do: type it.
#
#              psw0 192.0.2.1, 2001:db8::1
#                |
#      +---------+---------+
#    veth1     veth2     veth3    veth4    veth5    eth1        "node"; psw1 is a name for a switch to be made
#   ...|.........|.........|........|........|.......|.....
#    eth0      eth0      eth0     eth0     eth0     eth0
#    web       db        cart     pod4     pod5     outside     namespaces
#    .2 ::2    .3 ::3    .4 ::4
#    default/  default/  shop/
#
# Everything is in the namespace "node", made anew for each page; the current directory is an empty one (psw-upgrade's has the module's file). web has pinged
# db and the host, and has sent 3 frames from a foreign MAC. Free are 192.0.2.5 and on, 198.51.100.0/24, 203.0.113.0/24.
#
# Of a page, the blocks of EXAMPLES (.Bd -literal or -unfilled, .Dl) are run from first to last. Each line is a command,
# and goes on in the next after a backslash; if lines of a block begin with "# " or "$ ", those are the commands, and the
# others are what they print. What goes to jq must come out of it. A command exits with 0, or with N if a comment '.\" status N' stands before the block.
# '.\" not run: WHY' is for what cannot be run here.
#
# What has no end (monitor, top, --listen) runs beside the rest of its block, while web sends from a foreign MAC and a
# port changes. At the end of the block it must have printed something, or listen, and SIGINT ends it with 0 or 130.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../man.sh
. "$(dirname "$0")/../man.sh"

need_commands jq ss curl
need_module
PATH=$WORK/bin:$BUILD:$PATH
mkdir "$WORK/bin"
# The module lies where it was built.
cat > "$WORK/bin/modprobe" <<'EOF'
#!/bin/sh
[ "$1" != podswitch ] || exec insmod "$PODSWITCH_MODULE"
exec /sbin/modprobe "$@"
EOF
chmod +x "$WORK/bin/modprobe"
PODS=(web db cart pod4 pod5)

# pod NAME VETH [N OWNER ID]: a pod; with N it is a port with the addresses .N and ::N
pod() {
	local ns=$1 veth=$2 n=${3:-}

	make_ns "$ns"
	ip -n node link add "$veth" type veth peer name eth0 netns "$ns"
	ip -n node link set "$veth" up
	ip -n "$ns" link set eth0 up
	[[ $n ]] || return 0
	ip -n "$ns" addr add "192.0.2.$n/24" dev eth0
	ip -n "$ns" addr add "2001:db8::$n/64" dev eth0
	ip -n "$ns" route add default via 192.0.2.1
	in_ns node psw port add "$veth" switch psw0 address "192.0.2.$n" address "2001:db8::$n" \
		network pods id "$5" ifname eth0 pod "$4"
}

# spoof N: web sends N frames from a foreign MAC
spoof() {
	in_ns node frame -n "$1" web:eth0 eth db:eth0 02:00:00:00:00:99 type 0x88b5 data 46
}

# fixture: as the head of this file shows
fixture() {
	make_ns node outside
	ip -n node link add psw0 type podswitch
	ip -n node addr add 192.0.2.1/24 dev psw0
	ip -n node addr add 2001:db8::1/64 dev psw0
	ip -n node link set psw0 up
	pod web veth1 2 default/web 3f2a9c0d71b4
	pod db veth2 3 default/db 8c41e5d2f06a
	pod cart veth3 4 shop/cart b7d09e3c5a12
	pod pod4 veth4
	pod pod5 veth5
	ip -n node link add eth1 type veth peer name eth0 netns outside
	ip -n node link set eth1 up
	ip -n outside link set eth0 up
	pings web 192.0.2.3 192.0.2.1 > /dev/null && spoof 3 > /dev/null
}

# end_fixture: before the next page
end_fixture() {
	local ns

	for ns in node outside "${PODS[@]}"; do
		ip netns del "$ns"
	done
	NAMESPACES=()
	busywait 20 no_ports
}

# no_ports: nothing of the page is left in the kernel
no_ports() {
	[[ ! $(psw port show; ip -o link show type podswitch) ]]
}

# commands BLOCK: one a line
commands() {
	sed -e ':a' -e '/\\$/N; s/\\\n[[:space:]]*//; ta' "$1" | if grep -qE '^[#$] ' "$1"; then
		sed -n 's/^[#$] //p'
	else
		grep -v '^[[:space:]]*$'
	fi
}

# in_page COMMAND: as typed, in the page's directory
in_page() {
	cd "$DIRECTORY" && exec ip netns exec node bash -o pipefail -c "$1"
}

# is_endless COMMAND
is_endless() {
	[[ $1 =~ (^|[ /])psw( -[^ ]+)*\ (monitor|top)( |$) && ! $1 =~ \ (help|-n\ *[0-9]+|count)( |$) || $1 == *--listen* ]]
}

# exits STATUS COMMAND: shows what it printed if it ends otherwise; what a program asks for must be there
exits() {
	local wanted=$1 status=0

	(in_page "$2") < /dev/null > "$DIRECTORY.out" || status=$?
	cat "$DIRECTORY.out"
	[[ $status -eq $wanted ]] || { echo "exit status $status"; return 1; }
	[[ $2 != *" | jq "* || -s $DIRECTORY.out ]] || { echo "nothing is printed"; return 1; }
}

# has_begun N: background command N has printed, or listens
has_begun() {
	in_ns node psw port set veth2 hairpin on
	in_ns node psw port set veth2 hairpin off
	in_ns node psw address add 192.0.2.200 dev veth2
	in_ns node psw address delete 192.0.2.200 dev veth2
	spoof 1
	[[ -s $DIRECTORY.out.$1 || $(in_ns node ss -Hltn) ]]
}

# start COMMAND: in the background, in a process group of its own
start() {
	set -m
	(in_page "$1") < /dev/null > "$DIRECTORY.out.${#ENDLESS[@]}" 2> "$DIRECTORY.err.${#ENDLESS[@]}" &
	JOBS+=("$!")
	ENDLESS+=("$!")
	set +m
}

# stop PID: SIGINT, as from the terminal, to it and all that it is piped into; sets ended
stop() {
	ended=0
	kill -INT -- "-$1"
	wait "$1" || ended=$?
}

# run_block NAME BLOCK
run_block() {
	local name=$1 note='' wanted=0 command n
	ENDLESS=()

	[[ ! -e $2.note ]] || note=$(< "$2.note")
	case $note in
	"not run: "*) skip "$name" "${note#not run: }"; return ;;
	"status "*) wanted=${note#status } ;;
	esac
	while read -r -u 3 command; do
		if is_endless "$command"; then
			start "$command"
			check "$name: $command, begins" busywait 20 has_begun $((${#ENDLESS[@]} - 1))
		else
			check "$name: $command" exits "$wanted" "$command"
		fi
	done 3< <(commands "$2")
	for n in "${!ENDLESS[@]}"; do
		stop "${ENDLESS[n]}"
		check "$name: and ends with $ended $(head -c 200 "$DIRECTORY.err.$n")" \
			test "$ended" -eq 0 -o "$ended" -eq 130
	done
}

# run_page PAGE
run_page() {
	local name=${1##*/} block n=0

	DIRECTORY=$WORK/$name
	mkdir "$DIRECTORY" "$DIRECTORY.blocks"
	[[ $name != psw-upgrade.8 || ! -f ${PODSWITCH_MODULE:-} ]] || cp "$PODSWITCH_MODULE" "$DIRECTORY/podswitch.ko"
	man_blocks "$1" "$DIRECTORY.blocks"
	fixture
	for block in "$DIRECTORY.blocks"/??; do
		[[ -f $block ]] || continue
		n=$((n + 1))
		run_block "$name" "$block"
	done
	check "$name: has examples" test "$n" -gt 0
	end_fixture
}

ktap_header
for page in "$MAN"/psw.8 "$MAN"/psw-*.8; do
	run_page "$page"
done
ktap_finish
