// SPDX-License-Identifier: GPL-2.0
/* The plugin's configuration: what it is read to, and each refusal. */
#include "conf.h"

#include <stdlib.h>
#include <unistd.h>

#include "test.h"

static struct cni_conf conf;
static struct cni_error err;
static struct cni_request req;

/* @members of a configuration that is complete without them. */
static int read_conf(const char *members, const char *args)
{
	char *text;
	int ret;

	ret = asprintf(&text, "{\"cniVersion\":\"1.1.0\",\"name\":\"net\"%s%s}",
		       members[0] ? "," : "", members);
	if (ret < 0)
		abort();
	memset(&err, 0, sizeof(err));
	req = (struct cni_request){ .input = text, .args = args };
	ret = cni_conf_read(&conf, &req, &err);
	if (!ret)
		ret = cni_conf_settings(&conf, &req, &err);
	free(text);
	return ret;
}

#define IPAM(members) "\"ipam\":{\"type\":\"podswitch\"," members "}"
#define SUBNET "\"subnet\":\"192.0.2.0/24\""

static const struct {
	const char *members;
	const char *args;
	int code;
	const char *text;
} refusals[] = {
	{ "\"vlan\":5,\"preserveDefaultVlan\":true", NULL, 2, "\"preserveDefaultVlan\": true is not supported with \"vlan\": 5" },
	{ "\"ipMasqBackend\":\"pf\"", NULL, 2, "\"ipMasqBackend\": \"pf\" is none of \"nftables\" and \"iptables\"" },
	{ IPAM(SUBNET ",\"dataDir\":\"/run/x\""), NULL, 2, "\"ipam.dataDir\": \"/run/x\" is not supported" },

	{ "\"promiscMode\":true,\"hairpinMode\":true", NULL, 7, "\"hairpinMode\": true and \"promiscMode\": true exclude each other" },
	{ "\"disableContainerInterface\":true," IPAM(SUBNET), NULL, 7, "\"disableContainerInterface\": true contradicts \"ipam\"" },
	{ "\"vlan\":\"5\"", NULL, 7, "\"vlan\": \"5\" is not a number in range" },
	{ "\"vlan\":4095", NULL, 7, "\"vlan\": 4095 is not between 0 and 4094" },
	{ "\"vlan\":100,\"isGateway\":true,\"bridge\":\"twelve-lette\"", NULL, 7, "\"bridge\": \"twelve-lette\" is too long for a gateway in \"vlan\": 100, which would be twelve-lette.100" },
	{ "\"vlanTrunk\":{}", NULL, 7, "\"vlanTrunk\": {} is not an array" },
	{ "\"vlanTrunk\":[5]", NULL, 7, "\"vlanTrunk[0]\": 5 is not an object" },
	{ "\"vlanTrunk\":[{\"id\":5},{\"minID\":5}]", NULL, 7, "\"vlanTrunk[1]\" is neither {\"id\"} nor {\"minID\", \"maxID\"}" },
	{ "\"vlanTrunk\":[{\"id\":5,\"maxID\":6}]", NULL, 7, "\"vlanTrunk[0]\" is neither {\"id\"} nor {\"minID\", \"maxID\"}" },
	{ "\"vlanTrunk\":[{\"id\":0}]", NULL, 7, "\"vlanTrunk[0].id\": 0 is not between 1 and 4094" },
	{ "\"vlanTrunk\":[{\"minID\":0,\"maxID\":5}]", NULL, 7, "\"vlanTrunk[0].minID\": 0 is not between 1 and 4094" },
	{ "\"vlanTrunk\":[{\"minID\":5,\"maxID\":4095}]", NULL, 7, "\"vlanTrunk[0].maxID\": 4095 is not between 1 and 4094" },
	{ "\"vlanTrunk\":[{\"minID\":6,\"maxID\":5}]", NULL, 7, "\"vlanTrunk[0].minID\": 6 is greater than \"maxID\": 5" },
	{ "\"allowedAddresses\":\"192.0.2.9\"", NULL, 7, "\"allowedAddresses\": \"192.0.2.9\" is not an array" },
	{ "\"allowedAddresses\":[\"192.0.2.9/24\"]", NULL, 7, "\"allowedAddresses\": \"192.0.2.9/24\" is not an IP address" },
	{ "\"allowedAddresses\":[\"02:00:5e:00:53:01\"]", NULL, 7, "\"allowedAddresses\": \"02:00:5e:00:53:01\" is not an IP address" },
	{ "\"allowedAddresses\":[5]", NULL, 7, "\"allowedAddresses\": 5 is not an IP address" },
	{ "\"uplink\":5", NULL, 7, "\"uplink\": 5 is not a string" },
	{ "\"uplink\":\"a/b\"", NULL, 7, "\"uplink\": \"a/b\" is not the name of another interface" },
	{ "\"uplink\":\"psw0\"", NULL, 7, "\"uplink\": \"psw0\" is not the name of another interface" },
	{ "\"stormLimit\":-1", NULL, 7, "\"stormLimit\": -1 is not a number in range" },
	{ "\"forceAddress\":\"no\"", NULL, 7, "\"forceAddress\": \"no\" is neither true nor false" },
	{ IPAM(SUBNET ",\"resolvConf\":\"/nonexistent\""), NULL, 7, "\"ipam.resolvConf\": \"/nonexistent\" cannot be read: No such file or directory" },

	{ "\"isGateway\":\"true\"", NULL, 7, "\"isGateway\": \"true\" is neither true nor false" },
	{ "\"ipMasq\":1", NULL, 7, "\"ipMasq\": 1 is neither true nor false" },
	{ "\"portIsolation\":\"true\"", NULL, 7, "\"portIsolation\": \"true\" is neither true nor false" },
	{ "\"macspoofchk\":\"yes\"", NULL, 7, "\"macspoofchk\": \"yes\" is neither true nor false" },
	{ "\"ipMasqBackend\":5", NULL, 7, "\"ipMasqBackend\": 5 is not a string" },
	{ "\"bridge\":5", NULL, 7, "\"bridge\": 5 is not a string" },
	{ "\"bridge\":\"a/b\"", NULL, 7, "\"bridge\": \"a/b\" is not an interface name" },
	{ "\"bridge\":\"sixteen-letters-\"", NULL, 7, "\"bridge\": \"sixteen-letters-\" is not an interface name" },
	{ "\"bridge\":\"a\",\"switch\":\"b\"", NULL, 7, "\"bridge\": \"a\" and \"switch\": \"b\" mean the same and differ" },
	{ "\"mtu\":\"1500\"", NULL, 7, "\"mtu\": \"1500\" is not a number in range" },
	{ "\"mtu\":-1", NULL, 7, "\"mtu\": -1 is not a number in range" },
	{ "\"mtu\":1e300", NULL, 7, "is not a number in range" },
	{ "\"mtu\":1400.5", NULL, 7, "\"mtu\": 1400.5 is not a whole number" },
	{ "\"mtu\":67", NULL, 7, "\"mtu\": 67 is not between 68 and 65535" },
	{ "\"mtu\":65536", NULL, 7, "\"mtu\": 65536 is not between 68 and 65535" },
	{ "\"guard\":\"on\"", NULL, 7, "\"guard\": \"on\" is none of \"off\", \"mac\" and \"mac+ip\"" },
	{ "\"guard\":true", NULL, 7, "\"guard\": true is not a string" },
	{ "\"guard\":\"mac+ip\"", NULL, 7, "\"guard\": \"mac+ip\" needs IP addresses, and there is no \"ipam\"" },
	{ "\"guard\":\"off\",\"macspoofchk\":true", NULL, 7, "\"macspoofchk\": true contradicts \"guard\": \"off\"" },
	{ "\"dns\":[]", NULL, 7, "\"dns\": [] is not an object" },
	{ "\"dns\":{\"domain\":5}", NULL, 7, "\"dns.domain\": 5 is not a string" },
	{ "\"dns\":{\"nameservers\":\"192.0.2.53\"}", NULL, 7, "\"dns.nameservers\": \"192.0.2.53\" is not an array" },
	{ "\"dns\":{\"search\":[5]}", NULL, 7, "\"dns.search\": 5 is not a string" },
	{ "\"runtimeConfig\":{\"mac\":5}", NULL, 7, "\"runtimeConfig.mac\": 5 is not a string" },
	{ "\"runtimeConfig\":{\"mac\":\"x\"}", NULL, 7, "\"mac\": \"x\" is not a MAC address for one interface" },
	{ "\"args\":{\"cni\":{\"mac\":\"01:00:5e:00:53:01\"}}", NULL, 7, "\"mac\": \"01:00:5e:00:53:01\" is not a MAC address for one interface" },
	{ "", "MAC=00:00:00:00:00:00", 7, "\"mac\": \"00:00:00:00:00:00\" is not a MAC address for one interface" },

	{ "", "NOVALUE", 4, "invalid CNI_ARGS: \"NOVALUE\" has no value" },
	{ "", "COLOUR=red", 4, "invalid CNI_ARGS: unknown key \"COLOUR\"" },
	{ "", "IgnoreUnknown=0;COLOUR=red", 4, "invalid CNI_ARGS: unknown key \"COLOUR\"" },

	{ "\"ipam\":[]", NULL, 7, "\"ipam\": [] is not an object" },
	{ "\"ipam\":{\"type\":5}", NULL, 7, "\"ipam.type\": 5 is not a string" },
	{ "\"ipam\":{\"type\":\"../x\"}", NULL, 7, "\"ipam.type\": \"../x\" is not a file name" },
	{ "\"ipam\":{" SUBNET "}", NULL, 7, "\"ipam\" has no \"type\"" },
	{ "\"ipam\":{\"type\":\"podswitch\"}", NULL, 7, "\"ipam\" has neither \"ranges\" nor \"subnet\"" },
	{ "\"runtimeConfig\":{\"ips\":[\"192.0.2.9\"]}", NULL, 7, "addresses are asked for, and the network has no \"ipam\"" },
	{ IPAM("\"subnet\":5"), NULL, 7, "\"ipam.subnet\": 5 is not a string" },
	{ IPAM("\"subnet\":\"192.0.2.0\""), NULL, 7, "\"ipam.subnet\": \"192.0.2.0\" is not a subnet" },
	{ IPAM("\"subnet\":\"192.0.2.0/33\""), NULL, 7, "\"ipam.subnet\": \"192.0.2.0/33\" is not a subnet" },
	{ IPAM("\"subnet\":\"192.0.2.7/24\""), NULL, 7, "\"ipam.subnet\": \"192.0.2.7/24\" has host bits set; the subnet is 192.0.2.0/24" },
	{ IPAM("\"subnet\":\"192.0.2.0/31\""), NULL, 7, "\"ipam.subnet\": \"192.0.2.0/31\" is too small to choose addresses from" },
	{ IPAM("\"subnet\":\"2001:db8::/127\""), NULL, 7, "\"ipam.subnet\": \"2001:db8::/127\" is too small to choose addresses from" },
	{ IPAM(SUBNET ",\"rangeStart\":\"198.51.100.1\""), NULL, 7, "\"ipam.rangeStart\": \"198.51.100.1\" is not an address in the subnet" },
	{ IPAM(SUBNET ",\"rangeEnd\":\"x\""), NULL, 7, "\"ipam.rangeEnd\": \"x\" is not an address in the subnet" },
	{ IPAM(SUBNET ",\"gateway\":\"2001:db8::1\""), NULL, 7, "\"ipam.gateway\": \"2001:db8::1\" is not an address in the subnet" },
	{ IPAM(SUBNET ",\"rangeStart\":\"192.0.2.9\",\"rangeEnd\":\"192.0.2.8\""), NULL, 7, "\"ipam.rangeStart\": \"192.0.2.9\" is behind \"rangeEnd\": \"192.0.2.8\"" },
	{ IPAM("\"ranges\":{}"), NULL, 7, "\"ipam.ranges\": {} is not an array" },
	{ IPAM("\"ranges\":[{}]"), NULL, 7, "\"ipam.ranges[0]\": {} is not an array of ranges" },
	{ IPAM("\"ranges\":[[]]"), NULL, 7, "\"ipam.ranges[0]\": [] is not an array of ranges" },
	{ IPAM("\"ranges\":[[5]]"), NULL, 7, "\"ipam.ranges[0][0]\": 5 is not an object" },
	{ IPAM("\"ranges\":[[{" SUBNET "},{\"subnet\":\"2001:db8::/64\"}]]"), NULL, 7, "\"ipam.ranges[0][1]\": the range set mixes IPv4 and IPv6" },
	{ IPAM("\"ranges\":[[{" SUBNET "}],[{\"subnet\":\"192.0.2.128/25\"}]]"), NULL, 7, "\"ipam.ranges[1][0]\": the range overlaps with another" },
	{ "\"runtimeConfig\":{\"ipRanges\":[[{\"Subnet\":\"x\"}]]}," IPAM(SUBNET), NULL, 7, "\"runtimeConfig.ipRanges[0][0].subnet\": \"x\" is not a subnet" },
	{ IPAM(SUBNET ",\"routes\":{}"), NULL, 7, "\"ipam.routes\": {} is not an array" },
	{ IPAM(SUBNET ",\"routes\":[{}]"), NULL, 7, "\"ipam.routes[0].dst\": \"\" is not a subnet" },
	{ IPAM(SUBNET ",\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"2001:db8::1\"}]"), NULL, 7, "\"ipam.routes[0].gw\": \"2001:db8::1\" is not an address of the destination's family" },
	{ IPAM(SUBNET ",\"routes\":[{\"dst\":\"0.0.0.0/0\",\"mtu\":\"x\"}]"), NULL, 7, "\"ipam.routes[0].mtu\": \"x\" is not a number in range" },
	{ IPAM(SUBNET ",\"routes\":[{\"dst\":\"0.0.0.0/0\",\"scope\":256}]"), NULL, 7, "\"ipam.routes[0].scope\": 256 is greater than 255" },
	{ "\"runtimeConfig\":{\"ips\":\"192.0.2.9\"}," IPAM(SUBNET), NULL, 7, "\"runtimeConfig.ips\": \"192.0.2.9\" is not an array" },
	{ "\"args\":{\"cni\":{\"ips\":[5]}}," IPAM(SUBNET), NULL, 7, "\"args.cni.ips\": 5 is not a string" },
	{ IPAM(SUBNET), "IP=192.0.2", 7, "\"CNI_ARGS.IP\": \"192.0.2\" is not an IP address" },
};

