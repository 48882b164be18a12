// SPDX-License-Identifier: GPL-2.0
#include "state.h"

#include <linux/if_addr.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "print.h"

#define TABLE(struct_, fields_, ...)					\
	{ .fields = fields_, .n = ARRAY_SIZE(fields_),			\
	  .size = sizeof(struct struct_), __VA_ARGS__ }
#define AT(struct_, member) .offset = offsetof(struct struct_, member)

/* --- devices --- */

static const struct field state_link_fields[] = {
	{ "name", FIELD_NAME, AT(state_link, link.name), .needed = true },
	{ "kind", FIELD_NAME, AT(state_link, link.kind), .needed = true },
	{ "ifindex", FIELD_U32, AT(state_link, link.ifindex), .needed = true },
	{ "mac", FIELD_MAC, AT(state_link, link.mac), .needed = true },
	{ "mtu", FIELD_U32, AT(state_link, link.mtu), .needed = true },
	{ "link", FIELD_NAME, AT(state_link, lower) },
	{ "master", FIELD_NAME, AT(state_link, master) },
	{ "up", FIELD_FLAG, AT(state_link, link.flags), .bit = IFF_UP },
	{ "promisc", FIELD_FLAG, AT(state_link, link.flags),
	  .bit = IFF_PROMISC },
	{ "allmulticast", FIELD_FLAG, AT(state_link, link.flags),
	  .bit = IFF_ALLMULTI },
	{ "txqueuelen", FIELD_U32, AT(state_link, link.tx_queue_len) },
	{ "group", FIELD_U32, AT(state_link, link.group) },
	{ "alias", FIELD_TEXT, AT(state_link, link.alias) },
	{ "vlan", FIELD_U16, AT(state_link, link.vlan) },
	{ "vlan-protocol", FIELD_U16, AT(state_link, link.vlan_protocol) },
	{ "vlan-flags", FIELD_U32, AT(state_link, link.vlan_flags) },
};

static const char *state_check_link(const void *item)
{
	const struct state_link *link = item;
	bool is_vlan = !strcmp(link->link.kind, "vlan");

	if (!is_vlan && strcmp(link->link.kind, "podswitch"))
		return ".kind is neither \"podswitch\" nor \"vlan\"";
	if (is_vlan != !!link->lower[0])
		return is_vlan ? ".link is missing" :
				 ".link does not go with a switch";
	if (link->link.ifindex > INT32_MAX)
		return ".ifindex is out of range";
	return NULL;
}

static const struct field_table state_links =
	TABLE(state_link, state_link_fields, .check = state_check_link);

/* --- settings of devices --- */

static const struct field state_sysctl_fields[] = {
	{ "dev", FIELD_NAME, AT(state_sysctl, dev), .needed = true },
	{ "group", FIELD_TEXT, AT(state_sysctl, group), .needed = true },
	{ "key", FIELD_TEXT, AT(state_sysctl, key), .needed = true },
	{ "value", FIELD_TEXT, AT(state_sysctl, value), .needed = true },
};

