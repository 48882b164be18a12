// SPDX-License-Identifier: GPL-2.0
#include "port.h"

#include <linux/bitmap.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "address.h"
#include "brport.h"
#include "cfg.h"
#include "follow.h"
#include "lower.h"
#include "mac.h"
#include "notify.h"
#include "psw.h"

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

static u8 psw_port_default_guard(const struct psw_port *port,
				 const struct psw_port_cfg *cfg)
{
	unsigned int i;

	if (port->is_uplink)
		return PODSWITCH_GUARD_OFF;
	for (i = 0; i < cfg->n_addresses; i++)
		if (!cfg->addresses[i].mac)
			return PODSWITCH_GUARD_MAC_IP;
	return port->mac ? PODSWITCH_GUARD_MAC : PODSWITCH_GUARD_OFF;
}

static void psw_port_free(struct psw_port *port)
{
	psw_owner_free(port->owner);
	free_percpu(port->stats);
	kfree(rcu_access_pointer(port->trunk));
	kfree(port);
}

/* The set that was asked for becomes the port's; an empty one is none. */
static struct psw_vlans *psw_cfg_take_trunk(struct psw_port_cfg *cfg)
{
	struct psw_vlans *trunk = cfg->trunk;

	cfg->trunk = NULL;
	if (trunk && bitmap_empty(trunk->map, PSW_N_VLANS)) {
		kfree(trunk);
		trunk = NULL;
	}
	return trunk;
}

static void psw_port_init(struct psw_port *port, struct psw_switch *sw,
			  struct net_device *dev, struct psw_port_cfg *cfg)
{
	struct net_device *peer = psw_dev_peer_rtnl(dev);

	INIT_LIST_HEAD(&port->macs);
	INIT_LIST_HEAD(&port->addresses);
	INIT_LIST_HEAD(&port->shared);
	port->sw = sw;
	port->dev = dev;
	port->is_veth = psw_dev_is_veth(dev);
	port->is_over_veth = psw_dev_is_over_veth(dev);
	port->is_uplink = cfg->uplink;
	port->mac = cfg->mac;
	if (!port->mac && peer && !port->is_uplink)
		port->mac = psw_mac_key(peer->dev_addr);
	port->guard = cfg->guard >= 0 ? cfg->guard :
					psw_port_default_guard(port, cfg);
	port->isolated = cfg->isolated > 0;
	port->hairpin = cfg->hairpin > 0;
	port->pvid = max(cfg->pvid, 0);
	port->ip4 = PSW_NO_IP4;
	port->storm_limit = max_t(s64, cfg->storm_limit, 0);
	port->is_translated = cfg->translated > 0;
	port->router = cfg->router > 0;
	port->dhcp_server = cfg->dhcp_server > 0;
	rcu_assign_pointer(port->trunk, psw_cfg_take_trunk(cfg));
}

static struct psw_port *psw_port_create(struct psw_switch *sw,
					struct net_device *dev,
					struct psw_port_cfg *cfg)
{
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
	psw_port_init(port, sw, dev, cfg);
	return port;
}

/* What does not go together, whatever else the switch holds. */
static int psw_port_check_role(const struct psw_port *port,
			       const struct psw_port_cfg *cfg,
			       struct netlink_ext_ack *extack)
{
	const struct psw_port *uplink = rtnl_dereference(port->sw->uplink);

	if (!port->is_uplink) {
		if (port->mac || port->guard == PODSWITCH_GUARD_OFF)
			return 0;
		NL_SET_ERR_MSG(extack, "A guarded port needs a MAC");
		return -EINVAL;
	}
	if (port->mac || port->isolated ||
	    port->guard != PODSWITCH_GUARD_OFF) {
		NL_SET_ERR_MSG_ATTR(extack, cfg->role_attr,
				    "An uplink has no MAC, no guard and is not isolated");
		return -EINVAL;
	}
	if (uplink && uplink != port) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, cfg->role_attr,
					"Switch %s has its uplink already: %s",
					port->sw->dev->name, uplink->dev->name);
		return -EBUSY;
	}
	return 0;
}

/* A port's message has to fit into a dump's. */
static int psw_check_trunk(const struct psw_vlans *trunk,
			   const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	if (!trunk ||
	    psw_vlans_count_ranges(trunk) <= PODSWITCH_PORT_TRUNK_RANGES_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
				"A trunk has at most %d ranges of VLANs",
				PODSWITCH_PORT_TRUNK_RANGES_MAX);
	return -ENOSPC;
}

static int psw_port_check(struct psw_port *port,
			  const struct psw_port_cfg *cfg,
			  struct netlink_ext_ack *extack)
{
	struct psw_switch *sw = port->sw;
	struct psw_vlans vlans;
	int err;

