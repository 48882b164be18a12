// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reason.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool podswitch_is_roots(int fd)
{
	struct stat file;

	return !fstat(fd, &file) && S_ISREG(file.st_mode) && !file.st_uid &&
	       !(file.st_mode & 0022);
}

static bool podswitch_is_sentence(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len;
}

bool podswitch_read_reason(const char *path, char *reason)
{
	/* Nothing there may make a caller wait. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t len = -1;

	if (fd < 0)
		return false;
	if (podswitch_is_roots(fd))
		len = read(fd, reason, PODSWITCH_REASON_SIZE);
	close(fd);
	/* A line's end takes the place of the NUL. */
	if (len < 1 || reason[len - 1] != '\n')
		return false;
	reason[len - 1] = '\0';
	return podswitch_is_sentence(reason, (size_t)len - 1);
}
