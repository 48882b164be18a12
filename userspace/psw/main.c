// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <stdio.h>
#include <string.h>

#ifndef PODSWITCH_VERSION
#define PODSWITCH_VERSION "unknown"
#endif

static const char usage[] =
	"Usage: psw [ OPTION... ] OBJECT { show | add | set | delete | help }\n"
	"       psw [ OPTION... ] monitor [ ports | violations | help ]\n"
	"OBJECT := { switch | port | address }\n"
	"OPTION := { -j[son] | -p[retty] | -s[tatistics] | -t[imestamp] |\n"
	"            -V[ersion] | -h[elp] }\n";

/* Takes an option that goes with a command; false if it is none of those. */
static bool psw_option(struct psw *psw, const char *word)
{
	if (psw_matches(word, "json"))
		psw->json = true;
	else if (psw_matches(word, "pretty"))
		psw->pretty = true;
	else if (psw_matches(word, "statistics") || psw_matches(word, "stats"))
		psw->statistics = true;
	else if (psw_matches(word, "timestamp") || psw_matches(word, "tshort"))
		psw->timestamp = true;
	else
		return false;
	return true;
}

/* Does what an option asks for that comes instead of a command. */
static int psw_lone_option(const struct psw *psw, const char *word)
{
	if (psw_matches(word, "Version"))
		puts("psw " PODSWITCH_VERSION);
	else if (psw_matches(word, "help"))
		fputs(usage, stdout);
	else
		return psw_complain(psw, PSW_USAGE,
				    "unknown option \"-%s\"", word);
	return PSW_DONE;
}

static int psw_help(struct psw *psw, char **words)
{
	(void)words;
	return psw_lone_option(psw, "help");
}

static const struct psw_word objects[] = {
	{ "switch", psw_switch },
	{ "port", psw_port },
	{ "address", psw_address },
	{ "monitor", psw_monitor },
	{ "help", psw_help },
	{ NULL, NULL },
};

int main(int argc, char **argv)
{
	const struct psw_word *object;
	struct psw psw = { 0 };
	const char *word;
	int status;

	(void)argc;
	for (argv++; *argv && **argv == '-'; argv++) {
		word = *argv + strspn(*argv, "-");
		if (!psw_option(&psw, word))
			return psw_lone_option(&psw, word);
	}
	word = *argv ? *argv++ : "";
	object = psw_find(objects, word);
	if (!object)
		return psw_complain(&psw, PSW_USAGE,
				    "no object \"%s\"; try \"psw help\"", word);
	status = object->run(&psw, argv);
	podswitch_close(psw.h);
	return status;
}
