/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Structs as JSON and back, described by tables. What is zero or empty is not
 * written, and what is not there is read as zero or empty.
 */
#ifndef _PSW_FIELD_H
#define _PSW_FIELD_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum field_kind - what a member of a struct is
 * @FIELD_U8: uint8_t
 * @FIELD_U16: uint16_t
 * @FIELD_U32: uint32_t
 * @FIELD_BOOL: bool
 * @FIELD_FLAG: a bit of a uint32_t
 * @FIELD_NAME: char[IFNAMSIZ], the name of a net device
 * @FIELD_TEXT: const char *, without an end in the middle
 * @FIELD_MAC: uint8_t[6]
 * @FIELD_IP: struct podswitch_address, of either family
 * @FIELD_IPV4: struct podswitch_address, if it is one
 * @FIELD_IPV6: struct podswitch_address, if it is one
 * @FIELD_STATION: struct podswitch_address, if it is a MAC
 * @FIELD_VLAN: the VLAN of a struct podswitch_address that is no MAC
 * @FIELD_FAMILY: uint8_t, AF_INET or AF_INET6
 * @FIELD_GUARD: uint8_t, enum podswitch_guard
 * @FIELD_ROLE: uint8_t, enum podswitch_role
 * @FIELD_OBJECT: members of the same struct, in an object of their own
 * @FIELD_LIST: struct field_list
 */
enum field_kind {
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_BOOL,
	FIELD_FLAG,
	FIELD_NAME,
	FIELD_TEXT,
	FIELD_MAC,
	FIELD_IP,
	FIELD_IPV4,
	FIELD_IPV6,
	FIELD_STATION,
	FIELD_VLAN,
	FIELD_FAMILY,
	FIELD_GUARD,
	FIELD_ROLE,
	FIELD_OBJECT,
	FIELD_LIST,
};

/**
 * struct field - a member of a struct
 * @key: its name in JSON
 * @kind: what it is
 * @offset: where it is in the struct
 * @needed: whether it must be there
 * @bit: which bit a FIELD_FLAG is
 * @sub: what a FIELD_OBJECT or an item of a FIELD_LIST consists of
 */
struct field {
	const char *key;
	enum field_kind kind;
	size_t offset;
	bool needed;
	uint32_t bit;
	const struct field_table *sub;
};

/**
 * struct field_table - the members of a struct
 * @fields: the members
 * @n: how many
 * @size: size of the struct
 * @max: most items in a list of them, 0 for any number
 * @check: tells what is wrong with a struct that was read, or NULL; or is NULL
 */
struct field_table {
	const struct field *fields;
	size_t n;
	size_t size;
	size_t max;
	const char *(*check)(const void *item);
};

/**
 * struct field_list - structs of one table
 * @items: the structs
 * @n: how many
 * @room: for how many there is memory
 */
struct field_list {
	void *items;
	size_t n;
	size_t room;
};

/**
 * field_list_add() - adds a struct to a list
 * @list: the list
 * @size: size of the struct
 *
 * Ends the program if memory runs out.
 *
 * Return: the struct, all zero.
 */
void *field_list_add(struct field_list *list, size_t size);

/**
 * field_free() - frees the lists in a struct
 * @table: its members
 * @item: the struct
 */
void field_free(const struct field_table *table, void *item);

/**
 * field_write() - writes a struct
 * @table: its members
 * @item: the struct
 * @to: the object that they are added to
 */
void field_write(const struct field_table *table, const void *item, cJSON *to);

enum { FIELD_WRONG_SIZE = 256 };

/**
 * field_read() - reads a struct
 * @table: its members
 * @from: the object
 * @item: filled in; strings stay in @from
 * @wrong: what is wrong, where something is: a path and a sentence
 *
 * Return: whether it could be read; if not, it is to be freed all the same.
 */
bool field_read(const struct field_table *table, const cJSON *from, void *item,
		char wrong[FIELD_WRONG_SIZE]);

/**
 * field_equal() - compares two structs
 * @table: their members
 * @a: one
 * @b: the other
 *
 * Return: NULL if they are the same; the name of a member that is not.
 */
const char *field_equal(const struct field_table *table, const void *a,
			const void *b);

#endif /* _PSW_FIELD_H */
