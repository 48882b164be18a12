// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

#define CNI_BRIDGE_DEFAULT "psw0"
#define CNI_OWN_IPAM "podswitch"

static const char *const cni_versions[CNI_N_VERSIONS] = {
	[CNI_0_1_0] = "0.1.0",
	[CNI_0_2_0] = "0.2.0",
	[CNI_0_3_0] = "0.3.0",
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
	{ "router", offsetof(struct cni_conf, router) },
	{ "dhcpServer", offsetof(struct cni_conf, dhcp_server) },
	{ "enabledad", offsetof(struct cni_conf, enabledad) },
	{ "forceAddress", offsetof(struct cni_conf, force_address) },
	{ "promiscMode", offsetof(struct cni_conf, promisc) },
	{ "disableContainerInterface",
	  offsetof(struct cni_conf, disable_interface) },
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
	conf->json = cni_json_parse(text, "the configuration", err);
	return conf->json ? 0 : -1;
}

static int cni_fail_version(const char *version, struct cni_error *err)
{
	char list[128] = "";
	size_t used = 0;
	int i;

	for (i = 0; i < CNI_N_VERSIONS; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s\"%s\"", i ? " " : "",
					 cni_versions[i]);
	cni_fail(err, CNI_ERR_VERSION, "incompatible CNI versions");
	return cni_explain(err, "config is \"%s\", plugin supports [%s]",
			   version, list);
}

static int cni_conf_version(struct cni_conf *conf, struct cni_request *req,
			    struct cni_error *err)
{
	const char *version = "";
	int i;

	if (cni_json_string(conf->json, "", "cniVersion", &version, err))
		return -1;
	/* CNI 0.2.0 brought the key: an absent version is the one before. */
	if (!version[0])
		version = cni_versions[CNI_0_1_0];
	for (i = 0; i < CNI_N_VERSIONS; i++) {
		if (strcmp(version, cni_versions[i]) != 0)
			continue;
		conf->version = (enum cni_version)i;
		req->version = cni_versions[i];
		return 0;
	}
	return cni_fail_version(version, err);
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
	const char *backend;
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
	backend = cni_conf_peek(conf->json, "ipMasqBackend");
	conf->masq_iptables = backend && !strcmp(backend, "iptables");
	ipam = cni_json_get(conf->json, "ipam");
	conf->ipam_type = cni_conf_peek(ipam, "type");
	/* CNI 0.3.0 brought it. */
	if (conf->version >= CNI_0_3_0)
		conf->prev_result = cni_json_get(conf->json, "prevResult");
	return 0;
}

static int cni_conf_backend(const struct cni_conf *conf, struct cni_error *err)
{
	const char *backend = NULL;

	if (cni_json_string(conf->json, "", "ipMasqBackend", &backend, err))
		return -1;
	if (backend && backend[0] && !conf->masq_iptables &&
	    strcmp(backend, "nftables") != 0)
		return cni_fail(err, CNI_ERR_FIELD,
				"\"ipMasqBackend\": \"%s\" is none of \"nftables\" and \"iptables\"",
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
	if (conf->hairpin && conf->promisc)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"hairpinMode\": true and \"promiscMode\": true exclude each other");
	if (conf->disable_interface && conf->ipam_type)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"disableContainerInterface\": true contradicts \"ipam\": an interface that is down has no addresses");
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

/* What the runtime and other plugins put beside the settings. */
static int cni_conf_beside(const struct cni_conf *conf, struct cni_error *err)
{
	const cJSON *args = NULL;
	const cJSON *unused;

	if (cni_json_object(conf->json, "", "prevResult", &unused, err) ||
	    cni_json_object(conf->json, "", "runtimeConfig", &unused, err) ||
	    cni_json_object(conf->json, "", "args", &args, err))
		return -1;
	return cni_json_object(args, "args.", "cni", &unused, err);
}

int cni_conf_settings(struct cni_conf *conf, const struct cni_request *req,
		      struct cni_error *err)
{
	if (cni_conf_beside(conf, err) || cni_conf_backend(conf, err) ||
	    cni_conf_bools(conf, err) || cni_conf_bridge(conf, err) ||
	    cni_conf_mtu(conf, err) || cni_conf_port(conf, err) ||
	    cni_conf_dns(conf, err) ||
	    cni_args_read(&conf->args, req->args, err) ||
	    cni_conf_mac(conf, err))
		return -1;
	return cni_conf_ipam(conf, err);
}

void cni_conf_fini(struct cni_conf *conf)
{
	cJSON_Delete(conf->json);
	cJSON_Delete(conf->ipam_dns);
	cni_args_fini(&conf->args);
}
