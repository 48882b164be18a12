// SPDX-License-Identifier: GPL-2.0
/*
 * Talks to a server that repeats what it is told, in whichever network
 * namespace either is ("-" is this one), by whatever address leads there:
 *
 *   talk serve NS ADDRESS PORT [EVERY]
 *   talk { tcp | udp } NS ADDRESS PORT { COUNT | @FROM } STEP...
 *
 * serve repeats streams and datagrams until it is ended; of the datagrams each
 * EVERY-th alone. The others make COUNT connections at once, or one from the
 * port FROM, and take each through the same steps. A step is:
 *
 *   SIZE      says so many bytes and wants to hear them again
 *   +SIZE     says so many bytes
 *   PATH      waits until there is such a file
 *
 * Sockets are connected, so that an answer only arrives if it comes from the
 * address and port that was called. The exit status tells whether all did.
 */
#include <poll.h>

#include "tool.h"

#define PATIENCE_S	10
#define PAUSE_US	2000
#define LONGEST	65507
#define MAX_SOCKETS	1024

/* --- sockets --- */

static int open_stubborn(int family, int type)
{
	int fd = open_socket(family, type, 0);

	set_patience(fd, PATIENCE_S);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22);
	return fd;
}

/* Not for sockets whose port is chosen by the kernel: it would give two of them
 * the same.
 */
static void bind_again(int fd, const struct address *a)
{
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	bind_to(fd, a);
}

/* --- the server --- */

static int listen_at(const struct address *a, int type)
{
	int fd = open_stubborn(a->sa.ss_family, type);

	bind_again(fd, a);
	if (type == SOCK_STREAM && listen(fd, MAX_SOCKETS))
		die("listen");
	return fd;
}

static void repeat_datagram(int fd, unsigned long every)
{
	static uint8_t buffer[LONGEST];
	static unsigned long n_heard;
	struct address from = { .len = sizeof(from.sa) };
	ssize_t n;

	n = recvfrom(fd, buffer, sizeof(buffer), 0,
		     (struct sockaddr *)&from.sa, &from.len);
	if (n >= 0 && ++n_heard % every == 0)
		sendto(fd, buffer, n, 0, (struct sockaddr *)&from.sa,
		       from.len);
}

/* Whether the stream goes on. */
static bool repeat_stream(int fd)
{
	static uint8_t buffer[LONGEST];
	ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

	return n > 0 && send(fd, buffer, n, MSG_NOSIGNAL) == n;
}

static void serve(const struct address *a, unsigned long every)
{
	static struct pollfd fds[2 + MAX_SOCKETS];
	nfds_t n = 2, i;

	fds[0].fd = listen_at(a, SOCK_DGRAM);
	fds[1].fd = listen_at(a, SOCK_STREAM);
	for (i = 0; i < n; i++)
		fds[i].events = POLLIN;
	while (poll(fds, n, -1) > 0) {
		if (fds[0].revents)
			repeat_datagram(fds[0].fd, every);
		for (i = n - 1; i >= 2; i--) {
			if (!fds[i].revents || repeat_stream(fds[i].fd))
				continue;
			close(fds[i].fd);
			fds[i] = fds[--n];
		}
		if (fds[1].revents && n < 2 + MAX_SOCKETS) {
			fds[n].fd = accept(fds[1].fd, NULL, NULL);
			fds[n].revents = 0;
			fds[n++].events = POLLIN;
		}
	}
	die("poll");
}

/* --- the client --- */

static void say(int fd, uint64_t seed, size_t size)
{
	static uint8_t data[LONGEST];

	fill(data, size, seed);
	if (send(fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
		die("send");
}

static void hear(int fd, uint64_t seed, size_t size)
{
	static uint8_t data[LONGEST], got[LONGEST];
	ssize_t n;

	n = recv(fd, got, sizeof(got) < size ? sizeof(got) : size,
		 MSG_WAITALL);
	if (n < 0)
		die("receive");
	fill(data, size, seed);
	if ((size_t)n != size || memcmp(got, data, size))
		die_wrong("answer");
}

static void take_step(const int *fds, size_t n, const char *step,
		      unsigned int number)
{
	bool is_silent = *step == '+';
	size_t size, i;

	if (*step == '/') {
		while (access(step, F_OK))
			usleep(PAUSE_US);
		return;
	}
	size = get_number_to(step + is_silent, LONGEST);
	for (i = 0; i < n; i++)
		say(fds[i], number * n + i, size);
	for (i = 0; i < n && !is_silent; i++)
		hear(fds[i], number * n + i, size);
}

static void talk(const struct address *a, int type, const char *count,
		 char **steps)
{
	size_t n = *count == '@' ? 1 : get_number_to(count, MAX_SOCKETS), i;
	static int fds[MAX_SOCKETS];
	struct address from;
	unsigned int number;

	for (i = 0; i < n; i++) {
		fds[i] = open_stubborn(a->sa.ss_family, type);
		if (*count == '@') {
			from = get_address(a->sa.ss_family == AF_INET ?
					   "0.0.0.0" : "::",
					   get_number_to(count + 1, 65535));
			bind_again(fds[i], &from);
		}
		connect_to(fds[i], a);
	}
	for (number = 0; steps[number]; number++)
		take_step(fds, n, steps[number], number);
}

int main(int argc, char **argv)
{
	struct address a;

	if (argc < 5 || (strcmp(argv[1], "serve") && argc < 7)) {
		fputs("usage: talk serve NS ADDRESS PORT [EVERY]\n"
		      "       talk { tcp | udp } NS ADDRESS PORT { COUNT | @FROM } STEP...\n",
		      stderr);
		return 2;
	}
	enter(argv[2]);
	a = get_address(argv[3], get_number_to(argv[4], 65535));
	if (!strcmp(argv[1], "serve"))
		serve(&a, argc > 5 ? get_number_to(argv[5], 1000000) : 1);
	talk(&a, strcmp(argv[1], "tcp") ? SOCK_DGRAM : SOCK_STREAM,
	     argv[5], argv + 6);
	return 0;
}
