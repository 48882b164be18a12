// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces of the host, and the pods' ends: these are read by the ids of
 * their namespaces, without entering one.
 */
#include "doctor_node.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOCTOR_NETNS_DIR "/run/netns"

struct doctor_attrs {
	const struct nlattr **tb;
	unsigned int max;
};

static int doctor_attr(const struct nlattr *attr, void *arg)
{
	const struct doctor_attrs *attrs = arg;

	if (mnl_attr_get_type(attr) <= attrs->max)
		attrs->tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static uint32_t doctor_u32(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 4 ?
	       mnl_attr_get_u32(attr) : 0;
}

static void doctor_name(const struct nlattr *attr, char *name)
{
	name[0] = '\0';
	if (attr)
		snprintf(name, IFNAMSIZ, "%.*s",
			 (int)mnl_attr_get_payload_len(attr),
			 mnl_attr_get_str(attr));
}

static void doctor_kind(const struct nlattr *attr, char *kind)
{
	const struct nlattr *info[IFLA_INFO_MAX + 1] = { NULL };
	struct doctor_attrs attrs = { info, IFLA_INFO_MAX };

	if (attr)
		mnl_attr_parse_nested(attr, doctor_attr, &attrs);
	doctor_name(info[IFLA_INFO_KIND], kind);
}

static void doctor_link_parse(const struct nlmsghdr *nlh,
			      struct doctor_link *link)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_MAX + 1] = { NULL };
	struct doctor_attrs attrs = { tb, IFLA_MAX };

	mnl_attr_parse(nlh, sizeof(*ifi), doctor_attr, &attrs);
	link->nsid = DOCTOR_HERE;
	link->ifindex = (uint32_t)ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	link->mtu = doctor_u32(tb[IFLA_MTU]);
	link->peer = doctor_u32(tb[IFLA_LINK]);
	link->peer_nsid = tb[IFLA_LINK_NETNSID] ?
			  (int)doctor_u32(tb[IFLA_LINK_NETNSID]) : DOCTOR_HERE;
	link->master = doctor_u32(tb[IFLA_MASTER]);
	memset(link->mac, 0, sizeof(link->mac));
	if (tb[IFLA_ADDRESS] &&
	    mnl_attr_get_payload_len(tb[IFLA_ADDRESS]) == sizeof(link->mac))
		memcpy(link->mac, mnl_attr_get_payload(tb[IFLA_ADDRESS]),
		       sizeof(link->mac));
	doctor_name(tb[IFLA_IFNAME], link->name);
	doctor_kind(tb[IFLA_LINKINFO], link->kind);
}

static void doctor_take_link(const struct nlmsghdr *nlh, void *arg)
{
	struct doctor *d = arg;

	d->links = doctor_alloc(d->links, d->n_links + 1, sizeof(*d->links));
	doctor_link_parse(nlh, &d->links[d->n_links++]);
}

/* Whose addresses are read, and those that were. */
struct doctor_address_reader {
	struct doctor *d;
	int nsid;
};

static void doctor_take_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct doctor_address_reader *reader = arg;
	const struct nlattr *tb[IFA_MAX + 1] = { NULL };
	struct doctor_attrs attrs = { tb, IFA_MAX };
	struct doctor *d = reader->d;
	struct doctor_address *address;
	const struct nlattr *ip;
	size_t len;

	mnl_attr_parse(nlh, sizeof(*ifa), doctor_attr, &attrs);
	ip = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	len = ifa->ifa_family == AF_INET ? 4 : 16;
	if (!ip || mnl_attr_get_payload_len(ip) != len)
		return;
	d->addresses = doctor_alloc(d->addresses, d->n_addresses + 1,
				    sizeof(*d->addresses));
	address = &d->addresses[d->n_addresses++];
	memset(address, 0, sizeof(*address));
	address->nsid = reader->nsid;
	address->ifindex = ifa->ifa_index;
	address->prefix_len = ifa->ifa_prefixlen;
	address->local = ifa->ifa_scope >= RT_SCOPE_LINK;
	address->ip.family = ifa->ifa_family;
	memcpy(&address->ip.v6, mnl_attr_get_payload(ip), len);
}

