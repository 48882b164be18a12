// SPDX-License-Identifier: GPL-2.0
#include "deliver.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/sch_generic.h>

#include "frame.h"
#include "psw.h"

/* The closest reasons that the kernel's own tools know. */
static const enum skb_drop_reason psw_core_reason[] = {
	[PSW_PASS] = SKB_DROP_REASON_NOT_SPECIFIED,
	[PSW_DROP_MALFORMED] = SKB_DROP_REASON_HDR_TRUNC,
	[PSW_DROP_TAGGED] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[PSW_DROP_RESERVED_GROUP] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[PSW_DROP_SPOOFED_MAC] = SKB_DROP_REASON_IP_RPFILTER,
	[PSW_DROP_SPOOFED_IPV4] = SKB_DROP_REASON_IP_RPFILTER,
	[PSW_DROP_SPOOFED_IPV6] = SKB_DROP_REASON_IP_RPFILTER,
	[PSW_DROP_SPOOFED_ARP] = SKB_DROP_REASON_IP_RPFILTER,
	[PSW_DROP_SPOOFED_ND] = SKB_DROP_REASON_IP_RPFILTER,
	[PSW_DROP_ROUTER_MESSAGE] = SKB_DROP_REASON_NETFILTER_DROP,
	[PSW_DROP_UNKNOWN_DESTINATION] = SKB_DROP_REASON_OTHERHOST,
	[PSW_DROP_SAME_PORT] = SKB_DROP_REASON_OTHERHOST,
	[PSW_DROP_ISOLATED] = SKB_DROP_REASON_NETFILTER_DROP,
	[PSW_DROP_TOO_BIG] = SKB_DROP_REASON_PKT_TOO_BIG,
	[PSW_DROP_RECEIVER_DOWN] = SKB_DROP_REASON_DEV_READY,
	[PSW_DROP_NO_MEMORY] = SKB_DROP_REASON_NOMEM,
};

static_assert(ARRAY_SIZE(psw_core_reason) == PODSWITCH_A_DROPS_MAX + 1);

/**
 * psw_drop() - counts a frame as dropped and frees it
 * @frame: the frame; its skb is gone on return
 * @reason: not PSW_PASS
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_drop(const struct psw_frame *frame, enum psw_drop reason)
{
	psw_stats_drop(frame->stats, reason);
	kfree_skb_reason(frame->skb, psw_core_reason[reason]);
}

/* As veth judges: a segmentation-offload frame is cut to fit later. */
static bool psw_fits(const struct sk_buff *skb, const struct net_device *dev)
{
	return skb->len <= READ_ONCE(dev->mtu) || skb_is_gso(skb);
}

/* Whether something on a device wants to see what the device transmits: a
 * queueing discipline, a tc or netfilter egress hook, a packet tap.
 */
static bool psw_dev_watches_tx(const struct net_device *dev)
{
	const struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	return rcu_dereference_bh(txq->qdisc)->enqueue ||
	       dev->real_num_tx_queues > 1 || psw_dev_has_egress(dev) ||
	       !list_empty(&dev->ptype_all);
}

static bool psw_dev_has_native_xdp(const struct net_device *dev)
{
	const struct bpf_xdp_entity *xdp = &dev->xdp_state[XDP_MODE_DRV];

	return READ_ONCE(xdp->prog) || READ_ONCE(xdp->link);
}

/* The pod's end of a port's veth, if a frame may be handed to it at once, or
 * NULL. An end in this namespace, or one that hands its frames on, could send
 * the frame round in circles, which the core's loop would follow for ever.
 */
static struct net_device *psw_port_direct_peer(const struct psw_port *port)
{
	struct net_device *dev = port->dev;
	struct net_device *peer;

	if (!port->direct || psw_dev_watches_tx(dev))
		return NULL;
	peer = dev->netdev_ops->ndo_get_peer_dev(dev);
	if (unlikely(!peer || !(READ_ONCE(peer->flags) & IFF_UP)))
		return NULL;
	if (net_eq(dev_net(peer), dev_net(dev)) ||
	    rcu_access_pointer(peer->rx_handler) ||
	    psw_dev_has_native_xdp(peer))
		return NULL;
	return peer;
}

/* What veth does on the way to its other end, but for the queue between: the
 * frame loses what belongs to this namespace (a mark, a connection, a secpath)
 * and is received by the pod's end when the receive loop comes round again.
 */
static rx_handler_result_t psw_deliver_direct(const struct psw_frame *frame,
					      const struct psw_port *port,
					      struct net_device *peer)
{
	struct sk_buff *skb = frame->skb;

	if (unlikely(!psw_fits(skb, peer))) {
		psw_drop(frame, PSW_DROP_TOO_BIG);
		return RX_HANDLER_CONSUMED;
	}

