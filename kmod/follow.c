// SPDX-License-Identifier: GPL-2.0
#include "follow.h"

#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "psw.h"

/* Ports are alike as a rule, so each search below ends at the first port that
 * shows that nothing changes: attaching and detaching cost the same whatever
 * the number of ports.
 */

/* Gone or going, the switch's device follows nobody. */
static bool psw_switch_follows(const struct psw_switch *sw)
{
	ASSERT_RTNL();
	return sw->dev->reg_state == NETREG_REGISTERED;
}

/* The smallest MTU of the ports; not more than @enough is enough. */
static unsigned int psw_switch_least_mtu(const struct psw_switch *sw,
					 unsigned int enough)
{
	const struct psw_port *port;
	unsigned int mtu = UINT_MAX;

	list_for_each_entry(port, &sw->listeners, node) {
		mtu = min(mtu, port->dev->mtu);
		if (mtu <= enough)
			break;
	}
	return list_empty(&sw->listeners) ? ETH_DATA_LEN : mtu;
}

/* The device's own operation takes any change for the administrator's. */
static void psw_switch_set_mtu(struct psw_switch *sw, unsigned int mtu)
{
	if (sw->mtu_is_set)
		return;
	dev_set_mtu(sw->dev, mtu);
	sw->mtu_is_set = false;
}

static void psw_switch_set_headroom(struct psw_switch *sw,
				    unsigned int headroom)
{
	const struct psw_port *port;

	sw->dev->needed_headroom = headroom;
	list_for_each_entry(port, &sw->listeners, node)
		netdev_set_rx_headroom(port->dev, headroom);
}

/* Room that a port's device needs in front of frames, as for encapsulation, is
 * left by the host and by all pods, so that no frame has to be copied. A veth
 * needs none of its own.
 */
static void psw_switch_follow_headroom_of(struct psw_switch *sw,
					  struct net_device *dev)
{
	if (netdev_get_fwd_headroom(dev) > sw->dev->needed_headroom)
		psw_switch_set_headroom(sw, netdev_get_fwd_headroom(dev));
	else
		netdev_set_rx_headroom(dev, sw->dev->needed_headroom);
}

static void psw_switch_leave_headroom_of(struct psw_switch *sw,
					 struct net_device *dev)
{
	unsigned int most = 0, needed = netdev_get_fwd_headroom(dev);
	const struct psw_port *port;

	if (!needed || needed < sw->dev->needed_headroom)
		return;
	list_for_each_entry(port, &sw->listeners, node) {
		most = max(most, netdev_get_fwd_headroom(port->dev));
		if (most >= needed)
			return;
	}
	psw_switch_set_headroom(sw, most);
}

/* A frame of more segments than a port's device takes is cut up by the core in
 * front of it; the host had better not make such a frame in the first place. A
 * veth takes as many as there can be.
 */
static void psw_switch_set_tso_max(struct psw_switch *sw, unsigned int size,
				   unsigned int segs)
{
	if (size != sw->dev->tso_max_size)
		netif_set_tso_max_size(sw->dev, size);
	if (segs != sw->dev->tso_max_segs)
		netif_set_tso_max_segs(sw->dev, segs);
}

static void psw_switch_leave_tso_max_of(struct psw_switch *sw,
					const struct net_device *dev)
{
	unsigned int size = GSO_MAX_SIZE, segs = GSO_MAX_SEGS;
	const struct psw_port *port;

	if (dev->tso_max_size >= size && dev->tso_max_segs >= segs)
		return;
	list_for_each_entry(port, &sw->listeners, node) {
		size = min(size, port->dev->tso_max_size);
		segs = min_t(unsigned int, segs, port->dev->tso_max_segs);
		if (size <= sw->dev->tso_max_size &&
		    segs <= sw->dev->tso_max_segs)
			return;
	}
	psw_switch_set_tso_max(sw, size, segs);
}

/**
 * psw_switch_fix_features() - what of its features a switch can offer
 * @sw: the switch
 * @features: those that are wanted
 *
 * A feature is offered while one port has it: what another port lacks, the
 * core makes up for in front of that port, so a poor port is no loss to the
 * others. When no port has it, the core does so in front of the switch, once
 * for all. Segments are always cut as late as can be.
 *
 * Context: RTNL.
 * Return: the features.
 */
netdev_features_t psw_switch_fix_features(const struct psw_switch *sw,
					  netdev_features_t features)
{
	netdev_features_t wanted = features;
	const struct psw_port *port;

	ASSERT_RTNL();
	if (list_empty(&sw->listeners))
		return features;
	features &= ~NETIF_F_ONE_FOR_ALL;
	list_for_each_entry(port, &sw->listeners, node) {
		features = netdev_increment_features(features,
						     port->dev->features,
						     wanted);
		if (!(wanted & ~features & NETIF_F_ONE_FOR_ALL))
			break;
	}
	return netdev_add_tso_features(features, wanted);
}

/**
 * psw_switch_follow_features() - offers what the ports' features allow
 * @sw: the switch
 *
 * The core looks at each port when told of a change, so it is told of one only
 * where there is one.
 *
 * Context: RTNL.
 */
void psw_switch_follow_features(struct psw_switch *sw)
{
	netdev_features_t features;

	if (!psw_switch_follows(sw))
		return;
	features = netdev_get_wanted_features(sw->dev);
	features = psw_switch_fix_features(sw, features);
	if ((features ^ sw->dev->features) & NETIF_F_ONE_FOR_ALL)
		netdev_update_features(sw->dev);
}

/**
 * psw_switch_follow_mtu() - takes over a port's new MTU
 * @sw: the switch, whose MTU is the smallest of its ports' unless the
 *      administrator has set it
 * @dev: the port's device
 *
 * Context: RTNL; sleeps.
 */
void psw_switch_follow_mtu(struct psw_switch *sw, struct net_device *dev)
{
	if (psw_switch_follows(sw))
		psw_switch_set_mtu(sw, psw_switch_least_mtu(sw, min(sw->dev->mtu,
								    dev->mtu)));
}

/**
 * psw_switch_follow_added() - takes over what a new port needs
 * @port: in the switch's list of all ports, and linked to the switch's device
 *
 * Context: RTNL; sleeps.
 */
void psw_switch_follow_added(const struct psw_port *port)
{
	struct psw_switch *sw = port->sw;
	struct net_device *dev = port->dev;

	if (!psw_switch_follows(sw))
		return;
	psw_switch_set_mtu(sw, list_is_singular(&sw->listeners) ? dev->mtu :
			       min(sw->dev->mtu, dev->mtu));
	psw_switch_follow_headroom_of(sw, dev);
	psw_switch_set_tso_max(sw, min(sw->dev->tso_max_size,
				       dev->tso_max_size),
			       min(sw->dev->tso_max_segs, dev->tso_max_segs));
	psw_switch_follow_features(sw);
}

/**
 * psw_switch_follow_deleted() - gives up what only a former port needed
 * @sw: the switch
 * @dev: the former port's device, no more in the switch's list
 *
 * Context: RTNL; sleeps.
 */
void psw_switch_follow_deleted(struct psw_switch *sw, struct net_device *dev)
{
	netdev_reset_rx_headroom(dev);
	if (!psw_switch_follows(sw))
		return;
	if (dev->mtu <= sw->dev->mtu)
		psw_switch_set_mtu(sw, psw_switch_least_mtu(sw, sw->dev->mtu));
	psw_switch_leave_headroom_of(sw, dev);
	psw_switch_leave_tso_max_of(sw, dev);
	psw_switch_follow_features(sw);
}