/* They become a path that is written to. */
static const char *state_check_sysctl(const void *item)
{
	const struct state_sysctl *sysctl = item;
	const char *key = sysctl->key;

	if (strcmp(sysctl->group, "ipv4/conf") &&
	    strcmp(sysctl->group, "ipv6/conf") &&
	    strcmp(sysctl->group, "ipv4/neigh") &&
	    strcmp(sysctl->group, "ipv6/neigh"))
		return ".group is none of a device";
	if (!*key || key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		return ".key is no setting";
	if (!strcmp(sysctl->dev, "all") || !strcmp(sysctl->dev, "default"))
		return ".dev is no device";
	return NULL;
}

static const struct field_table state_sysctls =
	TABLE(state_sysctl, state_sysctl_fields, .check = state_check_sysctl);

/* --- switches --- */

static const struct field state_switch_fields[] = {
	{ "name", FIELD_NAME, AT(state_switch, name), .needed = true },
	{ "max-ports", FIELD_U32, AT(state_switch, max_ports),
	  .needed = true },
	{ "max-addresses", FIELD_U32, AT(state_switch, max_addresses),
	  .needed = true },
	{ "last-ipv4", FIELD_IPV4, AT(state_switch, last_ipv4) },
	{ "last-ipv6", FIELD_IPV6, AT(state_switch, last_ipv6) },
};

static const struct field_table state_switches =
	TABLE(state_switch, state_switch_fields);

/* --- ports --- */

static const struct field state_range_fields[] = {
	{ "first", FIELD_U16, AT(podswitch_vlan_range, first),
	  .needed = true },
	{ "last", FIELD_U16, AT(podswitch_vlan_range, last), .needed = true },
};

static const struct field_table state_trunk =
	TABLE(podswitch_vlan_range, state_range_fields,
	      .max = PODSWITCH_PORT_TRUNK_RANGES_MAX);

static const struct field state_holding_fields[] = {
	{ "ipv4", FIELD_IPV4, .offset = 0 },
	{ "ipv6", FIELD_IPV6, .offset = 0 },
	{ "mac", FIELD_STATION, .offset = 0 },
	{ "vlan", FIELD_VLAN, .offset = 0 },
	{ "shared", FIELD_BOOL, AT(podswitch_address, shared) },
};

static const char *state_check_holding(const void *item)
{
	const struct podswitch_address *address = item;

	return address->family ? NULL : "has neither ipv4 nor ipv6 nor mac";
}

static const struct field_table state_holdings =
	TABLE(podswitch_address, state_holding_fields,
	      .max = PODSWITCH_PORT_ADDRESSES_MAX,
	      .check = state_check_holding);

static const struct field state_owner_fields[] = {
	{ "network", FIELD_TEXT, AT(podswitch_owner, network) },
	{ "container-id", FIELD_TEXT, AT(podswitch_owner, container_id) },
	{ "ifname", FIELD_TEXT, AT(podswitch_owner, ifname) },
	{ "pod-namespace", FIELD_TEXT, AT(podswitch_owner, pod_namespace) },
	{ "pod-name", FIELD_TEXT, AT(podswitch_owner, pod_name) },
};

static const struct field_table state_owner =
	TABLE(podswitch_owner, state_owner_fields);

static const struct field state_port_fields[] = {
	{ "name", FIELD_NAME, AT(state_port, name), .needed = true },
	{ "ifindex", FIELD_U32, AT(state_port, ifindex), .needed = true },
	{ "device-mac", FIELD_MAC, AT(state_port, device_mac),
	  .needed = true },
	{ "switch", FIELD_NAME, AT(state_port, sw), .needed = true },
	{ "role", FIELD_ROLE, AT(state_port, role), .needed = true },
	{ "mac", FIELD_MAC, AT(state_port, mac) },
	{ "guard", FIELD_GUARD, AT(state_port, guard), .needed = true },
	{ "isolated", FIELD_BOOL, AT(state_port, isolated) },
	{ "hairpin", FIELD_BOOL, AT(state_port, hairpin) },
	{ "translated", FIELD_BOOL, AT(state_port, translated) },
	{ "router", FIELD_BOOL, AT(state_port, router) },
	{ "dhcp-server", FIELD_BOOL, AT(state_port, dhcp_server) },
	{ "pvid", FIELD_U16, AT(state_port, pvid) },
	{ "trunk", FIELD_LIST, AT(state_port, trunk), .sub = &state_trunk },
	{ "storm-limit", FIELD_U32, AT(state_port, storm_limit) },
	{ "owner", FIELD_OBJECT, AT(state_port, owner), .sub = &state_owner },
	{ "address", FIELD_LIST, AT(state_port, addresses),
	  .sub = &state_holdings },
};

const struct field_table state_port_table =
	TABLE(state_port, state_port_fields);

/* --- IP addresses of the host --- */

static const struct field state_address_fields[] = {
	{ "dev", FIELD_NAME, AT(state_address, dev), .needed = true },
	{ "local", FIELD_IP, AT(state_address, address.local),
	  .needed = true },
	{ "prefixlen", FIELD_U8, AT(state_address, address.prefix_len),
	  .needed = true },
	{ "peer", FIELD_IP, AT(state_address, address.peer) },
	{ "broadcast", FIELD_IP, AT(state_address, address.broadcast) },
	{ "scope", FIELD_U8, AT(state_address, address.scope) },
	{ "protocol", FIELD_U8, AT(state_address, address.protocol) },
	{ "label", FIELD_NAME, AT(state_address, address.label) },
	{ "metric", FIELD_U32, AT(state_address, address.metric) },
	{ "valid-lft", FIELD_U32, AT(state_address, address.valid_s) },
	{ "preferred-lft", FIELD_U32, AT(state_address, address.preferred_s) },
	{ "deprecated", FIELD_FLAG, AT(state_address, address.flags),
	  .bit = IFA_F_DEPRECATED },
	{ "noprefixroute", FIELD_FLAG, AT(state_address, address.flags),
	  .bit = IFA_F_NOPREFIXROUTE },
	{ "mngtmpaddr", FIELD_FLAG, AT(state_address, address.flags),
	  .bit = IFA_F_MANAGETEMPADDR },
	{ "home", FIELD_FLAG, AT(state_address, address.flags),
	  .bit = IFA_F_HOMEADDRESS },
	{ "autojoin", FIELD_FLAG, AT(state_address, address.flags),
	  .bit = IFA_F_MCAUTOJOIN },
};

static const char *state_check_family(uint8_t family,
				      const struct podswitch_address *address)
{
	if (!address->family || address->family == family)
		return NULL;
	return "has addresses of two families";
}

static const char *state_check_address(const void *item)
{
	const struct host_address *address =
		&((const struct state_address *)item)->address;
	const char *wrong;

	wrong = state_check_family(address->local.family, &address->peer);
	return wrong ? wrong : state_check_family(address->local.family,
						  &address->broadcast);
}

static const struct field_table state_addresses =
	TABLE(state_address, state_address_fields,
	      .check = state_check_address);

/* --- routes --- */

#define METRIC(number) AT(state_route, route.metrics[number])

static const struct field state_route_fields[] = {
	{ "dev", FIELD_NAME, AT(state_route, dev), .needed = true },
	{ "family", FIELD_FAMILY, AT(state_route, route.family),
	  .needed = true },
	{ "dst", FIELD_IP, AT(state_route, route.dst) },
	{ "dst-len", FIELD_U8, AT(state_route, route.dst_len),
	  .needed = true },
	{ "gateway", FIELD_IP, AT(state_route, route.gateway) },
	{ "prefsrc", FIELD_IP, AT(state_route, route.source) },
	{ "table", FIELD_U32, AT(state_route, route.table), .needed = true },
	{ "metric", FIELD_U32, AT(state_route, route.priority) },
	{ "protocol", FIELD_U8, AT(state_route, route.protocol) },
	{ "scope", FIELD_U8, AT(state_route, route.scope) },
	{ "type", FIELD_U8, AT(state_route, route.type), .needed = true },
	{ "tos", FIELD_U8, AT(state_route, route.tos) },
	{ "pref", FIELD_U8, AT(state_route, route.preference) },
	{ "onlink", FIELD_FLAG, AT(state_route, route.flags),
	  .bit = RTNH_F_ONLINK },
	{ "locked", FIELD_U32, METRIC(RTAX_LOCK) },
	{ "mtu", FIELD_U32, METRIC(RTAX_MTU) },
	{ "window", FIELD_U32, METRIC(RTAX_WINDOW) },
	{ "rtt", FIELD_U32, METRIC(RTAX_RTT) },
	{ "rttvar", FIELD_U32, METRIC(RTAX_RTTVAR) },
	{ "ssthresh", FIELD_U32, METRIC(RTAX_SSTHRESH) },
	{ "cwnd", FIELD_U32, METRIC(RTAX_CWND) },
	{ "advmss", FIELD_U32, METRIC(RTAX_ADVMSS) },
	{ "reordering", FIELD_U32, METRIC(RTAX_REORDERING) },
	{ "hoplimit", FIELD_U32, METRIC(RTAX_HOPLIMIT) },
	{ "initcwnd", FIELD_U32, METRIC(RTAX_INITCWND) },
	{ "features", FIELD_U32, METRIC(RTAX_FEATURES) },
	{ "rto-min", FIELD_U32, METRIC(RTAX_RTO_MIN) },
	{ "initrwnd", FIELD_U32, METRIC(RTAX_INITRWND) },
	{ "quickack", FIELD_U32, METRIC(RTAX_QUICKACK) },
	{ "fastopen-no-cookie", FIELD_U32, METRIC(RTAX_FASTOPEN_NO_COOKIE) },
};

static const char *state_check_route(const void *item)
{
	const struct host_route *route =
		&((const struct state_route *)item)->route;
	const char *wrong;

	wrong = state_check_family(route->family, &route->dst);
	return wrong ? wrong : state_check_family(route->family,
						  &route->source);
}

static const struct field_table state_routes =
	TABLE(state_route, state_route_fields, .check = state_check_route);

/* --- everything --- */

static const struct field state_fields[] = {
	{ "links", FIELD_LIST, AT(state, links), .needed = true,
	  .sub = &state_links },
	{ "sysctls", FIELD_LIST, AT(state, sysctls), .needed = true,
	  .sub = &state_sysctls },
	{ "switches", FIELD_LIST, AT(state, switches), .needed = true,
	  .sub = &state_switches },
	{ "ports", FIELD_LIST, AT(state, ports), .needed = true,
	  .sub = &state_port_table },
	{ "ip-addresses", FIELD_LIST, AT(state, addresses), .needed = true,
	  .sub = &state_addresses },
	{ "routes", FIELD_LIST, AT(state, routes), .needed = true,
	  .sub = &state_routes },
};

static const struct field_table state_table = TABLE(state, state_fields);

cJSON *state_write(const struct state *state)
{
	cJSON *json = print_lone_row();

	print_add_string(json, "format", STATE_FORMAT);
	print_add_uint(json, "version", STATE_VERSION);
	field_write(&state_table, state, json);
	return json;
}

/* cJSON would end a string there. */
static bool state_has_nul(const char *text, size_t len)
{
	const char *s;
	size_t i;

	if (memchr(text, '\0', len))
		return true;
	for (s = text; (s = strchr(s, '\\')); s += i) {
		i = strspn(s, "\\");
		if (i % 2 && !strncmp(s + i, "u0000", 5))
			return true;
	}
	return false;
}

static bool state_wrong(char *wrong, const char *what)
{
	snprintf(wrong, FIELD_WRONG_SIZE, "%s", what);
	return false;
}

bool state_read(const char *text, size_t len, struct state *state,
		char wrong[FIELD_WRONG_SIZE])
{
	const cJSON *format, *version;

	if (state_has_nul(text, len))
		return state_wrong(wrong, "is no JSON text: it has a NUL");
	state->json = cJSON_ParseWithOpts(text, NULL, true);
	if (!state->json)
		return state_wrong(wrong, "is not JSON");
	format = cJSON_GetObjectItemCaseSensitive(state->json, "format");
	if (!cJSON_IsString(format) ||
	    strcmp(format->valuestring, STATE_FORMAT) != 0)
		return state_wrong(wrong, "is not what psw save writes");
	version = cJSON_GetObjectItemCaseSensitive(state->json, "version");
	if (!cJSON_IsNumber(version) || version->valuedouble != STATE_VERSION)
		return state_wrong(wrong,
				   "is of another version than this psw reads, which is 1");
	return field_read(&state_table, state->json, state, wrong);
}

void state_free(struct state *state)
{
	char **strings = state->strings.items;
	size_t i;

	field_free(&state_table, state);
	for (i = 0; i < state->strings.n; i++)
		free(strings[i]);
	free(strings);
	state->strings = (struct field_list){ 0 };
	cJSON_Delete(state->json);
	state->json = NULL;
}

const char *state_keep(struct state *state, const char *text)
{
	char **string;

	if (!text)
		return NULL;
	string = field_list_add(&state->strings, sizeof(*string));
	*string = strdup(text);
	return *string;
}

static void state_add_owner(struct state *state, struct podswitch_owner *to,
			    const struct podswitch_owner *owner)
{
	to->network = state_keep(state, owner->network);
	to->container_id = state_keep(state, owner->container_id);
	to->ifname = state_keep(state, owner->ifname);
	to->pod_namespace = state_keep(state, owner->pod_namespace);
	to->pod_name = state_keep(state, owner->pod_name);
}

void state_add_port(struct state *state, const struct podswitch_port *port,
		    const char *sw, const uint8_t *device_mac)
{
	struct state_port *to = field_list_add(&state->ports, sizeof(*to));
	struct podswitch_vlan_range *range;
	struct podswitch_address *address;
	size_t i;

	snprintf(to->name, sizeof(to->name), "%s", port->name);
	snprintf(to->sw, sizeof(to->sw), "%s", sw);
	memcpy(to->device_mac, device_mac, sizeof(to->device_mac));
	to->ifindex = port->ifindex;
	to->role = (uint8_t)port->role;
	to->guard = (uint8_t)port->guard;
	if (port->has_mac)
		memcpy(to->mac, port->mac, sizeof(to->mac));
	to->isolated = port->isolated;
	to->hairpin = port->hairpin;
	to->translated = port->translated;
	to->router = port->router;
	to->dhcp_server = port->dhcp_server;
	to->pvid = port->pvid;
	to->storm_limit = port->storm_limit;
	state_add_owner(state, &to->owner, &port->owner);
	for (i = 0; i < port->n_trunk; i++) {
		range = field_list_add(&to->trunk, sizeof(*range));
		*range = port->trunk[i];
	}
	for (i = 0; i < port->n_addresses; i++) {
		address = field_list_add(&to->addresses, sizeof(*address));
		*address = port->addresses[i];
	}
}
