/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_REQUEST_H
#define _CNI_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "cni.h"

/* What a verb cannot do without. */
enum {
	CNI_NEED_ATTACHMENT = 1 << 0,	/* CNI_CONTAINERID, CNI_IFNAME */
	CNI_NEED_NETNS = 1 << 1,	/* CNI_NETNS */
	CNI_NEED_INPUT = 1 << 2,	/* a configuration on stdin */
	CNI_NEED_ALL = CNI_NEED_ATTACHMENT | CNI_NEED_NETNS | CNI_NEED_INPUT,
};

/**
 * struct cni_request - what the runtime asks for
 * @container_id: CNI_CONTAINERID
 * @netns: CNI_NETNS
 * @ifname: CNI_IFNAME
 * @args: CNI_ARGS
 * @path: CNI_PATH
 * @input: what came on stdin, terminated
 * @version: the configuration's cniVersion as soon as it is known to be one
 *	that we speak; errors are told in it
 * @patience_ms: how long a delegated plugin may take
 *
 * A variable that is absent or empty is NULL.
 */
struct cni_request {
	const char *container_id;
	const char *netns;
	const char *ifname;
	const char *args;
	const char *path;
	char *input;
	const char *version;
	int64_t patience_ms;
};

/**
 * cni_request_read() - reads environment and stdin, and judges the former
 * @req: filled in; cni_request_fini() may follow in any case
 * @needs: CNI_NEED_*
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_request_read(struct cni_request *req, unsigned int needs,
		     struct cni_error *err);

/**
 * cni_request_judge() - judges what the environment says
 * @req: the request
 * @needs: CNI_NEED_*
 * @err: what is missing, or wrong
 *
 * Return: 0 or -1.
 */
int cni_request_judge(struct cni_request *req, unsigned int needs,
		      struct cni_error *err);

/**
 * cni_request_fini() - frees what a request holds
 * @req: the request
 */
void cni_request_fini(struct cni_request *req);

/**
 * cni_name_valid() - judges a container id or network name
 * @name: the name
 *
 * Return: whether it begins with a letter or digit, goes on with these and
 * "_.-", and fits into a port's owner.
 */
bool cni_name_valid(const char *name);

/**
 * cni_ifname_valid() - judges the name of a network interface
 * @name: the name
 *
 * Return: whether the kernel takes it as it is, and JSON does.
 */
bool cni_ifname_valid(const char *name);

#endif /* _CNI_REQUEST_H */
