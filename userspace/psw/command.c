// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool psw_matches(const char *word, const char *full)
{
	return *word && !strncmp(word, full, strlen(word));
}

int psw_complain(const struct psw *psw, int status, const char *format, ...)
{
	va_list args;

	fputs("psw: ", stderr);
	if (psw->what[0])
		fprintf(stderr, "%s: ", psw->what);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

const struct psw_word *psw_find(const struct psw_word *table, const char *word)
{
	for (; table->word; table++)
		if (psw_matches(word, table->word))
			return table;
	return NULL;
}

int psw_object(struct psw *psw, const char *object,
	       const struct psw_word *verbs, const char *usage, char **words)
{
	const char *word = *words ? *words++ : "show";
	const struct psw_word *verb = psw_find(verbs, word);

	if (verb) {
		snprintf(psw->what, sizeof(psw->what), "%s %s", object,
			 verb->word);
		return verb->run(psw, words);
	}
	if (psw_matches(word, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	snprintf(psw->what, sizeof(psw->what), "%s", object);
	return psw_complain(psw, PSW_USAGE,
			    "unknown verb \"%s\"; try \"psw %s help\"", word,
			    object);
}

int psw_open(struct psw *psw)
{
	int err = podswitch_open(&psw->h);

	if (!psw->h)
		return psw_complain(psw, PSW_FAILED, "%s", strerror(-err));
	return psw_result(psw, NULL, err);
}

int psw_result(const struct psw *psw, const char *subject, int err)
{
	const char *attribute;

	if (!err)
		return PSW_DONE;
	attribute = podswitch_error_attribute(psw->h);
	return psw_complain(psw, PSW_FAILED, "%s%s%s%s%s%s",
			    subject ? subject : "", subject ? ": " : "",
			    podswitch_error(psw->h),
			    attribute ? " (" : "", attribute ? attribute : "",
			    attribute ? ")" : "");
}

int psw_ifindex(const struct psw *psw, const char *name, uint32_t *ifindex)
{
	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return PSW_DONE;
	return psw_complain(psw, PSW_FAILED, "%s: No such device", name);
}

int psw_open_device(struct psw *psw, const char *name, uint32_t *ifindex)
{
	int status;

	status = psw_open(psw);
	if (status)
		return status;
	return psw_ifindex(psw, name, ifindex);
}
