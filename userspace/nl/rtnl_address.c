// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtnl.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

size_t nl_ip_len(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

static void nl_put_broadcast(struct nl *nl, const struct nl_address *address)
{
	uint32_t value;

	/* RFC 3021: a subnet of two addresses has no broadcast address. */
	if (address->prefix_len > 30)
		return;
	memcpy(&value, address->bytes, sizeof(value));
	value |= htonl(UINT32_MAX >> address->prefix_len);
	nl_put_u32(nl, IFA_BROADCAST, value);
}

static void nl_put_address(struct nl *nl, uint16_t type, uint16_t flags,
			   const struct nl_address *address)
{
	size_t len = nl_ip_len(address->family);
	struct ifaddrmsg ifa = {
		.ifa_family = address->family,
		.ifa_prefixlen = address->prefix_len,
		.ifa_index = address->ifindex,
	};

	nl_message(nl, type, NLM_F_ACK | flags, &ifa, sizeof(ifa));
	nl_put(nl, IFA_LOCAL, address->bytes, len);
	nl_put(nl, IFA_ADDRESS, address->bytes, len);
}

void nl_address_del(struct nl *nl, const struct nl_address *address)
{
	nl_put_address(nl, RTM_DELADDR, 0, address);
}

void nl_address_new(struct nl *nl, const struct nl_address *address)
{
	nl_put_address(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address);
	nl_put_u32(nl, IFA_FLAGS, address->flags);
	if (address->family == AF_INET)
		nl_put_broadcast(nl, address);
}

int nl_address_dump(struct nl *nl, uint32_t ifindex, nl_cb *cb, void *arg)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_UNSPEC,
		.ifa_index = ifindex,
	};

	nl_message(nl, RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	return nl_dump(nl, cb, arg);
}

bool nl_address_parse(const struct nlmsghdr *nlh, struct nl_address *address)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	const struct nlattr *bytes;

	if (nlh->nlmsg_type != RTM_NEWADDR ||
	    (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6))
		return false;
	nl_parse(nlh, sizeof(*ifa), tb, IFA_MAX);
	/* On a point-to-point link, IFA_ADDRESS is the other side. */
	bytes = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	memset(address, 0, sizeof(*address));
	address->family = ifa->ifa_family;
	address->prefix_len = ifa->ifa_prefixlen;
	address->scope = ifa->ifa_scope;
	address->ifindex = ifa->ifa_index;
	address->flags = tb[IFA_FLAGS] ? nl_get_u32(tb[IFA_FLAGS]) :
					 ifa->ifa_flags;
	return nl_get_bytes(bytes, address->bytes, nl_ip_len(ifa->ifa_family));
}
