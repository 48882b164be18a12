// SPDX-License-Identifier: GPL-2.0
/*
 * Completion by a verb's table: what can come next, which words are values,
 * and the choices of a reader. The kernel is not asked.
 */
#include <args.h>
#include <complete.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { MAX_WORDS = 16 };

/* A reader whose choices nobody else knows, and one that has none. */
static const char *read_color(char *value, void *to)
{
	(void)value;
	(void)to;
	return "is not \"red\", \"green\" or \"blue\"; try \"x help\"";
}

static const char *read_odd(char *value, void *to)
{
	(void)value;
	(void)to;
	return "is not \"good,nor\"\"";
}

static const char *dev;
static struct arg_addresses addresses;
static int number;

static int verb(struct psw *psw, char **words)
{
	const struct arg table[] = {
		{ "device", ARG_BARE | ARG_NEEDED, arg_string, &dev },
		{ "address", ARG_MANY, arg_address, &addresses },
		{ "vlan", ARG_MANY, arg_vlan, &addresses },
		{ "shared", ARG_MANY | ARG_LONE, arg_shared, &addresses },
		{ "color", 0, read_color, &number },
		{ "odd", 0, read_odd, &number },
		{ "guard", 0, arg_guard, &number },
	};

	if (args_parse(psw, words, table, ARRAY_SIZE(table)) != PSW_USAGE)
		puts("args_parse() lets a verb go on that is completed");
	return PSW_DONE;
}

static int bare_many(struct psw *psw, char **words)
{
	const struct arg table[] = {
		{ "color", ARG_BARE | ARG_MANY, read_color, &number },
		{ "guard", 0, arg_guard, &number },
	};

	return args_parse(psw, words, table, ARRAY_SIZE(table));
}

static int nothing(struct psw *psw, char **words)
{
	fprintf(stderr, "printed");
	printf("printed");
	if (!psw_open(psw))
		printf("opened");
	return args_parse(psw, words, NULL, 0);
}

static const struct psw_word verbs[] = {
	{ "show", verb },
	{ "list", verb },
	{ "many", bare_many },
	{ "none", nothing },
	{ NULL, NULL },
};

static int run(struct psw *psw, char **words)
{
	psw->completion->words_only = true;
	return psw_object(psw, "object", verbs, "usage", words);
}

/* In a process of its own, whose stdout is taken. */
static void complete(const char *line, int out)
{
	char *argv[MAX_WORDS + 1] = { NULL };
	struct psw psw = { 0 };
	char words[256];
	char *rest = words;
	size_t i;

	snprintf(words, sizeof(words), "%s", line);
	for (i = 0; i < MAX_WORDS && rest; i++)
		argv[i] = strsep(&rest, " ");
	dup2(out, STDOUT_FILENO);
	exit(complete_run(&psw, argv, run));
}

/* What stands in place of a line's last word, with commas between. */
static const char *completed(const char *line)
{
	static char got[1024];
	size_t len = 0;
	ssize_t n = 1;
	int status;
	int fds[2];
	pid_t pid;
	char *c;

	fflush(stdout);
	if (pipe(fds))
		abort();
	pid = fork();
	if (!pid)
		complete(line, fds[1]);
	close(fds[1]);
	while (n > 0) {
		n = read(fds[0], got + len, sizeof(got) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	close(fds[0]);
	got[len] = '\0';
	while ((c = strchr(got, '\n')))
		*c = ',';
	if (waitpid(pid, &status, 0) != pid || status)
		return "failed";
	return got;
}

static const struct {
	const char *line;
	const char *wanted;
} lines[] = {
	{ "", "show,many,none," },
	{ "s", "show," },
	{ "x", "" },
	{ "x ", "" },
	{ "list ", "device," },
	{ "show d", "device," },
	{ "show x ", "address,color,odd,guard," },
	{ "show device ", "" },
	{ "show device address ", "address,color,odd,guard," },
	{ "show x address ", "" },
	{ "show x address y ", "address,vlan,shared,color,odd,guard," },
	{ "show x addr y sha ", "address,vlan,shared,color,odd,guard," },
	{ "show x address y vlan ", "" },
	{ "show x color ", "red,green,blue," },
	{ "show x co r", "red," },
	{ "show x color red c", "" },
	{ "show x color red color ", "" },
	{ "show x odd ", "good,nor," },
	{ "show x guard m", "mac,mac+ip," },
	{ "show x y ", "" },
	{ "many ", "color,red,green,blue,guard," },
	{ "many red g", "green,guard," },
	{ "many red guard ", "off,mac,mac+ip," },
	{ "many guard off c", "color," },
	{ "none ", "" },
	{ "none x ", "" },
};

static void test_lines(void)
{
	char line[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		CHECK_STR(completed(lines[i].line), lines[i].wanted);
		snprintf(line, sizeof(line), "-- %s", lines[i].line);
		CHECK_STR(completed(line), lines[i].wanted);
	}
}

static const struct test tests[] = {
	{ "lines", test_lines },
};

TEST_MAIN(tests)
