/* SPDX-License-Identifier: GPL-2.0 */
/* A handle of libpodswitch to a kernel that is a test's own (fake.h). */
#ifndef _LIB_H
#define _LIB_H

#include <arpa/inet.h>
#include <handle.h>

#include "fake.h"
#include "test.h"

enum {
	FAMILY = 0x21,
	SWITCH = 3,
	PORT = 4,
};

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };
static struct podswitch h;
static struct fake fake;

static inline void open_handle(void)
{
	fake_open(&fake, &h.nl);
	h.genl = (struct nl_genl){ .id = FAMILY };
}

static inline void close_handle(void)
{
	fake_close(&fake, &h.nl);
}

static inline struct podswitch_address ip(const char *text)
{
	struct podswitch_address address = { .family = AF_INET };

	if (strchr(text, ':'))
		address.family = AF_INET6;
	if (inet_pton(address.family, text, &address.v6) != 1)
		abort();
	return address;
}

#endif /* _LIB_H */
