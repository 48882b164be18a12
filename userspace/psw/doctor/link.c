// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces of the host, and the pods' ends: these are read by the ids of
 * their namespaces, without entering one.
 */
#include "node.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <nl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOCTOR_NETNS_DIR "/run/netns"

static void doctor_link_parse(const struct nlmsghdr *nlh,
			      struct doctor_link *link)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *tb[IFLA_MAX + 1];

	nl_parse(nlh, sizeof(*ifi), tb, IFLA_MAX);
	nl_parse_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	link->nsid = DOCTOR_HERE;
	link->ifindex = (uint32_t)ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	link->mtu = nl_get_u32(tb[IFLA_MTU]);
	link->peer = nl_get_u32(tb[IFLA_LINK]);
	link->peer_nsid = tb[IFLA_LINK_NETNSID] ?
			  (int)nl_get_u32(tb[IFLA_LINK_NETNSID]) : DOCTOR_HERE;
	link->master = nl_get_u32(tb[IFLA_MASTER]);
	memset(link->mac, 0, sizeof(link->mac));
	nl_get_bytes(tb[IFLA_ADDRESS], link->mac, sizeof(link->mac));
	nl_copy_str(tb[IFLA_IFNAME], link->name, sizeof(link->name));
	nl_copy_str(info[IFLA_INFO_KIND], link->kind, sizeof(link->kind));
}

static int doctor_take_link(const struct nlmsghdr *nlh, void *arg)
{
	struct doctor *d = arg;

	d->links = doctor_alloc(d->links, d->n_links + 1, sizeof(*d->links));
	doctor_link_parse(nlh, &d->links[d->n_links++]);
	return 0;
}

/* Whose addresses are read, and those that were. */
struct doctor_address_reader {
	struct doctor *d;
	int nsid;
};

static int doctor_take_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct doctor_address_reader *reader = arg;
	const struct nlattr *tb[IFA_MAX + 1];
	struct doctor *d = reader->d;
	struct doctor_address address = {
		.nsid = reader->nsid,
		.ifindex = ifa->ifa_index,
		.prefix_len = ifa->ifa_prefixlen,
		.local = ifa->ifa_scope >= RT_SCOPE_LINK,
		.ip = { .family = ifa->ifa_family },
	};

	nl_parse(nlh, sizeof(*ifa), tb, IFA_MAX);
	if (!nl_get_bytes(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS],
			  &address.ip.v6,
			  ifa->ifa_family == AF_INET ? 4 : 16))
		return 0;
	d->addresses = doctor_alloc(d->addresses, d->n_addresses + 1,
				    sizeof(*d->addresses));
	d->addresses[d->n_addresses++] = address;
	return 0;
}

static int doctor_ask_addresses(struct nl *nl, struct doctor *d, int nsid,
				uint32_t ifindex)
{
	struct doctor_address_reader reader = { d, nsid };
	struct ifaddrmsg ifa = { .ifa_index = ifindex };

	nl_message(nl, RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	if (nsid != DOCTOR_HERE)
		nl_put_u32(nl, IFA_TARGET_NETNSID, (uint32_t)nsid);
	return nl_dump(nl, doctor_take_address, &reader);
}

void doctor_load_links(struct doctor *d)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nl nl;

	if (!nl_open(&nl, NETLINK_ROUTE)) {
		nl_message(&nl, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
		nl_put_u32(&nl, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
		nl_dump(&nl, doctor_take_link, d);
		doctor_ask_addresses(&nl, d, DOCTOR_HERE, 0);
	}
	nl_close(&nl);
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

static int doctor_take_end(const struct nlmsghdr *nlh, void *arg)
{
	struct doctor_port *port = arg;

	doctor_link_parse(nlh, &port->end);
	port->end.nsid = port->link->peer_nsid;
	port->has_end = true;
	return 0;
}

static int doctor_ask_end(struct nl *nl, struct doctor *d,
			  struct doctor_port *port)
{
	const struct doctor_link *link = port->link;
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)link->peer,
	};
	int err;

	nl_message(nl, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	if (link->peer_nsid != DOCTOR_HERE)
		nl_put_u32(nl, IFLA_TARGET_NETNSID, (uint32_t)link->peer_nsid);
	nl_put_u32(nl, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = nl_talk(nl, doctor_take_end, port);
	if (err)
		return err;
	if (link->peer_nsid == DOCTOR_HERE)
		return 0;
	return doctor_ask_addresses(nl, d, link->peer_nsid, link->peer);
}

static int doctor_take_nsid(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[NETNSA_MAX + 1];
	int *nsid = arg;

	nl_parse(nlh, sizeof(struct rtgenmsg), tb, NETNSA_MAX);
	if (tb[NETNSA_NSID])
		*nsid = (int)nl_get_u32(tb[NETNSA_NSID]);
	return 0;
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
static void doctor_load_names(struct nl *nl, struct doctor *d)
{
	struct rtgenmsg gen = { .rtgen_family = AF_UNSPEC };
	DIR *dir = opendir(DOCTOR_NETNS_DIR);
	const int at = dir ? dirfd(dir) : -1;
	const struct dirent *entry;
	int nsid;
	int fd;

	while (at >= 0 && (entry = readdir(dir))) {
		fd = openat(at, entry->d_name,
			    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		nsid = -1;
		nl_message(nl, RTM_GETNSID, 0, &gen, sizeof(gen));
		nl_put_u32(nl, NETNSA_FD, (uint32_t)fd);
		if (!nl_talk(nl, doctor_take_nsid, &nsid))
			doctor_name_netns(d, nsid, entry->d_name);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

void doctor_load_ends(struct doctor *d)
{
	struct doctor_port *port;
	struct nl nl;
	size_t i;
	int err;

	err = nl_open(&nl, NETLINK_ROUTE);
	for (i = 0; i < d->n_ports && !err; i++) {
		port = &d->ports[i];
		if (!port->link || !port->link->peer ||
		    strcmp(port->link->kind, "veth"))
			continue;
		err = doctor_ask_end(&nl, d, port);
		if (err && err != -ENODEV)
			d->blind = -err;
		err = 0;
	}
	if (!err)
		doctor_load_names(&nl, d);
	nl_close(&nl);
}
