// SPDX-License-Identifier: GPL-2.0
/*
 * What would become of a frame: a frame is made, and what decides on those that
 * come is asked. What acts on the answers is left out: nothing is sent, counted
 * or changed.
 */
#include "probe.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "decide.h"
#include "deliver.h"
#include "frame.h"
#include "neigh.h"
#include "psw.h"
#include "storm.h"

static_assert((int)PSW_KIND_OTHER == PODSWITCH_PROBE_KIND_OTHER);
static_assert((int)PSW_KIND_IPV4 == PODSWITCH_PROBE_KIND_IPV4);
static_assert((int)PSW_KIND_IPV6 == PODSWITCH_PROBE_KIND_IPV6);
static_assert((int)PSW_KIND_ARP == PODSWITCH_PROBE_KIND_ARP);
static_assert((int)PSW_KIND_ND == PODSWITCH_PROBE_KIND_ND);

static struct psw_probe_step *psw_probe_add(struct psw_probe *probe,
					    enum podswitch_probe_step step,
					    enum podswitch_probe_verdict verdict)
{
	struct psw_probe_step *added = &probe->steps[probe->n_steps++];

	added->step = step;
	added->verdict = verdict;
	return added;
}

static void psw_probe_add_drop(struct psw_probe *probe,
			       enum podswitch_probe_step step,
			       enum psw_drop drop)
{
	psw_probe_add(probe, step, PODSWITCH_PROBE_VERDICT_DROP)->drop = drop;
}

static void psw_probe_add_port(struct psw_probe *probe,
			       const struct psw_port *port)
{
	psw_probe_add(probe, PODSWITCH_PROBE_STEP_DECIDE,
		      PODSWITCH_PROBE_VERDICT_PORT)->dev = port->dev;
}

static void psw_probe_add_way(struct psw_probe *probe,
			      const struct net_device *dev,
			      enum podswitch_probe_way way,
			      enum podswitch_probe_cause cause)
{
	struct psw_probe_step *step;

	step = psw_probe_add(probe, PODSWITCH_PROBE_STEP_DELIVER,
			     PODSWITCH_PROBE_VERDICT_DELIVER);
	step->dev = dev;
	step->way = way;
	step->cause = cause;
}

/* --- delivering --- */

static void psw_probe_to_host(struct psw_probe *probe,
			      enum podswitch_probe_cause cause)
{
	const struct psw_switch *sw = probe->cfg->sw;

	if (psw_host_is_up(sw)) {
		psw_probe_add_way(probe, sw->dev, PODSWITCH_PROBE_WAY_HOST,
				  cause);
		return;
	}
	psw_probe_add_drop(probe, PODSWITCH_PROBE_STEP_DELIVER,
			   PSW_DROP_RECEIVER_DOWN);
	probe->steps[probe->n_steps - 1].dev = sw->dev;
}

static void psw_probe_enter(struct psw_probe *probe,
			    const struct psw_frame *frame,
			    const struct psw_port *port,
			    const struct net_device *peer)
{
	if (peer)
		psw_probe_add_way(probe, port->dev,
				  PODSWITCH_PROBE_WAY_DIRECT,
				  PODSWITCH_PROBE_CAUSE_NONE);
	else
		psw_probe_add_way(probe, port->dev,
				  PODSWITCH_PROBE_WAY_QUEUED,
				  psw_direct_hindrance(frame, port));
}

static void psw_probe_to_port(struct psw_probe *probe,
			      const struct psw_frame *frame,
			      const struct psw_port *port)
{
	struct net_device *peer;
	enum psw_drop drop;

	drop = psw_judge_delivery(frame, port, &peer);
	if (drop == PSW_PASS) {
		psw_probe_enter(probe, frame, port, peer);
		return;
	}
	psw_probe_add_drop(probe, PODSWITCH_PROBE_STEP_DELIVER, drop);
	probe->steps[probe->n_steps - 1].dev = port->dev;
}

static void psw_probe_receiver(const struct psw_frame *frame,
			       const struct psw_port *port, void *arg)
{
	struct psw_probe *probe = arg;

	if (probe->receivers++ < PODSWITCH_PROBE_RECEIVERS_MAX)
		psw_probe_enter(probe, frame, port,
				psw_direct_peer(frame, port));
}

