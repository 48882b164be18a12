#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What stands in doc/install.md is what a user sees: each console block is typed in, as it stands, and its output compared.
#
#   here       this machine: where the packages are built
#   packages   a VM with a Debian 12 that has never seen podswitch, which systemd boots: the packages, all about them
#   dkms       another one: the module alone
#
# A block opens with "```console". A line that begins with "# " is a command, which has to succeed; if lines stand below it,
# they are all that it prints, on both outputs, but for figures that differ from one time to the next: see "constant". One
# that begins with "$ " is for a cluster. Marks behind "console":
#
#   build   is typed here; the others where "machine_of" says
#   fails   the commands find something wrong, and their exit status is 1
#
# The VMs are User-Mode Linux, whose headers are in a package of the name that Debian gives to a kernel's.
# usage: page.sh [MACHINE...]     packages, dkms; both without. With PODSWITCH_DEBS=1, packages are taken that are there
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
PAGE=$TREE/doc/install.md
DEBS=$BUILD/deb
MACHINE=${PODSWITCH_PAGE:-here}
OUT=$WORK/out
LIMIT=1800	# seconds for a machine that is busy, a VM each
declare -A SEEN

# machine_of SECTION MARK: who types such a block
machine_of() {
	[[ $2 != build ]] || { echo here; return; }
	case $1 in
	"Debian packages"|"Secure Boot"|Upgrade|Removal) echo packages ;;
	"DKMS by hand") echo dkms ;;
	*) echo here ;;
	esac
}

# --- the machines ---

# headers_package: what lets DKMS build for User-Mode Linux, as a package that apt finds
headers_package() {
	local KDIR KVER to=$WORK/headers repository=$OVER/srv/headers deb

	eval "$("$TREE/selftests/vm/kernel" uml)"
	SEE=${KDIR%/*}
	mkdir -p "$to/DEBIAN" "$to/usr/lib/modules/$KVER/build" "$repository" "$OVER/etc/apt/sources.list.d"
	ln -s "$KDIR"/* "$KDIR/.config" "$to/usr/lib/modules/$KVER/build/"
	# DKMS knows nothing of this processor
	# shellcheck disable=SC2016 # for make
	printf 'modules clean:\n\t$(MAKE) -C %s ARCH=um M=$(M) $@\n' "$KDIR" > "$to/usr/lib/modules/$KVER/build/GNUmakefile"
	printf '%s\n' "Package: linux-headers-$KVER" 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@example.org>' \
		'Description: headers of a kernel' > "$to/DEBIAN/control"
	deb=$repository/headers.deb
	dpkg-deb --root-owner-group --build "$to" "$deb" > "$WORK/log" 2>&1 || { cat "$WORK/log"; exit 1; }
	{
		dpkg-deb --field "$deb"
		printf '%s\n' "Filename: ./${deb##*/}" "Size: $(stat -c %s "$deb")" "SHA256: $(sha256sum < "$deb" | cut -d ' ' -f 1)"
	} > "$repository/Packages"
	echo "deb [trusted=yes] file:/srv/headers ./" > "$OVER/etc/apt/sources.list.d/headers.list"
}

