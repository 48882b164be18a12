// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include <linux/genetlink.h>

#include "handle.h"

/* Those of a frame to a group: a step for each receiver, and what is before. */
enum { PODSWITCH_PARTS_MAX = PODSWITCH_PROBE_RECEIVERS_MAX + 32 };

static const char *const podswitch_probe_steps[] = {
	[PODSWITCH_PROBE_STEP_RECEIVE] = "receive",
	[PODSWITCH_PROBE_STEP_DESCRIBE] = "describe",
	[PODSWITCH_PROBE_STEP_REDIRECT] = "redirect",
	[PODSWITCH_PROBE_STEP_GUARD] = "guard",
	[PODSWITCH_PROBE_STEP_ANSWER] = "answer",
	[PODSWITCH_PROBE_STEP_DECIDE] = "decide",
	[PODSWITCH_PROBE_STEP_TRANSLATE] = "translate",
	[PODSWITCH_PROBE_STEP_ADMIT] = "admit",
	[PODSWITCH_PROBE_STEP_DELIVER] = "deliver",
};

static const char *const podswitch_probe_verdicts[] = {
	[PODSWITCH_PROBE_VERDICT_PASS] = "pass",
	[PODSWITCH_PROBE_VERDICT_DROP] = "drop",
	[PODSWITCH_PROBE_VERDICT_PORT] = "port",
	[PODSWITCH_PROBE_VERDICT_HOST] = "host",
	[PODSWITCH_PROBE_VERDICT_GROUP] = "group",
	[PODSWITCH_PROBE_VERDICT_QUESTION] = "question",
	[PODSWITCH_PROBE_VERDICT_ANSWER] = "answer",
	[PODSWITCH_PROBE_VERDICT_LEAVE] = "leave",
	[PODSWITCH_PROBE_VERDICT_DELIVER] = "deliver",
};

static const char *const podswitch_probe_kinds[] = {
	[PODSWITCH_PROBE_KIND_OTHER] = "other",
	[PODSWITCH_PROBE_KIND_IPV4] = "ipv4",
	[PODSWITCH_PROBE_KIND_IPV6] = "ipv6",
	[PODSWITCH_PROBE_KIND_ARP] = "arp",
	[PODSWITCH_PROBE_KIND_ND] = "nd",
};

static const char *const podswitch_probe_ways[] = {
	[PODSWITCH_PROBE_WAY_DIRECT] = "direct",
	[PODSWITCH_PROBE_WAY_QUEUED] = "queued",
	[PODSWITCH_PROBE_WAY_HOST] = "host",
};

static const char *const podswitch_probe_causes[] = {
	[PODSWITCH_PROBE_CAUSE_DOWN] = "down",
	[PODSWITCH_PROBE_CAUSE_TRUNCATED_TAG] = "truncated-tag",
	[PODSWITCH_PROBE_CAUSE_INGRESS_HOOK] = "ingress-hook",
	[PODSWITCH_PROBE_CAUSE_FROM_HOST] = "from-host",
	[PODSWITCH_PROBE_CAUSE_OVER_VETH] = "over-veth",
	[PODSWITCH_PROBE_CAUSE_NO_VETH] = "no-veth",
	[PODSWITCH_PROBE_CAUSE_SAME_NAMESPACE] = "same-namespace",
	[PODSWITCH_PROBE_CAUSE_QUEUEING_DISCIPLINE] = "queueing-discipline",
	[PODSWITCH_PROBE_CAUSE_TRANSMIT_QUEUES] = "transmit-queues",
	[PODSWITCH_PROBE_CAUSE_EGRESS_HOOK] = "egress-hook",
	[PODSWITCH_PROBE_CAUSE_TAP] = "tap",
	[PODSWITCH_PROBE_CAUSE_RECEIVE_HANDLER] = "receive-handler",
	[PODSWITCH_PROBE_CAUSE_XDP] = "xdp",
	[PODSWITCH_PROBE_CAUSE_PROMISCUOUS] = "promiscuous",
	[PODSWITCH_PROBE_CAUSE_REUSED] = "reused",
};

/* A name out of one of the tables above. */
#define PODSWITCH_NAME(names, value)					\
	((size_t)(value) < MNL_ARRAY_SIZE(names) ? (names)[value] : NULL)

struct podswitch_probe_reader {
	podswitch_probe_cb *cb;
	void *arg;
};

const char *podswitch_probe_step_name(enum podswitch_probe_step step)
{
	return PODSWITCH_NAME(podswitch_probe_steps, step);
}

const char *podswitch_probe_verdict_name(enum podswitch_probe_verdict verdict)
{
	return PODSWITCH_NAME(podswitch_probe_verdicts, verdict);
}

