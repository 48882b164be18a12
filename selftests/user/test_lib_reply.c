// SPDX-License-Identifier: GPL-2.0
/* libpodswitch: what it makes of replies. */
#include "lib.h"

static void put_counters(void)
{
	struct nlattr *drops;
	struct nlattr *stats;
	unsigned int i;

	stats = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PORT_STATS);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_STATS_RX_PACKETS, 5);
	mnl_attr_put_u64(fake.nlh, PODSWITCH_A_STATS_RX_BYTES, 1ULL << 33);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_STATS_MAX + 1, 99);
	drops = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_STATS_DROPS);
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX + 5; i++)
		mnl_attr_put_u32(fake.nlh, (uint16_t)i, i);
	mnl_attr_nest_end(fake.nlh, drops);
	mnl_attr_nest_end(fake.nlh, stats);
}

static void put_address(const struct podswitch_address *address)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PORT_ADDRESS);
	if (address->has_vlan)
		mnl_attr_put_u16(fake.nlh, PODSWITCH_A_ADDRESS_VLAN,
				 address->vlan);
	if (address->shared)
		mnl_attr_put_u8(fake.nlh, PODSWITCH_A_ADDRESS_SHARED, 1);
	if (address->family == AF_PACKET)
		mnl_attr_put(fake.nlh, PODSWITCH_A_ADDRESS_MAC, 6,
			     address->mac);
	else if (address->family == AF_INET)
		mnl_attr_put(fake.nlh, PODSWITCH_A_ADDRESS_IPV4, 4,
			     &address->v4);
	else
		mnl_attr_put(fake.nlh, PODSWITCH_A_ADDRESS_IPV6, 16,
			     &address->v6);
	mnl_attr_nest_end(fake.nlh, nest);
}

static int check_full_port(const struct podswitch_port *port, void *arg)
{
	CHECK_EQ(port->switch_ifindex, SWITCH);
	CHECK_EQ(port->ifindex, PORT);
	CHECK_STR(port->name, "veth1");
	CHECK(port->has_mac && !memcmp(port->mac, mac, sizeof(mac)));
	CHECK_EQ(port->guard, PODSWITCH_GUARD_MAC);
	CHECK(port->isolated);
	CHECK(!port->hairpin);
	CHECK_STR(port->owner.pod_name, "web");
	CHECK(!port->owner.network);
	CHECK_EQ(port->n_addresses, 2);
	CHECK_EQ(port->addresses[0].family, AF_INET);
	CHECK_EQ(port->addresses[0].v4.s_addr, htonl(0xc0000201));
	CHECK_EQ(port->addresses[1].family, AF_INET6);
	CHECK_EQ(port->stats.rx_packets, 5);
	CHECK_EQ(port->stats.rx_bytes, 1LL << 33);
	CHECK_EQ(port->stats.tx_bytes, 0);
	CHECK_EQ(port->stats.drops[PODSWITCH_A_DROPS_MAX],
		 PODSWITCH_A_DROPS_MAX);
	CHECK_EQ(port->stats.drops[PODSWITCH_A_DROPS_MAX + 5],
		 PODSWITCH_A_DROPS_MAX + 5);
	++*(int *)arg;
	return 0;
}

/* All that is known and something that is not, at each level. */
static void test_port_reply(void)
{
	const struct podswitch_address v6 = ip("2001:db8::1");
	const struct podswitch_address v4 = ip("192.0.2.1");
	struct nlattr *owner;
	int calls = 0;

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PORT_SWITCH, SWITCH);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PORT_IFINDEX, PORT);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_PORT_NAME, "veth1");
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_MAC, 6, mac);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PORT_GUARD,
			 PODSWITCH_GUARD_MAC);
	mnl_attr_put_u8(fake.nlh, PODSWITCH_A_PORT_ISOLATED, 1);
	mnl_attr_put_u8(fake.nlh, PODSWITCH_A_PORT_HAIRPIN, 0);
	put_address(&v4);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PORT_MAX + 1, 1);
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_ADDRESS, 0, "");
	put_address(&v6);
	owner = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PORT_OWNER);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_OWNER_POD_NAME, "web");
	mnl_attr_put(fake.nlh, PODSWITCH_A_OWNER_NETWORK, 3, "net");
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_OWNER_MAX + 9, "new");
	mnl_attr_nest_end(fake.nlh, owner);
	put_counters();
	fake_send(&fake);
	CHECK_EQ(podswitch_port_get(&h, PORT, check_full_port, &calls), 0);
	CHECK_EQ(calls, 1);
	close_handle();
}