static void psw_probe_to_group(struct psw_probe *probe,
			       const struct psw_frame *frame,
			       bool is_question)
{
	if (frame->in && !psw_storm_would_admit(frame->in)) {
		psw_probe_add_drop(probe, PODSWITCH_PROBE_STEP_ADMIT,
				   PSW_DROP_STORM);
		return;
	}
	if (frame->in)
		psw_probe_add(probe, PODSWITCH_PROBE_STEP_ADMIT,
			      PODSWITCH_PROBE_VERDICT_PASS);
	probe->is_group = true;
	psw_each_receiver(frame, is_question, psw_probe_receiver, probe);
	if (frame->in)
		psw_probe_to_host(probe, PODSWITCH_PROBE_CAUSE_NONE);
}

static void psw_probe_answer(struct psw_probe *probe,
			     const struct psw_frame *frame,
			     const struct psw_port *holder)
{
	struct psw_frame answer = *frame;
	struct psw_probe_step *step;

	step = psw_probe_add(probe, PODSWITCH_PROBE_STEP_ANSWER,
			     PODSWITCH_PROBE_VERDICT_ANSWER);
	step->dev = holder->dev;
	answer.skb = psw_neigh_answer(frame, holder);
	if (!answer.skb) {
		step->verdict = PODSWITCH_PROBE_VERDICT_DROP;
		step->drop = PSW_DROP_NO_MEMORY;
		return;
	}
	ether_addr_copy(step->mac, eth_hdr(answer.skb)->h_source);
	if (frame->in)
		psw_probe_to_port(probe, &answer, frame->in);
	else
		psw_probe_to_host(probe, PODSWITCH_PROBE_CAUSE_NONE);
	kfree_skb(answer.skb);
}

/* --- deciding --- */

/* Whether frames such as this one go through a step, or past it. */
static bool psw_probe_has_step(const struct psw_frame *frame,
			       enum podswitch_probe_step step)
{
	switch (step) {
	case PODSWITCH_PROBE_STEP_RECEIVE:
	case PODSWITCH_PROBE_STEP_DESCRIBE:
	case PODSWITCH_PROBE_STEP_DECIDE:
		return true;
	case PODSWITCH_PROBE_STEP_REDIRECT:
		return !frame->in;
	case PODSWITCH_PROBE_STEP_GUARD:
		return frame->in;
	case PODSWITCH_PROBE_STEP_ANSWER:
		return psw_frame_is_neigh(frame) &&
		       frame->neigh.op == PSW_NEIGH_ASK;
	case PODSWITCH_PROBE_STEP_TRANSLATE:
	case PODSWITCH_PROBE_STEP_ADMIT:
	case PODSWITCH_PROBE_STEP_DELIVER:
		return false;
	}
	return false;
}

/* What comes before the step that said what is to become of the frame. */
static void psw_probe_add_passed(struct psw_probe *probe,
				 const struct psw_frame *frame,
				 const struct psw_verdict *verdict)
{
	enum podswitch_probe_step step = PODSWITCH_PROBE_STEP_DESCRIBE;

	for (; step < verdict->step; step++) {
		if (step == PODSWITCH_PROBE_STEP_DECIDE)
			psw_probe_add_port(probe, verdict->port);
		else if (psw_probe_has_step(frame, step))
			psw_probe_add(probe, step,
				      PODSWITCH_PROBE_VERDICT_PASS);
	}
}

/* The frame goes to a port; whether it is translated may have been asked. */
static void psw_probe_forward(struct psw_probe *probe,
			      const struct psw_frame *frame,
			      const struct psw_verdict *verdict)
{
	struct psw_probe_step *step;

	if (verdict->step == PODSWITCH_PROBE_STEP_TRANSLATE) {
		step = psw_probe_add(probe, verdict->step,
				     PODSWITCH_PROBE_VERDICT_PASS);
		if (verdict->action == PSW_TO_PORT_ANEW)
			step->cause = PODSWITCH_PROBE_CAUSE_REUSED;
	} else {
		psw_probe_add_port(probe, verdict->port);
	}
	if (frame->in && psw_host_sees_all(frame->sw))
		psw_probe_to_host(probe, PODSWITCH_PROBE_CAUSE_PROMISCUOUS);
	psw_probe_to_port(probe, frame, verdict->port);
}

