// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

enum {
	CNI_RUN_KILL_MS = 1000,
};

/* A file is never full: the program may leave its input unread, or late. */
static int cni_run_input(const char *input)
{
	int fd = memfd_create("cni-input", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = cni_write_text(fd, input);
	if (!err && lseek(fd, 0, SEEK_SET))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/*
 * Becomes the program, in a process group of its own, so that all of it can be
 * killed. It does not outlive us: what it did then would come after the DEL
 * that is to undo it.
 */
static int cni_run_become(const struct cni_run *run, pid_t parent, int input,
			  int output)
{
	char *const name[] = { (char *)run->path, NULL };

	if (setpgid(0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	if (getppid() != parent)
		return -ESRCH;
	if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    (run->complaints && dup2(output, STDERR_FILENO) < 0))
		return -errno;
	closefrom(STDERR_FILENO + 1);
	execve(run->path, run->argv ? run->argv : name, run->environment);
	return -errno;
}

/* Until it is another program, the child has our memory: status is from it. */
static int cni_run_spawn(struct cni_run *run, int input, int output, pid_t *pid)
{
	pid_t parent = getpid();

	run->status = 0;
	*pid = vfork();
	if (*pid < 0)
		return -errno;
	if (!*pid) {
		run->status = cni_run_become(run, parent, input, output);
		_exit(127);
	}
	if (run->status)
		waitpid(*pid, NULL, 0);
	return run->status;
}

static int cni_run_await(pid_t pid, int64_t deadline_ms)
{
	int fd = pidfd_open(pid, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = cni_await(fd, deadline_ms);
	close(fd);
	return err;
}

static int cni_run_collect(struct cni_run *run, pid_t pid, int output)
{
	int status = 0;
	int err;

	err = cni_read_text(output, run->deadline_ms, &run->output);
	if (!err || err == -EILSEQ)
		err = cni_run_await(pid, run->deadline_ms);
	if (err) {
		kill(-pid, SIGKILL);
		/* It may have left its group. */
		kill(pid, SIGKILL);
		/* Even this ends no process that the kernel holds up. */
		cni_run_await(pid, cni_now_ms() + CNI_RUN_KILL_MS);
	}
	waitpid(pid, &status, WNOHANG);
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) :
					  -WTERMSIG(status);
	return err;
}

int cni_run(struct cni_run *run)
{
	int pipefd[2];
	int input;
	pid_t pid;
	int err;

	run->output = NULL;
	/* Who ignores it, as our caller may, is not told how its children end. */
	signal(SIGCHLD, SIG_DFL);
	input = cni_run_input(run->input);
	if (input < 0)
		return input;
	if (pipe2(pipefd, O_CLOEXEC)) {
		err = -errno;
		close(input);
		return err;
	}
	err = cni_run_spawn(run, input, pipefd[1], &pid);
	close(pipefd[1]);
	if (!err)
		err = cni_run_collect(run, pid, pipefd[0]);
	close(pipefd[0]);
	close(input);
	return err;
}
