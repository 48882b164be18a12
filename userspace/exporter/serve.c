// SPDX-License-Identifier: GPL-2.0
#include "serve.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exposition.h"

/*
 * A connection can hold a text of some megabytes, and a peer that is slow holds
 * it until it has been silent for so long.
 */
enum {
	SERVE_CONNECTIONS = 16,
	SERVE_CONNECTIONS_PEER = 8,
	SERVE_TIMEOUT_S = 10,
	SERVE_MEMORY = 16384,	/* for a request, with its headers */
	SERVE_KEPT = 16 << 20,
};

static const char serve_page[] =
	"<!DOCTYPE html>\n<html><head><title>podswitch</title></head>\n"
	"<body><p><a href=\"/metrics\">Metrics</a> of podswitch</p></body>"
	"</html>\n";

struct serve {
	bool was_down;
};

static enum MHD_Result serve_answer(struct MHD_Connection *connection,
				    unsigned int status, const char *type,
				    struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
					"GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result serve_text(struct MHD_Connection *connection,
				  unsigned int status, const char *type,
				  const char *text)
{
	return serve_answer(connection, status, type,
			    MHD_create_response_from_buffer(
				    strlen(text), (void *)text,
				    MHD_RESPMEM_PERSISTENT));
}

/* Why there is nothing to tell is told once, not at each request. */
static void serve_tell(struct serve *serve, const char *why)
{
	if (*why && !serve->was_down)
		fprintf(stderr, "podswitch-exporter: %s\n", why);
	else if (!*why && serve->was_down)
		fprintf(stderr, "podswitch-exporter: podswitch is back\n");
	serve->was_down = *why;
}

/* The text, to be freed; NULL if memory ran out. */
static char *serve_make(struct serve *serve, size_t *len)
{
	struct exposition x = { 0 };
	char *text = NULL;
	FILE *out = NULL;

	if (!exposition_read(&x))
		out = open_memstream(&text, len);
	if (out) {
		serve_tell(serve, x.why);
		exposition_write(out, &x);
		if (fclose(out)) {
			free(text);
			text = NULL;
		}
	}
	exposition_free(&x);
	return text;
}

static enum MHD_Result serve_metrics(struct serve *serve,
				     struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	char *text;
	size_t len;

	text = serve_make(serve, &len);
	if (!text)
		return serve_text(connection,
				  MHD_HTTP_INTERNAL_SERVER_ERROR,
				  "text/plain", "Out of memory\n");
	response = MHD_create_response_from_buffer(len, text,
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	return serve_answer(connection, MHD_HTTP_OK,
			    "text/plain; version=0.0.4; charset=utf-8",
			    response);
}

/* Called when the headers of a request are there, and when all of it is. */
static enum MHD_Result serve_request(void *arg,
				     struct MHD_Connection *connection,
				     const char *url, const char *method,
				     const char *version, const char *data,
				     size_t *data_size, void **seen)
{
	(void)version;
	(void)data;
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD))
		return serve_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				  "text/plain", "Only GET and HEAD\n");
	if (!*seen || *data_size) {
		*seen = arg;
		*data_size = 0;
		return MHD_YES;
	}
	if (!strcmp(url, "/metrics"))
		return serve_metrics(arg, connection);
	if (!strcmp(url, "/"))
		return serve_text(connection, MHD_HTTP_OK,
				  "text/html; charset=utf-8", serve_page);
	return serve_text(connection, MHD_HTTP_NOT_FOUND, "text/plain",
			  "Try /metrics\n");
}

/* How long the daemon can be left alone, in ms; -1 without end. */
static int serve_timeout(struct MHD_Daemon *daemon)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(daemon, &ms) != MHD_YES)
		return -1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

static int serve_run(struct MHD_Daemon *daemon, int epoll_fd, int signal_fd)
{
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = epoll_fd, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 2, serve_timeout(daemon)) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents)
			return 0;
		if (MHD_run(daemon) != MHD_YES)
			return -EIO;
	}
}

int serve(int listen_fd, int signal_fd)
{
	const union MHD_DaemonInfo *info;
	struct serve state = { 0 };
	struct MHD_Daemon *daemon;
	int err;

	/* The next text will need as much again: pages are not given back. */
	mallopt(M_MMAP_THRESHOLD, SERVE_KEPT);
	mallopt(M_TRIM_THRESHOLD, SERVE_KEPT);
	daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, serve_request,
				  &state, MHD_OPTION_LISTEN_SOCKET, listen_fd,
				  MHD_OPTION_CONNECTION_LIMIT,
				  (unsigned int)SERVE_CONNECTIONS,
				  MHD_OPTION_PER_IP_CONNECTION_LIMIT,
				  (unsigned int)SERVE_CONNECTIONS_PEER,
				  MHD_OPTION_CONNECTION_TIMEOUT,
				  (unsigned int)SERVE_TIMEOUT_S,
				  MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				  (size_t)SERVE_MEMORY, MHD_OPTION_END);
	if (!daemon) {
		err = errno ? -errno : -EIO;
		close(listen_fd);
		return err;
	}
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	err = info ? serve_run(daemon, info->epoll_fd, signal_fd) : -EIO;
	MHD_stop_daemon(daemon);
	return err;
}
