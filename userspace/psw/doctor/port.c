// SPDX-License-Identifier: GPL-2.0
/* Checks: each port's settings, and the pod's interface behind it. */
#include "node.h"

#include <stdlib.h>
#include <string.h>

static bool doctor_is_pod(const struct doctor_port *port)
{
	return port->port.role == PODSWITCH_ROLE_POD;
}

static size_t doctor_n_ips(const struct podswitch_port *port)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < port->n_addresses; i++)
		n += port->addresses[i].family != AF_PACKET;
	return n;
}

/* --- settings --- */

static void doctor_isolated(struct doctor *d, const struct doctor_port *port)
{
	uint64_t lost = port->port.stats.drops[PODSWITCH_A_DROPS_ISOLATED];
	char quoted[DOCTOR_QUOTED];
	unsigned int others = 0;
	size_t i;

	if (!port->port.isolated)
		return;
	for (i = 0; i < d->n_ports; i++)
		others += d->ports[i].sw == port->sw &&
			  &d->ports[i] != port && d->ports[i].port.isolated;
	doctor_find(d, DOCTOR_NOTICE, port->port.name,
		    "%s is isolated from other isolated ports (%u now; frames dropped: %llu)",
		    port->what, others, (unsigned long long)lost);
	doctor_add(d, "why", "isolated pods reach the host, the uplink and pods that are not isolated, but not each other");
	doctor_add(d, "mend", "psw port set %s isolated off",
		   doctor_quote(port->port.name, quoted));
}

/* What the network's configuration asks for is meant so. */
static void doctor_guard(struct doctor *d, const struct doctor_port *port)
{
	const struct doctor_conf *conf = doctor_conf_of(d, port->network);
	char quoted[DOCTOR_QUOTED];

	if (conf && (cJSON_HasObjectItem(conf->plugin, "guard") ||
		     cJSON_HasObjectItem(conf->plugin, "macspoofchk")))
		return;
	if (doctor_n_ips(&port->port)) {
		if (port->port.guard == PODSWITCH_GUARD_MAC_IP)
			return;
		doctor_find(d, DOCTOR_NOTICE, port->port.name,
			    "%s holds IP addresses, and its guard is \"%s\"",
			    port->what, podswitch_guard_name(port->port.guard));
		doctor_add(d, "why", "the pod can send from addresses of other pods");
		doctor_add(d, "mend", "psw port set %s guard mac+ip",
			   doctor_quote(port->port.name, quoted));
		return;
	}
	if (conf && !cJSON_HasObjectItem(conf->plugin, "ipam"))
		return;
	doctor_find(d, DOCTOR_NOTICE, port->port.name,
		    "%s holds no IP address, and its guard is \"%s\"",
		    port->what, podswitch_guard_name(port->port.guard));
	doctor_add(d, "why", "the switch answers no questions for the pod, and does not check from which IP addresses it sends");
	doctor_add(d, "look", "psw address help");
}

void doctor_check_ports(struct doctor *d)
{
	size_t i;

	if (doctor_unready(d))
		return;
	for (i = 0; i < d->n_ports; i++) {
		if (!doctor_is_pod(&d->ports[i]))
			continue;
		doctor_isolated(d, &d->ports[i]);
		doctor_guard(d, &d->ports[i]);
	}
	doctor_fine(d, "%zu, guarded as strictly as their addresses allow",
		    d->n_ports);
}

/* --- the pods' ends --- */

static bool doctor_blind(struct doctor *d)
{
	if (!d->blind)
		return false;
	doctor_find(d, DOCTOR_NOTICE, NULL,
		    "the pods' own interfaces were not checked: %s",
		    strerror(d->blind));
	return true;
}

/* A command for the pod's end, if its namespace has a name. */
static void doctor_mend_end(struct doctor *d, const struct doctor_port *port,
			    const char *change)
{
	char netns[DOCTOR_QUOTED];
	char dev[DOCTOR_QUOTED];

	if (port->netns[0] && port->has_end)
		doctor_add(d, "mend", "ip -n %s link set %s %s",
			   doctor_quote(port->netns, netns),
			   doctor_quote(port->end.name, dev), change);
}

