/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_CFG_H
#define _PSW_CFG_H

#include <linux/in6.h>
#include <linux/string.h>
#include <linux/types.h>
#include <uapi/linux/podswitch.h>

struct nlattr;

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
}

#endif /* _PSW_CFG_H */
