// SPDX-License-Identifier: GPL-2.0
/* psw: the frames that it makes, byte by byte. */
#include <arpa/inet.h>
#include <probe/compose.h>
#include <string.h>

#include "test.h"

static struct podswitch_address ip(const char *text)
{
	struct podswitch_address address = { .family = AF_INET };

	if (strchr(text, ':'))
		address.family = AF_INET6;
	CHECK_EQ(inet_pton(address.family, text, &address.v6), 1);
	return address;
}

static struct compose compose(enum compose_what what, const char *src,
			      const char *dst)
{
	struct compose cfg = {
		.what = what,
		.dst_mac = { 2, 0, 0, 0, 0, 3 },
		.src_mac = { 2, 0, 0, 0, 0, 2 },
		.vlan = -1,
		.sport = 1000,
		.dport = 443,
	};

	if (src) {
		cfg.src = ip(src);
		cfg.dst = ip(dst);
	}
	return cfg;
}

static void check_frame(const struct compose *cfg, const char *hex, size_t len)
{
	struct compose_frame frame;
	char seen[2 * sizeof(frame.data) + 1] = "";
	size_t i;

	compose_frame(cfg, &frame);
	for (i = 0; i < frame.headers; i++)
		snprintf(seen + 2 * i, 3, "%02x", frame.data[i]);
	CHECK_STR(seen, hex);
	CHECK_EQ(frame.len, len);
}

#define ETHERNET "020000000003" "020000000002"
#define A4 "c0000202"
#define B4 "c0000203"
#define A6 "20010db8000000000000000000000002"
#define B6 "20010db8000000000000000000000003"

static void test_plain(void)
{
	struct compose cfg = compose(COMPOSE_PLAIN, NULL, NULL);

	check_frame(&cfg, ETHERNET "88b5", 60);
	cfg.size = 1500;
	check_frame(&cfg, ETHERNET "88b5", 1514);
	cfg.vlan = 0;
	check_frame(&cfg, ETHERNET "81000000" "88b5", 1518);
}

static void test_questions(void)
{
	struct compose cfg = compose(COMPOSE_ARP, "192.0.2.2", "192.0.2.3");

	check_frame(&cfg, ETHERNET "0806" "000108000604" "0001"
		    "020000000002" A4 "000000000000" B4, 42);
	cfg = compose(COMPOSE_ND, "2001:db8::2", "2001:db8::3");
	check_frame(&cfg, ETHERNET "86dd" "60000000" "0020" "3aff" A6
		    "ff0200000000000000000001ff000003" "8700" "1c23" "00000000"
		    B6 "0101020000000002", 86);
}

static void test_ipv4(void)
{
	struct compose cfg = compose(COMPOSE_TCP, "192.0.2.2", "192.0.2.3");

	check_frame(&cfg, ETHERNET "0800" "450000280000000040" "06" "f6ca"
		    A4 B4 "03e801bb" "0000000000000000" "5002ffff"
		    "263a" "0000", 54);
	cfg.is_ack = true;
	cfg.vlan = 4094;
	cfg.size = 100;
	check_frame(&cfg, ETHERNET "81000ffe" "0800" "450000640000000040" "06"
		    "f68e" A4 B4 "03e801bb" "0000000000000000" "5010ffff"
		    "25f0" "0000", 118);
	cfg = compose(COMPOSE_ICMP, "192.0.2.2", "192.0.2.3");
	check_frame(&cfg, ETHERNET "0800" "4500001c0000000040" "01" "f6db"
		    A4 B4 "0800" "f7ff" "00000000", 42);
}

static void test_ipv6(void)
{
	struct compose cfg = compose(COMPOSE_UDP, "2001:db8::2", "2001:db8::3");

	check_frame(&cfg, ETHERNET "86dd" "60000000" "0008" "1140" A6 B6
		    "03e801bb" "0008" "9ec4", 62);
	cfg.size = 65535;
	check_frame(&cfg, ETHERNET "86dd" "60000000" "ffd7" "1140" A6 B6
		    "03e801bb" "ffd7" "9f24", 65549);
}

static void check_group(const char *text, bool wanted, const char *hex)
{
	const struct podswitch_address address = ip(text);
	uint8_t mac[6] = { 0 };
	char seen[13];

	CHECK_EQ(compose_group_mac(&address, mac), wanted);
	snprintf(seen, sizeof(seen), "%02x%02x%02x%02x%02x%02x", mac[0],
		 mac[1], mac[2], mac[3], mac[4], mac[5]);
	CHECK_STR(seen, hex);
}

static void test_groups(void)
{
	const struct podswitch_address target = ip("fe80::1234:5678");
	static const uint8_t solicited[] = { 0x33, 0x33, 0xff, 0x34, 0x56, 0x78 };
	uint8_t mac[6];

	check_group("255.255.255.255", true, "ffffffffffff");
	check_group("239.129.2.3", true, "01005e010203");
	check_group("223.255.255.255", false, "000000000000");
	check_group("ff02::1:2", true, "333300010002");
	check_group("fe80::1", false, "000000000000");
	compose_question_mac(&target, mac);
	CHECK(!memcmp(mac, solicited, sizeof(mac)));
}

static const struct test tests[] = {
	{ "compose: plain", test_plain },
	{ "compose: questions", test_questions },
	{ "compose: ipv4", test_ipv4 },
	{ "compose: ipv6", test_ipv6 },
	{ "compose: groups", test_groups },
};

TEST_MAIN(tests)
