// SPDX-License-Identifier: GPL-2.0
/* The command line's words: abbreviations, values, what is refused and how. */
#include <args.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "test.h"

enum { MAX_WORDS = 32 };

/* All that the table below reads into. */
struct read {
	const char *dev;
	const char *network;
	struct podswitch_owner owner;
	struct arg_addresses addresses;
	struct arg_mac mac;
	uint32_t count;
	int guard;
	int isolated;
	int role;
	int pvid;
	int64_t limit;
	struct arg_trunk trunk;
};

static struct read got;

static const struct arg bare_first[] = {
	{ "dev", ARG_BARE | ARG_NEEDED, arg_string, &got.dev },
	{ "mac", 0, arg_mac, &got.mac },
	{ "guard", 0, arg_guard, &got.guard },
	{ "isolated", 0, arg_onoff, &got.isolated },
	{ "network", 0, arg_owner, &got.network },
	{ "pod", 0, arg_pod, &got.owner },
	{ "max-ports", 0, arg_count, &got.count },
	{ "address", ARG_MANY, arg_address, &got.addresses },
	{ "role", 0, arg_role, &got.role },
	{ "pvid", 0, arg_pvid, &got.pvid },
	{ "trunk", 0, arg_trunk, &got.trunk },
	{ "storm-limit", 0, arg_limit, &got.limit },
	{ "vlan", ARG_MANY, arg_vlan, &got.addresses },
	{ "shared", ARG_MANY | ARG_LONE, arg_shared, &got.addresses },
};

static const struct arg bare_anywhere[] = {
	{ "dev", ARG_BARE, arg_string, &got.dev },
	{ "network", 0, arg_owner, &got.network },
};

static const struct arg bare_many[] = {
	{ "address", ARG_BARE | ARG_NEEDED | ARG_MANY, arg_address,
	  &got.addresses },
	{ "dev", ARG_NEEDED, arg_string, &got.dev },
	{ "vlan", ARG_MANY, arg_vlan, &got.addresses },
	{ "shared", ARG_MANY | ARG_LONE, arg_shared, &got.addresses },
};

/* Parses a line of words; returns what was complained, "" for nothing. */
static const char *parse(const char *line, const struct arg *table, size_t n)
{
	static char words[1024], complaint[1024];
	char *argv[MAX_WORDS + 1] = { NULL };
	const struct psw psw = { .what = "test" };
	FILE *real = stderr;
	int status;
	char *save;
	size_t i;

	got = (struct read){
		.guard = -1, .isolated = -1, .role = -1, .pvid = -1,
		.limit = -1,
	};
	snprintf(words, sizeof(words), "%s", line);
	for (i = 0; i < MAX_WORDS; i++)
		argv[i] = strtok_r(i ? NULL : words, " ", &save);
	memset(complaint, 0, sizeof(complaint));
	stderr = fmemopen(complaint, sizeof(complaint), "w");
	if (!stderr)
		abort();
	status = args_parse(&psw, argv, table, n);
	fclose(stderr);
	stderr = real;
	CHECK_EQ(status, *complaint ? PSW_USAGE : PSW_DONE);
	return complaint;
}

#define PARSE(line, table) parse(line, table, ARRAY_SIZE(table))

static void test_values(void)
{
	CHECK_STR(PARSE("veth1 mac 02:00:00:00:aB:Cd guard mac+ip isolated on "
			"network n pod ns/web max-ports 7 address 192.0.2.1 "
			"address 2001:db8::1", bare_first), "");
	CHECK_STR(got.dev, "veth1");
	CHECK(got.mac.given);
	CHECK(!memcmp(got.mac.bytes, "\x02\0\0\0\xab\xcd", 6));
	CHECK_EQ(got.guard, PODSWITCH_GUARD_MAC_IP);
	CHECK_EQ(got.isolated, 1);
	CHECK_STR(got.network, "n");
	CHECK_STR(got.owner.pod_namespace, "ns");
	CHECK_STR(got.owner.pod_name, "web");
	CHECK_EQ(got.count, 7);
	CHECK_EQ(got.addresses.n, 2);
	CHECK_EQ(got.addresses.list[0].v4.s_addr, htonl(0xc0000201));
	CHECK_EQ(got.addresses.list[1].family, AF_INET6);
}

