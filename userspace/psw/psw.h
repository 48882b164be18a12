/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_H
#define _PSW_H

#include <net/if.h>
#include <podswitch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum psw_exit {
	PSW_DONE = 0,
	PSW_FAILED = 1,		/* refused, or could not be done */
	PSW_USAGE = 2,		/* not understood */
};

struct arg;
struct psw;

/**
 * struct psw_completion - a command line that is completed instead of run
 * @words_only: the kernel must not be asked
 * @offer: takes a word that could stand where the last word is being typed
 * @value: offers the values of an option
 * @args: offers what can follow among a verb's arguments
 *
 * Nothing is opened while completing, nothing changed, nothing complained of.
 */
struct psw_completion {
	bool words_only;
	void (*offer)(const struct psw *psw, const char *candidate);
	void (*value)(const struct psw *psw, const char *option);
	void (*args)(const struct psw *psw, char **words,
		     const struct arg *args, size_t n_args);
};

/**
 * struct psw - one run of the command
 * @json: print JSON
 * @pretty: with line breaks
 * @statistics: with counters
 * @timestamp: events with the time
 * @h: the library's handle; NULL until psw_open()
 * @what: object and verb at work, for complaints
 * @batch: the file that the command comes from, or NULL
 * @line: where in that file it begins
 * @completion: takes the place of what the words would do; NULL as a rule
 */
struct psw {
	bool json;
	bool pretty;
	bool statistics;
	bool timestamp;
	struct podswitch *h;
	char what[32];
	const char *batch;
	unsigned int line;
	struct psw_completion *completion;
};

/**
 * struct psw_word - a word of the command line and what it starts
 * @word: the word
 * @run: does it, with the words behind it, and returns an enum psw_exit
 */
struct psw_word {
	const char *word;
	int (*run)(struct psw *psw, char **words);
};

/* netns.c */

#define PSW_NETNS "/run/netns"

/**
 * psw_netns() - enters a network namespace
 * @psw: the run
 * @name: a name in PSW_NETNS, or a path
 *
 * Return: PSW_DONE; PSW_FAILED, having complained. While completing, always
 * PSW_DONE; a kernel that cannot be asked is not asked.
 */
int psw_netns(struct psw *psw, const char *name);

/* command.c */

/**
 * psw_matches() - whether a word is another one or an abbreviation of it
 * @word: what was typed
 * @full: the full word
 *
 * Return: true if it is.
 */
bool psw_matches(const char *word, const char *full);

/**
 * psw_complain() - says on stderr what is wrong, in one line
 * @psw: the run
 * @status: exit status to return
 * @format: the complaint, as for printf()
 *
 * Return: @status.
 */
__attribute__((format(printf, 3, 4)))
int psw_complain(const struct psw *psw, int status, const char *format, ...);

/**
 * psw_find() - looks up a word that may be abbreviated
 * @table: the words, the last one NULL; the first that matches is meant
 * @word: what was typed
 *
 * Return: an entry, or NULL.
 */
const struct psw_word *psw_find(const struct psw_word *table,
				const char *word);

/**
 * psw_offer() - offers the words of a table to who is typing one of them
 * @psw: the run, whose completion there is
 * @table: the words, the last one NULL; of several that start the same, one
 */
void psw_offer(const struct psw *psw, const struct psw_word *table);

/**
 * psw_object() - runs a verb of an object
 * @psw: the run
 * @object: the object's name
 * @verbs: its verbs, the last one's word being NULL
 * @usage: what "help" prints
 * @words: verb and arguments; no verb means "show"
 *
 * Return: an enum psw_exit.
 */
int psw_object(struct psw *psw, const char *object,
	       const struct psw_word *verbs, const char *usage, char **words);

/**
 * psw_not_in_batch() - refuses to run in a batch, which waits for each command
 * @psw: the run
 *
 * Return: PSW_DONE outside of a batch; PSW_USAGE, having complained.
 */
int psw_not_in_batch(const struct psw *psw);

/**
 * psw_open() - gets hold of the kernel's podswitch, unless that is done
 * @psw: the run
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int psw_open(struct psw *psw);

/**
 * psw_result() - turns what the library returned into an exit status
 * @psw: the run
 * @subject: device or address that was asked about, or NULL
 * @err: what the library returned
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int psw_result(const struct psw *psw, const char *subject, int err);

/**
 * psw_ifindex() - looks up a device
 * @psw: the run
 * @name: its name
 * @ifindex: filled in
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int psw_ifindex(const struct psw *psw, const char *name, uint32_t *ifindex);

/**
 * psw_open_device() - psw_open() and psw_ifindex() in one
 * @psw: the run
 * @name: name of the device
 * @ifindex: filled in
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int psw_open_device(struct psw *psw, const char *name, uint32_t *ifindex);

/* netns.c */

#define PSW_NETNS "/run/netns"

/**
 * psw_netns() - enters a network namespace
 * @psw: the run
 * @name: a name in PSW_NETNS, or a path
 *
 * Return: PSW_DONE; PSW_FAILED, having complained. While completing, always
 * PSW_DONE; a kernel that cannot be asked is not asked.
 */
int psw_netns(struct psw *psw, const char *name);

/*
 * The objects, each in a file of its name. They get the words behind it (verb
 * and arguments) and return an enum psw_exit, having complained or printed.
 */
int psw_switch(struct psw *psw, char **words);
int psw_port(struct psw *psw, char **words);
int psw_address(struct psw *psw, char **words);
int psw_monitor(struct psw *psw, char **words);
int psw_stats(struct psw *psw, char **words);
int psw_top(struct psw *psw, char **words);
int psw_graph(struct psw *psw, char **words);
int psw_metrics(struct psw *psw, char **words);
int psw_doctor(struct psw *psw, char **words);
int psw_probe(struct psw *psw, char **words);
int psw_save(struct psw *psw, char **words);
int psw_restore(struct psw *psw, char **words);
int psw_upgrade(struct psw *psw, char **words);

#endif /* _PSW_H */
