// SPDX-License-Identifier: GPL-2.0
/* Results as the versions of the specification want them, and others' read. */
#include "result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "test.h"

static const uint8_t switch_mac[] = { 2, 0, 0x5e, 0, 0x53, 1 };
static const uint8_t host_mac[] = { 2, 0, 0x5e, 0, 0x53, 2 };
static const uint8_t pod_mac[] = { 2, 0, 0x5e, 0, 0x53, 3 };

static const struct cni_interface interfaces[CNI_RESULT_MAX] = {
	{ "psw0", switch_mac, 1500, NULL },
	{ "psw012345678901", host_mac, 1400, NULL },
	{ "eth0", pod_mac, 1400, "/run/netns/p1" },
	{ "psw0.7", switch_mac, 1500, NULL },
};

static struct cni_conf conf;
static struct cni_addressing ad;
static struct cni_error err;

static int parse(const char *text)
{
	cJSON *json = cJSON_Parse(text);
	int ret = cni_addressing_parse(&ad, json, &err);

	cJSON_Delete(json);
	return ret;
}

static void check_result(enum cni_version version, const char *expected)
{
	cJSON *result;
	char *text;

	conf.version = version;
	result = cni_result_new(&conf, interfaces, CNI_RESULT_GATEWAY, &ad);
	text = cJSON_PrintUnformatted(result);
	CHECK_STR(text, expected);
	free(text);
	cJSON_Delete(result);
}

#define OLD_INTERFACES \
	"\"interfaces\":[{\"name\":\"psw0\",\"mac\":\"02:00:5e:00:53:01\"}," \
	"{\"name\":\"psw012345678901\",\"mac\":\"02:00:5e:00:53:02\"}," \
	"{\"name\":\"eth0\",\"mac\":\"02:00:5e:00:53:03\",\"sandbox\":\"/run/netns/p1\"}]"
#define OLD_IPS \
	"\"ips\":[{\"version\":\"4\",\"address\":\"192.0.2.9/24\",\"gateway\":\"192.0.2.1\",\"interface\":2}," \
	"{\"version\":\"6\",\"address\":\"2001:db8::9/64\",\"interface\":2}]"
#define OLD_ROUTES \
	"\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"192.0.2.1\"},{\"dst\":\"2001:db8:1::/48\"}]"
#define IPAM_RESULT \
	"{\"ips\":[{\"address\":\"192.0.2.9/24\",\"gateway\":\"192.0.2.1\"},{\"address\":\"2001:db8::9/64\"}]," \
	"\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"192.0.2.1\",\"mtu\":1300,\"advmss\":1200,\"priority\":5," \
	"\"table\":100,\"scope\":0},{\"dst\":\"2001:db8:1::/48\"}]"

static void test_versions(void)
{
	CHECK_EQ(parse(IPAM_RESULT "}"), 0);
	conf = (struct cni_conf){ 0 };
	check_result(CNI_0_3_1, "{\"cniVersion\":\"0.3.1\"," OLD_INTERFACES ","
		     OLD_IPS "," OLD_ROUTES ",\"dns\":{}}");
	check_result(CNI_0_4_0, "{\"cniVersion\":\"0.4.0\"," OLD_INTERFACES ","
		     OLD_IPS "," OLD_ROUTES ",\"dns\":{}}");
	check_result(CNI_1_0_0, "{\"cniVersion\":\"1.0.0\"," OLD_INTERFACES ","
		     "\"ips\":[{\"address\":\"192.0.2.9/24\",\"gateway\":\"192.0.2.1\",\"interface\":2},"
		     "{\"address\":\"2001:db8::9/64\",\"interface\":2}]," OLD_ROUTES "}");
	check_result(CNI_1_1_0, "{\"cniVersion\":\"1.1.0\","
		     "\"interfaces\":[{\"name\":\"psw0\",\"mac\":\"02:00:5e:00:53:01\",\"mtu\":1500},"
		     "{\"name\":\"psw012345678901\",\"mac\":\"02:00:5e:00:53:02\",\"mtu\":1400},"
		     "{\"name\":\"eth0\",\"mac\":\"02:00:5e:00:53:03\",\"mtu\":1400,\"sandbox\":\"/run/netns/p1\"}],"
		     "\"ips\":[{\"address\":\"192.0.2.9/24\",\"gateway\":\"192.0.2.1\",\"interface\":2},"
		     "{\"address\":\"2001:db8::9/64\",\"interface\":2}],"
		     "\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"192.0.2.1\",\"mtu\":1300,\"advmss\":1200,\"priority\":5,"
		     "\"table\":100,\"scope\":0},{\"dst\":\"2001:db8:1::/48\"}]}");
	cni_addressing_fini(&ad);
}

