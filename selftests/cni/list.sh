# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests to source: configuration lists as runtimes of several ages read them.

# shellcheck source=chain-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/chain-lib.sh"

# list_version LIST NEWEST: the version that a runtime takes which knows none above NEWEST, or nothing; before 1.1.0, they
# do not know "cniVersions"
list_version() {
	jq -r --arg newest "$2" 'def key: split(".") | map(tonumber);
		if $newest == "1.1.0" then [.cniVersion, .cniVersions[]?] else [.cniVersion] end
		| map(select(. != null and key <= ($newest | key))) | max_by(key) // ""' <<<"$1"
}

# list_for LIST NEWEST: the list in that version
list_for() {
	jq -c --arg version "$(list_version "$1" "$2")" '.cniVersion = $version | del(.cniVersions)' <<<"$1"
}

# list_first LIST: what its first plugin gets, with what the runtime fills in, from $RUNTIME
list_first() {
	chain_plugins "$1" | sed -n '1s/^[^ ]* //p'
}
