// SPDX-License-Identifier: GPL-2.0
#include "fdb.h"

#include <linux/etherdevice.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "address.h"
#include "admin.h"
#include "cfg.h"
#include "psw.h"

/**
 * struct psw_fdb_reply - the message that an entry is put into
 * @skb: the message
 * @portid: who asked
 * @seq: number of the question
 * @flags: of the message
 */
struct psw_fdb_reply {
	struct sk_buff *skb;
	u32 portid;
	u32 seq;
	int flags;
};

/* An entry of the switch's device, by way of the port: "via" as vxlan has it.
 * The port's own entries are its device's, which the core shows by itself.
 */
static int psw_fdb_fill(const struct psw_fdb_reply *reply,
			const struct psw_entry *entry)
{
	u16 vlan = psw_mac_vlan(entry->mac);
	struct sk_buff *skb = reply->skb;
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;
	u8 mac[ETH_ALEN];

	nlh = nlmsg_put(skb, reply->portid, reply->seq, RTM_NEWNEIGH,
			sizeof(*ndm), reply->flags);
	if (!nlh)
		return -EMSGSIZE;

	ndm = nlmsg_data(nlh);
	memset(ndm, 0, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_ifindex = entry->port->sw->dev->ifindex;
	ndm->ndm_state = NUD_PERMANENT;
	ndm->ndm_flags = NTF_SELF;

	psw_mac_from_key(entry->mac, mac);
	if (nla_put(skb, NDA_LLADDR, ETH_ALEN, mac) ||
	    nla_put_u32(skb, NDA_IFINDEX, entry->port->dev->ifindex) ||
	    (vlan && nla_put_u16(skb, NDA_VLAN, vlan))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * psw_fdb_dump() - shows the ports' MACs as "bridge fdb" shows a device's
 * @skb: the message
 * @cb: the dump; tells how many entries the messages before had
 * @dev: the switch
 * @filter_dev: not used; the core has chosen the device
 * @idx: counts entries, shown and skipped
 *
 * Context: RTNL.
 * Return: 0, or -EMSGSIZE where the message is full.
 */
int psw_fdb_dump(struct sk_buff *skb, struct netlink_callback *cb,
		 struct net_device *dev, struct net_device *filter_dev,
		 int *idx)
{
	const struct psw_fdb_reply reply = {
		.skb = skb,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
	};
	struct psw_switch *sw = netdev_priv(dev);
	const struct psw_entry *entry;
	const struct psw_port *port;
	unsigned long index;
	int err;

	ASSERT_RTNL();
	xa_for_each(&sw->ports, index, port) {
		list_for_each_entry(entry, &port->macs, list) {
			if (*idx >= psw_fdb_dump_from(cb)) {
				err = psw_fdb_fill(&reply, entry);
				if (err)
					return err;
			}
			(*idx)++;
		}
	}
	return 0;
}

/**
 * psw_fdb_get() - shows who holds a MAC
 * @skb: the message
 * @tb: not used
 * @dev: the switch
 * @mac: the MAC
 * @vlan: the VLAN to look in, 0 for outside all
 * @portid: who asks
 * @seq: number of the question
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0; -ENOENT if no port does; -EMSGSIZE.
 */
int psw_fdb_get(struct sk_buff *skb, struct nlattr *tb[],
		struct net_device *dev, const unsigned char *mac, u16 vlan,
		u32 portid, u32 seq, struct netlink_ext_ack *extack)
{
	const struct psw_fdb_reply reply = {
		.skb = skb,
		.portid = portid,
		.seq = seq,
	};
	struct psw_switch *sw = netdev_priv(dev);
	const struct psw_entry *entry;

	ASSERT_RTNL();
	entry = psw_table_find_mac_rtnl(&sw->table, psw_mac_key(mac), vlan);
	if (!entry) {
		NL_SET_ERR_MSG_FMT(extack, "No port holds MAC %pM in VLAN %u",
				   mac, vlan);
		return -ENOENT;
	}
	return psw_fdb_fill(&reply, entry);
}

static int psw_fdb_check(const struct ndmsg *ndm, struct nlattr *tb[],
			 struct netlink_ext_ack *extack)
{
	int i;

	if (ndm->ndm_state & ~(NUD_PERMANENT | NUD_NOARP)) {
		NL_SET_ERR_MSG(extack,
			       "A podswitch does not learn: entries are permanent");
		return -EINVAL;
	}
	for (i = 1; i <= NDA_MAX; i++) {
		if (!tb[i] || i == NDA_LLADDR || i == NDA_VLAN ||
		    i == NDA_IFINDEX)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[i],
				    "An entry of a podswitch has a MAC, a port and a VLAN");
		return -EINVAL;
	}
	if (!tb[NDA_IFINDEX] || nla_len(tb[NDA_IFINDEX]) != sizeof(u32)) {
		NL_SET_ERR_MSG(extack,
			       "A MAC is held by a port, which via has to name");
		return -EINVAL;
	}
	return 0;
}

/**
 * struct psw_fdb_change - what "bridge fdb add" or "del" asks for
 * @port: the port
 * @cfg: has @address alone
 * @address: the MAC
 */
struct psw_fdb_change {
	struct psw_port *port;
	struct psw_port_cfg cfg;
	struct psw_address_cfg address;
};

static int psw_fdb_parse_port(struct psw_fdb_change *change,
			      struct nlattr *tb[], struct psw_switch *sw,
			      struct netlink_ext_ack *extack)
{
	u32 ifindex = nla_get_u32(tb[NDA_IFINDEX]);
	struct psw_port *port = xa_load(&sw->ports, ifindex);

	if (!port) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, tb[NDA_IFINDEX],
					"Device %u is no port of %s",
					ifindex, sw->dev->name);
		return -ENOENT;
	}
	if (tb[NDA_VLAN] && (nla_get_u16(tb[NDA_VLAN]) != port->pvid ||
			     rtnl_dereference(port->trunk))) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, tb[NDA_VLAN],
					"Port %s holds a MAC in all its VLANs",
					port->dev->name);
		return -EINVAL;
	}
	change->port = port;
	return 0;
}

