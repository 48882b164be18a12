/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_BRPORT_H
#define _PSW_BRPORT_H

#include <linux/types.h>

struct net_device;
struct psw_port;
struct sk_buff;

int psw_brport_getlink(struct sk_buff *skb, u32 portid, u32 seq,
		       struct net_device *dev, u32 filter_mask, int flags);
void psw_brport_notify(const struct psw_port *port);

#endif /* _PSW_BRPORT_H */
