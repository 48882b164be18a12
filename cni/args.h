/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_ARGS_H
#define _CNI_ARGS_H

#include "cni.h"

/**
 * struct cni_args - what is understood of CNI_ARGS
 * @ip: an address that the pod is to have
 * @mac: the MAC address that the pod is to have
 * @pod_namespace: Kubernetes namespace of the pod
 * @pod_name: Kubernetes name of the pod
 * @text: the memory that the others point into
 *
 * A member is NULL where it is not given.
 */
struct cni_args {
	const char *ip;
	const char *mac;
	const char *pod_namespace;
	const char *pod_name;
	char *text;
};

/**
 * cni_args_read() - takes CNI_ARGS apart
 * @args: filled in; cni_args_fini() may follow in any case
 * @text: "K=V;K=V", or NULL
 * @err: why it failed
 *
 * A key that is not known is refused unless IgnoreUnknown says otherwise.
 *
 * Return: 0 or -1.
 */
int cni_args_read(struct cni_args *args, const char *text,
		  struct cni_error *err);

/**
 * cni_args_fini() - frees what was read
 * @args: the arguments
 */
void cni_args_fini(struct cni_args *args);

#endif /* _CNI_ARGS_H */
