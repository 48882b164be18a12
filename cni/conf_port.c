// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

enum {
	CNI_WHERE_SIZE = 32,
};

enum podswitch_guard cni_conf_guard(const struct cni_conf *conf, bool has_ips)
{
	if (conf->guard >= 0)
		return (enum podswitch_guard)conf->guard;
	return has_ips ? PODSWITCH_GUARD_MAC_IP : PODSWITCH_GUARD_MAC;
}

static int cni_port_guard(struct cni_conf *conf, struct cni_error *err)
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
	if (conf->guard == PODSWITCH_GUARD_MAC_IP && !conf->ipam_type &&
	    !conf->n_allowed)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"guard\": \"mac+ip\" needs IP addresses, and there is no \"ipam\"");
	return 0;
}

/* IEEE 802.1Q-2018, table 9-2: 0 is no VLAN, 4095 is reserved. */
static int cni_port_vlan(const cJSON *object, const char *where,
			 const char *key, uint32_t min, uint32_t *vlan,
			 struct cni_error *err)
{
	if (cni_json_uint(object, where, key, vlan, err))
		return -1;
	if (*vlan < min || *vlan > CNI_VLAN_MAX)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%s%s\": %u is not between %u and %d", where,
				key, *vlan, min, CNI_VLAN_MAX);
	return 0;
}

/* {"id": 5}, {"minID": 10, "maxID": 20}, or both at once. */
static int cni_trunk_item(const cJSON *item, const char *where, bool *vlans,
			  struct cni_error *err)
{
	bool has_id = cni_json_get(item, "id");
	bool has_min = cni_json_get(item, "minID");
	uint32_t first = CNI_VLAN_MAX;
	uint32_t last = 1;
	uint32_t id = 1;

	if (cni_json_must_object(item, where, err))
		return -1;
	if (has_min != !!cni_json_get(item, "maxID") || (!has_id && !has_min))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%.*s\" is neither {\"id\"} nor {\"minID\", \"maxID\"}",
				(int)strlen(where) - 1, where);
	if (cni_port_vlan(item, where, "id", 1, &id, err) ||
	    cni_port_vlan(item, where, "minID", 1, &first, err) ||
	    cni_port_vlan(item, where, "maxID", 1, &last, err))
		return -1;
	if (has_min && first > last)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"%sminID\": %u is greater than \"maxID\": %u",
				where, first, last);
	if (has_id)
		vlans[id] = true;
	for (; first <= last; first++)
		vlans[first] = true;
	return 0;
}

/* A set as the ranges that it consists of. */
static int cni_trunk_ranges(struct cni_conf *conf, const bool *vlans,
			    struct cni_error *err)
{
	uint16_t vlan;

	for (vlan = 1; vlan <= CNI_VLAN_MAX; vlan++) {
		if (!vlans[vlan])
			continue;
		if (vlans[vlan - 1]) {
			conf->trunk[conf->n_trunk - 1].last = vlan;
			continue;
		}
		if (conf->n_trunk == CNI_TRUNK_MAX)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"vlanTrunk\": there are more than %d ranges",
					CNI_TRUNK_MAX);
		conf->trunk[conf->n_trunk].first = vlan;
		conf->trunk[conf->n_trunk++].last = vlan;
	}
	return 0;
}

static int cni_port_trunk(struct cni_conf *conf, struct cni_error *err)
{
	bool vlans[CNI_VLAN_MAX + 1] = { false };
	const cJSON *trunk = NULL;
	char where[CNI_WHERE_SIZE];
	const cJSON *item;
	unsigned int i = 0;

	if (cni_json_array(conf->json, "", "vlanTrunk", &trunk, err))
		return -1;
	cJSON_ArrayForEach(item, trunk) {
		snprintf(where, sizeof(where), "vlanTrunk[%u].", i++);
		if (cni_trunk_item(item, where, vlans, err))
			return -1;
	}
	return cni_trunk_ranges(conf, vlans, err);
}

static int cni_port_vlans(struct cni_conf *conf, struct cni_error *err)
{
	bool preserve = false;
	char name[2 * IFNAMSIZ];
	uint32_t vlan = 0;

	if (cni_port_vlan(conf->json, "", "vlan", 0, &vlan, err) ||
	    cni_json_bool(conf->json, "", "preserveDefaultVlan", &preserve,
			  err))
		return -1;
	conf->vlan = (uint16_t)vlan;
	/* Without "vlan", what has no tag is in no VLAN: there is no other. */
	if (vlan && preserve)
		return cni_fail(err, CNI_ERR_FIELD,
				"\"preserveDefaultVlan\": true is not supported with \"vlan\": %u: what has no tag is in that VLAN alone",
				vlan);
	/* The gateway is then a device SWITCH.VLAN. */
	if (vlan && conf->is_gateway &&
	    snprintf(name, sizeof(name), "%s.%u", conf->bridge,
		     vlan) >= IFNAMSIZ)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"bridge\": \"%s\" is too long for a gateway in \"vlan\": %u, which would be %s",
				conf->bridge, vlan, name);
	return cni_port_trunk(conf, err);
}

static int cni_port_allowed(struct cni_conf *conf, struct cni_error *err)
{
	struct podswitch_address *address;
	const cJSON *list = NULL;
	const cJSON *item;

	if (cni_json_array(conf->json, "", "allowedAddresses", &list, err))
		return -1;
	cJSON_ArrayForEach(item, list) {
		if (conf->n_allowed == CNI_ALLOWED_MAX)
			return cni_fail(err, CNI_ERR_CONFIG,
					"\"allowedAddresses\": there are more than %d",
					CNI_ALLOWED_MAX);
		address = &conf->allowed[conf->n_allowed++];
		if (!cJSON_IsString(item) ||
		    !cni_address_parse(item->valuestring, address))
			return cni_json_fail(err, CNI_ERR_CONFIG,
					     "allowedAddresses", item,
					     "is not an IP address");
		/* Each pod of the network may use it. */
		address->shared = true;
	}
	return 0;
}

static int cni_port_uplink(struct cni_conf *conf, struct cni_error *err)
{
	const char *uplink = "";

	if (cni_json_string(conf->json, "", "uplink", &uplink, err))
		return -1;
	if (!uplink[0])
		return 0;
	if (!cni_ifname_valid(uplink) || !strcmp(uplink, conf->bridge))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"uplink\": \"%s\" is not the name of another interface",
				uplink);
	conf->uplink = uplink;
	return 0;
}

int cni_conf_port(struct cni_conf *conf, struct cni_error *err)
{
	if (cni_port_vlans(conf, err) || cni_port_allowed(conf, err) ||
	    cni_port_guard(conf, err) || cni_port_uplink(conf, err))
		return -1;
	return cni_json_uint(conf->json, "", "stormLimit", &conf->storm_limit,
			     err);
}
