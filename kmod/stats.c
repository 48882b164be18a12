// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <linux/gfp.h>
#include <linux/netdevice.h>
#include <linux/string.h>

/**
 * psw_stats_create() - allocates counters that read zero
 *
 * Context: may sleep.
 * Return: the counters, for free_percpu(), or NULL.
 */
struct psw_stats __percpu *psw_stats_create(void)
{
	return netdev_alloc_pcpu_stats(struct psw_stats);
}

/**
 * psw_stats_sum() - adds up the counters of all CPUs
 * @stats: the counters
 * @sum: filled in
 *
 * Context: any.
 */
void psw_stats_sum(const struct psw_stats __percpu *stats,
		   struct psw_stats_sum *sum)
{
	unsigned int start;
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct psw_stats *one = per_cpu_ptr(stats, cpu);
		struct psw_stats_sum read;

		do {
			start = u64_stats_fetch_begin(&one->syncp);
			for (i = 0; i < PSW_N_COUNTS; i++)
				read.counts[i] = u64_stats_read(&one->counts[i]);
			for (i = 0; i < ARRAY_SIZE(read.drops); i++)
				read.drops[i] = u64_stats_read(&one->drops[i]);
		} while (u64_stats_fetch_retry(&one->syncp, start));

		for (i = 0; i < PSW_N_COUNTS; i++)
			sum->counts[i] += read.counts[i];
		for (i = 0; i < ARRAY_SIZE(read.drops); i++)
			sum->drops[i] += read.drops[i];
	}
}
