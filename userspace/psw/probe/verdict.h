/* SPDX-License-Identifier: GPL-2.0 */
/* What would become of a frame, as a row and in words. */
#ifndef _PSW_VERDICT_H
#define _PSW_VERDICT_H

#include "compose.h"
#include "ends.h"
#include "print.h"

/**
 * struct verdict_frame - a frame that was asked about
 * @cfg: how it was made; NULL if it was given byte by byte
 * @made: its bytes
 */
struct verdict_frame {
	const struct compose *cfg;
	const struct podswitch_probe_config *made;
};

/**
 * verdict_add() - adds what would become of a frame
 * @list: what print_list() returned
 * @frame: the frame
 * @ends: all ports, for their pods' names
 * @probe: what would become of it
 *
 * Return: the row.
 */
cJSON *verdict_add(cJSON *list, const struct verdict_frame *frame,
		   const struct ends *ends,
		   const struct podswitch_probe_result *probe);

/**
 * verdict_text() - writes a row in words, a line for each step
 * @out: the stream
 * @row: what verdict_add() returned
 */
void verdict_text(FILE *out, const cJSON *row);

#endif /* _PSW_VERDICT_H */
