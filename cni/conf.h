/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network configuration as a value: after cni_conf_read() and
 * cni_conf_settings() nobody looks into JSON for a setting any more.
 */
#ifndef _CNI_CONF_H
#define _CNI_CONF_H

#include <cjson/cJSON.h>
#include <rtnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "args.h"
#include "cni.h"
#include "request.h"

/* Addresses and routes go to the kernel in one message buffer (NL_TX_SIZE). */
enum {
	CNI_RANGES_MAX = 64,
	CNI_IPS_MAX = 64,
	CNI_ROUTES_MAX = 62,
	CNI_WANTED_MAX = 16,
	CNI_ALLOWED_MAX = 32,
	CNI_TRUNK_MAX = 256,		/* what the kernel takes in a port */
	CNI_VLAN_MAX = 4094,		/* IEEE 802.1Q-2018, table 9-2 */
};

/* The versions of the specification that we speak, oldest first. */
enum cni_version {
	CNI_0_1_0,
	CNI_0_2_0,
	CNI_0_3_0,
	CNI_0_3_1,
	CNI_0_4_0,
	CNI_1_0_0,
	CNI_1_1_0,
	CNI_N_VERSIONS,
};

/**
 * struct cni_range - addresses to choose from
 * @subnet: the subnet that they are in
 * @start: the first of them
 * @end: the last of them
 * @gateway: the subnet's gateway, which is never chosen
 * @set: which range set this is of; each set yields one address
 */
struct cni_range {
	struct cni_prefix subnet;
	struct podswitch_address start;
	struct podswitch_address end;
	struct podswitch_address gateway;
	unsigned int set;
};

/**
 * struct cni_conf - a network configuration
 * @json: the whole, which strings and pointers below point into
 * @version: cniVersion
 * @name: name of the network
 * @bridge: name of the switch
 * @ip_masq: masquerade what leaves the network's subnets
 * @masq_iptables: by iptables instead of nf_tables
 * @ipam_type: IPAM plugin, or NULL for a network without IP addresses
 * @prev_result: prevResult, or NULL
 * @is_gateway: give the switch the gateways' addresses
 * @is_default_gateway: and the pod default routes by them
 * @isolated: keep the pod from other isolated pods
 * @hairpin: let the pod's frames return to it
 * @router: let the pod send what only a router sends
 * @dhcp_server: let the pod send what only a DHCP server sends
 * @enabledad: detect duplicates of IPv6 addresses
 * @force_address: replace another gateway's address on the switch
 * @promisc: let the host see all that the switch forwards
 * @disable_interface: leave the pod's interface down
 * @guard: an enum podswitch_guard value, or negative for the default
 * @mtu: of the pod's interface in bytes, or 0 for the switch's
 * @vlan: VLAN of what the pod sends without a tag, or 0 for none
 * @trunk: VLANs that the pod has with tags
 * @n_trunk: how many ranges there are
 * @storm_limit: frames to groups that the pod may send in a second; 0: any
 * @uplink: device of the host that leads out of the switch, or NULL
 * @allowed: IP addresses that the pod may use beside its own, as others may
 * @n_allowed: how many
 * @has_mac: the pod's MAC address is asked for
 * @mac: what is asked for
 * @dns: what the result is to say on name servers, or NULL
 * @ipam_dns: the same, by the IPAM plugin that podswitch itself is; or NULL
 * @args: CNI_ARGS
 * @ranges: addresses to choose from, range sets in order
 * @n_ranges: how many
 * @n_sets: number of range sets
 * @routes: routes for the pod
 * @n_routes: how many
 * @wanted: addresses asked for
 * @n_wanted: how many
 *
 * Members behind @prev_result are filled in by cni_conf_settings(); @ranges,
 * @routes and @ipam_dns only where podswitch itself is the IPAM plugin.
 */
struct cni_conf {
	cJSON *json;
	enum cni_version version;
	const char *name;
	const char *bridge;
	bool ip_masq;
	bool masq_iptables;
	const char *ipam_type;
	const cJSON *prev_result;

