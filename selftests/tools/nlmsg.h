/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink messages, made by hand: what is wrong in them is meant to be. */
#ifndef _NLMSG_H
#define _NLMSG_H

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "tool.h"

#define MESSAGE_LEN	(1 << 17)

struct message {
	size_t len;
	size_t attrs;	/* where the attributes begin */
	uint8_t data[MESSAGE_LEN];
};

static inline struct nlmsghdr *header(struct message *m)
{
	return (struct nlmsghdr *)m->data;
}

/* Puts bytes, and zeros up to the next multiple of four. */
static inline void put_bytes(struct message *m, const void *data, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);

	if (m->len + padded > sizeof(m->data))
		die_wrong("message too long");
	memset(m->data + m->len, 0, padded);
	if (size)
		memcpy(m->data + m->len, data, size);
	m->len += padded;
}

static inline void start_message(struct message *m, uint16_t type,
				 uint16_t flags, const void *family,
				 size_t size)
{
	const struct nlmsghdr nlh = { .nlmsg_type = type,
				      .nlmsg_flags = NLM_F_REQUEST | flags };

	m->len = 0;
	put_bytes(m, &nlh, sizeof(nlh));
	put_bytes(m, family, size);
	m->attrs = m->len;
}

static inline void put_attr(struct message *m, uint16_t type, const void *data,
			    size_t size)
{
	const struct nlattr attr = { .nla_len = NLA_HDRLEN + size,
				     .nla_type = type };

	put_bytes(m, &attr, sizeof(attr));
	put_bytes(m, data, size);
}

/* A number of one, two or four bytes. */
static inline void put_number(struct message *m, uint16_t type, uint32_t value,
			      size_t size)
{
	put_attr(m, type, &value, size);
}

/* Returns what end_nest() wants. */
static inline size_t begin_nest(struct message *m, uint16_t type)
{
	const size_t at = m->len;

	put_attr(m, type | NLA_F_NESTED, NULL, 0);
	return at;
}

static inline void end_nest(struct message *m, size_t at)
{
	((struct nlattr *)(m->data + at))->nla_len = m->len - at;
}

/* The message is as long as it says. */
static inline void end_message(struct message *m)
{
	header(m)->nlmsg_len = m->len;
}

#endif /* _NLMSG_H */
