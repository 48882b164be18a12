// SPDX-License-Identifier: GPL-2.0
/* What "psw graph" draws, and that Graphviz takes it, whatever names are like. */
#include <arpa/inet.h>
#include <live/dot.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

enum { S_NS = 1000000000, SWITCH = 3 };

static const struct podswitch_vlan_range trunk[] = { { 10, 10 }, { 20, 29 } };

/* 192.0.2.2 in the VLAN of untagged frames, one elsewhere, a MAC. */
static const struct podswitch_address addresses[12] = {
	{ .family = AF_INET, .v4 = { 0x020200c0 }, .has_vlan = true, .vlan = 7 },
	{ .family = AF_INET6, .v6 = { .s6_addr = { 0x20, 1, 0xd, 0xb8,
						   [15] = 2 } },
	  .has_vlan = true, .vlan = 20, .shared = true },
	{ .family = AF_PACKET, .mac = { 2, 0, 0, 0, 0, 0x99 } },
	{ .family = AF_INET }, { .family = AF_INET }, { .family = AF_INET },
	{ .family = AF_INET }, { .family = AF_INET }, { .family = AF_INET },
	{ .family = AF_INET }, { .family = AF_INET }, { .family = AF_INET },
};

static const struct podswitch_switch sw = {
	.ifindex = SWITCH, .name = "psw0", .mac = { 2, 0, 0, 0, 0, 1 },
	.mtu = 1500, .ports = 2, .addresses = 4,
	.stats = { .rx_packets = 1, .tx_packets = 2000, .tx_bytes = 3000000 },
};

static const struct podswitch_port plain = {
	.switch_ifindex = SWITCH, .ifindex = 5, .name = "veth5",
	.owner = { .pod_namespace = "shop", .pod_name = "web" },
};

static struct rates rates;
static char *text;

static FILE *begin(void)
{
	static size_t len;
	FILE *out;

	free(text);
	out = open_memstream(&text, &len);
	if (!out)
		abort();
	return out;
}

/* A port as it is drawn at the first look, or a second after another one. */
static const char *draw(const struct podswitch_port *before,
			const struct podswitch_port *port)
{
	FILE *out = begin();

	rates_forget(&rates);
	if (before) {
		rates_begin(&rates, S_NS);
		rates_add_port(&rates, before);
	}
	rates_begin(&rates, 2 * (int64_t)S_NS);
	dot_port(out, port, rates_add_port(&rates, port));
	fclose(out);
	return text;
}

static void test_totals(void)
{
	struct podswitch_port port = plain;
	FILE *out = begin();

	rates_begin(&rates, S_NS);
	dot_switch(out, &sw, rates_add_host(&rates, &sw));
	fclose(out);
	CHECK_STR(text,
"\tswitch3 [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\">"
"<TR><TD><B>psw0</B></TD></TR><TR><TD>02:00:00:00:00:01<BR/>MTU 1500<BR/>"
"2 ports, 4 addresses</TD></TR></TABLE>>];\n"
"\thost -- switch3 [label=\"sent 1.0 packets, 0 bytes\\l"
"received 2.00k packets, 3.00M bytes\\l\"];\n");

	port.stats.drops[PODSWITCH_A_DROPS_STORM] = 7;
	port.stats.drops[PODSWITCH_A_DROPS_SPOOFED_MAC] = 123456;
	CHECK_STR(draw(NULL, &port),
"\tport5 [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\">"
"<TR><TD><B>shop/web</B></TD></TR><TR><TD>veth5</TD></TR>"
"<TR><TD>guard off</TD></TR><TR><TD><FONT COLOR=\"red\">dropped"
"<BR/>spoofed-mac 123456<BR/>storm 7</FONT></TD></TR></TABLE>>];\n"
"\tswitch3 -- port5 [label=\"sent 0 packets, 0 bytes\\l"
"received 0 packets, 0 bytes\\l\"];\n");
}

static void test_rates(void)
{
	struct podswitch_port now = plain;

	now.stats.drops[PODSWITCH_A_DROPS_STORM] = 7;
	draw(&now, &now);
	CHECK(!strstr(text, "red"));
	CHECK(strstr(text, "\"sent 0 packets/s, 0 bit/s\\l"));
	now.stats.rx_packets = 1500;
	now.stats.rx_bytes = 1000000;
	draw(&plain, &now);
	CHECK(strstr(text, "red\">7.0 dropped/s: storm</FONT>"));
	CHECK(strstr(text, "\"sent 1.50k packets/s, 8.00M bit/s\\l"));
}

