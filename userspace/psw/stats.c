// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "row.h"

static const char usage[] =
	"Usage: psw stats show [ drops ] [ [ dev ] DEV | FILTER... ]\n"
	"       psw stats help\n"
	"FILTER := switch DEV | network NAME | pod [NAMESPACE/]NAME\n";

/* What a reason means, for somebody who has to do something about it. */
static const char *const stats_meaning[] = {
	[PODSWITCH_A_DROPS_MALFORMED] =
		"A header was cut short or contradicted itself.",
	[PODSWITCH_A_DROPS_TAGGED] =
		"The frame had a VLAN tag and the port has no trunk, or had two tags.",
	[PODSWITCH_A_DROPS_RESERVED_GROUP] =
		"The destination is a group that no bridge forwards.",
	[PODSWITCH_A_DROPS_SPOOFED_MAC] =
		"The source MAC is not the port's.",
	[PODSWITCH_A_DROPS_SPOOFED_IPV4] =
		"The IPv4 source is not an address of the port.",
	[PODSWITCH_A_DROPS_SPOOFED_IPV6] =
		"The IPv6 source is not an address of the port.",
	[PODSWITCH_A_DROPS_SPOOFED_ARP] =
		"The ARP sender is not the port's.",
	[PODSWITCH_A_DROPS_SPOOFED_ND] =
		"A neighbour message claims an address or a MAC that is not the port's.",
	[PODSWITCH_A_DROPS_ROUTER_MESSAGE] =
		"A router advertisement or a redirect came from a pod.",
	[PODSWITCH_A_DROPS_UNKNOWN_DESTINATION] =
		"No port holds the destination MAC, and there is no uplink.",
	[PODSWITCH_A_DROPS_SAME_PORT] =
		"The destination is on the source port, and hairpin is off.",
	[PODSWITCH_A_DROPS_ISOLATED] =
		"Both ports are isolated.",
	[PODSWITCH_A_DROPS_TOO_BIG] =
		"The frame exceeds the receiver's MTU.",
	[PODSWITCH_A_DROPS_RECEIVER_DOWN] =
		"The receiving port or its pod's interface is down or gone.",
	[PODSWITCH_A_DROPS_NO_MEMORY] =
		"Memory ran out.",
	[PODSWITCH_A_DROPS_FOREIGN_VLAN] =
		"The frame's VLAN is not one of the port's.",
	[PODSWITCH_A_DROPS_STORM] =
		"The port sent more frames to groups than its storm limit.",
	[PODSWITCH_A_DROPS_HOST_REDIRECT] =
		"The host told a pod to send elsewhere what it has to translate.",
	[PODSWITCH_A_DROPS_DHCP_SERVER] =
		"What a DHCP server sends came from a pod.",
};

_Static_assert(ARRAY_SIZE(stats_meaning) == PODSWITCH_A_DROPS_MAX + 1,
	       "a drop reason is not explained");

/* Whose counters a row shows. */
enum stats_kind { STATS_PORT, STATS_HOST, STATS_PORTS };

static const char *const stats_kinds[] = { "port", "host", "ports" };

struct stats_rows {
	struct psw *psw;
	struct print_list *list;
	struct row_switch sw;
	struct podswitch_stats sum;
	bool drops;
};

struct stats_args {
	const char *dev;
	const char *sw;
	struct podswitch_owner owner;
	bool drops;
};

static cJSON *stats_row(struct stats_rows *rows, enum stats_kind kind,
			const char *name, uint32_t sw,
			const struct podswitch_owner *owner)
{
	cJSON *row = print_lone_row();

	print_add_string(row, "kind", stats_kinds[kind]);
	print_add_string(row, "name", name);
	row_add_switch(row, &rows->sw, sw);
	if (owner)
		row_add_owner(row, owner);
	return row;
}

/* A row for all counters, or one for each reason to drop something. */
static void stats_add(struct stats_rows *rows, enum stats_kind kind,
		      const char *name, uint32_t sw,
		      const struct podswitch_owner *owner,
		      const struct podswitch_stats *stats)
{
	unsigned int i;
	cJSON *row;

	if (!rows->drops) {
		row = stats_row(rows, kind, name, sw, owner);
		print_add_stats(row, stats);
		print_row(rows->list, row);
		return;
	}
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		if (!stats->drops[i])
			continue;
		row = stats_row(rows, kind, name, sw, owner);
		print_add_string(row, "reason", podswitch_drop_name(i));
		print_add_uint(row, "frames", stats->drops[i]);
		print_add_string(row, "meaning", stats_meaning[i]);
		print_row(rows->list, row);
	}
}

