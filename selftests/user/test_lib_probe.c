// SPDX-License-Identifier: GPL-2.0
/* libpodswitch: probes: what is asked, and what is made of the answer. */
#include <errno.h>

#include "lib.h"

static const uint8_t bytes[] = "0123456789abcd";

static void put_step(uint32_t step, uint32_t verdict, uint32_t drop,
		     uint32_t cause)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PROBE_STEP);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_STEP, step);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_VERDICT, verdict);
	if (drop)
		mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_DROP, drop);
	if (cause)
		mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_CAUSE,
				 cause);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_MAX + 1, 99);
	mnl_attr_nest_end(fake.nlh, nest);
}

static void put_answer(void)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PROBE_STEP);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_STEP,
			 PODSWITCH_PROBE_STEP_ANSWER);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_VERDICT,
			 PODSWITCH_PROBE_VERDICT_ANSWER);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_STEP_IFINDEX, PORT);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_PROBE_STEP_NAME, "veth1");
	mnl_attr_put(fake.nlh, PODSWITCH_A_PROBE_STEP_MAC, 6, mac);
	mnl_attr_nest_end(fake.nlh, nest);
}

static int check_probe(const struct podswitch_probe_result *probe, void *arg)
{
	int *calls = arg;

	++*calls;
	CHECK_EQ(probe->ifindex, PORT);
	CHECK_EQ(probe->switch_ifindex, SWITCH);
	CHECK(probe->has_kind);
	CHECK_EQ(probe->kind, PODSWITCH_PROBE_KIND_ARP);
	CHECK_EQ(probe->vlan, 7);
	CHECK_EQ(probe->receivers, 2);
	CHECK_EQ(probe->n_parts, 3);
	CHECK_EQ(probe->parts[0].step, PODSWITCH_PROBE_STEP_RECEIVE);
	CHECK_EQ(probe->parts[0].verdict, PODSWITCH_PROBE_VERDICT_PASS);
	CHECK_EQ(probe->parts[0].cause, PODSWITCH_PROBE_CAUSE_INGRESS_HOOK);
	CHECK_STR(probe->parts[0].name, "");
	CHECK(!probe->parts[0].has_mac);
	CHECK_EQ(probe->parts[1].ifindex, PORT);
	CHECK_STR(probe->parts[1].name, "veth1");
	CHECK(probe->parts[1].has_mac &&
	      !memcmp(probe->parts[1].mac, mac, sizeof(mac)));
	CHECK_EQ(probe->parts[2].drop, PODSWITCH_A_DROPS_TOO_BIG);
	CHECK(!podswitch_probe_is_delivered(probe));
	return -EDOM;
}

static void test_reply(void)
{
	const struct podswitch_probe_config cfg = {
		.ifindex = PORT, .frame = bytes, .frame_len = 14,
	};
	int calls = 0;

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_IFINDEX, PORT);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_SWITCH, SWITCH);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_KIND,
			 PODSWITCH_PROBE_KIND_ARP);
	mnl_attr_put_u16(fake.nlh, PODSWITCH_A_PROBE_VLAN, 7);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PROBE_RECEIVERS, 2);
	put_step(PODSWITCH_PROBE_STEP_RECEIVE, PODSWITCH_PROBE_VERDICT_PASS, 0,
		 PODSWITCH_PROBE_CAUSE_INGRESS_HOOK);
	put_answer();
	put_step(PODSWITCH_PROBE_STEP_DELIVER, PODSWITCH_PROBE_VERDICT_DROP,
		 PODSWITCH_A_DROPS_TOO_BIG, 0);
	fake_send(&fake);
	CHECK_EQ(podswitch_probe(&h, &cfg, check_probe, &calls), -EDOM);
	CHECK_EQ(calls, 1);
	close_handle();
}

/* Nothing at all, and more steps than there can be. */
static int count_parts(const struct podswitch_probe_result *probe, void *arg)
{
	*(size_t *)arg = probe->n_parts;
	CHECK(!probe->has_kind);
	return 0;
}

