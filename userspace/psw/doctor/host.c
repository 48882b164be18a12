// SPDX-License-Identifier: GPL-2.0
/* Checks: what of the host's settings matters to pods. */
#include "node.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "psw.h"

/* --- forwarding --- */

static const struct {
	uint8_t family;
	const char *name;
	const char *path;
	const char *sysctl;
} doctor_forwards[] = {
	{ AF_INET, "IPv4", "/proc/sys/net/ipv4/ip_forward",
	  "net.ipv4.ip_forward" },
	{ AF_INET6, "IPv6", "/proc/sys/net/ipv6/conf/all/forwarding",
	  "net.ipv6.conf.all.forwarding" },
};

/* The switch that is a gateway of this family, or NULL. */
static const struct podswitch_switch *doctor_gateway(const struct doctor *d,
						     uint8_t family)
{
	size_t i;

	for (i = 0; i < d->n_switches; i++)
		if (doctor_switch_address(d, &d->switches[i], family))
			return &d->switches[i];
	return NULL;
}

static bool doctor_has_family(const struct podswitch_port *port, uint8_t family)
{
	size_t i;

	for (i = 0; i < port->n_addresses; i++)
		if (port->addresses[i].family == family)
			return true;
	return false;
}

/* Strict: a packet is refused if its source would be reached another way. */
static void doctor_rp_filter(struct doctor *d, const struct podswitch_switch *sw)
{
	char quoted[DOCTOR_QUOTED];
	char path[DOCTOR_PATH];
	long all, own;
	size_t i;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/rp_filter",
		 sw->name);
	own = doctor_number(d, path);
	all = doctor_number(d, "/proc/sys/net/ipv4/conf/all/rp_filter");
	if ((own > all ? own : all) != 1 ||
	    doctor_switch_address(d, sw, AF_INET))
		return;
	for (i = 0; i < d->n_ports; i++)
		if (d->ports[i].sw == sw &&
		    doctor_has_family(&d->ports[i].port, AF_INET))
			break;
	if (i == d->n_ports)
		return;
	doctor_find(d, DOCTOR_NOTICE, sw->name,
		    "rp_filter is strict on %s, which has no IPv4 address", sw->name);
	doctor_add(d, "why", "what pods send to the host, and to Services, may be dropped as if it came from elsewhere");
	doctor_add(d, "mend", "sysctl -w net/ipv4/conf/%s/rp_filter=2",
		   doctor_quote(sw->name, quoted));
}

void doctor_check_forwarding(struct doctor *d)
{
	const struct podswitch_switch *sw;
	bool is_needed = false;
	size_t i;

	if (doctor_unready(d))
		return;
	for (i = 0; i < ARRAY_SIZE(doctor_forwards); i++) {
		sw = doctor_gateway(d, doctor_forwards[i].family);
		if (!sw)
			continue;
		is_needed = true;
		if (doctor_number(d, doctor_forwards[i].path) != 0)
			continue;
		doctor_find(d, DOCTOR_PROBLEM, doctor_forwards[i].sysctl,
			    "the host does not forward %s, and %s is a gateway",
			    doctor_forwards[i].name, sw->name);
		doctor_add(d, "why", "pods reach the host, and nothing beyond it; /etc/sysctl.d keeps the setting over a boot");
		doctor_add(d, "mend", "sysctl -w %s=1",
			   doctor_forwards[i].sysctl);
	}
	for (i = 0; i < d->n_switches; i++)
		doctor_rp_filter(d, &d->switches[i]);
	doctor_fine(d, is_needed ? "the host forwards what its switches are gateways for" :
				   "no switch is a gateway");
}

/* --- conntrack --- */

enum {
	DOCTOR_FULL_PERCENT = 90,
	DOCTOR_CONNECTIONS = 65536,	/* 20 MB, which any node can spare */
};

void doctor_check_conntrack(struct doctor *d)
{
	long count = doctor_number(d, "/proc/sys/net/netfilter/nf_conntrack_count");
	long max = doctor_number(d, "/proc/sys/net/netfilter/nf_conntrack_max");

	if (count < 0 || max <= 0) {
		doctor_fine(d, "connections are not tracked");
		return;
	}
	doctor_fine(d, "%ld of %ld connections are tracked", count, max);
	if (count < max / 100.0 * DOCTOR_FULL_PERCENT)
		return;
	doctor_find(d, DOCTOR_PROBLEM, "nf_conntrack_max",
		    "%ld connections are tracked, of %ld at most", count, max);
	doctor_add(d, "why", "at the limit, new connections through the host and to Services are dropped");
	doctor_add(d, "mend", "sysctl -w net.netfilter.nf_conntrack_max=%ld",
		   max < DOCTOR_CONNECTIONS ? DOCTOR_CONNECTIONS : 2 * max);
}

/* --- programs that may change what is ours --- */

static void doctor_managed(struct doctor *d, const struct doctor_link *link)
{
	char quoted[DOCTOR_QUOTED];
	char path[DOCTOR_PATH];
	char *text;

	snprintf(path, sizeof(path), "/run/NetworkManager/devices/%u",
		 link->ifindex);
	text = doctor_read(d, path);
	if (text && strstr(text, "managed=true")) {
		doctor_find(d, DOCTOR_NOTICE, link->name,
			    "NetworkManager manages %s", link->name);
		doctor_add(d, "why", "it may take its addresses away, or give it another MAC");
		doctor_add(d, "mend", "nmcli device set %s managed no",
			   doctor_quote(link->name, quoted));
	}
	free(text);
	snprintf(path, sizeof(path), "/run/systemd/netif/links/%u",
		 link->ifindex);
	text = doctor_read(d, path);
	if (text && strstr(text, "ADMIN_STATE=configur")) {
		doctor_find(d, DOCTOR_NOTICE, link->name,
			    "systemd-networkd configures %s", link->name);
		doctor_add(d, "why", "it may take its addresses away, or give it another MAC; a .network file with Unmanaged=yes prevents it");
		doctor_add(d, "look", "networkctl status %s",
			   doctor_quote(link->name, quoted));
	}
	free(text);
}

void doctor_check_host(struct doctor *d)
{
	const struct doctor_link *link;
	size_t i;

	for (i = 0; i < d->n_ports; i++)
		if (d->ports[i].link)
			doctor_managed(d, d->ports[i].link);
	for (i = 0; i < d->n_switches; i++) {
		link = doctor_link(d, d->switches[i].ifindex);
		if (link)
			doctor_managed(d, link);
	}
	if (doctor_number(d, "/proc/sys/net/bridge/bridge-nf-call-iptables") > 0)
		doctor_find(d, DOCTOR_NOTICE, "br_netfilter",
			    "br_netfilter is loaded, which podswitch does not need");
	doctor_fine(d, "no other program manages switches or ports");
}
