/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_RUN_H
#define _CNI_RUN_H

#include <stdint.h>

/**
 * struct cni_run - a program that is run
 * @path: its file
 * @environment: "K=V" strings and a NULL
 * @input: what it reads from stdin
 * @deadline_ms: when it is killed, as cni_now_ms() tells the time
 * @output: set to what it wrote to stdout, to be freed, or NULL
 * @status: set to its exit status, or to the negated signal that ended it
 *
 * It shares our stderr, and nothing else.
 */
struct cni_run {
	const char *path;
	char *const *environment;
	const char *input;
	int64_t deadline_ms;
	char *output;
	int status;
};

/**
 * cni_run() - runs a program to its end
 * @run: what and how
 *
 * Return: 0; -ETIMEDOUT if it, or what it started, had to be killed; another
 * negative errno value.
 */
int cni_run(struct cni_run *run);

#endif /* _CNI_RUN_H */