	if (sw->n_ports >= sw->max_ports) {
		NL_SET_ERR_MSG_FMT(extack, "Switch %s has at most %u ports",
				   sw->dev->name, sw->max_ports);
		return -ENOSPC;
	}
	err = psw_port_check_role(port, cfg, extack);
	if (err)
		return err;
	err = psw_check_trunk(rtnl_dereference(port->trunk), cfg->vlan_attr,
			      extack);
	if (err)
		return err;
	if (port->mac) {
		psw_port_vlans(port, &vlans);
		err = psw_port_check_mac(port, port->mac, &vlans,
					 cfg->mac_attr, extack);
		if (err)
			return err;
	}
	return psw_port_check_addresses(port, cfg, extack);
}

/* Makes frames to the port come. Ended by psw_port_unpublish(). */
static int psw_port_publish(struct psw_port *port,
			    const struct psw_port_cfg *cfg)
{
	struct net_device *peer = psw_dev_peer_rtnl(port->dev);
	struct psw_switch *sw = port->sw;
	struct psw_vlans vlans;
	int err;

	psw_port_set_peer_rtnl(port, peer && peer->flags & IFF_UP);
	if (port->mac) {
		psw_port_vlans(port, &vlans);
		err = psw_port_publish_mac(port, port->mac, &vlans);
		if (err)
			return err;
	}
	err = psw_port_publish_addresses(port, cfg);
	if (err)
		goto err_unpublish;
	err = xa_insert(&sw->ports, port->dev->ifindex, port, GFP_KERNEL);
	if (err)
		goto err_unpublish;
	list_add_tail_rcu(&port->node, &sw->listeners);
	if (port->is_uplink)
		rcu_assign_pointer(sw->uplink, port);
	return 0;

err_unpublish:
	psw_port_unpublish_all(port);
	return err;
}

/* No new reader finds the port as a receiver when this returns. */
static void psw_port_unpublish(struct psw_port *port)
{
	struct psw_switch *sw = port->sw;

	if (port->is_uplink)
		RCU_INIT_POINTER(sw->uplink, NULL);
	list_del_rcu(&port->node);
	xa_erase(&sw->ports, port->dev->ifindex);
	psw_port_unpublish_all(port);
}

static void psw_switch_note_last(struct psw_switch *sw,
				 const struct psw_port_cfg *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->n_addresses; i++) {
		const struct psw_address_cfg *address = &cfg->addresses[i];

		if (address->mac || address->shared)
			continue;
		if (ipv6_addr_v4mapped(&address->ip))
			sw->last_ipv4 = address->ip.s6_addr32[3];
		else
			sw->last_ipv6 = address->ip;
	}
}

/**
 * psw_port_add() - attaches a device, as a whole or not at all
 * @sw: the switch
 * @dev: the device, in the switch's network namespace
 * @cfg: what was asked for; the port takes its trunk
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
		 struct psw_port_cfg *cfg, struct netlink_ext_ack *extack)
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
	psw_switch_follow_added(port);
	psw_changed_rtnl(dev_net(sw->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	psw_brport_notify(port);
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

/* No new frame finds the port; those under way may still. */
static void psw_port_del_begin(struct psw_port *port)
{
	psw_notify_port(port, PODSWITCH_CMD_PORT_DEL_NTF);
	netdev_upper_dev_unlink(port->dev, port->sw->dev);
	psw_port_unpublish(port);
}

/* Nobody finds it any more, nor does its device's receive handler. */
static void psw_port_del_end(struct psw_port *port)
{
	struct psw_switch *sw = port->sw;
	struct net_device *dev = port->dev;

	psw_port_close_device(port);
	sw->n_ports--;
	psw_changed_rtnl(dev_net(sw->dev));
	psw_switch_follow_deleted(sw, dev);
	netdev_put(dev, &port->tracker);
	psw_port_free(port);
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
	ASSERT_RTNL();
	psw_port_del_begin(port);
	netdev_rx_handler_unregister(port->dev);
	psw_port_del_end(port);
}

/**
 * psw_switch_del_ports() - detaches all devices and frees their ports
 * @sw: the switch
 *
 * This is psw_port_del() and netdev_rx_handler_unregister() of all, but the
 * frames under way are waited for once: a thousand waits, one for each port,
 * would keep everybody from RTNL for seconds where grace periods are long.
 *
 * Context: RTNL; sleeps.
 */
