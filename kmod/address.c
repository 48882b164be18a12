// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "cfg.h"
#include "notify.h"
#include "psw.h"

/**
 * psw_switch_check_mac() - whether a MAC is free in a switch
 * @sw: the switch
 * @mac: as psw_mac_key() makes it
 * @attr: the attribute that asks for it, or NULL
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0 or -EBUSY.
 */
int psw_switch_check_mac(struct psw_switch *sw, u64 mac,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct psw_entry *entry;
	u8 bytes[ETH_ALEN];

	ASSERT_RTNL();
	psw_mac_from_key(mac, bytes);
	if (mac == psw_switch_mac(sw)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"MAC %pM is the switch's own", bytes);
		return -EBUSY;
	}
	entry = psw_table_find_mac(&sw->table, mac);
	if (entry) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "MAC %pM is held by %s",
					bytes, entry->port->dev->name);
		return -EBUSY;
	}
	return 0;
}

/**
 * psw_port_publish_mac() - makes frames to a MAC come to a port
 * @port: the port
 * @mac: found free by psw_switch_check_mac()
 *
 * Context: RTNL; sleeps.
 * Return: the entry, for psw_table_del_mac(), or an error pointer.
 */
struct psw_entry *psw_port_publish_mac(struct psw_port *port, u64 mac)
{
	struct psw_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	entry->port = port;
	entry->mac = mac;

	err = psw_table_add_mac(&port->sw->table, entry);
	if (err) {
		kfree(entry);
		return ERR_PTR(err);
	}
	return entry;
}

/* "Address ADDRESS WHAT DEVICE" is why a request is refused. */
static void psw_refuse_address(const struct psw_address_cfg *address,
			       const char *what, const struct net_device *dev,
			       struct netlink_ext_ack *extack)
{
	if (ipv6_addr_v4mapped(&address->ip))
		NL_SET_ERR_MSG_ATTR_FMT(extack, address->attr,
					"Address %pI4 %s %s",
					&address->ip.s6_addr32[3], what,
					dev->name);
	else
		NL_SET_ERR_MSG_ATTR_FMT(extack, address->attr,
					"Address %pI6c %s %s",
					&address->ip, what, dev->name);
}

static int psw_switch_check_address(struct psw_switch *sw,
				    const struct psw_address_cfg *address,
				    struct netlink_ext_ack *extack)
{
	struct psw_entry *entry = psw_table_find_ip(&sw->table, &address->ip);

	if (!entry)
		return 0;
	psw_refuse_address(address, "is held by", entry->port->dev, extack);
	return -EBUSY;
}

/**
 * psw_port_check_addresses() - whether a port can hold more addresses
 * @port: the port, with its MAC
 * @cfg: its addresses are meant
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0; -EBUSY if one is taken; -ENOSPC at a limit; -EINVAL.
 */
int psw_port_check_addresses(struct psw_port *port,
			     const struct psw_port_cfg *cfg,
			     struct netlink_ext_ack *extack)
{
	struct psw_switch *sw = port->sw;
	unsigned int i;
	int err;

	ASSERT_RTNL();
	if (!cfg->n_addresses)
		return 0;
	if (!port->mac) {
		NL_SET_ERR_MSG_ATTR(extack, cfg->addresses[0].attr,
				    "Addresses need a MAC on the port");
		return -EINVAL;
	}
	for (i = 0; i < cfg->n_addresses; i++) {
		err = psw_switch_check_address(sw, &cfg->addresses[i], extack);
		if (err)
			return err;
	}
	if (cfg->n_addresses > PODSWITCH_PORT_ADDRESSES_MAX - port->n_addresses) {
		NL_SET_ERR_MSG_FMT(extack, "A port holds at most %d addresses",
				   PODSWITCH_PORT_ADDRESSES_MAX);
		return -ENOSPC;
	}
	if (sw->n_addresses >= sw->max_addresses ||
	    cfg->n_addresses > sw->max_addresses - sw->n_addresses) {
		NL_SET_ERR_MSG_FMT(extack, "Switch %s holds at most %u addresses",
				   sw->dev->name, sw->max_addresses);
		return -ENOSPC;
	}
	return 0;
}

