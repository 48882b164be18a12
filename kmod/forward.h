/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_FORWARD_H
#define _PSW_FORWARD_H

#include <linux/netdevice.h>
#include <linux/rcupdate.h>

struct psw_switch;

rx_handler_result_t psw_forward_from_port(struct sk_buff **pskb)
	__must_hold_shared(RCU);
void psw_forward_from_host(struct psw_switch *sw, struct sk_buff *skb)
	__must_hold_shared(RCU);

#endif /* _PSW_FORWARD_H */
