/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Switches and their ports in the language of Graphviz. Names are not trusted:
 * they only stand in labels, escaped.
 */
#ifndef _PSW_DOT_H
#define _PSW_DOT_H

#include <stdio.h>

#include "rates.h"

/**
 * dot_begin() - begins a graph, with the host in it
 * @out: the stream
 */
void dot_begin(FILE *out);

/**
 * dot_switch() - draws a switch and its edge to the host
 * @out: the stream
 * @sw: the switch
 * @host: what the host's side moves; its counters are drawn if there is no rate
 */
void dot_switch(FILE *out, const struct podswitch_switch *sw,
		const struct rates_port *host);

/**
 * dot_port() - draws what a port leads to, and its edge to the switch
 * @out: the stream
 * @port: the port
 * @rates: what it moves; its counters are drawn if there is no rate
 */
void dot_port(FILE *out, const struct podswitch_port *port,
	      const struct rates_port *rates);

/**
 * dot_end() - ends the graph
 * @out: the stream
 */
void dot_end(FILE *out);

#endif /* _PSW_DOT_H */
