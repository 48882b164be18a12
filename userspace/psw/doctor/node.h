/* SPDX-License-Identifier: GPL-2.0 */
/* What psw doctor has read of the node before it judges. */
#ifndef _PSW_DOCTOR_NODE_H
#define _PSW_DOCTOR_NODE_H

#include <net/if.h>

#include "doctor.h"

enum {
	DOCTOR_HERE = -1,	/* in place of a namespace's id: the host's */
	DOCTOR_NETNS_NAME = 256,
};

/**
 * struct doctor_link - an interface
 * @nsid: id of its namespace, or DOCTOR_HERE
 * @ifindex: interface index
 * @flags: IFF_*
 * @mtu: bytes
 * @peer: interface index of a veth's other end, or 0
 * @peer_nsid: the namespace that the other end is in
 * @master: interface index of what it is a port of, or 0
 * @mac: its MAC address
 * @name: its name
 * @kind: rtnetlink kind, or empty
 */
struct doctor_link {
	int nsid;
	uint32_t ifindex;
	uint32_t flags;
	uint32_t mtu;
	uint32_t peer;
	int peer_nsid;
	uint32_t master;
	uint8_t mac[6];
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];
};

/**
 * struct doctor_address - an IP address of an interface
 * @nsid: namespace of the interface, or DOCTOR_HERE
 * @ifindex: the interface
 * @prefix_len: bits
 * @local: only for the link, or for the machine itself
 * @ip: the address
 */
struct doctor_address {
	int nsid;
	uint32_t ifindex;
	unsigned int prefix_len;
	bool local;
	struct podswitch_address ip;
};

/**
 * struct doctor_port - a port with its two ends
 * @port: as the library has it; its strings and lists are NULL or ours
 * @sw: its switch
 * @what: the pod and the port in words: "default/web on veth1"
 * @network: the CNI network, or NULL
 * @link: the host end, or NULL
 * @has_end: whether @end is known
 * @end: the pod's end
 * @netns: name of the pod's namespace below /run/netns, or empty
 */
struct doctor_port {
	struct podswitch_port port;
	const struct podswitch_switch *sw;
	char *what;
	char *network;
	const struct doctor_link *link;
	bool has_end;
	struct doctor_link end;
	char netns[DOCTOR_NETNS_NAME];
};

/**
 * struct doctor_conf - a file of CNI configuration
 * @file: its path, as a user would type it
 * @line: the line that is no JSON, or 0
 * @json: its content; NULL if it is no JSON
 * @plugin: in it, what is for podswitch; NULL if nothing is
 * @name: name of the network, or empty
 * @switch_name: name of the switch
 */
struct doctor_conf {
	char *file;
	unsigned int line;
	cJSON *json;
	const cJSON *plugin;
	const char *name;
	const char *switch_name;
};

/* node.c */

/**
 * doctor_load() - reads the node
 * @d: the examination; root and directories are set
 * @h: a handle on the kernel's podswitch, or NULL
 */
void doctor_load(struct doctor *d, struct podswitch *h);

/**
 * doctor_unload() - frees what was read
 * @d: the examination
 */
void doctor_unload(struct doctor *d);

/**
 * doctor_unready() - says so if the kernel's podswitch is not to be had
 * @d: the examination
 *
 * Return: whether it is not.
 */
bool doctor_unready(struct doctor *d);

/**
 * doctor_switch() - looks up a switch
 * @d: the examination
 * @name: its name
 *
 * Return: the switch, or NULL.
 */
const struct podswitch_switch *doctor_switch(const struct doctor *d,
					     const char *name);

/**
 * doctor_declared() - an IP address that a port declares, shared or held
 * @port: the port
 * @ip: the address
 *
 * Return: what is declared, or NULL.
 */
const struct podswitch_address *
doctor_declared(const struct doctor_port *port,
		const struct podswitch_address *ip);

/**
 * doctor_holder() - which port holds an address
 * @d: the examination
 * @sw: in this switch, or NULL for any
 * @ip: the address
 *
 * Return: the port, or NULL.
 */
const struct doctor_port *doctor_holder(const struct doctor *d,
					const struct podswitch_switch *sw,
					const struct podswitch_address *ip);

/**
 * doctor_switch_address() - an address that a switch has itself
 * @d: the examination
 * @sw: the switch
 * @family: AF_INET or AF_INET6; of the latter, none that is link-local
 *
 * Return: the first, or NULL.
 */
const struct doctor_address *
doctor_switch_address(const struct doctor *d, const struct podswitch_switch *sw,
		      uint8_t family);

