// SPDX-License-Identifier: GPL-2.0
#include "screen.h"

#include <stdarg.h>
#include <string.h>

#include "psw.h"
#include "units.h"

#define HOME		"\033[H"
#define CLEAR_TO_END	"\033[K"
#define REVERSE		"\033[7m"
#define BOLD		"\033[1m"
#define PLAIN		"\033[m"

enum {
	SCREEN_LINE_MAX = 1024,	/* longer than any line */
	SCREEN_HEAD = 3,	/* lines above the table */
	SCREEN_POD_MIN = 16,	/* columns for the pod, before others go */
	SCREEN_DROP_MIN = 14,	/* columns for the reason of a drop */
	SCREEN_HELP_FROM = 8,	/* lines that leave one for help */
};

enum screen_cell {
	CELL_POD,
	CELL_DEVICE,
	CELL_RX_PACKETS,
	CELL_TX_PACKETS,
	CELL_RX_BYTES,
	CELL_TX_BYTES,
	CELL_DROPS,
	CELL_LAST_DROP,
	CELL_N,
};

/*
 * A column: its title, for bits and for bytes; which rate it has, and the key
 * that sorts by it; and its turn to go if the terminal is narrow, the highest
 * first. The first column stays.
 */
static const struct screen_column {
	const char *title;
	const char *title_bytes;
	enum rates_what what;
	enum rates_key key;
	int turn;
} screen_columns[] = {
	[CELL_POD] = { "POD", "POD", RATES_N, RATES_BY_NAME, 0 },
	[CELL_DEVICE] = { "DEVICE", "DEVICE", RATES_N, RATES_BY_NAME, 6 },
	[CELL_RX_PACKETS] = { "RX-PPS", "RX-PPS", RATES_RX_PACKETS,
			      RATES_BY_PACKETS, 2 },
	[CELL_TX_PACKETS] = { "TX-PPS", "TX-PPS", RATES_TX_PACKETS,
			      RATES_BY_PACKETS, 2 },
	[CELL_RX_BYTES] = { "RX-BPS", "RX-B/S", RATES_RX_BYTES,
			    RATES_BY_BYTES, 4 },
	[CELL_TX_BYTES] = { "TX-BPS", "TX-B/S", RATES_TX_BYTES,
			    RATES_BY_BYTES, 4 },
	[CELL_DROPS] = { "DROP/S", "DROP/S", RATES_DROPS, RATES_BY_DROPS, 3 },
	[CELL_LAST_DROP] = { "LAST-DROP", "LAST-DROP", RATES_N,
			     RATES_BY_NAME, 5 },
};

static const char *const screen_keys[] = {
	[RATES_BY_PACKETS] = "packets",
	[RATES_BY_BYTES] = "bytes",
	[RATES_BY_DROPS] = "drops",
	[RATES_BY_NAME] = "name",
};

static const char screen_help[] =
	"q quit  p packets b bytes d drops n name r reverse  u units  "
	"space pause  h help";

/* A line as it is put together; nothing goes beyond @max. */
struct screen_line {
	char text[SCREEN_LINE_MAX + 1];
	size_t len;
	size_t max;
};

/* What a frame is written with. */
struct screen {
	FILE *out;
	const struct screen_view *view;
	unsigned int left;	/* lines of the terminal below */
	size_t widths[CELL_N];	/* 0: the column is not there */
	bool words;		/* reasons of drops in words */
};

const char *screen_key_name(enum rates_key key)
{
	if ((size_t)key >= ARRAY_SIZE(screen_keys))
		return NULL;
	return screen_keys[key];
}

static bool screen_has_help(const struct screen_view *view)
{
	return view->help && view->lines >= SCREEN_HELP_FROM;
}

size_t screen_rows(const struct screen_view *view)
{
	size_t rest = SCREEN_HEAD + 1 + screen_has_help(view);

	return view->lines > rest ? view->lines - rest : 0;
}

