#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages on a machine that has never seen podswitch: installed, used, upgraded, removed, purged.
#
#   [web] eth0 ---- psw0 ---- eth0 [client]        pods of containerd, by the plugin that was installed
#                     |
#                   host
#
# Runs in a VM of its own, which systemd boots: User-Mode Linux, where DKMS builds the module, or the Debian kernel that
# PODSWITCH_KERNEL names (6.1, 6.12). For that DKMS builds it before the machine boots, since a compiler in the emulator takes a
# quarter of an hour; there is no upgrade then. Afterwards the machine is as it was: no file more, none less, no module, no unit.
# With PODSWITCH_DEBS=1, packages that an earlier run has built are taken.
. "$(dirname "$0")/lib.sh"
KERNEL=${PODSWITCH_KERNEL:-uml}
DEBS=$BUILD/deb
NEXT=$BUILD/deb-next
CONF=/etc/cni/net.d/10-podswitch.conflist
PACKAGES=(podswitch-dkms podswitch-tools podswitch-cni podswitch-exporter libpodswitch0)

# What a machine of this kind has and the root does not: programs for the pods, and, in User-Mode Linux, the kernel's headers.
prepare() {
	local KDIR KVER UML=''

	if [[ ! ${PODSWITCH_DEBS:-} ]] && ! { "$TREE/scripts/deb" "$DEBS" --no-lintian &&
	       "$TREE/scripts/deb" "$NEXT" --version 9.9.9-0upstream1 --no-lintian; } > "$WORK/log" 2>&1; then
		cat "$WORK/log"
		exit 1
	fi
	"$TREE/scripts/need" busybox-static
	install -D -m 755 /bin/busybox "$OVER/usr/bin/busybox"
	eval "$("$TREE/selftests/vm/kernel" "$KERNEL")"
	OPTIONS=(--over "$OVER")
	[[ $UML ]] || { install_before "$KVER"; return; }
	mkdir -p "$OVER/usr/lib/modules/$KVER/build"
	ln -s "$KDIR"/* "$KDIR/.config" "$OVER/usr/lib/modules/$KVER/build/"
	# DKMS knows nothing of this processor
	# shellcheck disable=SC2016 # for make
	printf 'modules clean:\n\t$(MAKE) -C %s ARCH=um M=$(M) $@\n' "$KDIR" > "$OVER/usr/lib/modules/$KVER/build/GNUmakefile"
	OPTIONS+=(--see "${KDIR%/*}" --state "$WORK/state")
}

# install_before KERNEL: the packages, in OVER, and the module for that kernel
install_before() {
	local root=$WORK/root
	mkdir -p "$root" "$WORK/work" "$OVER"
	mount -t overlay overlay -o "lowerdir=$("$TREE/selftests/vm/root" node),upperdir=$OVER,workdir=$WORK/work" "$root" || exit 1
	mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/run" &&
		mount -t tmpfs tmpfs "$root/tmp" || exit 1
	find "$root/lib/modules" -mindepth 1 -maxdepth 1 ! -name "$1" -exec rm -r {} +
	# shellcheck disable=SC2046 # names
	cp $(debs "$DEBS") "$root/tmp/"
	find "$root" -xdev \( -name 'podswitch*' -o -name '*psw*' \) | sed "s|^$root||" | sort > "$WORK/named"
	DEBIAN_FRONTEND=noninteractive chroot "$root" sh -c 'dpkg -i /tmp/*.deb' > "$WORK/log" 2>&1 || { cat "$WORK/log"; exit 1; }
	umount -l "$root"
	install -D -m 644 "$WORK/named" "$OVER/var/cache/named"
}

# debs FOLDER: the packages' files
debs() {
	local name

	for name in "${PACKAGES[@]}"; do echo "$1/${name}"_*.deb; done
}

# Mounts end with the test.
[[ ${PACKAGES_OWN_MOUNTS:-} || ${PODSWITCH_IN_ROOT:-} ]] ||
	PACKAGES_OWN_MOUNTS=1 exec unshare -m --propagation private "$0" "$@"
if outside; then
	prepare
	in_root "$KERNEL" node "${OPTIONS[@]}" --limit 3000
fi
. "$TREE/selftests/runtime.sh"

export DEBIAN_FRONTEND=noninteractive
PSW=psw

# --- helpers ---

# files: all that there is, but for what apt and dpkg remember of packages, what logs, what containers leave, and the key
# that DKMS makes for the machine with its first module; nor /opt, which dpkg takes away with the last package that has
# something there
files() {
	find / "/usr/lib/modules/$(uname -r)" -xdev \( -path /run -o -path /tmp -o -path /out -o -path /var/log \
		-o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/containerd \
		-o -path /var/lib/cni -o -path '/var/lib/dkms/mok.*' -o -path /var/lib/systemd/timers \
		-o -path "${TREE%/*}" -o -path "$ROOTFS" \) -prune -o ! -path /opt -print | sort
}

# apt WORDS...: what it says goes to the log; shown if it fails
apt_get() {
	apt-get -y "$@" > "$WORK/log" 2>&1 || { tail -n 30 "$WORK/log"; return 1; }
}

version_of() { cat "/sys/module/$1/version"; }
in_dkms() { dkms status -k "$(uname -r)" 2> /dev/null | sed -E 's/^([^,]*), ([^,]*), [^:]*: ([a-z]*).*/\1 \2 \3/'; }
active() { [[ $(systemctl is-active "$1") == active ]]; }
no_fault() {
	psw doctor > "$WORK/doctor"
	! grep -E '^(problem|notice)' "$WORK/doctor" || { cat "$WORK/doctor"; return 1; }
}
talks() {
	in_pod client /bin/ping -c 2 -W 5 "$(pod_ip web 4)" && in_pod client /bin/ping -c 2 -W 5 "$(pod_ip web 6)"
}

# gc: as a runtime asks the plugin that knows of no pod any more
gc() {
	jq '{cniVersion: "1.1.0", name: .name} + .plugins[0] + {"cni.dev/valid-attachments": []}' "$CONF" |
		CNI_COMMAND=GC CNI_PATH=/opt/cni/bin /opt/cni/bin/podswitch
}

# --- cases ---

try_install() {
	# shellcheck disable=SC2046 # names
	[[ $KERNEL != uml ]] || check "the packages are installed" apt_get install $(debs "$DEBS")
	check_equal "DKMS has built the module" "podswitch/0.1.0 $(uname -r) installed" "$(in_dkms)"
	check "the unit has come up" active podswitch
	check "the exporter's too" active podswitch-exporter
	ktap_note "$(systemctl status podswitch --no-pager -n 0)"
	check_equal "the module is loaded" 0.1.0 "$(version_of podswitch)"
	check "systemd has nothing that failed" systemctl is-system-running
	check_equal "no network is configured unasked" "" "$(ls /etc/cni/net.d 2> /dev/null)"
}

try_pods() {
	mkdir -p /etc/cni/net.d
	cp /usr/share/doc/podswitch-cni/examples/10-podswitch.conflist /etc/cni/net.d/.new
	mv /etc/cni/net.d/.new $CONF
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	# br_netfilter, of which doctor has something to say, is built into User-Mode Linux
	[[ $KERNEL != uml ]] || sysctl -qw net.bridge.bridge-nf-call-iptables=0
	make_rootfs
	systemctl start containerd
	busywait 60 ctr version
	check "containerd makes pod web" run_pod web
	check "containerd makes pod client" run_pod client
	check "they talk, IPv4 and IPv6" talks
	check "doctor finds nothing" no_fault
}

try_upgrade() {
	local index

	index=$(cat /sys/class/net/psw0/ifindex)
	# shellcheck disable=SC2046 # names
	check "the next version is installed" apt_get install $(debs "$NEXT")
	check_equal "DKMS has built that, and forgotten the other" "podswitch/9.9.9 $(uname -r) installed" "$(in_dkms)"
	check_equal "psw is the new one" "psw 9.9.9" "$(psw -V)"
	check_equal "the loaded module stays, for the pods' sake" "0.1.0 $index" "$(version_of podswitch) $(cat /sys/class/net/psw0/ifindex)"
	check "the pods still talk" talks
	check "the unit is up" active podswitch
}

try_remove() {
	check "the end of pod web" end_pod web
	check "the end of pod client" end_pod client
	systemctl stop containerd
	check "GC, since ctr asks for no DEL" gc
	check_equal "the plugin's rules are gone" "" "$(nft list ruleset | grep -A 9 podswitch)"
	ip link delete psw0
	check "removed without pods" apt_get remove "${PACKAGES[@]}"
	check "the module is gone" test ! -e /sys/module/podswitch
	check_equal "and from DKMS" "" "$(in_dkms)"
	check "what the administrator may have changed stays" test -e /etc/podswitch/switches
	check "purged" apt_get purge "${PACKAGES[@]}"
	rm -r /etc/cni
}

# named: what has our name
named() {
	find / "/usr/lib/modules/$(uname -r)" -xdev \( -path /run -o -path /tmp -o -path /out -o -path /var/log -o -path /var/lib/dpkg \
		-o -path /var/cache/apt -o -path "${TREE%/*}" -o -path "$ROOTFS" \) -prune \
		-o \( -name 'podswitch*' -o -name '*psw*' \) -print | sort -u
}

ktap_header
if [[ $KERNEL == uml ]]; then
	# By these DKMS knows kernels that it builds for besides the one that runs: once is enough here.
	find /boot -name 'config-*' ! -name "config-$(uname -r)" -delete
	files > "$WORK/before"
	try_install
	try_pods
	try_upgrade
	try_remove
	files > "$WORK/after"
	check_equal "each file is as before" "" "$(diff "$WORK/before" "$WORK/after" | grep '^[<>]')"
else
	try_install
	try_pods
	try_remove
	check_equal "no file has our name that had not before" "" "$(named | comm -23 - /var/cache/named)"
fi
check_equal "no file speaks of podswitch" "" "$(grep -rlis podswitch /etc "/usr/lib/modules/$(uname -r)"/modules.*)"
check_equal "no unit does" "" "$(systemctl list-units --all --plain --no-legend 'podswitch*')"
ktap_finish
