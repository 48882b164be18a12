// SPDX-License-Identifier: GPL-2.0
#include "exposition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "psw.h"
#include "utf8.h"

#ifndef PODSWITCH_VERSION
#define PODSWITCH_VERSION "unknown"
#endif

struct exposition_family {
	const char *name;
	const char *help;
};

/* The counters; a kind of things has the words for each of them. */
static const struct {
	const char *name;
	size_t offset;
} exposition_counters[] = {
#define COUNTER(name, member)						\
	{ name "_total", offsetof(struct podswitch_stats, member) }
	COUNTER("rx_packets", rx_packets),
	COUNTER("rx_bytes", rx_bytes),
	COUNTER("tx_packets", tx_packets),
	COUNTER("tx_bytes", tx_bytes),
	COUNTER("queued_packets", queued),
	COUNTER("answered_packets", answered),
	COUNTER("translated_packets", translated),
#undef COUNTER
};

enum {
	EXPOSITION_COUNTERS = ARRAY_SIZE(exposition_counters),
};

/*
 * struct exposition_kind - what switches, or ports, have
 * @prefix: how the names of their metrics begin
 * @info: help for their _info
 * @drops: help for their drops
 * @gauges: their gauges
 * @counters: help for their counters, in the order of exposition_counters;
 *	NULL for one that they have not
 */
struct exposition_kind {
	const char *prefix;
	const char *info;
	const char *drops;
	struct exposition_family gauges[EXPOSITION_GAUGES + 1];
	const char *counters[EXPOSITION_COUNTERS];
};

enum {
	SWITCH_MTU,
	SWITCH_PORTS,
	SWITCH_PORTS_MAX,
	SWITCH_ADDRESSES,
	SWITCH_ADDRESSES_MAX,
};

static const struct exposition_kind exposition_switch = {
	.prefix = "podswitch_switch_",
	.info = "What a switch is, in its labels; always 1.",
	.drops = "Frames from the host that were dropped, by reason.",
	.gauges = {
		[SWITCH_MTU] = { "mtu_bytes", "MTU of the switch device." },
		[SWITCH_PORTS] = { "ports", "Ports attached." },
		[SWITCH_PORTS_MAX] = {
			"ports_max", "Ports at which attaching is refused." },
		[SWITCH_ADDRESSES] = {
			"addresses", "IP addresses declared on all ports." },
		[SWITCH_ADDRESSES_MAX] = {
			"addresses_max",
			"IP addresses at which declaring is refused." },
	},
	.counters = {
		"Frames that the host sent into the switch.",
		"Bytes in frames that the host sent into the switch.",
		"Frames handed to the host.",
		"Bytes in frames handed to the host.",
		NULL,	/* of ports alone */
		"ARP requests and neighbour solicitations of the host that "
		"were answered.",
		"Frames from the host to a port that the host's address "
		"translation had to see.",
	},
};

enum {
	PORT_ADDRESSES,
};

static const struct exposition_kind exposition_port = {
	.prefix = "podswitch_port_",
	.info = "What a port is, in its labels; always 1.",
	.drops = "Frames from the pod that were dropped, by reason.",
	.gauges = {
		[PORT_ADDRESSES] = {
			"addresses", "IP addresses declared on the port." },
	},
	.counters = {
		"Frames that the pod sent.",
		"Bytes in frames that the pod sent.",
		"Frames handed to the pod.",
		"Bytes in frames handed to the pod.",
		"Frames handed to the pod through its device's transmit, not "
		"directly.",
		"ARP requests and neighbour solicitations of the pod that "
		"were answered.",
		"Frames from the pod to another port handed to the host's "
		"address translation.",
	},
};

