// SPDX-License-Identifier: GPL-2.0
/* libpodswitch and programs that were built for another one of its soname. */
#include <errno.h>
#include <stddef.h>

#include "lib.h"

/*
 * What a struct of podswitch.h measured when it was first released, and where
 * its last member was, on machines with pointers of 8 bytes.
 */
static const struct layout {
	const char *name;
	size_t size, wanted_size;
	size_t last, wanted_last;
	bool grows;
} layouts[] = {
#define LAYOUT(type, member, size, last, grows)				\
	{ #type, sizeof(struct type), size,				\
	  offsetof(struct type, member), last, grows }
	LAYOUT(podswitch_address, reserved, 32, 24, false),
	LAYOUT(podswitch_vlan_range, last, 4, 2, false),
	LAYOUT(podswitch_owner, reserved, 64, 40, false),
	LAYOUT(podswitch_stats, drops, 640, 128, false),
	LAYOUT(podswitch_switch, reserved, 888, 760, false),
	LAYOUT(podswitch_port_filter, reserved, 64, 16, false),
	LAYOUT(podswitch_events, reserved, 64, 40, false),
	LAYOUT(podswitch_probe_config, reserved, 56, 32, false),
	LAYOUT(podswitch_probe_part, reserved, 64, 48, false),
	LAYOUT(podswitch_probe_result, reserved, 72, 40, false),
	LAYOUT(podswitch_port_config, n_addresses, 96, 88, true),
	LAYOUT(podswitch_port, stats, 792, 152, true),
	LAYOUT(podswitch_violation, source, 648, 612, true),
};

static void test_layouts(void)
{
	const struct layout *l;

	if (sizeof(void *) != 8)
		return;
	for (l = layouts; l < layouts + MNL_ARRAY_SIZE(layouts); l++) {
		if (l->grows ? l->size < l->wanted_size :
			       l->size != l->wanted_size)
			TEST_FAIL("struct %s has %zu bytes, not %zu", l->name,
				  l->size, l->wanted_size);
		if (l->last != l->wanted_last)
			TEST_FAIL("the last of struct %s is at %zu, not %zu",
				  l->name, l->last, l->wanted_last);
	}
}

/* What an older header lacks is no change, whatever stands there. */
static void test_config_of_older(void)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;

	cfg.size = offsetof(struct podswitch_port_config, pvid);
	cfg.hairpin = 1;
	cfg.pvid = 7;
	cfg.storm_limit = 9;
	cfg.n_addresses = 5;
	open_handle();
	fake_ack(&fake, 0, 1);
	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), 0);
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 0x24);
	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &cfg), 0);
	close_handle();
}

static void test_config_of_newer(void)
{
	struct {
		struct podswitch_port_config cfg;
		int more;
	} newer = { PODSWITCH_PORT_CONFIG_DEFAULT, 1 };

	newer.cfg.size = sizeof(newer);
	open_handle();
	CHECK_EQ(podswitch_port_new(&h, SWITCH, PORT, &newer.cfg), -EINVAL);
	CHECK_EQ(podswitch_port_set(&h, PORT, &newer.cfg), -EINVAL);
	CHECK(strstr(podswitch_error(&h), "built for a newer library"));
	newer.cfg = (struct podswitch_port_config){ 0 };
	CHECK_EQ(podswitch_port_set(&h, PORT, &newer.cfg), -EINVAL);
	CHECK(strstr(podswitch_error(&h), "PODSWITCH_PORT_CONFIG_DEFAULT"));
	close_handle();
}

/* What is reserved is asked for by programs of a newer header alone. */
static void test_reserved(void)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	struct podswitch_owner owner = { .reserved[2] = "shop" };
	struct podswitch_port_filter filter = { .owner = &owner };
	struct podswitch_address address = ip("192.0.2.1");

	address.reserved[1] = 1;
	cfg.owner = &owner;
	open_handle();
	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), -EINVAL);
	CHECK_EQ(podswitch_port_dump(&h, &filter, NULL, NULL), -EINVAL);
	filter = (struct podswitch_port_filter){ .reserved[5] = 1 };
	CHECK_EQ(podswitch_port_dump(&h, &filter, NULL, NULL), -EINVAL);
	CHECK_EQ(podswitch_address_new(&h, PORT, &address, 1), -EINVAL);
	CHECK(strstr(podswitch_error(&h), "does not know"));

	/* Nothing of them is left in the next request. */
	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_port_del(&h, PORT), 0);
	close_handle();
}

static void test_version(void)
{
	CHECK_STR(podswitch_version(), PODSWITCH_VERSION);
}

static const struct test tests[] = {
	{ "layouts", test_layouts },
	{ "a configuration of an older program", test_config_of_older },
	{ "a configuration of a newer program", test_config_of_newer },
	{ "what is reserved", test_reserved },
	{ "version", test_version },
};

TEST_MAIN(tests)
