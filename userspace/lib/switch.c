// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "handle.h"

_Static_assert(PODSWITCH_NAME_SIZE == IFNAMSIZ,
	       "a name in podswitch.h has another size");

#define PODSWITCH_KIND	"podswitch"

struct podswitch_switch_reader {
	podswitch_switch_cb *cb;
	void *arg;
};

static void podswitch_parse_switch(const struct nlmsghdr *nlh,
				   struct podswitch_switch *sw)
{
	const struct nlattr *tb[PODSWITCH_A_SWITCH_MAX + 1];

	nl_parse(nlh, GENL_HDRLEN, tb, PODSWITCH_A_SWITCH_MAX);
	*sw = (struct podswitch_switch){
		.ifindex = nl_get_u32(tb[PODSWITCH_A_SWITCH_IFINDEX]),
		.mtu = nl_get_u32(tb[PODSWITCH_A_SWITCH_MTU]),
		.max_ports = nl_get_u32(tb[PODSWITCH_A_SWITCH_MAX_PORTS]),
		.max_addresses =
			nl_get_u32(tb[PODSWITCH_A_SWITCH_MAX_ADDRESSES]),
		.ports = nl_get_u32(tb[PODSWITCH_A_SWITCH_PORTS]),
		.addresses = nl_get_u32(tb[PODSWITCH_A_SWITCH_ADDRESSES]),
		.uplink = nl_get_u32(tb[PODSWITCH_A_SWITCH_UPLINK]),
	};
	nl_copy_str(tb[PODSWITCH_A_SWITCH_NAME], sw->name, sizeof(sw->name));
	nl_get_bytes(tb[PODSWITCH_A_SWITCH_MAC], sw->mac, sizeof(sw->mac));
	podswitch_get_ip(tb[PODSWITCH_A_SWITCH_LAST_IPV4], NULL,
			 &sw->last_ipv4);
	podswitch_get_ip(NULL, tb[PODSWITCH_A_SWITCH_LAST_IPV6],
			 &sw->last_ipv6);
	podswitch_get_stats(tb[PODSWITCH_A_SWITCH_STATS], &sw->stats);
}

static int podswitch_fill_switch(const struct nlmsghdr *nlh, void *arg)
{
	podswitch_parse_switch(nlh, arg);
	return 0;
}

static int podswitch_read_switch(const struct nlmsghdr *nlh, void *arg)
{
	const struct podswitch_switch_reader *reader = arg;
	struct podswitch_switch sw;

	podswitch_parse_switch(nlh, &sw);
	return reader->cb(&sw, reader->arg);
}

static void podswitch_put_link(struct nl *nl, const char *name,
			       const uint8_t *mac, uint32_t mtu)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nlattr *info;

	nl_message(nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
		   &ifi, sizeof(ifi));
	nl_put_str(nl, IFLA_IFNAME, name);
	if (mac)
		nl_put(nl, IFLA_ADDRESS, mac, 6);
	if (mtu)
		nl_put_u32(nl, IFLA_MTU, mtu);
	info = nl_nest_start(nl, IFLA_LINKINFO);
	nl_put_str(nl, IFLA_INFO_KIND, PODSWITCH_KIND);
	nl_nest_end(nl, info);
}

int podswitch_switch_create(struct podswitch *h, const char *name,
			    const uint8_t *mac, uint32_t mtu)
{
	struct nl route;
	int err;

	err = nl_open(&route, NETLINK_ROUTE);
	if (!err) {
		podswitch_put_link(&route, name, mac, mtu);
		err = nl_talk(&route, NULL, NULL);
	}
	nl_discard(&h->nl);
	nl_fail(&h->nl, err, "%s", nl_error(&route));
	nl_close(&route);
	return err;
}

int podswitch_switch_get(struct podswitch *h, uint32_t ifindex,
			 struct podswitch_switch *sw)
{
	podswitch_begin(h, PODSWITCH_CMD_SWITCH_GET, 0);
	nl_put_u32(&h->nl, PODSWITCH_A_SWITCH_IFINDEX, ifindex);
	return podswitch_talk(h, podswitch_fill_switch, sw);
}

int podswitch_switch_dump(struct podswitch *h, podswitch_switch_cb *cb,
			  void *arg)
{
	struct podswitch_switch_reader reader = { .cb = cb, .arg = arg };

	podswitch_begin(h, PODSWITCH_CMD_SWITCH_GET, NLM_F_DUMP);
	return podswitch_dump(h, podswitch_read_switch, &reader);
}

int podswitch_switch_set(struct podswitch *h, uint32_t ifindex,
			 uint32_t max_ports, uint32_t max_addresses)
{
	podswitch_begin(h, PODSWITCH_CMD_SWITCH_SET, NLM_F_ACK);
	nl_put_u32(&h->nl, PODSWITCH_A_SWITCH_IFINDEX, ifindex);
	if (max_ports)
		nl_put_u32(&h->nl, PODSWITCH_A_SWITCH_MAX_PORTS, max_ports);
	if (max_addresses)
		nl_put_u32(&h->nl, PODSWITCH_A_SWITCH_MAX_ADDRESSES,
			   max_addresses);
	return podswitch_talk(h, NULL, NULL);
}

int podswitch_switch_set_last(struct podswitch *h, uint32_t ifindex,
			      const struct podswitch_address *last_ipv4,
			      const struct podswitch_address *last_ipv6)
{
	static const struct in6_addr none;

	podswitch_begin(h, PODSWITCH_CMD_SWITCH_SET, NLM_F_ACK);
	nl_put_u32(&h->nl, PODSWITCH_A_SWITCH_IFINDEX, ifindex);
	nl_put(&h->nl, PODSWITCH_A_SWITCH_LAST_IPV4,
	       last_ipv4->family ? (const void *)&last_ipv4->v4 : &none, 4);
	nl_put(&h->nl, PODSWITCH_A_SWITCH_LAST_IPV6,
	       last_ipv6->family ? &last_ipv6->v6 : &none, 16);
	return podswitch_talk(h, NULL, NULL);
}
