/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is to become of a frame, from its first look to where it goes: describe,
 * guard, answer, decide. Nothing of the switch is changed and nothing is
 * counted, so that the same can be asked about a frame that is not sent
 * (probe.h). Inline as far as the commonest frames go.
 */
#ifndef _PSW_DECIDE_H
#define _PSW_DECIDE_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <uapi/linux/podswitch.h>

#include "frame.h"
#include "guard.h"
#include "psw.h"
#include "stats.h"
#include "table.h"

/**
 * enum psw_action - what is decided on a frame
 * @PSW_DROP: it is dropped, for verdict.drop
 * @PSW_TO_PORT: it goes to verdict.port
 * @PSW_TO_PORT_ANEW: likewise, and a translated connection that had its ports
 *                    before is to be forgotten
 * @PSW_TO_HOST: it goes up the host's stack
 * @PSW_TO_TRANSLATOR: it is for verdict.port, and goes up the host's stack,
 *                     which translates it
 * @PSW_TO_GROUP: it goes to the host and to the ports that listen
 * @PSW_TO_ASKED: it goes to the host and to the ports that may know the answer
 * @PSW_ANSWER: it is answered in the name of verdict.port
 * @PSW_LEAVE: it stays with the device that received it, an uplink
 */
enum psw_action {
	PSW_DROP,
	PSW_TO_PORT,
	PSW_TO_PORT_ANEW,
	PSW_TO_HOST,
	PSW_TO_TRANSLATOR,
	PSW_TO_GROUP,
	PSW_TO_ASKED,
	PSW_ANSWER,
	PSW_LEAVE,
};

/**
 * struct psw_verdict - what is to become of a frame
 * @action: what
 * @step: which step said so
 * @drop: why, for PSW_DROP
 * @port: which, for the actions that name one
 */
struct psw_verdict {
	enum psw_action action;
	enum podswitch_probe_step step;
	union {
		enum psw_drop drop;
		struct psw_port *port;
	};
};

struct psw_verdict psw_decide_translated(const struct psw_frame *frame,
					 struct psw_port *out);
struct psw_verdict psw_decide_group(const struct psw_frame *frame);
struct psw_verdict psw_decide_unheld(const struct psw_frame *frame);
struct psw_verdict psw_judge_described(const struct psw_frame *frame)
	__must_hold_shared(RCU);
struct psw_verdict psw_judge_closely(struct psw_frame *frame)
	__must_hold_shared(RCU);
struct psw_verdict psw_judge_from_host(struct psw_frame *frame)
	__must_hold_shared(RCU);

static inline struct psw_verdict psw_verdict(enum psw_action action)
{
	return (struct psw_verdict){
		.action = action,
		.step = PODSWITCH_PROBE_STEP_DECIDE,
	};
}

static inline struct psw_verdict
psw_verdict_drop(enum podswitch_probe_step step, enum psw_drop drop)
{
	return (struct psw_verdict){
		.action = PSW_DROP,
		.step = step,
		.drop = drop,
	};
}

/* A frame to a port goes there unless the host has to translate it. */
static __always_inline struct psw_verdict
psw_verdict_port(const struct psw_frame *frame, const struct psw_port *in,
		 struct psw_port *out)
{
	if (unlikely(in && READ_ONCE(in->is_translated)))
		return psw_decide_translated(frame, out);
	return (struct psw_verdict){
		.action = PSW_TO_PORT,
		.step = PODSWITCH_PROBE_STEP_DECIDE,
		.port = out,
	};
}

/* Where a frame goes that came from a port, or from the host: @in is
 * @frame->in, which the caller may have at hand.
 */
static __always_inline struct psw_verdict
psw_decide(const struct psw_frame *frame, const struct psw_port *in)
	__must_hold_shared(RCU)
{
	const enum podswitch_probe_step step = PODSWITCH_PROBE_STEP_DECIDE;
	struct psw_entry *entry;
	struct psw_port *out;

	if (unlikely(psw_frame_is_group(frame)))
		return psw_decide_group(frame);
	entry = psw_table_find_mac(&frame->sw->table, frame->dst, frame->vlan);
	if (!entry)
		return psw_decide_unheld(frame);

	out = entry->port;
	if (unlikely(out == in && !READ_ONCE(out->hairpin)))
		return psw_verdict_drop(step, PSW_DROP_SAME_PORT);
	if (unlikely(psw_are_isolated(in, out)))
		return psw_verdict_drop(step, PSW_DROP_ISOLATED);
	return psw_verdict_port(frame, in, out);
}

/**
 * psw_judge_from_port() - what is to become of a frame that a pod sent
 * @frame: @skb and @in are set; the rest is filled in
 *
 * Context: RCU read section, bottom halves off.
 */
static __always_inline struct psw_verdict
psw_judge_from_port(struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct psw_port *in = frame->in;
	enum psw_drop drop;

	frame->sw = in->sw;
	frame->vlan = READ_ONCE(in->pvid);
	if (unlikely(!psw_frame_describe(frame)))
		return psw_judge_closely(frame);
	drop = psw_guard(frame);
	if (unlikely(drop != PSW_PASS))
		return psw_verdict_drop(PODSWITCH_PROBE_STEP_GUARD, drop);
	return psw_decide(frame, in);
}

#endif /* _PSW_DECIDE_H */
