# SPDX-License-Identifier: GPL-2.0
# Completion for psw, which itself tells what could stand at the cursor.

function __psw_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct | string replace -ra '[\\\\"\']' '')
    set -l lines (psw complete -- $words[2..] "$typed" 2>/dev/null)
    if string match -q -- \t\* $lines
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $lines
    end
end

complete -c psw -f -a '(__psw_complete)'
