#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes the UAPI header, the policies and the operation tables from podswitch.yaml, with the kernel's own generator.
# --check changes nothing and fails if what is committed differs from what would be made.
set -euo pipefail
genl=$(dirname "$(realpath "$0")")
. "$genl/../scripts/common.sh"

need python3-yaml python3-jsonschema
ksrc=$("$genl/../scripts/ksrc")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# The generator looks for a file MAINTAINERS in the folders above the specification, for ever if there is none, and for
# the schema in the folder above its own.
mkdir -p "$tree/genl/uapi/linux"
touch "$tree/MAINTAINERS"
cp "$ksrc/Documentation/netlink/genetlink.yaml" "$tree/"
cp "$genl/podswitch.yaml" "$tree/genl/"

# generate OUTPUT ARGUMENT...
generate() {
	local output=$1; shift
	(cd "$tree/genl" && timeout 60 /usr/bin/python3 "$ksrc/tools/net/ynl/ynl-gen-c.py" \
		--spec "$tree/genl/podswitch.yaml" "$@" -o "$output")
}

generate uapi/linux/podswitch.h --mode uapi --header
generate podswitch-nl.h --mode kernel --header
generate podswitch-nl.c --mode kernel --source

outputs=(uapi/linux/podswitch.h podswitch-nl.h podswitch-nl.c)
if [[ ${1:-} == --check ]]; then
	for output in "${outputs[@]}"; do
		diff -u "$genl/$output" "$tree/genl/$output" || die "genl/$output is not what podswitch.yaml says: make genl"
	done
else
	for output in "${outputs[@]}"; do
		cmp -s "$tree/genl/$output" "$genl/$output" || cp "$tree/genl/$output" "$genl/$output"
	done
fi
