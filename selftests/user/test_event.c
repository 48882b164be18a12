// SPDX-License-Identifier: GPL-2.0
/* What "psw monitor" and "psw port show" write, as text and as JSON. */
#include <arpa/inet.h>
#include <event.h>
#include <regex.h>
#include <row.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "test.h"

enum { NO_DEVICE = 0x7fffffff };

static const struct podswitch_vlan_range trunk[] = { { 10, 10 }, { 20, 29 } };

/* 192.0.2.2 in the VLAN of untagged frames, one shared, one elsewhere, a MAC. */
static const struct podswitch_address addresses[] = {
	{ .family = AF_INET, .v4 = { 0x020200c0 }, .has_vlan = true, .vlan = 7 },
	{ .family = AF_INET, .v4 = { 0x640200c0 }, .shared = true },
	{ .family = AF_INET6, .v6 = { .s6_addr = { 0x20, 1, 0xd, 0xb8,
						   [15] = 2 } },
	  .has_vlan = true, .vlan = 20, .shared = true },
	{ .family = AF_PACKET, .mac = { 2, 0, 0, 0, 0, 0x99 } },
};

static const struct podswitch_port full = {
	.switch_ifindex = NO_DEVICE, .ifindex = 4, .name = "veth1",
	.has_mac = true, .mac = { 2, 0, 0, 0, 0, 7 },
	.guard = PODSWITCH_GUARD_MAC_IP, .isolated = true, .hairpin = true,
	.role = PODSWITCH_ROLE_UPLINK, .pvid = 7, .storm_limit = 100,
	.router = true, .dhcp_server = true,
	.trunk = trunk, .n_trunk = 2,
	.owner = { .network = "net", .container_id = "c1", .ifname = "eth0",
		   .pod_namespace = "ns", .pod_name = "web" },
	.addresses = addresses, .n_addresses = 4,
};

static const struct podswitch_port plain = {
	.switch_ifindex = NO_DEVICE, .ifindex = 5, .name = "veth2",
};

static char buffer[8192];

static FILE *begin(void)
{
	FILE *out;

	memset(buffer, 0, sizeof(buffer));
	out = fmemopen(buffer, sizeof(buffer), "w");
	if (!out)
		abort();
	return out;
}

static const char *print_port(const struct psw *psw,
			      const struct podswitch_port *port, bool gone)
{
	FILE *out = begin();

	CHECK_EQ(event_print_port(out, psw, port, gone), PSW_DONE);
	fclose(out);
	return buffer;
}

static const char *print_violation(const struct psw *psw,
				   const struct podswitch_violation *v)
{
	FILE *out = begin();

	CHECK_EQ(event_print_violation(out, psw, v), PSW_DONE);
	fclose(out);
	return buffer;
}

static void test_ports(void)
{
	const struct psw psw = { 0 };

	CHECK_STR(print_port(&psw, &full, false),
		  "port veth1 switch if2147483647 role uplink "
		  "mac 02:00:00:00:00:07 guard mac+ip isolated on hairpin on "
		  "router on dhcp-server on pvid 7 trunk 10,20-29 storm-limit 100 address 192.0.2.2 "
		  "address 192.0.2.100 shared "
		  "address 2001:db8::2 vlan 20 shared "
		  "address 02:00:00:00:00:99 "
		  "network net id c1 ifname eth0 pod ns/web\n");
	CHECK_STR(print_port(&psw, &plain, true),
		  "Deleted port veth2 switch if2147483647 guard off\n");
}

static void test_ports_json(void)
{
	struct psw psw = { .json = true };

	CHECK_STR(print_port(&psw, &full, false),
		  "{\"event\":\"port-ntf\",\"ifindex\":4,\"name\":\"veth1\","
		  "\"switch\":\"if2147483647\",\"role\":\"uplink\","
		  "\"mac\":\"02:00:00:00:00:07\",\"guard\":\"mac+ip\","
		  "\"isolated\":true,\"hairpin\":true,\"pvid\":7,"
		  "\"trunk\":[{\"first\":10,\"last\":10},"
		  "{\"first\":20,\"last\":29}],\"storm-limit\":100,\"translated\":false,"
		  "\"router\":true,\"dhcp-server\":true,"
		  "\"owner\":{\"network\":\"net\",\"container-id\":\"c1\","
		  "\"ifname\":\"eth0\",\"pod-namespace\":\"ns\","
		  "\"pod-name\":\"web\"},"
		  "\"address\":["
		  "{\"ipv4\":\"192.0.2.2\",\"vlan\":7,\"shared\":false},"
		  "{\"ipv4\":\"192.0.2.100\",\"vlan\":7,\"shared\":true},"
		  "{\"ipv6\":\"2001:db8::2\",\"vlan\":20,\"shared\":true},"
		  "{\"mac\":\"02:00:00:00:00:99\"}],"
		  "\"addresses\":[\"192.0.2.2\"]}\n");
	CHECK(!strstr(print_port(&psw, &plain, true), "stats"));
	CHECK(strstr(buffer, "{\"event\":\"port-del-ntf\""));
	CHECK(strstr(buffer, "\"role\":\"pod\""));
	CHECK(strstr(buffer, "\"pvid\":0,\"trunk\":[],\"storm-limit\":0"));
	psw.statistics = true;
	CHECK(strstr(print_port(&psw, &plain, true), "\"translated\":0"));
}

