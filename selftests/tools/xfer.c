// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers data from one network namespace to another and checks every byte:
 *
 *   xfer tcp SERVER-NS ADDRESS CLIENT-NS { MEGABYTES | PATH }
 *   xfer udp SERVER-NS ADDRESS CLIENT-NS FIRST LAST STEP
 *
 * tcp sends a stream, until there is a file PATH; udp a datagram of each size from FIRST to LAST, each
 * with content of its own. ADDRESS is the server's. "-" is this namespace.
 * The exit status tells whether all arrived whole and in order.
 */
#include <sys/wait.h>

#include "tool.h"

#define PORT		5001
#define PATIENCE_S	20
/* Datagrams that are sent before they are acknowledged. Two windows of the
 * largest, in fragments, are fewer packets than net.core.netdev_max_backlog
 * (1000), where a busy kernel lets them wait.
 */
#define WINDOW		8
#define DATAGRAM_MAX	65535

/* Prime, so that a block out of its place is wrong wherever it comes. */
#define PATTERN_LEN	1048573
static uint8_t pattern[PATTERN_LEN];

/* The longest piece of the endless pattern that is in one place at @at. */
static size_t pattern_piece(uint64_t at, size_t want, const uint8_t **piece)
{
	size_t start = at % PATTERN_LEN;

	*piece = pattern + start;
	return want < PATTERN_LEN - start ? want : PATTERN_LEN - start;
}

static bool pattern_is(uint64_t at, const uint8_t *data, size_t len)
{
	const uint8_t *piece;
	size_t n;

	for (; len; len -= n, at += n, data += n) {
		n = pattern_piece(at, len, &piece);
		if (memcmp(data, piece, n))
			return false;
	}
	return true;
}

/* --- sockets --- */

static int open_in(const char *ns, int family, int type)
{
	int home = enter_from_here(ns);
	int fd = open_socket(family, type, 0);

	leave(home);
	set_patience(fd, PATIENCE_S);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (type == SOCK_DGRAM) {
		set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25);
		set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, 1 << 25);
	}
	return fd;
}

/* --- a stream --- */

static void tcp_serve(int listening)
{
	static uint8_t buffer[1 << 18];
	int fd = accept(listening, NULL, NULL);
	uint64_t at = 0;
	ssize_t n;

	if (fd < 0)
		die("accept");
	while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
		if (!pattern_is(at, buffer, n)) {
			fprintf(stderr, "xfer: at byte %llu\n",
				(unsigned long long)at);
			die_wrong("content");
		}
		at += n;
	}
	if (n || send(fd, &at, sizeof(at), 0) != sizeof(at))
		die("receive");
	close(fd);
}

/* Until @len bytes are sent or, where there is a @path, that is there. */
static bool tcp_goes_on(uint64_t at, uint64_t len, const char *path)
{
	return path ? access(path, F_OK) : at < len;
}

static void tcp_send(int fd, uint64_t len, const char *path)
{
	const uint8_t *piece;
	uint64_t at = 0, got;
	ssize_t n;

	while (tcp_goes_on(at, len, path)) {
		n = pattern_piece(at, len - at < 1 << 18 ? len - at : 1 << 18,
				  &piece);
		n = send(fd, piece, n, MSG_NOSIGNAL);
		if (n <= 0)
			die("send");
		at += n;
	}
	if (shutdown(fd, SHUT_WR) ||
	    recv(fd, &got, sizeof(got), MSG_WAITALL) != sizeof(got))
		die("acknowledgement");
	if (got != at)
		die_wrong("length");
}

/* --- datagrams --- */

struct sizes {
	unsigned long first;
	unsigned long last;
	unsigned long step;
};

/* Whether the one that acknowledges the window behind this size is due. */
static bool window_ends(const struct sizes *sizes, unsigned long size,
			unsigned int in_window)
{
	return in_window == WINDOW || size + sizes->step > sizes->last;
}

static void udp_serve(int fd, const struct sizes *sizes)
{
	static uint8_t buffer[DATAGRAM_MAX + 1];
	unsigned int in_window = 0;
	struct address from;
	unsigned long size;
	ssize_t n;

	for (size = sizes->first; size <= sizes->last; size += sizes->step) {
		from.len = sizeof(from.sa);
		n = recvfrom(fd, buffer, sizeof(buffer), 0,
			     (struct sockaddr *)&from.sa, &from.len);
		if (n < 0) {
			fprintf(stderr, "xfer: datagram of %lu bytes\n", size);
			die("receive");
		}
		if ((size_t)n != size || !pattern_is(size, buffer, n)) {
			fprintf(stderr, "xfer: %zd bytes instead of %lu\n", n,
				size);
			die_wrong("content");
		}
		if (!window_ends(sizes, size, ++in_window))
			continue;
		in_window = 0;
		if (sendto(fd, &size, sizeof(size), 0,
			   (struct sockaddr *)&from.sa, from.len) < 0)
			die("send");
	}
}

static void udp_wait(int fd, unsigned long size)
{
	unsigned long got;

	if (recv(fd, &got, sizeof(got), 0) != sizeof(got))
		die("acknowledgement");
	if (got != size)
		die_wrong("order");
}

/* One window is under way while the one before is being acknowledged. */
static void udp_send(int fd, const struct sizes *sizes)
{
	unsigned long size, before = 0;
	unsigned int in_window = 0;
	bool waiting = false;
	const uint8_t *piece;

	for (size = sizes->first; size <= sizes->last; size += sizes->step) {
		pattern_piece(size, size, &piece);
		if (send(fd, piece, size, 0) != (ssize_t)size)
			die("send");
		if (!window_ends(sizes, size, ++in_window))
			continue;
		if (waiting)
			udp_wait(fd, before);
		in_window = 0;
		waiting = true;
		before = size;
	}
	if (waiting)
		udp_wait(fd, before);
}

/* --- command line --- */

static void usage(void)
{
	fputs("usage: xfer tcp SERVER-NS ADDRESS CLIENT-NS { MEGABYTES | PATH }\n"
	      "       xfer udp SERVER-NS ADDRESS CLIENT-NS FIRST LAST STEP\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	bool tcp = argc == 6 && !strcmp(argv[1], "tcp");
	bool udp = argc == 8 && !strcmp(argv[1], "udp");
	struct sizes sizes = { 0 };
	struct address server;
	int listening, fd;
	int status;
	pid_t child;

	if (!tcp && !udp)
		usage();
	if (udp)
		sizes = (struct sizes){ get_number(argv[5]),
					get_number(argv[6]),
					get_number(argv[7]) };
	fill(pattern, PATTERN_LEN, 0);
	server = get_address(argv[3], PORT);
	listening = open_in(argv[2], server.sa.ss_family,
			    tcp ? SOCK_STREAM : SOCK_DGRAM);
	fd = open_in(argv[4], server.sa.ss_family,
		     tcp ? SOCK_STREAM : SOCK_DGRAM);
	bind_to(listening, &server);
	if (tcp && listen(listening, 1))
		die("listen");

	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		close(fd);
		if (tcp)
			tcp_serve(listening);
		else
			udp_serve(listening, &sizes);
		return 0;
	}
	close(listening);
	connect_to(fd, &server);
	if (tcp && argv[5][0] == '/')
		tcp_send(fd, UINT64_MAX, argv[5]);
	else if (tcp)
		tcp_send(fd, get_number(argv[5]) << 20, NULL);
	else
		udp_send(fd, &sizes);
	if (waitpid(child, &status, 0) != child || status)
		return 1;
	return 0;
}
