/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_PORT_H
#define _PSW_PORT_H

#include <linux/in6.h>
#include <linux/types.h>
#include <uapi/linux/podswitch.h>

struct net_device;
struct netlink_ext_ack;
struct nlattr;
struct psw_port;
struct psw_switch;

/**
 * struct psw_address_cfg - an IP address that was asked for
 * @ip: the address; IPv4 is IPv4-mapped
 * @attr: the attribute it came in, to point at in a refusal
 */
struct psw_address_cfg {
	struct in6_addr ip;
	const struct nlattr *attr;
};

/**
 * struct psw_port_cfg - a port, or a change to one, that was asked for
 * @mac: a key as psw_mac_key() makes it, 0 if not given
 * @mac_attr: the attribute it came in
 * @guard: &enum podswitch_guard, negative if not given
 * @isolated: 0 or 1, negative if not given
 * @hairpin: 0 or 1, negative if not given
 * @owner: whether an owner was given
 * @owner_attrs: its members, by PODSWITCH_A_OWNER_*, NULL where not given
 * @addresses: IP addresses, no two alike
 * @n_addresses: how many
 */
struct psw_port_cfg {
	u64 mac;
	const struct nlattr *mac_attr;
	int guard;
	int isolated;
	int hairpin;
	bool owner;
	struct nlattr *owner_attrs[PODSWITCH_A_OWNER_MAX + 1];
	struct psw_address_cfg *addresses;
	unsigned int n_addresses;
};

void psw_port_cfg_init(struct psw_port_cfg *cfg);

int psw_port_add(struct psw_switch *sw, struct net_device *dev,
		 const struct psw_port_cfg *cfg,
		 struct netlink_ext_ack *extack);
int psw_port_change(struct psw_port *port, const struct psw_port_cfg *cfg,
		    struct netlink_ext_ack *extack);
void psw_port_del(struct psw_port *port);
struct psw_port *psw_port_get_rtnl(const struct net_device *dev);

int psw_port_add_addresses(struct psw_port *port,
			   const struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack);
int psw_port_del_addresses(struct psw_port *port,
			   const struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack);

#endif /* _PSW_PORT_H */
