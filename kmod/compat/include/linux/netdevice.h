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

/* Whether a tc or netfilter egress hook is on a device. */
static inline bool psw_dev_has_egress(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_EGRESS
	if (rcu_access_pointer(dev->nf_hooks_egress))
		return true;
#endif
#ifdef PSW_LACKS_TCX
#ifdef CONFIG_NET_CLS_ACT
	return rcu_access_pointer(dev->miniq_egress);
#endif
#else
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_egress);
#endif
#endif
	return false;
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
