// SPDX-License-Identifier: GPL-2.0
#include "notify.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "podswitch-nl.h"
#include "psw.h"

/* nla_put_uint() takes 4 or 8 bytes; room is made for 8. */
#define PSW_UINT_SIZE nla_total_size(sizeof(u64))

static size_t psw_drops_size(void)
{
	return nla_total_size(0) + PODSWITCH_A_DROPS_MAX * PSW_UINT_SIZE;
}

static size_t psw_stats_size(void)
{
	return nla_total_size(0) +		/* STATS */
	       7 * PSW_UINT_SIZE +		/* all but the nest */
	       psw_drops_size();		/* STATS_DROPS */
}

static int psw_drops_fill(struct sk_buff *msg, int attr, const u64 *drops)
{
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(msg, attr);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		if (nla_put_uint(msg, i, drops[i]))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int psw_stats_fill(struct sk_buff *msg, int attr,
			  const struct rtnl_link_stats64 *link,
			  const struct psw_stats_sum *sum)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_uint(msg, PODSWITCH_A_STATS_RX_PACKETS, link->rx_packets) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_RX_BYTES, link->rx_bytes) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_TX_PACKETS, link->tx_packets) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_TX_BYTES, link->tx_bytes) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_QUEUED,
			 sum->counts[PSW_QUEUED]) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_ANSWERED,
			 sum->counts[PSW_ANSWERED]) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_TRANSLATED,
			 sum->counts[PSW_TRANSLATED]) ||
	    psw_drops_fill(msg, PODSWITCH_A_STATS_DROPS, sum->drops))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * psw_switch_msg_size() - room that psw_switch_fill() needs
 *
 * Return: bytes of attributes.
 */
size_t psw_switch_msg_size(void)
{
	return nla_total_size(sizeof(u32)) +	/* SWITCH_IFINDEX */
	       nla_total_size(IFNAMSIZ) +	/* SWITCH_NAME */
	       nla_total_size(ETH_ALEN) +	/* SWITCH_MAC */
	       6 * nla_total_size(sizeof(u32)) + /* MTU .. ADDRESSES, UPLINK */
	       nla_total_size(sizeof(__be32)) +	/* SWITCH_LAST_IPV4 */
	       nla_total_size(sizeof(struct in6_addr)) + /* SWITCH_LAST_IPV6 */
	       psw_stats_size();
}

/**
 * psw_switch_fill() - turns a switch into attributes
 * @msg: the message
 * @sw: the switch
 *
 * The device's own counters are the host's view; the protocol's are the
 * switch's, so received and sent change places.
 *
 * Context: RTNL.
 * Return: 0 or -EMSGSIZE; the message is then cut short by the caller.
 */
int psw_switch_fill(struct sk_buff *msg, const struct psw_switch *sw)
{
	const struct psw_port *uplink = rtnl_dereference(sw->uplink);
	struct rtnl_link_stats64 link, host = {};
	struct psw_stats_sum sum;

	ASSERT_RTNL();
	dev_get_stats(sw->dev, &link);
	host.rx_packets = link.tx_packets;
	host.rx_bytes = link.tx_bytes;
	host.tx_packets = link.rx_packets;
	host.tx_bytes = link.rx_bytes;
	psw_stats_sum(sw->stats, &sum);

	if (nla_put_u32(msg, PODSWITCH_A_SWITCH_IFINDEX, sw->dev->ifindex) ||
	    nla_put_string(msg, PODSWITCH_A_SWITCH_NAME, sw->dev->name) ||
	    nla_put(msg, PODSWITCH_A_SWITCH_MAC, ETH_ALEN, sw->dev->dev_addr) ||
	    nla_put_u32(msg, PODSWITCH_A_SWITCH_MTU, sw->dev->mtu) ||
	    nla_put_u32(msg, PODSWITCH_A_SWITCH_MAX_PORTS, sw->max_ports) ||
	    nla_put_u32(msg, PODSWITCH_A_SWITCH_MAX_ADDRESSES,
			sw->max_addresses) ||
	    nla_put_u32(msg, PODSWITCH_A_SWITCH_PORTS, sw->n_ports) ||
	    nla_put_u32(msg, PODSWITCH_A_SWITCH_ADDRESSES, sw->n_addresses))
		return -EMSGSIZE;
	if (sw->last_ipv4 &&
	    nla_put_in_addr(msg, PODSWITCH_A_SWITCH_LAST_IPV4, sw->last_ipv4))
		return -EMSGSIZE;
	if (!ipv6_addr_any(&sw->last_ipv6) &&
	    nla_put_in6_addr(msg, PODSWITCH_A_SWITCH_LAST_IPV6, &sw->last_ipv6))
		return -EMSGSIZE;
	if (uplink && nla_put_u32(msg, PODSWITCH_A_SWITCH_UPLINK,
				  uplink->dev->ifindex))
		return -EMSGSIZE;
	return psw_stats_fill(msg, PODSWITCH_A_SWITCH_STATS, &host, &sum);
}

