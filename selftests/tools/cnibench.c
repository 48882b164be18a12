// SPDX-License-Identifier: GPL-2.0
/*
 * Calls a CNI plugin as a runtime does, once for each of some pods, and prints
 * what each call took:
 *
 *   cnibench [-t] [-j JOBS] VERB CONF RESULTS FIRST LAST PLUGIN [ARGUMENT...]
 *
 * Pod N is the container podN in the namespace /run/netns/podN, and gets eth0.
 * CONF is a file. RESULTS is a folder: ADD leaves its results there, and other
 * verbs give them back as "prevResult". JOBS run at a time; the default is 1.
 *
 * A line for each call, of fields parted by tabs:
 *
 *   call WALL-NS CPU-NS RSS-KIB      from vfork to the end; of all its processes;
 *                                    the largest of them
 *   trace PROCESSES SYSCALLS         with -t, which makes the call slow
 *
 * and one for all: "all N NS". It is linked statically because a process is as
 * large as its parent until it becomes another program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	JOBS_MAX = 256,
	TEXT_MAX = 32768,	/* a pipe takes it at once */
};

struct job {
	pid_t pid;
	unsigned long pod;
	uint64_t start_ns;
	int out;
};

struct traced {
	unsigned int processes;
	unsigned int syscalls;
	bool begun;
};

static const char *verb;
static const char *cni_path;
static const char *path;
static const char *results;
static char **plugin;
static char conf[TEXT_MAX];
static struct job jobs[JOBS_MAX];

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	fputs("cnibench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (err)
		fprintf(stderr, ": %s", strerror(err));
	fputc('\n', stderr);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static unsigned long number(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (!*text || *end || errno || value > max)
		die("%s is not a number of at most %lu", text, max);
	return value;
}

/* Reads what a file holds; nothing if there is none. */
static size_t read_file(const char *file, char *to, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	to[0] = '\0';
	if (fd < 0)
		return 0;
	got = read(fd, to, size - 1);
	close(fd);
	if (got < 0 || (size_t)got == size - 1)
		die("%s is too long", file);
	to[got] = '\0';
	return (size_t)got;
}

/* --- one call --- */

static void result_path(char *file, size_t size, unsigned long pod)
{
	snprintf(file, size, "%s/pod%lu", results, pod);
}

/* The configuration, and in it what ADD had to say of the pod. */
static int input_of(unsigned long pod)
{
	static char text[TEXT_MAX + 64];
	static char result[TEXT_MAX];
	char file[256];
	size_t len = strlen(conf);
	int ends[2];

	memcpy(text, conf, len + 1);
	result_path(file, sizeof(file), pod);
	if (strcmp(verb, "ADD") != 0 &&
	    read_file(file, result, sizeof(result) - len)) {
		while (text[--len] != '}')
			;
		len += (size_t)sprintf(text + len, ",\"prevResult\":%s}",
				       result);
	}
	if (pipe2(ends, O_CLOEXEC) ||
	    write(ends[1], text, len) != (ssize_t)len)
		die("the plugin's input");
	close(ends[1]);
	return ends[0];
}

/* The child of vfork() shares our memory: it does nothing else. */
static void become_plugin(int in, int out, char **env)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execve(plugin[0], plugin, env);
	_exit(127);
}

/* One that is traced stops first, which a child of vfork() cannot. */
static pid_t spawn(int in, int out, char **env, bool traced)
{
	pid_t pid = traced ? fork() : vfork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	if (traced) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
	}
	become_plugin(in, out, env);
	return 0;
}

/* It sees of our environment what a runtime's has. */
static void start(struct job *job, unsigned long pod, bool traced)
{
	char vars[6][256];
	char *env[7] = { NULL };
	int in = input_of(pod);
	int i;

	job->pod = pod;
	job->out = memfd_create("result", MFD_CLOEXEC);
	if (job->out < 0)
		die("result");
	snprintf(vars[0], sizeof(vars[0]), "CNI_COMMAND=%s", verb);
	snprintf(vars[1], sizeof(vars[1]), "CNI_CONTAINERID=pod%lu", pod);
	snprintf(vars[2], sizeof(vars[2]), "CNI_NETNS=/run/netns/pod%lu", pod);
	snprintf(vars[3], sizeof(vars[3]), "CNI_IFNAME=eth0");
	snprintf(vars[4], sizeof(vars[4]), "CNI_PATH=%s", cni_path);
	snprintf(vars[5], sizeof(vars[5]), "PATH=%s", path);
	for (i = 0; i < 6; i++)
		env[i] = vars[i];
	job->start_ns = now_ns();
	job->pid = spawn(in, job->out, env, traced);
	close(in);
}

