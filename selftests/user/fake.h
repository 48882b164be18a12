/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel made of a socket pair: a test queues the answers, makes a request,
 * and looks at what was asked. Sequence numbers start at 1.
 */
#ifndef _FAKE_H
#define _FAKE_H

#include <linux/genetlink.h>
#include <nl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fake {
	int fd;
	size_t asked_len;
	_Alignas(NLMSG_ALIGNTO) char asked[2 * NL_TX_SIZE];
	_Alignas(NLMSG_ALIGNTO) char answer[NL_RX_SIZE];
	struct nlmsghdr *nlh;
};

static inline void fake_open(struct fake *fake, struct nl *nl)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds))
		abort();
	fake->fd = fds[0];
	nl_init(nl, fds[1]);
}

static inline void fake_close(struct fake *fake, struct nl *nl)
{
	close(fake->fd);
	nl_close(nl);
}

/* Begins an answer; attributes are put into fake->nlh. */
static inline void fake_begin(struct fake *fake, uint16_t type, uint16_t flags,
			      uint32_t seq)
{
	memset(fake->answer, 0, sizeof(fake->answer));
	fake->nlh = mnl_nlmsg_put_header(fake->answer);
	fake->nlh->nlmsg_type = type;
	fake->nlh->nlmsg_flags = flags;
	fake->nlh->nlmsg_seq = seq;
}

static inline void fake_begin_genl(struct fake *fake, uint16_t flags,
				   uint32_t seq)
{
	fake_begin(fake, NLMSG_MIN_TYPE + 1, flags, seq);
	mnl_nlmsg_put_extra_header(fake->nlh, GENL_HDRLEN);
}

static inline void fake_begin_ack(struct fake *fake, int err, uint16_t flags,
				  uint32_t seq)
{
	struct nlmsgerr *ack;

	fake_begin(fake, NLMSG_ERROR, flags, seq);
	ack = mnl_nlmsg_put_extra_header(fake->nlh, sizeof(*ack));
	ack->error = err;
	ack->msg.nlmsg_len = sizeof(ack->msg);
}

static inline void fake_send(struct fake *fake)
{
	size_t len = fake->nlh->nlmsg_len;

	if (send(fake->fd, fake->answer, len, 0) != (ssize_t)len)
		abort();
}

static inline void fake_ack(struct fake *fake, int err, uint32_t seq)
{
	fake_begin_ack(fake, err, NLM_F_CAPPED, seq);
	fake_send(fake);
}

static inline void fake_done(struct fake *fake, uint16_t flags, uint32_t seq)
{
	fake_begin(fake, NLMSG_DONE, NLM_F_MULTI | flags, seq);
	mnl_nlmsg_put_extra_header(fake->nlh, sizeof(int));
	fake_send(fake);
}

/* Takes the request that was made. */
static inline const struct nlmsghdr *fake_asked(struct fake *fake)
{
	ssize_t len = recv(fake->fd, fake->asked, sizeof(fake->asked),
			   MSG_DONTWAIT);

	fake->asked_len = len > 0 ? (size_t)len : 0;
	return (const struct nlmsghdr *)fake->asked;
}

#endif /* _FAKE_H */
