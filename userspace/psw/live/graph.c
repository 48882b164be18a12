// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "dot.h"

static const char usage[] =
	"Usage: psw graph [ [ switch ] DEV ] [ interval SECONDS ]\n"
	"       psw graph help\n"
	"What it prints is drawn by Graphviz: psw graph | dot -Tsvg > pods.svg\n";

/* What is drawn, where to, and what is known of the time before. */
struct graph {
	struct psw *psw;
	const char *sw;
	uint32_t switch_ifindex;
	int64_t interval;
	bool help;
	struct rates rates;
	FILE *out;
};

static int64_t graph_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int graph_add_switch(const struct podswitch_switch *sw, void *arg)
{
	struct graph *graph = arg;
	const struct rates_port *host;

	if (graph->switch_ifindex && sw->ifindex != graph->switch_ifindex)
		return 0;
	host = rates_add_host(&graph->rates, sw);
	if (!host)
		return -ENOMEM;
	if (graph->out)
		dot_switch(graph->out, sw, host);
	return 0;
}

static int graph_add_port(const struct podswitch_port *port, void *arg)
{
	const struct rates_port *rates;
	struct graph *graph = arg;

	rates = rates_add_port(&graph->rates, port);
	if (!rates)
		return -ENOMEM;
	if (graph->out)
		dot_port(graph->out, port, rates);
	return 0;
}

/* Reads the counters, and draws if there is something to draw on. */
static int graph_read(struct graph *graph)
{
	const struct podswitch_port_filter filter = {
		.switch_ifindex = graph->switch_ifindex,
	};
	struct podswitch *h = graph->psw->h;
	struct podswitch_switch sw;
	int err;

	rates_begin(&graph->rates, graph_clock());
	/* A device that is no switch is refused by name. */
	err = graph->sw ? podswitch_switch_get(h, graph->switch_ifindex, &sw) :
			  0;
	if (!err)
		err = podswitch_switch_dump(h, graph_add_switch, graph);
	if (!err)
		err = podswitch_port_dump(h, &filter, graph_add_port, graph);
	if (err == -ENOMEM)
		return psw_complain(graph->psw, PSW_FAILED, "Out of memory");
	return psw_result(graph->psw, graph->sw, err);
}

static void graph_wait(int64_t ns)
{
	struct timespec rest = {
		.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR)
		;
}

/* Nothing is printed before all of it is known. */
static int graph_draw(struct graph *graph)
{
	struct psw *psw = graph->psw;
	char *text;
	size_t len;
	int status;

	graph->out = open_memstream(&text, &len);
	if (!graph->out)
		return psw_complain(psw, PSW_FAILED, "Out of memory");
	dot_begin(graph->out);
	status = graph_read(graph);
	dot_end(graph->out);
	if (fclose(graph->out) && !status)
		status = psw_complain(psw, PSW_FAILED, "Out of memory");
	if (!status && (fwrite(text, 1, len, stdout) != len || fflush(stdout)))
		status = psw_complain(psw, PSW_FAILED, "Cannot write: %s",
				      strerror(errno));
	free(text);
	return status;
}

static int graph_run(struct graph *graph)
{
	struct psw *psw = graph->psw;
	int status;

	if (graph->sw)
		status = psw_open_device(psw, graph->sw,
					 &graph->switch_ifindex);
	else
		status = psw_open(psw);
	if (!status && graph->interval) {
		status = graph_read(graph);
		if (!status)
			graph_wait(graph->interval);
	}
	if (!status)
		status = graph_draw(graph);
	return status;
}

static const char *graph_help(char *value, void *to)
{
	bool *help = to;

	(void)value;
	*help = true;
	return NULL;
}

int psw_graph(struct psw *psw, char **words)
{
	struct graph graph = { .psw = psw };
	const struct arg table[] = {
		{ "switch", ARG_BARE, arg_string, &graph.sw },
		{ "interval", 0, rates_interval, &graph.interval },
		{ "help", ARG_LONE, graph_help, &graph.help },
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "graph");
	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	if (graph.help) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	if (psw->json)
		return psw_complain(psw, PSW_USAGE,
				    "is for Graphviz; \"psw -j -s port show\" has the same in JSON");
	status = graph_run(&graph);
	rates_forget(&graph.rates);
	return status;
}
