// SPDX-License-Identifier: GPL-2.0
#include "addressing.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

enum {
	CNI_WHERE_SIZE = 64,
};

const struct podswitch_address *
cni_addressing_gateway(const struct cni_addressing *ad, uint8_t family)
{
	size_t i;

	for (i = 0; i < ad->n_ips; i++)
		if (ad->ips[i].has_gateway &&
		    ad->ips[i].gateway.family == family)
			return &ad->ips[i].gateway;
	return NULL;
}

static bool cni_has_default_route(const struct cni_addressing *ad,
				  uint8_t family)
{
	size_t i;

	for (i = 0; i < ad->n_routes; i++)
		if (ad->routes[i].family == family && !ad->routes[i].dst_len)
			return true;
	return false;
}

static void cni_add_default_route(struct cni_addressing *ad, uint8_t family)
{
	const struct podswitch_address *gateway;
	struct nl_route *route;

	gateway = cni_addressing_gateway(ad, family);
	if (!gateway || cni_has_default_route(ad, family))
		return;
	route = &ad->routes[ad->n_routes++];
	memset(route, 0, sizeof(*route));
	route->family = family;
	route->scope = -1;
	route->has_gateway = true;
	memcpy(route->gateway, cni_address_bytes(gateway),
	       cni_address_bits(gateway) / 8);
}

void cni_addressing_gateways(struct cni_addressing *ad,
			     const struct cni_conf *conf)
{
	struct cni_ip *ip;
	size_t i;

	if (!conf->is_gateway)
		return;
	for (i = 0; i < ad->n_ips; i++) {
		ip = &ad->ips[i];
		if (ip->has_gateway)
			continue;
		ip->has_gateway = true;
		ip->gateway = cni_prefix_first(&ip->address);
		cni_address_next(&ip->gateway);
	}
	if (!conf->is_default_gateway)
		return;
	cni_add_default_route(ad, AF_INET);
	cni_add_default_route(ad, AF_INET6);
}

static int cni_parse_ip(struct cni_addressing *ad, const cJSON *item,
			const char *where, const char *key,
			struct cni_error *err)
{
	struct cni_ip *ip = &ad->ips[ad->n_ips];
	uint32_t interface = UINT32_MAX;
	const char *gateway = "";
	const char *address = "";

	if (ad->n_ips == CNI_IPS_MAX)
		return cni_fail(err, CNI_ERR_CONFIG,
				"there are more than %d addresses",
				CNI_IPS_MAX);
	if (cni_json_must_object(item, where, err) ||
	    cni_json_string(item, where, key, &address, err) ||
	    cni_json_string(item, where, "gateway", &gateway, err) ||
	    cni_json_uint(item, where, "interface", &interface, err))
		return -1;
	ip->interface = (int)interface;
	if (!cni_prefix_parse(address, &ip->address))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%s%s\": \"%s\" is not an address with a prefix length",
				where, key, address);
	ip->has_gateway = gateway[0];
	if (ip->has_gateway && !cni_address_parse(gateway, &ip->gateway))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%sgateway\": \"%s\" is not an address",
				where, gateway);
	ad->n_ips++;
	return 0;
}

static int cni_parse_routes(struct cni_addressing *ad, const cJSON *object,
			    const char *path, struct cni_error *err)
{
	const cJSON *routes = NULL;
	char where[CNI_WHERE_SIZE];
	const cJSON *item;

	if (cni_json_array(object, path, "routes", &routes, err))
		return -1;
	cJSON_ArrayForEach(item, routes) {
		if (ad->n_routes == CNI_ROUTES_MAX)
			return cni_fail(err, CNI_ERR_CONFIG,
					"there are more than %d routes",
					CNI_ROUTES_MAX);
		snprintf(where, sizeof(where), "%sroutes[%zu].", path,
			 ad->n_routes);
		if (cni_conf_route(item, where, &ad->routes[ad->n_routes],
				   err))
			return -1;
		ad->n_routes++;
	}
	return 0;
}

/* CNI 0.2.0: one address of each family, and its routes with it. */
static int cni_parse_old(struct cni_addressing *ad, const cJSON *result,
			 struct cni_error *err)
{
	static const char *const keys[] = { "ip4", "ip6" };
	static const char *const paths[] = { "ip4.", "ip6." };
	const cJSON *item;
	size_t i;

	for (i = 0; i < 2; i++) {
		item = NULL;
		if (cni_json_object(result, "", keys[i], &item, err))
			return -1;
		if (item && (cni_parse_ip(ad, item, paths[i], "ip", err) ||
			     cni_parse_routes(ad, item, paths[i], err)))
			return -1;
	}
	return 0;
}

int cni_addressing_parse(struct cni_addressing *ad, const cJSON *result,
			 struct cni_error *err)
{
	const cJSON *ips = NULL;
	char where[CNI_WHERE_SIZE];
	const cJSON *dns = NULL;
	const cJSON *item;

	ad->n_ips = 0;
	ad->n_routes = 0;
	ad->dns = NULL;
	if (cni_parse_old(ad, result, err) ||
	    cni_json_array(result, "", "ips", &ips, err))
		return -1;
	cJSON_ArrayForEach(item, ips) {
		snprintf(where, sizeof(where), "ips[%zu].", ad->n_ips);
		if (cni_parse_ip(ad, item, where, "address", err))
			return -1;
	}
	if (cni_parse_routes(ad, result, "", err) ||
	    cni_json_object(result, "", "dns", &dns, err))
		return -1;
	if (!cni_json_zero(dns))
		ad->dns = cJSON_Duplicate(dns, true);
	return 0;
}

void cni_addressing_fini(struct cni_addressing *ad)
{
	cJSON_Delete(ad->dns);
	ad->dns = NULL;
}