void psw_switch_del_ports(struct psw_switch *sw)
{
	struct psw_port *port, *gone = NULL;
	unsigned long index;

	ASSERT_RTNL();
	xa_for_each(&sw->ports, index, port) {
		psw_port_del_begin(port);
		RCU_INIT_POINTER(port->dev->rx_handler, NULL);
		port->gone_next = gone;
		gone = port;
	}
	if (gone)
		synchronize_net();
	while ((port = gone)) {
		gone = port->gone_next;
		RCU_INIT_POINTER(port->dev->rx_handler_data, NULL);
		psw_port_del_end(port);
	}
}

/* The VLANs that a port carries when it is changed. */
static void psw_port_vlans_after(const struct psw_port *port,
				 const struct psw_port_cfg *cfg,
				 struct psw_vlans *vlans)
{
	const struct psw_vlans *trunk = cfg->trunk;

	if (!trunk)
		trunk = rtnl_dereference(port->trunk);
	bitmap_zero(vlans->map, PSW_N_VLANS);
	if (trunk)
		bitmap_copy(vlans->map, trunk->map, PSW_N_VLANS);
	__set_bit(cfg->pvid >= 0 ? cfg->pvid : port->pvid, vlans->map);
}

static int psw_port_check_change(struct psw_port *port,
				 const struct psw_port_cfg *cfg,
				 struct netlink_ext_ack *extack)
{
	u64 mac = cfg->mac ? : port->mac;
	struct psw_vlans vlans;
	int err;

	if (port->is_uplink &&
	    (cfg->mac || cfg->isolated > 0 ||
	     cfg->guard > PODSWITCH_GUARD_OFF)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, cfg->mac_attr,
					"Port %s is an uplink, which has no MAC, no guard and is not isolated",
					port->dev->name);
		return -EINVAL;
	}
	if (cfg->guard > PODSWITCH_GUARD_OFF && !mac) {
		NL_SET_ERR_MSG(extack, "A guarded port needs a MAC");
		return -EINVAL;
	}
	err = psw_check_trunk(cfg->trunk, cfg->vlan_attr, extack);
	if (err)
		return err;
	psw_port_vlans_after(port, cfg, &vlans);
	err = psw_port_check_vlans(port, &vlans, cfg->vlan_attr, extack);
	if (err || !cfg->mac)
		return err;
	return psw_port_check_mac(port, cfg->mac, &vlans, cfg->mac_attr,
				  extack);
}

/* The MAC and the VLANs, which the table's entries are made of. */
static int psw_port_change_keys(struct psw_port *port,
				struct psw_port_cfg *cfg)
{
	struct psw_vlans *old = rtnl_dereference(port->trunk);
	struct psw_vlans vlans;
	int err;

	psw_port_vlans_after(port, cfg, &vlans);
	err = psw_port_move_macs(port, cfg->mac ? : port->mac, &vlans);
	if (err)
		return err;
	if (cfg->pvid >= 0)
		WRITE_ONCE(port->pvid, cfg->pvid);
	if (cfg->trunk) {
		rcu_assign_pointer(port->trunk, psw_cfg_take_trunk(cfg));
		if (old)
			kfree_rcu(old, rcu);
	}
	psw_port_refresh(port);
	return 0;
}

static void psw_port_change_settings(struct psw_port *port,
				     const struct psw_port_cfg *cfg)
{
	if (cfg->guard >= 0)
		WRITE_ONCE(port->guard, cfg->guard);
	if (cfg->isolated >= 0)
		WRITE_ONCE(port->isolated, cfg->isolated);
	if (cfg->hairpin >= 0)
		WRITE_ONCE(port->hairpin, cfg->hairpin);
	if (cfg->storm_limit >= 0)
		WRITE_ONCE(port->storm_limit, cfg->storm_limit);
	if (cfg->translated >= 0)
		WRITE_ONCE(port->is_translated, cfg->translated);
	if (cfg->router >= 0)
		WRITE_ONCE(port->router, cfg->router);
	if (cfg->dhcp_server >= 0)
		WRITE_ONCE(port->dhcp_server, cfg->dhcp_server);
}

/**
 * psw_port_change() - changes a port, as a whole or not at all
 * @port: the port
 * @cfg: what was asked for; addresses are not looked at; the port takes its
 *       trunk
 * @extack: for the reason of a refusal
 *
 * Context: RTNL; sleeps.
 * Return: 0; -EINVAL; -EBUSY if the MAC is taken or a VLAN cannot be left;
 * -ENOMEM.
 */
int psw_port_change(struct psw_port *port, struct psw_port_cfg *cfg,
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
	err = psw_port_change_keys(port, cfg);
	if (err) {
		psw_owner_free(owner);
		return err;
	}

	if (cfg->owner) {
		psw_owner_free(port->owner);
		memcpy(port->owner, owner, sizeof(port->owner));
	}
	psw_port_change_settings(port, cfg);
	psw_changed_rtnl(dev_net(port->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	psw_brport_notify(port);
	return 0;
}
