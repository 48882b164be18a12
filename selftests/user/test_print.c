// SPDX-License-Identifier: GPL-2.0
/* Output: columns of text, JSON, escaping, numbers beyond a double. */
#include <arpa/inet.h>
#include <psw.h>
#include <row.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

static void text_first(FILE *out, const cJSON *row)
{
	fputs("<", out);
	print_member(out, row, "name");
	fputs(">", out);
}

static const struct print_column columns[] = {
	{ "NAME", "name", NULL },
	{ "NOTHING", "nothing", NULL },
	{ "N", "n", NULL },
	{ "FIRST", NULL, text_first },
	{ "ADDRESSES", "addresses", NULL },
};

static struct podswitch_address ip(const char *text)
{
	struct podswitch_address address = { .family = AF_INET };

	inet_pton(AF_INET, text, &address.v4);
	return address;
}

static cJSON *two_rows(void)
{
	const struct podswitch_address a = ip("192.0.2.1");
	const struct podswitch_address b = ip("192.0.2.2");
	cJSON *list = print_list();
	cJSON *addresses;
	cJSON *row;

	row = print_add_row(list);
	print_add_string(row, "name", "a");
	print_add_uint(row, "n", UINT64_MAX);
	print_add_bool(row, "on", true);
	addresses = print_add_array(row, "addresses");
	print_add_address(addresses, NULL, &a);
	print_add_address(addresses, NULL, &b);
	row = print_add_row(list);
	print_add_string(row, "name", "longer");
	print_add_string(row, "absent", NULL);
	return list;
}

/* Prints rows as a view wants and returns what came out. */
static const char *print(cJSON *list, const struct print_view *view,
			 int status)
{
	static char buffer[4096];
	FILE *out;

	memset(buffer, 0, sizeof(buffer));
	out = fmemopen(buffer, sizeof(buffer), "w");
	if (!out)
		abort();
	CHECK_EQ(print_rows(out, list, view, status), status);
	fclose(out);
	return buffer;
}

static void test_columns(void)
{
	const struct print_view view = {
		.columns = columns, .n_columns = ARRAY_SIZE(columns),
	};

	CHECK_STR(print(two_rows(), &view, PSW_DONE),
		  "NAME    N                     FIRST     ADDRESSES\n"
		  "a       18446744073709551615  <a>       192.0.2.1,192.0.2.2\n"
		  "longer  -                     <longer>  -\n");
	CHECK_STR(print(print_list(), &view, PSW_DONE), "");
	CHECK_STR(print(two_rows(), &view, PSW_FAILED), "");
}

static void test_json(void)
{
	struct print_view view = { .json = true };

	CHECK_STR(print(two_rows(), &view, PSW_DONE),
		  "[{\"name\":\"a\",\"n\":18446744073709551615,\"on\":true,"
		  "\"addresses\":[\"192.0.2.1\",\"192.0.2.2\"]},"
		  "{\"name\":\"longer\"}]\n");
	CHECK_STR(print(print_list(), &view, PSW_DONE), "[]\n");
	CHECK_STR(print(print_list(), &view, PSW_FAILED), "");
	view.pretty = true;
	CHECK(strchr(print(two_rows(), &view, PSW_DONE), '\t'));
}

/* Neither headings have colours nor padding, nor what only looks like a MAC. */
static void test_colors(void)
{
	static const struct print_column colored[] = {
		{ "PORT", "name", NULL },
		{ "POD", "pod", NULL },
		{ "ADDRESSES", "addresses", NULL },
		{ "STATE", "state", NULL },
	};
	const struct print_view view = {
		.columns = colored, .n_columns = ARRAY_SIZE(colored),
	};
	struct print_view json = { .json = true };
	cJSON *list, *row;

	print_set_color(true);
	list = print_list();
	row = print_add_row(list);
	print_add_string(row, "name", "veth1");
	print_add_string(row, "pod", "192.0.2.9");
	print_add_string(row, "addresses", "192.0.2.1 shared,2001:db8::1,"
			 "02:00:00:00:00:01 extra,2/3");
	print_add_string(row, "state", "up");
	row = print_add_row(list);
	print_add_string(row, "name", "v");
	print_add_string(row, "state", "down");
	CHECK_STR(print(list, &view, PSW_DONE),
		  "PORT   POD        ADDRESSES"
		  "                                                 STATE\n"
		  "\033[36mveth1\033[0m  192.0.2.9  "
		  "\033[35m192.0.2.1\033[0m shared,"
		  "\033[34m2001:db8::1\033[0m,"
		  "\033[33m02:00:00:00:00:01\033[0m extra,2/3  "
		  "\033[32mup\033[0m\n"
		  "\033[36mv\033[0m      -          -"
		  "                                                         "
		  "\033[31mdown\033[0m\n");
	list = print_list();
	print_add_string(print_add_row(list), "name", "veth1");
	CHECK_STR(print(list, &json, PSW_DONE), "[{\"name\":\"veth1\"}]\n");
	print_set_color(false);
}

