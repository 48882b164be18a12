// SPDX-License-Identifier: GPL-2.0
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	DOCTOR_RUN_MS = 2000,
	DOCTOR_OUTPUT_MAX = 1 << 20,
};

static long doctor_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A file that a program can read its input from without waiting for us. */
static int doctor_run_input(const char *input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, input, strlen(input)) != (ssize_t)strlen(input) ||
	    lseek(fd, 0, SEEK_SET)) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static int doctor_run_spawn(const char *const *argv,
			    const char *const *environment, int in, int out,
			    pid_t *pid)
{
	posix_spawn_file_actions_t files;
	int err;

	err = posix_spawn_file_actions_init(&files);
	if (err)
		return -err;
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	err = posix_spawn(pid, argv[0], &files, NULL, (char *const *)argv,
			  (char *const *)environment);
	posix_spawn_file_actions_destroy(&files);
	return -err;
}

/* Until the end of the output, or of patience. */
static int doctor_run_read(int fd, FILE *to)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	long end = doctor_now_ms() + DOCTOR_RUN_MS;
	size_t len = 0;
	char chunk[4096];
	ssize_t size;
	long left;

	for (;;) {
		left = end - doctor_now_ms();
		if (left <= 0 || poll(&in, 1, (int)left) <= 0)
			return -ETIMEDOUT;
		size = read(fd, chunk, sizeof(chunk));
		if (size <= 0)
			return size ? -errno : 0;
		len += (size_t)size;
		if (len > DOCTOR_OUTPUT_MAX)
			return -EFBIG;
		fwrite(chunk, 1, (size_t)size, to);
	}
}

static int doctor_run_end(pid_t pid, int err)
{
	int status;

	if (err)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (err)
		return err;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static int doctor_run_to(const char *const *argv,
			 const char *const *environment, int in, FILE *to)
{
	int out[2];
	pid_t pid;
	int err;

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	err = doctor_run_spawn(argv, environment, in, out[1], &pid);
	close(out[1]);
	if (!err)
		err = doctor_run_end(pid, doctor_run_read(out[0], to));
	close(out[0]);
	return err;
}

int doctor_run(const char *const *argv, const char *const *environment,
	       const char *input, char **output)
{
	int in = doctor_run_input(input);
	int status = -ENOMEM;
	size_t size;
	FILE *to;

	*output = NULL;
	if (in < 0)
		return in;
	to = open_memstream(output, &size);
	if (to) {
		status = doctor_run_to(argv, environment, in, to);
		fclose(to);
	}
	close(in);
	return status;
}
