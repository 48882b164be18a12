// SPDX-License-Identifier: GPL-2.0
/* Prometheus' text: labels with anything in them, each metric in one piece. */
#include <arpa/inet.h>
#include <exposition.h>
#include <listen.h>
#include <psw.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static const struct {
	const char *value;
	const char *label;
} labels[] = {
	{ NULL, "\"\"" },
	{ "", "\"\"" },
	{ "web-0.a_b", "\"web-0.a_b\"" },
	{ "a\"b\\c\nd", "\"a\\\"b\\\\c\\nd\"" },
	{ "\\n", "\"\\\\n\"" },
	{ "a\"} 1\nb{c=\"", "\"a\\\"} 1\\nb{c=\\\"\"" },
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3",
	  "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3\"" },
	{ "\t\033[31m\r\x7f", "\"\\\\x09\\\\x1b[31m\\\\x0d\\\\x7f\"" },
	{ "\xc2\x9b" "31m", "\"\\\\xc2\\\\x9b31m\"" },		/* C1 */
	{ "\xc2\xa0", "\"\xc2\xa0\"" },
	{ "caf\xe9", "\"caf\\\\xe9\"" },			/* Latin 1 */
	{ "\xe2\x82", "\"\\\\xe2\\\\x82\"" },			/* cut off */
	{ "\xc0\xaf", "\"\\\\xc0\\\\xaf\"" },			/* overlong */
	{ "\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\"" },	/* surrogate */
};

static void test_labels(void)
{
	char *text;
	size_t len;
	FILE *out;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(labels); i++) {
		out = open_memstream(&text, &len);
		if (!out)
			abort();
		exposition_label(out, labels[i].value);
		fclose(out);
		CHECK_STR(text, labels[i].label);
		free(text);
	}
}

static const struct podswitch_switch psw0 = {
	.ifindex = 3, .name = "psw0", .mac = { 2, 0, 0, 0, 0, 1 },
	.mtu = 1500, .ports = 2, .max_ports = 16384, .addresses = 1,
	.max_addresses = 65536,
	.stats = { .rx_packets = UINT64_MAX },
};

static const struct podswitch_address addresses[] = {
	{ .family = AF_INET }, { .family = AF_PACKET }, { .family = AF_INET6 },
};

static const struct podswitch_port web = {
	.switch_ifindex = 3, .ifindex = 4, .name = "veth1",
	.has_mac = true, .mac = { 2, 0, 0, 0, 0, 0xab },
	.guard = PODSWITCH_GUARD_MAC_IP, .isolated = true, .pvid = 7,
	.owner = {
		.network = "net1", .container_id = "c0ffee",
		.ifname = "eth0", .pod_namespace = "shop",
		.pod_name = "web\"\n",
	},
	.addresses = addresses, .n_addresses = ARRAY_SIZE(addresses),
	.stats = {
		.rx_packets = 1, .rx_bytes = 2, .tx_packets = 3, .tx_bytes = 4,
		.queued = 5, .answered = 6, .translated = 7,
		.drops = { [PODSWITCH_A_DROPS_SPOOFED_MAC] = 8 },
	},
};

static const struct podswitch_port nobodys = {
	.switch_ifindex = 3, .ifindex = 5, .name = "veth2",
};

static const struct podswitch_port stranger = {
	.switch_ifindex = 9, .ifindex = 6, .name = "veth3",
};

/* What is written of a switch with two ports, and a port of another one. */
static char *text_of(bool up)
{
	struct exposition x = { .up = up };
	char *text;
	size_t len;
	FILE *out;

	CHECK_EQ(exposition_add_switch(&x, &psw0), 0);
	CHECK_EQ(exposition_add_port(&x, &web), 0);
	CHECK_EQ(exposition_add_port(&x, &nobodys), 0);
	CHECK_EQ(exposition_add_port(&x, &stranger), 0);
	out = open_memstream(&text, &len);
	if (!out)
		abort();
	exposition_write(out, &x);
	fclose(out);
	exposition_free(&x);
	return text;
}

#define WEB "switch=\"psw0\",device=\"veth1\",namespace=\"shop\"," \
	    "pod=\"web\\\"\\n\""
#define NOBODYS "switch=\"psw0\",device=\"veth2\",namespace=\"\",pod=\"\""

