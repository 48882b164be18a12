// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "args.h"
#include "event.h"
#include "print.h"
#include "row.h"

static const char usage[] =
	"Usage: psw [ -j[son] ] [ -t[imestamp] ] monitor [ ports ] [ addresses ]\n"
	"                                                [ violations ] [ wait ]\n"
	"       psw monitor help\n";

enum { MONITOR_AT_ONCE = 64 };

/* What to tell of, and the ports as they were told last. */
struct monitor {
	struct psw *psw;
	bool ports;
	bool addresses;
	bool violations;
	bool wait;
	cJSON *known;
	bool is_quiet;		/* what is new is known from now on, not told */
	bool is_behind;		/* some events are lost */
	int status;
};

/* --- what is known --- */

static cJSON *monitor_find(cJSON *rows, const cJSON *ifindex)
{
	const cJSON *of_row;
	cJSON *row;

	cJSON_ArrayForEach(row, rows) {
		of_row = cJSON_GetObjectItemCaseSensitive(row, "ifindex");
		if (!strcmp(of_row->valuestring, ifindex->valuestring))
			return row;
	}
	return NULL;
}

static cJSON *monitor_known(struct monitor *m, const cJSON *row)
{
	return monitor_find(m->known,
			    cJSON_GetObjectItemCaseSensitive(row, "ifindex"));
}

static cJSON *monitor_row(const struct podswitch_port *port)
{
	struct row_switch sw = { 0 };
	cJSON *row = print_lone_row();

	row_add_port(row, &sw, port);
	return row;
}

/* With its switch, a port goes when that has no name any more. */
static void monitor_name_switch(cJSON *row, const cJSON *old)
{
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(old, "switch");

	if (name)
		cJSON_ReplaceItemInObjectCaseSensitive(row, "switch",
						       cJSON_Duplicate(name,
								       true));
}

/* --- addresses --- */

static bool monitor_has_address(const cJSON *port, const cJSON *address)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(port, "address");
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
		if (cJSON_Compare(item, address, true))
			return true;
	return false;
}

static bool monitor_has_mac(const cJSON *port, const cJSON *mac)
{
	return cJSON_Compare(cJSON_GetObjectItemCaseSensitive(port, "mac"), mac,
			     true);
}

static void monitor_tell_address(struct monitor *m, const cJSON *port,
				 const cJSON *address, bool gone)
{
	if (!m->status)
		m->status = event_print_address(stdout, m->psw, port, address,
						gone);
}

/* The addresses of a port that the other, which may be NULL, has not. */
static void monitor_tell_addresses(struct monitor *m, const cJSON *port,
				   const cJSON *other, bool gone)
{
	const cJSON *mac = cJSON_GetObjectItemCaseSensitive(port, "mac");
	const cJSON *item;
	cJSON *own;

	if (mac && !monitor_has_mac(other, mac)) {
		own = print_lone_row();
		print_add_copy(own, mac);
		monitor_tell_address(m, port, own, gone);
		cJSON_Delete(own);
	}
	cJSON_ArrayForEach(item,
			   cJSON_GetObjectItemCaseSensitive(port, "address"))
		if (!monitor_has_address(other, item))
			monitor_tell_address(m, port, item, gone);
}

/* --- events; nothing more is told once something could not be written --- */

static int monitor_port(const struct podswitch_port *port, void *arg)
{
	struct monitor *m = arg;
	cJSON *row = monitor_row(port);
	cJSON *old = monitor_known(m, row);

	if (m->addresses && !m->is_quiet) {
		if (old)
			monitor_tell_addresses(m, old, row, true);
		monitor_tell_addresses(m, row, old, false);
	}
	if (m->ports && !m->is_quiet && !m->status)
		m->status = event_print_port(stdout, m->psw, port, false);
	if (old)
		cJSON_Delete(cJSON_DetachItemViaPointer(m->known, old));
	cJSON_AddItemToArray(m->known, row);
	return m->status ? -ECANCELED : 0;
}

static int monitor_port_gone(const struct podswitch_port *port, void *arg)
{
	struct monitor *m = arg;
	cJSON *row = monitor_row(port);
	cJSON *old = monitor_known(m, row);

	monitor_name_switch(row, old);
	if (m->addresses)
		monitor_tell_addresses(m, row, NULL, true);
	if (m->psw->statistics)
		print_add_stats(row, &port->stats);
	if (m->ports && !m->status)
		m->status = event_print_gone(stdout, m->psw, row);
	if (old)
		cJSON_Delete(cJSON_DetachItemViaPointer(m->known, old));
	cJSON_Delete(row);
	return m->status ? -ECANCELED : 0;
}

static int monitor_violation(const struct podswitch_violation *v, void *arg)
{
	struct monitor *m = arg;

	m->status = event_print_violation(stdout, m->psw, v);
	return m->status ? -ECANCELED : 0;
}

/* --- what was missed --- */

struct monitor_dump {
	struct monitor *m;
	cJSON *seen;
};

static int monitor_dumped(const struct podswitch_port *port, void *arg)
{
	struct monitor_dump *dump = arg;
	cJSON *row = monitor_row(port);
	const cJSON *old = monitor_known(dump->m, row);
	int err = 0;

	if (!old || !cJSON_Compare(old, row, true))
		err = monitor_port(port, dump->m);
	cJSON_AddItemToArray(dump->seen, row);
	return err;
}

/* Ports that are known, and not in a list, have gone. */
static void monitor_drop_unseen(struct monitor *m, cJSON *seen)
{
	cJSON *row = m->known->child;
	cJSON *next;

	for (; row && !m->status; row = next) {
		next = row->next;
		if (monitor_find(seen,
				 cJSON_GetObjectItemCaseSensitive(row,
								  "ifindex")))
			continue;
		if (m->addresses)
			monitor_tell_addresses(m, row, NULL, true);
		if (m->ports && !m->status)
			m->status = event_print_gone(stdout, m->psw, row);
		cJSON_Delete(cJSON_DetachItemViaPointer(m->known, row));
	}
}

