/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_FDB_H
#define _PSW_FDB_H

struct net_device;
struct netlink_callback;
struct sk_buff;

int psw_fdb_dump(struct sk_buff *skb, struct netlink_callback *cb,
		 struct net_device *dev, struct net_device *filter_dev,
		 int *idx);

#endif /* _PSW_FDB_H */