/* All members are counters. */
static void stats_sum(struct podswitch_stats *sum,
		      const struct podswitch_stats *stats)
{
	const uint64_t *from = (const uint64_t *)stats;
	uint64_t *to = (uint64_t *)sum;
	size_t i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static int stats_port(const struct podswitch_port *port, void *arg)
{
	struct stats_rows *rows = arg;

	stats_add(rows, STATS_PORT, port->name, port->switch_ifindex,
		  &port->owner, &port->stats);
	stats_sum(&rows->sum, &port->stats);
	return 0;
}

/* A switch's ports, its host's side, and the sum over its ports. */
static int stats_switch(const struct podswitch_switch *sw, void *arg)
{
	struct podswitch_port_filter filter = { .switch_ifindex = sw->ifindex };
	struct stats_rows *rows = arg;
	int err;

	rows->sum = (struct podswitch_stats){ 0 };
	err = podswitch_port_dump(rows->psw->h, &filter, stats_port, rows);
	if (err)
		return err;
	stats_add(rows, STATS_HOST, sw->name, sw->ifindex, NULL, &sw->stats);
	if (!rows->drops)
		stats_add(rows, STATS_PORTS, sw->name, sw->ifindex, NULL,
			  &rows->sum);
	return 0;
}

static int stats_read(struct psw *psw, const struct stats_args *args,
		      struct stats_rows *rows)
{
	struct podswitch_port_filter filter = { .owner = &args->owner };
	const char *name = args->dev ? args->dev : args->sw;
	struct podswitch_switch sw;
	uint32_t ifindex = 0;
	int status;
	int err;

	status = psw_open(psw);
	if (!status && name)
		status = psw_ifindex(psw, name, &ifindex);
	if (status)
		return status;
	filter.switch_ifindex = ifindex;
	if (args->dev) {
		err = podswitch_port_get(psw->h, ifindex, stats_port, rows);
	} else if (args->owner.network || args->owner.pod_name) {
		err = podswitch_port_dump(psw->h, &filter, stats_port, rows);
	} else if (args->sw) {
		err = podswitch_switch_get(psw->h, ifindex, &sw);
		if (!err)
			err = stats_switch(&sw, rows);
	} else {
		err = podswitch_switch_dump(psw->h, stats_switch, rows);
	}
	return psw_result(psw, name, err);
}

static const cJSON *stats_member(const cJSON *row, const char *key)
{
	row = cJSON_GetObjectItemCaseSensitive(row, "stats");
	return cJSON_GetObjectItemCaseSensitive(row, key);
}

/* In at most four figures, with a letter for a thousand, a million, ... */
static void stats_text_number(FILE *out, uint64_t n)
{
	static const char letters[] = " kMGTPE";
	const char *letter = letters;
	uint64_t rest = 0;

	for (; n >= 10000; letter++) {
		rest = n % 1000;
		n /= 1000;
	}
	if (*letter != ' ' && n < 100)
		fprintf(out, "%" PRIu64 ".%" PRIu64 "%c", n, rest / 100,
			*letter);
	else if (*letter != ' ')
		fprintf(out, "%" PRIu64 "%c", n, *letter);
	else
		fprintf(out, "%" PRIu64, n);
}

static void stats_text_counter(FILE *out, const cJSON *row, const char *key)
{
	stats_text_number(out, strtoull(stats_member(row, key)->valuestring,
					NULL, 10));
}

/* What is seldom counted; without it in any row, there is no column. */
static void stats_text_seldom(FILE *out, const cJSON *row, const char *key)
{
	if (strcmp(stats_member(row, key)->valuestring, "0"))
		stats_text_counter(out, row, key);
}

static void stats_text_name(FILE *out, const cJSON *row)
{
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(row, "kind");

	print_member(out, row, "name");
	if (strcmp(kind->valuestring, stats_kinds[STATS_PORT]))
		fprintf(out, ":%s", kind->valuestring);
}

static void stats_text_rx_packets(FILE *out, const cJSON *row)
{
	stats_text_counter(out, row, "rx-packets");
}

static void stats_text_rx_bytes(FILE *out, const cJSON *row)
{
	stats_text_counter(out, row, "rx-bytes");
}

static void stats_text_tx_packets(FILE *out, const cJSON *row)
{
	stats_text_counter(out, row, "tx-packets");
}

static void stats_text_tx_bytes(FILE *out, const cJSON *row)
{
	stats_text_counter(out, row, "tx-bytes");
}

static void stats_text_queued(FILE *out, const cJSON *row)
{
	stats_text_seldom(out, row, "queued");
}

static void stats_text_answered(FILE *out, const cJSON *row)
{
	stats_text_seldom(out, row, "answered");
}

static void stats_text_translated(FILE *out, const cJSON *row)
{
	stats_text_seldom(out, row, "translated");
}

static void stats_text_dropped(FILE *out, const cJSON *row)
{
	const cJSON *item;
	uint64_t n = 0;

	cJSON_ArrayForEach(item, stats_member(row, "drops"))
		n += strtoull(item->valuestring, NULL, 10);
	if (n)
		stats_text_number(out, n);
}

/* "dropped 3 frames from a foreign MAC (spoofed-mac)", a reason a line */
static void stats_text_reasons(FILE *out, const cJSON *row)
{
	const cJSON *drops = stats_member(row, "drops");
	const char *name;
	const char *n;
	unsigned int i;

	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		name = podswitch_drop_name(i);
		n = cJSON_GetObjectItemCaseSensitive(drops, name)->valuestring;
		if (strcmp(n, "0"))
			fprintf(out, "    dropped %s frame%s %s (%s)\n", n,
				strcmp(n, "1") ? "s" : "",
				podswitch_drop_text(i), name);
	}
}

