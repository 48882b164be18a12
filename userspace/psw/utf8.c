// SPDX-License-Identifier: GPL-2.0
#include "utf8.h"

#include <stdint.h>

size_t utf8_len(const unsigned char *s)
{
	/* RFC 3629: the least value of each length tells overlong forms. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t len;
	size_t i;

	if (*s < 0x80)
		return 1;
	if (*s < 0xc2 || *s > 0xf4)
		return 0;
	len = *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
	code = *s & (0x7fU >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || code >> 11 == 0x1b)
		return 0;
	return len;
}
