// SPDX-License-Identifier: GPL-2.0
#include "gateway.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "io.h"

/*
 * The gateways of a pod's subnets, and what their device was seen to have:
 * which of them, one bit each, and the first address that rivals them.
 */
struct cni_gateways {
	struct cni_session *s;
	const struct cni_addressing *ad;
	const char *name;
	uint32_t ifindex;
	uint64_t seen;
	bool has_rival;
	struct nl_address rival;
};

_Static_assert(CNI_IPS_MAX <= 64, "struct cni_gateways has too few bits");

void cni_gateway_name(const struct cni_conf *conf, char name[IFNAMSIZ])
{
	if (conf->vlan)
		snprintf(name, IFNAMSIZ, "%s.%u", conf->bridge, conf->vlan);
	else
		snprintf(name, IFNAMSIZ, "%s", conf->bridge);
}

/* --- the device --- */

static int cni_gateway_vlan(struct cni_session *s,
			    const struct podswitch_switch *sw,
			    const char *name, struct nl_link *link,
			    struct cni_error *err)
{
	int ret = nl_link_get(&s->rtnl, name, link);

	if (ret == -ENODEV) {
		ret = nl_vlan_new(&s->rtnl, name, sw->ifindex, s->conf.vlan);
		/* Another ADD was quicker: it is as good. */
		if (!ret || ret == -EEXIST)
			ret = nl_link_get(&s->rtnl, name, link);
	}
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot make %s, the gateway in \"vlan\": %u: %s",
				name, s->conf.vlan, nl_error(&s->rtnl));
	if (strcmp(link->kind, "vlan") != 0 || link->peer != sw->ifindex)
		return cni_fail(err, CNI_ERR_CONFIG,
				"%s cannot be the gateway in \"vlan\": %u: it is no VLAN device on \"%s\"",
				name, s->conf.vlan, sw->name);
	return cni_switch_up(s, link, 0, err);
}

/* --- its addresses --- */

/* Is it that of another of the network's ranges? */
static bool cni_gateway_of_range(const struct cni_conf *conf,
				 const struct podswitch_address *address)
{
	size_t i;

	for (i = 0; i < conf->n_ranges; i++)
		if (!cni_address_cmp(&conf->ranges[i].gateway, address))
			return true;
	return false;
}

/*
 * A gateway's address is not put beside any other of IPv4, and not beside one
 * of IPv6 whose subnet overlaps with the network's.
 */
static bool cni_gateway_rivals(const struct cni_ip *ip,
			       const struct cni_prefix *there)
{
	if (!ip->has_gateway || ip->gateway.family != there->address.family)
		return false;
	return ip->gateway.family == AF_INET ||
	       cni_prefix_holds(there, &ip->gateway) ||
	       cni_prefix_holds(&ip->address, &there->address);
}

static int cni_gateway_see(const struct nlmsghdr *nlh, void *arg)
{
	struct cni_gateways *g = arg;
	const struct cni_addressing *ad = g->ad;
	struct nl_address there;
	struct cni_prefix prefix;
	bool rivals = false;
	size_t i;

	if (!nl_address_parse(nlh, &there) || there.scope != RT_SCOPE_UNIVERSE)
		return 0;
	cni_address_set(&prefix.address, there.family, there.bytes);
	prefix.len = there.prefix_len;
	for (i = 0; i < ad->n_ips; i++) {
		if (ad->ips[i].has_gateway &&
		    !cni_address_cmp(&ad->ips[i].gateway, &prefix.address)) {
			g->seen |= UINT64_C(1) << i;
			return 0;
		}
		rivals |= cni_gateway_rivals(&ad->ips[i], &prefix);
	}
	if (rivals && !g->has_rival &&
	    !cni_gateway_of_range(&g->s->conf, &prefix.address)) {
		g->has_rival = true;
		g->rival = there;
	}
	return 0;
}

