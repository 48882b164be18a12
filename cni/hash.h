/* SPDX-License-Identifier: GPL-2.0 */
/* Names and MAC addresses that can be found again: hashes of their purpose. */
#ifndef _CNI_HASH_H
#define _CNI_HASH_H

#include <stdint.h>

/**
 * cni_hash() - hashes strings, one boundary apart from another
 * @first: a string, followed by more and a NULL
 *
 * The hash is the same for ever: names in the kernel are made of it.
 *
 * Return: the hash, all of whose bits are as good.
 */
__attribute__((sentinel))
uint64_t cni_hash(const char *first, ...);

/**
 * cni_hash_mac() - makes a MAC address of a hash
 * @hash: the hash
 * @mac: 6 bytes, filled in: unicast and locally administered
 */
void cni_hash_mac(uint64_t hash, uint8_t *mac);

#endif /* _CNI_HASH_H */
