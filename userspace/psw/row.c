// SPDX-License-Identifier: GPL-2.0
#include "row.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
	ROW_HASH_LEN = 64,	/* a runtime's id that is a hash, */
	ROW_HASH_SHOWN = 12,	/* and as much of it as runtimes show */
};

void row_add_switch(cJSON *row, struct row_switch *sw, uint32_t ifindex)
{
	if (sw->ifindex != ifindex && !if_indextoname(ifindex, sw->name))
		snprintf(sw->name, sizeof(sw->name), "if%u", ifindex);
	sw->ifindex = ifindex;
	print_add_string(row, "switch", sw->name);
}

void row_add_owner(cJSON *row, const struct podswitch_owner *owner)
{
	cJSON *to = print_add_object(row, "owner");

	print_add_string(to, "network", owner->network);
	print_add_string(to, "container-id", owner->container_id);
	print_add_string(to, "ifname", owner->ifname);
	print_add_string(to, "pod-namespace", owner->pod_namespace);
	print_add_string(to, "pod-name", owner->pod_name);
}

static void row_add_trunk(cJSON *row, const struct podswitch_port *port)
{
	cJSON *list = print_add_array(row, "trunk");
	cJSON *range;
	size_t i;

	for (i = 0; i < port->n_trunk; i++) {
		range = print_add_row(list);
		print_add_uint(range, "first", port->trunk[i].first);
		print_add_uint(range, "last", port->trunk[i].last);
	}
}

static void row_add_address(cJSON *to, const struct podswitch_port *port,
			    const struct podswitch_address *address)
{
	if (address->family == AF_PACKET) {
		print_add_mac(to, "mac", address->mac);
		return;
	}
	print_add_address(to, address->family == AF_INET ? "ipv4" : "ipv6",
			  address);
	print_add_uint(to, "vlan", address->has_vlan ? address->vlan :
						       port->pvid);
	print_add_bool(to, "shared", address->shared);
}

static void row_add_addresses(cJSON *row, const struct podswitch_port *port)
{
	const struct podswitch_address *address;
	cJSON *all, *held;
	size_t i;

	all = print_add_array(row, "address");
	held = print_add_array(row, "addresses");
	for (i = 0; i < port->n_addresses; i++) {
		address = &port->addresses[i];
		row_add_address(print_add_row(all), port, address);
		if (address->family != AF_PACKET && !address->shared)
			print_add_address(held, NULL, address);
	}
}

void row_add_port(cJSON *row, struct row_switch *sw,
		  const struct podswitch_port *port)
{
	print_add_uint(row, "ifindex", port->ifindex);
	print_add_string(row, "name", port->name);
	row_add_switch(row, sw, port->switch_ifindex);
	print_add_string(row, "role", podswitch_role_name(port->role));
	if (port->has_mac)
		print_add_mac(row, "mac", port->mac);
	print_add_string(row, "guard", podswitch_guard_name(port->guard));
	print_add_bool(row, "isolated", port->isolated);
	print_add_bool(row, "hairpin", port->hairpin);
	print_add_uint(row, "pvid", port->pvid);
	row_add_trunk(row, port);
	print_add_uint(row, "storm-limit", port->storm_limit);
	print_add_bool(row, "translated", port->translated);
	print_add_bool(row, "router", port->router);
	print_add_bool(row, "dhcp-server", port->dhcp_server);
	row_add_owner(row, &port->owner);
	row_add_addresses(row, port);
}

/* Whether a number is the same in two rows; it is written in figures. */
static bool row_same(const cJSON *a, const char *key_a, const cJSON *b,
		     const char *key_b)
{
	const cJSON *of_a = cJSON_GetObjectItemCaseSensitive(a, key_a);
	const cJSON *of_b = cJSON_GetObjectItemCaseSensitive(b, key_b);

	return of_a && of_b && !strcmp(of_a->valuestring, of_b->valuestring);
}

void row_text_address(FILE *out, const cJSON *row, const cJSON *address)
{
	print_text(out, address->child);
	if (cJSON_HasObjectItem(address, "vlan") &&
	    !row_same(address, "vlan", row, "pvid")) {
		fputs(" vlan ", out);
		print_member(out, address, "vlan");
	}
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(address, "shared")))
		fputs(" shared", out);
}

void row_text_trunk(FILE *out, const cJSON *row)
{
	const char *before = "";
	const cJSON *range;

	cJSON_ArrayForEach(range,
			   cJSON_GetObjectItemCaseSensitive(row, "trunk")) {
		fputs(before, out);
		print_member(out, range, "first");
		if (!row_same(range, "first", range, "last")) {
			fputc('-', out);
			print_member(out, range, "last");
		}
		before = ",";
	}
}

void row_text_flags(FILE *out, const cJSON *row, const char *const *flags,
		    size_t n_flags)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < n_flags; i++) {
		if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row,
								   flags[i])))
			continue;
		fprintf(out, "%s%s", before, flags[i]);
		before = ",";
	}
}

void row_text_unless(FILE *out, const cJSON *row, const char *key,
		     const char *usual, const char *before)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, key);

	if (!item || (item->valuestring && !strcmp(item->valuestring, usual)))
		return;
	fputs(before, out);
	print_text(out, item);
}

void row_pod(char *name, const struct podswitch_owner *owner)
{
	const char *id = owner->container_id;
	int len = PODSWITCH_OWNER_LEN_MAX;

	if (owner->pod_name) {
		snprintf(name, ROW_POD_SIZE, "%.*s%s%.*s", len,
			 owner->pod_namespace ? owner->pod_namespace : "",
			 owner->pod_namespace ? "/" : "", len,
			 owner->pod_name);
		return;
	}
	if (id && strlen(id) == ROW_HASH_LEN)
		len = ROW_HASH_SHOWN;
	snprintf(name, ROW_POD_SIZE, "%.*s", len, id ? id : "");
}

static const char *row_string(const cJSON *row, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, key);

	return item ? item->valuestring : NULL;
}

void row_text_pod(FILE *out, const cJSON *row)
{
	const cJSON *members = cJSON_GetObjectItemCaseSensitive(row, "owner");
	const struct podswitch_owner owner = {
		.container_id = row_string(members, "container-id"),
		.pod_namespace = row_string(members, "pod-namespace"),
		.pod_name = row_string(members, "pod-name"),
	};
	char name[ROW_POD_SIZE];

	row_pod(name, &owner);
	print_safe(out, name);
}

void row_text_network(FILE *out, const cJSON *row)
{
	print_member(out, cJSON_GetObjectItemCaseSensitive(row, "owner"),
		     "network");
}
