/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data model: a switch, its ports, and what each lock protects.
 *
 *   struct psw_net      a network namespace: its switches
 *   struct psw_switch   a net device: its ports and its table of addresses
 *   struct psw_port     an attached device: what its pod may send and gets
 *   struct psw_entry    one address of one port (table.h)
 *
 * Everything is changed under RTNL and read by the packet path under RCU; see
 * doc/locking.md for the life of a port.
 */
#ifndef _PSW_H
#define _PSW_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <uapi/linux/podswitch.h>

#include "stats.h"
#include "table.h"

#define PSW_KIND "podswitch"

/**
 * struct psw_net - the switches of one network namespace
 * @switches: by interface index; RTNL
 * @seq: counts changes of ports, so that a dump can say that it was
 *       interrupted; RTNL, never 0
 */
struct psw_net {
	struct xarray switches;
	unsigned int seq;
};

/**
 * struct psw_switch - a switch; the private part of its net device
 * @dev: the net device, whose address is the switch's own MAC
 * @table: the addresses of all ports
 * @ports: &struct psw_port by interface index; changed under RTNL, read under
 *         RCU by frames to a group
 * @stats: what became of the frames that the host sent
 * @rx_handler: what a port's device calls with each frame
 * @n_ports: ports attached; RTNL
 * @max_ports: where attaching stops; RTNL
 * @n_addresses: IP addresses declared; RTNL
 * @max_addresses: where declaring stops; RTNL
 * @last_ipv4: declared last by a new port, 0 for none; RTNL
 * @last_ipv6: declared last by a new port, :: for none; RTNL
 */
struct psw_switch {
	/* read on each packet */
	struct net_device *dev;
	struct psw_table table;
	struct xarray ports;
	struct psw_stats __percpu *stats;

	/* configuration */
	rx_handler_func_t *rx_handler;
	u32 n_ports;
	u32 max_ports;
	u32 n_addresses;
	u32 max_addresses;
	__be32 last_ipv4;
	struct in6_addr last_ipv6;
};

/**
 * struct psw_port - a device attached to a switch
 * @dev: the device; a reference is held
 * @sw: the switch, which outlives the port
 * @mac: declared MAC, made by psw_mac_key(), 0 for none; written under RTNL
 * @ip6: the first IPv6 address declared, which is the commonest source;
 *       written under RTNL
 * @ip4: the first IPv4 address declared, 0 for none; written under RTNL
 * @guard: &enum podswitch_guard; written under RTNL
 * @isolated: exchanges no frames with other isolated ports; written under RTNL
 * @hairpin: frames may leave by the port they came from; written under RTNL
 * @direct: the device is a veth, into whose other end frames can be handed
 * @stats: what became of the frames that the pod sent
 * @mac_entry: entry of @mac, or NULL; RTNL
 * @addresses: entries of the IP addresses, in order of declaration; RTNL
 * @n_addresses: how many there are; written under RTNL
 * @owner: strings by PODSWITCH_A_OWNER_*, NULL where not known; RTNL
 * @tracker: of the reference on @dev
 */
struct psw_port {
	/* read on each packet: one cache line */
	struct net_device *dev;
	struct psw_switch *sw;
	u64 mac;
	struct psw_entry __rcu *ip6;
	__be32 ip4;
	u8 guard;
	bool isolated;
	bool hairpin;
	bool direct;
	struct psw_stats __percpu *stats;

	/* configuration */
	struct psw_entry *mac_entry ____cacheline_aligned_in_smp;
	struct list_head addresses;
	unsigned int n_addresses;
	char *owner[PODSWITCH_A_OWNER_MAX + 1];
	netdevice_tracker tracker;
};

extern unsigned int psw_net_id;

int psw_net_register(void);
void psw_net_unregister(void);
struct psw_switch *psw_switch_get_rtnl(const struct net *net, u32 ifindex);

/**
 * psw_net() - our part of a network namespace
 * @net: the namespace
 *
 * Return: never NULL.
 */
static inline struct psw_net *psw_net(const struct net *net)
{
	return net_generic(net, psw_net_id);
}

/**
 * psw_switch_mac() - a switch's own MAC
 * @sw: the switch
 *
 * Return: a key as psw_mac_key() makes it.
 */
static inline u64 psw_switch_mac(const struct psw_switch *sw)
{
	return psw_mac_key(sw->dev->dev_addr);
}

/**
 * psw_changed_rtnl() - notes that a dump under way is out of date
 * @net: the namespace in which ports changed
 *
 * Context: RTNL.
 */
static inline void psw_changed_rtnl(const struct net *net)
{
	ASSERT_RTNL();
	if (!++psw_net(net)->seq)
		psw_net(net)->seq = 1;
}

#endif /* _PSW_H */
