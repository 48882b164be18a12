#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# podswitch-load makes the module available, or says in one sentence why not and what to do. Needs no module and no VM: the
# node is a folder, and its commands are what each case makes of them.
#
#     podswitch-load --- modprobe --- insmod DIR/RELEASE/podswitch.ko --- dkms | make, insmod
#                           |              |                                  |
#                           +--------------+----------------------------------+--- $NODE/sys/module/podswitch
#
# loads:    what is there first is taken, and nothing that comes after it is asked
# kept:     the module that was loaded, for psw upgrade
# two:      a second caller waits for the first, and builds nothing
# refuses:  each reason by its sentence, on stderr and in /run/podswitch/not-loaded, and in nothing else
# gone:     the reason goes with the fault
# real:     the plain build, with true headers and a true compiler
. "$(dirname "$0")/../lib.sh"
. "$TREE/scripts/common.sh"
[[ $EUID -eq 0 ]] || skip_all "needs root"
LOAD=$TREE/deploy/podswitch-load
RELEASE=6.12.117+deb12-amd64
VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
ktap_header

# --- the node ---

# new_node: Debian, of the range, with sources, headers and a compiler, where no module is installed
new_node() {
	local c

	NODE=$WORK/node BIN=$WORK/bin
	rm -rf "$NODE" "$BIN"
	mkdir -p "$BIN" "$NODE"/{etc/modprobe.d,proc/sys/kernel,run,sys/module/module/parameters,sys/kernel/security} \
		"$NODE/lib/modules/$RELEASE/build" "$NODE/usr/src/podswitch-$VERSION/kmod" "$NODE/var/lib/dkms"
	cp "$TREE/dkms.conf" "$NODE/usr/src/podswitch-$VERSION/"
	printf 'ID=debian\n' > "$NODE/etc/os-release"
	touch "$NODE/proc/modules" "$NODE/lib/modules/$RELEASE/build/Makefile"
	echo 0 > "$NODE/proc/sys/kernel/modules_disabled"
	{
		echo 'CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14) 12.2.0"'
		printf '%s=y\n' CONFIG_MODULES CONFIG_INET CONFIG_VETH
	} > "$NODE/lib/modules/$RELEASE/build/.config"
	for c in cat chmod cp cut find flock grep head id mkdir mktemp mv rm sed sort tail tr true xz; do
		ln -s "$(type -P "$c")" "$BIN/$c"
	done
	fake uname <<< "echo $RELEASE"
	fake modprobe <<< 'echo "modprobe: FATAL: Module podswitch not found in directory /lib/modules/x" >&2; exit 1'
	fake insmod <<< 'exit 1'
	fake modinfo <<< 'exit 1'
	fake gcc-12 <<< 'exit 0'
	# shellcheck disable=SC2016 # for the fake
	fake make <<< 'for w; do case $w in M=*) echo built > "${w#M=}/kmod/podswitch.ko" ;; esac; done'
}

# fake COMMAND: what it does is on stdin; what it was called with is kept in $NODE/calls
fake() {
	rm -f "$BIN/$1"
	{
		# shellcheck disable=SC2016 # for the fake
		printf '#!/bin/dash\nNODE=%q\necho "%s $*" >> "$NODE/calls"\n' "$NODE" "$1"
		# shellcheck disable=SC2016 # for the fake
		echo 'loads() { m=$NODE/sys/module/podswitch; mkdir -p "$m"; echo "$1" > "$m/version"; echo live > "$m/initstate"; }'
		cat
	} > "$BIN/$1"
	chmod +x "$BIN/$1"
}

# lacks COMMAND...
lacks() {
	( cd "$BIN" && rm "$@" )
}

load() {
	env -i PATH="$BIN" PODSWITCH_ROOT="$NODE" /bin/dash "$LOAD" "$@"
}

# calls: the commands that were called, a word each
calls() {
	cut -d' ' -f1 "$NODE/calls" 2>/dev/null | grep -vE 'uname|modinfo' | tr '\n' ' '
}

