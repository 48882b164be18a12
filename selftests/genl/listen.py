#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints events as the kernel tree's YNL library reads them, one JSON line each.

usage: listen.py YNL-FOLDER podswitch.yaml GROUP

Prints "listening" first, and goes on until a signal ends it.
"""
import importlib
import json
import select
import sys


def main():
    """The whole program."""
    sys.path.append(sys.argv[1])
    ynl = importlib.import_module('lib').YnlFamily(sys.argv[2], '')
    ynl.ntf_subscribe(sys.argv[3])
    print('listening', flush=True)
    while True:
        select.select([ynl.sock], [], [])
        ynl.check_ntf()
        for event in ynl.async_msg_queue:
            print(json.dumps(event, default=bytes.hex), flush=True)
        ynl.async_msg_queue.clear()


if __name__ == '__main__':
    main()
