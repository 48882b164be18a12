// SPDX-License-Identifier: GPL-2.0
#include "storm.h"

#include <linux/atomic.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

/**
 * psw_storm_is_below() - counts one frame against a limit
 * @port: the port that sends it
 * @limit: frames in a second, not 0
 *
 * Each frame is due a fixed time after the one before; a port may run ahead by
 * a second's frames (the generic cell rate algorithm, ITU-T I.371 annex A).
 * That takes one word, which no lock has to guard: who loses the race for it
 * looks again.
 *
 * Context: bottom halves off.
 * Return: whether the frame is within the limit.
 */
bool psw_storm_is_below(struct psw_port *port, u32 limit)
{
	s64 interval = div_u64(NSEC_PER_SEC, limit);
	s64 due = atomic64_read(&port->storm_due_ns);
	s64 now = ktime_get_ns();
	s64 next;

	do {
		next = max(due, now) + interval;
		if (next - now > NSEC_PER_SEC)
			return false;
	} while (!atomic64_try_cmpxchg(&port->storm_due_ns, &due, next));
	return true;
}