/* CNI 0.2.0, Result: each family's routes stand with its address. */
static void test_old_versions(void)
{
	CHECK_EQ(parse(IPAM_RESULT "}"), 0);
	conf = (struct cni_conf){ 0 };
	check_result(CNI_0_2_0, "{\"cniVersion\":\"0.2.0\","
		     "\"ip4\":{\"ip\":\"192.0.2.9/24\",\"gateway\":\"192.0.2.1\","
		     "\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"192.0.2.1\"}]},"
		     "\"ip6\":{\"ip\":\"2001:db8::9/64\",\"routes\":[{\"dst\":\"2001:db8:1::/48\"}]},"
		     "\"dns\":{}}");
	cni_addressing_fini(&ad);
	CHECK_EQ(parse("{\"ips\":[{\"address\":\"192.0.2.9/24\"},{\"address\":\"192.0.2.10/24\"}]}"), 0);
	check_result(CNI_0_1_0, "{\"cniVersion\":\"0.1.0\",\"ip4\":{\"ip\":\"192.0.2.9/24\"},\"dns\":{}}");
	cni_addressing_fini(&ad);
}

static void test_gateway_device(void)
{
	cJSON *result;
	char *text;

	CHECK_EQ(parse("{\"ips\":[{\"address\":\"192.0.2.9/24\"}]}"), 0);
	conf = (struct cni_conf){ .version = CNI_1_0_0 };
	result = cni_result_new(&conf, interfaces, CNI_RESULT_MAX, &ad);
	text = cJSON_PrintUnformatted(result);
	CHECK(strstr(text, "{\"name\":\"psw0.7\",\"mac\":\"02:00:5e:00:53:01\"}],\"ips\":"
		     "[{\"address\":\"192.0.2.9/24\",\"interface\":2}]"));
	free(text);
	cJSON_Delete(result);
	cni_addressing_fini(&ad);
}

static void test_layer_2(void)
{
	ad = (struct cni_addressing){ 0 };
	conf = (struct cni_conf){ 0 };
	check_result(CNI_0_4_0, "{\"cniVersion\":\"0.4.0\"," OLD_INTERFACES ",\"dns\":{}}");
	check_result(CNI_1_0_0, "{\"cniVersion\":\"1.0.0\"," OLD_INTERFACES "}");
}

static void test_dns(void)
{
	CHECK_EQ(parse("{\"dns\":{\"domain\":\"a\"}}"), 0);
	conf = (struct cni_conf){ 0 };
	check_result(CNI_1_0_0, "{\"cniVersion\":\"1.0.0\"," OLD_INTERFACES ",\"dns\":{\"domain\":\"a\"}}");
	conf.json = cJSON_Parse("{\"domain\":\"b\"}");
	conf.dns = conf.json;
	check_result(CNI_1_0_0, "{\"cniVersion\":\"1.0.0\"," OLD_INTERFACES ",\"dns\":{\"domain\":\"b\"}}");
	cJSON_Delete(conf.json);
	cni_addressing_fini(&ad);
}

