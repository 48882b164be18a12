# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Completion for psw, which itself tells what could stand at the cursor. Needs bash-completion, for words with colons.

# Names are as their owners chose them, so they are quoted as the word is that is being typed.
_psw()
{
	local cur words cword value i
	_get_comp_words_by_ref -n := cur words cword || return

	# what the shell would put something else for is not psw's to complete
	[[ $cur == \'* || ${cur//\\?/} != *[\$\`]* ]] || return
	for ((i = 1; i <= cword; i++)); do
		words[i]=${words[i]//[\\\"\']/}
	done
	COMPREPLY=()
	while IFS= read -r value; do
		value=${value%%$'\t'*}
		case $value$'\t'$cur in
		$'\t'*) compopt -o default; return ;;
		*$'\t\''*) value=${value//\'/\'\\\'\'} ;;
		*\!*$'\t"'*) continue ;; # would be history, and not be quoted
		*$'\t"'*)
			value=${value//\\/\\\\} value=${value//\"/\\\"}
			value=${value//\$/\\\$} value=${value//\`/\\\`}
			;;
		*) printf -v value %q "$value" ;;
		esac
		COMPREPLY+=("$value")
	done < <(psw complete -- "${words[@]:1:cword}" 2> /dev/null)
	__ltrim_colon_completions "$cur"
}
complete -F _psw psw