static void test_refusals(void)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (!read_conf(refusals[i].members, refusals[i].args))
			TEST_FAIL("accepted: %s", refusals[i].members);
		else if (err.code != refusals[i].code ||
			 !strstr(err.msg, refusals[i].text))
			TEST_FAIL("%s -> %d %s (wanted: %d %s)",
				  refusals[i].members, err.code, err.msg,
				  refusals[i].code, refusals[i].text);
		cni_conf_fini(&conf);
	}
}

static int read_text(const char *text)
{
	memset(&err, 0, sizeof(err));
	req = (struct cni_request){ .input = (char *)text };
	return cni_conf_read(&conf, &req, &err);
}

static const struct {
	const char *input;
	int code;
	const char *text;
} unreadable[] = {
	{ "", 6, "the configuration is empty" },
	{ "{\"a\":}", 6, "the configuration is not JSON, from byte 5 on" },
	{ "{} x", 6, "the configuration is not JSON, from byte 3 on" },
	{ "[]", 6, "the configuration is not a JSON object" },
	{ "{\"cniVersion\":5}", 7, "\"cniVersion\": 5 is not a string" },
	{ "{}", 7, "\"name\" is missing" },
	{ "{\"cniVersion\":\"0.2\"}", 1, "incompatible CNI versions" },
	{ "{\"cniVersion\":\"1.2.0\"}", 1, "incompatible CNI versions" },
	{ "{\"cniVersion\":\"9.9.9\"}", 1, "incompatible CNI versions" },
	{ "{\"cniVersion\":\"1.0.0\"}", 7, "\"name\" is missing" },
	{ "{\"cniVersion\":\"1.0.0\",\"name\":null}", 7, "\"name\" is missing" },
	{ "{\"cniVersion\":\"1.0.0\",\"name\":5}", 7, "\"name\": 5 is not a string" },
	{ "{\"cniVersion\":\"1.0.0\",\"name\":\"-x\"}", 7, "\"name\": \"-x\" is not a network name" },
	{ "{\"cniVersion\":\"1.0.0\",\"name\":\"a b\"}", 7, "\"name\": \"a b\" is not a network name" },
};