static void test_defaults(void)
{
	CHECK_STR(PARSE("veth1", bare_first), "");
	CHECK(!got.mac.given);
	CHECK_EQ(got.guard, -1);
	CHECK(!got.owner.pod_name);
	CHECK_EQ(got.role, -1);
	CHECK_EQ(got.pvid, -1);
	CHECK_EQ(got.limit, -1);
	CHECK(!got.trunk.given);
	CHECK_STR(PARSE("veth1 pod web", bare_first), "");
	CHECK(!got.owner.pod_namespace);
	CHECK_STR(got.owner.pod_name, "web");
}

static void test_abbreviations(void)
{
	CHECK_STR(PARSE("d veth1", bare_anywhere), "");
	CHECK_STR(got.dev, "veth1");
	CHECK_STR(PARSE("net n veth1", bare_anywhere), "");
	CHECK_STR(got.dev, "veth1");
	CHECK_STR(got.network, "n");

	/* The first in the table is meant. */
	CHECK_STR(PARSE("veth1 ma 02:00:00:00:00:01", bare_first), "");
	CHECK(got.mac.given);
	CHECK_STR(PARSE("veth1 max 9", bare_first), "");
	CHECK_EQ(got.count, 9);
}

/* A device may be called like a word, where it has to come first or "dev". */
static void test_devices_named_like_words(void)
{
	CHECK_STR(PARSE("mac mac 02:00:00:00:00:01", bare_first), "");
	CHECK_STR(got.dev, "mac");
	CHECK_STR(PARSE("dev dev", bare_first), "");
	CHECK_STR(got.dev, "dev");
	CHECK_STR(PARSE("dev network", bare_anywhere), "");
	CHECK_STR(got.dev, "network");
	CHECK_STR(PARSE("network", bare_anywhere),
		  "psw: test: network lacks a value\n");
}

static void test_bare_many(void)
{
	CHECK_STR(PARSE("192.0.2.1 2001:db8::1 dev veth1", bare_many), "");
	CHECK_EQ(got.addresses.n, 2);
	CHECK_STR(got.dev, "veth1");
	CHECK_STR(PARSE("dev veth1 address 192.0.2.1", bare_many),
		  "psw: test: address \"dev\" is not an IP or MAC address\n");
	CHECK_STR(PARSE("address 192.0.2.1 dev veth1", bare_many), "");
}

/* What stands behind an address is its own. */
static void test_addresses(void)
{
	const struct podswitch_address *list = got.addresses.list;

	CHECK_STR(PARSE("192.0.2.1 vlan 0 2001:db8::1 shared vlan 4094 "
			"02:00:00:00:00:aB 192.0.2.1 dev veth1", bare_many),
		  "");
	CHECK_EQ(got.addresses.n, 4);
	CHECK_EQ(list[0].family, AF_INET);
	CHECK(list[0].has_vlan && !list[0].vlan && !list[0].shared);
	CHECK_EQ(list[1].family, AF_INET6);
	CHECK(list[1].has_vlan && list[1].vlan == 4094 && list[1].shared);
	CHECK_EQ(list[2].family, AF_PACKET);
	CHECK(!memcmp(list[2].mac, "\x02\0\0\0\0\xab", 6));
	CHECK(!list[2].has_vlan && !list[2].shared);
	CHECK(!list[3].has_vlan && !list[3].shared);

	CHECK_STR(PARSE("veth1 address 192.0.2.1 shared address "
			"02:00:00:00:00:01 mac 02:00:00:00:00:02",
			bare_first), "");
	CHECK(list[0].shared && !list[1].shared);
	CHECK_EQ(list[1].family, AF_PACKET);
	CHECK(got.mac.given);
}

static const struct {
	const char *list;
	size_t n;
	struct podswitch_vlan_range ranges[3];
} trunks[] = {
	{ "none", 0, { { 0, 0 } } },
	{ "1", 1, { { 1, 1 } } },
	{ "4094", 1, { { 4094, 4094 } } },
	{ "1-4094", 1, { { 1, 4094 } } },
	{ "10,20-29,30", 3, { { 10, 10 }, { 20, 29 }, { 30, 30 } } },
	{ "7-7,7", 2, { { 7, 7 }, { 7, 7 } } },
};

static void test_trunks(void)
{
	char line[64];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(trunks); i++) {
		snprintf(line, sizeof(line), "veth1 trunk %s", trunks[i].list);
		CHECK_STR(PARSE(line, bare_first), "");
		CHECK(got.trunk.given);
		CHECK_EQ(got.trunk.n, trunks[i].n);
		for (j = 0; j < trunks[i].n; j++) {
			CHECK_EQ(got.trunk.list[j].first,
				 trunks[i].ranges[j].first);
			CHECK_EQ(got.trunk.list[j].last,
				 trunks[i].ranges[j].last);
		}
	}
}

