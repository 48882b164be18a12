#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table and a JSON file of what "cni-measure" wrote, and judges the targets.

usage: cni-report.py --counted FILE [--native FILE] [--out DIR] [--page FILE]
                     [--meta NAME=VALUE]...

FILE counts instructions (run --icount, where one takes one nanosecond) or has
times of VERSION on the machine itself. DIR gets cni-bench.json; the page of
Markdown gets the tables, between the two comments that say so. Fails if a
target is missed or a figure is missing; what is only aimed at may be missed.
"""
import argparse
import collections
import datetime
import json
import os
import statistics
import sys

from report import markdown, ratio, target

OURS = ('podswitch', 'podswitch-masq', 'podswitch-dual', 'podswitch-dual-masq')
KIB_PER_MIB = 1024
# What the fields of a line are.
FIELDS = {'call': ('wall', 'cpu', 'rss'), 'trace': ('processes', 'syscalls')}


def read(path):
    """What a file of samples says: (who, what) -> {field: values}, and more."""
    got = {'samples': collections.defaultdict(lambda: collections.defaultdict(list)), 'rates': {}, 'notes': [],
           'meta': {}, 'titles': {}}
    if not path or not os.path.exists(path):
        return got
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            kind, *fields = line.rstrip('\n').split('\t')
            if kind in FIELDS:
                for name, value in zip(FIELDS[kind], fields[2:]):
                    got['samples'][fields[0], fields[1]][name].append(int(value))
            elif kind == 'all':
                got['rates'][fields[0], fields[1]] = int(fields[2]) / int(fields[3]) * 1e9
            elif kind == 'note':
                got['notes'].append(' '.join(fields))
            elif kind == 'who':
                got['titles'][fields[0]] = fields[1]
            elif kind == 'meta':
                got['meta'][fields[0]] = fields[1]
    return got


def middle(data, who, what, field):
    """The median over the calls, or None."""
    values = data['samples'].get((who, what), {}).get(field)
    return statistics.median(values) if values else None


def most(values):
    values = list(values)
    return None if not values or None in values else max(values)


# --- targets ---

def targets(counted, native):
    """Those of the project, judged; and what is aimed at."""
    def of(who, other, field, what='ADD'):
        return ratio(middle(counted, who, what, field), middle(counted, other, what, field))

    def rate(jobs):
        return ratio(counted['rates'].get(('podswitch', f'ADD@{jobs}')), counted['rates'].get(('bridge', f'ADD@{jobs}')))

    def at(size):
        return middle(counted, f'podswitch@{size}', 'ADD', 'wall')

    def ours(what, field):
        return most(middle(counted, who, what, field) for who in OURS)

    def native_cpu(what):
        """By VERSION's instructions and its time: it needs no module, and so it can be timed anywhere."""
        part = ratio(middle(counted, 'podswitch', what, 'cpu'), middle(counted, 'podswitch', 'VERSION', 'cpu'))
        time = middle(native, 'podswitch', 'VERSION', 'cpu')
        return None if None in (part, time) else part * time / 1e6

    def per(value, unit):
        return None if value is None else value / unit

    judged = [
        target("ADD, wall, of the reference's", of('podswitch', 'bridge', 'wall'), 0.25, digits=3),
        target("ADD, CPU, of the reference's", of('podswitch', 'bridge', 'cpu'), 0.2, digits=3),
    ]
    for backend in 'iptables', 'nftables':
        for field, name in ('wall', 'wall'), ('cpu', 'CPU'):
            judged.append(target(f"ADD with masquerade, {name}, of the reference's with {backend}",
                                 of('podswitch-masq', f'bridge-{backend}', field), 0.1, digits=3))
    judged += [
        target("ADD with two stacks, wall, of that with one", of('podswitch-dual', 'podswitch', 'wall'), 1.1, digits=3),
        target('processes of an ADD', ours('ADD@traced', 'processes'), 1),
        target('system calls of an ADD, whichever has most', ours('ADD@traced', 'syscalls'), 120),
        target('largest resident set of an ADD, MiB', per(ours('ADD', 'rss'), KIB_PER_MIB), 2.5, digits=2),
        target("STATUS, native CPU by VERSION's, ms", native_cpu('STATUS'), 1, digits=2),
        target('VERSION, native CPU, ms', native_cpu('VERSION'), 1, digits=2),
        target("ADD rate with 16 at a time, of the reference's", rate(16), 4, False, 2),
        target("ADD rate with 64 at a time, of the reference's", rate(64), 4, False, 2),
        target('ADD with 10,000 addresses taken, wall, of that with 10', ratio(at(10000), at(10)), 1.2, digits=3),
    ]
    aims = [target(f'ADD{name}, {field}, of the floor', of(f'podswitch{kind}', f'floor{kind}', field), 1.2, digits=3)
            for kind, name in (('', ''), ('-dual', ' with two stacks')) for field in ('wall', 'cpu')]
    return judged, aims


# --- tables ---

def number(value, form, unit=1):
    return '' if value is None else format(value / unit, form)


def title(titles, who):
    name, _, size = who.partition('@')
    return titles.get(name, name) + (f', {int(size):,} taken' if size else '')


def costs(data, who, verb):
    """The cells of one verb: wall and CPU in ms, processes, system calls, MiB."""
    traced = f'{verb}@traced'
    return [number(middle(data, who, verb, 'wall'), '.2f', 1e6), number(middle(data, who, verb, 'cpu'), '.2f', 1e6),
            number(middle(data, who, traced, 'processes'), '.0f'), number(middle(data, who, traced, 'syscalls'), ',.0f'),
            number(middle(data, who, verb, 'rss'), '.1f', KIB_PER_MIB)]


