/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that goes with the module, as psw save writes it and psw restore reads
 * it: devices are told by name, as far as their index would be another one.
 */
#ifndef _PSW_STATE_H
#define _PSW_STATE_H

#include "field.h"
#include "host.h"
#include "psw.h"

#define STATE_FORMAT "podswitch-save"
enum { STATE_VERSION = 1 };

/**
 * struct state_link - a switch's device, or a VLAN device on one
 * @link: the device
 * @lower: what a VLAN device stands on
 * @master: what it is a port of, or empty
 */
struct state_link {
	struct host_link link;
	char lower[IFNAMSIZ];
	char master[IFNAMSIZ];
};

/**
 * struct state_sysctl - a setting of one of these devices
 * @dev: the device
 * @group: such as "ipv6/conf"
 * @key: such as "accept_ra"
 * @value: its value
 */
struct state_sysctl {
	char dev[IFNAMSIZ];
	const char *group;
	const char *key;
	const char *value;
};

/**
 * struct state_switch - settings of a switch
 * @name: its device
 * @max_ports: as in struct podswitch_switch
 * @max_addresses: likewise
 * @last_ipv4: likewise
 * @last_ipv6: likewise
 */
struct state_switch {
	char name[IFNAMSIZ];
	uint32_t max_ports;
	uint32_t max_addresses;
	struct podswitch_address last_ipv4;
	struct podswitch_address last_ipv6;
};

/**
 * struct state_port - a port
 * @name: its device
 * @ifindex: the device's index
 * @device_mac: the device's MAC
 * @sw: its switch
 * @role: enum podswitch_role
 * @guard: enum podswitch_guard
 * @mac: the declared MAC; zeros for none
 * @isolated: as in struct podswitch_port
 * @hairpin: likewise
 * @translated: likewise
 * @router: likewise
 * @dhcp_server: likewise
 * @pvid: likewise
 * @storm_limit: likewise
 * @owner: likewise
 * @trunk: of struct podswitch_vlan_range
 * @addresses: of struct podswitch_address
 */
struct state_port {
	char name[IFNAMSIZ];
	uint32_t ifindex;
	uint8_t device_mac[6];
	char sw[IFNAMSIZ];
	uint8_t role;
	uint8_t guard;
	uint8_t mac[6];
	bool isolated;
	bool hairpin;
	bool translated;
	bool router;
	bool dhcp_server;
	uint16_t pvid;
	uint32_t storm_limit;
	struct podswitch_owner owner;
	struct field_list trunk;
	struct field_list addresses;
};

/**
 * struct state_address - an IP address on one of the devices
 * @dev: the device
 * @address: the address
 */
struct state_address {
	char dev[IFNAMSIZ];
	struct host_address address;
};

/**
 * struct state_route - a route through one of the devices
 * @dev: the device
 * @route: the route
 */
struct state_route {
	char dev[IFNAMSIZ];
	struct host_route route;
};

/**
 * struct state - everything
 * @links: of struct state_link, each behind what it stands on
 * @sysctls: of struct state_sysctl
 * @switches: of struct state_switch
 * @ports: of struct state_port
 * @addresses: of struct state_address
 * @routes: of struct state_route
 * @strings: of char *, which are freed with the rest
 * @json: what the other strings stand in, or NULL
 */
struct state {
	struct field_list links;
	struct field_list sysctls;
	struct field_list switches;
	struct field_list ports;
	struct field_list addresses;
	struct field_list routes;
	struct field_list strings;
	cJSON *json;
};

/* The members of a port that can be compared with one that is there. */
extern const struct field_table state_port_table;

/**
 * state_write() - turns all into a document
 * @state: all
 *
 * Return: the document, for print_lone_row()'s users.
 */
cJSON *state_write(const struct state *state);

/**
 * state_read() - reads a document
 * @text: the document
 * @len: its length; behind it stands NUL
 * @state: filled in; state_free() may follow in any case
 * @wrong: what is wrong, where something is
 *
 * Return: whether it could be read.
 */
bool state_read(const char *text, size_t len, struct state *state,
		char wrong[FIELD_WRONG_SIZE]);

/**
 * state_free() - frees all
 * @state: all
 */
void state_free(struct state *state);

/**
 * state_keep() - copies a string
 * @state: with which it is freed
 * @text: the string, or NULL
 *
 * Return: the copy, or NULL.
 */
const char *state_keep(struct state *state, const char *text);

/**
 * state_add_port() - adds a port as the kernel reports it
 * @state: all
 * @port: the port
 * @sw: name of its switch
 * @device_mac: its device's MAC
 */
void state_add_port(struct state *state, const struct podswitch_port *port,
		    const char *sw, const uint8_t *device_mac);

#endif /* _PSW_STATE_H */
