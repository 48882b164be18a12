// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

enum {
	CNI_WHERE_SIZE = 64,
};

/* The members of a range that are addresses, and what they default to. */
static int cni_range_address(const cJSON *item, const char *where,
			     const char *key, const struct cni_range *range,
			     struct podswitch_address *to,
			     struct cni_error *err)
{
	struct podswitch_address address;
	const char *text = "";

	if (cni_json_string(item, where, key, &text, err))
		return -1;
	if (!text[0])
		return 0;
	if (!cni_address_parse(text, &address) ||
	    !cni_prefix_holds(&range->subnet, &address))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%s%s\": \"%s\" is not an address in the subnet",
				where, key, text);
	*to = address;
	return 0;
}

static int cni_range_subnet(const cJSON *item, const char *where,
			    struct cni_range *range, struct cni_error *err)
{
	char name[INET6_ADDRSTRLEN];
	struct podswitch_address first;
	const char *text = "";

	if (cni_json_string(item, where, "subnet", &text, err))
		return -1;
	if (!cni_prefix_parse(text, &range->subnet))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%ssubnet\": \"%s\" is not a subnet", where,
				text);
	first = cni_prefix_first(&range->subnet);
	if (cni_address_cmp(&first, &range->subnet.address) != 0)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%ssubnet\": \"%s\" has host bits set; the subnet is %s/%u",
				where, text, cni_address_print(&first, name),
				range->subnet.len);
	if (range->subnet.len + 2U > cni_address_bits(&first))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%ssubnet\": \"%s\" is too small to choose addresses from",
				where, text);
	return 0;
}

/* RFC 1122 3.2.1.3: all ones is a broadcast address; IPv6 has none. */
static void cni_range_default_end(struct cni_range *range)
{
	unsigned int bits = cni_address_bits(&range->subnet.address);

	range->end = cni_prefix_last(&range->subnet);
	if (bits == 32)
		range->end.v4.s_addr ^= htonl(1);
}

static int cni_range_read(const cJSON *item, const char *where,
			  struct cni_range *range, struct cni_error *err)
{
	char start[INET6_ADDRSTRLEN];
	char end[INET6_ADDRSTRLEN];

	if (!cJSON_IsObject(item))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%.*s\" is not an object",
				(int)strlen(where) - 1, where);
	if (cni_range_subnet(item, where, range, err))
		return -1;
	range->start = range->subnet.address;
	cni_address_next(&range->start);
	range->gateway = range->start;
	cni_range_default_end(range);
	if (cni_range_address(item, where, "rangeStart", range, &range->start,
			      err) ||
	    cni_range_address(item, where, "rangeEnd", range, &range->end,
			      err) ||
	    cni_range_address(item, where, "gateway", range, &range->gateway,
			      err))
		return -1;
	if (cni_address_cmp(&range->start, &range->end) > 0)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%srangeStart\": \"%s\" is behind \"rangeEnd\": \"%s\"",
				where, cni_address_print(&range->start, start),
				cni_address_print(&range->end, end));
	return 0;
}

static int cni_range_collides(const struct cni_conf *conf,
			      const struct cni_range *range,
			      const char *where, struct cni_error *err)
{
	const struct cni_range *other;
	size_t i;

	for (i = 0; i < conf->n_ranges; i++) {
		other = &conf->ranges[i];
		if (other->set == range->set &&
		    other->start.family != range->start.family)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"%.*s\": the range set mixes IPv4 and IPv6",
					(int)strlen(where) - 1, where);
		if (cni_address_cmp(&range->start, &other->end) <= 0 &&
		    cni_address_cmp(&other->start, &range->end) <= 0)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"%.*s\": the range overlaps with another",
					(int)strlen(where) - 1, where);
	}
	return 0;
}

static int cni_range_add(struct cni_conf *conf, const cJSON *item,
			 const char *where, struct cni_error *err)
{
	struct cni_range range = { .set = conf->n_sets };

	if (conf->n_ranges == CNI_RANGES_MAX)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%.*s\": there are more than %d ranges",
				(int)strlen(where) - 1, where, CNI_RANGES_MAX);
	if (cni_range_read(item, where, &range, err) ||
	    cni_range_collides(conf, &range, where, err))
		return -1;
	conf->ranges[conf->n_ranges++] = range;
	return 0;
}

/* An array of range sets, which are arrays of ranges. */
static int cni_range_sets(struct cni_conf *conf, const cJSON *sets,
			  const char *path, struct cni_error *err)
{
	char where[CNI_WHERE_SIZE];
	unsigned int i = 0;
	unsigned int j;
	const cJSON *item;
	const cJSON *set;

	cJSON_ArrayForEach(set, sets) {
		if (!cJSON_IsArray(set) || !set->child)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"%s[%u]\" is not an array of ranges",
					path, i);
		j = 0;
		cJSON_ArrayForEach(item, set) {
			snprintf(where, sizeof(where), "%s[%u][%u].", path, i,
				 j++);
			if (cni_range_add(conf, item, where, err))
				return -1;
		}
		conf->n_sets++;
		i++;
	}
	return 0;
}

