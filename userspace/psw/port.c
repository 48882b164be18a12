// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <string.h>

#include "args.h"
#include "row.h"

static const char usage[] =
	"Usage: psw port show [ [ dev ] DEV | FILTER... ]\n"
	"       psw port add [ dev ] DEV switch DEV [ address IP ]...\n"
	"                    [ SETTING... ] [ OWNER... ]\n"
	"       psw port set [ dev ] DEV [ SETTING... ] [ OWNER... ]\n"
	"       psw port delete [ dev ] DEV\n"
	"       psw port help\n"
	"FILTER  := switch DEV | network NAME | pod [NAMESPACE/]NAME |\n"
	"           id PREFIX\n"
	"SETTING := mac MAC | guard { off | mac | mac+ip } |\n"
	"           isolated { on | off } | hairpin { on | off }\n"
	"OWNER   := network NAME | id ID | ifname NAME |\n"
	"           pod [NAMESPACE/]NAME\n";

/* What is given of a port, be it to make, to change or to find it. */
struct port_args {
	const char *dev;
	const char *sw;
	struct arg_mac mac;
	struct arg_addresses addresses;
	struct podswitch_owner owner;
	struct podswitch_port_config cfg;
};

struct port_rows {
	cJSON *list;
	struct row_switch sw;
	const char *id;
	bool statistics;
};

static bool port_has_owner(const struct podswitch_owner *owner)
{
	return owner->network || owner->container_id || owner->ifname ||
	       owner->pod_namespace || owner->pod_name;
}

static bool port_is_wanted(const struct podswitch_port *port, const char *id)
{
	return !id || (port->owner.container_id &&
		       !strncmp(port->owner.container_id, id, strlen(id)));
}

static int port_row(const struct podswitch_port *port, void *arg)
{
	struct port_rows *rows = arg;
	cJSON *addresses;
	cJSON *row;
	size_t i;

	if (!port_is_wanted(port, rows->id))
		return 0;
	row = print_add_row(rows->list);
	print_add_uint(row, "ifindex", port->ifindex);
	print_add_string(row, "name", port->name);
	row_add_switch(row, &rows->sw, port->switch_ifindex);
	if (port->has_mac)
		print_add_mac(row, "mac", port->mac);
	print_add_string(row, "guard", podswitch_guard_name(port->guard));
	print_add_bool(row, "isolated", port->isolated);
	print_add_bool(row, "hairpin", port->hairpin);
	row_add_owner(row, &port->owner);
	addresses = print_add_array(row, "addresses");
	for (i = 0; i < port->n_addresses; i++)
		print_add_address(addresses, NULL, &port->addresses[i]);
	if (rows->statistics)
		print_add_stats(row, &port->stats);
	return 0;
}

static void port_text_flags(FILE *out, const cJSON *row)
{
	static const char *const flags[] = { "isolated", "hairpin" };
	const char *before = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row,
								   flags[i])))
			continue;
		fprintf(out, "%s%s", before, flags[i]);
		before = ",";
	}
}

static const struct print_column port_columns[] = {
	{ "PORT", "name", NULL },
	{ "SWITCH", "switch", NULL },
	{ "NETWORK", NULL, row_text_network },
	{ "POD", NULL, row_text_pod },
	{ "MAC", "mac", NULL },
	{ "GUARD", "guard", NULL },
	{ "FLAGS", NULL, port_text_flags },
	{ "ADDRESSES", "addresses", NULL },
};

static int port_read_one(struct psw *psw, const char *dev,
			 struct port_rows *rows)
{
	uint32_t ifindex;
	int status;

	status = psw_open_device(psw, dev, &ifindex);
	if (status)
		return status;
	return psw_result(psw, dev, podswitch_port_get(psw->h, ifindex,
						       port_row, rows));
}

static int port_read_all(struct psw *psw, const struct port_args *args,
			 struct port_rows *rows)
{
	struct podswitch_port_filter filter = { 0 };
	int status;

	if (port_has_owner(&args->owner))
		filter.owner = &args->owner;
	status = psw_open(psw);
	if (!status && args->sw)
		status = psw_ifindex(psw, args->sw, &filter.switch_ifindex);
	if (status)
		return status;
	return psw_result(psw, args->sw, podswitch_port_dump(psw->h, &filter,
							     port_row, rows));
}

