/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_RUN_H
#define _CNI_RUN_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct cni_run - a program that is run
 * @path: its file
 * @argv: its arguments, the first being its own name, and a NULL; or NULL
 * @environment: "K=V" strings and a NULL
 * @input: what it reads from stdin
 * @deadline_ms: when it is killed, as cni_now_ms() tells the time
 * @complaints: @output takes what it writes to stderr, too
 * @output: set to what it wrote to stdout, to be freed; NULL if that holds a
 *	NUL byte
 * @status: set to its exit status, or to the negated signal that ended it
 *
 * It shares our stderr unless @complaints says otherwise, and no other file.
 */
struct cni_run {
	const char *path;
	char *const *argv;
	char *const *environment;
	const char *input;
	int64_t deadline_ms;
	bool complaints;
	char *output;
	int status;
};

/**
 * cni_run() - runs a program to its end
 * @run: what and how
 *
 * Return: 0; -ETIMEDOUT if it, or what it started and left its output to, had
 * to be killed; -EFBIG if its output had no end; another negative errno value.
 */
int cni_run(struct cni_run *run);

#endif /* _CNI_RUN_H */
