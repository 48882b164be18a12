// SPDX-License-Identifier: GPL-2.0
#include "rates.h"

#include <stdlib.h>
#include <string.h>

#include "row.h"

enum {
	RATES_NS = 1000000000,
	RATES_INTERVAL_MAX_S = 86400,
};

/* Where the strings of an owner are. */
static const size_t rates_owner_members[] = {
	offsetof(struct podswitch_owner, network),
	offsetof(struct podswitch_owner, container_id),
	offsetof(struct podswitch_owner, ifname),
	offsetof(struct podswitch_owner, pod_namespace),
	offsetof(struct podswitch_owner, pod_name),
};

_Static_assert(sizeof(rates_owner_members) / sizeof(rates_owner_members[0]) ==
	       offsetof(struct podswitch_owner, reserved) / sizeof(char *),
	       "a member of the owner is forgotten");

enum {
	RATES_N_STRINGS = sizeof(rates_owner_members) /
			  sizeof(rates_owner_members[0]),
};

static const char *rates_string(const struct podswitch_owner *owner, size_t i)
{
	return *(const char *const *)((const char *)owner +
				      rates_owner_members[i]);
}

/* Copies what @port is called, which was in a message so far. */
static bool rates_own_strings(struct rates_port *port)
{
	char label[ROW_POD_SIZE];
	const char *string;
	size_t len;
	char *to;
	size_t i;

	row_pod(label, &port->owner);
	if (!*label)
		snprintf(label, sizeof(label), "%s",
			 port->kind == RATES_HOST ? "host" : port->name);
	len = strlen(label) + 1;
	for (i = 0; i < RATES_N_STRINGS; i++) {
		string = rates_string(&port->owner, i);
		len += string ? strlen(string) + 1 : 0;
	}
	to = malloc(len);
	port->strings = to;
	if (!to)
		return false;
	port->label = to;
	to = stpcpy(to, label) + 1;
	for (i = 0; i < RATES_N_STRINGS; i++) {
		string = rates_string(&port->owner, i);
		if (!string)
			continue;
		*(const char **)((char *)&port->owner +
				 rates_owner_members[i]) = to;
		to = stpcpy(to, string) + 1;
	}
	return true;
}

static bool rates_same_string(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Whether a port is the one that was there before. */
static bool rates_same(const struct rates_port *now,
		       const struct rates_port *before)
{
	size_t i;

	if (now->switch_ifindex != before->switch_ifindex ||
	    now->kind != before->kind || strcmp(now->name, before->name) != 0)
		return false;
	for (i = 0; i < RATES_N_STRINGS; i++)
		if (!rates_same_string(rates_string(&now->owner, i),
				       rates_string(&before->owner, i)))
			return false;
	for (i = 0; i < RATES_N; i++)
		if (now->total[i] < before->total[i])
			return false;
	return true;
}

static int rates_by_ifindex(const void *a, const void *b)
{
	const struct rates_port *one = a, *other = b;

	return (one->ifindex > other->ifindex) -
	       (one->ifindex < other->ifindex);
}

static void rates_drop_list(struct rates_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->ports[i].strings);
	list->n = 0;
	list->ns = 0;
}

void rates_begin(struct rates *rates, int64_t ns)
{
	struct rates_list now = rates->before;

	rates_drop_list(&now);
	rates->before = rates->now;
	rates->now = now;
	rates->now.ns = ns;
	if (rates->before.n)
		qsort(rates->before.ports, rates->before.n,
		      sizeof(*rates->before.ports), rates_by_ifindex);
	rates->seconds = 0;
	if (rates->before.ns && ns > rates->before.ns)
		rates->seconds = (double)(ns - rates->before.ns) / RATES_NS;
	memset(rates->rate, 0, sizeof(rates->rate));
	rates->n_pods = 0;
}

static struct rates_port *rates_room(struct rates_list *list)
{
	size_t size = list->size ? 2 * list->size : 64;
	struct rates_port *ports;

	if (list->n < list->size)
		return &list->ports[list->n];
	ports = reallocarray(list->ports, size, sizeof(*ports));
	if (!ports)
		return NULL;
	list->ports = ports;
	list->size = size;
	return &ports[list->n];
}

static void rates_count(struct rates_port *port)
{
	unsigned int i;

	port->total[RATES_RX_PACKETS] = port->stats.rx_packets;
	port->total[RATES_TX_PACKETS] = port->stats.tx_packets;
	port->total[RATES_RX_BYTES] = port->stats.rx_bytes;
	port->total[RATES_TX_BYTES] = port->stats.tx_bytes;
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++)
		port->total[RATES_DROPS] += port->stats.drops[i];
}

/* The reason that grew most; what it was before if none did. */
static unsigned int rates_last_drop(const struct rates_port *now,
				    const struct rates_port *before)
{
	unsigned int reason = before->last_drop;
	uint64_t most = 0;
	unsigned int i;

	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++) {
		uint64_t was = before->stats.drops[i];
		uint64_t is = now->stats.drops[i];

		if (is <= was || is - was <= most)
			continue;
		most = is - was;
		reason = i;
	}
	return reason;
}

