// SPDX-License-Identifier: GPL-2.0
#include "host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "rtnl.h"

#ifndef IFA_PROTO
#define IFA_PROTO 11	/* since Linux 5.18 */
#endif

_Static_assert(RTAX_MAX < HOST_ROUTE_METRICS, "a metric has no place");

/* Who receives what a dump reports; one of the callbacks. */
struct host_reader {
	host_link_cb *link;
	host_address_cb *address;
	host_route_cb *route;
	void *arg;
};

static size_t host_len(uint8_t family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

static void host_get_ip(const struct nlattr *attr, uint8_t family,
				  struct podswitch_address *ip)
{
	if (nl_get_bytes(attr, &ip->v6, host_len(family)))
		ip->family = family;
}

static void host_put_ip(struct nl *nl, uint16_t type,
				  const struct podswitch_address *ip)
{
	if (ip->family)
		nl_put(nl, type, &ip->v6, host_len(ip->family));
}

/* --- devices --- */

static void host_get_vlan(const struct nlattr *data,
			       struct host_link *link)
{
	const struct nlattr *tb[IFLA_VLAN_MAX + 1];
	struct ifla_vlan_flags flags = { 0 };

	nl_parse_nested(data, tb, IFLA_VLAN_MAX);
	link->vlan = nl_get_u16(tb[IFLA_VLAN_ID]);
	link->vlan_protocol = ntohs(nl_get_u16(tb[IFLA_VLAN_PROTOCOL]));
	nl_get_bytes(tb[IFLA_VLAN_FLAGS], &flags, sizeof(flags));
	link->vlan_flags = flags.flags;
}

static int host_read_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct host_reader *reader = arg;
	const struct nlattr *tb[IFLA_MAX + 1];
	struct host_link link = { 0 };

	nl_parse(nlh, sizeof(*ifi), tb, IFLA_MAX);
	nl_parse_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	link.ifindex = (uint32_t)ifi->ifi_index;
	link.flags = ifi->ifi_flags;
	if (!tb[IFLA_LINK_NETNSID])
		link.lower = nl_get_u32(tb[IFLA_LINK]);
	link.master = nl_get_u32(tb[IFLA_MASTER]);
	link.mtu = nl_get_u32(tb[IFLA_MTU]);
	link.tx_queue_len = nl_get_u32(tb[IFLA_TXQLEN]);
	link.group = nl_get_u32(tb[IFLA_GROUP]);
	link.alias = nl_get_str(tb[IFLA_IFALIAS]);
	nl_get_bytes(tb[IFLA_ADDRESS], link.mac, sizeof(link.mac));
	nl_copy_str(tb[IFLA_IFNAME], link.name, sizeof(link.name));
	nl_copy_str(info[IFLA_INFO_KIND], link.kind, sizeof(link.kind));
	if (!strcmp(link.kind, "vlan"))
		host_get_vlan(info[IFLA_INFO_DATA], &link);
	return reader->link(&link, reader->arg);
}

int host_link_dump(struct nl *nl, host_link_cb *cb, void *arg)
{
	struct host_reader reader = { .link = cb, .arg = arg };
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	nl_message(nl, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
	nl_put_u32(nl, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nl_dump(nl, host_read_link, &reader);
}

/* Others are refused, even if they are not to be set. */
enum {
	HOST_VLAN_FLAGS = VLAN_FLAG_REORDER_HDR | VLAN_FLAG_GVRP |
			  VLAN_FLAG_LOOSE_BINDING | VLAN_FLAG_MVRP |
			  VLAN_FLAG_BRIDGE_BINDING,
};

/* An alias is not taken with a device that is new. */
static void host_put_alias(struct nl *nl, const struct host_link *link)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	nl_message(nl, RTM_NEWLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, link->name);
	nl_put(nl, IFLA_IFALIAS, link->alias, strlen(link->alias));
}

static void host_put_vlan(struct nl *nl, const struct host_link *link)
{
	struct ifla_vlan_flags flags = {
		.flags = link->vlan_flags,
		.mask = HOST_VLAN_FLAGS,
	};
	struct nlattr *data = nl_nest_start(nl, IFLA_INFO_DATA);

	nl_put_u16(nl, IFLA_VLAN_ID, link->vlan);
	if (link->vlan_protocol)
		nl_put_u16(nl, IFLA_VLAN_PROTOCOL, htons(link->vlan_protocol));
	nl_put(nl, IFLA_VLAN_FLAGS, &flags, sizeof(flags));
	nl_nest_end(nl, data);
}

int host_link_new(struct nl *nl, const struct host_link *link)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)link->ifindex,
	};
	struct nlattr *info;

	nl_message(nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
		   &ifi, sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, link->name);
	nl_put(nl, IFLA_ADDRESS, link->mac, sizeof(link->mac));
	nl_put_u32(nl, IFLA_TXQLEN, link->tx_queue_len);
	nl_put_u32(nl, IFLA_GROUP, link->group);
	if (link->lower)
		nl_put_u32(nl, IFLA_LINK, link->lower);
	if (link->master)
		nl_put_u32(nl, IFLA_MASTER, link->master);
	info = nl_nest_start(nl, IFLA_LINKINFO);
	nl_put_str(nl, IFLA_INFO_KIND, link->kind);
	if (!strcmp(link->kind, "vlan"))
		host_put_vlan(nl, link);
	nl_nest_end(nl, info);
	if (link->alias)
		host_put_alias(nl, link);
	return nl_talk(nl, NULL, NULL);
}

