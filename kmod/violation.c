// SPDX-License-Identifier: GPL-2.0
#include "violation.h"

#include <linux/jiffies.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "frame.h"
#include "notify.h"
#include "podswitch-nl.h"
#include "psw.h"

static bool psw_violation_is_heard(const struct psw_switch *sw)
{
	return genl_has_listeners(&podswitch_nl_family, dev_net(sw->dev),
				  PODSWITCH_NLGRP_VIOLATIONS);
}

static struct in6_addr psw_frame_source(const struct psw_frame *frame)
{
	struct in6_addr ip = in6addr_any;

	switch (frame->kind) {
	case PSW_KIND_OTHER:
		break;
	case PSW_KIND_IPV4:
		ipv6_addr_set_v4mapped(frame->src4, &ip);
		break;
	case PSW_KIND_IPV6:
	case PSW_KIND_ND:
		return frame->src6;
	case PSW_KIND_ARP:
		return frame->neigh.sender;
	}
	return ip;
}

/**
 * psw_violation_note() - has it reported that a port sent what it may not
 * @frame: the frame, which is about to be dropped
 *
 * The first frame since the last report is the one that is described; the
 * others are counted as drops alone. A report comes at once if the switch's
 * last one is a second ago.
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_violation_note(const struct psw_frame *frame)
{
	struct psw_switch *sw = frame->sw;
	struct psw_violation *violation;
	unsigned long delay = 0;

	if (!frame->in || frame->in->is_uplink)
		return;
	violation = &frame->in->violation;
	smp_mb();	/* the frame is counted; see psw_violation_take() */
	if (READ_ONCE(violation->state) != PSW_VIOLATION_NONE ||
	    !psw_violation_is_heard(sw) ||
	    cmpxchg(&violation->state, PSW_VIOLATION_NONE,
		    PSW_VIOLATION_TAKEN) != PSW_VIOLATION_NONE)
		return;

	violation->src = frame->src;
	violation->vlan = frame->vlan;
	violation->ip = psw_frame_source(frame);
	/* pairs with the acquire in psw_violation_report() */
	smp_store_release(&violation->state, PSW_VIOLATION_READY);
	if (time_before(jiffies, READ_ONCE(sw->report_due)))
		delay = min_t(long, READ_ONCE(sw->report_due) - jiffies, HZ);
	schedule_delayed_work(&sw->report, delay);
}

/* The drops since the last report that are the pod's fault, if there are any. */
static bool psw_violation_drops(struct psw_port *port, u64 *drops)
{
	u64 *reported = port->violation.reported;
	struct psw_stats_sum sum;
	bool any = false;
	int i;

	psw_stats_sum(port->stats, &sum);
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		drops[i] = psw_drop_is_violation(i) ? sum.drops[i] - reported[i]
						    : 0;
		reported[i] = sum.drops[i];
		any |= drops[i];
	}
	return any;
}

/* What a port's next report says, if there is anything to say. The frames are
 * counted after a new one can be noted: each is in this report, or is or comes
 * behind one that asks for the next.
 */
static bool psw_violation_take(struct psw_port *port,
			       struct psw_violation *first, u64 *drops)
{
	/* pairs with the release in psw_violation_note() */
	if (smp_load_acquire(&port->violation.state) != PSW_VIOLATION_READY)
		return false;
	*first = port->violation;
	/* pairs with the barrier in psw_violation_note() */
	smp_store_mb(port->violation.state, PSW_VIOLATION_NONE);
	return psw_violation_drops(port, drops);
}

/* RTNL may be held by whoever waits for this to end. */
static void psw_violation_report(struct work_struct *work)
{
	struct psw_switch *sw = container_of(to_delayed_work(work),
					     struct psw_switch, report);
	u64 drops[PODSWITCH_A_DROPS_MAX + 1];
	struct psw_violation first;
	struct psw_port *port;
	unsigned long index;

	if (!rtnl_trylock()) {
		schedule_delayed_work(&sw->report, 1);
		return;
	}
	WRITE_ONCE(sw->report_due, jiffies + HZ);
	xa_for_each(&sw->ports, index, port) {
		if (psw_violation_take(port, &first, drops))
			psw_notify_violation(port, &first, drops);
	}
	rtnl_unlock();
}

/**
 * psw_violation_init() - prepares a switch's reports
 * @sw: the switch, which has no ports yet
 */
void psw_violation_init(struct psw_switch *sw)
{
	INIT_DELAYED_WORK(&sw->report, psw_violation_report);
	sw->report_due = jiffies;
}

/**
 * psw_violation_fini() - ends a switch's reports
 * @sw: the switch, which has no ports any more
 *
 * Context: sleeps.
 */
void psw_violation_fini(struct psw_switch *sw)
{
	cancel_delayed_work_sync(&sw->report);
}
