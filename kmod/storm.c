// SPDX-License-Identifier: GPL-2.0
#include "storm.h"

#include <linux/atomic.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

/* When the frames so far had been due, one that comes now included; sets whether
 * that is within the limit.
 */
static s64 psw_storm_next(s64 due, s64 now, u32 limit, bool *is_below)
{
	s64 next = max(due, now) + div_u64(NSEC_PER_SEC, limit);

	*is_below = next - now <= NSEC_PER_SEC;
	return next;
}

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
	s64 due = atomic64_read(&port->storm_due_ns);
	s64 now = ktime_get_ns();
	bool is_below;
	s64 next;

	do {
		next = psw_storm_next(due, now, limit, &is_below);
		if (!is_below)
			return false;
	} while (!atomic64_try_cmpxchg(&port->storm_due_ns, &due, next));
	return true;
}

/**
 * psw_storm_would_admit() - psw_storm_admit() for a frame that is not sent
 * @port: the port
 *
 * Context: any.
 */
bool psw_storm_would_admit(const struct psw_port *port)
{
	u32 limit = READ_ONCE(port->storm_limit);
	bool is_below = true;

	if (limit)
		psw_storm_next(atomic64_read(&port->storm_due_ns),
			       ktime_get_ns(), limit, &is_below);
	return is_below;
}