static int port_show(struct psw *psw, char **words)
{
	struct port_rows rows = { .statistics = psw->statistics };
	struct port_args args = { 0 };
	const struct arg table[] = {
		{ "dev", ARG_BARE, arg_string, &args.dev },
		{ "switch", 0, arg_string, &args.sw },
		{ "network", 0, arg_owner, &args.owner.network },
		{ "pod", 0, arg_pod, &args.owner },
		{ "id", 0, arg_owner, &rows.id },
	};
	const struct print_view view = {
		.json = psw->json,
		.pretty = psw->pretty,
		.columns = port_columns,
		.n_columns = ARRAY_SIZE(port_columns),
		.details = psw->statistics ? print_stats : NULL,
	};
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	if (args.dev && (args.sw || rows.id || port_has_owner(&args.owner)))
		return psw_complain(psw, PSW_USAGE,
				    "a filter does not go with a device");
	rows.list = print_list();
	if (args.dev)
		status = port_read_one(psw, args.dev, &rows);
	else
		status = port_read_all(psw, &args, &rows);
	return print_rows(stdout, rows.list, &view, status);
}

/* What port_args came to, as the library wants it. */
static const struct podswitch_port_config *port_config(struct port_args *args)
{
	if (args->mac.given)
		args->cfg.mac = args->mac.bytes;
	if (port_has_owner(&args->owner))
		args->cfg.owner = &args->owner;
	args->cfg.addresses = args->addresses.list;
	args->cfg.n_addresses = args->addresses.n;
	return &args->cfg;
}

/* A port's addresses are changed by "psw address", its switch not at all. */
static int port_parse(const struct psw *psw, char **words, bool is_new,
		      struct port_args *args)
{
	const struct arg table[] = {
		{ "dev", ARG_BARE | ARG_NEEDED, arg_string, &args->dev },
		{ "mac", 0, arg_mac, &args->mac },
		{ "guard", 0, arg_guard, &args->cfg.guard },
		{ "isolated", 0, arg_onoff, &args->cfg.isolated },
		{ "hairpin", 0, arg_onoff, &args->cfg.hairpin },
		{ "network", 0, arg_owner, &args->owner.network },
		{ "id", 0, arg_owner, &args->owner.container_id },
		{ "ifname", 0, arg_owner, &args->owner.ifname },
		{ "pod", 0, arg_pod, &args->owner },
		{ "switch", ARG_NEEDED, arg_string, &args->sw },
		{ "address", ARG_MANY, arg_address, &args->addresses },
	};
	size_t n = ARRAY_SIZE(table) - (is_new ? 0 : 2);

	return args_parse(psw, words, table, n);
}

static int port_add(struct psw *psw, char **words)
{
	struct port_args args = { .cfg = PODSWITCH_PORT_CONFIG_DEFAULT };
	uint32_t switch_ifindex;
	uint32_t ifindex;
	int status;

	status = port_parse(psw, words, true, &args);
	if (!status)
		status = psw_open_device(psw, args.dev, &ifindex);
	if (!status)
		status = psw_ifindex(psw, args.sw, &switch_ifindex);
	if (status)
		return status;
	return psw_result(psw, args.dev,
			  podswitch_port_new(psw->h, switch_ifindex, ifindex,
					     port_config(&args)));
}

static int port_set(struct psw *psw, char **words)
{
	struct port_args args = { .cfg = PODSWITCH_PORT_CONFIG_DEFAULT };
	uint32_t ifindex;
	int status;

	status = port_parse(psw, words, false, &args);
	if (!status)
		status = psw_open_device(psw, args.dev, &ifindex);
	if (status)
		return status;
	return psw_result(psw, args.dev,
			  podswitch_port_set(psw->h, ifindex,
					     port_config(&args)));
}

static int port_delete(struct psw *psw, char **words)
{
	const char *dev = NULL;
	const struct arg table[] = {
		{ "dev", ARG_BARE | ARG_NEEDED, arg_string, &dev },
	};
	uint32_t ifindex;
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (!status)
		status = psw_open_device(psw, dev, &ifindex);
	if (status)
		return status;
	return psw_result(psw, dev, podswitch_port_del(psw->h, ifindex));
}

static const struct psw_word port_verbs[] = {
	{ "show", port_show },
	{ "list", port_show },
	{ "add", port_add },
	{ "set", port_set },
	{ "delete", port_delete },
	{ NULL, NULL },
};

int psw_port(struct psw *psw, char **words)
{
	return psw_object(psw, "port", port_verbs, usage, words);
}