static const struct {
	const char *value;
	const char *json;
	const char *text;
} escapes[] = {
	{ "a\"b\\c", "a\\\"b\\\\c", "a\"b\\c" },
	{ "\033[31m\n", "\\u001b[31m\\n", "?[31m?" },
	{ "\x7f", "\x7f", "?" },
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3",
	  "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3",
	  "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3" },
	{ "\xc2\x9b" "31m", "\xc2\x9b" "31m", "?31m" },	/* C1 */
	{ "caf\xe9", "caf?", "caf?" },			/* Latin 1 */
	{ "\xc3", "?", "?" },				/* cut off */
	{ "\xe2\x82", "??", "??" },
	{ "\xc0\xaf", "??", "??" },			/* overlong */
	{ "\xe0\x80\xaf", "???", "???" },
	{ "\xed\xa0\x80", "???", "???" },		/* surrogate */
	{ "\xf4\x90\x80\x80", "????", "????" },		/* too high */
};

static void test_escapes(void)
{
	static const struct print_column column = { "X", "x", NULL };
	const struct print_view text = { .columns = &column, .n_columns = 1 };
	const struct print_view json = { .json = true };
	char expected[128];
	cJSON *list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(escapes); i++) {
		snprintf(expected, sizeof(expected), "[{\"x\":\"%s\"}]\n",
			 escapes[i].json);
		list = print_list();
		print_add_string(print_add_row(list), "x", escapes[i].value);
		CHECK_STR(print(list, &json, PSW_DONE), expected);

		snprintf(expected, sizeof(expected), "X\n%s\n",
			 escapes[i].text);
		list = print_list();
		print_add_string(print_add_row(list), "x", escapes[i].value);
		CHECK_STR(print(list, &text, PSW_DONE), expected);
	}
}

static void test_stats(void)
{
	static const struct print_column column = { "NAME", "name", NULL };
	const struct print_view view = {
		.columns = &column, .n_columns = 1, .details = print_stats,
	};
	struct podswitch_stats stats = {
		.rx_packets = 1, .rx_bytes = 2, .tx_packets = 3,
		.tx_bytes = 4, .queued = 5, .answered = 6, .translated = 9,
	};
	cJSON *list = print_list();
	cJSON *row;

	row = print_add_row(list);
	print_add_string(row, "name", "quiet");
	print_add_stats(row, &stats);
	stats.drops[PODSWITCH_A_DROPS_SPOOFED_MAC] = 7;
	stats.drops[PODSWITCH_A_DROPS_NO_MEMORY] = 8;
	stats.drops[PODSWITCH_A_DROPS_STORM] = 10;
	row = print_add_row(list);
	print_add_string(row, "name", "noisy");
	print_add_stats(row, &stats);
	CHECK_STR(print(list, &view, PSW_DONE),
		  "NAME\n"
		  "quiet\n"
		  "    rx 1 frames 2 bytes, tx 3 frames 4 bytes, queued 5, "
		  "answered 6, translated 9\n"
		  "noisy\n"
		  "    rx 1 frames 2 bytes, tx 3 frames 4 bytes, queued 5, "
		  "answered 6, translated 9\n"
		  "    dropped: spoofed-mac 7, no-memory 8, storm 10\n");
}

static const struct {
	struct podswitch_owner owner;
	const char *pod;
} owners[] = {
	{ { .pod_namespace = "ns", .pod_name = "web" }, "ns/web" },
	{ { .pod_name = "web", .container_id = "c" }, "web" },
	{ { .container_id = "default-web" }, "default-web" },
	{ { .container_id = "0123456789abcdef0123456789abcdef"
			    "0123456789abcdef0123456789abcdef" },
	  "0123456789ab" },
	{ { .container_id = "c" }, "c" },
	{ { .network = "n" }, "" },
};

static void test_pods(void)
{
	cJSON *list = print_list();
	cJSON *row;
	char *text;
	size_t len;
	FILE *out;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(owners); i++) {
		row = print_add_row(list);
		row_add_owner(row, &owners[i].owner);
		out = open_memstream(&text, &len);
		if (!out)
			abort();
		row_text_pod(out, row);
		fclose(out);
		CHECK_STR(text, owners[i].pod);
		free(text);
	}
	cJSON_Delete(list);
}

static void test_mac_as_address(void)
{
	static const struct print_column column = { "A", "a", NULL };
	const struct print_view view = { .columns = &column, .n_columns = 1 };
	const struct podswitch_address address = {
		.family = AF_PACKET, .mac = { 2, 0, 0, 0, 0, 0xab },
	};
	cJSON *list = print_list();

	print_add_address(print_add_row(list), "a", &address);
	CHECK_STR(print(list, &view, PSW_DONE), "A\n02:00:00:00:00:ab\n");
}

static void test_full_disk(void)
{
	const struct print_view view = { .json = true };
	FILE *out = fopen("/dev/full", "w");
	int err = dup(STDERR_FILENO);

	if (!out || !freopen("/dev/null", "w", stderr))
		return;
	CHECK_EQ(print_rows(out, two_rows(), &view, PSW_DONE), PSW_FAILED);
	fflush(stderr);
	dup2(err, STDERR_FILENO);
	close(err);
	fclose(out);
}

static const struct test tests[] = {
	{ "columns", test_columns },
	{ "colors", test_colors },
	{ "JSON", test_json },
	{ "escapes", test_escapes },
	{ "counters", test_stats },
	{ "pods", test_pods },
	{ "a MAC as an address", test_mac_as_address },
	{ "full disk", test_full_disk },
};

TEST_MAIN(tests)
