/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Prometheus reads: the switches and ports of the namespace in its text
 * exposition format 0.0.4. For psw, and for podswitch-exporter, which serves it.
 */
#ifndef _PSW_EXPOSITION_H
#define _PSW_EXPOSITION_H

#include <podswitch.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	EXPOSITION_GAUGES = 5,	/* most that a thing has */
	EXPOSITION_BUFFER = 1 << 16,	/* of a stream for a text of megabytes */
};

/**
 * struct exposition_item - a switch or a port
 * @ifindex: its interface index
 * @labels: the labels of all its series, and behind them those of its _info
 * @n_labels: length of the former
 * @gauges: its gauges, in the order of the table of its kind
 * @stats: its counters
 */
struct exposition_item {
	uint32_t ifindex;
	char *labels;
	size_t n_labels;
	uint32_t gauges[EXPOSITION_GAUGES];
	struct podswitch_stats stats;
};

/**
 * struct exposition_items - the switches, or the ports
 * @list: them
 * @n: how many
 * @room: for how many there is memory
 */
struct exposition_items {
	struct exposition_item *list;
	size_t n;
	size_t room;
};

/**
 * struct exposition - what there is to tell, all zero at first
 * @up: whether the kernel could be asked
 * @why: why it could not
 * @switches: the switches
 * @ports: the ports
 */
struct exposition {
	bool up;
	char why[160];
	struct exposition_items switches;
	struct exposition_items ports;
};

/**
 * exposition_label() - writes a value of a label, quoted
 * @out: the stream
 * @value: the value, which may hold anything; NULL is an empty one
 *
 * Control characters and what is not UTF-8 become \xNN, byte for byte, so that
 * two names that differ stay two.
 */
void exposition_label(FILE *out, const char *value);

/**
 * exposition_add_switch() - takes a switch in
 * @x: the exposition
 * @sw: the switch
 *
 * Return: 0 or -ENOMEM.
 */
int exposition_add_switch(struct exposition *x,
			  const struct podswitch_switch *sw);

/**
 * exposition_add_port() - takes a port in
 * @x: the exposition, with its switches in it
 * @port: the port; one of a switch that came later is left for the next time
 *
 * Return: 0 or -ENOMEM.
 */
int exposition_add_port(struct exposition *x,
			const struct podswitch_port *port);

/**
 * exposition_read() - takes in what the kernel has
 * @x: the exposition; if the kernel cannot be asked it is not up, and says why
 *
 * Does not load the module, as all else of psw does: who looks changes nothing.
 *
 * Return: 0 or -ENOMEM.
 */
int exposition_read(struct exposition *x);

/**
 * exposition_write() - writes all series, each metric's in one piece
 * @out: the stream
 * @x: what to write; if it is not up, only that
 */
void exposition_write(FILE *out, const struct exposition *x);

/**
 * exposition_free() - frees what was taken in
 * @x: the exposition
 */
void exposition_free(struct exposition *x);

#endif /* _PSW_EXPOSITION_H */
