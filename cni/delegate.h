/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_DELEGATE_H
#define _CNI_DELEGATE_H

#include "addressing.h"
#include "cni.h"
#include "conf.h"
#include "request.h"

/**
 * cni_delegated() - has the network another IPAM plugin than ourselves?
 * @conf: the configuration
 *
 * Return: whether it has.
 */
bool cni_delegated(const struct cni_conf *conf);

/**
 * cni_delegate() - runs the network's IPAM plugin
 * @req: the request
 * @conf: the configuration
 * @verb: CNI_COMMAND
 * @ad: filled in from the plugin's result, or NULL where there is none; to be
 *	ended by cni_addressing_fini()
 * @err: why it failed; what the plugin itself said, if it did
 *
 * Context: in the host's network namespace.
 *
 * Return: 0 or -1.
 */
int cni_delegate(const struct cni_request *req, const struct cni_conf *conf,
		 const char *verb, struct cni_addressing *ad,
		 struct cni_error *err);

#endif /* _CNI_DELEGATE_H */
