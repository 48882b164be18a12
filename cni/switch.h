/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_SWITCH_H
#define _CNI_SWITCH_H

#include <podswitch.h>

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
 * pods remember of it holds. It gets the uplink, too, that the configuration
 * names.
 *
 * Return: 0 or -1.
 */
int cni_switch_ensure(struct cni_session *s, struct podswitch_switch *sw,
		      struct cni_error *err);

/**
 * cni_switch_up() - sets a device of the host up that pods reach
 * @s: the session
 * @link: the switch, or a device on it
 * @flags: IFF_* that it is to have as well
 * @err: why it failed
 *
 * It then takes no router advertisements.
 *
 * Return: 0 or -1.
 */
int cni_switch_up(struct cni_session *s, const struct nl_link *link,
		  uint32_t flags, struct cni_error *err);

#endif /* _CNI_SWITCH_H */