int host_link_set(struct nl *nl, uint32_t ifindex, uint32_t flags,
		       uint32_t mtu)
{
	nl_link_set(nl, ifindex, flags, NULL);
	if (mtu)
		nl_put_u32(nl, IFLA_MTU, mtu);
	return nl_talk(nl, NULL, NULL);
}

/* --- addresses --- */

static uint32_t host_lifetime(uint32_t seconds)
{
	return seconds == UINT32_MAX ? 0 : seconds;
}

static void host_parse_address(const struct ifaddrmsg *ifa,
					 const struct nlattr **tb,
					 struct host_address *address)
{
	struct ifa_cacheinfo info = {
		.ifa_prefered = UINT32_MAX,
		.ifa_valid = UINT32_MAX,
	};

	*address = (struct host_address){
		.ifindex = ifa->ifa_index,
		.prefix_len = ifa->ifa_prefixlen,
		.scope = ifa->ifa_scope,
		.protocol = (uint8_t)nl_get_u32(tb[IFA_PROTO]),
		.flags = tb[IFA_FLAGS] ? nl_get_u32(tb[IFA_FLAGS]) :
					 ifa->ifa_flags,
		.metric = nl_get_u32(tb[IFA_RT_PRIORITY]),
	};
	host_get_ip(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS],
			      ifa->ifa_family, &address->local);
	host_get_ip(tb[IFA_ADDRESS], ifa->ifa_family,
			      &address->peer);
	if (!memcmp(&address->peer.v6, &address->local.v6,
		    host_len(ifa->ifa_family)))
		address->peer = (struct podswitch_address){ 0 };
	host_get_ip(tb[IFA_BROADCAST], ifa->ifa_family,
			      &address->broadcast);
	nl_copy_str(tb[IFA_LABEL], address->label, sizeof(address->label));
	nl_get_bytes(tb[IFA_CACHEINFO], &info, sizeof(info));
	address->valid_s = host_lifetime(info.ifa_valid);
	address->preferred_s = host_lifetime(info.ifa_prefered);
}

static int host_read_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct host_reader *reader = arg;
	struct host_address address;
	const struct nlattr *tb[IFA_PROTO + 1];

	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return 0;
	nl_parse(nlh, sizeof(*ifa), tb, IFA_PROTO);
	host_parse_address(ifa, tb, &address);
	return reader->address(&address, reader->arg);
}

