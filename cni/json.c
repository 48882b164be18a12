// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io.h"

#define CNI_JSON_SPACE " \t\r\n"

/* How many arrays and objects are open at the end of this much JSON. */
static int cni_json_depth(const char *text, const char *end)
{
	bool in_string = false;
	int depth = 0;

	for (; text < end; text++) {
		if (*text == '"')
			in_string = !in_string;
		else if (in_string)
			text += *text == '\\';
		else if (strchr("[{", *text))
			depth++;
		else if (strchr("]}", *text))
			depth--;
	}
	return depth;
}

/* Our strings would end there. */
static const char *cni_json_escaped_nul(const char *text)
{
	static const char nul[] = "\\u0000";
	const char *before;

	for (; (text = strstr(text, nul)); text++) {
		before = text;
		while (before[-1] == '\\')
			before--;
		if ((text - before) % 2 == 0)
			return text;
	}
	return NULL;
}

/* Why the library did not parse what is sound up to @end. */
static int cni_json_unparsed(const char *text, const char *end,
			     const char *what, struct cni_error *err)
{
	if (!text[strspn(text, CNI_JSON_SPACE)])
		return cni_fail(err, CNI_ERR_DECODE, "%s is empty", what);
	if ((*end == '[' || *end == '{') &&
	    cni_json_depth(text, end) >= CJSON_NESTING_LIMIT)
		return cni_fail(err, CNI_ERR_DECODE,
				"%s is nested more than %d deep, at byte %zu",
				what, CJSON_NESTING_LIMIT,
				(size_t)(end - text));
	return cni_fail(err, CNI_ERR_DECODE, "%s is not JSON, from byte %zu on",
			what, (size_t)(end - text));
}

cJSON *cni_json_parse(const char *text, const char *what, struct cni_error *err)
{
	const char *bad = text + cni_utf8_span(text);
	const char *end = text;
	cJSON *json;

	/* RFC 8259 8.1 */
	if (*bad) {
		cni_fail(err, CNI_ERR_DECODE,
			 "%s is not UTF-8: byte 0x%02x at offset %zu", what,
			 (unsigned char)*bad, (size_t)(bad - text));
		return NULL;
	}
	json = cJSON_ParseWithOpts(text, &end, true);
	if (!json) {
		cni_json_unparsed(text, end, what, err);
		return NULL;
	}
	bad = cni_json_escaped_nul(text);
	if (cJSON_IsObject(json) && !bad)
		return json;
	cJSON_Delete(json);
	if (bad)
		cni_fail(err, CNI_ERR_DECODE,
			 "%s has an escaped NUL, at byte %zu", what,
			 (size_t)(bad - text));
	else
		cni_fail(err, CNI_ERR_DECODE, "%s is not a JSON object", what);
	return NULL;
}

cJSON *cni_json_get(const cJSON *object, const char *key)
{
	cJSON *folded = NULL;
	cJSON *exact = NULL;
	cJSON *item;

	if (!cJSON_IsObject(object))
		return NULL;
	cJSON_ArrayForEach(item, object) {
		if (cJSON_IsNull(item))
			continue;
		if (!strcmp(item->string, key))
			exact = item;
		else if (!strcasecmp(item->string, key))
			folded = item;
	}
	return exact ? exact : folded;
}

int cni_json_fail(struct cni_error *err, int code, const char *key,
		  const cJSON *item, const char *why)
{
	char *value;

	/* JSON has numbers greater than any of ours, and no word for these. */
	if (cJSON_IsNumber(item) && !isfinite(item->valuedouble))
		return cni_fail(err, code, "\"%s\": %g %s", key,
				item->valuedouble, why);
	value = cJSON_PrintUnformatted(item);
	cni_fail(err, code, "\"%s\": %.100s %s", key, value ? value : "value",
		 why);
	free(value);
	return -1;
}

int cni_json_must_object(const cJSON *item, const char *where,
			 struct cni_error *err)
{
	char key[128];

	if (cJSON_IsObject(item))
		return 0;
	snprintf(key, sizeof(key), "%.*s", (int)strlen(where) - 1, where);
	return cni_json_fail(err, CNI_ERR_CONFIG, key, item,
			     "is not an object");
}

static int cni_json_mistyped(struct cni_error *err, const char *where,
			     const char *key, const cJSON *item,
			     const char *why)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", where, key);
	return cni_json_fail(err, CNI_ERR_CONFIG, path, item, why);
}

bool cni_json_zero(const cJSON *item)
{
	if (!item || cJSON_IsNull(item) || cJSON_IsFalse(item))
		return true;
	if (cJSON_IsNumber(item))
		return item->valuedouble == 0;
	if (cJSON_IsString(item))
		return !item->valuestring[0];
	return (cJSON_IsArray(item) || cJSON_IsObject(item)) && !item->child;
}

int cni_json_bool(const cJSON *object, const char *where, const char *key,
		  bool *to, struct cni_error *err)
{
	const cJSON *item = cni_json_get(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsBool(item))
		return cni_json_mistyped(err, where, key, item,
					 "is neither true nor false");
	*to = cJSON_IsTrue(item);
	return 0;
}

int cni_json_uint(const cJSON *object, const char *where, const char *key,
		  uint32_t *to, struct cni_error *err)
{
	const cJSON *item = cni_json_get(object, key);
	uint32_t value;

	if (!item)
		return 0;
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
	    item->valuedouble > INT32_MAX)
		return cni_json_mistyped(err, where, key, item,
					 "is not a number in range");
	value = (uint32_t)item->valuedouble;
	if ((double)value < item->valuedouble)
		return cni_json_mistyped(err, where, key, item,
					 "is not a whole number");
	*to = value;
	return 0;
}

int cni_json_string(const cJSON *object, const char *where, const char *key,
		    const char **to, struct cni_error *err)
{
	const cJSON *item = cni_json_get(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsString(item))
		return cni_json_mistyped(err, where, key, item,
					 "is not a string");
	*to = item->valuestring;
	return 0;
}

int cni_json_object(const cJSON *object, const char *where, const char *key,
		    const cJSON **to, struct cni_error *err)
{
	const cJSON *item = cni_json_get(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsObject(item))
		return cni_json_mistyped(err, where, key, item,
					 "is not an object");
	*to = item;
	return 0;
}

int cni_json_array(const cJSON *object, const char *where, const char *key,
		   const cJSON **to, struct cni_error *err)
{
	const cJSON *item = cni_json_get(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsArray(item))
		return cni_json_mistyped(err, where, key, item,
					 "is not an array");
	*to = item;
	return 0;
}
