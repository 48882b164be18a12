// SPDX-License-Identifier: GPL-2.0
#include "print.h"

#include <arpa/inet.h>
#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "psw.h"
#include "utf8.h"

#define MAC_LEN	sizeof("00:00:00:00:00:00")

/* As ip has them, by the terminal's numbers. */
enum print_color {
	PRINT_PLAIN = 0,
	PRINT_DOWN = 31,	/* red */
	PRINT_UP = 32,		/* green */
	PRINT_MAC = 33,		/* yellow */
	PRINT_INET6 = 34,	/* blue */
	PRINT_INET = 35,	/* magenta */
	PRINT_DEVICE = 36,	/* cyan */
};

static bool print_has_color;

void print_set_color(bool on)
{
	print_has_color = on;
}

static void *print_need(void *memory)
{
	if (!memory) {
		fputs("psw: Out of memory\n", stderr);
		exit(PSW_FAILED);
	}
	return memory;
}

/* Keys are literals, which need no copy. */
static cJSON *print_add(cJSON *to, const char *key, cJSON *item)
{
	print_need(item);
	if (key)
		cJSON_AddItemToObjectCS(to, key, item);
	else
		cJSON_AddItemToArray(to, item);
	return item;
}

cJSON *print_list(void)
{
	return print_need(cJSON_CreateArray());
}

cJSON *print_lone_row(void)
{
	return print_need(cJSON_CreateObject());
}

cJSON *print_add_row(cJSON *list)
{
	return print_add(list, NULL, cJSON_CreateObject());
}

cJSON *print_add_object(cJSON *to, const char *key)
{
	return print_add(to, key, cJSON_CreateObject());
}

cJSON *print_add_array(cJSON *to, const char *key)
{
	return print_add(to, key, cJSON_CreateArray());
}

bool print_is_utf8(const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len;

	for (; *s; s += len) {
		len = utf8_len(s);
		if (!len)
			return false;
	}
	return true;
}

void print_add_string(cJSON *to, const char *key, const char *value)
{
	unsigned char *s;
	char *clean;
	size_t len;

	if (!value)
		return;
	clean = print_need(strdup(value));
	for (s = (unsigned char *)clean; *s; s += len) {
		len = utf8_len(s);
		if (len)
			continue;
		*s = '?';
		len = 1;
	}
	print_add(to, key, cJSON_CreateString(clean));
	free(clean);
}

/* A JSON number of cJSON's own has the 53 bits of a double. */
void print_add_uint(cJSON *to, const char *key, uint64_t value)
{
	char digits[sizeof("18446744073709551615")];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	print_add(to, key, cJSON_CreateRaw(digits));
}

/* With three decimals, as a double has figures enough for. */
void print_add_decimal(cJSON *to, const char *key, double value)
{
	char text[DBL_MAX_10_EXP + 8];

	snprintf(text, sizeof(text), "%.3f", value);
	print_add(to, key, cJSON_CreateRaw(text));
}

void print_add_bool(cJSON *to, const char *key, bool value)
{
	print_add(to, key, cJSON_CreateBool(value));
}

void print_add_mac(cJSON *to, const char *key, const uint8_t *mac)
{
	char text[MAC_LEN];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
		 mac[1], mac[2], mac[3], mac[4], mac[5]);
	print_add_string(to, key, text);
}

void print_add_address(cJSON *to, const char *key,
		       const struct podswitch_address *address)
{
	char text[INET6_ADDRSTRLEN];

	if (address->family == AF_PACKET)
		print_add_mac(to, key, address->mac);
	else if (address->family)
		print_add_string(to, key, inet_ntop(address->family,
						    &address->v6, text,
						    sizeof(text)));
}

/* A member of one row in another, by the same key. */
void print_add_copy(cJSON *to, const cJSON *item)
{
	cJSON *copy;

	if (!item)
		return;
	copy = print_need(cJSON_Duplicate(item, true));
	if (!cJSON_AddItemToObject(to, item->string, copy))
		print_need(NULL);
}

void print_add_drops(cJSON *to, const uint64_t *drops, bool all)
{
	cJSON *nest = print_add_object(to, "drops");
	unsigned int i;

	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++)
		if (all || drops[i])
			print_add_uint(nest, podswitch_drop_name(i), drops[i]);
}

void print_add_stats(cJSON *to, const struct podswitch_stats *stats)
{
	cJSON *nest = print_add_object(to, "stats");

	print_add_uint(nest, "rx-packets", stats->rx_packets);
	print_add_uint(nest, "rx-bytes", stats->rx_bytes);
	print_add_uint(nest, "tx-packets", stats->tx_packets);
	print_add_uint(nest, "tx-bytes", stats->tx_bytes);
	print_add_uint(nest, "queued", stats->queued);
	print_add_uint(nest, "answered", stats->answered);
	print_add_uint(nest, "translated", stats->translated);
	print_add_drops(nest, stats->drops, true);
}

