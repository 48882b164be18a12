#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Types lines into an interactive shell, in which "psw" is completed, and prints what becomes of each.

usage: type.py { bash | zsh | fish } COMPLETION-DIR < LINES

A line is typed, then the tab key is pressed, once or twice ("\\t" in the line is a tab too); what then stands in the
shell's line editor is printed as a JSON string. No line is ever run.
"""
import json
import os
import pty
import select
import sys
import tempfile

SECONDS = 300

BASH = """
. /usr/share/bash-completion/bash_completion
. {dir}/psw.bash
PS1='READY> '
_dump() {{ printf %s "$READLINE_LINE" > {out}.new; mv {out}.new {out}; }}
bind -x '"\\C-xd": _dump'
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind 'set completion-query-items 0'
bind 'set page-completions off'
"""

ZSH = """
fpath=({dir} $fpath)
autoload -Uz compinit && compinit -D -u
PS1='READY> '
LISTMAX=10000
unsetopt beep menu_complete auto_menu
_dump() {{ print -rn -- "$BUFFER" > {out}.new; mv {out}.new {out} }}
zle -N _dump
bindkey -e
bindkey '^Xd' _dump
"""

FISH = """
source {dir}/psw.fish
function fish_prompt; echo -n 'READY> '; end
function fish_greeting; end
function _dump; commandline > {out}.new; mv {out}.new {out}; end
bind \\cxd _dump
set -g fish_autosuggestion_enabled 0
"""


def start(shell, completions, home):
    """The terminal of a shell that is completing."""
    out = os.path.join(home, "out")
    rc = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell].format(dir=completions, out=out)
    with open(os.path.join(home, ".zshrc"), "w", encoding="utf-8") as file:
        file.write(rc)
    command = {
        "bash": ["bash", "--noprofile", "--rcfile", file.name, "-i"],
        "zsh": ["zsh", "-d", "-i"],
        "fish": ["fish", "--no-config", "--init-command", "source " + file.name, "-i"],
    }[shell]
    env = dict(os.environ, HOME=home, ZDOTDIR=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home, TERM="xterm",
               LC_ALL="C.UTF-8", HISTFILE="")
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, env)
    return fd, out


def wait(fd, done):
    """Takes what the shell prints until done(printed) is true."""
    printed = b""
    for _ in range(SECONDS * 50):
        if select.select([fd], [], [], 0.02)[0]:
            printed += os.read(fd, 65536)
        if done(printed):
            return
    sys.exit("type.py: waited in vain; the shell printed: " + repr(printed))


def main():
    shell, completions = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        fd, out = start(shell, os.path.realpath(completions), home)
        wait(fd, lambda printed: b"READY> " in printed)
        for line in sys.stdin:
            line = line.rstrip("\n").replace("\\t", "\t")
            os.write(fd, line.encode() + b"\t\x18d")
            wait(fd, lambda _: os.path.exists(out))
            with open(out, encoding="utf-8", newline="") as file:
                print(json.dumps(file.read().rstrip("\n")), flush=True)
            os.unlink(out)
            os.write(fd, b"\x05\x15")
        os.close(fd)


main()
