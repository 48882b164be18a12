// SPDX-License-Identifier: GPL-2.0
/* libpodswitch: the bytes of its requests. */
#include <errno.h>

#include "lib.h"

/* Compares the request with bytes in hexadecimal, native order as here. */
static void check_asked(const char *expected)
{
	static char hex[4 * NL_TX_SIZE];
	size_t i;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return;
	fake_asked(&fake);
	for (i = 0; i < fake.asked_len; i++)
		snprintf(hex + 2 * i, 3, "%02x",
			 (unsigned char)fake.asked[i]);
	hex[2 * i] = '\0';
	CHECK_STR(hex, expected);
}

/* Length, type, flags, sequence number, port id; command, version. */
#define HEAD(len, flags, seq, cmd)					\
	len "000000" "2100" flags seq "000000" "00000000" cmd "010000"

static void test_switch_requests(void)
{
	struct podswitch_switch sw;

	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_switch_set(&h, SWITCH, 10, 0), 0);
	check_asked(HEAD("24", "0500", "01", "02")
		    "0800010003000000" "080005000a000000");

	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_switch_set(&h, SWITCH, 0, 11), 0);
	check_asked(HEAD("24", "0500", "02", "02")
		    "0800010003000000" "080006000b000000");

	fake_ack(&fake, -ENODEV, 3);
	CHECK_EQ(podswitch_switch_get(&h, SWITCH, &sw), -ENODEV);
	check_asked(HEAD("1c", "0100", "03", "01") "0800010003000000");

	fake_done(&fake, 0, 4);
	CHECK_EQ(podswitch_switch_dump(&h, NULL, NULL), 0);
	check_asked(HEAD("14", "0103", "04", "01"));
	close_handle();
}

static void test_port_requests(void)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	const struct podswitch_address addresses[] = {
		ip("192.0.2.1"), ip("2001:db8::1"),
	};
	const struct podswitch_owner owner = {
		.network = "net", .pod_name = "web",
	};

	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), 0);
	check_asked(HEAD("24", "0500", "01", "03")
		    "0800010003000000" "0800020004000000");

	cfg.mac = mac;
	cfg.guard = PODSWITCH_GUARD_MAC_IP;
	cfg.isolated = 1;
	cfg.hairpin = 0;
	cfg.owner = &owner;
	cfg.addresses = addresses;
	cfg.n_addresses = 2;
	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), 0);
	check_asked(HEAD("80", "0500", "02", "03")
		    "0800010003000000" "0800020004000000"
		    "0a000400" "020000000007" "0000"
		    "0800050002000000"
		    "0500060001000000" "0500070000000000"
		    "14000880" "08000100" "6e657400" "08000500" "77656200"
		    "0c000980" "08000100" "c0000201"
		    "18000980" "14000200" "20010db8000000000000000000000001");

	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), -EINVAL);
	CHECK_STR(podswitch_error(&h),
		  "Addresses are added and deleted one by one");
	cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	cfg.hairpin = 1;
	fake_ack(&fake, 0, 3);
	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), 0);
	check_asked(HEAD("24", "0500", "03", "04")
		    "0800020004000000" "0500070001000000");

	fake_ack(&fake, 0, 4);
	CHECK_EQ(podswitch_port_del(&h, PORT), 0);
	check_asked(HEAD("1c", "0500", "04", "06") "0800020004000000");
	close_handle();
}

static void test_port_vlan_requests(void)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	const struct podswitch_vlan_range trunk[] = { { 10, 10 }, { 20, 4094 } };

	cfg.role = PODSWITCH_ROLE_UPLINK;
	cfg.pvid = 7;
	cfg.trunk = trunk;
	cfg.n_trunk = 2;
	cfg.storm_limit = UINT32_MAX;
	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), 0);
	check_asked(HEAD("64", "0500", "01", "03")
		    "0800010003000000" "0800020004000000"
		    "08000b0001000000" "06000c0007000000"
		    "14000d80" "060001000a000000" "060002000a000000"
		    "14000d80" "0600010014000000" "06000200fe0f0000"
		    "08000e00ffffffff");

	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), -EINVAL);
	CHECK_STR(podswitch_error(&h), "A port has its role from the first");
	check_asked("");

	/* An empty nest takes all VLANs away; no limit is a number too. */
	cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	cfg.trunk = trunk;
	cfg.storm_limit = 0;
	cfg.translated = 1;
	cfg.router = 0;
	cfg.dhcp_server = 1;
	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), 0);
	check_asked(HEAD("40", "0500", "02", "04") "0800020004000000"
		    "04000d80" "08000e0000000000" "05000f0001000000"
		    "0500100000000000" "0500110001000000");
	close_handle();
}

