/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_GATEWAY_H
#define _CNI_GATEWAY_H

#include <rtnl.h>

#include "addressing.h"
#include "cni.h"
#include "session.h"
#include "switch.h"

/**
 * cni_gateway_name() - which device has the gateways' addresses?
 * @conf: the configuration
 * @name: set to the switch's name, or that of its device for the pods' VLAN
 */
void cni_gateway_name(const struct cni_conf *conf, char name[IFNAMSIZ]);

/**
 * cni_gateway_ensure() - makes the host the gateway of its pods
 * @s: the session
 * @sw: the switch
 * @ad: the gateways, and the subnets that they are in
 * @link: set to the device that has their addresses, if that is not the switch
 *	itself; its ifindex is 0 otherwise
 * @err: why it failed
 *
 * Does nothing where the configuration does not say so.
 *
 * Return: 0 or -1.
 */
int cni_gateway_ensure(struct cni_session *s,
		       const struct podswitch_switch *sw,
		       const struct cni_addressing *ad, struct nl_link *link,
		       struct cni_error *err);

#endif /* _CNI_GATEWAY_H */