static void test_chained(void)
{
	cJSON *prev = cJSON_Parse("{\"cniVersion\":\"0.4.0\",\"interfaces\":[{\"name\":\"x\",\"pciID\":\"p\"}],"
				  "\"ips\":[{\"address\":\"198.51.100.9/24\",\"interface\":0}],\"y\":1,\"dns\":{\"domain\":\"c\"}}");
	char *text;
	cJSON *result;

	CHECK_EQ(parse("{\"ips\":[{\"address\":\"192.0.2.9/24\"}]}"), 0);
	conf = (struct cni_conf){ .version = CNI_1_0_0, .prev_result = prev };
	result = cni_result_new(&conf, interfaces, CNI_RESULT_GATEWAY, &ad);
	text = cJSON_PrintUnformatted(result);
	CHECK(strstr(text, "\"interfaces\":[{\"name\":\"x\",\"pciID\":\"p\"},{\"name\":\"psw0\""));
	CHECK(strstr(text, "\"ips\":[{\"address\":\"198.51.100.9/24\",\"interface\":0},"
		     "{\"address\":\"192.0.2.9/24\",\"interface\":3}]"));
	CHECK(strstr(text, "\"y\":1") && strstr(text, "\"dns\":{\"domain\":\"c\"}"));
	CHECK(strstr(text, "\"cniVersion\":\"1.0.0\"") && !strstr(text, "0.4.0"));
	free(text);
	cJSON_Delete(result);
	cJSON_Delete(prev);
	cni_addressing_fini(&ad);
}

static void test_error(void)
{
	cJSON *object;
	char *text;

	cni_fail(&err, CNI_ERR_CONFIG, "no \"%s\"", "x");
	cni_explain(&err, "because");
	object = cni_result_error(&err, "0.4.0");
	text = cJSON_PrintUnformatted(object);
	CHECK_STR(text, "{\"cniVersion\":\"0.4.0\",\"code\":7,\"msg\":\"no \\\"x\\\"\",\"details\":\"because\"}");
	free(text);
	cJSON_Delete(object);
	cni_fail(&err, CNI_ERR_IO, "y");
	CHECK_STR(err.details, "");
}

static void test_old_form(void)
{
	CHECK_EQ(parse("{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"192.0.2.9/24\",\"gateway\":\"192.0.2.1\","
		       "\"routes\":[{\"dst\":\"0.0.0.0/0\"}]},\"ip6\":{\"ip\":\"2001:db8::9/64\","
		       "\"routes\":[{\"dst\":\"::/0\",\"gw\":\"2001:db8::1\"}]}}"), 0);
	CHECK_EQ(ad.n_ips, 2);
	CHECK(ad.ips[0].has_gateway && !ad.ips[1].has_gateway);
	CHECK_EQ(ad.ips[1].address.address.family, AF_INET6);
	CHECK_EQ(ad.ips[0].interface, -1);
	CHECK_EQ(ad.n_routes, 2);
	CHECK_EQ(ad.routes[1].family, AF_INET6);
	cni_addressing_fini(&ad);
}

static void test_unusable(void)
{
	static const char *const results[] = {
		"{\"ips\":{}}",
		"{\"ips\":[{}]}",
		"{\"ips\":[5]}",
		"{\"ips\":[{\"address\":\"192.0.2.1\"}]}",
		"{\"ips\":[{\"address\":\"192.0.2.1/24\",\"gateway\":\"x\"}]}",
		"{\"ips\":[{\"address\":\"192.0.2.1/24\",\"interface\":-1}]}",
		"{\"ip4\":5}",
		"{\"ip4\":{}}",
		"{\"routes\":[{\"dst\":\"192.0.2.0\"}]}",
		"{\"dns\":5}",
	};
	size_t i;

	for (i = 0; i < sizeof(results) / sizeof(*results); i++) {
		if (!parse(results[i]))
			TEST_FAIL("accepted: %s", results[i]);
		cni_addressing_fini(&ad);
	}
}