/* What it said is an error, or what ADD keeps for later. */
static void finish(struct job *job, int status)
{
	static char text[TEXT_MAX];
	char file[256];
	ssize_t len;
	int fd;

	len = pread(job->out, text, sizeof(text) - 1, 0);
	text[len > 0 ? len : 0] = '\0';
	close(job->out);
	errno = 0;
	if (status)
		die("%s of pod%lu failed (%#x): %s", verb, job->pod, status,
		    text);
	job->pid = 0;
	if (strcmp(verb, "ADD") != 0 || !text[0])
		return;
	result_path(file, sizeof(file), job->pod);
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		die("%s", file);
	close(fd);
}

static uint64_t time_ns(const struct timeval *t)
{
	return t->tv_sec * UINT64_C(1000000000) + t->tv_usec * 1000;
}

static struct job *job_of(pid_t pid)
{
	int i;

	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].pid == pid)
			return &jobs[i];
	die("process %d is not ours", pid);
}

static void wait_for_one(void)
{
	struct rusage usage;
	struct job *job;
	uint64_t end_ns;
	int status;
	pid_t pid;

	pid = wait4(-1, &status, 0, &usage);
	end_ns = now_ns();
	if (pid < 0)
		die("wait");
	job = job_of(pid);
	printf("call\t%llu\t%llu\t%ld\n",
	       (unsigned long long)(end_ns - job->start_ns),
	       (unsigned long long)(time_ns(&usage.ru_utime) +
				    time_ns(&usage.ru_stime)),
	       usage.ru_maxrss);
	finish(job, status);
}

static void call_all(unsigned long first, unsigned long last,
		     unsigned int at_once)
{
	unsigned int running = 0;
	unsigned long pod;

	for (pod = first; pod <= last; pod++) {
		if (running == at_once)
			wait_for_one();
		else
			running++;
		start(job_of(0), pod, false);
	}
	while (running--)
		wait_for_one();
}

/* --- tracing --- */

/* Counts what made a process of the call stop; returns the signal it gets. */
static int count_stop(struct traced *t, pid_t pid, int status)
{
	struct __ptrace_syscall_info info;
	int signal = WSTOPSIG(status);

	if (signal == (SIGTRAP | 0x80)) {
		ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
		t->syscalls += info.op == PTRACE_SYSCALL_INFO_ENTRY;
		return 0;
	}
	switch (status >> 16) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		t->processes++;
		return 0;
	case PTRACE_EVENT_EXEC:
		/* What came before is our own way there. */
		if (!t->begun)
			t->syscalls = 1;
		t->begun = true;
		return 0;
	}
	return signal == SIGSTOP || signal == SIGTRAP ? 0 : signal;
}

static void trace_one(unsigned long pod)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	struct traced t = { .processes = 1 };
	struct job *job = &jobs[0];
	int result = -1;
	int status;
	pid_t pid;

	start(job, pod, true);
	if (waitpid(job->pid, &status, 0) != job->pid ||
	    ptrace(PTRACE_SETOPTIONS, job->pid, 0, options) ||
	    ptrace(PTRACE_SYSCALL, job->pid, 0, 0))
		die("trace");
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			ptrace(PTRACE_SYSCALL, pid, 0,
			       count_stop(&t, pid, status));
		else if (pid == job->pid)
			result = status;
	}
	printf("trace\t%u\t%u\n", t.processes, t.syscalls);
	finish(job, result);
}

/* --- the story --- */

__attribute__((noreturn))
static void usage(void)
{
	fputs("usage: cnibench [-t] [-j JOBS] VERB CONF RESULTS FIRST LAST PLUGIN [ARGUMENT...]\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	unsigned int at_once = 1;
	unsigned long first, last;
	bool traced = false;
	uint64_t start_ns;
	int opt;

	while ((opt = getopt(argc, argv, "+tj:")) != -1) {
		if (opt == 't')
			traced = true;
		else if (opt == 'j')
			at_once = (unsigned int)number(optarg, JOBS_MAX);
		else
			usage();
	}
	if (argc - optind < 6 || !at_once)
		usage();
	argv += optind;
	verb = argv[0];
	results = argv[2];
	first = number(argv[3], 1000000);
	last = number(argv[4], 1000000);
	plugin = argv + 5;
	cni_path = getenv("CNI_PATH") ? getenv("CNI_PATH") : "";
	path = getenv("PATH") ? getenv("PATH") : "";
	errno = ENOENT;
	if (!read_file(argv[1], conf, sizeof(conf)) || !strchr(conf, '}'))
		die("%s", argv[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	start_ns = now_ns();
	if (traced)
		for (; first <= last; first++)
			trace_one(first);
	else
		call_all(first, last, at_once);
	printf("all\t%lu\t%llu\n", last + 1 - number(argv[3], 1000000),
	       (unsigned long long)(now_ns() - start_ns));
	return 0;
}
