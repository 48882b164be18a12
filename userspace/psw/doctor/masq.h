/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_DOCTOR_MASQ_H
#define _PSW_DOCTOR_MASQ_H

#include "node.h"

enum {
	DOCTOR_CHAIN = 29,	/* as the plugin's names are */
};

/**
 * doctor_masq_chain() - what the plugin calls the chain of a subnet
 * @chain: DOCTOR_CHAIN bytes, filled in
 * @kind: "masq" for nf_tables, "podswitch" for iptables
 * @network: name of the network
 * @subnet: ADDRESS/LENGTH
 */
void doctor_masq_chain(char *chain, const char *kind, const char *network,
		       const char *subnet);

#endif /* _PSW_DOCTOR_MASQ_H */
