/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_PORT_H
#define _PSW_PORT_H

struct net_device;
struct netlink_ext_ack;
struct psw_port;
struct psw_port_cfg;
struct psw_switch;

int psw_port_add(struct psw_switch *sw, struct net_device *dev,
		 struct psw_port_cfg *cfg, struct netlink_ext_ack *extack);
int psw_port_change(struct psw_port *port, struct psw_port_cfg *cfg,
		    struct netlink_ext_ack *extack);
void psw_port_del(struct psw_port *port);
void psw_switch_del_ports(struct psw_switch *sw);

#endif /* _PSW_PORT_H */
