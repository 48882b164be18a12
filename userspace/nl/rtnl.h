/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rtnetlink requests of this project, on a handle of NETLINK_ROUTE.
 *
 * Functions that return nothing begin a message; nl_talk() sends all that were
 * begun. IP addresses are 4 or 16 bytes in network byte order, MAC addresses
 * 6 bytes.
 */
#ifndef _NL_RTNL_H
#define _NL_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

/* rtnl_link.c */

/**
 * struct nl_link - a network interface as the kernel reports it
 * @ifindex: interface index
 * @flags: IFF_*
 * @mtu: bytes
 * @peer: interface index of a veth's other end, in the namespace that it is
 *	in; of what a VLAN device is on
 * @master: interface index of the bridge, or the like, that it is a port of
 * @mac: its MAC address; zeros if it has none
 * @name: its name
 * @kind: its rtnetlink kind, such as "veth"; empty for hardware
 */
struct nl_link {
	uint32_t ifindex;
	uint32_t flags;
	uint32_t mtu;
	uint32_t peer;
	uint32_t master;
	uint8_t mac[6];
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];
};

/**
 * struct nl_veth - a veth pair to be made
 * @name: name of the end that stays in the socket's namespace and is up
 * @mac: its MAC address
 * @peer_name: name of the other end, which stays down
 * @peer_mac: its MAC address, or NULL for a random one
 * @peer_netns: open network namespace that the other end is made in
 * @mtu: of both ends, in bytes
 */
struct nl_veth {
	const char *name;
	const uint8_t *mac;
	const char *peer_name;
	const uint8_t *peer_mac;
	int peer_netns;
	uint32_t mtu;
};

/**
 * nl_link_get() - reads an interface
 * @nl: the handle
 * @name: its name
 * @link: filled in
 *
 * Return: 0; -ENODEV if there is none; another negative errno value.
 */
int nl_link_get(struct nl *nl, const char *name, struct nl_link *link);

/**
 * nl_veth_new() - makes a veth pair
 * @nl: the handle
 * @veth: the pair
 * @link: filled in with the end that stays
 *
 * Return: 0; -EEXIST if one of the names is taken; another negative errno
 * value.
 */
int nl_veth_new(struct nl *nl, const struct nl_veth *veth,
		struct nl_link *link);

/**
 * nl_link_parse() - reads a message about an interface
 * @nlh: RTM_NEWLINK
 * @link: filled in
 */
void nl_link_parse(const struct nlmsghdr *nlh, struct nl_link *link);

/**
 * nl_link_dump() - reads the interfaces of one kind
 * @nl: the handle
 * @kind: rtnetlink kind, such as "veth"
 * @cb: called with each message, which nl_link_parse() reads
 * @arg: for @cb
 *
 * Return: as nl_dump().
 */
int nl_link_dump(struct nl *nl, const char *kind, nl_cb *cb, void *arg);

/**
 * nl_vlan_new() - makes a VLAN device, which stays down
 * @nl: the handle
 * @name: its name
 * @ifindex: the interface that it is on
 * @vlan: VLAN identifier
 *
 * Return: 0; -EEXIST if the name is taken, or the VLAN has a device; another
 * negative errno value.
 */
int nl_vlan_new(struct nl *nl, const char *name, uint32_t ifindex,
		uint16_t vlan);

/**
 * nl_link_set() - begins a change to an interface
 * @nl: the handle
 * @ifindex: the interface
 * @flags: IFF_* to set; none is cleared
 * @mac: a MAC address that it gets first, or NULL
 */
void nl_link_set(struct nl *nl, uint32_t ifindex, uint32_t flags,
		 const uint8_t *mac);

/**
 * nl_link_del() - begins the removal of an interface
 * @nl: the handle
 * @ifindex: the interface
 */
void nl_link_del(struct nl *nl, uint32_t ifindex);

/* rtnl_address.c */

/**
 * struct nl_address - an IP address on an interface
 * @family: AF_INET or AF_INET6
 * @prefix_len: length of the subnet's prefix, in bits
 * @scope: RT_SCOPE_*, as the kernel reports it
 * @flags: IFA_F_*
 * @ifindex: the interface
 * @bytes: the address, left-aligned
 */
struct nl_address {
	uint8_t family;
	uint8_t prefix_len;
	uint8_t scope;
	uint32_t flags;
	uint32_t ifindex;
	uint8_t bytes[16];
};

/**
 * nl_address_new() - begins the adding of an address
 * @nl: the handle
 * @address: the address; EEXIST if it is there already
 *
 * An IPv4 address gets its subnet's broadcast address.
 */
void nl_address_new(struct nl *nl, const struct nl_address *address);

/**
 * nl_address_del() - begins the removal of an address
 * @nl: the handle
 * @address: the address; its flags do not matter
 */
void nl_address_del(struct nl *nl, const struct nl_address *address);

/**
 * nl_address_dump() - reads the addresses of the namespace
 * @nl: the handle
 * @ifindex: those of this interface alone, or 0
 * @cb: called with each message, which nl_address_parse() reads
 * @arg: for @cb
 *
 * Return: as nl_dump().
 */
int nl_address_dump(struct nl *nl, uint32_t ifindex, nl_cb *cb, void *arg);

/**
 * nl_address_parse() - reads a message about an address
 * @nlh: RTM_NEWADDR
 * @address: filled in
 *
 * Return: whether it is an IP address.
 */
bool nl_address_parse(const struct nlmsghdr *nlh, struct nl_address *address);

/* rtnl_route.c */

/**
 * struct nl_route - a route
 * @family: AF_INET or AF_INET6
 * @dst_len: length of the destination's prefix, in bits
 * @dst: destination, left-aligned
 * @has_gateway: whether there is a next hop
 * @gateway: the next hop
 * @ifindex: the interface
 * @table: routing table, or 0 for the main one
 * @priority: metric, or 0 for the family's default
 * @scope: RT_SCOPE_*, or negative for what fits the rest
 * @mtu: MTU in bytes, or 0
 * @advmss: MSS to advertise in bytes, or 0
 */
struct nl_route {
	uint8_t family;
	uint8_t dst_len;
	uint8_t dst[16];
	bool has_gateway;
	uint8_t gateway[16];
	uint32_t ifindex;
	uint32_t table;
	uint32_t priority;
	int scope;
	uint32_t mtu;
	uint32_t advmss;
};

/**
 * nl_route_new() - begins the adding of a route
 * @nl: the handle
 * @route: the route; EEXIST if it is there already
 */
void nl_route_new(struct nl *nl, const struct nl_route *route);

/**
 * nl_route_dump() - reads the routes of the namespace, of all tables
 * @nl: the handle
 * @cb: called with each message, which nl_route_parse() reads
 * @arg: for @cb
 *
 * Return: as nl_dump().
 */
int nl_route_dump(struct nl *nl, nl_cb *cb, void *arg);

/**
 * nl_route_parse() - reads a message about a route
 * @nlh: RTM_NEWROUTE
 * @route: filled in; of a route of many next hops, none
 *
 * Return: whether it is a unicast IP route.
 */
bool nl_route_parse(const struct nlmsghdr *nlh, struct nl_route *route);

/**
 * nl_ip_len() - length of an address
 * @family: AF_INET or AF_INET6
 *
 * Return: 4 or 16 bytes.
 */
size_t nl_ip_len(uint8_t family);

#endif /* _NL_RTNL_H */
