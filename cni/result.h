/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_RESULT_H
#define _CNI_RESULT_H

#include <cjson/cJSON.h>

#include "addressing.h"
#include "cni.h"
#include "conf.h"

/* The interfaces of a result, in the order that chained plugins expect. */
enum {
	CNI_RESULT_SWITCH,
	CNI_RESULT_HOST_END,
	CNI_RESULT_POD_END,
	CNI_RESULT_GATEWAY,		/* where it is not the switch itself */
	CNI_RESULT_MAX,
};

/**
 * struct cni_interface - an interface in a result
 * @name: its name
 * @mac: its MAC address
 * @mtu: bytes
 * @sandbox: CNI_NETNS, or NULL for the host's
 */
struct cni_interface {
	const char *name;
	const uint8_t *mac;
	uint32_t mtu;
	const char *sandbox;
};

/**
 * cni_result_new() - makes the result of an ADD
 * @conf: the configuration: version, prevResult, dns
 * @interfaces: in the order above
 * @n_interfaces: how many of them
 * @ad: addresses and routes
 *
 * What prevResult says is kept, and ours put behind it.
 *
 * Return: the result, to be freed; NULL if memory ran out.
 */
cJSON *cni_result_new(const struct cni_conf *conf,
		      const struct cni_interface *interfaces,
		      size_t n_interfaces, const struct cni_addressing *ad);

/**
 * cni_result_error() - makes what is printed of an error
 * @err: the error
 * @version: cniVersion
 *
 * Return: the object, to be freed; NULL if memory ran out.
 */
cJSON *cni_result_error(const struct cni_error *err, const char *version);

#endif /* _CNI_RESULT_H */
