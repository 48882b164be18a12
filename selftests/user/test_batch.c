// SPDX-License-Identifier: GPL-2.0
/* Lines of a batch: words, quotes, comments; files: where lines end. */
#include <batch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

static const struct {
	const char *line;
	const char *words;	/* each in brackets, or what is wrong */
} lines[] = {
	{ "", "" },
	{ " \t\r\n", "" },
	{ "a", "[a]" },
	{ "a\n", "[a]" },
	{ "  a  b\tc\r\n", "[a][b][c]" },
	{ "a b", "[a][b]" },
	{ "# a", "" },
	{ "a # b 'c", "[a]" },
	{ "a #b", "[a]" },
	{ "a#b", "[a#b]" },
	{ "'#' a", "[#][a]" },
	{ "'a b' \"c  d\"", "[a b][c  d]" },
	{ "'a \"b' \"it's\"", "[a \"b][it's]" },
	{ "'' \"\"", "[][]" },
	{ "a'b c'\"d e\"f", "[ab cd ef]" },
	{ "a\\b '\\'", "[a\\b][\\]" },
	{ "'a", "The line has a quote without an end" },
	{ "a b\"", "The line has a quote without an end" },
	{ "a 'b\" c", "The line has a quote without an end" },
};

static void test_lines(void)
{
	char *words[64];
	char line[64];
	char got[64];
	const char *wrong;
	size_t len;
	size_t i;
	char **w;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(line, sizeof(line), "%s", lines[i].line);
		wrong = batch_split(line, words);
		if (wrong) {
			CHECK_STR(wrong, lines[i].words);
			continue;
		}
		*got = '\0';
		for (w = words, len = 0; *w; w++)
			len += (size_t)snprintf(got + len, sizeof(got) - len,
						"[%s]", *w);
		CHECK_STR(got, lines[i].words);
	}
}

/* As many words as a line can have, in the room that is promised for them. */
static void test_room(void)
{
	char *words[64 / 2 + 2];
	char line[64 + 1];
	size_t i;

	for (i = 0; i < sizeof(line); i++)
		line[i] = i % 2 ? ' ' : 'a';
	line[sizeof(line) - 1] = '\0';
	CHECK(!batch_split(line, words));
	CHECK_STR(words[31], "a");
	CHECK(!words[32]);
}

/* What ran: the line, its first word and how many there are. */
static char ran[256];

static int run(struct psw *psw, char **words)
{
	size_t len = strlen(ran);
	size_t n;

	for (n = 0; words[n]; n++)
		;
	snprintf(ran + len, sizeof(ran) - len, "%u:%s:%zu ", psw->line,
		 words[0], n);
	return atoi(words[0]);
}

/* Runs a file; returns the exit status, and what was complained if wanted. */
static int run_file(const char *text, bool force, char *complaint, size_t size)
{
	char name[] = "/tmp/test_batch.XXXXXX";
	struct psw psw = { 0 };
	FILE *real = stderr;
	char ignored[256];
	int status;
	int fd;

	*ran = '\0';
	fd = mkstemp(name);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
	stderr = fmemopen(complaint ? complaint : ignored,
			  complaint ? size : sizeof(ignored), "w");
	if (!stderr)
		abort();
	status = batch_run(&psw, name, force, run);
	fclose(stderr);
	stderr = real;
	unlink(name);
	CHECK(!psw.batch);
	return status;
}

static void test_files(void)
{
	CHECK_EQ(run_file("", false, NULL, 0), PSW_DONE);
	CHECK_STR(ran, "");
	CHECK_EQ(run_file("0 a\n\n# x\n0 b c", false, NULL, 0), PSW_DONE);
	CHECK_STR(ran, "1:0:2 4:0:3 ");
	CHECK_EQ(run_file("0 a\\\nb \\\n c\n0\n", false, NULL, 0), PSW_DONE);
	CHECK_STR(ran, "1:0:3 4:0:1 ");
}

static void test_failures(void)
{
	char complaint[256] = "";

	CHECK_EQ(run_file("0\n2\n1\n", false, NULL, 0), 2);
	CHECK_STR(ran, "1:0:1 2:2:1 ");
	CHECK_EQ(run_file("0\n2\n0 x\n", true, NULL, 0), PSW_FAILED);
	CHECK_STR(ran, "1:0:1 2:2:1 3:0:2 ");
	CHECK_EQ(run_file("0\n -j 0\n0\n", false, complaint,
			  sizeof(complaint)), PSW_USAGE);
	CHECK_STR(ran, "1:0:1 ");
	CHECK(strstr(complaint,
		     ":2: option \"-j\" belongs in front of -batch\n"));
	CHECK_EQ(run_file("0\n0 \\\n", true, complaint, sizeof(complaint)),
		 PSW_FAILED);
	CHECK(strstr(complaint,
		     ":2: The line goes on behind the end of the file\n"));
}

static const struct test tests[] = {
	{ "words of a line", test_lines },
	{ "as many as there can be", test_room },
	{ "files", test_files },
	{ "commands that fail", test_failures },
};

TEST_MAIN(tests)