# refused NAME SENTENCE [ARGUMENT...]: it says just that, on stderr and to who asks later, and loads nothing
refused() {
	local name=$1 sentence=$2 err status=0
	shift 2

	err=$(load "$@" 2>&1 > "$WORK/stdout") || status=$?
	check_equal "refuses: $name" "1 podswitch-load: $sentence" "$status $err"
	check_equal "refuses: $name: the reason is left" "$sentence 644" \
		"$(cat "$NODE/run/podswitch/not-loaded" 2>&1) $(stat -c %a "$NODE/run/podswitch/not-loaded")"
	check "refuses: $name: and no other file" \
		test -z "$(find "$NODE/run/podswitch" "$WORK/stdout" -name '.*' -o -name stdout -size +0)"
}

# --- loads ---

# loads NAME CALLS [ARGUMENT...]
loads() {
	local name=$1 wanted=$2
	shift 2

	mkdir -p "$NODE/run/podswitch"
	echo "an old reason" > "$NODE/run/podswitch/not-loaded"
	check_equal "loads: $name" "" "$(load "$@" 2>&1)"
	check_equal "loads: $name: by" "$wanted" "$(calls)"
	check "loads: $name: it is there" test -d "$NODE/sys/module/podswitch"
	check "gone: $name: no reason is left" test ! -e "$NODE/run/podswitch/not-loaded"
	check_equal "loads: $name: psw upgrade has its lock" 600 "$(stat -c %a "$NODE/run/podswitch/lock")"
}

# is_loaded VERSION
is_loaded() {
	mkdir "$NODE/sys/module/podswitch"
	echo live > "$NODE/sys/module/podswitch/initstate"
	echo "$1" > "$NODE/sys/module/podswitch/version"
}
# kept: the copy, and who may read it
kept() {
	echo "$(cat "$NODE/run/podswitch/module.ko" 2>&1) $(stat -c %a "$NODE/run/podswitch/module.ko")"
}
new_node
is_loaded "$VERSION"
loads "loaded already" ""
echo 0.0.9 > "$NODE/sys/module/podswitch/version"
check_equal "loads: another version stays, and that is said" \
	"podswitch-load: podswitch 0.0.9 is loaded and stays, since pods use it; psw upgrade puts $VERSION in its place" \
	"$(load 2>&1 || echo failed)"
new_node
fake modprobe <<< "loads $VERSION"
echo installed | xz > "$NODE/podswitch.ko.xz"
# shellcheck disable=SC2016 # for the fake
fake modinfo <<< '[ "$1" != -n ] || echo "$NODE/podswitch.ko.xz"'
loads "installed" "modprobe "
check_equal "kept: the one that was installed, unpacked" "installed 600" "$(kept)"
echo newer | xz > "$NODE/podswitch.ko.xz"
load
check_equal "kept: that, whatever is installed later" "installed 600" "$(kept)"
rm "$NODE/run/podswitch/module.ko"
load
check_equal "kept: of a module that is loaded already, what is installed" "newer 600" "$(kept)"
new_node
mkdir -p "$NODE/image/$RELEASE"
touch "$NODE/image/$RELEASE/podswitch.ko"
# shellcheck disable=SC2016 # for the fake
fake modinfo <<< '[ "$2" != depends ] || echo nf_conntrack,veth'
# shellcheck disable=SC2016 # for the fake
fake insmod <<< "[ \"\$1\" = $NODE/image/$RELEASE/podswitch.ko ] && loads $VERSION"
echo prebuilt > "$NODE/image/$RELEASE/podswitch.ko"
loads "prebuilt" "modprobe modprobe modprobe insmod " --prebuilt "$NODE/image"
check_equal "kept: the one that was prebuilt" "prebuilt 600" "$(kept)"
check "loads: prebuilt: behind what it needs" grep -qx 'modprobe nf_conntrack' "$NODE/calls"
rm -r "$NODE/sys/module/podswitch" "$NODE/calls"
# shellcheck disable=SC2016 # for the fake
fake insmod <<< '[ "$(cat "$1")" = built ] && loads '"$VERSION"
fake modinfo <<< 'exit 1'
loads "prebuilt for another kernel, so it is built" "modprobe make insmod " --prebuilt "$NODE/none"
rm -r "$NODE/sys/module/podswitch" "$NODE/calls"
cp -r "$NODE/usr/src/podswitch-$VERSION" "$NODE/elsewhere"
loads "built from a folder that is named" "modprobe make insmod " --source "$NODE/elsewhere"
check_equal "kept: the one that was built" "built 600" "$(kept)"
check "loads: built: nothing is left behind" test ! -e "$NODE/elsewhere/kmod/podswitch.ko"
new_node
# shellcheck disable=SC2016 # for the fake
fake dkms <<-'END'
	case $1 in
	status) [ ! -e "$NODE/added" ] || echo "podswitch: added" ;;
	add) : > "$NODE/added" ;;
	install) [ -e "$NODE/added" ] && [ "$*" = "install --force podswitch/$(cat "$NODE/version") -k $(uname -r)" ] && : > "$NODE/installed" ;;
	esac
