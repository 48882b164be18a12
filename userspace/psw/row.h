/* SPDX-License-Identifier: GPL-2.0 */
/* What the rows of ports and of addresses have in common. */
#ifndef _PSW_ROW_H
#define _PSW_ROW_H

#include "print.h"

/**
 * struct row_switch - the switch of the ports being listed
 * @ifindex: its interface index, 0 at first
 * @name: its name
 */
struct row_switch {
	uint32_t ifindex;
	char name[IFNAMSIZ];
};

/**
 * row_add_switch() - adds a switch by name
 * @row: the row
 * @sw: the switch of the row before; ports come ordered by switch
 * @ifindex: the switch of this row
 */
void row_add_switch(cJSON *row, struct row_switch *sw, uint32_t ifindex);

/**
 * row_add_owner() - adds the members of an owner that are known
 * @row: the row
 * @owner: the owner
 */
void row_add_owner(cJSON *row, const struct podswitch_owner *owner);

/**
 * row_text_pod() - writes the pod as NAMESPACE/NAME, else its container
 * @out: the stream
 * @row: the row
 */
void row_text_pod(FILE *out, const cJSON *row);

/**
 * row_text_network() - writes the owner's network
 * @out: the stream
 * @row: the row
 */
void row_text_network(FILE *out, const cJSON *row);

#endif /* _PSW_ROW_H */
