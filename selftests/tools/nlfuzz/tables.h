/* SPDX-License-Identifier: GPL-2.0 */
/* What the YAML says of requests; tables.py makes the tables. */
#ifndef _TABLES_H
#define _TABLES_H

#include <stdbool.h>
#include <stdint.h>

enum kind {
	KIND_NONE,
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_BINARY,
	KIND_STRING,
	KIND_NEST,
};

enum hint {
	HINT_NONE,
	HINT_SWITCH,
	HINT_DEVICE,
	HINT_ANY,	/* index of a switch or of a device */
	HINT_FRAME,
	HINT_VLAN,	/* where a range of them begins or ends */
	HINT_MAC,	/* from here on, what an address can be */
	HINT_IPV4,
	HINT_IPV6,
};

/* low and high bound a number's value, and the bytes of anything else. */
struct member {
	const char *name;
	enum kind kind;
	enum hint hint;
	uint32_t low;
	uint32_t high;
	const struct set *nest;
	bool is_multi;
};

struct set {
	const struct member *members;
	unsigned int n;
};

/* may and command_may are the attributes' numbers, as bits. */
struct request {
	const char *name;
	uint8_t cmd;
	bool is_dump;
	bool is_admin;
	const struct set *set;
	uint64_t may;
	uint64_t command_may;
};

extern const struct request requests[];
extern const unsigned int n_requests;

#endif /* _TABLES_H */
