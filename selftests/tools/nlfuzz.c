// SPDX-License-Identifier: GPL-2.0
/*
 * Sends netlink messages of all kinds to podswitch, most of them wrong:
 *
 *   nlfuzz [-s SEED] [-n COUNT] [-a ADMINS] [-u STRANGERS] SWITCH,... DEVICE,...
 *   nlfuzz [-s SEED] [-w WORKER] -p N SWITCH,... DEVICE,...
 *
 * The family's requests are known by tables made from podswitch.yaml: some have
 * all in bounds, some an attribute that is not, some are spoilt behind their
 * header or in it. Others are made without that knowledge. Between them are
 * rtnetlink's that end in podswitch; they also delete and make anew, with the
 * index that they had, the switches but the first, and devices whose names
 * begin with "u_", as dummies. Several messages go in one datagram.
 *
 * COUNT messages are shared by the workers: ADMINS (1), who may do all; and
 * STRANGERS (0) in turn of three kinds: nobody; the administrator of his own
 * user namespace in this network namespace; the same in one of his own. One
 * process more listens to all groups. Message N of a worker is the same in each
 * run, where interfaces have the same indices; -p prints it as hex.
 *
 * At the end is printed, each count in a line: the messages sent, done and
 * refused; "lost", those that ask for an answer and get none; "taken", those
 * that are out of bounds, or a stranger's, and are done; "wordless", an
 * administrator's that are refused without a sentence or an attribute; and by
 * request, how often which errno came. The first of the faults are shown
 * before. The exit status is 1 if there were any.
 */
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "chance.h"
#include "nlmsg.h"

#define MAX_DEVICES	64
#define MAX_WORKERS	32
#define MAX_BATCH	32
#define MAX_ERRNO	134
#define MAX_SHOWN	5
#define BUFFER_LEN	(1 << 18)
#define DATAGRAM_LEN	(1 << 16)
#define NOBODY		65534

/* --- what the YAML says; the tables are generated --- */

enum kind {
	KIND_NONE,
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_BINARY,
	KIND_STRING,
	KIND_NEST,
};

enum hint {
	HINT_NONE,
	HINT_SWITCH,
	HINT_DEVICE,
	HINT_ANY,	/* index of a switch or of a device */
	HINT_FRAME,
	HINT_MAC,	/* from here on, what an address can be */
	HINT_IPV4,
	HINT_IPV6,
};

/* low and high bound a number's value, and the bytes of anything else. */
struct member {
	const char *name;
	enum kind kind;
	enum hint hint;
	uint32_t low;
	uint32_t high;
	const struct set *nest;
	bool is_multi;
};

struct set {
	const struct member *members;
	unsigned int n;
};

/* may and command_may are the attributes' numbers, as bits. */
struct request {
	const char *name;
	uint8_t cmd;
	bool is_dump;
	bool is_admin;
	const struct set *set;
	uint64_t may;
	uint64_t command_may;
};

#include "nlfuzz-tables.h"

#define N_REQUESTS	ARRAY_SIZE(requests)

static const uint8_t number_sizes[] = {
	[KIND_U8] = 1,
	[KIND_U16] = 2,
	[KIND_U32] = 4,
	[KIND_NEST] = 0,
};

/* --- what there is --- */

struct pool {
	unsigned int n;
	struct {
		unsigned int index;
		char name[IF_NAMESIZE];
	} of[MAX_DEVICES];
};

static struct pool switches, devices;
static uint16_t family;
static uint32_t groups[8];
static unsigned int n_groups;

static void get_pool(struct pool *pool, char *names)
{
	char *name;

	for (name = strtok(names, ","); name; name = strtok(NULL, ",")) {
		if (pool->n == MAX_DEVICES || strlen(name) >= IF_NAMESIZE)
			die_wrong(name);
		pool->of[pool->n].index = if_nametoindex(name);
		if (!pool->of[pool->n].index)
			die(name);
		strcpy(pool->of[pool->n++].name, name);
	}
	if (!pool->n)
		die_wrong("no devices");
}

/* The device that a message is about, as a rule. */
static uint32_t about;

static uint32_t draw_index(enum hint hint)
{
	const struct pool *pool = &devices;

	if (hint == HINT_DEVICE && about && percent(95))
		return about;
	if (percent(3))
		return 1 + below(percent(50) ? 50 : INT32_MAX);
	if (hint == HINT_SWITCH || (hint == HINT_ANY && percent(20)) ||
	    percent(3))
		pool = &switches;
	return pool->of[below(pool->n)].index;
}

/* --- values --- */

static uint32_t draw_number(uint32_t low, uint32_t high)
{
	const uint32_t few = high - low < 4 ? high - low : 4;

	switch (below(8)) {
	case 0:
		return low;
	case 1:
		return high;
	case 2:
		return high - (high > low);
	case 3: case 4:
		return low + draw() % ((uint64_t)high - low + 1);
	default:
		return low + below(few + 1);
	}
}

static void draw_bytes(uint8_t *bytes, size_t size)
{
	while (size--)
		*bytes++ = draw();
}

/* The last byte of an address: the one that the device has as a rule, or of
 * those that several want.
 */
static uint8_t draw_host(void)
{
	return about && percent(60) ? 16 + about % 64 : 1 + below(6);
}

/* Many addresses in one message are of many stations, and nothing is wrong
 * with them.
 */
static bool is_crowd;

