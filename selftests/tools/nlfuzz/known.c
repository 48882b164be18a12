// SPDX-License-Identifier: GPL-2.0
/* Requests by the YAML: all in bounds, or with an attribute that it forbids. */
#include "generate.h"
#include "nlfuzz-tables.h"

static const uint8_t number_sizes[] = {
	[KIND_U8] = 1,
	[KIND_U16] = 2,
	[KIND_U32] = 4,
	[KIND_NEST] = 0,
};

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
	case HINT_VLAN:
		value = draw_vlan();
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

static unsigned int weight(const struct request *r)
{
	return 2 + __builtin_popcountll(r->may) / 2;
}

static const struct request *draw_request(void)
{
	unsigned int i, total = 0;

	for (i = 0; i < n_requests; i++)
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

void draft_known(struct draft *d)
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