static void test_unreadable(void)
{
	size_t i;

	for (i = 0; i < sizeof(unreadable) / sizeof(*unreadable); i++) {
		if (!read_text(unreadable[i].input))
			TEST_FAIL("accepted: %s", unreadable[i].input);
		else if (err.code != unreadable[i].code ||
			 strcmp(err.msg, unreadable[i].text) != 0)
			TEST_FAIL("%s -> %d %s", unreadable[i].input, err.code,
				  err.msg);
		cni_conf_fini(&conf);
	}
}

static void test_version_details(void)
{
	CHECK_EQ(read_text("{\"cniVersion\":\"9.9.9\"}"), -1);
	CHECK_STR(err.details, "config is \"9.9.9\", plugin supports "
		  "[\"0.1.0\" \"0.2.0\" \"0.3.0\" \"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]");
	CHECK(!req.version);
	cni_conf_fini(&conf);
	CHECK_EQ(read_text("{\"cniVersion\":\"0.4.0\"}"), -1);
	CHECK_STR(req.version, "0.4.0");
	cni_conf_fini(&conf);
	/* An absent or empty version is the oldest. */
	CHECK_EQ(read_text("{\"name\":\"net\"}"), 0);
	CHECK_STR(req.version, "0.1.0");
	cni_conf_fini(&conf);
	CHECK_EQ(read_text("{\"cniVersion\":\"\",\"name\":\"net\"}"), 0);
	CHECK_EQ(conf.version, CNI_0_1_0);
	cni_conf_fini(&conf);
}