static void test_settings(void)
{
	CHECK_STR(PARSE("veth1 role uplink pvid 4094 storm-limit 4294967295",
			bare_first), "");
	CHECK_EQ(got.role, PODSWITCH_ROLE_UPLINK);
	CHECK_EQ(got.pvid, 4094);
	CHECK_EQ(got.limit, UINT32_MAX);
	CHECK_STR(PARSE("veth1 role pod pvid 0 storm-limit 0", bare_first), "");
	CHECK_EQ(got.role, PODSWITCH_ROLE_POD);
	CHECK_EQ(got.pvid, 0);
	CHECK_EQ(got.limit, 0);
}

static const struct {
	const char *line;
	const char *complaint;
} refused[] = {
	{ "", "dev is missing" },
	{ "veth1 veth2", "unknown word \"veth2\"" },
	{ "veth1 dev veth2", "dev is there twice" },
	{ "veth1 mac", "mac lacks a value" },
	{ "veth1 mac 1", "mac \"1\" is not a MAC address" },
	{ "veth1 mac 02:00:00:00:00:0g",
	  "mac \"02:00:00:00:00:0g\" is not a MAC address" },
	{ "veth1 mac 02-00-00-00-00-01",
	  "mac \"02-00-00-00-00-01\" is not a MAC address" },
	{ "veth1 guard ip", "guard \"ip\" is not \"off\", \"mac\" or \"mac+ip\"" },
	{ "veth1 isolated yes", "isolated \"yes\" is not \"on\" or \"off\"" },
	{ "veth1 pod /web", "pod \"/web\" is not NAMESPACE/NAME" },
	{ "veth1 pod ns/", "pod \"ns/\" is not NAMESPACE/NAME" },
	{ "veth1 max-ports 0", "max-ports \"0\" is out of range" },
	{ "veth1 max-ports -1", "max-ports \"-1\" is not a number" },
	{ "veth1 max-ports 1k", "max-ports \"1k\" is not a number" },
	{ "veth1 max-ports 4294967296",
	  "max-ports \"4294967296\" is out of range" },
	{ "veth1 max-ports 99999999999999999999",
	  "max-ports \"99999999999999999999\" is out of range" },
	{ "veth1 address 192.0.2.1/24",
	  "address \"192.0.2.1/24\" is not an IP or MAC address" },
	{ "veth1 address 192.0.2.256",
	  "address \"192.0.2.256\" is not an IP or MAC address" },
	{ "veth1 address 02:00:00:00:00:0g",
	  "address \"02:00:00:00:00:0g\" is not an IP or MAC address" },
	{ "veth1 address 02:00:00:00:00",
	  "address \"02:00:00:00:00\" is not an IP or MAC address" },
	{ "veth1 vlan 10", "vlan \"10\" stands behind no address" },
	{ "veth1 shared", "shared stands behind no address" },
	{ "veth1 address 192.0.2.1 vlan",  "vlan lacks a value" },
	{ "veth1 address 192.0.2.1 vlan 4095",
	  "vlan \"4095\" is not a VLAN from 0 to 4094" },
	{ "veth1 address 192.0.2.1 vlan x",
	  "vlan \"x\" is not a VLAN from 0 to 4094" },
	{ "veth1 address 192.0.2.1 vlan 10-20",
	  "vlan \"10-20\" is not a VLAN from 0 to 4094" },
	{ "veth1 address 192.0.2.1 vlan 1 vlan 1",
	  "vlan \"1\" is the second one behind an address" },
	{ "veth1 role host", "role \"host\" is not \"pod\" or \"uplink\"" },
	{ "veth1 role", "role lacks a value" },
	{ "veth1 pvid 4095", "pvid \"4095\" is not a VLAN from 0 to 4094" },
	{ "veth1 pvid -1", "pvid \"-1\" is not a VLAN from 0 to 4094" },
	{ "veth1 pvid 0x1", "pvid \"0x1\" is not a VLAN from 0 to 4094" },
	{ "veth1 pvid 18446744073709551617",
	  "pvid \"18446744073709551617\" is not a VLAN from 0 to 4094" },
	{ "veth1 pvid 1 pvid 1", "pvid is there twice" },
	{ "veth1 storm-limit -1",
	  "storm-limit \"-1\" is not a number from 0 to 4294967295" },
	{ "veth1 storm-limit 4294967296",
	  "storm-limit \"4294967296\" is not a number from 0 to 4294967295" },
	{ "veth1 storm-limit 1k",
	  "storm-limit \"1k\" is not a number from 0 to 4294967295" },
	{ "veth1 trunk 0", "trunk \"0\" is not \"none\" or VLANs from 1 to "
			   "4094, as in 10,20-29" },
	{ "veth1 trunk 1,4095", "trunk \"1,4095\" is not \"none\" or VLANs "
				"from 1 to 4094, as in 10,20-29" },
	{ "veth1 trunk 1,", "trunk \"1,\" is not \"none\" or VLANs from 1 to "
			    "4094, as in 10,20-29" },
	{ "veth1 trunk all", "trunk \"all\" is not \"none\" or VLANs from 1 "
			     "to 4094, as in 10,20-29" },
	{ "veth1 trunk none,1", "trunk \"none,1\" is not \"none\" or VLANs "
				"from 1 to 4094, as in 10,20-29" },
	{ "veth1 trunk 1-4095",
	  "trunk \"1-4095\" has a range without an end from 1 to 4094" },
	{ "veth1 trunk 1-",
	  "trunk \"1-\" has a range without an end from 1 to 4094" },
	{ "veth1 trunk 20-10",
	  "trunk \"20-10\" has a range that ends before it begins" },
	{ "veth1 trunk 1-2-3", "trunk \"1-2-3\" is not a list of VLANs with "
			       "commas, as in 10,20-29" },
	{ "veth1 trunk 1;2", "trunk \"1;2\" is not a list of VLANs with "
			     "commas, as in 10,20-29" },
};