static void put_range(uint16_t first, uint16_t last)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PORT_TRUNK);
	if (first)
		mnl_attr_put_u16(fake.nlh, PODSWITCH_A_VLAN_RANGE_FIRST, first);
	if (last)
		mnl_attr_put_u16(fake.nlh, PODSWITCH_A_VLAN_RANGE_LAST, last);
	mnl_attr_nest_end(fake.nlh, nest);
}

static int check_vlan_port(const struct podswitch_port *port, void *arg)
{
	CHECK_EQ(port->role, PODSWITCH_ROLE_UPLINK);
	CHECK_EQ(port->pvid, 4094);
	CHECK_EQ(port->storm_limit, UINT32_MAX);
	CHECK(!port->router && port->dhcp_server);
	CHECK_EQ(port->n_trunk, 2);
	CHECK_EQ(port->trunk[0].first, 10);
	CHECK_EQ(port->trunk[0].last, 19);
	CHECK_EQ(port->trunk[1].first, 30);
	CHECK_EQ(port->trunk[1].last, 30);
	CHECK_EQ(port->n_addresses, 2);
	CHECK(port->addresses[0].has_vlan && port->addresses[0].shared);
	CHECK_EQ(port->addresses[0].vlan, 10);
	CHECK_EQ(port->addresses[1].family, AF_PACKET);
	CHECK(!memcmp(port->addresses[1].mac, mac, sizeof(mac)));
	CHECK(!port->addresses[1].has_vlan && !port->addresses[1].shared);
	CHECK_EQ(port->stats.translated, 12);
	++*(int *)arg;
	return 0;
}

/* VLANs, other kinds of addresses; a range without an end, an empty one. */
static void test_port_reply_vlans(void)
{
	struct podswitch_address v4 = ip("192.0.2.1");
	struct podswitch_address extra = { .family = AF_PACKET };
	struct nlattr *stats;
	int calls = 0;

	v4.has_vlan = true;
	v4.vlan = 10;
	v4.shared = true;
	memcpy(extra.mac, mac, sizeof(mac));
	open_handle();
	fake_begin_genl(&fake, 0, 1);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PORT_ROLE,
			 PODSWITCH_ROLE_UPLINK);
	mnl_attr_put_u16(fake.nlh, PODSWITCH_A_PORT_PVID, 4094);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_PORT_STORM_LIMIT, UINT32_MAX);
	mnl_attr_put_u8(fake.nlh, PODSWITCH_A_PORT_DHCP_SERVER, 1);
	put_range(10, 19);
	put_address(&v4);
	put_range(0, 0);
	put_address(&extra);
	put_range(30, 0);
	stats = mnl_attr_nest_start(fake.nlh, PODSWITCH_A_PORT_STATS);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_STATS_TRANSLATED, 12);
	mnl_attr_nest_end(fake.nlh, stats);
	fake_send(&fake);
	CHECK_EQ(podswitch_port_get(&h, PORT, check_vlan_port, &calls), 0);
	CHECK_EQ(calls, 1);
	close_handle();
}

static int count_ranges(const struct podswitch_port *port, void *arg)
{
	*(size_t *)arg = port->n_trunk;
	return 0;
}

/* More ranges than there can be, of which what is too many is left out. */
static void test_port_reply_most_ranges(void)
{
	size_t n = 0;
	int i;

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	for (i = 0; i < PODSWITCH_VLAN_MAX / 2 + 5 &&
	     fake.nlh->nlmsg_len + 20 < sizeof(fake.answer); i++)
		put_range(1, 1);
	fake_send(&fake);
	CHECK_EQ(podswitch_port_get(&h, PORT, count_ranges, &n), 0);
	CHECK_EQ(n, i < PODSWITCH_VLAN_MAX / 2 ? i : PODSWITCH_VLAN_MAX / 2);
	close_handle();
}

static int count_addresses(const struct podswitch_port *port, void *arg)
{
	*(size_t *)arg += port->n_addresses;
	return 0;
}