static int doctor_ask_addresses(struct doctor_netlink *nl, struct doctor *d,
				int nsid, uint32_t ifindex)
{
	struct doctor_address_reader reader = { d, nsid };
	struct ifaddrmsg ifa = { .ifa_index = ifindex };
	struct nlmsghdr *nlh;

	nlh = doctor_netlink_begin(nl, RTM_GETADDR, NLM_F_DUMP, &ifa,
				   sizeof(ifa));
	if (nsid != DOCTOR_HERE)
		mnl_attr_put_u32(nlh, IFA_TARGET_NETNSID, (uint32_t)nsid);
	return doctor_netlink_ask(nl, doctor_take_address, &reader);
}

void doctor_load_links(struct doctor *d)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct doctor_netlink nl;
	struct nlmsghdr *nlh;

	if (doctor_netlink_open(&nl, NETLINK_ROUTE))
		return;
	nlh = doctor_netlink_begin(&nl, RTM_GETLINK, NLM_F_DUMP, &ifi,
				   sizeof(ifi));
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	doctor_netlink_ask(&nl, doctor_take_link, d);
	doctor_ask_addresses(&nl, d, DOCTOR_HERE, 0);
	doctor_netlink_close(&nl);
}

const struct doctor_link *doctor_link(const struct doctor *d, uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < d->n_links; i++)
		if (d->links[i].ifindex == ifindex)
			return &d->links[i];
	return NULL;
}

/* --- the pods' ends --- */

static void doctor_take_end(const struct nlmsghdr *nlh, void *arg)
{
	struct doctor_port *port = arg;

	doctor_link_parse(nlh, &port->end);
	port->end.nsid = port->link->peer_nsid;
	port->has_end = true;
}

static int doctor_ask_end(struct doctor_netlink *nl, struct doctor *d,
			  struct doctor_port *port)
{
	const struct doctor_link *link = port->link;
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)link->peer,
	};
	struct nlmsghdr *nlh;
	int err;

	nlh = doctor_netlink_begin(nl, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	if (link->peer_nsid != DOCTOR_HERE)
		mnl_attr_put_u32(nlh, IFLA_TARGET_NETNSID,
				 (uint32_t)link->peer_nsid);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = doctor_netlink_ask(nl, doctor_take_end, port);
	if (err)
		return err;
	if (link->peer_nsid == DOCTOR_HERE)
		return 0;
	return doctor_ask_addresses(nl, d, link->peer_nsid, link->peer);
}

static void doctor_take_nsid(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[NETNSA_MAX + 1] = { NULL };
	struct doctor_attrs attrs = { tb, NETNSA_MAX };

	mnl_attr_parse(nlh, sizeof(struct rtgenmsg), doctor_attr, &attrs);
	if (tb[NETNSA_NSID])
		*(int *)arg = (int)doctor_u32(tb[NETNSA_NSID]);
}

static void doctor_name_netns(struct doctor *d, int nsid, const char *name)
{
	struct doctor_port *port;
	size_t i;

	for (i = 0; i < d->n_ports && nsid >= 0; i++) {
		port = &d->ports[i];
		if (port->link && port->link->peer &&
		    port->link->peer_nsid == nsid)
			snprintf(port->netns, sizeof(port->netns), "%s", name);
	}
}

/* Namespaces have names where somebody mounted them. */
static void doctor_load_names(struct doctor_netlink *nl, struct doctor *d)
{
	struct rtgenmsg gen = { .rtgen_family = AF_UNSPEC };
	DIR *dir = opendir(DOCTOR_NETNS_DIR);
	const struct dirent *entry;
	struct nlmsghdr *nlh;
	int nsid;
	int fd;

	while (dir && (entry = readdir(dir))) {
		fd = openat(dirfd(dir), entry->d_name,
			    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		nsid = -1;
		nlh = doctor_netlink_begin(nl, RTM_GETNSID, 0, &gen,
					   sizeof(gen));
		mnl_attr_put_u32(nlh, NETNSA_FD, (uint32_t)fd);
		if (!doctor_netlink_ask(nl, doctor_take_nsid, &nsid))
			doctor_name_netns(d, nsid, entry->d_name);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

void doctor_load_ends(struct doctor *d)
{
	struct doctor_port *port;
	struct doctor_netlink nl;
	size_t i;
	int err;

	if (doctor_netlink_open(&nl, NETLINK_ROUTE))
		return;
	for (i = 0; i < d->n_ports; i++) {
		port = &d->ports[i];
		if (!port->link || !port->link->peer ||
		    strcmp(port->link->kind, "veth"))
			continue;
		err = doctor_ask_end(&nl, d, port);
		if (err && err != -ENODEV)
			d->blind = -err;
	}
	doctor_load_names(&nl, d);
	doctor_netlink_close(&nl);
}
