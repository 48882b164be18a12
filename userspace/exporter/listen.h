/* SPDX-License-Identifier: GPL-2.0 */
/* Where podswitch-exporter listens. */
#ifndef _EXPORTER_LISTEN_H
#define _EXPORTER_LISTEN_H

#include <stddef.h>
#include <sys/socket.h>

/*
 * The ports that Prometheus' users share out for exporters, 9100 to 9999, are
 * all given away.
 */
#define LISTEN_PORT	10779

/**
 * listen_parse() - reads an address to listen on
 * @text: ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT or :PORT; numbers, no names.
 *	An IPv6 address stands in brackets if a port follows. Without an
 *	address, all of this machine's are meant, of both families
 * @to: filled in
 *
 * Return: NULL; or what is wrong with it, as "is no ...".
 */
const char *listen_parse(const char *text, struct sockaddr_storage *to);

/**
 * listen_text() - writes an address as it stands in a URL
 * @from: the address
 * @text: where to
 * @size: how long that may be
 */
void listen_text(const struct sockaddr_storage *from, char *text, size_t size);

/**
 * listen_open() - opens a socket that listens
 * @at: where; filled in anew, with the port if that was left to the kernel
 *
 * Return: the socket, or a negative errno value.
 */
int listen_open(struct sockaddr_storage *at);

#endif /* _EXPORTER_LISTEN_H */
