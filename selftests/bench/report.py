#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table, a JSON file and a picture of what "measure" wrote.

usage: report.py [--counted FILE] [--timed FILE] [--out DIR] [--page FILE]
                 [--limit N] [--meta NAME=VALUE]...

FILE counts instructions (run --icount, where one takes one nanosecond) or
has times (User-Mode Linux). DIR gets bench.json and bench.svg; the page of
Markdown gets its tables, between the two comments that say so. --limit N asks
for one thing only: that podswitch with its guard adds at most N instructions
to a frame. Without it every target is judged. Fails if one is missed, or if
podswitch or the cable has a figure missing.
"""
import argparse
import collections
import datetime
import json
import os
import statistics
import sys

# Of each workload: its name in the table, and what one operation is.
LOADS = {
    'forward': ('64-byte frame, pod to pod', 'frame'),
    'forward-held': ("64-byte frame that pktgen holds on to, its default", 'frame'),
    'tcp-rr': ('TCP_RR, pod to pod', 'transaction'),
    'udp-rr': ('UDP_RR, pod to pod', 'transaction'),
    'tcp-crr': ('TCP_CRR, pod to pod', 'connection'),
    'tcp-stream': ('TCP stream, pod to pod', '64 KiB'),
    'udp-stream': ('UDP stream, pod to pod', '1,400 bytes'),
    'pod-host-rr': ('TCP_RR, pod to host', 'transaction'),
    'host-pod-rr': ('TCP_RR, host to pod', 'transaction'),
    'pod-host-stream': ('TCP stream, pod to host', '64 KiB'),
    'host-pod-stream': ('TCP stream, host to pod', '64 KiB'),
    'arp': ('ARP request until its reply', 'request'),
    'broadcast': ('Broadcast, to the last pod', 'frame'),
    'attach-first': ('Attaching the first port', 'port'),
    'attach-last': ('Attaching the thousandth port', 'port'),
    'memory': ('Memory of a port (slab, per-CPU, vmalloc)', 'port'),
}
BYTES = ('memory',)     # not a time
OURS, CABLE = 'podswitch', 'cable'


def read(path):
    """What a file of samples says: (peer, load) -> {round: its value, or their median}, and more."""
    got = {'samples': collections.defaultdict(dict), 'notes': {}, 'meta': {},
           'titles': {}}
    if not path or not os.path.exists(path):
        return got
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            kind, *fields = line.rstrip('\n').split('\t')
            if kind == 'sample':
                peer, load, turn, value = fields
                got['samples'][peer, load].setdefault(int(turn), []).append(float(value))
            elif kind == 'note':
                got['notes'][fields[0], fields[1]] = fields[2]
            elif kind == 'peer':
                got['titles'][fields[0]] = fields[1]
            elif kind == 'meta':
                got['meta'][fields[0]] = fields[1]
    for turns in got['samples'].values():
        turns.update({turn: statistics.median(values) for turn, values in turns.items()})
    return got


def middle(data, peer, load):
    """The median over the rounds, or None."""
    values = data['samples'].get((peer, load))
    return statistics.median(values.values()) if values else None


def share(data, peer, load):
    """Of the cable's rate: the median of the rounds' own shares."""
    ours, cable = (data['samples'].get((p, load)) for p in (peer, CABLE))
    if not ours or not cable or load in BYTES:
        return None
    both = [cable[turn] / ours[turn] for turn in ours if turn in cable]
    if not both or '@' in peer:
        return statistics.median(cable.values()) / statistics.median(ours.values())
    return statistics.median(both)


def unsteady(data, *keys):
    """Whether the rounds differ by more than a quarter: then the machine had other work."""
    return any(max(turns.values()) > 1.25 * min(turns.values()) for turns in map(data['samples'].get, keys) if turns)


def why(data, peer, load):
    """Why there is no figure, or one from fewer rounds, or None."""
    return data['notes'].get((peer, load)) or data['notes'].get((peer, '*'))


def title(titles, peer):
    name, _, size = peer.partition('@')
    text = titles.get(name, name)
    return f'{text}, {int(size):,} endpoints' if size else text


def rows(counted, timed):
    """A dictionary for each peer and workload, in the table's order."""
    titles = {**counted['titles'], **timed['titles']}
    order = list(titles)

    def rank(key):
        name, _, size = key[0].partition('@')
        return list(LOADS).index(key[1]), bool(size), order.index(name), int(size or 0)

    keys = {key for data in (counted, timed) for key in [*data['samples'], *data['notes']] if key[1] in LOADS}
    failed = {peer for data in (counted, timed) for peer, load in data['notes'] if load == '*'}
    keys |= {(peer, 'forward') for peer in failed}
    for peer, load in sorted(keys, key=rank):
        row = {'peer': peer, 'title': title(titles, peer), 'workload': load, 'of': LOADS[load][1]}
        count, cable = middle(counted, peer, load), middle(counted, CABLE, load)
        if load in BYTES:
            row['bytes'] = count
        elif count is not None:
            row['instructions'] = round(count)
            if cable is not None:
                row['added'] = round(count - cable)
        time = middle(timed, peer, load)
        if time is not None and load not in BYTES:
            row['ns'] = round(time, 1)
            part = share(timed, peer, load)
            if part is not None:
                row['share'] = round(part, 3)
            if unsteady(timed, (peer, load), (CABLE, load)):
                row['unsteady'] = True
        for name, data in (('counted', counted), ('timed', timed)):
            reason = why(data, peer, load)
            if reason:
                row.setdefault('missing', {})[name] = reason
        yield row


