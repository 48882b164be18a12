// SPDX-License-Identifier: GPL-2.0
/* Running a delegated plugin: input, output, status, and an end in any case. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "delegate.h"
#include "io.h"
#include "test.h"

enum {
	PATIENCE_MS = 30000,
	SHORT_MS = 100,
	LONGER_MS = 1000,
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

/* Where our caller ignores SIGCHLD, as Go programs' parents may. */
static void test_ignored(void)
{
	struct cni_run run;

	signal(SIGCHLD, SIG_IGN);
	CHECK_EQ(run_script(&run, "exit 3", PATIENCE_MS), 0);
	CHECK_EQ(run.status, 3);
	free(run.output);
}

static void test_files(void)
{
	struct cni_run run;

	CHECK_EQ(dup2(STDERR_FILENO, 77), 77);
	CHECK_EQ(run_script(&run, "test ! -e /proc/$$/fd/77", PATIENCE_MS), 0);
	CHECK_EQ(run.status, 0);
	close(77);
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

/* A process that is gone, or only waits for its parent to hear of it. */
static bool has_ended(int pid)
{
	char name[64];
	char state[64] = "";
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	file = fopen(name, "r");
	if (!file)
		return true;
	if (!fgets(state, sizeof(state), file))
		state[0] = '\0';
	fclose(file);
	return !state[0] || strstr(state, ") Z");
}

/* What it started is ended with it, wherever that got to. */
static void test_children(void)
{
	char pids[] = "/tmp/test_cni_run.XXXXXX";
	int64_t until_ms = cni_now_ms() + PATIENCE_MS;
	struct cni_run run;
	char body[256];
	int pid = 0;
	FILE *file;

	close(mkstemp(pids));
	snprintf(body, sizeof(body),
		 "/bin/sh -c 'echo $$ > %s; read never < /dev/zero' & read never < /dev/zero",
		 pids);
	CHECK_EQ(run_script(&run, body, LONGER_MS), -ETIMEDOUT);
	file = fopen(pids, "r");
	CHECK_EQ(fscanf(file, "%d", &pid), 1);
	fclose(file);
	while (pid && !has_ended(pid) && cni_now_ms() < until_ms)
		usleep(1000);
	CHECK(pid && has_ended(pid));
	unlink(pids);
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

static struct cni_addressing ad;
static struct cni_error err;

/* An ADD of the IPAM plugin that this script is. */
static int delegate(const char *body, int64_t limit_ms)
{
	struct cni_request req = { .input = (char *)"{}", .path = "/tmp",
				   .patience_ms = limit_ms };
	struct cni_conf conf = { 0 };
	int ret;

	write_script(body);
	conf.ipam_type = strrchr(path, '/') + 1;
	ret = cni_delegate(&req, &conf, "ADD", &ad, &err);
	unlink(path);
	return ret;
}

#define IPS "\"ips\":[{\"address\":\"192.0.2.9/24\"}]"

static const struct {
	const char *body;
	int64_t limit_ms;
	int code;
	const char *text;
} refusals[] = {
	{ "read never < /dev/zero", SHORT_MS, 11, "\", or what it started, did not end within 0 seconds" },
	{ "echo '{" IPS "}'; read never < /dev/zero", SHORT_MS, 11, "did not end within" },
	{ "echo '{" IPS "}'; /bin/sh -c 'read never < /dev/zero' & exit 0", SHORT_MS, 11, "did not end within" },
	{ "exec /bin/cat /dev/zero", PATIENCE_MS, 104, "printed more than 4194304 bytes" },
	{ "exit 0", PATIENCE_MS, 104, "cannot be used: it is empty" },
	{ "echo garbage", PATIENCE_MS, 104, "cannot be used: it is not JSON, from byte 0 on" },
	{ "echo '{" IPS "'", PATIENCE_MS, 104, "cannot be used: it is not JSON" },
	{ "echo '{" IPS "}{" IPS "}'", PATIENCE_MS, 104, "cannot be used: it is not JSON, from byte 36 on" },
	{ "echo '{" IPS "}'; echo done", PATIENCE_MS, 104, "cannot be used: it is not JSON, from byte 37 on" },
	{ "echo '[{" IPS "}]'", PATIENCE_MS, 104, "cannot be used: it is not a JSON object" },
	{ "printf '{" IPS "}\\000'", PATIENCE_MS, 104, "cannot be used: it holds a NUL byte" },
	{ "printf '{" IPS ",\"x\":\"\\377\"}'", PATIENCE_MS, 104, "cannot be used: it is not UTF-8: byte 0xff at offset 41" },
	{ "echo '{\"cniVersion\":\"9.9.9\"," IPS "}'", PATIENCE_MS, 104, "cannot be used: \"cniVersion\": \"9.9.9\" is not known" },
	{ "echo '{\"cniVersion\":5," IPS "}'", PATIENCE_MS, 104, "cannot be used: \"cniVersion\": 5 is not a string" },
	{ "echo '{\"code\":11,\"msg\":\"no lease\"}'", PATIENCE_MS, 104, "cannot be used: it has no address, but says: no lease" },
	{ "echo '{\"ips\":{}}'", PATIENCE_MS, 104, "cannot be used: \"ips\": {} is not an array" },
	{ "echo '{\"ips\":[5]}'", PATIENCE_MS, 104, "cannot be used: \"ips[0]\": 5 is not an object" },
	{ "echo '{" IPS "}'; kill -9 $$", PATIENCE_MS, 104, "failed with status -9 and no error object" },
	{ "echo '{\"code\":11,\"msg\":\"no lease\"}'; exit 1", PATIENCE_MS, 11, "\": no lease" },
};

static void test_refusals(void)
{
	int64_t before_ms = cni_now_ms();
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		ad = (struct cni_addressing){ 0 };
		if (!delegate(refusals[i].body, refusals[i].limit_ms) ||
		    err.code != refusals[i].code ||
		    !strstr(err.msg, refusals[i].text))
			TEST_FAIL("%s -> %d %s", refusals[i].body, err.code,
				  err.msg);
		cni_addressing_fini(&ad);
	}
	CHECK(cni_now_ms() - before_ms < PATIENCE_MS);
}

static void test_results(void)
{
	static const char *const bodies[] = {
		"echo '{" IPS "}'",
		"echo '{\"cniVersion\":\"1.1.0\"," IPS "}'",
		"echo '{\"cniVersion\":\"\"," IPS "}'",
		"echo '{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"192.0.2.9/24\"}}'",
		"/bin/cat > /dev/null; printf '\\n{" IPS "}\\n\\n'",
	};
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		ad = (struct cni_addressing){ 0 };
		if (delegate(bodies[i], PATIENCE_MS) || ad.n_ips != 1)
			TEST_FAIL("%s -> %d %s", bodies[i], err.code, err.msg);
		cni_addressing_fini(&ad);
	}
}

static const struct test tests[] = {
	{ "input, environment, output and status", test_echo },
	{ "input that is not read", test_input_unread },
	{ "ended by a signal", test_killed },
	{ "its status, where SIGCHLD is ignored", test_ignored },
	{ "no file of ours", test_files },
	{ "one that never ends is ended", test_hanging },
	{ "and what it started with it", test_children },
	{ "output that is no text, or has no end", test_garbage },
	{ "a program that is not there", test_absent },
	{ "an IPAM plugin whose result cannot be used", test_refusals },
	{ "an IPAM plugin whose result can", test_results },
};

TEST_MAIN(tests)
