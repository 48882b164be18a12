/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One netlink exchange with the kernel, over libmnl's messages.
 *
 * A request is begun with nl_message(), filled with nl_put_*() and sent with
 * nl_talk() or nl_dump(). Messages begun before the sending form a batch that
 * goes out in one system call; the kernel works on each of them, even if an
 * earlier one fails. Functions return 0 or a negative errno value, and
 * nl_error() then holds a sentence, the kernel's own where it gave one.
 */
#ifndef _NL_H
#define _NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NL_TX_SIZE = 16384,
	NL_RX_SIZE = 32768,	/* no part of a kernel's dump is larger */
	NL_ERROR_SIZE = 512,
};

/**
 * struct nl - a netlink socket with its request and what became of it
 * @fd: the socket, or -1
 * @seq: sequence number given last
 * @first_seq: sequence number of the first message in @tx
 * @n_messages: messages in @tx
 * @msg: the message being built, in @tx
 * @sent: @tx was sent; the next message starts anew
 * @overflow: something did not fit into @tx
 * @failed: index in the batch of the message that @error is about
 * @error_offset: where in that message the attribute at fault begins, or 0
 * @error_missing: type of the attribute found missing, or 0
 * @error: the sentence; empty after success
 * @tx: the request, kept until the next one is begun
 * @rx: replies
 *
 * The caller provides the memory and reads @failed, @error_offset and
 * @error_missing; all else is private. One thread uses it at a time.
 */
struct nl {
	int fd;
	uint32_t seq;
	uint32_t first_seq;
	unsigned int n_messages;
	struct nlmsghdr *msg;
	bool sent;
	bool overflow;
	unsigned int failed;
	uint32_t error_offset;
	uint32_t error_missing;
	char error[NL_ERROR_SIZE];
	_Alignas(NLMSG_ALIGNTO) char tx[NL_TX_SIZE];
	_Alignas(NLMSG_ALIGNTO) char rx[NL_RX_SIZE];
};

/**
 * typedef nl_cb - receives one reply
 * @nlh: the message
 * @arg: the caller's
 *
 * Return: 0 to go on, a negative errno value to stop with it.
 */
typedef int nl_cb(const struct nlmsghdr *nlh, void *arg);

/* nl.c */

/**
 * nl_init() - prepares a handle around a socket
 * @nl: the handle
 * @fd: an open socket, which the handle owns from now on, or -1
 */
void nl_init(struct nl *nl, int fd);

/**
 * nl_open() - opens a socket in the current network namespace
 * @nl: the handle; nl_error() and nl_close() may follow in any case
 * @protocol: NETLINK_ROUTE, NETLINK_GENERIC
 *
 * Return: 0 or a negative errno value.
 */
int nl_open(struct nl *nl, int protocol);

/**
 * nl_close() - closes the socket
 * @nl: the handle; closing it twice is no fault
 */
void nl_close(struct nl *nl);

/**
 * nl_error() - why the last exchange failed
 * @nl: the handle
 *
 * Return: a sentence without a full stop; empty after success.
 */
const char *nl_error(const struct nl *nl);

/**
 * nl_fail() - states why something failed
 * @nl: the handle
 * @err: a negative errno value
 * @format: the sentence, as for printf()
 *
 * Return: @err.
 */
__attribute__((format(printf, 3, 4)))
int nl_fail(struct nl *nl, int err, const char *format, ...);

/**
 * nl_discard() - forgets messages begun and not sent
 * @nl: the handle
 */
void nl_discard(struct nl *nl);

/**
 * nl_message() - begins a message, behind those begun since the last exchange
 * @nl: the handle
 * @type: nlmsg_type
 * @flags: nlmsg_flags; NLM_F_REQUEST is added
 * @header: the family's header, such as struct ifinfomsg
 * @len: its length
 *
 * A message that asks for NLM_F_ACK is done with when its ack is there. One
 * that does not is done with at its first reply or at an error, which saves a
 * system call where a reply is certain.
 */