END
echo "$VERSION" > "$NODE/version"
fake modprobe <<-END
	[ -e "\$NODE/installed" ] && loads $VERSION && exit
	echo "modprobe: FATAL: Module podswitch not found in directory /lib/modules/x" >&2
	exit 1
END
loads "by DKMS" "modprobe dkms dkms dkms dkms modprobe "
check_equal "loads: by DKMS: what it is told" "status add build install" \
	"$(sed -n 's/^dkms \([a-z]*\).*/\1/p' "$NODE/calls" | tr '\n' ' ' | sed 's/ $//')"

# --- two ---

new_node
mkfifo "$NODE/gate"
# shellcheck disable=SC2016 # for the fake
fake make <<-'END'
	cat "$NODE/gate" > /dev/null
	for w; do case $w in M=*) echo built > "${w#M=}/kmod/podswitch.ko" ;; esac; done
END
fake insmod <<< "loads $VERSION"
fake flock <<< "exec $(command -v flock) \"\$@\""
# one NAME: a caller, whose end is kept
one() {
	load > "$NODE/$1" 2>&1
	echo "status $?" >> "$NODE/$1"
}
one first &
busywait 10 grep -q make "$NODE/calls"
one second &
# asked: both have asked for the lock, and the second is not through
asked() { [[ $(grep -c ^flock "$NODE/calls") -eq 2 && ! -s $NODE/second ]]; }
check "two: the second waits" busywait 10 asked
: > "$NODE/gate"
wait
check_equal "two: the first has loaded it" "status 0" "$(< "$NODE/first")"
check_equal "two: the second finds it" "status 0" "$(< "$NODE/second")"
rm -r "$NODE/sys/module/podswitch"
# shellcheck disable=SC2016 # for the shell that is called
flock -x "$NODE/run/podswitch/lock" sh -c 'until [ -e "$1/open" ]; do :; done; mkdir "$1/sys/module/podswitch"
	echo live > "$1/sys/module/podswitch/initstate"' - "$NODE" &
busywait 10 test -e "$NODE/run/podswitch/lock"
load > "$NODE/third" 2>&1 &
third() { [[ $(grep -c '^flock -s' "$NODE/calls") -eq 1 ]]; }
check "two: behind psw upgrade it waits, too" busywait 10 third
touch "$NODE/open"
wait
check_equal "two: one build" 1 "$(grep -c ^make "$NODE/calls")"

# --- refuses ---

headers="the headers of Linux $RELEASE are missing, to build the module with"
new_node
rm "$NODE/lib/modules/$RELEASE/build/Makefile"
refused "no headers, Debian" "$headers: apt-get install linux-headers-$RELEASE"
printf 'ID="rocky"\nID_LIKE="rhel centos fedora"\n' > "$NODE/etc/os-release"
refused "no headers, RHEL's kin" "$headers: dnf install kernel-devel-$RELEASE"
printf 'ID=opensuse-leap\nID_LIKE="suse opensuse"\n' > "$NODE/etc/os-release"
refused "no headers, SUSE" "$headers: zypper install kernel-amd64-devel"
rm "$NODE/etc/os-release"
refused "no headers, who knows where" "$headers: install its headers, as $NODE/lib/modules/$RELEASE/build"
printf 'ID=debian\n' > "$NODE/etc/os-release"
rhel=6.12.0-124.8.1.el10_1.x86_64
fake uname <<< "echo $rhel"
mkdir "$NODE/lib/modules/$rhel"
refused "no headers, RHEL seen from a Debian container" \
	"${headers/"$RELEASE"/$rhel}: dnf install kernel-devel-$rhel"

