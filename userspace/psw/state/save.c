// SPDX-License-Identifier: GPL-2.0
#include "save.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "args.h"
#include "host.h"
#include "print.h"

static const char usage[] =
	"Usage: psw save [ [ switch ] DEV ]\n"
	"       psw save help\n";

/* All net devices, and what is collected of them. */
struct save {
	struct psw *psw;
	struct nl nl;		/* with rtnetlink */
	const char *only;
	struct state state;
	struct state every;	/* .links: all devices of the namespace */
	int status;
};

/* The device of an index, or NULL. */
static const struct host_link *save_link(const struct save *save,
					      uint32_t ifindex)
{
	const struct state_link *links = save->every.links.items;
	size_t i;

	for (i = 0; i < save->every.links.n; i++)
		if (links[i].link.ifindex == ifindex)
			return &links[i].link;
	return NULL;
}

static void save_name(const struct save *save, uint32_t ifindex, char *name)
{
	const struct host_link *link = save_link(save, ifindex);

	*name = '\0';
	if (link)
		snprintf(name, IFNAMSIZ, "%s", link->name);
}

static bool save_has(const struct save *save, uint32_t ifindex)
{
	const struct state_link *links = save->state.links.items;
	size_t i;

	for (i = 0; i < save->state.links.n; i++)
		if (links[i].link.ifindex == ifindex)
			return true;
	return false;
}

/* What cannot be carried over is told, and all else is saved. */
__attribute__((format(printf, 2, 3)))
static void save_lacks(struct save *save, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	save->status = psw_complain(save->psw, PSW_FAILED, "%s", text);
}

/* --- devices --- */

static int save_every_link(const struct host_link *link, void *arg)
{
	struct save *save = arg;
	struct state_link *to = field_list_add(&save->every.links,
					       sizeof(*to));

	to->link = *link;
	to->link.alias = state_keep(&save->every, link->alias);
	return 0;
}

static void save_add_link(struct save *save, const struct host_link *link)
{
	struct state_link *to = field_list_add(&save->state.links,
					       sizeof(*to));

	to->link = *link;
	to->link.alias = state_keep(&save->state, link->alias);
	save_name(save, link->lower, to->lower);
	save_name(save, link->master, to->master);
}

/* VLAN devices can stand on one another: each behind what it stands on. */
static void save_uppers(struct save *save)
{
	const struct state_link *links = save->every.links.items;
	const struct host_link *link;
	size_t before;
	size_t i;

	do {
		before = save->state.links.n;
		for (i = 0; i < save->every.links.n; i++) {
			link = &links[i].link;
			if (!strcmp(link->kind, "vlan") &&
			    save_has(save, link->lower) &&
			    !save_has(save, link->ifindex))
				save_add_link(save, link);
		}
	} while (save->state.links.n != before);

	for (i = 0; i < save->every.links.n; i++) {
		link = &links[i].link;
		if (link->lower && save_has(save, link->lower) &&
		    !save_has(save, link->ifindex))
			save_lacks(save,
				   "%s goes with the module and is not saved: it is a %s",
				   link->name, link->kind);
	}
}

/* --- settings of devices: those that are not what a new device gets --- */

/* A line of a file, without its end; false if there is none. */
static bool save_read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool is_there;

	if (!file)
		return false;
	is_there = fgets(line, (int)size, file);
	fclose(file);
	if (is_there)
		line[strcspn(line, "\n")] = '\0';
	return is_there;
}

