// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <fcntl.h>
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

/* That there is nothing to tell is no failure to tell it. */
static int metrics_read(const struct psw *psw, struct exposition *x)
{
	if (exposition_read(x))
		return psw_complain(psw, PSW_FAILED, "Out of memory");
	if (!x->up)
		psw_complain(psw, PSW_FAILED, "%s", x->why);
	return PSW_DONE;
}

static int metrics_show(struct psw *psw, char **words)
{
	struct exposition x = { 0 };
	int status;

	status = args_parse(psw, words, NULL, 0);
	if (!status && psw->json)
		return psw_complain(psw, PSW_USAGE,
				    "there is only Prometheus' text; try \"psw -j -s port show\"");
	if (!status)
		status = metrics_read(psw, &x);
	setvbuf(stdout, NULL, _IOFBF, EXPOSITION_BUFFER);
	if (!status)
		exposition_write(stdout, &x);
	if (!status && (fflush(stdout) || ferror(stdout)))
		status = psw_complain(psw, PSW_FAILED, "Cannot write: %s",
				      strerror(errno));
	exposition_free(&x);
	return status;
}

/* Takes the descriptor, and fails with errno set. */
static bool metrics_write(int fd, const struct exposition *x)
{
	FILE *out = fdopen(fd, "w");
	bool is_written;

	if (!out) {
		close(fd);
		return false;
	}
	setvbuf(out, NULL, _IOFBF, EXPOSITION_BUFFER);
	exposition_write(out, x);
	is_written = !fflush(out) && !ferror(out) && !fchmod(fd, 0644);
	return !fclose(out) && is_written;
}

/*
 * Whoever reads the file sees the old text or the new one. The new one stands
 * beside it meanwhile, by a name that does not end as node_exporter wants it.
 */
static int metrics_replace(const struct psw *psw, const char *path,
			   const struct exposition *x)
{
	int status = PSW_DONE;
	char *beside;
	int fd;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return psw_complain(psw, PSW_FAILED, "Out of memory");
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		status = psw_complain(psw, PSW_FAILED,
				      "%s: Cannot make a file beside it: %s",
				      path, strerror(errno));
	else if (!metrics_write(fd, x) || rename(beside, path))
		status = psw_complain(psw, PSW_FAILED, "%s: Cannot write: %s",
				      path, strerror(errno));
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
	struct exposition x = { 0 };
	struct stat st;
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	/* A link or a device would be lost: /dev/stdout, say. */
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return psw_complain(psw, PSW_FAILED,
				    "%s: Is there and no regular file", path);
	status = metrics_read(psw, &x);
	if (!status)
		status = metrics_replace(psw, path, &x);
	exposition_free(&x);
	return status;
}

static int metrics_listen(struct psw *psw, char **words)
{
	const char *address = NULL;
	const struct arg table[] = {
		{ "address", ARG_BARE, arg_string, &address },
	};
	char path[4096];
	char *slash;
	ssize_t len;
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (!status)
		status = psw_not_in_batch(psw);
	if (status)
		return status;
	len = readlink("/proc/self/exe", path,
		       sizeof(path) - sizeof(METRICS_EXPORTER));
	path[len < 0 ? 0 : len] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, METRICS_EXPORTER);
	execl(path, METRICS_EXPORTER, address, NULL);
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
