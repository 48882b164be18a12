// SPDX-License-Identifier: GPL-2.0
/* libpodswitch: what it makes of events, and how it asks for them. */
#include <errno.h>

#include "lib.h"

/* Events: how many of which kind came. */
struct seen {
	int ports;
	int gone;
	int violations;
};

static int see_port(const struct podswitch_port *port, void *arg)
{
	CHECK_STR(port->name, "veth1");
	++((struct seen *)arg)->ports;
	return 0;
}

static int see_gone(const struct podswitch_port *port, void *arg)
{
	CHECK_STR(port->name, "veth1");
	++((struct seen *)arg)->gone;
	return -ECANCELED;
}

static int see_violation(const struct podswitch_violation *v, void *arg)
{
	struct in_addr source = { htonl(0xc0000242) };
	unsigned int i;

	CHECK_EQ(v->switch_ifindex, SWITCH);
	CHECK_EQ(v->ifindex, PORT);
	CHECK_STR(v->name, "veth1");
	CHECK_STR(v->owner.pod_name, "web");
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++)
		CHECK_EQ(v->drops[i], i == PODSWITCH_A_DROPS_STORM ? 8 : 0);
	CHECK(v->has_mac && !memcmp(v->mac, mac, sizeof(mac)));
	CHECK(v->has_vlan);
	CHECK_EQ(v->vlan, 4094);
	CHECK_EQ(v->source.family, AF_INET);
	CHECK_EQ(v->source.v4.s_addr, source.s_addr);
	++((struct seen *)arg)->violations;
	return 0;
}

static int see_bare_violation(const struct podswitch_violation *v, void *arg)
{
	CHECK_STR(v->name, "");
	CHECK(!v->has_mac && !v->has_vlan && !v->source.family);
	CHECK(!v->owner.pod_name);
	++((struct seen *)arg)->violations;
	return 0;
}

static void begin_event(uint8_t cmd)
{
	struct genlmsghdr *genl;

	fake_begin_genl(&fake, 0, 0);
	genl = mnl_nlmsg_get_payload(fake.nlh);
	genl->cmd = cmd;
}

static void send_port_event(uint8_t cmd)
{
	begin_event(cmd);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_PORT_NAME, "veth1");
	fake_send(&fake);
}

static void send_violation(void)
{
	struct in_addr source = { htonl(0xc0000242) };
	struct nlattr *nest;

	begin_event(PODSWITCH_CMD_VIOLATION_NTF);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_VIOLATION_SWITCH, SWITCH);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_VIOLATION_IFINDEX, PORT);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_VIOLATION_NAME, "veth1");
	nest = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_VIOLATION_OWNER);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_OWNER_POD_NAME, "web");
	mnl_attr_nest_end(fake.nlh, nest);
	nest = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_VIOLATION_DROPS);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_DROPS_STORM, 8);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_DROPS_MAX + 1, 3);
	mnl_attr_nest_end(fake.nlh, nest);
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_MAC, 6, mac);
	mnl_attr_put_u16(fake.nlh, PODSWITCH_A_VIOLATION_VLAN, 4094);
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_IPV4, 4, &source);
	fake_send(&fake);
}

static void test_events(void)
{
	const struct podswitch_events all = {
		.port = see_port, .port_gone = see_gone,
		.violation = see_violation,
	};
	const struct podswitch_events none = { 0 };
	struct seen seen = { 0 };

	open_handle();
	CHECK_EQ(podswitch_fd(&h), h.nl.fd);
	CHECK_EQ(podswitch_event(&h, &all, &seen), -EAGAIN);
	send_port_event(PODSWITCH_CMD_PORT_NTF);
	send_port_event(PODSWITCH_CMD_PORT_DEL_NTF);
	send_violation();
	send_port_event(PODSWITCH_CMD_MAX + 1);
	CHECK_EQ(podswitch_event(&h, &all, &seen), 0);
	CHECK_STR(podswitch_error(&h), "");
	CHECK_EQ(seen.ports, 1);
	CHECK_EQ(podswitch_event(&h, &all, &seen), -ECANCELED);
	CHECK_EQ(seen.gone, 1);
	CHECK_EQ(podswitch_event(&h, &all, &seen), 0);
	CHECK_EQ(seen.violations, 1);
	CHECK_EQ(podswitch_event(&h, &all, &seen), 0);

	/* Of what nobody wants, nothing is heard. */
	send_port_event(PODSWITCH_CMD_PORT_NTF);
	send_port_event(PODSWITCH_CMD_PORT_DEL_NTF);
	send_violation();
	CHECK_EQ(podswitch_event(&h, &none, &seen), 0);
	CHECK_EQ(podswitch_event(&h, &none, &seen), 0);
	CHECK_EQ(podswitch_event(&h, &none, &seen), 0);
	CHECK_EQ(podswitch_event(&h, &none, &seen), -EAGAIN);
	CHECK_EQ(seen.ports + seen.gone + seen.violations, 3);
	close_handle();
}

static void test_events_malformed(void)
{
	const struct podswitch_events events = {
		.violation = see_bare_violation,
	};
	struct seen seen = { 0 };

	open_handle();
	begin_event(PODSWITCH_CMD_VIOLATION_NTF);
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_NAME, 5, "veth1");
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_MAC, 5, mac);
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_IPV6, 4, mac);
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_DROPS, 2, "d");
	mnl_attr_put(fake.nlh, PODSWITCH_A_VIOLATION_OWNER, 1, "o");
	fake_send(&fake);
	CHECK_EQ(podswitch_event(&h, &events, &seen), 0);
	CHECK_EQ(seen.violations, 1);

	/* No header of generic netlink; not even one of netlink. */
	fake_begin(&fake, NLMSG_MIN_TYPE + 1, 0, 0);
	fake_send(&fake);
	CHECK_EQ(podswitch_event(&h, &events, &seen), 0);
	if (send(fake.fd, "x", 1, 0) != 1)
		abort();
	CHECK_EQ(podswitch_event(&h, &events, &seen), 0);
	CHECK_EQ(seen.violations, 1);
	close_handle();
}

static void test_event_too_long(void)
{
	static char flood[NL_RX_SIZE + 4];
	const struct podswitch_events none = { 0 };

	open_handle();
	if (send(fake.fd, flood, sizeof(flood), 0) != sizeof(flood))
		abort();
	CHECK_EQ(podswitch_event(&h, &none, NULL), -EMSGSIZE);
	CHECK_STR(podswitch_error(&h), "The kernel's event is too long");
	close_handle();
}

/* A kernel whose podswitch is older has no such group. */
static void test_subscribe(void)
{
	open_handle();
	fake_ack(&fake, -ENOENT, 1);
	CHECK_EQ(podswitch_subscribe(&h, PODSWITCH_MCGRP_PORTS), -ENOENT);
	fake_begin_genl(&fake, 0, 2);
	mnl_attr_put_u16(fake.nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	fake_send(&fake);
	CHECK_EQ(podswitch_subscribe(&h, PODSWITCH_MCGRP_VIOLATIONS), -ENOENT);
	CHECK_STR(podswitch_error(&h),
		  "The kernel's podswitch does not report violations");
	close_handle();
}

static const struct test tests[] = {
	{ "events", test_events },
	{ "events: malformed", test_events_malformed },
	{ "events: too long", test_event_too_long },
	{ "subscription", test_subscribe },
};

TEST_MAIN(tests)
