// SPDX-License-Identifier: GPL-2.0
#include "field.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <podswitch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "args.h"
#include "print.h"

void *field_list_add(struct field_list *list, size_t size)
{
	size_t room = list->room ? 2 * list->room : 8;
	void *items;

	if (list->n == list->room) {
		items = realloc(list->items, room * size);
		if (!items) {
			fputs("psw: Out of memory\n", stderr);
			exit(PSW_FAILED);
		}
		list->items = items;
		list->room = room;
	}
	items = (char *)list->items + list->n++ * size;
	return memset(items, 0, size);
}

static void *field_item(const struct field_list *list, size_t i, size_t size)
{
	return (char *)list->items + i * size;
}

void field_free(const struct field_table *table, void *item)
{
	const struct field *field;
	struct field_list *list;
	size_t i, k;

	for (i = 0; i < table->n; i++) {
		field = &table->fields[i];
		if (field->kind != FIELD_LIST)
			continue;
		list = (void *)((char *)item + field->offset);
		for (k = 0; k < list->n; k++)
			field_free(field->sub,
				   field_item(list, k, field->sub->size));
		free(list->items);
		*list = (struct field_list){ 0 };
	}
}

/* --- numbers --- */

static size_t field_size(enum field_kind kind)
{
	return kind == FIELD_U8 ? 1 : kind == FIELD_U16 ? 2 : 4;
}

static uint32_t field_get(const void *at, enum field_kind kind)
{
	uint16_t u16;
	uint32_t u32;

	if (kind == FIELD_U8)
		return *(const uint8_t *)at;
	if (kind == FIELD_U16)
		return memcpy(&u16, at, sizeof(u16)), u16;
	return memcpy(&u32, at, sizeof(u32)), u32;
}

static void field_set(void *at, enum field_kind kind, uint32_t value)
{
	uint16_t u16 = (uint16_t)value;

	if (kind == FIELD_U8)
		*(uint8_t *)at = (uint8_t)value;
	else if (kind == FIELD_U16)
		memcpy(at, &u16, sizeof(u16));
	else
		memcpy(at, &value, sizeof(value));
}

/* --- writing --- */

static void field_write_list(const struct field *field,
			     const struct field_list *list, cJSON *to)
{
	cJSON *array = print_add_array(to, field->key);
	size_t i;

	for (i = 0; i < list->n; i++)
		field_write(field->sub,
			    field_item(list, i, field->sub->size),
			    print_add_row(array));
}

static void field_write_address(const struct field *field,
				const struct podswitch_address *address,
				cJSON *to)
{
	static const uint8_t families[] = {
		[FIELD_IPV4] = AF_INET,
		[FIELD_IPV6] = AF_INET6,
		[FIELD_STATION] = AF_PACKET,
	};

	if (field->kind == FIELD_VLAN) {
		if (address->family != AF_PACKET && address->vlan)
			print_add_uint(to, field->key, address->vlan);
	} else if (field->kind == FIELD_IP ||
		   families[field->kind] == address->family) {
		print_add_address(to, field->key, address);
	}
}

static void field_write_one(const struct field *field, const void *at,
			    cJSON *to)
{
	static const uint8_t no_mac[6];
	const char *const *text = at;
	uint32_t number;

	switch (field->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
		number = field_get(at, field->kind);
		if (number || field->needed)
			print_add_uint(to, field->key, number);
		break;
	case FIELD_BOOL:
		if (*(const bool *)at)
			print_add_bool(to, field->key, true);
		break;
	case FIELD_FLAG:
		if (field_get(at, FIELD_U32) & field->bit)
			print_add_bool(to, field->key, true);
		break;
	case FIELD_NAME:
		if (*(const char *)at)
			print_add_string(to, field->key, at);
		break;
	case FIELD_TEXT:
		print_add_string(to, field->key, *text);
		break;
	case FIELD_MAC:
		if (memcmp(at, no_mac, sizeof(no_mac)))
			print_add_mac(to, field->key, at);
		break;
	case FIELD_IP:
	case FIELD_IPV4:
	case FIELD_IPV6:
	case FIELD_STATION:
	case FIELD_VLAN:
		field_write_address(field, at, to);
		break;
	case FIELD_FAMILY:
		print_add_string(to, field->key,
				 *(const uint8_t *)at == AF_INET ? "inet" :
								   "inet6");
		break;
	case FIELD_GUARD:
		print_add_string(to, field->key,
				 podswitch_guard_name(*(const uint8_t *)at));
		break;
	case FIELD_ROLE:
		print_add_string(to, field->key,
				 podswitch_role_name(*(const uint8_t *)at));
		break;
	case FIELD_OBJECT:
		field_write(field->sub, at, print_add_object(to, field->key));
		break;
	case FIELD_LIST:
		field_write_list(field, at, to);
		break;
	}
}

