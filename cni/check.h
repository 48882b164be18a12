/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_CHECK_H
#define _CNI_CHECK_H

#include "addressing.h"
#include "cni.h"
#include "pod.h"
#include "session.h"

/**
 * struct cni_checking - an attachment that is looked at
 * @s: the session
 * @pod: the pod
 * @sw: its switch
 * @host_end: the host end of its veth pair
 * @interface: index of its interface in prevResult
 * @mac: MAC address of its interface in prevResult, or NULL
 * @ad: addresses and routes in prevResult, other interfaces' among them
 * @err: what is wrong
 */
struct cni_checking {
	struct cni_session s;
	struct cni_pod pod;
	struct podswitch_switch sw;
	struct nl_link host_end;
	int interface;
	const char *mac;
	struct cni_addressing ad;
	struct cni_error *err;
};

/* check_host.c */

/**
 * cni_check_host() - are switch, host end and port as they were made?
 * @c: what is looked at; its switch and host end are filled in
 *
 * Return: 0 or -1.
 */
int cni_check_host(struct cni_checking *c);

/* check_pod.c */

/**
 * cni_check_pod() - are the pod's interface, addresses and routes there?
 * @c: what is looked at, with its host end
 *
 * Return: 0 or -1.
 */
int cni_check_pod(struct cni_checking *c);

#endif /* _CNI_CHECK_H */
