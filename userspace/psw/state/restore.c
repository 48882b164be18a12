// SPDX-License-Identifier: GPL-2.0
#include "restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "args.h"
#include "host.h"

static const char usage[] =
	"Usage: psw restore [ [ file ] FILE ] [ replace ]\n"
	"       psw restore help\n"
	"Without FILE, standard input is read. What \"psw save\" printed is made\n"
	"anew; what is there already is left as it is, but for ports that differ,\n"
	"with \"replace\".\n";

enum { RESTORE_MAX = 256 << 20 };	/* bytes that are read */

struct restore_args {
	const char *file;
	bool replace;
};

/* What is wanted, what is there, and how it went so far. */
struct restore {
	struct psw *psw;
	struct nl nl;		/* with rtnetlink */
	struct restore_how how;
	struct state wanted;
	struct state now;	/* .links: all devices; .ports: all ports */
	bool *is_new;		/* which of the wanted links were made */
	int status;
};

/* What fails is told with its name; the rest goes on. */
__attribute__((format(printf, 2, 3)))
static void restore_fail(struct restore *r, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->status = psw_complain(r->psw, PSW_FAILED, "%s", text);
}

static void restore_result(struct restore *r, const char *what,
			   const char *name, int err)
{
	if (err)
		restore_fail(r, "%s %s: %s", what, name,
			     podswitch_error(r->psw->h));
}

/* The same of what rtnetlink refused. */
static void restore_host_result(struct restore *r, const char *what,
				const char *name, int err)
{
	if (err)
		restore_fail(r, "%s %s: %s", what, name, nl_error(&r->nl));
}

/* --- what is there --- */

static int restore_take_link(const struct host_link *link, void *arg)
{
	struct restore *r = arg;
	struct state_link *to = field_list_add(&r->now.links, sizeof(*to));

	to->link = *link;
	to->link.alias = NULL;
	return 0;
}

static int restore_read_links(struct restore *r)
{
	r->now.links.n = 0;
	return host_link_dump(&r->nl, restore_take_link, r);
}

/* The device of a name, or NULL. */
static const struct host_link *restore_link(const struct restore *r,
						 const char *name)
{
	const struct state_link *links = r->now.links.items;
	size_t i;

	for (i = 0; i < r->now.links.n; i++)
		if (!strcmp(links[i].link.name, name))
			return &links[i].link;
	return NULL;
}

/* The index of a device, 0 if there is none. */
static uint32_t restore_ifindex(const struct restore *r, const char *name)
{
	const struct host_link *link = *name ? restore_link(r, name) :
						    NULL;

	return link ? link->ifindex : 0;
}

/*
 * A port's device, whose name, index and MAC are known. One of the three may
 * have changed since: two tell that it is the one.
 */
static const struct host_link *
restore_port_link(const struct restore *r, const struct state_port *port)
{
	const struct state_link *links = r->now.links.items;
	const struct host_link *link;
	int alike;
	size_t i;

	for (i = 0; i < r->now.links.n; i++) {
		link = &links[i].link;
		alike = (link->ifindex == port->ifindex) +
			!strcmp(link->name, port->name) +
			!memcmp(link->mac, port->device_mac,
				sizeof(link->mac));
		if (alike >= 2)
			return link;
	}
	return NULL;
}

/* --- devices --- */

/* The index that it had, if nobody has taken it: rules and sockets know it. */
static int restore_new_link(struct restore *r, const struct state_link *wanted)
{
	struct host_link link = wanted->link;
	int err;

	link.lower = restore_ifindex(r, wanted->lower);
	link.master = restore_ifindex(r, wanted->master);
	err = host_link_new(&r->nl, &link);
	if (err != -EBUSY)
		return err;
	link.ifindex = 0;
	return host_link_new(&r->nl, &link);
}

static void restore_one_link(struct restore *r, size_t i)
{
	const struct state_link *wanted = r->wanted.links.items;
	const struct host_link *link;
	const char *name;

	wanted += i;
	name = wanted->link.name;
	link = restore_link(r, name);
	if (link && strcmp(link->kind, wanted->link.kind) != 0) {
		restore_fail(r, "device %s: is there, and is no %s", name,
			     wanted->link.kind);
		return;
	}
	if (link)
		return;
	if (wanted->lower[0] && !restore_link(r, wanted->lower)) {
		restore_fail(r, "device %s: there is no %s that it stood on",
			     name, wanted->lower);
		return;
	}
	if (wanted->master[0] && !restore_link(r, wanted->master))
		restore_fail(r, "device %s: there is no %s that it was a port of",
			     name, wanted->master);
	r->is_new[i] = !restore_new_link(r, wanted);
	restore_host_result(r, "device", name, r->is_new[i] ? 0 : -EIO);
	if (r->is_new[i])
		restore_read_links(r);
}

