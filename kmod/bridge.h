/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_BRIDGE_H
#define _PSW_BRIDGE_H

#include <linux/types.h>

struct net_device;
struct netlink_ext_ack;
struct nlmsghdr;

int psw_bridge_setlink(struct net_device *dev, struct nlmsghdr *nlh, u16 flags,
		       struct netlink_ext_ack *extack);
int psw_bridge_dellink(struct net_device *dev, struct nlmsghdr *nlh,
		       u16 flags);

#endif /* _PSW_BRIDGE_H */
