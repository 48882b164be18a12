/* SPDX-License-Identifier: GPL-2.0 */
/* Events as they come: each a line, as text or JSON, with the time if asked. */
#ifndef _PSW_EVENT_H
#define _PSW_EVENT_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "psw.h"

/**
 * event_add_time() - adds the time to a row
 * @row: the row
 */
void event_add_time(struct cJSON *row);

/**
 * event_print_port() - tells that a port was made, changed or has gone
 * @out: the stream
 * @psw: the run, for how
 * @port: the port
 * @gone: whether it has gone
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int event_print_port(FILE *out, const struct psw *psw,
		     const struct podswitch_port *port, bool gone);

/**
 * event_print_gone() - tells that a port has gone, of which a row is left
 * @out: the stream
 * @psw: the run, for how
 * @port: the row, by row_add_port()
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int event_print_gone(FILE *out, const struct psw *psw, const cJSON *port);

/**
 * event_print_address() - tells that a port got an address, or has lost it
 * @out: the stream
 * @psw: the run, for how
 * @port: the port's row, by row_add_port()
 * @address: an element of its "address", or an object with its MAC as "mac"
 * @gone: whether the address has gone
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int event_print_address(FILE *out, const struct psw *psw, const cJSON *port,
			const cJSON *address, bool gone);

/**
 * event_print_module() - tells that the kernel has podswitch, or has not
 * @out: the stream
 * @psw: the run, for how
 * @gone: whether it has gone
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int event_print_module(FILE *out, const struct psw *psw, bool gone);

/**
 * event_print_violation() - tells what a pod sent and was not allowed to
 * @out: the stream
 * @psw: the run, for how
 * @v: the violation
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int event_print_violation(FILE *out, const struct psw *psw,
			  const struct podswitch_violation *v);

#endif /* _PSW_EVENT_H */