void field_write(const struct field_table *table, const void *item, cJSON *to)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		field_write_one(&table->fields[i],
				(const char *)item + table->fields[i].offset,
				to);
}

/* --- reading: each returns NULL, or what is wrong --- */

static const char *field_read_number(const cJSON *json, enum field_kind kind,
				     void *at)
{
	uint64_t end = 1ULL << 8 * field_size(kind);
	double value = json->valuedouble;

	if (!cJSON_IsNumber(json))
		return "is not a number";
	if (!(value >= 0 && value < (double)end) ||
	    (double)(uint64_t)value != value)
		return "is out of range";
	field_set(at, kind, (uint32_t)value);
	return NULL;
}

static const char *field_read_flag(const cJSON *json, uint32_t bit, void *at)
{
	uint32_t flags = field_get(at, FIELD_U32);

	if (!cJSON_IsBool(json))
		return "is not true or false";
	if (cJSON_IsTrue(json))
		field_set(at, FIELD_U32, flags | bit);
	return NULL;
}

/* What the kernel allows for, and nothing that a terminal obeys. */
static const char *field_read_name(const char *text, void *at)
{
	const unsigned char *s = (const unsigned char *)text;

	if (!*s || strlen(text) >= IFNAMSIZ || !strcmp(text, ".") ||
	    !strcmp(text, ".."))
		return "is not the name of a device";
	for (; *s; s++)
		if (*s <= ' ' || *s == 0x7f || *s == '/' ||
		    (*s == 0xc2 && s[1] < 0xa0))
			return "is not the name of a device";
	strcpy(at, text);
	return NULL;
}

static const char *field_read_mac(char *text, void *at)
{
	struct arg_mac mac = { .given = false };
	const char *wrong = arg_mac(text, &mac);

	if (!wrong)
		memcpy(at, mac.bytes, sizeof(mac.bytes));
	return wrong;
}

static const char *field_read_address(char *text, enum field_kind kind,
				      void *at)
{
	struct podswitch_address *address = at;
	int family = kind == FIELD_IPV4 ? AF_INET : AF_INET6;

	if (address->family)
		return "is there beside another address";
	if (kind == FIELD_STATION) {
		address->family = AF_PACKET;
		return field_read_mac(text, address->mac);
	}
	if (kind == FIELD_IP && !strchr(text, ':'))
		family = AF_INET;
	if (inet_pton(family, text, &address->v6) != 1)
		return "is not an IP address";
	address->family = (uint8_t)family;
	return NULL;
}

static const char *field_read_family(const char *text, uint8_t *family)
{
	if (strcmp(text, "inet") && strcmp(text, "inet6"))
		return "is not \"inet\" or \"inet6\"";
	*family = strcmp(text, "inet") ? AF_INET6 : AF_INET;
	return NULL;
}

static const char *field_read_text(const struct field *field, char *text,
				   void *at)
{
	const char *wrong;
	int value = -1;

	switch (field->kind) {
	case FIELD_NAME:
		return field_read_name(text, at);
	case FIELD_TEXT:
		*(const char **)at = text;
		return NULL;
	case FIELD_MAC:
		return field_read_mac(text, at);
	case FIELD_FAMILY:
		return field_read_family(text, at);
	case FIELD_GUARD:
	case FIELD_ROLE:
		wrong = field->kind == FIELD_GUARD ? arg_guard(text, &value) :
						     arg_role(text, &value);
		*(uint8_t *)at = (uint8_t)value;
		return wrong;
	default:
		return field_read_address(text, field->kind, at);
	}
}

static const char *field_read_vlan(const cJSON *json,
				   struct podswitch_address *address)
{
	address->has_vlan = true;
	return field_read_number(json, FIELD_U16, &address->vlan);
}

