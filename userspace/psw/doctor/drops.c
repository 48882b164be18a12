// SPDX-License-Identifier: GPL-2.0
/*
 * Check: what pods sent that was dropped, as far as it points to a fault. Some
 * of it is everyday life: a frame to a pod that has just gone, or is not up
 * yet. That is told from a certain number on.
 */
#include "node.h"

#include "psw.h"

#define DOCTOR_VIOLATIONS "psw -t monitor violations"

struct doctor_drop {
	unsigned int reason;
	enum doctor_status status;
	uint64_t least;		/* frames, for it to be told, */
	uint64_t percent;	/* and of those that the pod sent */
	const char *words;	/* goes on from "sent 3 frames" */
	const char *why;
	const char *look;
};

static const struct doctor_drop doctor_drops[] = {
	{ PODSWITCH_A_DROPS_SPOOFED_MAC, DOCTOR_PROBLEM, 1, 0,
	  "from a MAC that is not its own: spoofing, or a MAC set by hand, or pods within the pod",
	  "the guard dropped them; a pod that is to have more MACs declares them by psw address add",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_SPOOFED_IPV4, DOCTOR_PROBLEM, 1, 0,
	  "from an IPv4 address that is not its own: spoofing, or an address configured by hand",
	  "the guard dropped them; a pod that is to have more addresses declares them by psw address add",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_SPOOFED_IPV6, DOCTOR_PROBLEM, 1, 0,
	  "from an IPv6 address that is not its own: spoofing, or an address configured by hand",
	  "the guard dropped them; a pod that is to have more addresses declares them by psw address add",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_SPOOFED_ARP, DOCTOR_PROBLEM, 1, 0,
	  "that claim a foreign IPv4 address by ARP: a duplicate address, or an attempt to be taken for another pod",
	  "the guard dropped them, so nobody was misled",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_SPOOFED_ND, DOCTOR_PROBLEM, 1, 0,
	  "that claim a foreign IPv6 address: a duplicate address, or an attempt to be taken for another pod",
	  "the guard dropped them, so nobody was misled",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_ROUTER_MESSAGE, DOCTOR_PROBLEM, 1, 0,
	  "that only a router may send: router advertisements or redirects",
	  "they were dropped, or pods would have sent their packets there; a router is one by psw port set router on",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_DHCP_SERVER, DOCTOR_PROBLEM, 1, 0,
	  "that only a DHCP server may send",
	  "they were dropped, or pods would have got their addresses, gateway and name servers from there; a DHCP server is one by psw port set dhcp-server on",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_TAGGED, DOCTOR_PROBLEM, 1, 0,
	  "with a VLAN tag, which its port does not carry",
	  "they were dropped; a port carries VLANs by psw port set trunk, or \"vlanTrunk\" in the configuration",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_FOREIGN_VLAN, DOCTOR_PROBLEM, 1, 0,
	  "in a VLAN that is not of its port",
	  "they were dropped; a port carries VLANs by psw port set trunk, or \"vlanTrunk\" in the configuration",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_STORM, DOCTOR_PROBLEM, 1, 0,
	  "to groups beyond its storm limit",
	  "a loop within the pod, or a limit that is too low for it",
	  "psw port show" },
	{ PODSWITCH_A_DROPS_MALFORMED, DOCTOR_NOTICE, 10, 0,
	  "with malformed headers", "a fault of a program, or an attack",
	  DOCTOR_VIOLATIONS },
	{ PODSWITCH_A_DROPS_TOO_BIG, DOCTOR_NOTICE, 1, 0,
	  "that were longer than the receiver's MTU",
	  "if it goes on, the check mtu tells between whom",
	  "psw doctor mtu" },
	{ PODSWITCH_A_DROPS_RECEIVER_DOWN, DOCTOR_NOTICE, 100, 1,
	  "to pods whose interface was down",
	  "if it goes on, the check pods tells which",
	  "psw doctor pods" },
	{ PODSWITCH_A_DROPS_UNKNOWN_DESTINATION, DOCTOR_NOTICE, 100, 5,
	  "to MACs that no port holds",
	  "a neighbour set by hand, or a pod that still talks to one that has gone",
	  "psw address show" },
	{ PODSWITCH_A_DROPS_SAME_PORT, DOCTOR_NOTICE, 100, 1,
	  "to itself, by way of the switch",
	  "psw port set hairpin on lets them through",
	  "psw port show" },
	{ PODSWITCH_A_DROPS_NO_MEMORY, DOCTOR_NOTICE, 1, 0,
	  "for which the kernel had no memory",
	  "the node was short of memory",
	  "free -m" },
};

static void doctor_drop(struct doctor *d, const struct doctor_port *port,
			const struct doctor_drop *drop)
{
	const struct podswitch_stats *stats = &port->port.stats;
	uint64_t n = stats->drops[drop->reason];

	if (n < drop->least || n < stats->rx_packets / 100 * drop->percent)
		return;
	doctor_find(d, drop->status, port->port.name, "%s sent %llu frame%s %s",
		    port->what, (unsigned long long)n, n == 1 ? "" : "s",
		    drop->words);
	doctor_add(d, "why", "%s; counted as %s since the port was made",
		   drop->why, podswitch_drop_name(drop->reason));
	doctor_add(d, "look", "%s", drop->look);
}

void doctor_check_drops(struct doctor *d)
{
	size_t i, j;

	if (doctor_unready(d))
		return;
	for (i = 0; i < d->n_ports; i++) {
		if (d->ports[i].port.role != PODSWITCH_ROLE_POD)
			continue;
		for (j = 0; j < ARRAY_SIZE(doctor_drops); j++)
			doctor_drop(d, &d->ports[i], &doctor_drops[j]);
	}
	doctor_fine(d, "nothing that pods sent was dropped but what is usual");
}