void nl_message(struct nl *nl, uint16_t type, uint16_t flags,
		const void *header, size_t len);

/**
 * nl_request() - a message of the batch that is being built or was sent
 * @nl: the handle
 * @index: its place in the batch, for example @nl->failed
 *
 * Return: the message, or NULL if there are not so many.
 */
const struct nlmsghdr *nl_request(const struct nl *nl, unsigned int index);

/**
 * nl_talk() - sends the batch and waits for the answers to all its messages
 * @nl: the handle
 * @cb: called with each reply that is no ack, or NULL; must not use @nl
 * @arg: for @cb
 *
 * Waits some seconds at most for each answer.
 *
 * Return: 0; the error of the first message that failed, @nl->failed being its
 * index; what @cb returned if that was negative; -ETIMEDOUT; -EMSGSIZE if the
 * request or a reply is too long; another negative errno value.
 */
int nl_talk(struct nl *nl, nl_cb *cb, void *arg);

/**
 * nl_dump() - sends one message begun with NLM_F_DUMP and reads all replies
 * @nl: the handle
 * @cb: called with each reply, once the dump is known to be consistent
 * @arg: for @cb
 *
 * A dump that the kernel marks as interrupted is read anew, a bounded number
 * of times, before @cb sees any of it. @cb may use the handle.
 *
 * Return: 0, what @cb returned if that was negative, -EINTR if changes never
 * let a dump finish, -ETIMEDOUT, or another negative errno value.
 */
int nl_dump(struct nl *nl, nl_cb *cb, void *arg);

/* event.c */

/**
 * nl_join() - asks for the messages that go to a multicast group
 * @nl: the handle, which from now on is for events alone
 * @group: the group's number
 *
 * Return: 0 or a negative errno value.
 */
int nl_join(struct nl *nl, uint32_t group);

/**
 * nl_event() - takes in what was sent to a group, without waiting for it
 * @nl: the handle
 * @cb: called with each message of one datagram; must not use @nl
 * @arg: for @cb
 *
 * Return: 0; -EAGAIN if there is nothing now; -ENOBUFS if some of it is lost;
 * what @cb returned if that was negative; another negative errno value.
 */
int nl_event(struct nl *nl, nl_cb *cb, void *arg);

/* attr.c: what does not fit is noticed by nl_talk() and nl_dump() */

/**
 * nl_put() - appends an attribute to the message being built
 * @nl: the handle
 * @type: attribute type
 * @data: payload
 * @len: its length
 */
void nl_put(struct nl *nl, uint16_t type, const void *data, size_t len);

/**
 * nl_put_u8() - appends an 8-bit attribute
 * @nl: the handle
 * @type: attribute type
 * @value: payload
 */
void nl_put_u8(struct nl *nl, uint16_t type, uint8_t value);

/**
 * nl_put_u16() - appends a 16-bit attribute
 * @nl: the handle
 * @type: attribute type
 * @value: payload
 */
void nl_put_u16(struct nl *nl, uint16_t type, uint16_t value);

/**
 * nl_put_u32() - appends a 32-bit attribute
 * @nl: the handle
 * @type: attribute type
 * @value: payload
 */
void nl_put_u32(struct nl *nl, uint16_t type, uint32_t value);

/**
 * nl_put_str() - appends a string attribute with its NUL
 * @nl: the handle
 * @type: attribute type
 * @value: payload
 */
void nl_put_str(struct nl *nl, uint16_t type, const char *value);

/**
 * nl_nest_start() - opens a nested attribute
 * @nl: the handle
 * @type: attribute type
 *
 * Return: what nl_nest_end() closes.
 */
struct nlattr *nl_nest_start(struct nl *nl, uint16_t type);

/**
 * nl_nest_end() - closes a nested attribute
 * @nl: the handle
 * @nest: what nl_nest_start() returned
 */
void nl_nest_end(struct nl *nl, struct nlattr *nest);