/* Few stations, so that they meet, and some that are none. */
static void draw_mac(uint8_t *mac)
{
	memcpy(mac, (uint8_t[]){ 2, 0, 0, 0, 0, below(24) }, ETH_ALEN);
	if (is_crowd)
		draw_bytes(mac + 1, ETH_ALEN - 1);
	if (is_crowd || percent(92))
		return;
	switch (below(4)) {
	case 0:
		memset(mac, 0, ETH_ALEN);
		break;
	case 1:
		memset(mac, 0xff, ETH_ALEN);
		break;
	case 2:
		mac[0] |= 1;
		break;
	default:
		draw_bytes(mac, ETH_ALEN);
	}
}

static void draw_ipv4(uint8_t *ip)
{
	static const uint8_t odd[][4] = {
		{ 0, 0, 0, 0 }, { 0, 0, 0, 1 }, { 127, 0, 0, 1 },
		{ 224, 0, 0, 1 }, { 240, 0, 0, 1 }, { 255, 255, 255, 255 },
		{ 169, 254, 1, 1 },
	};

	memcpy(ip, (uint8_t[]){ 192, 0, 2, draw_host() }, 4);
	if (is_crowd)
		memcpy(ip, (uint8_t[]){ 10, draw(), draw(), draw() }, 4);
	else if (percent(4))
		memcpy(ip, odd[below(ARRAY_SIZE(odd))], 4);
	else if (percent(10))
		draw_bytes(ip, 4);
}

static void draw_ipv6(uint8_t *ip)
{
	static const char *const odd[] = {
		"::", "::1", "ff02::1", "::ffff:192.0.2.1", "::192.0.2.1",
		"fe80::1", "fe80::ff:fe00:1", "64:ff9b::1",
	};

	get_ip(AF_INET6, "2001:db8::", ip);
	ip[15] = draw_host();
	if (is_crowd)
		draw_bytes(ip + 8, 8);
	else if (percent(5))
		get_ip(AF_INET6, odd[below(ARRAY_SIZE(odd))], ip);
	else if (percent(10))
		draw_bytes(ip, 16);
}

/* A frame that may be read to some depth. */
static size_t draw_frame(uint8_t *frame, size_t max)
{
	static const uint16_t types[] = { ETHERTYPE_IP, ETHERTYPE_ARP,
					  ETHERTYPE_IPV6, ETHERTYPE_VLAN };
	static const uint8_t versions[] = { 0x45, 0, 0x60, 0 };
	unsigned int type = below(ARRAY_SIZE(types));
	size_t len = percent(90) ? 14 + below(150) : below(max + 1);

	if (percent(1))
		len = max - below(2);
	draw_bytes(frame, len < 200 ? len : 200);
	if (len > 200)
		memset(frame + 200, 0, len - 200);
	if (len < ETH_HLEN + 1)
		return len;
	draw_mac(frame);
	draw_mac(frame + ETH_ALEN);
	frame[12] = types[type] >> 8;
	frame[13] = types[type];
	frame[14] = versions[type];
	return len;
}

static size_t draw_text(char *text, size_t max)
{
	size_t len = percent(80) ? 1 + below(12) : draw_number(0, max), i;

	for (i = 0; i < len; i++)
		text[i] = percent(95) ? 'a' + below(4) : 1 + below(255);
	text[len] = 0;
	return len + 1;
}

/* --- requests as the YAML wants them --- */

static void put_good(struct message *m, const struct member *a,
		     uint16_t number);

/* Members that an address can be exclude one another, and what is said of an
 * address is often wrong.
 */
static void put_members(struct message *m, const struct set *set)
{
	const unsigned int odd = is_crowd ? 0 : 1;
	unsigned int i, n = 0, n_ways = 0, chosen;

	for (i = 0; i < set->n; i++)
		n_ways += set->members[i].hint >= HINT_MAC;
	chosen = below(n_ways);
	for (i = 0; i < set->n; i++) {
		const struct member *a = &set->members[i];

		if (a->hint >= HINT_MAC ? n++ == chosen || percent(odd) :
					  percent(n_ways ? 8 * odd : 60))
			put_good(m, a, i + 1);
	}
}

static void put_good_binary(struct message *m, const struct member *a,
			    uint16_t number)
{
	static uint8_t bytes[UINT16_MAX];
	size_t size = a->low;

	switch (a->hint) {
	case HINT_MAC:
		draw_mac(bytes);
		break;
	case HINT_IPV6:
		draw_ipv6(bytes);
		break;
	case HINT_FRAME:
		size = draw_frame(bytes, UINT16_MAX - NLA_HDRLEN);
		break;
	default:
		size += below(a->high - a->low < 64 ? a->high - a->low : 64);
		draw_bytes(bytes, size);
	}
	put_attr(m, number, bytes, size);
}

static void put_good_number(struct message *m, const struct member *a,
			    uint16_t number)
{
	uint32_t value;

	switch (a->hint) {
	case HINT_IPV4:
		draw_ipv4((uint8_t *)&value);
		break;
	case HINT_SWITCH: case HINT_DEVICE: case HINT_ANY:
		value = draw_index(a->hint);
		break;
	default:
		value = draw_number(a->low, a->high);
	}
	put_number(m, number, value, number_sizes[a->kind]);
}

