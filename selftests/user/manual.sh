#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The manual and what psw itself says of its words are the same.
#
#    psw help --------- psw(8):       options, objects, pages of objects
#    psw OBJECT help -- psw-OBJECT(8): verbs, words, options
#
#  - options: each of psw help is in the list of psw(8), short and long, and the other way round
#  - objects: each has a page, and psw(8) tells of each page
#  - references: to our pages lead somewhere
#  - words:   each of psw OBJECT help is a word (.Cm, .Fl) somewhere in the page, and those of the page's SYNOPSIS are in the help
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../man.sh
. "$(dirname "$0")/../man.sh"
ktap_header

# section NAME PAGE
section() {
	awk -v name="$1" '/^\.Sh / { inside = substr($0, 5) == name; next } inside' "$2"
}

# help_words: those of a usage that are typed as they are; options as "-j" and "json"
help_words() {
	sed -E 's/^Usage://; s/ :=/ /; s/psw //g; s/N\[-N\]\[,N\[-N\]\]\.\.\.//g; s/\[[A-Z]+\/\]//g' |
		sed -E 's/-([a-zA-Z]+)\[([a-zA-Z]+)\]/ -\1 \1\2 /g' |
		grep -oE '(^|[^A-Za-z0-9+-])-{0,2}[a-zA-Z][a-zA-Z0-9+-]*' | sed -E 's/^[^a-zA-Z-]//' |
		grep -vE '^[A-Z][A-Z0-9_-]*$' | sort -u
}

# man_words: those that mdoc marks as typed, likewise
man_words() {
	man_text | grep -E '^\.' | awk '
		{
			typed = 0
			for (i = 1; i <= NF; i++) {
				word = $i
				sub(/^\./, "", word)
				if (word ~ /^(Cm|Fl)$/) { typed = word; long = 0; continue }
				if (word == "," && typed == "Fl") { long = 1; continue }
				if (word ~ /^(Ar|Pa|Ql|Sy|Em|Dv|Xr|Ic|No|Ns|Oc|Oo|Op|Brq|Bro|Brc|Pq|It|Nm|Pf)$/) {
					if (word !~ /^(Ns|It)$/) typed = 0
					continue
				}
				if (!typed || word !~ /^[a-zA-Z]/) continue
				print (typed == "Fl" && !long ? "-" : "") word
			}
		}' | sort -u
}

# usage OBJECT: the lines of its help that are grammar; options are described in psw(8) by their long names
usage() {
	"$PSW" "$1" help | grep -E '^(Usage:|   )|:=' | sed -E 's/-([a-zA-Z]+)\[[a-z]+\]/-\1/g'
}

# objects: the words of psw help that have a help of their own
objects() {
	local word first

	for word in $("$PSW" help | grep -oE '\b[a-z]+\b' | sort -u); do
		first=$("$PSW" "$word" help 2> /dev/null | head -n 1)
		[[ ! $first =~ ^Usage:\ psw\ (.*\]\ )?"$word"( |$) ]] || echo "$word"
	done
}

# missing LINES LINES: those of the first that the second has not
missing() {
	comm -23 <(sort -u <<< "$1") <(sort -u <<< "$2") | xargs
}

# --- options ---

# -j[son] is j and json, -force is force
HELP=$("$PSW" help | grep -oE -- '[[ ]-[a-zA-Z]+(\[[a-z]+\])?' | tr -d ' -' | sed -E 's/^\[//; s/(.*)\[(.*)\]/\1\n\1\2/')
OPTIONS=$(section OPTIONS "$MAN/psw.8" | grep '^\.It Fl' | sed 's/ \(Ar\|Cm\|Ns\|Op\|Oo\) .*//' | man_words | sed 's/^-//')
check "options: there are some" test "$(wc -l <<< "$HELP")" -ge 10
check_equal "options: psw(8) has those of the help" '' "$(missing "$HELP" "$OPTIONS")"
check_equal "options: and no others" '' "$(missing "$(grep .. <<< "$OPTIONS")" "$HELP")"

# What goes with any object stands in psw(8) alone: its options, and help.
EVERYWHERE=$(while read -r option; do echo "-$option"; done <<< "$OPTIONS"; echo help)

# --- objects ---

OBJECTS=$(objects)
check "objects: there are some" test "$(wc -l <<< "$OBJECTS")" -ge 4
PAGES=$(cd "$MAN" && printf '%s\n' psw-*.8 | sed 's/\.8$//')
check_equal "objects: each has a page, and each page an object" \
	"$(sort <<< "$OBJECTS" | xargs)" "$(sort <<< "${PAGES//psw-/}" | xargs)"
check_equal "objects: psw(8) describes each" '' \
	"$(missing "$OBJECTS" "$(section OBJECTS "$MAN/psw.8" | grep '^\.It' | man_words)")"
check_equal "objects: psw(8) leads to each page" '' \
	"$(missing "$PAGES" "$(section 'SEE ALSO' "$MAN/psw.8" | awk '$1 == ".Xr" { print $2 }')")"

check_equal "references: to pages that there are" '' "$(missing "$(sed -n 's/^\.Xr \(psw[^ ]*\|.*podswitch[^ ]*\) \([38]\).*/\1.\2/p' "$MAN"/*.[38])" \
	"$(cd "$MAN" && printf '%s\n' -- *.[38])")"

# --- words ---

for object in $OBJECTS; do
	page=$MAN/psw-$object.8
	[[ -e $page ]] || continue
	check_equal "words: psw-$object(8) has those of the help" '' \
		"$(missing "$(usage "$object" | help_words)" "$(echo "$object"; man_words < "$page"; echo "$EVERYWHERE")")"
	# A page may be about more than one of them.
	said=$(for name in $(man_names "$page" | sed -n 's/^psw-//p'); do usage "$name" | help_words; echo "$name"; done)
	check_equal "words: and its synopsis no others" '' \
		"$(missing "$(section SYNOPSIS "$page" | grep -v '^\.Nm podswitch-' | man_words)" "$said"$'\n'"$EVERYWHERE")"
	check "words: psw-$object(8) is named like its file" grep -qx "psw-$object" <(man_names "$page")
done

ktap_finish