/**
 * nl_parse() - finds a message's attributes by type
 * @nlh: the message
 * @header_len: length of the family's header
 * @tb: @max + 1 pointers; NULL where an attribute is absent, the last one
 *	where there are several
 * @max: highest type wanted; higher ones are ignored
 */
void nl_parse(const struct nlmsghdr *nlh, size_t header_len,
	      const struct nlattr **tb, unsigned int max);

/**
 * nl_parse_nested() - finds the attributes inside an attribute by type
 * @nest: the attribute, or NULL
 * @tb: as for nl_parse()
 * @max: as for nl_parse()
 */
void nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb,
		     unsigned int max);

/**
 * nl_get_u32() - reads an unsigned integer of at most 32 bits
 * @attr: the attribute, or NULL
 *
 * Return: its value; 0 if it is absent or not 1, 2 or 4 bytes long.
 */
uint32_t nl_get_u32(const struct nlattr *attr);

/**
 * nl_get_u16() - reads an unsigned integer of at most 16 bits
 * @attr: the attribute, or NULL
 *
 * Return: its value; 0 if it is absent, longer or not in range.
 */
uint16_t nl_get_u16(const struct nlattr *attr);

/**
 * nl_get_uint() - reads an unsigned integer of any length
 * @attr: the attribute, or NULL
 *
 * Return: its value; 0 if it is absent or not 1, 2, 4 or 8 bytes long.
 */
uint64_t nl_get_uint(const struct nlattr *attr);

/**
 * nl_get_str() - reads a string
 * @attr: the attribute, or NULL
 *
 * Return: the string, inside the attribute; NULL if absent or not terminated.
 */
const char *nl_get_str(const struct nlattr *attr);

/**
 * nl_copy_str() - copies a string, cut to what there is room for
 * @attr: the attribute, or NULL, which is an empty string
 * @to: where it goes
 * @size: room there, its NUL included
 */
void nl_copy_str(const struct nlattr *attr, char *to, size_t size);

/**
 * nl_get_bytes() - reads a payload of fixed length
 * @attr: the attribute, or NULL
 * @to: where it goes; untouched on failure
 * @len: the length it must have
 *
 * Return: whether the attribute is there and has that length.
 */
bool nl_get_bytes(const struct nlattr *attr, void *to, size_t len);

/* genl.c */

/**
 * struct nl_genl - a generic netlink family of the running kernel
 * @id: its message type
 * @version: of its protocol
 * @group: the multicast group asked for, or 0
 */
struct nl_genl {
	uint16_t id;
	uint32_t version;
	uint32_t group;
};

/**
 * nl_genl_resolve() - asks for a family by name
 * @nl: a handle of NETLINK_GENERIC
 * @name: name of the family
 * @group: name of one of its multicast groups, or NULL
 * @genl: filled in
 *
 * Return: 0; -ENOENT if there is no such family and no module that has it;
 * another negative errno value.
 */
int nl_genl_resolve(struct nl *nl, const char *name, const char *group,
		    struct nl_genl *genl);

/**
 * nl_genl_message() - begins a message to a family
 * @nl: a handle of NETLINK_GENERIC
 * @genl: the family
 * @cmd: the command
 * @flags: as for nl_message()
 */
void nl_genl_message(struct nl *nl, const struct nl_genl *genl, uint8_t cmd,
		     uint16_t flags);

/**
 * nl_genl_is_news() - whether a message tells of a family's coming or going
 * @nlh: what was sent to the group "notify" of the family "nlctrl"
 * @name: name of the family
 * @cmd: filled in: CTRL_CMD_NEWFAMILY, CTRL_CMD_DELFAMILY, or another
 *
 * Return: true if it does.
 */
bool nl_genl_is_news(const struct nlmsghdr *nlh, const char *name,
		     uint8_t *cmd);

/**
 * nl_genl_find_group() - looks up a multicast group in a family's description
 * @nlh: the description
 * @group: name of the group
 *
 * Return: its number, or 0.
 */
uint32_t nl_genl_find_group(const struct nlmsghdr *nlh, const char *group);

#endif /* _NL_H */
