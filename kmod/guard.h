/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_GUARD_H
#define _PSW_GUARD_H

#include <linux/compiler.h>

#include "frame.h"
#include "psw.h"
#include "stats.h"

bool psw_guard_extra_mac(const struct psw_frame *frame);
enum psw_drop psw_guard_ip(const struct psw_frame *frame);
enum psw_drop psw_guard_closely(const struct psw_frame *frame);

/**
 * psw_guard() - whether the port may send a frame from this source
 * @frame: from a port; psw_frame_describe() described all of it
 *
 * Context: RCU read section, bottom halves off.
 * Return: PSW_PASS, or what the frame is dropped for.
 */
static inline enum psw_drop psw_guard(const struct psw_frame *frame)
{
	const struct psw_port *port = frame->in;
	u8 guard = READ_ONCE(port->guard);

	if (unlikely(guard == PODSWITCH_GUARD_OFF))
		return PSW_PASS;
	if (unlikely(frame->src != READ_ONCE(port->mac)) &&
	    !psw_guard_extra_mac(frame))
		return PSW_DROP_SPOOFED_MAC;
	if (guard != PODSWITCH_GUARD_MAC_IP)
		return PSW_PASS;
	/* It has no tag, so it is where the port's first address is. */
	if (likely(frame->src4 && frame->src4 == READ_ONCE(port->ip4)))
		return PSW_PASS;
	return psw_guard_ip(frame);
}

#endif /* _PSW_GUARD_H */
