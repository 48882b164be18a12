// SPDX-License-Identifier: GPL-2.0
/*
 * Sends netlink messages of all kinds to podswitch, most of them wrong:
 *
 *   nlfuzz [-s SEED] [-n COUNT] [-a ADMINS] [-u STRANGERS] SWITCH,... DEVICE,...
 *   nlfuzz [-s SEED] [-w WORKER] -p N SWITCH,... DEVICE,...
 *
 * The family's requests are known by tables made from podswitch.yaml: some have
 * all in bounds, some an attribute that is not, some are spoilt behind their
 * header or in it. Others are made without that knowledge. Between them are
 * rtnetlink's that end in podswitch; they also delete and make anew, with the
 * index that they had, the switches but the first, and devices whose names
 * begin with "u_", as dummies. Several messages go in one datagram.
 *
 * COUNT messages are shared by the workers: ADMINS (1), who may do all; and
 * STRANGERS (0) in turn of three kinds: nobody; the administrator of his own
 * user namespace in this network namespace; the same in one of his own. One
 * process more listens to all groups. Message N of a worker is the same in each
 * run, where interfaces have the same indices; -p prints it as hex.
 *
 * At the end is printed, each count in a line: the messages sent, done and
 * refused; "lost", those that ask for an answer and get none; "taken", those
 * that are out of bounds, or a stranger's, and are done; "wordless", an
 * administrator's that are refused without a sentence or an attribute; and by
 * request, how often which errno came. The first of the faults are shown
 * before. The exit status is 1 if there were any.
 */
#include "nlfuzz.h"

static void get_pool(struct pool *pool, char *names)
{
	char *name;

	for (name = strtok(names, ","); name; name = strtok(NULL, ",")) {
		if (pool->n == MAX_DEVICES || strlen(name) >= IF_NAMESIZE)
			die_wrong(name);
		pool->of[pool->n].index = if_nametoindex(name);
		if (!pool->of[pool->n].index)
			die(name);
		strcpy(pool->of[pool->n++].name, name);
	}
	if (!pool->n)
		die_wrong("no devices");
}

static void print_message(const struct worker *w, uint64_t number)
{
	static struct draft d;
	size_t i;

	draft_message(w, &d, number);
	for (i = 0; i < d.m.len; i++)
		printf("%02x", d.m.data[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	unsigned long seed = 1, count = 1000, print = 0, who = 0;
	unsigned int admins = 1, strangers = 0;
	bool is_print = false;
	int option;

	while ((option = getopt(argc, argv, "s:n:a:u:w:p:")) != -1)
		switch (option) {
		case 's':
			seed = get_number(optarg);
			break;
		case 'n':
			count = get_number(optarg);
			break;
		case 'a':
			admins = get_number_to(optarg, MAX_WORKERS);
			break;
		case 'u':
			strangers = get_number_to(optarg, MAX_WORKERS);
			break;
		case 'w':
			who = get_number_to(optarg, 2 * MAX_WORKERS);
			break;
		case 'p':
			print = get_number(optarg);
			is_print = true;
			break;
		default:
			return 2;
		}
	if (argc - optind != 2 || !(admins + strangers))
		die_wrong("arguments");
	get_pool(&switches, argv[optind]);
	get_pool(&devices, argv[optind + 1]);
	get_family();
	if (is_print)
		print_message(&(struct worker){ .number = who, .seed = seed,
						.who = who_of(who, admins) },
			      print);
	else
		run(seed, count, admins, strangers);
	return 0;
}
