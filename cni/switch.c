// SPDX-License-Identifier: GPL-2.0
#include "switch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "io.h"

/* The same on this machine each time, another on each machine. */
static void cni_switch_mac(const char *name, uint8_t *mac)
{
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	char machine[33] = "";

	if (fd >= 0) {
		if (read(fd, machine, sizeof(machine) - 1) < 0)
			machine[0] = '\0';
		close(fd);
	}
	cni_hash_mac(cni_hash("switch", machine, name, NULL), mac);
}

static int cni_switch_create(struct cni_session *s, struct cni_error *err)
{
	const char *name = s->conf.bridge;
	char path[64];
	uint8_t mac[6];
	int ret;

	cni_switch_mac(name, mac);
	ret = podswitch_switch_create(s->psw, name, mac, s->conf.mtu);
	/* Another ADD was quicker: it is as good. */
	if (ret == -EEXIST)
		return 0;
	if (ret)
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot make switch \"%s\": %s", name,
				podswitch_error(s->psw));
	/* Pods do not tell the host where its routers are. */
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/accept_ra",
		 name);
	ret = cni_sysctl_set(path, '0');
	if (ret && ret != -ENOENT)
		return cni_fail(err, CNI_ERR_KERNEL, "cannot write %s: %s",
				path, strerror(-ret));
	return 0;
}

static int cni_switch_link(struct cni_session *s, struct nl_link *link,
			   struct cni_error *err)
{
	int ret = nl_link_get(&s->rtnl, s->conf.bridge, link);

	link->ifindex = ret ? 0 : link->ifindex;
	if (ret == -ENODEV)
		return 0;
	if (ret)
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot find \"bridge\": \"%s\": %s",
				s->conf.bridge, nl_error(&s->rtnl));
	if (strcmp(link->kind, "podswitch") != 0)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"bridge\": \"%s\" is not a podswitch but %s",
				s->conf.bridge,
				link->kind[0] ? link->kind : "hardware");
	return 0;
}

static int cni_switch_read(struct cni_session *s, uint32_t ifindex,
			   struct podswitch_switch *sw, struct cni_error *err)
{
	if (podswitch_switch_get(s->psw, ifindex, sw))
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot read switch \"%s\": %s",
				s->conf.bridge, podswitch_error(s->psw));
	return 0;
}

int cni_switch_find(struct cni_session *s, struct podswitch_switch *sw,
		    struct cni_error *err)
{
	struct nl_link link;

	sw->ifindex = 0;
	if (cni_switch_link(s, &link, err))
		return -1;
	return link.ifindex ? cni_switch_read(s, link.ifindex, sw, err) : 0;
}

int cni_switch_ensure(struct cni_session *s, struct podswitch_switch *sw,
		      struct cni_error *err)
{
	struct nl_link link;

	if (cni_switch_link(s, &link, err))
		return -1;
	if (!link.ifindex && (cni_switch_create(s, err) ||
			      cni_switch_link(s, &link, err)))
		return -1;
	if (!link.ifindex)
		return cni_fail(err, CNI_ERR_TRY_AGAIN,
				"switch \"%s\" was removed while it was made",
				s->conf.bridge);
	if (!(link.flags & IFF_UP)) {
		nl_link_up(&s->rtnl, link.ifindex, NULL);
		if (nl_talk(&s->rtnl, NULL, NULL))
			return cni_fail(err, CNI_ERR_KERNEL,
					"cannot set switch \"%s\" up: %s",
					s->conf.bridge, nl_error(&s->rtnl));
	}
	return cni_switch_read(s, link.ifindex, sw, err);
}

static int cni_switch_gateway(struct cni_session *s,
			      const struct podswitch_switch *sw,
			      const struct cni_ip *ip, struct cni_error *err)
{
	struct nl_address address = {
		.family = ip->gateway.family,
		.prefix_len = ip->address.len,
		.flags = IFA_F_PERMANENT | IFA_F_NODAD,
		.ifindex = sw->ifindex,
	};
	char text[INET6_ADDRSTRLEN];
	int ret;

	memcpy(address.bytes, cni_address_bytes(&ip->gateway),
	       cni_address_bits(&ip->gateway) / 8);
	nl_address_new(&s->rtnl, &address);
	ret = nl_talk(&s->rtnl, NULL, NULL);
	if (ret && ret != -EEXIST)
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot give gateway address %s to switch \"%s\": %s",
				cni_address_print(&ip->gateway, text), sw->name,
				nl_error(&s->rtnl));
	return 0;
}

static int cni_switch_forward(uint8_t family, struct cni_error *err)
{
	const char *path = family == AF_INET ?
			   "/proc/sys/net/ipv4/ip_forward" :
			   "/proc/sys/net/ipv6/conf/all/forwarding";
	int ret = cni_sysctl_set(path, '1');

	if (ret)
		return cni_fail(err, CNI_ERR_KERNEL, "cannot write %s: %s",
				path, strerror(-ret));
	return 0;
}

int cni_switch_gateways(struct cni_session *s,
			const struct podswitch_switch *sw,
			const struct cni_addressing *ad,
			struct cni_error *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	size_t i;

	if (!s->conf.is_gateway)
		return 0;
	for (i = 0; i < ad->n_ips; i++)
		if (ad->ips[i].has_gateway &&
		    cni_switch_gateway(s, sw, &ad->ips[i], err))
			return -1;
	for (i = 0; i < sizeof(families); i++)
		if (cni_addressing_gateway(ad, families[i]) &&
		    cni_switch_forward(families[i], err))
			return -1;
	return 0;
}