# --- targets ---

def target(name, value, limit, at_most=True, digits=0):
    met = value is not None and (value <= limit if at_most else value >= limit)
    return {'target': name, 'limit': limit, 'value': value if value is None else round(value, digits), 'met': met}


def added(counted, peer=OURS, load='forward'):
    ours, cable = middle(counted, peer, load), middle(counted, CABLE, load)
    return None if None in (ours, cable) else ours - cable


def ratio(top, bottom):
    return None if None in (top, bottom) or not bottom else top / bottom


def targets(counted, timed):
    """Those of the project, judged."""
    few, many = (added(counted, f'{OURS}@{n}') for n in (2, 10000))
    growth = ratio(None if None in (few, many) else many - few, few)

    def ahead(load, those, left_out=()):
        others = [(share(timed, peer, load) or 0, timed['titles'][peer]) for peer, one in timed['samples']
                  if one == load and '@' not in peer and peer not in (CABLE, *left_out) and
                  not peer.startswith((OURS, 'queued'))]
        best, who = max(others, default=(1, 'none measured'))
        return target(f'{those}, beside the best of the others ({who})', share(timed, OURS, load), round(best, 3),
                      False, 3)

    return [
        target('instructions that podswitch with its MAC and IP guard adds to a frame', added(counted), 350),
        target("TCP_RR, instructions, of the cable's",
               ratio(middle(counted, OURS, 'tcp-rr'), middle(counted, CABLE, 'tcp-rr')), 1.02, digits=4),
        target('what is added grows from 2 to 10,000 endpoints, by this part', growth, 0.10, digits=3),
        target('ARP request with 1,000 pods, of that with 2',
               ratio(middle(counted, f'{OURS}@1000', 'arp'), middle(counted, f'{OURS}@2', 'arp')), 1.2, digits=3),
        target("native forwarding with the guard on, of the cable's rate", share(timed, OURS, 'forward'), 0.85, False, 3),
        ahead('forward', 'the same, among what leaves pods a veth or netkit', ('ipvlan', 'macvlan')),
        ahead('forward-held', "native forwarding of pktgen's default frames, among all"),
    ]


# --- what is printed ---

def figure(value, form):
    return '' if value is None else format(value, form)


def native(row, name, form):
    """A native figure, marked if the rounds disagree."""
    return ('~' if row.get('unsteady') and name in row else '') + figure(row.get(name), form)


def print_table(table, timed):
    width = max(len(row['title']) for row in table) + 4
    print(f'{"":{width}}{"instructions":>13}{"added":>12}' + (f'{"native ns":>12}{"share":>8}' if timed else ''))
    if any('unsteady' in row for row in table):
        print('~: the rounds differ by more than a quarter, the machine had other work')
    before = None
    for row in table:
        if row['workload'] != before:
            before = row['workload']
            print(f'{LOADS[before][0]} (per {row["of"]})')
        line = f'  {row["title"]:{width - 2}}'
        if row['workload'] in BYTES:
            line += f'{figure(row["bytes"], ",.0f"):>13} bytes'
        else:
            line += f'{figure(row.get("instructions"), ",d"):>13}{figure(row.get("added"), "+,d"):>12}'
            if timed:
                line += f'{native(row, "ns", ",.0f"):>12}{native(row, "share", ".2f"):>8}'
        print(line.rstrip())
        for name, reason in row.get('missing', {}).items():
            print(f'    {name}, failed: {reason}')


def print_targets(judged):
    print('\ntargets')
    for one in judged:
        value = 'no figure' if one['value'] is None else f'{one["value"]:g}'
        print(f'  {"met   " if one["met"] else "MISSED"} {one["target"]}: {value} (limit {one["limit"]:g})')


