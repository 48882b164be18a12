// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

struct nl_genl_query {
	const char *group;
	struct nl_genl *genl;
};

static void nl_genl_group(const struct nlattr *groups,
			  const struct nl_genl_query *query)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;
	const char *name;

	mnl_attr_for_each_nested(group, groups) {
		nl_parse_nested(group, tb, CTRL_ATTR_MCAST_GRP_MAX);
		name = nl_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]);
		if (name && !strcmp(name, query->group))
			query->genl->group =
				nl_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int nl_genl_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1];
	const struct nl_genl_query *query = arg;

	nl_parse(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MCAST_GROUPS);
	query->genl->id = (uint16_t)nl_get_u32(tb[CTRL_ATTR_FAMILY_ID]);
	query->genl->version = nl_get_u32(tb[CTRL_ATTR_VERSION]);
	if (query->group && tb[CTRL_ATTR_MCAST_GROUPS])
		nl_genl_group(tb[CTRL_ATTR_MCAST_GROUPS], query);
	return query->genl->id ? 0 : -EPROTO;
}

void nl_genl_message(struct nl *nl, const struct nl_genl *genl, uint8_t cmd,
		     uint16_t flags)
{
	struct genlmsghdr header = { .cmd = cmd, .version = 1 };

	nl_message(nl, genl->id, flags, &header, sizeof(header));
}

int nl_genl_resolve(struct nl *nl, const char *name, const char *group,
		    struct nl_genl *genl)
{
	struct nl_genl_query query = { .group = group, .genl = genl };
	static const struct nl_genl control = { .id = GENL_ID_CTRL };

	memset(genl, 0, sizeof(*genl));
	nl_genl_message(nl, &control, CTRL_CMD_GETFAMILY, 0);
	nl_put_str(nl, CTRL_ATTR_FAMILY_NAME, name);
	return nl_talk(nl, nl_genl_family, &query);
}

bool nl_genl_is_news(const struct nlmsghdr *nlh, const char *name, uint8_t *cmd)
{
	const struct nlattr *tb[CTRL_ATTR_FAMILY_NAME + 1];
	const struct genlmsghdr *genl;
	const char *family;

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return false;
	genl = mnl_nlmsg_get_payload(nlh);
	*cmd = genl->cmd;
	nl_parse(nlh, GENL_HDRLEN, tb, CTRL_ATTR_FAMILY_NAME);
	family = nl_get_str(tb[CTRL_ATTR_FAMILY_NAME]);
	return family && !strcmp(family, name);
}

uint32_t nl_genl_find_group(const struct nlmsghdr *nlh, const char *group)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1];
	struct nl_genl genl = { 0 };
	struct nl_genl_query query = { .group = group, .genl = &genl };

	nl_parse(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MCAST_GROUPS);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		nl_genl_group(tb[CTRL_ATTR_MCAST_GROUPS], &query);
	return genl.group;
}
