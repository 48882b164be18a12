// SPDX-License-Identifier: GPL-2.0
#include "result.h"

#include <string.h>
#include <strings.h>

#include "json.h"

enum {
	CNI_MAC_STRLEN = 18,
};

static void cni_add_uint(cJSON *object, const char *key, uint32_t value)
{
	if (value)
		cJSON_AddNumberToObject(object, key, value);
}

/* Is the member one that we make, whatever prevResult has in its place? */
static bool cni_result_makes(const char *key)
{
	static const char *const keys[] = {
		"cniVersion", "interfaces", "ips", "routes", "dns",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcasecmp(key, keys[i]))
			return true;
	return false;
}

/* What prevResult has in an array, for more; NULL if there is to be none. */
static cJSON *cni_result_array(cJSON *result, const struct cni_conf *conf,
			       const char *key, bool more)
{
	const cJSON *before = cni_json_get(conf->prev_result, key);
	cJSON *array;

	if (!cJSON_IsArray(before))
		return more ? cJSON_AddArrayToObject(result, key) : NULL;
	array = cJSON_Duplicate(before, true);
	cJSON_AddItemToObject(result, key, array);
	return array;
}

static cJSON *cni_result_add(cJSON *array)
{
	cJSON *object = cJSON_CreateObject();

	if (!cJSON_AddItemToArray(array, object))
		return NULL;
	return object;
}

static void cni_result_interface(cJSON *array, enum cni_version version,
				 const struct cni_interface *interface)
{
	cJSON *object = cni_result_add(array);
	char mac[CNI_MAC_STRLEN];

	cJSON_AddStringToObject(object, "name", interface->name);
	cJSON_AddStringToObject(object, "mac",
				cni_mac_print(interface->mac, mac));
	if (version >= CNI_1_1_0)
		cni_add_uint(object, "mtu", interface->mtu);
	if (interface->sandbox)
		cJSON_AddStringToObject(object, "sandbox", interface->sandbox);
}

static void cni_result_ip(cJSON *array, enum cni_version version, int index,
			  const struct cni_ip *ip)
{
	cJSON *object = cni_result_add(array);
	char text[CNI_PREFIX_STRLEN];

	if (version <= CNI_0_4_0)
		cJSON_AddStringToObject(object, "version",
					ip->address.address.family == AF_INET ?
					"4" : "6");
	cJSON_AddStringToObject(object, "address",
				cni_prefix_print(&ip->address, text));
	if (ip->has_gateway)
		cJSON_AddStringToObject(object, "gateway",
					cni_address_print(&ip->gateway, text));
	cJSON_AddNumberToObject(object, "interface", index);
}

/* Returns NULL if the family has one already. */
static cJSON *cni_result_old_ip(cJSON *result, const struct cni_ip *ip)
{
	const char *key = ip->address.address.family == AF_INET ? "ip4" : "ip6";
	char text[CNI_PREFIX_STRLEN];
	cJSON *object;

	if (cJSON_GetObjectItemCaseSensitive(result, key))
		return NULL;
	object = cJSON_AddObjectToObject(result, key);
	cJSON_AddStringToObject(object, "ip",
				cni_prefix_print(&ip->address, text));
	if (ip->has_gateway)
		cJSON_AddStringToObject(object, "gateway",
					cni_address_print(&ip->gateway, text));
	return object;
}

static void cni_result_route(cJSON *array, enum cni_version version,
			     const struct nl_route *route)
{
	cJSON *object = cni_result_add(array);
	struct podswitch_address gateway;
	char text[CNI_PREFIX_STRLEN];
	struct cni_prefix dst;

	cni_address_set(&dst.address, route->family, route->dst);
	dst.len = route->dst_len;
	cJSON_AddStringToObject(object, "dst", cni_prefix_print(&dst, text));
	if (route->has_gateway) {
		cni_address_set(&gateway, route->family, route->gateway);
		cJSON_AddStringToObject(object, "gw",
					cni_address_print(&gateway, text));
	}
	if (version < CNI_1_1_0)
		return;
	cni_add_uint(object, "mtu", route->mtu);
	cni_add_uint(object, "advmss", route->advmss);
	cni_add_uint(object, "priority", route->priority);
	cni_add_uint(object, "table", route->table);
	if (route->scope >= 0)
		cJSON_AddNumberToObject(object, "scope", route->scope);
}

