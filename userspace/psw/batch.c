// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file that is read, and its line at work. */
struct batch {
	FILE *in;
	char *line;
	size_t len;
	unsigned int n_lines;
};

static bool batch_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * Moves a word to where it belongs, without its quotes, and the line's rest
 * behind it; false if a quote is never closed.
 */
static bool batch_take_word(char **line, char **to)
{
	char *from = *line;
	char quote = '\0';

	for (; *from && (quote || !batch_is_blank(*from)); from++) {
		if (quote && *from == quote)
			quote = '\0';
		else if (!quote && (*from == '"' || *from == '\''))
			quote = *from;
		else
			*(*to)++ = *from;
	}
	*line = *from ? from + 1 : from;
	*(*to)++ = '\0';
	return !quote;
}

const char *batch_split(char *line, char **words)
{
	char *to = line;

	for (;;) {
		while (batch_is_blank(*line))
			line++;
		if (!*line || *line == '#')
			break;
		*words++ = to;
		if (!batch_take_word(&line, &to))
			return "The line has a quote without an end";
	}
	*words = NULL;
	return NULL;
}

/* Appends the file's next line; what getline() returns. */
static ssize_t batch_read_part(struct batch *batch)
{
	char *part = NULL;
	size_t size = 0;
	ssize_t len;
	char *line;

	len = getline(&part, &size, batch->in);
	if (len > 0) {
		batch->n_lines++;
		line = realloc(batch->line, batch->len + (size_t)len + 1);
		if (!line) {
			free(part);
			return -1;
		}
		batch->line = line;
		memcpy(line + batch->len, part, (size_t)len + 1);
		batch->len += (size_t)len;
	}
	free(part);
	return len;
}

static bool batch_goes_on(const struct batch *batch)
{
	return batch->len >= 2 &&
	       !strcmp(batch->line + batch->len - 2, "\\\n");
}

/*
 * Reads a line with those that it goes on in. Returns whether there is one;
 * what is wrong with it goes to @wrong.
 */
static bool batch_read(struct psw *psw, struct batch *batch,
		       const char **wrong)
{
	*wrong = NULL;
	batch->len = 0;
	psw->line = batch->n_lines + 1;
	errno = 0;
	while (batch_read_part(batch) > 0) {
		if (strlen(batch->line) != batch->len) {
			*wrong = "The line has a byte 0";
			return true;
		}
		if (!batch_goes_on(batch))
			return true;
		batch->len -= 2;
	}
	if (errno)
		*wrong = strerror(errno);
	else if (batch->len)
		*wrong = "The line goes on behind the end of the file";
	return *wrong;
}

static int batch_run_line(struct psw *psw, char *line,
			  int (*run)(struct psw *psw, char **words))
{
	char **words = calloc(strlen(line) / 2 + 2, sizeof(*words));
	const char *wrong;
	int status;

	if (!words)
		return psw_complain(psw, PSW_FAILED, "%s", strerror(ENOMEM));
	psw->what[0] = '\0';
	wrong = batch_split(line, words);
	if (wrong)
		status = psw_complain(psw, PSW_USAGE, "%s", wrong);
	else if (!*words)
		status = PSW_DONE;
	else if (**words == '-')
		status = psw_complain(psw, PSW_USAGE,
				      "option \"%s\" belongs in front of -batch",
				      *words);
	else
		status = run(psw, words);
	free(words);
	return status;
}

static int batch_run_lines(struct psw *psw, struct batch *batch, bool force,
			   int (*run)(struct psw *psw, char **words))
{
	int result = PSW_DONE;
	const char *wrong;
	int status;

	while (batch_read(psw, batch, &wrong)) {
		if (wrong) {
			psw->what[0] = '\0';
			return psw_complain(psw, PSW_FAILED, "%s", wrong);
		}
		status = batch_run_line(psw, batch->line, run);
		if (!status)
			continue;
		/* Nobody sees what is printed from here on. */
		if (!force || ferror(stdout))
			return status;
		result = PSW_FAILED;
	}
	return result;
}

int batch_run(struct psw *psw, const char *file, bool force,
	      int (*run)(struct psw *psw, char **words))
{
	bool is_stdin = !strcmp(file, "-");
	struct batch batch = { .in = is_stdin ? stdin : fopen(file, "re") };
	int status;

	if (!batch.in)
		return psw_complain(psw, PSW_FAILED, "-batch: %s: %s", file,
				    strerror(errno));
	psw->batch = file;
	status = batch_run_lines(psw, &batch, force, run);
	psw->batch = NULL;
	free(batch.line);
	if (!is_stdin)
		fclose(batch.in);
	return status;
}
