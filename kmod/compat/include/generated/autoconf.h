/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's configuration, which says what the compiler that built the
 * kernel can do. When clang builds a module for a kernel that gcc built, say
 * what clang cannot: it does not reach per-CPU data by gcc's address spaces.
 *
 * No guard: the file behind this one has none.
 */
#include_next <generated/autoconf.h>

#if defined(__clang__) && defined(CONFIG_CC_IS_GCC)
#undef CONFIG_CC_IS_GCC
#define CONFIG_CC_IS_CLANG 1
#undef CONFIG_CC_HAS_NAMED_AS
#undef CONFIG_USE_X86_SEG_SUPPORT
#endif
