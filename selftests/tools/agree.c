// SPDX-License-Identifier: GPL-2.0
/*
 * Asks what would become of frames, sends them, and compares:
 *
 *   agree [-v] PLACE PORT
 *
 * Each line of the input ends with a frame in hexadecimal; what stands before
 * it, if it does not look like bytes, is its name. The kernel is asked what
 * would become of it if it came from PORT (a port's device, or the switch). All
 * counters of the switch and its ports have to be after that as they were.
 * Then it is sent on PLACE, DEV or NS:DEV, and each counter has to move as was
 * foretold, and no other. With -v what became of each frame is printed. At the
 * end is printed:
 *
 *   asked N agreed N differed N refused N
 *
 * Refused are frames that the socket does not take. What a device that is no
 * veth sends is not compared: it counts when somebody reads.
 */
#include <net/ethernet.h>
#include <podswitch.h>

#include "tool.h"

#define MAX_DEVICES	64
#define MAX_LEN		(1 << 14)
#define ARRIVE_NS	2000000000ULL

enum {
	RX,
	TX,
	QUEUED,
	ANSWERED,
	TRANSLATED,
	DROPS,
	N_COUNTS = DROPS + PODSWITCH_A_DROPS_MAX + 1,
};

static const char *const count_names[] = {
	"rx", "tx", "queued", "answered", "translated",
};

/* The counters of one device; the first is the switch. */
struct counts {
	uint32_t ifindex;
	char name[IFNAMSIZ];
	bool tx_is_unsure;
	uint64_t n[N_COUNTS];
};

struct ledger {
	struct counts devices[MAX_DEVICES];
	size_t n;
};

static struct podswitch *h;
static uint32_t from, sw;
static bool verbose;
static unsigned long asked, agreed, differed, refused;

/* --- counters --- */

static struct counts *ledger_add(struct ledger *l, uint32_t ifindex,
				 const char *name,
				 const struct podswitch_stats *stats)
{
	struct counts *c = &l->devices[l->n++];

	if (l->n > MAX_DEVICES)
		die_wrong("too many devices");
	*c = (struct counts){
		.ifindex = ifindex,
		.n = {
			[RX] = stats->rx_packets,
			[TX] = stats->tx_packets,
			[QUEUED] = stats->queued,
			[ANSWERED] = stats->answered,
			[TRANSLATED] = stats->translated,
		},
	};
	snprintf(c->name, sizeof(c->name), "%s", name);
	memcpy(c->n + DROPS, stats->drops, sizeof(stats->drops));
	return c;
}

static int ledger_port(const struct podswitch_port *port, void *arg)
{
	ledger_add(arg, port->ifindex, port->name, &port->stats);
	return 0;
}

static void check_lib(int err)
{
	if (!err)
		return;
	fprintf(stderr, "agree: %s\n", podswitch_error(h));
	exit(2);
}

static void ledger_read(struct ledger *l)
{
	const struct podswitch_port_filter filter = { .switch_ifindex = sw };
	struct podswitch_switch host;

	l->n = 0;
	check_lib(podswitch_switch_get(h, sw, &host));
	ledger_add(l, sw, host.name, &host.stats);
	check_lib(podswitch_port_dump(h, &filter, ledger_port, l));
}

static struct counts *ledger_find(struct ledger *l, uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->devices[i].ifindex == ifindex)
			return &l->devices[i];
	die_wrong("a device is no port");
}

static bool counts_are_equal(const struct counts *a, const struct counts *b)
{
	int i;

	for (i = 0; i < N_COUNTS; i++)
		if (a->n[i] != b->n[i] && !(i == TX && a->tx_is_unsure))
			return false;
	return a->ifindex == b->ifindex;
}

static bool ledgers_are_equal(const struct ledger *a, const struct ledger *b)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (!counts_are_equal(&a->devices[i], &b->devices[i]))
			return false;
	return a->n == b->n;
}

/* What has moved, but for the sender's own count of what it received. */
static void ledger_print(const struct ledger *was, const struct ledger *is)
{
	size_t i;
	int k;

	for (i = 0; i < was->n && i < is->n; i++)
		for (k = 0; k < N_COUNTS; k++) {
			long moved = is->devices[i].n[k] - was->devices[i].n[k];

			if (!moved || (k == RX && is->devices[i].ifindex == from))
				continue;
			printf(" %s:%s", is->devices[i].name,
			       k < DROPS ? count_names[k] :
			       podswitch_drop_name(k - DROPS));
			if (moved != 1)
				printf("=%+ld", moved);
		}
}

/* --- foretelling --- */

