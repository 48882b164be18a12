// SPDX-License-Identifier: GPL-2.0
#include "fdb.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "psw.h"

static int psw_fdb_fill(struct sk_buff *skb, struct netlink_callback *cb,
			const struct psw_port *port)
{
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;
	u8 mac[ETH_ALEN];

	nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			RTM_NEWNEIGH, sizeof(*ndm), NLM_F_MULTI);
	if (!nlh)
		return -EMSGSIZE;

	ndm = nlmsg_data(nlh);
	memset(ndm, 0, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_ifindex = port->sw->dev->ifindex;
	ndm->ndm_state = NUD_PERMANENT;
	ndm->ndm_flags = NTF_SELF;

	psw_mac_from_key(port->mac, mac);
	if (nla_put(skb, NDA_LLADDR, ETH_ALEN, mac) ||
	    nla_put_u32(skb, NDA_IFINDEX, port->dev->ifindex)) {
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
	struct psw_switch *sw = netdev_priv(dev);
	const struct psw_port *port;
	unsigned long index;
	int err;

	ASSERT_RTNL();
	xa_for_each(&sw->ports, index, port) {
		if (!port->mac)
			continue;
		if (*idx >= psw_fdb_dump_from(cb)) {
			err = psw_fdb_fill(skb, cb, port);
			if (err)
				return err;
		}
		(*idx)++;
	}
	return 0;
}
