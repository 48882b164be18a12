// SPDX-License-Identifier: GPL-2.0
/* Rates out of counters: ports that stay, come, go, start anew; their order. */
#include <live/rates.h>
#include <stdlib.h>
#include <units.h>

#include "test.h"

enum { S_NS = 1000000000, SWITCH = 3 };

static struct rates rates;

static struct podswitch_port port(uint32_t ifindex, uint64_t packets)
{
	struct podswitch_port p = {
		.switch_ifindex = SWITCH, .ifindex = ifindex,
		.stats = {
			.rx_packets = packets, .rx_bytes = 100 * packets,
			.tx_packets = 2 * packets, .tx_bytes = 300 * packets,
		},
	};

	snprintf(p.name, sizeof(p.name), "veth%u", ifindex);
	return p;
}

static const struct rates_port *add(const struct podswitch_port *p)
{
	const struct rates_port *added = rates_add_port(&rates, p);

	if (!added)
		abort();
	return added;
}

static void check_rates(const struct rates_port *p, double packets)
{
	CHECK(p->measured);
	CHECK(p->rate[RATES_RX_PACKETS] == packets);
	CHECK(p->rate[RATES_RX_BYTES] == 100 * packets);
	CHECK(p->rate[RATES_TX_PACKETS] == 2 * packets);
	CHECK(p->rate[RATES_TX_BYTES] == 300 * packets);
}

static void test_rates(void)
{
	struct podswitch_port a = port(4, 1000), b = port(5, UINT64_MAX / 300);

	rates_begin(&rates, 5 * (int64_t)S_NS);
	CHECK(!add(&a)->measured);
	CHECK(!add(&b)->measured);
	CHECK(rates.seconds == 0);
	a = port(4, 1500);
	rates_begin(&rates, 5 * (int64_t)S_NS + S_NS / 2);
	check_rates(add(&b), 0);
	check_rates(add(&a), 1000);
	CHECK(rates.seconds == 0.5);
	CHECK(rates.rate[RATES_TX_BYTES] == 300000);
	CHECK_EQ(rates.n_pods, 2);
	rates_forget(&rates);
	rates_begin(&rates, 7 * (int64_t)S_NS);
	CHECK(!add(&a)->measured);
	rates_forget(&rates);
}

static void test_no_time(void)
{
	struct podswitch_port a = port(4, 1);

	rates_begin(&rates, S_NS);
	add(&a);
	rates_begin(&rates, S_NS);
	a = port(4, 2);
	CHECK(!add(&a)->measured);
	CHECK(rates.seconds == 0);
	rates_forget(&rates);
}

/* What becomes of a port from one time to the next, and whether it stays. */
static void change(struct podswitch_port from, struct podswitch_port to,
		   bool stays)
{
	rates_begin(&rates, S_NS);
	add(&from);
	rates_begin(&rates, 2 * (int64_t)S_NS);
	CHECK_EQ(add(&to)->measured, stays);
	CHECK(rates.rate[RATES_RX_PACKETS] >= 0);
	rates_forget(&rates);
}

static void test_identity(void)
{
	struct podswitch_port a = port(4, 10), b;

	b = a;
	change(a, b, true);
	b = port(5, 20);	/* another one */
	change(a, b, false);
	b = port(4, 9);		/* counters went back */
	change(a, b, false);
	b = a;
	b.stats.drops[PODSWITCH_A_DROPS_STORM] = 1;
	change(b, a, false);
	b = a;
	b.name[4] = 'x';
	change(a, b, false);
	b = a;
	b.switch_ifindex++;
	change(a, b, false);
	b = a;
	b.role = PODSWITCH_ROLE_UPLINK;
	change(a, b, false);
	b = a;
	b.owner.container_id = "c1";
	change(a, b, false);
	change(b, a, false);
	change(b, b, true);
	a.owner.container_id = "c2";
	change(a, b, false);
	a = b;
	a.owner.pod_name = "web";
	change(a, b, false);
}

static void test_come_and_go(void)
{
	struct podswitch_port p;
	uint32_t i;

	rates_begin(&rates, S_NS);
	for (i = 1; i <= 200; i++) {
		p = port(i, i);
		add(&p);
	}
	rates_begin(&rates, 2 * (int64_t)S_NS);
	for (i = 300; i > 100; i--) {
		p = port(i, 3 * i);
		CHECK_EQ(add(&p)->measured, i <= 200);
		if (i <= 200)
			check_rates(&rates.now.ports[rates.now.n - 1], 2 * i);
	}
	CHECK_EQ(rates.now.n, 200);
	/* what is gone and back is new */
	rates_begin(&rates, 3 * (int64_t)S_NS);
	p = port(50, 1000);
	CHECK(!add(&p)->measured);
	rates_forget(&rates);
}

static void test_drops(void)
{
	struct podswitch_port a = port(4, 0);
	const struct rates_port *p;

	a.stats.drops[PODSWITCH_A_DROPS_TAGGED] = 1000;
	rates_begin(&rates, S_NS);
	CHECK_EQ(add(&a)->last_drop, 0);
	a.stats.drops[PODSWITCH_A_DROPS_TAGGED] += 2;
	a.stats.drops[PODSWITCH_A_DROPS_STORM] += 4;
	a.stats.drops[PODSWITCH_A_DROPS_SPOOFED_MAC] += 3;
	rates_begin(&rates, 3 * (int64_t)S_NS);
	p = add(&a);
	CHECK_EQ(p->last_drop, PODSWITCH_A_DROPS_STORM);
	CHECK(p->rate[RATES_DROPS] == 4.5);
	rates_begin(&rates, 4 * (int64_t)S_NS);	/* it stays the last one */
	p = add(&a);
	CHECK_EQ(p->last_drop, PODSWITCH_A_DROPS_STORM);
	CHECK(p->rate[RATES_DROPS] == 0);
	a.stats.drops[PODSWITCH_A_DROPS_HOST_REDIRECT]++;
	rates_begin(&rates, 5 * (int64_t)S_NS);
	CHECK_EQ(add(&a)->last_drop, PODSWITCH_A_DROPS_HOST_REDIRECT);
	rates_forget(&rates);
}