# --- the page ---

BEGIN, END = '<!-- figures: made by "make bench SAVE=1" -->', '<!-- end of figures -->'


def markdown(header, lines):
    text = ['| ' + ' | '.join(header) + ' |', '|---' + '|---:' * (len(header) - 1) + '|']
    return '\n'.join(text + ['| ' + ' | '.join(line) + ' |' for line in lines]) + '\n'


def over_cable(row):
    """What is added, in per cent of the cable's."""
    if not row or 'added' not in row:
        return ''
    return f'{100 * row["added"] / (row["instructions"] - row["added"]):+.1f} %'


def page_pods(by, peers, loads):
    """Instructions over the cable's, and native shares, of several workloads."""
    lines = []
    for peer in peers:
        mine = [by.get((peer, load), {}) for load in loads]
        if any('added' in row or 'share' in row for row in mine):
            lines.append([mine[0].get('title') or next(row['title'] for row in mine if row)] +
                         [', '.join(filter(None, (over_cable(row), native(row, 'share', '.2f')))) for row in mine])
    return markdown(['through'] + [LOADS[load][0].replace(', pod to pod', '') for load in loads], lines)


def page_rows(some):
    return markdown(['', 'instructions', 'added', 'native ns', 'share'],
                    [[row['title'], figure(row.get('instructions'), ',d'), figure(row.get('added'), '+,d'),
                      native(row, 'ns', ',.0f'), native(row, 'share', '.2f')] for row in some])


def page_attach(by):
    lines = []
    for peer in dict.fromkeys(peer for peer, load in by if load == 'memory'):
        first, last, memory = (by.get((peer, load), {}) for load in ('attach-first', 'attach-last', 'memory'))
        lines.append([memory['title'], figure(first.get('instructions'), ',d'), figure(last.get('instructions'), ',d'),
                      figure(memory.get('bytes'), ',.0f')])
    return markdown(['', 'first port, instructions', 'thousandth', 'memory of a port, bytes'], lines)


def page(table, judged, meta):
    """The tables of doc/performance.md."""
    by = {(row['peer'], row['workload']): row for row in table}
    peers = list(dict.fromkeys(row['peer'] for row in table if '@' not in row['peer']))

    def some(load, sized):
        return [row for row in table if row['workload'] == load and ('@' in row['peer']) == sized]

    parts = [f'{meta["date"][:10]}, commit {meta.get("commit", "?")}, on {meta.get("machine", "?")} whose load was '
             f'{meta.get("load", "?")} before the run; counted on {meta.get("counted-kernel", "?")} (rounds: '
             f'{meta["counted-rounds"]}), timed on {meta.get("timed-kernel", "?")} (rounds: {meta["timed-rounds"]}). '
             'A "~" is where the rounds differ by more than a quarter.\n',
             '**A 64-byte frame from pod to pod**\n', page_rows(some('forward', False)),
             '**The same of a frame that pktgen holds on to** (its default)\n', page_rows(some('forward-held', False)),
             "**Other traffic between pods**: instructions over the cable's, share of the cable's native rate\n",
             page_pods(by, peers, ['tcp-rr', 'udp-rr', 'tcp-crr', 'tcp-stream', 'udp-stream']),
             '**Between a pod and the host**, likewise\n',
             page_pods(by, peers, ['pod-host-rr', 'host-pod-rr', 'pod-host-stream', 'host-pod-stream']),
             '**With more in the table: a 64-byte frame**\n', page_rows(some('forward', True)),
             '**An ARP request until its reply**\n', page_rows(some('arp', False) + some('arp', True)),
             '**A broadcast, until the last pod has it**\n', page_rows(some('broadcast', False) + some('broadcast', True)),
             '**A port**\n', page_attach(by),
             '**Targets**\n',
             markdown(['target', 'is', 'limit', ''], [[one['target'], figure(one['value'], 'g'), f'{one["limit"]:g}',
                                                       'met' if one['met'] else '**missed**'] for one in judged])]
    missing = [f'- {row["title"]}, {LOADS[row["workload"]][0]}, {name}: {reason}\n'
               for row in table for name, reason in row.get('missing', {}).items()]
    return '\n'.join(parts + (['**What could not be had**\n', ''.join(missing)] if missing else []))


def write_page(path, text):
    with open(path, encoding='utf-8') as file:
        before, _, rest = file.read().partition(BEGIN)
    after = rest.partition(END)[2]
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n\n{text}\n{END}{after}')


# --- the picture ---

