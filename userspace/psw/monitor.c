// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "event.h"

static const char usage[] =
	"Usage: psw [ -j[son] ] [ -t[imestamp] ] monitor [ ports | violations ]\n"
	"       psw monitor help\n";

/* What to tell of, by the multicast groups' own names. */
static const char *const monitor_groups[] = {
	PODSWITCH_MCGRP_PORTS, PODSWITCH_MCGRP_VIOLATIONS,
};

/* Nothing more is told once something could not be written. */
static int monitor_port(const struct podswitch_port *port, void *arg)
{
	return event_print_port(stdout, arg, port, false) ? -ECANCELED : 0;
}

static int monitor_port_gone(const struct podswitch_port *port, void *arg)
{
	return event_print_port(stdout, arg, port, true) ? -ECANCELED : 0;
}

static int monitor_violation(const struct podswitch_violation *v, void *arg)
{
	return event_print_violation(stdout, arg, v) ? -ECANCELED : 0;
}

static const struct podswitch_events monitor_events = {
	.port = monitor_port,
	.port_gone = monitor_port_gone,
	.violation = monitor_violation,
};

static int monitor_take(struct psw *psw)
{
	int err = podswitch_event(psw->h, &monitor_events, psw);

	switch (err) {
	case -EAGAIN:
	case -EINTR:
		return PSW_DONE;
	case -ECANCELED:	/* has been complained about */
		return PSW_FAILED;
	case -ENOBUFS:		/* is told, and it goes on */
		psw_result(psw, NULL, err);
		return PSW_DONE;
	}
	return psw_result(psw, NULL, err);
}

static int monitor_run(struct psw *psw, int signal_fd)
{
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = podswitch_fd(psw->h), .events = POLLIN },
	};
	int status = PSW_DONE;

	while (!status) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return psw_complain(psw, PSW_FAILED,
					    "Cannot wait for events: %s",
					    strerror(errno));
		}
		if (fds[0].revents)
			break;
		status = monitor_take(psw);
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

/* The group that a word is the name of, or all without a word. */
static int monitor_subscribe(struct psw *psw, const char *word)
{
	int status;
	size_t i;

	status = psw_open(psw);
	for (i = 0; i < ARRAY_SIZE(monitor_groups) && !status; i++) {
		if (word && !psw_matches(word, monitor_groups[i]))
			continue;
		status = psw_result(psw, NULL,
				    podswitch_subscribe(psw->h,
							monitor_groups[i]));
	}
	return status;
}

static int monitor(struct psw *psw, const char *word)
{
	int status;
	int fd;

	status = psw_not_in_batch(psw);
	if (!status)
		status = monitor_signals(psw, &fd);
	if (status)
		return status;
	status = monitor_subscribe(psw, word);
	if (!status)
		status = monitor_run(psw, fd);
	close(fd);
	return status;
}

static void monitor_offer(const struct psw *psw)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(monitor_groups); i++)
		psw->completion->offer(psw, monitor_groups[i]);
	psw->completion->offer(psw, "help");
}

static bool monitor_knows(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(monitor_groups); i++)
		if (psw_matches(word, monitor_groups[i]))
			return true;
	return false;
}

int psw_monitor(struct psw *psw, char **words)
{
	snprintf(psw->what, sizeof(psw->what), "monitor");
	if (psw->completion && *words && !words[1])
		monitor_offer(psw);
	if (psw->completion)
		return PSW_USAGE;
	if (!*words)
		return monitor(psw, NULL);
	if (!monitor_knows(*words) && psw_matches(*words, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	if (monitor_knows(*words) && !*++words)
		return monitor(psw, words[-1]);
	return psw_complain(psw, PSW_USAGE,
			    "unknown word \"%s\"; try \"psw monitor help\"",
			    *words);
}
