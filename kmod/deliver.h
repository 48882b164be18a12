/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_DELIVER_H
#define _PSW_DELIVER_H

#include <linux/netdevice.h>

#include "direct.h"
#include "frame.h"
#include "psw.h"
#include "stats.h"

void psw_drop(const struct psw_frame *frame, enum psw_drop reason);
void psw_deliver_indirect(const struct psw_frame *frame,
			  const struct psw_port *port);
rx_handler_result_t psw_deliver_host(const struct psw_frame *frame);
rx_handler_result_t psw_deliver_translator(struct sk_buff **pskb,
					   const struct psw_frame *frame);
rx_handler_result_t psw_deliver_answer(const struct psw_frame *frame);
void psw_deliver_group(const struct psw_frame *frame);
void psw_deliver_question(const struct psw_frame *frame);
void psw_show_host(const struct psw_frame *frame);

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
	struct net_device *peer = psw_direct_peer(frame, port);

	if (unlikely(!peer)) {
		psw_deliver_indirect(frame, port);
		return RX_HANDLER_CONSUMED;
	}
	if (unlikely(!psw_fits(frame->skb, peer))) {
		psw_drop(frame, PSW_DROP_TOO_BIG);
		return RX_HANDLER_CONSUMED;
	}
	psw_enter_peer(frame, frame->skb, port, peer);
	return RX_HANDLER_ANOTHER;
}

#endif /* _PSW_DELIVER_H */
