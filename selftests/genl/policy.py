#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tries each bound in the YAML on a running kernel: one below, at it, one above.

usage: policy.py podswitch.yaml

Each attribute is sent alone (but for COMPANIONS) in each request that the YAML
says may carry it, so that nothing is ever done: what is in bounds is refused for what is missing
or not there; what is out of bounds, or not in the YAML, is refused with ERANGE
or EINVAL, and the refusal points at it.

A dump that may carry nothing is left out, for the kernel does not look at it
then; so is an attribute of a do in the dump of the same command and the other
way round, for kernels before 6.2 have one policy for both.
"""
import collections
import errno
import socket
import struct
import sys

import yaml

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_EXT_ACK, NETLINK_CAP_ACK = 270, 11, 10
NLMSGERR_ATTR_OFFS = 2
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
NLA_F_NESTED = 0x8000
SIZES = {'u8': 1, 'u16': 2, 'u32': 4}

# Members of a nest that say something about another one, which has to be there.
COMPANIONS = {
    ('address', 'vlan'): ('ipv4', b'\2\2\2\2'),
    ('address', 'shared'): ('ipv4', b'\2\2\2\2'),
    ('vlan-range', 'last'): ('first', struct.pack('=H', 1)),
}


def attr(number, payload):
    """One netlink attribute, padded."""
    padding = b'\0' * (-len(payload) % 4)
    return struct.pack('=HH', 4 + len(payload), number) + payload + padding


def attributes(data):
    """The attributes in some bytes, by number."""
    found, at = {}, 0
    while at + 4 <= len(data):
        length, number = struct.unpack_from('=HH', data, at)
        found[number & 0x3fff] = data[at + 4:at + length]
        at += max(4, (length + 3) & ~3)
    return found


class Verdict:
    """What the kernel says to a request: an errno value, and whether it points
    at an attribute."""

    def __init__(self, message):
        kind, flags = struct.unpack_from('=HH', message, 4)
        self.errno, self.points = 0, False
        if kind in (NLMSG_ERROR, NLMSG_DONE):
            self.errno = -struct.unpack_from('=i', message, 16)[0]
        if self.errno and kind == NLMSG_ERROR and flags & 0x200:
            self.points = NLMSGERR_ATTR_OFFS in attributes(message[36:])

    def is_policys(self):
        """Whether an attribute is refused for what it is."""
        return self.points and self.errno in (errno.ERANGE, errno.EINVAL)

    def __str__(self):
        return errno.errorcode.get(self.errno, 'done') + \
            (', points at the attribute' if self.points else '')


class Family:
    """A generic netlink family."""

    def __init__(self, name):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(10)
        for option in (NETLINK_EXT_ACK, NETLINK_CAP_ACK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.number = GENL_ID_CTRL
        reply = self.exchange(CTRL_CMD_GETFAMILY, 0,
                              attr(CTRL_ATTR_FAMILY_NAME, name.encode() + b'\0'))
        if Verdict(reply).errno:
            sys.exit(f'no family {name}')
        self.number, = struct.unpack('=H', attributes(reply[20:])[CTRL_ATTR_FAMILY_ID])

    def exchange(self, cmd, flags, attrs):
        """Sends a request and returns the first message of the answer."""
        payload = struct.pack('=BBH', cmd, 1, 0) + attrs
        self.sock.send(struct.pack('=IHHII', 16 + len(payload), self.number,
                                   NLM_F_REQUEST | flags, 1, 0) + payload)
        return self.sock.recv(1 << 16)

    def ask(self, cmd, flags, attrs):
        """The verdict on a request."""
        verdict = Verdict(self.exchange(cmd, flags, attrs))
        if flags & NLM_F_DUMP == NLM_F_DUMP:
            self.__drain()
        return verdict

    def __drain(self):
        self.sock.setblocking(False)
        try:
            while self.sock.recv(1 << 16):
                pass
        except BlockingIOError:
            pass
        self.sock.settimeout(10)


Request = collections.namedtuple('Request', 'name cmd flags set may command_may')


class Spec:
    """The YAML, with the numbers that it implies."""

    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            self.yaml = yaml.safe_load(file)
        self.sets = {s['name']: s['attributes'] for s in self.yaml['attribute-sets']}
        self.constants = {d['name']: d['value'] for d in self.yaml['definitions']
                          if d['type'] == 'const'}
        self.enums = {d['name']: len(d['entries']) for d in self.yaml['definitions']
                      if d['type'] == 'enum'}

    def number(self, value):
        """A literal number, or the constant of that name."""
        return self.constants.get(value, value)

    def index(self, of, name):
        """An attribute's number in its set."""
        return [a['name'] for a in self.sets[of]].index(name) + 1

    def requests(self):
        """Each request: its name, command, flags, attribute set, the attributes
        that it may carry, and those that its command may."""
        for i, op in enumerate(self.yaml['operations']['list']):
            may = {mode: op.get(mode, {}).get('request', {}).get('attributes', [])
                   for mode in ('do', 'dump')}
            for mode, flags in (('do', NLM_F_ACK), ('dump', NLM_F_DUMP)):
                if may[mode]:
                    yield Request(op['name'] + (' dump' if mode == 'dump' else ''),
                                  i + 1, flags, op['attribute-set'],
                                  may[mode], may['do'] + may['dump'])

    def bounds(self, a):
        """(what, payload, whether it is in bounds) for each bound of an attribute."""
        checks = {k: self.number(v) for k, v in a.get('checks', {}).items()}
        size = SIZES.get(a['type'])
        if 'enum' in a:
            checks['max'] = self.enums[a['enum']] - 1
        for check, bound in checks.items():
            for value in (bound - 1, bound, bound + 1):
                good = {'min': value >= bound, 'max': value <= bound,
                        'exact-len': value == bound, 'max-len': value <= bound}[check]
                if size:
                    payload = value.to_bytes(size, 'little')
                elif a['type'] == 'string':
                    payload = b'x' * value + b'\0'
                else:
                    payload = b'\2' * value
                yield f'{check} {bound}: {value}', payload, good


