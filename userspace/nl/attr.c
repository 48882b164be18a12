// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nl.h"

#include <string.h>

/* What may still be written to, counted from the message being built. */
static size_t nl_room(const struct nl *nl)
{
	return (size_t)(nl->tx + sizeof(nl->tx) - (const char *)nl->msg);
}

void nl_put(struct nl *nl, uint16_t type, const void *data, size_t len)
{
	size_t pad = MNL_ALIGN(len) - len;

	if (nl->overflow)
		return;
	nl->overflow = len > sizeof(nl->tx) ||
		       !mnl_attr_put_check(nl->msg, nl_room(nl), type, len,
					   data);
	/* Not each libmnl does it, and what was there is nobody's business. */
	if (!nl->overflow)
		memset((char *)mnl_nlmsg_get_payload_tail(nl->msg) - pad, 0,
		       pad);
}

void nl_put_u8(struct nl *nl, uint16_t type, uint8_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

void nl_put_u16(struct nl *nl, uint16_t type, uint16_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

void nl_put_u32(struct nl *nl, uint16_t type, uint32_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

void nl_put_str(struct nl *nl, uint16_t type, const char *value)
{
	nl_put(nl, type, value, strlen(value) + 1);
}

struct nlattr *nl_nest_start(struct nl *nl, uint16_t type)
{
	struct nlattr *nest;

	if (nl->overflow)
		return NULL;
	nest = mnl_attr_nest_start_check(nl->msg, nl_room(nl), type);
	nl->overflow = !nest;
	return nest;
}

void nl_nest_end(struct nl *nl, struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(nl->msg, nest);
}

/* Attributes that a newer kernel sends and we do not know are skipped. */
static void nl_note(const struct nlattr *attr, const struct nlattr **tb,
		    unsigned int max)
{
	unsigned int type = mnl_attr_get_type(attr);

	if (type <= max)
		tb[type] = attr;
}

void nl_parse(const struct nlmsghdr *nlh, size_t header_len,
	      const struct nlattr **tb, unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each(attr, nlh, header_len) {
		nl_note(attr, tb, max);
	}
}

void nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb,
		     unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest) {
		nl_note(attr, tb, max);
	}
}

uint64_t nl_get_uint(const struct nlattr *attr)
{
	uint64_t value64;
	uint32_t value32;
	uint16_t value16;
	uint8_t value8;

	if (nl_get_bytes(attr, &value64, sizeof(value64)))
		return value64;
	if (nl_get_bytes(attr, &value32, sizeof(value32)))
		return value32;
	if (nl_get_bytes(attr, &value16, sizeof(value16)))
		return value16;
	if (nl_get_bytes(attr, &value8, sizeof(value8)))
		return value8;
	return 0;
}

uint32_t nl_get_u32(const struct nlattr *attr)
{
	uint64_t value = nl_get_uint(attr);

	return value > UINT32_MAX ? 0 : (uint32_t)value;
}

uint16_t nl_get_u16(const struct nlattr *attr)
{
	uint64_t value = nl_get_uint(attr);

	return value > UINT16_MAX ? 0 : (uint16_t)value;
}

const char *nl_get_str(const struct nlattr *attr)
{
	const char *value;

	if (!attr)
		return NULL;
	value = mnl_attr_get_payload(attr);
	if (!memchr(value, '\0', mnl_attr_get_payload_len(attr)))
		return NULL;
	return value;
}

void nl_copy_str(const struct nlattr *attr, char *to, size_t size)
{
	const char *value = nl_get_str(attr);
	size_t len;

	if (!value)
		value = "";
	len = strnlen(value, size - 1);
	memcpy(to, value, len);
	to[len] = '\0';
}

bool nl_get_bytes(const struct nlattr *attr, void *to, size_t len)
{
	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}
