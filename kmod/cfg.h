/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_CFG_H
#define _PSW_CFG_H

#include <linux/in6.h>
#include <linux/string.h>
#include <linux/types.h>
#include <uapi/linux/podswitch.h>

struct nlattr;
struct psw_vlans;

/**
 * struct psw_switch_cfg - a change to a switch that was asked for
 * @max_ports: where attaching stops, 0 if not given
 * @max_addresses: where declaring stops, 0 if not given
 * @has_last_ipv4: whether @last_ipv4 is given
 * @has_last_ipv6: whether @last_ipv6 is given
 * @last_ipv4: declared last by a new port, 0 for none
 * @last_ipv6: declared last by a new port, :: for none
 */
struct psw_switch_cfg {
	u32 max_ports;
	u32 max_addresses;
	bool has_last_ipv4;
	bool has_last_ipv6;
	__be32 last_ipv4;
	struct in6_addr last_ipv6;
};

/**
 * struct psw_address_cfg - an address that was asked for
 * @mac: a MAC beside the port's own, as psw_mac_key() makes it; 0 for an IP
 *       address
 * @ip: the IP address; IPv4 is IPv4-mapped
 * @vlan: its VLAN, negative if not given
 * @shared: the port may use it without holding it
 * @attr: the attribute it came in, to point at in a refusal
 */
struct psw_address_cfg {
	u64 mac;
	struct in6_addr ip;
	int vlan;
	bool shared;
	const struct nlattr *attr;
};

/**
 * struct psw_port_cfg - a port, or a change to one, that was asked for
 * @mac: a key as psw_mac_key() makes it, 0 if not given
 * @mac_attr: the attribute it came in
 * @guard: &enum podswitch_guard, negative if not given
 * @isolated: 0 or 1, negative if not given
 * @hairpin: 0 or 1, negative if not given
 * @uplink: 1 for the role of an uplink, 0 for a pod's
 * @role_attr: the attribute it came in
 * @pvid: VLAN of untagged frames, negative if not given
 * @trunk: VLANs carried with a tag; NULL if not given
 * @vlan_attr: the attribute that asks for other VLANs
 * @storm_limit: frames to groups in a second, negative if not given
 * @translated: 0 or 1, negative if not given
 * @router: 0 or 1, negative if not given
 * @dhcp_server: 0 or 1, negative if not given
 * @owner: whether an owner was given
 * @owner_attrs: its members, by PODSWITCH_A_OWNER_*, NULL where not given
 * @addresses: addresses
 * @n_addresses: how many
 */
struct psw_port_cfg {
	u64 mac;
	const struct nlattr *mac_attr;
	int guard;
	int isolated;
	int hairpin;
	int uplink;
	const struct nlattr *role_attr;
	int pvid;
	struct psw_vlans *trunk;
	const struct nlattr *vlan_attr;
	s64 storm_limit;
	int translated;
	int router;
	int dhcp_server;
	bool owner;
	struct nlattr *owner_attrs[PODSWITCH_A_OWNER_MAX + 1];
	struct psw_address_cfg *addresses;
	unsigned int n_addresses;
};

/**
 * psw_port_cfg_init() - asks for nothing
 * @cfg: memory is the caller's
 */
static inline void psw_port_cfg_init(struct psw_port_cfg *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->guard = -1;
	cfg->isolated = -1;
	cfg->hairpin = -1;
	cfg->pvid = -1;
	cfg->storm_limit = -1;
	cfg->translated = -1;
	cfg->router = -1;
	cfg->dhcp_server = -1;
}

#endif /* _PSW_CFG_H */