/* A value that is neither object nor list. */
static const char *field_read_plain(const struct field *field,
				    const cJSON *json, void *at)
{
	bool *yes = at;

	switch (field->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
		return field_read_number(json, field->kind, at);
	case FIELD_BOOL:
		*yes = cJSON_IsTrue(json);
		return cJSON_IsBool(json) ? NULL : "is not true or false";
	case FIELD_FLAG:
		return field_read_flag(json, field->bit, at);
	case FIELD_VLAN:
		return field_read_vlan(json, at);
	default:
		if (!cJSON_IsString(json))
			return "is not a string";
		return field_read_text(field, json->valuestring, at);
	}
}

/* Puts where it is in front of what is wrong. */
static bool field_wrong(char *wrong, const char *key, int index,
			const char *what)
{
	char text[FIELD_WRONG_SIZE];
	char where[80];

	if (index >= 0)
		snprintf(where, sizeof(where), "%s[%d]", key, index);
	else
		snprintf(where, sizeof(where), "%s", key);
	snprintf(text, sizeof(text), "%s%s%s", where,
		 *what == '.' ? "" : " ", what);
	memcpy(wrong, text, sizeof(text));
	return false;
}

/* The same for what is inside: "ports[3]" and "mac is not ..." */
static bool field_wrong_in(char *wrong, const char *key, int index)
{
	char what[FIELD_WRONG_SIZE];

	snprintf(what, sizeof(what), ".%.*s", FIELD_WRONG_SIZE - 2, wrong);
	return field_wrong(wrong, key, index, what);
}

static bool field_read_list(const struct field *field, const cJSON *json,
			    struct field_list *list, char *wrong)
{
	const cJSON *element;
	const char *what;
	int index = 0;
	void *item;

	if (!cJSON_IsArray(json))
		return field_wrong(wrong, field->key, -1, "is not a list");
	cJSON_ArrayForEach(element, json) {
		if (field->sub->max && list->n == field->sub->max)
			return field_wrong(wrong, field->key, -1,
					   "has more items than there can be");
		item = field_list_add(list, field->sub->size);
		if (!field_read(field->sub, element, item, wrong))
			return *wrong ? field_wrong_in(wrong, field->key,
						       index) :
					field_wrong(wrong, field->key, index,
						    "is not an object");
		what = field->sub->check ? field->sub->check(item) : NULL;
		if (what)
			return field_wrong(wrong, field->key, index, what);
		index++;
	}
	return true;
}

static bool field_read_one(const struct field *field, const cJSON *from,
			   void *at, char *wrong)
{
	const cJSON *json = cJSON_GetObjectItemCaseSensitive(from, field->key);
	const char *what;

	if (!json)
		return !field->needed ||
		       field_wrong(wrong, field->key, -1, "is missing");
	if (field->kind == FIELD_LIST)
		return field_read_list(field, json, at, wrong);
	if (field->kind == FIELD_OBJECT) {
		if (field_read(field->sub, json, at, wrong))
			return true;
		return *wrong ? field_wrong_in(wrong, field->key, -1) :
				field_wrong(wrong, field->key, -1,
					    "is not an object");
	}
	what = field_read_plain(field, json, at);
	return !what || field_wrong(wrong, field->key, -1, what);
}

bool field_read(const struct field_table *table, const cJSON *from, void *item,
		char wrong[FIELD_WRONG_SIZE])
{
	size_t i;

	*wrong = '\0';
	if (!cJSON_IsObject(from))
		return false;
	for (i = 0; i < table->n; i++)
		if (!field_read_one(&table->fields[i], from,
				    (char *)item + table->fields[i].offset,
				    wrong))
			return false;
	return true;
}

const char *field_equal(const struct field_table *table, const void *a,
			const void *b)
{
	const char *key = NULL;
	cJSON *of_a, *of_b;
	size_t i;

	for (i = 0; i < table->n && !key; i++) {
		of_a = print_lone_row();
		of_b = print_lone_row();
		field_write_one(&table->fields[i],
				(const char *)a + table->fields[i].offset,
				of_a);
		field_write_one(&table->fields[i],
				(const char *)b + table->fields[i].offset,
				of_b);
		if (!cJSON_Compare(of_a, of_b, true))
			key = table->fields[i].key;
		cJSON_Delete(of_a);
		cJSON_Delete(of_b);
	}
	return key;
}
