/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_ATTACH_H
#define _CNI_ATTACH_H

#include "addressing.h"
#include "cni.h"
#include "pod.h"
#include "session.h"

/**
 * cni_attach() - makes the pod's host end a port of the switch
 * @s: the session
 * @sw: the switch
 * @ifindex: the host end
 * @ad: addressing of the pod; its addresses are chosen here where podswitch
 *	itself is the IPAM plugin
 * @mac: set to the MAC address that the pod is to have
 * @err: why it failed
 *
 * One message makes the port with all its addresses, or nothing. Where an
 * address that we chose is taken, another one is tried, a bounded number of
 * times.
 *
 * Return: 0 or -1.
 */
int cni_attach(struct cni_session *s, const struct podswitch_switch *sw,
	       uint32_t ifindex, struct cni_addressing *ad, uint8_t *mac,
	       struct cni_error *err);

#endif /* _CNI_ATTACH_H */
