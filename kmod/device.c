// SPDX-License-Identifier: GPL-2.0
#include "device.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "admin.h"
#include "bridge.h"
#include "brport.h"
#include "cfg.h"
#include "ethtool.h"
#include "fdb.h"
#include "follow.h"
#include "forward.h"
#include "lower.h"
#include "port.h"
#include "psw.h"
#include "violation.h"

#define PSW_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
		      NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE)
/* A VLAN device on the switch leaves its tag beside the frame, where the
 * packet path reads it.
 */
#define PSW_VLAN_FEATURES (NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_STAG_TX)

static int psw_dev_init(struct net_device *dev)
{
	struct psw_switch *sw = netdev_priv(dev);
	int err;

	sw->dev = dev;
	sw->rx_handler = psw_forward_from_port;
	sw->max_ports = PODSWITCH_PORTS_DEFAULT;
	sw->max_addresses = PODSWITCH_ADDRESSES_DEFAULT;
	INIT_LIST_HEAD(&sw->listeners);
	INIT_LIST_HEAD(&sw->askable);
	xa_init(&sw->ports);
	psw_violation_init(sw);

	err = psw_table_init(&sw->table);
	if (err)
		return err;
	err = -ENOMEM;
	sw->stats = psw_stats_create();
	if (!sw->stats)
		goto err_fini_table;
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		goto err_free_stats;
	return 0;

err_free_stats:
	free_percpu(sw->stats);
err_fini_table:
	psw_table_fini(&sw->table);
	return err;
}

/* Called when the device is closed and nothing sends through it any more. */
static void psw_dev_uninit(struct net_device *dev)
{
	struct psw_switch *sw = netdev_priv(dev);

	ASSERT_RTNL();
	psw_switch_del_ports(sw);
	psw_violation_fini(sw);
	/* Registration may have failed because another has the index. */
	xa_cmpxchg(&psw_net(dev_net(dev))->switches, dev->ifindex, sw, NULL, 0);
	xa_destroy(&sw->ports);
	psw_table_fini(&sw->table);
	free_percpu(dev->tstats);
	free_percpu(sw->stats);
}

