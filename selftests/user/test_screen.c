// SPDX-License-Identifier: GPL-2.0
/* What "psw top" draws: a terminal's lines to the letter, at every size. */
#include <psw.h>
#include <live/screen.h>
#include <stdlib.h>
#include <live/tty.h>

#include "test.h"

enum { S_NS = 1000000000, SWITCH = 3, LINES_MAX = 64 };

static struct rates rates;
static const struct rates_port *sorted[2048];
static char *text;

static struct screen_view view(unsigned int columns, unsigned int lines)
{
	return (struct screen_view){
		.columns = columns, .lines = lines, .help = true,
		.time = "12:34:56", .switches = "psw0", .interval = 1,
	};
}

static const char *draw(const struct screen_view *v)
{
	size_t len;
	FILE *out;

	free(text);
	out = open_memstream(&text, &len);
	if (!out)
		abort();
	rates_sort(&rates, v->key, v->reverse, sorted);
	screen_write(out, &rates, sorted, v);
	fclose(out);
	return text;
}

/* Ports whose rates are multiples of their number. */
static void add_port(uint32_t n, uint64_t seconds, const char *pod)
{
	struct podswitch_port port = {
		.switch_ifindex = SWITCH, .ifindex = n,
		.owner = { .pod_namespace = "shop", .pod_name = pod },
		.stats = {
			.rx_packets = 10 * n * seconds,
			.rx_bytes = 12500 * n * seconds,
			.tx_packets = 3 * n * seconds,
			.tx_bytes = 250 * n * seconds,
		},
	};

	snprintf(port.name, sizeof(port.name), "veth%u", n);
	if (n == 2)
		port.stats.drops[PODSWITCH_A_DROPS_UNKNOWN_DESTINATION] =
			1234 * seconds;
	if (!rates_add_port(&rates, &port))
		abort();
}

static void few(void)
{
	struct podswitch_switch sw = { .ifindex = SWITCH, .name = "psw0" };
	uint64_t seconds;

	rates_forget(&rates);
	for (seconds = 0; seconds < 2; seconds++) {
		rates_begin(&rates, (int64_t)(seconds + 1) * S_NS);
		rates_add_host(&rates, &sw);
		add_port(1, seconds, "web-7d9f8b6c5d-x2x9k");
		add_port(2, seconds, "db");
		if (seconds)
			add_port(7, 5, "new");
	}
}

static void test_terminal(void)
{
	struct screen_view v = view(80, 10);

	few();
	CHECK_STR(draw(&v),
"\033[H"
"psw top  12:34:56  every 1 s  3 ports on psw0\033[K\r\n"
"rx 30 packets/s 300k bit/s, tx 9.0 packets/s 6.00k bit/s, 1.23k dropped/s\033[K\r\n"
"sorted by packets\033[K\r\n"
"\033[7mPOD                DEVICE RX-PPS TX-PPS RX-BPS TX-BPS DROP/S LAST-DROP          \033[m\r\n"
"\033[1mshop/db            veth2      20    6.0   200k  4.00k  1.23k unknown-destination\033[m\r\n"
"shop/web~c5d-x2x9k veth1      10    3.0   100k  2.00k      0\033[K\r\n"
"host               psw0        0      0      0      0      0\033[K\r\n"
"shop/new           veth7       -      -      -      -      -\033[K\r\n"
"\033[K\r\n"
"q quit  p packets b bytes d drops n name r reverse  u units  space pause  h help");
}

static void test_lines(void)
{
	struct screen_view v = view(0, 0);

	few();
	v.bytes = true;
	v.key = RATES_BY_NAME;
	CHECK_STR(draw(&v),
"psw top  12:34:56  every 1 s  3 ports on psw0\n"
"rx 30 packets/s 37.5k B/s, tx 9.0 packets/s 750 B/s, 1.23k dropped/s\n"
"POD                       DEVICE RX-PPS TX-PPS RX-B/S TX-B/S DROP/S LAST-DROP\n"
"host                      psw0        0      0      0      0      0\n"
"shop/db                   veth2      20    6.0  25.0k    500  1.23k unknown-destination: to a MAC that no port holds\n"
"shop/new                  veth7       -      -      -      -      -\n"
"shop/web-7d9f8b6c5d-x2x9k veth1      10    3.0  12.5k    250      0\n"
"\n");
}

/* The columns that a terminal so wide has. */
static const char *titles(unsigned int columns, enum rates_key key)
{
	struct screen_view v = view(columns, 10);
	static char title[256];
	const char *s;

	v.key = key;
	s = strstr(draw(&v), "\033[7m");
	if (!s)
		abort();
	s += strlen("\033[7m");
	snprintf(title, sizeof(title), "%.*s", (int)(strchr(s, '\033') - s), s);
	return title;
}

static void test_narrow(void)
{
	few();
	CHECK(strstr(titles(200, RATES_BY_NAME), "LAST-DROP"));
	CHECK(strstr(titles(72, RATES_BY_NAME), "LAST-DROP"));
	CHECK(!strstr(titles(72, RATES_BY_NAME), "DEVICE"));
	CHECK_STR(titles(57, RATES_BY_NAME),
		  "POD                    RX-PPS TX-PPS RX-BPS TX-BPS DROP/S");
	CHECK_STR(titles(40, RATES_BY_NAME),
		  "POD                 RX-PPS TX-PPS DROP/S");
	CHECK_STR(titles(36, RATES_BY_NAME),
		  "POD                    RX-PPS TX-PPS");
	CHECK_STR(titles(36, RATES_BY_BYTES),
		  "POD                    RX-BPS TX-BPS");
	CHECK_STR(titles(36, RATES_BY_DROPS),
		  "POD                       DROP/S    ");
	CHECK_STR(titles(20, RATES_BY_NAME), "POD                 ");
	CHECK_STR(titles(2, RATES_BY_NAME), "PO");
}

