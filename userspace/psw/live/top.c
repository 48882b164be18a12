// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "event.h"
#include "print.h"
#include "row.h"
#include "screen.h"
#include "tty.h"

static const char usage[] =
	"Usage: psw [ -j[son] ] [ -s[tatistics] ] top [ interval SECONDS ]\n"
	"               [ count N ] [ sort { packets | bytes | drops | name } ]\n"
	"               [ switch DEV ] [ network NAME ] [ pod [NAMESPACE/]NAME ]\n"
	"       psw top help\n";

#define MODULE_STATE	"/sys/module/podswitch/initstate"

enum {
	MS_NS = 1000000,
	S_NS = 1000000000,
};

/* Intervals that keys lead to. */
#define TOP_SHORTEST	(S_NS / 8)
#define TOP_LONGEST	(INT64_C(3600) * S_NS)

/*
 * A run of "psw top": @wanted is what words and keys ask for, @next the time
 * of the next look at the counters, @left how many are shown before the end.
 */
struct top {
	struct psw *psw;
	const char *sw;
	struct podswitch_owner owner;
	bool by_owner;
	int64_t interval;
	uint32_t left;
	bool endless;
	bool on_screen;
	bool help;
	struct screen_view view;
	struct rates rates;
	const struct rates_port **sorted;
	char switches[256];
	char trouble[256];
	int64_t next;
	int signals;
	sigset_t mask;
	bool done;
	int status;
};

static int64_t top_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * S_NS + now.tv_nsec;
}

/* --- looking at the counters --- */

static int top_add_port(const struct podswitch_port *port, void *arg)
{
	struct top *top = arg;

	return rates_add_port(&top->rates, port) ? 0 : -ENOMEM;
}

static int top_add_switch(const struct podswitch_switch *sw, void *arg)
{
	struct top *top = arg;
	size_t len = strlen(top->switches);

	if (top->sw && strcmp(sw->name, top->sw) != 0)
		return 0;
	snprintf(top->switches + len, sizeof(top->switches) - len, "%s%s",
		 len ? ", " : "", sw->name);
	if (top->by_owner)
		return 0;
	return rates_add_host(&top->rates, sw) ? 0 : -ENOMEM;
}

/* Notes what is wrong, and that nothing is known any more. */
__attribute__((format(printf, 2, 3)))
static bool top_trouble(struct top *top, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(top->trouble, sizeof(top->trouble), format, args);
	va_end(args);
	rates_forget(&top->rates);
	return false;
}

static bool top_read(struct top *top)
{
	struct podswitch_port_filter filter = {
		.owner = top->by_owner ? &top->owner : NULL,
	};
	struct psw *psw = top->psw;
	int err;

	if (top->sw) {
		filter.switch_ifindex = if_nametoindex(top->sw);
		if (!filter.switch_ifindex)
			return top_trouble(top, "%s: %s", top->sw,
					   errno == ENODEV ? "No such device" :
					   "Cannot open a socket to look for it");
	}
	*top->switches = '\0';
	rates_begin(&top->rates, top_clock());
	err = podswitch_switch_dump(psw->h, top_add_switch, top);
	if (!err)
		err = podswitch_port_dump(psw->h, &filter, top_add_port, top);
	if (!err)
		return true;
	return top_trouble(top, "%s%s%s", top->sw ? top->sw : "",
			   top->sw ? ": " : "", err == -ENOMEM ?
			   "Out of memory" : podswitch_error(psw->h));
}

/*
 * Opening a handle makes the kernel load a module that is not there, and one
 * that is being replaced must not come back for our sake.
 */
static bool top_module_is_there(void)
{
	char state[8] = "";
	FILE *in;

	if (access("/sys/module", F_OK))
		return true;
	in = fopen(MODULE_STATE, "re");
	if (!in)
		return false;
	if (!fgets(state, sizeof(state), in))
		*state = '\0';
	fclose(in);
	return !strcmp(state, "live\n");
}

static bool top_reopen(struct top *top)
{
	struct psw *psw = top->psw;

	podswitch_close(psw->h);
	psw->h = NULL;
	if (!top_module_is_there())
		return top_trouble(top,
				   "The kernel module podswitch is gone%s",
				   top->on_screen ? "; waiting for it" : "");
	if (!podswitch_open(&psw->h))
		return true;
	top_trouble(top, "%s", psw->h ? podswitch_error(psw->h) :
					"Out of memory");
	podswitch_close(psw->h);
	psw->h = NULL;
	return false;
}

