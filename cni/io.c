// SPDX-License-Identifier: GPL-2.0
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CNI_READ_FIRST = 4096,
};

int64_t cni_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* How many bytes the character that a string begins with has, 0: it is none. */
static size_t cni_utf8_char(const char *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = (uint8_t)text[0];
	size_t len;
	size_t i;

	if (c < 0x80)
		return 1;
	if (c < 0xc0 || c > 0xf7)
		return 0;
	len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	c &= 0x7fU >> len;
	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	/* RFC 3629 3: the shortest form, and no halves of surrogate pairs. */
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return len;
}

size_t cni_utf8_span(const char *text)
{
	const char *at = text;
	size_t len;

	for (; *at; at += len) {
		len = cni_utf8_char(at);
		if (!len)
			break;
	}
	return (size_t)(at - text);
}

int cni_await(int fd, int64_t deadline_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left_ms;
	int n;

	do {
		left_ms = deadline_ms - cni_now_ms();
		n = poll(&pfd, 1, left_ms > 0 ? (int)left_ms : 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

/* As read(2), but waits no longer than to the deadline. */
static ssize_t cni_read(int fd, char *to, size_t size, int64_t deadline_ms)
{
	ssize_t got;
	int err;

	for (;;) {
		err = cni_await(fd, deadline_ms);
		if (err)
			return err;
		got = read(fd, to, size);
		if (got >= 0)
			return got;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

static int cni_grow(char **text, size_t *size)
{
	/* One byte more tells what is too long, one terminates what is not. */
	const size_t largest = CNI_TEXT_MAX + 2;
	size_t larger = *size ? 2 * *size : CNI_READ_FIRST;
	char *moved;

	if (*size == largest)
		return -EFBIG;
	if (larger > largest)
		larger = largest;
	moved = realloc(*text, larger);
	if (!moved)
		return -ENOMEM;
	*text = moved;
	*size = larger;
	return 0;
}

static int cni_read_all(int fd, int64_t deadline_ms, char **text, size_t *len)
{
	size_t size = 0;
	ssize_t got;
	int err;

	for (;;) {
		/* One byte is kept for the terminator. */
		if (*len + 1 >= size) {
			err = cni_grow(text, &size);
			if (err)
				return err;
		}
		got = cni_read(fd, *text + *len, size - *len - 1, deadline_ms);
		if (got <= 0)
			return (int)got;
		*len += (size_t)got;
	}
}

int cni_read_text(int fd, int64_t deadline_ms, char **text)
{
	size_t len = 0;
	int err;

	*text = NULL;
	err = cni_read_all(fd, deadline_ms, text, &len);
	if (!err && memchr(*text, '\0', len))
		err = -EILSEQ;
	if (!err) {
		(*text)[len] = '\0';
		return 0;
	}
	free(*text);
	*text = NULL;
	return err;
}

int cni_write_text(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t put;

	while (len) {
		put = write(fd, text, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		text += put;
		len -= (size_t)put;
	}
	return 0;
}

static int cni_sysctl_write(const char *path, char value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = write(fd, &value, 1) == 1 ? 0 : -errno;
	close(fd);
	return err;
}

int cni_sysctl_set(const char *path, char value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char present = '\0';
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, &present, 1);
	close(fd);
	/* Writing takes locks and tells listeners, so that reading pays. */
	if (got == 1 && present == value)
		return 0;
	return cni_sysctl_write(path, value);
}