void print_safe(FILE *out, const char *value)
{
	const unsigned char *s;

	for (s = (const unsigned char *)value; *s; s++) {
		/* C0, DEL, and C1 in their two bytes of UTF-8 */
		if (*s == 0xc2 && s[1] < 0xa0)
			s++, fputc('?', out);
		else
			fputc(*s < 0x20 || *s == 0x7f ? '?' : *s, out);
	}
}

void print_text(FILE *out, const cJSON *item)
{
	const cJSON *element;

	if (cJSON_IsString(item) || cJSON_IsRaw(item))
		print_safe(out, item->valuestring);
	else if (cJSON_IsBool(item))
		fputs(cJSON_IsTrue(item) ? "on" : "off", out);
	else if (cJSON_IsArray(item))
		cJSON_ArrayForEach(element, item) {
			if (element != item->child)
				fputc(',', out);
			print_text(out, element);
		}
}

void print_member(FILE *out, const cJSON *row, const char *key)
{
	print_text(out, cJSON_GetObjectItemCaseSensitive(row, key));
}

void print_stats(FILE *out, const cJSON *row)
{
	const cJSON *stats = cJSON_GetObjectItemCaseSensitive(row, "stats");
	const char *before = "    dropped:";
	const cJSON *item;

	fputs("    rx ", out);
	print_member(out, stats, "rx-packets");
	fputs(" frames ", out);
	print_member(out, stats, "rx-bytes");
	fputs(" bytes, tx ", out);
	print_member(out, stats, "tx-packets");
	fputs(" frames ", out);
	print_member(out, stats, "tx-bytes");
	fputs(" bytes, queued ", out);
	print_member(out, stats, "queued");
	fputs(", answered ", out);
	print_member(out, stats, "answered");
	fputs(", translated ", out);
	print_member(out, stats, "translated");
	fputc('\n', out);
	cJSON_ArrayForEach(item,
			   cJSON_GetObjectItemCaseSensitive(stats, "drops")) {
		if (!strcmp(item->valuestring, "0"))
			continue;
		fprintf(out, "%s %s %s", before, item->string,
			item->valuestring);
		before = ",";
	}
	if (*before == ',')
		fputc('\n', out);
}

struct print_list {
	const struct print_view *view;
	FILE *rows;		/* JSON, or the cells, each ended by NUL, */
	char *rows_text;
	size_t rows_len;
	FILE *details;		/* and what stands below each row, likewise */
	char *details_text;
	size_t details_len;
	size_t n;
};

struct print_list *print_begin(const struct print_view *view)
{
	struct print_list *list = print_need(calloc(1, sizeof(*list)));

	list->view = view;
	list->rows = print_need(open_memstream(&list->rows_text,
					       &list->rows_len));
	list->details = print_need(open_memstream(&list->details_text,
						  &list->details_len));
	return list;
}

static void print_cells(struct print_list *list, const cJSON *row)
{
	const struct print_view *view = list->view;
	const struct print_column *column;
	size_t i;

	for (i = 0; i < view->n_columns; i++) {
		column = &view->columns[i];
		if (column->text)
			column->text(list->rows, row);
		else
			print_member(list->rows, row, column->key);
		putc('\0', list->rows);
	}
	if (view->details)
		view->details(list->details, row);
	putc('\0', list->details);
}

static void print_json(FILE *out, const cJSON *item, bool pretty)
{
	char *text = pretty ? cJSON_Print(item) : cJSON_PrintUnformatted(item);

	fputs(print_need(text), out);
	cJSON_free(text);
}

void print_row(struct print_list *list, cJSON *row)
{
	if (list->view->json) {
		fputs(list->n ? list->view->pretty ? ", " : "," : "",
		      list->rows);
		print_json(list->rows, row, list->view->pretty);
	} else {
		print_cells(list, row);
	}
	list->n++;
	cJSON_Delete(row);
}

static void print_widths(const struct print_list *list, size_t *widths)
{
	const struct print_view *view = list->view;
	const char *cell = list->rows_text;
	size_t len;
	size_t i;

	memset(widths, 0, view->n_columns * sizeof(*widths));
	for (i = 0; i < list->n * view->n_columns; i++) {
		len = strlen(cell);
		cell += len + 1;
		if (widths[i % view->n_columns] < len)
			widths[i % view->n_columns] = len;
	}
	for (i = 0; i < view->n_columns; i++) {
		len = strlen(view->columns[i].title);
		if (widths[i] && widths[i] < len)
			widths[i] = len;
	}
}