/* The core has looked at the lengths of the MAC and of the VLAN. */
static int psw_fdb_parse(struct psw_fdb_change *change,
			 const struct ndmsg *ndm, struct nlattr *tb[],
			 struct net_device *dev,
			 struct netlink_ext_ack *extack)
{
	const u8 *mac = nla_data(tb[NDA_LLADDR]);
	int err;

	err = psw_check_admin(extack);
	if (!err)
		err = psw_fdb_check(ndm, tb, extack);
	if (err)
		return err;
	if (!is_valid_ether_addr(mac)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, tb[NDA_LLADDR],
					"MAC %pM is not that of a station",
					mac);
		return -EINVAL;
	}
	memset(change, 0, sizeof(*change));
	change->address.mac = psw_mac_key(mac);
	change->address.vlan = -1;
	change->address.attr = tb[NDA_LLADDR];
	psw_port_cfg_init(&change->cfg);
	change->cfg.addresses = &change->address;
	change->cfg.n_addresses = 1;
	return psw_fdb_parse_port(change, tb, netdev_priv(dev), extack);
}

/* Parses a request, and acts on its port with it. */
static int psw_fdb_apply(const struct ndmsg *ndm, struct nlattr *tb[],
			 struct net_device *dev,
			 int (*act)(struct psw_port *port,
				    struct psw_port_cfg *cfg,
				    struct netlink_ext_ack *extack),
			 struct netlink_ext_ack *extack)
{
	struct psw_fdb_change change;
	int err;

	ASSERT_RTNL();
	err = psw_fdb_parse(&change, ndm, tb, dev, extack);
	if (err)
		return err;
	return act(change.port, &change.cfg, extack);
}

/**
 * psw_fdb_add() - declares a MAC beside a port's own
 * @ndm: header of the request
 * @tb: its attributes
 * @dev: the switch
 * @mac: the MAC, in @tb too
 * @vlan: the VLAN, in @tb too: a port holds a MAC in all of its own
 * @flags: not used; what is there already is refused in any case
 * @extack: for the reason of a refusal
 *
 * "bridge fdb add MAC dev SWITCH via PORT". (The core lets "dev PORT master"
 * pass for ports of a Linux bridge alone.)
 *
 * Context: RTNL; sleeps.
 * Return: as psw_port_add_addresses(); -EPERM; -ENOENT if there is no such
 * port.
 */
int psw_fdb_add(struct ndmsg *ndm, struct nlattr *tb[], struct net_device *dev,
		const unsigned char *mac, u16 vlan, u16 flags,
		struct netlink_ext_ack *extack)
{
	return psw_fdb_apply(ndm, tb, dev, psw_port_add_addresses, extack);
}

/**
 * psw_fdb_del() - takes a MAC beside its own from a port
 * @ndm: header of the request
 * @tb: its attributes
 * @dev: the switch
 * @mac: the MAC, in @tb too
 * @vlan: the VLAN, in @tb too
 * @extack: for the reason of a refusal
 *
 * Context: RTNL; sleeps.
 * Return: as psw_port_del_addresses(); -EPERM; -ENOENT if there is no such
 * port.
 */
int psw_fdb_del(struct ndmsg *ndm, struct nlattr *tb[], struct net_device *dev,
		const unsigned char *mac, u16 vlan,
		struct netlink_ext_ack *extack)
{
	return psw_fdb_apply(ndm, tb, dev, psw_port_del_addresses, extack);
}
