/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _PODSWITCH_HANDLE_H
#define _PODSWITCH_HANDLE_H

#include <nl.h>

#include "podswitch.h"

/**
 * struct podswitch - the handle
 * @nl: the exchange with the generic netlink family
 * @genl: the family
 * @is_watching: whether podswitch's going and coming is told
 * @groups: which groups are to be joined when it comes, a bit each
 */
struct podswitch {
	struct nl nl;
	struct nl_genl genl;
	bool is_watching;
	unsigned int groups;
};

/* handle.c */

/**
 * podswitch_begin() - begins a request
 * @h: the handle
 * @cmd: PODSWITCH_CMD_*
 * @flags: NLM_F_ACK for a change, NLM_F_DUMP for a dump, 0 to read one thing
 */
static inline void podswitch_begin(struct podswitch *h, uint8_t cmd,
				   uint16_t flags)
{
	nl_genl_message(&h->nl, &h->genl, cmd, flags);
}

/**
 * podswitch_talk() - nl_talk(), which says so if the module is too old
 * @h: the handle
 * @cb: as for nl_talk()
 * @arg: likewise
 *
 * Return: as nl_talk().
 */
int podswitch_talk(struct podswitch *h,
		   int (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg);

/**
 * podswitch_dump() - nl_dump(), which says so if the module is too old
 * @h: the handle
 * @cb: as for nl_dump()
 * @arg: likewise
 *
 * Return: as nl_dump().
 */
int podswitch_dump(struct podswitch *h,
		   int (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg);

/**
 * podswitch_refuse_newer() - refuses what a newer library would know
 * @h: the handle
 * @reserved: what a program leaves 0 unless it was built for a newer one
 * @len: its length in bytes
 *
 * Return: 0; -EINVAL.
 */
int podswitch_refuse_newer(struct podswitch *h, const void *reserved,
			   size_t len);

/* port.c */

/**
 * struct podswitch_port_reader - who receives the ports of a reply
 * @cb: called with each
 * @arg: for @cb
 */
struct podswitch_port_reader {
	podswitch_port_cb *cb;
	void *arg;
};

/**
 * podswitch_read_port() - hands a port on that the kernel reports
 * @nlh: the message
 * @arg: struct podswitch_port_reader
 *
 * Return: what the callback returned.
 */
int podswitch_read_port(const struct nlmsghdr *nlh, void *arg);

/**
 * podswitch_get_owner() - reads an owner out of its attribute
 * @attr: PODSWITCH_A_PORT_OWNER or PODSWITCH_A_VIOLATION_OWNER, or NULL
 * @owner: filled in; the strings stay in the attribute
 */
void podswitch_get_owner(const struct nlattr *attr,
			 struct podswitch_owner *owner);

/* address.c */

/**
 * podswitch_put_addresses() - appends addresses to a request
 * @h: the handle
 * @addresses: the addresses
 * @n_addresses: how many
 *
 * Return: 0; -EINVAL if one is of no known family, or of a newer library.
 */
int podswitch_put_addresses(struct podswitch *h,
			    const struct podswitch_address *addresses,
			    size_t n_addresses);

/**
 * podswitch_get_address() - reads an address out of its attribute
 * @attr: PODSWITCH_A_PORT_ADDRESS
 * @address: filled in
 *
 * Return: whether it is of a known family.
 */
bool podswitch_get_address(const struct nlattr *attr,
			   struct podswitch_address *address);

/**
 * podswitch_get_ip() - reads an address out of the attribute of its family
 * @ipv4: its 4 bytes, or NULL
 * @ipv6: its 16 bytes, or NULL
 * @address: filled in; family 0 without either
 *
 * Return: whether there was one.
 */
bool podswitch_get_ip(const struct nlattr *ipv4, const struct nlattr *ipv6,
		      struct podswitch_address *address);

/* names.c */

/**
 * podswitch_attribute_name() - an attribute's name as the protocol has it
 * @cmd: the command in whose message it stands
 * @type: its type
 *
 * Return: for example "max-ports", or NULL for a value not known.
 */
const char *podswitch_attribute_name(uint8_t cmd, unsigned int type);

/**
 * podswitch_command_name() - a command's name as the protocol has it
 * @cmd: PODSWITCH_CMD_*
 *
 * Return: for example "port-new", or "?" for a value not known.
 */
const char *podswitch_command_name(uint8_t cmd);

/* stats.c */

/**
 * podswitch_get_drops() - reads drops by reason out of their attribute
 * @attr: PODSWITCH_A_STATS_DROPS or PODSWITCH_A_VIOLATION_DROPS, or NULL
 * @drops: PODSWITCH_DROPS_ROOM of them; those not reported stay
 */
void podswitch_get_drops(const struct nlattr *attr, uint64_t *drops);

/**
 * podswitch_get_stats() - reads counters out of their attribute
 * @attr: PODSWITCH_A_SWITCH_STATS or PODSWITCH_A_PORT_STATS, or NULL
 * @stats: filled in
 */
void podswitch_get_stats(const struct nlattr *attr,
			 struct podswitch_stats *stats);

#endif /* _PODSWITCH_HANDLE_H */
