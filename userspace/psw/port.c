// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "args.h"
#include "row.h"

static const char usage[] =
	"Usage: psw port show [ dev DEV | [ find ] WORD | FILTER... ]\n"
	"       psw port add [ dev ] DEV switch DEV [ role { pod | uplink } ]\n"
	"                    [ ADDRESS... ] [ SETTING... ] [ OWNER... ]\n"
	"       psw port set [ dev ] DEV [ SETTING... ] [ OWNER... ]\n"
	"       psw port delete [ dev ] DEV\n"
	"       psw port help\n"
	"FILTER  := switch DEV | network NAME | pod [NAMESPACE/]NAME |\n"
	"           id PREFIX | address { IP | MAC }\n"
	"WORD    := DEV | [NAMESPACE/]NAME | PREFIX | IP | MAC\n"
	"ADDRESS := address { IP [ vlan N ] [ shared ] | MAC }\n"
	"SETTING := mac MAC | guard { off | mac | mac+ip } |\n"
	"           isolated { on | off } | hairpin { on | off } |\n"
	"           pvid N | trunk { none | N[-N][,N[-N]]... } |\n"
	"           storm-limit N | translated { on | off } |\n"
	"           router { on | off } | dhcp-server { on | off }\n"
	"OWNER   := network NAME | id ID | ifname NAME |\n"
	"           pod [NAMESPACE/]NAME | owner none\n";

/* What is given of a port, be it to make, to change or to find it. */
struct port_args {
	const char *dev;
	const char *sw;
	struct arg_mac mac;
	struct arg_addresses addresses;
	struct arg_trunk trunk;
	struct podswitch_owner owner;
	bool no_owner;
	struct podswitch_port_config cfg;
};

struct port_rows {
	struct print_list *list;
	struct row_switch sw;
	const char *id;
	const char *find;
	struct arg_addresses addresses;
	bool statistics;
	size_t n;
};

static bool port_has_owner(const struct podswitch_owner *owner)
{
	return owner->network || owner->container_id || owner->ifname ||
	       owner->pod_namespace || owner->pod_name;
}

static bool port_has_id(const struct podswitch_port *port, const char *id)
{
	return port->owner.container_id &&
	       !strncmp(port->owner.container_id, id, strlen(id));
}

/* Whether a port holds, or shares, an address, or has it as its MAC. */
static bool port_has_address(const struct podswitch_port *port,
			     const struct podswitch_address *wanted)
{
	size_t len = wanted->family == AF_INET ? sizeof(wanted->v4) :
		     wanted->family == AF_INET6 ? sizeof(wanted->v6) :
						  sizeof(wanted->mac);
	size_t i;

	if (wanted->family == AF_PACKET && port->has_mac &&
	    !memcmp(port->mac, wanted->mac, len))
		return true;
	for (i = 0; i < port->n_addresses; i++)
		if (port->addresses[i].family == wanted->family &&
		    !memcmp(&port->addresses[i].v6, &wanted->v6, len))
			return true;
	return false;
}

/* NAMESPACE/NAME or NAME of a pod. */
static bool port_has_pod(const struct podswitch_port *port, const char *word)
{
	const struct podswitch_owner *owner = &port->owner;
	const char *slash = strchr(word, '/');
	size_t len = slash ? (size_t)(slash - word) : 0;

	if (!owner->pod_name || strcmp(owner->pod_name,
				       slash ? slash + 1 : word) != 0)
		return false;
	return !slash || (owner->pod_namespace &&
			  strlen(owner->pod_namespace) == len &&
			  !strncmp(owner->pod_namespace, word, len));
}

static bool port_is_wanted(const struct podswitch_port *port,
			   const struct port_rows *rows)
{
	size_t i;

	if (rows->id && !port_has_id(port, rows->id))
		return false;
	for (i = 0; i < rows->addresses.n; i++)
		if (!port_has_address(port, &rows->addresses.list[i]))
			return false;
	return !rows->find || port_has_pod(port, rows->find);
}

