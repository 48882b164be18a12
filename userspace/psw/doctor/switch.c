// SPDX-License-Identifier: GPL-2.0
/* Check: each switch is up, a gateway if it is to be, and not full. */
#include "node.h"

#include <string.h>

enum {
	DOCTOR_FULL_PERCENT = 90,
};

static void doctor_room(struct doctor *d, const struct podswitch_switch *sw,
			const char *what, uint32_t n, uint32_t max)
{
	char quoted[DOCTOR_QUOTED];

	if (n < max / 100.0 * DOCTOR_FULL_PERCENT)
		return;
	doctor_find(d, n < max ? DOCTOR_NOTICE : DOCTOR_PROBLEM, sw->name,
		    "%s has %u %s, of %u at most", sw->name, n, what, max);
	doctor_add(d, "why", "at the limit, new pods are refused");
	doctor_add(d, "mend", "psw switch set %s max-%s %lu",
		   doctor_quote(sw->name, quoted), what, 2UL * max);
}

static void doctor_uplink(struct doctor *d, const struct podswitch_switch *sw)
{
	const struct doctor_link *link = doctor_link(d, sw->uplink);
	char quoted[DOCTOR_QUOTED];

	if (!sw->uplink || !link || link->flags & IFF_RUNNING)
		return;
	doctor_find(d, DOCTOR_PROBLEM, link->name, "%s, the uplink of %s, %s",
		    link->name, sw->name,
		    link->flags & IFF_UP ? "has no carrier" : "is down");
	doctor_add(d, "why", "pods of %s reach nothing outside the node through it",
		   sw->name);
	if (!(link->flags & IFF_UP))
		doctor_add(d, "mend", "ip link set %s up",
			   doctor_quote(link->name, quoted));
}

static void doctor_one_switch(struct doctor *d,
			      const struct podswitch_switch *sw)
{
	const struct doctor_link *link = doctor_link(d, sw->ifindex);
	char quoted[DOCTOR_QUOTED];

	if (link && !(link->flags & IFF_UP)) {
		doctor_find(d, DOCTOR_PROBLEM, sw->name, "switch %s is down",
			    sw->name);
		doctor_add(d, "why", "pods reach neither the host nor, through it, the world");
		doctor_add(d, "mend", "ip link set %s up",
			   doctor_quote(sw->name, quoted));
	}
	doctor_uplink(d, sw);
	doctor_room(d, sw, "ports", sw->ports, sw->max_ports);
	doctor_room(d, sw, "addresses", sw->addresses, sw->max_addresses);
}

/* --- gateways --- */

struct doctor_gateway {
	struct doctor *d;
	const struct doctor_conf *conf;
};

static void doctor_one_gateway(const cJSON *range, void *arg)
{
	const struct doctor_gateway *gateway = arg;
	const struct doctor_conf *conf = gateway->conf;
	char text[INET6_ADDRSTRLEN];
	struct doctor_subnet subnet;
	char quoted[DOCTOR_QUOTED];

	if (!doctor_conf_subnet(range, &subnet) ||
	    doctor_host_has(gateway->d, &subnet.gateway))
		return;
	doctor_ip_text(&subnet.gateway, text);
	doctor_find(gateway->d, DOCTOR_PROBLEM, conf->switch_name,
		    "%s lacks %s, the gateway of network \"%s\"",
		    conf->switch_name, text, conf->name);
	doctor_add(gateway->d, "why", "pods send by it what is not for their subnet, and nobody answers");
	doctor_add(gateway->d, "mend", "ip addr add %s/%u dev %s", text,
		   subnet.len, doctor_quote(conf->switch_name, quoted));
}

void doctor_check_switches(struct doctor *d)
{
	struct doctor_gateway gateway = { .d = d };
	const struct doctor_conf *conf;
	size_t i;

	if (doctor_unready(d))
		return;
	for (i = 0; i < d->n_switches; i++)
		doctor_one_switch(d, &d->switches[i]);
	for (i = 0; i < d->n_confs; i++) {
		conf = &d->confs[i];
		gateway.conf = conf;
		/* The plugin makes the gateway with the first pod. */
		if (conf->plugin && doctor_has_pod(d, conf->name) &&
		    (doctor_conf_is(conf, "isGateway") ||
		     doctor_conf_is(conf, "isDefaultGateway")))
			doctor_conf_ranges(conf, doctor_one_gateway, &gateway);
	}
	doctor_fine(d, "%zu, with %zu ports", d->n_switches, d->n_ports);
}
