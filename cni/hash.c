// SPDX-License-Identifier: GPL-2.0
#include "hash.h"

#include <stdarg.h>
#include <stddef.h>

/* FNV-1a, the terminating NUL included. */
static uint64_t cni_hash_string(uint64_t hash, const char *string)
{
	do {
		hash ^= (uint8_t)*string;
		hash *= UINT64_C(0x100000001b3);
	} while (*string++);
	return hash;
}

uint64_t cni_hash(const char *first, ...)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *string;
	va_list strings;

	va_start(strings, first);
	for (string = first; string; string = va_arg(strings, const char *))
		hash = cni_hash_string(hash, string);
	va_end(strings);
	/* The finaliser of MurmurHash3, as FNV's high bits mix poorly. */
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= hash >> 33;
	return hash;
}

void cni_hash_mac(uint64_t hash, uint8_t *mac)
{
	int i;

	mac[0] = 0x02;
	for (i = 1; i < 6; i++)
		mac[i] = (uint8_t)(hash >> (8 * i));
}
