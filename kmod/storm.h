/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_STORM_H
#define _PSW_STORM_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "psw.h"

bool psw_storm_is_below(struct psw_port *port, u32 limit);
bool psw_storm_would_admit(const struct psw_port *port);

/**
 * psw_storm_admit() - whether a port may send one more frame to a group
 * @port: the port
 *
 * Context: bottom halves off.
 */
static inline bool psw_storm_admit(struct psw_port *port)
{
	u32 limit = READ_ONCE(port->storm_limit);

	return likely(!limit) || psw_storm_is_below(port, limit);
}

#endif /* _PSW_STORM_H */
