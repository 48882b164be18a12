// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include "handle.h"

_Static_assert(PODSWITCH_A_DROPS_MAX < PODSWITCH_DROPS_ROOM,
	       "a program of an older header has no room for a drop reason");

void podswitch_get_drops(const struct nlattr *attr, uint64_t *drops)
{
	const struct nlattr *tb[PODSWITCH_DROPS_ROOM];
	size_t i;

	nl_parse_nested(attr, tb, PODSWITCH_DROPS_ROOM - 1);
	for (i = 1; i < MNL_ARRAY_SIZE(tb); i++)
		drops[i] = nl_get_uint(tb[i]);
}

void podswitch_get_stats(const struct nlattr *attr,
			 struct podswitch_stats *stats)
{
	const struct nlattr *tb[PODSWITCH_A_STATS_MAX + 1];

	nl_parse_nested(attr, tb, PODSWITCH_A_STATS_MAX);
	*stats = (struct podswitch_stats){
		.rx_packets = nl_get_uint(tb[PODSWITCH_A_STATS_RX_PACKETS]),
		.rx_bytes = nl_get_uint(tb[PODSWITCH_A_STATS_RX_BYTES]),
		.tx_packets = nl_get_uint(tb[PODSWITCH_A_STATS_TX_PACKETS]),
		.tx_bytes = nl_get_uint(tb[PODSWITCH_A_STATS_TX_BYTES]),
		.queued = nl_get_uint(tb[PODSWITCH_A_STATS_QUEUED]),
		.answered = nl_get_uint(tb[PODSWITCH_A_STATS_ANSWERED]),
		.translated = nl_get_uint(tb[PODSWITCH_A_STATS_TRANSLATED]),
	};
	podswitch_get_drops(tb[PODSWITCH_A_STATS_DROPS], stats->drops);
}
