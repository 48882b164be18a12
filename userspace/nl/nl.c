// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nl.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	NL_TIMEOUT_MS = 5000,
	NL_DUMP_TRIES = 10,
	NL_SLOTS = 8,		/* answers taken in one system call */
};

/* The answers to one batch, as they come in. */
struct nl_exchange {
	nl_cb *cb;
	void *arg;
	int pending;
	int err;
};

/* All parts of a dump, one behind the other. */
struct nl_parts {
	char *data;
	size_t len;
	size_t size;
	bool done;
	bool interrupted;
};

void nl_init(struct nl *nl, int fd)
{
	/* The buffers are large, and written before they are read. */
	memset(nl, 0, offsetof(struct nl, tx));
	nl->fd = fd;
}

int nl_open(struct nl *nl, int protocol)
{
	static const int options[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK,
	};
	size_t n = MNL_ARRAY_SIZE(options);
	int one = 1;
	size_t i;

	nl_init(nl, socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
	if (nl->fd < 0)
		return nl_fail(nl, -errno, "Cannot open a netlink socket: %s",
			       strerror(errno));
	/* Generic netlink is strict of itself. */
	if (protocol == NETLINK_GENERIC)
		n--;
	for (i = 0; i < n; i++)
		if (setsockopt(nl->fd, SOL_NETLINK, options[i], &one,
			       sizeof(one)))
			return nl_fail(nl, -errno,
				       "Cannot set netlink option %d: %s",
				       options[i], strerror(errno));
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

const char *nl_error(const struct nl *nl)
{
	return nl->error;
}

static void nl_clear_error(struct nl *nl)
{
	nl->failed = 0;
	nl->error_offset = 0;
	nl->error_missing = 0;
	nl->error[0] = '\0';
}

int nl_fail(struct nl *nl, int err, const char *format, ...)
{
	va_list args;

	nl_clear_error(nl);
	va_start(args, format);
	vsnprintf(nl->error, sizeof(nl->error), format, args);
	va_end(args);
	return err;
}

void nl_discard(struct nl *nl)
{
	nl->n_messages = 0;
	nl->msg = NULL;
	nl->sent = false;
	nl->overflow = false;
}

static size_t nl_used(const struct nl *nl)
{
	if (!nl->msg)
		return 0;
	return (size_t)((const char *)nl->msg - nl->tx) +
	       MNL_ALIGN(nl->msg->nlmsg_len);
}

void nl_message(struct nl *nl, uint16_t type, uint16_t flags,
		const void *header, size_t len)
{
	size_t used;

	if (nl->sent)
		nl_discard(nl);
	used = nl_used(nl);
	if (sizeof(nl->tx) - used < MNL_NLMSG_HDRLEN + MNL_ALIGN(len))
		nl->overflow = true;
	if (nl->overflow)
		return;

	nl->msg = mnl_nlmsg_put_header(nl->tx + used);
	nl->msg->nlmsg_type = type;
	nl->msg->nlmsg_flags = NLM_F_REQUEST | flags;
	nl->msg->nlmsg_seq = ++nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(nl->msg, len), header, len);
	if (!nl->n_messages++)
		nl->first_seq = nl->seq;
}

const struct nlmsghdr *nl_request(const struct nl *nl, unsigned int index)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)nl->tx;
	int len = (int)nl_used(nl);

	if (index >= nl->n_messages)
		return NULL;
	while (index--)
		nlh = mnl_nlmsg_next(nlh, &len);
	return nlh;
}

/* Where the attributes of an error or of the end of a dump begin. */
static size_t nl_ack_header_len(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(nlh);
	size_t len = sizeof(ack->error);

	if (nlh->nlmsg_type == NLMSG_DONE)
		return len;
	if (nlh->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*ack);
	return len + MNL_ALIGN(ack->msg.nlmsg_len);
}

/* Keeps what the kernel said of an error in an ack or at a dump's end. */
static int nl_refused(struct nl *nl, const struct nlmsghdr *nlh, int err)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MISS_TYPE + 1] = { NULL };
	const char *text;
	uint32_t missing;

	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		nl_parse(nlh, nl_ack_header_len(nlh), tb,
			 NLMSGERR_ATTR_MISS_TYPE);
	text = nl_get_str(tb[NLMSGERR_ATTR_MSG]);
	missing = nl_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]);
	if (text)
		nl_fail(nl, err, "%s", text);
	else if (missing)
		nl_fail(nl, err, "Attribute %u is missing", missing);
	else
		nl_fail(nl, err, "%s", strerror(-err));
	nl->failed = nlh->nlmsg_seq - nl->first_seq;
	nl->error_offset = nl_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	nl->error_missing = missing;
	return err;
}

