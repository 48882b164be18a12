// SPDX-License-Identifier: GPL-2.0
/*
 * Any result of another plugin: it is refused with a code and a sentence, or
 * the results that are made of it, in each version, alone and chained behind
 * it, can be read and say the same.
 */
#include "result.h"

#include <limits.h>

#include "addressing.h"
#include "fuzz.h"

static const uint8_t mac[6] = { 2, 0, 0x5e, 0, 0x53, 1 };
static const struct cni_interface interfaces[CNI_RESULT_MAX] = {
	{ "psw0", mac, 1500, NULL },
	{ "psw012345678901", mac, 1400, NULL },
	{ "eth0", mac, 1400, "/run/netns/p1" },
	{ "psw0.5", mac, 1500, NULL },
};

/* Does each address name an interface that is there? */
static bool fuzz_indexes(const cJSON *result)
{
	int n = cJSON_GetArraySize(cni_json_get(result, "interfaces"));
	const cJSON *index;
	const cJSON *ip;

	cJSON_ArrayForEach(ip, cni_json_get(result, "ips")) {
		index = cni_json_get(ip, "interface");
		if (index && (index->valueint < 0 || index->valueint >= n))
			return false;
	}
	return true;
}

static void fuzz_same(const struct cni_addressing *a,
		      const struct cni_addressing *b)
{
	size_t i;

	assert(a->n_ips == b->n_ips && a->n_routes == b->n_routes);
	for (i = 0; i < a->n_ips; i++) {
		assert(a->ips[i].address.len == b->ips[i].address.len);
		assert(!cni_address_cmp(&a->ips[i].address.address,
					&b->ips[i].address.address));
		assert(a->ips[i].has_gateway == b->ips[i].has_gateway);
		assert(b->ips[i].interface == CNI_RESULT_POD_END);
	}
	for (i = 0; i < a->n_routes; i++) {
		assert(a->routes[i].family == b->routes[i].family);
		assert(a->routes[i].dst_len == b->routes[i].dst_len);
		assert(a->routes[i].has_gateway == b->routes[i].has_gateway);
	}
	assert(!a->dns == !b->dns);
}

/* A key that stands there twice is read otherwise by others. */
static void fuzz_keys(const cJSON *object)
{
	const cJSON *other;
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
		for (other = item->next; other; other = other->next)
			assert(strcmp(item->string, other->string) != 0);
}

static void fuzz_version(const struct cni_addressing *ad,
			 const struct cni_conf *conf)
{
	static struct cni_addressing again;
	struct cni_error err;
	cJSON *parsed;
	cJSON *result;
	char *text;
	int ret;

	result = cni_result_new(conf, interfaces, CNI_RESULT_MAX, ad);
	assert(result);
	text = cJSON_PrintUnformatted(result);
	cJSON_Delete(result);
	parsed = cni_json_parse(text, "our result", &err);
	free(text);
	assert(parsed);
	assert(!strcmp(cJSON_GetStringValue(cni_json_get(parsed, "cniVersion")),
		       cni_version_name(conf->version)));
	ret = cni_addressing_parse(&again, parsed, &err);
	if (!conf->prev_result) {
		fuzz_keys(parsed);
		assert(!ret);
	}
	assert(fuzz_indexes(parsed));
	if (!conf->prev_result && conf->version == CNI_1_1_0)
		fuzz_same(ad, &again);
	cni_addressing_fini(&again);
	cJSON_Delete(parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cni_addressing ad;
	struct cni_conf conf = { 0 };
	struct cni_error err = { 0 };
	cJSON *json;
	/* Which one result is made: the same input comes in any length. */
	size_t kind = size;
	char *text;

	text = fuzz_text(&data, &size);
	json = cni_json_parse(text, "the result", &err);
	free(text);
	if (!json) {
		fuzz_error(&err);
		assert(err.code == CNI_ERR_DECODE);
		return 0;
	}
	if (cni_addressing_parse(&ad, json, &err)) {
		fuzz_error(&err);
		cni_addressing_fini(&ad);
		cJSON_Delete(json);
		return 0;
	}
	conf.version = (enum cni_version)(kind % CNI_N_VERSIONS);
	/* CNI 0.3.0 brought chains. */
	if (kind & 16 && conf.version >= CNI_0_3_0 && fuzz_indexes(json))
		conf.prev_result = json;
	conf.is_default_gateway = kind & 32 &&
		ad.n_routes <= CNI_ROUTES_MAX - 2;
	conf.is_gateway = conf.is_default_gateway;
	cni_addressing_gateways(&ad, &conf);
	fuzz_version(&ad, &conf);
	cni_addressing_fini(&ad);
	cJSON_Delete(json);
	return 0;
}
