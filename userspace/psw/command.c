// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "print.h"

bool psw_matches(const char *word, const char *full)
{
	return *word && !strncmp(word, full, strlen(word));
}

int psw_complain(const struct psw *psw, int status, const char *format, ...)
{
	char *why = NULL;
	va_list args;

	if (psw->completion)
		return status;
	va_start(args, format);
	if (vasprintf(&why, format, args) < 0)
		why = NULL;
	va_end(args);
	fputs("psw: ", stderr);
	if (psw->batch) {
		fputs("batch ", stderr);
		print_safe(stderr, psw->batch);
		fprintf(stderr, ":%u: ", psw->line);
	}
	if (psw->what[0])
		fprintf(stderr, "%s: ", psw->what);
	print_safe(stderr, why ? why : "Out of memory");
	fputc('\n', stderr);
	free(why);
	return status;
}

const struct psw_word *psw_find(const struct psw_word *table, const char *word)
{
	for (; table->word; table++)
		if (psw_matches(word, table->word))
			return table;
	return NULL;
}

void psw_offer(const struct psw *psw, const struct psw_word *table)
{
	const struct psw_word *first = table;

	for (; table->word; table++)
		if (table == first || table->run != table[-1].run)
			psw->completion->offer(psw, table->word);
}

int psw_object(struct psw *psw, const char *object,
	       const struct psw_word *verbs, const char *usage, char **words)
{
	const char *word = *words ? *words++ : "show";
	const struct psw_word *verb = psw_find(verbs, word);

	if (psw->completion && !*words) {
		psw_offer(psw, verbs);
		return PSW_USAGE;
	}
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

int psw_not_in_batch(const struct psw *psw)
{
	if (!psw->batch)
		return PSW_DONE;
	return psw_complain(psw, PSW_USAGE,
			    "does not end by itself, so it is not for a batch");
}

/* Whether modprobe would find the module. */
static bool psw_is_installed(const char *release)
{
	char *line = NULL;
	bool found = false;
	size_t size = 0;
	char path[128];
	FILE *in;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	in = fopen(path, "re");
	if (!in)
		return false;
	while (!found && getline(&line, &size, in) > 0) {
		line[strcspn(line, ":")] = '\0';
		found = strstr(line, "/podswitch.ko");
	}
	free(line);
	fclose(in);
	return found;
}

/* The kernel has tried to load the module, so something is in the way. */
static int psw_complain_absent(const struct psw *psw)
{
	const char *error = podswitch_error(psw->h);
	struct utsname kernel;

	/* podswitch-load has said what, and what to do. */
	if (strstr(error, ": "))
		return psw_complain(psw, PSW_FAILED, "%s", error);
	uname(&kernel);
	if (psw_is_installed(kernel.release))
		return psw_complain(psw, PSW_FAILED,
				    "%s; \"modprobe podswitch\" loads it or tells why not",
				    error);
	return psw_complain(psw, PSW_FAILED,
			    "%s, and not installed in /lib/modules/%s",
			    error, kernel.release);
}

int psw_open(struct psw *psw)
{
	int status;
	int err;

	if (psw->completion)
		return PSW_FAILED;
	if (psw->h)
		return PSW_DONE;
	err = podswitch_open(&psw->h);
	if (!err)
		return PSW_DONE;
	if (!psw->h)
		return psw_complain(psw, PSW_FAILED, "%s", strerror(-err));
	if (err == -ENOENT)
		status = psw_complain_absent(psw);
	else
		status = psw_result(psw, NULL, err);
	podswitch_close(psw->h);
	psw->h = NULL;
	return status;
}

int psw_result(const struct psw *psw, const char *subject, int err)
{
	const char *attribute;

	if (!err)
		return PSW_DONE;
	attribute = podswitch_error_attribute(psw->h);
	return psw_complain(psw, PSW_FAILED, "%s%s%s%s%s%s%s",
			    subject ? subject : "", subject ? ": " : "",
			    podswitch_error(psw->h),
			    attribute ? " (" : "", attribute ? attribute : "",
			    attribute ? ")" : "",
			    err == -EPERM ? "; needs CAP_NET_ADMIN in the initial user namespace" : "");
}

int psw_ifindex(const struct psw *psw, const char *name, uint32_t *ifindex)
{
	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return PSW_DONE;
	/* For want of a socket, the C library makes up an errno. */
	return psw_complain(psw, PSW_FAILED, "%s: %s", name,
			    errno == ENODEV ? "No such device" :
			    "Cannot open a socket to look for the device");
}

int psw_open_device(struct psw *psw, const char *name, uint32_t *ifindex)
{
	int status;

	status = psw_open(psw);
	if (status)
		return status;
	return psw_ifindex(psw, name, ifindex);
}
