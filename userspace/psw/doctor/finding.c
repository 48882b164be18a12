// SPDX-License-Identifier: GPL-2.0
#include "doctor.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "psw.h"

enum {
	DOCTOR_TEXT = 2048,
	DOCTOR_LINES = 10,	/* of a check, as text; JSON has them all */
};

static const char *const doctor_words[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_NOTICE] = "notice",
	[DOCTOR_PROBLEM] = "problem",
};

static void doctor_add_row(struct doctor *d, enum doctor_status status,
			   const char *subject, const char *text)
{
	d->last = print_add_row(d->findings);
	print_add_string(d->last, "check", d->check);
	print_add_string(d->last, "status", doctor_words[status]);
	print_add_string(d->last, "subject", subject);
	print_add_string(d->last, "text", text);
}

void doctor_find(struct doctor *d, enum doctor_status status,
		 const char *subject, const char *format, ...)
{
	char text[DOCTOR_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	doctor_add_row(d, status, subject, text);
}

void doctor_add(struct doctor *d, const char *key, const char *format, ...)
{
	char text[DOCTOR_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_add_string(d->last, key, text);
}

void doctor_fine(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->fine, sizeof(d->fine), format, args);
	va_end(args);
}

void doctor_examine(struct doctor *d, const char *check,
		    void (*run)(struct doctor *d))
{
	const cJSON *before = d->last;

	d->check = check;
	d->fine[0] = '\0';
	run(d);
	if (d->last == before)
		doctor_add_row(d, DOCTOR_OK, NULL, d->fine);
}

const char *doctor_quote(const char *word, char *quoted)
{
	static const char plain[] = "-_./:@%+,=";
	const char *end = word + strnlen(word, 256);
	const char *s = word;
	char *to = quoted;

	while (s < end && (isalnum((unsigned char)*s) || strchr(plain, *s)))
		s++;
	if (s == end && s > word) {
		memcpy(quoted, word, (size_t)(end - word));
		quoted[end - word] = '\0';
		return quoted;
	}
	*to++ = '\'';
	for (s = word; s < end; s++) {
		if (*s == '\'') {
			memcpy(to, "'\\''", 4);
			to += 4;
		} else {
			*to++ = *s;
		}
	}
	*to++ = '\'';
	*to = '\0';
	return quoted;
}

static const char *doctor_member(const cJSON *row, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, key);

	return item ? item->valuestring : "";
}

static bool doctor_is(const cJSON *row, enum doctor_status status)
{
	return !strcmp(doctor_member(row, "status"), doctor_words[status]);
}

static void doctor_add_more(cJSON *row, unsigned int left)
{
	char text[64];

	snprintf(text, sizeof(text),
		 "and %u more, which psw -j doctor shows", left);
	print_add_string(row, "text", text);
}

static void doctor_text_details(FILE *out, const cJSON *row)
{
	static const char *const keys[] = { "why", "look", "mend" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!cJSON_HasObjectItem(row, keys[i]))
			continue;
		fprintf(out, "    %s: ", keys[i]);
		print_member(out, row, keys[i]);
		fputc('\n', out);
	}
}

static const struct print_column doctor_columns[] = {
	{ "STATUS", "status", NULL },
	{ "CHECK", "check", NULL },
	{ "FINDING", "text", NULL },
};

/* Of a check that found much, as much as a person reads; worst first. */
static void doctor_shorten(struct doctor *d, cJSON *list, const char *check)
{
	unsigned int status = DOCTOR_PROBLEM + 1;
	unsigned int left = 0;
	unsigned int n = 0;
	cJSON *row;

	while (status-- > DOCTOR_OK) {
		cJSON_ArrayForEach(row, d->findings) {
			if (strcmp(doctor_member(row, "check"), check) ||
			    !doctor_is(row, status))
				continue;
			if (n++ < DOCTOR_LINES)
				cJSON_AddItemReferenceToArray(list, row);
			else
				left++;
		}
	}
	if (!left)
		return;
	row = print_add_row(list);
	print_add_string(row, "check", check);
	print_add_string(row, "status", doctor_words[DOCTOR_NOTICE]);
	doctor_add_more(row, left);
}

/* The findings for a person, check by check; the rows stay the long list's. */
static cJSON *doctor_short(struct doctor *d)
{
	cJSON *list = print_list();
	const char *before = "";
	const cJSON *row;

	cJSON_ArrayForEach(row, d->findings) {
		if (strcmp(doctor_member(row, "check"), before))
			doctor_shorten(d, list, doctor_member(row, "check"));
		before = doctor_member(row, "check");
	}
	return list;
}

int doctor_print(FILE *out, struct doctor *d, const struct print_view *view)
{
	struct print_view full = *view;
	int status = PSW_DONE;
	const cJSON *row;

	full.columns = doctor_columns;
	full.n_columns = ARRAY_SIZE(doctor_columns);
	full.details = doctor_text_details;
	cJSON_ArrayForEach(row, d->findings) {
		if (doctor_is(row, DOCTOR_PROBLEM))
			status = PSW_FAILED;
	}
	if (view->json)
		return print_rows(out, d->findings, &full, PSW_DONE) ?: status;
	if (print_rows(out, doctor_short(d), &full, PSW_DONE))
		status = PSW_FAILED;
	cJSON_Delete(d->findings);
	return status;
}