static void put_good(struct message *m, const struct member *a,
		     uint16_t number)
{
	char text[512];
	size_t nest;

	switch (a->kind) {
	case KIND_NONE:
		break;
	case KIND_U8: case KIND_U16: case KIND_U32:
		put_good_number(m, a, number);
		break;
	case KIND_BINARY:
		put_good_binary(m, a, number);
		break;
	case KIND_STRING:
		put_attr(m, number, text, draw_text(text, a->high < 500 ?
						    a->high : 500));
		break;
	case KIND_NEST:
		nest = begin_nest(m, number);
		if (is_crowd || percent(97))
			put_members(m, a->nest);
		end_nest(m, nest);
	}
}

/* How often an attribute is given that may be given so often. */
static unsigned int draw_times(const struct member *a)
{
	if (!a->is_multi)
		return percent(99) ? 1 : 2;
	if (percent(99))
		return percent(60) ? 1 : 1 + below(4);
	return 254 + below(5);
}

/* --- an attribute that the YAML forbids --- */

static bool put_bad(struct message *m, const struct member *a,
		    uint16_t number);

static bool put_bad_number(struct message *m, const struct member *a,
			   uint16_t number)
{
	const size_t size = number_sizes[a->kind];
	const uint32_t most = UINT32_MAX >> (32 - 8 * size);

	if (a->low && percent(50)) {
		put_number(m, number, a->low - 1, size);
	} else if (a->high < most && percent(70)) {
		put_number(m, number, percent(70) ? a->high + 1 : most, size);
	} else {
		const uint8_t bytes[8] = { a->low };

		put_attr(m, number, bytes, percent(50) ? size - 1 : size + 1);
	}
	return true;
}

static bool put_bad_text(struct message *m, const struct member *a,
			 uint16_t number)
{
	char text[512];

	if (a->high > sizeof(text) - 16)
		return false;
	memset(text, 'x', sizeof(text));
	if (percent(50)) {
		put_attr(m, number, text, 1 + below(a->high));
		return true;
	}
	text[a->high + 1] = 0;
	put_attr(m, number, text, a->high + 2);
	return true;
}

static bool put_bad_nest(struct message *m, const struct member *a,
			 uint16_t number)
{
	const unsigned int i = below(a->nest->n);
	bool is_bad = true;
	size_t nest;

	if (percent(20)) {
		put_number(m, number, draw(), 4);
		return true;
	}
	nest = begin_nest(m, number);
	if (percent(50))
		put_members(m, a->nest);
	if (percent(30))
		put_number(m, a->nest->n + 1 + below(4), draw(), 4);
	else
		is_bad = put_bad(m, &a->nest->members[i], i + 1);
	end_nest(m, nest);
	return is_bad;
}

/* Returns whether what was put is surely out of bounds. */
static bool put_bad(struct message *m, const struct member *a, uint16_t number)
{
	uint8_t bytes[64];

	switch (a->kind) {
	case KIND_NONE:
		return false;
	case KIND_U8: case KIND_U16: case KIND_U32:
		return put_bad_number(m, a, number);
	case KIND_BINARY:
		if (a->low != a->high)
			return false;
		draw_bytes(bytes, sizeof(bytes));
		put_attr(m, number, bytes, a->low + (percent(50) ? 1 : -1));
		return true;
	case KIND_STRING:
		return put_bad_text(m, a, number);
	case KIND_NEST:
		return put_bad_nest(m, a, number);
	}
	return false;
}

static bool put_forbidden(struct message *m, const struct request *r)
{
	const unsigned int i = below(r->set->n);

	if (!r->may)
		return false;
	if (percent(15)) {
		put_number(m, percent(80) ? r->set->n + 1 + below(8) : 0,
			   draw(), 4);
		return true;
	}
	if (r->may & 1ULL << (i + 1))
		return put_bad(m, &r->set->members[i], i + 1);
	if (r->command_may & 1ULL << (i + 1))
		return false;
	put_number(m, i + 1, draw(), 4);
	return true;
}

/* --- messages --- */

/**
 * struct draft - a message, and what has to come of it
 * @m: the message
 * @request: what it is known to be, or NULL
 * @must_answer: it is answered
 * @must_fail: it is not done
 * @must_tell: a refusal has words
 * @is_lie: its length is not true, so that nothing can follow it
 * @number: of the message
 */
struct draft {
	struct message m;
	const struct request *request;
	bool must_answer;
	bool must_fail;
	bool must_tell;
	bool is_lie;
	uint64_t number;
};

static void start_request(struct message *m, uint8_t cmd, uint16_t flags)
{
	const struct genlmsghdr genl = { .cmd = cmd, .version = 1 };

	start_message(m, family, flags, &genl, sizeof(genl));
}

/* The more it may carry, the more there is to try. */
static unsigned int weight(const struct request *r)
{
	return 2 + __builtin_popcountll(r->may) / 2;
}

static const struct request *draw_request(void)
{
	unsigned int i, total = 0;

	for (i = 0; i < N_REQUESTS; i++)
		total += weight(&requests[i]);
	total = below(total);
	for (i = 0; total >= weight(&requests[i]); i++)
		total -= weight(&requests[i]);
	return &requests[i];
}

/* Where there is a choice of many, most are left out. */
static bool is_chosen(const struct request *r, const struct member *a)
{
	if (a->hint == HINT_NONE && __builtin_popcountll(r->may) > 5)
		return percent(a->is_multi ? 50 : 15);
	return percent(a->hint == HINT_MAC ? 50 : 95);
}

