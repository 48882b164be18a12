/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_MAC_H
#define _PSW_MAC_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct psw_port;
struct psw_vlans;

int psw_port_check_mac(const struct psw_port *port, u64 mac,
		       const struct psw_vlans *vlans,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
int psw_port_check_macs(const struct psw_port *port,
			const struct psw_vlans *vlans,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack);
bool psw_port_has_extra_mac(const struct psw_port *port, u64 mac);

int psw_port_publish_mac(struct psw_port *port, u64 mac,
			 const struct psw_vlans *vlans);
int psw_port_move_macs(struct psw_port *port, u64 mac,
		       const struct psw_vlans *vlans);
void psw_port_unpublish_mac(struct psw_port *port, u64 mac);
void psw_port_unpublish_macs(struct psw_port *port);

#endif /* _PSW_MAC_H */
