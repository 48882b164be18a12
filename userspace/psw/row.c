// SPDX-License-Identifier: GPL-2.0
#include "row.h"

#include <stdio.h>
#include <string.h>

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

void row_text_pod(FILE *out, const cJSON *row)
{
	const cJSON *owner = cJSON_GetObjectItemCaseSensitive(row, "owner");
	char id[ROW_HASH_SHOWN + 1];
	const cJSON *item;

	if (cJSON_HasObjectItem(owner, "pod-name")) {
		print_member(out, owner, "pod-namespace");
		if (cJSON_HasObjectItem(owner, "pod-namespace"))
			fputc('/', out);
		print_member(out, owner, "pod-name");
		return;
	}
	item = cJSON_GetObjectItemCaseSensitive(owner, "container-id");
	if (!item)
		return;
	if (strlen(item->valuestring) != ROW_HASH_LEN) {
		print_safe(out, item->valuestring);
		return;
	}
	snprintf(id, sizeof(id), "%.*s", ROW_HASH_SHOWN, item->valuestring);
	print_safe(out, id);
}

void row_text_network(FILE *out, const cJSON *row)
{
	print_member(out, cJSON_GetObjectItemCaseSensitive(row, "owner"),
		     "network");
}