static size_t psw_owner_size(const struct psw_port *port)
{
	size_t size = nla_total_size(0);	/* PORT_OWNER */
	int i;

	for (i = 1; i <= PODSWITCH_A_OWNER_MAX; i++)
		if (port->owner[i])
			size += nla_total_size(strlen(port->owner[i]) + 1);
	return size;
}

static int psw_owner_fill(struct sk_buff *msg, int attr,
			  const struct psw_port *port)
{
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(msg, attr);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= PODSWITCH_A_OWNER_MAX; i++) {
		if (port->owner[i] && nla_put_string(msg, i, port->owner[i]))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int psw_ip_fill(struct sk_buff *msg, const struct in6_addr *ip,
		       int attr4, int attr6)
{
	if (ipv6_addr_v4mapped(ip))
		return nla_put_in_addr(msg, attr4, ip->s6_addr32[3]);
	return nla_put_in6_addr(msg, attr6, ip);
}

static size_t psw_address_size(void)
{
	return nla_total_size(nla_total_size(sizeof(struct in6_addr)) +
			      nla_total_size(sizeof(u16)) +	/* VLAN */
			      nla_total_size(sizeof(u8)));	/* SHARED */
}

static int psw_address_fill(struct sk_buff *msg, const struct psw_ip *ip,
			    bool is_shared)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, PODSWITCH_A_PORT_ADDRESS);
	if (!nest ||
	    psw_ip_fill(msg, &ip->addr, PODSWITCH_A_ADDRESS_IPV4,
			PODSWITCH_A_ADDRESS_IPV6) ||
	    (ip->vlan && nla_put_u16(msg, PODSWITCH_A_ADDRESS_VLAN, ip->vlan)) ||
	    (is_shared && nla_put_u8(msg, PODSWITCH_A_ADDRESS_SHARED, 1)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* Each MAC is there in the VLAN of untagged frames, which shows it once. */
static int psw_extra_macs_fill(struct sk_buff *msg,
			       const struct psw_port *port)
{
	const struct psw_entry *entry;
	struct nlattr *nest;
	u8 mac[ETH_ALEN];

	list_for_each_entry(entry, &port->macs, list) {
		if (psw_mac_vlan(entry->mac) != port->pvid ||
		    entry->mac == psw_mac_in_vlan(port->mac, port->pvid))
			continue;
		psw_mac_from_key(entry->mac, mac);
		nest = nla_nest_start(msg, PODSWITCH_A_PORT_ADDRESS);
		if (!nest ||
		    nla_put(msg, PODSWITCH_A_ADDRESS_MAC, ETH_ALEN, mac))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

static int psw_addresses_fill(struct sk_buff *msg, const struct psw_port *port)
{
	const struct psw_entry *entry;

	list_for_each_entry(entry, &port->addresses, list) {
		if (psw_address_fill(msg, &entry->ip, false))
			return -EMSGSIZE;
	}
	list_for_each_entry(entry, &port->shared, list) {
		if (psw_address_fill(msg, &entry->ip, true))
			return -EMSGSIZE;
	}
	return psw_extra_macs_fill(msg, port);
}

static size_t psw_trunk_size(const struct psw_port *port)
{
	const struct psw_vlans *trunk = rtnl_dereference(port->trunk);

	if (!trunk)
		return 0;
	return psw_vlans_count_ranges(trunk) *
	       nla_total_size(2 * nla_total_size(sizeof(u16)));
}

static int psw_trunk_fill(struct sk_buff *msg, const struct psw_port *port)
{
	const struct psw_vlans *trunk = rtnl_dereference(port->trunk);
	unsigned int first, end;
	struct nlattr *nest;

	if (!trunk)
		return 0;
	for_each_set_bitrange(first, end, trunk->map, PSW_N_VLANS) {
		nest = nla_nest_start(msg, PODSWITCH_A_PORT_TRUNK);
		if (!nest ||
		    nla_put_u16(msg, PODSWITCH_A_VLAN_RANGE_FIRST, first) ||
		    nla_put_u16(msg, PODSWITCH_A_VLAN_RANGE_LAST, end - 1))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

/**
 * psw_port_msg_size() - room that psw_port_fill() needs
 * @port: the port
 *
 * Context: RTNL.
 * Return: bytes of attributes.
 */
size_t psw_port_msg_size(const struct psw_port *port)
{
	ASSERT_RTNL();
	return 2 * nla_total_size(sizeof(u32)) + /* PORT_SWITCH, PORT_IFINDEX */
	       nla_total_size(IFNAMSIZ) +	/* PORT_NAME */
	       nla_total_size(ETH_ALEN) +	/* PORT_MAC */
	       nla_total_size(sizeof(u32)) +	/* PORT_GUARD */
	       3 * nla_total_size(sizeof(u8)) +	/* ISOLATED, HAIRPIN, TRANSLATED */
	       2 * nla_total_size(sizeof(u8)) +	/* PORT_ROUTER, DHCP_SERVER */
	       psw_owner_size(port) +
	       (port->n_addresses + port->n_extra) *	/* PORT_ADDRESS */
	       psw_address_size() +
	       2 * nla_total_size(sizeof(u32)) + /* PORT_ROLE, STORM_LIMIT */
	       nla_total_size(sizeof(u16)) +	/* PORT_PVID */
	       psw_trunk_size(port) +
	       psw_stats_size();
}

/**
 * psw_port_fill() - turns a port into attributes
 * @msg: the message
 * @port: the port
 *
 * Context: RTNL.
 * Return: 0 or -EMSGSIZE; the message is then cut short by the caller.
 */
int psw_port_fill(struct sk_buff *msg, const struct psw_port *port)
{
	struct rtnl_link_stats64 link;
	struct psw_stats_sum sum;
	u8 mac[ETH_ALEN];

	ASSERT_RTNL();
	dev_get_stats(port->dev, &link);
	psw_stats_sum(port->stats, &sum);
	psw_mac_from_key(port->mac, mac);

	if (nla_put_u32(msg, PODSWITCH_A_PORT_SWITCH, port->sw->dev->ifindex) ||
	    nla_put_u32(msg, PODSWITCH_A_PORT_IFINDEX, port->dev->ifindex) ||
	    nla_put_string(msg, PODSWITCH_A_PORT_NAME, port->dev->name) ||
	    (port->mac && nla_put(msg, PODSWITCH_A_PORT_MAC, ETH_ALEN, mac)) ||
	    nla_put_u32(msg, PODSWITCH_A_PORT_GUARD, port->guard) ||
	    nla_put_u8(msg, PODSWITCH_A_PORT_ISOLATED, port->isolated) ||
	    nla_put_u8(msg, PODSWITCH_A_PORT_HAIRPIN, port->hairpin) ||
	    psw_owner_fill(msg, PODSWITCH_A_PORT_OWNER, port) ||
	    psw_addresses_fill(msg, port) ||
	    nla_put_u32(msg, PODSWITCH_A_PORT_ROLE, port->is_uplink) ||
	    nla_put_u16(msg, PODSWITCH_A_PORT_PVID, port->pvid) ||
	    psw_trunk_fill(msg, port) ||
	    nla_put_u32(msg, PODSWITCH_A_PORT_STORM_LIMIT, port->storm_limit) ||
	    nla_put_u8(msg, PODSWITCH_A_PORT_TRANSLATED,
		       READ_ONCE(port->is_translated)) ||
	    nla_put_u8(msg, PODSWITCH_A_PORT_ROUTER, port->router) ||
	    nla_put_u8(msg, PODSWITCH_A_PORT_DHCP_SERVER, port->dhcp_server))
		return -EMSGSIZE;
	return psw_stats_fill(msg, PODSWITCH_A_PORT_STATS, &link, &sum);
}

static struct sk_buff *psw_port_ntf(const struct psw_port *port, u8 cmd)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(psw_port_msg_size(port), GFP_KERNEL);
	if (!msg)
		return NULL;
	hdr = genlmsg_put(msg, 0, 0, &podswitch_nl_family, 0, cmd);
	if (WARN_ON_ONCE(!hdr || psw_port_fill(msg, port))) {
		nlmsg_free(msg);
		return NULL;
	}
	genlmsg_end(msg, hdr);
	return msg;
}

/* Sends a message to who listens to a group; without one, for which there was no
 * memory, they learn that they have missed something, and can look for it.
 */
static void psw_multicast(struct net *net, struct sk_buff *msg,
			  unsigned int group)
{
	if (msg)
		genlmsg_multicast_netns(&podswitch_nl_family, net, msg, 0,
					group, GFP_KERNEL);
	else
		genl_set_err(&podswitch_nl_family, net, 0, group, -ENOBUFS);
}

/**
 * psw_notify_port() - tells who listens about a port
 * @port: the port
 * @cmd: PODSWITCH_CMD_PORT_NTF or PODSWITCH_CMD_PORT_DEL_NTF
 *
 * Nothing is built while nobody listens.
 *
 * Context: RTNL; sleeps.
 */
void psw_notify_port(const struct psw_port *port, u8 cmd)
{
	struct net *net = dev_net(port->sw->dev);

	ASSERT_RTNL();
	if (genl_has_listeners(&podswitch_nl_family, net,
			       PODSWITCH_NLGRP_PORTS))
		psw_multicast(net, psw_port_ntf(port, cmd),
			      PODSWITCH_NLGRP_PORTS);
}

static int psw_violation_fill(struct sk_buff *msg, const struct psw_port *port,
			      const struct psw_violation *violation,
			      const u64 *drops)
{
	u8 mac[ETH_ALEN];

	psw_mac_from_key(violation->src, mac);
	if (nla_put_u32(msg, PODSWITCH_A_VIOLATION_SWITCH,
			port->sw->dev->ifindex) ||
	    nla_put_u32(msg, PODSWITCH_A_VIOLATION_IFINDEX,
			port->dev->ifindex) ||
	    nla_put_string(msg, PODSWITCH_A_VIOLATION_NAME, port->dev->name) ||
	    psw_owner_fill(msg, PODSWITCH_A_VIOLATION_OWNER, port) ||
	    psw_drops_fill(msg, PODSWITCH_A_VIOLATION_DROPS, drops) ||
	    nla_put(msg, PODSWITCH_A_VIOLATION_MAC, ETH_ALEN, mac))
		return -EMSGSIZE;
	if (violation->vlan && nla_put_u16(msg, PODSWITCH_A_VIOLATION_VLAN,
					   violation->vlan))
		return -EMSGSIZE;
	if (ipv6_addr_any(&violation->ip))
		return 0;
	return psw_ip_fill(msg, &violation->ip, PODSWITCH_A_VIOLATION_IPV4,
			   PODSWITCH_A_VIOLATION_IPV6);
}

static size_t psw_violation_msg_size(const struct psw_port *port)
{
	return 2 * nla_total_size(sizeof(u32)) + /* SWITCH, IFINDEX */
	       nla_total_size(IFNAMSIZ) +	/* NAME */
	       psw_owner_size(port) +
	       psw_drops_size() +
	       nla_total_size(ETH_ALEN) +	/* MAC */
	       nla_total_size(sizeof(u16)) +	/* VLAN */
	       nla_total_size(sizeof(struct in6_addr));	/* IPV4 or IPV6 */
}

static struct sk_buff *psw_violation_ntf(const struct psw_port *port,
					 const struct psw_violation *violation,
					 const u64 *drops)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(psw_violation_msg_size(port), GFP_KERNEL);
	if (!msg)
		return NULL;
	hdr = genlmsg_put(msg, 0, 0, &podswitch_nl_family, 0,
			  PODSWITCH_CMD_VIOLATION_NTF);
	if (WARN_ON_ONCE(!hdr || psw_violation_fill(msg, port, violation, drops))) {
		nlmsg_free(msg);
		return NULL;
	}
	genlmsg_end(msg, hdr);
	return msg;
}

/**
 * psw_notify_violation() - tells who listens what a port's pod sent
 * @port: the port
 * @violation: the first frame of them
 * @drops: frames dropped since the report before, by &enum psw_drop
 *
 * Context: RTNL; sleeps.
 */
void psw_notify_violation(const struct psw_port *port,
			  const struct psw_violation *violation,
			  const u64 *drops)
{
	ASSERT_RTNL();
	psw_multicast(dev_net(port->sw->dev),
		      psw_violation_ntf(port, violation, drops),
		      PODSWITCH_NLGRP_VIOLATIONS);
}
