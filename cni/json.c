// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include <stdio.h>
#include <stdlib.h>

struct cJSON *cni_json_get(const cJSON *object, const char *key)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (!item)
		item = cJSON_GetObjectItem(object, key);
	return item && !cJSON_IsNull(item) ? item : NULL;
}

int cni_json_fail(struct cni_error *err, int code, const char *key,
		  const cJSON *item, const char *why)
{
	char *value = cJSON_PrintUnformatted(item);

	cni_fail(err, code, "\"%s\": %.100s %s", key, value ? value : "value",
		 why);
	free(value);
	return -1;
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