range="from $(sed -n 's/.*: Linux \([0-9.]* to [0-9.]*\)$/\1/p' "$TREE/dkms.conf")"
new_node
for release in 5.10.0-46-amd64 6.0.1 7.4.0 4.19.0; do
	fake uname <<< "echo $release"
	refused "Linux $release" "Linux $release is not of the range $range: boot a kernel that is"
done
for release in 6.1.0-56-amd64 6.6.0 6.12.117+deb12-rt-amd64 6.19 7.0.1 7.3.4+deb13-amd64 7.3-rc7; do
	fake uname <<< "echo $release"
	check_fail "refuses: not Linux $release, for its number" "/lib/modules/$release is not there" load
done
fake uname <<< "echo 6.12.99"
refused "a kernel that was upgraded, and no reboot" \
	"/lib/modules/6.12.99 is not there, so this kernel is no longer installed: reboot into one that is"

new_node
sed -i '/CONFIG_VETH/d' "$NODE/lib/modules/$RELEASE/build/.config"
refused "a kernel without an option" "Linux $RELEASE was built without CONFIG_VETH, which podswitch wants: boot a kernel that has it"
new_node
rm -r "$NODE/usr/src/podswitch-$VERSION"
refused "no sources" "no module is installed for Linux $RELEASE, nor sources to build it from: apt-get install podswitch-dkms"
new_node
lacks make
refused "no make" "make is missing, to build the module with: apt-get install make"
new_node
lacks gcc-12
refused "no compiler" "the compiler gcc-12 is missing, to build the module with: apt-get install gcc-12"
new_node
fake make <<< 'echo "/bin/sh: 1: gcc-13: not found" >&2; exit 2'
refused "another compiler than .config says" "the compiler gcc-13 is missing, to build the module with: apt-get install gcc-13"
new_node
fake make <<< 'printf "  CC [M]  main.o\nmain.c:7:1: error: no\001such\nmake: *** Error 1\n" >&2; exit 2'
refused "it does not build" \
	"the module does not build for Linux $RELEASE, /run/podswitch/build.log says why: main.c:7:1: error: no such"
fake make <<< 'echo "as: main.o: No space left on device" >&2; exit 2'
refused "no space" "no space is left to build the module for Linux $RELEASE: free some in /tmp"
new_node
lacks modprobe
refused "no modprobe" "modprobe is missing: apt-get install kmod"
new_node
rm "$NODE/proc/modules"
refused "a kernel without modules" "Linux $RELEASE was built without modules (CONFIG_MODULES): boot another kernel"
new_node
echo 1 > "$NODE/proc/sys/kernel/modules_disabled"
refused "no more modules" \
	"kernel.modules_disabled is 1, so no module can be loaded: have it set only when podswitch is loaded, and reboot"
check_equal "refuses: no more modules: nothing is tried" "" "$(calls)"

new_node
fake modprobe <<< 'exit 0'
echo 'blacklist podswitch' > "$NODE/etc/modprobe.d/site.conf"
refused "blacklisted" "modprobe.d forbids podswitch (blacklist): remove it from /etc/modprobe.d/site.conf"
check_equal "refuses: blacklisted: nothing else is tried" "modprobe " "$(calls)"
rm "$NODE/etc/modprobe.d/site.conf"
refused "blacklisted by the kernel's command line" \
	"modprobe.d forbids podswitch (blacklist): remove it from the command line of the kernel"
new_node
echo 'install podswitch /bin/false' > "$NODE/etc/modprobe.d/no.conf"
fake modprobe <<< 'echo "modprobe: ERROR: ../libkmod/libkmod-module.c:1047 command_do() Error running install command '"'/bin/false'"'" >&2; exit 1'
refused "modprobe does something else" "modprobe.d forbids podswitch (install): remove it from /etc/modprobe.d/no.conf"
check_equal "refuses: modprobe does something else: that is all that is tried" "modprobe " "$(calls)"

# answers TEXT: what modprobe and insmod say
answers() {
	fake modprobe <<< "echo \"modprobe: ERROR: could not insert 'podswitch': $1\" >&2; exit 1"
	fake insmod <<< "echo \"insmod: ERROR: could not insert module x: $1\" >&2; exit 1"
}
signed="the kernel takes only modules that a key which it trusts has signed"
new_node
answers "Operation not permitted"
mkdir -p "$NODE/sys/firmware/efi"
echo "none [integrity] confidentiality" > "$NODE/sys/kernel/security/lockdown"
touch "$NODE/var/lib/dkms/mok.pub"
refused "Secure Boot" \
	"$signed (Secure Boot, lockdown): mokutil --import /var/lib/dkms/mok.pub, reboot, and choose \"Enroll MOK\""
