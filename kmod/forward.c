// SPDX-License-Identifier: GPL-2.0
/*
 * The packet path: does what decide.h says.
 */
#include "forward.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>

#include "decide.h"
#include "deliver.h"
#include "frame.h"
#include "nat.h"
#include "neigh.h"
#include "psw.h"
#include "storm.h"

static rx_handler_result_t psw_forward_group(const struct psw_frame *frame,
					     enum psw_action action)
{
	if (frame->in && !psw_storm_admit(frame->in)) {
		psw_drop(frame, PSW_DROP_STORM);
		return RX_HANDLER_CONSUMED;
	}
	psw_deliver_group(frame, action == PSW_TO_ASKED);
	if (frame->in)
		return psw_deliver_host(frame);
	consume_skb(frame->skb);
	return RX_HANDLER_CONSUMED;
}

/* Answers a question in the name of who holds what is asked for: the frame
 * becomes its answer.
 */
static rx_handler_result_t psw_forward_answer(struct sk_buff **pskb,
					      struct psw_frame *frame,
					      const struct psw_port *holder)
{
	struct sk_buff *answer = psw_neigh_answer(frame, holder);

	if (!answer) {
		psw_drop(frame, PSW_DROP_NO_MEMORY);
		return RX_HANDLER_CONSUMED;
	}
	consume_skb(frame->skb);
	frame->skb = answer;
	*pskb = answer;
	return psw_deliver_answer(frame);
}

static __always_inline rx_handler_result_t
psw_forward_to_port(const struct psw_frame *frame, struct psw_port *out)
{
	if (unlikely(!frame->in))
		psw_nat_note(frame, out);
	else if (psw_host_sees_all(frame->sw))
		psw_show_host(frame);
	return psw_deliver(frame, out);
}

/* What becomes of a frame that is not just for one port. */
static noinline rx_handler_result_t
psw_forward_rest(struct sk_buff **pskb, struct psw_frame *frame,
		 struct psw_verdict verdict)
{
	switch (verdict.action) {
	case PSW_TO_PORT:
		break;
	case PSW_TO_PORT_ANEW:
		psw_nat_forget(frame);
		return psw_forward_to_port(frame, verdict.port);
	case PSW_TO_HOST:
		return psw_deliver_host(frame);
	case PSW_TO_TRANSLATOR:
		return psw_deliver_translator(pskb, frame);
	case PSW_TO_GROUP:
	case PSW_TO_ASKED:
		return psw_forward_group(frame, verdict.action);
	case PSW_ANSWER:
		return psw_forward_answer(pskb, frame, verdict.port);
	case PSW_LEAVE:
		return RX_HANDLER_PASS;
	case PSW_DROP:
		psw_drop(frame, verdict.drop);
		return RX_HANDLER_CONSUMED;
	}
	return RX_HANDLER_CONSUMED;
}

/**
 * psw_forward_from_port() - the way of a frame that a pod sent
 * @pskb: the frame, received on a port's device; may be replaced
 *
 * The receive handler of each port's device: describe, guard, answer, decide,
 * deliver. All in one piece but for what is rare; calls would be a twentieth of
 * the way.
 *
 * The frame may be shared with who sent it and still holds it (pktgen), or who
 * watched it come. Neither cares which device and which type it has from now
 * on, which is all that changes on the direct way; the core's tc ingress hook,
 * at the same place, goes by that too. Other ways take a copy.
 *
 * Context: RCU read section, bottom halves off.
 * Return: RX_HANDLER_ANOTHER with the frame's new device set,
 * RX_HANDLER_CONSUMED, or RX_HANDLER_PASS for a frame that is not forwarded.
 */
rx_handler_result_t __flatten psw_forward_from_port(struct sk_buff **pskb)
{
	/* Its members are set as they become known; zeroing it before would be
	 * one twentieth of the way.
	 */
	struct psw_frame frame __uninitialized;
	struct psw_verdict verdict;

	frame.skb = *pskb;
	if (unlikely(frame.skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	frame.in = rcu_dereference(frame.skb->dev->rx_handler_data);
	verdict = psw_judge_from_port(&frame);
	if (likely(verdict.action == PSW_TO_PORT))
		return psw_forward_to_port(&frame, verdict.port);
	return psw_forward_rest(pskb, &frame, verdict);
}

/* Where a frame that the host sends has its tag: not in the frame. */
static struct sk_buff *psw_untag(struct sk_buff *skb)
{
	__be16 proto = eth_hdr(skb)->h_proto;

	if (likely(!eth_type_vlan(proto) || skb_vlan_tag_present(skb)))
		return skb;
	skb->protocol = proto;
	return skb_vlan_untag(skb);
}

/**
 * psw_forward_from_host() - the way of a frame that the host sends
 * @sw: the switch
 * @skb: the frame, data at the Ethernet header; gone on return
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_forward_from_host(struct psw_switch *sw, struct sk_buff *skb)
{
	struct psw_frame frame = {
		.skb = skb,
		.sw = sw,
	};
	struct psw_verdict verdict;

	if (unlikely(!pskb_may_pull(skb, ETH_HLEN))) {
		psw_drop(&frame, PSW_DROP_MALFORMED);
		return;
	}
	skb_reset_mac_header(skb);
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	frame.skb = psw_untag(skb);
	if (unlikely(!frame.skb))
		return;
	verdict = psw_judge_from_host(&frame);
	if (likely(verdict.action == PSW_TO_PORT))
		psw_forward_to_port(&frame, verdict.port);
	else
		psw_forward_rest(&skb, &frame, verdict);
}
