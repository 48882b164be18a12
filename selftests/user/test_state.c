// SPDX-License-Identifier: GPL-2.0
/* What psw save writes is what psw restore reads; all else is refused. */
#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "state/state.h"
#include "test.h"

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };

static void fill_port(struct state *state)
{
	static const struct podswitch_vlan_range trunk[] = {
		{ 10, 10 }, { 20, 29 },
	};
	struct podswitch_address addresses[] = {
		{ .family = AF_INET },
		{ .family = AF_INET6, .has_vlan = true, .vlan = 20,
		  .shared = true },
		{ .family = AF_PACKET, .mac = { 2, 0, 0, 0, 0, 8 } },
	};
	struct podswitch_port port = {
		.ifindex = 7,
		.name = "veth1",
		.has_mac = true,
		.mac = { 2, 0, 0, 0, 0, 7 },
		.guard = PODSWITCH_GUARD_MAC_IP,
		.isolated = true,
		.translated = true,
		.dhcp_server = true,
		.pvid = 5,
		.storm_limit = UINT32_MAX,
		.trunk = trunk,
		.n_trunk = 2,
		.owner = { .network = "n", .pod_name = "a\"\\\n\x1b\xc3\xbc" },
		.addresses = addresses,
		.n_addresses = 3,
	};

	inet_pton(AF_INET, "192.0.2.2", &addresses[0].v4);
	inet_pton(AF_INET6, "2001:db8::2", &addresses[1].v6);
	state_add_port(state, &port, "psw0", mac);
}

static void fill(struct state *state)
{
	struct state_link *link = field_list_add(&state->links, sizeof(*link));
	struct state_switch *sw = field_list_add(&state->switches, sizeof(*sw));
	struct state_sysctl *sysctl = field_list_add(&state->sysctls,
						     sizeof(*sysctl));
	struct state_address *address = field_list_add(&state->addresses,
						       sizeof(*address));
	struct state_route *route = field_list_add(&state->routes,
						   sizeof(*route));

	*link = (struct state_link){ .link = {
		.name = "psw0", .kind = "podswitch", .ifindex = 3, .mtu = 1500,
		.mac = { 2 }, .flags = IFF_UP, .alias = "it's",
	} };
	*sysctl = (struct state_sysctl){ "psw0", "ipv6/conf", "accept_ra",
					 "0" };
	*sw = (struct state_switch){ "psw0", 7, 8, { 0 }, { 0 } };
	strcpy(address->dev, "psw0");
	address->address.local.family = AF_INET;
	address->address.prefix_len = 24;
	address->address.valid_s = 77;
	strcpy(route->dev, "psw0");
	route->route = (struct host_route){
		.family = AF_INET6, .type = RTN_UNICAST, .table = 254,
		.metrics = { [RTAX_MTU] = 1400 },
		.gateway = { .family = AF_INET6 },
	};
	fill_port(state);
}

/* The document, to be freed. */
static char *written(const struct state *state)
{
	cJSON *json = state_write(state);
	char *text = cJSON_PrintUnformatted(json);

	cJSON_Delete(json);
	return text;
}

static void test_round(void)
{
	char wrong[FIELD_WRONG_SIZE] = "";
	struct state there = { 0 }, back = { 0 };
	const struct state_port *port;
	char *first, *second;

	fill(&there);
	first = written(&there);
	CHECK(state_read(first, strlen(first), &back, wrong));
	CHECK_STR(wrong, "");
	second = written(&back);
	CHECK_STR(second, first);
	port = back.ports.items;
	CHECK_EQ(back.ports.n, 1);
	CHECK_EQ(port->addresses.n, 3);
	CHECK_EQ(port->storm_limit, UINT32_MAX);
	CHECK(!port->router && port->dhcp_server);
	CHECK_STR(port->owner.pod_name, "a\"\\\n\x1b\xc3\xbc");
	CHECK(!field_equal(&state_port_table, port, there.ports.items));
	free(first);
	free(second);
	state_free(&there);
	state_free(&back);
}