static void foretell_part(struct ledger *l,
			  const struct podswitch_probe_result *probe,
			  const struct podswitch_probe_part *part)
{
	struct counts *in = ledger_find(l, probe->ifindex);
	struct counts *out;

	switch (part->verdict) {
	case PODSWITCH_PROBE_VERDICT_PASS:
	case PODSWITCH_PROBE_VERDICT_PORT:
	case PODSWITCH_PROBE_VERDICT_GROUP:
	case PODSWITCH_PROBE_VERDICT_QUESTION:
	case PODSWITCH_PROBE_VERDICT_LEAVE:
		break;
	case PODSWITCH_PROBE_VERDICT_DROP:
		if (part->drop)
			in->n[DROPS + part->drop]++;
		break;
	case PODSWITCH_PROBE_VERDICT_HOST:
		in->n[TRANSLATED] +=
			part->step == PODSWITCH_PROBE_STEP_TRANSLATE;
		break;
	case PODSWITCH_PROBE_VERDICT_ANSWER:
		in->n[ANSWERED]++;
		break;
	case PODSWITCH_PROBE_VERDICT_DELIVER:
		out = ledger_find(l, part->ifindex);
		out->n[TX]++;
		out->n[QUEUED] += part->way == PODSWITCH_PROBE_WAY_QUEUED;
		out->tx_is_unsure = part->cause == PODSWITCH_PROBE_CAUSE_NO_VETH;
		break;
	}
}

static int foretell(const struct podswitch_probe_result *probe, void *arg)
{
	struct ledger *l = arg;
	size_t i;

	ledger_find(l, probe->ifindex)->n[RX]++;
	for (i = 0; i < probe->n_parts; i++)
		foretell_part(l, probe, &probe->parts[i]);
	return 0;
}

/* --- one frame --- */

static void differ(const char *what, const char *name, const char *hex,
		   const struct ledger *was, const struct ledger *foretold,
		   const struct ledger *is)
{
	differed++;
	printf("%s: %s: foretold", name, what);
	ledger_print(was, foretold);
	printf(", became");
	ledger_print(was, is);
	printf(": %s\n", hex);
}

static void try_frame(int fd, const char *name, const char *hex)
{
	static struct ledger was, foretold, is;
	static uint8_t data[MAX_LEN];
	struct podswitch_probe_config cfg = { .ifindex = from, .frame = data };
	uint64_t end;

	cfg.frame_len = get_hex(hex, data, sizeof(data));
	ledger_read(&was);
	foretold = was;
	check_lib(podswitch_probe(h, &cfg, foretell, &foretold));
	ledger_read(&is);
	asked++;
	if (!ledgers_are_equal(&was, &is)) {
		differ("asking changed something", name, hex, &was, &was, &is);
		return;
	}
	if (send(fd, data, cfg.frame_len, 0) < 0) {
		refused++;
		return;
	}
	end = now_ns() + ARRIVE_NS;
	do
		ledger_read(&is);
	while (!ledgers_are_equal(&foretold, &is) && now_ns() < end);
	if (!ledgers_are_equal(&foretold, &is)) {
		differ("it became something else", name, hex, &was, &foretold,
		       &is);
		return;
	}
	agreed++;
	if (!verbose)
		return;
	printf("%s:", name);
	ledger_print(&was, &is);
	putchar('\n');
}

static bool is_hex(const char *word)
{
	return strspn(word, "0123456789abcdef") == strlen(word);
}

/* The frame is the last word; what comes before is its name. */
static void try_line(int fd, char *line)
{
	char *hex;

	line[strcspn(line, "\n")] = '\0';
	hex = strrchr(line, ' ');
	if (hex)
		*hex++ = '\0';
	else
		hex = line;
	try_frame(fd, is_hex(line) ? "frame" : line, hex);
}

static int open_place(const char *place)
{
	char ns[64] = "-";
	const char *dev = strchr(place, ':');
	int home, fd;

	if (dev)
		snprintf(ns, sizeof(ns), "%.*s", (int)(dev - place), place);
	home = enter_from_here(ns);
	fd = open_socket(AF_PACKET, SOCK_RAW, 0);
	bind_packet(fd, dev ? dev + 1 : place, 0);
	leave(home);
	return fd;
}

static int find_switch(const struct podswitch_port *port, void *arg)
{
	(void)arg;
	sw = port->switch_ifindex;
	return 0;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	int fd;

	if (argc > 1 && !strcmp(argv[1], "-v")) {
		verbose = true;
		argv++;
		argc--;
	}
	if (argc != 3)
		die_wrong("arguments");
	from = if_nametoindex(argv[2]);
	check_lib(podswitch_open(&h));
	if (podswitch_port_get(h, from, find_switch, NULL))
		sw = from;
	fd = open_place(argv[1]);
	while (getline(&line, &size, stdin) > 0)
		try_line(fd, line);
	free(line);
	podswitch_close(h);
	printf("asked %lu agreed %lu differed %lu refused %lu\n", asked, agreed,
	       differed, refused);
	return differed || !asked;
}
