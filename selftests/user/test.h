/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Offline unit tests: a program is a table of functions, its output is KTAP.
 * A CHECK that fails says where and lets the function go on.
 */
#ifndef _TEST_H
#define _TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
};

static bool test_failed;

#define TEST_FAIL(...) do {						\
	printf("# %s:%d: ", __FILE__, __LINE__);			\
	printf(__VA_ARGS__);						\
	putchar('\n');							\
	test_failed = true;						\
} while (0)

#define CHECK(condition) do {						\
	if (!(condition))						\
		TEST_FAIL("%s", #condition);				\
} while (0)

#define CHECK_EQ(value, expected) do {					\
	long long value_ = (value), expected_ = (expected);		\
									\
	if (value_ != expected_)					\
		TEST_FAIL("%s is %lld, not %lld", #value, value_,	\
			  expected_);					\
} while (0)

#define CHECK_STR(value, expected) do {					\
	const char *value_ = (value), *expected_ = (expected);		\
									\
	if (!value_ || strcmp(value_, expected_))			\
		TEST_FAIL("%s is \"%s\", not \"%s\"", #value,		\
			  value_ ? value_ : "(null)", expected_);	\
} while (0)

static inline int test_main(const struct test *tests, size_t n)
{
	bool all_well = true;
	size_t i;

	printf("KTAP version 1\n1..%zu\n", n);
	for (i = 0; i < n; i++) {
		test_failed = false;
		tests[i].run();
		printf("%sok %zu %s\n", test_failed ? "not " : "", i + 1,
		       tests[i].name);
		all_well &= !test_failed;
	}
	return !all_well;
}

#define TEST_MAIN(tests)						\
int main(void)								\
{									\
	return test_main(tests, sizeof(tests) / sizeof((tests)[0]));	\
}

#endif /* _TEST_H */