/* The configuration goes before the IPAM plugin, both before prevResult. */
static void cni_result_dns(cJSON *result, const struct cni_conf *conf,
			   const struct cni_addressing *ad)
{
	const cJSON *dns = conf->dns ? conf->dns : ad->dns;

	if (!dns)
		dns = cni_json_get(conf->prev_result, "dns");
	if (dns)
		cJSON_AddItemToObject(result, "dns",
				      cJSON_Duplicate(dns, true));
	else if (conf->version <= CNI_0_4_0)
		cJSON_AddObjectToObject(result, "dns");
}

static cJSON *cni_result_begin(const struct cni_conf *conf)
{
	cJSON *result = cJSON_CreateObject();
	const cJSON *item;

	cJSON_AddStringToObject(result, "cniVersion",
				cni_version_name(conf->version));
	if (!cJSON_IsObject(conf->prev_result))
		return result;
	cJSON_ArrayForEach(item, conf->prev_result)
		if (!cni_result_makes(item->string))
			cJSON_AddItemToObject(result, item->string,
					      cJSON_Duplicate(item, true));
	return result;
}

static void cni_result_fill(cJSON *result, const struct cni_conf *conf,
			    const struct cni_interface *interfaces,
			    size_t n_interfaces,
			    const struct cni_addressing *ad)
{
	cJSON *array = cni_result_array(result, conf, "interfaces", true);
	int before = cJSON_GetArraySize(array);
	size_t i;

	for (i = 0; i < n_interfaces; i++)
		cni_result_interface(array, conf->version, &interfaces[i]);
	array = cni_result_array(result, conf, "ips", ad->n_ips);
	for (i = 0; i < ad->n_ips; i++)
		cni_result_ip(array, conf->version,
			      before + CNI_RESULT_POD_END, &ad->ips[i]);
	array = cni_result_array(result, conf, "routes", ad->n_routes);
	for (i = 0; i < ad->n_routes; i++)
		cni_result_route(array, conf->version, &ad->routes[i]);
}

/* CNI 0.2.0, Result: the first address of each family, its routes with it. */
static void cni_result_fill_old(cJSON *result, const struct cni_conf *conf,
				const struct cni_addressing *ad)
{
	const struct cni_ip *ip;
	cJSON *object;
	cJSON *routes;
	size_t i;
	size_t j;

	for (i = 0; i < ad->n_ips; i++) {
		ip = &ad->ips[i];
		object = cni_result_old_ip(result, ip);
		if (!object)
			continue;
		routes = NULL;
		for (j = 0; j < ad->n_routes; j++) {
			if (ad->routes[j].family != ip->address.address.family)
				continue;
			if (!routes)
				routes = cJSON_AddArrayToObject(object,
								"routes");
			cni_result_route(routes, conf->version,
					 &ad->routes[j]);
		}
	}
}

cJSON *cni_result_new(const struct cni_conf *conf,
		      const struct cni_interface *interfaces,
		      size_t n_interfaces, const struct cni_addressing *ad)
{
	cJSON *result = cni_result_begin(conf);

	if (conf->version < CNI_0_3_0)
		cni_result_fill_old(result, conf, ad);
	else
		cni_result_fill(result, conf, interfaces, n_interfaces, ad);
	cni_result_dns(result, conf, ad);
	return result;
}

cJSON *cni_result_error(const struct cni_error *err, const char *version)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "cniVersion", version);
	cJSON_AddNumberToObject(object, "code", err->code);
	cJSON_AddStringToObject(object, "msg", err->msg);
	if (err->details[0])
		cJSON_AddStringToObject(object, "details", err->details);
	return object;
}
