/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_COMPAT_LINUX_UNALIGNED_H
#define _PSW_COMPAT_LINUX_UNALIGNED_H

#ifdef PSW_LACKS_UNALIGNED
#include <asm/unaligned.h>
#else
#include_next <linux/unaligned.h>
#endif

#endif /* _PSW_COMPAT_LINUX_UNALIGNED_H */
