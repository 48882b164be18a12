/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_RCUPDATE_H
#define _PSW_COMPAT_LINUX_RCUPDATE_H

#include_next <linux/rcupdate.h>

#ifdef PSW_LACKS_MUST_HOLD_SHARED
#define __must_hold_shared(...)
#endif

#endif /* _PSW_COMPAT_LINUX_RCUPDATE_H */
