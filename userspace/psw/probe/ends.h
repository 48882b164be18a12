/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ends of a conversation, as they are named on the command line: a pod, a
 * container, a port's device, an address, or the host.
 */
#ifndef _PSW_ENDS_H
#define _PSW_ENDS_H

#include "psw.h"

/**
 * struct ends_port - a port
 * @ifindex: its device
 * @switch_ifindex: its switch
 * @name: name of its device
 * @has_mac: whether it declares a MAC
 * @mac: that
 * @pvid: VLAN of its untagged frames
 * @guard: what it checks
 * @is_uplink: it leads outside
 * @pod: NAMESPACE/NAME, NAME, or empty
 * @id: container id, or empty
 * @addresses: what it declares
 * @n_addresses: how many
 */
struct ends_port {
	uint32_t ifindex;
	uint32_t switch_ifindex;
	char name[IFNAMSIZ];
	bool has_mac;
	uint8_t mac[6];
	uint16_t pvid;
	enum podswitch_guard guard;
	bool is_uplink;
	char pod[2 * (PODSWITCH_OWNER_LEN_MAX + 1)];
	char id[PODSWITCH_OWNER_LEN_MAX + 1];
	struct podswitch_address *addresses;
	size_t n_addresses;
};

/**
 * struct ends - all ports
 * @ports: them
 * @n: how many
 */
struct ends {
	struct ends_port *ports;
	size_t n;
};

/**
 * struct end - one end
 * @is_host: the host
 * @switch_ifindex: the switch, where it is known; else 0
 * @port: the port that it is at, or NULL
 * @has_mac: it was named by its MAC
 * @mac: that
 * @ip: it was named by this address; family 0 if not
 */
struct end {
	bool is_host;
	uint32_t switch_ifindex;
	const struct ends_port *port;
	bool has_mac;
	uint8_t mac[6];
	struct podswitch_address ip;
};

/**
 * ends_read() - reads all ports
 * @psw: the run, opened
 * @ends: filled in; ends_free() frees it, also where this fails
 *
 * Return: an enum psw_exit, having complained.
 */
int ends_read(struct psw *psw, struct ends *ends);

/**
 * ends_free() - frees what ends_read() filled in
 * @ends: the ports
 */
void ends_free(struct ends *ends);

/**
 * ends_port() - a port by the index of its device
 * @ends: the ports
 * @ifindex: the index
 *
 * Return: the port, or NULL.
 */
const struct ends_port *ends_port(const struct ends *ends, uint32_t ifindex);

/**
 * ends_holder() - the port that holds an IP address
 * @ends: the ports
 * @switch_ifindex: the switch
 * @ip: the address
 * @vlan: the VLAN to look in
 *
 * Return: the port, or NULL.
 */
const struct ends_port *ends_holder(const struct ends *ends,
				    uint32_t switch_ifindex,
				    const struct podswitch_address *ip,
				    uint16_t vlan);

/**
 * ends_address() - the first address of a family that a port holds
 * @port: the port
 * @family: AF_INET or AF_INET6
 * @vlan: the VLAN that it has to be in; negative for any
 *
 * Return: the address, or NULL.
 */
const struct podswitch_address *ends_address(const struct ends_port *port,
					     uint8_t family, int vlan);

/**
 * end_find() - the end that a word names
 * @psw: the run, for complaints
 * @ends: all ports
 * @what: "from" or "to", for complaints
 * @text: the word
 * @switch_ifindex: the switch to look in, or 0 for any
 * @end: filled in
 *
 * Return: PSW_DONE; PSW_FAILED, having complained.
 */
int end_find(const struct psw *psw, const struct ends *ends, const char *what,
	     const char *text, uint32_t switch_ifindex, struct end *end);

/**
 * enum end_reach - where an address is, as the host's device knows it
 * @END_ELSEWHERE: behind a gateway, for all that is known
 * @END_ON_LINK: in a subnet of the device
 * @END_OWN: it is the device's own
 */
enum end_reach {
	END_ELSEWHERE,
	END_ON_LINK,
	END_OWN,
};

/**
 * end_reach() - where an address is
 * @dev: name of the switch
 * @ip: the address
 *
 * Return: where.
 */
enum end_reach end_reach(const char *dev, const struct podswitch_address *ip);

/**
 * end_host_address() - the host's first address on a switch
 * @dev: name of the switch
 * @family: AF_INET or AF_INET6
 * @ip: filled in
 *
 * Return: whether it has one.
 */
bool end_host_address(const char *dev, uint8_t family,
		      struct podswitch_address *ip);

#endif /* _PSW_ENDS_H */