/* The errno value of an ack or of the end of a dump. */
static int nl_ack(struct nl *nl, const struct nlmsghdr *nlh)
{
	size_t need = nlh->nlmsg_type == NLMSG_DONE ? sizeof(int) :
						      sizeof(struct nlmsgerr);
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < need)
		return nl_fail(nl, -EBADMSG, "The kernel's ack is truncated");
	memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	return err < 0 ? nl_refused(nl, nlh, err) : 0;
}

static int nl_send(struct nl *nl)
{
	size_t len = nl_used(nl);
	ssize_t sent;

	nl->sent = true;
	nl_clear_error(nl);
	if (nl->overflow)
		return nl_fail(nl, -EMSGSIZE, "The request is too long");
	do {
		sent = send(nl->fd, nl->tx, len, 0);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return nl_fail(nl, -errno, "Cannot ask the kernel: %s",
			       strerror(errno));
	return 0;
}

/*
 * The kernel has answered when send() returns, so that waiting is the
 * exception; it is bounded without a system call to say so beforehand.
 */
static int nl_wait(struct nl *nl)
{
	struct pollfd pfd = { .fd = nl->fd, .events = POLLIN };
	int n;

	do {
		n = poll(&pfd, 1, NL_TIMEOUT_MS);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

static int nl_recvmmsg(struct nl *nl, struct mmsghdr *slots, unsigned int n)
{
	int err = 0;
	int got;

	for (;;) {
		got = recvmmsg(nl->fd, slots, n, MSG_DONTWAIT, NULL);
		if (got > 0)
			return got;
		if (!got)
			return -ENOTCONN;
		if (errno == EAGAIN)
			err = nl_wait(nl);
		else if (errno != EINTR)
			err = -errno;
		if (err)
			return err;
	}
}

/*
 * Fills up to NL_SLOTS buffers, one datagram each, and sets their lengths; 0
 * for one that is not the kernel's. Returns how many, or an error.
 */
static int nl_receive(struct nl *nl, struct iovec *iov, unsigned int n)
{
	struct sockaddr_nl from[NL_SLOTS] = { 0 };
	struct mmsghdr slots[NL_SLOTS] = { 0 };
	int got;
	int i;

	for (i = 0; i < (int)n; i++) {
		slots[i].msg_hdr.msg_iov = &iov[i];
		slots[i].msg_hdr.msg_iovlen = 1;
		slots[i].msg_hdr.msg_name = &from[i];
		slots[i].msg_hdr.msg_namelen = sizeof(from[i]);
	}
	got = nl_recvmmsg(nl, slots, n);
	if (got < 0)
		return nl_fail(nl, got, "No answer from the kernel: %s",
			       strerror(-got));
	for (i = 0; i < got; i++) {
		if (slots[i].msg_hdr.msg_flags & MSG_TRUNC)
			return nl_fail(nl, -EMSGSIZE,
				       "The kernel's answer is too long");
		iov[i].iov_len = from[i].nl_pid ? 0 : slots[i].msg_len;
	}
	return got;
}

/* Runs a callback; one that fails without a word gets errno's. */
static int nl_call(struct nl *nl, nl_cb *cb, const struct nlmsghdr *nlh,
		   void *arg)
{
	int err = cb(nlh, arg);

	if (err >= 0)
		return 0;
	return nl->error[0] ? err : nl_fail(nl, err, "%s", strerror(-err));
}

static void nl_answer(struct nl *nl, struct nl_exchange *x,
		      const struct nlmsghdr *nlh)
{
	const struct nlmsghdr *request;

	request = nl_request(nl, nlh->nlmsg_seq - nl->first_seq);
	if (!request)
		return;		/* late, from an exchange that was given up */
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		x->pending--;
		if (x->err)
			return;
		x->err = nl_ack(nl, nlh);
	} else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE) {
		if (!(request->nlmsg_flags & NLM_F_ACK))
			x->pending--;
		if (!x->cb || x->err)
			return;
		x->err = nl_call(nl, x->cb, nlh, x->arg);
	}
}

static int nl_collect(struct nl *nl, struct nl_exchange *x)
{
	size_t n = x->pending < NL_SLOTS ? (size_t)x->pending : NL_SLOTS;
	struct iovec iov[NL_SLOTS] = { 0 };
	const struct nlmsghdr *nlh;
	int got;
	int len;
	int i;

	for (i = 0; i < (int)n; i++) {
		iov[i].iov_len = sizeof(nl->rx) / NL_SLOTS * (NL_SLOTS / n);
		iov[i].iov_base = nl->rx + (size_t)i * iov[i].iov_len;
	}
	got = nl_receive(nl, iov, (unsigned int)n);
	for (i = 0; i < got; i++) {
		nlh = iov[i].iov_base;
		len = (int)iov[i].iov_len;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			nl_answer(nl, x, nlh);
	}
	return got < 0 ? got : 0;
}

int nl_talk(struct nl *nl, nl_cb *cb, void *arg)
{
	struct nl_exchange x = { .cb = cb, .arg = arg };
	int err;

	x.pending = (int)nl->n_messages;
	err = nl_send(nl);
	while (!err && x.pending > 0)
		err = nl_collect(nl, &x);
	return err ? err : x.err;
}

/* Looks through a part that came in: is it the last, and was all well? */
static int nl_check_part(struct nl *nl, struct nl_parts *parts,
			 const char *part, size_t part_len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)part;
	int len = (int)part_len;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nl->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			parts->interrupted = true;
		if (nlh->nlmsg_type != NLMSG_DONE &&
		    nlh->nlmsg_type != NLMSG_ERROR)
			continue;
		parts->done = true;
		return nl_ack(nl, nlh);
	}
	if (len > 0)
		return nl_fail(nl, -EBADMSG,
			       "The kernel's answer is malformed");
	return 0;
}

