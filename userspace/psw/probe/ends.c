// SPDX-License-Identifier: GPL-2.0
#include "ends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

enum { ENDS_AT_FIRST = 64 };

static void end_copy_owner(struct ends_port *to,
			   const struct podswitch_owner *owner)
{
	if (owner->pod_name)
		snprintf(to->pod, sizeof(to->pod), "%s%s%s",
			 owner->pod_namespace ? owner->pod_namespace : "",
			 owner->pod_namespace ? "/" : "", owner->pod_name);
	if (owner->container_id)
		snprintf(to->id, sizeof(to->id), "%s", owner->container_id);
}

static int ends_add(const struct podswitch_port *port, void *arg)
{
	size_t size = port->n_addresses * sizeof(*port->addresses);
	struct ends *ends = arg;
	struct ends_port *to;

	if (ends->n % ENDS_AT_FIRST == 0) {
		to = realloc(ends->ports, (ends->n + ENDS_AT_FIRST) *
					  sizeof(*ends->ports));
		if (!to)
			return -ENOMEM;
		ends->ports = to;
	}
	to = &ends->ports[ends->n];
	*to = (struct ends_port){
		.ifindex = port->ifindex,
		.switch_ifindex = port->switch_ifindex,
		.has_mac = port->has_mac,
		.pvid = port->pvid,
		.guard = port->guard,
		.is_uplink = port->role == PODSWITCH_ROLE_UPLINK,
		.addresses = malloc(size + 1),
		.n_addresses = port->n_addresses,
	};
	if (!to->addresses)
		return -ENOMEM;
	if (size)
		memcpy(to->addresses, port->addresses, size);
	memcpy(to->name, port->name, sizeof(to->name));
	memcpy(to->mac, port->mac, sizeof(to->mac));
	end_copy_owner(to, &port->owner);
	ends->n++;
	return 0;
}

int ends_read(struct psw *psw, struct ends *ends)
{
	int err;

	*ends = (struct ends){ 0 };
	err = podswitch_port_dump(psw->h, NULL, ends_add, ends);
	if (err == -ENOMEM)
		return psw_complain(psw, PSW_FAILED, "Out of memory");
	return psw_result(psw, NULL, err);
}

void ends_free(struct ends *ends)
{
	size_t i;

	for (i = 0; i < ends->n; i++)
		free(ends->ports[i].addresses);
	free(ends->ports);
}

const struct ends_port *ends_port(const struct ends *ends, uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < ends->n; i++)
		if (ends->ports[i].ifindex == ifindex)
			return &ends->ports[i];
	return NULL;
}

static bool is_same(const struct podswitch_address *a,
		    const struct podswitch_address *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_INET ? a->v4.s_addr == b->v4.s_addr :
				      !memcmp(&a->v6, &b->v6, sizeof(a->v6));
}

static bool is_in_vlan(const struct ends_port *port,
		       const struct podswitch_address *address, int vlan)
{
	return vlan < 0 ||
	       vlan == (address->has_vlan ? address->vlan : port->pvid);
}

/* The MAC that an IPv6 link-local address was made of (RFC 4291 2.5.6). */
static bool mac_of_link_local(const struct podswitch_address *ip, uint8_t *mac)
{
	const uint8_t *b = ip->v6.s6_addr;

	if (ip->family != AF_INET6 ||
	    memcmp(b, "\xfe\x80\0\0\0\0\0\0", 8) || b[11] != 0xff ||
	    b[12] != 0xfe)
		return false;
	memcpy(mac, b + 8, 3);
	memcpy(mac + 3, b + 13, 3);
	mac[0] ^= 2;
	return true;
}

/* Whether a port holds an address, in a VLAN or, if that is negative, in any. */
static bool port_holds(const struct ends_port *port,
		       const struct podswitch_address *ip, int vlan)
{
	uint8_t mac[6];
	size_t i;

	for (i = 0; i < port->n_addresses; i++)
		if (!port->addresses[i].shared &&
		    is_same(&port->addresses[i], ip) &&
		    is_in_vlan(port, &port->addresses[i], vlan))
			return true;
	return port->has_mac && mac_of_link_local(ip, mac) &&
	       !memcmp(mac, port->mac, sizeof(mac));
}

const struct ends_port *ends_holder(const struct ends *ends,
				    uint32_t switch_ifindex,
				    const struct podswitch_address *ip,
				    uint16_t vlan)
{
	size_t i;

	for (i = 0; i < ends->n; i++)
		if (ends->ports[i].switch_ifindex == switch_ifindex &&
		    port_holds(&ends->ports[i], ip, vlan))
			return &ends->ports[i];
	return NULL;
}

const struct podswitch_address *ends_address(const struct ends_port *port,
					     uint8_t family, int vlan)
{
	size_t i;

	for (i = 0; i < port->n_addresses; i++)
		if (port->addresses[i].family == family &&
		    !port->addresses[i].shared &&
		    is_in_vlan(port, &port->addresses[i], vlan))
			return &port->addresses[i];
	return NULL;
}

/* --- finding what a word names --- */

static bool has_address(const struct ends_port *port, const void *ip)
{
	return port_holds(port, ip, -1);
}

static bool has_mac(const struct ends_port *port, const void *mac)
{
	return port->has_mac && !memcmp(port->mac, mac, sizeof(port->mac));
}

static bool has_device(const struct ends_port *port, const void *text)
{
	return !strcmp(port->name, text);
}

