/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices below a switch: which of them can be ports, and what it takes of
 * them.
 */
#ifndef _PSW_LOWER_H
#define _PSW_LOWER_H

#include <linux/types.h>

struct net_device;
struct netlink_ext_ack;
struct psw_port;

bool psw_dev_is_veth(const struct net_device *dev);
bool psw_dev_is_over_veth(struct net_device *dev);
struct net_device *psw_dev_peer_rtnl(struct net_device *dev);

int psw_port_check_device(struct net_device *dev,
			  struct netlink_ext_ack *extack);
struct psw_port *psw_port_get_rtnl(const struct net_device *dev);
void psw_port_set_peer_rtnl(struct psw_port *port, bool is_up);
int psw_port_open_device(struct psw_port *port);
void psw_port_close_device(struct psw_port *port);

#endif /* _PSW_LOWER_H */