static void draft_known(struct draft *d)
{
	const struct request *r = draw_request();
	const unsigned int forbidden = percent(14) ? below(r->set->n) : UINT32_MAX;
	const unsigned int first = below(r->set->n);
	struct message *m = &d->m;
	unsigned int i;

	d->request = r;
	about = 0;
	about = draw_index(HINT_DEVICE);
	start_request(m, r->cmd, (r->is_dump ? NLM_F_DUMP : 0) |
				 (percent(90) ? NLM_F_ACK : 0));
	/* in any order */
	for (i = 0; i < r->set->n; i++) {
		const unsigned int at = (first + i) % r->set->n;
		const struct member *a = &r->set->members[at];
		unsigned int times = draw_times(a);

		if (i == forbidden && put_forbidden(m, r))
			d->must_fail = true;
		if (r->may & 1ULL << (at + 1) && is_chosen(r, a)) {
			is_crowd = times > 4;
			while (times--)
				put_good(m, a, at + 1);
			is_crowd = false;
		}
	}
	end_message(m);
	d->must_answer = header(m)->nlmsg_flags & NLM_F_ACK;
	d->must_tell = true;
}

/* Anything that has the form of attributes, to some depth. */
static void put_anything(struct message *m, unsigned int depth)
{
	unsigned int n = below(6);
	uint8_t bytes[64];
	size_t nest;

	while (n--) {
		if (depth && percent(30)) {
			nest = begin_nest(m, below(20));
			put_anything(m, depth - 1);
			if (m->len - nest < UINT16_MAX)
				end_nest(m, nest);
			continue;
		}
		draw_bytes(bytes, sizeof(bytes));
		put_attr(m, percent(95) ? below(20) : draw(), bytes,
			 percent(60) ? 1U << below(5) : below(sizeof(bytes)));
	}
}

/* One who has not read the YAML: attributes of any kind, or just bytes. */
static void draft_ignorant(struct draft *d)
{
	struct message *m = &d->m;
	uint8_t bytes[256];

	start_request(m, percent(90) ? below(16) : draw(), NLM_F_ACK);
	if (percent(60)) {
		put_anything(m, percent(90) ? 3 : 12);
	} else {
		draw_bytes(bytes, sizeof(bytes));
		put_bytes(m, bytes, below(sizeof(bytes)));
	}
	end_message(m);
	if (percent(20))
		header(m)->nlmsg_flags = draw();
	if (percent(10))
		draw_bytes(m->data + NLMSG_HDRLEN, GENL_HDRLEN);
}

/* What the core tells of the family. */
static void draft_question(struct draft *d)
{
	const struct genlmsghdr genl = {
		.cmd = percent(70) ? CTRL_CMD_GETPOLICY : CTRL_CMD_GETFAMILY,
		.version = 1,
	};

	start_message(&d->m, GENL_ID_CTRL, percent(70) ? NLM_F_DUMP : NLM_F_ACK,
		      &genl, sizeof(genl));
	put_number(&d->m, CTRL_ATTR_FAMILY_ID, family, 2);
	if (percent(30))
		put_number(&d->m, CTRL_ATTR_OP, below(16), 4);
	end_message(&d->m);
}

/* Picks an attribute, as often as not in a nest. */
static struct nlattr *pick_attr(struct message *m)
{
	size_t at = m->attrs, end = m->len, found[32];
	struct nlattr *a = NULL;
	unsigned int n;

	do {
		for (n = 0; at + NLA_HDRLEN <= end && n < ARRAY_SIZE(found);) {
			const struct nlattr *here = (void *)(m->data + at);

			found[n++] = at;
			at += NLA_ALIGN(here->nla_len) ? : NLA_HDRLEN;
		}
		if (!n)
			return a;
		at = found[below(n)];
		a = (void *)(m->data + at);
		end = at + a->nla_len < end ? at + a->nla_len : end;
		at += NLA_HDRLEN;
	} while (a->nla_type & NLA_F_NESTED && percent(50));
	return a;
}

/* Something behind the header becomes wrong, or not. */
static void spoil(struct message *m)
{
	const size_t size = m->len - m->attrs;
	struct nlattr *a = pick_attr(m);

	if (!a)
		return;
	switch (below(7)) {
	case 0:
		a->nla_len += (int)below(9) - 4;
		break;
	case 1:
		a->nla_len = draw();
		break;
	case 2:
		a->nla_type ^= NLA_F_NESTED;
		break;
	case 3:
		a->nla_type = percent(80) ? below(24) : draw();
		break;
	case 4:
		m->data[m->attrs + below(size)] ^= 1 << below(8);
		break;
	case 5:
		m->len = m->attrs + below(size);
		end_message(m);
		m->len = NLMSG_ALIGN(m->len);
		break;
	default:
		if (m->len + size + 64 < sizeof(m->data) && percent(50))
			put_bytes(m, m->data + m->attrs, size);
		else
			put_number(m, draw(), draw(), 4);
		end_message(m);
	}
}

/* The length in the header becomes wrong. */
static void lie(struct draft *d)
{
	const uint32_t len = d->m.len;

	d->is_lie = true;
	header(&d->m)->nlmsg_len = percent(50) ? len + below(64) :
				   percent(50) ? below(len) : draw();
}

