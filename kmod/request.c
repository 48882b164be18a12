// SPDX-License-Identifier: GPL-2.0
#include "request.h"

#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "cfg.h"
#include "podswitch-nl.h"
#include "psw.h"

static int psw_cfg_parse_mac(struct psw_port_cfg *cfg, struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (!is_valid_ether_addr(nla_data(attr))) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"MAC %pM is not that of a station",
					nla_data(attr));
		return -EINVAL;
	}
	cfg->mac = psw_mac_key(nla_data(attr));
	cfg->mac_attr = attr;
	return 0;
}

static int psw_cfg_parse_owner(struct psw_port_cfg *cfg, struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	cfg->owner = true;
	return nla_parse_nested(cfg->owner_attrs, PODSWITCH_A_OWNER_MAX, attr,
				podswitch_owner_nl_policy, extack);
}

static int psw_cfg_check_ipv4(__be32 ip, const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	if (!ipv4_is_zeronet(ip) && !ipv4_is_loopback(ip) &&
	    !ipv4_is_multicast(ip) && !ipv4_is_lbcast(ip))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
				"Address %pI4 is not that of one host", &ip);
	return -EINVAL;
}

static int psw_cfg_check_ipv6(const struct in6_addr *ip,
			      const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	int type = ipv6_addr_type(ip);

	if (type & IPV6_ADDR_UNICAST &&
	    !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_MAPPED)))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
				"Address %pI6c is not that of one host", ip);
	return -EINVAL;
}

static int psw_cfg_parse_extra_mac(struct psw_address_cfg *address,
				   struct nlattr **tb,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[PODSWITCH_A_ADDRESS_MAC];

	if (!is_valid_ether_addr(nla_data(attr))) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"MAC %pM is not that of a station",
					nla_data(attr));
		return -EINVAL;
	}
	if (tb[PODSWITCH_A_ADDRESS_VLAN] || address->shared) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"MAC %pM is in all VLANs of the port and cannot be shared",
					nla_data(attr));
		return -EINVAL;
	}
	address->mac = psw_mac_key(nla_data(attr));
	return 0;
}

static int psw_cfg_parse_address(struct psw_address_cfg *address,
				 struct nlattr *attr,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[PODSWITCH_A_ADDRESS_MAX + 1];
	__be32 ip4;
	int err;

	err = nla_parse_nested(tb, PODSWITCH_A_ADDRESS_MAX, attr,
			       podswitch_address_nl_policy, extack);
	if (err)
		return err;
	if (!!tb[PODSWITCH_A_ADDRESS_IPV4] + !!tb[PODSWITCH_A_ADDRESS_IPV6] +
	    !!tb[PODSWITCH_A_ADDRESS_MAC] != 1) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "An address is either IPv4, IPv6 or a MAC");
		return -EINVAL;
	}

	address->attr = attr;
	address->vlan = -1;
	if (tb[PODSWITCH_A_ADDRESS_VLAN])
		address->vlan = nla_get_u16(tb[PODSWITCH_A_ADDRESS_VLAN]);
	if (tb[PODSWITCH_A_ADDRESS_SHARED])
		address->shared = nla_get_u8(tb[PODSWITCH_A_ADDRESS_SHARED]);
	if (tb[PODSWITCH_A_ADDRESS_MAC])
		return psw_cfg_parse_extra_mac(address, tb, extack);
	if (tb[PODSWITCH_A_ADDRESS_IPV6]) {
		address->ip = nla_get_in6_addr(tb[PODSWITCH_A_ADDRESS_IPV6]);
		return psw_cfg_check_ipv6(&address->ip, attr, extack);
	}
	ip4 = nla_get_in_addr(tb[PODSWITCH_A_ADDRESS_IPV4]);
	ipv6_addr_set_v4mapped(ip4, &address->ip);
	return psw_cfg_check_ipv4(ip4, attr, extack);
}

/* Policy cannot say how often an attribute may come. */
static int psw_cfg_parse_addresses(struct psw_port_cfg *cfg,
				   struct genl_info *info)
{
	struct nlattr *attr;
	int rem, err;

