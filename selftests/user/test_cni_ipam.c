// SPDX-License-Identifier: GPL-2.0
/* The order in which the plugin tries addresses. */
#include "ipam.h"

#include "test.h"

static struct cni_conf conf;
static struct podswitch_switch sw;
static struct cni_pick picks[CNI_RANGES_MAX];
static struct cni_taken taken;
static struct cni_error err;

static struct podswitch_address address(const char *text)
{
	struct podswitch_address a;

	if (!cni_address_parse(text, &a))
		TEST_FAIL("%s is not an address", text);
	return a;
}

static void add_range(const char *subnet, const char *start, const char *end,
		      const char *gateway, unsigned int set)
{
	struct cni_range *range = &conf.ranges[conf.n_ranges++];

	CHECK(cni_prefix_parse(subnet, &range->subnet));
	range->start = address(start);
	range->end = address(end);
	range->gateway = address(gateway);
	range->set = set;
	conf.n_sets = set + 1;
}

static void start_anew(void)
{
	conf.n_ranges = 0;
	conf.n_wanted = 0;
	sw = (struct podswitch_switch){ 0 };
	taken = (struct cni_taken){ 0 };
}

static int begin(void)
{
	return cni_ipam_begin(&conf, &sw, picks, &err);
}

static void check_at(unsigned int set, const char *expected)
{
	char text[INET6_ADDRSTRLEN];

	CHECK_STR(cni_address_print(&picks[set].at, text), expected);
}

static void check_next(unsigned int set, const char *expected)
{
	CHECK_EQ(cni_ipam_next(&picks[set], &taken, &err), 0);
	check_at(set, expected);
}

static void test_first(void)
{
	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.254", "192.0.2.1", 0);
	add_range("2001:db8::/64", "2001:db8::1", "2001:db8::ffff",
		  "2001:db8::1", 1);
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.2");
	check_at(1, "2001:db8::2");
	check_next(0, "192.0.2.3");
	check_at(1, "2001:db8::2");
}

static void test_behind_last(void)
{
	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.254", "192.0.2.1", 0);
	sw.last_ipv4 = address("192.0.2.77");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.78");
	sw.last_ipv4 = address("192.0.2.254");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.2");
	sw.last_ipv4 = address("198.51.100.1");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.2");
}

static void test_next_range(void)
{
	start_anew();
	add_range("192.0.2.0/24", "192.0.2.8", "192.0.2.9", "192.0.2.1", 0);
	add_range("198.51.100.0/24", "198.51.100.1", "198.51.100.2",
		  "198.51.100.1", 0);
	sw.last_ipv4 = address("192.0.2.8");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.9");
	check_next(0, "198.51.100.2");
	check_next(0, "192.0.2.8");
	CHECK_EQ(cni_ipam_next(&picks[0], &taken, &err), -1);
	CHECK_EQ(err.code, CNI_ERR_NO_ADDRESS);
	CHECK_STR(err.msg, "no IP addresses available in range set: 192.0.2.8-192.0.2.9,198.51.100.1-198.51.100.2");
}

/* Of a /30, the subnet, its gateway and its broadcast leave one. */
static void test_skipped(void)
{
	start_anew();
	add_range("192.0.2.0/30", "192.0.2.0", "192.0.2.3", "192.0.2.1", 0);
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.2");
	CHECK_EQ(cni_ipam_next(&picks[0], &taken, &err), -1);

	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.1", "192.0.2.1", 0);
	CHECK_EQ(begin(), -1);
	CHECK_STR(err.msg, "no IP addresses available in range set: 192.0.2.1-192.0.2.1");

	/* IPv6 has no broadcast. */
	start_anew();
	add_range("2001:db8::/126", "2001:db8::", "2001:db8::3", "2001:db8::1",
		  0);
	CHECK_EQ(begin(), 0);
	check_at(0, "2001:db8::2");
	check_next(0, "2001:db8::3");
}

static void test_taken(void)
{
	struct podswitch_address list[] = {
		address("192.0.2.3"), address("192.0.2.4"),
		address("192.0.2.6"), address("2001:db8::5"),
	};

	start_anew();
	add_range("192.0.2.0/29", "192.0.2.1", "192.0.2.6", "192.0.2.1", 0);
	taken.list = list;
	taken.n = sizeof(list) / sizeof(*list);
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.2");
	check_next(0, "192.0.2.5");
	CHECK_EQ(cni_ipam_next(&picks[0], &taken, &err), -1);
	CHECK_EQ(err.code, CNI_ERR_NO_ADDRESS);
}