static bool restore_write(const char *path, const char *value)
{
	ssize_t len = (ssize_t)strlen(value);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_written;

	if (fd < 0)
		return false;
	is_written = write(fd, value, (size_t)len) == len;
	close(fd);
	return is_written;
}

static void restore_sysctls(struct restore *r, const char *dev)
{
	const struct state_sysctl *sysctls = r->wanted.sysctls.items;
	const struct state_sysctl *sysctl;
	char path[512];
	size_t i;

	for (i = 0; i < r->wanted.sysctls.n; i++) {
		sysctl = &sysctls[i];
		if (strcmp(sysctl->dev, dev) != 0)
			continue;
		snprintf(path, sizeof(path), "/proc/sys/net/%s/%s/%.64s",
			 sysctl->group, dev, sysctl->key);
		if (!restore_write(path, sysctl->value))
			restore_fail(r, "device %s: setting %s/%.64s: %s", dev,
				     sysctl->group, sysctl->key,
				     strerror(errno));
	}
}

static void restore_address(struct restore *r,
			    const struct state_address *wanted,
			    uint32_t ifindex)
{
	struct host_address address = wanted->address;
	int err;

	address.ifindex = ifindex;
	err = host_address_new(&r->nl, &address);
	if (err && err != -EEXIST)
		restore_host_result(r, "address on", wanted->dev, err);
}

/*
 * IPv4 addresses stay in the order in which they come, the first of a subnet
 * being its source; of IPv6, the kernel puts each in front of those before.
 */
static void restore_addresses(struct restore *r, const char *dev,
			      uint32_t ifindex)
{
	const struct state_address *all = r->wanted.addresses.items;
	size_t n = r->wanted.addresses.n;
	size_t i;

	for (i = 0; i < n; i++)
		if (all[i].address.local.family == AF_INET &&
		    !strcmp(all[i].dev, dev))
			restore_address(r, &all[i], ifindex);
	for (i = n; i > 0; i--)
		if (all[i - 1].address.local.family == AF_INET6 &&
		    !strcmp(all[i - 1].dev, dev))
			restore_address(r, &all[i - 1], ifindex);
}

/*
 * The addresses come before a device is up, when the kernel would make those
 * of its own, and doubt them for a second; and a device is up before there are
 * any on it, which would come up with it.
 */
static void restore_links(struct restore *r)
{
	const struct state_link *wanted = r->wanted.links.items;
	const char *name;
	uint32_t ifindex;
	size_t i;

	for (i = 0; i < r->wanted.links.n; i++) {
		restore_one_link(r, i);
		name = wanted[i].link.name;
		ifindex = restore_ifindex(r, name);
		if (r->is_new[i])
			restore_sysctls(r, name);
		if (ifindex)
			restore_addresses(r, name, ifindex);
		if (r->is_new[i] && wanted[i].link.flags)
			restore_host_result(r, "device", name,
				       host_link_set(&r->nl, ifindex,
							  wanted[i].link.flags,
							  0));
	}
}

/* Once the ports are there, which a switch's MTU follows until it is set. */
static void restore_mtus(struct restore *r)
{
	const struct state_link *wanted = r->wanted.links.items;
	const struct host_link *link;
	size_t i;

	for (i = 0; i < r->wanted.links.n; i++) {
		link = restore_link(r, wanted[i].link.name);
		if (r->is_new[i] && link && link->mtu != wanted[i].link.mtu)
			restore_host_result(r, "device", link->name,
				       host_link_set(&r->nl,
							  link->ifindex, 0,
							  wanted[i].link.mtu));
	}
}

static bool restore_is_new(const struct restore *r, const char *name)
{
	const struct state_link *links = r->wanted.links.items;
	size_t i;

	for (i = 0; i < r->wanted.links.n; i++)
		if (!strcmp(links[i].link.name, name))
			return r->is_new[i];
	return false;
}

/* --- switches --- */

/* A switch that was there knows itself which address it gave last. */
static void restore_switches(struct restore *r)
{
	const struct state_switch *switches = r->wanted.switches.items;
	const struct state_switch *sw;
	struct podswitch *h = r->psw->h;
	uint32_t ifindex;
	size_t i;
	int err;

	for (i = 0; i < r->wanted.switches.n; i++) {
		sw = &switches[i];
		ifindex = restore_ifindex(r, sw->name);
		if (!ifindex)
			continue;
		err = podswitch_switch_set(h, ifindex, sw->max_ports,
					   sw->max_addresses);
		restore_result(r, "switch", sw->name, err);
	}
}