static void draft_genl(struct draft *d, bool is_admin)
{
	const unsigned int what = below(100);
	const struct genlmsghdr *genl;
	unsigned int i;

	if (what < 80)
		draft_known(d);
	else if (what < 96)
		draft_ignorant(d);
	else
		draft_question(d);
	if (what < 16) {
		spoil(&d->m);
		d->must_fail = d->must_tell = false;
	}
	if (percent(2))
		lie(d);
	if (d->is_lie)
		d->must_answer = d->must_fail = d->must_tell = false;
	if (is_admin || d->is_lie || header(&d->m)->nlmsg_type != family ||
	    !(header(&d->m)->nlmsg_flags & NLM_F_REQUEST))
		return;
	genl = (const void *)(d->m.data + NLMSG_HDRLEN);
	for (i = 0; i < N_REQUESTS; i++)
		if (requests[i].cmd == genl->cmd && requests[i].is_admin)
			d->must_fail = true;
}

/* --- rtnetlink's, as far as it ends in podswitch --- */

static void put_protinfo(struct message *m)
{
	const size_t nest = begin_nest(m, IFLA_PROTINFO);
	unsigned int n = below(4);

	while (n--)
		put_number(m, percent(45) ? IFLA_BRPORT_MODE :
			      percent(80) ? IFLA_BRPORT_ISOLATED : below(40),
			   below(3), percent(95) ? 1 : 4);
	end_nest(m, nest);
}

static void put_bridge_vlan(struct message *m)
{
	static const uint16_t flags[] = {
		0, 0, BRIDGE_VLAN_INFO_RANGE_BEGIN, BRIDGE_VLAN_INFO_RANGE_END,
		BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED,
		BRIDGE_VLAN_INFO_PVID,
		BRIDGE_VLAN_INFO_RANGE_END | BRIDGE_VLAN_INFO_PVID |
			BRIDGE_VLAN_INFO_UNTAGGED,
	};
	const struct bridge_vlan_info info = {
		.flags = percent(97) ? flags[below(ARRAY_SIZE(flags))] : draw(),
		.vid = percent(97) ? draw_number(1, 4094) : draw(),
	};

	put_attr(m, IFLA_BRIDGE_VLAN_INFO, &info,
		 percent(98) ? sizeof(info) : below(4));
}

/* "bridge link set", "bridge vlan add" and "bridge vlan del" */
static void draft_bridge(struct message *m)
{
	const struct ifinfomsg ifi = { .ifi_family = AF_BRIDGE,
				       .ifi_index = draw_index(HINT_DEVICE) };
	unsigned int n = below(6);
	size_t nest;

	start_message(m, percent(60) ? RTM_SETLINK : RTM_DELLINK, NLM_F_ACK,
		      &ifi, sizeof(ifi));
	if (percent(40))
		put_protinfo(m);
	if (percent(90)) {
		nest = begin_nest(m, IFLA_AF_SPEC);
		if (percent(70))
			put_number(m, IFLA_BRIDGE_FLAGS,
				   percent(90) ? BRIDGE_FLAGS_MASTER :
						 BRIDGE_FLAGS_SELF, 2);
		while (n--)
			put_bridge_vlan(m);
		end_nest(m, nest);
	}
	end_message(m);
	if (percent(25))
		spoil(m);
}

/* "bridge fdb add", "del" and "get" */
static void draft_fdb(struct message *m)
{
	static const uint16_t types[] = { RTM_NEWNEIGH, RTM_DELNEIGH,
					  RTM_GETNEIGH };
	const struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = draw_index(HINT_SWITCH),
		.ndm_state = percent(90) ? NUD_PERMANENT : draw(),
		.ndm_flags = NTF_SELF,
	};
	uint8_t mac[ETH_ALEN];

	start_message(m, types[below(ARRAY_SIZE(types))],
		      NLM_F_ACK | (percent(70) ? NLM_F_CREATE : 0), &ndm,
		      sizeof(ndm));
	draw_mac(mac);
	put_attr(m, NDA_LLADDR, mac, percent(97) ? sizeof(mac) : below(6));
	if (percent(90))
		put_number(m, NDA_IFINDEX, draw_index(HINT_DEVICE),
			   percent(97) ? 4 : below(4));
	if (percent(30))
		put_number(m, NDA_VLAN, draw_number(0, 4094), 2);
	if (percent(5))
		put_number(m, below(16), draw(), 4);
	end_message(m);
	if (percent(15))
		spoil(m);
}

