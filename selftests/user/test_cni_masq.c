// SPDX-License-Identifier: GPL-2.0
/* Masquerading: names that later versions of the plugin must find again. */
#include "masq.h"

#include "test.h"

static struct cni_masq masq;

static void name(const char *kind, const char *network, const char *member)
{
	struct cni_prefix prefix;

	CHECK(cni_prefix_parse(member, &prefix));
	cni_masq_name(&masq, kind, network, &prefix);
}

static void test_names(void)
{
	char prefix[CNI_CHAIN_SIZE];

	name("masq", "net", "192.0.2.7/24");
	CHECK_STR(masq.chain, "masq-11d214b0-c6ef4a1e");
	CHECK_STR(masq.comment, "192.0.2.0/24 of net");
	CHECK_STR(cni_masq_groups(&masq), "224.0.0.0/4");
	name("podswitch", "net", "2001:db8::7/64");
	CHECK_STR(masq.chain, "podswitch-11d214b0-135a2fbf");
	CHECK_STR(masq.comment, "2001:db8::/64 of net");
	CHECK_STR(cni_masq_groups(&masq), "ff00::/8");
	cni_masq_prefix(prefix, "podswitch", "net");
	CHECK_STR(prefix, "podswitch-11d214b0-");
}

/* What is too long for a comment is cut; the subnet is in front. */
static void test_long(void)
{
	char network[300];

	memset(network, 'n', sizeof(network) - 1);
	network[sizeof(network) - 1] = '\0';
	name("podswitch", network, "2001:db8::7/64");
	CHECK_EQ(strlen(masq.comment), CNI_COMMENT_SIZE - 1);
	CHECK(!strncmp(masq.comment, "2001:db8::/64 of nnn", 20));
	CHECK_EQ(strlen(masq.chain), strlen("podswitch-11d214b0-135a2fbf"));
}

static const struct test tests[] = {
	{ "names of chains", test_names },
	{ "a long name of a network", test_long },
};

TEST_MAIN(tests)
