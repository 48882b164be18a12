// SPDX-License-Identifier: GPL-2.0
/*
 * Calls a CNI plugin as a container runtime does, and kills it meanwhile:
 *
 *   killat count PLUGIN STEP
 *   killat sweep [-s STRIDE] [-w FILE]... PLUGIN STEP...
 *   killat storm SEED CALLS WORKERS PLUGIN CONF POD...
 *
 * count prints how many system calls the plugin makes. sweep goes through the
 * steps again and again, and in round n kills the plugin on entry to its nth
 * system call, which is then not carried out; with STRIDE in every STRIDEth
 * round alone. It ends with the round in which the plugin makes fewer calls. A
 * step is:
 *
 *   VERB=CONF     a call with this configuration, a file
 *   VERB!=CONF    the call that is killed
 *   <FILE         shows the file
 *   anything else is a shell's
 *
 * and shows in a line "ROUND STEP STATUS OUTPUT", where the status of what was
 * killed is 137. The round is over when all that the plugin started has ended.
 * Each FILE of -w has to be then as it was at first; of a directory, the names
 * in it are meant.
 *
 * storm makes CALLS calls of ADD and DEL, at random, for the network namespaces
 * POD..., whose names the containers have as well. Each worker has pods of its
 * own. A third of the calls are killed at any moment of what such a call took
 * last. The others have to succeed; an ADD may also say that the attachment
 * exists, if it may.
 *
 * The exit status is 1 if something was not as it has to be, which is shown.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S	60	/* for one step */
#define MAX_WATCHED	8
#define MAX_PODS	64
#define TEXT_SIZE	65536
#define FIRST_US	5000	/* a call may take so long, as long as none did */
#define SYSCALL_STOP	(SIGTRAP | 0x80)	/* PTRACE_O_TRACESYSGOOD */
#define EXISTS		"\"code\":102,"

static const char *plugin;