/* Keeps the two addresses that the guard compares first. The IPv6 entry is
 * freed a grace period after it has left the list.
 */
static void psw_port_refresh_first(struct psw_port *port)
{
	struct psw_entry *entry, *ip6 = NULL;
	__be32 ip4 = 0;

	list_for_each_entry(entry, &port->addresses, list) {
		if (!ipv6_addr_v4mapped(&entry->ip))
			ip6 = ip6 ? : entry;
		else if (!ip4)
			ip4 = entry->ip.s6_addr32[3];
	}
	WRITE_ONCE(port->ip4, ip4);
	rcu_assign_pointer(port->ip6, ip6);
}

static void psw_port_del_address(struct psw_port *port,
				 struct psw_entry *entry)
{
	list_del(&entry->list);
	psw_port_refresh_first(port);
	psw_table_del_ip(&port->sw->table, entry);
	WRITE_ONCE(port->n_addresses, port->n_addresses - 1);
	port->sw->n_addresses--;
}

static int psw_port_add_address(struct psw_port *port,
				const struct in6_addr *ip)
{
	struct psw_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->port = port;
	entry->ip = *ip;

	err = psw_table_add_ip(&port->sw->table, entry);
	if (err) {
		kfree(entry);
		return err;
	}
	list_add_tail(&entry->list, &port->addresses);
	WRITE_ONCE(port->n_addresses, port->n_addresses + 1);
	port->sw->n_addresses++;
	psw_port_refresh_first(port);
	return 0;
}

/**
 * psw_port_del_last() - takes back the addresses declared last
 * @port: the port
 * @n: how many
 *
 * Context: RTNL.
 */
void psw_port_del_last(struct psw_port *port, unsigned int n)
{
	while (n--)
		psw_port_del_address(port,
				     list_last_entry(&port->addresses,
						     struct psw_entry, list));
}

/**
 * psw_port_publish_addresses() - declares addresses, all or none
 * @port: the port
 * @cfg: its addresses are meant; psw_port_check_addresses() found them free
 *
 * Context: RTNL; sleeps.
 * Return: 0 or -ENOMEM.
 */
int psw_port_publish_addresses(struct psw_port *port,
			       const struct psw_port_cfg *cfg)
{
	unsigned int i;
	int err;

	for (i = 0; i < cfg->n_addresses; i++) {
		err = psw_port_add_address(port, &cfg->addresses[i].ip);
		if (err) {
			psw_port_del_last(port, i);
			return err;
		}
	}
	return 0;
}

/**
 * psw_port_add_addresses() - declares addresses, all or none
 * @port: the port
 * @cfg: its addresses are meant
 * @extack: for the reason of a refusal
 *
 * Context: RTNL; sleeps.
 * Return: 0; -EBUSY if one is taken; -ENOSPC at a limit; -EINVAL; -ENOMEM.
 */
int psw_port_add_addresses(struct psw_port *port,
			   const struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	err = psw_port_check_addresses(port, cfg, extack);
	if (err)
		return err;
	err = psw_port_publish_addresses(port, cfg);
	if (err)
		return err;
	psw_changed_rtnl(dev_net(port->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	return 0;
}

static struct psw_entry *psw_port_find_address(struct psw_port *port,
					       const struct in6_addr *ip)
{
	struct psw_entry *entry = psw_table_find_ip(&port->sw->table, ip);

	return entry && entry->port == port ? entry : NULL;
}

/**
 * psw_port_del_addresses() - takes addresses from a port, all or none
 * @port: the port
 * @cfg: its addresses are meant
 * @extack: for the reason of a refusal
 *
 * Context: RTNL; sleeps.
 * Return: 0, or -ENOENT if the port does not hold one.
 */
int psw_port_del_addresses(struct psw_port *port,
			   const struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack)
{
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; i < cfg->n_addresses; i++) {
		if (psw_port_find_address(port, &cfg->addresses[i].ip))
			continue;
		psw_refuse_address(&cfg->addresses[i], "is not held by",
				   port->dev, extack);
		return -ENOENT;
	}
	for (i = 0; i < cfg->n_addresses; i++)
		psw_port_del_address(port,
				     psw_port_find_address(port, &cfg->addresses[i].ip));
	psw_changed_rtnl(dev_net(port->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	return 0;
}
