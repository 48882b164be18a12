# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the scripts of this folder to source: what they know of kernels, and what all the tree's scripts share.
# shellcheck disable=SC2034 # set for others

# shellcheck source=SCRIPTDIR/../../scripts/common.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../../scripts/common.sh"

# What a kernel says when something is wrong with it.
kernel_reports='WARNING:|\bBUG:|\bBUG [^ ]+ \(|ref_tracker: |\bOops\b|KASAN|KCSAN|UBSAN|kmemleak:|possible (recursive|circular) locking|INFO: rcu'
kernel_reports+='|suspicious RCU usage|general protection fault|unregister_netdevice: waiting|refcount_t|Call Trace'
kernel_reports+='|blocked for more than|Kernel panic'

# kernel_facts ALIAS : sets KVER, VMLINUX, MODULES, KDIR, INSIDE, CROSS and UML, see kernel
kernel_facts() {
	local facts
	facts=$("$(dirname "${BASH_SOURCE[0]}")/kernel" "$1")
	KVER='' VMLINUX='' MODULES='' KDIR='' INSIDE='' CROSS='' UML=''
	eval "$facts"
	[[ ! $UML ]] || export ARCH=um
	[[ ! $CROSS ]] || export ARCH=$CROSS CROSS_COMPILE=aarch64-linux-gnu-
}

# matching PATTERN: the tests that it means, one a line: a program's path, or part of a name among selftests/*/*.sh
matching() {
	local pattern=$1 tests test name
	if [[ -f $pattern && -x $pattern ]]; then realpath "$pattern"; return; fi
	tests=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
	for test in "$tests"/*/*.sh; do
		name=${test#"$tests/"}
		# shellcheck disable=SC2053 # a pattern is what is wanted
		[[ ! -x $test || $name == */lib.sh || $name == bench/* || $name != *$pattern* ]] || echo "$test"
	done
}

# toolbox_need PACKAGE...: as need, in the toolbox
toolbox_need() {
	local box root package missing=()
	box=$(dirname "${BASH_SOURCE[0]}")/toolbox
	root=$("$box")
	for package; do
		compgen -G "$root/var/lib/dpkg/info/$package*.list" > /dev/null || missing+=("$package")
	done
	(( ${#missing[@]} )) || return 0
	say "installing in the toolbox: ${missing[*]}"
	locked fetch toolbox_install "$box" "${missing[@]}"
}

toolbox_install() {
	local box=$1; shift
	loudly "$box" apt-get update
	DEBIAN_FRONTEND=noninteractive loudly "$box" apt-get install -y --no-install-recommends "$@"
	"$box" apt-get clean
}
