// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "cfg.h"
#include "mac.h"
#include "notify.h"
#include "psw.h"

/* "Address ADDRESS WHAT DEVICE" is why a request is refused. */
static void psw_refuse_address(const struct psw_address_cfg *address,
			       const char *what, const struct net_device *dev,
			       struct netlink_ext_ack *extack)
{
	u8 mac[ETH_ALEN];

	if (address->mac) {
		psw_mac_from_key(address->mac, mac);
		NL_SET_ERR_MSG_ATTR_FMT(extack, address->attr, "MAC %pM %s %s",
					mac, what, dev->name);
	} else if (ipv6_addr_v4mapped(&address->ip)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, address->attr,
					"Address %pI4 %s %s",
					&address->ip.s6_addr32[3], what,
					dev->name);
	} else {
		NL_SET_ERR_MSG_ATTR_FMT(extack, address->attr,
					"Address %pI6c %s %s", &address->ip,
					what, dev->name);
	}
}

/* The VLAN that an IP address is meant to be in. */
static u16 psw_address_vlan(const struct psw_port *port,
			    const struct psw_address_cfg *address)
{
	return address->vlan < 0 ? port->pvid : address->vlan;
}

static struct psw_entry *psw_port_find_held(const struct psw_port *port,
					    const struct psw_address_cfg *address)
{
	struct psw_entry *entry;

	entry = psw_table_find_ip_rtnl(&port->sw->table, &address->ip,
				       psw_address_vlan(port, address));
	return entry && entry->port == port ? entry : NULL;
}

static struct psw_entry *psw_port_find_shared(const struct psw_port *port,
					      const struct psw_address_cfg *address)
{
	struct psw_entry *entry;

	list_for_each_entry(entry, &port->shared, list) {
		if (ipv6_addr_equal(&entry->ip.addr, &address->ip) &&
		    entry->ip.vlan == psw_address_vlan(port, address))
			return entry;
	}
	return NULL;
}

static int psw_port_check_extra_mac(struct psw_port *port,
				    const struct psw_address_cfg *address,
				    struct netlink_ext_ack *extack)
{
	struct psw_vlans vlans;

	if (address->mac == port->mac ||
	    psw_port_has_extra_mac(port, address->mac)) {
		psw_refuse_address(address, "is held by", port->dev, extack);
		return -EBUSY;
	}
	psw_port_vlans(port, &vlans);
	return psw_port_check_mac(port, address->mac, &vlans, address->attr,
				  extack);
}

/* No VLAN and the port's own are the same one. */
static int psw_port_check_twice(const struct psw_port *port,
				const struct psw_port_cfg *cfg,
				unsigned int n, struct netlink_ext_ack *extack)
{
	const struct psw_address_cfg *last = &cfg->addresses[n];

	while (n--) {
		const struct psw_address_cfg *address = &cfg->addresses[n];

		if (address->mac != last->mac ||
		    !ipv6_addr_equal(&address->ip, &last->ip) ||
		    psw_address_vlan(port, address) !=
		    psw_address_vlan(port, last))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, last->attr,
				    "The request has this address twice");
		return -EINVAL;
	}
	return 0;
}

/* Nobody but its holder may use an address, so none is held that ports share. */
static int psw_switch_check_unshared(const struct psw_switch *sw,
				     const struct psw_address_cfg *address,
				     u16 vlan, struct netlink_ext_ack *extack)
{
	const struct psw_port *port;
	int err = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(port, &sw->askable, ask_node) {
		if (!psw_port_shares(port, &address->ip, vlan))
			continue;
		psw_refuse_address(address, "is shared by", port->dev, extack);
		err = -EBUSY;
		break;
	}
	rcu_read_unlock();
	return err;
}

static int psw_port_check_address(struct psw_port *port,
				  const struct psw_address_cfg *address,
				  struct netlink_ext_ack *extack)
{
	u16 vlan = psw_address_vlan(port, address);
	struct psw_entry *entry;

	if (address->mac)
		return psw_port_check_extra_mac(port, address, extack);
	if (!psw_port_carries(port, vlan)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, address->attr,
					"Port %s does not carry VLAN %u",
					port->dev->name, vlan);
		return -EINVAL;
	}
	entry = psw_table_find_ip_rtnl(&port->sw->table, &address->ip, vlan);
	if (entry) {
		psw_refuse_address(address, "is held by", entry->port->dev,
				   extack);
		return -EBUSY;
	}
	if (psw_port_find_shared(port, address)) {
		psw_refuse_address(address, "is shared by", port->dev, extack);
		return -EBUSY;
	}
	return address->shared ? 0 :
	       psw_switch_check_unshared(port->sw, address, vlan, extack);
}

static unsigned int psw_cfg_n_held(const struct psw_port_cfg *cfg)
{
	unsigned int i, n = 0;

	for (i = 0; i < cfg->n_addresses; i++)
		n += !cfg->addresses[i].mac && !cfg->addresses[i].shared;
	return n;
}

