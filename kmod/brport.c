// SPDX-License-Identifier: GPL-2.0
/* What the tool "bridge" is shown of a port, and told when it changes. */
#include "brport.h"

#include <linux/if_bridge.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>

#include "lower.h"
#include "psw.h"

static int psw_brport_put_vlans(struct sk_buff *skb, u16 first, u16 last,
				u16 flags)
{
	struct bridge_vlan_info info = { .flags = flags, .vid = first };

	if (first != last) {
		info.flags = flags | BRIDGE_VLAN_INFO_RANGE_BEGIN;
		if (nla_put(skb, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info))
			return -EMSGSIZE;
		info.flags = flags | BRIDGE_VLAN_INFO_RANGE_END;
		info.vid = last;
	}
	return nla_put(skb, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

/* In ranges even where single VLANs are asked for: readers know both, and all
 * VLANs one by one would not fit in a message.
 */
static int psw_brport_fill_vlans(struct sk_buff *skb,
				 const struct psw_port *port)
{
	const struct psw_vlans *trunk = rtnl_dereference(port->trunk);
	unsigned int first, end;
	struct nlattr *nest;

	if (!port->pvid && !trunk)
		return 0;
	nest = nla_nest_start_noflag(skb, IFLA_AF_SPEC);
	if (!nest)
		return -EMSGSIZE;
	if (port->pvid &&
	    psw_brport_put_vlans(skb, port->pvid, port->pvid,
				 BRIDGE_VLAN_INFO_PVID |
				 BRIDGE_VLAN_INFO_UNTAGGED))
		return -EMSGSIZE;
	if (trunk) {
		for_each_set_bitrange(first, end, trunk->map, PSW_N_VLANS) {
			if (psw_brport_put_vlans(skb, first, end - 1, 0))
				return -EMSGSIZE;
		}
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int psw_brport_fill_port(struct sk_buff *skb,
				const struct psw_port *port)
{
	u8 state = BR_STATE_DISABLED;
	struct nlattr *nest;

	if (netif_running(port->dev) && netif_carrier_ok(port->dev))
		state = BR_STATE_FORWARDING;
	nest = nla_nest_start(skb, IFLA_PROTINFO);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u8(skb, IFLA_BRPORT_STATE, state) ||
	    nla_put_u8(skb, IFLA_BRPORT_MODE, port->hairpin) ||
	    nla_put_u8(skb, IFLA_BRPORT_ISOLATED, port->isolated) ||
	    nla_put_u8(skb, IFLA_BRPORT_LEARNING, 0) ||
	    nla_put_u8(skb, IFLA_BRPORT_UNICAST_FLOOD, port->is_uplink) ||
	    nla_put_u8(skb, IFLA_BRPORT_MCAST_FLOOD, 1) ||
	    nla_put_u8(skb, IFLA_BRPORT_BCAST_FLOOD, 1))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Without the other end, whose index is of another namespace. */
static int psw_brport_fill_device(struct sk_buff *skb,
				  const struct psw_port *port)
{
	const struct net_device *dev = port->dev;
	u8 operstate = IF_OPER_DOWN;

	if (netif_running(dev))
		operstate = READ_ONCE(dev->operstate);
	if (nla_put_string(skb, IFLA_IFNAME, dev->name) ||
	    nla_put_u32(skb, IFLA_MASTER, port->sw->dev->ifindex) ||
	    nla_put_u32(skb, IFLA_MTU, dev->mtu) ||
	    nla_put_u8(skb, IFLA_OPERSTATE, operstate) ||
	    nla_put(skb, IFLA_ADDRESS, dev->addr_len, dev->dev_addr))
		return -EMSGSIZE;
	return 0;
}

static size_t psw_brport_msg_size(const struct psw_port *port)
{
	const struct psw_vlans *trunk = rtnl_dereference(port->trunk);
	unsigned int n_vlans = 1;

	if (trunk)
		n_vlans += 2 * psw_vlans_count_ranges(trunk);
	return NLMSG_ALIGN(sizeof(struct ifinfomsg)) +
	       nla_total_size(IFNAMSIZ) +	/* IFNAME */
	       2 * nla_total_size(sizeof(u32)) + /* MASTER, MTU */
	       nla_total_size(sizeof(u8)) +	/* OPERSTATE */
	       nla_total_size(MAX_ADDR_LEN) +	/* ADDRESS */
	       nla_total_size(0) +		/* PROTINFO */
	       7 * nla_total_size(sizeof(u8)) +	/* BRPORT_* */
	       nla_total_size(0) +		/* AF_SPEC */
	       n_vlans * nla_total_size(sizeof(struct bridge_vlan_info));
}

/**
 * psw_brport_getlink() - shows a port as "bridge link" and "bridge vlan" do
 * @skb: the message
 * @portid: who asks
 * @seq: number of the question
 * @dev: a port's device, or the switch's own, of which nothing is shown
 * @filter_mask: RTEXT_FILTER_*: whether VLANs are asked for
 * @flags: of the message
 *
 * Context: RTNL; must not sleep.
 * Return: 0, or -EMSGSIZE where the message is full.
 */
int psw_brport_getlink(struct sk_buff *skb, u32 portid, u32 seq,
		       struct net_device *dev, u32 filter_mask, int flags)
{
	const struct psw_port *port = psw_port_get_rtnl(dev);
	struct ifinfomsg *ifm;
	struct nlmsghdr *nlh;

	if (!port)
		return 0;
	nlh = nlmsg_put(skb, portid, seq, RTM_NEWLINK, sizeof(*ifm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	memset(ifm, 0, sizeof(*ifm));
	ifm->ifi_family = AF_BRIDGE;
	ifm->ifi_type = dev->type;
	ifm->ifi_index = dev->ifindex;
	ifm->ifi_flags = netif_get_flags(dev);

	if (psw_brport_fill_device(skb, port) ||
	    psw_brport_fill_port(skb, port) ||
	    (filter_mask & (RTEXT_FILTER_BRVLAN |
			    RTEXT_FILTER_BRVLAN_COMPRESSED) &&
	     psw_brport_fill_vlans(skb, port))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * psw_brport_notify() - tells "bridge monitor link" what a port has become
 * @port: the port
 *
 * Context: RTNL; sleeps.
 */
void psw_brport_notify(const struct psw_port *port)
{
	struct net *net = dev_net(port->dev);
	struct sk_buff *skb;
	int err = -ENOMEM;

	ASSERT_RTNL();
	skb = nlmsg_new(psw_brport_msg_size(port), GFP_KERNEL);
	if (!skb)
		goto err_tell;
	err = psw_brport_getlink(skb, 0, 0, port->dev,
				 RTEXT_FILTER_BRVLAN_COMPRESSED, 0);
	if (WARN_ON_ONCE(err))
		goto err_free_skb;
	rtnl_notify(skb, net, 0, RTNLGRP_LINK, NULL, GFP_KERNEL);
	return;

err_free_skb:
	kfree_skb(skb);
err_tell:
	rtnl_set_sk_err(net, RTNLGRP_LINK, err);
}
