// SPDX-License-Identifier: GPL-2.0
/* Check: pods use the addresses that their ports hold, and nobody else does. */
#include "node.h"

#include <string.h>

static void doctor_mend_away(struct doctor *d, const struct doctor_port *port,
			     const struct doctor_address *address)
{
	char text[INET6_ADDRSTRLEN];
	char netns[DOCTOR_QUOTED];
	char dev[DOCTOR_QUOTED];

	if (port->netns[0])
		doctor_add(d, "mend", "ip -n %s addr del %s/%u dev %s",
			   doctor_quote(port->netns, netns),
			   doctor_ip_text(&address->ip, text),
			   address->prefix_len,
			   doctor_quote(port->end.name, dev));
}

static void doctor_foreign(struct doctor *d, const struct doctor_port *port,
			   const struct doctor_address *address)
{
	bool is_guarded = port->port.guard == PODSWITCH_GUARD_MAC_IP;
	const struct doctor_port *holder;
	char text[INET6_ADDRSTRLEN];
	char dev[DOCTOR_QUOTED];

	doctor_ip_text(&address->ip, text);
	holder = doctor_holder(d, port->sw, &address->ip);
	if (holder || doctor_host_has(d, &address->ip)) {
		doctor_find(d, DOCTOR_PROBLEM, port->port.name,
			    "%s: the pod has given itself %s, a duplicate: %s has it",
			    port->what, text,
			    holder ? holder->what : "the host");
		doctor_add(d, "why", is_guarded ?
			   "the guard drops what it sends from there, and the owner is not disturbed; the pod should not have it" :
			   "its guard lets it speak for the owner, whose connections break");
		doctor_mend_away(d, port, address);
		return;
	}
	doctor_find(d, is_guarded ? DOCTOR_PROBLEM : DOCTOR_NOTICE,
		    port->port.name,
		    "%s: the pod has given itself %s, which its port does not declare",
		    port->what, text);
	doctor_add(d, "why", is_guarded ?
		   "the guard drops what it sends from there, and nobody finds it; if it is to have the address, declare it" :
		   "the switch does not answer for it; if the pod is to have the address, declare it");
	doctor_add(d, "mend", "psw address add %s dev %s", text,
		   doctor_quote(port->port.name, dev));
}

static void doctor_pod_addresses(struct doctor *d,
				 const struct doctor_port *port)
{
	const struct doctor_address *address;
	size_t i;

	/* Without declared addresses it has what it likes, as by DHCP. */
	if (!port->has_end || port->end.nsid == DOCTOR_HERE ||
	    !port->port.n_addresses)
		return;
	for (i = 0; i < d->n_addresses; i++) {
		address = &d->addresses[i];
		if (address->nsid == port->end.nsid && !address->local &&
		    address->ifindex == port->end.ifindex &&
		    !doctor_declared(port, &address->ip))
			doctor_foreign(d, port, address);
	}
}

/* In a VLAN, what has the host's address is in another network. */
static bool doctor_in_vlan(const struct doctor_port *port,
			   const struct podswitch_address *ip)
{
	const struct podswitch_address *declared = doctor_declared(port, ip);

	return declared->has_vlan ? declared->vlan : port->port.pvid;
}

static void doctor_host_addresses(struct doctor *d)
{
	const struct doctor_address *address;
	const struct doctor_port *holder;
	const struct doctor_link *link;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < d->n_addresses; i++) {
		address = &d->addresses[i];
		if (address->nsid != DOCTOR_HERE || address->local)
			continue;
		holder = doctor_holder(d, NULL, &address->ip);
		if (!holder || doctor_in_vlan(holder, &address->ip))
			continue;
		link = doctor_link(d, address->ifindex);
		doctor_ip_text(&address->ip, text);
		doctor_find(d, DOCTOR_PROBLEM, link ? link->name : NULL,
			    "the host has %s on %s, a duplicate: %s holds it",
			    text, link ? link->name : "?", holder->what);
		doctor_add(d, "why", "the host never reaches that pod, and takes what is for it");
		doctor_add(d, "look", "ip addr show to %s", text);
	}
}

void doctor_check_addresses(struct doctor *d)
{
	size_t i;

	if (doctor_unready(d))
		return;
	if (d->blind)
		doctor_find(d, DOCTOR_NOTICE, NULL,
			    "the pods' own interfaces were not checked: %s",
			    strerror(d->blind));
	for (i = 0; i < d->n_ports; i++)
		doctor_pod_addresses(d, &d->ports[i]);
	doctor_host_addresses(d);
	doctor_fine(d, "pods have the addresses that their ports declare");
}
