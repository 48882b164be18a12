/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libpodswitch: podswitch devices, their ports and addresses, from a program.
 *
 * A handle talks to the kernel in the network namespace in which it was
 * opened and is used by one thread at a time. Functions return 0 or a
 * negative errno value; podswitch_error() then holds a sentence, the kernel's
 * own where it gave one. Nothing is printed. MAC addresses are 6 bytes in
 * transmission order, IP addresses are in network byte order.
 *
 * A program goes on running with each later library of the same soname:
 *
 * - A function keeps its name and its arguments. What is added or has to
 *   change comes under a symbol version of its own (PODSWITCH_0 is the first),
 *   beside the one that older programs were linked with.
 * - A struct that is given to the library, filled by it in the caller's memory,
 *   or part of another or of an array, keeps its size: new members take from
 *   what is reserved at its end. That is 0 in programs that initialise the
 *   struct as a whole (= { 0 }), as they must; and 0 means what was done before
 *   there was such a member. A program that asks for more than the library
 *   knows is refused with -EINVAL.
 * - struct podswitch_port and podswitch_violation are only made by the library,
 *   and grow at their end.
 * - struct podswitch_port_config has the size that the program knows in front,
 *   from its initialiser.
 */
#ifndef PODSWITCH_H
#define PODSWITCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/podswitch.h>