	bool is_gateway;
	bool is_default_gateway;
	bool isolated;
	bool hairpin;
	bool router;
	bool dhcp_server;
	bool enabledad;
	bool force_address;
	bool promisc;
	bool disable_interface;
	int guard;
	uint32_t mtu;
	uint16_t vlan;
	struct podswitch_vlan_range trunk[CNI_TRUNK_MAX];
	size_t n_trunk;
	uint32_t storm_limit;
	const char *uplink;
	struct podswitch_address allowed[CNI_ALLOWED_MAX];
	size_t n_allowed;
	bool has_mac;
	uint8_t mac[6];
	const cJSON *dns;
	cJSON *ipam_dns;
	struct cni_args args;
	struct cni_range ranges[CNI_RANGES_MAX];
	size_t n_ranges;
	unsigned int n_sets;
	struct nl_route routes[CNI_ROUTES_MAX];
	size_t n_routes;
	struct podswitch_address wanted[CNI_WANTED_MAX];
	size_t n_wanted;
};

/* conf.c */

/**
 * cni_version_name() - a version of the specification as it is written
 * @version: the version
 *
 * Return: for example "1.1.0".
 */
const char *cni_version_name(enum cni_version version);

/**
 * cni_conf_read() - reads what each verb must know
 * @conf: filled in; cni_conf_fini() may follow in any case
 * @req: the request; its version is set
 * @err: why it failed
 *
 * Refuses only what is needed to find the attachment, so that DEL works with
 * a configuration that was damaged since ADD.
 *
 * Return: 0 or -1.
 */
int cni_conf_read(struct cni_conf *conf, struct cni_request *req,
		  struct cni_error *err);

/**
 * cni_conf_settings() - reads the rest and judges all of it
 * @conf: what cni_conf_read() has read
 * @req: the request
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_settings(struct cni_conf *conf, const struct cni_request *req,
		      struct cni_error *err);

/**
 * cni_conf_allows() - may this verb be called with this configuration?
 * @conf: the configuration
 * @verb: its name
 * @since: the version of the specification that brought it
 * @err: why not
 *
 * Return: 0 or -1.
 */
int cni_conf_allows(const struct cni_conf *conf, const char *verb,
		    enum cni_version since, struct cni_error *err);

/**
 * cni_conf_own_ipam() - is podswitch itself the network's IPAM plugin?
 * @conf: the configuration
 *
 * Return: whether it is.
 */
bool cni_conf_own_ipam(const struct cni_conf *conf);

/**
 * cni_conf_fini() - frees what a configuration holds
 * @conf: the configuration
 */
void cni_conf_fini(struct cni_conf *conf);

/* conf_port.c */

/**
 * cni_conf_port() - reads what the pod's port is to be like
 * @conf: the configuration
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_port(struct cni_conf *conf, struct cni_error *err);

/**
 * cni_conf_guard() - what is to be checked in the pod's frames
 * @conf: the configuration
 * @has_ips: whether the pod has IP addresses
 *
 * Return: what the configuration says, or the default.
 */
enum podswitch_guard cni_conf_guard(const struct cni_conf *conf, bool has_ips);

/* conf_dns.c */

/**
 * cni_conf_dns() - reads what the result is to say on name servers
 * @conf: the configuration
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_dns(struct cni_conf *conf, struct cni_error *err);

/**
 * cni_conf_resolv() - reads a file of the resolver's, as resolv.conf(5)
 * @path: the file
 * @dns: set to what it says, in the form of a result's "dns", to be freed
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_resolv(const char *path, cJSON **dns, struct cni_error *err);

/* conf_range.c */

/**
 * cni_conf_ranges() - reads the addresses to choose from
 * @conf: the configuration
 * @ipam: its "ipam"
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_ranges(struct cni_conf *conf, const cJSON *ipam,
		    struct cni_error *err);

/* conf_ipam.c */

/**
 * cni_conf_ipam() - reads ranges, routes and addresses asked for
 * @conf: the configuration, @conf->args included
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_ipam(struct cni_conf *conf, struct cni_error *err);

/* conf_route.c */

/**
 * cni_conf_route() - reads one route
 * @item: {"dst":, "gw":, "mtu":, "advmss":, "priority":, "table":, "scope":}
 * @where: where it is, with a dot behind
 * @route: filled in
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_conf_route(const cJSON *item, const char *where,
		   struct nl_route *route, struct cni_error *err);

#endif /* _CNI_CONF_H */
