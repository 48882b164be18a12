/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_NOTIFY_H
#define _PSW_NOTIFY_H

#include <linux/types.h>

struct psw_port;
struct psw_violation;
struct psw_switch;
struct sk_buff;

size_t psw_port_msg_size(const struct psw_port *port);
int psw_port_fill(struct sk_buff *msg, const struct psw_port *port);
size_t psw_switch_msg_size(void);
int psw_switch_fill(struct sk_buff *msg, const struct psw_switch *sw);

void psw_notify_port(const struct psw_port *port, u8 cmd);
void psw_notify_violation(const struct psw_port *port,
			  const struct psw_violation *violation,
			  const u64 *drops);

#endif /* _PSW_NOTIFY_H */