void exposition_label(FILE *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len;
	size_t i;

	fputc_unlocked('"', out);
	for (; s && *s; s += len) {
		len = utf8_len(s);
		if (*s == '\n')
			fputs("\\n", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (len && *s >= 0x20 && *s != 0x7f &&
			 !(*s == 0xc2 && s[1] < 0xa0))
			fwrite_unlocked(s, 1, len, out);
		else
			for (len += !len, i = 0; i < len; i++)
				fprintf(out, "\\\\x%02x", s[i]);
	}
	fputc_unlocked('"', out);
}

/* ,name="value" */
static void exposition_pair(FILE *out, const char *name, const char *value)
{
	fprintf(out, ",%s=", name);
	exposition_label(out, value);
}

static const char *exposition_onoff(bool value)
{
	return value ? "on" : "off";
}

/* An item behind the others, to be filled in; NULL if memory ran out. */
static struct exposition_item *exposition_add(struct exposition_items *items)
{
	size_t room = items->room ? 2 * items->room : 16;
	struct exposition_item *list;

	if (items->n == items->room) {
		list = reallocarray(items->list, room, sizeof(*list));
		if (!list)
			return NULL;
		items->list = list;
		items->room = room;
	}
	list = &items->list[items->n];
	*list = (struct exposition_item){ 0 };
	return list;
}

/* Ends the labels of the item that exposition_add() gave: now it counts. */
static int exposition_added(struct exposition_items *items, FILE *out)
{
	struct exposition_item *item = &items->list[items->n];

	if (fclose(out)) {
		free(item->labels);
		return -ENOMEM;
	}
	items->n++;
	return 0;
}

int exposition_add_switch(struct exposition *x,
			  const struct podswitch_switch *sw)
{
	struct exposition_item *item = exposition_add(&x->switches);
	char uplink[IFNAMSIZ] = "";
	size_t len;
	FILE *out;

	out = item ? open_memstream(&item->labels, &len) : NULL;
	if (!out)
		return -ENOMEM;
	item->ifindex = sw->ifindex;
	item->stats = sw->stats;
	item->gauges[SWITCH_MTU] = sw->mtu;
	item->gauges[SWITCH_PORTS] = sw->ports;
	item->gauges[SWITCH_PORTS_MAX] = sw->max_ports;
	item->gauges[SWITCH_ADDRESSES] = sw->addresses;
	item->gauges[SWITCH_ADDRESSES_MAX] = sw->max_addresses;
	if (sw->uplink && !if_indextoname(sw->uplink, uplink))
		snprintf(uplink, sizeof(uplink), "if%u", sw->uplink);
	fputs("switch=", out);
	exposition_label(out, sw->name);
	item->n_labels = (size_t)ftell(out);
	fprintf(out, ",mac=\"%02x:%02x:%02x:%02x:%02x:%02x\"", sw->mac[0],
		sw->mac[1], sw->mac[2], sw->mac[3], sw->mac[4], sw->mac[5]);
	exposition_pair(out, "uplink", uplink);
	return exposition_added(&x->switches, out);
}

/* The switch of a port; ports come ordered by switch, as switches do. */
static const struct exposition_item *
exposition_switch_of(const struct exposition *x, uint32_t ifindex)
{
	size_t i = x->switches.n;

	while (i--)
		if (x->switches.list[i].ifindex == ifindex)
			return &x->switches.list[i];
	return NULL;
}

/* What only the _info of a port has: it changes, and names no series. */
static void exposition_port_info(FILE *out, const struct podswitch_port *port)
{
	const uint8_t *mac = port->mac;
	char text[sizeof("00:00:00:00:00:00")] = "";

	if (port->has_mac)
		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	exposition_pair(out, "network", port->owner.network);
	exposition_pair(out, "container_id", port->owner.container_id);
	exposition_pair(out, "interface", port->owner.ifname);
	exposition_pair(out, "mac", text);
	exposition_pair(out, "role", podswitch_role_name(port->role));
	exposition_pair(out, "guard", podswitch_guard_name(port->guard));
	exposition_pair(out, "isolated", exposition_onoff(port->isolated));
	exposition_pair(out, "hairpin", exposition_onoff(port->hairpin));
	fprintf(out, ",vlan=\"%u\"", port->pvid);
}

int exposition_add_port(struct exposition *x,
			const struct podswitch_port *port)
{
	const struct exposition_item *sw =
		exposition_switch_of(x, port->switch_ifindex);
	struct exposition_item *item;
	size_t len;
	FILE *out;
	size_t i;

	if (!sw)
		return 0;
	item = exposition_add(&x->ports);
	out = item ? open_memstream(&item->labels, &len) : NULL;
	if (!out)
		return -ENOMEM;
	item->ifindex = port->ifindex;
	item->stats = port->stats;
	for (i = 0; i < port->n_addresses; i++)
		item->gauges[PORT_ADDRESSES] +=
			port->addresses[i].family != AF_PACKET;
	fwrite(sw->labels, 1, sw->n_labels, out);
	exposition_pair(out, "device", port->name);
	exposition_pair(out, "namespace", port->owner.pod_namespace);
	exposition_pair(out, "pod", port->owner.pod_name);
	item->n_labels = (size_t)ftell(out);
	exposition_port_info(out, port);
	return exposition_added(&x->ports, out);
}

static void exposition_head(FILE *out, const char *name, const char *type,
			    const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* As "%" PRIu64, of which a large node's text has tens of thousands. */
static void exposition_value(FILE *out, uint64_t value)
{
	char digits[sizeof("18446744073709551615")];
	char *s = digits + sizeof(digits);

	do {
		*--s = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	fwrite_unlocked(s, 1, (size_t)(digits + sizeof(digits) - s), out);
}

/* A line; @reason is a label more, or NULL. */
static void exposition_line(FILE *out, const char *name, const char *labels,
			    size_t n_labels, const char *reason,
			    uint64_t value)
{
	fputs_unlocked(name, out);
	fputc_unlocked('{', out);
	fwrite_unlocked(labels, 1, n_labels, out);
	if (reason) {
		fputs_unlocked(",reason=\"", out);
		fputs_unlocked(reason, out);
		fputc_unlocked('"', out);
	}
	fputs_unlocked("} ", out);
	exposition_value(out, value);
	fputc_unlocked('\n', out);
}

static void exposition_info(FILE *out, const struct exposition_kind *kind,
			    const struct exposition_items *items)
{
	const struct exposition_item *item;
	char name[64];

	snprintf(name, sizeof(name), "%sinfo", kind->prefix);
	exposition_head(out, name, "gauge", kind->info);
	for (item = items->list; item < items->list + items->n; item++)
		exposition_line(out, name, item->labels, strlen(item->labels),
				NULL, 1);
}

static void exposition_gauges(FILE *out, const struct exposition_kind *kind,
			      const struct exposition_items *items)
{
	const struct exposition_item *item;
	char name[64];
	size_t i;

	for (i = 0; kind->gauges[i].name; i++) {
		snprintf(name, sizeof(name), "%s%s", kind->prefix,
			 kind->gauges[i].name);
		exposition_head(out, name, "gauge", kind->gauges[i].help);
		for (item = items->list; item < items->list + items->n; item++)
			exposition_line(out, name, item->labels,
					item->n_labels, NULL, item->gauges[i]);
	}
}

static void exposition_counts(FILE *out, const struct exposition_kind *kind,
			      const struct exposition_items *items)
{
	const struct exposition_item *item;
	uint64_t value;
	char name[64];
	size_t i;

	for (i = 0; i < EXPOSITION_COUNTERS; i++) {
		if (!kind->counters[i])
			continue;
		snprintf(name, sizeof(name), "%s%s", kind->prefix,
			 exposition_counters[i].name);
		exposition_head(out, name, "counter", kind->counters[i]);
		for (item = items->list; item < items->list + items->n;
		     item++) {
			memcpy(&value, (const char *)&item->stats +
			       exposition_counters[i].offset, sizeof(value));
			exposition_line(out, name, item->labels,
					item->n_labels, NULL, value);
		}
	}
}

/*
 * All reasons, those of which there was no frame too: a counter that is first
 * seen when it is 1 has, to rate() and increase(), not increased.
 */
static void exposition_drops(FILE *out, const struct exposition_kind *kind,
			     const struct exposition_items *items)
{
	const struct exposition_item *item;
	char name[64];
	unsigned int i;

	snprintf(name, sizeof(name), "%sdropped_packets_total", kind->prefix);
	exposition_head(out, name, "counter", kind->drops);
	for (item = items->list; item < items->list + items->n; item++)
		for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++)
			exposition_line(out, name, item->labels,
					item->n_labels, podswitch_drop_name(i),
					item->stats.drops[i]);
}

static void exposition_kind(FILE *out, const struct exposition_kind *kind,
			    const struct exposition_items *items)
{
	if (!items->n)
		return;
	exposition_info(out, kind, items);
	exposition_gauges(out, kind, items);
	exposition_counts(out, kind, items);
	exposition_drops(out, kind, items);
}

void exposition_write(FILE *out, const struct exposition *x)
{
	exposition_head(out, "podswitch_up", "gauge",
			"1 if the kernel's podswitch could be read, else 0.");
	fprintf(out, "podswitch_up %d\n", x->up);
	exposition_head(out, "podswitch_build_info", "gauge",
			"Version of what wrote this, in its labels; always 1.");
	fputs("podswitch_build_info{version=\"" PODSWITCH_VERSION "\"} 1\n",
	      out);
	if (!x->up)
		return;
	exposition_kind(out, &exposition_switch, &x->switches);
	exposition_kind(out, &exposition_port, &x->ports);
}

static void exposition_free_items(struct exposition_items *items)
{
	while (items->n)
		free(items->list[--items->n].labels);
	free(items->list);
}

void exposition_free(struct exposition *x)
{
	exposition_free_items(&x->switches);
	exposition_free_items(&x->ports);
}

static int exposition_switch_cb(const struct podswitch_switch *sw, void *arg)
{
	return exposition_add_switch(arg, sw);
}

static int exposition_port_cb(const struct podswitch_port *port, void *arg)
{
	return exposition_add_port(arg, port);
}

int exposition_read(struct exposition *x)
{
	struct podswitch *h = NULL;
	int err;

	if (access("/sys/module/podswitch", F_OK)) {
		snprintf(x->why, sizeof(x->why),
			 "The kernel module podswitch is not loaded");
		return 0;
	}
	err = podswitch_open(&h);
	if (!err)
		err = podswitch_switch_dump(h, exposition_switch_cb, x);
	if (!err)
		err = podswitch_port_dump(h, NULL, exposition_port_cb, x);
	if (err && h)
		snprintf(x->why, sizeof(x->why), "%s", podswitch_error(h));
	x->up = !err;
	podswitch_close(h);
	return err == -ENOMEM ? err : 0;
}
