/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_NETDEVICE_H
#define _PSW_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

static inline void psw_dev_set_lltx(struct net_device *dev)
{
#ifdef PSW_LACKS_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

static inline void psw_dev_set_netns_immutable(struct net_device *dev)
{
#ifndef PSW_LACKS_NETNS_IMMUTABLE
	dev->netns_immutable = true;
#elif defined(NETIF_F_NETNS_LOCAL)
	dev->features |= NETIF_F_NETNS_LOCAL;
#else
	dev->netns_local = true;
#endif
}

#ifdef PSW_LACKS_NETIF_GET_FLAGS
static inline unsigned int netif_get_flags(const struct net_device *dev)
{
	return dev_get_flags(dev);
}
#endif

/* PSW_FDB_ADD_ADAPTER() and PSW_FDB_DEL_ADAPTER() behind the operations, which
 * leave notifying to the core, and PSW_FDB() where they are registered, serve
 * every kernel.
 */
#ifdef PSW_LACKS_FDB_NOTIFIED
#define PSW_FDB_ADD_ADAPTER(...)
#define PSW_FDB_DEL_ADAPTER(...)
#define PSW_FDB(fn) fn
#else
#define PSW_FDB_ADD_ADAPTER(fn)						\
static int fn##_adapter(struct ndmsg *ndm, struct nlattr *tb[],		\
			struct net_device *dev,				\
			const unsigned char *mac, u16 vlan, u16 flags,	\
			bool *notified, struct netlink_ext_ack *extack)	\
{									\
	return fn(ndm, tb, dev, mac, vlan, flags, extack);		\
}

#define PSW_FDB_DEL_ADAPTER(fn)						\
static int fn##_adapter(struct ndmsg *ndm, struct nlattr *tb[],		\
			struct net_device *dev,				\
			const unsigned char *mac, u16 vlan,		\
			bool *notified, struct netlink_ext_ack *extack)	\
{									\
	return fn(ndm, tb, dev, mac, vlan, extack);			\
}

#define PSW_FDB(fn) fn##_adapter
#endif

/* The tc egress hook of a device, to be compared with NULL. */
static inline const void *psw_dev_tc_egress(const struct net_device *dev)
{
#ifdef PSW_LACKS_TCX
#ifdef CONFIG_NET_CLS_ACT
	return rcu_access_pointer(dev->miniq_egress);
#endif
#else
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_egress);
#endif
#endif
	return NULL;
}

/* Whether a tc or netfilter egress hook is on a device. One branch for both. */
static inline bool psw_dev_has_egress(const struct net_device *dev)
{
	unsigned long any = (unsigned long)psw_dev_tc_egress(dev);

#ifdef CONFIG_NETFILTER_EGRESS
	any |= (unsigned long)rcu_access_pointer(dev->nf_hooks_egress);
#endif
	return any;
}

/* The tc ingress hook of a device, to be compared with NULL. */
static inline const void *psw_dev_tc_ingress(const struct net_device *dev)
{
#ifdef PSW_LACKS_TCX
#ifdef CONFIG_NET_CLS_ACT
	return rcu_access_pointer(dev->miniq_ingress);
#endif
#else
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_ingress);
#endif
#endif
	return NULL;
}

/* Whether something can change frames that a device receives: generic XDP, a tc
 * or a netfilter ingress hook. One branch for all three.
 */
static inline bool psw_dev_has_ingress(const struct net_device *dev)
{
	unsigned long any = (unsigned long)rcu_access_pointer(dev->xdp_prog) |
			    (unsigned long)psw_dev_tc_ingress(dev);

#ifdef CONFIG_NETFILTER_INGRESS
	any |= (unsigned long)rcu_access_pointer(dev->nf_hooks_ingress);
#endif
	return any;
}

/* Counts a frame as sent by a veth, in the counter that its kernel's veth has;
 * veth derives what the other end received from it.
 */
static inline void psw_veth_tx_add(struct net_device *dev, unsigned int len)
{
#ifdef PSW_LACKS_VETH_TSTATS
	dev_lstats_add(dev, len);
#else
	dev_sw_netstats_tx_add(dev, 1, len);
#endif
}

#endif /* _PSW_COMPAT_LINUX_NETDEVICE_H */
