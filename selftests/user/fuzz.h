/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For libFuzzer to change JSON as JSON: half of the time bytes are changed, as
 * it does by itself, and half of the time what they say. An input is one JSON
 * text, or several texts with NUL bytes between of which the first is.
 */
#ifndef _FUZZ_H
#define _FUZZ_H

#include <assert.h>
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cni.h"
#include "io.h"
#include "json.h"
#include "result.h"

/* What libFuzzer calls, and offers, by these names. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1,
				 const uint8_t *data2, size_t size2,
				 uint8_t *out, size_t max, unsigned int seed);

/* By --wrap, a call of cni_conf_resolv() becomes one of the first. */
int __wrap_cni_conf_resolv(const char *path, struct cJSON **dns,
			   struct cni_error *err);
int __real_cni_conf_resolv(const char *path, struct cJSON **dns,
			   struct cni_error *err);

/* A text of the input, to be freed; the rest of the input is what is behind. */
static inline char *fuzz_text(const uint8_t **data, size_t *size)
{
	size_t len = strnlen((const char *)*data, *size);
	char *text = strndup((const char *)*data, len);

	assert(text);
	*data += len;
	*size -= len;
	if (*size) {
		++*data;
		--*size;
	}
	return text;
}

/* What an error is at the least: a code, and a sentence that can be printed. */
static inline void fuzz_error(const struct cni_error *err)
{
	struct cni_error all = *err;
	struct cni_error again;
	cJSON *object;
	cJSON *parsed;
	char *text;

	assert(err->code > 0);
	assert(strlen(err->msg) > 12 && strchr(err->msg, ' '));
	/* However many there are, however long, it stays one that can be. */
	cni_join(&all, err);
	cni_join(&all, err);
	object = cni_result_error(&all, "1.1.0");
	text = cJSON_PrintUnformatted(object);
	parsed = cni_json_parse(text, "the error", &again);
	assert(parsed && cJSON_Compare(object, parsed, true));
	cJSON_Delete(parsed);
	cJSON_Delete(object);
	free(text);
}

static inline unsigned int fuzz_random(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1103515245 + 12345;
	return below ? (*seed >> 16) % below : 0;
}

static inline unsigned int fuzz_count(const cJSON *node)
{
	unsigned int n = 1;
	const cJSON *child;

	cJSON_ArrayForEach(child, node)
		n += fuzz_count(child);
	return n;
}

/* A node that is chosen by its number, and the one that it is in. */
static inline cJSON *fuzz_node(cJSON *node, unsigned int *n, cJSON **parent)
{
	cJSON *found = NULL;
	cJSON *child;

	if (!(*n)--)
		return node;
	for (child = node->child; child && !found; child = child->next) {
		*parent = node;
		found = fuzz_node(child, n, parent);
	}
	return found;
}

static inline cJSON *fuzz_any(cJSON *root, unsigned int *seed, cJSON **parent)
{
	unsigned int n = fuzz_random(seed, fuzz_count(root));

	*parent = NULL;
	return fuzz_node(root, &n, parent);
}

/* Other bytes in place of a string, or of a key. */
static inline void fuzz_string(cJSON *node, unsigned int seed)
{
	char **string = seed & 1 && node->string ? &node->string :
						   &node->valuestring;
	char *changed = calloc(1, 128);
	size_t len;

	if (!changed || !*string) {
		free(changed);
		return;
	}
	len = strnlen(*string, 64);
	memcpy(changed, *string, len);
	changed[LLVMFuzzerMutate((uint8_t *)changed, len, 127)] = '\0';
	cJSON_free(*string);
	*string = changed;
}

/* Puts a copy of a node somewhere: into, beside, or in place of another. */
static inline void fuzz_graft(cJSON *root, const cJSON *from,
			      unsigned int *seed)
{
	cJSON *copy = cJSON_Duplicate(from, true);
	const char *key = from->string ? from->string : "";
	cJSON *parent;
	cJSON *node;

	node = fuzz_any(root, seed, &parent);
	if (parent && fuzz_random(seed, 2)) {
		if (cJSON_IsObject(parent) && !copy->string)
			cJSON_AddItemToObject(parent, node->string, copy);
		else
			cJSON_ReplaceItemViaPointer(parent, node, copy);
	} else if (cJSON_IsObject(node)) {
		cJSON_AddItemToObject(node, key, copy);
	} else if (!cJSON_AddItemToArray(node, copy)) {
		cJSON_Delete(copy);
	}
}

static inline void fuzz_change(cJSON *root, unsigned int *seed)
{
	cJSON *parent;
	cJSON *node;

	node = fuzz_any(root, seed, &parent);
	switch (fuzz_random(seed, 4)) {
	case 0:
		if (parent)
			cJSON_Delete(cJSON_DetachItemViaPointer(parent, node));
		break;
	case 1:
		if (cJSON_IsNumber(node))
			cJSON_SetNumberHelper(node, node->valuedouble +
					      fuzz_random(seed, 5) - 2);
		break;
	case 2:
		fuzz_graft(root, node, seed);
		break;
	default:
		fuzz_string(node, *seed);
	}
}

static inline cJSON *fuzz_parse(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(&data, &size);
	cJSON *root = cJSON_Parse(text);

	free(text);
	return root;
}

/* Writes the changed JSON, and behind it what was behind it before. */
static inline size_t fuzz_write(cJSON *root, const uint8_t *data, size_t size,
				uint8_t *out, size_t max)
{
	size_t json = strnlen((const char *)data, size);
	char *text = cJSON_PrintUnformatted(root);
	size_t len = text ? strlen(text) : max;

	cJSON_Delete(root);
	if (len + size - json > max) {
		free(text);
		return 0;
	}
	memmove(out + len, data + json, size - json);
	memcpy(out, text, len);
	free(text);
	return len + size - json;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	cJSON *root = seed & 1 ? fuzz_parse(data, size) : NULL;
	size_t len = 0;

	if (root) {
		fuzz_change(root, &seed);
		len = fuzz_write(root, data, size, data, max);
	}
	return len ? len : LLVMFuzzerMutate(data, size, max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1,
				 const uint8_t *data2, size_t size2,
				 uint8_t *out, size_t max, unsigned int seed)
{
	cJSON *to = fuzz_parse(data1, size1);
	cJSON *from = fuzz_parse(data2, size2);
	size_t len = 0;
	cJSON *parent;

	if (to && from) {
		fuzz_graft(to, fuzz_any(from, &seed, &parent), &seed);
		len = fuzz_write(to, data1, size1, out, max);
	} else {
		cJSON_Delete(to);
	}
	cJSON_Delete(from);
	return len;
}

#endif /* _FUZZ_H */
