// SPDX-License-Identifier: GPL-2.0
/* What is sent: a message by its number. */
#include "generate.h"

uint64_t chance;

uint16_t family;

void start_request(struct message *m, uint8_t cmd, uint16_t flags)
{
	const struct genlmsghdr genl = { .cmd = cmd, .version = 1 };

	start_message(m, family, flags, &genl, sizeof(genl));
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
		draft_unknown(d);
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
	for (i = 0; i < n_requests; i++)
		if (requests[i].cmd == genl->cmd && requests[i].is_admin)
			d->must_fail = true;
}

bool is_for_rtnl(uint64_t number)
{
	return number / MAX_BATCH % 8 == 7;
}

void draft_message(const struct worker *w, struct draft *d, uint64_t number)
{
	/* each message from a start of its own */
	chance = (w->seed << 48) ^ ((uint64_t)w->number << 40) ^ number;
	d->request = NULL;
	d->must_answer = d->must_fail = d->must_tell = d->is_lie = false;
	d->number = number;
	about = 0;
	draw_first_vlan();
	if (is_for_rtnl(number))
		draft_rtnl(d);
	else
		draft_genl(d, w->who == WHO_ADMIN);
	header(&d->m)->nlmsg_seq = number;
}