check_equal "refuses: Secure Boot: nothing is built for that" "modprobe " "$(calls)"
mkdir -p "$NODE/var/lib/shim-signed/mok"
touch "$NODE/var/lib/shim-signed/mok/MOK.der"
refused "Secure Boot, Ubuntu" \
	"$signed (Secure Boot, lockdown): mokutil --import /var/lib/shim-signed/mok/MOK.der, reboot, and choose \"Enroll MOK\""
rm "$NODE/var/lib/dkms/mok.pub" "$NODE/var/lib/shim-signed/mok/MOK.der"
refused "Secure Boot, no key of DKMS" \
	"$signed (Secure Boot, lockdown): enrol the key that signs the module: mokutil --import CERTIFICATE, and reboot"
new_node
answers "Key was rejected by service"
echo Y > "$NODE/sys/module/module/parameters/sig_enforce"
refused "sig_enforce" "$signed (module.sig_enforce): boot without it, or have the module signed with a key that this kernel trusts"
new_node
answers "Operation not permitted"
refused "no right to" "the kernel does not let us load modules: run this as root, with CAP_SYS_MODULE"
check_equal "refuses: no right to: nothing is built for that" "modprobe " "$(calls)"
echo "root=/dev/vda module_blacklist=floppy,podswitch" > "$NODE/proc/cmdline"
refused "module_blacklist" "the kernel's command line forbids podswitch (module_blacklist=): take it away and reboot"
new_node
answers "Invalid module format"
mkdir -p "$NODE/image/$RELEASE"
touch "$NODE/image/$RELEASE/podswitch.ko"
rm "$NODE/usr/src/podswitch-$VERSION/dkms.conf"
refused "what is there is of another kernel, and cannot be built" \
	"no module is installed for Linux $RELEASE, nor sources to build it from: apt-get install podswitch-dkms" --prebuilt "$NODE/image"
new_node
answers "Cannot allocate memory"
refused "something else" "the module that was built cannot be loaded: insmod: ERROR: could not insert module x: Cannot allocate memory"

new_node
chmod 755 "$WORK"
check_fail "refuses: not root" "podswitch-load: modules are loaded by root alone: run podswitch-load as root" \
	env -i PATH="$BIN" PODSWITCH_ROOT="$NODE" "$(command -v setpriv)" --reuid 65534 --clear-groups /bin/dash "$LOAD"
for words in --source "--source ''" --what "--prebuilt x --what y"; do
	check_equal "refuses: $words is not understood" "usage: podswitch-load [--prebuilt DIR] [--source DIR]; 2" \
		"$(eval "load $words" 2>&1); $(eval "load $words" > /dev/null 2>&1; echo "$?")"
done

# --- real ---

eval "$("$TREE/selftests/vm/kernel" 6.12)"
RELEASE=$KVER
new_node
rm -r "$NODE/lib/modules/$KVER/build"
ln -s "$KDIR" "$NODE/lib/modules/$KVER/build"
mv "$NODE/usr/src/podswitch-$VERSION" "$NODE/source"
cp -r "$TREE/Kbuild" "$TREE/kmod" "$TREE/genl" "$NODE/source/"
find "$NODE/source" -exec touch -d @0 {} +
lacks make gcc-12
# shellcheck disable=SC2016 # for the fake
fake insmod <<< '[ "$(modinfo -F vermagic "$1" | cut -d" " -f1)" = "$(uname -r)" ] && loads "$(modinfo -F version "$1")"'
lacks modinfo
check "real: it is built and loaded" \
	env -u MAKEFLAGS -u MAKELEVEL PATH="$BIN:$PATH" PODSWITCH_ROOT="$NODE" /bin/dash "$LOAD" --source "$NODE/source"
check_equal "real: its version" "$VERSION" "$(cat "$NODE/sys/module/podswitch/version" 2>&1)"
check_equal "real: the sources are as they were" "" "$(find "$NODE/source" -newermt @1)"
ktap_finish
