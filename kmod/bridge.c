// SPDX-License-Identifier: GPL-2.0
/* What the tool "bridge" sets. The ports are no ports of a Linux bridge to the
 * core and must not be marked as such: the bridge module would take their data
 * for its own.
 */
#include "bridge.h"

#include <linux/bitmap.h>
#include <linux/if_bridge.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "admin.h"
#include "cfg.h"
#include "lower.h"
#include "port.h"
#include "psw.h"

static int psw_bridge_parse_port(const struct nlattr *protinfo,
				 struct psw_port_cfg *cfg,
				 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, protinfo, rem) {
		int type = nla_type(attr);

		if ((type != IFLA_BRPORT_MODE &&
		     type != IFLA_BRPORT_ISOLATED) ||
		    nla_len(attr) != sizeof(u8)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "A port of a podswitch has hairpin and isolated alone to set");
			return -EOPNOTSUPP;
		}
		if (type == IFLA_BRPORT_MODE)
			cfg->hairpin = !!nla_get_u8(attr);
		else
			cfg->isolated = !!nla_get_u8(attr);
	}
	return 0;
}

/**
 * struct psw_bridge_vlans - VLANs that are added to a port or taken from it
 * @port: the port
 * @cfg: what becomes of it; has a trunk
 * @is_add: added; else taken
 */
struct psw_bridge_vlans {
	const struct psw_port *port;
	struct psw_port_cfg *cfg;
	bool is_add;
};

/* Untagged both ways, or tagged both ways: another VLAN cannot be. */
static int psw_bridge_add_vlans(const struct psw_bridge_vlans *vlans,
				u16 first, u16 last,
				const struct bridge_vlan_info *info,
				struct netlink_ext_ack *extack)
{
	unsigned long *map = vlans->cfg->trunk->map;
	bool is_untagged = info->flags & BRIDGE_VLAN_INFO_UNTAGGED;
	bool is_pvid = info->flags & BRIDGE_VLAN_INFO_PVID;

	if (is_pvid != is_untagged) {
		NL_SET_ERR_MSG_FMT(extack, "VLAN %u is given as pvid and untagged, or as neither",
				   last);
		return -EOPNOTSUPP;
	}
	if (!is_pvid) {
		bitmap_set(map, first, last - first + 1);
		if (vlans->cfg->pvid >= first && vlans->cfg->pvid <= last)
			vlans->cfg->pvid = 0;
		return 0;
	}
	if (first != last) {
		NL_SET_ERR_MSG_FMT(extack, "VLANs %u to %u cannot all be the pvid",
				   first, last);
		return -EINVAL;
	}
	__clear_bit(last, map);
	vlans->cfg->pvid = last;
	return 0;
}

static int psw_bridge_del_vlans(const struct psw_bridge_vlans *vlans,
				u16 first, u16 last,
				struct netlink_ext_ack *extack)
{
	unsigned long *map = vlans->cfg->trunk->map;
	bool is_any = find_next_bit(map, last + 1, first) <= last;

	bitmap_clear(map, first, last - first + 1);
	if (vlans->cfg->pvid >= first && vlans->cfg->pvid <= last) {
		vlans->cfg->pvid = 0;
		is_any = true;
	}
	if (is_any)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "Port %s does not carry VLAN %u",
			   vlans->port->dev->name, first);
	return -ENOENT;
}

/* One attribute; @begin is where a range has begun, 0 where none has. */
static int psw_bridge_parse_vlan(const struct psw_bridge_vlans *vlans,
				 const struct nlattr *attr, u16 *begin,
				 struct netlink_ext_ack *extack)
{
	const struct bridge_vlan_info *info = nla_data(attr);
	u16 first = *begin;

	if (nla_type(attr) != IFLA_BRIDGE_VLAN_INFO ||
	    nla_len(attr) != sizeof(*info)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "A port of a podswitch has VLANs alone to set");
		return -EOPNOTSUPP;
	}
	if (!info->vid || info->vid > PODSWITCH_VLAN_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "VLAN %u is none of 1 to %u",
					info->vid, PODSWITCH_VLAN_MAX);
		return -EINVAL;
	}
	if (!!first != !!(info->flags & BRIDGE_VLAN_INFO_RANGE_END) ||
	    (first && info->vid <= first)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "VLAN %u ends no range",
					info->vid);
		return -EINVAL;
	}
	*begin = 0;
	if (info->flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) {
		*begin = info->vid;
		return 0;
	}
	if (!first)
		first = info->vid;
	return vlans->is_add ?
	       psw_bridge_add_vlans(vlans, first, info->vid, info, extack) :
	       psw_bridge_del_vlans(vlans, first, info->vid, extack);
}