const char *podswitch_probe_kind_name(enum podswitch_probe_kind kind)
{
	return PODSWITCH_NAME(podswitch_probe_kinds, kind);
}

const char *podswitch_probe_way_name(enum podswitch_probe_way way)
{
	return PODSWITCH_NAME(podswitch_probe_ways, way);
}

const char *podswitch_probe_cause_name(enum podswitch_probe_cause cause)
{
	return PODSWITCH_NAME(podswitch_probe_causes, cause);
}

static void podswitch_get_part(const struct nlattr *attr,
			       struct podswitch_probe_part *part)
{
	const struct nlattr *tb[PODSWITCH_A_PROBE_STEP_MAX + 1];

	nl_parse_nested(attr, tb, PODSWITCH_A_PROBE_STEP_MAX);
	*part = (struct podswitch_probe_part){
		.step = nl_get_u32(tb[PODSWITCH_A_PROBE_STEP_STEP]),
		.verdict = nl_get_u32(tb[PODSWITCH_A_PROBE_STEP_VERDICT]),
		.drop = nl_get_u32(tb[PODSWITCH_A_PROBE_STEP_DROP]),
		.ifindex = nl_get_u32(tb[PODSWITCH_A_PROBE_STEP_IFINDEX]),
		.way = nl_get_u32(tb[PODSWITCH_A_PROBE_STEP_WAY]),
		.cause = nl_get_u32(tb[PODSWITCH_A_PROBE_STEP_CAUSE]),
	};
	nl_copy_str(tb[PODSWITCH_A_PROBE_STEP_NAME], part->name,
		    sizeof(part->name));
	part->has_mac = nl_get_bytes(tb[PODSWITCH_A_PROBE_STEP_MAC], part->mac,
				     sizeof(part->mac));
}

static int podswitch_read_probe(const struct nlmsghdr *nlh, void *arg)
{
	struct podswitch_probe_part parts[PODSWITCH_PARTS_MAX];
	const struct nlattr *tb[PODSWITCH_A_PROBE_MAX + 1];
	const struct podswitch_probe_reader *reader = arg;
	struct podswitch_probe_result probe;
	const struct nlattr *attr;

	nl_parse(nlh, GENL_HDRLEN, tb, PODSWITCH_A_PROBE_MAX);
	probe = (struct podswitch_probe_result){
		.ifindex = nl_get_u32(tb[PODSWITCH_A_PROBE_IFINDEX]),
		.switch_ifindex = nl_get_u32(tb[PODSWITCH_A_PROBE_SWITCH]),
		.has_kind = tb[PODSWITCH_A_PROBE_KIND],
		.kind = nl_get_u32(tb[PODSWITCH_A_PROBE_KIND]),
		.vlan = nl_get_u16(tb[PODSWITCH_A_PROBE_VLAN]),
		.receivers = nl_get_u32(tb[PODSWITCH_A_PROBE_RECEIVERS]),
		.parts = parts,
	};
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (probe.n_parts == MNL_ARRAY_SIZE(parts))
			break;
		if (mnl_attr_get_type(attr) == PODSWITCH_A_PROBE_STEP)
			podswitch_get_part(attr, &parts[probe.n_parts++]);
	}
	return reader->cb(&probe, reader->arg);
}

int podswitch_probe(struct podswitch *h,
		    const struct podswitch_probe_config *cfg,
		    podswitch_probe_cb *cb, void *arg)
{
	struct podswitch_probe_reader reader = { .cb = cb, .arg = arg };
	int err;

	err = podswitch_refuse_newer(h, cfg->reserved, sizeof(cfg->reserved));
	if (err)
		return err;
	podswitch_begin(h, PODSWITCH_CMD_PROBE, 0);
	nl_put_u32(&h->nl, PODSWITCH_A_PROBE_IFINDEX, cfg->ifindex);
	nl_put(&h->nl, PODSWITCH_A_PROBE_FRAME, cfg->frame, cfg->frame_len);
	if (cfg->len)
		nl_put_u32(&h->nl, PODSWITCH_A_PROBE_LEN, cfg->len);
	if (cfg->gso)
		nl_put_u8(&h->nl, PODSWITCH_A_PROBE_GSO, 1);
	return podswitch_talk(h, podswitch_read_probe, &reader);
}

bool podswitch_probe_is_delivered(const struct podswitch_probe_result *probe)
{
	size_t i;

	for (i = 0; i < probe->n_parts; i++) {
		const struct podswitch_probe_part *part = &probe->parts[i];

		if (part->verdict == PODSWITCH_PROBE_VERDICT_LEAVE)
			return true;
		if (part->verdict == PODSWITCH_PROBE_VERDICT_DELIVER &&
		    part->cause != PODSWITCH_PROBE_CAUSE_PROMISCUOUS)
			return true;
	}
	return false;
}