/* "ip link set DEVICE master SWITCH", or "nomaster" */
static void draft_master(struct message *m)
{
	const struct ifinfomsg ifi = { .ifi_index = draw_index(HINT_DEVICE) };

	start_message(m, RTM_SETLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	put_number(m, IFLA_MASTER, percent(70) ? draw_index(HINT_SWITCH) : 0,
		   4);
	end_message(m);
}

static void put_link(struct message *m, const char *name, const char *kind)
{
	uint8_t mac[ETH_ALEN];
	size_t nest;

	put_attr(m, IFLA_IFNAME, name, strlen(name) + 1);
	draw_mac(mac);
	if (percent(30))
		put_attr(m, IFLA_ADDRESS, mac,
			 percent(90) ? sizeof(mac) : below(6));
	if (percent(20))
		put_number(m, IFLA_MTU, draw_number(0, 70000), 4);
	nest = begin_nest(m, IFLA_LINKINFO);
	put_attr(m, IFLA_INFO_KIND, kind, strlen(kind));
	if (percent(10)) {
		const size_t data = begin_nest(m, IFLA_INFO_DATA);

		put_anything(m, 1);
		end_nest(m, data);
	}
	end_nest(m, nest);
}

/* "ip link add" and "ip link del" of what may come and go */
static void draft_link(struct message *m)
{
	const bool is_switch = switches.n > 1 && percent(50);
	const struct pool *pool = is_switch ? &switches : &devices;
	const unsigned int i = is_switch ? 1 + below(switches.n - 1) :
					   below(devices.n);
	const struct ifinfomsg ifi = {
		.ifi_index = pool->of[i].index,
		.ifi_flags = percent(50) ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};
	const bool is_unsteady = is_switch ||
				 !strncmp(pool->of[i].name, "u_", 2);
	const bool is_new = percent(75);

	start_message(m, is_unsteady && !is_new ? RTM_DELLINK : RTM_NEWLINK,
		      NLM_F_ACK | (is_unsteady ? NLM_F_CREATE : 0), &ifi,
		      sizeof(ifi));
	if (is_unsteady && is_new)
		put_link(m, pool->of[i].name, is_switch ? "podswitch" :
							  "dummy");
	end_message(m);
}

static void draft_link_dump(struct message *m)
{
	const struct ifinfomsg ifi = { .ifi_family = AF_BRIDGE };

	start_message(m, percent(50) ? RTM_GETLINK : RTM_GETNEIGH, NLM_F_DUMP,
		      &ifi, sizeof(ifi));
	if (header(m)->nlmsg_type == RTM_GETLINK)
		put_number(m, IFLA_EXT_MASK,
			   percent(50) ? RTEXT_FILTER_BRVLAN :
					 RTEXT_FILTER_BRVLAN_COMPRESSED, 4);
	end_message(m);
}

static void draft_rtnl(struct draft *d)
{
	static void (*const drafts[])(struct message *m) = {
		draft_bridge, draft_bridge, draft_bridge, draft_fdb, draft_fdb,
		draft_fdb, draft_master, draft_link, draft_link_dump,
	};

	drafts[below(ARRAY_SIZE(drafts))](&d->m);
}

/* --- asking --- */

enum who {
	WHO_NOBODY,
	WHO_USER_ROOT,	/* of a user namespace, in our network namespace */
	WHO_FAR_ROOT,	/* of a user namespace with a network namespace */
	WHO_ADMIN,
};

static const char *const who_names[] = { "nobody", "user-root", "far-root",
					 "admin" };

struct tally {
	uint64_t sent;
	uint64_t done;
	uint64_t refused;
	uint64_t lost;
	uint64_t taken;
	uint64_t wordless;
	uint64_t by[N_REQUESTS][MAX_ERRNO];
};

struct worker {
	unsigned int number;
	enum who who;
	uint64_t seed;
	uint64_t count;
	struct tally *tally;
	unsigned int shown;
	int genl;
	int rtnl;
};

/**
 * struct asked - one of the messages on their way
 * @request: as in &struct draft, and those that follow
 * @at: where it is in the datagram
 * @is_answered: it was
 */
struct asked {
	uint64_t number;
	const struct request *request;
	bool must_answer;
	bool must_fail;
	bool must_tell;
	bool is_answered;
	size_t at;
	size_t len;
};

static struct batch {
	unsigned int n;
	struct asked asked[MAX_BATCH];
	size_t len;
	uint8_t data[DATAGRAM_LEN + MESSAGE_LEN];
} batch;

static int open_netlink(int protocol)
{
	const int fd = open_socket(AF_NETLINK, SOCK_RAW, protocol);

	/* what a stranger may not force, he gets as far as he may */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ 1 << 23 },
		       sizeof(int)))
		set_option(fd, SOL_SOCKET, SO_RCVBUF, 1 << 23);
	set_option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, percent(80));
	set_option(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, percent(50));
	return fd;
}

static void show(struct worker *w, const char *fault, const struct asked *a,
		 int err)
{
	char hex[2 * 128 + 1] = "";
	size_t i;

	if (w->shown++ >= MAX_SHOWN)
		return;
	for (i = 0; i < a->len && i < 128; i++)
		sprintf(hex + 2 * i, "%02x", batch.data[a->at + i]);
	printf("%s: %s worker %u message %llu: %s: %s: %s\n", fault,
	       who_names[w->who], w->number, (unsigned long long)a->number,
	       a->request ? a->request->name : "unknown",
	       err ? strerrorname_np(err) : "done", hex);
	fflush(stdout);
}

static bool has_words(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	size_t at = NLMSG_HDRLEN + sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		at += e->msg.nlmsg_len - NLMSG_HDRLEN;
	for (at = NLMSG_ALIGN(at); at + NLA_HDRLEN <= nlh->nlmsg_len;) {
		const struct nlattr *a = (const void *)((const char *)nlh + at);

		if (a->nla_type == NLMSGERR_ATTR_MSG ||
		    a->nla_type == NLMSGERR_ATTR_MISS_TYPE)
			return true;
		at += NLA_ALIGN(a->nla_len) ? : NLA_HDRLEN;
	}
	return false;
}

/* Which the core refuses without a word. */
static bool is_core_wordless(const struct request *r, int err)
{
	return err == EPERM || err == EOPNOTSUPP || (r->is_dump && err == EBUSY);
}

