/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_SWITCH_H
#define _CNI_SWITCH_H

#include <podswitch.h>

#include "addressing.h"
#include "cni.h"
#include "session.h"

/**
 * cni_switch_find() - reads the network's switch
 * @s: the session
 * @sw: filled in; its ifindex is 0 if there is no device of that name
 * @err: why it failed
 *
 * Return: 0, also if there is none; -1 if it is something else than a switch.
 */
int cni_switch_find(struct cni_session *s, struct podswitch_switch *sw,
		    struct cni_error *err);

/**
 * cni_switch_ensure() - sees to it that the network's switch is there and up
 * @s: the session
 * @sw: filled in
 * @err: why it failed
 *
 * A switch that is made gets the same MAC address each time, so that what its
 * pods remember of it holds.
 *
 * Return: 0 or -1.
 */
int cni_switch_ensure(struct cni_session *s, struct podswitch_switch *sw,
		      struct cni_error *err);

/**
 * cni_switch_gateways() - makes the switch the gateway of its pods
 * @s: the session
 * @sw: the switch
 * @ad: the gateways, and the subnets that they are in
 * @err: why it failed
 *
 * Does nothing where the configuration does not say so.
 *
 * Return: 0 or -1.
 */
int cni_switch_gateways(struct cni_session *s,
			const struct podswitch_switch *sw,
			const struct cni_addressing *ad,
			struct cni_error *err);

#endif /* _CNI_SWITCH_H */
