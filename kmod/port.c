// SPDX-License-Identifier: GPL-2.0
#include "port.h"

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>

#include "address.h"
#include "cfg.h"
#include "notify.h"
#include "psw.h"

static bool psw_dev_is_kind(const struct net_device *dev, const char *kind)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, kind);
}

/* The other end of a pair of devices, or NULL. */
static struct net_device *psw_dev_peer_rtnl(struct net_device *dev)
{
	struct net_device *peer = NULL;

	ASSERT_RTNL();
	rcu_read_lock();
	if (dev->netdev_ops->ndo_get_peer_dev)
		peer = dev->netdev_ops->ndo_get_peer_dev(dev);
	rcu_read_unlock();
	return peer;
}

/**
 * psw_port_get_rtnl() - the port that a device is
 * @dev: any device
 *
 * Context: RTNL.
 * Return: the port, or NULL if the device is not attached to a podswitch.
 */
struct psw_port *psw_port_get_rtnl(const struct net_device *dev)
{
	struct net_device *upper;

	ASSERT_RTNL();
	upper = netdev_master_upper_dev_get((struct net_device *)dev);
	if (!upper || !psw_dev_is_kind(upper, PSW_KIND))
		return NULL;
	return rtnl_dereference(dev->rx_handler_data);
}

static int psw_port_check_device(struct net_device *dev,
				 struct netlink_ext_ack *extack)
{
	struct net_device *peer = psw_dev_peer_rtnl(dev);
	struct net_device *upper;

	if (psw_dev_is_kind(dev, PSW_KIND)) {
		NL_SET_ERR_MSG_FMT(extack, "Device %s is itself a podswitch",
				   dev->name);
		return -EINVAL;
	}
	if (dev->type != ARPHRD_ETHER || dev->flags & IFF_LOOPBACK ||
	    !is_valid_ether_addr(dev->dev_addr)) {
		NL_SET_ERR_MSG_FMT(extack, "Device %s is no Ethernet device",
				   dev->name);
		return -EINVAL;
	}
	upper = netdev_master_upper_dev_get(dev);
	if (upper) {
		NL_SET_ERR_MSG_FMT(extack, "Device %s already belongs to %s",
				   dev->name, upper->name);
		return -EBUSY;
	}
	if (netdev_is_rx_handler_busy(dev)) {
		NL_SET_ERR_MSG_FMT(extack, "Device %s is used by macvlan or the like",
				   dev->name);
		return -EBUSY;
	}
	if (peer && psw_port_get_rtnl(peer)) {
		NL_SET_ERR_MSG_FMT(extack, "The other end of %s is a port already: %s",
				   dev->name, peer->name);
		return -EINVAL;
	}
	return 0;
}

static void psw_owner_free(char **owner)
{
	int i;

	for (i = 0; i <= PODSWITCH_A_OWNER_MAX; i++)
		kfree(owner[i]);
}

static int psw_owner_dup(char **owner, const struct psw_port_cfg *cfg)
{
	int i;

	memset(owner, 0, sizeof(*owner) * (PODSWITCH_A_OWNER_MAX + 1));
	for (i = 1; i <= PODSWITCH_A_OWNER_MAX; i++) {
		if (!cfg->owner_attrs[i])
			continue;
		owner[i] = nla_strdup(cfg->owner_attrs[i], GFP_KERNEL);
		if (!owner[i]) {
			psw_owner_free(owner);
			return -ENOMEM;
		}
	}
	return 0;
}

static u8 psw_port_default_guard(const struct psw_port_cfg *cfg, u64 mac)
{
	if (cfg->n_addresses)
		return PODSWITCH_GUARD_MAC_IP;
	return mac ? PODSWITCH_GUARD_MAC : PODSWITCH_GUARD_OFF;
}

static void psw_port_free(struct psw_port *port)
{
	psw_owner_free(port->owner);
	free_percpu(port->stats);
	kfree(port);
}

