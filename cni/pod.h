/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_POD_H
#define _CNI_POD_H

#include <rtnl.h>

#include "addressing.h"
#include "cni.h"
#include "conf.h"
#include "request.h"

/**
 * struct cni_pod - a pod's network namespace, and our interface in it
 * @netns: the namespace, open
 * @host_netns: the host's, open
 * @ifname: CNI_IFNAME
 * @ifindex: the interface's index, as soon as it is there
 * @mac: the MAC address that it is to have
 */
struct cni_pod {
	int netns;
	int host_netns;
	const char *ifname;
	uint32_t ifindex;
	uint8_t mac[6];
};

/**
 * cni_pod_open() - opens CNI_NETNS
 * @pod: filled in; cni_pod_close() may follow in any case
 * @req: the request
 * @err: why it failed: it may be the host's own, for example
 *
 * Return: 0 or -1.
 */
int cni_pod_open(struct cni_pod *pod, const struct cni_request *req,
		 struct cni_error *err);

/**
 * cni_pod_close() - closes the namespaces
 * @pod: the pod
 */
void cni_pod_close(struct cni_pod *pod);

/**
 * cni_pod_rtnl() - opens a handle of NETLINK_ROUTE inside the pod
 * @pod: the pod
 * @nl: the handle; nl_close() may follow in any case
 * @ipv6: the interface must be able to have IPv6 addresses
 * @err: why it failed
 *
 * The caller is inside for no longer than this takes.
 *
 * Return: 0 or -1.
 */
int cni_pod_rtnl(const struct cni_pod *pod, struct nl *nl, bool ipv6,
		 struct cni_error *err);

/**
 * cni_pod_find() - looks whether the pod has an interface of our name already
 * @pod: the pod
 * @link: filled in; its ifindex and flags are 0 if there is none
 * @err: why it failed
 *
 * Return: 0, also if there is none, or -1.
 */
int cni_pod_find(const struct cni_pod *pod, struct nl_link *link,
		 struct cni_error *err);

/**
 * cni_pod_configure() - sets the pod's interface up, with addresses and routes
 * @pod: the pod
 * @ad: addresses and routes; a default route that the pod has already from
 *	another network is taken out
 * @conf: the configuration
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_pod_configure(const struct cni_pod *pod, struct cni_addressing *ad,
		      const struct cni_conf *conf, struct cni_error *err);

#endif /* _CNI_POD_H */