static const char *const lines[] = {
	"podswitch_up 1",
	"podswitch_switch_info{switch=\"psw0\",mac=\"02:00:00:00:00:01\","
	"uplink=\"\"} 1",
	"podswitch_switch_mtu_bytes{switch=\"psw0\"} 1500",
	"podswitch_switch_ports{switch=\"psw0\"} 2",
	"podswitch_switch_ports_max{switch=\"psw0\"} 16384",
	"podswitch_switch_addresses{switch=\"psw0\"} 1",
	"podswitch_switch_addresses_max{switch=\"psw0\"} 65536",
	"podswitch_switch_rx_packets_total{switch=\"psw0\"} "
	"18446744073709551615",
	"podswitch_switch_dropped_packets_total{switch=\"psw0\","
	"reason=\"host-redirect\"} 0",
	"podswitch_port_info{" WEB ",network=\"net1\","
	"container_id=\"c0ffee\",interface=\"eth0\","
	"mac=\"02:00:00:00:00:ab\",role=\"pod\",guard=\"mac+ip\","
	"isolated=\"on\",hairpin=\"off\",vlan=\"7\"} 1",
	"podswitch_port_info{" NOBODYS ",network=\"\",container_id=\"\","
	"interface=\"\",mac=\"\",role=\"pod\",guard=\"off\","
	"isolated=\"off\",hairpin=\"off\",vlan=\"0\"} 1",
	"podswitch_port_addresses{" WEB "} 2",
	"podswitch_port_rx_packets_total{" WEB "} 1",
	"podswitch_port_rx_bytes_total{" WEB "} 2",
	"podswitch_port_tx_packets_total{" WEB "} 3",
	"podswitch_port_tx_bytes_total{" WEB "} 4",
	"podswitch_port_queued_packets_total{" WEB "} 5",
	"podswitch_port_answered_packets_total{" WEB "} 6",
	"podswitch_port_translated_packets_total{" WEB "} 7",
	"podswitch_port_translated_packets_total{" NOBODYS "} 0",
	"podswitch_port_dropped_packets_total{" WEB ",reason=\"spoofed-mac\"} 8",
	"podswitch_port_dropped_packets_total{" WEB ",reason=\"storm\"} 0",
};

static void test_series(void)
{
	char *text = text_of(true);
	char wanted[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(wanted, sizeof(wanted), "\n%s\n", lines[i]);
		if (!strstr(text, wanted))
			TEST_FAIL("not there: %s", lines[i]);
	}
	CHECK(!strstr(text, "veth3"));
	free(text);
}

/* Name of the metric that a line is about, of 64 bytes at most. */
static void metric_of(const char *line, char *name)
{
	const char *of = line;

	if (!strncmp(line, "# HELP ", 7) || !strncmp(line, "# TYPE ", 7))
		of += 7;
	snprintf(name, 64, "%.*s", (int)strcspn(of, "{ "), of);
}

static void test_pieces(void)
{
	char *text = text_of(true);
	char *rest = text;
	char metric[64] = "";
	char seen[8192] = "";
	char name[64 + 2];
	char *line;

	while ((line = strsep(&rest, "\n")) && *line) {
		metric_of(line, name);
		if (!strcmp(name, metric)) {
			CHECK(strncmp(line, "# HELP ", 7));
			continue;
		}
		/* Another metric begins: by its help, and for the first time */
		strcpy(metric, name);
		CHECK(!strncmp(line, "# HELP ", 7));
		CHECK(!strncmp(rest, "# TYPE ", 7));
		strcat(name, " ");
		if (strstr(seen, name))
			TEST_FAIL("twice: %s", name);
		strcat(seen, name);
	}
	CHECK(strstr(seen, "podswitch_port_dropped_packets_total "));
	CHECK(line && !rest);
	free(text);
}

static void test_down(void)
{
	char *text = text_of(false);

	CHECK(strstr(text, "\npodswitch_up 0\n"));
	CHECK(strstr(text, "\npodswitch_build_info{version="));
	CHECK(!strstr(text, "psw0"));
	free(text);
}

/* NULL where it is refused. */
static const struct {
	const char *text;
	const char *is;
} places[] = {
	{ "127.0.0.1", "127.0.0.1:10779" },
	{ "127.0.0.1:0", "127.0.0.1:0" },
	{ "0.0.0.0:65535", "0.0.0.0:65535" },
	{ "::1", "[::1]:10779" },
	{ "[::1]", "[::1]:10779" },
	{ "[2001:db8::1]:9100", "[2001:db8::1]:9100" },
	{ ":9100", "[::]:9100" },
	{ "", "[::]:10779" },
	{ "127.0.0.1:", NULL },
	{ "127.0.0.1:65536", NULL },
	{ "127.0.0.1:-1", NULL },
	{ "127.0.0.1:1x", NULL },
	{ "127.0.0.1:000000", NULL },
	{ "[::1]x", NULL },
	{ "[::1]:", NULL },
	{ "[::1", NULL },
	{ "[127.0.0.1:80", NULL },
	{ "localhost", NULL },
	{ "1234567890123456789012345678901234567890123456789:1", NULL },
};

static void test_places(void)
{
	struct sockaddr_storage at;
	const char *why;
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		why = listen_parse(places[i].text, &at);
		if (!places[i].is != !!why)
			TEST_FAIL("\"%s\": %s", places[i].text,
				  why ? why : "not refused");
		if (why)
			continue;
		listen_text(&at, text, sizeof(text));
		CHECK_STR(text, places[i].is);
	}
}

static const struct test tests[] = {
	{ "labels", test_labels },
	{ "series", test_series },
	{ "each metric in one piece", test_pieces },
	{ "nothing but that it is down", test_down },
	{ "where to listen", test_places },
};

TEST_MAIN(tests)