static void test_odd_replies(void)
{
	const struct podswitch_probe_config cfg = {
		.ifindex = PORT, .frame = bytes, .frame_len = 14,
	};
	size_t n = 99;
	int i;

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	fake_send(&fake);
	CHECK_EQ(podswitch_probe(&h, &cfg, count_parts, &n), 0);
	CHECK_EQ(n, 0);

	fake_begin_genl(&fake, 0, 2);
	for (i = 0; i < 600; i++)
		put_step(100, 100, 0, 0);
	fake_send(&fake);
	CHECK_EQ(podswitch_probe(&h, &cfg, count_parts, &n), 0);
	CHECK(n > PODSWITCH_PROBE_RECEIVERS_MAX && n < 600);

	fake_ack(&fake, -ENOENT, 3);
	CHECK_EQ(podswitch_probe(&h, &cfg, count_parts, &n), -ENOENT);
	close_handle();
}

static void check_request(const char *tail, size_t len)
{
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, len);
	CHECK(!memcmp(fake.asked + len - 12, tail, 12));
}

static void test_request(void)
{
	struct podswitch_probe_config cfg = {
		.ifindex = PORT, .frame = bytes, .frame_len = 14,
	};
	size_t n;

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	fake_send(&fake);
	CHECK_EQ(podswitch_probe(&h, &cfg, count_parts, &n), 0);
	check_request("456789abcd\0\0", 20 + 8 + 20);

	cfg.gso = true;
	fake_begin_genl(&fake, 0, 2);
	fake_send(&fake);
	CHECK_EQ(podswitch_probe(&h, &cfg, count_parts, &n), 0);
	check_request("cd\0\0\5\0\4\0\1\0\0\0", 20 + 8 + 20 + 8);
	close_handle();
}

static void check_delivered(bool wanted,
			    const struct podswitch_probe_part *part)
{
	const struct podswitch_probe_result probe = { .parts = part, .n_parts = 1 };

	CHECK_EQ(podswitch_probe_is_delivered(&probe), wanted);
}

static void test_delivered(void)
{
	struct podswitch_probe_part part = { 0 };
	const struct podswitch_probe_result none = { 0 };

	CHECK(!podswitch_probe_is_delivered(&none));
	part.verdict = PODSWITCH_PROBE_VERDICT_PORT;
	check_delivered(false, &part);
	part.verdict = PODSWITCH_PROBE_VERDICT_ANSWER;
	check_delivered(false, &part);
	part.verdict = PODSWITCH_PROBE_VERDICT_LEAVE;
	check_delivered(true, &part);
	part.verdict = PODSWITCH_PROBE_VERDICT_DELIVER;
	check_delivered(true, &part);
	part.cause = PODSWITCH_PROBE_CAUSE_PROMISCUOUS;
	check_delivered(false, &part);
	part.cause = PODSWITCH_PROBE_CAUSE_TAP;
	check_delivered(true, &part);
}

static void test_names(void)
{
	unsigned int i;

	for (i = 0; i <= PODSWITCH_PROBE_STEP_DELIVER; i++)
		CHECK(podswitch_probe_step_name(i));
	for (i = 0; i <= PODSWITCH_PROBE_VERDICT_DELIVER; i++)
		CHECK(podswitch_probe_verdict_name(i));
	for (i = 0; i <= PODSWITCH_PROBE_WAY_HOST; i++)
		CHECK(podswitch_probe_way_name(i));
	for (i = 0; i <= PODSWITCH_PROBE_KIND_ND; i++)
		CHECK(podswitch_probe_kind_name(i));
	for (i = 1; i <= PODSWITCH_PROBE_CAUSE_REUSED; i++)
		CHECK(podswitch_probe_cause_name(i));
	CHECK(!podswitch_probe_cause_name(0));
	CHECK(!podswitch_probe_cause_name(1000));
	CHECK(!podswitch_probe_step_name(1000));
	CHECK(!podswitch_probe_verdict_name(1000));
	CHECK(!podswitch_probe_way_name(1000));
	CHECK(!podswitch_probe_kind_name(1000));
	CHECK_STR(podswitch_attribute_name(PODSWITCH_CMD_PROBE,
					   PODSWITCH_A_PROBE_FRAME), "frame");
	CHECK(!podswitch_attribute_name(PODSWITCH_CMD_PROBE, 1000));
}

static const struct test tests[] = {
	{ "probe: reply", test_reply },
	{ "probe: odd replies", test_odd_replies },
	{ "probe: request", test_request },
	{ "probe: delivered", test_delivered },
	{ "probe: names", test_names },
};

TEST_MAIN(tests)