/* That the limits of the port and of the switch are kept. */
static int psw_port_check_limits(const struct psw_port *port,
				 const struct psw_port_cfg *cfg,
				 struct netlink_ext_ack *extack)
{
	const struct psw_switch *sw = port->sw;
	unsigned int n_held = psw_cfg_n_held(cfg);

	if (cfg->n_addresses > PODSWITCH_PORT_ADDRESSES_MAX -
			       port->n_addresses - port->n_extra) {
		NL_SET_ERR_MSG_FMT(extack, "A port holds at most %d addresses",
				   PODSWITCH_PORT_ADDRESSES_MAX);
		return -ENOSPC;
	}
	if (n_held && (sw->n_addresses >= sw->max_addresses ||
		       n_held > sw->max_addresses - sw->n_addresses)) {
		NL_SET_ERR_MSG_FMT(extack, "Switch %s holds at most %u addresses",
				   sw->dev->name, sw->max_addresses);
		return -ENOSPC;
	}
	return 0;
}

/**
 * psw_port_check_addresses() - whether a port can have more addresses
 * @port: the port, with its MAC and its VLANs
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
	unsigned int i;
	int err;

	ASSERT_RTNL();
	if (!cfg->n_addresses)
		return 0;
	if (port->is_uplink) {
		NL_SET_ERR_MSG_ATTR(extack, cfg->addresses[0].attr,
				    "An uplink declares no addresses");
		return -EINVAL;
	}
	if (!port->mac) {
		NL_SET_ERR_MSG_ATTR(extack, cfg->addresses[0].attr,
				    "Addresses need a MAC on the port");
		return -EINVAL;
	}
	for (i = 0; i < cfg->n_addresses; i++) {
		err = psw_port_check_twice(port, cfg, i, extack);
		if (!err)
			err = psw_port_check_address(port, &cfg->addresses[i],
						     extack);
		if (err)
			return err;
	}
	return psw_port_check_limits(port, cfg, extack);
}

/* Keeps the two addresses that the guard compares first, which are those of
 * untagged frames. The IPv6 entry is freed a grace period after it has left the
 * list.
 */
static void psw_port_refresh_first(struct psw_port *port)
{
	struct psw_entry *entry, *ip6 = NULL;
	u64 ip4 = PSW_NO_IP4;

	list_for_each_entry(entry, &port->addresses, list) {
		if (entry->ip.vlan != port->pvid)
			continue;
		if (!ipv6_addr_v4mapped(&entry->ip.addr))
			ip6 = ip6 ? : entry;
		else if (ip4 == PSW_NO_IP4)
			ip4 = psw_ip4_key(entry->ip.addr.s6_addr32[3]);
	}
	WRITE_ONCE(port->ip4, ip4);
	rcu_assign_pointer(port->ip6, ip6);
}

/* The ports that do not say which addresses they hold have to be asked. */
static void psw_port_refresh_askable(struct psw_port *port)
{
	bool is_askable = port->is_uplink || !port->n_addresses ||
			  !list_empty(&port->shared);

	if (is_askable == port->is_askable)
		return;
	port->is_askable = is_askable;
	if (is_askable)
		list_add_tail_rcu(&port->ask_node, &port->sw->askable);
	else
		list_del_rcu(&port->ask_node);
}

/**
 * psw_port_refresh() - keeps what the packet path knows of a port's addresses
 * @port: the port, whose addresses or VLANs have changed
 *
 * Context: RTNL.
 */
void psw_port_refresh(struct psw_port *port)
{
	ASSERT_RTNL();
	psw_port_refresh_first(port);
	psw_port_refresh_askable(port);
}

static int psw_port_add_ip(struct psw_port *port,
			   const struct psw_address_cfg *address)
{
	struct psw_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->port = port;
	entry->ip.addr = address->ip;
	entry->ip.vlan = psw_address_vlan(port, address);
	if (address->shared) {
		list_add_tail_rcu(&entry->list, &port->shared);
		port->n_extra++;
		return 0;
	}

	err = psw_table_add_ip(&port->sw->table, entry);
	if (err) {
		kfree(entry);
		return err;
	}
	list_add_tail(&entry->list, &port->addresses);
	WRITE_ONCE(port->n_addresses, port->n_addresses + 1);
	port->sw->n_addresses++;
	return 0;
}

static int psw_port_add_address(struct psw_port *port,
				const struct psw_address_cfg *address)
{
	struct psw_vlans vlans;
	int err;

	if (!address->mac)
		return psw_port_add_ip(port, address);
	psw_port_vlans(port, &vlans);
	err = psw_port_publish_mac(port, address->mac, &vlans);
	if (!err)
		port->n_extra++;
	return err;
}

