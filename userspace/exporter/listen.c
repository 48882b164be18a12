// SPDX-License-Identifier: GPL-2.0
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LISTEN_BACKLOG = 16,
};

/* Digits alone, as strtoul() would take a sign and blanks. */
static const char *listen_parse_port(const char *text, in_port_t *port)
{
	size_t len = strspn(text, "0123456789");
	unsigned long n = strtoul(text, NULL, 10);

	if (!len || len > 5 || text[len] || n > UINT16_MAX)
		return "has no port from 0 to 65535";
	*port = htons((uint16_t)n);
	return NULL;
}

static const char *listen_parse_ip(const char *ip,
				   struct sockaddr_storage *to, in_port_t port)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;

	if (!*ip)
		ip = "::";
	if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = port;
	} else if (inet_pton(AF_INET6, ip, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = port;
	} else {
		return "is not an IP address, with or without \":\" and a port";
	}
	return NULL;
}

const char *listen_parse(const char *text, struct sockaddr_storage *to)
{
	const char *colon = strchr(text, ':');
	const char *end = strrchr(text, ']');
	in_port_t port = htons(LISTEN_PORT);
	char ip[INET6_ADDRSTRLEN];
	const char *why = NULL;

	memset(to, 0, sizeof(*to));
	if (*text == '[' && end) {
		text++;
		colon = end[1] ? end + 1 : NULL;
		if (colon && *colon != ':')
			return "has more behind \"]\" than \":\" and a port";
	} else {
		if (colon && strchr(colon + 1, ':'))
			colon = NULL;	/* IPv6, without a port */
		end = colon ? colon : text + strlen(text);
	}
	if (colon)
		why = listen_parse_port(colon + 1, &port);
	if (why)
		return why;
	if ((size_t)(end - text) >= sizeof(ip))
		return "is too long for an IP address";
	snprintf(ip, sizeof(ip), "%.*s", (int)(end - text), text);
	return listen_parse_ip(ip, to, port);
}

void listen_text(const struct sockaddr_storage *from, char *text, size_t size)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
	char ip[INET6_ADDRSTRLEN];

	if (from->ss_family == AF_INET)
		snprintf(text, size, "%s:%u",
			 inet_ntop(AF_INET, &v4->sin_addr, ip, sizeof(ip)),
			 ntohs(v4->sin_port));
	else
		snprintf(text, size, "[%s]:%u",
			 inet_ntop(AF_INET6, &v6->sin6_addr, ip, sizeof(ip)),
			 ntohs(v6->sin6_port));
}

/* "::" is all addresses of IPv4 too, however the system is set. */
static int listen_prepare(int fd, struct sockaddr_storage *at)
{
	socklen_t len = at->ss_family == AF_INET ? sizeof(struct sockaddr_in) :
						   sizeof(struct sockaddr_in6);
	const int off = 0;
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		return -errno;
	if (at->ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)))
		return -errno;
	if (bind(fd, (struct sockaddr *)at, len) ||
	    listen(fd, LISTEN_BACKLOG) ||
	    getsockname(fd, (struct sockaddr *)at, &len))
		return -errno;
	return 0;
}

int listen_open(struct sockaddr_storage *at)
{
	int err;
	int fd;

	fd = socket(at->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0)
		return -errno;
	err = listen_prepare(fd, at);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}