static int psw_bridge_parse_vlans(const struct psw_bridge_vlans *vlans,
				  const struct nlattr *spec,
				  struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u16 begin = 0;
	int rem, err;

	nla_for_each_nested(attr, spec, rem) {
		if (nla_type(attr) == IFLA_BRIDGE_FLAGS)
			continue;
		err = psw_bridge_parse_vlan(vlans, attr, &begin, extack);
		if (err)
			return err;
	}
	if (!begin)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "The range from VLAN %u does not end",
			   begin);
	return -EINVAL;
}

/* The VLANs that the port has, for a change to start from. */
static int psw_bridge_copy_vlans(struct psw_port_cfg *cfg,
				 const struct psw_port *port)
{
	const struct psw_vlans *trunk = rtnl_dereference(port->trunk);

	cfg->trunk = kzalloc(sizeof(*cfg->trunk), GFP_KERNEL);
	if (!cfg->trunk)
		return -ENOMEM;
	if (trunk)
		bitmap_copy(cfg->trunk->map, trunk->map, PSW_N_VLANS);
	cfg->pvid = port->pvid;
	return 0;
}

static int psw_bridge_change(struct psw_port *port,
			     const struct nlattr *protinfo,
			     const struct nlattr *spec, bool is_add,
			     struct netlink_ext_ack *extack)
{
	struct psw_port_cfg cfg;
	const struct psw_bridge_vlans vlans = {
		.port = port,
		.cfg = &cfg,
		.is_add = is_add,
	};
	int err = 0;

	psw_port_cfg_init(&cfg);
	if (protinfo)
		err = psw_bridge_parse_port(protinfo, &cfg, extack);
	if (!err && spec)
		err = psw_bridge_copy_vlans(&cfg, port);
	if (!err && spec)
		err = psw_bridge_parse_vlans(&vlans, spec, extack);
	if (!err)
		err = psw_port_change(port, &cfg, extack);
	kfree(cfg.trunk);
	return err;
}

/**
 * psw_bridge_setlink() - does "bridge link set" and "bridge vlan add"
 * @dev: a port's device; the core gives the switch's own for "self"
 * @nlh: the request
 * @flags: BRIDGE_FLAGS_*, not used
 * @extack: for the reason of a refusal
 *
 * A VLAN given as pvid and untagged takes the place of the one before.
 *
 * Context: RTNL; sleeps.
 * Return: as psw_port_change(); -EPERM; -EOPNOTSUPP for a setting or a kind of
 * VLAN that a port does not have.
 */
int psw_bridge_setlink(struct net_device *dev, struct nlmsghdr *nlh, u16 flags,
		       struct netlink_ext_ack *extack)
{
	struct psw_port *port = psw_port_get_rtnl(dev);
	int err;

	err = psw_check_admin(extack);
	if (err)
		return err;
	if (!port) {
		NL_SET_ERR_MSG_FMT(extack, "Device %s is no port of a podswitch",
				   dev->name);
		return -EINVAL;
	}
	return psw_bridge_change(port,
				 nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
						 IFLA_PROTINFO),
				 nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
						 IFLA_AF_SPEC),
				 true, extack);
}

/**
 * psw_bridge_dellink() - does "bridge vlan del"
 * @dev: a port's device; the core gives the switch's own for "self"
 * @nlh: the request
 * @flags: BRIDGE_FLAGS_*, not used
 *
 * Context: RTNL; sleeps.
 * Return: as psw_port_change(); -EPERM; -ENOENT for a VLAN that the port does
 * not carry. The core has no room for a word.
 */
int psw_bridge_dellink(struct net_device *dev, struct nlmsghdr *nlh,
		       u16 flags)
{
	struct psw_port *port = psw_port_get_rtnl(dev);
	int err;

	err = psw_check_admin(NULL);
	if (err)
		return err;
	if (!port)
		return -EINVAL;
	return psw_bridge_change(port, NULL,
				 nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
						 IFLA_AF_SPEC),
				 false, NULL);
}
