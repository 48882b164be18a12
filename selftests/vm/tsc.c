// SPDX-License-Identifier: GPL-2.0
/* Prints the frequency of the processor's time-stamp counter in kHz. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define TRIES		100
#define APART_NS	50000000

struct reading {
	uint64_t ticks;
	uint64_t ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Both clocks at one moment: of many readings, the one that took least. */
static struct reading read_both(void)
{
	uint64_t least = UINT64_MAX, before, ticks, after;
	struct reading best = { 0 };
	int i;

	for (i = 0; i < TRIES; i++) {
		before = now_ns();
		ticks = __rdtsc();
		after = now_ns();
		if (after - before >= least)
			continue;
		least = after - before;
		best.ticks = ticks;
		best.ns = before + least / 2;
	}
	return best;
}

int main(void)
{
	const struct timespec apart = { .tv_nsec = APART_NS };
	struct reading first = read_both(), last;

	nanosleep(&apart, NULL);
	last = read_both();
	printf("%.0f\n", (last.ticks - first.ticks) * 1e6 /
	       (last.ns - first.ns));
	return 0;
}
