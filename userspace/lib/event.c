// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "handle.h"

static const char *const podswitch_groups[] = {
	PODSWITCH_MCGRP_PORTS, PODSWITCH_MCGRP_VIOLATIONS,
};

struct podswitch_event_reader {
	struct podswitch *h;
	const struct podswitch_events *events;
	void *arg;
};

int podswitch_watch(struct podswitch *h)
{
	struct nl_genl genl;
	int err;

	err = nl_genl_resolve(&h->nl, "nlctrl", "notify", &genl);
	if (!err)
		err = nl_join(&h->nl, genl.group);
	h->is_watching = !err;
	return err;
}

/* To be joined again when podswitch comes again. */
static void podswitch_remember(struct podswitch *h, const char *group)
{
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(podswitch_groups); i++)
		if (!strcmp(group, podswitch_groups[i]))
			h->groups |= 1U << i;
}

int podswitch_subscribe(struct podswitch *h, const char *group)
{
	struct nl_genl genl;
	int err;

	err = nl_genl_resolve(&h->nl, PODSWITCH_FAMILY_NAME, group, &genl);
	if (!err || err == -ENOENT)
		podswitch_remember(h, group);
	if (err == -ENOENT && h->is_watching)
		return nl_fail(&h->nl, 0, "%s", "");
	if (err)
		return err;
	if (!genl.group)
		return nl_fail(&h->nl, -ENOENT,
			       "The kernel's podswitch does not report %s",
			       group);
	return nl_join(&h->nl, genl.group);
}

int podswitch_fd(const struct podswitch *h)
{
	return h->nl.fd;
}

static int podswitch_read_violation(const struct nlmsghdr *nlh,
				    const struct podswitch_event_reader *reader)
{
	const struct nlattr *tb[PODSWITCH_A_VIOLATION_MAX + 1];
	struct podswitch_violation v;

	nl_parse(nlh, GENL_HDRLEN, tb, PODSWITCH_A_VIOLATION_MAX);
	v = (struct podswitch_violation){
		.switch_ifindex = nl_get_u32(tb[PODSWITCH_A_VIOLATION_SWITCH]),
		.ifindex = nl_get_u32(tb[PODSWITCH_A_VIOLATION_IFINDEX]),
		.has_vlan = tb[PODSWITCH_A_VIOLATION_VLAN],
		.vlan = nl_get_u16(tb[PODSWITCH_A_VIOLATION_VLAN]),
	};
	nl_copy_str(tb[PODSWITCH_A_VIOLATION_NAME], v.name, sizeof(v.name));
	podswitch_get_owner(tb[PODSWITCH_A_VIOLATION_OWNER], &v.owner);
	podswitch_get_drops(tb[PODSWITCH_A_VIOLATION_DROPS], v.drops);
	v.has_mac = nl_get_bytes(tb[PODSWITCH_A_VIOLATION_MAC], v.mac,
				 sizeof(v.mac));
	podswitch_get_ip(tb[PODSWITCH_A_VIOLATION_IPV4],
			 tb[PODSWITCH_A_VIOLATION_IPV6], &v.source);
	return reader->events->violation(&v, reader->arg);
}

static int podswitch_rejoin(struct podswitch *h, const struct nlmsghdr *nlh)
{
	uint32_t group;
	int err = 0;
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(podswitch_groups) && !err; i++) {
		if (!(h->groups & 1U << i))
			continue;
		group = nl_genl_find_group(nlh, podswitch_groups[i]);
		err = group ? nl_join(&h->nl, group) : -ENOENT;
	}
	return err;
}

/* The kernel has taken the groups' members along with the family. */
static int podswitch_read_news(const struct nlmsghdr *nlh,
			       const struct podswitch_event_reader *reader)
{
	const struct podswitch_events *events = reader->events;
	uint8_t cmd;
	int err;

	if (!nl_genl_is_news(nlh, PODSWITCH_FAMILY_NAME, &cmd))
		return 0;
	if (cmd == CTRL_CMD_DELFAMILY)
		return events->unloaded ? events->unloaded(reader->arg) : 0;
	if (cmd != CTRL_CMD_NEWFAMILY)
		return 0;
	err = podswitch_rejoin(reader->h, nlh);
	if (err)
		return err;
	return events->loaded ? events->loaded(reader->arg) : 0;
}

/* Events that a newer kernel sends and we do not know are skipped. */
static int podswitch_read_event(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct podswitch_event_reader *reader = arg;
	struct podswitch_port_reader port = { .arg = reader->arg };

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return podswitch_read_news(nlh, reader);
	if (genl->cmd == PODSWITCH_CMD_VIOLATION_NTF)
		return reader->events->violation ?
		       podswitch_read_violation(nlh, reader) : 0;
	if (genl->cmd == PODSWITCH_CMD_PORT_NTF)
		port.cb = reader->events->port;
	else if (genl->cmd == PODSWITCH_CMD_PORT_DEL_NTF)
		port.cb = reader->events->port_gone;
	return port.cb ? podswitch_read_port(nlh, &port) : 0;
}

int podswitch_event(struct podswitch *h, const struct podswitch_events *events,
		    void *arg)
{
	struct podswitch_event_reader reader = {
		.h = h, .events = events, .arg = arg,
	};

	return nl_event(&h->nl, podswitch_read_event, &reader);
}
