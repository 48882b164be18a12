/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "psw complete -- WORD...": what could stand where the last word is being
 * typed, for the shells. Each candidate is printed on a line of its own, with a
 * tab and what it is behind it where there is something to say; a line that
 * begins with the tab stands for the name of a file.
 */
#ifndef _PSW_COMPLETE_H
#define _PSW_COMPLETE_H

#include "psw.h"

/**
 * complete_run() - prints the candidates
 * @psw: the run
 * @words: the words so far, perhaps with "--" in front
 * @run: what is done with a command line
 *
 * The words are read by @run as they would be to be obeyed, by the same tables.
 *
 * Return: PSW_DONE; PSW_FAILED if they cannot be written.
 */
int complete_run(struct psw *psw, char **words,
		 int (*run)(struct psw *psw, char **words));

#endif /* _PSW_COMPLETE_H */