/*
 * Tells of what is not as it was told last. That podswitch has gone meanwhile
 * will be told as an event.
 */
static int monitor_catch_up(struct monitor *m)
{
	struct monitor_dump dump = { .m = m };
	struct podswitch *h;
	int err;

	if (!m->ports && !m->addresses)
		return m->status;
	dump.seen = print_list();
	err = podswitch_open(&h);
	if (!err)
		err = podswitch_port_dump(h, NULL, monitor_dumped, &dump);
	if (!err)
		monitor_drop_unseen(m, dump.seen);
	else if (h && err != -ENOENT && err != -ECANCELED)
		m->status = psw_complain(m->psw, PSW_FAILED, "%s",
					 podswitch_error(h));
	podswitch_close(h);
	cJSON_Delete(dump.seen);
	return m->status;
}

static int monitor_loaded(void *arg)
{
	struct monitor *m = arg;

	m->status = event_print_module(stdout, m->psw, false);
	if (!m->status)
		monitor_catch_up(m);
	return m->status ? -ECANCELED : 0;
}

static int monitor_unloaded(void *arg)
{
	cJSON *none = print_list();
	struct monitor *m = arg;

	monitor_drop_unseen(m, none);
	cJSON_Delete(none);
	if (!m->status)
		m->status = event_print_module(stdout, m->psw, true);
	return m->status ? -ECANCELED : 0;
}

/* --- waiting --- */

static const struct podswitch_events monitor_events = {
	.port = monitor_port,
	.port_gone = monitor_port_gone,
	.violation = monitor_violation,
	.loaded = monitor_loaded,
	.unloaded = monitor_unloaded,
};

/*
 * Takes in some events, so that signals are seen in between. That some are
 * lost is told before those that came earlier and are not; what is there can
 * be compared with what is known behind them.
 */
static int monitor_take(struct monitor *m)
{
	int err;
	int i;

	for (i = 0; i < MONITOR_AT_ONCE; i++) {
		err = podswitch_event(m->psw->h, &monitor_events, m);
		if (!err || err == -EINTR)
			continue;
		if (err == -ECANCELED)	/* has been complained about */
			return PSW_FAILED;
		if (err == -EAGAIN && !m->is_behind)
			return PSW_DONE;
		if (err == -EAGAIN) {
			m->is_behind = false;
			return monitor_catch_up(m);
		}
		psw_result(m->psw, NULL, err);
		if (err != -ENOBUFS)
			return PSW_FAILED;
		m->is_behind = true;
	}
	return PSW_DONE;
}

static int monitor_run(struct monitor *m, int signal_fd)
{
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = podswitch_fd(m->psw->h), .events = POLLIN },
	};
	int status = PSW_DONE;

	while (!status) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return psw_complain(m->psw, PSW_FAILED,
					    "Cannot wait for events: %s",
					    strerror(errno));
		}
		if (fds[0].revents)
			break;
		status = monitor_take(m);
	}
	return status;
}

/* From here on, signals to end are read like events. */
static int monitor_signals(const struct psw *psw, int *fd)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	*fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (*fd < 0)
		return psw_complain(psw, PSW_FAILED,
				    "Cannot wait for signals: %s",
				    strerror(errno));
	return PSW_DONE;
}

/* Without podswitch, it is waited for or complained about. */
static int monitor_open(struct monitor *m)
{
	struct psw *psw = m->psw;
	int err = podswitch_open(&psw->h);

	if (!psw->h)
		return psw_complain(psw, PSW_FAILED, "%s", strerror(-err));
	if (err == -ENOENT && m->wait)
		return event_print_module(stdout, psw, true);
	return psw_result(psw, NULL, err);
}

static int monitor_subscribe(struct monitor *m)
{
	struct podswitch *h;
	int status;
	int err;

	status = monitor_open(m);
	if (status)
		return status;
	h = m->psw->h;
	err = podswitch_watch(h);
	if (!err && (m->ports || m->addresses))
		err = podswitch_subscribe(h, PODSWITCH_MCGRP_PORTS);
	if (!err && m->violations)
		err = podswitch_subscribe(h, PODSWITCH_MCGRP_VIOLATIONS);
	if (err)
		return psw_result(m->psw, NULL, err);
	m->is_quiet = true;
	status = monitor_catch_up(m);
	m->is_quiet = false;
	return status;
}

static int monitor(struct monitor *m)
{
	int status;
	int fd;

	status = psw_not_in_batch(m->psw);
	if (!status)
		status = monitor_signals(m->psw, &fd);
	if (status)
		return status;
	m->known = print_list();
	status = monitor_subscribe(m);
	if (!status)
		status = monitor_run(m, fd);
	cJSON_Delete(m->known);
	close(fd);
	return status;
}

static const char *monitor_arg(char *value, void *to)
{
	bool *is_wanted = to;

	(void)value;
	*is_wanted = true;
	return NULL;
}

int psw_monitor(struct psw *psw, char **words)
{
	struct monitor m = { .psw = psw };
	const struct arg table[] = {
		{ "ports", ARG_LONE, monitor_arg, &m.ports },
		{ "addresses", ARG_LONE, monitor_arg, &m.addresses },
		{ "violations", ARG_LONE, monitor_arg, &m.violations },
		{ "wait", ARG_LONE, monitor_arg, &m.wait },
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "monitor");
	if (*words && psw_matches(*words, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	if (!m.ports && !m.addresses && !m.violations) {
		m.ports = true;
		m.violations = true;
	}
	return monitor(&m);
}