static int read_version(const char *version, const char *members)
{
	char *text;
	int ret;

	ret = asprintf(&text, "{\"cniVersion\":\"%s\",\"name\":\"net\",%s}",
		       version, members);
	if (ret < 0)
		abort();
	ret = read_text(text);
	if (!ret)
		ret = cni_conf_settings(&conf, &req, &err);
	free(text);
	return ret;
}

/* A result of before 0.3.0 has room for one address of each family. */
static void test_old_versions(void)
{
	static const char *const two[] = {
		IPAM("\"ranges\":[[{" SUBNET "}],[{\"subnet\":\"198.51.100.0/24\"}]]"),
		IPAM(SUBNET ",\"ranges\":[[{\"subnet\":\"198.51.100.0/24\"}]]"),
	};
	size_t i;

	CHECK_EQ(read_version("0.2.0", IPAM("\"ranges\":[[{" SUBNET "},{\"subnet\":\"198.51.100.0/24\"}],"
					    "[{\"subnet\":\"2001:db8::/64\"}]]")), 0);
	cni_conf_fini(&conf);
	for (i = 0; i < 2; i++) {
		CHECK_EQ(read_version("0.2.0", two[i]), -1);
		CHECK_STR(err.msg, "\"ipam\" has two range sets of a family, and a result of \"cniVersion\": \"0.2.0\" has room for one");
		cni_conf_fini(&conf);
		CHECK_EQ(read_version("0.3.0", two[i]), 0);
		cni_conf_fini(&conf);
	}
	CHECK_EQ(read_version("0.1.0", "\"ipam\":{}"), -1);
	CHECK_STR(err.msg, "\"cniVersion\": \"0.1.0\" has no result without an IP address, and there is no \"ipam\"");
	cni_conf_fini(&conf);
	CHECK_EQ(read_version("0.2.0", "\"prevResult\":{}," IPAM(SUBNET)), 0);
	CHECK(!conf.prev_result);
	cni_conf_fini(&conf);
	CHECK_EQ(read_version("0.3.0", "\"prevResult\":{}," IPAM(SUBNET)), 0);
	CHECK(conf.prev_result);
	cni_conf_fini(&conf);
}

