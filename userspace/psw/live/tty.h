/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal: its other screen, its size, its keys. Escape sequences are
 * those of ECMA-48 and xterm, which every terminal in use knows.
 */
#ifndef _PSW_TTY_H
#define _PSW_TTY_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum tty_key - keys that are no characters; others are their character
 * @TTY_NONE: no key, or one that means nothing
 */
enum tty_key {
	TTY_NONE = 0,
	TTY_UP = 0x100,
	TTY_DOWN,
	TTY_PAGE_UP,
	TTY_PAGE_DOWN,
	TTY_HOME,
	TTY_END,
};

/**
 * tty_is_there() - whether standard input and output are a terminal
 *
 * Return: false too if it cannot move its cursor.
 */
bool tty_is_there(void);

/**
 * tty_enter() - takes the terminal's other screen; keys come one by one
 *
 * Can be done again. The terminal is given back at exit at the latest.
 *
 * Return: 0 or a negative errno value.
 */
int tty_enter(void);

/** tty_leave() - gives the terminal back as it was */
void tty_leave(void);

/**
 * tty_size() - how large the terminal is
 * @columns: filled in
 * @lines: filled in
 *
 * A terminal that does not tell has 80 columns and 24 lines.
 */
void tty_size(unsigned int *columns, unsigned int *lines);

/**
 * tty_write() - writes to standard output, at once
 * @data: the bytes
 * @len: how many
 *
 * Return: 0 or a negative errno value.
 */
int tty_write(const char *data, size_t len);

/**
 * tty_key() - takes a key out of what was typed
 * @typed: where it begins; moved to the end of the key
 * @end: where all ends
 *
 * Return: an enum tty_key or a character.
 */
int tty_key(const char **typed, const char *end);

#endif /* _PSW_TTY_H */