static int nl_grow(struct nl *nl, struct nl_parts *parts)
{
	size_t size = parts->size ? 2 * parts->size : 2 * NL_RX_SIZE;
	char *data;

	if (parts->size - parts->len >= NL_RX_SIZE)
		return 0;
	data = realloc(parts->data, size);
	if (!data)
		return nl_fail(nl, -ENOMEM, "Out of memory");
	parts->data = data;
	parts->size = size;
	return 0;
}

static int nl_add_part(struct nl *nl, struct nl_parts *parts)
{
	struct iovec iov = { .iov_len = NL_RX_SIZE };
	int err;

	err = nl_grow(nl, parts);
	if (err)
		return err;
	iov.iov_base = parts->data + parts->len;
	err = nl_receive(nl, &iov, 1);
	if (err < 0)
		return err;
	parts->len += MNL_ALIGN(iov.iov_len);
	return nl_check_part(nl, parts, iov.iov_base, iov.iov_len);
}

static int nl_read_dump(struct nl *nl, struct nl_parts *parts)
{
	int err;

	parts->len = 0;
	parts->done = false;
	parts->interrupted = false;
	err = nl_send(nl);
	while (!err && !parts->done)
		err = nl_add_part(nl, parts);
	if (!err && parts->interrupted)
		return nl_fail(nl, -EINTR,
			       "Changes kept interrupting the listing");
	return err;
}

static int nl_deliver(struct nl *nl, const struct nl_parts *parts, nl_cb *cb,
		      void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)parts->data;
	uint32_t seq = nl->seq;
	int len = (int)parts->len;
	int err;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != seq || nlh->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		err = nl_call(nl, cb, nlh, arg);
		if (err)
			return err;
	}
	return 0;
}

int nl_dump(struct nl *nl, nl_cb *cb, void *arg)
{
	struct nl_parts parts = { 0 };
	int tries = NL_DUMP_TRIES;
	int err;

	err = nl_read_dump(nl, &parts);
	while (err == -EINTR && --tries) {
		nl->first_seq = ++nl->seq;
		nl->msg->nlmsg_seq = nl->seq;
		err = nl_read_dump(nl, &parts);
	}
	if (!err)
		err = nl_deliver(nl, &parts, cb, arg);
	free(parts.data);
	return err;
}
