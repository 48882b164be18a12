/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_ADDRESS_H
#define _PSW_ADDRESS_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct psw_entry;
struct psw_port;
struct psw_port_cfg;
struct psw_switch;

int psw_switch_check_mac(struct psw_switch *sw, u64 mac,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
struct psw_entry *psw_port_publish_mac(struct psw_port *port, u64 mac);

int psw_port_check_addresses(struct psw_port *port,
			     const struct psw_port_cfg *cfg,
			     struct netlink_ext_ack *extack);
int psw_port_publish_addresses(struct psw_port *port,
			       const struct psw_port_cfg *cfg);
void psw_port_del_last(struct psw_port *port, unsigned int n);

int psw_port_add_addresses(struct psw_port *port,
			   const struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack);
int psw_port_del_addresses(struct psw_port *port,
			   const struct psw_port_cfg *cfg,
			   struct netlink_ext_ack *extack);

#endif /* _PSW_ADDRESS_H */
