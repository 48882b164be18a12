// SPDX-License-Identifier: GPL-2.0
#include "event.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "print.h"
#include "row.h"

/* As "ip -ts monitor" has it, with the zone behind. */
void event_add_time(struct cJSON *row)
{
	char text[64], zone[8];
	struct timespec now;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06ld%s",
		 now.tv_nsec / 1000, zone);
	print_add_string(row, "timestamp", text);
}

static cJSON *event_row(const struct psw *psw, const char *event)
{
	cJSON *row = print_lone_row();

	if (psw->timestamp)
		event_add_time(row);
	print_add_string(row, "event", event);
	return row;
}

static void event_text_time(FILE *out, const cJSON *row)
{
	if (!cJSON_HasObjectItem(row, "timestamp"))
		return;
	fputc('[', out);
	print_member(out, row, "timestamp");
	fputs("] ", out);
}

/* Device and switch, which every event has. */
static void event_text_device(FILE *out, const cJSON *row)
{
	print_member(out, row, "name");
	fputs(" switch ", out);
	print_member(out, row, "switch");
}

static void event_text_owner(FILE *out, const cJSON *row)
{
	const cJSON *owner = cJSON_GetObjectItemCaseSensitive(row, "owner");

	row_text_unless(out, owner, "network", "", " network ");
	row_text_unless(out, owner, "container-id", "", " id ");
	row_text_unless(out, owner, "ifname", "", " ifname ");
	if (cJSON_HasObjectItem(owner, "pod-name")) {
		fputs(" pod ", out);
		row_text_pod(out, row);
	}
}

/* In the words of "psw port add". */
static void event_text_port(FILE *out, const cJSON *row)
{
	static const char *const flags[] = {
		"isolated", "hairpin", "router", "dhcp-server",
	};
	const cJSON *address;
	size_t i;

	fputs("port ", out);
	event_text_device(out, row);
	row_text_unless(out, row, "role", "pod", " role ");
	row_text_unless(out, row, "mac", "", " mac ");
	row_text_unless(out, row, "guard", "", " guard ");
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row,
								  flags[i])))
			fprintf(out, " %s on", flags[i]);
	row_text_unless(out, row, "pvid", "0", " pvid ");
	if (cJSON_GetObjectItemCaseSensitive(row, "trunk")->child) {
		fputs(" trunk ", out);
		row_text_trunk(out, row);
	}
	row_text_unless(out, row, "storm-limit", "0", " storm-limit ");
	cJSON_ArrayForEach(address,
			   cJSON_GetObjectItemCaseSensitive(row, "address")) {
		fputs(" address ", out);
		row_text_address(out, row, address);
	}
	event_text_owner(out, row);
}

static void event_text_made(FILE *out, const cJSON *row)
{
	event_text_time(out, row);
	event_text_port(out, row);
}

static void event_text_gone(FILE *out, const cJSON *row)
{
	event_text_time(out, row);
	fputs("Deleted ", out);
	event_text_port(out, row);
}

/* "3 frames from a foreign MAC (spoofed-mac), 1 frame ..." */
static void event_text_drops(FILE *out, const cJSON *drops)
{
	const char *before = "";
	const cJSON *item;
	unsigned int i;

	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		item = cJSON_GetObjectItemCaseSensitive(drops,
							podswitch_drop_name(i));
		if (!item)
			continue;
		fprintf(out, "%s%s frame%s %s (%s)", before, item->valuestring,
			strcmp(item->valuestring, "1") ? "s" : "",
			podswitch_drop_text(i), podswitch_drop_name(i));
		before = ", ";
	}
}

static void event_text_violation(FILE *out, const cJSON *row)
{
	const cJSON *owner = cJSON_GetObjectItemCaseSensitive(row, "owner");

	event_text_time(out, row);
	fputs("violation ", out);
	event_text_device(out, row);
	if (cJSON_HasObjectItem(owner, "pod-name")) {
		fputs(" pod ", out);
		row_text_pod(out, row);
	} else {
		row_text_unless(out, owner, "container-id", "", " id ");
	}
	fputs(": sent ", out);
	event_text_drops(out, cJSON_GetObjectItemCaseSensitive(row, "drops"));
	fputs("; the first from", out);
	row_text_unless(out, row, "mac", "", " mac ");
	row_text_unless(out, row, "vlan", "", " vlan ");
	row_text_unless(out, row, "ipv4", "", " ip ");
	row_text_unless(out, row, "ipv6", "", " ip ");
}

