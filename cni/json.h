/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed reading of JSON objects.
 *
 * Keys are found without regard to case, as the Go programs around us find
 * and write them, but an exact match wins; of several, the last does, as it
 * does there; null is as good as absent. What is absent leaves its target alone. Refusals name the key, which begins with
 * where the object is, such as "ipam.", and the value.
 */
#ifndef _CNI_JSON_H
#define _CNI_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "cni.h"

/**
 * cni_json_parse() - reads a text that is one JSON object, as RFC 8259
 * @text: the text
 * @what: what it is, such as "the configuration"
 * @err: why it failed
 *
 * Return: the object, to be freed; or NULL.
 */
struct cJSON *cni_json_parse(const char *text, const char *what,
			     struct cni_error *err);

/**
 * cni_json_get() - finds a member
 * @object: the object; anything else has no members
 * @key: its key
 *
 * Return: the member, or NULL if it is absent or null.
 */
struct cJSON *cni_json_get(const struct cJSON *object, const char *key);

/**
 * cni_json_fail() - refuses a value
 * @err: the error value
 * @code: enum cni_code
 * @key: where it is and its key
 * @item: the value
 * @why: what is wrong, such as "is not a number"
 *
 * Return: -1.
 */
int cni_json_fail(struct cni_error *err, int code, const char *key,
		  const cJSON *item, const char *why);

/**
 * cni_json_must_object() - refuses what is not an object
 * @item: what should be one
 * @where: where its members are, with a dot behind
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_json_must_object(const cJSON *item, const char *where,
			 struct cni_error *err);

/**
 * cni_json_zero() - is a value what Go programs take for the default?
 * @item: the value, or NULL
 *
 * Return: whether it is absent, null, false, 0 or empty.
 */
bool cni_json_zero(const cJSON *item);

/**
 * cni_json_bool() - reads a member that is true or false
 * @object: the object
 * @where: where it is, "" for the top
 * @key: the member's key
 * @to: set to its value
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_json_bool(const cJSON *object, const char *where, const char *key,
		  bool *to, struct cni_error *err);

/**
 * cni_json_uint() - reads a member that is a whole number, 0 or greater
 * @object: the object
 * @where: where it is, "" for the top
 * @key: the member's key
 * @to: set to its value
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_json_uint(const cJSON *object, const char *where, const char *key,
		  uint32_t *to, struct cni_error *err);

/**
 * cni_json_string() - reads a member that is a string
 * @object: the object
 * @where: where it is, "" for the top
 * @key: the member's key
 * @to: set to its value, which lives as long as @object
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_json_string(const cJSON *object, const char *where, const char *key,
		    const char **to, struct cni_error *err);

/**
 * cni_json_object() - reads a member that is an object
 * @object: the object that it is in
 * @where: where that is, "" for the top
 * @key: the member's key
 * @to: set to the member
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_json_object(const cJSON *object, const char *where, const char *key,
		    const cJSON **to, struct cni_error *err);

/**
 * cni_json_array() - reads a member that is an array
 * @object: the object
 * @where: where it is, "" for the top
 * @key: the member's key
 * @to: set to the member
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_json_array(const cJSON *object, const char *where, const char *key,
		   const cJSON **to, struct cni_error *err);

#endif /* _CNI_JSON_H */
