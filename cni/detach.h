/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_DETACH_H
#define _CNI_DETACH_H

#include "cni.h"
#include "session.h"

/**
 * cni_detach() - removes whatever there is of an attachment
 * @s: the session, opened as far as it could be
 * @err: what could not be removed
 *
 * This is DEL, and what undoes an ADD at whatever step it failed. It goes by
 * the kernel's own state, takes nothing that belongs to another attachment,
 * and goes on behind failures. What is missing is no failure.
 *
 * Return: 0 or -1.
 */
int cni_detach(struct cni_session *s, struct cni_error *err);

/**
 * cni_detach_ours() - is the device of our host end's name ours?
 * @s: the session
 * @link: the device
 *
 * Return: whether it is the attachment's, or what is left of a failed ADD.
 */
bool cni_detach_ours(struct cni_session *s, const struct nl_link *link);

/**
 * cni_detach_link() - removes the attachment's veth pair, and the port with it
 * @s: the session; its owner and host end say which
 * @err: why it could not be removed
 *
 * Return: 0, also if there is none or it is not ours; or -1.
 */
int cni_detach_link(struct cni_session *s, struct cni_error *err);

/**
 * cni_detach_masquerade() - ends masquerading if the network's last port
 *	is gone
 * @s: the session
 * @err: why it could not be ended
 *
 * Return: 0 or -1.
 */
int cni_detach_masquerade(struct cni_session *s, struct cni_error *err);

#endif /* _CNI_DETACH_H */