	psw_veth_tx_add(port->dev, skb->len + ETH_HLEN);
	skb_forward_csum(skb);
	skb_scrub_packet(skb, true);
	skb->priority = 0;
	skb->dev = peer;
	eth_skb_pkt_type(skb, peer);
	return RX_HANDLER_ANOTHER;
}

/* Sends through the device's own transmit; the skb is gone on return. */
static void psw_port_transmit(const struct psw_port *port, struct sk_buff *skb)
{
	psw_stats_queued(port->stats);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_push(skb, ETH_HLEN);
	skb->dev = port->dev;
	dev_queue_xmit(skb);
}

static bool psw_port_is_up(const struct psw_port *port)
{
	return READ_ONCE(port->dev->flags) & IFF_UP &&
	       netif_carrier_ok(port->dev);
}

/**
 * psw_deliver() - hands a frame to one port
 * @frame: the frame; its skb is passed on
 * @port: the receiver
 *
 * A frame from a pod goes directly into the other pod where it can; the caller
 * then returns RX_HANDLER_ANOTHER to the core, which goes on with it. A frame
 * from the host is in the middle of a transmission and has to be queued.
 *
 * Context: RCU read section, bottom halves off.
 * Return: RX_HANDLER_ANOTHER if the core has to receive the frame on its new
 * device; RX_HANDLER_CONSUMED if it is gone.
 */
rx_handler_result_t psw_deliver(const struct psw_frame *frame,
				struct psw_port *port)
{
	struct net_device *peer = NULL;

	if (likely(frame->in))
		peer = psw_port_direct_peer(port);
	if (likely(peer))
		return psw_deliver_direct(frame, port, peer);

	if (!psw_port_is_up(port))
		psw_drop(frame, PSW_DROP_RECEIVER_DOWN);
	else if (!psw_fits(frame->skb, port->dev))
		psw_drop(frame, PSW_DROP_TOO_BIG);
	else
		psw_port_transmit(port, frame->skb);
	return RX_HANDLER_CONSUMED;
}

/**
 * psw_deliver_host() - hands a pod's frame to the host's stack
 * @frame: the frame, from a port; its skb is passed on
 *
 * The host receives it on the switch's device.
 *
 * Context: RCU read section, bottom halves off.
 * Return: as psw_deliver().
 */
rx_handler_result_t psw_deliver_host(const struct psw_frame *frame)
{
	struct net_device *dev = frame->sw->dev;
	struct sk_buff *skb = frame->skb;

	if (unlikely(!(READ_ONCE(dev->flags) & IFF_UP))) {
		psw_drop(frame, PSW_DROP_RECEIVER_DOWN);
		return RX_HANDLER_CONSUMED;
	}

	dev_sw_netstats_rx_add(dev, skb->len + ETH_HLEN);
	skb->dev = dev;
	if (skb->pkt_type == PACKET_OTHERHOST)
		skb->pkt_type = PACKET_HOST;
	return RX_HANDLER_ANOTHER;
}

/* Whether a port gets a copy of a frame to a group. Neighbour messages are
 * answered from the table, so they only interest pods that the table does not
 * know by address; what routers say is for all.
 */
static bool psw_port_listens(const struct psw_frame *frame,
			     const struct psw_port *port)
{
	if (frame->in == port)
		return false;
	if (frame->in && READ_ONCE(frame->in->isolated) &&
	    READ_ONCE(port->isolated))
		return false;
	if (psw_frame_is_neigh(frame) && READ_ONCE(port->n_addresses) &&
	    frame->neigh.op != PSW_NEIGH_ROUTER)
		return false;
	return psw_port_is_up(port) && psw_fits(frame->skb, port->dev);
}

/**
 * psw_deliver_group() - copies a frame to the ports that listen
 * @frame: the frame; its skb stays the caller's
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_deliver_group(const struct psw_frame *frame)
{
	struct psw_port *port;
	struct sk_buff *copy;
	unsigned long index;

	xa_for_each(&frame->sw->ports, index, port) {
		if (!psw_port_listens(frame, port))
			continue;
		copy = skb_clone(frame->skb, GFP_ATOMIC);
		if (unlikely(!copy)) {
			psw_stats_drop(frame->stats, PSW_DROP_NO_MEMORY);
			return;
		}
		psw_port_transmit(port, copy);
	}
}

/**
 * psw_deliver_answer() - sends an answer back where the question came from
 * @frame: the question
 * @answer: data at the Ethernet header; gone on return
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_deliver_answer(const struct psw_frame *frame, struct sk_buff *answer)
{
	struct net_device *dev = frame->sw->dev;

	psw_stats_answered(frame->stats);
	if (frame->in) {
		__skb_pull(answer, ETH_HLEN);
		psw_port_transmit(frame->in, answer);
		return;
	}
	answer->protocol = eth_type_trans(answer, dev);
	dev_sw_netstats_rx_add(dev, answer->len + ETH_HLEN);
	netif_rx(answer);
}