/* A module that was replaced has another number, which a new handle asks for. */
static bool top_sample(struct top *top)
{
	bool well;

	well = top->psw->h && top_read(top);
	if (!well && top_reopen(top))
		well = top_read(top);
	if (well)
		*top->trouble = '\0';
	return well;
}

/* --- showing them --- */

static void top_add_rates(cJSON *row, const double *rate)
{
	cJSON *nest = print_add_object(row, "rates");

	print_add_decimal(nest, "rx-packets", rate[RATES_RX_PACKETS]);
	print_add_decimal(nest, "rx-bytes", rate[RATES_RX_BYTES]);
	print_add_decimal(nest, "tx-packets", rate[RATES_TX_PACKETS]);
	print_add_decimal(nest, "tx-bytes", rate[RATES_TX_BYTES]);
	print_add_decimal(nest, "drops", rate[RATES_DROPS]);
}

static void top_add_row(cJSON *list, const struct rates_port *port,
			struct row_switch *sw, bool statistics)
{
	static const char *const roles[] = {
		[RATES_POD] = "pod",
		[RATES_UPLINK] = "uplink",
		[RATES_HOST] = "host",
	};
	cJSON *row = print_add_row(list);

	print_add_uint(row, "ifindex", port->ifindex);
	print_add_string(row, "name", port->name);
	row_add_switch(row, sw, port->switch_ifindex);
	print_add_string(row, "role", roles[port->kind]);
	row_add_owner(row, &port->owner);
	if (port->measured)
		top_add_rates(row, port->rate);
	if (port->last_drop)
		print_add_string(row, "last-drop",
				 podswitch_drop_name(port->last_drop));
	if (statistics)
		print_add_stats(row, &port->stats);
}

static int top_print_json(const struct top *top)
{
	const struct print_view view = {
		.json = true, .pretty = top->psw->pretty,
	};
	const struct rates *rates = &top->rates;
	cJSON *all = print_lone_row();
	struct row_switch sw = { 0 };
	cJSON *list;
	size_t i;

	event_add_time(all);
	print_add_decimal(all, "seconds", rates->seconds);
	top_add_rates(all, rates->rate);
	list = print_add_array(all, "ports");
	for (i = 0; i < rates->now.n; i++)
		top_add_row(list, top->sorted[i], &sw, top->psw->statistics);
	return print_event(stdout, all, &view, NULL);
}

static int top_write(struct top *top)
{
	char clock[sizeof("00:00:00")];
	struct screen_view view = top->view;
	time_t now = time(NULL);
	struct tm tm;
	char *text;
	size_t len;
	FILE *out;
	int err;

	strftime(clock, sizeof(clock), "%T", localtime_r(&now, &tm));
	view.time = clock;
	out = open_memstream(&text, &len);
	if (!out)
		return -ENOMEM;
	screen_write(out, &top->rates, top->sorted, &view);
	fflush(stdout);
	err = fclose(out) ? -ENOMEM : tty_write(text, len);
	free(text);
	return err;
}

/* As far down as there are rows, and no further. */
static void top_scroll(struct top *top, ssize_t by)
{
	size_t shown = screen_rows(&top->view);
	size_t n = top->rates.now.n;
	size_t most = n > shown ? n - shown : 0;
	size_t first = top->view.first;

	if (by < 0)
		first = first > (size_t)-by ? first - (size_t)-by : 0;
	else
		first = most - (first < most ? first : most) > (size_t)by ?
			first + (size_t)by : most;
	top->view.first = first;
}

static void top_show(struct top *top)
{
	struct screen_view *view = &top->view;
	size_t n = top->rates.now.n;
	int err;

	free(top->sorted);
	top->sorted = calloc(n + 1, sizeof(*top->sorted));
	if (!top->sorted) {
		top->status = psw_complain(top->psw, PSW_FAILED,
					   "Out of memory");
		return;
	}
	rates_sort(&top->rates, view->key, view->reverse, top->sorted);
	view->switches = top->switches;
	view->interval = (double)top->interval / S_NS;
	view->trouble = *top->trouble ? top->trouble : NULL;
	if (top->on_screen)
		tty_size(&view->columns, &view->lines);
	top_scroll(top, 0);
	if (top->psw->json) {
		top->status = top_print_json(top);
		return;
	}
	err = top_write(top);
	if (err)
		top->status = psw_complain(top->psw, PSW_FAILED,
					   "Cannot write: %s", strerror(-err));
}

