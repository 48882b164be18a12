/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_IO_H
#define _CNI_IO_H

#include <stddef.h>
#include <stdint.h>

enum {
	CNI_TEXT_MAX = 4 << 20,		/* bytes in a configuration or result */
};

/**
 * cni_now_ms() - tells the time
 *
 * Return: milliseconds of a clock that only goes forward.
 */
int64_t cni_now_ms(void);

/**
 * cni_utf8_span() - measures how much of a string is UTF-8
 * @text: the string
 *
 * Return: the offset of the first byte that is not, RFC 3629, or of the end.
 */
size_t cni_utf8_span(const char *text);

/**
 * cni_await() - waits until a file can be read, or a process has ended
 * @fd: the file, or the process's pidfd
 * @deadline_ms: when to give up, as cni_now_ms() tells the time
 *
 * Return: 0; -ETIMEDOUT; another negative errno value.
 */
int cni_await(int fd, int64_t deadline_ms);

/**
 * cni_read_text() - reads to the end of a file, within bounds
 * @fd: the file
 * @deadline_ms: when to give up, as cni_now_ms() tells the time
 * @text: set to what was read, terminated, to be freed; NULL on failure
 *
 * Return: 0; -ETIMEDOUT; -EFBIG past CNI_TEXT_MAX; -EILSEQ if it holds a NUL;
 * another negative errno value.
 */
int cni_read_text(int fd, int64_t deadline_ms, char **text);

/**
 * cni_write_text() - writes a string
 * @fd: the file
 * @text: the string
 *
 * Return: 0 or a negative errno value.
 */
int cni_write_text(int fd, const char *text);

/**
 * cni_sysctl_set() - gives a kernel parameter a value that it has not yet
 * @path: its file
 * @value: one character
 *
 * Return: 0 or a negative errno value.
 */
int cni_sysctl_set(const char *path, char value);

#endif /* _CNI_IO_H */
