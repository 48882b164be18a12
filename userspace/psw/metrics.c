// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "exposition.h"

static const char usage[] =
	"Usage: psw metrics [ show ]\n"
	"       psw metrics file [ path ] PATH\n"
	"       psw metrics listen [ [ address ] ADDRESS[:PORT] ]\n"
	"       psw metrics help\n";

/* What "listen" becomes; it is installed beside psw. */
#define METRICS_EXPORTER "podswitch-exporter"

/* The text, or NULL; that there is nothing to tell is no failure to tell it. */
static char *metrics_text(const struct psw *psw, size_t *len)
{
	char why[160];
	char *text;

	text = exposition_text(len, why, sizeof(why));
	if (!text)
		psw_complain(psw, PSW_FAILED, "Out of memory");
	else if (*why)
		psw_complain(psw, PSW_FAILED, "%s", why);
	return text;
}

static int metrics_show(struct psw *psw, char **words)
{
	int status;
	char *text;
	size_t len;

	status = args_parse(psw, words, NULL, 0);
	if (status)
		return status;
	text = metrics_text(psw, &len);
	if (!text)
		return PSW_FAILED;
	if (fwrite(text, 1, len, stdout) != len || fflush(stdout))
		status = psw_complain(psw, PSW_FAILED, "Cannot write: %s",
				      strerror(errno));
	free(text);
	return status;
}

static bool metrics_write(int fd, const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= (size_t)n) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			return false;
	}
	return !fchmod(fd, 0644);
}

/*
 * Whoever reads the file sees the old text or the new one. The new one stands
 * beside it meanwhile, by a name that does not end as node_exporter wants it.
 */
static int metrics_replace(const struct psw *psw, const char *path,
			   const char *text, size_t len)
{
	int status = PSW_DONE;
	char *beside;
	int fd;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return psw_complain(psw, PSW_FAILED, "Out of memory");
	fd = mkstemp(beside);
	if (fd < 0)
		status = psw_complain(psw, PSW_FAILED,
				      "%s: Cannot make a file beside it: %s",
				      path, strerror(errno));
	else if (!metrics_write(fd, text, len) || rename(beside, path))
		status = psw_complain(psw, PSW_FAILED, "%s: Cannot write: %s",
				      path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && status)
		unlink(beside);
	free(beside);
	return status;
}

static int metrics_file(struct psw *psw, char **words)
{
	const char *path = NULL;
	const struct arg table[] = {
		{ "path", ARG_BARE | ARG_NEEDED, arg_string, &path },
	};
	struct stat st;
	int status;
	char *text;
	size_t len;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	/* A link or a device would be lost: /dev/stdout, say. */
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return psw_complain(psw, PSW_FAILED,
				    "%s: Is there and no regular file", path);
	text = metrics_text(psw, &len);
	if (!text)
		return PSW_FAILED;
	status = metrics_replace(psw, path, text, len);
	free(text);
	return status;
}

static int metrics_listen(struct psw *psw, char **words)
{
	static char name[] = METRICS_EXPORTER;
	char *address = NULL;
	const struct arg table[] = {
		{ "address", ARG_BARE, arg_string, &address },
	};
	char *args[] = { name, NULL, NULL };
	char path[4096];
	char *slash;
	ssize_t len;
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	args[1] = address;
	len = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
	path[len < 0 ? 0 : len] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, METRICS_EXPORTER);
	execv(path, args);
	return psw_complain(psw, PSW_FAILED, "%s: %s", path, strerror(errno));
}

static const struct psw_word metrics_verbs[] = {
	{ "show", metrics_show },
	{ "list", metrics_show },
	{ "file", metrics_file },
	{ "listen", metrics_listen },
	{ "--listen", metrics_listen },
	{ NULL, NULL },
};

int psw_metrics(struct psw *psw, char **words)
{
	return psw_object(psw, "metrics", metrics_verbs, usage, words);
}
