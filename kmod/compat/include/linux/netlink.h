/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_NETLINK_H
#define _PSW_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

#ifdef PSW_LACKS_EXTACK_FMT
const char *psw_extack_fmt(const char *fmt, ...) __printf(1, 2);

#undef NL_SET_ERR_MSG_FMT
#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__fmt_extack = (extack);		\
									\
	if (__fmt_extack)						\
		__fmt_extack->_msg = psw_extack_fmt(fmt, ##args);	\
} while (0)

#define NL_SET_ERR_MSG_ATTR_FMT(extack, attr, fmt, args...) do {	\
	struct netlink_ext_ack *__attr_extack = (extack);		\
									\
	NL_SET_ERR_MSG_FMT(__attr_extack, fmt, ##args);			\
	NL_SET_BAD_ATTR(__attr_extack, attr);				\
} while (0)
#endif

#endif /* _PSW_COMPAT_LINUX_NETLINK_H */