/* As psw_forward_rest(), without a frame. */
static void psw_probe_act(struct psw_probe *probe,
			  const struct psw_frame *frame,
			  const struct psw_verdict *verdict)
{
	switch (verdict->action) {
	case PSW_TO_PORT:
	case PSW_TO_PORT_ANEW:
		psw_probe_forward(probe, frame, verdict);
		break;
	case PSW_TO_HOST:
	case PSW_TO_TRANSLATOR:
		psw_probe_add(probe, verdict->step,
			      PODSWITCH_PROBE_VERDICT_HOST);
		psw_probe_to_host(probe, PODSWITCH_PROBE_CAUSE_NONE);
		break;
	case PSW_TO_GROUP:
		psw_probe_add(probe, verdict->step,
			      PODSWITCH_PROBE_VERDICT_GROUP);
		psw_probe_to_group(probe, frame, false);
		break;
	case PSW_TO_ASKED:
		psw_probe_add(probe, verdict->step,
			      PODSWITCH_PROBE_VERDICT_QUESTION);
		psw_probe_to_group(probe, frame, true);
		break;
	case PSW_ANSWER:
		psw_probe_answer(probe, frame, verdict->port);
		break;
	case PSW_LEAVE:
		psw_probe_add(probe, verdict->step,
			      PODSWITCH_PROBE_VERDICT_LEAVE);
		break;
	case PSW_DROP:
		psw_probe_add_drop(probe, verdict->step, verdict->drop);
		break;
	}
}

/* --- receiving --- */

/* Whether the frame comes to the switch at all. */
static bool psw_probe_receive(struct psw_probe *probe,
			      const struct sk_buff *skb)
{
	const struct psw_probe_cfg *cfg = probe->cfg;
	struct psw_probe_step *step;

	step = psw_probe_add(probe, PODSWITCH_PROBE_STEP_RECEIVE,
			     PODSWITCH_PROBE_VERDICT_PASS);
	step->dev = cfg->in ? cfg->in->dev : cfg->sw->dev;
	if (!(cfg->in ? psw_port_is_up(cfg->in) : psw_host_is_up(cfg->sw)))
		step->cause = PODSWITCH_PROBE_CAUSE_DOWN;
	else if (!skb)
		step->cause = PODSWITCH_PROBE_CAUSE_TRUNCATED_TAG;
	if (step->cause != PODSWITCH_PROBE_CAUSE_NONE) {
		step->verdict = PODSWITCH_PROBE_VERDICT_DROP;
		return false;
	}
	if (cfg->in && psw_dev_has_ingress(cfg->in->dev))
		step->cause = PODSWITCH_PROBE_CAUSE_INGRESS_HOOK;
	return true;
}

/* The frame as its device receives it, or NULL without memory. */
static struct sk_buff *psw_probe_make(const struct psw_probe_cfg *cfg)
{
	unsigned int len = max(cfg->carried, cfg->len);
	struct sk_buff *skb;

	skb = alloc_skb(NET_SKB_PAD + NET_IP_ALIGN + len, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	skb_put_data(skb, cfg->data, cfg->carried);
	skb_put_zero(skb, len - cfg->carried);
	skb->protocol = eth_type_trans(skb, cfg->in ? cfg->in->dev :
						      cfg->sw->dev);
	skb_reset_network_header(skb);
	if (cfg->is_gso)
		skb_shinfo(skb)->gso_size = 1;
	return skb;
}

static void psw_probe_run(struct psw_probe *probe, struct sk_buff *skb)
	__must_hold_shared(RCU)
{
	struct psw_frame frame = {
		.skb = skb,
		.sw = probe->cfg->sw,
		.in = probe->cfg->in,
	};
	struct psw_verdict verdict;

	if (!psw_probe_receive(probe, skb))
		return;
	verdict = frame.in ? psw_judge_from_port(&frame) :
			     psw_judge_from_host(&frame);
	probe->is_described = verdict.action != PSW_DROP ||
			      verdict.step != PODSWITCH_PROBE_STEP_DESCRIBE;
	probe->kind = (enum podswitch_probe_kind)frame.kind;
	probe->vlan = frame.vlan;
	psw_probe_add_passed(probe, &frame, &verdict);
	psw_probe_act(probe, &frame, &verdict);
}

/**
 * psw_probe_create() - what would become of a frame
 * @cfg: the frame, which is asked about as long as the result is used
 *
 * Context: RTNL, as long as the result is used; sleeps.
 * Return: the result, for kfree(), or NULL without memory.
 */
struct psw_probe *psw_probe_create(const struct psw_probe_cfg *cfg)
{
	struct psw_probe *probe;
	struct sk_buff *skb;

