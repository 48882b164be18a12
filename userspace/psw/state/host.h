/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's side of a switch. Its device goes with the module, and with it
 * what stands on it: VLAN devices, IP addresses, routes. These read it, and
 * make it anew. That is rtnetlink's, of which libpodswitch knows nothing.
 */
#ifndef _PSW_HOST_H
#define _PSW_HOST_H

#include <net/if.h>
#include <nl.h>
#include <podswitch.h>

/**
 * struct host_link - a net device
 * @ifindex: interface index; for a new one that which it is to have, or 0
 * @lower: interface index of what it stands on in the same namespace, or 0
 * @master: interface index of the device that it is a port of, or 0
 * @flags: IFF_*
 * @mtu: bytes
 * @tx_queue_len: frames
 * @group: device group
 * @vlan: VLAN identifier, of a VLAN device
 * @vlan_protocol: ETH_P_8021Q or ETH_P_8021AD, of a VLAN device
 * @vlan_flags: VLAN_FLAG_*, of a VLAN device
 * @mac: its MAC address; zeros if it has none
 * @name: its name
 * @kind: its rtnetlink kind, such as "veth"; empty for hardware
 * @alias: its alias, or NULL
 */
struct host_link {
	uint32_t ifindex;
	uint32_t lower;
	uint32_t master;
	uint32_t flags;
	uint32_t mtu;
	uint32_t tx_queue_len;
	uint32_t group;
	uint16_t vlan;
	uint16_t vlan_protocol;
	uint32_t vlan_flags;
	uint8_t mac[6];
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];
	const char *alias;
};

/**
 * struct host_address - an IP address on a net device
 * @ifindex: the device
 * @local: the address
 * @peer: the other end's, where that is not the same
 * @broadcast: broadcast address; family 0 for none
 * @prefix_len: length of the prefix, in bits
 * @scope: RT_SCOPE_*
 * @protocol: IFAPROT_*
 * @flags: IFA_F_*
 * @valid_s: seconds for which it lasts, 0 for ever
 * @preferred_s: seconds for which it is preferred, 0 for ever
 * @metric: of the prefix's route, 0 for the default
 * @label: label, or empty
 */
struct host_address {
	uint32_t ifindex;
	struct podswitch_address local;
	struct podswitch_address peer;
	struct podswitch_address broadcast;
	uint8_t prefix_len;
	uint8_t scope;
	uint8_t protocol;
	uint32_t flags;
	uint32_t valid_s;
	uint32_t preferred_s;
	uint32_t metric;
	char label[IFNAMSIZ];
};

enum { HOST_ROUTE_METRICS = 32 };

/**
 * struct host_route - a route through a net device
 * @ifindex: the device
 * @family: AF_INET or AF_INET6
 * @dst: destination; family 0 for all
 * @gateway: next hop, which may be of the other family; family 0 for none
 * @source: preferred source; family 0 for none
 * @dst_len: length of the destination's prefix, in bits
 * @tos: type of service
 * @type: RTN_*
 * @scope: RT_SCOPE_*
 * @protocol: RTPROT_*
 * @preference: of IPv6 (RFC 4191), 0 for medium
 * @flags: RTNH_F_ONLINK or 0
 * @table: routing table
 * @priority: metric
 * @metrics: by RTAX_*, 0 where not set
 * @is_whole: false if there is more to it, such as further next hops
 */
struct host_route {
	uint32_t ifindex;
	uint8_t family;
	struct podswitch_address dst;
	struct podswitch_address gateway;
	struct podswitch_address source;
	uint8_t dst_len;
	uint8_t tos;
	uint8_t type;
	uint8_t scope;
	uint8_t protocol;
	uint8_t preference;
	uint32_t flags;
	uint32_t table;
	uint32_t priority;
	uint32_t metrics[HOST_ROUTE_METRICS];
	bool is_whole;
};

/**
 * typedef host_link_cb - receives one net device
 * @link: the device, valid during the call
 * @arg: the caller's
 *
 * Return: 0 to go on, a negative errno value to stop with it.
 */
typedef int host_link_cb(const struct host_link *link, void *arg);

/**
 * typedef host_address_cb - receives one address
 * @address: the address, valid during the call
 * @arg: the caller's
 *
 * Return: 0 to go on, a negative errno value to stop with it.
 */
typedef int host_address_cb(const struct host_address *address, void *arg);

/**
 * typedef host_route_cb - receives one route
 * @route: the route, valid during the call
 * @arg: the caller's
 *
 * Return: 0 to go on, a negative errno value to stop with it.
 */
typedef int host_route_cb(const struct host_route *route, void *arg);

/**
 * host_link_dump() - reads all net devices of the namespace
 * @nl: an exchange with rtnetlink
 * @cb: called with each
 * @arg: for @cb
 *
 * Return: 0, what @cb returned if that was negative, or a negative errno value.
 */
int host_link_dump(struct nl *nl, host_link_cb *cb, void *arg);

/**
 * host_link_new() - makes a switch or a VLAN device, and leaves it down
 * @nl: an exchange with rtnetlink
 * @link: the device; its MTU is the kernel's default
 *
 * Return: 0; -EEXIST if the name is taken; -EBUSY if the interface index is;
 * another negative errno value.
 */
int host_link_new(struct nl *nl, const struct host_link *link);

/**
 * host_link_set() - changes a net device
 * @nl: an exchange with rtnetlink
 * @ifindex: the device
 * @flags: IFF_* to set; none is cleared
 * @mtu: bytes, or 0: no change
 *
 * Return: 0 or a negative errno value.
 */
int host_link_set(struct nl *nl, uint32_t ifindex, uint32_t flags,
		       uint32_t mtu);

/**
 * host_address_dump() - reads the IP addresses of a net device
 * @nl: an exchange with rtnetlink
 * @ifindex: the device
 * @cb: called with each
 * @arg: for @cb
 *
 * Return: as host_link_dump().
 */
int host_address_dump(struct nl *nl, uint32_t ifindex,
				host_address_cb *cb, void *arg);

/**
 * host_address_new() - gives a net device an IP address
 * @nl: an exchange with rtnetlink
 * @address: the address, which is not looked for elsewhere on the link
 *
 * Return: 0; -EEXIST if the device has it; another negative errno value.
 */
int host_address_new(struct nl *nl,
			       const struct host_address *address);

/**
 * host_route_dump() - reads the routes through a net device
 * @nl: an exchange with rtnetlink
 * @ifindex: the device
 * @cb: called with each, of all tables
 * @arg: for @cb
 *
 * Return: as host_link_dump().
 */
int host_route_dump(struct nl *nl, uint32_t ifindex,
			      host_route_cb *cb, void *arg);

/**
 * host_route_new() - adds a route
 * @nl: an exchange with rtnetlink
 * @route: the route
 *
 * Return: 0; -EEXIST if it is there; another negative errno value.
 */
int host_route_new(struct nl *nl,
			     const struct host_route *route);

#endif /* _PSW_HOST_H */
