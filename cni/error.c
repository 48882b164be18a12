// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include <stdarg.h>
#include <stdio.h>

int cni_fail(struct cni_error *err, int code, const char *format, ...)
{
	va_list args;

	err->code = code;
	err->details[0] = '\0';
	va_start(args, format);
	vsnprintf(err->msg, sizeof(err->msg), format, args);
	va_end(args);
	return -1;
}

int cni_explain(struct cni_error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->details, sizeof(err->details), format, args);
	va_end(args);
	return -1;
}