	cfg->addresses = kcalloc(PODSWITCH_PORT_ADDRESSES_MAX,
				 sizeof(*cfg->addresses), GFP_KERNEL);
	if (!cfg->addresses)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != PODSWITCH_A_PORT_ADDRESS)
			continue;
		if (cfg->n_addresses == PODSWITCH_PORT_ADDRESSES_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"A port holds at most %d addresses",
						PODSWITCH_PORT_ADDRESSES_MAX);
			return -ENOSPC;
		}
		err = psw_cfg_parse_address(&cfg->addresses[cfg->n_addresses++],
					    attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int psw_cfg_parse_range(struct psw_port_cfg *cfg, struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[PODSWITCH_A_VLAN_RANGE_MAX + 1];
	u16 first, last;
	int err;

	err = nla_parse_nested(tb, PODSWITCH_A_VLAN_RANGE_MAX, attr,
			       podswitch_vlan_range_nl_policy, extack);
	if (err)
		return err;
	if (!tb[PODSWITCH_A_VLAN_RANGE_FIRST]) {
		if (!tb[PODSWITCH_A_VLAN_RANGE_LAST])
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "A range of VLANs lacks its first");
		return -EINVAL;
	}

	first = nla_get_u16(tb[PODSWITCH_A_VLAN_RANGE_FIRST]);
	last = first;
	if (tb[PODSWITCH_A_VLAN_RANGE_LAST])
		last = nla_get_u16(tb[PODSWITCH_A_VLAN_RANGE_LAST]);
	if (last < first) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"VLANs %u to %u end before they begin",
					first, last);
		return -EINVAL;
	}
	bitmap_set(cfg->trunk->map, first, last - first + 1);
	return 0;
}

