/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers for what is tried by chance, the same ones from the same start. */
#ifndef _CHANCE_H
#define _CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* where it has come to; the file that says where it starts has it */
extern uint64_t chance;

/* SplitMix64: good enough, and the number of what is tried is a state to start
 * from.
 */
static inline uint64_t draw(void)
{
	uint64_t z = chance += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline unsigned int below(unsigned int n)
{
	return n ? draw() % n : 0;
}

static inline bool percent(unsigned int n)
{
	return below(100) < n;
}

#endif /* _CHANCE_H */
