/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_DELIVER_H
#define _PSW_DELIVER_H

#include <linux/netdevice.h>

#include "direct.h"
#include "frame.h"
#include "psw.h"
#include "stats.h"

void psw_drop(const struct psw_frame *frame, enum psw_drop reason);
void psw_port_transmit(const struct psw_frame *frame, struct sk_buff *skb,
		       const struct psw_port *port);
rx_handler_result_t psw_deliver_host(const struct psw_frame *frame);
rx_handler_result_t psw_deliver_translator(struct sk_buff **pskb,
					   const struct psw_frame *frame);
rx_handler_result_t psw_deliver_answer(const struct psw_frame *frame);
void psw_deliver_group(const struct psw_frame *frame, bool is_question);
void psw_show_host(const struct psw_frame *frame);
bool psw_port_listens(const struct psw_frame *frame,
		      const struct psw_port *port);
enum podswitch_probe_cause psw_direct_hindrance(const struct psw_frame *frame,
						const struct psw_port *port);

/* Whether the host gets what is handed to it. */
static inline bool psw_host_is_up(const struct psw_switch *sw)
{
	return READ_ONCE(sw->dev->flags) & IFF_UP;
}

/* Whether the host gets a copy of what is not for it. */
static inline bool psw_host_sees_all(const struct psw_switch *sw)
{
	return static_branch_unlikely(&psw_promisc_key) &&
	       READ_ONCE(sw->is_promisc);
}

/* Whether a port may know the answer to a question about an address that no
 * port holds: it declares no address, or it shares this one.
 */
static inline bool psw_port_may_know(const struct psw_frame *frame,
				     const struct psw_port *port)
{
	return !READ_ONCE(port->n_addresses) ||
	       psw_port_shares(port, &frame->neigh.target, frame->vlan);
}

/**
 * psw_each_receiver() - calls a function with each port that gets a frame to a
 * group
 * @frame: the frame; psw_frame_is_neigh() if it is a question
 * @is_question: whether only the ports that may know the answer get it
 * @visit: the function
 * @arg: for it
 *
 * Context: RCU read section, bottom halves off.
 */
static __always_inline void
psw_each_receiver(const struct psw_frame *frame, bool is_question,
		  void (*visit)(const struct psw_frame *frame,
				const struct psw_port *port, void *arg),
		  void *arg)
{
	const struct psw_port *port;

	if (is_question) {
		list_for_each_entry_rcu(port, &frame->sw->askable, ask_node) {
			if (psw_port_may_know(frame, port) &&
			    psw_port_listens(frame, port))
				visit(frame, port, arg);
		}
		return;
	}
	list_for_each_entry_rcu(port, &frame->sw->listeners, node) {
		if (psw_port_listens(frame, port))
			visit(frame, port, arg);
	}
}

/**
 * psw_deliver() - hands a frame to one port
 * @frame: the frame; its skb is passed on
 * @port: the receiver
 *
 * A frame from a pod goes directly into the other pod where it can; the caller
 * then returns RX_HANDLER_ANOTHER to the core, which goes on with it.
 *
 * Context: RCU read section, bottom halves off.
 * Return: RX_HANDLER_ANOTHER if the core has to receive the frame on its new
 * device; RX_HANDLER_CONSUMED if it is gone.
 */
static __always_inline rx_handler_result_t
psw_deliver(const struct psw_frame *frame, const struct psw_port *port)
{
	struct net_device *peer;
	enum psw_drop drop;

	drop = psw_judge_delivery(frame, port, &peer);
	if (unlikely(drop != PSW_PASS)) {
		psw_drop(frame, drop);
		return RX_HANDLER_CONSUMED;
	}
	if (unlikely(!peer)) {
		psw_port_transmit(frame, frame->skb, port);
		return RX_HANDLER_CONSUMED;
	}
	psw_enter_peer(frame, frame->skb, port, peer);
	return RX_HANDLER_ANOTHER;
}

#endif /* _PSW_DELIVER_H */
