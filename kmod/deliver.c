// SPDX-License-Identifier: GPL-2.0
#include "deliver.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/sch_generic.h>
#include <net/sock.h>

#include "direct.h"
#include "frame.h"
#include "psw.h"
#include "trace.h"
#include "violation.h"

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
	[PSW_DROP_FOREIGN_VLAN] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[PSW_DROP_STORM] = SKB_DROP_REASON_FULL_RING,
	[PSW_DROP_HOST_REDIRECT] = SKB_DROP_REASON_NETFILTER_DROP,
	[PSW_DROP_DHCP_SERVER] = SKB_DROP_REASON_NETFILTER_DROP,
};

static_assert(ARRAY_SIZE(psw_core_reason) == PODSWITCH_A_DROPS_MAX + 1);

/* In words on the port or the switch, and for "ip -s link" as what its device
 * has dropped.
 */
static void psw_count_drop(const struct psw_frame *frame, enum psw_drop reason)
{
	psw_stats_drop(psw_frame_stats(frame), reason);
	if (frame->in)
		dev_core_stats_rx_dropped_inc(frame->in->dev);
	else
		dev_core_stats_tx_dropped_inc(frame->sw->dev);
}

/**
 * psw_drop() - counts a frame as dropped and frees it
 * @frame: the frame; its skb is gone on return
 * @reason: not PSW_PASS
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_drop(const struct psw_frame *frame, enum psw_drop reason)
{
	psw_count_drop(frame, reason);
	trace_podswitch_drop(frame, reason);
	if (psw_drop_is_violation(reason))
		psw_violation_note(frame);
	kfree_skb_reason(frame->skb, psw_core_reason[reason]);
}

/**
 * psw_retag() - gives a frame the tag that it has on a port, or takes it
 * @skb: the frame
 * @vlan: its VLAN
 * @pvid: the VLAN that has no tag there
 *
 * The priority and the drop eligible bit stay where there is a tag for them.
 */
void psw_retag(struct sk_buff *skb, u16 vlan, u16 pvid)
{
	u16 priority = 0;

	if (skb_vlan_tag_present(skb))
		priority = skb_vlan_tag_get(skb) & ~VLAN_VID_MASK;
	if (vlan == pvid)
		__vlan_hwaccel_clear_tag(skb);
	else
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       vlan | priority);
}

/**
 * psw_scrub() - takes from a frame what belongs to this namespace
 * @skb: the frame
 *
 * A mark, a connection, a route, a secpath, a socket that a program chose.
 *
 * Context: bottom halves off.
 */
void psw_scrub(struct sk_buff *skb)
{
	if (skb_sk_is_prefetched(skb))
		skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb->priority = 0;
}

/**
 * psw_port_transmit() - sends a frame through a port's own transmit, which may
 * link it into queues
 * @frame: the frame
 * @skb: its skb or a copy; gone on return
 * @port: the receiver, which is up
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_port_transmit(const struct psw_frame *frame, struct sk_buff *skb,
		       const struct psw_port *port)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		psw_count_drop(frame, PSW_DROP_NO_MEMORY);
		return;
	}
	psw_stats_count(port->stats, PSW_QUEUED);
	psw_tag_for(frame, skb, READ_ONCE(port->pvid));
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb->dev = port->dev;
	trace_podswitch_forward(frame, skb, port->dev, PSW_WAY_QUEUED);
	skb_push(skb, ETH_HLEN);
	dev_queue_xmit(skb);
}

/**
 * psw_direct_hindrance() - why a port does not get a frame directly
 * @frame: the frame
 * @port: a port that psw_direct_peer() says no to
 *
 * Context: RCU read section, bottom halves off.
 */
enum podswitch_probe_cause psw_direct_hindrance(const struct psw_frame *frame,
						const struct psw_port *port)
{
	const struct net_device *peer = rcu_dereference(port->peer);

	if (!frame->in)
		return PODSWITCH_PROBE_CAUSE_FROM_HOST;
	if (frame->in->is_over_veth)
		return PODSWITCH_PROBE_CAUSE_OVER_VETH;
	if (!peer)
		return port->is_veth ? PODSWITCH_PROBE_CAUSE_SAME_NAMESPACE :
				       PODSWITCH_PROBE_CAUSE_NO_VETH;
	if (psw_dev_has_qdisc(port->dev))
		return PODSWITCH_PROBE_CAUSE_QUEUEING_DISCIPLINE;
	if (psw_dev_has_queues(port->dev))
		return PODSWITCH_PROBE_CAUSE_TRANSMIT_QUEUES;
	if (psw_dev_has_egress(port->dev))
		return PODSWITCH_PROBE_CAUSE_EGRESS_HOOK;
	if (psw_dev_has_taps(port->dev))
		return PODSWITCH_PROBE_CAUSE_TAP;
	if (rcu_access_pointer(peer->rx_handler))
		return PODSWITCH_PROBE_CAUSE_RECEIVE_HANDLER;
	return PODSWITCH_PROBE_CAUSE_XDP;
}

/* Makes a frame one that the host receives on the switch's device, where all
 * VLANs but one have tags.
 */
static void psw_enter_host(const struct psw_frame *frame, struct sk_buff *skb)
{
	struct net_device *dev = frame->sw->dev;

	psw_tag_for(frame, skb, 0);
	dev_sw_netstats_rx_add(dev, skb->len + ETH_HLEN);
	skb->dev = dev;
	trace_podswitch_forward(frame, skb, dev, PSW_WAY_HOST);
}

/**
 * psw_deliver_host() - hands a port's frame to the host's stack
 * @frame: the frame, from a port; its skb is passed on
 *
 * The host receives it on the switch's device.
 *
 * Context: RCU read section, bottom halves off.
 * Return: as psw_deliver().
 */