/* Another round begins with what the last one ended with, if that is free. */
static void test_again(void)
{
	struct podswitch_address list[] = {
		address("192.0.2.2"), address("192.0.2.3"),
		address("192.0.2.4"), address("192.0.2.5"),
		address("192.0.2.6"),
	};

	start_anew();
	add_range("192.0.2.0/29", "192.0.2.1", "192.0.2.6", "192.0.2.1", 0);
	sw.last_ipv4 = address("192.0.2.2");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.3");
	/* Others had all that is behind it, and one of these has gone. */
	sw.last_ipv4 = address("192.0.2.6");
	CHECK(!cni_ipam_follow(&picks[0], &sw));
	sw.last_ipv4 = address("192.0.2.5");
	CHECK(cni_ipam_follow(&picks[0], &sw));
	check_next(0, "192.0.2.2");
	CHECK_EQ(cni_ipam_next(&picks[0], &taken, &err), -1);
	taken.list = list + 2;
	taken.n = 3;
	CHECK_EQ(cni_ipam_again(&picks[0], &taken, &err), 0);
	check_at(0, "192.0.2.3");
	taken.list = list + 1;
	taken.n = 4;
	CHECK_EQ(cni_ipam_again(&picks[0], &taken, &err), 0);
	check_at(0, "192.0.2.2");
	picks[0].asked = true;
	CHECK_EQ(cni_ipam_again(&picks[0], &taken, &err), -1);
	picks[0].asked = false;
	taken.list = list;
	taken.n = 5;
	CHECK_EQ(cni_ipam_again(&picks[0], &taken, &err), -1);
	CHECK_EQ(err.code, CNI_ERR_NO_ADDRESS);
}

static void test_asked(void)
{
	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.254", "192.0.2.1", 0);
	add_range("198.51.100.0/24", "198.51.100.1", "198.51.100.9",
		  "198.51.100.1", 1);
	conf.wanted[conf.n_wanted++] = address("198.51.100.5");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.2");
	check_at(1, "198.51.100.5");
	CHECK_EQ(cni_ipam_next(&picks[1], &taken, &err), -1);
	CHECK_EQ(err.code, CNI_ERR_NO_ADDRESS);
	CHECK_STR(err.msg, "requested IP address 198.51.100.5 is taken");

	conf.wanted[conf.n_wanted++] = address("198.51.100.6");
	CHECK_EQ(begin(), -1);
	CHECK_EQ(err.code, CNI_ERR_CONFIG);
	CHECK_STR(err.msg, "requested IP address 198.51.100.6 is in no range set that is left");

	conf.wanted[0] = address("192.0.2.1");
	CHECK_EQ(begin(), -1);
	CHECK_STR(err.msg, "requested IP address 192.0.2.1 is the gateway's or the subnet's own");
}

static void test_ip(void)
{
	char text[CNI_PREFIX_STRLEN];
	struct cni_ip ip;

	start_anew();
	add_range("192.0.2.0/28", "192.0.2.1", "192.0.2.14", "192.0.2.14", 0);
	CHECK_EQ(begin(), 0);
	cni_ipam_ip(&picks[0], &ip);
	CHECK_STR(cni_prefix_print(&ip.address, text), "192.0.2.1/28");
	CHECK(ip.has_gateway);
	CHECK_STR(cni_address_print(&ip.gateway, text), "192.0.2.14");
}

static void test_arithmetic(void)
{
	struct podswitch_address a = address("192.0.2.255");
	struct cni_prefix p;
	char text[CNI_PREFIX_STRLEN];

	cni_address_next(&a);
	CHECK_STR(cni_address_print(&a, text), "192.0.3.0");
	a = address("2001:db8::ffff:ffff");
	cni_address_next(&a);
	CHECK_STR(cni_address_print(&a, text), "2001:db8::1:0:0");

	CHECK(cni_prefix_parse("192.0.2.77/27", &p));
	a = cni_prefix_first(&p);
	CHECK_STR(cni_address_print(&a, text), "192.0.2.64");
	a = cni_prefix_last(&p);
	CHECK_STR(cni_address_print(&a, text), "192.0.2.95");
	a = address("192.0.2.96");
	CHECK(!cni_prefix_holds(&p, &a));
	a = address("192.0.2.95");
	CHECK(cni_prefix_holds(&p, &a));
	CHECK(cni_prefix_parse("0.0.0.0/0", &p) && cni_prefix_holds(&p, &a));
}

static uint64_t distance(const char *from, const char *to)
{
	struct podswitch_address a = address(from);
	struct podswitch_address b = address(to);

	return cni_address_distance(&a, &b);
}

static void test_room(void)
{
	CHECK_EQ(distance("192.0.2.5", "192.0.2.5"), 0);
	CHECK_EQ(distance("192.0.2.250", "192.0.3.1"), 7);
	CHECK_EQ(distance("0.0.0.0", "255.255.255.254"), UINT32_MAX - 1);
	CHECK_EQ(distance("0.0.0.0", "255.255.255.255"), UINT32_MAX);
	CHECK_EQ(distance("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff"),
		 UINT32_MAX);
	CHECK_EQ(distance("2001:db8::ffff:ffff:ffff:fffe", "2001:db8:0:1::1"),
		 3);

	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.10", "192.0.2.1", 0);
	add_range("198.51.100.0/24", "198.51.100.5", "198.51.100.5",
		  "198.51.100.1", 0);
	add_range("2001:db8::/64", "2001:db8::1",
		  "2001:db8::ffff:ffff:ffff:ffff", "2001:db8::1", 1);
	CHECK_EQ(begin(), 0);
	CHECK_EQ(cni_ipam_room(&picks[0]), 11);
	CHECK_EQ(cni_ipam_room(&picks[1]), UINT32_MAX);
}

