// SPDX-License-Identifier: GPL-2.0
#include "elsewhere.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <podswitch.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "field.h"

/* The namespaces that were looked into, by inode. */
struct elsewhere {
	struct field_list seen;
	char *where;
	bool found;
};

static bool elsewhere_is_new(struct elsewhere *e, uint64_t inode)
{
	const uint64_t *seen = e->seen.items;
	uint64_t *to;
	size_t i;

	for (i = 0; i < e->seen.n; i++)
		if (seen[i] == inode)
			return false;
	to = field_list_add(&e->seen, sizeof(*to));
	*to = inode;
	return true;
}

static int elsewhere_take_switch(const struct podswitch_switch *sw, void *arg)
{
	struct elsewhere *e = arg;

	(void)sw;
	e->found = true;
	return 0;
}

/* What is no namespace, or one no more, has no switch. */
static void elsewhere_look(struct elsewhere *e, const char *path)
{
	struct podswitch *h = NULL;
	struct stat status;
	int fd;

	if (e->found || stat(path, &status) ||
	    !elsewhere_is_new(e, status.st_ino))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	if (!setns(fd, CLONE_NEWNET) && !podswitch_open(&h))
		podswitch_switch_dump(h, elsewhere_take_switch, e);
	podswitch_close(h);
	close(fd);
	if (e->found)
		snprintf(e->where, PATH_MAX, "%s", path);
}

static void elsewhere_look_at_processes(struct elsewhere *e)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");
	char path[64];

	while (dir && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/ns/net",
			 entry->d_name);
		elsewhere_look(e, path);
	}
	if (dir)
		closedir(dir);
}

/* Blanks in the path of a mount are written as octal numbers. */
static void elsewhere_unescape(char *text)
{
	char *to = text;

	for (; *text; text++, to++) {
		*to = *text;
		if (*text != '\\' || strspn(text + 1, "01234567") < 3)
			continue;
		*to = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
			     (text[3] - '0'));
		text += 3;
	}
	*to = '\0';
}

static void elsewhere_look_at_mounts(struct elsewhere *e)
{
	FILE *in = fopen("/proc/self/mountinfo", "re");
	char root[64], path[PATH_MAX];
	char *line = NULL;
	size_t size = 0;

	while (in && getline(&line, &size, in) > 0) {
		if (sscanf(line, "%*s %*s %*s %63s %4095s", root, path) != 2 ||
		    strncmp(root, "net:[", 5) != 0)
			continue;
		elsewhere_unescape(path);
		elsewhere_look(e, path);
	}
	free(line);
	if (in)
		fclose(in);
}

bool elsewhere_find(char *where)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct elsewhere e = { .where = where };
	struct stat status;

	if (home < 0 || fstat(home, &status))
		goto out;
	elsewhere_is_new(&e, status.st_ino);
	/* A mount can be named to psw -n; processes come and go. */
	elsewhere_look_at_mounts(&e);
	elsewhere_look_at_processes(&e);
	if (setns(home, CLONE_NEWNET)) {
		fputs("psw: Cannot return to the network namespace\n", stderr);
		exit(1);
	}
out:
	if (home >= 0)
		close(home);
	free(e.seen.items);
	return e.found;
}
