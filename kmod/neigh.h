/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_NEIGH_H
#define _PSW_NEIGH_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct in6_addr;
struct psw_frame;
struct psw_port;
struct psw_table;
struct sk_buff;

u64 psw_mac_of_link_local(const struct in6_addr *ip);
struct psw_port *psw_neigh_holder(const struct psw_frame *frame)
	__must_hold_shared(RCU);
struct sk_buff *psw_neigh_answer(const struct psw_frame *frame,
				 const struct psw_port *holder);

#endif /* _PSW_NEIGH_H */
