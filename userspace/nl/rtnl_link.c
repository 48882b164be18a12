// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtnl.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

void nl_link_parse(const struct nlmsghdr *nlh, struct nl_link *link)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *tb[IFLA_MAX + 1];

	nl_parse(nlh, sizeof(*ifi), tb, IFLA_MAX);
	nl_parse_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	memset(link, 0, sizeof(*link));
	link->ifindex = (uint32_t)ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	link->mtu = nl_get_u32(tb[IFLA_MTU]);
	link->peer = nl_get_u32(tb[IFLA_LINK]);
	link->master = nl_get_u32(tb[IFLA_MASTER]);
	nl_get_bytes(tb[IFLA_ADDRESS], link->mac, sizeof(link->mac));
	nl_copy_str(tb[IFLA_IFNAME], link->name, sizeof(link->name));
	nl_copy_str(info[IFLA_INFO_KIND], link->kind, sizeof(link->kind));
}

static int nl_link_take(const struct nlmsghdr *nlh, void *arg)
{
	nl_link_parse(nlh, arg);
	return 0;
}

static void nl_put_link_get(struct nl *nl, const char *name)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	nl_message(nl, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, name);
	nl_put_u32(nl, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

int nl_link_get(struct nl *nl, const char *name, struct nl_link *link)
{
	nl_put_link_get(nl, name);
	return nl_talk(nl, nl_link_take, link);
}

static void nl_put_veth_peer(struct nl *nl, const struct nl_veth *veth)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nlattr *peer;

	/* The peer is described by a whole link message without its header. */
	nl_put(nl, VETH_INFO_PEER, &ifi, sizeof(ifi));
	if (nl->overflow)
		return;
	peer = (struct nlattr *)((char *)mnl_nlmsg_get_payload_tail(nl->msg) -
				 NLA_HDRLEN - sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, veth->peer_name);
	if (veth->peer_mac)
		nl_put(nl, IFLA_ADDRESS, veth->peer_mac, 6);
	nl_put_u32(nl, IFLA_MTU, veth->mtu);
	nl_put_u32(nl, IFLA_NET_NS_FD, (uint32_t)veth->peer_netns);
	nl_nest_end(nl, peer);
}

static void nl_put_veth_new(struct nl *nl, const struct nl_veth *veth)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct nlattr *info;
	struct nlattr *data;

	nl_message(nl, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		   &ifi, sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, veth->name);
	nl_put(nl, IFLA_ADDRESS, veth->mac, 6);
	nl_put_u32(nl, IFLA_MTU, veth->mtu);
	info = nl_nest_start(nl, IFLA_LINKINFO);
	nl_put_str(nl, IFLA_INFO_KIND, "veth");
	data = nl_nest_start(nl, IFLA_INFO_DATA);
	nl_put_veth_peer(nl, veth);
	nl_nest_end(nl, data);
	nl_nest_end(nl, info);
}

int nl_veth_new(struct nl *nl, const struct nl_veth *veth,
		struct nl_link *link)
{
	nl_put_veth_new(nl, veth);
	nl_put_link_get(nl, veth->name);
	return nl_talk(nl, nl_link_take, link);
}

int nl_link_dump(struct nl *nl, const char *kind, nl_cb *cb, void *arg)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nlattr *info;

	nl_message(nl, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
	nl_put_u32(nl, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	info = nl_nest_start(nl, IFLA_LINKINFO);
	nl_put_str(nl, IFLA_INFO_KIND, kind);
	nl_nest_end(nl, info);
	return nl_dump(nl, cb, arg);
}

int nl_vlan_new(struct nl *nl, const char *name, uint32_t ifindex,
		uint16_t vlan)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nlattr *info;
	struct nlattr *data;

	nl_message(nl, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		   &ifi, sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, name);
	nl_put_u32(nl, IFLA_LINK, ifindex);
	info = nl_nest_start(nl, IFLA_LINKINFO);
	nl_put_str(nl, IFLA_INFO_KIND, "vlan");
	data = nl_nest_start(nl, IFLA_INFO_DATA);
	nl_put(nl, IFLA_VLAN_ID, &vlan, sizeof(vlan));
	nl_nest_end(nl, data);
	nl_nest_end(nl, info);
	return nl_talk(nl, NULL, NULL);
}

void nl_link_set(struct nl *nl, uint32_t ifindex, uint32_t flags,
		 const uint8_t *mac)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)ifindex,
		.ifi_flags = flags,
		.ifi_change = flags,
	};

	nl_message(nl, RTM_NEWLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	if (mac)
		nl_put(nl, IFLA_ADDRESS, mac, 6);
}

void nl_link_del(struct nl *nl, uint32_t ifindex)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)ifindex,
	};

	nl_message(nl, RTM_DELLINK, NLM_F_ACK, &ifi, sizeof(ifi));
}
