/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_ETHERDEVICE_H
#define _PSW_COMPAT_LINUX_ETHERDEVICE_H

#include_next <linux/etherdevice.h>

#ifdef PSW_LACKS_ETH_SKB_PKT_TYPE
static inline void eth_skb_pkt_type(struct sk_buff *skb,
				    const struct net_device *dev)
{
	const struct ethhdr *eth = eth_hdr(skb);

	if (ether_addr_equal_64bits(eth->h_dest, dev->dev_addr))
		return;
	if (!is_multicast_ether_addr(eth->h_dest))
		skb->pkt_type = PACKET_OTHERHOST;
	else if (ether_addr_equal_64bits(eth->h_dest, dev->broadcast))
		skb->pkt_type = PACKET_BROADCAST;
	else
		skb->pkt_type = PACKET_MULTICAST;
}
#endif

#endif /* _PSW_COMPAT_LINUX_ETHERDEVICE_H */