static void psw_port_del_held(struct psw_port *port, struct psw_entry *entry)
{
	/* The guard's first look must have left the entry before it goes. */
	list_del(&entry->list);
	WRITE_ONCE(port->n_addresses, port->n_addresses - 1);
	port->sw->n_addresses--;
	psw_port_refresh_first(port);
	psw_table_del_ip(&port->sw->table, entry);
}

static void psw_port_del_shared(struct psw_port *port, struct psw_entry *entry)
{
	list_del_rcu(&entry->list);
	port->n_extra--;
	kfree_rcu(entry, rcu);
}

static void psw_port_del_address(struct psw_port *port,
				 const struct psw_address_cfg *address)
{
	struct psw_entry *entry;

	if (address->mac) {
		psw_port_unpublish_mac(port, address->mac);
		port->n_extra--;
		return;
	}
	entry = psw_port_find_held(port, address);
	if (entry)
		psw_port_del_held(port, entry);
	else
		psw_port_del_shared(port, psw_port_find_shared(port, address));
}

/**
 * psw_port_unpublish_all() - takes all of a port's addresses away
 * @port: the port
 *
 * Context: RTNL.
 */
void psw_port_unpublish_all(struct psw_port *port)
{
	struct psw_entry *entry, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(entry, next, &port->addresses, list)
		psw_port_del_held(port, entry);
	list_for_each_entry_safe(entry, next, &port->shared, list)
		psw_port_del_shared(port, entry);
	psw_port_unpublish_macs(port);
	if (port->is_askable)
		list_del_rcu(&port->ask_node);
	port->is_askable = false;
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
	int err = 0;

	ASSERT_RTNL();
	for (i = 0; i < cfg->n_addresses; i++) {
		err = psw_port_add_address(port, &cfg->addresses[i]);
		if (err)
			break;
	}
	while (err && i--)
		psw_port_del_address(port, &cfg->addresses[i]);
	psw_port_refresh(port);
	return err;
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
			   struct psw_port_cfg *cfg,
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

static bool psw_port_has(const struct psw_port *port,
			 const struct psw_address_cfg *address)
{
	if (address->mac)
		return psw_port_has_extra_mac(port, address->mac);
	return psw_port_find_held(port, address) ||
	       psw_port_find_shared(port, address);
}

/**
 * psw_port_del_addresses() - takes addresses from a port, all or none
 * @port: the port
 * @cfg: its addresses are meant
 * @extack: for the reason of a refusal
 *
 * Context: RTNL; sleeps.
 * Return: 0; -ENOENT if the port does not have one; -EBUSY for the port's own
 * MAC, which is changed by psw_port_change().
 */
int psw_port_del_addresses(struct psw_port *port,
			   struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	ASSERT_RTNL();
	for (i = 0; i < cfg->n_addresses; i++) {
		const struct psw_address_cfg *address = &cfg->addresses[i];

		err = psw_port_check_twice(port, cfg, i, extack);
		if (err)
			return err;
		if (psw_port_has(port, address))
			continue;
		if (address->mac && address->mac == port->mac) {
			psw_refuse_address(address, "is the own MAC of port",
					   port->dev, extack);
			return -EBUSY;
		}
		psw_refuse_address(address, "is not held by", port->dev,
				   extack);
		return -ENOENT;
	}
	for (i = 0; i < cfg->n_addresses; i++)
		psw_port_del_address(port, &cfg->addresses[i]);
	psw_port_refresh(port);
	psw_changed_rtnl(dev_net(port->dev));
	psw_notify_port(port, PODSWITCH_CMD_PORT_NTF);
	return 0;
}

static int psw_port_check_stay(const struct psw_port *port,
			       const struct list_head *entries,
			       const struct psw_vlans *vlans,
			       const struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	const struct psw_entry *entry;

	list_for_each_entry(entry, entries, list) {
		if (test_bit(entry->ip.vlan, vlans->map))
			continue;
		if (ipv6_addr_v4mapped(&entry->ip.addr))
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"Port %s has address %pI4 in VLAN %u",
						port->dev->name,
						&entry->ip.addr.s6_addr32[3],
						entry->ip.vlan);
		else
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"Port %s has address %pI6c in VLAN %u",
						port->dev->name,
						&entry->ip.addr,
						entry->ip.vlan);
		return -EBUSY;
	}
	return 0;
}

/**
 * psw_port_check_vlans() - whether a port can carry other VLANs
 * @port: the port, with its MACs and addresses
 * @vlans: all the VLANs that it is to carry
 * @attr: the attribute that asks for them, or NULL
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0; -EBUSY if another port holds a MAC there, or an address would be
 * left behind.
 */
int psw_port_check_vlans(struct psw_port *port, const struct psw_vlans *vlans,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	err = psw_port_check_stay(port, &port->addresses, vlans, attr, extack);
	if (err)
		return err;
	err = psw_port_check_stay(port, &port->shared, vlans, attr, extack);
	if (err)
		return err;
	return psw_port_check_macs(port, vlans, attr, extack);
}
