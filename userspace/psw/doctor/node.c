// SPDX-License-Identifier: GPL-2.0
#include "node.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "psw.h"
#include "row.h"

void *doctor_alloc(void *list, size_t n, size_t size)
{
	void *more = reallocarray(list, n, size);

	if (more)
		return more;
	fputs("psw: Out of memory\n", stderr);
	exit(PSW_FAILED);
}

static char *doctor_copy(const char *text)
{
	size_t len = strlen(text) + 1;

	return memcpy(doctor_alloc(NULL, len, 1), text, len);
}

/* The pod as other objects name it, and the port. */
static char *doctor_words(const struct podswitch_port *port)
{
	cJSON *row = print_lone_row();
	char words[1024] = "";
	size_t len;
	FILE *out;

	row_add_owner(row, &port->owner);
	out = fmemopen(words, sizeof(words) - IFNAMSIZ - 8, "w");
	if (out) {
		row_text_pod(out, row);
		fclose(out);
	}
	len = strlen(words);
	snprintf(words + len, sizeof(words) - len, "%s%s", len ? " on " : "",
		 port->name);
	cJSON_Delete(row);
	return doctor_copy(words);
}

static int doctor_take_port(const struct podswitch_port *port, void *arg)
{
	size_t len = port->n_addresses * sizeof(*port->addresses);
	struct podswitch_address *addresses = NULL;
	struct doctor *d = arg;
	struct doctor_port *to;

	d->ports = doctor_alloc(d->ports, d->n_ports + 1, sizeof(*d->ports));
	to = &d->ports[d->n_ports++];
	memset(to, 0, sizeof(*to));
	to->port = *port;
	to->what = doctor_words(port);
	if (port->owner.network)
		to->network = doctor_copy(port->owner.network);
	if (len) {
		addresses = doctor_alloc(NULL, len, 1);
		memcpy(addresses, port->addresses, len);
	}
	to->port.addresses = addresses;
	to->port.trunk = NULL;
	to->port.owner = (struct podswitch_owner){ 0 };
	return 0;
}

static int doctor_take_switch(const struct podswitch_switch *sw, void *arg)
{
	struct doctor *d = arg;

	d->switches = doctor_alloc(d->switches, d->n_switches + 1,
				   sizeof(*d->switches));
	d->switches[d->n_switches++] = *sw;
	return 0;
}

static void doctor_join(struct doctor *d, struct doctor_port *port)
{
	size_t i;

	port->link = doctor_link(d, port->port.ifindex);
	for (i = 0; i < d->n_switches; i++)
		if (d->switches[i].ifindex == port->port.switch_ifindex)
			port->sw = &d->switches[i];
}

void doctor_load(struct doctor *d, struct podswitch *h)
{
	size_t i;

	doctor_load_confs(d);
	doctor_load_links(d);
	if (!h)
		return;
	if (podswitch_switch_dump(h, doctor_take_switch, d) ||
	    podswitch_port_dump(h, NULL, doctor_take_port, d))
		snprintf(d->error, sizeof(d->error), "%s", podswitch_error(h));
	for (i = 0; i < d->n_ports; i++)
		doctor_join(d, &d->ports[i]);
	doctor_load_ends(d);
}

void doctor_unload(struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n_ports; i++) {
		free(d->ports[i].what);
		free(d->ports[i].network);
		free((void *)d->ports[i].port.addresses);
	}
	for (i = 0; i < d->n_confs; i++) {
		free(d->confs[i].file);
		cJSON_Delete(d->confs[i].json);
	}
	free(d->ports);
	free(d->confs);
	free(d->switches);
	free(d->links);
	free(d->addresses);
}

bool doctor_unready(struct doctor *d)
{
	if (!d->error[0])
		return false;
	doctor_find(d, DOCTOR_NOTICE, NULL, "not checked: %s", d->error);
	return true;
}

const struct podswitch_switch *doctor_switch(const struct doctor *d,
					     const char *name)
{
	size_t i;

	for (i = 0; i < d->n_switches; i++)
		if (!strcmp(d->switches[i].name, name))
			return &d->switches[i];
	return NULL;
}

static bool doctor_same_ip(const struct podswitch_address *a,
			   const struct podswitch_address *b)
{
	if (a->family != b->family || a->family == AF_PACKET)
		return false;
	return !memcmp(&a->v6, &b->v6, a->family == AF_INET ? 4 : 16);
}

bool doctor_host_has(const struct doctor *d,
		     const struct podswitch_address *ip)
{
	size_t i;

	for (i = 0; i < d->n_addresses; i++)
		if (d->addresses[i].nsid == DOCTOR_HERE &&
		    doctor_same_ip(&d->addresses[i].ip, ip))
			return true;
	return false;
}

bool doctor_has_pod(const struct doctor *d, const char *network)
{
	size_t i;

	for (i = 0; i < d->n_ports; i++)
		if (d->ports[i].network &&
		    !strcmp(d->ports[i].network, network))
			return true;
	return false;
}

const struct podswitch_address *
doctor_declared(const struct doctor_port *port,
		const struct podswitch_address *ip)
{
	size_t i;

	for (i = 0; i < port->port.n_addresses; i++)
		if (doctor_same_ip(&port->port.addresses[i], ip))
			return &port->port.addresses[i];
	return NULL;
}

const struct doctor_port *doctor_holder(const struct doctor *d,
					const struct podswitch_switch *sw,
					const struct podswitch_address *ip)
{
	const struct podswitch_address *declared;
	size_t i;

	for (i = 0; i < d->n_ports; i++) {
		declared = doctor_declared(&d->ports[i], ip);
		if (declared && !declared->shared &&
		    (!sw || d->ports[i].sw == sw))
			return &d->ports[i];
	}
	return NULL;
}

const struct doctor_address *
doctor_switch_address(const struct doctor *d, const struct podswitch_switch *sw,
		      uint8_t family)
{
	const struct doctor_address *address;
	size_t i;

	for (i = 0; i < d->n_addresses; i++) {
		address = &d->addresses[i];
		if (address->nsid == DOCTOR_HERE && !address->local &&
		    address->ifindex == sw->ifindex &&
		    address->ip.family == family)
			return address;
	}
	return NULL;
}

const char *doctor_ip_text(const struct podswitch_address *ip, char *text)
{
	if (!inet_ntop(ip->family, &ip->v6, text, INET6_ADDRSTRLEN))
		strcpy(text, "?");
	return text;
}