/* Looks, and shows it if there is something to be compared with. */
static void top_tick(struct top *top)
{
	bool well = top_sample(top);

	if (!well && !top->on_screen) {
		top->status = psw_complain(top->psw, PSW_FAILED, "%s",
					   top->trouble);
		return;
	}
	if (top->on_screen || top->rates.seconds > 0)
		top_show(top);
	if (!top->endless && top->rates.seconds > 0 && !--top->left)
		top->done = true;
}

/* --- keys --- */

static void top_change_interval(struct top *top, bool longer)
{
	int64_t interval = longer ? 2 * top->interval : top->interval / 2;

	if (interval < TOP_SHORTEST || interval > TOP_LONGEST)
		return;
	top->interval = interval;
	top->next = top_clock() + interval;
}

static void top_scroll_key(struct top *top, int key)
{
	ssize_t page = (ssize_t)screen_rows(&top->view);

	switch (key) {
	case TTY_UP:
	case 'k':
		top_scroll(top, -1);
		break;
	case TTY_DOWN:
	case 'j':
		top_scroll(top, 1);
		break;
	case TTY_PAGE_UP:
		top_scroll(top, -page);
		break;
	case TTY_PAGE_DOWN:
		top_scroll(top, page);
		break;
	case TTY_HOME:
	case 'g':
		top->view.first = 0;
		break;
	case TTY_END:
	case 'G':
		top_scroll(top, SSIZE_MAX);
		break;
	}
}

static void top_key(struct top *top, int key)
{
	struct screen_view *view = &top->view;

	switch (key) {
	case 'q':
		top->done = true;
		break;
	case 'p':
		view->key = RATES_BY_PACKETS;
		break;
	case 'b':
		view->key = RATES_BY_BYTES;
		break;
	case 'd':
		view->key = RATES_BY_DROPS;
		break;
	case 'n':
		view->key = RATES_BY_NAME;
		break;
	case 'r':
		view->reverse = !view->reverse;
		break;
	case 'u':
		view->bytes = !view->bytes;
		break;
	case 'h':
	case '?':
		view->help = !view->help;
		break;
	case ' ':
		view->paused = !view->paused;
		break;
	case '+':
	case '-':
		top_change_interval(top, key == '+');
		break;
	default:
		top_scroll_key(top, key);
	}
}

static void top_keys(struct top *top)
{
	char typed[64];
	const char *s = typed;
	ssize_t n;

	n = read(STDIN_FILENO, typed, sizeof(typed));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {	/* the terminal is gone */
		top->done = true;
		return;
	}
	while (s < typed + n && !top->done)
		top_key(top, tty_key(&s, typed + n));
	if (!top->done)
		top_show(top);
}

/* --- signals --- */

static bool top_enter(struct top *top)
{
	int err = tty_enter();

	if (err)
		top->status = psw_complain(top->psw, PSW_FAILED,
					   "Cannot use the terminal: %s",
					   strerror(-err));
	return !err;
}

/* Stops here, as the terminal asked, and goes on when told to. */
static void top_stop(struct top *top)
{
	sigset_t signals;

	tty_leave();
	raise(SIGTSTP);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (top_enter(top))
		top_show(top);
}

static void top_signal(struct top *top)
{
	struct signalfd_siginfo info;

	if (read(top->signals, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGTSTP:
		top_stop(top);
		break;
	case SIGCONT:	/* who knows what happened to the terminal */
		if (top_enter(top))
			top_show(top);
		break;
	case SIGWINCH:
		top_show(top);
		break;
	default:
		top->done = true;
	}
}

/* From here on, signals are read like keys. */
static int top_take_signals(struct top *top)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (top->on_screen) {
		sigaddset(&signals, SIGHUP);
		sigaddset(&signals, SIGQUIT);
		sigaddset(&signals, SIGTSTP);
		sigaddset(&signals, SIGCONT);
		sigaddset(&signals, SIGWINCH);
	}
	sigprocmask(SIG_BLOCK, &signals, &top->mask);
	top->signals = signalfd(-1, &signals, SFD_CLOEXEC);
	if (top->signals < 0)
		return psw_complain(top->psw, PSW_FAILED,
				    "Cannot wait for signals: %s",
				    strerror(errno));
	return PSW_DONE;
}

