// SPDX-License-Identifier: GPL-2.0
#include "lower.h"

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <net/rtnetlink.h>

#include "psw.h"

static bool psw_dev_is_kind(const struct net_device *dev, const char *kind)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, kind);
}

/**
 * psw_dev_peer_rtnl() - the other end of a pair of devices
 * @dev: any device
 *
 * Context: RTNL.
 * Return: the other end, or NULL.
 */
struct net_device *psw_dev_peer_rtnl(struct net_device *dev)
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

/**
 * psw_dev_is_veth() - whether a device is one end of a veth
 * @dev: any device
 */
bool psw_dev_is_veth(const struct net_device *dev)
{
	return psw_dev_is_kind(dev, "veth");
}

static int psw_lower_is_veth(struct net_device *lower,
			     struct netdev_nested_priv *priv)
{
	return psw_dev_is_veth(lower);
}

/**
 * psw_dev_is_over_veth() - whether a device is on top of one, as a VLAN device
 * may be
 * @dev: any device
 *
 * Context: RTNL.
 */
bool psw_dev_is_over_veth(struct net_device *dev)
{
	struct netdev_nested_priv priv = {};
	bool is_over;

	ASSERT_RTNL();
	rcu_read_lock();
	is_over = netdev_walk_all_lower_dev_rcu(dev, psw_lower_is_veth, &priv);
	rcu_read_unlock();
	return is_over;
}

/**
 * psw_port_check_device() - whether a device can be a port
 * @dev: any device
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0; -EINVAL for one that cannot be; -EBUSY for one that is taken.
 */
int psw_port_check_device(struct net_device *dev,
			  struct netlink_ext_ack *extack)
{
	struct net_device *peer = psw_dev_peer_rtnl(dev);
	struct net_device *upper;

	ASSERT_RTNL();
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

/**
 * psw_port_open_device() - makes a port's device receive what is for others
 * @port: the port
 *
 * A device that filters what it receives must not, for a port takes frames to
 * many stations. A veth does not filter.
 *
 * Context: RTNL; sleeps.
 * Return: 0, or what dev_set_promiscuity() says.
 */
int psw_port_open_device(struct psw_port *port)
{
	ASSERT_RTNL();
	dev_disable_lro(port->dev);
	return port->is_veth ? 0 : dev_set_promiscuity(port->dev, 1);
}

/**
 * psw_port_close_device() - undoes psw_port_open_device()
 * @port: the port
 *
 * Context: RTNL; sleeps.
 */
void psw_port_close_device(struct psw_port *port)
{
	ASSERT_RTNL();
	if (!port->is_veth)
		dev_set_promiscuity(port->dev, -1);
}

/**
 * psw_port_set_peer_rtnl() - keeps whether a pod's end takes frames directly
 * @port: the port
 * @is_up: whether the other end of its device is up and stays
 *
 * An end in this namespace does not: it could send the frame round in circles,
 * which the core's receive loop would follow for ever. Frames under way when
 * this returns may still be handed to the end; the core waits for them (a
 * grace period) before it closes or frees it.
 *
 * Context: RTNL.
 */
void psw_port_set_peer_rtnl(struct psw_port *port, bool is_up)
{
	struct net_device *peer = psw_dev_peer_rtnl(port->dev);

	if (!port->is_veth || !is_up || !peer ||
	    net_eq(dev_net(peer), dev_net(port->dev)))
		peer = NULL;
	rcu_assign_pointer(port->peer, peer);
}