static int port_row(const struct podswitch_port *port, void *arg)
{
	struct port_rows *rows = arg;
	cJSON *row;

	if (!port_is_wanted(port, rows))
		return 0;
	rows->n++;
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
	static const char *const flags[] = {
		"isolated", "hairpin", "router", "dhcp-server",
	};

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

static int port_dump(struct psw *psw, struct port_rows *rows)
{
	return psw_result(psw, NULL, podswitch_port_dump(psw->h, NULL, port_row,
							 rows));
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

/*
 * A word is a device, else a pod, else the beginning of a container's id, else
 * an address: what the ports of the first kind that there are any of have.
 */
static int port_read_found(struct psw *psw, const char *word,
			   struct port_rows *rows)
{
	struct podswitch_address address;
	bool is_address;
	int status;

	if (if_nametoindex(word) || errno != ENODEV)
		return port_read_one(psw, word, rows);
	status = psw_open(psw);
	if (status)
		return status;
	is_address = !arg_address((char *)word, &rows->addresses);
	address = rows->addresses.list[0];
	rows->addresses.n = 0;
	rows->find = word;
	status = port_dump(psw, rows);
	rows->find = NULL;
	if (!status && !rows->n) {
		rows->id = word;
		status = port_dump(psw, rows);
		rows->id = NULL;
	}
	if (!status && !rows->n && is_address) {
		rows->addresses.list[0] = address;
		rows->addresses.n = 1;
		status = port_dump(psw, rows);
	}
	if (status || rows->n)
		return status;
	return psw_complain(psw, PSW_FAILED,
			    "%s: No such device, and no port's pod, container or address",
			    word);
}

static int port_show_rows(struct psw *psw, const struct port_args *args,
			  struct port_rows *rows)
{
	const struct print_view view = {
		.json = psw->json,
		.pretty = psw->pretty,
		.columns = port_columns,
		.n_columns = ARRAY_SIZE(port_columns),
		.details = psw->statistics ? print_stats : NULL,
	};
	const char *find = rows->find;
	int status;

	rows->find = NULL;
	rows->list = print_begin(&view);
	if (args->dev)
		status = port_read_one(psw, args->dev, rows);
	else if (find)
		status = port_read_found(psw, find, rows);
	else
		status = port_read_all(psw, args, rows);
	return print_end(stdout, rows->list, status);
}

static int port_show(struct psw *psw, char **words)
{
	struct port_rows rows = { .statistics = psw->statistics };
	struct port_args args = { 0 };
	const struct arg table[] = {
		{ "dev", 0, arg_string, &args.dev },
		{ "switch", 0, arg_string, &args.sw },
		{ "network", 0, arg_owner, &args.owner.network },
		{ "pod", 0, arg_pod, &args.owner },
		{ "id", 0, arg_owner, &rows.id },
		{ "address", 0, arg_address, &rows.addresses },
		{ "find", ARG_BARE, arg_string, &rows.find },
	};
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	if ((args.dev || rows.find) &&
	    (args.sw || rows.id || rows.addresses.n ||
	     port_has_owner(&args.owner) || (args.dev && rows.find)))
		return psw_complain(psw, PSW_USAGE,
				    "a filter does not go with a device");
	return port_show_rows(psw, &args, &rows);
}

/* What port_args came to, as the library wants it. */
static const struct podswitch_port_config *port_config(struct port_args *args)
{
	if (args->mac.given)
		args->cfg.mac = args->mac.bytes;
	if (args->trunk.given)
		args->cfg.trunk = args->trunk.list;
	args->cfg.n_trunk = args->trunk.n;
	if (port_has_owner(&args->owner) || args->no_owner)
		args->cfg.owner = &args->owner;
	args->cfg.addresses = args->addresses.list;
	args->cfg.n_addresses = args->addresses.n;
	return &args->cfg;
}

static const char *port_arg_owner(char *value, void *to)
{
	bool *none = to;

	*none = !strcmp(value, "none");
	return *none ? NULL : "is not \"none\"";
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
		{ "router", 0, arg_onoff, &args->cfg.router },
		{ "dhcp-server", 0, arg_onoff, &args->cfg.dhcp_server },
		{ "owner", 0, port_arg_owner, &args->no_owner },
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

/* What is not given of an owner is to stay; the kernel takes it as a whole. */
struct port_merge {
	struct port_args *args;
	char *kept[PODSWITCH_A_OWNER_MAX];
};

static int port_merge_owner(const struct podswitch_port *port, void *arg)
{
	struct port_merge *merge = arg;
	struct podswitch_owner *to = &merge->args->owner;
	const char *const now[] = {
		port->owner.network, port->owner.container_id,
		port->owner.ifname, port->owner.pod_namespace,
		port->owner.pod_name,
	};
	const char **members[] = {
		&to->network, &to->container_id, &to->ifname,
		&to->pod_namespace, &to->pod_name,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		if (*members[i] || !now[i])
			continue;
		merge->kept[i] = strdup(now[i]);
		if (!merge->kept[i])
			return -ENOMEM;
		*members[i] = merge->kept[i];
	}
	return 0;
}

static int port_change(struct podswitch *h, uint32_t ifindex,
		       struct port_args *args)
{
	struct port_merge merge = { .args = args };
	int err = 0;
	size_t i;

	if (port_has_owner(&args->owner) && !args->no_owner)
		err = podswitch_port_get(h, ifindex, port_merge_owner, &merge);
	if (!err)
		err = podswitch_port_set(h, ifindex, port_config(args));
	for (i = 0; i < ARRAY_SIZE(merge.kept); i++)
		free(merge.kept[i]);
	return err;
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
	return psw_result(psw, args.dev, port_change(psw->h, ifindex, &args));
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
