// SPDX-License-Identifier: GPL-2.0
#include "doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DOCTOR_FILE_MAX = 4 << 20,
};

void doctor_path(const struct doctor *d, char *path, const char *format, ...)
{
	va_list args;
	int len;

	len = snprintf(path, DOCTOR_PATH, "%s", d->root);
	if (len < 0 || len >= DOCTOR_PATH)
		len = 0;
	va_start(args, format);
	vsnprintf(path + len, (size_t)(DOCTOR_PATH - len), format, args);
	va_end(args);
}

bool doctor_has(const struct doctor *d, const char *path)
{
	char full[DOCTOR_PATH];

	doctor_path(d, full, "%s", path);
	return !access(full, F_OK);
}

/* Files of /proc have no length that they tell. */
static char *doctor_read_stream(FILE *in)
{
	char *text = NULL;
	char chunk[4096];
	size_t len = 0;
	size_t size;
	size_t got;
	FILE *to;

	to = open_memstream(&text, &size);
	if (!to)
		return NULL;
	do {
		got = fread(chunk, 1, sizeof(chunk), in);
		len += got;
		fwrite(chunk, 1, got, to);
	} while (got == sizeof(chunk) && len < DOCTOR_FILE_MAX);
	if (fclose(to) || ferror(in)) {
		free(text);
		return NULL;
	}
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return text;
}

char *doctor_read(const struct doctor *d, const char *path)
{
	char full[DOCTOR_PATH];
	char *text;
	FILE *in;

	doctor_path(d, full, "%s", path);
	in = fopen(full, "re");
	if (!in)
		return NULL;
	text = doctor_read_stream(in);
	fclose(in);
	return text;
}

long doctor_number(const struct doctor *d, const char *path)
{
	char *text = doctor_read(d, path);
	long number = -1;
	char *end;

	if (!text)
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end)
		number = -1;
	free(text);
	return number;
}