/* In the reference's order: the runtime's ranges, the single one, the rest. */
static int cni_conf_ranges(struct cni_conf *conf, const cJSON *ipam,
			   struct cni_error *err)
{
	const cJSON *runtime = cni_json_get(conf->json, "runtimeConfig");
	const cJSON *sets = NULL;

	if (cni_json_array(runtime, "runtimeConfig.", "ipRanges", &sets, err) ||
	    cni_range_sets(conf, sets, "runtimeConfig.ipRanges", err))
		return -1;
	if (!cni_json_zero(cni_json_get(ipam, "subnet"))) {
		if (cni_range_add(conf, ipam, "ipam.", err))
			return -1;
		conf->n_sets++;
	}
	sets = NULL;
	if (cni_json_array(ipam, "ipam.", "ranges", &sets, err) ||
	    cni_range_sets(conf, sets, "ipam.ranges", err))
		return -1;
	if (!conf->n_ranges)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"ipam\" has neither \"ranges\" nor \"subnet\"");
	return 0;
}

static int cni_conf_routes(struct cni_conf *conf, const cJSON *ipam,
			   struct cni_error *err)
{
	const cJSON *routes = NULL;
	char where[CNI_WHERE_SIZE];
	const cJSON *item;

	if (cni_json_array(ipam, "ipam.", "routes", &routes, err))
		return -1;
	cJSON_ArrayForEach(item, routes) {
		if (conf->n_routes == CNI_ROUTES_MAX)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"ipam.routes\": there are more than %d routes",
					CNI_ROUTES_MAX);
		snprintf(where, sizeof(where), "ipam.routes[%zu].",
			 conf->n_routes);
		if (cni_conf_route(item, where, &conf->routes[conf->n_routes],
				   err))
			return -1;
		conf->n_routes++;
	}
	return 0;
}

static int cni_want(struct cni_conf *conf, const char *key, const char *text,
		    struct cni_error *err)
{
	struct podswitch_address address;
	struct cni_prefix prefix;

	if (cni_prefix_parse(text, &prefix))
		address = prefix.address;
	else if (!cni_address_parse(text, &address))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%s\": \"%s\" is not an IP address", key,
				text);
	if (conf->n_wanted == CNI_WANTED_MAX)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%s\": more than %d addresses are asked for",
				key, CNI_WANTED_MAX);
	conf->wanted[conf->n_wanted++] = address;
	return 0;
}

static int cni_want_list(struct cni_conf *conf, const cJSON *object,
			 const char *where, struct cni_error *err)
{
	const cJSON *list = NULL;
	char key[CNI_WHERE_SIZE];
	const cJSON *item;

	if (cni_json_array(object, where, "ips", &list, err))
		return -1;
	snprintf(key, sizeof(key), "%sips", where);
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item))
			return cni_json_fail(err, CNI_ERR_CONFIG, key, item,
					     "is not a string");
		if (cni_want(conf, key, item->valuestring, err))
			return -1;
	}
	return 0;
}

/* Whatever asks first, is heard: runtimeConfig, args, CNI_ARGS. */
static int cni_conf_wanted(struct cni_conf *conf, struct cni_error *err)
{
	const cJSON *args = cni_json_get(conf->json, "args");

	if (cni_want_list(conf, cni_json_get(conf->json, "runtimeConfig"),
			  "runtimeConfig.", err))
		return -1;
	if (!conf->n_wanted &&
	    cni_want_list(conf, cni_json_get(args, "cni"), "args.cni.", err))
		return -1;
	if (!conf->n_wanted && conf->args.ip)
		return cni_want(conf, "CNI_ARGS.IP", conf->args.ip, err);
	return 0;
}

/* Settings of host-local that have no meaning without its files. */
static int cni_conf_refuse_files(const cJSON *ipam, struct cni_error *err)
{
	static const char *const keys[] = { "dataDir", "resolvConf" };
	const cJSON *item;
	char path[32];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		item = cni_json_get(ipam, keys[i]);
		snprintf(path, sizeof(path), "ipam.%s", keys[i]);
		if (!cni_json_zero(item))
			return cni_json_fail(err, CNI_ERR_FIELD, path, item,
					     "is not supported");
	}
	return 0;
}

int cni_conf_ipam(struct cni_conf *conf, struct cni_error *err)
{
	const cJSON *ipam = NULL;
	const char *type = "";

	if (cni_json_object(conf->json, "", "ipam", &ipam, err) ||
	    cni_json_string(ipam, "ipam.", "type", &type, err) ||
	    cni_conf_wanted(conf, err))
		return -1;
	if (!type[0] && !cni_json_zero(ipam))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"ipam\" has no \"type\"");
	if (!type[0] && conf->n_wanted)
		return cni_fail(err, CNI_ERR_CONFIG,
				"addresses are asked for, and the network has no \"ipam\"");
	if (strchr(type, '/'))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"ipam.type\": \"%s\" is not a file name",
				type);
	if (!cni_conf_own_ipam(conf))
		return 0;
	if (cni_conf_refuse_files(ipam, err) ||
	    cni_conf_ranges(conf, ipam, err))
		return -1;
	return cni_conf_routes(conf, ipam, err);
}