/* Any number of ranges, which may overlap. */
static int psw_cfg_parse_trunk(struct psw_port_cfg *cfg, struct genl_info *info)
{
	struct nlattr *attr;
	int rem, err;

	cfg->trunk = kzalloc(sizeof(*cfg->trunk), GFP_KERNEL);
	if (!cfg->trunk)
		return -ENOMEM;
	cfg->vlan_attr = info->attrs[PODSWITCH_A_PORT_TRUNK];
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != PODSWITCH_A_PORT_TRUNK)
			continue;
		err = psw_cfg_parse_range(cfg, attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int psw_cfg_flag(const struct nlattr *attr)
{
	return attr ? nla_get_u8(attr) : -1;
}

static void psw_cfg_parse_settings(struct psw_port_cfg *cfg,
				   struct nlattr **attrs)
{
	if (attrs[PODSWITCH_A_PORT_GUARD])
		cfg->guard = nla_get_u32(attrs[PODSWITCH_A_PORT_GUARD]);
	cfg->isolated = psw_cfg_flag(attrs[PODSWITCH_A_PORT_ISOLATED]);
	cfg->hairpin = psw_cfg_flag(attrs[PODSWITCH_A_PORT_HAIRPIN]);
	cfg->translated = psw_cfg_flag(attrs[PODSWITCH_A_PORT_TRANSLATED]);
	cfg->router = psw_cfg_flag(attrs[PODSWITCH_A_PORT_ROUTER]);
	cfg->dhcp_server = psw_cfg_flag(attrs[PODSWITCH_A_PORT_DHCP_SERVER]);
	cfg->role_attr = attrs[PODSWITCH_A_PORT_ROLE];
	if (cfg->role_attr)
		cfg->uplink = nla_get_u32(cfg->role_attr) ==
			      PODSWITCH_ROLE_UPLINK;
	cfg->vlan_attr = attrs[PODSWITCH_A_PORT_PVID];
	if (cfg->vlan_attr)
		cfg->pvid = nla_get_u16(cfg->vlan_attr);
	if (attrs[PODSWITCH_A_PORT_STORM_LIMIT])
		cfg->storm_limit =
			nla_get_u32(attrs[PODSWITCH_A_PORT_STORM_LIMIT]);
}

/* The address declared last, or none. */
static int psw_cfg_parse_last(struct psw_switch_cfg *cfg,
			      const struct nlattr *ipv4,
			      const struct nlattr *ipv6,
			      struct netlink_ext_ack *extack)
{
	int err = 0;

	cfg->has_last_ipv4 = ipv4;
	cfg->has_last_ipv6 = ipv6;
	if (ipv4)
		cfg->last_ipv4 = nla_get_in_addr(ipv4);
	if (cfg->last_ipv4)
		err = psw_cfg_check_ipv4(cfg->last_ipv4, ipv4, extack);
	if (err || !ipv6)
		return err;
	cfg->last_ipv6 = nla_get_in6_addr(ipv6);
	return ipv6_addr_any(&cfg->last_ipv6) ? 0 :
	       psw_cfg_check_ipv6(&cfg->last_ipv6, ipv6, extack);
}

/**
 * psw_switch_cfg_parse() - what a request asks for of a switch
 * @cfg: memory is the caller's
 * @info: the request, which passed the operation's policy
 *
 * Return: 0; -EINVAL.
 */
int psw_switch_cfg_parse(struct psw_switch_cfg *cfg, struct genl_info *info)
{
	const struct nlattr *max_ports, *max_addresses;

	memset(cfg, 0, sizeof(*cfg));
	max_ports = info->attrs[PODSWITCH_A_SWITCH_MAX_PORTS];
	max_addresses = info->attrs[PODSWITCH_A_SWITCH_MAX_ADDRESSES];
	if (max_ports)
		cfg->max_ports = nla_get_u32(max_ports);
	if (max_addresses)
		cfg->max_addresses = nla_get_u32(max_addresses);
	return psw_cfg_parse_last(cfg,
				  info->attrs[PODSWITCH_A_SWITCH_LAST_IPV4],
				  info->attrs[PODSWITCH_A_SWITCH_LAST_IPV6],
				  info->extack);
}

/**
 * psw_port_cfg_parse() - what a request asks for
 * @cfg: memory is the caller's, to be ended by psw_port_cfg_fini(), also where
 *       this fails
 * @info: the request, which passed the operation's policy
 *
 * Context: sleeps.
 * Return: 0; -EINVAL; -ENOSPC for too many addresses; -ENOMEM.
 */
int psw_port_cfg_parse(struct psw_port_cfg *cfg, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	int err;

	psw_port_cfg_init(cfg);
	psw_cfg_parse_settings(cfg, attrs);
	err = psw_cfg_parse_mac(cfg, attrs[PODSWITCH_A_PORT_MAC],
				info->extack);
	if (err)
		return err;
	err = psw_cfg_parse_owner(cfg, attrs[PODSWITCH_A_PORT_OWNER],
				  info->extack);
	if (err)
		return err;
	if (attrs[PODSWITCH_A_PORT_TRUNK]) {
		err = psw_cfg_parse_trunk(cfg, info);
		if (err)
			return err;
	}
	return attrs[PODSWITCH_A_PORT_ADDRESS] ?
	       psw_cfg_parse_addresses(cfg, info) : 0;
}

/**
 * psw_port_cfg_parse_addresses() - which addresses a request is about
 * @cfg: memory is the caller's, to be ended by psw_port_cfg_fini(), also where
 *       this fails
 * @info: the request, which passed the operation's policy
 *
 * For operations that know no attributes of a port but these.
 *
 * Context: sleeps.
 * Return: 0; -EINVAL; -ENOSPC for too many addresses; -ENOMEM.
 */
int psw_port_cfg_parse_addresses(struct psw_port_cfg *cfg,
				 struct genl_info *info)
{
	psw_port_cfg_init(cfg);
	if (GENL_REQ_ATTR_CHECK(info, PODSWITCH_A_PORT_ADDRESS))
		return -EINVAL;
	return psw_cfg_parse_addresses(cfg, info);
}

/**
 * psw_port_cfg_fini() - frees what psw_port_cfg_parse() allocated
 * @cfg: the configuration
 */
void psw_port_cfg_fini(struct psw_port_cfg *cfg)
{
	kfree(cfg->trunk);
	kfree(cfg->addresses);
}
