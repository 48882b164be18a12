// SPDX-License-Identifier: GPL-2.0
#include "device.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "cfg.h"
#include "fdb.h"
#include "forward.h"
#include "port.h"
#include "psw.h"

#define PSW_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
		      NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE)

static int psw_dev_init(struct net_device *dev)
{
	struct psw_switch *sw = netdev_priv(dev);
	int err;

	sw->dev = dev;
	sw->rx_handler = psw_forward_from_port;
	sw->max_ports = PODSWITCH_PORTS_DEFAULT;
	sw->max_addresses = PODSWITCH_ADDRESSES_DEFAULT;
	xa_init(&sw->ports);

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
	struct psw_port *port;
	unsigned long index;

	ASSERT_RTNL();
	xa_for_each(&sw->ports, index, port)
		psw_port_del(port);
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

static int psw_dev_add_slave(struct net_device *dev, struct net_device *slave,
			     struct netlink_ext_ack *extack)
{
	struct psw_port_cfg cfg;

	psw_port_cfg_init(&cfg);
	return psw_port_add(netdev_priv(dev), slave, &cfg, extack);
}

static int psw_dev_del_slave(struct net_device *dev, struct net_device *slave)
{
	struct psw_port *port = psw_port_get_rtnl(slave);

	if (!port || port->sw->dev != dev)
		return -EINVAL;
	psw_port_del(port);
	return 0;
}

static int psw_dev_set_mac(struct net_device *dev, void *address)
{
	const struct sockaddr *sa = address;
	struct psw_switch *sw = netdev_priv(dev);

	ASSERT_RTNL();
	if (psw_table_find_mac(&sw->table, psw_mac_key(sa->sa_data)))
		return -EADDRINUSE;
	return eth_mac_addr(dev, address);
}

static const struct net_device_ops psw_netdev_ops = {
	.ndo_init = psw_dev_init,
	.ndo_uninit = psw_dev_uninit,
	.ndo_start_xmit = psw_dev_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_set_mac_address = psw_dev_set_mac,
	.ndo_add_slave = psw_dev_add_slave,
	.ndo_del_slave = psw_dev_del_slave,
	.ndo_fdb_dump = psw_fdb_dump,
	.ndo_features_check = passthru_features_check,
};

static void psw_dev_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &psw_netdev_ops;
	dev->needs_free_netdev = true;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE |
			   IFF_PHONY_HEADROOM;
	dev->features = PSW_FEATURES;
	dev->hw_features = PSW_FEATURES;
	dev->vlan_features = PSW_FEATURES;
	dev->hw_enc_features = PSW_FEATURES;
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

	if (!capable(CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "A podswitch needs CAP_NET_ADMIN in the initial user namespace");
		return -EPERM;
	}
	if (!params->tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);

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

/* A port goes with its device: when that is unregistered, as the host end of a
 * veth is with its pod's namespace, or moved to another namespace.
 */
static int psw_netdev_event(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct psw_port *port = psw_port_get_rtnl(dev);

	if (!port)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UNREGISTER:
		psw_port_del(port);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	}
	return NOTIFY_DONE;
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
