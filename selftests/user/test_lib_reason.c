// SPDX-License-Identifier: GPL-2.0
/* What podswitch-load left is quoted only if root alone can have written it, and if it can be printed. */
#include <reason.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static char path[32];
static char other[sizeof(path) + 2];
static char reason[PODSWITCH_REASON_SIZE];

static bool reads(const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	fwrite(text, 1, len, file);
	fclose(file);
	strcpy(reason, "?");
	return podswitch_read_reason(path, reason);
}

static void test_text(void)
{
	char longest[PODSWITCH_REASON_SIZE + 1];

	CHECK(reads("the headers are missing\n", 24));
	CHECK_STR(reason, "the headers are missing");
	CHECK(!reads("", 0));
	CHECK(!reads("\n", 1));
	CHECK(!reads("no end", 6));
	CHECK(!reads("two\nlines\n", 10));
	CHECK(!reads("a NUL\0 inside\n", 14));
	CHECK(!reads("\033[2Jgone\n", 9));
	CHECK(!reads("a\177b\n", 4));
	CHECK(!reads("caf\303\251\n", 6));
	memset(longest, 'x', sizeof(longest));
	longest[PODSWITCH_REASON_SIZE - 1] = '\n';
	CHECK(reads(longest, PODSWITCH_REASON_SIZE));
	CHECK_EQ(strlen(reason), PODSWITCH_REASON_SIZE - 1);
	longest[PODSWITCH_REASON_SIZE - 1] = 'x';
	longest[PODSWITCH_REASON_SIZE] = '\n';
	CHECK(!reads(longest, sizeof(longest)));
}

static void test_file(void)
{
	CHECK(reads("a\n", 2));
	symlink(path, other);
	CHECK(!podswitch_read_reason(other, reason));
	unlink(other);
	chmod(path, 0664);
	CHECK(!podswitch_read_reason(path, reason));
	chmod(path, 0646);
	CHECK(!podswitch_read_reason(path, reason));
	chmod(path, 0644);
	CHECK(podswitch_read_reason(path, reason));
	chown(path, 1, 0);
	CHECK(!podswitch_read_reason(path, reason));
	unlink(path);
	CHECK(!podswitch_read_reason(path, reason));
	mkfifo(path, 0600);
	CHECK(!podswitch_read_reason(path, reason));
	unlink(path);
	mkdir(path, 0700);
	CHECK(!podswitch_read_reason(path, reason));
	rmdir(path);
}

/* Nobody else can make a file that is believed. */
static void test_others(void)
{
	CHECK(!reads("a\n", 2));
	unlink(path);
}

int main(void)
{
	static const struct test roots[] = {
		{ "the sentence", test_text },
		{ "the file", test_file },
	};
	static const struct test others[] = {
		{ "not root", test_others },
	};

	strcpy(path, "/tmp/test_lib_reason.XXXXXX");
	close(mkstemp(path));
	chmod(path, 0644);
	snprintf(other, sizeof(other), "%s.l", path);
	if (geteuid())
		return test_main(others, 1);
	return test_main(roots, 2);
}