static void test_defaults(void)
{
	CHECK_EQ(read_conf("", NULL), 0);
	CHECK_STR(conf.bridge, "psw0");
	CHECK(!conf.ipam_type && !conf.dns && !conf.has_mac && !conf.mtu);
	CHECK(!conf.is_gateway && !conf.isolated && !conf.hairpin);
	CHECK(!conf.router && !conf.dhcp_server);
	CHECK(!conf.ip_masq && !conf.enabledad);
	CHECK_EQ(conf.guard, -1);
	CHECK_EQ(conf.n_ranges, 0);
	cni_conf_fini(&conf);
}

static void test_settings(void)
{
	CHECK_EQ(read_conf("\"Bridge\":\"br5\",\"ISGATEWAY\":true,"
			   "\"ipmasq\":true,\"mtu\":1400,\"hairpinMode\":true,"
			   "\"portIsolation\":true,\"enabledad\":true,"
			   "\"guard\":\"mac\",\"macspoofchk\":true,"
			   "\"ipMasqBackend\":\"nftables\","
			   "\"dns\":{\"nameservers\":[\"192.0.2.53\"]}", NULL),
		 0);
	CHECK_STR(conf.bridge, "br5");
	CHECK(conf.is_gateway && !conf.is_default_gateway && conf.ip_masq);
	CHECK(conf.hairpin && conf.isolated && conf.enabledad && conf.dns);
	CHECK_EQ(conf.mtu, 1400);
	CHECK_EQ(conf.guard, PODSWITCH_GUARD_MAC);
	cni_conf_fini(&conf);

	CHECK_EQ(read_conf("\"switch\":\"sw\",\"isDefaultGateway\":true",
			   NULL), 0);
	CHECK_STR(conf.bridge, "sw");
	CHECK(conf.is_gateway && conf.is_default_gateway);
	cni_conf_fini(&conf);

	CHECK_EQ(read_conf("\"promiscMode\":true,\"forceAddress\":true,"
			   "\"disableContainerInterface\":true,\"vlan\":7,"
			   "\"uplink\":\"eth1\",\"stormLimit\":500,"
			   "\"dhcpServer\":true", NULL), 0);
	CHECK(!conf.router && conf.dhcp_server);
	CHECK(conf.promisc && conf.force_address && conf.disable_interface);
	CHECK_EQ(conf.vlan, 7);
	CHECK_STR(conf.uplink, "eth1");
	CHECK_EQ(conf.storm_limit, 500);
	cni_conf_fini(&conf);
}

