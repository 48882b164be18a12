// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

#define CNI_BRIDGE_DEFAULT "psw0"
#define CNI_OWN_IPAM "podswitch"

static const char *const cni_versions[CNI_N_VERSIONS] = {
	[CNI_0_3_1] = "0.3.1",
	[CNI_0_4_0] = "0.4.0",
	[CNI_1_0_0] = "1.0.0",
	[CNI_1_1_0] = "1.1.0",
};

static const struct cni_bool {
	const char *key;
	size_t member;
} cni_bools[] = {
	{ "isGateway", offsetof(struct cni_conf, is_gateway) },
	{ "isDefaultGateway", offsetof(struct cni_conf, is_default_gateway) },
	{ "ipMasq", offsetof(struct cni_conf, ip_masq) },
	{ "portIsolation", offsetof(struct cni_conf, isolated) },
	{ "hairpinMode", offsetof(struct cni_conf, hairpin) },
	{ "enabledad", offsetof(struct cni_conf, enabledad) },
};

/* Settings of the reference plugin that podswitch does not offer. */
static const char *const cni_refused[] = {
	"promiscMode", "vlan", "vlanTrunk", "preserveDefaultVlan",
	"disableContainerInterface", "forceAddress",
};

const char *cni_version_name(enum cni_version version)
{
	return cni_versions[version];
}

int cni_conf_allows(const struct cni_conf *conf, const char *verb,
		    enum cni_version since, struct cni_error *err)
{
	if (conf->version >= since)
		return 0;
	return cni_fail(err, CNI_ERR_VERSION,
			"config version does not allow %s", verb);
}

bool cni_conf_own_ipam(const struct cni_conf *conf)
{
	return conf->ipam_type && !strcmp(conf->ipam_type, CNI_OWN_IPAM);
}

static int cni_conf_decode(struct cni_conf *conf, const char *text,
			   struct cni_error *err)
{
	const char *end = text;

	conf->json = cJSON_ParseWithOpts(text, &end, true);
	if (!conf->json)
		return cni_fail(err, CNI_ERR_DECODE,
				"the configuration is not JSON, from byte %zu on",
				(size_t)(end - text));
	if (!cJSON_IsObject(conf->json))
		return cni_fail(err, CNI_ERR_DECODE,
				"the configuration is not a JSON object");
	return 0;
}

static int cni_conf_version(struct cni_conf *conf, struct cni_request *req,
			    struct cni_error *err)
{
	/* An absent version is the oldest. */
	const char *version = "";
	int i;

	if (cni_json_string(conf->json, "", "cniVersion", &version, err))
		return -1;
	for (i = 0; i < CNI_N_VERSIONS; i++) {
		if (strcmp(version, cni_versions[i]) != 0)
			continue;
		conf->version = (enum cni_version)i;
		req->version = cni_versions[i];
		return 0;
	}
	cni_fail(err, CNI_ERR_VERSION, "incompatible CNI versions");
	return cni_explain(err, "config is \"%s\", plugin supports "
			   "[\"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]",
			   version[0] ? version : "0.1.0");
}

static int cni_conf_name(struct cni_conf *conf, struct cni_error *err)
{
	if (cni_json_string(conf->json, "", "name", &conf->name, err))
		return -1;
	if (!conf->name || !conf->name[0])
		return cni_fail(err, CNI_ERR_CONFIG, "\"name\" is missing");
	if (!cni_name_valid(conf->name))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"name\": \"%s\" is not a network name",
				conf->name);
	return 0;
}

/* A string member, or NULL, whatever else is there. */
static const char *cni_conf_peek(const cJSON *object, const char *key)
{
	const char *value = cJSON_GetStringValue(cni_json_get(object, key));

	return value && value[0] ? value : NULL;
}

int cni_conf_read(struct cni_conf *conf, struct cni_request *req,
		  struct cni_error *err)
{
	const cJSON *ipam;

	memset(conf, 0, sizeof(*conf));
	conf->guard = -1;
	if (cni_conf_decode(conf, req->input, err) ||
	    cni_conf_version(conf, req, err) || cni_conf_name(conf, err))
		return -1;
	conf->bridge = cni_conf_peek(conf->json, "bridge");
	if (!conf->bridge)
		conf->bridge = cni_conf_peek(conf->json, "switch");
	if (!conf->bridge)
		conf->bridge = CNI_BRIDGE_DEFAULT;
	conf->ip_masq = cJSON_IsTrue(cni_json_get(conf->json, "ipMasq"));
	ipam = cni_json_get(conf->json, "ipam");
	conf->ipam_type = cni_conf_peek(ipam, "type");
	conf->prev_result = cni_json_get(conf->json, "prevResult");
	return 0;
}

static int cni_conf_refuse(const struct cni_conf *conf, struct cni_error *err)
{
	const char *backend = NULL;
	const cJSON *item;
	size_t i;

	for (i = 0; i < sizeof(cni_refused) / sizeof(*cni_refused); i++) {
		item = cni_json_get(conf->json, cni_refused[i]);
		if (!cni_json_zero(item))
			return cni_json_fail(err, CNI_ERR_FIELD,
					     cni_refused[i], item,
					     "is not supported");
	}
	if (cni_json_string(conf->json, "", "ipMasqBackend", &backend, err))
		return -1;
	if (backend && backend[0] && strcmp(backend, "nftables") != 0)
		return cni_fail(err, CNI_ERR_FIELD,
				"\"ipMasqBackend\": \"%s\" is not supported",
				backend);
	return 0;
}

