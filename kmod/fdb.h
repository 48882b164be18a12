/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_FDB_H
#define _PSW_FDB_H

#include <linux/types.h>

struct ndmsg;
struct net_device;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

int psw_fdb_add(struct ndmsg *ndm, struct nlattr *tb[], struct net_device *dev,
		const unsigned char *mac, u16 vlan, u16 flags,
		struct netlink_ext_ack *extack);
int psw_fdb_del(struct ndmsg *ndm, struct nlattr *tb[], struct net_device *dev,
		const unsigned char *mac, u16 vlan,
		struct netlink_ext_ack *extack);
int psw_fdb_get(struct sk_buff *skb, struct nlattr *tb[],
		struct net_device *dev, const unsigned char *mac, u16 vlan,
		u32 portid, u32 seq, struct netlink_ext_ack *extack);
int psw_fdb_dump(struct sk_buff *skb, struct netlink_callback *cb,
		 struct net_device *dev, struct net_device *filter_dev,
		 int *idx);

#endif /* _PSW_FDB_H */
