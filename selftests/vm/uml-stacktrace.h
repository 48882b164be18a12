/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before arch/um/kernel/stacktrace.c when uml-debug is built.
 *
 * KASAN keeps the stack of each allocation and of each free. For one of them
 * dump_trace() asks of every word of the stack whether it is an address of code,
 * which took half of the time of a run of genl/fuzz; of those that are, it keeps the
 * ones behind a frame pointer. Here a word that is not behind one is not asked
 * about. What is kept is the same; what an oops prints of a stack is without the
 * entries that would have a question mark.
 */
#include <linux/kernel.h>

#define __kernel_text_address(addr) \
	((unsigned long)sp == bp + sizeof(long) && (__kernel_text_address)(addr))
