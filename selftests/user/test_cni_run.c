// SPDX-License-Identifier: GPL-2.0
/* Running a delegated plugin: input, output, status, and an end in any case. */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "test.h"

enum {
	PATIENCE_MS = 30000,
	SHORT_MS = 100,
};

static char path[64];

/* A shell script as the plugin. */
static void write_script(const char *body)
{
	FILE *file;
	int fd;

	strcpy(path, "/tmp/test_cni_run.XXXXXX");
	fd = mkstemp(path);
	file = fdopen(fd, "w");
	fprintf(file, "#!/bin/sh\n%s\n", body);
	fchmod(fd, 0755);
	fclose(file);
}

static int run_script(struct cni_run *run, const char *body, int64_t limit_ms)
{
	static char *const environment[] = { (char *)"COLOUR=red", NULL };
	int ret;

	write_script(body);
	*run = (struct cni_run){
		.path = path,
		.environment = environment,
		.input = "line one\nline two\n",
		.deadline_ms = cni_now_ms() + limit_ms,
	};
	ret = cni_run(run);
	unlink(path);
	return ret;
}

static void test_echo(void)
{
	struct cni_run run;

	CHECK_EQ(run_script(&run, "/bin/cat; echo $COLOUR; exit 3", PATIENCE_MS),
		 0);
	CHECK_STR(run.output, "line one\nline two\nred\n");
	CHECK_EQ(run.status, 3);
	free(run.output);
}

static void test_input_unread(void)
{
	struct cni_run run;

	CHECK_EQ(run_script(&run, "echo done", PATIENCE_MS), 0);
	CHECK_STR(run.output, "done\n");
	CHECK_EQ(run.status, 0);
	free(run.output);
}

static void test_killed(void)
{
	struct cni_run run;

	CHECK_EQ(run_script(&run, "kill -9 $$", PATIENCE_MS), 0);
	CHECK_EQ(run.status, -SIGKILL);
	free(run.output);
}

/* Silent for ever; silent with its output closed; a child keeps it open. */
static void test_hanging(void)
{
	static const char *const bodies[] = {
		"read never < /dev/zero",
		"exec > /dev/null; read never < /dev/zero",
		"/bin/sh -c 'read never < /dev/zero' & exit 0",
	};
	struct cni_run run;
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		CHECK_EQ(run_script(&run, bodies[i], SHORT_MS), -ETIMEDOUT);
		free(run.output);
	}
}

static void test_garbage(void)
{
	struct cni_run run;

	CHECK_EQ(run_script(&run, "printf 'a\\0b'", PATIENCE_MS), 0);
	CHECK(!run.output);
	CHECK_EQ(run_script(&run, "exec /bin/cat /dev/zero", PATIENCE_MS),
		 -EFBIG);
	CHECK(!run.output);
}

static void test_absent(void)
{
	struct cni_run run = { .path = "/nonexistent", .input = "",
			       .environment = environ };

	CHECK_EQ(cni_run(&run), -ENOENT);
	CHECK(!run.output);
}

static const struct test tests[] = {
	{ "input, environment, output and status", test_echo },
	{ "input that is not read", test_input_unread },
	{ "ended by a signal", test_killed },
	{ "one that never ends is ended", test_hanging },
	{ "output that is no text, or has no end", test_garbage },
	{ "a program that is not there", test_absent },
};

TEST_MAIN(tests)