/* Once the ports are there, which give addresses too. */
static void restore_last(struct restore *r)
{
	const struct state_switch *switches = r->wanted.switches.items;
	const struct state_switch *sw;
	uint32_t ifindex;
	size_t i;

	for (i = 0; i < r->wanted.switches.n; i++) {
		sw = &switches[i];
		ifindex = restore_ifindex(r, sw->name);
		if (ifindex && restore_is_new(r, sw->name))
			restore_result(r, "switch", sw->name,
				       podswitch_switch_set_last(r->psw->h,
								 ifindex,
								 &sw->last_ipv4,
								 &sw->last_ipv6));
	}
}

/* --- ports --- */

static int restore_take_port(const struct podswitch_port *port, void *arg)
{
	static const uint8_t no_mac[6];
	struct restore *r = arg;
	const struct state_link *links = r->now.links.items;
	const struct host_link *link;
	const char *sw = "";
	const uint8_t *mac = no_mac;
	size_t i;

	for (i = 0; i < r->now.links.n; i++) {
		link = &links[i].link;
		if (link->ifindex == port->switch_ifindex)
			sw = link->name;
		if (link->ifindex == port->ifindex)
			mac = link->mac;
	}
	state_add_port(&r->now, port, sw, mac);
	return 0;
}

static const struct state_port *restore_port_now(const struct restore *r,
						 uint32_t ifindex)
{
	const struct state_port *ports = r->now.ports.items;
	size_t i;

	for (i = 0; i < r->now.ports.n; i++)
		if (ports[i].ifindex == ifindex)
			return &ports[i];
	return NULL;
}

/*
 * What is as it is of itself is not asked for: a module that is older than this
 * program takes what it knows.
 */
static int restore_new_port(struct restore *r, const struct state_port *port,
			    uint32_t ifindex)
{
	static const uint8_t no_mac[6];
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;

	cfg.guard = port->guard;
	cfg.isolated = port->isolated ? 1 : -1;
	cfg.hairpin = port->hairpin ? 1 : -1;
	cfg.role = port->role ? port->role : -1;
	cfg.pvid = port->pvid ? port->pvid : -1;
	cfg.storm_limit = port->storm_limit ? (int64_t)port->storm_limit : -1;
	cfg.translated = port->translated ? 1 : -1;
	cfg.router = port->router ? 1 : -1;
	cfg.dhcp_server = port->dhcp_server ? 1 : -1;
	cfg.trunk = port->trunk.n ? port->trunk.items : NULL;
	cfg.n_trunk = port->trunk.n;
	cfg.owner = &port->owner;
	cfg.addresses = port->addresses.items;
	cfg.n_addresses = port->addresses.n;
	if (memcmp(port->mac, no_mac, sizeof(no_mac)) != 0)
		cfg.mac = port->mac;
	return podswitch_port_new(r->psw->h, restore_ifindex(r, port->sw),
				  ifindex, &cfg);
}

/* Either the port as it is wanted or, if the kernel refuses it, as it was. */
static void restore_replace_port(struct restore *r,
				 const struct state_port *wanted,
				 const struct state_port *now)
{
	const char *name = now->name;
	int err;

	err = podswitch_port_del(r->psw->h, now->ifindex);
	restore_result(r, "port", name, err);
	if (err)
		return;
	err = restore_new_port(r, wanted, now->ifindex);
	restore_result(r, "port", name, err);
	if (err)
		restore_result(r, "port", name,
			       restore_new_port(r, now, now->ifindex));
}

static void restore_one_port(struct restore *r, const struct state_port *wanted)
{
	const struct host_link *link = restore_port_link(r, wanted);
	struct state_port found = *wanted;
	const struct state_port *now;
	const char *differs;

	if (!link) {
		if (!r->how.devices_go)
			restore_fail(r, "port %s: Its device is not there",
				     wanted->name);
		return;
	}
	now = restore_port_now(r, link->ifindex);
	if (!now && !restore_ifindex(r, wanted->sw)) {
		restore_fail(r, "port %s: There is no switch %s", wanted->name,
			     wanted->sw);
		return;
	}
	if (!now) {
		restore_result(r, "port", wanted->name,
			       restore_new_port(r, wanted, link->ifindex));
		return;
	}
	/* What tells the device is the device's, and not compared. */
	found.ifindex = now->ifindex;
	memcpy(found.name, now->name, sizeof(found.name));
	memcpy(found.device_mac, now->device_mac, sizeof(found.device_mac));
	/* The kernel sees the need of it itself, and may have by now. */
	found.translated = now->translated;
	differs = field_equal(&state_port_table, &found, now);
	if (differs && r->how.replace)
		restore_replace_port(r, wanted, now);
	else if (differs)
		restore_fail(r, "port %s: Is there, and its %s is another; \"replace\" would make it as it was saved",
			     now->name, differs);
}

static void restore_ports(struct restore *r)
{
	const struct state_port *ports = r->wanted.ports.items;
	size_t i;

	for (i = 0; i < r->wanted.ports.n; i++)
		restore_one_port(r, &ports[i]);
}