static void test_gateways(void)
{
	char text[INET6_ADDRSTRLEN];

	CHECK_EQ(parse("{\"ips\":[{\"address\":\"192.0.2.9/24\"},{\"address\":\"2001:db8::9/64\"}],"
		       "\"routes\":[{\"dst\":\"::/0\"}]}"), 0);
	conf = (struct cni_conf){ 0 };
	cni_addressing_gateways(&ad, &conf);
	CHECK(!ad.ips[0].has_gateway);
	conf.is_gateway = true;
	conf.is_default_gateway = true;
	cni_addressing_gateways(&ad, &conf);
	CHECK_STR(cni_address_print(&ad.ips[0].gateway, text), "192.0.2.1");
	CHECK_STR(cni_address_print(&ad.ips[1].gateway, text), "2001:db8::1");
	CHECK_EQ(ad.n_routes, 2);
	CHECK_EQ(ad.routes[1].family, AF_INET);
	CHECK_EQ(ad.routes[1].gateway[3], 1);
	cni_addressing_fini(&ad);
}

/* Names that are in kernels already must be found by plugins to come. */
static void test_hash(void)
{
	uint8_t mac[6];

	CHECK(cni_hash("net", "p1", "eth0", NULL) == UINT64_C(0xbfbf1aa703c3b145));
	CHECK(cni_hash("ab", "c", NULL) != cni_hash("a", "bc", NULL));
	cni_hash_mac(UINT64_C(0x112233445566ff00), mac);
	CHECK(!memcmp(mac, "\x02\xff\x66\x55\x44\x33", 6));
}

/* The first gives code and message; of the others none is forgotten. */
static void test_join(void)
{
	struct cni_error all = { 0 };
	struct cni_error one;
	int i;

	cni_fail(&one, CNI_ERR_KERNEL, "first");
	cni_join(&all, &one);
	CHECK_EQ(all.code, CNI_ERR_KERNEL);
	CHECK_STR(all.msg, "first");
	CHECK_STR(all.details, "");
	cni_fail(&one, CNI_ERR_CONFIG, "second");
	cni_join(&all, &one);
	cni_fail(&one, CNI_ERR_CONFIG, "third");
	cni_join(&all, &one);
	CHECK_EQ(all.code, CNI_ERR_KERNEL);
	CHECK_STR(all.msg, "first");
	CHECK_STR(all.details, "second; third");
	for (i = 0; i < 200; i++)
		cni_join(&all, &one);
	CHECK_EQ(strlen(all.details), sizeof(all.details) - 1);
}

static void test_kernel_code(void)
{
	CHECK_EQ(cni_kernel_code(-ENOBUFS), CNI_ERR_TRY_AGAIN);
	CHECK_EQ(cni_kernel_code(-ETIMEDOUT), CNI_ERR_TRY_AGAIN);
	CHECK_EQ(cni_kernel_code(-EINTR), CNI_ERR_TRY_AGAIN);
	CHECK_EQ(cni_kernel_code(-EBUSY), CNI_ERR_KERNEL);
}

static const struct test tests[] = {
	{ "errors that are joined", test_join },
	{ "what may go well in a moment is to be tried again", test_kernel_code },
	{ "results of before 0.3.0", test_old_versions },
	{ "a gateway device of its own is told, behind the rest", test_gateway_device },
	{ "a result in each version", test_versions },
	{ "a result without addresses", test_layer_2 },
	{ "whose dns", test_dns },
	{ "behind a chained plugin's", test_chained },
	{ "an error", test_error },
	{ "a result of 0.2.0 is read", test_old_form },
	{ "results that cannot be used", test_unusable },
	{ "gateways and default routes that the switch adds", test_gateways },
	{ "hashes stay as they are", test_hash },
};

TEST_MAIN(tests)
