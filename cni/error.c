// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io.h"

#define CNI_CUT "..."

/*
 * What is quoted may be anything: an error is UTF-8 all the same, as JSON is
 * (RFC 8259 8.1), and says where it was cut.
 */
static void cni_format(char *to, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(to, size, format, args);

	if (len >= (int)size && size >= sizeof(CNI_CUT))
		strcpy(to + size - sizeof(CNI_CUT), CNI_CUT);
	for (; *(to += cni_utf8_span(to)); to++)
		*to = '?';
}

__attribute__((format(printf, 3, 4)))
static void cni_print(char *to, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cni_format(to, size, format, args);
	va_end(args);
}

int cni_fail(struct cni_error *err, int code, const char *format, ...)
{
	va_list args;

	err->code = code;
	err->details[0] = '\0';
	va_start(args, format);
	cni_format(err->msg, sizeof(err->msg), format, args);
	va_end(args);
	return -1;
}

int cni_explain(struct cni_error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cni_format(err->details, sizeof(err->details), format, args);
	va_end(args);
	return -1;
}

int cni_kernel_code(int ret)
{
	switch (ret) {
	case -EAGAIN:
	case -EINTR:
	case -ENOBUFS:
	case -ENOMEM:
	case -ETIMEDOUT:
		return CNI_ERR_TRY_AGAIN;
	default:
		return CNI_ERR_KERNEL;
	}
}

void cni_join(struct cni_error *all, const struct cni_error *one)
{
	size_t len = strlen(all->details);

	if (!all->code) {
		*all = *one;
		return;
	}
	cni_print(all->details + len, sizeof(all->details) - len, "%s%s",
		  len ? "; " : "", one->msg);
}