/* Begins a line; it ends where the terminal does. */
static void line_begin(struct screen_line *line, const struct screen *screen)
{
	line->len = 0;
	line->max = SCREEN_LINE_MAX;
	if (screen->view->columns && screen->view->columns < line->max)
		line->max = screen->view->columns;
}

/* The terminal obeys nothing of a string, and each character takes a column. */
static void line_put(struct screen_line *line, const char *text)
{
	const unsigned char *s;

	for (s = (const unsigned char *)text; *s; s++) {
		if ((*s & 0xc0) == 0x80)	/* inside a character */
			continue;
		if (line->len == line->max)
			return;
		line->text[line->len++] = *s < 0x20 || *s > 0x7e ? '?' : *s;
	}
}

static void line_pad(struct screen_line *line, size_t column)
{
	while (line->len < column && line->len < line->max)
		line->text[line->len++] = ' ';
}

__attribute__((format(printf, 2, 3)))
static void line_print(struct screen_line *line, const char *format, ...)
{
	char text[SCREEN_LINE_MAX + 1];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	line_put(line, text);
}

/*
 * Of a name that is too long, both ends tell more than one: NAMESPACE/NAME
 * begins with the namespace, and what replicas differ in stands at the end.
 */
static void line_put_name(struct screen_line *line, const char *name,
			  size_t width)
{
	struct screen_line whole = { .max = SCREEN_LINE_MAX };
	size_t head;

	line_put(&whole, name);
	whole.text[whole.len] = '\0';
	if (whole.len <= width) {
		line_put(line, whole.text);
		return;
	}
	head = (width - 1) / 2;
	line_print(line, "%.*s~", (int)head, whole.text);
	line_put(line, whole.text + whole.len - (width - 1 - head));
}

/* Hands the line to the stream, in a style or NULL; the last one has no end. */
static void line_end(struct screen *screen, struct screen_line *line,
		     const char *style)
{
	if (!screen->view->lines) {
		fprintf(screen->out, "%.*s\n", (int)line->len, line->text);
		return;
	}
	if (!screen->left)
		return;
	if (style)
		fputs(style, screen->out);
	fwrite(line->text, 1, line->len, screen->out);
	if (style)
		fputs(PLAIN, screen->out);
	if (line->len < screen->view->columns)
		fputs(CLEAR_TO_END, screen->out);
	if (--screen->left)
		fputs("\r\n", screen->out);
}

static double screen_bytes(const struct screen_view *view, double bytes)
{
	return view->bytes ? bytes : 8 * bytes;
}

static struct units_text screen_rate(const struct screen_view *view,
				     const double *rate, enum rates_what what)
{
	double value = rate[what];

	if (what == RATES_RX_BYTES || what == RATES_TX_BYTES)
		value = screen_bytes(view, value);
	return units_short(value);
}

static void screen_head(struct screen *screen, const struct rates *rates)
{
	const struct screen_view *view = screen->view;
	const char *unit = view->bytes ? "B/s" : "bit/s";
	struct screen_line line;

	line_begin(&line, screen);
	line_print(&line, "psw top  %s  every %g s  %zu port%s on %s",
		   view->time, view->interval, rates->n_pods,
		   rates->n_pods == 1 ? "" : "s",
		   *view->switches ? view->switches : "no switch");
	line_end(screen, &line, NULL);

	line_begin(&line, screen);
	line_print(&line, "rx %s packets/s %s %s, ",
		   screen_rate(view, rates->rate, RATES_RX_PACKETS).s,
		   screen_rate(view, rates->rate, RATES_RX_BYTES).s, unit);
	line_print(&line, "tx %s packets/s %s %s, ",
		   screen_rate(view, rates->rate, RATES_TX_PACKETS).s,
		   screen_rate(view, rates->rate, RATES_TX_BYTES).s, unit);
	line_print(&line, "%s dropped/s",
		   screen_rate(view, rates->rate, RATES_DROPS).s);
	line_end(screen, &line, NULL);
}

