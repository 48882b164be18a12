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

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <uapi/linux/podswitch.h>

#include "stats.h"
#include "table.h"

#define PSW_KIND "podswitch"
#define PSW_N_VLANS (PODSWITCH_VLAN_MAX + 1)

/* What no psw_ip4_key() is. */
#define PSW_NO_IP4 BIT_ULL(32)

/**
 * struct psw_vlans - a set of VLANs
 * @map: a bit for each
 * @rcu: for freeing after the last reader
 */
struct psw_vlans {
	DECLARE_BITMAP(map, PSW_N_VLANS);
	struct rcu_head rcu;
};

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
 * @uplink: the port that leads outside, or NULL; written under RTNL
 * @stats: what became of the frames that the host sent
 * @listeners: all ports, for frames to a group; written under RTNL
 * @askable: the ports that have to be asked who holds an IP address, because
 *           their declarations do not tell; written under RTNL
 * @ports: &struct psw_port by interface index; RTNL
 * @rx_handler: what a port's device calls with each frame
 * @n_ports: ports attached; RTNL
 * @max_ports: where attaching stops; RTNL
 * @n_addresses: IP addresses declared; RTNL
 * @max_addresses: where declaring stops; RTNL
 * @last_ipv4: declared last by a new port, 0 for none; RTNL
 * @last_ipv6: declared last by a new port, :: for none; RTNL
 * @mtu_is_set: the administrator has set the MTU, so that it does not follow
 *              the ports'; RTNL
 * @is_promisc: the host wants to see all that passes; written under RTNL
 * @report: tells of violations
 * @report_due: the time before which the next report is too early, in jiffies
 */
struct psw_switch {
	/* read on each packet */
	struct net_device *dev;
	struct psw_table table;
	struct psw_port __rcu *uplink;
	struct psw_stats __percpu *stats;
	struct list_head listeners;
	struct list_head askable;

	/* configuration */
	struct xarray ports;
	rx_handler_func_t *rx_handler;
	u32 n_ports;
	u32 max_ports;
	u32 n_addresses;
	u32 max_addresses;
	__be32 last_ipv4;
	struct in6_addr last_ipv6;
	bool mtu_is_set;
	bool is_promisc;
	struct delayed_work report;
	unsigned long report_due;
};

/**
 * enum psw_violation_state - what is in a &struct psw_violation
 * @PSW_VIOLATION_NONE: nothing
 * @PSW_VIOLATION_TAKEN: a frame's description is being written
 * @PSW_VIOLATION_READY: it can be read
 */
enum psw_violation_state {
	PSW_VIOLATION_NONE,
	PSW_VIOLATION_TAKEN,
	PSW_VIOLATION_READY,
};

/**
 * struct psw_violation - the first frame of a port since the last report that
 * was not allowed
 * @state: &enum psw_violation_state; who makes it "taken" writes the rest
 * @src: its Ethernet source, as psw_mac_key() makes it
 * @vlan: its VLAN
 * @ip: its IP source or ARP sender, :: for none; IPv4 is IPv4-mapped
 * @reported: the port's drops as they were at the last report; RTNL
 */
struct psw_violation {
	u32 state;
	u16 vlan;
	u64 src;
	struct in6_addr ip;
	u64 reported[PODSWITCH_A_DROPS_MAX + 1];
};

/**
 * struct psw_port - a device attached to a switch
 * @dev: the device; a reference is held
 * @sw: the switch, which outlives the port
 * @peer: the other end of @dev, a veth, while frames can be handed to it
 *        directly: it is up and in another namespace; written under RTNL
 * @mac: declared MAC, made by psw_mac_key(), 0 for none; written under RTNL
 * @stats: what became of the frames that the pod sent
 * @ip6: the first IPv6 address declared, which is the commonest source;
 *       written under RTNL
 * @ip4: the first IPv4 address declared, made by psw_ip4_key(), PSW_NO_IP4 for
 *       none; written under RTNL
 * @pvid: VLAN of its untagged frames; written under RTNL
 * @isolated: exchanges no frames with other isolated ports; written under RTNL
 * @is_over_veth: @dev is on top of one, as a VLAN device is, so that a frame
 *                from it may have been delivered directly before, and could go
 *                round for ever; constant
 * @is_translated: the host has sent translated connections into the port;
 *                 taken back by nobody but the administrator
 * @trunk: VLANs carried with a tag, or NULL for none; written under RTNL
 * @node: place in the switch's list of all ports
 * @ask_node: place in the switch's list of ports to ask
 * @is_askable: whether it is there; RTNL
 * @guard: &enum podswitch_guard; written under RTNL
 * @is_uplink: leads outside instead of to a pod; constant
 * @hairpin: frames may leave by the port they came from; written under RTNL
 * @router: may send what only a router sends; written under RTNL
 * @dhcp_server: may send what only a DHCP server sends; written under RTNL
 * @shared: entries of the IP addresses that it uses without holding them;
 *          written under RTNL
 * @storm_limit: frames to groups in a second, 0 for no limit; written under
 *               RTNL
 * @storm_due_ns: when the frames to groups so far had been due at the limit
 * @violation: for the next report
 * @is_veth: @dev is a veth; constant
 * @macs: entries of its MACs, each in each VLAN; RTNL
 * @addresses: entries of the IP addresses that it holds, in order of
 *             declaration; RTNL
 * @n_addresses: length of @addresses; RTNL
 * @n_extra: other addresses: MACs beside @mac, shared ones; RTNL
 * @owner: strings by PODSWITCH_A_OWNER_*, NULL where not known; RTNL
 * @tracker: of the reference on @dev
 */