static bool doctor_is_end_down(const struct doctor_port *port)
{
	return port->has_end ? !(port->end.flags & IFF_UP) :
			       !(port->link->flags & IFF_RUNNING);
}

static void doctor_down(struct doctor *d, const struct doctor_port *port)
{
	const struct doctor_conf *conf = doctor_conf_of(d, port->network);
	bool is_meant = conf && doctor_conf_is(conf, "disableContainerInterface");
	char quoted[DOCTOR_QUOTED];

	if (!(port->link->flags & IFF_UP)) {
		doctor_find(d, DOCTOR_PROBLEM, port->port.name,
			    "%s: the port is down", port->what);
		doctor_add(d, "why", "the pod is cut off");
		doctor_add(d, "mend", "ip link set %s up",
			   doctor_quote(port->port.name, quoted));
	}
	if (!doctor_is_end_down(port))
		return;
	doctor_find(d, is_meant ? DOCTOR_NOTICE : DOCTOR_PROBLEM,
		    port->port.name, "%s: the pod's interface%s%s is down",
		    port->what, port->has_end ? " " : "",
		    port->has_end ? port->end.name : "");
	doctor_add(d, "why", is_meant ?
		   "the network's configuration says disableContainerInterface" :
		   "the pod is cut off, and frames to it are dropped as receiver-down; somebody set it down in the pod's own namespace");
	doctor_mend_end(d, port, "up");
}

static bool doctor_has_mac(const struct podswitch_port *port,
			   const uint8_t *mac)
{
	size_t i;

	if (!port->has_mac || !memcmp(port->mac, mac, 6))
		return true;
	for (i = 0; i < port->n_addresses; i++)
		if (port->addresses[i].family == AF_PACKET &&
		    !memcmp(port->addresses[i].mac, mac, 6))
			return true;
	return false;
}

static void doctor_mac_text(const uint8_t *mac, char *text)
{
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
}

static void doctor_mac(struct doctor *d, const struct doctor_port *port)
{
	char quoted[DOCTOR_QUOTED];
	char declared[18];
	char used[18];

	if (!port->has_end || doctor_has_mac(&port->port, port->end.mac))
		return;
	doctor_mac_text(port->port.mac, declared);
	doctor_mac_text(port->end.mac, used);
	doctor_find(d, DOCTOR_PROBLEM, port->port.name,
		    "%s: the pod's interface %s has MAC %s, and its port declares %s",
		    port->what, port->end.name, used, declared);
	doctor_add(d, "why", "what the pod sends is dropped as spoofed-mac, and it ignores what it is sent");
	doctor_add(d, "mend", "psw port set %s mac %s",
		   doctor_quote(port->port.name, quoted), used);
}

void doctor_check_pods(struct doctor *d)
{
	const struct doctor_port *port;
	size_t i;

	if (doctor_unready(d))
		return;
	doctor_blind(d);
	for (i = 0; i < d->n_ports; i++) {
		port = &d->ports[i];
		if (!doctor_is_pod(port) || !port->link)
			continue;
		doctor_down(d, port);
		doctor_mac(d, port);
	}
	doctor_fine(d, "all of their interfaces are up");
}

/* --- MTU --- */

static int doctor_mtu_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* What most pods of a switch have; of two that are as frequent, the greater. */
static uint32_t doctor_usual_mtu(const struct doctor *d,
				 const struct podswitch_switch *sw)
{
	uint32_t *mtus = doctor_alloc(NULL, d->n_ports + 1, sizeof(*mtus));
	size_t best = 0;
	uint32_t usual;
	size_t run = 0;
	size_t n = 0;
	size_t i;

	for (i = 0; i < d->n_ports; i++)
		if (d->ports[i].sw == sw && d->ports[i].link &&
		    doctor_is_pod(&d->ports[i]))
			mtus[n++] = d->ports[i].link->mtu;
	qsort(mtus, n, sizeof(*mtus), doctor_mtu_order);
	usual = sw->mtu;
	for (i = 0; i < n; i++) {
		run = i && mtus[i] == mtus[i - 1] ? run + 1 : 1;
		if (run < best)
			continue;
		best = run;
		usual = mtus[i];
	}
	free(mtus);
	return usual;
}

