/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_UTF8_H
#define _PSW_UTF8_H

#include <stddef.h>

/**
 * utf8_len() - length of the UTF-8 character at the start of a string
 * @s: the string, ended by NUL
 *
 * Return: its bytes; 0 if there is no character of UTF-8.
 */
size_t utf8_len(const unsigned char *s);

#endif /* _PSW_UTF8_H */