static void die(const char *what)
{
	fprintf(stderr, "killat: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* --- files --- */

static int is_entry(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void read_directory(const char *path, char *text)
{
	struct dirent **entries;
	size_t len = 0;
	int i, n;

	n = scandir(path, &entries, is_entry, alphasort);
	if (n < 0)
		die(path);
	text[0] = '\0';
	for (i = 0; i < n; i++) {
		if (len < TEXT_SIZE)
			len += (size_t)snprintf(text + len, TEXT_SIZE - len,
						"%s\n", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* All of it from its beginning, as far as there is room. */
static void read_fd(int fd, const char *path, char *text)
{
	ssize_t got = 1;
	size_t len = 0;

	while (got > 0 && len < TEXT_SIZE - 1) {
		got = pread(fd, text + len, TEXT_SIZE - 1 - len, (off_t)len);
		if (got < 0)
			die(path);
		len += (size_t)got;
	}
	text[len] = '\0';
}

static void read_file(const char *path, char *text)
{
	struct stat file;
	int fd;

	if (stat(path, &file))
		die(path);
	if (S_ISDIR(file.st_mode)) {
		read_directory(path, text);
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	read_fd(fd, path, text);
	close(fd);
}

/* In one line. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar(*text == '\n' ? ';' : *text);
	putchar('\n');
}

/* --- calls --- */

struct call {
	const char *verb;
	const char *conf;
	bool traced;
	int output;
	pid_t pid;
};

static void call_init(struct call *call)
{
	call->output = memfd_create("output", MFD_CLOEXEC);
	if (call->output < 0)
		die("memfd_create");
}

static void call_exec(const struct call *call)
{
	int conf = open(call->conf, O_RDONLY);

	if (conf < 0)
		die(call->conf);
	dup2(conf, STDIN_FILENO);
	close(conf);
	dup2(call->output, STDOUT_FILENO);
	setenv("CNI_COMMAND", call->verb, 1);
	if (call->traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		die("PTRACE_TRACEME");
	execl(plugin, plugin, NULL);
	die(plugin);
}

static void call_start(struct call *call)
{
	if (ftruncate(call->output, 0) || lseek(call->output, 0, SEEK_SET))
		die("output");
	call->pid = fork();
	if (call->pid < 0)
		die("fork");
	if (!call->pid)
		call_exec(call);
}

static int call_wait(const struct call *call)
{
	int status;

	if (waitpid(call->pid, &status, 0) != call->pid)
		die("waitpid");
	return status;
}

/* As a shell tells it. */
static int shell_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int call_end(const struct call *call)
{
	return shell_status(call_wait(call));
}

/*
 * Lets it go to its next stop, or end. The first stop is within execve(), and
 * then it stops on its way out of that.
 */
static int trace_on(const struct call *call, int signal)
{
	/* Fails if it was killed, which waitpid() tells. */
	ptrace(PTRACE_SYSCALL, call->pid, NULL, signal);
	return call_wait(call);
}

/*
 * Kills it on entry to the system call of this number. Sets calls to how many
 * it entered, and returns its status.
 */
static int trace(const struct call *call, unsigned long last,
		 unsigned long *calls)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	int status = call_wait(call);
	bool inside = true;
	int signal = 0;

	*calls = 0;
	if (WIFSTOPPED(status) &&
	    ptrace(PTRACE_SETOPTIONS, call->pid, NULL, options))
		die("PTRACE_SETOPTIONS");
	while (WIFSTOPPED(status)) {
		status = trace_on(call, signal);
		if (!WIFSTOPPED(status))
			break;
		signal = WSTOPSIG(status);
		if (signal != SYSCALL_STOP)
			continue;
		signal = 0;
		inside = !inside;
		*calls += inside;
		if (inside && *calls == last)
			kill(call->pid, SIGKILL);
	}
	return shell_status(status);
}

/* --- steps, round after round --- */

struct sweep {
	const char *watched[MAX_WATCHED];
	char *before[MAX_WATCHED];
	size_t n_watched;
	unsigned long round;
	unsigned long stride;
	struct call call;
	bool over;
};

/* If it is a call of the plugin, what of: VERB=CONF, or VERB!=CONF. */
static bool step_parse(char *step, struct call *call)
{
	size_t len = strspn(step, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	call->traced = step[len] == '!';
	if (!len || step[len + call->traced] != '=')
		return false;
	call->conf = step + len + call->traced + 1;
	step[len] = '\0';
	call->verb = step;
	return true;
}

static void step_call(struct sweep *sweep)
{
	static char text[TEXT_SIZE];
	unsigned long calls;
	int status;

	call_start(&sweep->call);
	if (!sweep->call.traced) {
		status = call_end(&sweep->call);
	} else {
		status = trace(&sweep->call, sweep->round, &calls);
		sweep->over = calls < sweep->round;
	}
	read_fd(sweep->call.output, "output", text);
	printf("%lu %s%s %d ", sweep->round, sweep->call.verb,
	       sweep->call.traced ? "!" : "", status);
	print_text(text);
}

static void step(struct sweep *sweep, const char *step)
{
	static char text[TEXT_SIZE];
	char *copy = strdup(step);
	int status;

	alarm(PATIENCE_S);
	if (step_parse(copy, &sweep->call)) {
		step_call(sweep);
	} else if (step[0] == '<') {
		read_file(step + 1, text);
		printf("%lu %s 0 ", sweep->round, step);
		print_text(text);
	} else {
		status = system(step);
		if (status)
			printf("%lu %s %d\n", sweep->round, step,
			       shell_status(status));
	}
	free(copy);
}

static bool is_as_before(const struct sweep *sweep)
{
	static char text[TEXT_SIZE];
	bool same = true;
	size_t i;

	for (i = 0; i < sweep->n_watched; i++) {
		read_file(sweep->watched[i], text);
		if (!strcmp(text, sweep->before[i]))
			continue;
		same = false;
		printf("killed before system call %lu: %s was ", sweep->round,
		       sweep->watched[i]);
		print_text(sweep->before[i]);
		printf("and is ");
		print_text(text);
	}
	return same;
}

/* What it started and left comes to us. */
static void wait_for_orphans(void)
{
	alarm(PATIENCE_S);
	while (wait(NULL) > 0)
		;
	alarm(0);
}

static void watch(struct sweep *sweep, const char *path)
{
	char *text = malloc(TEXT_SIZE);

	if (!text || sweep->n_watched == MAX_WATCHED)
		die(path);
	read_file(path, text);
	sweep->watched[sweep->n_watched] = path;
	sweep->before[sweep->n_watched++] = text;
}

static int do_sweep(int argc, char **argv)
{
	struct sweep sweep = { .round = 1, .stride = 1 };
	int option, i;

	while ((option = getopt(argc, argv, "+s:w:")) != -1) {
		if (option == 's')
			sweep.stride = strtoul(optarg, NULL, 10);
		else if (option == 'w')
			watch(&sweep, optarg);
		else
			return 2;
	}
	if (argc - optind < 2 || !sweep.stride)
		return 2;
	plugin = argv[optind++];
	call_init(&sweep.call);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (;; sweep.round += sweep.stride) {
		for (i = optind; i < argc; i++)
			step(&sweep, argv[i]);
		wait_for_orphans();
		if (!is_as_before(&sweep))
			return 1;
		if (sweep.over)
			return 0;
	}
}

static int do_count(int argc, char **argv)
{
	unsigned long calls;
	struct call call = { 0 };

	if (argc != 3)
		return 2;
	plugin = argv[1];
	call_init(&call);
	if (!step_parse(argv[2], &call))
		return 2;
	call.traced = true;
	call_start(&call);
	trace(&call, 0, &calls);
	printf("%lu\n", calls);
	return 0;
}

/* --- the storm --- */

enum {
	ADD,
	DEL,
	N_VERBS,
};

static const char *const verbs[N_VERBS] = { "ADD", "DEL" };

/* Of one worker. */
struct worker {
	struct call call;
	char *const *pods;
	int n_pods;
	unsigned short random[3];
	uint64_t took_us[N_VERBS];	/* the last that was let be */
	bool may_exist[MAX_PODS];
	bool failed;
};

/* Of all of them. */
static struct {
	unsigned long calls;
	unsigned long killed;
} *tally;

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t any_below(struct worker *w, uint64_t limit)
{
	return (uint64_t)nrand48(w->random) % limit;
}

/* Kills it unless it has ended by then. */
static void kill_after(const struct call *call, uint64_t after_us)
{
	struct timespec after = {
		.tv_sec = (time_t)(after_us / 1000000),
		.tv_nsec = (long)(after_us % 1000000) * 1000,
	};
	struct pollfd ended = { .events = POLLIN };

	ended.fd = pidfd_open(call->pid, 0);
	if (ended.fd < 0)
		die("pidfd_open");
	ppoll(&ended, 1, &after, NULL);
	kill(call->pid, SIGKILL);
	close(ended.fd);
}

static void judge(struct worker *w, int pod, int verb, int status)
{
	char text[TEXT_SIZE];

	read_fd(w->call.output, "output", text);
	if (!status && (verb == ADD || !text[0]))
		return;
	if (verb == ADD && w->may_exist[pod] && strstr(text, EXISTS))
		return;
	w->failed = true;
	printf("%s of %s: status %d, ", verbs[verb], w->pods[pod], status);
	print_text(text);
}

static void storm_call(struct worker *w, int pod, int verb)
{
	bool spared = any_below(w, 3);
	uint64_t start_us = now_us();
	int status;

	alarm(PATIENCE_S);
	w->call.verb = verbs[verb];
	call_start(&w->call);
	if (!spared)
		kill_after(&w->call, any_below(w, w->took_us[verb]));
	status = call_end(&w->call);
	__atomic_add_fetch(&tally->calls, 1, __ATOMIC_RELAXED);
	if (status == 128 + SIGKILL) {
		__atomic_add_fetch(&tally->killed, 1, __ATOMIC_RELAXED);
	} else {
		judge(w, pod, verb, status);
		if (spared)
			w->took_us[verb] = now_us() - start_us + 1;
	}
	if (verb == ADD)
		w->may_exist[pod] = true;
	else if (status != 128 + SIGKILL)
		w->may_exist[pod] = false;
}

static int storm_work(struct worker *w, unsigned long calls)
{
	char netns[128];
	int pod;

	call_init(&w->call);
	w->took_us[ADD] = FIRST_US;
	w->took_us[DEL] = FIRST_US;
	setenv("CNI_IFNAME", "eth0", 1);
	while (calls--) {
		pod = (int)any_below(w, (uint64_t)w->n_pods);
		snprintf(netns, sizeof(netns), "/run/netns/%s", w->pods[pod]);
		setenv("CNI_NETNS", netns, 1);
		setenv("CNI_CONTAINERID", w->pods[pod], 1);
		storm_call(w, pod, (int)any_below(w, N_VERBS));
	}
	return w->failed;
}

static int do_storm(int argc, char **argv)
{
	struct worker w = { 0 };
	int workers, i, status;
	unsigned long calls;
	long seed;
	int ret = 0;

	if (argc < 7)
		return 2;
	seed = strtol(argv[1], NULL, 10);
	calls = strtoul(argv[2], NULL, 10);
	workers = (int)strtol(argv[3], NULL, 10);
	plugin = argv[4];
	w.call.conf = argv[5];
	w.n_pods = (argc - 6) / workers;
	if (w.n_pods < 1 || w.n_pods > MAX_PODS)
		return 2;
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		die("mmap");
	for (i = 0; i < workers; i++) {
		w.pods = argv + 6 + i * w.n_pods;
		w.random[0] = (unsigned short)seed;
		w.random[1] = (unsigned short)i;
		if (!fork())
			exit(storm_work(&w, calls / (unsigned long)workers));
	}
	while (wait(&status) > 0)
		ret |= status ? 1 : 0;
	printf("%lu calls, %lu of them killed\n", tally->calls, tally->killed);
	return ret;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} modes[] = {
	{ "count", do_count },
	{ "sweep", do_sweep },
	{ "storm", do_storm },
};

int main(int argc, char **argv)
{
	int status = 2;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[1], modes[i].name))
			status = modes[i].run(argc - 1, argv + 1);
	if (status == 2)
		fprintf(stderr,
			"usage: killat count PLUGIN STEP\n"
			"       killat sweep [-s STRIDE] [-w FILE]... PLUGIN STEP...\n"
			"       killat storm SEED CALLS WORKERS PLUGIN CONF POD...\n");
	return status;
}
