// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_value {
	OPTION_BARE,	/* takes no value */
	OPTION_NEXT,	/* takes the next word */
	OPTION_EQUALS,	/* takes one behind "=", or none */
};

/* What the readers below write to. */
struct option_run {
	struct psw *psw;
	struct options *options;
};

struct option {
	const char *word;
	enum option_value value;
	const char *(*read)(struct option_run *run, char *value);
};

static const char *option_json(struct option_run *run, char *value)
{
	(void)value;
	run->psw->json = true;
	return NULL;
}

static const char *option_pretty(struct option_run *run, char *value)
{
	(void)value;
	run->psw->pretty = true;
	return NULL;
}

static const char *option_statistics(struct option_run *run, char *value)
{
	(void)value;
	run->psw->statistics = true;
	return NULL;
}

static const char *option_timestamp(struct option_run *run, char *value)
{
	(void)value;
	run->psw->timestamp = true;
	return NULL;
}

static const char *option_once(char **to, char *value)
{
	if (*to)
		return "is the second one";
	if (!*value)
		return "is empty";
	*to = value;
	return NULL;
}

static const char *option_netns(struct option_run *run, char *value)
{
	return option_once(&run->options->netns, value);
}

static const char *option_batch(struct option_run *run, char *value)
{
	return option_once(&run->options->batch, value);
}

static const char *option_force(struct option_run *run, char *value)
{
	(void)value;
	run->options->force = true;
	return NULL;
}

static const char *const option_colors[] = {
	[OPTION_COLOR_NEVER] = "never",
	[OPTION_COLOR_AUTO] = "auto",
	[OPTION_COLOR_ALWAYS] = "always",
};

static const char *option_color(struct option_run *run, char *value)
{
	size_t i;

	run->options->color = OPTION_COLOR_AUTO;
	if (!value)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(option_colors); i++) {
		if (strcmp(value, option_colors[i]))
			continue;
		run->options->color = (enum option_color)i;
		return NULL;
	}
	return "is not \"always\", \"auto\" or \"never\"";
}

static const char *option_version(struct option_run *run, char *value)
{
	(void)value;
	run->options->lone = OPTION_VERSION;
	return NULL;
}

static const char *option_help(struct option_run *run, char *value)
{
	(void)value;
	run->options->lone = OPTION_HELP;
	return NULL;
}

/* The first that a word is short for is meant. */
static const struct option option_table[] = {
	{ "json", OPTION_BARE, option_json },
	{ "pretty", OPTION_BARE, option_pretty },
	{ "statistics", OPTION_BARE, option_statistics },
	{ "stats", OPTION_BARE, option_statistics },
	{ "timestamp", OPTION_BARE, option_timestamp },
	{ "tshort", OPTION_BARE, option_timestamp },
	{ "netns", OPTION_NEXT, option_netns },
	{ "batch", OPTION_NEXT, option_batch },
	{ "force", OPTION_BARE, option_force },
	{ "color", OPTION_EQUALS, option_color },
	{ "Version", OPTION_BARE, option_version },
	{ "help", OPTION_BARE, option_help },
};

/* The option that @n characters are the name of, or short for. */
static const struct option *option_find(const char *word, size_t n)
{
	const struct option *option;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		option = &option_table[i];
		if (n && !strncmp(word, option->word, n) &&
		    n <= strlen(option->word))
			return option;
	}
	return NULL;
}

/* Offers what can stand behind the "=" of a word. */
static void options_offer_values(const struct psw *psw, const char *typed)
{
	const char *word = typed + strspn(typed, "-");
	const struct option *option = option_find(word, strcspn(word, "="));
	char candidate[64];
	size_t i;

	if (!option || option->value != OPTION_EQUALS)
		return;
	for (i = 0; i < ARRAY_SIZE(option_colors); i++) {
		snprintf(candidate, sizeof(candidate), "%.*s=%s",
			 (int)strcspn(typed, "="), typed, option_colors[i]);
		psw->completion->offer(psw, candidate);
	}
}

/* Offers the options, with as many hyphens as the word has that is typed. */
static void options_offer(const struct psw *psw, const char *typed)
{
	int hyphens = (int)strspn(typed, "-");
	const struct option *option;
	char candidate[32];
	size_t i;

	if (strchr(typed, '=')) {
		options_offer_values(psw, typed);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		option = &option_table[i];
		if (i && option->read == option[-1].read)
			continue;
		snprintf(candidate, sizeof(candidate), "%.*s%s", hyphens,
			 "--", option->word);
		psw->completion->offer(psw, candidate);
	}
}

/* Reads the option at a word, and moves to its last word. */
static int option_read(struct option_run *run, char ***words)
{
	char *word = **words + strspn(**words, "-");
	const struct option *option;
	const char *wrong;
	char *value;

	value = strchr(word, '=');
	option = option_find(word, strcspn(word, "="));
	if (!option || (value && option->value != OPTION_EQUALS))
		return psw_complain(run->psw, PSW_USAGE,
				    "unknown option \"%s\"", **words);
	if (value)
		value++;
	if (option->value == OPTION_NEXT) {
		value = *++*words;
		if (!value)
			return psw_complain(run->psw, PSW_USAGE,
					    "-%s lacks a value", option->word);
		if (run->psw->completion && !(*words)[1]) {
			run->psw->completion->value(run->psw, option->word);
			return PSW_USAGE;
		}
	}
	wrong = option->read(run, value);
	if (!wrong)
		return PSW_DONE;
	return psw_complain(run->psw, PSW_USAGE, "-%s \"%s\" %s", option->word,
			    value ? value : "", wrong);
}

int options_read(struct psw *psw, char ***words, struct options *options)
{
	struct option_run run = { .psw = psw, .options = options };
	int status = PSW_DONE;

	for (; **words && ***words == '-'; ++*words) {
		if (psw->completion && !(*words)[1]) {
			options_offer(psw, **words);
			return PSW_USAGE;
		}
		status = option_read(&run, words);
		if (status || options->lone)
			break;
	}
	return status;
}

bool options_want_color(const struct options *options)
{
	const char *refused = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (options->color != OPTION_COLOR_AUTO)
		return options->color == OPTION_COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(refused && *refused) &&
	       !(terminal && !strcmp(terminal, "dumb"));
}
