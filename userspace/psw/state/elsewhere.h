/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_ELSEWHERE_H
#define _PSW_ELSEWHERE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * elsewhere_find() - looks for switches in other network namespaces
 * @where: filled in: a path to a namespace that has one, PATH_MAX bytes
 *
 * All namespaces are looked into that a process is in or that are mounted, as
 * those of "ip netns" and of container runtimes are.
 *
 * Return: whether there is a switch.
 */
bool elsewhere_find(char *where);

#endif /* _PSW_ELSEWHERE_H */
