// SPDX-License-Identifier: GPL-2.0
#include "check.h"

#include <linux/if_addr.h>
#include <string.h>

/* What of prevResult was seen in the pod, one bit each. */
struct cni_check_seen {
	const struct cni_checking *c;
	uint32_t ifindex;
	uint64_t ips;
	uint64_t routes;
};

_Static_assert(CNI_IPS_MAX <= 64 && CNI_ROUTES_MAX <= 64,
	       "struct cni_check_seen has too few bits");

/* CNI 1.1.0, section 2: CHECK: a later plugin may lower the MTU. */
static int cni_check_link(struct cni_checking *c, struct nl *nl,
			  struct nl_link *link)
{
	const char *name = c->pod.ifname;
	uint8_t mac[6];

	if (nl_link_get(nl, name, link))
		return cni_fail(c->err, CNI_ERR_CHECK,
				"interface %s is missing in the pod: %s", name,
				nl_error(nl));
	if (link->peer != c->host_end.ifindex)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"interface %s in the pod is not the other end of %s",
				name, c->s.host_end);
	if (!(link->flags & IFF_UP) && !c->s.conf.disable_interface)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"interface %s in the pod is down", name);
	if (link->mtu > c->host_end.mtu)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"interface %s in the pod has MTU %u, its host end %u",
				name, link->mtu, c->host_end.mtu);
	if (c->mac && (!cni_mac_parse(c->mac, mac) ||
		       memcmp(mac, link->mac, sizeof(mac)) != 0))
		return cni_fail(c->err, CNI_ERR_CHECK,
				"interface %s in the pod has not MAC address %s",
				name, c->mac);
	return 0;
}

static int cni_check_note_ip(const struct nlmsghdr *nlh, void *arg)
{
	struct cni_check_seen *seen = arg;
	const struct cni_addressing *ad = &seen->c->ad;
	struct podswitch_address address;
	struct nl_address there;
	size_t i;

	if (!nl_address_parse(nlh, &there) || there.ifindex != seen->ifindex ||
	    there.flags & IFA_F_DADFAILED)
		return 0;
	cni_address_set(&address, there.family, there.bytes);
	for (i = 0; i < ad->n_ips; i++)
		if (ad->ips[i].address.len == there.prefix_len &&
		    !cni_address_cmp(&ad->ips[i].address.address, &address))
			seen->ips |= UINT64_C(1) << i;
	return 0;
}

static bool cni_check_route_is(const struct nl_route *there,
			       const struct nl_route *wanted)
{
	return there->family == wanted->family &&
	       there->dst_len == wanted->dst_len &&
	       !memcmp(there->dst, wanted->dst, sizeof(there->dst)) &&
	       (!wanted->has_gateway ||
		!memcmp(there->gateway, wanted->gateway,
			sizeof(there->gateway)));
}

/* In any table, and by any interface: chained plugins move routes. */
static int cni_check_note_route(const struct nlmsghdr *nlh, void *arg)
{
	struct cni_check_seen *seen = arg;
	const struct cni_addressing *ad = &seen->c->ad;
	struct nl_route there;
	size_t i;

	if (!nl_route_parse(nlh, &there))
		return 0;
	for (i = 0; i < ad->n_routes; i++)
		if (cni_check_route_is(&there, &ad->routes[i]))
			seen->routes |= UINT64_C(1) << i;
	return 0;
}

static int cni_check_missing(const struct cni_checking *c,
			     const struct cni_check_seen *seen)
{
	const struct cni_addressing *ad = &c->ad;
	char text[CNI_PREFIX_STRLEN];
	struct cni_prefix dst;
	size_t i;

	for (i = 0; i < ad->n_ips; i++)
		if (ad->ips[i].interface == c->interface &&
		    !(seen->ips >> i & 1))
			return cni_fail(c->err, CNI_ERR_CHECK,
					"address %s is missing in the pod",
					cni_prefix_print(&ad->ips[i].address,
							 text));
	for (i = 0; i < ad->n_routes; i++) {
		if (seen->routes >> i & 1)
			continue;
		cni_address_set(&dst.address, ad->routes[i].family,
				ad->routes[i].dst);
		dst.len = ad->routes[i].dst_len;
		return cni_fail(c->err, CNI_ERR_CHECK,
				"the route to %s is missing in the pod",
				cni_prefix_print(&dst, text));
	}
	return 0;
}

static int cni_check_inside(struct cni_checking *c, struct nl *nl)
{
	struct cni_check_seen seen = { .c = c };
	struct nl_link link;

	if (cni_check_link(c, nl, &link))
		return -1;
	seen.ifindex = link.ifindex;
	if (nl_address_dump(nl, link.ifindex, cni_check_note_ip,
			    &seen) ||
	    nl_route_dump(nl, cni_check_note_route, &seen))
		return cni_fail(c->err, CNI_ERR_KERNEL, "%s", nl_error(nl));
	return cni_check_missing(c, &seen);
}

int cni_check_pod(struct cni_checking *c)
{
	struct nl nl;
	int ret;

	ret = cni_pod_rtnl(&c->pod, &nl, false, c->err);
	if (!ret)
		ret = cni_check_inside(c, &nl);
	nl_close(&nl);
	return ret;
}