static int cni_conf_bools(struct cni_conf *conf, struct cni_error *err)
{
	size_t i;

	for (i = 0; i < sizeof(cni_bools) / sizeof(*cni_bools); i++)
		if (cni_json_bool(conf->json, "", cni_bools[i].key,
				  (bool *)((char *)conf + cni_bools[i].member),
				  err))
			return -1;
	conf->is_gateway |= conf->is_default_gateway;
	return 0;
}

static int cni_conf_bridge(const struct cni_conf *conf, struct cni_error *err)
{
	const char *bridge = "";
	const char *alias = "";

	if (cni_json_string(conf->json, "", "bridge", &bridge, err) ||
	    cni_json_string(conf->json, "", "switch", &alias, err))
		return -1;
	if (bridge[0] && alias[0] && strcmp(bridge, alias) != 0)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"bridge\": \"%s\" and \"switch\": \"%s\" mean the same and differ",
				bridge, alias);
	if (!cni_ifname_valid(conf->bridge))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"bridge\": \"%s\" is not an interface name",
				conf->bridge);
	return 0;
}

static int cni_conf_mtu(struct cni_conf *conf, struct cni_error *err)
{
	if (cni_json_uint(conf->json, "", "mtu", &conf->mtu, err))
		return -1;
	/* RFC 791 3.2 sets the lower bound, the kernel's veth the upper one. */
	if (conf->mtu && (conf->mtu < 68 || conf->mtu > 65535))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"mtu\": %u is not between 68 and 65535",
				conf->mtu);
	return 0;
}

static int cni_conf_guard(struct cni_conf *conf, struct cni_error *err)
{
	const char *name = NULL;
	bool check = false;
	const char *known;
	int guard;

	if (cni_json_string(conf->json, "", "guard", &name, err) ||
	    cni_json_bool(conf->json, "", "macspoofchk", &check, err))
		return -1;
	for (guard = PODSWITCH_GUARD_OFF; name && conf->guard < 0; guard++) {
		known = podswitch_guard_name((enum podswitch_guard)guard);
		if (!known)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"guard\": \"%s\" is none of \"off\", \"mac\" and \"mac+ip\"",
					name);
		if (!strcmp(name, known))
			conf->guard = guard;
	}
	if (check && conf->guard == PODSWITCH_GUARD_OFF)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"macspoofchk\": true contradicts \"guard\": \"off\"");
	if (conf->guard == PODSWITCH_GUARD_MAC_IP && !conf->ipam_type)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"guard\": \"mac+ip\" needs IP addresses, and there is no \"ipam\"");
	return 0;
}

/* Whatever asks first, is heard: runtimeConfig, args, CNI_ARGS. */
static int cni_conf_mac(struct cni_conf *conf, struct cni_error *err)
{
	const cJSON *runtime = cni_json_get(conf->json, "runtimeConfig");
	const cJSON *args = cni_json_get(conf->json, "args");
	const char *mac = NULL;

	if (cni_json_string(runtime, "runtimeConfig.", "mac", &mac, err))
		return -1;
	if ((!mac || !mac[0]) && cni_json_string(cni_json_get(args, "cni"),
						 "args.cni.", "mac", &mac, err))
		return -1;
	if (!mac || !mac[0])
		mac = conf->args.mac;
	if (!mac)
		return 0;
	if (!cni_mac_parse(mac, conf->mac))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"mac\": \"%s\" is not a MAC address for one interface",
				mac);
	conf->has_mac = true;
	return 0;
}

static int cni_conf_dns_list(const cJSON *dns, const char *key,
			     struct cni_error *err)
{
	const cJSON *array = NULL;
	const cJSON *item;
	char path[32];

	if (cni_json_array(dns, "dns.", key, &array, err))
		return -1;
	snprintf(path, sizeof(path), "dns.%s", key);
	cJSON_ArrayForEach(item, array)
		if (!cJSON_IsString(item))
			return cni_json_fail(err, CNI_ERR_CONFIG, path, item,
					     "is not a string");
	return 0;
}

static int cni_conf_dns(struct cni_conf *conf, struct cni_error *err)
{
	const char *domain;

	if (cni_json_object(conf->json, "", "dns", &conf->dns, err) ||
	    cni_json_string(conf->dns, "dns.", "domain", &domain, err) ||
	    cni_conf_dns_list(conf->dns, "nameservers", err) ||
	    cni_conf_dns_list(conf->dns, "search", err) ||
	    cni_conf_dns_list(conf->dns, "options", err))
		return -1;
	if (cni_json_zero(conf->dns))
		conf->dns = NULL;
	return 0;
}

int cni_conf_settings(struct cni_conf *conf, const struct cni_request *req,
		      struct cni_error *err)
{
	if (cni_conf_refuse(conf, err) || cni_conf_bools(conf, err) ||
	    cni_conf_bridge(conf, err) || cni_conf_mtu(conf, err) ||
	    cni_conf_guard(conf, err) || cni_conf_dns(conf, err) ||
	    cni_args_read(&conf->args, req->args, err) ||
	    cni_conf_mac(conf, err))
		return -1;
	return cni_conf_ipam(conf, err);
}

void cni_conf_fini(struct cni_conf *conf)
{
	cJSON_Delete(conf->json);
	cni_args_fini(&conf->args);
}
