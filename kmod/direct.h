/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Direct delivery: what veth does on the way to its other end, but for the
 * queue between. Inline, since it is a third of a frame's way.
 */
#ifndef _PSW_DIRECT_H
#define _PSW_DIRECT_H

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/sch_generic.h>
#include <net/sock.h>

#include "frame.h"
#include "psw.h"
#include "trace.h"

void psw_retag(struct sk_buff *skb, u16 vlan, u16 pvid);
void psw_scrub(struct sk_buff *skb);

/* As veth judges: a segmentation-offload frame is cut to fit later. */
static inline bool psw_fits(const struct sk_buff *skb,
			    const struct net_device *dev)
{
	return skb->len <= READ_ONCE(dev->mtu) || skb_is_gso(skb);
}

/* A device that is down has a queueing discipline as well. */
static inline bool psw_dev_has_qdisc(const struct net_device *dev)
{
	const struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	return rcu_dereference_bh(txq->qdisc)->enqueue;
}

static inline bool psw_dev_has_queues(const struct net_device *dev)
{
	return dev->real_num_tx_queues > 1;
}

static inline bool psw_dev_has_taps(const struct net_device *dev)
{
	return !list_empty(&dev->ptype_all);
}

/* Whether something on a device wants to see what the device transmits: a
 * queueing discipline, a tc or netfilter egress hook, a packet tap.
 */
static inline bool psw_dev_watches_tx(const struct net_device *dev)
{
	return psw_dev_has_qdisc(dev) || psw_dev_has_queues(dev) ||
	       psw_dev_has_egress(dev) || psw_dev_has_taps(dev);
}

/* Whether something on a pod's end has to see what the end receives before its
 * stack does, or hands it on (a bridge's receive handler, a macvlan's), which
 * could send the frame round in circles. One branch for all three.
 */
static inline bool psw_dev_diverts_rx(const struct net_device *dev)
{
	const struct bpf_xdp_entity *xdp = &dev->xdp_state[XDP_MODE_DRV];

	return (unsigned long)rcu_access_pointer(dev->rx_handler) |
	       (unsigned long)READ_ONCE(xdp->prog) |
	       (unsigned long)READ_ONCE(xdp->link);
}

/* The pod's end of a port's veth, if a frame may be handed to it at once, or
 * NULL. What the host sends is in the middle of a transmission, and has to be
 * queued.
 */
static __always_inline struct net_device *
psw_direct_peer(const struct psw_frame *frame, const struct psw_port *port)
{
	struct net_device *peer;

	if (unlikely(!frame->in || frame->in->is_over_veth))
		return NULL;
	peer = rcu_dereference(port->peer);
	if (unlikely(!peer || psw_dev_watches_tx(port->dev) ||
		     psw_dev_diverts_rx(peer)))
		return NULL;
	return peer;
}

/* Whether frames can be sent through a port's device. */
static inline bool psw_port_is_up(const struct psw_port *port)
{
	return READ_ONCE(port->dev->flags) & IFF_UP &&
	       netif_carrier_ok(port->dev);
}

/**
 * psw_judge_delivery() - whether and how one port gets a frame
 * @frame: the frame
 * @port: the receiver
 * @peer: set to the pod's end that gets it directly; to NULL if it has to go
 *        through the port's device
 *
 * Context: RCU read section, bottom halves off.
 * Return: PSW_PASS, or why the port does not get it.
 */
static __always_inline enum psw_drop
psw_judge_delivery(const struct psw_frame *frame, const struct psw_port *port,
		   struct net_device **peer)
{
	*peer = psw_direct_peer(frame, port);
	if (unlikely(!*peer && !psw_port_is_up(port)))
		return PSW_DROP_RECEIVER_DOWN;
	return likely(psw_fits(frame->skb, *peer ? : port->dev)) ?
	       PSW_PASS : PSW_DROP_TOO_BIG;
}

/* The tag belongs to the link, the VLAN to the frame. */
static inline void psw_tag_for(const struct psw_frame *frame,
			       struct sk_buff *skb, u16 pvid)
{
	if (unlikely(frame->vlan != pvid || skb_vlan_tag_present(skb)))
		psw_retag(skb, frame->vlan, pvid);
}

/* Whether a frame bears what belongs to this namespace. One branch for most. */
static inline bool psw_bears_host_state(struct sk_buff *skb)
{
	return (skb->mark | skb->priority | skb_get_nfct(skb) |
		skb->_skb_refdst | skb_has_extensions(skb)) ||
	       skb_sk_is_prefetched(skb);
}

/* Whether a frame has to be scrubbed before it enters another namespace. What
 * left one through a veth has been, and has only got something since if a hook
 * of the receiving device, or of another that redirected it there, gave it.
 */
static inline bool psw_needs_scrub(const struct psw_port *in,
				   struct sk_buff *skb)
{
	return !rcu_access_pointer(in->peer) || psw_dev_has_ingress(in->dev) ||
	       psw_bears_host_state(skb);
}

/* Hands a frame to a pod's end, which receives it when it is next received. */
static __always_inline void psw_enter_peer(const struct psw_frame *frame,
					   struct sk_buff *skb,
					   const struct psw_port *port,
					   struct net_device *peer)
{
	psw_tag_for(frame, skb, READ_ONCE(port->pvid));
	psw_veth_tx_add(port->dev, skb->len + ETH_HLEN);
	skb_forward_csum(skb);
	if (unlikely(psw_needs_scrub(frame->in, skb)))
		psw_scrub(skb);
	skb->dev = peer;
	skb->pkt_type = PACKET_HOST;
	eth_skb_pkt_type(skb, peer);
	trace_podswitch_forward(frame, skb, port->dev, PSW_WAY_DIRECT);
}

#endif /* _PSW_DIRECT_H */
