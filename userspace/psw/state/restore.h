/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_RESTORE_H
#define _PSW_RESTORE_H

#include "state.h"

/**
 * struct restore_how - how a state is restored
 * @replace: ports that are there and differ are made anew
 * @devices_go: a port whose device has gone is none to complain of
 */
struct restore_how {
	bool replace;
	bool devices_go;
};

/**
 * restore_state() - makes everything anew that is not there
 * @psw: the run
 * @state: everything
 * @how: how
 *
 * What fails is complained of, and the rest goes on.
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int restore_state(struct psw *psw, const struct state *state,
		  const struct restore_how *how);

#endif /* _PSW_RESTORE_H */
