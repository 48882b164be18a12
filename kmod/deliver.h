/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_DELIVER_H
#define _PSW_DELIVER_H

#include <linux/netdevice.h>

#include "stats.h"

struct psw_frame;
struct psw_port;

void psw_drop(const struct psw_frame *frame, enum psw_drop reason);
rx_handler_result_t psw_deliver(const struct psw_frame *frame,
				struct psw_port *port);
rx_handler_result_t psw_deliver_host(const struct psw_frame *frame);
void psw_deliver_group(const struct psw_frame *frame);
void psw_deliver_answer(const struct psw_frame *frame,
			struct sk_buff *answer);

#endif /* _PSW_DELIVER_H */