static void check_trunk(size_t i, uint16_t first, uint16_t last)
{
	CHECK_EQ(conf.trunk[i].first, first);
	CHECK_EQ(conf.trunk[i].last, last);
}

/* What overlaps or follows is one range; the order does not matter. */
static void test_trunk(void)
{
	CHECK_EQ(read_conf("\"vlanTrunk\":[{\"id\":4094},{\"minID\":10,\"maxID\":20},"
			   "{\"id\":21},{\"minID\":1,\"maxID\":2,\"id\":15}],"
			   "\"preserveDefaultVlan\":true", NULL), 0);
	CHECK_EQ(conf.n_trunk, 3);
	check_trunk(0, 1, 2);
	check_trunk(1, 10, 21);
	check_trunk(2, 4094, 4094);
	cni_conf_fini(&conf);
}

/* 257 VLANs with gaps between them. */
static void test_long_trunk(void)
{
	char members[8192];
	int used = sprintf(members, "\"vlanTrunk\":[{\"id\":1}");
	int i;

	for (i = 1; i < 256; i++)
		used += sprintf(members + used, ",{\"id\":%d}", 2 * i + 1);
	sprintf(members + used, "]");
	CHECK_EQ(read_conf(members, NULL), 0);
	CHECK_EQ(conf.n_trunk, 256);
	cni_conf_fini(&conf);
	sprintf(members + used, ",{\"id\":1000}]");
	CHECK_EQ(read_conf(members, NULL), -1);
	CHECK_STR(err.msg, "\"vlanTrunk\": there are more than 256 ranges");
	cni_conf_fini(&conf);
}

static void test_allowed(void)
{
	CHECK_EQ(read_conf("\"allowedAddresses\":[\"192.0.2.9\",\"2001:db8::9\"],"
			   "\"guard\":\"mac+ip\"", NULL), 0);
	CHECK_EQ(conf.n_allowed, 2);
	CHECK_EQ(conf.allowed[0].family, AF_INET);
	CHECK_EQ(conf.allowed[1].family, AF_INET6);
	CHECK(conf.allowed[0].shared && conf.allowed[1].shared);
	cni_conf_fini(&conf);
}

static void test_guard(void)
{
	CHECK_EQ(read_conf("", NULL), 0);
	CHECK_EQ(cni_conf_guard(&conf, true), PODSWITCH_GUARD_MAC_IP);
	CHECK_EQ(cni_conf_guard(&conf, false), PODSWITCH_GUARD_MAC);
	cni_conf_fini(&conf);
	CHECK_EQ(read_conf("\"guard\":\"off\"", NULL), 0);
	CHECK_EQ(cni_conf_guard(&conf, true), PODSWITCH_GUARD_OFF);
	cni_conf_fini(&conf);
}