# prepare: what both VMs have more than Debian's minimum. Without a network, apt has what it keeps: not what is recommended.
prepare() {
	local log=$WORK/log

	mkdir -p "$OVER"/root/packages{,-next} "$OVER/etc/apt/apt.conf.d"
	"$TREE/scripts/deb" "$WORK/next" --version 0.2.0-0upstream1 --no-lintian > "$log" 2>&1 || { cat "$log"; exit 1; }
	cp "$DEBS"/*.deb "$OVER/root/packages/"
	cp "$WORK/next"/*.deb "$OVER/root/packages-next/"
	echo 'APT::Install-Recommends "false";' > "$OVER/etc/apt/apt.conf.d/no-network"
	headers_package
}

# boot MACHINE: types its blocks in a VM, whose cases go on where ours are
boot() {
	local root out=$WORK/out.$1

	mkdir "$out"
	root=$("$TREE/selftests/vm/root" clean) || exit 1
	PODSWITCH_PAGE=$1 PODSWITCH_IN_ROOT=1 PODSWITCH_BUILD=$BUILD PODSWITCH_PAGE_CASES="$KTAP_N $KTAP_FAILED $KTAP_SKIPPED" \
		"$TREE/selftests/vm/run" uml --root "$root" --over "$OVER" --see "$SEE" --state "$WORK/state" --out "$out" \
		--cwd "$TREE" --limit $LIMIT -- "$0"
	rm -rf "$WORK/state"
	if [[ -s $out/cases ]]; then
		read -r KTAP_N KTAP_FAILED KTAP_SKIPPED < "$out/cases"
	else
		check "the machine for $1 comes to an end" false
	fi
}

# --- in a VM: what the page's text says of the moment ---

# with_pod: psw0 with a port, as the plugin would have made it, and an address of its own
with_pod() {
	make_switch psw0 10.244.0.1/24
	ip netns add pod
	ip link add psw0123456789ab type veth peer name eth0 netns pod
	psw port add psw0123456789ab switch psw0 mac 02:00:00:00:00:01 address 10.244.0.2
}

# killed_upgrade: what "psw upgrade" leaves when it is killed in the middle
killed_upgrade() {
	psw save > /run/podswitch/upgrade.json
	ip link delete psw0
	busywait 60 rmmod podswitch
}

# situate SECTION COMMAND
situate() {
	case "$1: $2" in
	"Upgrade: psw upgrade") with_pod ;;
	"Upgrade: modprobe podswitch") killed_upgrade ;;
	"Removal: apt-get "*) ip netns delete pod ;;
	esac
}

# lacks COMMAND: why it cannot be typed here, if so
lacks() {
	case $1 in
	"modinfo -F signer "*)
		! grep -qs '^CONFIG_MODULE_SIG=y' "/lib/modules/$(uname -r)/build/.config" &&
			echo "User-Mode Linux is built without signatures"
		;;
	"make deb")
		[[ ${PODSWITCH_DEBS:-} ]] && echo "PODSWITCH_DEBS: the packages are there"
		;;
	*)
		return 1
		;;
	esac
}

# folder_of SECTION: where its commands are typed
folder_of() {
	case $MACHINE-$1 in
	packages-Upgrade) echo /root/packages-next ;;
	packages-*) echo /root/packages ;;
	*) echo "$TREE" ;;
	esac
}

# --- the page ---

# constant: the input without what differs from one time to the next
constant() {
	sed -E 's/\b[0-9]+\.[0-9]{3}\b/N.NNN/g; s/\b(switches|ports): [0-9]+/\1: N/g'
}

# type_in SECTION MARK COMMAND WANTED: a command, and what is to come of it; what it prints is in OUT
type_in() {
	local status=0

	(cd "$(folder_of "$1")" && eval "$3") > "$OUT" 2>&1 < /dev/null || status=$?
	[[ $status -eq $([[ $2 != fails ]]; echo $?) ]] || { echo "exit status $status"; return 1; }
	[[ ! $4 || $(constant <<< "$4") == "$(constant < "$OUT")" ]] || diff <(constant <<< "$4") <(constant < "$OUT")
}

# case_of SECTION MARK COMMAND WANTED: a command of the page, as a case
case_of() {
	local name="$1: $3" reason

	if reason=$(lacks "$3"); then
		skip "$name" "$reason"
		return
	fi
	situate "$1" "$3"
	check "$name" type_in "$@"
	[[ $KTAP_FAILED == "$FAILED" ]] || ktap_note "$(tail -n 20 "$OUT")"
	FAILED=$KTAP_FAILED
}

# for_a_cluster SECTION: a case for all such blocks of a section
for_a_cluster() {
	[[ ! ${SEEN[$1]:-} ]] || return
	SEEN[$1]=y
	skip "$1" "the commands are for a cluster"
}

# block SECTION MARK LINE...: its commands, if this is the machine for them
block() {
	local section=$1 mark=$2 command wanted
	shift 2

	[[ $(machine_of "$section" "$mark") == "$MACHINE" ]] || return
	while [[ $# -gt 0 ]]; do
		command=$1 wanted=
		shift
		while [[ $# -gt 0 && $1 != [#$]" "* ]]; do
			wanted+=${wanted:+$'\n'}$1
			shift
		done
		case $command in
		"# "*) case_of "$section" "$mark" "${command#"# "}" "$wanted" ;;
		"$ "*) for_a_cluster "$section" ;;
		*) check "$section: \"$command\" is a command" false ;;
		esac
	done
}

# run_page: all of its blocks, in order
run_page() {
	local line section='Install podswitch' mark lines

	while IFS= read -r -u "$TEXT" line; do
		[[ $line != "## "* ]] || section=${line#"## "}
		[[ $line == '```console'* ]] || continue
		mark=${line#'```console'} lines=()
		while IFS= read -r -u "$TEXT" line && [[ $line != '```' ]]; do
			lines+=("$line")
		done
		block "$section" "${mark# }" "${lines[@]}"
	done
}

# in_vm: the same, and that nothing is left when all is removed
in_vm() {
	export DEBIAN_FRONTEND=noninteractive
	read -r KTAP_N KTAP_FAILED KTAP_SKIPPED <<< "$PODSWITCH_PAGE_CASES"
	FAILED=$KTAP_FAILED
	apt-get update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/headers.list -o Dir::Etc::sourceparts=/dev/null \
		-o APT::Get::List-Cleanup=0 > "$OUT" 2>&1 || ktap_note "$(< "$OUT")"
	run_page
	check "$MACHINE: no module is left" test ! -e /sys/module/podswitch
	check_equal "$MACHINE: no file is left" "" "$(find /etc /opt /usr/bin /usr/lib /usr/sbin /usr/share /usr/src /var/lib/dkms \
		-path "$TREE" -prune -o -name '*podswitch*' -print)"
	echo "$KTAP_N $KTAP_FAILED $KTAP_SKIPPED" > /out/cases
	exit 0
}

exec {TEXT}< "$PAGE"
if ! outside; then
	in_vm
fi
FAILED=0
ktap_header
run_page
prepare
[[ $# -gt 0 ]] || set -- packages dkms
for machine; do
	boot "$machine"
done
ktap_finish
