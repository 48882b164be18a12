/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Masquerading: once for each subnet of a network, whatever the number of its
 * pods. Each subnet has a chain of its own, which its network's configuration
 * wants in nf_tables or in iptables. In nf_tables it has its own place in the
 * host's postrouting, in table inet podswitch:
 *
 *	chain masq-NETWORK-SUBNET {
 *		comment "SUBNET of NETWORK"
 *		type nat hook postrouting priority srcnat; policy accept;
 *		ip saddr SUBNET ip daddr != SUBNET ip daddr != 224.0.0.0/4 masquerade
 *	}
 *
 * In iptables or ip6tables it is in table nat, and a rule leads to it:
 *
 *	-A POSTROUTING -s SUBNET -m comment --comment "SUBNET of NETWORK"
 *		-j podswitch-NETWORK-SUBNET
 *	-A podswitch-NETWORK-SUBNET -d SUBNET -j RETURN
 *	-A podswitch-NETWORK-SUBNET -d 224.0.0.0/4 -j RETURN
 *	-A podswitch-NETWORK-SUBNET -j MASQUERADE
 *
 * The capitals in its name are hashes. A chain is there with its rules or not
 * at all, and cannot be made twice: no lock of ours is needed.
 */
#ifndef _CNI_MASQUERADE_H
#define _CNI_MASQUERADE_H

#include "addressing.h"
#include "cni.h"
#include "conf.h"

/**
 * cni_masquerade_ensure() - sees to it that a network's subnets are masqueraded
 * @conf: the network's configuration
 * @ad: a pod's addresses, and with them its subnets
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masquerade_ensure(const struct cni_conf *conf,
			  const struct cni_addressing *ad,
			  struct cni_error *err);

/**
 * cni_masquerade_check() - are a network's subnets masqueraded?
 * @conf: the network's configuration
 * @ad: a pod's addresses, and with them its subnets
 * @err: what is missing
 *
 * Return: 0 or -1.
 */
int cni_masquerade_check(const struct cni_conf *conf,
			 const struct cni_addressing *ad,
			 struct cni_error *err);

/**
 * cni_masquerade_release() - ends the masquerading of all subnets of a network
 * @conf: the network's configuration
 * @ad: set to the subnets whose masquerading was ended
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masquerade_release(const struct cni_conf *conf,
			   struct cni_addressing *ad, struct cni_error *err);

#endif /* _CNI_MASQUERADE_H */
