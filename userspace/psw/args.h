/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arguments: words with a value each, described by a table. Words may be
 * abbreviated; the first one in the table that matches is meant.
 */
#ifndef _PSW_ARGS_H
#define _PSW_ARGS_H

#include "psw.h"

enum {
	ARG_BARE = 1,	/* the value may come without its word */
	ARG_NEEDED = 2,	/* and comes first, if it is bare too */
	ARG_MANY = 4,
	ARG_LONE = 8,	/* takes no value; the reader is given NULL */
};

/**
 * struct arg - an argument that a verb takes
 * @word: the word in front of the value
 * @flags: ARG_*
 * @read: stores the value; returns NULL, or what is wrong with it
 * @to: where to
 */
struct arg {
	const char *word;
	unsigned int flags;
	const char *(*read)(char *value, void *to);
	void *to;
};

/**
 * struct arg_mac - a MAC address that may be absent
 * @bytes: the address
 * @given: whether there is one
 */
struct arg_mac {
	uint8_t bytes[6];
	bool given;
};

/**
 * struct arg_addresses - IP and MAC addresses
 * @list: the addresses
 * @n: how many
 */
struct arg_addresses {
	struct podswitch_address list[PODSWITCH_PORT_ADDRESSES_MAX];
	size_t n;
};

/**
 * struct arg_trunk - VLANs with tags, which may be absent
 * @list: the ranges, as they were typed
 * @n: how many; 0 if there are to be none
 * @given: whether they are given
 */
struct arg_trunk {
	struct podswitch_vlan_range list[PODSWITCH_VLAN_MAX / 2];
	size_t n;
	bool given;
};

/**
 * args_meant() - the argument that a word begins
 * @word: the word
 * @args: the table
 * @n_args: its length
 * @seen: a bit for each argument that is there already
 * @is_bare: filled in: the word is the value itself
 *
 * Return: the argument, which may be there already; NULL if it is none.
 */
const struct arg *args_meant(const char *word, const struct arg *args,
			     size_t n_args, uint32_t seen, bool *is_bare);

/**
 * args_parse() - reads all arguments of a verb
 * @psw: the run, for complaints
 * @words: the words, ended by NULL
 * @args: the table
 * @n_args: its length, at most 32
 *
 * A verb begins with this: a command line that is being completed ends here.
 *
 * Return: PSW_DONE; PSW_USAGE, having complained.
 */
int args_parse(const struct psw *psw, char **words, const struct arg *args,
	       size_t n_args);

/*
 * Readers. Each stores into what is named behind it and returns NULL, or what
 * is wrong with the value: "is not a MAC address".
 */
const char *arg_string(char *value, void *to);	/* const char * */
const char *arg_owner(char *value, void *to);	/* const char * */
const char *arg_pod(char *value, void *to);	/* podswitch_owner */
const char *arg_mac(char *value, void *to);	/* arg_mac */
const char *arg_address(char *value, void *to);	/* arg_addresses */
const char *arg_vlan(char *value, void *to);	/* arg_addresses, the last */
const char *arg_shared(char *value, void *to);	/* arg_addresses, the last */
const char *arg_role(char *value, void *to);	/* int */
const char *arg_pvid(char *value, void *to);	/* int */
const char *arg_trunk(char *value, void *to);	/* arg_trunk */
const char *arg_limit(char *value, void *to);	/* int64_t */
const char *arg_guard(char *value, void *to);	/* int */
const char *arg_onoff(char *value, void *to);	/* int */
const char *arg_count(char *value, void *to);	/* uint32_t */

#endif /* _PSW_ARGS_H */
