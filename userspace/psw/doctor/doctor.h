/* SPDX-License-Identifier: GPL-2.0 */
/* psw doctor: checks of the node, and what each of them finds. */
#ifndef _PSW_DOCTOR_H
#define _PSW_DOCTOR_H

#include <podswitch.h>
#include <stdio.h>

#include "print.h"

enum doctor_status {
	DOCTOR_OK,
	DOCTOR_NOTICE,		/* may be meant so, or could not be checked */
	DOCTOR_PROBLEM,
};

/**
 * struct doctor - an examination
 * @root: what stands in front of the paths of files and programs
 * @cni_bin: where the plugin is, or NULL for the usual places
 * @cni_conf: where the configurations are
 * @check: the check that is at work
 * @findings: what was found, a row each
 * @last: the row that was added last
 * @fine: what the check says if it finds nothing
 * @error: why the kernel's podswitch is not to be had; empty if it is
 * @reason: why the module could not be loaded, as podswitch-load says; or empty
 * @blind: an errno value: why the pods' ends are not to be seen; or 0
 * @switches: the switches
 * @n_switches: how many
 * @ports: the ports, ordered by switch
 * @n_ports: how many
 * @links: interfaces of the host
 * @n_links: how many
 * @addresses: IP addresses of the host, and of the pods' ends
 * @n_addresses: how many
 * @confs: CNI configurations, in the order in which a runtime reads them
 * @n_confs: how many
 */
struct doctor {
	const char *root;
	const char *cni_bin;
	const char *cni_conf;
	const char *check;
	cJSON *findings;
	cJSON *last;
	char fine[256];
	char error[256];
	char reason[512];
	int blind;
	struct podswitch_switch *switches;
	size_t n_switches;
	struct doctor_port *ports;
	size_t n_ports;
	struct doctor_link *links;
	size_t n_links;
	struct doctor_address *addresses;
	size_t n_addresses;
	struct doctor_conf *confs;
	size_t n_confs;
};

/* finding.c */

/**
 * doctor_find() - adds a finding
 * @d: the examination
 * @status: how bad it is
 * @subject: device, file or setting that it is about, or NULL
 * @format: the finding in a line, as for printf()
 */
__attribute__((format(printf, 4, 5)))
void doctor_find(struct doctor *d, enum doctor_status status,
		 const char *subject, const char *format, ...);

/**
 * doctor_add() - says more of what was found last
 * @d: the examination
 * @key: "why" it matters, the command that will "mend" it, or that lets one
 *	"look" closer
 * @format: as for printf(); words of a command are to be doctor_quote()d
 */
__attribute__((format(printf, 3, 4)))
void doctor_add(struct doctor *d, const char *key, const char *format, ...);

/**
 * doctor_fine() - what to say if the check finds nothing
 * @d: the examination
 * @format: as for printf()
 */
__attribute__((format(printf, 2, 3)))
void doctor_fine(struct doctor *d, const char *format, ...);

/**
 * doctor_examine() - runs a check
 * @d: the examination
 * @check: its name
 * @run: what it does
 */
void doctor_examine(struct doctor *d, const char *check,
		    void (*run)(struct doctor *d));

enum {
	DOCTOR_QUOTED = 4 * 256 + 3,	/* a word of 256 bytes, all quotes */
};

/**
 * doctor_quote() - a word as a shell takes it for itself
 * @word: the word, of which 256 bytes are taken
 * @quoted: DOCTOR_QUOTED bytes, filled in
 *
 * Return: @quoted.
 */
const char *doctor_quote(const char *word, char *quoted);

/**
 * doctor_print() - prints the findings and frees them
 * @out: the stream
 * @d: the examination
 * @view: as JSON or not
 *
 * Return: PSW_DONE; PSW_FAILED if there is a problem, or on failure.
 */
int doctor_print(FILE *out, struct doctor *d, const struct print_view *view);

/* file.c */

enum {
	DOCTOR_PATH = 4096,
};

/**
 * doctor_path() - a path below the root
 * @d: the examination
 * @path: DOCTOR_PATH bytes, filled in
 * @format: as for printf()
 */
__attribute__((format(printf, 3, 4)))
void doctor_path(const struct doctor *d, char *path, const char *format, ...);

/**
 * doctor_has() - is there such a file below the root?
 * @d: the examination
 * @path: its path
 *
 * Return: whether it is.
 */
bool doctor_has(const struct doctor *d, const char *path);

/**
 * doctor_read() - reads a file below the root
 * @d: the examination
 * @path: its path
 *
 * Return: its text without the last end of line, to be freed; or NULL.
 */
char *doctor_read(const struct doctor *d, const char *path);

/**
 * doctor_number() - reads a number from a file below the root
 * @d: the examination
 * @path: its path
 *
 * Return: the number, or -1.
 */
long doctor_number(const struct doctor *d, const char *path);

/* run.c */

/**
 * doctor_run() - runs a program to its end, or for two seconds
 * @argv: its path and its arguments, ended by NULL
 * @environment: "NAME=VALUE" each, ended by NULL
 * @input: what it reads
 * @output: set to what it wrote, to be freed; or NULL
 *
 * Return: its exit status; a negative errno value if it did not run, or did
 * not end.
 */
int doctor_run(const char *const *argv, const char *const *environment,
	       const char *input, char **output);

/* doctor_module.c and others: the checks, in the order of the manual page */

/**
 * doctor_check_module() - the check "module"; so are the others, by their names
 * @d: the examination, which gets what is found, or a doctor_fine() word
 */
void doctor_check_module(struct doctor *d);
void doctor_check_kernel(struct doctor *d);
void doctor_check_plugin(struct doctor *d);
void doctor_check_configuration(struct doctor *d);
void doctor_check_forwarding(struct doctor *d);
void doctor_check_switches(struct doctor *d);
void doctor_check_ports(struct doctor *d);
void doctor_check_pods(struct doctor *d);
void doctor_check_mtu(struct doctor *d);
void doctor_check_addresses(struct doctor *d);
void doctor_check_drops(struct doctor *d);
void doctor_check_masquerade(struct doctor *d);
void doctor_check_conntrack(struct doctor *d);
void doctor_check_leftovers(struct doctor *d);
void doctor_check_host(struct doctor *d);

#endif /* _PSW_DOCTOR_H */
