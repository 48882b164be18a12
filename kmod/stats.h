/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_STATS_H
#define _PSW_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/podswitch.h>

/**
 * enum psw_drop - why a frame is not delivered
 * @PSW_PASS: it is
 *
 * The values are the protocol's own (attribute set "drops"), so a counter's
 * index is its attribute.
 */
enum psw_drop {
	PSW_PASS = 0,
	PSW_DROP_MALFORMED = PODSWITCH_A_DROPS_MALFORMED,
	PSW_DROP_TAGGED = PODSWITCH_A_DROPS_TAGGED,
	PSW_DROP_RESERVED_GROUP = PODSWITCH_A_DROPS_RESERVED_GROUP,
	PSW_DROP_SPOOFED_MAC = PODSWITCH_A_DROPS_SPOOFED_MAC,
	PSW_DROP_SPOOFED_IPV4 = PODSWITCH_A_DROPS_SPOOFED_IPV4,
	PSW_DROP_SPOOFED_IPV6 = PODSWITCH_A_DROPS_SPOOFED_IPV6,
	PSW_DROP_SPOOFED_ARP = PODSWITCH_A_DROPS_SPOOFED_ARP,
	PSW_DROP_SPOOFED_ND = PODSWITCH_A_DROPS_SPOOFED_ND,
	PSW_DROP_ROUTER_MESSAGE = PODSWITCH_A_DROPS_ROUTER_MESSAGE,
	PSW_DROP_UNKNOWN_DESTINATION = PODSWITCH_A_DROPS_UNKNOWN_DESTINATION,
	PSW_DROP_SAME_PORT = PODSWITCH_A_DROPS_SAME_PORT,
	PSW_DROP_ISOLATED = PODSWITCH_A_DROPS_ISOLATED,
	PSW_DROP_TOO_BIG = PODSWITCH_A_DROPS_TOO_BIG,
	PSW_DROP_RECEIVER_DOWN = PODSWITCH_A_DROPS_RECEIVER_DOWN,
	PSW_DROP_NO_MEMORY = PODSWITCH_A_DROPS_NO_MEMORY,
	PSW_DROP_FOREIGN_VLAN = PODSWITCH_A_DROPS_FOREIGN_VLAN,
	PSW_DROP_STORM = PODSWITCH_A_DROPS_STORM,
	PSW_DROP_HOST_REDIRECT = PODSWITCH_A_DROPS_HOST_REDIRECT,
	PSW_DROP_DHCP_SERVER = PODSWITCH_A_DROPS_DHCP_SERVER,
};

/**
 * enum psw_count - what is counted of frames that are not dropped
 * @PSW_QUEUED: delivered through a device's own transmit
 * @PSW_ANSWERED: ARP requests and neighbour solicitations answered
 * @PSW_TRANSLATED: handed to the host, which translates their connection
 * @PSW_N_COUNTS: how many there are
 *
 * Frames and bytes that pass are counted by the devices themselves.
 */
enum psw_count {
	PSW_QUEUED,
	PSW_ANSWERED,
	PSW_TRANSLATED,
	PSW_N_COUNTS,
};

/**
 * struct psw_stats - counters of one CPU, of a port or of a switch's host side
 * @counts: by &enum psw_count
 * @drops: frames not delivered, by &enum psw_drop
 * @syncp: lets 32-bit readers see whole values
 */
struct psw_stats {
	u64_stats_t counts[PSW_N_COUNTS];
	u64_stats_t drops[PODSWITCH_A_DROPS_MAX + 1];
	struct u64_stats_sync syncp;
};

static inline void psw_stats_inc(struct psw_stats *cpu, u64_stats_t *counter)
{
	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(counter);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * psw_stats_drop() - counts a frame that is not delivered
 * @stats: where
 * @reason: why
 *
 * Context: bottom halves off.
 */
static inline void psw_stats_drop(struct psw_stats __percpu *stats,
				  enum psw_drop reason)
{
	struct psw_stats *cpu = this_cpu_ptr(stats);

	psw_stats_inc(cpu, &cpu->drops[reason]);
}

/**
 * psw_stats_count() - counts a frame that is not dropped
 * @stats: where
 * @count: what became of it
 *
 * Context: bottom halves off.
 */
static inline void psw_stats_count(struct psw_stats __percpu *stats,
				   enum psw_count count)
{
	struct psw_stats *cpu = this_cpu_ptr(stats);

	psw_stats_inc(cpu, &cpu->counts[count]);
}

/**
 * struct psw_stats_sum - the counters of all CPUs together
 * @counts: see &struct psw_stats
 * @drops: see &struct psw_stats
 */
struct psw_stats_sum {
	u64 counts[PSW_N_COUNTS];
	u64 drops[PODSWITCH_A_DROPS_MAX + 1];
};

struct psw_stats __percpu *psw_stats_create(void);
void psw_stats_sum(const struct psw_stats __percpu *stats,
		   struct psw_stats_sum *sum);

#endif /* _PSW_STATS_H */