int host_address_dump(struct nl *nl, uint32_t ifindex,
				host_address_cb *cb, void *arg)
{
	struct host_reader reader = { .address = cb, .arg = arg };
	struct ifaddrmsg ifa = {
		.ifa_family = AF_UNSPEC,
		.ifa_index = ifindex,
	};

	nl_message(nl, RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	return nl_dump(nl, host_read_address, &reader);
}

/* Flags that somebody may give; the rest is the kernel's to set. */
enum {
	HOST_IFA_FLAGS = IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR |
			      IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN,
};

int host_address_new(struct nl *nl,
			       const struct host_address *address)
{
	struct ifa_cacheinfo info = {
		.ifa_prefered = address->preferred_s ? address->preferred_s :
						       UINT32_MAX,
		.ifa_valid = address->valid_s ? address->valid_s : UINT32_MAX,
	};
	struct ifaddrmsg ifa = {
		.ifa_family = address->local.family,
		.ifa_prefixlen = address->prefix_len,
		.ifa_scope = address->scope,
		.ifa_index = address->ifindex,
	};

	if (address->flags & IFA_F_DEPRECATED)
		info.ifa_prefered = 0;
	nl_message(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
		   &ifa, sizeof(ifa));
	host_put_ip(nl, IFA_LOCAL, &address->local);
	host_put_ip(nl, IFA_ADDRESS, address->peer.family ?
					       &address->peer :
					       &address->local);
	host_put_ip(nl, IFA_BROADCAST, &address->broadcast);
	if (address->label[0])
		nl_put_str(nl, IFA_LABEL, address->label);
	nl_put_u32(nl, IFA_FLAGS, (address->flags & HOST_IFA_FLAGS) |
				  IFA_F_NODAD);
	nl_put(nl, IFA_CACHEINFO, &info, sizeof(info));
	if (address->metric)
		nl_put_u32(nl, IFA_RT_PRIORITY, address->metric);
	if (address->protocol)
		nl_put_u8(nl, IFA_PROTO, address->protocol);
	return nl_talk(nl, NULL, NULL);
}

/* --- routes --- */

/* RTA_VIA, the next hop of another family: that, and the address. */
static void host_get_via(const struct nlattr *attr,
			      struct podswitch_address *gateway)
{
	const struct rtvia *via;
	size_t len;

	if (!attr || mnl_attr_get_payload_len(attr) < sizeof(*via))
		return;
	via = mnl_attr_get_payload(attr);
	len = mnl_attr_get_payload_len(attr) - sizeof(*via);
	if (via->rtvia_family != AF_INET && via->rtvia_family != AF_INET6)
		return;
	if (len != host_len((uint8_t)via->rtvia_family))
		return;
	gateway->family = (uint8_t)via->rtvia_family;
	memcpy(&gateway->v6, via->rtvia_addr, len);
}

static void host_put_via(struct nl *nl,
			      const struct podswitch_address *gateway)
{
	size_t len = host_len(gateway->family);
	struct {
		uint16_t family;
		uint8_t bytes[16];
	} via = { .family = gateway->family };

	memcpy(via.bytes, &gateway->v6, len);
	nl_put(nl, RTA_VIA, &via, sizeof(via.family) + len);
}

/* The lock on metrics is one of them; names of algorithms are not for us. */
static bool host_get_metrics(const struct nlattr *nest, uint32_t *metrics)
{
	const struct nlattr *tb[RTAX_MAX + 1];
	size_t i;

	nl_parse_nested(nest, tb, RTAX_MAX);
	for (i = 1; i <= RTAX_MAX; i++)
		if (i != RTAX_CC_ALGO)
			metrics[i] = nl_get_u32(tb[i]);
	return !tb[RTAX_CC_ALGO];
}

static void host_put_metrics(struct nl *nl, const uint32_t *metrics)
{
	struct nlattr *nest = nl_nest_start(nl, RTA_METRICS);
	uint16_t i;

	for (i = 1; i <= RTAX_MAX; i++)
		if (metrics[i] && i != RTAX_CC_ALGO)
			nl_put_u32(nl, i, metrics[i]);
	nl_nest_end(nl, nest);
}

static int host_read_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct host_reader *reader = arg;
	const struct nlattr *tb[RTA_MAX + 1];
	struct host_route route;

	nl_parse(nlh, sizeof(*rtm), tb, RTA_MAX);
	route = (struct host_route){
		.ifindex = nl_get_u32(tb[RTA_OIF]),
		.family = rtm->rtm_family,
		.dst_len = rtm->rtm_dst_len,
		.tos = rtm->rtm_tos,
		.type = rtm->rtm_type,
		.scope = rtm->rtm_scope,
		.protocol = rtm->rtm_protocol,
		.preference = (uint8_t)nl_get_u32(tb[RTA_PREF]),
		.flags = rtm->rtm_flags & RTNH_F_ONLINK,
		.table = tb[RTA_TABLE] ? nl_get_u32(tb[RTA_TABLE]) :
					 rtm->rtm_table,
		.priority = nl_get_u32(tb[RTA_PRIORITY]),
	};
	host_get_ip(tb[RTA_DST], route.family, &route.dst);
	host_get_ip(tb[RTA_GATEWAY], route.family, &route.gateway);
	host_get_via(tb[RTA_VIA], &route.gateway);
	host_get_ip(tb[RTA_PREFSRC], route.family, &route.source);
	route.is_whole = host_get_metrics(tb[RTA_METRICS],
					       route.metrics) &&
			 !tb[RTA_MULTIPATH] && !tb[RTA_NH_ID] &&
			 !tb[RTA_ENCAP] && !rtm->rtm_src_len;
	return reader->route(&route, reader->arg);
}

int host_route_dump(struct nl *nl, uint32_t ifindex,
			      host_route_cb *cb, void *arg)
{
	struct host_reader reader = { .route = cb, .arg = arg };
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct rtmsg rtm = { 0 };
	size_t i;
	int err = 0;

	for (i = 0; i < MNL_ARRAY_SIZE(families) && !err; i++) {
		rtm.rtm_family = families[i];
		nl_message(nl, RTM_GETROUTE, NLM_F_DUMP, &rtm,
			   sizeof(rtm));
		nl_put_u32(nl, RTA_OIF, ifindex);
		err = nl_dump(nl, host_read_route, &reader);
	}
	return err;
}

int host_route_new(struct nl *nl,
			     const struct host_route *route)
{
	struct rtmsg rtm = {
		.rtm_family = route->family,
		.rtm_dst_len = route->dst_len,
		.rtm_tos = route->tos,
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_protocol = route->protocol,
		.rtm_scope = route->scope,
		.rtm_type = route->type,
		.rtm_flags = route->flags,
	};

	nl_message(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
		   &rtm, sizeof(rtm));
	nl_put_u32(nl, RTA_TABLE, route->table);
	nl_put_u32(nl, RTA_OIF, route->ifindex);
	host_put_ip(nl, RTA_DST, &route->dst);
	host_put_ip(nl, RTA_PREFSRC, &route->source);
	if (route->gateway.family && route->gateway.family != route->family)
		host_put_via(nl, &route->gateway);
	else
		host_put_ip(nl, RTA_GATEWAY, &route->gateway);
	if (route->priority)
		nl_put_u32(nl, RTA_PRIORITY, route->priority);
	if (route->preference)
		nl_put_u8(nl, RTA_PREF, route->preference);
	host_put_metrics(nl, route->metrics);
	return nl_talk(nl, NULL, NULL);
}
