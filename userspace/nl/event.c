// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { NL_EVENT_BUFFER = 1 << 20 };

int nl_join(struct nl *nl, uint32_t group)
{
	int size = NL_EVENT_BUFFER;

	/* Who may not exceed the system's limit gets as much as it allows. */
	if (setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		return nl_fail(nl, -errno, "Cannot ask for events: %s",
			       strerror(errno));
	return 0;
}

int nl_event(struct nl *nl, nl_cb *cb, void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)nl->rx;
	struct sockaddr_nl from = { 0 };
	socklen_t from_len = sizeof(from);
	ssize_t got;
	int err = 0;
	int len;

	/* With MSG_TRUNC, the length is that of what was sent. */
	got = recvfrom(nl->fd, nl->rx, sizeof(nl->rx), MSG_DONTWAIT | MSG_TRUNC,
		       (struct sockaddr *)&from, &from_len);
	if (got < 0 && errno == ENOBUFS)
		return nl_fail(nl, -ENOBUFS,
			       "Events came too fast, and some are lost");
	if (got < 0)
		return nl_fail(nl, -errno, "No event from the kernel: %s",
			       strerror(errno));
	if (got > (ssize_t)sizeof(nl->rx))
		return nl_fail(nl, -EMSGSIZE, "The kernel's event is too long");
	len = from.nl_pid ? 0 : (int)got;
	for (; !err && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE)
			err = cb(nlh, arg);
	return nl_fail(nl, err, "%s", err ? strerror(-err) : "");
}
