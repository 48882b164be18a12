// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "complete.h"
#include "options.h"
#include "print.h"

#ifndef PODSWITCH_VERSION
#define PODSWITCH_VERSION "unknown"
#endif

static const char usage[] =
	"Usage: psw [ OPTION... ] OBJECT [ VERB ] [ ARGUMENT... ]\n"
	"       psw [ OPTION... ] [ -force ] -batch FILE\n"
	"\n"
	"What is there, and how to change it:\n"
	"  switch   switches, their limits                         show set\n"
	"  port     ports: pods, guards, VLANs          show add set delete\n"
	"  address  which address is whose                  show add delete\n"
	"What is wrong:\n"
	"  doctor   checks the node and each pod, says what mends it\n"
	"  probe    what would become of a frame, step by step\n"
	"  stats    counters, and what was dropped why\n"
	"What is going on:\n"
	"  monitor  ports, addresses and what pods may not send, as it comes\n"
	"  top      the pods that move most, live\n"
	"  graph    switches and pods as a picture, for Graphviz\n"
	"  metrics  counters for Prometheus\n"
	"Over an upgrade of the module:\n"
	"  upgrade         another module in its place, under running pods\n"
	"  save, restore   switches and ports, to a file and back\n"
	"\n"
	"\"psw OBJECT help\" tells more, and \"man psw-OBJECT\" all.\n"
	"OPTION := { -j[son] | -p[retty] | -s[tatistics] | -t[imestamp] |\n"
	"            -n[etns] NAME | -c[olor][={always|auto|never}] |\n"
	"            -V[ersion] | -h[elp] }\n";

static int psw_help(struct psw *psw, char **words)
{
	(void)psw;
	(void)words;
	fputs(usage, stdout);
	return PSW_DONE;
}

static int psw_version(struct psw *psw, char **words)
{
	(void)psw;
	(void)words;
	puts("psw " PODSWITCH_VERSION);
	return PSW_DONE;
}

static const struct psw_word objects[] = {
	{ "switch", psw_switch },
	{ "port", psw_port },
	{ "address", psw_address },
	{ "monitor", psw_monitor },
	{ "doctor", psw_doctor },
	{ "probe", psw_probe },
	{ "stats", psw_stats },
	{ "top", psw_top },
	{ "graph", psw_graph },
	{ "metrics", psw_metrics },
	{ "save", psw_save },
	{ "restore", psw_restore },
	{ "upgrade", psw_upgrade },
	{ "help", psw_help },
	{ NULL, NULL },
};

/* Does a command, and sees to it that what it printed is out. */
static int psw_do(struct psw *psw, char **words,
		  int (*run)(struct psw *psw, char **words))
{
	int status = run(psw, words);

	if (!fflush(stdout) && !ferror(stdout))
		return status;
	if (status)	/* has been complained about */
		return status;
	return psw_complain(psw, PSW_FAILED, "Cannot write: %s",
			    strerror(errno));
}

static int psw_run(struct psw *psw, char **words)
{
	const char *word = *words ? *words++ : "";
	const struct psw_word *object = psw_find(objects, word);
	int status;

	if (psw->completion && !*words) {
		psw_offer(psw, objects);
		return PSW_USAGE;
	}
	if (!object)
		return psw_complain(psw, PSW_USAGE,
				    "no object \"%s\"; try \"psw help\"", word);
	status = psw_do(psw, words, object->run);
	if (psw->completion && !words[1] && object->run != psw_help)
		psw->completion->offer(psw, "help");
	return status;
}

static int psw_command_line(struct psw *psw, char **words)
{
	struct options options = { 0 };
	int status;

	status = options_read(psw, &words, &options);
	if (status)
		return status;
	if (options.lone)
		return psw_do(psw, words, options.lone == OPTION_HELP ?
			      psw_help : psw_version);
	print_set_color(options_want_color(&options));
	if (options.netns)
		status = psw_netns(psw, options.netns);
	if (status)
		return status;
	if (!options.batch)
		return psw_run(psw, words);
	if (*words)	/* or it is completed, and nothing can stand there */
		return psw_complain(psw, PSW_USAGE,
				    "\"%s\" stands behind -batch FILE", *words);
	return batch_run(psw, options.batch, options.force, psw_run);
}

/*
 * Descriptors that the caller closed: what is opened later must not take their
 * place, and what is written there has to fail.
 */
static void psw_hold_descriptors(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

int main(int argc, char **argv)
{
	struct psw psw = { 0 };
	int status;

	psw_hold_descriptors();
	/* A complaint goes out in one piece. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	argv += !!argc;
	if (*argv && !strcmp(*argv, "complete"))
		status = complete_run(&psw, argv + 1, psw_command_line);
	else
		status = psw_command_line(&psw, argv);
	podswitch_close(psw.h);
	return status;
}
