// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

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

/* In a process group of its own, so that all of it can be killed. */
static int cni_run_spawn(const struct cni_run *run, int input, int output,
			 pid_t *pid)
{
	char *const argv[] = { (char *)run->path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	err = posix_spawn(pid, run->path, &files, &attributes, argv,
			  run->environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return -err;
}

static int cni_run_await(pid_t pid, int64_t deadline_ms)
{
	struct pollfd pfd = { .events = POLLIN };
	int64_t left_ms = deadline_ms - cni_now_ms();
	int n;

	pfd.fd = pidfd_open(pid, 0);
	if (pfd.fd < 0)
		return -errno;
	n = poll(&pfd, 1, left_ms > 0 ? (int)left_ms : 0);
	close(pfd.fd);
	return n > 0 ? 0 : -ETIMEDOUT;
}

static int cni_run_collect(struct cni_run *run, pid_t pid, int output)
{
	int status;
	int err;

	err = cni_read_text(output, run->deadline_ms, &run->output);
	if (!err || err == -EILSEQ)
		err = cni_run_await(pid, run->deadline_ms);
	if (err)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
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
