// SPDX-License-Identifier: GPL-2.0
#include "units.h"

#include <stdio.h>

/* How many decimals leave three figures, once the number is rounded. */
static int units_decimals(double value)
{
	if (value < 9.995)
		return 2;
	return value < 99.95 ? 1 : 0;
}

struct units_text units_short(double value)
{
	static const char prefixes[] = "\0kMGTPE";
	struct units_text text = { "0" };
	const char *prefix = prefixes;

	if (!(value > 0))
		return text;
	while (value >= 999.5 && prefix < prefixes + sizeof(prefixes) - 2) {
		value /= 1000;
		prefix++;
	}
	if (value >= 999.5)
		value = 999;
	if (*prefix)
		snprintf(text.s, sizeof(text.s), "%.*f%c",
			 units_decimals(value), value, *prefix);
	else if (value < 0.05)
		snprintf(text.s, sizeof(text.s), "<0.1");
	else
		snprintf(text.s, sizeof(text.s), "%.*f", value < 9.95, value);
	return text;
}
