/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_STATION_H
#define _PSW_STATION_H

#include <linux/netdevice.h>
#include <linux/rculist.h>

#include "psw.h"

/**
 * psw_switch_is_station() - whether a MAC is one at which the host receives
 * @sw: the switch
 * @mac: as psw_mac_key() makes it
 *
 * The switch's own, or one of a device on top of it, as of a macvlan or a VLAN
 * with its own address: the core lists them on the switch's device, which
 * promises to look at the list (IFF_UNICAST_FLT) instead of receiving all.
 *
 * Context: RCU read section.
 * Return: whether it is.
 */
static inline bool psw_switch_is_station(const struct psw_switch *sw, u64 mac)
{
	const struct netdev_hw_addr *ha;

	if (mac == psw_switch_mac(sw))
		return true;
	list_for_each_entry_rcu(ha, &sw->dev->uc.list, list) {
		if (mac == psw_mac_key(ha->addr))
			return true;
	}
	return false;
}

#endif /* _PSW_STATION_H */