static const struct {
	struct podswitch_violation v;
	const char *text;
	const char *json;
} violations[] = {
	{ { .switch_ifindex = NO_DEVICE, .ifindex = 4, .name = "veth1",
	    .owner = { .pod_namespace = "ns", .pod_name = "web",
		       .container_id = "c1" },
	    .drops = { [PODSWITCH_A_DROPS_SPOOFED_IPV4] = 3,
		       [PODSWITCH_A_DROPS_STORM] = 1 },
	    .has_mac = true, .mac = { 2, 0, 0, 0, 0, 7 },
	    .has_vlan = true, .vlan = 10,
	    .source = { .family = AF_INET, .v4 = { 0x420200c0 } } },
	  "violation veth1 switch if2147483647 pod ns/web: "
	  "sent 3 frames from a foreign IPv4 address (spoofed-ipv4), "
	  "1 frame to groups beyond the storm limit (storm); "
	  "the first from mac 02:00:00:00:00:07 vlan 10 ip 192.0.2.66\n",
	  "{\"event\":\"violation-ntf\",\"ifindex\":4,\"name\":\"veth1\","
	  "\"switch\":\"if2147483647\",\"owner\":{\"container-id\":\"c1\","
	  "\"pod-namespace\":\"ns\",\"pod-name\":\"web\"},"
	  "\"drops\":{\"spoofed-ipv4\":3,\"storm\":1},"
	  "\"mac\":\"02:00:00:00:00:07\",\"vlan\":10,"
	  "\"ipv4\":\"192.0.2.66\"}\n" },
	{ { .switch_ifindex = NO_DEVICE, .ifindex = 4, .name = "veth1",
	    .owner = { .container_id = "c1" },
	    .drops = { [PODSWITCH_A_DROPS_SPOOFED_ND] = 2 },
	    .has_mac = true, .mac = { 2, 0, 0, 0, 0, 7 },
	    .source = { .family = AF_INET6,
			.v6 = { .s6_addr = { 0xfe, 0x80, [15] = 1 } } } },
	  "violation veth1 switch if2147483647 id c1: "
	  "sent 2 frames that claim a foreign IPv6 neighbour (spoofed-nd); "
	  "the first from mac 02:00:00:00:00:07 ip fe80::1\n",
	  "{\"event\":\"violation-ntf\",\"ifindex\":4,\"name\":\"veth1\","
	  "\"switch\":\"if2147483647\",\"owner\":{\"container-id\":\"c1\"},"
	  "\"drops\":{\"spoofed-nd\":2},"
	  "\"mac\":\"02:00:00:00:00:07\",\"ipv6\":\"fe80::1\"}\n" },
};

static void test_violations(void)
{
	const struct psw json = { .json = true };
	const struct psw text = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(violations); i++) {
		CHECK_STR(print_violation(&text, &violations[i].v),
			  violations[i].text);
		CHECK_STR(print_violation(&json, &violations[i].v),
			  violations[i].json);
	}
}

/* What a pod's name says is not for the terminal to obey. */
static void test_escapes(void)
{
	const struct psw psw = { 0 };
	struct podswitch_port port = plain;

	port.owner.pod_name = "\033[31m\nport fake";
	CHECK_STR(print_port(&psw, &port, false),
		  "port veth2 switch if2147483647 guard off "
		  "pod ?[31m?port fake\n");
}

static void test_timestamps(void)
{
	struct psw psw = { .timestamp = true };
	regex_t regex;

	setenv("TZ", "UTC-2", 1);
	if (regcomp(&regex, "^\\[20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:"
			    "[0-5][0-9]:[0-6][0-9][.][0-9]{6}[+]0200\\] port "
			    "veth2 ", REG_EXTENDED | REG_NOSUB))
		abort();
	print_port(&psw, &plain, false);
	CHECK(!regexec(&regex, buffer, 0, NULL, 0));
	regfree(&regex);
	psw.json = true;
	print_port(&psw, &plain, false);
	CHECK(strstr(buffer, "{\"timestamp\":\"") == buffer);
	CHECK(strstr(buffer, "+0200\",\"event\":\"port-ntf\","));
}

static void test_full_disk(void)
{
	const struct psw psw = { .json = true };
	FILE *out = fopen("/dev/full", "w");
	char said[256] = "";
	FILE *real = stderr;

	if (!out)
		return;
	stderr = fmemopen(said, sizeof(said), "w");
	CHECK_EQ(event_print_port(out, &psw, &plain, false), PSW_FAILED);
	fclose(stderr);
	stderr = real;
	fclose(out);
}

static const struct test tests[] = {
	{ "ports", test_ports },
	{ "ports: JSON", test_ports_json },
	{ "violations", test_violations },
	{ "escapes", test_escapes },
	{ "timestamps", test_timestamps },
	{ "full disk", test_full_disk },
};

TEST_MAIN(tests)
