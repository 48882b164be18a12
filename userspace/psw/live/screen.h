/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "psw top" shows: rates as a table that fits a terminal, or as plain
 * lines. It only writes to a stream and knows of no terminal.
 */
#ifndef _PSW_SCREEN_H
#define _PSW_SCREEN_H

#include <stdio.h>

#include "rates.h"

/**
 * struct screen_view - what to show of the rates, and how
 * @columns: of the terminal; 0 for plain lines, which are as long as they are
 * @lines: of the terminal; 0 for plain lines, which are as many as they are
 * @first: row that is the uppermost, the first being 0
 * @key: what the rows are sorted by
 * @reverse: the other way round
 * @bytes: bytes in a second instead of bits
 * @paused: whether to say that nothing moves
 * @help: whether the last line tells the keys
 * @time: the time
 * @switches: names of the switches
 * @interval: seconds from one time to the next
 * @trouble: what is wrong, or NULL
 */
struct screen_view {
	unsigned int columns;
	unsigned int lines;
	size_t first;
	enum rates_key key;
	bool reverse;
	bool bytes;
	bool paused;
	bool help;
	const char *time;
	const char *switches;
	double interval;
	const char *trouble;
};

/**
 * screen_key_name() - what rows are sorted by in a word
 * @key: the key
 *
 * Return: "packets", "bytes", "drops", "name"; NULL for a value not known.
 */
const char *screen_key_name(enum rates_key key);

/**
 * screen_rows() - how many rows fit
 * @view: with columns, lines and help
 *
 * Return: the number.
 */
size_t screen_rows(const struct screen_view *view);

/**
 * screen_write() - writes all that is to be seen
 * @out: the stream
 * @rates: the rates
 * @sorted: their ports in the order of the rows
 * @view: what of it, and how
 *
 * For a terminal it begins in the upper left corner, writes each line over the
 * one that is there, no wider than the terminal, and ends on the last one. Of
 * names, what is not ASCII is written as "?".
 */
void screen_write(FILE *out, const struct rates *rates,
		  const struct rates_port *const *sorted,
		  const struct screen_view *view);

#endif /* _PSW_SCREEN_H */