static void take_answer(struct worker *w, struct asked *a,
			const struct nlmsghdr *nlh)
{
	struct tally *t = w->tally;
	int err = 0;

	if (a->is_answered)
		return;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
		err = -*(const int *)NLMSG_DATA(nlh);
	a->is_answered = true;
	if (err < 0 || err >= MAX_ERRNO)
		err = 0;
	if (a->request)
		t->by[a->request - requests][err]++;
	if (err)
		t->refused++;
	else
		t->done++;
	if (a->must_fail && !err) {
		t->taken++;
		show(w, "taken", a, err);
	}
	if (a->must_tell && w->who == WHO_ADMIN && err &&
	    nlh->nlmsg_type == NLMSG_ERROR && !has_words(nlh) &&
	    !is_core_wordless(a->request, err)) {
		t->wordless++;
		show(w, "wordless", a, err);
	}
}

static void take_answers(struct worker *w, const uint8_t *data, int len)
{
	const struct nlmsghdr *nlh = (const void *)data;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		const uint32_t first = batch.asked[0].number;
		const uint32_t i = nlh->nlmsg_seq - first;

		if (i < batch.n)
			take_answer(w, &batch.asked[i], nlh);
	}
}

/* A dump that is not read to its end is one that the kernel has to end. */
static void read_answers(struct worker *w, int *fd, int protocol)
{
	const unsigned int patience = percent(2) ? below(3) : UINT32_MAX;
	static uint8_t data[BUFFER_LEN];
	bool is_all = true;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < patience; i++) {
		len = recv(*fd, data, sizeof(data), MSG_DONTWAIT);
		if (len < 0 && errno != ENOBUFS)
			break;
		is_all = is_all && len >= 0;
		take_answers(w, data, len);
	}
	if (i == patience) {
		close(*fd);
		*fd = open_netlink(protocol);
		return;
	}
	if (errno != EAGAIN)
		die("recv");
	for (i = 0; is_all && i < batch.n; i++) {
		if (!batch.asked[i].must_answer || batch.asked[i].is_answered)
			continue;
		w->tally->lost++;
		show(w, "lost", &batch.asked[i], 0);
	}
}

static void draft_message(const struct worker *w, struct draft *d,
			  uint64_t number, bool is_rtnl)
{
	/* each message from a start of its own */
	chance = (w->seed << 48) ^ ((uint64_t)w->number << 40) ^ number;
	d->request = NULL;
	d->must_answer = d->must_fail = d->must_tell = d->is_lie = false;
	d->number = number;
	about = 0;
	if (is_rtnl)
		draft_rtnl(d);
	else
		draft_genl(d, w->who == WHO_ADMIN);
	header(&d->m)->nlmsg_seq = number;
}

/* Messages go in groups of this many to one of the two. */
static bool is_for_rtnl(uint64_t number)
{
	return number / MAX_BATCH % 8 == 7;
}

static void add_to_batch(const struct draft *d)
{
	batch.asked[batch.n++] = (struct asked){
		.number = d->number,
		.request = d->request,
		.must_answer = d->must_answer,
		.must_fail = d->must_fail,
		.must_tell = d->must_tell,
		.at = batch.len,
		.len = d->m.len,
	};
	memcpy(batch.data + batch.len, d->m.data, d->m.len);
	batch.len += d->m.len;
}

/* Returns the number of the message to go on with. */
static uint64_t send_batch(struct worker *w, uint64_t number)
{
	const bool is_rtnl = is_for_rtnl(number);
	static struct draft d;
	int fd = is_rtnl ? w->rtnl : w->genl;

	batch.n = 0;
	batch.len = 0;
	do {
		draft_message(w, &d, number++, is_rtnl);
		add_to_batch(&d);
	} while (number < w->count && number % MAX_BATCH && !d.is_lie &&
		 batch.len < DATAGRAM_LEN);
	w->tally->sent += batch.n;
	if (send(fd, batch.data, batch.len, 0) < 0)
		die("send");
	read_answers(w, is_rtnl ? &w->rtnl : &w->genl,
		     is_rtnl ? NETLINK_ROUTE : NETLINK_GENERIC);
	return number;
}

/* --- workers --- */

static void become(enum who who)
{
	switch (who) {
	case WHO_NOBODY:
		if (setresuid(NOBODY, NOBODY, NOBODY))
			die("setresuid");
		break;
	case WHO_USER_ROOT:
		if (unshare(CLONE_NEWUSER))
			die("unshare");
		break;
	case WHO_FAR_ROOT:
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			die("unshare");
		break;
	case WHO_ADMIN:
		break;
	}
}

static _Noreturn void work(struct worker *w)
{
	uint64_t number = 0;

	become(w->who);
	w->genl = open_netlink(NETLINK_GENERIC);
	w->rtnl = open_netlink(NETLINK_ROUTE);
	while (number < w->count)
		number = send_batch(w, number);
	_exit(0);
}

static void get_group(const struct nlattr *groups_attr)
{
	const uint8_t *group = (const uint8_t *)groups_attr + NLA_HDRLEN;
	const uint8_t *end = (const uint8_t *)groups_attr +
			     groups_attr->nla_len;

	for (; group < end; group += ((const struct nlattr *)group)->nla_len) {
		const uint8_t *at = group + NLA_HDRLEN;

		while (at < group + ((const struct nlattr *)group)->nla_len) {
			const struct nlattr *a = (const void *)at;

			if (a->nla_type == CTRL_ATTR_MCAST_GRP_ID &&
			    n_groups < ARRAY_SIZE(groups))
				memcpy(&groups[n_groups++], a + 1, 4);
			at += NLA_ALIGN(a->nla_len);
		}
	}
}