static void test_resolv(void)
{
	static const char text[] =
		"# a comment\n"
		"nameserver 192.0.2.53\n"
		"\tnameserver  2001:db8::53   trailing\n"
		"; another\n"
		"nameserver\n"
		"domain a.example\ndomain b.example # the last one wins\n"
		"search c.example d.example\nsearch e.example\n"
		"options ndots:5 edns0\nsortlist 192.0.2.0\n";
	char path[] = "/tmp/resolv.XXXXXX";
	cJSON *dns = NULL;
	char *printed;
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	CHECK_EQ(cni_conf_resolv(path, &dns, &err), 0);
	printed = cJSON_PrintUnformatted(dns);
	CHECK_STR(printed, "{\"nameservers\":[\"192.0.2.53\",\"2001:db8::53\"],"
		  "\"domain\":\"b.example\","
		  "\"search\":[\"c.example\",\"d.example\",\"e.example\"],"
		  "\"options\":[\"ndots:5\",\"edns0\"]}");
	free(printed);
	cJSON_Delete(dns);
	unlink(path);
}

/* Defaults of the reference plugin, spelled out, are no wish for more. */
static void test_tolerated(void)
{
	CHECK_EQ(read_conf("\"promiscMode\":false,\"vlan\":0,\"vlanTrunk\":[],"
			   "\"preserveDefaultVlan\":false,\"ipMasqBackend\":\"\","
			   "\"forceAddress\":null,\"mtu\":0,\"bridge\":null,"
			   "\"capabilities\":{\"mac\":true},\"prevResult\":{},"
			   "\"args\":{\"cni\":{\"labels\":[]}},\"ipam\":{},"
			   "\"runtimeConfig\":{\"portMappings\":null},"
			   "\"cni.dev/valid-attachments\":null,\"x\":1,"
			   "\"dns\":{}",
			   "IgnoreUnknown=1;COLOUR=red;K8S_POD_UID=;"), 0);
	CHECK_STR(conf.bridge, "psw0");
	CHECK(!conf.dns);
	cni_conf_fini(&conf);
}

static void test_mac_precedence(void)
{
	static const char args[] = "MAC=02:00:5e:00:53:03";

	CHECK_EQ(read_conf("\"runtimeConfig\":{\"mac\":\"02-00-5e-00-53-01\"},"
			   "\"args\":{\"cni\":{\"mac\":\"02:00:5e:00:53:02\"}}",
			   args), 0);
	CHECK_EQ(conf.mac[5], 1);
	cni_conf_fini(&conf);
	CHECK_EQ(read_conf("\"args\":{\"cni\":{\"mac\":\"02:00:5e:00:53:02\"}}",
			   args), 0);
	CHECK_EQ(conf.mac[5], 2);
	cni_conf_fini(&conf);
	CHECK_EQ(read_conf("", args), 0);
	CHECK(conf.has_mac);
	CHECK_EQ(conf.mac[5], 3);
	cni_conf_fini(&conf);
}

static void test_wanted_precedence(void)
{
	static const char args[] = "IP=192.0.2.30";
	char text[INET6_ADDRSTRLEN];

	CHECK_EQ(read_conf("\"runtimeConfig\":{\"ips\":[\"192.0.2.10/24\"]},"
			   "\"args\":{\"cni\":{\"ips\":[\"192.0.2.20\"]}},"
			   IPAM(SUBNET), args), 0);
	CHECK_EQ(conf.n_wanted, 1);
	CHECK_STR(cni_address_print(&conf.wanted[0], text), "192.0.2.10");
	cni_conf_fini(&conf);
	CHECK_EQ(read_conf("\"args\":{\"cni\":{\"ips\":[\"192.0.2.20\"]}},"
			   IPAM(SUBNET), args), 0);
	CHECK_STR(cni_address_print(&conf.wanted[0], text), "192.0.2.20");
	cni_conf_fini(&conf);
	CHECK_EQ(read_conf(IPAM(SUBNET), args), 0);
	CHECK_STR(cni_address_print(&conf.wanted[0], text), "192.0.2.30");
	cni_conf_fini(&conf);
}

static void test_kubernetes_args(void)
{
	CHECK_EQ(read_conf("", "K8S_POD_NAME=web-0;K8S_POD_NAMESPACE=shop;"
			   "K8S_POD_INFRA_CONTAINER_ID=c;IgnoreUnknown=true"),
		 0);
	CHECK_STR(conf.args.pod_name, "web-0");
	CHECK_STR(conf.args.pod_namespace, "shop");
	cni_conf_fini(&conf);
}

static void check_range(size_t i, const char *start, const char *end,
			const char *gateway, unsigned int set)
{
	char text[INET6_ADDRSTRLEN];

	CHECK_STR(cni_address_print(&conf.ranges[i].start, text), start);
	CHECK_STR(cni_address_print(&conf.ranges[i].end, text), end);
	CHECK_STR(cni_address_print(&conf.ranges[i].gateway, text), gateway);
	CHECK_EQ(conf.ranges[i].set, set);
}

