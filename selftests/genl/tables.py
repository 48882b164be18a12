#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints what the YAML says of requests as C tables, for selftests/tools/nlfuzz, whose tables.h has their types.

usage: tables.py podswitch.yaml
"""
import sys

import yaml

KINDS = {'u8': 'KIND_U8', 'u16': 'KIND_U16', 'u32': 'KIND_U32', 'binary': 'KIND_BINARY', 'string': 'KIND_STRING',
         'nest': 'KIND_NEST'}
SIZES = {'u8': 1, 'u16': 2, 'u32': 4}
HINTS = {'mac': 'HINT_MAC', 'ipv4': 'HINT_IPV4', 'ipv6': 'HINT_IPV6'}
# What the YAML says in words alone: which devices an interface index is of, what bytes are a frame, where a range ends.
WORDS = {('switch', 'ifindex'): 'HINT_SWITCH', ('port', 'switch'): 'HINT_SWITCH', ('port', 'ifindex'): 'HINT_DEVICE',
           ('probe', 'ifindex'): 'HINT_ANY', ('probe', 'frame'): 'HINT_FRAME',
           ('vlan-range', 'first'): 'HINT_VLAN', ('vlan-range', 'last'): 'HINT_VLAN'}


class Tables:
    """The YAML, and what is made of it."""

    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            self.yaml = yaml.safe_load(file)
        self.sets = {s['name']: s['attributes'] for s in self.yaml['attribute-sets']}
        self.constants = {d['name']: d['value'] for d in self.yaml['definitions'] if d['type'] == 'const'}
        self.enums = {d['name']: len(d['entries']) for d in self.yaml['definitions'] if d['type'] == 'enum'}
        self.printed = set()

    def bounds(self, a):
        """The least and the greatest of a number, or of the bytes of what is none."""
        checks = {k: self.constants.get(v, v) for k, v in a.get('checks', {}).items()}
        size = SIZES.get(a['type'])
        low = checks.get('min', 0)
        high = checks.get('max', (1 << 8 * size) - 1 if size else 0)
        if 'enum' in a:
            high = self.enums[a['enum']] - 1
        if not size:
            low = checks.get('exact-len', 0)
            high = checks.get('exact-len', checks.get('max-len', 0xffff))
        return low, high

    def member(self, name, a):
        """One line of a set's table."""
        if a['type'] not in KINDS:
            return f'\t{{ .name = "{a["name"]}", .kind = KIND_NONE }},'
        low, high = self.bounds(a)
        hint = WORDS.get((name, a['name']), HINTS.get(a.get('display-hint'), 'HINT_NONE'))
        nest = f'&set_{c_name(a["nested-attributes"])}' if a['type'] == 'nest' else 'NULL'
        return (f'\t{{ .name = "{a["name"]}", .kind = {KINDS[a["type"]]}, .hint = {hint}, .low = {low}U, '
                f'.high = {high}U, .nest = {nest}, .is_multi = {int(a.get("multi-attr", False))} }},')

    def print_set(self, name):
        """A set's table, behind those of its nests."""
        if name in self.printed:
            return
        self.printed.add(name)
        for a in self.sets[name]:
            if a['type'] == 'nest':
                self.print_set(a['nested-attributes'])
        print(f'static const struct member members_{c_name(name)}[] = {{')
        for a in self.sets[name]:
            print(self.member(name, a))
        print('};')
        print(f'static const struct set set_{c_name(name)} = {{')
        print(f'\tmembers_{c_name(name)}, {len(self.sets[name])}')
        print('};\n')

    def mask(self, op, modes):
        """The attributes that a request may carry, as bits."""
        names = [a['name'] for a in self.sets[op['attribute-set']]]
        may = {a for mode in modes for a in op.get(mode, {}).get('request', {}).get('attributes', [])}
        return sum(1 << names.index(a) + 1 for a in may)

    def print_requests(self):
        """Each way to ask. What the do and the dump of a command may carry together is what kernels before 6.2 let pass."""
        print('const struct request requests[] = {')
        for i, op in enumerate(self.yaml['operations']['list']):
            for mode in ('do', 'dump'):
                if mode not in op:
                    continue
                print(f'\t{{ .name = "{op["name"]}{" dump" if mode == "dump" else ""}", .cmd = {i + 1}, '
                      f'.is_dump = {int(mode == "dump")}, .is_admin = {int("admin-perm" in op.get("flags", []))}, '
                      f'.set = &set_{c_name(op["attribute-set"])}, .may = {self.mask(op, [mode]):#x}, '
                      f'.command_may = {self.mask(op, ["do", "dump"]):#x} }},')
        print('};')
        print('const unsigned int n_requests = sizeof(requests) / sizeof(requests[0]);')

    def print_all(self):
        """The whole file."""
        print('/* SPDX-License-Identifier: GPL-2.0 */')
        print('/* Made from podswitch.yaml by selftests/genl/tables.py. */')
        for op in self.yaml['operations']['list']:
            if 'do' in op or 'dump' in op:
                self.print_set(op['attribute-set'])
        self.print_requests()


def c_name(name):
    """A name in C."""
    return name.replace('-', '_')


if __name__ == '__main__':
    Tables(sys.argv[1]).print_all()
