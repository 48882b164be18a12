/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_NET_RTNETLINK_H
#define _PSW_COMPAT_NET_RTNETLINK_H

#include_next <net/rtnetlink.h>

/* PSW_NEWLINK_ADAPTER() behind a newlink operation of today's form, and
 * PSW_NEWLINK() where the operation is registered, serve every kernel.
 */
#ifdef PSW_LACKS_NEWLINK_PARAMS
struct rtnl_newlink_params {
	struct net *src_net;
	struct nlattr **data;
	struct nlattr **tb;
};

#define PSW_NEWLINK_ADAPTER(fn)						\
static int fn##_adapter(struct net *src_net, struct net_device *dev,	\
			struct nlattr *tb[], struct nlattr *data[],	\
			struct netlink_ext_ack *extack)			\
{									\
	struct rtnl_newlink_params params = {				\
		.src_net = src_net,					\
		.data = data,						\
		.tb = tb,						\
	};								\
									\
	return fn(dev, &params, extack);				\
}

#define PSW_NEWLINK(fn) fn##_adapter
#else
#define PSW_NEWLINK_ADAPTER(...)
#define PSW_NEWLINK(fn) fn
#endif

#endif /* _PSW_COMPAT_NET_RTNETLINK_H */
