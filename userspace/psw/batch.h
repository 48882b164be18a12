/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands from a file, one a line. A "#" where a word could begin opens a
 * comment; quotes, single or double, keep blanks together; a line that ends
 * with a backslash goes on in the next one.
 */
#ifndef _PSW_BATCH_H
#define _PSW_BATCH_H

#include "psw.h"

/**
 * batch_split() - takes a line apart
 * @line: the line; the words stay in it
 * @words: filled in, NULL being the last; room for half the line's length and 2
 *
 * Return: NULL, or what is wrong with the line.
 */
const char *batch_split(char *line, char **words);

/**
 * batch_run() - runs the commands of a file
 * @psw: the run
 * @file: name of the file, or "-" for standard input
 * @force: go on behind a command that fails
 * @run: runs a command
 *
 * Return: PSW_DONE; what the first command that failed returned; PSW_FAILED if
 * there was one and @force, or if the file cannot be read.
 */
int batch_run(struct psw *psw, const char *file, bool force,
	      int (*run)(struct psw *psw, char **words));

#endif /* _PSW_BATCH_H */
