#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints what forwarding one 64-byte frame from pod to pod costs, through a bare veth cable, podswitch and a bridge, in a VM
# that counts instructions (run --icount). Fails if podswitch adds more than LIMIT (350).
set -euo pipefail
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/measure" --rounds 1 --loads forward --peers "cable podswitch podswitch-mac podswitch-off queued queued-off bridge" \
	--sizes "" --no-attach "$work/samples" > "$work/log" || { cat "$work/log" >&2; exit 1; }
"$here/report.py" --counted "$work/samples" --limit "${LIMIT:-350}"
