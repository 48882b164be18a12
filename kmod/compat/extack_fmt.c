// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/netlink.h>

#define PSW_EXTACK_TEXTS 64
#define PSW_EXTACK_LEN 96

/**
 * psw_extack_fmt() - text for an extended acknowledgment that can only point
 * at text
 * @fmt: as printf() has it
 *
 * The text is read by the core right after the operation, so a ring of them
 * serves; 64 refusals at the same instant would mix up words, never more.
 *
 * Context: any.
 * Return: the text, which stays for as long as the module.
 */
const char *psw_extack_fmt(const char *fmt, ...)
{
	static char texts[PSW_EXTACK_TEXTS][PSW_EXTACK_LEN];
	static atomic_t next;
	va_list args;
	char *text;

	text = texts[(unsigned int)atomic_inc_return(&next) % PSW_EXTACK_TEXTS];
	va_start(args, fmt);
	vscnprintf(text, PSW_EXTACK_LEN, fmt, args);
	va_end(args);
	return text;
}
