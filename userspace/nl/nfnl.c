// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nfnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>

/* What may still be appended to the message that was begun last. */
static size_t nfnl_room(const struct nl *nl)
{
	const char *end = mnl_nlmsg_get_payload_tail(nl->msg);

	return (size_t)(nl->tx + sizeof(nl->tx) - end);
}

struct nlmsghdr *nfnl_message(struct nl *nl, uint16_t type, uint16_t flags,
			      uint8_t family)
{
	struct nfgenmsg nfg = {
		.nfgen_family = family,
		.version = NFNETLINK_V0,
	};

	nl_message(nl, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags,
		   &nfg, sizeof(nfg));
	if (!nl->overflow)
		nl->overflow = nfnl_room(nl) < NFNL_MESSAGE_MAX;
	return nl->overflow ? NULL : nl->msg;
}

static void nfnl_mark(struct nl *nl, uint16_t type)
{
	struct nfgenmsg nfg = {
		.nfgen_family = AF_UNSPEC,
		.version = NFNETLINK_V0,
		.res_id = htons(NFNL_SUBSYS_NFTABLES),
	};

	nl_message(nl, type, 0, &nfg, sizeof(nfg));
}

void nfnl_begin(struct nl *nl)
{
	nfnl_mark(nl, NFNL_MSG_BATCH_BEGIN);
}

static int nfnl_send(struct nl *nl)
{
	const char *first = (const char *)nl_request(nl, 0);
	const char *end = (const char *)nl->msg +
			  MNL_ALIGN(nl->msg->nlmsg_len);
	ssize_t sent;

	do {
		sent = send(nl->fd, first, (size_t)(end - first), 0);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* The first error among the answers in one datagram. */
static int nfnl_error(const struct nl *nl, int len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)nl->rx;
	const struct nlmsgerr *answer;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		answer = mnl_nlmsg_get_payload(nlh);
		if (nlh->nlmsg_type == NLMSG_ERROR &&
		    mnl_nlmsg_get_payload_len(nlh) >= sizeof(*answer) &&
		    answer->error)
			return answer->error;
	}
	return 0;
}

/*
 * The kernel does not say that a batch was carried out, only what it refused,
 * and has said so when send() returns: silence is success.
 */
static int nfnl_answers(struct nl *nl)
{
	ssize_t len;
	int err = 0;

	for (;;) {
		len = recv(nl->fd, nl->rx, sizeof(nl->rx), MSG_DONTWAIT);
		if (len < 0 && errno == EAGAIN)
			return err;
		if (len < 0 && errno != EINTR)
			return -errno;
		if (len >= 0 && !err)
			err = nfnl_error(nl, (int)len);
	}
}

int nfnl_commit(struct nl *nl)
{
	int err = -EMSGSIZE;

	nfnl_mark(nl, NFNL_MSG_BATCH_END);
	if (!nl->overflow)
		err = nfnl_send(nl);
	if (!err)
		err = nfnl_answers(nl);
	nl_discard(nl);
	return err ? nl_fail(nl, err, "%s", strerror(-err)) : 0;
}
