// SPDX-License-Identifier: GPL-2.0
#include "forward.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>

#include "deliver.h"
#include "frame.h"
#include "guard.h"
#include "nat.h"
#include "neigh.h"
#include "psw.h"
#include "station.h"
#include "storm.h"

/**
 * enum psw_action - what is decided on a frame
 * @PSW_DROP: it is dropped, for verdict.drop
 * @PSW_TO_PORT: it goes to verdict.port
 * @PSW_TO_HOST: it goes up the host's stack
 * @PSW_TO_TRANSLATOR: it goes up the host's stack, which translates it
 * @PSW_TO_GROUP: it goes to the host and to the ports that listen
 * @PSW_TO_ASKED: it goes to the host and to the ports that may know the answer
 * @PSW_LEAVE: it stays with the device that received it, an uplink
 */
enum psw_action {
	PSW_DROP,
	PSW_TO_PORT,
	PSW_TO_HOST,
	PSW_TO_TRANSLATOR,
	PSW_TO_GROUP,
	PSW_TO_ASKED,
	PSW_LEAVE,
};

struct psw_verdict {
	enum psw_action action;
	union {
		enum psw_drop drop;
		struct psw_port *port;
	};
};

/**
 * enum psw_answer - what became of a question
 * @PSW_ANSWER_NONE: it is no question or the switch cannot answer it
 * @PSW_ANSWER_GIVEN: the frame is its answer now
 * @PSW_ANSWER_DENIED: it was dropped
 */
enum psw_answer {
	PSW_ANSWER_NONE,
	PSW_ANSWER_GIVEN,
	PSW_ANSWER_DENIED,
};

static struct psw_verdict psw_verdict(enum psw_action action)
{
	return (struct psw_verdict){ .action = action };
}

static struct psw_verdict psw_verdict_drop(enum psw_drop drop)
{
	return (struct psw_verdict){ .action = PSW_DROP, .drop = drop };
}

/* A frame to a port goes there unless the host has to translate it. */
static __always_inline struct psw_verdict
psw_verdict_port(const struct psw_frame *frame, struct psw_port *out)
{
	const struct psw_port *in = frame->in;

	if (unlikely(in && READ_ONCE(in->is_translated)) &&
	    psw_nat_owns(frame))
		return psw_verdict(PSW_TO_TRANSLATOR);
	return (struct psw_verdict){ .action = PSW_TO_PORT, .port = out };
}

static bool psw_are_isolated(const struct psw_port *in,
			     const struct psw_port *out)
{
	return in && READ_ONCE(in->isolated) && READ_ONCE(out->isolated);
}

static bool psw_is_from_uplink(const struct psw_frame *frame)
{
	return frame->in && frame->in->is_uplink;
}

static noinline struct psw_verdict
psw_decide_group(const struct psw_frame *frame)
{
	/* IEEE 802.1Q-2022 8.6.3: 01-80-C2-00-00-00 to -0F stay on the link. */
	if (is_link_local_ether_addr(eth_hdr(frame->skb)->h_dest))
		return psw_is_from_uplink(frame) ?
		       psw_verdict(PSW_LEAVE) :
		       psw_verdict_drop(PSW_DROP_RESERVED_GROUP);
	if (psw_frame_is_neigh(frame) && frame->neigh.op == PSW_NEIGH_ASK &&
	    !psw_frame_is_announcement(frame))
		return psw_verdict(PSW_TO_ASKED);
	return psw_verdict(PSW_TO_GROUP);
}

/* A frame to a MAC that no port holds. An uplink's own device has a MAC too, at
 * which the host can be reached as before.
 */
static noinline struct psw_verdict
psw_decide_unheld(const struct psw_frame *frame)
{
	struct psw_port *uplink = rcu_dereference(frame->sw->uplink);

	if (frame->in && psw_switch_is_station(frame->sw, frame->dst))
		return psw_verdict(PSW_TO_HOST);
	if (psw_is_from_uplink(frame) &&
	    frame->dst == psw_mac_key(frame->in->dev->dev_addr))
		return psw_verdict(PSW_LEAVE);
	if (!uplink || uplink == frame->in ||
	    !psw_port_carries(uplink, frame->vlan))
		return psw_verdict_drop(PSW_DROP_UNKNOWN_DESTINATION);
	return psw_verdict_port(frame, uplink);
}

/* Where a frame goes. Nothing of the switch is changed and nothing is counted, so
 * that the same decision can be asked for without a frame being sent.
 */
static __always_inline struct psw_verdict
psw_decide(const struct psw_frame *frame)
{
	struct psw_entry *entry;
	struct psw_port *out;

	if (unlikely(psw_frame_is_group(frame)))
		return psw_decide_group(frame);
	entry = psw_table_find_mac(&frame->sw->table, frame->dst, frame->vlan);
	if (!entry)
		return psw_decide_unheld(frame);

	out = entry->port;
	if (unlikely(out == frame->in && !READ_ONCE(out->hairpin)))
		return psw_verdict_drop(PSW_DROP_SAME_PORT);
	if (unlikely(psw_are_isolated(frame->in, out)))
		return psw_verdict_drop(PSW_DROP_ISOLATED);
	return psw_verdict_port(frame, out);
}

/* Answers a question about an address that another port holds: the frame
 * becomes its answer. A port that asks about its own is announcing or probing
 * it, and nobody else holds it.
 */
static enum psw_answer psw_answer(struct psw_frame *frame)
{
	const struct psw_port *holder;
	struct sk_buff *answer;

