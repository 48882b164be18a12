// SPDX-License-Identifier: GPL-2.0
/* Without the YAML: messages of any kind, and what is spoilt in others. */
#include "generate.h"

void put_anything(struct message *m, unsigned int depth)
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
void draft_unknown(struct draft *d)
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

void spoil(struct message *m)
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

