/* SPDX-License-Identifier: GPL-2.0 */
/* HTTP: /metrics, and a page that links to it. */
#ifndef _EXPORTER_SERVE_H
#define _EXPORTER_SERVE_H

/**
 * serve() - answers requests until a signal says to end
 * @listen_fd: a socket that listens, which is serve()'s from now on
 * @signal_fd: readable when it is time to end
 *
 * Everything is done by the one thread that calls it: requests for the metrics
 * are answered one after another.
 *
 * Return: 0, or a negative errno value.
 */
int serve(int listen_fd, int signal_fd);

#endif /* _EXPORTER_SERVE_H */