	if (frame->neigh.op != PSW_NEIGH_ASK)
		return PSW_ANSWER_NONE;
	holder = psw_neigh_holder(frame);
	if (!holder || holder == frame->in)
		return PSW_ANSWER_NONE;
	if (psw_are_isolated(frame->in, holder)) {
		psw_drop(frame, PSW_DROP_ISOLATED);
		return PSW_ANSWER_DENIED;
	}

	answer = psw_neigh_answer(frame, holder);
	if (!answer) {
		psw_drop(frame, PSW_DROP_NO_MEMORY);
		return PSW_ANSWER_DENIED;
	}
	consume_skb(frame->skb);
	frame->skb = answer;
	return PSW_ANSWER_GIVEN;
}

static rx_handler_result_t psw_forward_group(const struct psw_frame *frame,
					     enum psw_action action)
{
	if (frame->in && !psw_storm_admit(frame->in)) {
		psw_drop(frame, PSW_DROP_STORM);
		return RX_HANDLER_CONSUMED;
	}
	if (action == PSW_TO_GROUP)
		psw_deliver_group(frame);
	else
		psw_deliver_question(frame);
	if (frame->in)
		return psw_deliver_host(frame);
	consume_skb(frame->skb);
	return RX_HANDLER_CONSUMED;
}

static __always_inline rx_handler_result_t
psw_forward_to_port(const struct psw_frame *frame, struct psw_port *out)
{
	if (unlikely(!frame->in))
		psw_nat_note(frame, out);
	else if (static_branch_unlikely(&psw_promisc_key) &&
		 READ_ONCE(frame->sw->is_promisc))
		psw_show_host(frame);
	return psw_deliver(frame, out);
}

/* What becomes of a frame that is not for one port. */
static noinline rx_handler_result_t
psw_forward_rest(struct sk_buff **pskb, const struct psw_frame *frame,
		 struct psw_verdict verdict)
{
	switch (verdict.action) {
	case PSW_TO_PORT:
		break;
	case PSW_TO_HOST:
		return psw_deliver_host(frame);
	case PSW_TO_TRANSLATOR:
		return psw_deliver_translator(pskb, frame);
	case PSW_TO_GROUP:
	case PSW_TO_ASKED:
		return psw_forward_group(frame, verdict.action);
	case PSW_LEAVE:
		return RX_HANDLER_PASS;
	case PSW_DROP:
		psw_drop(frame, verdict.drop);
		return RX_HANDLER_CONSUMED;
	}
	return RX_HANDLER_CONSUMED;
}

/* Decides and delivers; the frame's skb is passed on. */
static __always_inline rx_handler_result_t
psw_forward(struct sk_buff **pskb, const struct psw_frame *frame)
{
	struct psw_verdict verdict = psw_decide(frame);

	if (likely(verdict.action == PSW_TO_PORT))
		return psw_forward_to_port(frame, verdict.port);
	return psw_forward_rest(pskb, frame, verdict);
}

/* The same for what is not the commonest: a neighbour message is answered where
 * the switch knows the answer.
 */
static noinline rx_handler_result_t psw_forward_any(struct sk_buff **pskb,
						    struct psw_frame *frame)
{
	if (unlikely(psw_frame_is_neigh(frame))) {
		switch (psw_answer(frame)) {
		case PSW_ANSWER_GIVEN:
			*pskb = frame->skb;
			return psw_deliver_answer(frame);
		case PSW_ANSWER_DENIED:
			return RX_HANDLER_CONSUMED;
		case PSW_ANSWER_NONE:
			break;
		}
	}
	return psw_forward(pskb, frame);
}

/* The way of a pod's frame that takes more than a look to describe. */
static noinline rx_handler_result_t psw_forward_closely(struct sk_buff **pskb,
							struct psw_frame *frame)
{
	enum psw_drop drop;

	drop = psw_frame_describe_closely(frame);
	if (likely(drop == PSW_PASS))
		drop = psw_guard_closely(frame);
	if (unlikely(drop != PSW_PASS)) {
		psw_drop(frame, drop);
		return RX_HANDLER_CONSUMED;
	}
	return psw_forward_any(pskb, frame);
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
	enum psw_drop drop;

	frame.skb = *pskb;
	if (unlikely(frame.skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	frame.in = rcu_dereference(frame.skb->dev->rx_handler_data);
	frame.sw = frame.in->sw;
	frame.vlan = READ_ONCE(frame.in->pvid);

	if (unlikely(!psw_frame_describe(&frame)))
		return psw_forward_closely(pskb, &frame);
	drop = psw_guard(&frame);
	if (unlikely(drop != PSW_PASS)) {
		psw_drop(&frame, drop);
		return RX_HANDLER_CONSUMED;
	}
	return psw_forward(pskb, &frame);
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
 * As psw_forward_from_port(), without the guard. The host tells a pod of a
 * better way for what it got from the switch and sent back into it; there is
 * none for what it translates.
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_forward_from_host(struct psw_switch *sw, struct sk_buff *skb)
{
	struct psw_frame frame = {
		.skb = skb,
		.sw = sw,
	};
	enum psw_drop drop = PSW_DROP_MALFORMED;

	if (likely(pskb_may_pull(skb, ETH_HLEN))) {
		skb_reset_mac_header(skb);
		__skb_pull(skb, ETH_HLEN);
		skb_reset_network_header(skb);
		frame.skb = psw_untag(skb);
		if (unlikely(!frame.skb))
			return;
		drop = psw_frame_describe(&frame) ?
		       PSW_PASS : psw_frame_describe_closely(&frame);
	}
	if (likely(drop == PSW_PASS) && unlikely(psw_nat_is_redirect(&frame)))
		drop = PSW_DROP_HOST_REDIRECT;
	if (unlikely(drop != PSW_PASS)) {
		psw_drop(&frame, drop);
		return;
	}
	psw_forward_any(&skb, &frame);
}
