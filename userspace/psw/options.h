/* SPDX-License-Identifier: GPL-2.0 */
/* What stands in front of the object. */
#ifndef _PSW_OPTIONS_H
#define _PSW_OPTIONS_H

#include "psw.h"

enum option_color {
	OPTION_COLOR_NEVER,
	OPTION_COLOR_AUTO,	/* if a terminal reads it that can show it */
	OPTION_COLOR_ALWAYS,
};

enum option_lone {
	OPTION_COMMAND,		/* nothing: there is a command */
	OPTION_VERSION,
	OPTION_HELP,
};

/**
 * struct options - what goes for the whole run
 * @netns: network namespace to work in, or NULL
 * @batch: file with commands, or NULL
 * @force: go on behind a command that fails
 * @color: whether text has colours
 * @lone: what comes instead of a command
 */
struct options {
	char *netns;
	char *batch;
	bool force;
	enum option_color color;
	enum option_lone lone;
};

/**
 * options_read() - reads the options
 * @psw: the run; those that go with each command are noted here
 * @words: the command line; moved to the object
 * @options: the others are noted here
 *
 * Return: PSW_DONE; PSW_USAGE, having complained, or having told the completion
 * what is wanted.
 */
int options_read(struct psw *psw, char ***words, struct options *options);

/**
 * options_want_color() - whether to print colours
 * @options: the options
 *
 * Return: true if so.
 */
bool options_want_color(const struct options *options);

#endif /* _PSW_OPTIONS_H */
