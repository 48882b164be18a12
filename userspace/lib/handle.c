// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"
#include "reason.h"

#ifndef PODSWITCH_VERSION
#define PODSWITCH_VERSION "unknown"
#endif

const char *podswitch_version(void)
{
	return PODSWITCH_VERSION;
}

int podswitch_refuse_newer(struct podswitch *h, const void *reserved,
			   size_t len)
{
	const unsigned char *byte = reserved;

	for (; len; len--, byte++)
		if (*byte)
			return nl_fail(&h->nl, -EINVAL,
				       "The program asks for what libpodswitch %s does not know",
				       podswitch_version());
	return 0;
}

/* Whoever tried to load it knows more. */
static int podswitch_fail_unloaded(struct podswitch *h)
{
	char reason[PODSWITCH_REASON_SIZE];
	bool is_known = podswitch_read_reason(PODSWITCH_REASON_FILE, reason);

	return nl_fail(&h->nl, -ENOENT,
		       "The kernel module podswitch is not loaded%s%s",
		       is_known ? ": " : "", is_known ? reason : "");
}

/*
 * What is added to the protocol leaves its version as it is: who does not use
 * it need not know of it. Another version is another protocol.
 */
static int podswitch_check_version(struct podswitch *h)
{
	uint32_t version = h->genl.version;

	if (version == PODSWITCH_FAMILY_VERSION)
		return 0;
	return nl_fail(&h->nl, -EPROTONOSUPPORT,
		       "The module speaks version %u of the protocol and libpodswitch %s version %d: update the %s of the two",
		       version, podswitch_version(), PODSWITCH_FAMILY_VERSION,
		       version < PODSWITCH_FAMILY_VERSION ? "first" : "second");
}

int podswitch_open(struct podswitch **handle)
{
	struct podswitch *h;
	int err;

	/* Mostly buffers that are written before they are read. */
	h = malloc(sizeof(*h));
	*handle = h;
	if (!h)
		return -ENOMEM;
	h->genl = (struct nl_genl){ 0 };
	h->is_watching = false;
	h->groups = 0;
	err = nl_open(&h->nl, NETLINK_GENERIC);
	if (err)
		return err;
	err = nl_genl_resolve(&h->nl, PODSWITCH_FAMILY_NAME, NULL, &h->genl);
	if (err == -ENOENT)
		return podswitch_fail_unloaded(h);
	if (err)
		return nl_fail(&h->nl, err,
			       "Cannot look for podswitch in the kernel: %s",
			       strerror(-err));
	return podswitch_check_version(h);
}

void podswitch_close(struct podswitch *h)
{
	if (!h)
		return;
	nl_close(&h->nl);
	free(h);
}

const char *podswitch_error(const struct podswitch *h)
{
	return nl_error(&h->nl);
}

/* The attribute of the last request that the kernel pointed at, or NULL. */
static const struct nlattr *podswitch_refused(const struct podswitch *h)
{
	const struct nlmsghdr *request = nl_request(&h->nl, h->nl.failed);
	const struct nlattr *attr;
	size_t end;

	if (!request || !h->nl.error_offset)
		return NULL;
	mnl_attr_for_each(attr, request, GENL_HDRLEN) {
		end = (size_t)((const char *)mnl_attr_next(attr) -
			       (const char *)request);
		if (h->nl.error_offset < end)
			return attr;
	}
	return NULL;
}

const char *podswitch_error_attribute(const struct podswitch *h)
{
	const struct nlmsghdr *request = nl_request(&h->nl, h->nl.failed);
	const struct nlattr *attr = podswitch_refused(h);
	const struct genlmsghdr *genl;
	unsigned int type;

	if (!request)
		return NULL;
	genl = mnl_nlmsg_get_payload(request);
	type = attr ? mnl_attr_get_type(attr) : h->nl.error_missing;
	return podswitch_attribute_name(genl->cmd, type);
}

/* What the kernel says of an attribute that it has no name for. */
static bool podswitch_is_unknown(const char *error)
{
	return !strcmp(error, "Unknown attribute type") ||
	       !strcmp(error, "Unsupported attribute");
}

/* A refusal that comes of the module's age is told as such. */
static int podswitch_explain(struct podswitch *h, int err)
{
	const struct nlattr *attr = podswitch_refused(h);
	const struct nlmsghdr *request = nl_request(&h->nl, h->nl.failed);
	const char *error = podswitch_error(h);
	const struct genlmsghdr *genl;
	bool is_inside;

	if (!request)
		return err;
	genl = mnl_nlmsg_get_payload(request);
	if (err == -EOPNOTSUPP && !strcmp(error, strerror(EOPNOTSUPP))) {
		snprintf(h->nl.error, sizeof(h->nl.error),
			 "The module is older than this program: it does not know the command %s",
			 podswitch_command_name(genl->cmd));
	} else if (err == -EINVAL && attr && podswitch_is_unknown(error)) {
		is_inside = (const char *)attr - (const char *)request !=
			    (ptrdiff_t)h->nl.error_offset;
		snprintf(h->nl.error, sizeof(h->nl.error),
			 "The module is older than this program: it does not know %s attribute %s",
			 is_inside ? "all of the" : "the",
			 podswitch_attribute_name(genl->cmd,
						  mnl_attr_get_type(attr)));
	}
	return err;
}

int podswitch_talk(struct podswitch *h,
		   int (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	return podswitch_explain(h, nl_talk(&h->nl, cb, arg));
}

int podswitch_dump(struct podswitch *h,
		   int (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	return podswitch_explain(h, nl_dump(&h->nl, cb, arg));
}

int podswitch_error_address(const struct podswitch *h)
{
	const struct nlmsghdr *request = nl_request(&h->nl, h->nl.failed);
	const struct nlattr *refused = podswitch_refused(h);
	const struct nlattr *attr;
	int index = -1;

	if (!refused || mnl_attr_get_type(refused) != PODSWITCH_A_PORT_ADDRESS)
		return -1;
	mnl_attr_for_each(attr, request, GENL_HDRLEN) {
		index += mnl_attr_get_type(attr) == PODSWITCH_A_PORT_ADDRESS;
		if (attr == refused)
			break;
	}
	return index;
}
