// SPDX-License-Identifier: GPL-2.0
#include "decide.h"

#include <linux/etherdevice.h>

#include "nat.h"
#include "neigh.h"
#include "station.h"

static bool psw_is_from_uplink(const struct psw_frame *frame)
{
	return frame->in && frame->in->is_uplink;
}

/**
 * psw_decide_translated() - psw_verdict_port() for a frame from a port that
 * the host sends translated connections into
 * @frame: described
 * @out: the port that it is for
 *
 * Context: RCU read section, bottom halves off.
 */
noinline struct psw_verdict
psw_decide_translated(const struct psw_frame *frame, struct psw_port *out)
{
	struct psw_verdict verdict = {
		.action = PSW_TO_PORT,
		.step = PODSWITCH_PROBE_STEP_TRANSLATE,
		.port = out,
	};

	switch (psw_nat_judge(frame)) {
	case PSW_NAT_NONE:
		break;
	case PSW_NAT_OWNS:
		verdict.action = PSW_TO_TRANSLATOR;
		break;
	case PSW_NAT_IS_OVER:
		verdict.action = PSW_TO_PORT_ANEW;
		break;
	}
	return verdict;
}

/**
 * psw_decide_group() - where a frame to a group goes
 * @frame: described
 *
 * Context: RCU read section, bottom halves off.
 */
noinline struct psw_verdict psw_decide_group(const struct psw_frame *frame)
{
	/* IEEE 802.1Q-2022 8.6.3: 01-80-C2-00-00-00 to -0F stay on the link. */
	if (is_link_local_ether_addr(eth_hdr(frame->skb)->h_dest))
		return psw_is_from_uplink(frame) ?
		       psw_verdict(PSW_LEAVE) :
		       psw_verdict_drop(PODSWITCH_PROBE_STEP_DECIDE,
					PSW_DROP_RESERVED_GROUP);
	if (psw_frame_is_neigh(frame) && frame->neigh.op == PSW_NEIGH_ASK &&
	    !psw_frame_is_announcement(frame))
		return psw_verdict(PSW_TO_ASKED);
	return psw_verdict(PSW_TO_GROUP);
}

/**
 * psw_decide_unheld() - where a frame to a MAC that no port holds goes
 * @frame: described
 *
 * An uplink's own device has a MAC too, at which the host can be reached as
 * before.
 *
 * Context: RCU read section, bottom halves off.
 */
noinline struct psw_verdict psw_decide_unheld(const struct psw_frame *frame)
{
	struct psw_port *uplink = rcu_dereference(frame->sw->uplink);

	if (frame->in && psw_switch_is_station(frame->sw, frame->dst))
		return psw_verdict(PSW_TO_HOST);
	if (psw_is_from_uplink(frame) &&
	    frame->dst == psw_mac_key(frame->in->dev->dev_addr))
		return psw_verdict(PSW_LEAVE);
	if (!uplink || uplink == frame->in ||
	    !psw_port_carries(uplink, frame->vlan))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_DECIDE,
					PSW_DROP_UNKNOWN_DESTINATION);
	return psw_verdict_port(frame, frame->in, uplink);
}

/* The port in whose name a question is to be answered, or NULL. A port that
 * asks about its own address is announcing or probing it, and nobody else holds
 * it.
 */
static struct psw_port *psw_answerer(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	struct psw_port *holder;

	if (!psw_frame_is_neigh(frame) || frame->neigh.op != PSW_NEIGH_ASK)
		return NULL;
	holder = psw_neigh_holder(frame);
	return holder == frame->in ? NULL : holder;
}

/**
 * psw_judge_described() - what is to become of any frame that may be sent
 * @frame: described; the guard lets it pass
 *
 * Context: RCU read section, bottom halves off.
 */
struct psw_verdict psw_judge_described(const struct psw_frame *frame)
{
	struct psw_port *holder = psw_answerer(frame);

	if (likely(!holder))
		return psw_decide(frame, frame->in);
	if (psw_are_isolated(frame->in, holder))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_ANSWER,
					PSW_DROP_ISOLATED);
	return (struct psw_verdict){
		.action = PSW_ANSWER,
		.step = PODSWITCH_PROBE_STEP_ANSWER,
		.port = holder,
	};
}

/**
 * psw_judge_closely() - psw_judge_from_port() for a frame that takes more than
 * a look to describe
 * @frame: psw_frame_describe() left it
 *
 * Context: RCU read section, bottom halves off.
 */
noinline struct psw_verdict psw_judge_closely(struct psw_frame *frame)
{
	enum psw_drop drop;

	drop = psw_frame_describe_closely(frame);
	if (unlikely(drop != PSW_PASS))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_DESCRIBE, drop);
	drop = psw_guard_closely(frame);
	if (unlikely(drop != PSW_PASS))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_GUARD, drop);
	return psw_judge_described(frame);
}

/**
 * psw_judge_from_host() - what is to become of a frame that the host sends
 * @frame: @skb and @sw are set, @in and @vlan are 0; the rest is filled in
 *
 * As psw_judge_from_port(), without the guard. The host tells a pod of a
 * better way for what it got from the switch and sent back into it; there is
 * none for what it translates.
 *
 * Context: RCU read section, bottom halves off.
 */
struct psw_verdict psw_judge_from_host(struct psw_frame *frame)
{
	enum psw_drop drop;

	drop = psw_frame_describe(frame) ? PSW_PASS :
	       psw_frame_describe_closely(frame);
	if (unlikely(drop != PSW_PASS))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_DESCRIBE, drop);
	if (unlikely(psw_nat_is_redirect(frame)))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_REDIRECT,
					PSW_DROP_HOST_REDIRECT);
	return psw_judge_described(frame);
}