static void stats_text_meaning(FILE *out, const cJSON *row)
{
	fputs("    ", out);
	print_member(out, row, "meaning");
	fputc('\n', out);
}

static const struct print_column stats_columns[] = {
	{ "PORT", NULL, stats_text_name },
	{ "RX", NULL, stats_text_rx_packets },
	{ "BYTES", NULL, stats_text_rx_bytes },
	{ "TX", NULL, stats_text_tx_packets },
	{ "BYTES", NULL, stats_text_tx_bytes },
	{ "QUEUED", NULL, stats_text_queued },
	{ "ANSWERED", NULL, stats_text_answered },
	{ "NAT", NULL, stats_text_translated },
	{ "DROPPED", NULL, stats_text_dropped },
	{ "POD", NULL, row_text_pod },
};

static const struct print_column stats_drop_columns[] = {
	{ "PORT", NULL, stats_text_name },
	{ "SWITCH", "switch", NULL },
	{ "FRAMES", "frames", NULL },
	{ "REASON", "reason", NULL },
	{ "POD", NULL, row_text_pod },
};

static const char *stats_arg_drops(char *value, void *to)
{
	bool *drops = to;

	(void)value;
	*drops = true;
	return NULL;
}

static int stats_print(struct psw *psw, const struct stats_args *args)
{
	const struct print_view view = {
		.json = psw->json,
		.pretty = psw->pretty,
		.columns = args->drops ? stats_drop_columns : stats_columns,
		.n_columns = args->drops ? ARRAY_SIZE(stats_drop_columns) :
					   ARRAY_SIZE(stats_columns),
		.details = args->drops ? stats_text_meaning :
					 stats_text_reasons,
	};
	struct stats_rows rows = {
		.psw = psw,
		.list = print_begin(&view),
		.drops = args->drops,
	};
	int status = stats_read(psw, args, &rows);

	return print_end(stdout, rows.list, status);
}

static int stats_show(struct psw *psw, char **words)
{
	struct stats_args args = { 0 };
	const struct arg table[] = {
		{ "dev", ARG_BARE, arg_string, &args.dev },
		{ "drops", ARG_LONE, stats_arg_drops, &args.drops },
		{ "switch", 0, arg_string, &args.sw },
		{ "network", 0, arg_owner, &args.owner.network },
		{ "pod", 0, arg_pod, &args.owner },
	};
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	if (args.dev && (args.sw || args.owner.network || args.owner.pod_name))
		return psw_complain(psw, PSW_USAGE,
				    "a filter does not go with a device");
	return stats_print(psw, &args);
}

static const struct psw_word stats_verbs[] = {
	{ "show", stats_show },
	{ "list", stats_show },
	{ NULL, NULL },
};

int psw_stats(struct psw *psw, char **words)
{
	return psw_object(psw, "stats", stats_verbs, usage, words);
}
