/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_RTNETLINK_H
#define _PSW_COMPAT_LINUX_RTNETLINK_H

#include_next <linux/rtnetlink.h>
#include <linux/netlink.h>

/* How many entries of a device the earlier messages of an fdb dump had. */
static inline int psw_fdb_dump_from(const struct netlink_callback *cb)
{
#ifdef PSW_LACKS_FDB_DUMP_CONTEXT
	return cb->args[2];
#else
	return ((const struct ndo_fdb_dump_context *)cb->ctx)->fdb_idx;
#endif
}

#endif /* _PSW_COMPAT_LINUX_RTNETLINK_H */
