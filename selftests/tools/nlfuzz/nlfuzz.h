/* SPDX-License-Identifier: GPL-2.0 */
/* What the rooms of nlfuzz know of each other: what is sent (generate.h has the
 * inside of that room), who sends it (send.c), what must come of it (judge.c).
 */
#ifndef _NLFUZZ_H
#define _NLFUZZ_H

#include "nlmsg.h"

#define MAX_DEVICES	64
#define MAX_WORKERS	32
#define MAX_BATCH	32
#define DATAGRAM_LEN	(1 << 16)

struct request;
struct tally;

enum who {
	WHO_NOBODY,
	WHO_USER_ROOT,	/* of a user namespace, in our network namespace */
	WHO_FAR_ROOT,	/* of a user namespace with a network namespace */
	WHO_ADMIN,
};

struct worker {
	unsigned int number;
	enum who who;
	uint64_t seed;
	uint64_t count;
	struct tally *tally;
	unsigned int shown;
	int genl;
	int rtnl;
};

/* --- what is sent --- */

struct pool {
	unsigned int n;
	struct {
		unsigned int index;
		char name[IF_NAMESIZE];
	} of[MAX_DEVICES];
};

extern struct pool switches, devices;
extern uint16_t family;

/**
 * struct draft - a message, and what has to come of it
 * @m: the message
 * @request: what it is known to be, or NULL
 * @must_answer: it is answered
 * @must_fail: it is not done
 * @must_tell: a refusal has words
 * @is_lie: its length is not true, so that nothing can follow it
 * @number: of the message
 */
struct draft {
	struct message m;
	const struct request *request;
	bool must_answer;
	bool must_fail;
	bool must_tell;
	bool is_lie;
	uint64_t number;
};

/* Messages go in groups of MAX_BATCH to one of the two. */
bool is_for_rtnl(uint64_t number);
void draft_message(const struct worker *w, struct draft *d, uint64_t number);

/* --- who sends it --- */

enum who who_of(unsigned int number, unsigned int admins);

/* Sets the family's number. */
void get_family(void);

/* Shares the messages among workers; exits with what came of them. */
_Noreturn void run(uint64_t seed, uint64_t count, unsigned int admins,
		   unsigned int strangers);

/* --- what must come of it --- */

/**
 * struct asked - one of the messages on their way
 * @request: as in &struct draft, and those that follow
 * @at: where it is in the datagram
 * @is_answered: it was
 */
struct asked {
	uint64_t number;
	const struct request *request;
	bool must_answer;
	bool must_fail;
	bool must_tell;
	bool is_answered;
	size_t at;
	size_t len;
};

struct batch {
	unsigned int n;
	struct asked asked[MAX_BATCH];
	size_t len;
	uint8_t data[DATAGRAM_LEN + MESSAGE_LEN];
};

/* Tallies that processes share. */
struct tally *make_tallies(unsigned int n);
struct tally *tally_of(struct tally *tallies, unsigned int n);
void take_answers(struct worker *w, struct batch *b, const uint8_t *data,
		  int len);

/* All that was told has been read: @is_all, if nothing was lost on the way. */
void close_batch(struct worker *w, const struct batch *b, bool is_all);

/* Returns whether there were faults. */
bool print_tallies(const struct tally *tallies, unsigned int n);

#endif /* _NLFUZZ_H */
