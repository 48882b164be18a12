/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_ADDRESSING_H
#define _CNI_ADDRESSING_H

#include <cjson/cJSON.h>
#include <rtnl.h>

#include "address.h"
#include "cni.h"
#include "conf.h"

/**
 * struct cni_ip - an address of the pod
 * @address: the address and its subnet
 * @has_gateway: whether the subnet has a gateway
 * @interface: index of its interface in the result that it is from, or -1
 * @gateway: the gateway
 */
struct cni_ip {
	struct cni_prefix address;
	bool has_gateway;
	int interface;
	struct podswitch_address gateway;
};

/**
 * struct cni_addressing - what address management decides on a pod
 * @n_ips: how many addresses
 * @n_routes: how many routes
 * @dns: name servers, to be freed; or NULL
 * @ips: the addresses
 * @routes: the routes; two are ours if the switch is the default gateway
 */
struct cni_addressing {
	size_t n_ips;
	size_t n_routes;
	cJSON *dns;
	struct cni_ip ips[CNI_IPS_MAX];
	struct nl_route routes[CNI_ROUTES_MAX + 2];
};

/**
 * cni_addressing_gateways() - adds what isGateway and isDefaultGateway ask for
 * @ad: the addressing
 * @conf: the configuration
 *
 * A subnet that nobody gave a gateway gets its first address; an address
 * family without a default route gets one, if the configuration says so.
 */
void cni_addressing_gateways(struct cni_addressing *ad,
			     const struct cni_conf *conf);

/**
 * cni_addressing_gateway() - the gateway that routes use if they name none
 * @ad: the addressing
 * @family: AF_INET or AF_INET6
 *
 * Return: the first subnet's gateway, or NULL.
 */
const struct podswitch_address *
cni_addressing_gateway(const struct cni_addressing *ad, uint8_t family);

/**
 * cni_addressing_parse() - reads the result of another plugin
 * @ad: filled in; cni_addressing_fini() may follow in any case
 * @result: the result, of any version
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_addressing_parse(struct cni_addressing *ad, const cJSON *result,
			 struct cni_error *err);

/**
 * cni_addressing_fini() - frees what an addressing holds
 * @ad: the addressing
 */
void cni_addressing_fini(struct cni_addressing *ad);

#endif /* _CNI_ADDRESSING_H */