static void test_port_reply_most_addresses(void)
{
	const struct podswitch_address v6 = ip("2001:db8::1");
	size_t total = 0;
	int i;

	open_handle();
	fake_begin_genl(&fake, NLM_F_MULTI, 1);
	for (i = 0; i < PODSWITCH_PORT_ADDRESSES_MAX; i++)
		put_address(&v6);
	fake_send(&fake);
	fake_begin_genl(&fake, NLM_F_MULTI, 1);
	for (i = 0; i < PODSWITCH_PORT_ADDRESSES_MAX + 10; i++)
		put_address(&v6);
	fake_send(&fake);
	fake_done(&fake, 0, 1);
	CHECK_EQ(podswitch_port_dump(&h, NULL, count_addresses, &total), 0);
	CHECK_EQ(total, 2 * PODSWITCH_PORT_ADDRESSES_MAX);
	close_handle();
}

static int check_empty_port(const struct podswitch_port *port, void *arg)
{
	CHECK_EQ(port->ifindex, 0);
	CHECK_STR(port->name, "");
	CHECK(!port->has_mac);
	CHECK(!port->owner.pod_name);
	CHECK_EQ(port->n_addresses, 0);
	++*(int *)arg;
	return 0;
}

/* Attributes of a wrong length, an attribute longer than the message. */
static void test_port_reply_malformed(void)
{
	struct nlattr *attr;
	int calls = 0;

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_IFINDEX, 3, "abc");
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_NAME, 4, "veth");
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_MAC, 5, mac);
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_ADDRESS, 4, "wxyz");
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_STATS, 2, "s");
	mnl_attr_put(fake.nlh, PODSWITCH_A_PORT_OWNER, 1, "o");
	attr = mnl_nlmsg_get_payload_tail(fake.nlh);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_PORT_NAME, "veth1");
	attr->nla_len = 60000;
	fake_send(&fake);
	CHECK_EQ(podswitch_port_get(&h, PORT, check_empty_port, &calls), 0);

	/* No room even for the family's header. */
	fake_begin(&fake, FAMILY, 0, 2);
	fake_send(&fake);
	CHECK_EQ(podswitch_port_get(&h, PORT, check_empty_port, &calls), 0);
	CHECK_EQ(calls, 2);
	close_handle();
}

static void test_switch_reply(void)
{
	struct podswitch_switch sw;
	struct in_addr last = { .s_addr = htonl(0xc0000209) };

	open_handle();
	fake_begin_genl(&fake, 0, 1);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_SWITCH_IFINDEX, SWITCH);
	mnl_attr_put_strz(fake.nlh, PODSWITCH_A_SWITCH_NAME,
			  "a-name-longer-than-any-device-has");
	mnl_attr_put(fake.nlh, PODSWITCH_A_SWITCH_MAC, 6, mac);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_SWITCH_MTU, 1500);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_SWITCH_PORTS, 12);
	mnl_attr_put(fake.nlh, PODSWITCH_A_SWITCH_LAST_IPV4, 4, &last);
	mnl_attr_put_u32(fake.nlh, PODSWITCH_A_SWITCH_UPLINK, 9);
	fake_send(&fake);
	CHECK_EQ(podswitch_switch_get(&h, SWITCH, &sw), 0);
	CHECK_EQ(sw.ifindex, SWITCH);
	CHECK_STR(sw.name, "a-name-longer-t");
	CHECK(!memcmp(sw.mac, mac, sizeof(mac)));
	CHECK_EQ(sw.mtu, 1500);
	CHECK_EQ(sw.ports, 12);
	CHECK_EQ(sw.max_ports, 0);
	CHECK_EQ(sw.last_ipv4.family, AF_INET);
	CHECK_EQ(sw.last_ipv4.v4.s_addr, last.s_addr);
	CHECK_EQ(sw.last_ipv6.family, 0);
	CHECK_EQ(sw.uplink, 9);
	close_handle();
}

static const struct test tests[] = {
	{ "port reply", test_port_reply },
	{ "port reply: VLANs", test_port_reply_vlans },
	{ "port reply: most ranges", test_port_reply_most_ranges },
	{ "port reply: most addresses", test_port_reply_most_addresses },
	{ "port reply: malformed", test_port_reply_malformed },
	{ "switch reply", test_switch_reply },
};

TEST_MAIN(tests)
