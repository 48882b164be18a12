// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

enum {
	CNI_WHERE_SIZE = 64,
};

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

/* Of host-local's settings, the one that has no meaning without its files. */
static int cni_conf_refuse_files(const cJSON *ipam, struct cni_error *err)
{
	const cJSON *item = cni_json_get(ipam, "dataDir");

	if (cni_json_zero(item))
		return 0;
	return cni_json_fail(err, CNI_ERR_FIELD, "ipam.dataDir", item,
			     "is not supported: the kernel holds the addresses");
}

static int cni_conf_resolv_file(struct cni_conf *conf, const cJSON *ipam,
				struct cni_error *err)
{
	const char *path = "";

	if (cni_json_string(ipam, "ipam.", "resolvConf", &path, err))
		return -1;
	return path[0] ? cni_conf_resolv(path, &conf->ipam_dns, err) : 0;
}

/* CNI 0.2.0, Result: "ip4" and "ip6" have room for one address each. */
static int cni_conf_old_result(const struct cni_conf *conf,
			       struct cni_error *err)
{
	bool seen[2] = { false };
	bool *family;
	size_t i;

	if (conf->version >= CNI_0_3_0)
		return 0;
	if (!conf->ipam_type)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"cniVersion\": \"%s\" has no result without an IP address, and there is no \"ipam\"",
				cni_version_name(conf->version));
	for (i = 0; i < conf->n_ranges; i++) {
		if (i && conf->ranges[i].set == conf->ranges[i - 1].set)
			continue;
		family = &seen[conf->ranges[i].start.family == AF_INET6];
		if (*family)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"ipam\" has two range sets of a family, and a result of \"cniVersion\": \"%s\" has room for one",
					cni_version_name(conf->version));
		*family = true;
	}
	return 0;
}

static int cni_conf_own(struct cni_conf *conf, const cJSON *ipam,
			struct cni_error *err)
{
	if (cni_conf_refuse_files(ipam, err) ||
	    cni_conf_ranges(conf, ipam, err) ||
	    cni_conf_routes(conf, ipam, err))
		return -1;
	return cni_conf_resolv_file(conf, ipam, err);
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
	if (cni_conf_own_ipam(conf) && cni_conf_own(conf, ipam, err))
		return -1;
	return cni_conf_old_result(conf, err);
}