class Ktap:
    """Counts and prints results."""

    def __init__(self):
        self.n = self.failed = 0
        print('KTAP version 1')

    def result(self, name, good, note):
        """One case."""
        self.n += 1
        self.failed += not good
        if not good:
            print(f'# {note}')
        print(f'{"ok" if good else "not ok"} {self.n} {name}')

    def finish(self):
        """The last lines; the exit status."""
        print(f'1..{self.n}')
        print(f'# Totals: pass:{self.n - self.failed} fail:{self.failed} skip:0')
        return 1 if self.failed else 0


class Policy:
    """The cases."""

    def __init__(self, spec, family):
        self.spec, self.family, self.ktap = spec, family, Ktap()

    def expect(self, name, request, payload, good):
        """One request, with an attribute that is good or not."""
        verdict = self.family.ask(request.cmd, request.flags, payload)
        self.ktap.result(f'{request.name}: {name}', verdict.is_policys() != good,
                         verdict)

    def try_attribute(self, request, a, number, wrap, name):
        """An attribute's bounds and its length; wrap puts it into its nest."""
        for what, payload, good in self.spec.bounds(a):
            self.expect(f'{name} {what}', request, wrap(attr(number, payload)), good)
        size = SIZES.get(a['type'])
        for wrong in (size - 1, size + 1) if size else ():
            self.expect(f'{name} of {wrong} bytes', request,
                        wrap(attr(number, b'\1' * wrong)), False)

    def try_nest(self, request, a, number):
        """The members of a nest, and one that it does not have."""
        members = self.spec.sets[a['nested-attributes']]
        numbers = {member['name']: i + 1 for i, member in enumerate(members)}

        for member in members:
            companion, value = COMPANIONS.get(
                (a['nested-attributes'], member['name']), (None, b''))
            beside = attr(numbers[companion], value) if companion else b''
            self.try_attribute(
                request, member, numbers[member['name']],
                lambda payload, beside=beside:
                    attr(number | NLA_F_NESTED, beside + payload),
                f'{a["name"]}.{member["name"]}')
        self.expect(f'{a["name"]} with an unknown member', request,
                    attr(number | NLA_F_NESTED,
                         attr(len(members) + 1, b'\0' * 4)), False)
        self.expect(f'{a["name"]} that is no nest', request,
                    attr(number, b'\0' * 4), False)

    def try_request(self, request):
        """All of one request."""
        members = self.spec.sets[request.set]
        for i, a in enumerate(members):
            if a['name'] not in request.command_may:
                self.expect(f'no {a["name"]}', request, attr(i + 1, b'\1\0\0\0'), False)
            elif a['name'] not in request.may:
                continue
            elif a['type'] == 'nest':
                self.try_nest(request, a, i + 1)
            else:
                self.try_attribute(request, a, i + 1, lambda p: p, a['name'])
        self.expect('an unknown attribute', request,
                    attr(len(members) + 1, b'\0' * 4), False)

    def try_no_command(self, cmd):
        """A number that is no request."""
        verdict = self.family.ask(cmd, NLM_F_ACK, b'')
        self.ktap.result(f'command {cmd} is none', verdict.errno == errno.EOPNOTSUPP,
                         verdict)

    def try_limit(self, name, errno_beyond, sizes, payload_of):
        """A limit that no policy can express: payload_of each size, and whether it is beyond."""
        request = next(r for r in self.spec.requests() if r.name == name.split(':')[0])
        for size, beyond in sizes:
            verdict = self.family.ask(request.cmd, request.flags, payload_of(size))
            self.ktap.result(f'{name} {size}', (verdict.errno == errno_beyond) == beyond, verdict)

    def try_limits(self):
        """How often an attribute may come, and how long a frame is. None is too long: an attribute has no more bytes than
        a frame may."""
        most = self.spec.constants['port-addresses-max']
        least = self.spec.constants['probe-frame-min']
        longest = (1 << 16) - 1 - 4
        address = self.spec.index('port', 'address') | NLA_F_NESTED
        ipv4 = self.spec.index('address', 'ipv4')
        frame = self.spec.index('probe', 'frame')
        addresses = [attr(address, attr(ipv4, bytes((10, 0, n >> 8, n & 255)))) for n in range(most + 1)]
        for name in ('port-new', 'address-new', 'address-del'):
            self.try_limit(f'{name}: addresses', errno.ENOSPC, ((most - 1, False), (most, False), (most + 1, True)),
                           lambda n: b''.join(addresses[:n]))
        self.try_limit('probe: bytes of a frame', errno.EMSGSIZE,
                       ((0, True), (least - 1, True), (least, False), (least + 1, False), (longest, False)),
                       lambda n: attr(frame, b'\2' * n))

    def run(self):
        """Every request, what policy cannot say, and commands that are none."""
        requests = list(self.spec.requests())
        for request in requests:
            self.try_request(request)
        self.try_limits()
        known = {request.cmd for request in requests}
        for cmd in set(range(0, max(known) + 2)) - known:
            self.try_no_command(cmd)
        return self.ktap.finish()


def main():
    """The whole test."""
    spec = Spec(sys.argv[1])
    return Policy(spec, Family(spec.yaml['name'])).run()


if __name__ == '__main__':
    sys.exit(main())
