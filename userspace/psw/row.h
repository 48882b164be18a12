/* SPDX-License-Identifier: GPL-2.0 */
/* What the rows of ports and of addresses have in common. */
#ifndef _PSW_ROW_H
#define _PSW_ROW_H

#include <net/if.h>

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
 * row_add_port() - adds what there is to a port, but for its counters
 * @row: the row
 * @sw: the switch of the row before
 * @port: the port
 *
 * Its addresses are there twice: "address" has all that is declared, as the
 * protocol has it; "addresses" has the IP addresses among them that the port
 * holds, without more.
 */
void row_add_port(cJSON *row, struct row_switch *sw,
		  const struct podswitch_port *port);

/**
 * row_text_address() - writes an address of a port, as it would be typed
 * @out: the stream
 * @row: the port's row, which tells the VLAN that goes without saying
 * @address: an element of its "address"
 */
void row_text_address(FILE *out, const cJSON *row, const cJSON *address);

/**
 * row_text_trunk() - writes the VLANs that a port carries with tags
 * @out: the stream
 * @row: the port's row
 */
void row_text_trunk(FILE *out, const cJSON *row);

/**
 * row_text_flags() - writes the names of those members that are true
 * @out: the stream
 * @row: the row
 * @flags: the members
 * @n_flags: how many
 */
void row_text_flags(FILE *out, const cJSON *row, const char *const *flags,
		    size_t n_flags);

/**
 * row_text_unless() - writes a member, unless it is what goes without saying
 * @out: the stream
 * @row: the row
 * @key: the member
 * @usual: what goes without saying, as text
 * @before: what to write in front of it
 */
void row_text_unless(FILE *out, const cJSON *row, const char *key,
		     const char *usual, const char *before);

enum {
	/* of the longest name that row_pod() writes, with its end */
	ROW_POD_SIZE = 2 * PODSWITCH_OWNER_LEN_MAX + 2,
};

/**
 * row_pod() - names a pod as NAMESPACE/NAME, else by its container
 * @name: filled in, ROW_POD_SIZE bytes; empty if neither is known
 * @owner: the owner
 */
void row_pod(char *name, const struct podswitch_owner *owner);

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
