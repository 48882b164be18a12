// SPDX-License-Identifier: GPL-2.0
#include "check.h"

#include <errno.h>
#include <string.h>

#include "switch.h"

static int cni_check_switch(struct cni_checking *c)
{
	const char *name = c->s.conf.bridge;
	struct nl_link link;

	if (cni_switch_find(&c->s, &c->sw, c->err))
		return -1;
	if (!c->sw.ifindex || nl_link_get(&c->s.rtnl, name, &link))
		return cni_fail(c->err, CNI_ERR_CHECK,
				"switch \"%s\" is missing", name);
	if (!(link.flags & IFF_UP))
		return cni_fail(c->err, CNI_ERR_CHECK, "switch \"%s\" is down",
				name);
	return 0;
}

static int cni_check_host_end(struct cni_checking *c)
{
	const char *name = c->s.host_end;
	int ret = nl_link_get(&c->s.rtnl, name, &c->host_end);

	if (ret)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"host end %s is missing: %s", name,
				nl_error(&c->s.rtnl));
	if (!(c->host_end.flags & IFF_UP))
		return cni_fail(c->err, CNI_ERR_CHECK, "host end %s is down",
				name);
	if (c->s.conf.mtu && c->host_end.mtu != c->s.conf.mtu)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"host end %s has MTU %u instead of %u", name,
				c->host_end.mtu, c->s.conf.mtu);
	return 0;
}

static bool cni_check_declared(const struct podswitch_port *port,
			       const struct podswitch_address *address)
{
	size_t i;

	for (i = 0; i < port->n_addresses; i++)
		if (!cni_address_cmp(&port->addresses[i], address))
			return true;
	return false;
}

static int cni_check_addresses(const struct cni_checking *c,
			       const struct podswitch_port *port)
{
	const struct podswitch_address *address;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < c->ad.n_ips; i++) {
		address = &c->ad.ips[i].address.address;
		if (c->ad.ips[i].interface == c->interface &&
		    !cni_check_declared(port, address))
			return cni_fail(c->err, CNI_ERR_CHECK,
					"port %s does not hold address %s",
					port->name,
					cni_address_print(address, text));
	}
	return 0;
}

static int cni_check_settings(const struct cni_checking *c,
			      const struct podswitch_port *port)
{
	const struct cni_conf *conf = &c->s.conf;
	int guard = conf->guard;

	if (guard < 0)
		guard = port->n_addresses ? PODSWITCH_GUARD_MAC_IP :
					    PODSWITCH_GUARD_MAC;
	if ((int)port->guard != guard)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"guard of port %s is \"%s\" instead of \"%s\"",
				port->name, podswitch_guard_name(port->guard),
				podswitch_guard_name((enum podswitch_guard)guard));
	if (port->isolated != conf->isolated || port->hairpin != conf->hairpin)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"port %s has not the configuration's \"portIsolation\" and \"hairpinMode\"",
				port->name);
	return 0;
}

/* A chained plugin may have changed the pod's MAC address, and told us. */
static int cni_check_mac(const struct cni_checking *c,
			 const struct podswitch_port *port)
{
	uint8_t mac[6];
	char text[18];

	if (!c->mac || port->guard == PODSWITCH_GUARD_OFF)
		return 0;
	if (!cni_mac_parse(c->mac, mac) || !port->has_mac ||
	    memcmp(mac, port->mac, sizeof(mac)) != 0)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"port %s admits MAC address %s, the pod has %s",
				port->name, cni_mac_print(port->mac, text),
				c->mac);
	return 0;
}

static int cni_check_port(const struct podswitch_port *port, void *arg)
{
	struct cni_checking *c = arg;
	int ret = 0;

	if (!cni_session_owns(&c->s, &port->owner))
		ret = cni_fail(c->err, CNI_ERR_CHECK,
			       "port %s belongs to another attachment",
			       port->name);
	else if (port->switch_ifindex != c->sw.ifindex)
		ret = cni_fail(c->err, CNI_ERR_CHECK,
			       "port %s is not on switch \"%s\"", port->name,
			       c->sw.name);
	else if (cni_check_addresses(c, port) || cni_check_settings(c, port) ||
		 cni_check_mac(c, port))
		ret = -1;
	return ret ? -EBADMSG : 0;
}

/* The gateways that the switch was seen to have, one bit each. */
struct cni_check_gateways {
	const struct cni_checking *c;
	uint64_t seen;
};

static int cni_check_gateway(const struct nlmsghdr *nlh, void *arg)
{
	struct cni_check_gateways *gateways = arg;
	const struct cni_checking *c = gateways->c;
	struct podswitch_address address;
	struct nl_address there;
	size_t i;

	if (!nl_address_parse(nlh, &there) || there.ifindex != c->sw.ifindex)
		return 0;
	cni_address_set(&address, there.family, there.bytes);
	for (i = 0; i < c->ad.n_ips; i++)
		if (!cni_address_cmp(&c->ad.ips[i].gateway, &address))
			gateways->seen |= UINT64_C(1) << i;
	return 0;
}

static int cni_check_gateways(struct cni_checking *c)
{
	struct cni_check_gateways gateways = { .c = c };
	char text[INET6_ADDRSTRLEN];
	const struct cni_ip *ip;
	size_t i;

	if (!c->s.conf.is_gateway)
		return 0;
	if (nl_address_dump(&c->s.rtnl, cni_check_gateway, &gateways))
		return cni_fail(c->err, CNI_ERR_KERNEL, "%s",
				nl_error(&c->s.rtnl));
	for (i = 0; i < c->ad.n_ips; i++) {
		ip = &c->ad.ips[i];
		if (ip->interface == c->interface && ip->has_gateway &&
		    !(gateways.seen >> i & 1))
			return cni_fail(c->err, CNI_ERR_CHECK,
					"switch \"%s\" has not gateway address %s",
					c->sw.name,
					cni_address_print(&ip->gateway, text));
	}
	return 0;
}

int cni_check_host(struct cni_checking *c)
{
	int ret;

	if (cni_check_switch(c) || cni_check_host_end(c))
		return -1;
	ret = podswitch_port_get(c->s.psw, c->host_end.ifindex,
				 cni_check_port, c);
	if (ret == -EBADMSG)
		return -1;
	if (ret)
		return cni_fail(c->err, CNI_ERR_CHECK, "%s is not a port: %s",
				c->s.host_end, podswitch_error(c->s.psw));
	return cni_check_gateways(c);
}