/**
 * doctor_host_has() - whether this machine has an address, on any interface
 * @d: the examination
 * @ip: the address
 *
 * That of a switch's VLAN is on a device on the switch.
 *
 * Return: whether it has.
 */
bool doctor_host_has(const struct doctor *d,
		     const struct podswitch_address *ip);

/**
 * doctor_has_pod() - whether a network has a pod here
 * @d: the examination
 * @network: its name
 *
 * Return: whether it has.
 */
bool doctor_has_pod(const struct doctor *d, const char *network);

/**
 * doctor_ip_text() - an IP address as it is written
 * @ip: the address
 * @text: INET6_ADDRSTRLEN bytes, filled in
 *
 * Return: @text.
 */
const char *doctor_ip_text(const struct podswitch_address *ip, char *text);

/**
 * doctor_alloc() - more room for a list
 * @list: what there is, or NULL
 * @n: how many members it gets
 * @size: of each
 *
 * Return: the list; the program ends if there is no memory.
 */
void *doctor_alloc(void *list, size_t n, size_t size);

/* link.c */

/**
 * doctor_load_links() - reads interfaces and addresses of the host
 * @d: the examination
 */
void doctor_load_links(struct doctor *d);

/**
 * doctor_load_ends() - reads the pods' ends of the ports, with their addresses
 * @d: the examination, with its ports and links
 */
void doctor_load_ends(struct doctor *d);

/**
 * doctor_link() - looks up an interface of the host
 * @d: the examination
 * @ifindex: its index
 *
 * Return: the interface, or NULL.
 */
const struct doctor_link *doctor_link(const struct doctor *d, uint32_t ifindex);

/* conf.c */

/**
 * doctor_load_confs() - reads the CNI configurations
 * @d: the examination
 */
void doctor_load_confs(struct doctor *d);

/**
 * doctor_conf_is() - is a setting on?
 * @conf: a configuration of ours
 * @key: the setting
 *
 * Return: whether it is.
 */
bool doctor_conf_is(const struct doctor_conf *conf, const char *key);

/**
 * doctor_conf_text() - a setting's text
 * @object: where it stands
 * @key: the setting
 *
 * Return: the text; empty if it has none.
 */
const char *doctor_conf_text(const cJSON *object, const char *key);

/**
 * doctor_conf_ranges() - goes through the ranges of addresses
 * @conf: a configuration of ours
 * @each: called with each: {"subnet": ...}
 * @arg: for @each
 */
void doctor_conf_ranges(const struct doctor_conf *conf,
			void (*each)(const cJSON *range, void *arg), void *arg);

/**
 * struct doctor_subnet - a subnet of a network
 * @ip: its address
 * @len: bits
 * @gateway: the address of its gateway
 */
struct doctor_subnet {
	struct podswitch_address ip;
	unsigned int len;
	struct podswitch_address gateway;
};

/**
 * doctor_conf_subnet() - reads a range's subnet
 * @range: {"subnet":, "gateway":}
 * @subnet: filled in
 *
 * Return: whether it is one.
 */
bool doctor_conf_subnet(const cJSON *range, struct doctor_subnet *subnet);

/**
 * doctor_conf_of() - the configuration of a network
 * @d: the examination
 * @network: its name, or NULL
 *
 * Return: the configuration, or NULL.
 */
const struct doctor_conf *doctor_conf_of(const struct doctor *d,
					 const char *network);

/* plugin.c */

/**
 * doctor_plugin_path() - where the plugin is
 * @d: the examination
 * @path: DOCTOR_PATH bytes, filled in with where it is, or should be
 *
 * Return: whether it is there.
 */
bool doctor_plugin_path(const struct doctor *d, char *path);

/**
 * doctor_plugin_ask() - calls the plugin
 * @d: the examination
 * @command: CNI_COMMAND
 * @input: the configuration
 * @answer: set to what it printed, parsed, to be deleted; or NULL
 *
 * Return: its exit status, or a negative errno value.
 */
int doctor_plugin_ask(const struct doctor *d, const char *command,
		      const char *input, cJSON **answer);

/* nft.c */

/**
 * struct doctor_chain - a chain in the plugin's table of nf_tables
 * @name: its name
 * @comment: what it is for: "SUBNET of NETWORK"
 * @masquerades: whether it has a rule that does
 */
struct doctor_chain {
	char name[64];
	char comment[160];
	bool masquerades;
};

/**
 * doctor_nft_chains() - reads the chains of the plugin's table
 * @chains: set to a list, to be freed
 * @n: set to how many
 *
 * Return: 0 or a negative errno value.
 */
int doctor_nft_chains(struct doctor_chain **chains, size_t *n);

#endif /* _PSW_DOCTOR_NODE_H */
