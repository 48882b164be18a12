/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_ETHTOOL_H
#define _PSW_COMPAT_LINUX_ETHTOOL_H

#include_next <linux/ethtool.h>

#ifdef PSW_LACKS_ETHTOOL_PUTS
static inline void ethtool_puts(u8 **data, const char *str)
{
	strscpy(*data, str, ETH_GSTRING_LEN);
	*data += ETH_GSTRING_LEN;
}
#endif

#endif /* _PSW_COMPAT_LINUX_ETHTOOL_H */
