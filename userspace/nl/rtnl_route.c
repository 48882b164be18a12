// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtnl.h"

#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

static uint8_t nl_route_scope(const struct nl_route *route)
{
	if (route->scope >= 0)
		return (uint8_t)route->scope;
	return route->has_gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
}

static void nl_put_metrics(struct nl *nl, const struct nl_route *route)
{
	struct nlattr *metrics;

	if (!route->mtu && !route->advmss)
		return;
	metrics = nl_nest_start(nl, RTA_METRICS);
	if (route->mtu)
		nl_put_u32(nl, RTAX_MTU, route->mtu);
	if (route->advmss)
		nl_put_u32(nl, RTAX_ADVMSS, route->advmss);
	nl_nest_end(nl, metrics);
}

void nl_route_new(struct nl *nl, const struct nl_route *route)
{
	size_t len = nl_ip_len(route->family);
	struct rtmsg rtm = {
		.rtm_family = route->family,
		.rtm_dst_len = route->dst_len,
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_scope = nl_route_scope(route),
		.rtm_type = RTN_UNICAST,
	};

	nl_message(nl, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		   &rtm, sizeof(rtm));
	nl_put_u32(nl, RTA_TABLE, route->table ? route->table : RT_TABLE_MAIN);
	nl_put(nl, RTA_DST, route->dst, len);
	nl_put_u32(nl, RTA_OIF, route->ifindex);
	if (route->has_gateway)
		nl_put(nl, RTA_GATEWAY, route->gateway, len);
	if (route->priority)
		nl_put_u32(nl, RTA_PRIORITY, route->priority);
	nl_put_metrics(nl, route);
}

int nl_route_dump(struct nl *nl, nl_cb *cb, void *arg)
{
	struct rtmsg rtm = { .rtm_family = AF_UNSPEC };

	nl_message(nl, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	return nl_dump(nl, cb, arg);
}

bool nl_route_parse(const struct nlmsghdr *nlh, struct nl_route *route)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	size_t len = nl_ip_len(rtm->rtm_family);

	if (nlh->nlmsg_type != RTM_NEWROUTE || rtm->rtm_type != RTN_UNICAST ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6))
		return false;
	nl_parse(nlh, sizeof(*rtm), tb, RTA_MAX);
	memset(route, 0, sizeof(*route));
	route->family = rtm->rtm_family;
	route->dst_len = rtm->rtm_dst_len;
	nl_get_bytes(tb[RTA_DST], route->dst, len);
	route->has_gateway = nl_get_bytes(tb[RTA_GATEWAY], route->gateway, len);
	route->ifindex = nl_get_u32(tb[RTA_OIF]);
	route->table = tb[RTA_TABLE] ? nl_get_u32(tb[RTA_TABLE]) :
				       rtm->rtm_table;
	route->priority = nl_get_u32(tb[RTA_PRIORITY]);
	route->scope = rtm->rtm_scope;
	return true;
}