static void test_refusals(void)
{
	char expected[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		snprintf(expected, sizeof(expected), "psw: test: %s\n",
			 refused[i].complaint);
		CHECK_STR(PARSE(refused[i].line, bare_first), expected);
	}
}

static void test_bounds(void)
{
	char text[PODSWITCH_OWNER_LEN_MAX + 2] = "";
	char address[] = "192.0.2.1";
	const char *owner = NULL;
	size_t i;

	memset(text, 'x', PODSWITCH_OWNER_LEN_MAX);
	CHECK(!arg_owner(text, &owner));
	text[PODSWITCH_OWNER_LEN_MAX] = 'x';
	CHECK_STR(arg_owner(text, &owner), "is too long");
	*text = '\0';
	CHECK_STR(arg_owner(text, &owner), "is empty");

	got.addresses.n = 0;
	for (i = 0; i < PODSWITCH_PORT_ADDRESSES_MAX; i++)
		CHECK(!arg_address(address, &got.addresses));
	CHECK_STR(arg_address(address, &got.addresses),
		  "is one more than a port can hold");
}

/* Every second VLAN is as many ranges as there can be. */
static void test_most_ranges(void)
{
	static char list[5 * PODSWITCH_VLAN_MAX];
	struct arg_trunk trunk = { .n = 0 };
	size_t len = 0;
	int vlan;

	for (vlan = 2; vlan <= PODSWITCH_VLAN_MAX; vlan += 2)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%d%s",
					vlan, vlan < PODSWITCH_VLAN_MAX ?
					"," : "");
	CHECK(!arg_trunk(list, &trunk));
	CHECK_EQ(trunk.n, PODSWITCH_VLAN_MAX / 2);
	trunk.n = 0;
	snprintf(list + len, sizeof(list) - len, ",1");
	CHECK_STR(arg_trunk(list, &trunk), "has more ranges than there can be");
}

static void test_words(void)
{
	static const struct psw_word table[] = {
		{ "show", NULL }, { "set", NULL }, { NULL, NULL },
	};

	CHECK(psw_matches("s", "show"));
	CHECK(psw_matches("show", "show"));
	CHECK(!psw_matches("shows", "show"));
	CHECK(!psw_matches("", "show"));
	CHECK_STR(psw_find(table, "s")->word, "show");
	CHECK_STR(psw_find(table, "se")->word, "set");
	CHECK(!psw_find(table, "x"));
}

static const struct test tests[] = {
	{ "values", test_values },
	{ "defaults", test_defaults },
	{ "abbreviations", test_abbreviations },
	{ "devices named like words", test_devices_named_like_words },
	{ "bare words, many", test_bare_many },
	{ "addresses", test_addresses },
	{ "trunks", test_trunks },
	{ "settings of a port", test_settings },
	{ "refusals", test_refusals },
	{ "bounds", test_bounds },
	{ "most ranges", test_most_ranges },
	{ "words", test_words },
};

TEST_MAIN(tests)