static struct psw_port *psw_port_create(struct psw_switch *sw,
					struct net_device *dev,
					const struct psw_port_cfg *cfg)
{
	struct net_device *peer = psw_dev_peer_rtnl(dev);
	struct psw_port *port;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return NULL;
	port->stats = psw_stats_create();
	if (!port->stats || psw_owner_dup(port->owner, cfg)) {
		free_percpu(port->stats);
		kfree(port);
		return NULL;
	}
	INIT_LIST_HEAD(&port->addresses);
	port->sw = sw;
	port->dev = dev;
	port->mac = cfg->mac;
	if (!port->mac && peer)
		port->mac = psw_mac_key(peer->dev_addr);
	port->guard = cfg->guard >= 0 ? cfg->guard :
					psw_port_default_guard(cfg, port->mac);
	port->isolated = cfg->isolated > 0;
	port->hairpin = cfg->hairpin > 0;
	port->direct = psw_dev_is_kind(dev, "veth");
	return port;
}

static int psw_port_check(struct psw_port *port,
			  const struct psw_port_cfg *cfg,
			  struct netlink_ext_ack *extack)
{
	struct psw_switch *sw = port->sw;
	int err;

	if (sw->n_ports >= sw->max_ports) {
		NL_SET_ERR_MSG_FMT(extack, "Switch %s has at most %u ports",
				   sw->dev->name, sw->max_ports);
		return -ENOSPC;
	}
	if (port->mac) {
		err = psw_switch_check_mac(sw, port->mac, cfg->mac_attr,
					   extack);
		if (err)
			return err;
	} else if (port->guard != PODSWITCH_GUARD_OFF) {
		NL_SET_ERR_MSG(extack, "A guarded port needs a MAC");
		return -EINVAL;
	}
	return psw_port_check_addresses(port, cfg, extack);
}

/* A device that filters what it receives must not, for a port takes frames to
 * many stations. A veth does not filter.
 */
static int psw_port_open_device(struct psw_port *port)
{
	dev_disable_lro(port->dev);
	return port->direct ? 0 : dev_set_promiscuity(port->dev, 1);
}

static void psw_port_close_device(struct psw_port *port)
{
	if (!port->direct)
		dev_set_promiscuity(port->dev, -1);
}

/* Makes frames to the port come. Ended by psw_port_unpublish(). */
static int psw_port_publish(struct psw_port *port,
			    const struct psw_port_cfg *cfg)
{
	struct psw_switch *sw = port->sw;
	int err;

	if (port->mac) {
		port->mac_entry = psw_port_publish_mac(port, port->mac);
		if (IS_ERR(port->mac_entry))
			return PTR_ERR(port->mac_entry);
	}
	err = psw_port_publish_addresses(port, cfg);
	if (err)
		goto err_del_mac;
	err = xa_insert(&sw->ports, port->dev->ifindex, port, GFP_KERNEL);
	if (err)
		goto err_del_addresses;
	return 0;

err_del_addresses:
	psw_port_del_last(port, cfg->n_addresses);
err_del_mac:
	if (port->mac_entry)
		psw_table_del_mac(&sw->table, port->mac_entry);
	return err;
}

/* No new reader finds the port as a receiver when this returns. */
static void psw_port_unpublish(struct psw_port *port)
{
	xa_erase(&port->sw->ports, port->dev->ifindex);
	psw_port_del_last(port, port->n_addresses);
	if (port->mac_entry)
		psw_table_del_mac(&port->sw->table, port->mac_entry);
}

static void psw_switch_note_last(struct psw_switch *sw,
				 const struct psw_port_cfg *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->n_addresses; i++) {
		const struct in6_addr *ip = &cfg->addresses[i].ip;

		if (ipv6_addr_v4mapped(ip))
			sw->last_ipv4 = ip->s6_addr32[3];
		else
			sw->last_ipv6 = *ip;
	}
}

/**
 * psw_port_add() - attaches a device, as a whole or not at all
 * @sw: the switch
 * @dev: the device, in the switch's network namespace
 * @cfg: what was asked for
 * @extack: for the reason of a refusal
 *
 * The device's receive handler is registered first and unregistered last,
 * since the latter waits for every reader of the port.
 *
 * Context: RTNL; sleeps.
 * Return: 0; -EINVAL for a device or combination that cannot be; -EBUSY if
 * the device, the MAC or an address is taken; -ENOSPC at a limit; -ENOMEM.
 */
int psw_port_add(struct psw_switch *sw, struct net_device *dev,
		 const struct psw_port_cfg *cfg,
		 struct netlink_ext_ack *extack)
{
	struct psw_port *port;
	int err;

	ASSERT_RTNL();
	err = psw_port_check_device(dev, extack);
	if (err)
		return err;

