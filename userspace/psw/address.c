// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <sys/socket.h>

#include "args.h"
#include "row.h"

static const char usage[] =
	"Usage: psw address show [ switch DEV ]\n"
	"       psw address add ADDRESS... dev DEV\n"
	"       psw address delete ADDRESS... dev DEV\n"
	"       psw address help\n"
	"ADDRESS := { IP [ vlan N ] [ shared ] | MAC }\n";

struct address_args {
	const char *dev;
	struct arg_addresses addresses;
};

struct address_rows {
	struct print_list *list;
	struct row_switch sw;
};

/* A row, whose address is one of the port's or, if it is NULL, its MAC. */
static void address_row(struct address_rows *rows,
			const struct podswitch_port *port,
			const struct podswitch_address *address)
{
	bool extra = address && address->family == AF_PACKET;
	cJSON *row = print_lone_row();

	if (address)
		print_add_address(row, "address", address);
	else
		print_add_mac(row, "address", port->mac);
	if (port->has_mac)
		print_add_mac(row, "mac", port->mac);
	if (address && !extra)
		print_add_uint(row, "vlan", address->has_vlan ? address->vlan :
								port->pvid);
	print_add_bool(row, "shared", address && address->shared);
	print_add_bool(row, "extra", extra);
	print_add_string(row, "port", port->name);
	row_add_switch(row, &rows->sw, port->switch_ifindex);
	row_add_owner(row, &port->owner);
	print_row(rows->list, row);
}

static int address_rows_of_port(const struct podswitch_port *port, void *arg)
{
	size_t i;

	if (port->has_mac)
		address_row(arg, port, NULL);
	for (i = 0; i < port->n_addresses; i++)
		address_row(arg, port, &port->addresses[i]);
	return 0;
}

static void address_text_vlan(FILE *out, const cJSON *row)
{
	row_text_unless(out, row, "vlan", "0", "");
}

static void address_text_flags(FILE *out, const cJSON *row)
{
	static const char *const flags[] = { "shared", "extra" };

	row_text_flags(out, row, flags, ARRAY_SIZE(flags));
}

static const struct print_column address_columns[] = {
	{ "ADDRESS", "address", NULL },
	{ "MAC", "mac", NULL },
	{ "VLAN", NULL, address_text_vlan },
	{ "FLAGS", NULL, address_text_flags },
	{ "PORT", "port", NULL },
	{ "SWITCH", "switch", NULL },
	{ "POD", NULL, row_text_pod },
};

static int address_read(struct psw *psw, const char *sw,
			struct address_rows *rows)
{
	struct podswitch_port_filter filter = { 0 };
	int status;

	status = psw_open(psw);
	if (!status && sw)
		status = psw_ifindex(psw, sw, &filter.switch_ifindex);
	if (status)
		return status;
	return psw_result(psw, sw, podswitch_port_dump(psw->h, &filter,
						       address_rows_of_port,
						       rows));
}

static int address_show(struct psw *psw, char **words)
{
	struct address_rows rows = { 0 };
	const char *sw = NULL;
	const struct arg table[] = {
		{ "switch", ARG_BARE, arg_string, &sw },
	};
	const struct print_view view = {
		.json = psw->json,
		.pretty = psw->pretty,
		.columns = address_columns,
		.n_columns = ARRAY_SIZE(address_columns),
	};
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	rows.list = print_begin(&view);
	status = address_read(psw, sw, &rows);
	return print_end(stdout, rows.list, status);
}

typedef int address_change(struct podswitch *h, uint32_t ifindex,
			   const struct podswitch_address *addresses,
			   size_t n_addresses);

static int address_apply(struct psw *psw, char **words, address_change *change)
{
	struct address_args args = { 0 };
	const struct arg table[] = {
		{ "address", ARG_BARE | ARG_NEEDED | ARG_MANY, arg_address,
		  &args.addresses },
		{ "dev", ARG_NEEDED, arg_string, &args.dev },
		{ "vlan", ARG_MANY, arg_vlan, &args.addresses },
		{ "shared", ARG_MANY | ARG_LONE, arg_shared, &args.addresses },
	};
	uint32_t ifindex;
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (!status)
		status = psw_open_device(psw, args.dev, &ifindex);
	if (status)
		return status;
	return psw_result(psw, args.dev,
			  change(psw->h, ifindex, args.addresses.list,
				 args.addresses.n));
}

static int address_add(struct psw *psw, char **words)
{
	return address_apply(psw, words, podswitch_address_new);
}

static int address_delete(struct psw *psw, char **words)
{
	return address_apply(psw, words, podswitch_address_del);
}

static const struct psw_word address_verbs[] = {
	{ "show", address_show },
	{ "list", address_show },
	{ "add", address_add },
	{ "delete", address_delete },
	{ NULL, NULL },
};

int psw_address(struct psw *psw, char **words)
{
	return psw_object(psw, "address", address_verbs, usage, words);
}
