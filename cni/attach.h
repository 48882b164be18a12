/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_ATTACH_H
#define _CNI_ATTACH_H

#include "addressing.h"
#include "cni.h"
#include "pod.h"
#include "session.h"

/**
 * cni_attach_mac() - the MAC address of a pod that is known beforehand
 * @s: the session
 * @mac: 6 bytes, set
 *
 * Return: whether it is: one that podswitch itself gives an IP address has its
 * MAC address made of that.
 */
bool cni_attach_mac(const struct cni_session *s, uint8_t *mac);

/**
 * struct cni_attaching - a pod's host end on its way to being a port
 * @s: the session
 * @sw: the switch
 * @ifindex: the host end
 * @mac: the MAC address that the pod is to have: set beforehand, or here
 * @ad: addressing of the pod; what podswitch or another IPAM plugin decides
 * @kept: addresses that the pod is to have again, if they are free
 * @n_kept: how many there are
 */
struct cni_attaching {
	struct cni_session *s;
	const struct podswitch_switch *sw;
	uint32_t ifindex;
	uint8_t *mac;
	struct cni_addressing *ad;
	const struct podswitch_address *kept;
	size_t n_kept;
};

/**
 * cni_attach() - makes the pod's host end a port of the switch
 * @a: what is attached to what
 * @err: why it failed
 *
 * Where podswitch itself is the IPAM plugin, one message makes the port with
 * all its addresses, or nothing; if an address that we chose is taken, another
 * one is tried, a bounded number of times. Another IPAM plugin finds the pod
 * on the switch already, as one may need the network for its work (DHCP).
 *
 * Return: 0 or -1.
 */
int cni_attach(const struct cni_attaching *a, struct cni_error *err);

#endif /* _CNI_ATTACH_H */