#ifdef __cplusplus
extern "C" {
#endif

/** PODSWITCH_NAME_SIZE - bytes that an interface's name takes, its end included */
#define PODSWITCH_NAME_SIZE	16

/**
 * PODSWITCH_DROPS_ROOM - room for counters of drops, by PODSWITCH_A_DROPS_*
 *
 * Reasons that the protocol may get later are counted there too; those that the
 * library knows have a podswitch_drop_name().
 */
#define PODSWITCH_DROPS_ROOM	64

struct podswitch;

/**
 * struct podswitch_address - an IP address, or a MAC beside the port's own
 * @family: AF_INET or AF_INET6; AF_PACKET for a MAC
 * @shared: whether the port uses it without holding it, as others may
 * @has_vlan: whether @vlan is given; if not, it is in the port's pvid
 * @vlan: VLAN that the IP address is in; a MAC is in all of the port's
 * @v4: the address where @family is AF_INET
 * @v6: the address where @family is AF_INET6
 * @mac: the address where @family is AF_PACKET
 * @reserved: 0
 */
struct podswitch_address {
	uint8_t family;
	bool shared;
	bool has_vlan;
	uint16_t vlan;
	union {
		struct in_addr v4;
		struct in6_addr v6;
		uint8_t mac[6];
	};
	uint32_t reserved[2];
};

/**
 * struct podswitch_vlan_range - VLANs from one to another
 * @first: the lowest
 * @last: the highest, which may be the lowest
 */
struct podswitch_vlan_range {
	uint16_t first;
	uint16_t last;
};

/**
 * struct podswitch_owner - on whose behalf a port was made
 * @network: name of the CNI network
 * @container_id: CNI_CONTAINERID
 * @ifname: CNI_IFNAME
 * @pod_namespace: Kubernetes namespace of the pod
 * @pod_name: Kubernetes name of the pod
 * @reserved: NULL
 *
 * A member is NULL where it is not known.
 */
struct podswitch_owner {
	const char *network;
	const char *container_id;
	const char *ifname;
	const char *pod_namespace;
	const char *pod_name;
	const char *reserved[3];
};

/**
 * struct podswitch_stats - counters of a port or of a switch's host side
 * @rx_packets: frames received from the pod (from the host, for a switch)
 * @rx_bytes: bytes in them
 * @tx_packets: frames handed to the pod (to the host, for a switch)
 * @tx_bytes: bytes in them
 * @queued: frames delivered through the device's own transmit
 * @answered: ARP requests and neighbour solicitations answered
 * @translated: frames to another port handed to the host's address translation
 * @reserved: 0
 * @drops: frames dropped, indexed by PODSWITCH_A_DROPS_*
 */
struct podswitch_stats {
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t queued;
	uint64_t answered;
	uint64_t translated;
	uint64_t reserved[9];
	uint64_t drops[PODSWITCH_DROPS_ROOM];
};

/**
 * struct podswitch_switch - a switch as the kernel reports it
 * @ifindex: interface index
 * @name: interface name
 * @mac: the switch's own MAC
 * @mtu: MTU in bytes
 * @max_ports: number of ports at which attaching is refused
 * @max_addresses: number of IP addresses at which declaring is refused
 * @ports: number of ports
 * @addresses: number of IP addresses over all ports
 * @last_ipv4: IPv4 address declared last; family 0 if none was
 * @last_ipv6: IPv6 address declared last; family 0 if none was
 * @uplink: interface index of the port that is the uplink; 0 if none is
 * @stats: counters of the host's side
 * @reserved: 0
 */
struct podswitch_switch {
	uint32_t ifindex;
	char name[PODSWITCH_NAME_SIZE];
	uint8_t mac[6];
	uint32_t mtu;
	uint32_t max_ports;
	uint32_t max_addresses;
	uint32_t ports;
	uint32_t addresses;
	struct podswitch_address last_ipv4;
	struct podswitch_address last_ipv6;
	uint32_t uplink;
	struct podswitch_stats stats;
	uint64_t reserved[16];
};

/**
 * struct podswitch_port - a port as the kernel reports it
 * @switch_ifindex: interface index of its switch
 * @ifindex: interface index of the attached device
 * @name: interface name of the attached device
 * @has_mac: whether a MAC is declared
 * @mac: the declared MAC
 * @guard: what is checked in frames from the pod
 * @isolated: whether it is kept from other isolated ports
 * @hairpin: whether a frame may leave by the port it came from
 * @role: what the port leads to
 * @pvid: VLAN of untagged frames; 0 is outside all VLANs
 * @storm_limit: frames to groups that it may send in a second; 0 is no limit
 * @translated: whether the host has sent translated connections into it
 * @trunk: the VLANs that it carries with tags
 * @n_trunk: how many ranges there are
 * @owner: on whose behalf the port was made
 * @addresses: the declared addresses
 * @n_addresses: how many there are
 * @stats: counters
 * @router: whether it may send what only a router sends
 * @dhcp_server: whether it may send what only a DHCP server sends
 *
 * Pointers are valid only during the callback that receives the port.
 */
struct podswitch_port {
	uint32_t switch_ifindex;
	uint32_t ifindex;
	char name[PODSWITCH_NAME_SIZE];
	bool has_mac;
	uint8_t mac[6];
	enum podswitch_guard guard;
	bool isolated;
	bool hairpin;
	enum podswitch_role role;
	uint16_t pvid;
	uint32_t storm_limit;
	bool translated;
	const struct podswitch_vlan_range *trunk;
	size_t n_trunk;
	struct podswitch_owner owner;
	const struct podswitch_address *addresses;
	size_t n_addresses;
	struct podswitch_stats stats;
	bool router;
	bool dhcp_server;
};

/**
 * struct podswitch_port_config - what to make or change of a port
 * @size: what PODSWITCH_PORT_CONFIG_DEFAULT gives it
 * @mac: 6 bytes, or NULL: the default for a new port, no change for an old one
 * @guard: an enum podswitch_guard value, or negative: default or no change
 * @isolated: 0 or 1, or negative: default or no change
 * @hairpin: 0 or 1, or negative: default or no change
 * @role: an enum podswitch_role value, or negative: default; new ports only
 * @pvid: VLAN of untagged frames, or negative: default or no change
 * @storm_limit: frames to groups in a second, or negative: default or no change
 * @translated: 0 or 1, or negative: default or no change; the kernel sees itself
 *	that a port has translated connections, and is told where one is made anew
 * @trunk: VLANs with tags, which replace those there were; or NULL: default or
 *	no change
 * @n_trunk: how many ranges there are; with a @trunk that is not NULL, 0 means
 *	no VLANs
 * @owner: owner, or NULL: none for a new port, no change for an old one
 * @addresses: addresses for a new port
 * @n_addresses: how many there are
 * @router: 0 or 1, or negative: default or no change
 * @dhcp_server: 0 or 1, or negative: default or no change
 */
struct podswitch_port_config {
	size_t size;
	const uint8_t *mac;
	int guard;
	int isolated;
	int hairpin;
	int role;
	int pvid;
	int64_t storm_limit;
	int translated;
	const struct podswitch_vlan_range *trunk;
	size_t n_trunk;
	const struct podswitch_owner *owner;
	const struct podswitch_address *addresses;
	size_t n_addresses;
	int router;
	int dhcp_server;
};

/* What PODSWITCH_PORT_CONFIG_DEFAULT stands for, in C and in C++. */
static inline struct podswitch_port_config podswitch_port_config_default(void)
{
	struct podswitch_port_config cfg = {
		sizeof(cfg), NULL, -1, -1, -1, -1, -1, -1, -1, NULL, 0,
		NULL, NULL, 0, -1, -1
	};

	return cfg;
}

/**
 * PODSWITCH_PORT_CONFIG_DEFAULT - a struct podswitch_port_config to begin from:
 * a default port, or no change
 */
#define PODSWITCH_PORT_CONFIG_DEFAULT	podswitch_port_config_default()

/**
 * struct podswitch_port_filter - which ports a dump reports
 * @switch_ifindex: ports of this switch alone, or 0
 * @owner: ports whose owner has every member given here, or NULL
 * @reserved: 0
 */
struct podswitch_port_filter {
	uint32_t switch_ifindex;
	const struct podswitch_owner *owner;
	uint64_t reserved[6];
};

/**
 * typedef podswitch_switch_cb - receives one switch
 * @sw: the switch, valid during the call
 * @arg: the caller's
 *
 * Return: 0 to go on, a negative errno value to stop with it.
 */
typedef int podswitch_switch_cb(const struct podswitch_switch *sw, void *arg);

/**
 * typedef podswitch_port_cb - receives one port
 * @port: the port, valid during the call
 * @arg: the caller's
 *
 * Return: 0 to go on, a negative errno value to stop with it.
 */
typedef int podswitch_port_cb(const struct podswitch_port *port, void *arg);

/**
 * struct podswitch_violation - what a port's pod sent and was not allowed to
 * @switch_ifindex: interface index of the switch
 * @ifindex: interface index of the attached device
 * @name: interface name of the attached device
 * @owner: on whose behalf the port was made
 * @drops: frames dropped since the report before, by PODSWITCH_A_DROPS_*
 * @has_mac: whether @mac is known
 * @mac: Ethernet source of the first of them
 * @has_vlan: whether it was in a VLAN
 * @vlan: its VLAN
 * @source: its IP source or ARP sender; family 0 if it had none
 *
 * Pointers are valid only during the callback that receives it.
 */
struct podswitch_violation {
	uint32_t switch_ifindex;
	uint32_t ifindex;
	char name[PODSWITCH_NAME_SIZE];
	struct podswitch_owner owner;
	uint64_t drops[PODSWITCH_DROPS_ROOM];
	bool has_mac;
	uint8_t mac[6];
	bool has_vlan;
	uint16_t vlan;
	struct podswitch_address source;
};

/**
 * struct podswitch_events - who receives events; a member may be NULL
 * @port: receives a port that was made or changed
 * @port_gone: receives a port that is gone, as it was
 * @violation: receives what a pod sent and was not allowed to
 * @loaded: told that the kernel has podswitch again; after podswitch_watch()
 * @unloaded: told that the kernel has no podswitch any more; likewise
 * @reserved: NULL
 *
 * Each returns 0, or a negative errno value for podswitch_event() to return.
 */
struct podswitch_events {
	int (*port)(const struct podswitch_port *port, void *arg);
	int (*port_gone)(const struct podswitch_port *port, void *arg);
	int (*violation)(const struct podswitch_violation *v, void *arg);
	int (*loaded)(void *arg);
	int (*unloaded)(void *arg);
	void (*reserved[3])(void);
};

/* handle.c */

/**
 * podswitch_version() - which libpodswitch this is
 *
 * Return: the version of the library that the program runs with, for example
 * "0.1.0".
 */
const char *podswitch_version(void);

/**
 * podswitch_open() - opens a handle in the current network namespace
 * @handle: where the handle goes
 *
 * Return: 0; -ENOENT if the kernel has no podswitch (module not loaded and
 * not loadable); another negative errno value. A handle is stored, and to be
 * closed, in every case but -ENOMEM, so that podswitch_error() can be asked.
 */
int podswitch_open(struct podswitch **handle);

/**
 * podswitch_close() - ends a handle
 * @h: the handle, or NULL
 */
void podswitch_close(struct podswitch *h);

/**
 * podswitch_error() - why the last call failed
 * @h: the handle
 *
 * Return: a sentence without a full stop; empty after success.
 */
const char *podswitch_error(const struct podswitch *h);

/**
 * podswitch_error_attribute() - which attribute the last call was refused for
 * @h: the handle
 *
 * Return: the attribute's name in the protocol, for example "max-ports"; NULL
 * if the kernel pointed at none.
 */
const char *podswitch_error_attribute(const struct podswitch *h);

/**
 * podswitch_error_address() - which address the last call was refused for
 * @h: the handle
 *
 * Return: index in the caller's array of the address that the kernel pointed
 * at, or -1 if it was refused for something else.
 */
int podswitch_error_address(const struct podswitch *h);

/* switch.c */

/**
 * podswitch_switch_create() - makes a switch device and leaves it down
 *
 * It is made in the network namespace that is current at the call.
 *
 * @h: the handle
 * @name: interface name
 * @mac: 6 bytes, or NULL for a random one
 * @mtu: bytes, or 0 for the kernel's default
 *
 * Return: 0; -EEXIST if a device of that name exists, of whatever kind.
 */
int podswitch_switch_create(struct podswitch *h, const char *name,
			    const uint8_t *mac, uint32_t mtu);

/**
 * podswitch_switch_get() - reads one switch
 * @h: the handle
 * @ifindex: its interface index
 * @sw: filled in
 *
 * Return: 0; -ENODEV if there is no such device or it is no switch.
 */
int podswitch_switch_get(struct podswitch *h, uint32_t ifindex,
			 struct podswitch_switch *sw);

/**
 * podswitch_switch_dump() - reads all switches of the namespace
 * @h: the handle
 * @cb: called with each; may use @h
 * @arg: for @cb
 *
 * Return: 0, what @cb returned if that was negative, or a negative errno value.
 */
int podswitch_switch_dump(struct podswitch *h, podswitch_switch_cb *cb,
			  void *arg);

/**
 * podswitch_switch_set() - changes a switch's limits
 * @h: the handle
 * @ifindex: its interface index
 * @max_ports: number of ports at which attaching is refused, or 0: no change
 * @max_addresses: number of addresses likewise, or 0: no change
 *
 * Return: 0 or a negative errno value.
 */
int podswitch_switch_set(struct podswitch *h, uint32_t ifindex,
			 uint32_t max_ports, uint32_t max_addresses);

/**
 * podswitch_switch_set_last() - tells a switch which addresses were given last
 * @h: the handle
 * @ifindex: its interface index
 * @last_ipv4: as in struct podswitch_switch; family 0: none was
 * @last_ipv6: likewise
 *
 * Return: 0; -EINVAL for what is no host's address; another negative errno
 * value.
 */
int podswitch_switch_set_last(struct podswitch *h, uint32_t ifindex,
			      const struct podswitch_address *last_ipv4,
			      const struct podswitch_address *last_ipv6);

/* port.c */

/**
 * podswitch_port_new() - attaches a device, as a whole or not at all
 * @h: the handle
 * @switch_ifindex: the switch
 * @ifindex: the device
 * @cfg: MAC, owner, addresses, settings
 *
 * Return: 0; -EBUSY if the device, the MAC or an address is taken;
 * -ENOSPC at a limit of the switch; another negative errno value.
 */
int podswitch_port_new(struct podswitch *h, uint32_t switch_ifindex,
		       uint32_t ifindex,
		       const struct podswitch_port_config *cfg);

/**
 * podswitch_port_set() - changes a port; its addresses stay
 * @h: the handle
 * @ifindex: the device
 * @cfg: what to change; @cfg->n_addresses must be 0
 *
 * Return: 0; -ENOENT if the device is no port; another negative errno value.
 */
int podswitch_port_set(struct podswitch *h, uint32_t ifindex,
		       const struct podswitch_port_config *cfg);

/**
 * podswitch_port_del() - detaches a device, which stays
 * @h: the handle
 * @ifindex: the device
 *
 * Return: 0; -ENOENT if the device is no port; another negative errno value.
 */
int podswitch_port_del(struct podswitch *h, uint32_t ifindex);

/**
 * podswitch_port_get() - reads one port
 * @h: the handle
 * @ifindex: the device
 * @cb: called with it; must not use @h
 * @arg: for @cb
 *
 * Return: 0; -ENODEV without such a device; -ENOENT if it is no port; what
 * @cb returned if that was negative; another negative errno value.
 */
int podswitch_port_get(struct podswitch *h, uint32_t ifindex,
		       podswitch_port_cb *cb, void *arg);

/**
 * podswitch_port_dump() - reads the ports of the namespace
 * @h: the handle
 * @filter: which of them, or NULL for all
 * @cb: called with each; may use @h
 * @arg: for @cb
 *
 * A dump that the kernel reports as interrupted is read anew before @cb sees
 * any of it, a bounded number of times.
 *
 * Return: 0, what @cb returned if that was negative, -EINTR if changes never
 * let a dump finish, or another negative errno value.
 */
int podswitch_port_dump(struct podswitch *h,
			const struct podswitch_port_filter *filter,
			podswitch_port_cb *cb, void *arg);

/* address.c */

/**
 * podswitch_address_new() - declares addresses on a port, all or none
 * @h: the handle
 * @ifindex: the device
 * @addresses: the addresses
 * @n_addresses: how many
 *
 * Return: 0; -EBUSY if one is taken; -ENOSPC at a limit; another negative
 * errno value.
 */
int podswitch_address_new(struct podswitch *h, uint32_t ifindex,
			  const struct podswitch_address *addresses,
			  size_t n_addresses);

/**
 * podswitch_address_del() - takes addresses from a port, all or none
 * @h: the handle
 * @ifindex: the device
 * @addresses: the addresses
 * @n_addresses: how many
 *
 * Return: 0; -ENOENT if the port does not hold one; another negative errno
 * value.
 */
int podswitch_address_del(struct podswitch *h, uint32_t ifindex,
			  const struct podswitch_address *addresses,
			  size_t n_addresses);

/* event.c */

/**
 * podswitch_watch() - asks to be told when podswitch goes and comes
 * @h: the handle, which from now on is for events alone; that of a
 *	podswitch_open() that returned -ENOENT will do
 *
 * What is subscribed to after this is subscribed to anew each time that
 * podswitch comes, and at first may not be there. What happens between its
 * coming and podswitch_event()'s telling so is not told.
 *
 * Return: 0 or a negative errno value.
 */
int podswitch_watch(struct podswitch *h);

/**
 * podswitch_subscribe() - asks for the events of a multicast group
 * @h: the handle, which from now on is for events alone
 * @group: PODSWITCH_MCGRP_PORTS or PODSWITCH_MCGRP_VIOLATIONS
 *
 * Return: 0; -ENOENT if the kernel's podswitch has no such group; another
 * negative errno value.
 */
int podswitch_subscribe(struct podswitch *h, const char *group);

/**
 * podswitch_fd() - what to poll() for input while waiting for events
 * @h: the handle
 *
 * Return: the socket's descriptor, which stays the handle's.
 */
int podswitch_fd(const struct podswitch *h);

/**
 * podswitch_event() - takes in an event, without waiting for one
 * @h: the handle
 * @events: who receives it
 * @arg: the caller's
 *
 * Return: 0; -EAGAIN if there is none now; -ENOBUFS if events came faster than
 * they were taken in and some are lost; what the receiver returned if that was
 * negative; another negative errno value.
 */
int podswitch_event(struct podswitch *h, const struct podswitch_events *events,
		    void *arg);

/* probe.c */

/**
 * struct podswitch_probe_config - a frame to ask about
 * @ifindex: the port's device that it would come from; the switch's own for a
 *	frame that the host would send
 * @frame: its first bytes, from the Ethernet header on, with tags
 * @frame_len: how many there are
 * @len: its length, if it is longer: zeros follow; or 0
 * @gso: whether it is of segmentation offload, and longer than an MTU at will
 * @reserved: 0
 */
struct podswitch_probe_config {
	uint32_t ifindex;
	const void *frame;
	size_t frame_len;
	uint32_t len;
	bool gso;
	uint32_t reserved[6];
};

/**
 * struct podswitch_probe_part - one step of a frame through the switch
 * @step: which
 * @verdict: what comes of it
 * @drop: why it is dropped, PODSWITCH_A_DROPS_*; 0 if @cause says why, or if it
 *	is not
 * @ifindex: the device that the verdict is about; 0 for none
 * @name: its name; empty for none
 * @way: how it gets the frame, where @verdict is "deliver"
 * @cause: why it is so
 * @has_mac: whether there is a MAC
 * @mac: what a question is answered with
 * @reserved: 0
 */
struct podswitch_probe_part {
	enum podswitch_probe_step step;
	enum podswitch_probe_verdict verdict;
	unsigned int drop;
	uint32_t ifindex;
	char name[PODSWITCH_NAME_SIZE];
	enum podswitch_probe_way way;
	enum podswitch_probe_cause cause;
	bool has_mac;
	uint8_t mac[6];
	uint32_t reserved[4];
};

/**
 * struct podswitch_probe_result - what would become of a frame
 * @ifindex: the device that it would come from
 * @switch_ifindex: the switch
 * @has_kind: whether the switch could tell what it is
 * @kind: what it is
 * @vlan: the VLAN that it is in; 0 is outside all VLANs
 * @receivers: how many ports get it, where it is for more than one; those
 *	beyond PODSWITCH_PROBE_RECEIVERS_MAX have no part
 * @parts: the steps, in order
 * @n_parts: how many there are
 * @reserved: 0
 *
 * Pointers are valid only during the callback that receives it.
 */
struct podswitch_probe_result {
	uint32_t ifindex;
	uint32_t switch_ifindex;
	bool has_kind;
	enum podswitch_probe_kind kind;
	uint16_t vlan;
	uint32_t receivers;
	const struct podswitch_probe_part *parts;
	size_t n_parts;
	uint32_t reserved[8];
};

/**
 * typedef podswitch_probe_cb - receives what would become of a frame
 * @probe: that, valid during the call
 * @arg: the caller's
 *
 * Return: 0, or a negative errno value for podswitch_probe() to return.
 */
typedef int podswitch_probe_cb(const struct podswitch_probe_result *probe,
			       void *arg);

/**
 * podswitch_probe() - asks what would become of a frame
 * @h: the handle
 * @cfg: the frame
 * @cb: called with the answer; must not use @h
 * @arg: for @cb
 *
 * The kernel asks the code that decides on real frames. Nothing is sent,
 * changed or counted.
 *
 * Return: 0; -ENODEV without such a device; -ENOENT if it is no switch and no
 * port; -EMSGSIZE if the frame is too short or too long; -EPERM; what @cb
 * returned if that was negative; another negative errno value.
 */
int podswitch_probe(struct podswitch *h,
		    const struct podswitch_probe_config *cfg,
		    podswitch_probe_cb *cb, void *arg);

/**
 * podswitch_probe_is_delivered() - whether anybody would get the frame, or who
 * sent it an answer
 * @probe: what would become of it
 *
 * Return: false if it would be dropped on the way or by each receiver.
 */
bool podswitch_probe_is_delivered(const struct podswitch_probe_result *probe);

/**
 * podswitch_probe_step_name() - a step in a word, as the protocol names it
 * @step: the step
 *
 * Return: for example "guard"; NULL for a value not known.
 */
const char *podswitch_probe_step_name(enum podswitch_probe_step step);

/**
 * podswitch_probe_verdict_name() - a verdict in a word
 * @verdict: the verdict
 *
 * Return: for example "drop"; NULL for a value not known.
 */
const char *podswitch_probe_verdict_name(enum podswitch_probe_verdict verdict);

/**
 * podswitch_probe_kind_name() - a kind of frame in a word
 * @kind: the kind
 *
 * Return: for example "arp"; NULL for a value not known.
 */
const char *podswitch_probe_kind_name(enum podswitch_probe_kind kind);

/**
 * podswitch_probe_way_name() - a way of delivery in a word
 * @way: the way
 *
 * Return: "direct", "queued", "host", or NULL for a value not known.
 */
const char *podswitch_probe_way_name(enum podswitch_probe_way way);

/**
 * podswitch_probe_cause_name() - a cause in a word
 * @cause: the cause
 *
 * Return: for example "queueing-discipline"; NULL for none, and for a value
 * not known.
 */
const char *podswitch_probe_cause_name(enum podswitch_probe_cause cause);

/* names.c */

/**
 * podswitch_guard_name() - a guard level in a word
 * @guard: the level
 *
 * Return: "off", "mac", "mac+ip", or NULL for a value not known.
 */
const char *podswitch_guard_name(enum podswitch_guard guard);

/**
 * podswitch_role_name() - a role in a word
 * @role: the role
 *
 * Return: "pod", "uplink", or NULL for a value not known.
 */
const char *podswitch_role_name(enum podswitch_role role);

/**
 * podswitch_drop_name() - a drop reason in a word, as the protocol names it
 * @reason: PODSWITCH_A_DROPS_*
 *
 * Return: for example "spoofed-mac", or NULL for a value that the library does
 * not know.
 */
const char *podswitch_drop_name(unsigned int reason);

/**
 * podswitch_drop_text() - what a pod sent that was dropped for a reason
 * @reason: PODSWITCH_A_DROPS_*
 *
 * Return: words that go on from "sent 3 frames", for example "from a foreign
 * MAC"; NULL for a value not known.
 */
const char *podswitch_drop_text(unsigned int reason);

#ifdef __cplusplus
}
#endif

#endif /* PODSWITCH_H */