/* As containerd writes the runtime's; then the single range; then the list. */
static void test_ranges(void)
{
	CHECK_EQ(read_conf("\"runtimeConfig\":{\"ipRanges\":[[{\"Subnet\":"
			   "\"198.51.100.0/24\",\"RangeStart\":\"\","
			   "\"RangeEnd\":\"\",\"Gateway\":\"\"}]]},"
			   IPAM(SUBNET ",\"rangeStart\":\"192.0.2.10\","
				"\"rangeEnd\":\"192.0.2.20\","
				"\"gateway\":\"192.0.2.254\",\"ranges\":[["
				"{\"subnet\":\"2001:db8::/64\"},"
				"{\"subnet\":\"2001:db8:1::/64\"}]]"), NULL),
		 0);
	CHECK_EQ(conf.n_ranges, 4);
	CHECK_EQ(conf.n_sets, 3);
	check_range(0, "198.51.100.1", "198.51.100.254", "198.51.100.1", 0);
	check_range(1, "192.0.2.10", "192.0.2.20", "192.0.2.254", 1);
	check_range(2, "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff",
		    "2001:db8::1", 2);
	check_range(3, "2001:db8:1::1", "2001:db8:1:0:ffff:ffff:ffff:ffff",
		    "2001:db8:1::1", 2);
	cni_conf_fini(&conf);
}

static void test_routes(void)
{
	CHECK_EQ(read_conf(IPAM(SUBNET ",\"routes\":[{\"dst\":\"198.51.100.9/24\","
				"\"gw\":\"192.0.2.9\",\"mtu\":1400,\"advmss\":1300,"
				"\"priority\":10,\"table\":100,\"scope\":0},"
				"{\"dst\":\"::/0\",\"GW\":null}]"), NULL), 0);
	CHECK_EQ(conf.n_routes, 2);
	CHECK_EQ(conf.routes[0].dst[3], 0);
	CHECK_EQ(conf.routes[0].dst_len, 24);
	CHECK(conf.routes[0].has_gateway && !conf.routes[1].has_gateway);
	CHECK_EQ(conf.routes[0].gateway[3], 9);
	CHECK_EQ(conf.routes[0].mtu, 1400);
	CHECK_EQ(conf.routes[0].advmss, 1300);
	CHECK_EQ(conf.routes[0].priority, 10);
	CHECK_EQ(conf.routes[0].table, 100);
	CHECK_EQ(conf.routes[0].scope, 0);
	CHECK_EQ(conf.routes[1].scope, -1);
	cni_conf_fini(&conf);
}

/* What DEL needs is found in a configuration that ADD would refuse. */
static void test_damaged(void)
{
	CHECK_EQ(read_text("{\"cniVersion\":\"1.0.0\",\"name\":\"net\","
			   "\"mtu\":\"x\",\"bridge\":5,\"ipMasq\":\"yes\","
			   "\"ipam\":[],\"dns\":5}"), 0);
	CHECK_STR(conf.bridge, "psw0");
	CHECK(!conf.ipam_type && !conf.ip_masq);
	cni_conf_fini(&conf);
}

static const struct test tests[] = {
	{ "what ADD refuses, with code, key and value", test_refusals },
	{ "what no verb can work with", test_unreadable },
	{ "a version that is not spoken is told with those that are", test_version_details },
	{ "defaults", test_defaults },
	{ "settings, their keys in any case", test_settings },
	{ "results of before 0.3.0", test_old_versions },
	{ "VLANs with tags", test_trunk },
	{ "VLANs with tags, the most there may be", test_long_trunk },
	{ "addresses that a pod may use beside its own", test_allowed },
	{ "the guard, given or by default", test_guard },
	{ "resolv.conf", test_resolv },
	{ "the reference's defaults and what runtimes add are accepted", test_tolerated },
	{ "who decides on the MAC address", test_mac_precedence },
	{ "who decides on the IP address", test_wanted_precedence },
	{ "the pod's names in CNI_ARGS", test_kubernetes_args },
	{ "ranges, their order and their defaults", test_ranges },
	{ "routes", test_routes },
	{ "a damaged configuration still tells what DEL needs", test_damaged },
};

TEST_MAIN(tests)
