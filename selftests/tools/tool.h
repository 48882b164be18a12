/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tools share: how they complain, what their arguments are made of,
 * namespaces and sockets. Whatever goes wrong here ends the tool.
 */
#ifndef _TOOL_H
#define _TOOL_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Exits with 2, so that 1 is left for what a tool finds. */
static inline _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		errno ? strerror(errno) : "wrong");
	exit(2);
}

/* die() where errno means nothing */
static inline _Noreturn void die_wrong(const char *what)
{
	errno = 0;
	die(what);
}

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* --- arguments --- */

static inline unsigned long get_number_to(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (!*text || *end || n > max)
		die_wrong(text);
	return n;
}

static inline unsigned long get_number(const char *text)
{
	return get_number_to(text, ~0UL);
}

/* Returns how many bytes the text has in hexadecimal. */
static inline size_t get_hex(const char *text, uint8_t *bytes, size_t max)
{
	size_t n = 0;

	for (; text[0]; text += 2, n++)
		if (n == max || !text[1] ||
		    sscanf(text, "%2hhx", bytes + n) != 1)
			die_wrong(text);
	return n;
}

static inline void get_ip(int family, const char *text, uint8_t *ip)
{
	if (inet_pton(family, text, ip) != 1)
		die_wrong(text);
}

static inline bool is_mac(const char *text, uint8_t *mac)
{
	char end;

	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%c", mac, mac + 1,
		      mac + 2, mac + 3, mac + 4, mac + 5, &end) == 6;
}

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

static inline struct address get_address(const char *ip, uint16_t port)
{
	struct address a = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a.sa;
	struct sockaddr_in *in = (struct sockaddr_in *)&a.sa;

	if (inet_pton(AF_INET, ip, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		a.len = sizeof(*in);
	} else if (inet_pton(AF_INET6, ip, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		a.len = sizeof(*in6);
	} else {
		die_wrong(ip);
	}
	return a;
}

struct station {
	uint8_t mac[6];
	uint8_t ip4[4];
	uint8_t ip6[16];
	uint8_t link_local[16];
};

/* MAC,IPV4,IPV6 */
static inline struct station get_station(const char *text)
{
	char mac[18], ip4[INET_ADDRSTRLEN], ip6[INET6_ADDRSTRLEN];
	struct station s = { 0 };

	if (sscanf(text, "%17[^,],%15[^,],%45s", mac, ip4, ip6) != 3 ||
	    !is_mac(mac, s.mac))
		die_wrong(text);
	get_ip(AF_INET, ip4, s.ip4);
	get_ip(AF_INET6, ip6, s.ip6);
	/* RFC 4291, appendix A */
	memcpy(s.link_local,
	       (uint8_t[]){ 0xfe, 0x80, 0, 0, 0, 0, 0, 0, s.mac[0] ^ 2,
			    s.mac[1], s.mac[2], 0xff, 0xfe, s.mac[3],
			    s.mac[4], s.mac[5] }, 16);
	return s;
}

/* Returns how many stations the texts are. */
static inline unsigned int get_stations(char **texts, struct station *stations,
					unsigned int max)
{
	unsigned int n;

	for (n = 0; texts[n]; n++) {
		if (n == max)
			die_wrong(texts[n]);
		stations[n] = get_station(texts[n]);
	}
	return n;
}

/* --- namespaces --- */

/* Enters a network namespace by the name that "ip netns" has for it; "-" is
 * the one where the tool is.
 */
static inline void enter(const char *ns)
{
	char path[128];
	int fd;

	if (!strcmp(ns, "-"))
		return;
	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(ns);
	close(fd);
}

/* A way back from where enter() leads: for leave(). */
static inline int enter_from_here(const char *ns)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (home < 0)
		die("/proc/self/ns/net");
	enter(ns);
	return home;
}

static inline void leave(int home)
{
	if (setns(home, CLONE_NEWNET))
		die("setns");
	close(home);
}

/* --- sockets --- */

static inline int open_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		die("socket");
	return fd;
}

static inline void set_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		die("setsockopt");
}

/* How long to wait for what has to come or to go. */
static inline void set_patience(int fd, time_t seconds)
{
	const struct timeval patience = { .tv_sec = seconds };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof(patience)))
		die("setsockopt");
}

static inline void bind_to(int fd, const struct address *a)
{
	if (bind(fd, (const struct sockaddr *)&a->sa, a->len))
		die("bind");
}

static inline void connect_to(int fd, const struct address *a)
{
	if (connect(fd, (const struct sockaddr *)&a->sa, a->len))
		die("connect");
}

/* Binds a packet socket to a device, and to a protocol if it is to receive. */
static inline void bind_packet(int fd, const char *dev, uint16_t protocol)
{
	const struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(dev),
	};

	if (!addr.sll_ifindex ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)))
		die(dev);
}

/* --- content --- */

/* Data that differs from one seed to the next. */
static inline void fill(uint8_t *data, size_t len, uint64_t seed)
{
	uint64_t x = 88172645463325252ULL + (seed << 17);
	size_t i;

	for (i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		data[i] = x >> 32;
	}
}

#endif /* _TOOL_H */