static void rates_measure(struct rates *rates, struct rates_port *port,
			  const struct rates_port *before)
{
	size_t i;

	port->last_drop = rates_last_drop(port, before);
	if (!rates->seconds)
		return;
	port->measured = true;
	for (i = 0; i < RATES_N; i++) {
		port->rate[i] = (double)(port->total[i] - before->total[i]) /
				rates->seconds;
		rates->rate[i] += port->rate[i];
	}
}

/* Takes in the port that stands behind the others, with strings not its own. */
static const struct rates_port *rates_take(struct rates *rates,
					   struct rates_port *port)
{
	struct rates_port *before = NULL;

	rates_count(port);
	if (rates->before.n)
		before = bsearch(port, rates->before.ports, rates->before.n,
				 sizeof(*port), rates_by_ifindex);
	if (before && before->strings && rates_same(port, before)) {
		port->owner = before->owner;
		port->label = before->label;
		port->strings = before->strings;
		before->strings = NULL;
		rates_measure(rates, port, before);
	} else if (!rates_own_strings(port)) {
		return NULL;
	}
	rates->now.n++;
	rates->n_pods += port->kind != RATES_HOST;
	return port;
}

const struct rates_port *rates_add_port(struct rates *rates,
					const struct podswitch_port *from)
{
	struct rates_port *port = rates_room(&rates->now);

	if (!port)
		return NULL;
	*port = (struct rates_port){
		.ifindex = from->ifindex,
		.switch_ifindex = from->switch_ifindex,
		.kind = from->role == PODSWITCH_ROLE_UPLINK ? RATES_UPLINK :
							      RATES_POD,
		.owner = from->owner,
		.stats = from->stats,
	};
	memcpy(port->name, from->name, sizeof(port->name));
	return rates_take(rates, port);
}

const struct rates_port *rates_add_host(struct rates *rates,
					const struct podswitch_switch *sw)
{
	struct rates_port *port = rates_room(&rates->now);

	if (!port)
		return NULL;
	*port = (struct rates_port){
		.ifindex = sw->ifindex,
		.switch_ifindex = sw->ifindex,
		.kind = RATES_HOST,
		.stats = sw->stats,
	};
	memcpy(port->name, sw->name, sizeof(port->name));
	return rates_take(rates, port);
}

void rates_forget(struct rates *rates)
{
	rates_drop_list(&rates->now);
	rates_drop_list(&rates->before);
	free(rates->now.ports);
	free(rates->before.ports);
	memset(rates, 0, sizeof(*rates));
}

struct rates_order {
	enum rates_key key;
	bool reverse;
};

static double rates_weight(const struct rates_port *port, enum rates_key key)
{
	switch (key) {
	case RATES_BY_PACKETS:
		return port->rate[RATES_RX_PACKETS] +
		       port->rate[RATES_TX_PACKETS];
	case RATES_BY_BYTES:
		return port->rate[RATES_RX_BYTES] +
		       port->rate[RATES_TX_BYTES];
	case RATES_BY_DROPS:
		return port->rate[RATES_DROPS];
	case RATES_BY_NAME:
		break;
	}
	return 0;
}

static int rates_compare(const void *a, const void *b, void *arg)
{
	const struct rates_port *one = *(const struct rates_port *const *)a;
	const struct rates_port *other = *(const struct rates_port *const *)b;
	const struct rates_order *order = arg;
	double weight = rates_weight(one, order->key);
	double rest = rates_weight(other, order->key);
	int way = order->reverse ? -1 : 1;
	int by_name;

	if (weight != rest)
		return weight < rest ? way : -way;
	by_name = strcmp(one->label, other->label);
	if (!by_name)
		by_name = rates_by_ifindex(one, other);
	return order->key == RATES_BY_NAME ? way * by_name : by_name;
}

void rates_sort(const struct rates *rates, enum rates_key key, bool reverse,
		const struct rates_port **sorted)
{
	struct rates_order order = { key, reverse };
	size_t i;

	for (i = 0; i < rates->now.n; i++)
		sorted[i] = &rates->now.ports[i];
	if (rates->now.n)
		qsort_r(sorted, rates->now.n, sizeof(*sorted), rates_compare,
			&order);
}

const char *rates_interval(char *value, void *to)
{
	int64_t *ns = to;
	double seconds;
	char *end;

	/* strtod() knows more than that: "inf", "0x1p3", blanks */
	if (!*value || strspn(value, "0123456789.") != strlen(value))
		return "is not a number of seconds";
	seconds = strtod(value, &end);
	if (*end)
		return "is not a number of seconds";
	if (seconds < 0.1 || seconds > RATES_INTERVAL_MAX_S)
		return "is not from 0.1 to 86400 seconds";
	*ns = (int64_t)(seconds * RATES_NS);
	return NULL;
}
