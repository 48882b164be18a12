// SPDX-License-Identifier: GPL-2.0
#include "check.h"

#include <errno.h>
#include <string.h>

#include "gateway.h"
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
	if (c->s.conf.promisc && !(link.flags & IFF_PROMISC))
		return cni_fail(c->err, CNI_ERR_CHECK,
				"switch \"%s\" is not promiscuous", name);
	if (!c->s.conf.uplink)
		return 0;
	if (nl_link_get(&c->s.rtnl, c->s.conf.uplink, &link) ||
	    link.ifindex != c->sw.uplink)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"\"%s\" is not the uplink of switch \"%s\"",
				c->s.conf.uplink, name);
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
		if (port->addresses[i].family != AF_PACKET &&
		    port->addresses[i].shared == address->shared &&
		    !cni_address_cmp(&port->addresses[i], address))
			return true;
	return false;
}

/* Sets @has_ips if the pod has addresses of its own. */
static int cni_check_addresses(const struct cni_checking *c,
			       const struct podswitch_port *port,
			       bool *has_ips)
{
	const struct cni_conf *conf = &c->s.conf;
	const struct podswitch_address *address;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < c->ad.n_ips; i++) {
		address = &c->ad.ips[i].address.address;
		if (c->ad.ips[i].interface != c->interface)
			continue;
		*has_ips = true;
		if (!cni_check_declared(port, address))
			return cni_fail(c->err, CNI_ERR_CHECK,
					"port %s does not hold address %s",
					port->name,
					cni_address_print(address, text));
	}
	for (i = 0; i < conf->n_allowed; i++)
		if (!cni_check_declared(port, &conf->allowed[i]))
			return cni_fail(c->err, CNI_ERR_CHECK,
					"port %s has not all of \"allowedAddresses\"",
					port->name);
	return 0;
}

static bool cni_check_trunk(const struct cni_conf *conf,
			    const struct podswitch_port *port)
{
	return conf->n_trunk == port->n_trunk &&
	       (!port->n_trunk ||
		!memcmp(conf->trunk, port->trunk,
			port->n_trunk * sizeof(*port->trunk)));
}

static int cni_check_settings(const struct cni_checking *c,
			      const struct podswitch_port *port, bool has_ips)
{
	const struct cni_conf *conf = &c->s.conf;
	enum podswitch_guard guard = cni_conf_guard(conf, has_ips);
	const char *wrong = NULL;

	if (port->guard != guard)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"guard of port %s is \"%s\" instead of \"%s\"",
				port->name, podswitch_guard_name(port->guard),
				podswitch_guard_name(guard));
	if (port->isolated != conf->isolated)
		wrong = "portIsolation";
	else if (port->hairpin != conf->hairpin)
		wrong = "hairpinMode";
	else if (port->router != conf->router)
		wrong = "router";
	else if (port->dhcp_server != conf->dhcp_server)
		wrong = "dhcpServer";
	else if (port->pvid != conf->vlan)
		wrong = "vlan";
	else if (!cni_check_trunk(conf, port))
		wrong = "vlanTrunk";
	else if (port->storm_limit != conf->storm_limit)
		wrong = "stormLimit";
	if (wrong)
		return cni_fail(c->err, CNI_ERR_CHECK,
				"port %s has not the configuration's \"%s\"",
				port->name, wrong);
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
	bool has_ips = false;
	int ret = 0;

	if (!cni_session_owns(&c->s, &port->owner))
		ret = cni_fail(c->err, CNI_ERR_CHECK,
			       "port %s belongs to another attachment",
			       port->name);
	else if (port->switch_ifindex != c->sw.ifindex)
		ret = cni_fail(c->err, CNI_ERR_CHECK,
			       "port %s is not on switch \"%s\"", port->name,
			       c->sw.name);
	else if (cni_check_addresses(c, port, &has_ips) ||
		 cni_check_settings(c, port, has_ips) ||
		 cni_check_mac(c, port))
		ret = -1;
	return ret ? -EBADMSG : 0;
}

/* The gateways that their device was seen to have, one bit each. */
struct cni_check_gateways {
	const struct cni_addressing *ad;
	uint64_t seen;
};

static int cni_check_gateway(const struct nlmsghdr *nlh, void *arg)
{
	struct cni_check_gateways *gateways = arg;
	const struct cni_addressing *ad = gateways->ad;
	struct podswitch_address address;
	struct nl_address there;
	size_t i;

	if (!nl_address_parse(nlh, &there))
		return 0;
	cni_address_set(&address, there.family, there.bytes);
	for (i = 0; i < ad->n_ips; i++)
		if (!cni_address_cmp(&ad->ips[i].gateway, &address))
			gateways->seen |= UINT64_C(1) << i;
	return 0;
}

static int cni_check_gateways(struct cni_checking *c)
{
	struct cni_check_gateways gateways = { .ad = &c->ad };
	char text[INET6_ADDRSTRLEN];
	struct nl_link link = { 0 };
	const struct cni_ip *ip;
	char name[IFNAMSIZ];
	size_t i;

	if (!c->s.conf.is_gateway)
		return 0;
	cni_gateway_name(&c->s.conf, name);
	if (nl_link_get(&c->s.rtnl, name, &link) || !(link.flags & IFF_UP))
		return cni_fail(c->err, CNI_ERR_CHECK,
				"gateway device %s is missing or down", name);
	if (nl_address_dump(&c->s.rtnl, link.ifindex, cni_check_gateway,
			    &gateways))
		return cni_fail(c->err, CNI_ERR_KERNEL, "%s",
				nl_error(&c->s.rtnl));
	for (i = 0; i < c->ad.n_ips; i++) {
		ip = &c->ad.ips[i];
		if (ip->interface == c->interface && ip->has_gateway &&
		    !(gateways.seen >> i & 1))
			return cni_fail(c->err, CNI_ERR_CHECK,
					"\"%s\" has not gateway address %s",
					name,
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