static void test_states(void)
{
	struct screen_view v = view(80, 24);

	few();
	v.paused = true;
	v.reverse = true;
	CHECK(strstr(draw(&v), "sorted by packets, reversed  paused\033[K"));
	v.trouble = "it is \033[2Jgone";
	CHECK(strstr(draw(&v), "\033[1mit is ?[2Jgone\033[m\033[K"));
	v = view(80, 7);
	CHECK(!strstr(draw(&v), "q quit"));
	v = view(80, 8);
	CHECK(strstr(draw(&v), "q quit"));
	CHECK(strstr(draw(&v), "rows 1-3 of 4\033[K"));
	v.first = 1;
	CHECK(strstr(draw(&v), "rows 2-4 of 4\033[K"));
	CHECK(!strstr(draw(&v), "shop/db"));
	v.help = false;
	v.first = 0;
	CHECK(!strstr(draw(&v), "q quit"));
	CHECK_EQ(screen_rows(&v), 4);
	rates_forget(&rates);
	v.switches = "";
	CHECK(strstr(draw(&v), "0 ports on no switch\033[K"));
}

/*
 * Takes a frame as a terminal does that does not wrap: each line fits, and
 * nothing of what was there before is left; nothing but lines is drawn.
 */
static void check_frame(const struct screen_view *v)
{
	const char *s = draw(v);
	unsigned int column = 0;
	unsigned int line = 1;
	bool cleared = false;

	CHECK(!strncmp(s, "\033[H", 3));
	for (s += 3; *s && !test_failed; s++) {
		if (!strncmp(s, "\033[K", 3)) {
			CHECK(column < v->columns);
			cleared = true;
			s += 2;
		} else if (!strncmp(s, "\033[m", 3)) {
			s += 2;
		} else if (!strncmp(s, "\033[1m", 4) ||
			   !strncmp(s, "\033[7m", 4)) {
			s += 3;
		} else if (!strncmp(s, "\r\n", 2)) {
			CHECK(cleared || column == v->columns);
			cleared = false;
			column = 0;
			line++;
			s++;
		} else {
			CHECK(*s >= 0x20 && *s < 0x7f);
			CHECK(++column <= v->columns);
		}
	}
	CHECK(cleared || column == v->columns);
	CHECK_EQ(line, v->lines);
	if (test_failed)
		printf("# at %ux%u\n", v->columns, v->lines);
}

static void test_every_size(void)
{
	static const char *const pods[] = {
		"a\033[2J\r\nb", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3", "\x9b",
		"a-very-long-name-of-a-pod-that-goes-on-and-on-and-on-and-on-"
		"until-it-is-longer-than-any-terminal-that-is-in-use-at-all-"
		"and-then-some-more-of-it-for-good-measure-and-to-be-sure",
	};
	struct screen_view v;
	uint64_t seconds;
	uint32_t i;

	rates_forget(&rates);
	for (seconds = 0; seconds < 2; seconds++) {
		rates_begin(&rates, (int64_t)(seconds + 1) * S_NS);
		for (i = 0; i < 40; i++)
			add_port(i + 1, seconds * 1000000007, pods[i % 4]);
	}
	for (i = 0; i < 220 * LINES_MAX && !test_failed; i += 7) {
		v = view(1 + i % 220, 1 + i / 220);
		v.key = i % 4;
		v.bytes = i & 1;
		v.first = i % 40;
		check_frame(&v);
	}
}

static void test_crowd(void)
{
	struct screen_view v = view(80, 24);
	uint64_t seconds;
	uint32_t i;

	rates_forget(&rates);
	for (seconds = 0; seconds < 2; seconds++) {
		rates_begin(&rates, (int64_t)(seconds + 1) * S_NS);
		for (i = 1; i <= 1000; i++)
			add_port(i, seconds, "web");
	}
	check_frame(&v);
	CHECK(strstr(text, "rows 1-19 of 1000"));
	v.first = 981;
	check_frame(&v);
	CHECK(strstr(text, "rows 982-1000 of 1000"));
	CHECK(strlen(text) < 4096);	/* one page: one write */
	rates_forget(&rates);
}

/* The keys in a string, each as a number. */
static const char *keys(const char *typed)
{
	const char *end = typed + strlen(typed);
	static char numbers[128];
	char *to = numbers;

	*to = '\0';
	while (typed < end)
		to += sprintf(to, " %x", (unsigned int)tty_key(&typed, end));
	return numbers;
}

static void test_keys(void)
{
	CHECK_STR(keys("q?"), " 71 3f");
	CHECK_STR(keys("\033[A\033OAk"), " 100 100 6b");
	CHECK_STR(keys("\033[B\033[5~\033[6~"), " 101 102 103");
	CHECK_STR(keys("\033[H\033[1~\033OF\033[4~q"), " 104 104 105 105 71");
	CHECK_STR(keys("\033[15~\033[1;5Aq"), " 0 0 71");
	CHECK_STR(keys("\033"), " 0");
	CHECK_STR(keys("\033["), " 0");
	CHECK_STR(keys("\033[5"), " 0");
	CHECK_STR(keys("\033q"), " 0 71");
	CHECK_STR(keys("\xc3\xa9"), " c3 a9");
}

static const struct test tests[] = {
	{ "a terminal", test_terminal },
	{ "plain lines", test_lines },
	{ "narrow terminals", test_narrow },
	{ "states", test_states },
	{ "every size", test_every_size },
	{ "a crowd", test_crowd },
	{ "keys", test_keys },
};

TEST_MAIN(tests)
