/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_NET_GENETLINK_H
#define _PSW_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

#ifdef PSW_LACKS_GENL_INFO_DUMP
/* Of the two structures the callers read the same member, attrs. */
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

#ifdef PSW_LACKS_GENL_SPLIT_OPS
int psw_genl_register_split(struct genl_family *family);
#define genl_register_family(family) psw_genl_register_split(family)
#endif

#endif /* _PSW_COMPAT_NET_GENETLINK_H */
