/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_SESSION_H
#define _CNI_SESSION_H

#include <net/if.h>
#include <podswitch.h>
#include <rtnl.h>

#include "cni.h"
#include "conf.h"
#include "request.h"

/**
 * struct cni_session - the attachment that a request is about
 * @req: the request
 * @owner: the attachment's name
 * @host_end: name of the host end of the pod's veth pair: a hash of @owner, so
 *	that it is found without any record
 * @host_mac: its MAC address, likewise; it begins as all of the network do
 * @psw: the switches of the host
 * @conf: the network configuration
 * @rtnl: the interfaces of the host
 */
struct cni_session {
	const struct cni_request *req;
	struct podswitch_owner owner;
	char host_end[IFNAMSIZ];
	uint8_t host_mac[6];
	struct podswitch *psw;
	struct cni_conf conf;
	struct nl rtnl;
};

/**
 * cni_session_init() - reads the configuration and names the attachment
 * @s: filled in; cni_session_fini() may follow in any case
 * @req: the request
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_session_init(struct cni_session *s, struct cni_request *req,
		     struct cni_error *err);

/**
 * cni_session_open() - opens the ways to the kernel
 * @s: the session
 * @err: why it failed
 *
 * Return: 0 or -1; in the second case with CNI_ERR_MODULE if podswitch alone
 * is missing, and @s->rtnl can be used.
 */
int cni_session_open(struct cni_session *s, struct cni_error *err);

/**
 * cni_session_fini() - ends a session
 * @s: the session
 */
void cni_session_fini(struct cni_session *s);

/**
 * typedef cni_session_fn - the steps of a verb
 * @s: the session, whose ways to the kernel are not open
 * @err: why they failed
 *
 * Return: 0 or -1.
 */
typedef int cni_session_fn(struct cni_session *s, struct cni_error *err);

/**
 * cni_session_run() - carries out a verb that has no result
 * @req: the request
 * @steps: its steps, once the session is there
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_session_run(struct cni_request *req, cni_session_fn *steps,
		    struct cni_error *err);

/**
 * cni_session_made() - did an ADD of this network make a device?
 * @s: the session
 * @link: the device
 *
 * Host ends have names and MAC addresses of their own: from these a pair is
 * known that a killed ADD left before it was a port, and so without an owner.
 *
 * Return: whether it is the host end of an attachment to the network.
 */
bool cni_session_made(const struct cni_session *s, const struct nl_link *link);

/**
 * cni_session_owns() - is this our attachment?
 * @s: the session
 * @owner: owner of a port
 *
 * Return: whether network, container and interface are the session's.
 */
bool cni_session_owns(const struct cni_session *s,
		      const struct podswitch_owner *owner);

#endif /* _CNI_SESSION_H */