/* Settings that follow from others, or are there twice. */
static bool save_skips(const char *key)
{
	static const char *const keys[] = {
		".", "..", "mtu", "mc_forwarding", "base_reachable_time",
		"retrans_time",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static void save_sysctl(struct save *save, const char *dev, const char *group,
			const char *key)
{
	char value[256], usual[256];
	struct state_sysctl *to;
	char path[512];

	snprintf(path, sizeof(path), "/proc/sys/net/%s/%s/%s", group, dev, key);
	if (!save_read_line(path, value, sizeof(value)))
		return;
	snprintf(path, sizeof(path), "/proc/sys/net/%s/default/%s", group, key);
	if (save_read_line(path, usual, sizeof(usual)) && !strcmp(value, usual))
		return;
	to = field_list_add(&save->state.sysctls, sizeof(*to));
	snprintf(to->dev, sizeof(to->dev), "%s", dev);
	to->group = group;
	to->key = state_keep(&save->state, key);
	to->value = state_keep(&save->state, value);
}

static void save_sysctls(struct save *save, const char *dev)
{
	static const char *const groups[] = {
		"ipv4/conf", "ipv6/conf", "ipv4/neigh", "ipv6/neigh",
	};
	const struct dirent *entry;
	char path[128];
	DIR *dir;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		snprintf(path, sizeof(path), "/proc/sys/net/%s/%s", groups[i],
			 dev);
		dir = opendir(path);
		while (dir && (entry = readdir(dir)))
			if (!save_skips(entry->d_name))
				save_sysctl(save, dev, groups[i],
					    entry->d_name);
		if (dir)
			closedir(dir);
	}
}

/* --- switches and ports --- */

static int save_switch(const struct podswitch_switch *sw, void *arg)
{
	struct save *save = arg;
	const struct host_link *link;
	struct state_switch *to;

	if (save->only && strcmp(sw->name, save->only))
		return 0;
	link = save_link(save, sw->ifindex);
	if (!link)
		return -EAGAIN;
	save_add_link(save, link);
	to = field_list_add(&save->state.switches, sizeof(*to));
	snprintf(to->name, sizeof(to->name), "%s", sw->name);
	to->max_ports = sw->max_ports;
	to->max_addresses = sw->max_addresses;
	to->last_ipv4 = sw->last_ipv4;
	to->last_ipv6 = sw->last_ipv6;
	return 0;
}

/* JSON is UTF-8; what is not cannot be carried over. */
static void save_check_owner(struct save *save,
			     const struct podswitch_port *port)
{
	const struct podswitch_owner *owner = &port->owner;
	const char *const members[] = {
		owner->network, owner->container_id, owner->ifname,
		owner->pod_namespace, owner->pod_name,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(members); i++)
		if (members[i] && !print_is_utf8(members[i]))
			save_lacks(save,
				   "%s: a name of its owner is no UTF-8, and is saved with \"?\" in it",
				   port->name);
}

static int save_port(const struct podswitch_port *port, void *arg)
{
	struct save *save = arg;
	const struct host_link *link, *sw;

	link = save_link(save, port->ifindex);
	sw = save_link(save, port->switch_ifindex);
	if (!link || !sw)
		return -EAGAIN;
	if (save->only && strcmp(sw->name, save->only))
		return 0;
	save_check_owner(save, port);
	state_add_port(&save->state, port, sw->name, link->mac);
	return 0;
}

/* --- addresses and routes: those that the kernel does not make itself --- */

static int save_address(const struct host_address *address, void *arg)
{
	struct save *save = arg;
	struct state_address *to;

	/* IPv6's temporary ones; of IPv4, it says "not the first". */
	if (address->local.family == AF_INET6 &&
	    address->flags & (IFA_F_TEMPORARY | IFA_F_DADFAILED))
		return 0;
	to = field_list_add(&save->state.addresses, sizeof(*to));
	save_name(save, address->ifindex, to->dev);
	to->address = *address;
	return 0;
}

static int save_route(const struct host_route *route, void *arg)
{
	struct save *save = arg;
	struct state_route *to;

	if (route->protocol == RTPROT_KERNEL ||
	    route->protocol == RTPROT_REDIRECT || route->protocol == RTPROT_RA)
		return 0;
	if (!route->is_whole) {
		save_lacks(save,
			   "A route of table %u goes with the module and is not saved: it has several next hops, or more to it",
			   route->table);
		return 0;
	}
	to = field_list_add(&save->state.routes, sizeof(*to));
	save_name(save, route->ifindex, to->dev);
	to->route = *route;
	return 0;
}

static int save_result(struct save *save, int err)
{
	if (!err)
		return PSW_DONE;
	return psw_complain(save->psw, PSW_FAILED, "%s", nl_error(&save->nl));
}

static int save_host(struct save *save, const struct host_link *link)
{
	int err;

	save_sysctls(save, link->name);
	err = host_address_dump(&save->nl, link->ifindex, save_address, save);
	if (!err)
		err = host_route_dump(&save->nl, link->ifindex, save_route,
				      save);
	return save_result(save, err);
}

/* --- everything --- */

static int save_collect(struct save *save)
{
	const struct state_link *links;
	struct psw *psw = save->psw;
	int status;
	size_t i;

	status = save_result(save, host_link_dump(&save->nl, save_every_link,
						  save));
	if (!status)
		status = psw_result(psw, save->only,
				    podswitch_switch_dump(psw->h, save_switch,
							  save));
	if (!status)
		status = psw_result(psw, save->only,
				    podswitch_port_dump(psw->h, NULL, save_port,
							save));
	if (status)
		return status;
	save_uppers(save);
	links = save->state.links.items;
	for (i = 0; i < save->state.links.n && !status; i++)
		status = save_host(save, &links[i].link);
	return status;
}

int save_print(FILE *out, const struct state *state, bool pretty)
{
	const struct print_view view = { .json = true, .pretty = pretty };

	return print_event(out, state_write(state), &view, NULL);
}

int save_take(struct psw *psw, const char *only, struct state *state,
	      bool *is_whole)
{
	struct save save = { .psw = psw, .only = only };
	int status;

	status = psw_open(psw);
	if (status)
		return status;
	status = save_result(&save, nl_open(&save.nl, NETLINK_ROUTE));
	if (!status)
		status = save_collect(&save);
	if (!status && only && !save.state.switches.n)
		status = psw_complain(psw, PSW_FAILED,
				      "%s: No switch has this name", only);
	nl_close(&save.nl);
	state_free(&save.every);
	*state = save.state;
	*is_whole = !save.status;
	return status;
}

static int save(struct psw *psw, const char *only)
{
	struct state state = { 0 };
	bool is_whole = true;
	int status;

	status = save_take(psw, only, &state, &is_whole);
	if (!status)
		status = save_print(stdout, &state, psw->pretty);
	state_free(&state);
	return status || is_whole ? status : PSW_FAILED;
}

int psw_save(struct psw *psw, char **words)
{
	const char *only = NULL;
	const struct arg table[] = {
		{ "switch", ARG_BARE, arg_string, &only },
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "save");
	if (*words && !words[1] && psw_matches(*words, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	return status ? status : save(psw, only);
}
