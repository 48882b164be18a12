// SPDX-License-Identifier: GPL-2.0
/* libpodswitch: what it calls things, and what it says of refusals. */
#include <errno.h>

#include "lib.h"

static void refuse(uint32_t seq, uint16_t type, uint32_t value)
{
	fake_begin_ack(&fake, -EBUSY, NLM_F_CAPPED | NLM_F_ACK_TLVS, seq);
	mnl_attr_put_u32(fake.nlh, type, value);
	fake_send(&fake);
}

static void test_error_pointers(void)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	const struct podswitch_address addresses[] = {
		ip("192.0.2.1"), ip("2001:db8::1"), ip("192.0.2.3"),
	};

	cfg.mac = mac;
	cfg.addresses = addresses;
	cfg.n_addresses = 3;
	open_handle();
	/* 20 of headers, 8 switch, 8 device, 12 MAC; then 12, 24, 12. */
	refuse(1, NLMSGERR_ATTR_OFFS, 60);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), -EBUSY);
	CHECK_EQ(podswitch_error_address(&h), 1);
	CHECK_STR(podswitch_error_attribute(&h), "address");

	/* The attribute inside the address. */
	refuse(2, NLMSGERR_ATTR_OFFS, 88);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), -EBUSY);
	CHECK_EQ(podswitch_error_address(&h), 2);

	refuse(3, NLMSGERR_ATTR_OFFS, 36);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), -EBUSY);
	CHECK_EQ(podswitch_error_address(&h), -1);
	CHECK_STR(podswitch_error_attribute(&h), "mac");

	refuse(4, NLMSGERR_ATTR_MISS_TYPE, PODSWITCH_A_SWITCH_MAX_PORTS);
	CHECK_EQ(podswitch_switch_set(&h, SWITCH, 0, 0), -EBUSY);
	CHECK_EQ(podswitch_error_address(&h), -1);
	CHECK_STR(podswitch_error_attribute(&h), "max-ports");

	/* Behind the end. */
	refuse(5, NLMSGERR_ATTR_OFFS, 5000);
	CHECK_EQ(podswitch_port_del(&h, PORT), -EBUSY);
	CHECK_EQ(podswitch_error_address(&h), -1);
	CHECK(!podswitch_error_attribute(&h));

	fake_ack(&fake, 0, 6);
	CHECK_EQ(podswitch_port_del(&h, PORT), 0);
	CHECK(!podswitch_error_attribute(&h));
	close_handle();
}

static void test_names(void)
{
	unsigned int i;

	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		CHECK(podswitch_drop_name(i));
		CHECK(podswitch_drop_text(i));
	}
	CHECK(!podswitch_drop_text(0));
	CHECK(!podswitch_drop_text(PODSWITCH_A_DROPS_MAX + 1));
	CHECK_STR(podswitch_role_name(PODSWITCH_ROLE_POD), "pod");
	CHECK_STR(podswitch_role_name(PODSWITCH_ROLE_UPLINK), "uplink");
	CHECK(!podswitch_role_name(PODSWITCH_ROLE_UPLINK + 1));
	CHECK(!podswitch_drop_name(0));
	CHECK(!podswitch_drop_name(PODSWITCH_A_DROPS_MAX + 1));
	for (i = 1; i <= PODSWITCH_A_SWITCH_MAX; i++)
		CHECK(podswitch_attribute_name(PODSWITCH_CMD_SWITCH_SET, i));
	for (i = 1; i <= PODSWITCH_A_PORT_MAX; i++)
		CHECK(podswitch_attribute_name(PODSWITCH_CMD_PORT_NEW, i));
	CHECK(!podswitch_attribute_name(PODSWITCH_CMD_PORT_NEW, i));
	CHECK_STR(podswitch_guard_name(PODSWITCH_GUARD_OFF), "off");
	CHECK_STR(podswitch_guard_name(PODSWITCH_GUARD_MAC), "mac");
	CHECK_STR(podswitch_guard_name(PODSWITCH_GUARD_MAC_IP), "mac+ip");
	CHECK(!podswitch_guard_name(PODSWITCH_GUARD_MAC_IP + 1));
	CHECK(!podswitch_guard_name((enum podswitch_guard)-1));
}

static const struct test tests[] = {
	{ "error pointers", test_error_pointers },
	{ "names", test_names },
};

TEST_MAIN(tests)