static void test_all(void)
{
	struct podswitch_port port = plain;

	port.guard = PODSWITCH_GUARD_MAC_IP;
	port.isolated = true;
	port.hairpin = true;
	port.router = true;
	port.dhcp_server = true;
	port.has_mac = true;
	port.pvid = 7;
	port.trunk = trunk;
	port.n_trunk = 2;
	port.addresses = addresses;
	port.n_addresses = 12;
	draw(NULL, &port);
	CHECK(strstr(text, "<TD>veth5<BR/>00:00:00:00:00:00<BR/>192.0.2.2<BR/>"
			   "2001:db8::2 VLAN 20 shared<BR/>"
			   "02:00:00:00:00:99 extra<BR/>0.0.0.0<BR/>"));
	CHECK(strstr(text, "<BR/>and 4 more</TD>"));
	CHECK(strstr(text, "guard mac+ip, isolated, hairpin, router, dhcp-server<"));
	CHECK(strstr(text, "\"VLAN 7\\ltagged VLANs 10,20-29\\lsent "));
	port.role = PODSWITCH_ROLE_UPLINK;
	draw(NULL, &port);
	CHECK(strstr(text, "<B>uplink</B>"));
	CHECK(strstr(text, "\tport5 -- switch3 ["));
	CHECK(!strstr(text, "guard"));
}

/* Names as they may be, and as they are escaped and shown in the picture. */
static const struct {
	const char *name;
	const char *escaped;
	const char *shown;
} names[] = {
	{ "web", "web", "web" },
	{ "a\"b", "a&quot;b", "a&quot;b" },
	{ "a\\N\\G\\l", "a\\\\N\\\\G\\\\l", "a\\N\\G\\l" },
	{ "a\\", "a\\\\", "a\\" },
	{ "</B><I>&amp;", "&lt;/B&gt;&lt;I&gt;&amp;amp;",
	  "&lt;/B&gt;&lt;I&gt;&amp;amp;" },
	{ ">];}", "&gt;];}", "&gt;];}" },
	{ "<!--", "&lt;!--", "&lt;!" },
	{ "{|}", "{|}", "{|}" },
	{ "a\tb\n\033[2J\x7f", "a?b??[2J?", "a?b??[2J?" },
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3",
	  "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3" },
	{ "caf\xe9", "caf?", "caf?" },
	{ "\xc2\x9b", "??", "??" },
	{ "\xef\xbf\xbf\xef\xbf\xbe", "??????", "??????" },
	{ "\xef\xbf\xbd", "\xef\xbf\xbd", "\xef\xbf\xbd" },
};

static void test_names(void)
{
	struct podswitch_port port = plain;
	char expected[128];
	size_t i;

	port.owner.pod_namespace = NULL;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		port.owner.pod_name = names[i].name;
		snprintf(expected, sizeof(expected), "<B>%s</B>",
			 names[i].escaped);
		if (!strstr(draw(NULL, &port), expected))
			TEST_FAIL("%s: drawn as %s", names[i].escaped, text);
	}
}

/* Runs what is in @path through dot; what it says goes to the picture too. */
static char *picture(const char *path)
{
	char command[256];
	char *svg;
	size_t len;
	FILE *in;
	FILE *to;
	int c;

	snprintf(command, sizeof(command), "dot -Tsvg %s 2>&1", path);
	in = popen(command, "r");
	to = open_memstream(&svg, &len);
	if (!in || !to)
		abort();
	while ((c = fgetc(in)) != EOF)
		fputc(c, to);
	fclose(to);
	CHECK_EQ(pclose(in), 0);
	CHECK(!strncmp(svg, "<?xml", 5));
	if (test_failed)
		printf("# %.200s\n", svg);
	return svg;
}

static void test_graphviz(void)
{
	char path[] = "/tmp/test_dot.XXXXXX";
	struct podswitch_port port = plain;
	FILE *out = fdopen(mkstemp(path), "w");
	char *svg;
	size_t i;

	if (!out)
		abort();
	rates_forget(&rates);
	rates_begin(&rates, S_NS);
	dot_begin(out);
	dot_switch(out, &sw, rates_add_host(&rates, &sw));
	for (i = 0; i < 1000; i++) {
		port.ifindex = (uint32_t)i + 10;
		port.owner.pod_name =
			names[i % (sizeof(names) / sizeof(names[0]))].name;
		dot_port(out, &port, rates_add_port(&rates, &port));
	}
	dot_end(out);
	fclose(out);
	svg = picture(path);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strstr(svg, names[i].shown))
			TEST_FAIL("not in the picture: %s", names[i].shown);
	CHECK(!strstr(svg, "port10\\"));
	free(svg);
	unlink(path);
}

static void test_empty(void)
{
	FILE *out = begin();

	dot_begin(out);
	dot_end(out);
	fclose(out);
	CHECK(!strncmp(text, "graph podswitch {\n", 18));
	CHECK(strstr(text, "\n}\n"));
	rates_forget(&rates);
	free(text);
}

static const struct test tests[] = {
	{ "totals", test_totals },
	{ "rates", test_rates },
	{ "all there is", test_all },
	{ "names", test_names },
	{ "a thousand ports for Graphviz", test_graphviz },
	{ "nothing", test_empty },
};

int main(void)
{
	if (!system("dot -V > /dev/null 2>&1"))
		return test_main(tests, sizeof(tests) / sizeof(tests[0]));
	printf("1..0 # SKIP needs dot of graphviz\n");
	return 4;
}