	port = psw_port_create(sw, dev, cfg);
	if (!port)
		return -ENOMEM;
	err = psw_port_check(port, cfg, extack);
	if (err)
		goto err_free_port;

	err = psw_port_open_device(port);
	if (err)
		goto err_free_port;
	err = netdev_rx_handler_register(dev, sw->rx_handler, port);
	if (err)
		goto err_close_device;
	err = psw_port_publish(port, cfg);
	if (err)
		goto err_unregister;
	err = netdev_master_upper_dev_link(dev, sw->dev, NULL, NULL, extack);
	if (err)
		goto err_unpublish;

	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	sw->n_ports++;
	psw_switch_note_last(sw, cfg);
	psw_changed_rtnl(dev_net(sw->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	return 0;

err_unpublish:
	psw_port_unpublish(port);
err_unregister:
	netdev_rx_handler_unregister(dev);
err_close_device:
	psw_port_close_device(port);
err_free_port:
	psw_port_free(port);
	return err;
}

/**
 * psw_port_del() - detaches a device and frees its port
 * @port: the port; gone on return
 *
 * Unpublished, the port can be found by no new frame; unregistering the
 * receive handler waits until the frames under way are done with it.
 *
 * Context: RTNL; sleeps.
 */
void psw_port_del(struct psw_port *port)
{
	struct psw_switch *sw = port->sw;
	struct net_device *dev = port->dev;

	ASSERT_RTNL();
	psw_notify_port(port, PODSWITCH_CMD_PORT_DEL_NTF);
	netdev_upper_dev_unlink(dev, sw->dev);
	psw_port_unpublish(port);
	netdev_rx_handler_unregister(dev);
	psw_port_close_device(port);

	sw->n_ports--;
	psw_changed_rtnl(dev_net(sw->dev));
	netdev_put(dev, &port->tracker);
	psw_port_free(port);
}

static int psw_port_check_change(struct psw_port *port,
				 const struct psw_port_cfg *cfg,
				 struct netlink_ext_ack *extack)
{
	u64 mac = cfg->mac ? : port->mac;

	if (cfg->guard > PODSWITCH_GUARD_OFF && !mac) {
		NL_SET_ERR_MSG(extack, "A guarded port needs a MAC");
		return -EINVAL;
	}
	if (!cfg->mac || cfg->mac == port->mac)
		return 0;
	return psw_switch_check_mac(port->sw, cfg->mac, cfg->mac_attr, extack);
}

static int psw_port_change_mac(struct psw_port *port, u64 mac)
{
	struct psw_entry *old = port->mac_entry;
	struct psw_entry *entry;

	entry = psw_port_publish_mac(port, mac);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	port->mac_entry = entry;
	WRITE_ONCE(port->mac, mac);
	if (old)
		psw_table_del_mac(&port->sw->table, old);
	return 0;
}

/**
 * psw_port_change() - changes a port, as a whole or not at all
 * @port: the port
 * @cfg: what was asked for; addresses are not looked at
 * @extack: for the reason of a refusal
 *
 * Context: RTNL; sleeps.
 * Return: 0; -EINVAL; -EBUSY if the MAC is taken; -ENOMEM.
 */
int psw_port_change(struct psw_port *port, const struct psw_port_cfg *cfg,
		    struct netlink_ext_ack *extack)
{
	char *owner[PODSWITCH_A_OWNER_MAX + 1];
	int err;

	ASSERT_RTNL();
	err = psw_port_check_change(port, cfg, extack);
	if (err)
		return err;
	err = psw_owner_dup(owner, cfg);
	if (err)
		return err;
	if (cfg->mac && cfg->mac != port->mac) {
		err = psw_port_change_mac(port, cfg->mac);
		if (err) {
			psw_owner_free(owner);
			return err;
		}
	}

	if (cfg->owner) {
		psw_owner_free(port->owner);
		memcpy(port->owner, owner, sizeof(port->owner));
	}
	if (cfg->guard >= 0)
		WRITE_ONCE(port->guard, cfg->guard);
	if (cfg->isolated >= 0)
		WRITE_ONCE(port->isolated, cfg->isolated);
	if (cfg->hairpin >= 0)
		WRITE_ONCE(port->hairpin, cfg->hairpin);
	psw_changed_rtnl(dev_net(port->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	return 0;
}
