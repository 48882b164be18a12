/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_ADDRESS_H
#define _PSW_ADDRESS_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct psw_port;
struct psw_port_cfg;
struct psw_vlans;

int psw_port_check_addresses(struct psw_port *port,
			     const struct psw_port_cfg *cfg,
			     struct netlink_ext_ack *extack);
int psw_port_publish_addresses(struct psw_port *port,
			       const struct psw_port_cfg *cfg);
void psw_port_unpublish_all(struct psw_port *port);

int psw_port_add_addresses(struct psw_port *port,
			   struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack);
int psw_port_del_addresses(struct psw_port *port,
			   struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack);

int psw_port_check_vlans(struct psw_port *port, const struct psw_vlans *vlans,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
void psw_port_refresh(struct psw_port *port);

#endif /* _PSW_ADDRESS_H */