rx_handler_result_t psw_deliver_host(const struct psw_frame *frame)
{
	struct sk_buff *skb = frame->skb;

	if (unlikely(!psw_host_is_up(frame->sw))) {
		psw_drop(frame, PSW_DROP_RECEIVER_DOWN);
		return RX_HANDLER_CONSUMED;
	}
	psw_enter_host(frame, skb);
	if (skb->pkt_type == PACKET_OTHERHOST)
		skb->pkt_type = PACKET_HOST;
	return RX_HANDLER_ANOTHER;
}

/**
 * psw_deliver_translator() - hands a frame for another port to the host, whose
 * connection tracking has to translate it
 * @pskb: set to the skb that is passed on, @frame's or a copy
 * @frame: the frame, from a port
 *
 * It becomes one to the switch's own MAC.
 *
 * Context: RCU read section, bottom halves off.
 * Return: as psw_deliver().
 */
rx_handler_result_t psw_deliver_translator(struct sk_buff **pskb,
					   const struct psw_frame *frame)
{
	struct psw_frame own = *frame;

	own.skb = skb_share_check(frame->skb, GFP_ATOMIC);
	*pskb = own.skb;
	if (unlikely(!own.skb)) {
		psw_count_drop(frame, PSW_DROP_NO_MEMORY);
		return RX_HANDLER_CONSUMED;
	}
	if (unlikely(skb_cow_head(own.skb, 0))) {
		psw_drop(&own, PSW_DROP_NO_MEMORY);
		return RX_HANDLER_CONSUMED;
	}
	ether_addr_copy(eth_hdr(own.skb)->h_dest, frame->sw->dev->dev_addr);
	psw_stats_count(psw_frame_stats(frame), PSW_TRANSLATED);
	return psw_deliver_host(&own);
}

/**
 * psw_show_host() - lets a promiscuous host see a frame that is not for it
 * @frame: the frame, from a port; its skb stays the caller's
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_show_host(const struct psw_frame *frame)
{
	struct sk_buff *copy = skb_clone(frame->skb, GFP_ATOMIC);

	if (unlikely(!copy)) {
		psw_count_drop(frame, PSW_DROP_NO_MEMORY);
		return;
	}
	psw_enter_host(frame, copy);
	copy->pkt_type = PACKET_OTHERHOST;
	netif_receive_skb(copy);
}

static bool psw_dev_has_joined(const struct net_device *dev, const u8 *group)
{
	const struct netdev_hw_addr *ha;

	if (READ_ONCE(dev->flags) & (IFF_PROMISC | IFF_ALLMULTI))
		return true;
	list_for_each_entry_rcu(ha, &dev->mc.list, list) {
		if (ether_addr_equal(ha->addr, group))
			return true;
	}
	return false;
}

/* Whether a pod's end wants frames to a group; of a device without one, and of
 * who is behind an uplink, it is not known.
 */
static bool psw_port_has_joined(const struct psw_port *port, const u8 *group)
{
	const struct net_device *peer = rcu_dereference(port->peer);

	return !peer || port->is_uplink || is_broadcast_ether_addr(group) ||
	       psw_dev_has_joined(peer, group);
}

/**
 * psw_port_listens() - whether a port gets a frame to its group
 * @frame: the frame
 * @port: a port
 *
 * Context: RCU read section, bottom halves off.
 */
bool psw_port_listens(const struct psw_frame *frame,
		      const struct psw_port *port)
{
	if (frame->in == port || !psw_port_carries(port, frame->vlan) ||
	    psw_are_isolated(frame->in, port))
		return false;
	return psw_port_has_joined(port, eth_hdr(frame->skb)->h_dest) &&
	       psw_port_is_up(port) && psw_fits(frame->skb, port->dev);
}

/* Copies a frame to a port; what goes directly is put on a list. */
static void psw_copy_to(const struct psw_frame *frame,
			const struct psw_port *port, void *direct)
{
	struct net_device *peer = psw_direct_peer(frame, port);
	struct sk_buff *copy;

	copy = skb_clone(frame->skb, GFP_ATOMIC);
	if (unlikely(!copy)) {
		psw_count_drop(frame, PSW_DROP_NO_MEMORY);
		return;
	}
	if (!peer) {
		psw_port_transmit(frame, copy, port);
		return;
	}
	psw_enter_peer(frame, copy, port, peer);
	list_add_tail(&copy->list, direct);
}

/**
 * psw_deliver_group() - copies a frame to the ports that listen
 * @frame: the frame; its skb stays the caller's
 * @is_question: whether it goes only to the ports that may know its answer:
 *               the uplink, the ports that declare no address, and the ports
 *               that share the one asked about
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_deliver_group(const struct psw_frame *frame, bool is_question)
{
	LIST_HEAD(direct);

	psw_each_receiver(frame, is_question, psw_copy_to, &direct);
	netif_receive_skb_list(&direct);
}

/**
 * psw_deliver_answer() - sends an answer back where the question came from
 * @frame: the question; its skb is now the answer, data behind the Ethernet
 *         header, and is passed on
 *
 * Context: RCU read section, bottom halves off.
 * Return: as psw_deliver().
 */
rx_handler_result_t psw_deliver_answer(const struct psw_frame *frame)
{
	struct sk_buff *answer = frame->skb;

	psw_stats_count(psw_frame_stats(frame), PSW_ANSWERED);
	if (frame->in)
		return psw_deliver(frame, frame->in);
	psw_enter_host(frame, answer);
	eth_skb_pkt_type(answer, answer->dev);
	netif_rx(answer);
	return RX_HANDLER_CONSUMED;
}