/* --- routes --- */

/*
 * A route's next hop can be behind another route: what is refused is tried
 * again, as long as that helps, and complained about in the end.
 */
static void restore_routes(struct restore *r)
{
	const struct state_route *wanted = r->wanted.routes.items;
	size_t n = r->wanted.routes.n;
	bool *is_there = calloc(n + 1, sizeof(*is_there));
	struct host_route route;
	bool helps = true, last = false;
	size_t i;
	int err;

	while (is_there && (helps || !last)) {
		last = !helps;
		helps = false;
		for (i = 0; i < n; i++) {
			route = wanted[i].route;
			route.ifindex = restore_ifindex(r, wanted[i].dev);
			if (is_there[i] || !route.ifindex)
				continue;
			err = host_route_new(&r->nl, &route);
			is_there[i] = !err || err == -EEXIST;
			helps |= is_there[i];
			if (last && !is_there[i])
				restore_host_result(r, "route through",
					       wanted[i].dev, err);
		}
	}
	free(is_there);
}

/* --- everything --- */

/* The ports, which pods wait for, before what only the host needs. */
static int restore_all(struct restore *r)
{
	int err;

	r->is_new = calloc(r->wanted.links.n + 1, sizeof(*r->is_new));
	if (!r->is_new)
		return psw_complain(r->psw, PSW_FAILED, "Out of memory");
	restore_host_result(r, "all", "devices", restore_read_links(r));
	if (r->status)
		return r->status;
	err = podswitch_port_dump(r->psw->h, NULL, restore_take_port, r);
	if (err)
		return psw_result(r->psw, NULL, err);
	restore_links(r);
	restore_switches(r);
	restore_ports(r);
	restore_last(r);
	restore_read_links(r);
	restore_mtus(r);
	restore_routes(r);
	return r->status;
}

/* All of a file, with NUL behind it. */
static char *restore_read(FILE *file, size_t *len)
{
	size_t room = 1 << 16;
	char *text = malloc(room + 1);
	char *more = text;

	*len = 0;
	while (more) {
		*len += fread(text + *len, 1, room - *len, file);
		if (*len < room)
			break;
		errno = EFBIG;
		room *= 2;
		more = room > RESTORE_MAX ? NULL : realloc(text, room + 1);
		text = more ? more : text;
	}
	if (!more || ferror(file)) {
		free(text);
		return NULL;
	}
	text[*len] = '\0';
	return text;
}

/* Nothing is done before all of it is understood. */
static int restore_parse(struct psw *psw, const char *name, FILE *file,
			 struct state *state)
{
	char wrong[FIELD_WRONG_SIZE];
	int status = PSW_DONE;
	size_t len;
	char *text;

	text = restore_read(file, &len);
	if (!text)
		return psw_complain(psw, PSW_FAILED, "Cannot read %s: %s", name,
				    strerror(errno));
	if (!state_read(text, len, state, wrong))
		status = psw_complain(psw, PSW_FAILED, "%s: %s", name, wrong);
	free(text);
	return status;
}

int restore_state(struct psw *psw, const struct state *state,
		  const struct restore_how *how)
{
	struct restore r = { .psw = psw, .how = *how, .wanted = *state };
	int status;

	status = psw_open(psw);
	if (status)
		return status;
	restore_host_result(&r, "all", "devices",
			    nl_open(&r.nl, NETLINK_ROUTE));
	status = r.status ? r.status : restore_all(&r);
	nl_close(&r.nl);
	free(r.is_new);
	state_free(&r.now);
	return status;
}

static int restore(struct psw *psw, const struct restore_args *args)
{
	const struct restore_how how = { .replace = args->replace };
	bool is_stdin = !args->file || !strcmp(args->file, "-");
	const char *name = is_stdin ? "standard input" : args->file;
	FILE *file = is_stdin ? stdin : fopen(args->file, "re");
	struct state state = { 0 };
	int status;

	if (!file)
		return psw_complain(psw, PSW_FAILED, "Cannot open %s: %s", name,
				    strerror(errno));
	status = restore_parse(psw, name, file, &state);
	if (!is_stdin)
		fclose(file);
	if (!status)
		status = restore_state(psw, &state, &how);
	state_free(&state);
	return status;
}

static const char *restore_arg_replace(char *value, void *to)
{
	bool *replace = to;

	(void)value;
	*replace = true;
	return NULL;
}

int psw_restore(struct psw *psw, char **words)
{
	struct restore_args args = { 0 };
	const struct arg table[] = {
		{ "file", ARG_BARE, arg_string, &args.file },
		{ "replace", ARG_LONE, restore_arg_replace, &args.replace },
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "restore");
	if (*words && !words[1] && psw_matches(*words, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	return status ? status : restore(psw, &args);
}
