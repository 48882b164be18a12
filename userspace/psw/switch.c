// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <stdio.h>

#include "args.h"
#include "print.h"

static const char usage[] =
	"Usage: psw switch show [ [ dev ] DEV ]\n"
	"       psw switch set [ dev ] DEV [ max-ports N ] [ max-addresses N ]\n"
	"       psw switch help\n"
	"A switch is made with \"ip link add DEV type podswitch\".\n";

struct switch_args {
	const char *dev;
	uint32_t max_ports;
	uint32_t max_addresses;
};

struct switch_rows {
	cJSON *list;
	bool statistics;
};

static void switch_add_uplink(cJSON *row, uint32_t ifindex)
{
	char name[IFNAMSIZ];

	if (!ifindex)
		return;
	if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "if%u", ifindex);
	print_add_string(row, "uplink", name);
}

static int switch_row(const struct podswitch_switch *sw, void *arg)
{
	const struct switch_rows *rows = arg;
	cJSON *row = print_add_row(rows->list);

	print_add_uint(row, "ifindex", sw->ifindex);
	print_add_string(row, "name", sw->name);
	print_add_mac(row, "mac", sw->mac);
	print_add_uint(row, "mtu", sw->mtu);
	print_add_uint(row, "ports", sw->ports);
	print_add_uint(row, "max-ports", sw->max_ports);
	print_add_uint(row, "addresses", sw->addresses);
	print_add_uint(row, "max-addresses", sw->max_addresses);
	print_add_address(row, "last-ipv4", &sw->last_ipv4);
	print_add_address(row, "last-ipv6", &sw->last_ipv6);
	switch_add_uplink(row, sw->uplink);
	if (rows->statistics)
		print_add_stats(row, &sw->stats);
	return 0;
}

static void switch_text_ports(FILE *out, const cJSON *row)
{
	print_member(out, row, "ports");
	fputc('/', out);
	print_member(out, row, "max-ports");
}

static void switch_text_addresses(FILE *out, const cJSON *row)
{
	print_member(out, row, "addresses");
	fputc('/', out);
	print_member(out, row, "max-addresses");
}

static const struct print_column switch_columns[] = {
	{ "SWITCH", "name", NULL },
	{ "MAC", "mac", NULL },
	{ "MTU", "mtu", NULL },
	{ "PORTS", NULL, switch_text_ports },
	{ "ADDRESSES", NULL, switch_text_addresses },
	{ "LAST-IPV4", "last-ipv4", NULL },
	{ "LAST-IPV6", "last-ipv6", NULL },
	{ "UPLINK", "uplink", NULL },
};

static int switch_read_one(struct psw *psw, const char *dev,
			   struct switch_rows *rows)
{
	struct podswitch_switch sw;
	uint32_t ifindex;
	int status;

	status = psw_open_device(psw, dev, &ifindex);
	if (status)
		return status;
	status = psw_result(psw, dev,
			    podswitch_switch_get(psw->h, ifindex, &sw));
	if (!status)
		switch_row(&sw, rows);
	return status;
}

static int switch_read_all(struct psw *psw, struct switch_rows *rows)
{
	int status;

	status = psw_open(psw);
	if (status)
		return status;
	return psw_result(psw, NULL, podswitch_switch_dump(psw->h, switch_row,
							   rows));
}

static int switch_show(struct psw *psw, char **words)
{
	struct switch_rows rows = { .statistics = psw->statistics };
	struct switch_args args = { 0 };
	const struct arg table[] = {
		{ "dev", ARG_BARE, arg_string, &args.dev },
	};
	const struct print_view view = {
		.json = psw->json,
		.pretty = psw->pretty,
		.columns = switch_columns,
		.n_columns = ARRAY_SIZE(switch_columns),
		.details = psw->statistics ? print_stats : NULL,
	};
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	rows.list = print_list();
	if (args.dev)
		status = switch_read_one(psw, args.dev, &rows);
	else
		status = switch_read_all(psw, &rows);
	return print_rows(stdout, rows.list, &view, status);
}

static int switch_set(struct psw *psw, char **words)
{
	struct switch_args args = { 0 };
	const struct arg table[] = {
		{ "dev", ARG_BARE | ARG_NEEDED, arg_string, &args.dev },
		{ "max-ports", 0, arg_count, &args.max_ports },
		{ "max-addresses", 0, arg_count, &args.max_addresses },
	};
	uint32_t ifindex;
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (!status)
		status = psw_open_device(psw, args.dev, &ifindex);
	if (status)
		return status;
	return psw_result(psw, args.dev,
			  podswitch_switch_set(psw->h, ifindex, args.max_ports,
					       args.max_addresses));
}

static const struct psw_word switch_verbs[] = {
	{ "show", switch_show },
	{ "list", switch_show },
	{ "set", switch_set },
	{ NULL, NULL },
};

int psw_switch(struct psw *psw, char **words)
{
	return psw_object(psw, "switch", switch_verbs, usage, words);
}