/* What rows there are, and in which order; or why there are none. */
static void screen_state(struct screen *screen, size_t n_rows)
{
	const struct screen_view *view = screen->view;
	size_t last = view->first + screen_rows(view);
	struct screen_line line;

	line_begin(&line, screen);
	if (view->trouble) {
		line_put(&line, view->trouble);
		line_end(screen, &line, BOLD);
		return;
	}
	line_print(&line, "sorted by %s%s", screen_key_name(view->key),
		   view->reverse ? ", reversed" : "");
	if (view->lines && n_rows > screen_rows(view))
		line_print(&line, "  rows %zu-%zu of %zu", view->first + 1,
			   last < n_rows ? last : n_rows, n_rows);
	if (view->paused)
		line_put(&line, "  paused");
	line_end(screen, &line, NULL);
}

static size_t screen_most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* How wide columns are that show everything; @words: of reasons in words. */
static void screen_needs(const struct rates *rates, size_t *needs,
			 size_t *words)
{
	const struct rates_port *port;
	size_t len;
	size_t i;

	for (i = 0; i < CELL_N; i++)
		needs[i] = strlen(screen_columns[i].title);
	*words = needs[CELL_LAST_DROP];
	for (i = 0; i < rates->now.n; i++) {
		port = &rates->now.ports[i];
		needs[CELL_POD] = screen_most(needs[CELL_POD],
					      strlen(port->label));
		needs[CELL_DEVICE] = screen_most(needs[CELL_DEVICE],
						 strlen(port->name));
		if (!port->last_drop)
			continue;
		len = strlen(podswitch_drop_name(port->last_drop));
		needs[CELL_LAST_DROP] = screen_most(needs[CELL_LAST_DROP], len);
		len += strlen(podswitch_drop_text(port->last_drop)) +
		       strlen(": ");
		*words = screen_most(*words, len);
	}
}

static size_t screen_width(const size_t *widths)
{
	size_t width = 0;
	size_t i;

	for (i = 0; i < CELL_N; i++)
		if (widths[i])
			width += widths[i] + (i != 0);
	return width;
}

/* When it is the column's turn to go: what rows are sorted by goes last. */
static int screen_turn(const struct screen_view *view, size_t cell)
{
	const struct screen_column *column = &screen_columns[cell];

	if (column->what != RATES_N && column->key == view->key)
		return 1;
	return column->turn;
}

/* Takes away what is missed least, until the rest fits. */
static void screen_narrow(size_t *widths, const struct screen_view *view)
{
	int highest;
	size_t i;

	do {
		highest = 0;
		for (i = 0; i < CELL_N; i++)
			if (widths[i] && screen_turn(view, i) > highest)
				highest = screen_turn(view, i);
		if (screen_width(widths) <= view->columns)
			return;
		for (i = 0; i < CELL_N; i++)
			if (highest && screen_turn(view, i) == highest)
				widths[i] = 0;
	} while (highest);
	widths[CELL_POD] = view->columns;
}

/* Gives a column of what room is left as much as it needs. */
static void screen_widen(size_t *width, size_t need, size_t *room)
{
	size_t more = need > *width ? need - *width : 0;

	if (!*width)
		return;
	if (more > *room)
		more = *room;
	*width += more;
	*room -= more;
}

static void screen_layout(struct screen *screen, const struct rates *rates)
{
	const struct screen_view *view = screen->view;
	size_t *widths = screen->widths;
	size_t needs[CELL_N];
	size_t words;
	size_t room;

	screen_needs(rates, needs, &words);
	memcpy(widths, needs, sizeof(needs));
	if (!view->columns) {
		widths[CELL_LAST_DROP] = words;
		screen->words = true;
		return;
	}
	if (widths[CELL_POD] > SCREEN_POD_MIN)
		widths[CELL_POD] = SCREEN_POD_MIN;
	if (widths[CELL_LAST_DROP] > SCREEN_DROP_MIN)
		widths[CELL_LAST_DROP] = SCREEN_DROP_MIN;
	screen_narrow(widths, view);
	room = screen_width(widths);
	room = view->columns > room ? view->columns - room : 0;
	screen_widen(&widths[CELL_LAST_DROP], needs[CELL_LAST_DROP], &room);
	screen_widen(&widths[CELL_POD], needs[CELL_POD], &room);
	screen_widen(&widths[CELL_LAST_DROP], words, &room);
	screen->words = widths[CELL_LAST_DROP] == words;
}

