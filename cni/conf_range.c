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

	if (cni_json_must_object(item, where, err) ||
	    cni_range_subnet(item, where, range, err))
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
		snprintf(where, sizeof(where), "%s[%u]", path, i);
		if (!cJSON_IsArray(set) || !set->child)
			return cni_json_fail(err, CNI_ERR_CONFIG, where, set,
					     "is not an array of ranges");
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
int cni_conf_ranges(struct cni_conf *conf, const cJSON *ipam,
		    struct cni_error *err)
{
	const cJSON *runtime = cni_json_get(conf->json, "runtimeConfig");
	const char *subnet = "";
	const cJSON *sets = NULL;

	if (cni_json_array(runtime, "runtimeConfig.", "ipRanges", &sets, err) ||
	    cni_range_sets(conf, sets, "runtimeConfig.ipRanges", err))
		return -1;
	if (cni_json_string(ipam, "ipam.", "subnet", &subnet, err))
		return -1;
	if (subnet[0]) {
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