static int event_print(FILE *out, const struct psw *psw, cJSON *row,
		       void (*text)(FILE *out, const cJSON *row))
{
	const struct print_view view = {
		.json = psw->json, .pretty = psw->pretty,
	};

	return print_event(out, row, &view, text);
}

int event_print_port(FILE *out, const struct psw *psw,
		     const struct podswitch_port *port, bool gone)
{
	cJSON *row = event_row(psw, gone ? "port-del-ntf" : "port-ntf");
	struct row_switch sw = { 0 };

	row_add_port(row, &sw, port);
	if (psw->statistics)
		print_add_stats(row, &port->stats);
	return event_print(out, psw, row, gone ? event_text_gone :
						 event_text_made);
}

/* Adds copies of the members of an object. */
static void event_add_members(cJSON *row, const cJSON *from)
{
	const cJSON *item;

	for (item = from->child; item; item = item->next)
		print_add_copy(row, item);
}

int event_print_gone(FILE *out, const struct psw *psw, const cJSON *port)
{
	cJSON *row = event_row(psw, "port-del-ntf");

	event_add_members(row, port);
	return event_print(out, psw, row, event_text_gone);
}

static void event_text_address(FILE *out, const cJSON *row)
{
	fputs("address ", out);
	row_text_address(out, row, cJSON_GetObjectItemCaseSensitive(row,
								    "address"));
	fputs(" port ", out);
	event_text_device(out, row);
	event_text_owner(out, row);
}

static void event_text_address_made(FILE *out, const cJSON *row)
{
	event_text_time(out, row);
	event_text_address(out, row);
}

static void event_text_address_gone(FILE *out, const cJSON *row)
{
	event_text_time(out, row);
	fputs("Deleted ", out);
	event_text_address(out, row);
}

int event_print_address(FILE *out, const struct psw *psw, const cJSON *port,
			const cJSON *address, bool gone)
{
	static const char *const keys[] = {
		"ifindex", "name", "switch", "pvid", "owner",
	};
	cJSON *row = event_row(psw, gone ? "address-del-ntf" : "address-ntf");
	size_t i;

	event_add_members(print_add_object(row, "address"), address);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		print_add_copy(row, cJSON_GetObjectItemCaseSensitive(port,
								     keys[i]));
	return event_print(out, psw, row, gone ? event_text_address_gone :
						 event_text_address_made);
}

static void event_text_loaded(FILE *out, const cJSON *row)
{
	event_text_time(out, row);
	fputs("podswitch is there: its module was loaded", out);
}

static void event_text_unloaded(FILE *out, const cJSON *row)
{
	event_text_time(out, row);
	fputs("podswitch is gone: its module is not loaded", out);
}

int event_print_module(FILE *out, const struct psw *psw, bool gone)
{
	cJSON *row = event_row(psw, gone ? "unloaded" : "loaded");

	return event_print(out, psw, row, gone ? event_text_unloaded :
						 event_text_loaded);
}

int event_print_violation(FILE *out, const struct psw *psw,
			  const struct podswitch_violation *v)
{
	cJSON *row = event_row(psw, "violation-ntf");
	struct row_switch sw = { 0 };

	print_add_uint(row, "ifindex", v->ifindex);
	print_add_string(row, "name", v->name);
	row_add_switch(row, &sw, v->switch_ifindex);
	row_add_owner(row, &v->owner);
	print_add_drops(row, v->drops, false);
	if (v->has_mac)
		print_add_mac(row, "mac", v->mac);
	if (v->has_vlan)
		print_add_uint(row, "vlan", v->vlan);
	print_add_address(row, v->source.family == AF_INET ? "ipv4" : "ipv6",
			  &v->source);
	return event_print(out, psw, row, event_text_violation);
}