def two(data, who, what):
    """Wall and CPU in ms, in one cell."""
    both = [number(middle(data, who, what, field), '.2f', 1e6) for field in ('wall', 'cpu')]
    return ' / '.join(both) if all(both) else ''


def known(data, *asked):
    """Who has a figure of one of these, in the order of the samples."""
    return list(dict.fromkeys(who for who, what in data['samples'] if what in asked))


def tables(counted, native):
    """All as Markdown: (heading, text)."""
    titles = counted['titles']
    head = ['wall ms', 'CPU ms', 'processes', 'system calls', 'MiB']
    for verb in 'ADD', 'DEL':
        yield verb, markdown([''] + head, [[title(titles, who)] + costs(counted, who, verb)
                                           for who in known(counted, 'ADD') if '@' not in who])
    yield 'Asked often', markdown(
        ['wall / CPU ms', 'STATUS', 'VERSION', 'VERSION, native'],
        [[title(titles, who)] + [two(counted, who, verb) for verb in ('STATUS', 'VERSION')] + [two(native, who, 'VERSION')]
         for who in known(counted, 'STATUS') if '@' not in who])
    jobs = (1, 16, 64)
    yield 'So many at a time', markdown(
        ['per second'] + [f'{verb}, {n}' for verb in ('ADD', 'DEL') for n in jobs],
        [[title(titles, who)] + [number(counted['rates'].get((who, f'{verb}@{n}')), ',.0f')
                                 for verb in ('ADD', 'DEL') for n in jobs] for who in known(counted, 'ADD@1')])
    asked = ('ADD', 'ADD@last-free', 'DEL', 'STATUS')
    yield 'Addresses taken', markdown(
        ['wall / CPU ms', 'ADD', 'ADD, the last free address', 'DEL', 'STATUS'],
        [[title(titles, who)] + [two(counted, who, what) for what in asked]
         for who in known(counted, 'ADD') if '@' in who])


def words(one, aim):
    value = 'no figure' if one['value'] is None else f'{one["value"]:g}'
    missed = 'aim missed' if aim else 'MISSED'
    return f'  {"met" if one["met"] else missed:10} {one["target"]}: {value} ({"aim" if aim else "limit"} {one["limit"]:g})'


def verdict(one, aim):
    if one['met']:
        return 'met'
    return 'not reached' if aim else '**missed**'


BEGIN, END = '<!-- figures: made by "make bench-cni SAVE=1" -->', '<!-- end of figures -->'


def page(parts, judged, aims, meta):
    lines = [[one['target'], 'no figure' if one['value'] is None else f'{one["value"]:g}', f'{one["limit"]:g}',
              verdict(one, aim)] for some, aim in ((judged, False), (aims, True)) for one in some]
    text = [f'{meta["date"][:10]}, commit {meta.get("commit", "?")}, `{meta.get("command", "?")}`, on '
            f'{meta.get("counted-kernel", "?")} under QEMU; reference: containernetworking-plugins '
            f'{meta.get("reference", "?")}; native: {meta.get("machine", "?")}.\n']
    text += [f'**{heading}**\n\n{table}' for heading, table in parts]
    text.append('**Targets**\n\n' + markdown(['', 'is', 'limit', ''], lines))
    return '\n'.join(text)


def write_page(path, text):
    with open(path, encoding='utf-8') as file:
        before, _, rest = file.read().partition(BEGIN)
    after = rest.partition(END)[2]
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n\n{text}\n{END}{after}')


def write_json(path, data, judged, aims, meta):
    rows = [{'who': who, 'what': what, 'calls': len(next(iter(fields.values()))),
             **{name: statistics.median(values) for name, values in fields.items()}}
            for (who, what), fields in data['samples'].items()]
    rates = [{'who': who, 'what': what, 'per-second': round(rate, 1)} for (who, what), rate in data['rates'].items()
             if (who, f'{what.partition("@")[0]}@16') in data['rates']]
    units = {'wall': 'instructions', 'cpu': 'instructions', 'rss': 'KiB', 'per-second': 'of 10^9 instructions'}
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({**meta, 'units': units, 'targets': judged, 'aims': aims, 'medians': rows, 'rates': rates}, file, indent=1)
        file.write('\n')


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--counted')
    parser.add_argument('--native')
    parser.add_argument('--out')
    parser.add_argument('--page')
    parser.add_argument('--meta', action='append', default=[])
    args = parser.parse_args()
    counted, native = read(args.counted), read(args.native)
    if not counted['samples']:
        sys.exit('no samples')
    meta = {'date': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='seconds')}
    meta.update(one.split('=', 1) for one in args.meta)
    meta.update({f'counted-{key}': value for key, value in counted['meta'].items()})
    parts = list(tables(counted, native))
    for heading, table in parts:
        print(f'{heading}\n{table}')
    judged, aims = targets(counted, native)
    print('targets')
    for some, aim in ((judged, False), (aims, True)):
        for one in some:
            print(words(one, aim))
    for note in counted['notes']:
        print(f'failed: {note}')
    if args.out:
        write_json(os.path.join(args.out, 'cni-bench.json'), counted, judged, aims, meta)
    if args.page:
        write_page(args.page, page(parts, judged, aims, meta))
    sys.exit(0 if all(one['met'] for one in judged) and not counted['notes'] else 1)


if __name__ == '__main__':
    main()