static void test_labels(void)
{
	struct podswitch_switch sw = { .ifindex = SWITCH, .name = "psw0" };
	struct podswitch_port p = port(4, 0);
	char name[] = "web";

	rates_begin(&rates, S_NS);
	CHECK_STR(add(&p)->label, "veth4");
	p.owner.container_id = "c1";
	CHECK_STR(add(&p)->label, "c1");
	p.owner.pod_name = name;
	p.owner.pod_namespace = "shop";
	CHECK_STR(add(&p)->label, "shop/web");
	memset(name, 'x', 3);	/* the message is gone by then */
	CHECK_STR(rates.now.ports[2].label, "shop/web");
	CHECK_STR(rates.now.ports[2].owner.pod_name, "web");
	CHECK_STR(rates.now.ports[2].owner.container_id, "c1");
	CHECK(!rates.now.ports[2].owner.network);
	CHECK_STR(rates_add_host(&rates, &sw)->label, "host");
	CHECK_EQ(rates.now.ports[3].kind, RATES_HOST);
	CHECK_EQ(rates.n_pods, 3);
	rates_forget(&rates);
}

/* Names of the devices in an order. */
static const char *order(enum rates_key key, bool reverse)
{
	const struct rates_port *sorted[8];
	static char text[64];
	size_t i;

	rates_sort(&rates, key, reverse, sorted);
	*text = '\0';
	for (i = 0; i < rates.now.n; i++) {
		strcat(text, " ");
		strcat(text, sorted[i]->name + strlen("veth"));
	}
	return text;
}

static void test_sort(void)
{
	static const char *const pods[] = { "b", "c", "a", "a" };
	struct podswitch_port p;
	uint64_t round;
	uint32_t i;

	for (round = 0; round < 2; round++) {
		rates_begin(&rates, (int64_t)(round + 1) * S_NS);
		for (i = 0; i < 4; i++) {
			p = port(10 + i, 0);
			p.owner.pod_name = pods[i];
			p.stats.rx_packets = round * (i == 1 ? 5 : i);
			p.stats.tx_bytes = round * (10 - i);
			p.stats.drops[1] = round * (i == 2);
			add(&p);
		}
	}
	CHECK_STR(order(RATES_BY_PACKETS, false), " 11 13 12 10");
	CHECK_STR(order(RATES_BY_PACKETS, true), " 10 12 13 11");
	CHECK_STR(order(RATES_BY_BYTES, false), " 10 11 12 13");
	CHECK_STR(order(RATES_BY_DROPS, false), " 12 13 10 11");
	CHECK_STR(order(RATES_BY_NAME, false), " 12 13 10 11");
	CHECK_STR(order(RATES_BY_NAME, true), " 11 10 13 12");
	rates_forget(&rates);
	CHECK_STR(order(RATES_BY_NAME, true), "");
}

static void test_intervals(void)
{
	static const char *const wrong[] = {
		"", "x", "-1", "0", "0.01", "86401", "1e3", "0x1", "inf",
		"nan", " 1", "1 ", "1.2.3", ".", "999999999999999999999",
	};
	char text[32];
	int64_t ns;
	size_t i;

	CHECK(!rates_interval(strcpy(text, "1"), &ns) && ns == S_NS);
	CHECK(!rates_interval(strcpy(text, "0.5"), &ns) && ns == S_NS / 2);
	CHECK(!rates_interval(strcpy(text, "86400"), &ns) &&
	      ns == 86400 * (int64_t)S_NS);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!rates_interval(strcpy(text, wrong[i]), &ns))
			TEST_FAIL("\"%s\" is taken for an interval", wrong[i]);
}

static const struct {
	double value;
	const char *text;
} units[] = {
	{ -1, "0" }, { 0, "0" }, { 0.04, "<0.1" }, { 0.06, "0.1" }, { 0.5, "0.5" },
	{ 9.94, "9.9" }, { 9.96, "10" }, { 12.3, "12" }, { 999.4, "999" },
	{ 999.5, "1.00k" }, { 1000, "1.00k" }, { 9994, "9.99k" },
	{ 9996, "10.0k" }, { 99940, "99.9k" }, { 99960, "100k" },
	{ 999499, "999k" }, { 999500, "1.00M" }, { 1.5e9, "1.50G" },
	{ 2e12, "2.00T" }, { 3e15, "3.00P" }, { 18446744073709551615.0, "18.4E" },
	{ 1e30, "999E" },
};

static void test_units(void)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		CHECK_STR(units_short(units[i].value).s, units[i].text);
		CHECK(strlen(units_short(units[i].value).s) <= UNITS_LEN);
	}
	CHECK_STR(units_short(0.0 / 0.0).s, "0");
}

static const struct test tests[] = {
	{ "rates", test_rates },
	{ "no time between", test_no_time },
	{ "who is the same", test_identity },
	{ "ports that come and go", test_come_and_go },
	{ "drops", test_drops },
	{ "labels", test_labels },
	{ "order", test_sort },
	{ "intervals", test_intervals },
	{ "units", test_units },
};

TEST_MAIN(tests)
