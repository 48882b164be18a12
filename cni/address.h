/* SPDX-License-Identifier: GPL-2.0 */
/* Arithmetic on IP addresses of both families. */
#ifndef _CNI_ADDRESS_H
#define _CNI_ADDRESS_H

#include <netinet/in.h>
#include <podswitch.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	CNI_PREFIX_STRLEN = INET6_ADDRSTRLEN + 4,
};

/**
 * struct cni_prefix - an address with the length of its subnet's prefix
 * @address: the address
 * @len: bits
 */
struct cni_prefix {
	struct podswitch_address address;
	uint8_t len;
};

/**
 * cni_address_bits() - length of an address
 * @a: the address
 *
 * Return: 32 or 128.
 */
unsigned int cni_address_bits(const struct podswitch_address *a);

/**
 * cni_address_bytes() - an address as bytes
 * @a: the address
 *
 * Return: its 4 or 16 bytes, in network order.
 */
const uint8_t *cni_address_bytes(const struct podswitch_address *a);

/**
 * cni_address_set() - makes an address of bytes
 * @a: filled in
 * @family: AF_INET or AF_INET6
 * @bytes: 4 or 16 bytes, in network order
 */
void cni_address_set(struct podswitch_address *a, uint8_t family,
		     const void *bytes);

/**
 * cni_address_cmp() - orders addresses
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0; IPv4 goes before IPv6.
 */
int cni_address_cmp(const struct podswitch_address *a,
		    const struct podswitch_address *b);

/**
 * cni_address_next() - the address behind
 * @a: is changed
 */
void cni_address_next(struct podswitch_address *a);

/**
 * cni_address_distance() - how far one address is behind another
 * @a: the first
 * @b: the other, of the same family, not before @a
 *
 * Return: the distance, or UINT32_MAX if it is greater than that.
 */
uint64_t cni_address_distance(const struct podswitch_address *a,
			      const struct podswitch_address *b);

/**
 * cni_prefix_first() - the first address of a subnet, which names it
 * @p: an address in the subnet
 *
 * Return: the address with its host part zero.
 */
struct podswitch_address cni_prefix_first(const struct cni_prefix *p);

/**
 * cni_prefix_last() - the last address of a subnet
 * @p: an address in the subnet
 *
 * Return: the address with all bits of its host part set.
 */
struct podswitch_address cni_prefix_last(const struct cni_prefix *p);

/**
 * cni_prefix_holds() - is an address in a subnet?
 * @p: an address in the subnet
 * @a: the address
 *
 * Return: whether it is.
 */
bool cni_prefix_holds(const struct cni_prefix *p,
		      const struct podswitch_address *a);

/**
 * cni_address_parse() - reads an address
 * @text: for example 192.0.2.1
 * @a: filled in
 *
 * Return: whether @text is one.
 */
bool cni_address_parse(const char *text, struct podswitch_address *a);

/**
 * cni_prefix_parse() - reads an address with a prefix length
 * @text: for example 192.0.2.1/24
 * @p: filled in
 *
 * Return: whether @text is one.
 */
bool cni_prefix_parse(const char *text, struct cni_prefix *p);

/**
 * cni_address_print() - writes an address
 * @a: the address
 * @text: INET6_ADDRSTRLEN bytes
 *
 * Return: @text.
 */
const char *cni_address_print(const struct podswitch_address *a, char *text);

/**
 * cni_prefix_print() - writes an address with its prefix length
 * @p: the address
 * @text: CNI_PREFIX_STRLEN bytes
 *
 * Return: @text.
 */
const char *cni_prefix_print(const struct cni_prefix *p, char *text);

/**
 * cni_mac_parse() - reads a MAC address
 * @text: for example 02:00:5e:00:53:01
 * @mac: 6 bytes, filled in
 *
 * Return: whether @text is one that a single interface may have.
 */
bool cni_mac_parse(const char *text, uint8_t *mac);

/**
 * cni_mac_print() - writes a MAC address
 * @mac: 6 bytes
 * @text: 18 bytes
 *
 * Return: @text.
 */
const char *cni_mac_print(const uint8_t *mac, char *text);

#endif /* _CNI_ADDRESS_H */
