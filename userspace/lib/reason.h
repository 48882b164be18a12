/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _PODSWITCH_REASON_H
#define _PODSWITCH_REASON_H

#include <stdbool.h>

/* Where podswitch-load leaves why it could not load the module. */
#define PODSWITCH_REASON_FILE "/run/podswitch/not-loaded"

enum {
	PODSWITCH_REASON_SIZE = 401,	/* of the sentence, and its NUL */
};

/**
 * podswitch_read_reason() - reads a sentence that root left
 * @path: the file
 * @reason: PODSWITCH_REASON_SIZE bytes, filled in
 *
 * What is quoted ends in logs and on terminals: a file that is not one line of
 * printable ASCII, that others than root can write, or that is a link, is as
 * good as none.
 *
 * Return: whether there is one.
 */
bool podswitch_read_reason(const char *path, char *reason);

#endif /* _PODSWITCH_REASON_H */
