// SPDX-License-Identifier: GPL-2.0
/* The plugin's configuration: what it is read to, and each refusal. */
#include "conf.h"

#include <stdlib.h>

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
	{ "\"promiscMode\":true", NULL, 2, "\"promiscMode\": true is not supported" },
	{ "\"vlan\":5", NULL, 2, "\"vlan\": 5 is not supported" },
	{ "\"vlanTrunk\":[{\"id\":5}]", NULL, 2, "\"vlanTrunk\": [{\"id\":5}] is not supported" },
	{ "\"preserveDefaultVlan\":true", NULL, 2, "\"preserveDefaultVlan\": true is not supported" },
	{ "\"disableContainerInterface\":true", NULL, 2, "\"disableContainerInterface\": true is not supported" },
	{ "\"forceAddress\":true", NULL, 2, "\"forceAddress\": true is not supported" },
	{ "\"ipMasqBackend\":\"iptables\"", NULL, 2, "\"ipMasqBackend\": \"iptables\" is not supported" },
	{ IPAM(SUBNET ",\"dataDir\":\"/run/x\""), NULL, 2, "\"ipam.dataDir\": \"/run/x\" is not supported" },
	{ IPAM(SUBNET ",\"resolvConf\":\"/etc/resolv.conf\""), NULL, 2, "\"ipam.resolvConf\": \"/etc/resolv.conf\" is not supported" },

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
	{ IPAM("\"ranges\":[{}]"), NULL, 7, "\"ipam.ranges[0]\" is not an array of ranges" },
	{ IPAM("\"ranges\":[[]]"), NULL, 7, "\"ipam.ranges[0]\" is not an array of ranges" },
	{ IPAM("\"ranges\":[[5]]"), NULL, 7, "\"ipam.ranges[0][0]\" is not an object" },
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
	{ "", 6, "the configuration is not JSON, from byte 0 on" },
	{ "{\"a\":}", 6, "the configuration is not JSON, from byte 5 on" },
	{ "{} x", 6, "the configuration is not JSON, from byte 3 on" },
	{ "[]", 6, "the configuration is not a JSON object" },
	{ "{\"cniVersion\":5}", 7, "\"cniVersion\": 5 is not a string" },
	{ "{}", 1, "incompatible CNI versions" },
	{ "{\"cniVersion\":\"\"}", 1, "incompatible CNI versions" },
	{ "{\"cniVersion\":\"0.2.0\"}", 1, "incompatible CNI versions" },
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
	CHECK_STR(err.details, "config is \"9.9.9\", plugin supports [\"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]");
	CHECK(!req.version);
	cni_conf_fini(&conf);
	CHECK_EQ(read_text("{\"cniVersion\":\"0.4.0\"}"), -1);
	CHECK_STR(req.version, "0.4.0");
	cni_conf_fini(&conf);
}

static void test_defaults(void)
{
	CHECK_EQ(read_conf("", NULL), 0);
	CHECK_STR(conf.bridge, "psw0");
	CHECK(!conf.ipam_type && !conf.dns && !conf.has_mac && !conf.mtu);
	CHECK(!conf.is_gateway && !conf.isolated && !conf.hairpin);
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
	{ "the reference's defaults and what runtimes add are accepted", test_tolerated },
	{ "who decides on the MAC address", test_mac_precedence },
	{ "who decides on the IP address", test_wanted_precedence },
	{ "the pod's names in CNI_ARGS", test_kubernetes_args },
	{ "ranges, their order and their defaults", test_ranges },
	{ "routes", test_routes },
	{ "a damaged configuration still tells what DEL needs", test_damaged },
};

TEST_MAIN(tests)
