/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_NET_NETLINK_H
#define _PSW_COMPAT_NET_NETLINK_H

#include_next <net/netlink.h>

#ifdef PSW_LACKS_NLA_PUT_UINT
static inline int nla_put_uint(struct sk_buff *skb, int attrtype, u64 value)
{
	u32 value32 = value;

	if (value == value32)
		return nla_put(skb, attrtype, sizeof(value32), &value32);
	return nla_put(skb, attrtype, sizeof(value), &value);
}
#endif

#endif /* _PSW_COMPAT_NET_NETLINK_H */