/* --- the loop --- */

/* Milliseconds until the next look, rounded up; for ever while paused. */
static int top_timeout(const struct top *top)
{
	int64_t rest = top->next - top_clock();

	if (top->view.paused)
		return -1;
	return rest > 0 ? (int)((rest + MS_NS - 1) / MS_NS) : 0;
}

/* One look each interval, and none to make up for those that were missed. */
static void top_look(struct top *top)
{
	int64_t now = top_clock();

	if (top->view.paused || now < top->next)
		return;
	top->next += top->interval;
	if (top->next <= now)
		top->next = now + top->interval;
	top_tick(top);
}

static int top_loop(struct top *top)
{
	struct pollfd fds[] = {
		{ .fd = top->signals, .events = POLLIN },
		{ .fd = top->on_screen ? STDIN_FILENO : -1, .events = POLLIN },
	};

	while (!top->done && !top->status) {
		if (poll(fds, ARRAY_SIZE(fds), top_timeout(top)) < 0) {
			if (errno == EINTR)
				continue;
			return psw_complain(top->psw, PSW_FAILED,
					    "Cannot wait: %s",
					    strerror(errno));
		}
		if (fds[0].revents)
			top_signal(top);
		if (fds[1].revents && !top->done)
			top_keys(top);
		if (!top->done && !top->status)
			top_look(top);
	}
	return top->status;
}

/* The first look is before the terminal is touched: it may be the last. */
static int top_run(struct top *top)
{
	int64_t first = top->interval;
	int status;

	status = psw_open(top->psw);
	if (!status)
		status = top_take_signals(top);
	if (status)
		return status;
	if (!top_sample(top))
		return psw_complain(top->psw, PSW_FAILED, "%s", top->trouble);
	if (top->on_screen) {
		if (first > S_NS)
			first = S_NS;
		if (top_enter(top))
			top_show(top);
	}
	top->next = top->rates.now.ns + first;
	status = top_loop(top);
	tty_leave();
	return status;
}

static const char *top_sort(char *value, void *to)
{
	enum rates_key *key = to;
	unsigned int i;

	for (i = 0; screen_key_name(i); i++) {
		if (!psw_matches(value, screen_key_name(i)))
			continue;
		*key = i;
		return NULL;
	}
	return "is not \"packets\", \"bytes\", \"drops\" or \"name\"";
}

static const char *top_help(char *value, void *to)
{
	bool *help = to;

	(void)value;
	*help = true;
	return NULL;
}

static int top_parse(struct top *top, char **words)
{
	const struct arg table[] = {
		{ "interval", 0, rates_interval, &top->interval },
		{ "count", 0, arg_count, &top->left },
		{ "sort", 0, top_sort, &top->view.key },
		{ "switch", 0, arg_string, &top->sw },
		{ "network", 0, arg_owner, &top->owner.network },
		{ "pod", 0, arg_pod, &top->owner },
		{ "help", ARG_LONE, top_help, &top->help },
	};

	return args_parse(top->psw, words, table, ARRAY_SIZE(table));
}

int psw_top(struct psw *psw, char **words)
{
	struct top top = {
		.psw = psw,
		.interval = S_NS,
		.view.help = true,
		.signals = -1,
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "top");
	status = top_parse(&top, words);
	if (status)
		return status;
	if (top.help) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	top.by_owner = top.owner.network || top.owner.pod_name;
	top.endless = !top.left;
	if (top.endless && psw_not_in_batch(psw))
		return PSW_USAGE;
	top.on_screen = !psw->json && tty_is_there();
	status = top_run(&top);
	if (top.signals >= 0) {
		close(top.signals);
		sigprocmask(SIG_SETMASK, &top.mask, NULL);
	}
	rates_forget(&top.rates);
	free(top.sorted);
	return status;
}
