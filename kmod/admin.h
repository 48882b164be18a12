/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_ADMIN_H
#define _PSW_ADMIN_H

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/netlink.h>

/**
 * psw_check_admin() - whether the caller may change switches and ports
 * @extack: for the reason of a refusal
 *
 * The generic netlink commands have the core ask this. What rtnetlink calls
 * has to ask itself: rtnetlink is content with the administrator of the
 * namespace, who may be anybody.
 *
 * Context: the process that asks.
 * Return: 0 or -EPERM.
 */
static inline int psw_check_admin(struct netlink_ext_ack *extack)
{
	if (capable(CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "A podswitch needs CAP_NET_ADMIN in the initial user namespace");
	return -EPERM;
}

#endif /* _PSW_ADMIN_H */