	ASSERT_RTNL();
	probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	if (!probe)
		return NULL;
	probe->cfg = cfg;
	skb = psw_probe_make(cfg);
	if (!skb) {
		kfree(probe);
		return NULL;
	}

	local_bh_disable();
	rcu_read_lock();
	if (eth_type_vlan(skb->protocol))
		skb = skb_vlan_untag(skb);
	psw_probe_run(probe, skb);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return probe;
}

/* --- telling --- */

static size_t psw_probe_step_size(void)
{
	return nla_total_size(6 * nla_total_size(sizeof(u32)) +
			      nla_total_size(IFNAMSIZ) +
			      nla_total_size(ETH_ALEN));
}

/**
 * psw_probe_msg_size() - room that psw_probe_fill() needs
 * @probe: what it is to tell
 *
 * Return: bytes of attributes.
 */
size_t psw_probe_msg_size(const struct psw_probe *probe)
{
	return 5 * nla_total_size(sizeof(u32)) +
	       probe->n_steps * psw_probe_step_size();
}

static int psw_probe_step_fill(struct sk_buff *msg,
			       const struct psw_probe_step *step)
{
	const bool is_answer = step->verdict == PODSWITCH_PROBE_VERDICT_ANSWER;
	struct nlattr *nest;

	nest = nla_nest_start(msg, PODSWITCH_A_PROBE_STEP);
	if (!nest ||
	    nla_put_u32(msg, PODSWITCH_A_PROBE_STEP_STEP, step->step) ||
	    nla_put_u32(msg, PODSWITCH_A_PROBE_STEP_VERDICT, step->verdict))
		return -EMSGSIZE;
	if (step->drop &&
	    nla_put_u32(msg, PODSWITCH_A_PROBE_STEP_DROP, step->drop))
		return -EMSGSIZE;
	if (step->dev &&
	    (nla_put_u32(msg, PODSWITCH_A_PROBE_STEP_IFINDEX,
			 step->dev->ifindex) ||
	     nla_put_string(msg, PODSWITCH_A_PROBE_STEP_NAME,
			    step->dev->name)))
		return -EMSGSIZE;
	if (step->verdict == PODSWITCH_PROBE_VERDICT_DELIVER &&
	    nla_put_u32(msg, PODSWITCH_A_PROBE_STEP_WAY, step->way))
		return -EMSGSIZE;
	if (step->cause &&
	    nla_put_u32(msg, PODSWITCH_A_PROBE_STEP_CAUSE, step->cause))
		return -EMSGSIZE;
	if (is_answer &&
	    nla_put(msg, PODSWITCH_A_PROBE_STEP_MAC, ETH_ALEN, step->mac))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * psw_probe_fill() - turns what would become of a frame into attributes
 * @msg: the message
 * @probe: what it is to tell
 *
 * Context: RTNL.
 * Return: 0 or -EMSGSIZE; the message is then cut short by the caller.
 */
int psw_probe_fill(struct sk_buff *msg, const struct psw_probe *probe)
{
	const struct psw_probe_cfg *cfg = probe->cfg;
	const struct net_device *from = cfg->in ? cfg->in->dev : cfg->sw->dev;
	unsigned int i;

	ASSERT_RTNL();
	if (nla_put_u32(msg, PODSWITCH_A_PROBE_IFINDEX, from->ifindex) ||
	    nla_put_u32(msg, PODSWITCH_A_PROBE_SWITCH, cfg->sw->dev->ifindex) ||
	    (probe->is_described &&
	     nla_put_u32(msg, PODSWITCH_A_PROBE_KIND, probe->kind)) ||
	    (probe->vlan &&
	     nla_put_u16(msg, PODSWITCH_A_PROBE_VLAN, probe->vlan)) ||
	    (probe->is_group &&
	     nla_put_u32(msg, PODSWITCH_A_PROBE_RECEIVERS, probe->receivers)))
		return -EMSGSIZE;
	for (i = 0; i < probe->n_steps; i++) {
		if (psw_probe_step_fill(msg, &probe->steps[i]))
			return -EMSGSIZE;
	}
	return 0;
}
