/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers for people: three figures and a decimal prefix. */
#ifndef _PSW_UNITS_H
#define _PSW_UNITS_H

enum {
	UNITS_LEN = 5,	/* of the longest number, such as "12.3k" */
};

/**
 * struct units_text - a number as text
 * @s: the text
 */
struct units_text {
	char s[UNITS_LEN + 1];
};

/**
 * units_short() - writes a number with three figures at most
 * @value: the number; what is below 0 is written as 0
 *
 * The prefixes are powers of 1000: "0", "0.4", "999", "1.00k", "12.3M".
 *
 * Return: the text.
 */
struct units_text units_short(double value);

#endif /* _PSW_UNITS_H */
