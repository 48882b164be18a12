// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library's union begins with the bytes of either family. */
static uint8_t *cni_bytes(struct podswitch_address *a)
{
	return (uint8_t *)&a->v6;
}

const uint8_t *cni_address_bytes(const struct podswitch_address *a)
{
	return (const uint8_t *)&a->v6;
}

unsigned int cni_address_bits(const struct podswitch_address *a)
{
	return a->family == AF_INET ? 32 : 128;
}

void cni_address_set(struct podswitch_address *a, uint8_t family,
		     const void *bytes)
{
	memset(a, 0, sizeof(*a));
	a->family = family;
	memcpy(cni_bytes(a), bytes, cni_address_bits(a) / 8);
}

int cni_address_cmp(const struct podswitch_address *a,
		    const struct podswitch_address *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(cni_address_bytes(a), cni_address_bytes(b),
		      cni_address_bits(a) / 8);
}

void cni_address_next(struct podswitch_address *a)
{
	unsigned int i = cni_address_bits(a) / 8;

	while (i-- && !++cni_bytes(a)[i])
		;
}

uint64_t cni_address_distance(const struct podswitch_address *a,
			      const struct podswitch_address *b)
{
	unsigned int n = cni_address_bits(a) / 8;
	int64_t distance = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		distance = distance * 256 + cni_address_bytes(b)[i] -
			   cni_address_bytes(a)[i];
		/* What follows can take back one in this place at most. */
		if (distance > UINT32_MAX + INT64_C(1))
			return UINT32_MAX;
	}
	return distance < UINT32_MAX ? (uint64_t)distance : UINT32_MAX;
}

/* The bits of byte @i that belong to the host part. */
static uint8_t cni_host_bits(const struct cni_prefix *p, unsigned int i)
{
	if (p->len >= 8 * (i + 1))
		return 0;
	return p->len > 8 * i ? (uint8_t)(0xff >> (p->len - 8 * i)) : 0xff;
}

struct podswitch_address cni_prefix_first(const struct cni_prefix *p)
{
	struct podswitch_address first = p->address;
	unsigned int i;

	for (i = 0; i < cni_address_bits(&first) / 8; i++)
		cni_bytes(&first)[i] &= (uint8_t)~cni_host_bits(p, i);
	return first;
}

struct podswitch_address cni_prefix_last(const struct cni_prefix *p)
{
	struct podswitch_address last = p->address;
	unsigned int i;

	for (i = 0; i < cni_address_bits(&last) / 8; i++)
		cni_bytes(&last)[i] |= cni_host_bits(p, i);
	return last;
}

bool cni_prefix_holds(const struct cni_prefix *p,
		      const struct podswitch_address *a)
{
	struct podswitch_address first = cni_prefix_first(p);
	struct podswitch_address last = cni_prefix_last(p);

	return cni_address_cmp(&first, a) <= 0 &&
	       cni_address_cmp(a, &last) <= 0;
}

bool cni_address_parse(const char *text, struct podswitch_address *a)
{
	memset(a, 0, sizeof(*a));
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(a->family, text, cni_bytes(a)) == 1;
}

bool cni_prefix_parse(const char *text, struct cni_prefix *p)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];
	unsigned long len;
	char *end;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (slash[1] < '0' || slash[1] > '9' ||
	    !cni_address_parse(address, &p->address))
		return false;
	len = strtoul(slash + 1, &end, 10);
	p->len = (uint8_t)len;
	return !*end && len <= cni_address_bits(&p->address);
}

const char *cni_address_print(const struct podswitch_address *a, char *text)
{
	text[0] = '\0';
	inet_ntop(a->family, cni_address_bytes(a), text, INET6_ADDRSTRLEN);
	return text;
}

const char *cni_prefix_print(const struct cni_prefix *p, char *text)
{
	size_t len = strlen(cni_address_print(&p->address, text));

	snprintf(text + len, CNI_PREFIX_STRLEN - len, "/%u", p->len);
	return text;
}

static int cni_hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = strchr(digits, c | 0x20);

	return c && digit ? (int)(digit - digits) : -1;
}

bool cni_mac_parse(const char *text, uint8_t *mac)
{
	static const uint8_t zero[6];
	size_t i;
	int high;
	int low;

	/* Both separators are in use; a mixture is not. */
	if (strlen(text) != 17 || (text[2] != ':' && text[2] != '-'))
		return false;
	for (i = 0; i < 6; i++) {
		high = cni_hex(text[3 * i]);
		low = cni_hex(text[3 * i + 1]);
		if (high < 0 || low < 0 || (i && text[3 * i - 1] != text[2]))
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	return !(mac[0] & 1) && memcmp(mac, zero, sizeof(zero)) != 0;
}

const char *cni_mac_print(const uint8_t *mac, char *text)
{
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
	return text;
}