GREY, OUR_COLOUR, OTHER_COLOUR = '#727983', '#2da44e', '#6e94c4'
NAMES, BAR, GAP, ROW, TOP = 250, 215, 95, 24, 58


def svg_text(x, y, text, more=''):
    escaped = text.replace('&', '&amp;').replace('<', '&lt;')
    return f'<text x="{x:g}" y="{y:g}" {more}>{escaped}</text>'


def svg_bar(x, y, part, text, colour):
    length = max(part * BAR, 1)
    return (f'<rect x="{x}" y="{y - 12}" width="{length:.1f}" height="15" rx="2" fill="{colour}"/>\n' +
            svg_text(x + length + 6, y, text))


def svg(table, meta):
    """Bars of what is added and of the native share; grey text is legible on white and on black."""
    bars = [row for row in table if row['workload'] == 'forward' and '@' not in row['peer'] and 'added' in row]
    bars.sort(key=lambda row: row['added'])
    most = max([row['added'] for row in bars] + [1])
    second = NAMES + BAR + GAP
    width, height = second + BAR + 50, TOP + ROW * len(bars) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{GREY}" role="img">',
        '<!-- SPDX-License-Identifier: GPL-2.0 -->',
        '<title>What joins two pods: instructions added to a 64-byte frame, and share of the native rate of a cable</title>',
        svg_text(NAMES, 22, 'instructions added to a 64-byte frame', 'font-weight="600"'),
        svg_text(NAMES, 38, 'over a veth cable; less is better', 'font-size="11"'),
        svg_text(second, 22, "share of the cable's native rate", 'font-weight="600"'),
        svg_text(second, 38, 'more is better', 'font-size="11"'),
    ]
    for n, row in enumerate(bars):
        y = TOP + ROW * n + 12
        ours = row['peer'] == OURS
        colour = OUR_COLOUR if row['title'].startswith('podswitch') else OTHER_COLOUR
        parts.append(svg_text(NAMES - 10, y, row['title'], 'text-anchor="end"' + (' font-weight="700"' if ours else '')))
        parts.append(svg_bar(NAMES, y, max(row['added'], 0) / most, f'{row["added"]:,d}', colour))
        if 'share' in row:
            parts.append(svg_bar(second, y, min(row['share'], 1), f'{row["share"]:.2f}', colour))
    parts.append(svg_text(15, height - 10, f'{meta["date"][:10]}, Linux {meta.get("counted-kernel", "?")}: counted under '
                          f'QEMU; timed under User-Mode Linux, no BPF JIT', 'font-size="11"'))
    return '\n'.join(parts) + '\n</svg>\n'


def write_files(directory, table, judged, meta):
    units = {'instructions': 'per operation, median of the rounds, one processor', 'added': 'instructions over the cable',
             'ns': 'native, per operation, median of the rounds', 'share': "of the cable's rate, median of the rounds",
             'bytes': 'per port'}
    with open(os.path.join(directory, 'bench.json'), 'w', encoding='utf-8') as file:
        json.dump({**meta, 'units': units, 'targets': judged, 'rows': table}, file, indent=1)
        file.write('\n')
    with open(os.path.join(directory, 'bench.svg'), 'w', encoding='utf-8') as file:
        file.write(svg(table, meta))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--counted')
    parser.add_argument('--timed')
    parser.add_argument('--out')
    parser.add_argument('--page')
    parser.add_argument('--limit', type=int)
    parser.add_argument('--meta', action='append', default=[])
    args = parser.parse_args()
    counted, timed = read(args.counted), read(args.timed)
    table = list(rows(counted, timed))
    if not table:
        sys.exit('no samples')
    meta = {'date': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='seconds')}
    meta.update(one.split('=', 1) for one in args.meta)
    for name, data in (('counted', counted), ('timed', timed)):
        meta.update({f'{name}-{key}': value for key, value in data['meta'].items()})
        meta[f'{name}-rounds'] = max(map(len, data['samples'].values()), default=0)
    print_table(table, bool(timed['samples']))
    if args.limit:
        judged = [target('instructions that podswitch with its MAC and IP guard adds to a frame', added(counted), args.limit)]
    else:
        judged = targets(counted, timed)
    print_targets(judged)
    if args.out:
        write_files(args.out, table, judged, meta)
    if args.page:
        write_page(args.page, page(table, judged, meta))
    broken = [row for row in table if 'missing' in row and row['peer'].partition('@')[0] in (OURS, CABLE)]
    sys.exit(0 if all(one['met'] for one in judged) and not broken else 1)


if __name__ == '__main__':
    main()