struct psw_port {
	/* read on each packet: one cache line */
	struct net_device *dev;
	struct psw_switch *sw;
	struct net_device __rcu *peer;
	u64 mac;
	struct psw_stats __percpu *stats;
	struct psw_entry __rcu *ip6;
	u64 ip4;
	u16 pvid;
	bool isolated;
	bool is_over_veth;
	bool is_translated;

	/* read for frames that are not so common */
	struct psw_vlans __rcu *trunk ____cacheline_aligned_in_smp;
	u8 guard;
	bool is_uplink;
	bool hairpin;
	bool router;
	bool dhcp_server;
	struct list_head node;
	struct list_head ask_node;
	struct list_head shared;
	u32 storm_limit;
	atomic64_t storm_due_ns;
	struct psw_violation violation;

	/* configuration */
	bool is_veth;
	bool is_askable;
	struct list_head macs;
	struct list_head addresses;
	unsigned int n_addresses;
	unsigned int n_extra;
	char *owner[PODSWITCH_A_OWNER_MAX + 1];
	netdevice_tracker tracker;
	struct psw_port *gone_next;
};

extern unsigned int psw_net_id;

/* On while any switch's host end is promiscuous. */
DECLARE_STATIC_KEY_FALSE(psw_promisc_key);

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
 * psw_ip4_key() - an IPv4 address in a form that leaves room for there being
 * none
 * @ip4: the address
 */
static inline u64 psw_ip4_key(__be32 ip4)
{
	return (__force u32)ip4;
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
 * psw_port_carries_tag() - whether frames with a VLAN's tag pass a port
 * @port: the port
 * @vlan: the VLAN
 *
 * Context: RCU read section or RTNL.
 */
static inline bool psw_port_carries_tag(const struct psw_port *port, u16 vlan)
{
	const struct psw_vlans *trunk = rcu_dereference_rtnl(port->trunk);

	return trunk && test_bit(vlan, trunk->map);
}

/**
 * psw_port_carries() - whether frames of a VLAN pass a port
 * @port: the port
 * @vlan: the VLAN, 0 for outside all
 *
 * Context: RCU read section or RTNL.
 */
static inline bool psw_port_carries(const struct psw_port *port, u16 vlan)
{
	return likely(vlan == READ_ONCE(port->pvid)) ||
	       psw_port_carries_tag(port, vlan);
}

/**
 * psw_are_isolated() - whether two ports are kept from each other
 * @in: where a frame came from; NULL is the host
 * @out: where it would go
 *
 * Context: RCU read section.
 */
static inline bool psw_are_isolated(const struct psw_port *in,
				    const struct psw_port *out)
{
	return in && READ_ONCE(in->isolated) && READ_ONCE(out->isolated);
}

/**
 * psw_port_shares() - whether a port uses an IP address without holding it
 * @port: the port
 * @ip: the address; IPv4 is IPv4-mapped
 * @vlan: its VLAN
 *
 * Context: RCU read section.
 */
static inline bool psw_port_shares(const struct psw_port *port,
				   const struct in6_addr *ip, u16 vlan)
{
	const struct psw_entry *entry;

	list_for_each_entry_rcu(entry, &port->shared, list) {
		if (ipv6_addr_equal(&entry->ip.addr, ip) &&
		    entry->ip.vlan == vlan)
			return true;
	}
	return false;
}

/**
 * psw_vlans_count_ranges() - in how many ranges a set of VLANs can be told
 * @vlans: the set
 */
static inline unsigned int
psw_vlans_count_ranges(const struct psw_vlans *vlans)
{
	unsigned int first, end, n = 0;

	for_each_set_bitrange(first, end, vlans->map, PSW_N_VLANS)
		n++;
	return n;
}

/**
 * psw_port_vlans() - all VLANs that a port carries
 * @port: the port
 * @vlans: filled in
 *
 * Context: RTNL.
 */
static inline void psw_port_vlans(const struct psw_port *port,
				  struct psw_vlans *vlans)
{
	const struct psw_vlans *trunk = rtnl_dereference(port->trunk);

	bitmap_zero(vlans->map, PSW_N_VLANS);
	if (trunk)
		bitmap_copy(vlans->map, trunk->map, PSW_N_VLANS);
	__set_bit(port->pvid, vlans->map);
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
