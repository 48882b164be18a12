// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <string.h>

#include "json.h"

static int cni_route_dst(const cJSON *item, const char *where,
			 struct nl_route *route, struct cni_error *err)
{
	const char *text = "";
	struct cni_prefix dst;
	struct podswitch_address first;

	if (cni_json_string(item, where, "dst", &text, err))
		return -1;
	if (!cni_prefix_parse(text, &dst))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%sdst\": \"%s\" is not a subnet", where,
				text);
	first = cni_prefix_first(&dst);
	route->family = first.family;
	route->dst_len = dst.len;
	memcpy(route->dst, cni_address_bytes(&first),
	       cni_address_bits(&first) / 8);
	return 0;
}

static int cni_route_gateway(const cJSON *item, const char *where,
			     struct nl_route *route, struct cni_error *err)
{
	struct podswitch_address gateway;
	const char *text = "";

	if (cni_json_string(item, where, "gw", &text, err))
		return -1;
	if (!text[0])
		return 0;
	if (!cni_address_parse(text, &gateway) ||
	    gateway.family != route->family)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%sgw\": \"%s\" is not an address of the destination's family",
				where, text);
	route->has_gateway = true;
	memcpy(route->gateway, cni_address_bytes(&gateway),
	       cni_address_bits(&gateway) / 8);
	return 0;
}

int cni_conf_route(const cJSON *item, const char *where,
		   struct nl_route *route, struct cni_error *err)
{
	uint32_t scope = UINT32_MAX;

	memset(route, 0, sizeof(*route));
	if (cni_json_must_object(item, where, err) ||
	    cni_route_dst(item, where, route, err) ||
	    cni_route_gateway(item, where, route, err) ||
	    cni_json_uint(item, where, "mtu", &route->mtu, err) ||
	    cni_json_uint(item, where, "advmss", &route->advmss, err) ||
	    cni_json_uint(item, where, "priority", &route->priority, err) ||
	    cni_json_uint(item, where, "table", &route->table, err) ||
	    cni_json_uint(item, where, "scope", &scope, err))
		return -1;
	if (scope != UINT32_MAX && scope > UINT8_MAX)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%sscope\": %u is greater than 255", where,
				scope);
	route->scope = scope == UINT32_MAX ? -1 : (int)scope;
	return 0;
}