/* What stands in a cell is a device in some columns, and tells in others. */
static enum print_color print_color_of(const char *title, const char *word)
{
	static const char *const devices[] = { "PORT", "SWITCH", "UPLINK" };
	static const char *const others[] = {
		"MAC", "ADDRESS", "ADDRESSES", "LAST-IPV4", "LAST-IPV6",
		"STATE",
	};
	uint8_t bytes[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(devices); i++)
		if (!strcmp(title, devices[i]))
			return PRINT_DEVICE;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(title, others[i]))
			break;
	if (i == ARRAY_SIZE(others))
		return PRINT_PLAIN;
	if (inet_pton(AF_INET, word, bytes) == 1)
		return PRINT_INET;
	if (inet_pton(AF_INET6, word, bytes) == 1)
		return PRINT_INET6;
	if (strlen(word) + 1 == MAC_LEN && word[2] == ':')
		return PRINT_MAC;
	if (!strcmp(word, "up"))
		return PRINT_UP;
	return strcmp(word, "down") ? PRINT_PLAIN : PRINT_DOWN;
}

/* Writes a cell, each of whose words has its own colour. */
static void print_cell(FILE *out, const char *title, const char *cell)
{
	enum print_color color;
	char word[64];
	size_t len;

	if (!print_has_color) {
		fputs(cell, out);
		return;
	}
	while (*cell) {
		len = strcspn(cell, ", ");
		snprintf(word, sizeof(word), "%.*s", (int)len, cell);
		color = len ? print_color_of(title, word) : PRINT_PLAIN;
		if (color)
			fprintf(out, "\033[%dm%.*s\033[0m", color, (int)len,
				cell);
		else
			fprintf(out, "%.*s", (int)len, cell);
		for (cell += len; *cell == ',' || *cell == ' '; cell++)
			fputc(*cell, out);
	}
}

static void print_line(FILE *out, const struct print_view *view,
		       const size_t *widths, const char *const *cells)
{
	size_t blanks = 0;
	const char *cell;
	size_t i;

	for (i = 0; i < view->n_columns; i++) {
		if (!widths[i])
			continue;
		cell = *cells[i] ? cells[i] : "-";
		fprintf(out, "%*s", (int)blanks, "");
		print_cell(out, cell == view->columns[i].title ? "" :
			   view->columns[i].title, cell);
		blanks = widths[i] - strlen(cell) + 2;
	}
	fputc('\n', out);
}

static void print_table(FILE *out, const struct print_list *list)
{
	const char *line[PRINT_COLUMNS_MAX];
	const char *details = list->details_text;
	const char *cell = list->rows_text;
	size_t widths[ARRAY_SIZE(line)];
	size_t row;
	size_t i;

	print_widths(list, widths);
	for (i = 0; i < list->view->n_columns; i++)
		line[i] = list->view->columns[i].title;
	if (list->n)
		print_line(out, list->view, widths, line);
	for (row = 0; row < list->n; row++) {
		for (i = 0; i < list->view->n_columns; i++) {
			line[i] = cell;
			cell += strlen(cell) + 1;
		}
		print_line(out, list->view, widths, line);
		fputs(details, out);
		details += strlen(details) + 1;
	}
}

static int print_flush(FILE *out, int status)
{
	if (!fflush(out) && !ferror(out))
		return status;
	perror("psw: Cannot write");
	return PSW_FAILED;
}

int print_end(FILE *out, struct print_list *list, int status)
{
	if (fclose(list->rows) | fclose(list->details))
		print_need(NULL);
	if (!status && list->view->json)
		fprintf(out, "[%s]\n", list->rows_text);
	else if (!status)
		print_table(out, list);
	free(list->rows_text);
	free(list->details_text);
	free(list);
	return print_flush(out, status);
}

int print_rows(FILE *out, cJSON *rows, const struct print_view *view,
	       int status)
{
	struct print_list *list = print_begin(view);

	while (!status && rows->child)
		print_row(list, cJSON_DetachItemViaPointer(rows, rows->child));
	cJSON_Delete(rows);
	return print_end(out, list, status);
}

int print_event(FILE *out, cJSON *row, const struct print_view *view,
		void (*text)(FILE *out, const cJSON *row))
{
	if (view->json)
		print_json(out, row, view->pretty);
	else
		text(out, row);
	fputc('\n', out);
	cJSON_Delete(row);
	return print_flush(out, PSW_DONE);
}