/* The family's number and groups. */
static void get_family(void)
{
	const struct genlmsghdr genl = { .cmd = CTRL_CMD_GETFAMILY,
					 .version = 1 };
	const int fd = open_netlink(NETLINK_GENERIC);
	static struct message m;
	ssize_t len, at = NLMSG_HDRLEN + GENL_HDRLEN;

	start_message(&m, GENL_ID_CTRL, 0, &genl, sizeof(genl));
	put_attr(&m, CTRL_ATTR_FAMILY_NAME, "podswitch", sizeof("podswitch"));
	end_message(&m);
	if (send(fd, m.data, m.len, 0) < 0)
		die("send");
	len = recv(fd, m.data, sizeof(m.data), 0);
	while (at < len && header(&m)->nlmsg_type == GENL_ID_CTRL) {
		const struct nlattr *a = (const void *)(m.data + at);

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, a + 1, sizeof(family));
		else if ((a->nla_type & NLA_TYPE_MASK) == CTRL_ATTR_MCAST_GROUPS)
			get_group(a);
		at += NLA_ALIGN(a->nla_len);
	}
	close(fd);
	if (!family)
		die_wrong("no family podswitch");
}

/* Hears all that is told, so that it is told, until the workers are done. */
static int listen_to_all(unsigned int n)
{
	static uint8_t data[BUFFER_LEN];
	const int fd = open_netlink(NETLINK_GENERIC);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int status, worst = 0;
	unsigned int i;

	for (i = 0; i < n_groups; i++)
		set_option(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, groups[i]);
	while (n) {
		if (poll(&p, 1, 100) > 0)
			while (recv(fd, data, sizeof(data), MSG_DONTWAIT) > 0 ||
			       errno == ENOBUFS)
				;
		while (n && waitpid(-1, &status, WNOHANG) > 0) {
			if (status)
				worst = 2;
			n--;
		}
	}
	return worst;
}

static void print_tallies(const struct tally *t, unsigned int n)
{
	struct tally sum = { 0 };
	unsigned int i, j, err;

	for (i = 0; i < n; i++)
		for (j = 0; j < sizeof(sum) / sizeof(uint64_t); j++)
			((uint64_t *)&sum)[j] += ((const uint64_t *)&t[i])[j];
	printf("sent %llu\ndone %llu\nrefused %llu\nlost %llu\ntaken %llu\nwordless %llu\n",
	       (unsigned long long)sum.sent, (unsigned long long)sum.done,
	       (unsigned long long)sum.refused, (unsigned long long)sum.lost,
	       (unsigned long long)sum.taken,
	       (unsigned long long)sum.wordless);
	for (i = 0; i < N_REQUESTS; i++) {
		printf("request %s:", requests[i].name);
		for (err = 0; err < MAX_ERRNO; err++)
			if (sum.by[i][err])
				printf(" %s %llu",
				       err ? strerrorname_np(err) : "done",
				       (unsigned long long)sum.by[i][err]);
		printf("\n");
	}
	if (sum.lost || sum.taken || sum.wordless)
		exit(1);
}

static void print_message(const struct worker *w, uint64_t number)
{
	static struct draft d;
	size_t i;

	draft_message(w, &d, number, is_for_rtnl(number));
	for (i = 0; i < d.m.len; i++)
		printf("%02x", d.m.data[i]);
	printf("\n");
}

static enum who who_of(unsigned int number, unsigned int admins)
{
	return number < admins ? WHO_ADMIN : (number - admins) % WHO_ADMIN;
}

static void run(uint64_t seed, uint64_t count, unsigned int admins,
		unsigned int strangers)
{
	const unsigned int n = admins + strangers;
	struct tally *tallies = mmap(NULL, n * sizeof(*tallies),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int i;
	int status;

	if (tallies == MAP_FAILED)
		die("mmap");
	for (i = 0; i < n; i++) {
		struct worker w = {
			.number = i,
			.who = who_of(i, admins),
			.seed = seed,
			.count = count / n,
			.tally = &tallies[i],
		};
		const pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid)
			work(&w);
	}
	status = listen_to_all(n);
	print_tallies(tallies, n);
	exit(status);
}

int main(int argc, char **argv)
{
	unsigned long seed = 1, count = 1000, print = 0, who = 0;
	unsigned int admins = 1, strangers = 0;
	bool is_print = false;
	int option;

	while ((option = getopt(argc, argv, "s:n:a:u:w:p:")) != -1)
		switch (option) {
		case 's':
			seed = get_number(optarg);
			break;
		case 'n':
			count = get_number(optarg);
			break;
		case 'a':
			admins = get_number_to(optarg, MAX_WORKERS);
			break;
		case 'u':
			strangers = get_number_to(optarg, MAX_WORKERS);
			break;
		case 'w':
			who = get_number_to(optarg, 2 * MAX_WORKERS);
			break;
		case 'p':
			print = get_number(optarg);
			is_print = true;
			break;
		default:
			return 2;
		}
	if (argc - optind != 2 || !(admins + strangers))
		die_wrong("arguments");
	get_pool(&switches, argv[optind]);
	get_pool(&devices, argv[optind + 1]);
	get_family();
	if (is_print)
		print_message(&(struct worker){ .number = who, .seed = seed,
						.who = who_of(who, admins) },
			      print);
	else
		run(seed, count, admins, strangers);
	return 0;
}
