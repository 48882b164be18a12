// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <string.h>

#include "args.h"
#include "row.h"

static const char usage[] =
	"Usage: psw port show [ [ dev ] DEV | FILTER... ]\n"
	"       psw port add [ dev ] DEV switch DEV [ role { pod | uplink } ]\n"
	"                    [ ADDRESS... ] [ SETTING... ] [ OWNER... ]\n"
	"       psw port set [ dev ] DEV [ SETTING... ] [ OWNER... ]\n"
	"       psw port delete [ dev ] DEV\n"
	"       psw port help\n"
	"FILTER  := switch DEV | network NAME | pod [NAMESPACE/]NAME |\n"
	"           id PREFIX\n"
	"ADDRESS := address { IP [ vlan N ] [ shared ] | MAC }\n"
	"SETTING := mac MAC | guard { off | mac | mac+ip } |\n"
	"           isolated { on | off } | hairpin { on | off } |\n"
	"           pvid N | trunk { none | N[-N][,N[-N]]... } |\n"
	"           storm-limit N | translated { on | off }\n"
	"OWNER   := network NAME | id ID | ifname NAME |\n"
	"           pod [NAMESPACE/]NAME\n";

/* What is given of a port, be it to make, to change or to find it. */
struct port_args {
	const char *dev;
	const char *sw;
	struct arg_mac mac;
	struct arg_addresses addresses;
	struct arg_trunk trunk;
	struct podswitch_owner owner;
	struct podswitch_port_config cfg;
};

struct port_rows {
	struct print_list *list;
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
	cJSON *row;

	if (!port_is_wanted(port, rows->id))
		return 0;
	row = print_lone_row();
	row_add_port(row, &rows->sw, port);
	if (rows->statistics)
		print_add_stats(row, &port->stats);
	print_row(rows->list, row);
	return 0;
}

static void port_text_role(FILE *out, const cJSON *row)
{
	row_text_unless(out, row, "role", "pod", "");
}

static void port_text_pvid(FILE *out, const cJSON *row)
{
	row_text_unless(out, row, "pvid", "0", "");
}

static void port_text_storm_limit(FILE *out, const cJSON *row)
{
	row_text_unless(out, row, "storm-limit", "0", "");
}

static void port_text_addresses(FILE *out, const cJSON *row)
{
	const char *before = "";
	const cJSON *address;

	cJSON_ArrayForEach(address,
			   cJSON_GetObjectItemCaseSensitive(row, "address")) {
		fputs(before, out);
		row_text_address(out, row, address);
		if (cJSON_HasObjectItem(address, "mac"))
			fputs(" extra", out);
		before = ",";
	}
}

static void port_text_flags(FILE *out, const cJSON *row)
{
	static const char *const flags[] = { "isolated", "hairpin" };

	row_text_flags(out, row, flags, ARRAY_SIZE(flags));
}

static const struct print_column port_columns[] = {
	{ "PORT", "name", NULL },
	{ "SWITCH", "switch", NULL },
	{ "ROLE", NULL, port_text_role },
	{ "NETWORK", NULL, row_text_network },
	{ "POD", NULL, row_text_pod },
	{ "MAC", "mac", NULL },
	{ "GUARD", "guard", NULL },
	{ "FLAGS", NULL, port_text_flags },
	{ "PVID", NULL, port_text_pvid },
	{ "TRUNK", NULL, row_text_trunk },
	{ "STORM-LIMIT", NULL, port_text_storm_limit },
	{ "ADDRESSES", NULL, port_text_addresses },
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
	rows.list = print_begin(&view);
	if (args.dev)
		status = port_read_one(psw, args.dev, &rows);
	else
		status = port_read_all(psw, &args, &rows);
	return print_end(stdout, rows.list, status);
}

/* What port_args came to, as the library wants it. */
static const struct podswitch_port_config *port_config(struct port_args *args)
{
	if (args->mac.given)
		args->cfg.mac = args->mac.bytes;
	if (args->trunk.given)
		args->cfg.trunk = args->trunk.list;
	args->cfg.n_trunk = args->trunk.n;
	if (port_has_owner(&args->owner))
		args->cfg.owner = &args->owner;
	args->cfg.addresses = args->addresses.list;
	args->cfg.n_addresses = args->addresses.n;
	return &args->cfg;
}

/* The words behind "dev" that are only for a new port. */
enum { PORT_NEW_ONLY = 5 };

/*
 * A port's addresses are changed by "psw address", its switch and role not at
 * all: their words are jumped over, and "dev" moves behind them.
 */
static int port_parse(const struct psw *psw, char **words, bool is_new,
		      struct port_args *args)
{
	struct arg table[] = {
		{ "dev", ARG_BARE | ARG_NEEDED, arg_string, &args->dev },
		{ "switch", ARG_NEEDED, arg_string, &args->sw },
		{ "address", ARG_MANY, arg_address, &args->addresses },
		{ "role", 0, arg_role, &args->cfg.role },
		{ "vlan", ARG_MANY, arg_vlan, &args->addresses },
		{ "shared", ARG_MANY | ARG_LONE, arg_shared, &args->addresses },
		{ "mac", 0, arg_mac, &args->mac },
		{ "guard", 0, arg_guard, &args->cfg.guard },
		{ "isolated", 0, arg_onoff, &args->cfg.isolated },
		{ "hairpin", 0, arg_onoff, &args->cfg.hairpin },
		{ "network", 0, arg_owner, &args->owner.network },
		{ "id", 0, arg_owner, &args->owner.container_id },
		{ "ifname", 0, arg_owner, &args->owner.ifname },
		{ "pod", 0, arg_pod, &args->owner },
		{ "pvid", 0, arg_pvid, &args->cfg.pvid },
		{ "trunk", 0, arg_trunk, &args->trunk },
		{ "storm-limit", 0, arg_limit, &args->cfg.storm_limit },
		{ "translated", 0, arg_onoff, &args->cfg.translated },
	};
	size_t first = is_new ? 0 : PORT_NEW_ONLY;

	table[first] = table[0];
	return args_parse(psw, words, table + first, ARRAY_SIZE(table) - first);
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
