/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel module: the one that is loaded, and files of it. Two builds are
 * told apart by their build ID, which the linker makes of all that is in them.
 */
#ifndef _PSW_MODULE_H
#define _PSW_MODULE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MODULE_ID_MAX = 64,
	MODULE_WRONG_SIZE = 512,
};

/**
 * struct module_id - which build a module is
 * @len: bytes of it; 0 if it has none
 * @bytes: the build ID
 * @srcversion: of its sources, for want of a build ID
 * @version: its version, or empty
 */
struct module_id {
	size_t len;
	uint8_t bytes[MODULE_ID_MAX];
	char srcversion[32];
	char version[64];
};

/**
 * struct module_file - a file that the kernel could load
 * @path: where it was found
 * @fd: the file, or -1
 * @is_packed: whether the kernel gets @image instead of the file
 * @image: the module
 * @len: its length
 * @id: which build it is
 * @depends: the modules that it needs, with commas between, inside @image
 * @vermagic: which kernels take it, inside @image
 */
struct module_file {
	char path[PATH_MAX];
	int fd;
	bool is_packed;
	char *image;
	size_t len;
	struct module_id id;
	const char *depends;
	const char *vermagic;
};

/**
 * module_loaded() - tells of the module that is loaded
 * @id: filled in
 *
 * Return: whether it is loaded.
 */
bool module_loaded(struct module_id *id);

/**
 * module_same() - compares two builds
 * @a: one
 * @b: the other
 *
 * Return: whether they are known to be the same.
 */
bool module_same(const struct module_id *a, const struct module_id *b);

/**
 * module_find_installed() - finds what modprobe would load
 * @path: filled in, PATH_MAX bytes
 *
 * Return: whether the running kernel has one installed.
 */
bool module_find_installed(char *path);

/**
 * module_read() - reads a file
 * @path: where it is; it may be compressed
 * @file: filled in; module_free() may follow in any case
 * @wrong: what is wrong, where something is, MODULE_WRONG_SIZE bytes
 *
 * Return: whether it is a file of this module.
 */
bool module_read(const char *path, struct module_file *file, char *wrong);

/**
 * module_free() - frees what was read
 * @file: the file
 */
void module_free(struct module_file *file);

/**
 * module_load() - loads a file
 * @file: the file
 *
 * Return: 0; -EEXIST if the module is loaded, which is found out after the
 * file's signature and the kernel that it is for have been judged; another
 * negative errno value.
 */
int module_load(const struct module_file *file);

/**
 * module_unload() - unloads the module, unless somebody uses it
 *
 * Return: 0; -EAGAIN if somebody does; another negative errno value.
 */
int module_unload(void);

/**
 * module_load_needed() - loads the other modules that a file needs
 * @file: the file
 * @wrong: filled in: what could not be loaded, MODULE_WRONG_SIZE bytes
 *
 * Return: whether all of them are there.
 */
bool module_load_needed(const struct module_file *file, char *wrong);

/**
 * module_keep() - writes a file's content to another, by rename
 * @file: the file
 * @path: the other
 *
 * Return: 0 or a negative errno value.
 */
int module_keep(const struct module_file *file, const char *path);

#endif /* _PSW_MODULE_H */