static netdev_tx_t psw_dev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	rcu_read_lock();
	psw_forward_from_host(netdev_priv(dev), skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* The key is switched here and not with the receive mode, for that may not
 * sleep.
 */
static void psw_switch_set_promisc(struct psw_switch *sw, bool is_promisc)
{
	ASSERT_RTNL();
	if (is_promisc == sw->is_promisc)
		return;
	WRITE_ONCE(sw->is_promisc, is_promisc);
	if (is_promisc)
		static_branch_inc(&psw_promisc_key);
	else
		static_branch_dec(&psw_promisc_key);
}

/* The switch has carrier as long as it is up, with ports or without, so that
 * the host's IPv6 addresses are ready before the first pod. Told of carrier
 * that was always there, the core finds the state to be up and not unknown.
 */
static int psw_dev_open(struct net_device *dev)
{
	netif_carrier_event(dev);
	psw_switch_set_promisc(netdev_priv(dev), dev->flags & IFF_PROMISC);
	return 0;
}

static int psw_dev_stop(struct net_device *dev)
{
	psw_switch_set_promisc(netdev_priv(dev), false);
	return 0;
}

static void psw_dev_change_rx_flags(struct net_device *dev, int change)
{
	if (change & IFF_PROMISC && dev->flags & IFF_UP)
		psw_switch_set_promisc(netdev_priv(dev),
				       dev->flags & IFF_PROMISC);
}

/* The host gets every frame to a group and looks itself which it listens to.
 * That there is an operation lets groups be joined by address.
 */
static void psw_dev_set_rx_mode(struct net_device *dev)
{
}

/* Any MTU may be set. Above that of a port, frames that are too big for it are
 * dropped in front of it and counted.
 */
static int psw_dev_change_mtu(struct net_device *dev, int mtu)
{
	struct psw_switch *sw = netdev_priv(dev);

	WRITE_ONCE(dev->mtu, mtu);
	sw->mtu_is_set = true;
	return 0;
}

static netdev_features_t psw_dev_fix_features(struct net_device *dev,
					      netdev_features_t features)
{
	return psw_switch_fix_features(netdev_priv(dev), features);
}

static int psw_dev_add_slave(struct net_device *dev, struct net_device *slave,
			     struct netlink_ext_ack *extack)
{
	struct psw_port_cfg cfg;
	int err;

	err = psw_check_admin(extack);
	if (err)
		return err;
	psw_port_cfg_init(&cfg);
	return psw_port_add(netdev_priv(dev), slave, &cfg, extack);
}

static int psw_dev_del_slave(struct net_device *dev, struct net_device *slave)
{
	struct psw_port *port = psw_port_get_rtnl(slave);
	int err;

	err = psw_check_admin(NULL);
	if (err)
		return err;
	if (!port || port->sw->dev != dev)
		return -EINVAL;
	psw_port_del(port);
	return 0;
}

PSW_FDB_ADD_ADAPTER(psw_fdb_add)
PSW_FDB_DEL_ADAPTER(psw_fdb_del)

static const struct net_device_ops psw_netdev_ops = {
	.ndo_init = psw_dev_init,
	.ndo_uninit = psw_dev_uninit,
	.ndo_open = psw_dev_open,
	.ndo_stop = psw_dev_stop,
	.ndo_start_xmit = psw_dev_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_change_mtu = psw_dev_change_mtu,
	.ndo_change_rx_flags = psw_dev_change_rx_flags,
	.ndo_set_rx_mode = psw_dev_set_rx_mode,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_fix_features = psw_dev_fix_features,
	.ndo_features_check = passthru_features_check,
	.ndo_add_slave = psw_dev_add_slave,
	.ndo_del_slave = psw_dev_del_slave,
	.ndo_fdb_add = PSW_FDB(psw_fdb_add),
	.ndo_fdb_del = PSW_FDB(psw_fdb_del),
	.ndo_fdb_get = psw_fdb_get,
	.ndo_fdb_dump = psw_fdb_dump,
	.ndo_bridge_getlink = psw_brport_getlink,
	.ndo_bridge_setlink = psw_bridge_setlink,
	.ndo_bridge_dellink = psw_bridge_dellink,
};

/* What udev and those who listen to it call the kind. */
static const struct device_type psw_dev_type = {
	.name = PSW_KIND,
};

static void psw_dev_setup(struct net_device *dev)
{
	ether_setup(dev);
	SET_NETDEV_DEVTYPE(dev, &psw_dev_type);
	dev->netdev_ops = &psw_netdev_ops;
	psw_ethtool_setup(dev);
	dev->needs_free_netdev = true;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE |
			   IFF_PHONY_HEADROOM | IFF_UNICAST_FLT;
	dev->features = PSW_FEATURES | PSW_VLAN_FEATURES;
	dev->hw_features = PSW_FEATURES | PSW_VLAN_FEATURES;
	dev->vlan_features = PSW_FEATURES;
	dev->hw_enc_features = PSW_FEATURES;
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
	psw_dev_set_lltx(dev);
	psw_dev_set_netns_immutable(dev);
}

static int psw_dev_validate(struct nlattr *tb[], struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	if (!tb[IFLA_ADDRESS])
		return 0;
	if (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN ||
	    !is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS]))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "MAC is not that of a station");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

/* Any user namespace can ask for a link of this kind; only the initial one's
 * administrator gets it.
 */
static int psw_dev_newlink(struct net_device *dev,
			   struct rtnl_newlink_params *params,
			   struct netlink_ext_ack *extack)
{
	struct psw_switch *sw = netdev_priv(dev);
	int err;

