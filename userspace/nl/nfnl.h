/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests to nf_tables, on a handle of NETLINK_NETFILTER. Changes come in a
 * batch that is done as a whole or not at all. What is in a message is for
 * libnftnl to write, which nothing here needs.
 */
#ifndef _NL_NFNL_H
#define _NL_NFNL_H

#include "nl.h"

enum {
	NFNL_MESSAGE_MAX = 4096,	/* libnftnl does not look how much fits */
};

/**
 * nfnl_message() - begins a message to nf_tables
 * @nl: the handle
 * @type: NFT_MSG_*
 * @flags: as for nl_message(), but without NLM_F_ACK inside a batch
 * @family: NFPROTO_*
 *
 * Return: the message, to which NFNL_MESSAGE_MAX bytes may be appended; NULL if
 * there is not so much room, which nl_talk() and nfnl_commit() notice.
 */
struct nlmsghdr *nfnl_message(struct nl *nl, uint16_t type, uint16_t flags,
			      uint8_t family);

/**
 * nfnl_begin() - begins a batch
 * @nl: the handle
 */
void nfnl_begin(struct nl *nl);

/**
 * nfnl_commit() - ends a batch and has the kernel carry it out
 * @nl: the handle
 *
 * Return: 0; the error of the first message that failed; another negative
 * errno value.
 */
int nfnl_commit(struct nl *nl);

#endif /* _NL_NFNL_H */
