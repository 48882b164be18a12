/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Masquerading: once for each subnet of a network, whatever the number of its
 * pods. Each subnet has a chain of its own, with its own place in the host's
 * postrouting, in table inet podswitch:
 *
 *	chain masq-NETWORK-SUBNET {
 *		comment "SUBNET of NETWORK"
 *		type nat hook postrouting priority srcnat; policy accept;
 *		ip saddr SUBNET ip daddr != SUBNET ip daddr != 224.0.0.0/4 masquerade
 *	}
 *
 * The capitals in its name are hashes. A chain is there with its rule or not
 * at all, and cannot be made twice: no lock is needed.
 */
#ifndef _CNI_MASQUERADE_H
#define _CNI_MASQUERADE_H

#include "addressing.h"
#include "cni.h"

/**
 * cni_masquerade_ensure() - sees to it that a network's subnets are masqueraded
 * @network: name of the network
 * @ad: a pod's addresses, and with them its subnets
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masquerade_ensure(const char *network, const struct cni_addressing *ad,
			  struct cni_error *err);

/**
 * cni_masquerade_check() - are a network's subnets masqueraded?
 * @network: name of the network
 * @ad: a pod's addresses, and with them its subnets
 * @err: what is missing
 *
 * Return: 0 or -1.
 */
int cni_masquerade_check(const char *network, const struct cni_addressing *ad,
			 struct cni_error *err);

/**
 * cni_masquerade_release() - ends the masquerading of all subnets of a network
 * @network: name of the network
 * @ad: set to the subnets whose masquerading was ended
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masquerade_release(const char *network, struct cni_addressing *ad,
			   struct cni_error *err);

#endif /* _CNI_MASQUERADE_H */
