// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink, beside libpodswitch's: what rtnetlink and nf_tables know is no part
 * of that library, and psw is built on nothing else of ours.
 */
#include "doctor_node.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	DOCTOR_REPLY = 32768,
};

int doctor_netlink_open(struct doctor_netlink *nl, int protocol)
{
	struct timeval patience = { .tv_sec = 2 };
	int on = 1;

	nl->seq = 0;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (nl->fd < 0)
		return -errno;
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	/* Without it, the kernel overlooks whose addresses are asked for. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on,
		   sizeof(on));
	return 0;
}

void doctor_netlink_close(struct doctor_netlink *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

struct nlmsghdr *doctor_netlink_begin(struct doctor_netlink *nl, uint16_t type,
				      uint16_t flags, const void *header,
				      size_t len)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->request);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(nlh, len), header, len);
	return nlh;
}

/* Returns 1 if there is more to come, 0 at the end, or a negative errno. */
static int doctor_netlink_take(const struct doctor_netlink *nl, char *reply,
			       ssize_t size,
			       void (*take)(const struct nlmsghdr *, void *),
			       void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)reply;
	const struct nlmsgerr *err;
	int len = (int)size;
	int more = 1;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nl->seq)
			continue;
		if (nlh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			err = mnl_nlmsg_get_payload(nlh);
			return err->error;
		}
		take(nlh, arg);
		more = !!(nlh->nlmsg_flags & NLM_F_MULTI);
	}
	return more;
}

int doctor_netlink_ask(struct doctor_netlink *nl,
		       void (*take)(const struct nlmsghdr *nlh, void *arg),
		       void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)nl->request;
	_Alignas(8) char reply[DOCTOR_REPLY];
	ssize_t size;
	int more = 1;

	if (send(nl->fd, nlh, nlh->nlmsg_len, 0) < 0)
		return -errno;
	while (more > 0) {
		size = recv(nl->fd, reply, sizeof(reply), 0);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		more = doctor_netlink_take(nl, reply, size, take, arg);
	}
	return more;
}
