// SPDX-License-Identifier: GPL-2.0
#include "forward.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>

#include "deliver.h"
#include "frame.h"
#include "guard.h"
#include "neigh.h"
#include "psw.h"

/**
 * enum psw_action - what is decided on a frame
 * @PSW_DROP: it is dropped, for verdict.drop
 * @PSW_TO_PORT: it goes to verdict.port
 * @PSW_TO_HOST: it goes up the host's stack
 * @PSW_TO_GROUP: it goes to the host and to the ports that listen
 */
enum psw_action {
	PSW_DROP,
	PSW_TO_PORT,
	PSW_TO_HOST,
	PSW_TO_GROUP,
};

struct psw_verdict {
	enum psw_action action;
	union {
		enum psw_drop drop;
		struct psw_port *port;
	};
};

static struct psw_verdict psw_verdict_drop(enum psw_drop drop)
{
	return (struct psw_verdict){ .action = PSW_DROP, .drop = drop };
}

static bool psw_are_isolated(const struct psw_port *in,
			     const struct psw_port *out)
{
	return in && READ_ONCE(in->isolated) && READ_ONCE(out->isolated);
}

static struct psw_verdict psw_decide_group(const struct psw_frame *frame)
{
	/* IEEE 802.1Q-2022 8.6.3: 01-80-C2-00-00-00 to -0F stay on the link. */
	if (is_link_local_ether_addr(eth_hdr(frame->skb)->h_dest))
		return psw_verdict_drop(PSW_DROP_RESERVED_GROUP);
	return (struct psw_verdict){ .action = PSW_TO_GROUP };
}

/* Where a frame goes. Nothing is changed and nothing is counted, so that the
 * same decision can be asked for without a frame being sent.
 */
static struct psw_verdict psw_decide(const struct psw_frame *frame)
{
	struct psw_switch *sw = frame->sw;
	struct psw_entry *entry;
	struct psw_port *out;

	if (unlikely(psw_frame_is_group(frame)))
		return psw_decide_group(frame);
	entry = psw_table_find_mac(&sw->table, frame->dst);
	if (!entry) {
		if (frame->in && frame->dst == psw_switch_mac(sw))
			return (struct psw_verdict){ .action = PSW_TO_HOST };
		return psw_verdict_drop(PSW_DROP_UNKNOWN_DESTINATION);
	}

	out = entry->port;
	if (unlikely(out == frame->in && !READ_ONCE(out->hairpin)))
		return psw_verdict_drop(PSW_DROP_SAME_PORT);
	if (unlikely(psw_are_isolated(frame->in, out)))
		return psw_verdict_drop(PSW_DROP_ISOLATED);
	return (struct psw_verdict){ .action = PSW_TO_PORT, .port = out };
}

/* Answers a question about an address that another port holds. A port that
 * asks about its own is announcing or probing it, and nobody else holds it.
 */
static bool psw_answer(const struct psw_frame *frame)
{
	const struct psw_port *holder;
	struct sk_buff *answer;

	if (frame->neigh.op != PSW_NEIGH_ASK)
		return false;
	holder = psw_neigh_holder(frame);
	if (!holder || holder == frame->in)
		return false;
	if (psw_are_isolated(frame->in, holder)) {
		psw_drop(frame, PSW_DROP_ISOLATED);
		return true;
	}

	answer = psw_neigh_answer(frame, holder);
	if (!answer) {
		psw_drop(frame, PSW_DROP_NO_MEMORY);
		return true;
	}
	psw_deliver_answer(frame, answer);
	consume_skb(frame->skb);
	return true;
}

/* Decides and delivers; the frame's skb is passed on. */
static rx_handler_result_t psw_forward(const struct psw_frame *frame)
{
	struct psw_verdict verdict = psw_decide(frame);

	switch (verdict.action) {
	case PSW_TO_PORT:
		return psw_deliver(frame, verdict.port);
	case PSW_TO_HOST:
		return psw_deliver_host(frame);
	case PSW_TO_GROUP:
		psw_deliver_group(frame);
		if (frame->in)
			return psw_deliver_host(frame);
		consume_skb(frame->skb);
		return RX_HANDLER_CONSUMED;
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
 * deliver.
 *
 * Context: RCU read section, bottom halves off.
 * Return: RX_HANDLER_ANOTHER with the frame's new device set,
 * RX_HANDLER_CONSUMED, or RX_HANDLER_PASS for a frame that is not forwarded.
 */
rx_handler_result_t psw_forward_from_port(struct sk_buff **pskb)
{
	/* Its members are set as they become known; zeroing it before would be
	 * one twentieth of the way.
	 */
	struct psw_frame frame __uninitialized;
	enum psw_drop drop;

	if (unlikely((*pskb)->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	*pskb = skb_share_check(*pskb, GFP_ATOMIC);
	if (unlikely(!*pskb))
		return RX_HANDLER_CONSUMED;

	frame.skb = *pskb;
	frame.in = rcu_dereference(frame.skb->dev->rx_handler_data);
	frame.sw = frame.in->sw;
	frame.stats = frame.in->stats;

	drop = psw_frame_describe(&frame);
	if (likely(drop == PSW_PASS))
		drop = psw_guard(&frame);
	if (unlikely(drop != PSW_PASS)) {
		psw_drop(&frame, drop);
		return RX_HANDLER_CONSUMED;
	}
	if (unlikely(psw_frame_is_neigh(&frame)) && psw_answer(&frame))
		return RX_HANDLER_CONSUMED;
	return psw_forward(&frame);
}

/**
 * psw_forward_from_host() - the way of a frame that the host sends
 * @sw: the switch
 * @skb: the frame, data at the Ethernet header; gone on return
 *
 * As psw_forward_from_port(), without the guard.
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_forward_from_host(struct psw_switch *sw, struct sk_buff *skb)
{
	struct psw_frame frame = {
		.skb = skb,
		.sw = sw,
		.stats = sw->stats,
	};
	enum psw_drop drop = PSW_DROP_MALFORMED;

	if (likely(pskb_may_pull(skb, ETH_HLEN))) {
		skb_reset_mac_header(skb);
		__skb_pull(skb, ETH_HLEN);
		drop = psw_frame_describe(&frame);
	}
	if (unlikely(drop != PSW_PASS)) {
		psw_drop(&frame, drop);
		return;
	}
	if (unlikely(psw_frame_is_neigh(&frame)) && psw_answer(&frame))
		return;
	psw_forward(&frame);
}
