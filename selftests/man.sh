# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the tests to source: what manual pages say, as text.

# shellcheck disable=SC2034 # theirs
MAN=$TREE/userspace/man

# man_text: lines of mdoc without its escapes
man_text() {
	sed 's/\\&//g; s/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(dq/"/g; s/\\(ti/~/g; s/\\(ha/^/g; s/\\e/\\/g'
}

# man_blocks PAGE FOLDER: the literal blocks (.Bd -literal or -unfilled, and lines of .Dl) of its EXAMPLES, as FOLDER/01,
# 02, ..., each with the comment before it, if there is one, as FOLDER/01.note
man_blocks() {
	awk -v folder="$2" '
		function begin() { file = sprintf("%s/%02d", folder, ++n); if (note) print note > (file ".note"); note = "" }
		/^\.Sh / { inside = $2 == "EXAMPLES"; next }
		!inside { next }
		/^\.\\"/ { note = $0; sub(/^\.\\" */, "", note); next }
		/^\.Bd -(literal|unfilled)/ { begin(); within = 1; next }
		/^\.Ed/ { within = 0; next }
		/^\.Dl / { begin(); sub(/^\.Dl /, ""); print > file; next }
		within { print > file }
		!within && !/^\.Pp/ { note = "" }' "$1"
	for block in "$2"/??; do
		[[ -f $block ]] || continue
		man_text < "$block" > "$block.text"
		mv "$block.text" "$block"
	done
}

# man_names PAGE...: what their sections NAME say they are about
man_names() {
	sed -s -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([^ ]*\).*/\1/p' "$@"
}