static void test_port_dump_requests(void)
{
	const struct podswitch_owner owner = { .container_id = "abc" };
	struct podswitch_port_filter filter = { 0 };

	open_handle();
	fake_done(&fake, 0, 1);
	CHECK_EQ(podswitch_port_dump(&h, NULL, NULL, NULL), 0);
	check_asked(HEAD("14", "0103", "01", "05"));

	fake_done(&fake, 0, 2);
	CHECK_EQ(podswitch_port_dump(&h, &filter, NULL, NULL), 0);
	check_asked(HEAD("14", "0103", "02", "05"));

	filter.switch_ifindex = SWITCH;
	filter.owner = &owner;
	fake_done(&fake, 0, 3);
	CHECK_EQ(podswitch_port_dump(&h, &filter, NULL, NULL), 0);
	check_asked(HEAD("28", "0103", "03", "05") "0800010003000000"
		    "0c000880" "08000200" "61626300");
	close_handle();
}

static void test_address_requests(void)
{
	struct podswitch_address address = ip("192.0.2.1");

	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_address_new(&h, PORT, &address, 1), 0);
	check_asked(HEAD("28", "0500", "01", "09") "0800020004000000"
		    "0c000980" "08000100" "c0000201");

	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_address_del(&h, PORT, &address, 1), 0);
	check_asked(HEAD("28", "0500", "02", "0a") "0800020004000000"
		    "0c000980" "08000100" "c0000201");

	address.has_vlan = true;
	address.vlan = 4094;
	address.shared = true;
	fake_ack(&fake, 0, 3);
	CHECK_EQ(podswitch_address_new(&h, PORT, &address, 1), 0);
	check_asked(HEAD("38", "0500", "03", "09") "0800020004000000"
		    "1c000980" "08000100" "c0000201" "06000400fe0f0000"
		    "0500050001000000");

	address = (struct podswitch_address){ .family = AF_PACKET };
	memcpy(address.mac, mac, sizeof(mac));
	fake_ack(&fake, 0, 4);
	CHECK_EQ(podswitch_address_del(&h, PORT, &address, 1), 0);
	check_asked(HEAD("2c", "0500", "04", "0a") "0800020004000000"
		    "10000980" "0a000300" "020000000007" "0000");

	/* Refused here; nothing of it is left in the next request. */
	address.family = AF_UNIX;
	CHECK_EQ(podswitch_address_new(&h, PORT, &address, 1), -EINVAL);
	CHECK_STR(podswitch_error(&h), "Address 0 has no known family");
	check_asked("");
	fake_ack(&fake, 0, 6);
	CHECK_EQ(podswitch_port_del(&h, PORT), 0);
	check_asked(HEAD("1c", "0500", "06", "06") "0800020004000000");
	close_handle();
}

/* VLAN 0 is one that can be asked for. */
static void test_address_outside_vlans(void)
{
	struct podswitch_address address = ip("192.0.2.1");

	address.has_vlan = true;
	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_address_new(&h, PORT, &address, 1), 0);
	check_asked(HEAD("30", "0500", "01", "09") "0800020004000000"
		    "14000980" "08000100" "c0000201" "0600040000000000");
	close_handle();
}

/* As many addresses as a port may hold fit; far more do not. */
static void test_most_addresses(void)
{
	static struct podswitch_address addresses[1000];
	const struct nlmsghdr *asked;
	size_t i;

	for (i = 0; i < 1000; i++)
		addresses[i] = ip("2001:db8::1");
	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_address_new(&h, PORT, addresses,
				       PODSWITCH_PORT_ADDRESSES_MAX), 0);
	asked = fake_asked(&fake);
	CHECK_EQ(asked->nlmsg_len, 28 + 24 * PODSWITCH_PORT_ADDRESSES_MAX);
	CHECK_EQ(podswitch_address_new(&h, PORT, addresses, 1000), -EMSGSIZE);
	close_handle();
}

static const struct test tests[] = {
	{ "switch requests", test_switch_requests },
	{ "port requests", test_port_requests },
	{ "port requests: VLANs", test_port_vlan_requests },
	{ "port dump requests", test_port_dump_requests },
	{ "address requests", test_address_requests },
	{ "address outside all VLANs", test_address_outside_vlans },
	{ "most addresses", test_most_addresses },
};

TEST_MAIN(tests)
