/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_VIOLATION_H
#define _PSW_VIOLATION_H

#include <linux/bits.h>
#include <linux/types.h>

#include "stats.h"

struct psw_frame;
struct psw_switch;

/* What a well-behaved pod does not send. */
#define PSW_VIOLATIONS							\
	(BIT(PSW_DROP_MALFORMED) | BIT(PSW_DROP_TAGGED) |		\
	 BIT(PSW_DROP_SPOOFED_MAC) | BIT(PSW_DROP_SPOOFED_IPV4) |	\
	 BIT(PSW_DROP_SPOOFED_IPV6) | BIT(PSW_DROP_SPOOFED_ARP) |	\
	 BIT(PSW_DROP_SPOOFED_ND) | BIT(PSW_DROP_ROUTER_MESSAGE) |	\
	 BIT(PSW_DROP_FOREIGN_VLAN) | BIT(PSW_DROP_STORM) |		\
	 BIT(PSW_DROP_DHCP_SERVER))

/**
 * psw_drop_is_violation() - whether a reason is the sender's fault
 * @reason: why a frame is dropped
 */
static inline bool psw_drop_is_violation(enum psw_drop reason)
{
	return BIT(reason) & PSW_VIOLATIONS;
}

void psw_violation_note(const struct psw_frame *frame);
void psw_violation_init(struct psw_switch *sw);
void psw_violation_fini(struct psw_switch *sw);

#endif /* _PSW_VIOLATION_H */
