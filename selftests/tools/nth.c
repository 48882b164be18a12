// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel run out of memory for a program, at one allocation:
 *
 *   nth N SPARED REPORT COMMAND [ARGUMENT]...
 *
 * Of all that the kernel allocates in the program's calls of the table "calls",
 * but for the first SPARED of them, the Nth (from 1) fails, by
 * CONFIG_FAULT_INJECTION's /proc/PID/fail-nth, and no other. What the kernel
 * allocates to load the program, to start it and for its own memory is not
 * counted. What it starts itself is left alone.
 *
 * REPORT is a file that gets one line: the call in which the allocation failed,
 * or "none" if the program had fewer. N of 0 lets none fail: "none N", with how
 * many there were.
 *
 * The exit status is the program's.
 */
#include <linux/elf.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <signal.h>
#include <stddef.h>

#include "tool.h"

#define COUNT_FROM	1000000000u

static const struct call {
	long number;
	const char *name;
} calls[] = {
	{ SYS_socket, "socket" },
	{ SYS_bind, "bind" },
	{ SYS_sendto, "sendto" },
	{ SYS_sendmsg, "sendmsg" },
	{ SYS_sendmmsg, "sendmmsg" },
	{ SYS_recvfrom, "recvfrom" },
	{ SYS_recvmsg, "recvmsg" },
	{ SYS_recvmmsg, "recvmmsg" },
	{ SYS_delete_module, "delete_module" },
};

static int fault_fd;

static long call_number(pid_t pid)
{
#ifdef __x86_64__
	return ptrace(PTRACE_PEEKUSER, pid,
		      offsetof(struct user, regs.orig_rax), NULL);
#elif defined(__aarch64__)
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov))
		die("PTRACE_GETREGSET");
	return regs.regs[8];
#else
	(void)pid;
	die_wrong("a system call's number on this machine");
#endif
}

static const struct call *find_call(pid_t pid)
{
	long number = call_number(pid);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

static void set_fault(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fault_fd, text, len, 0) != len)
		die("fail-nth");
}

/* How many allocations are left until one fails; 0 if one has. */
static unsigned int get_fault(void)
{
	char text[16];
	ssize_t len = pread(fault_fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		die("fail-nth");
	text[len] = '\0';
	return strtoul(text, NULL, 10);
}

static void open_fault(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	fault_fd = open(path, O_RDWR | O_CLOEXEC);
	if (fault_fd < 0)
		die(path);
}

/* Goes on to the next system call's begin or end; signals are passed on.
 * Returns whether there is one; if not, *status is how the program ended.
 */
static bool next_stop(pid_t pid, int *status)
{
	int signal = 0;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, signal))
			die("PTRACE_SYSCALL");
		if (waitpid(pid, status, 0) != pid)
			die("waitpid");
		if (!WIFSTOPPED(*status))
			return false;
		signal = WSTOPSIG(*status);
	} while (signal != (SIGTRAP | 0x80));
	return true;
}

static void report(const char *path, const struct call *hit, unsigned int n)
{
	FILE *file = fopen(path, "w");

	if (!file)
		die(path);
	if (hit)
		fprintf(file, "%s\n", hit->name);
	else if (n)
		fprintf(file, "none %u\n", n);
	else
		fprintf(file, "none\n");
	if (fclose(file))
		die(path);
}

/* Returns how the program ended. */
static int follow(pid_t pid, unsigned int n, unsigned int spared,
		  const char *path)
{
	unsigned int left = n ? n : COUNT_FROM;
	const struct call *call, *hit = NULL;
	int status;

	while (next_stop(pid, &status)) {
		call = left ? find_call(pid) : NULL;
		if (call && spared) {
			call = NULL;
			spared--;
		}
		if (call)
			set_fault(left);
		if (!next_stop(pid, &status))
			break;
		if (!call)
			continue;
		left = get_fault();
		set_fault(0);
		if (!left)
			hit = call;
	}
	report(path, hit, n ? 0 : COUNT_FROM - left);
	return status;
}

static _Noreturn void start(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		die("PTRACE_TRACEME");
	raise(SIGSTOP);
	execvp(argv[0], argv);
	die(argv[0]);
}

int main(int argc, char **argv)
{
	/* a stop is waited for; a signal for it would be allocated */
	const struct sigaction quiet = { .sa_handler = SIG_DFL,
					 .sa_flags = SA_NOCLDSTOP };
	unsigned int n, spared;
	int status;
	pid_t pid;

	if (argc < 5)
		die_wrong("nth N SPARED REPORT COMMAND...");
	spared = get_number_to(argv[2], COUNT_FROM);
	n = get_number_to(argv[1], COUNT_FROM);
	if (sigaction(SIGCHLD, &quiet, NULL))
		die("sigaction");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		start(argv + 4);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("waitpid");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
		   PTRACE_O_TRACEEXEC))
		die("PTRACE_SETOPTIONS");
	open_fault(pid);
	status = follow(pid, n, spared, argv[3]);
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
