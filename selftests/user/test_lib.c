// SPDX-License-Identifier: GPL-2.0
/* libpodswitch: the bytes of its requests, and what it makes of replies. */
#include <arpa/inet.h>
#include <errno.h>
#include <handle.h>

#include "fake.h"
#include "test.h"

enum {
	FAMILY = 0x21,
	SWITCH = 3,
	PORT = 4,
};

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };
static struct podswitch h;
static struct fake fake;

static void open_handle(void)
{
	fake_open(&fake, &h.nl);
	h.genl = (struct nl_genl){ .id = FAMILY };
}

static void close_handle(void)
{
	fake_close(&fake, &h.nl);
}

static struct podswitch_address ip(const char *text)
{
	struct podswitch_address address = { .family = AF_INET };

	if (strchr(text, ':'))
		address.family = AF_INET6;
	if (inet_pton(address.family, text, &address.v6) != 1)
		abort();
	return address;
}

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
	fake_ack(&fake, 0, 2);
	CHECK_EQ(podswitch_port_set(&h, PORT, &cfg), 0);
	check_asked(HEAD("28", "0500", "02", "04") "0800020004000000"
		    "04000d80" "08000e0000000000");
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
	const struct podswitch_events none = { NULL, NULL, NULL };
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
	const struct podswitch_events none = { NULL, NULL, NULL };

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
	{ "switch requests", test_switch_requests },
	{ "port requests", test_port_requests },
	{ "port requests: VLANs", test_port_vlan_requests },
	{ "port dump requests", test_port_dump_requests },
	{ "address requests", test_address_requests },
	{ "address outside all VLANs", test_address_outside_vlans },
	{ "most addresses", test_most_addresses },
	{ "port reply", test_port_reply },
	{ "port reply: VLANs", test_port_reply_vlans },
	{ "port reply: most ranges", test_port_reply_most_ranges },
	{ "port reply: most addresses", test_port_reply_most_addresses },
	{ "port reply: malformed", test_port_reply_malformed },
	{ "switch reply", test_switch_reply },
	{ "error pointers", test_error_pointers },
	{ "events", test_events },
	{ "events: malformed", test_events_malformed },
	{ "events: too long", test_event_too_long },
	{ "subscription", test_subscribe },
	{ "names", test_names },
};

TEST_MAIN(tests)
