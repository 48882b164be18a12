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

static size_t psw_stats_size(void)
{
	return nla_total_size(0) +		/* STATS */
	       6 * PSW_UINT_SIZE +		/* STATS_RX_PACKETS .. ANSWERED */
	       nla_total_size(0) +		/* STATS_DROPS */
	       PODSWITCH_A_DROPS_MAX * PSW_UINT_SIZE;
}

static int psw_drops_fill(struct sk_buff *msg, const struct psw_stats_sum *sum)
{
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(msg, PODSWITCH_A_STATS_DROPS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		if (nla_put_uint(msg, i, sum->drops[i]))
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
	    nla_put_uint(msg, PODSWITCH_A_STATS_QUEUED, sum->queued) ||
	    nla_put_uint(msg, PODSWITCH_A_STATS_ANSWERED, sum->answered) ||
	    psw_drops_fill(msg, sum))
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
	       5 * nla_total_size(sizeof(u32)) + /* SWITCH_MTU .. ADDRESSES */
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

static int psw_owner_fill(struct sk_buff *msg, const struct psw_port *port)
{
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(msg, PODSWITCH_A_PORT_OWNER);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= PODSWITCH_A_OWNER_MAX; i++) {
		if (port->owner[i] && nla_put_string(msg, i, port->owner[i]))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int psw_address_fill(struct sk_buff *msg, const struct in6_addr *ip)
{
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(msg, PODSWITCH_A_PORT_ADDRESS);
	if (!nest)
		return -EMSGSIZE;
	if (ipv6_addr_v4mapped(ip))
		err = nla_put_in_addr(msg, PODSWITCH_A_ADDRESS_IPV4,
				      ip->s6_addr32[3]);
	else
		err = nla_put_in6_addr(msg, PODSWITCH_A_ADDRESS_IPV6, ip);
	if (err)
		return err;
	nla_nest_end(msg, nest);
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
	       2 * nla_total_size(sizeof(u8)) +	/* PORT_ISOLATED, PORT_HAIRPIN */
	       psw_owner_size(port) +
	       port->n_addresses *		/* PORT_ADDRESS */
	       nla_total_size(nla_total_size(sizeof(struct in6_addr))) +
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
	const struct psw_entry *entry;
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
	    psw_owner_fill(msg, port))
		return -EMSGSIZE;
	list_for_each_entry(entry, &port->addresses, list) {
		if (psw_address_fill(msg, &entry->ip))
			return -EMSGSIZE;
	}
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
	struct net *net = dev_net(port->dev);
	struct sk_buff *msg;

	ASSERT_RTNL();
	if (!genl_has_listeners(&podswitch_nl_family, net,
				PODSWITCH_NLGRP_PORTS))
		return;
	msg = psw_port_ntf(port, cmd);
	if (msg)
		genlmsg_multicast_netns(&podswitch_nl_family, net, msg, 0,
					PODSWITCH_NLGRP_PORTS, GFP_KERNEL);
}
