/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_SAVE_H
#define _PSW_SAVE_H

#include "state.h"

/**
 * save_take() - reads all that goes with the module
 * @psw: the run
 * @only: name of the one switch that is wanted, or NULL
 * @state: filled in; state_free() may follow in any case
 * @is_whole: filled in: false if something cannot be carried over, which has
 *	been complained of
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int save_take(struct psw *psw, const char *only, struct state *state,
	      bool *is_whole);

/**
 * save_print() - writes all as a document
 * @out: the stream
 * @state: all
 * @pretty: with line breaks
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int save_print(FILE *out, const struct state *state, bool pretty);

#endif /* _PSW_SAVE_H */