static void test_equal(void)
{
	struct state a = { 0 }, b = { 0 };
	struct state_port *port;

	fill(&a);
	fill(&b);
	port = b.ports.items;
	port->hairpin = true;
	CHECK_STR(field_equal(&state_port_table, a.ports.items, port),
		  "hairpin");
	port->hairpin = false;
	port->router = true;
	CHECK_STR(field_equal(&state_port_table, a.ports.items, port),
		  "router");
	port->router = false;
	port->owner.network = NULL;
	CHECK_STR(field_equal(&state_port_table, a.ports.items, port),
		  "owner");
	port->owner.network = "n";
	port->trunk.n--;
	CHECK_STR(field_equal(&state_port_table, a.ports.items, port),
		  "trunk");
	state_free(&a);
	state_free(&b);
}

/* What is said to the document when a piece of it is another. */
static const char *said_to(const char *piece, const char *other)
{
	static char wrong[FIELD_WRONG_SIZE];
	struct state there = { 0 }, back = { 0 };
	char *text, *changed, *at;

	fill(&there);
	text = written(&there);
	at = strstr(text, piece);
	CHECK(at);
	*at = '\0';
	if (asprintf(&changed, "%s%s%s", text, other, at + strlen(piece)) < 0)
		abort();
	wrong[0] = '\0';
	CHECK(!state_read(changed, strlen(changed), &back, wrong));
	free(text);
	free(changed);
	state_free(&there);
	state_free(&back);
	return wrong;
}

static void test_refusals(void)
{
	static const struct {
		const char *piece, *other, *said;
	} cases[] = {
		{ "{", "", "is not JSON" },
		{ "\"it's\"", "\"\\u0000\"", "is no JSON text: it has a NUL" },
		{ "\"podswitch-save\"", "7", "is not what psw save writes" },
		{ "\"version\":1", "\"version\":1.5",
		  "is of another version than this psw reads, which is 1" },
		{ "\"ifindex\":3", "\"ifindex\":3e10",
		  "links[0].ifindex is out of range" },
		{ "\"ifindex\":3", "\"ifindex\":4294967295",
		  "links[0].ifindex is out of range" },
		{ "\"ifindex\":3", "\"ifindex\":-1",
		  "links[0].ifindex is out of range" },
		{ "\"ifindex\":3", "\"ifindex\":\"3\"",
		  "links[0].ifindex is not a number" },
		{ "\"up\":true", "\"up\":1",
		  "links[0].up is not true or false" },
		{ "\"it's\"", "[]", "links[0].alias is not a string" },
		{ "\"podswitch\"", "\"vlan\"", "links[0].link is missing" },
		{ "\"name\":\"psw0\"", "\"name\":\"0123456789abcdef\"",
		  "links[0].name is not the name of a device" },
		{ "accept_ra", "..", "sysctls[0].key is no setting" },
		{ "ipv6/conf", "core", "sysctls[0].group is none of a device" },
		{ "\"pod\"", "\"x\"",
		  "ports[0].role is not \"pod\" or \"uplink\"" },
		{ "\"first\":20", "\"x\":20",
		  "ports[0].trunk[1].first is missing" },
		{ "\"trunk\":[", "\"trunk\":7,\"x\":[",
		  "ports[0].trunk is not a list" },
		{ "\"ipv4\":", "\"x\":",
		  "ports[0].address[0] has neither ipv4 nor ipv6 nor mac" },
		{ "\"owner\":{", "\"owner\":7,\"x\":{",
		  "ports[0].owner is not an object" },
		{ "\"network\":\"n\"", "\"network\":7",
		  "ports[0].owner.network is not a string" },
		{ "\"inet6\"", "\"ipx\"",
		  "routes[0].family is not \"inet\" or \"inet6\"" },
		{ "\"dst-len\":0", "\"dst-len\":0,\"dst\":\"192.0.2.0\"",
		  "routes[0] has addresses of two families" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK_STR(said_to(cases[i].piece, cases[i].other),
			  cases[i].said);
}

static const struct test tests[] = {
	{ "a round trip", test_round },
	{ "what differs", test_equal },
	{ "refusals", test_refusals },
};

TEST_MAIN(tests)
