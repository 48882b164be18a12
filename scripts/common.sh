# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For scripts to source: the cache, its locks, packages, the way to complain.

cache=${PODSWITCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/podswitch}

say() { echo "podswitch: $*" >&2; }
die() { say "$*"; exit 1; }

# locked NAME COMMAND...: one caller at a time, the others wait
locked() {
	local name=$1; shift
	mkdir -p "$cache"
	( flock 9; "$@" ) 9> "$cache/$name.lock"
}

# loudly COMMAND...: quiet on success, everything it said on failure
loudly() {
	local log status=0
	log=$(mktemp)
	"$@" > "$log" 2>&1 || status=$?
	(( status == 0 )) || { cat "$log" >&2; say "failed: $*"; }
	rm -f "$log"
	return "$status"
}

# need PACKAGE...: install those that this machine lacks, and say so
need() {
	local missing=() package
	for package; do
		[[ $(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
	done
	(( ${#missing[@]} )) || return 0
	(( EUID == 0 )) || die "must be root to install: ${missing[*]}"
	say "installing: ${missing[*]}"
	locked install install_packages "${missing[@]}"
}

install_packages() {
	export DEBIAN_FRONTEND=noninteractive
	local apt=(apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5)
	local install=("${apt[@]}" install -y --no-install-recommends "$@")
	"${install[@]}" > /dev/null 2>&1 && return
	loudly "${apt[@]}" update
	loudly "${install[@]}"
}

# --- Debian's other suites, through lists of our own: the system's are left alone ---

# our COMMAND...: apt-get or apt-cache with those lists, after our_update; MACHINES are those whose packages it knows
our() {
	local tool=$1 machine machines=(); shift
	for machine in ${MACHINES:-amd64 arm64}; do machines+=(-o "APT::Architectures::=$machine"); done
	"$tool" -o Dir::Etc::SourceList="$cache/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::Etc::Preferences="$cache/apt/preferences" -o Dir::Etc::PreferencesParts=/dev/null \
		-o Dir::State::Lists="$cache/apt/lists" -o Dir::Cache="$cache/apt/cache" -o Acquire::Languages=none \
		-o APT::Sandbox::User=root -o Acquire::Retries=5 "${machines[@]}" "$@"
}

# mirror LABEL: where this machine's apt gets what calls itself so: Debian or Debian-Security
mirror() {
	local uri
	uri=$(mirror_known "$1")
	[[ $uri ]] || { loudly apt-get update; uri=$(mirror_known "$1"); }
	[[ $uri ]] || die "apt knows no mirror of $1"
	echo "$uri"
}

mirror_known() {
	# shellcheck disable=SC2016 # for apt
	apt-get indextargets --format '$(LABEL) $(REPO_URI)' | sed -n "s/^$1 //p" | head -n 1
}

# our_update: fetch the lists anew
our_update() {
	locked apt our_update_locked
}

our_update_locked() {
	local main security suite key='signed-by=/usr/share/keyrings/debian-archive-keyring.gpg'
	main=$(mirror Debian) security=$(mirror Debian-Security)
	mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
	{
		for suite in bookworm-updates trixie trixie-backports sid; do echo "deb [arch=amd64 $key] $main $suite main"; done
		echo "deb [arch=amd64 $key] $security bullseye-security main"
		echo "deb [arch=amd64,arm64 $key] $main bookworm main"
		echo "deb [arch=amd64,arm64 $key] $security bookworm-security main"
		echo "deb-src [$key] $main trixie main"
	} > "$cache/apt/sources.list"
	# what is not yet released is only taken where it is asked for
	printf '%s\n' 'Package: *' 'Pin: release n=sid' 'Pin-Priority: 1' > "$cache/apt/preferences"
	loudly our apt-get update
}