	err = psw_check_admin(extack);
	if (err)
		return err;
	if (!params->tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	sw->mtu_is_set = params->tb[IFLA_MTU];

	err = register_netdevice(dev);
	if (err)
		return err;
	err = xa_insert(&psw_net(dev_net(dev))->switches, dev->ifindex, sw,
			GFP_KERNEL);
	if (err)
		unregister_netdevice(dev);
	return err;
}

PSW_NEWLINK_ADAPTER(psw_dev_newlink)

static struct rtnl_link_ops psw_link_ops __read_mostly = {
	.kind = PSW_KIND,
	.priv_size = sizeof(struct psw_switch),
	.setup = psw_dev_setup,
	.validate = psw_dev_validate,
	.newlink = PSW_NEWLINK(psw_dev_newlink),
};

/* Frames are handed to a pod's end while it is up. That the port's own device
 * is up is seen by who hands them: the ends of a pair that is deleted have
 * forgotten one another by the time that they close.
 */
static void psw_port_follow_peer(struct net_device *peer, unsigned long event)
{
	struct net_device *dev = psw_dev_peer_rtnl(peer);
	struct psw_port *port = dev ? psw_port_get_rtnl(dev) : NULL;

	if (port)
		psw_port_set_peer_rtnl(port, event == NETDEV_UP);
}

/* The port that holds a MAC in whatever VLAN, or NULL. */
static const struct psw_port *psw_switch_holder_rtnl(struct psw_switch *sw,
						     u64 mac)
{
	const struct psw_entry *entry;
	const struct psw_port *port;

	ASSERT_RTNL();
	list_for_each_entry(port, &sw->listeners, node) {
		list_for_each_entry(entry, &port->macs, list) {
			if (psw_mac_anywhere(entry->mac) == mac)
				return port;
		}
	}
	return NULL;
}

/* The switch's own MAC cannot be one of a port's. */
static int psw_switch_check_mac(struct psw_switch *sw,
				const struct netdev_notifier_pre_changeaddr_info *change)
{
	const u8 *mac = change->dev_addr;
	const struct psw_port *holder;

	holder = psw_switch_holder_rtnl(sw, psw_mac_key(mac));
	if (!holder)
		return NOTIFY_DONE;
	NL_SET_ERR_MSG_FMT(change->info.extack, "MAC %pM is held by %s", mac,
			   holder->dev->name);
	return notifier_from_errno(-EADDRINUSE);
}

/* A port goes with its device: when that is unregistered, as the host end of a
 * veth is with its pod's namespace, or moved to another namespace.
 */
static int psw_port_event(struct psw_port *port, unsigned long event)
{
	switch (event) {
	case NETDEV_UNREGISTER:
		psw_port_del(port);
		break;
	case NETDEV_CHANGEMTU:
		psw_switch_follow_mtu(port->sw, port->dev);
		break;
	case NETDEV_FEAT_CHANGE:
		psw_switch_follow_features(port->sw);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	}
	return NOTIFY_DONE;
}

static int psw_netdev_event(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct psw_port *port;

	switch (event) {
	case NETDEV_UP:
	case NETDEV_GOING_DOWN:
	case NETDEV_UNREGISTER:
		psw_port_follow_peer(dev, event);
		break;
	case NETDEV_PRE_CHANGEADDR:
		if (dev->netdev_ops == &psw_netdev_ops)
			return psw_switch_check_mac(netdev_priv(dev), ptr);
		break;
	}
	port = psw_port_get_rtnl(dev);
	return port ? psw_port_event(port, event) : NOTIFY_DONE;
}

static struct notifier_block psw_netdev_notifier = {
	.notifier_call = psw_netdev_event,
};

/**
 * psw_device_init() - makes links of kind podswitch known to the kernel
 *
 * Context: module load; sleeps.
 * Return: 0 or a negative errno value.
 */
int psw_device_init(void)
{
	int err;

	err = register_netdevice_notifier(&psw_netdev_notifier);
	if (err)
		return err;
	err = rtnl_link_register(&psw_link_ops);
	if (err)
		unregister_netdevice_notifier(&psw_netdev_notifier);
	return err;
}

/**
 * psw_device_fini() - deletes every podswitch and makes the kind unknown
 *
 * Context: module unload; sleeps.
 */
void psw_device_fini(void)
{
	rtnl_link_unregister(&psw_link_ops);
	unregister_netdevice_notifier(&psw_netdev_notifier);
}
