/* SPDX-License-Identifier: GPL-2.0 */
/* What the two backends of masquerade.h share, and what each of them does. */
#ifndef _CNI_MASQ_H
#define _CNI_MASQ_H

#include "address.h"
#include "addressing.h"
#include "cni.h"

enum {
	CNI_CHAIN_SIZE = 29,		/* the most that x_tables has room for */
	CNI_COMMENT_SIZE = 128,		/* what nft shows */
};

/**
 * struct cni_masq - the masquerading of one subnet
 * @chain: name of its chain: KIND-NETWORK-SUBNET, the capitals being hashes
 * @comment: what the chain is for, "SUBNET of NETWORK"
 * @subnet: the subnet
 */
struct cni_masq {
	char chain[CNI_CHAIN_SIZE];
	char comment[CNI_COMMENT_SIZE];
	struct cni_prefix subnet;
};

/* masq.c */

/**
 * cni_masq_prefix() - what the names of all chains of a network begin with
 * @prefix: CNI_CHAIN_SIZE bytes, filled in
 * @kind: which word is first in the names
 * @network: name of the network
 */
void cni_masq_prefix(char *prefix, const char *kind, const char *network);

/**
 * cni_masq_name() - names the chain of a subnet
 * @masq: filled in
 * @kind: which word is first in its name
 * @network: name of the network
 * @member: an address with its subnet
 */
void cni_masq_name(struct cni_masq *masq, const char *kind,
		   const char *network, const struct cni_prefix *member);

/**
 * cni_masq_groups() - the addresses of groups, which are never masqueraded
 * @masq: for the family
 *
 * Return: the prefix of all of them.
 */
const char *cni_masq_groups(const struct cni_masq *masq);

/* masq_nft.c */

/**
 * cni_masq_nft_ensure() - masquerades subnets, by nf_tables
 * @network: name of the network
 * @ad: a pod's addresses, and with them its subnets
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masq_nft_ensure(const char *network, const struct cni_addressing *ad,
			struct cni_error *err);

/**
 * cni_masq_nft_check() - are subnets masqueraded, by nf_tables?
 * @network: name of the network
 * @ad: a pod's addresses, and with them its subnets
 * @err: what is missing
 *
 * Return: 0 or -1.
 */
int cni_masq_nft_check(const char *network, const struct cni_addressing *ad,
		       struct cni_error *err);

/**
 * cni_masq_nft_release() - ends what nf_tables masquerades for a network
 * @network: name of the network
 * @ad: set to the subnets that it was
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masq_nft_release(const char *network, struct cni_addressing *ad,
			 struct cni_error *err);

/* masq_iptables.c */

/**
 * cni_masq_iptables_ensure() - masquerades subnets, by iptables
 * @network: name of the network
 * @ad: a pod's addresses, and with them its subnets
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masq_iptables_ensure(const char *network,
			     const struct cni_addressing *ad,
			     struct cni_error *err);

/**
 * cni_masq_iptables_check() - are subnets masqueraded, by iptables?
 * @network: name of the network
 * @ad: a pod's addresses, and with them its subnets
 * @err: what is missing
 *
 * Return: 0 or -1.
 */
int cni_masq_iptables_check(const char *network,
			    const struct cni_addressing *ad,
			    struct cni_error *err);

/**
 * cni_masq_iptables_release() - ends what iptables masquerades for a network
 * @network: name of the network
 * @ad: set to the subnets that it was
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
int cni_masq_iptables_release(const char *network, struct cni_addressing *ad,
			      struct cni_error *err);

#endif /* _CNI_MASQ_H */
