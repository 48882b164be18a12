// SPDX-License-Identifier: GPL-2.0
#include "mac.h"

#include <linux/bitmap.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "psw.h"

/**
 * psw_port_check_mac() - whether a port can hold a MAC
 * @port: the port; what it holds itself is free to it
 * @mac: as psw_mac_key() makes it
 * @vlans: the VLANs to hold it in
 * @attr: the attribute that asks for it, or NULL
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0 or -EBUSY.
 */
int psw_port_check_mac(const struct psw_port *port, u64 mac,
		       const struct psw_vlans *vlans,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	struct psw_switch *sw = port->sw;
	struct psw_entry *entry;
	u8 bytes[ETH_ALEN];
	unsigned int vlan;

	ASSERT_RTNL();
	psw_mac_from_key(mac, bytes);
	if (mac == psw_switch_mac(sw)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"MAC %pM is the switch's own", bytes);
		return -EBUSY;
	}
	for_each_set_bit(vlan, vlans->map, PSW_N_VLANS) {
		entry = psw_table_find_mac_rtnl(&sw->table, mac, vlan);
		if (!entry || entry->port == port)
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "MAC %pM is held by %s",
					bytes, entry->port->dev->name);
		return -EBUSY;
	}
	return 0;
}

static int psw_port_add_mac_in(struct psw_port *port, u64 mac, u16 vlan)
{
	struct psw_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->port = port;
	entry->mac = psw_mac_in_vlan(mac, vlan);

	err = psw_table_add_mac(&port->sw->table, entry);
	if (err) {
		kfree(entry);
		return err;
	}
	list_add_tail(&entry->list, &port->macs);
	return 0;
}

static void psw_port_del_mac_entry(struct psw_port *port,
				   struct psw_entry *entry)
{
	list_del(&entry->list);
	psw_table_del_mac(&port->sw->table, entry);
}

static void psw_port_del_last_macs(struct psw_port *port, unsigned int n)
{
	while (n--)
		psw_port_del_mac_entry(port,
				       list_last_entry(&port->macs,
						       struct psw_entry, list));
}

/**
 * psw_port_publish_mac() - makes frames to a MAC come to a port
 * @port: the port
 * @mac: found free by psw_port_check_mac()
 * @vlans: the VLANs to hold it in; where the port holds it already, it stays
 *
 * Context: RTNL; sleeps.
 * Return: 0, or -ENOMEM and nothing is changed.
 */
int psw_port_publish_mac(struct psw_port *port, u64 mac,
			 const struct psw_vlans *vlans)
{
	unsigned int vlan, n = 0;
	int err;

	ASSERT_RTNL();
	for_each_set_bit(vlan, vlans->map, PSW_N_VLANS) {
		if (psw_table_find_mac_rtnl(&port->sw->table, mac, vlan))
			continue;
		err = psw_port_add_mac_in(port, mac, vlan);
		if (err) {
			psw_port_del_last_macs(port, n);
			return err;
		}
		n++;
	}
	return 0;
}

/**
 * psw_port_unpublish_mac() - makes frames to a MAC come no more
 * @port: the port
 * @mac: as psw_mac_key() makes it
 *
 * Context: RTNL.
 */
void psw_port_unpublish_mac(struct psw_port *port, u64 mac)
{
	struct psw_entry *entry, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(entry, next, &port->macs, list) {
		if (psw_mac_anywhere(entry->mac) == mac)
			psw_port_del_mac_entry(port, entry);
	}
}

/**
 * psw_port_has_extra_mac() - whether a port holds a MAC beside its own
 * @port: the port
 * @mac: as psw_mac_key() makes it
 *
 * Context: RTNL.
 */
bool psw_port_has_extra_mac(const struct psw_port *port, u64 mac)
{
	const struct psw_entry *entry;

	ASSERT_RTNL();
	entry = psw_table_find_mac_rtnl(&port->sw->table, mac, port->pvid);
	return entry && entry->port == port && mac != port->mac;
}

/**
 * psw_port_check_macs() - whether a port can hold its MACs in other VLANs
 * @port: the port
 * @vlans: all the VLANs to hold them in
 * @attr: the attribute that asks for them, or NULL
 * @extack: for the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0 or -EBUSY.
 */
int psw_port_check_macs(const struct psw_port *port,
			const struct psw_vlans *vlans,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const struct psw_entry *entry;
	int err;

	list_for_each_entry(entry, &port->macs, list) {
		if (psw_mac_vlan(entry->mac) != port->pvid)
			continue;
		err = psw_port_check_mac(port, psw_mac_anywhere(entry->mac), vlans,
					 attr, extack);
		if (err)
			return err;
	}
	return 0;
}

static unsigned int psw_port_count_macs(const struct psw_port *port)
{
	const struct psw_entry *entry;
	unsigned int n = 0;

	list_for_each_entry(entry, &port->macs, list)
		n++;
	return n;
}

/* Adds what a port is to hold and does not yet; on failure some is added. */
static int psw_port_add_macs(struct psw_port *port, u64 mac,
			     const struct psw_vlans *vlans, unsigned int n_old)
{
	const struct psw_entry *entry;
	int err = 0;

	if (mac)
		err = psw_port_publish_mac(port, mac, vlans);
	/* What is added on the way stands behind the old ones. */
	list_for_each_entry(entry, &port->macs, list) {
		if (err || !n_old--)
			break;
		/* Each MAC is there in the VLAN of untagged frames. */
		if (psw_mac_vlan(entry->mac) == port->pvid &&
		    psw_mac_anywhere(entry->mac) != port->mac)
			err = psw_port_publish_mac(port, psw_mac_anywhere(entry->mac),
						   vlans);
	}
	return err;
}

/**
 * psw_port_move_macs() - gives a port another MAC of its own, or other VLANs
 * @port: the port
 * @mac: its own MAC from now on, 0 for none
 * @vlans: the VLANs to hold it and the extra ones in; psw_port_check_mac() and
 *         psw_port_check_macs() found them free
 *
 * What is new is there before what is old goes, so that no frame is lost.
 *
 * Context: RTNL; sleeps.
 * Return: 0, or -ENOMEM and nothing is changed.
 */
int psw_port_move_macs(struct psw_port *port, u64 mac,
		       const struct psw_vlans *vlans)
{
	unsigned int n_old = psw_port_count_macs(port);
	bool was_extra = psw_port_has_extra_mac(port, mac);
	struct psw_entry *entry, *next;
	int err;

	err = psw_port_add_macs(port, mac, vlans, n_old);
	if (err) {
		psw_port_del_last_macs(port,
				       psw_port_count_macs(port) - n_old);
		return err;
	}
	list_for_each_entry_safe(entry, next, &port->macs, list) {
		if (!test_bit(psw_mac_vlan(entry->mac), vlans->map) ||
		    (mac != port->mac && psw_mac_anywhere(entry->mac) == port->mac))
			psw_port_del_mac_entry(port, entry);
	}
	port->n_extra -= was_extra;
	WRITE_ONCE(port->mac, mac);
	return 0;
}

/**
 * psw_port_unpublish_macs() - makes frames to none of a port's MACs come
 * @port: the port
 *
 * Context: RTNL.
 */
void psw_port_unpublish_macs(struct psw_port *port)
{
	psw_port_del_last_macs(port, psw_port_count_macs(port));
}