/* Begins a cell, and tells where it ends. */
static size_t screen_cell(const struct screen *screen,
			  struct screen_line *line, size_t cell)
{
	if (line->len)
		line_pad(line, line->len + 1);
	return line->len + screen->widths[cell];
}

static void screen_title(struct screen *screen)
{
	struct screen_line line;
	const char *title;
	size_t end;
	size_t i;

	line_begin(&line, screen);
	for (i = 0; i < CELL_N; i++) {
		if (!screen->widths[i])
			continue;
		title = screen->view->bytes ? screen_columns[i].title_bytes :
					      screen_columns[i].title;
		end = screen_cell(screen, &line, i);
		if (screen_columns[i].what != RATES_N)
			line_pad(&line, end - strlen(title));
		line_put(&line, title);
		if (i != CELL_LAST_DROP)
			line_pad(&line, end);
	}
	if (screen->view->columns)
		line_pad(&line, screen->view->columns);
	line_end(screen, &line, REVERSE);
}

static void screen_text(const struct screen *screen, struct screen_line *line,
			const struct rates_port *port, size_t cell)
{
	size_t width = screen->widths[cell];
	const char *name;

	switch (cell) {
	case CELL_POD:
		line_put_name(line, port->label, width);
		break;
	case CELL_DEVICE:
		line_put_name(line, port->name, width);
		break;
	case CELL_LAST_DROP:
		if (!port->last_drop)
			break;
		name = podswitch_drop_name(port->last_drop);
		line_print(line, "%.*s", (int)width, name);
		if (screen->words)
			line_print(line, ": %s",
				   podswitch_drop_text(port->last_drop));
		break;
	}
}

static void screen_row(struct screen *screen, const struct rates_port *port)
{
	struct screen_line line;
	struct units_text rate;
	size_t end;
	size_t i;

	line_begin(&line, screen);
	for (i = 0; i < CELL_N; i++) {
		if (!screen->widths[i])
			continue;
		end = screen_cell(screen, &line, i);
		if (screen_columns[i].what == RATES_N) {
			screen_text(screen, &line, port, i);
		} else {
			rate = screen_rate(screen->view, port->rate,
					   screen_columns[i].what);
			line_print(&line, "%*s", (int)screen->widths[i],
				   port->measured ? rate.s : "-");
		}
		if (i != CELL_LAST_DROP)
			line_pad(&line, end);
	}
	while (line.len && line.text[line.len - 1] == ' ')
		line.len--;
	line_end(screen, &line, port->rate[RATES_DROPS] > 0 ? BOLD : NULL);
}

static void screen_foot(struct screen *screen)
{
	struct screen_line line;

	line_begin(&line, screen);
	while (screen->left > 1)
		line_end(screen, &line, NULL);
	if (screen_has_help(screen->view))
		line_put(&line, screen_help);
	line_end(screen, &line, NULL);
}

void screen_write(FILE *out, const struct rates *rates,
		  const struct rates_port *const *sorted,
		  const struct screen_view *view)
{
	struct screen screen = {
		.out = out, .view = view, .left = view->lines,
	};
	size_t end = rates->now.n;
	size_t i;

	if (view->lines)
		fputs(HOME, out);
	if (view->lines && end > view->first + screen_rows(view))
		end = view->first + screen_rows(view);
	screen_layout(&screen, rates);
	screen_head(&screen, rates);
	if (view->lines || view->trouble)
		screen_state(&screen, rates->now.n);
	screen_title(&screen);
	for (i = view->first; i < end; i++)
		screen_row(&screen, sorted[i]);
	screen_foot(&screen);
}