static void test_texts(void)
{
	struct podswitch_address a;
	struct cni_prefix p;
	uint8_t mac[6];

	CHECK(!cni_address_parse("", &a) && !cni_address_parse("192.0.2", &a));
	CHECK(!cni_prefix_parse("192.0.2.1/", &p));
	CHECK(!cni_prefix_parse("192.0.2.1/+8", &p));
	CHECK(!cni_prefix_parse("192.0.2.1/8x", &p));
	CHECK(!cni_prefix_parse("192.0.2.1/33", &p));
	CHECK(!cni_prefix_parse("2001:db8::/129", &p));
	CHECK(!cni_prefix_parse("192.0.2.1/4294967304", &p));
	CHECK(cni_prefix_parse("2001:db8::/128", &p));
	CHECK(cni_mac_parse("0A:58:c0:00:02:01", mac));
	CHECK_EQ(mac[0], 0x0a);
	CHECK(cni_mac_parse("02-00-5e-00-53-01", mac));
	CHECK(!cni_mac_parse("02-00:5e-00-53-01", mac));
	CHECK(!cni_mac_parse("02:00:5e:00:53:0g", mac));
	CHECK(!cni_mac_parse("02:00:5e:00:53:01:02", mac));
	CHECK(!cni_mac_parse("01:00:5e:00:53:01", mac));
	CHECK(!cni_mac_parse("00:00:00:00:00:00", mac));
}

/* Where another ADD was quicker, its choice tells where to go on. */
static void test_follow(void)
{
	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.254", "192.0.2.1", 0);
	add_range("2001:db8::/64", "2001:db8::1", "2001:db8::ff", "2001:db8::1", 1);
	sw.last_ipv4 = address("192.0.2.9");
	CHECK_EQ(begin(), 0);
	check_at(0, "192.0.2.10");
	CHECK(!cni_ipam_follow(&picks[0], &sw));
	check_at(0, "192.0.2.10");
	sw.last_ipv4 = address("192.0.2.30");
	CHECK(cni_ipam_follow(&picks[0], &sw));
	check_at(0, "192.0.2.31");
	CHECK(!cni_ipam_follow(&picks[1], &sw));
	check_at(1, "2001:db8::2");
	/* An address of another range, or one behind which is none of ours. */
	sw.last_ipv4 = address("198.51.100.7");
	CHECK(!cni_ipam_follow(&picks[0], &sw));
	sw.last_ipv4 = address("192.0.2.254");
	CHECK(!cni_ipam_follow(&picks[0], &sw));
	check_at(0, "192.0.2.31");
	picks[0].asked = true;
	sw.last_ipv4 = address("192.0.2.40");
	CHECK(!cni_ipam_follow(&picks[0], &sw));
}

/* An address that the pod had is the first to be tried, if it can be. */
static void test_keep(void)
{
	struct podswitch_address kept = address("192.0.2.77");
	struct podswitch_address gateway = address("192.0.2.1");
	struct podswitch_address other = address("198.51.100.1");

	start_anew();
	add_range("192.0.2.0/24", "192.0.2.1", "192.0.2.254", "192.0.2.1", 0);
	CHECK_EQ(begin(), 0);
	cni_ipam_keep(picks, 1, &gateway);
	cni_ipam_keep(picks, 1, &other);
	check_at(0, "192.0.2.2");
	cni_ipam_keep(picks, 1, &kept);
	check_at(0, "192.0.2.77");
	check_next(0, "192.0.2.78");
	conf.wanted[0] = address("192.0.2.5");
	conf.n_wanted = 1;
	CHECK_EQ(begin(), 0);
	cni_ipam_keep(picks, 1, &kept);
	check_at(0, "192.0.2.5");
}

static const struct test tests[] = {
	{ "going on behind another's choice", test_follow },
	{ "an address that is kept", test_keep },
	{ "the first address of each set", test_first },
	{ "behind the address that was given last", test_behind_last },
	{ "from range to range and around, once", test_next_range },
	{ "subnet, broadcast and gateway are passed over", test_skipped },
	{ "addresses known to be taken are passed over", test_taken },
	{ "another round", test_again },
	{ "an address asked for", test_asked },
	{ "what belongs to an address", test_ip },
	{ "arithmetic", test_arithmetic },
	{ "how many addresses a set has", test_room },
	{ "what is an address and what is not", test_texts },
};

TEST_MAIN(tests)