/* NAMESPACE/NAME, or NAME in any namespace. */
static bool has_pod(const struct ends_port *port, const void *text)
{
	const char *slash = strchr(port->pod, '/');

	return *port->pod && (!strcmp(port->pod, text) ||
			      (slash && !strcmp(slash + 1, text)));
}

static bool has_id(const struct ends_port *port, const void *text)
{
	return *port->id && !strncmp(port->id, text, strlen(text));
}

typedef bool end_test(const struct ends_port *port, const void *what);

/* The one port that passes a test; complains if there is another. */
static int find_one(const struct psw *psw, const struct ends *ends,
		    const char *text, uint32_t switch_ifindex, end_test *test,
		    const void *what, const struct ends_port **found)
{
	const struct ends_port *port;

	*found = NULL;
	for (port = ends->ports; port < ends->ports + ends->n; port++) {
		if (switch_ifindex && port->switch_ifindex != switch_ifindex)
			continue;
		if (!test(port, what))
			continue;
		if (*found)
			return psw_complain(psw, PSW_FAILED,
					    "\"%s\" may be %s or %s; name a device, or the switch",
					    text, (*found)->name, port->name);
		*found = port;
	}
	return PSW_DONE;
}

/* Reads a word that is a MAC or an IP address; returns whether it is one. */
static bool end_read_address(const char *text, struct end *end)
{
	struct arg_mac mac = { 0 };

	if (!arg_mac((char *)text, &mac)) {
		end->has_mac = true;
		memcpy(end->mac, mac.bytes, sizeof(end->mac));
		return true;
	}
	end->ip.family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(end->ip.family, text, &end->ip.v6) == 1)
		return true;
	end->ip.family = AF_UNSPEC;
	return false;
}

static int end_find_name(const struct psw *psw, const struct ends *ends,
			 const char *what, const char *text,
			 uint32_t switch_ifindex, struct end *end)
{
	static end_test *const tests[] = { has_device, has_pod, has_id };
	int status = PSW_DONE;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests) && !status && !end->port; i++)
		status = find_one(psw, ends, text, switch_ifindex, tests[i],
				  text, &end->port);
	if (status || end->port)
		return status;
	return psw_complain(psw, PSW_FAILED,
			    "%s \"%s\" is no pod, container, port or address",
			    what, text);
}

/* Whether a word is the name of a switch, which is the host's end of it. */
static bool end_is_switch(const struct psw *psw, const char *text,
			  struct end *end)
{
	struct podswitch_switch sw;
	uint32_t ifindex = if_nametoindex(text);

	if (!ifindex || podswitch_switch_get(psw->h, ifindex, &sw))
		return false;
	end->switch_ifindex = ifindex;
	return true;
}

int end_find(const struct psw *psw, const struct ends *ends, const char *what,
	     const char *text, uint32_t switch_ifindex, struct end *end)
{
	int status;

	*end = (struct end){ .switch_ifindex = switch_ifindex };
	if (!strcmp(text, "host") || end_is_switch(psw, text, end)) {
		end->is_host = true;
		return PSW_DONE;
	}
	if (!end_read_address(text, end))
		status = end_find_name(psw, ends, what, text, switch_ifindex,
				       end);
	else if (end->has_mac)
		status = find_one(psw, ends, text, switch_ifindex, has_mac,
				  end->mac, &end->port);
	else
		status = find_one(psw, ends, text, switch_ifindex, has_address,
				  &end->ip, &end->port);
	if (!status && end->port)
		end->switch_ifindex = end->port->switch_ifindex;
	return status;
}

/* --- the host's own addresses --- */

static const uint8_t *bytes_of(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return (const void *)&((const struct sockaddr_in *)sa)->sin_addr;
	return (const void *)&((const struct sockaddr_in6 *)sa)->sin6_addr;
}

static size_t family_len(uint8_t family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

static enum end_reach reach_by(const struct ifaddrs *own,
			       const struct podswitch_address *ip)
{
	const uint8_t *address = bytes_of(own->ifa_addr);
	const uint8_t *mask = bytes_of(own->ifa_netmask);
	const uint8_t *asked = (const uint8_t *)&ip->v6;
	size_t len = family_len(ip->family);
	size_t i;

	if (!memcmp(address, asked, len))
		return END_OWN;
	for (i = 0; i < len; i++)
		if ((address[i] ^ asked[i]) & mask[i])
			return END_ELSEWHERE;
	return END_ON_LINK;
}

static bool is_of(const struct ifaddrs *own, const char *dev, uint8_t family)
{
	return own->ifa_addr && own->ifa_netmask &&
	       own->ifa_addr->sa_family == family &&
	       !strcmp(own->ifa_name, dev);
}

enum end_reach end_reach(const char *dev, const struct podswitch_address *ip)
{
	enum end_reach reach = END_ELSEWHERE, one;
	struct ifaddrs *all, *own;

	if (getifaddrs(&all))
		return END_ELSEWHERE;
	for (own = all; own; own = own->ifa_next) {
		if (!is_of(own, dev, ip->family))
			continue;
		one = reach_by(own, ip);
		if (one > reach)
			reach = one;
	}
	freeifaddrs(all);
	return reach;
}

bool end_host_address(const char *dev, uint8_t family,
		      struct podswitch_address *ip)
{
	struct ifaddrs *all, *own;

	*ip = (struct podswitch_address){ 0 };
	if (getifaddrs(&all))
		return false;
	for (own = all; own && !ip->family; own = own->ifa_next) {
		if (!is_of(own, dev, family))
			continue;
		ip->family = family;
		memcpy(&ip->v6, bytes_of(own->ifa_addr), family_len(family));
	}
	freeifaddrs(all);
	return ip->family;
}