static int cni_gateway_look(struct cni_gateways *g, struct cni_error *err)
{
	int ret;

	g->seen = 0;
	g->has_rival = false;
	ret = nl_address_dump(&g->s->rtnl, g->ifindex, cni_gateway_see, g);
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot list the addresses of \"%s\": %s",
				g->name, nl_error(&g->s->rtnl));
	return 0;
}

static int cni_gateway_replace(const struct cni_gateways *g,
			       struct cni_error *err)
{
	struct nl *nl = &g->s->rtnl;
	char text[CNI_PREFIX_STRLEN];
	struct cni_prefix prefix;
	int ret;

	cni_address_set(&prefix.address, g->rival.family, g->rival.bytes);
	prefix.len = g->rival.prefix_len;
	cni_prefix_print(&prefix, text);
	if (!g->s->conf.force_address)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%s\" already has IP address %s, which is none of the network's gateways, and \"forceAddress\" is not true",
				g->name, text);
	nl_address_del(nl, &g->rival);
	ret = nl_talk(nl, NULL, NULL);
	if (ret && ret != -EADDRNOTAVAIL)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot take IP address %s from \"%s\": %s",
				text, g->name, nl_error(nl));
	return 0;
}

static int cni_gateway_give(const struct cni_gateways *g,
			    const struct cni_ip *ip, struct cni_error *err)
{
	struct nl_address address = {
		.family = ip->gateway.family,
		.prefix_len = ip->address.len,
		.flags = IFA_F_PERMANENT | IFA_F_NODAD,
		.ifindex = g->ifindex,
	};
	char text[INET6_ADDRSTRLEN];
	struct nl *nl = &g->s->rtnl;
	int ret;

	memcpy(address.bytes, cni_address_bytes(&ip->gateway),
	       cni_address_bits(&ip->gateway) / 8);
	nl_address_new(nl, &address);
	ret = nl_talk(nl, NULL, NULL);
	/* Another ADD was quicker: it is as good. */
	if (ret && ret != -EEXIST)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot give gateway address %s to \"%s\": %s",
				cni_address_print(&ip->gateway, text), g->name,
				nl_error(nl));
	return 0;
}

static uint64_t cni_gateway_missing(const struct cni_gateways *g)
{
	uint64_t missing = 0;
	size_t i;

	for (i = 0; i < g->ad->n_ips; i++)
		if (g->ad->ips[i].has_gateway && !(g->seen >> i & 1))
			missing |= UINT64_C(1) << i;
	return missing;
}

/* The first pod's ADD settles it; the others find all in its place. */
static int cni_gateway_addresses(struct cni_gateways *g, struct cni_error *err)
{
	uint64_t missing;
	size_t i;

	if (cni_gateway_look(g, err))
		return -1;
	while (cni_gateway_missing(g) && g->has_rival)
		if (cni_gateway_replace(g, err) || cni_gateway_look(g, err))
			return -1;
	missing = cni_gateway_missing(g);
	for (i = 0; i < g->ad->n_ips; i++)
		if (missing >> i & 1 &&
		    cni_gateway_give(g, &g->ad->ips[i], err))
			return -1;
	return 0;
}

static int cni_gateway_forward(uint8_t family, struct cni_error *err)
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

int cni_gateway_ensure(struct cni_session *s,
		       const struct podswitch_switch *sw,
		       const struct cni_addressing *ad, struct nl_link *link,
		       struct cni_error *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct cni_gateways g = { .s = s, .ad = ad, .ifindex = sw->ifindex };
	char name[IFNAMSIZ];
	size_t i;

	link->ifindex = 0;
	if (!s->conf.is_gateway)
		return 0;
	cni_gateway_name(&s->conf, name);
	g.name = name;
	if (s->conf.vlan) {
		if (cni_gateway_vlan(s, sw, name, link, err))
			return -1;
		g.ifindex = link->ifindex;
	}
	if (cni_gateway_addresses(&g, err))
		return -1;
	for (i = 0; i < sizeof(families); i++)
		if (cni_addressing_gateway(ad, families[i]) &&
		    cni_gateway_forward(families[i], err))
			return -1;
	return 0;
}