static void doctor_mtu_ends(struct doctor *d, const struct doctor_port *port,
			    uint32_t usual)
{
	char quoted[DOCTOR_QUOTED];
	char change[32];

	doctor_find(d, DOCTOR_PROBLEM, port->port.name,
		    "%s: the MTU is %u bytes at the port and %u at the pod's interface %s",
		    port->what, port->link->mtu, port->end.mtu,
		    port->end.name);
	doctor_add(d, "why", "longer frames than the lesser of them are dropped as too-big, so that connections begin and then hang");
	if (port->link->mtu != usual && port->end.mtu == usual) {
		doctor_add(d, "mend", "ip link set %s mtu %u",
			   doctor_quote(port->port.name, quoted), usual);
		return;
	}
	snprintf(change, sizeof(change), "mtu %u", port->link->mtu);
	doctor_mend_end(d, port, change);
}

static void doctor_mtu_other(struct doctor *d, const struct doctor_port *port,
			     uint32_t usual)
{
	char netns[DOCTOR_QUOTED];
	char host[DOCTOR_QUOTED];
	char dev[DOCTOR_QUOTED];

	doctor_find(d, DOCTOR_PROBLEM, port->port.name,
		    "%s has an MTU of %u bytes, and other pods of %s have %u",
		    port->what, port->link->mtu, port->sw->name, usual);
	doctor_add(d, "why", "longer frames than the receiver's MTU are dropped as too-big, so that connections begin and then hang");
	doctor_quote(port->port.name, host);
	if (!doctor_is_pod(port))
		doctor_add(d, "mend", "ip link set %s mtu %u", host, usual);
	else if (port->netns[0] && port->has_end)
		doctor_add(d, "mend",
			   "ip link set %s mtu %u && ip -n %s link set %s mtu %u",
			   host, usual, doctor_quote(port->netns, netns),
			   doctor_quote(port->end.name, dev), usual);
}

static void doctor_mtu_switch(struct doctor *d,
			      const struct podswitch_switch *sw, uint32_t usual)
{
	char quoted[DOCTOR_QUOTED];

	if (sw->mtu <= usual)
		return;
	doctor_find(d, DOCTOR_PROBLEM, sw->name,
		    "%s has an MTU of %u bytes, and its pods have %u", sw->name,
		    sw->mtu, usual);
	doctor_add(d, "why", "longer packets of the host to pods are dropped as too-big");
	doctor_add(d, "mend", "ip link set %s mtu %u",
		   doctor_quote(sw->name, quoted), usual);
}

static void doctor_mtu(struct doctor *d, const struct podswitch_switch *sw)
{
	uint32_t usual = doctor_usual_mtu(d, sw);
	const struct doctor_port *port;
	size_t i;

	doctor_mtu_switch(d, sw, usual);
	for (i = 0; i < d->n_ports; i++) {
		port = &d->ports[i];
		if (port->sw != sw || !port->link)
			continue;
		if (port->has_end && port->end.mtu != port->link->mtu &&
		    doctor_is_pod(port))
			doctor_mtu_ends(d, port, usual);
		else if (doctor_is_pod(port) ? port->link->mtu != usual :
					       port->link->mtu < usual)
			doctor_mtu_other(d, port, usual);
	}
}

void doctor_check_mtu(struct doctor *d)
{
	size_t i;

	if (doctor_unready(d))
		return;
	doctor_blind(d);
	for (i = 0; i < d->n_switches; i++)
		doctor_mtu(d, &d->switches[i]);
	doctor_fine(d, "the pods of each switch have the same");
}
