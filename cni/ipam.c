// SPDX-License-Identifier: GPL-2.0
#include "ipam.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is taken --- */

/* Does the port hold it, so that no other in our VLAN can? */
static bool cni_taken_counts(const struct cni_taken *taken,
			     const struct podswitch_port *port,
			     const struct podswitch_address *a)
{
	return a->family != AF_PACKET && !a->shared &&
	       (a->has_vlan ? a->vlan : port->pvid) == taken->vlan;
}

static int cni_taken_add(const struct podswitch_port *port, void *arg)
{
	struct cni_taken *taken = arg;
	struct podswitch_address *list;
	size_t room;
	size_t i;

	if (taken->n + port->n_addresses > taken->room) {
		room = 2 * (taken->n + port->n_addresses);
		list = realloc(taken->list, room * sizeof(*list));
		if (!list)
			return -ENOMEM;
		taken->list = list;
		taken->room = room;
	}
	for (i = 0; i < port->n_addresses; i++)
		if (cni_taken_counts(taken, port, &port->addresses[i]))
			taken->list[taken->n++] = port->addresses[i];
	return 0;
}

static int cni_taken_order(const void *a, const void *b)
{
	return cni_address_cmp(a, b);
}

int cni_taken_load(struct cni_taken *taken, struct cni_session *s,
		   uint32_t ifindex, struct cni_error *err)
{
	struct podswitch_port_filter filter = { .switch_ifindex = ifindex };
	int ret;

	taken->n = 0;
	taken->vlan = s->conf.vlan;
	ret = podswitch_port_dump(s->psw, &filter, cni_taken_add, taken);
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot list the addresses taken: %s",
				podswitch_error(s->psw));
	if (taken->n)
		qsort(taken->list, taken->n, sizeof(*taken->list),
		      cni_taken_order);
	return 0;
}

void cni_taken_fini(struct cni_taken *taken)
{
	free(taken->list);
	*taken = (struct cni_taken){ 0 };
}

bool cni_taken_has(const struct cni_taken *taken,
		   const struct podswitch_address *a)
{
	return taken->n && bsearch(a, taken->list, taken->n,
				   sizeof(*taken->list), cni_taken_order);
}

/* --- candidates --- */

/* Neither a subnet's own name, nor its broadcast, nor its gateway's. */
static bool cni_pick_usable(const struct cni_pick *pick)
{
	const struct cni_range *range = &pick->ranges[pick->range];
	struct podswitch_address first = cni_prefix_first(&range->subnet);
	struct podswitch_address last = cni_prefix_last(&range->subnet);
	size_t i;

	for (i = 0; i < pick->n_ranges; i++)
		if (!cni_address_cmp(&pick->at, &pick->ranges[i].gateway))
			return false;
	/* RFC 4291 2.6.1: the first address is all routers' of the subnet. */
	return cni_address_cmp(&pick->at, &first) &&
	       (pick->at.family == AF_INET6 ||
		cni_address_cmp(&pick->at, &last));
}

static void cni_pick_step(struct cni_pick *pick)
{
	if (cni_address_cmp(&pick->at, &pick->ranges[pick->range].end)) {
		cni_address_next(&pick->at);
		return;
	}
	pick->range = (pick->range + 1) % pick->n_ranges;
	pick->at = pick->ranges[pick->range].start;
}

static bool cni_pick_locate(struct cni_pick *pick,
			    const struct podswitch_address *a)
{
	size_t i;

	for (i = 0; i < pick->n_ranges; i++) {
		if (cni_address_cmp(&pick->ranges[i].start, a) > 0 ||
		    cni_address_cmp(a, &pick->ranges[i].end) > 0)
			continue;
		pick->range = i;
		pick->at = *a;
		return true;
	}
	return false;
}

/* The ranges of a set, as "first-last,first-last". */
static void cni_pick_print(const struct cni_pick *pick, char *text,
			   size_t size)
{
	char start[INET6_ADDRSTRLEN];
	char end[INET6_ADDRSTRLEN];
	size_t used = 0;
	size_t i;

	for (i = 0; i < pick->n_ranges && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s-%s",
				i ? "," : "",
				cni_address_print(&pick->ranges[i].start,
						  start),
				cni_address_print(&pick->ranges[i].end, end));
}

static int cni_pick_none(const struct cni_pick *pick, struct cni_error *err)
{
	char ranges[256];

	cni_pick_print(pick, ranges, sizeof(ranges));
	return cni_fail(err, CNI_ERR_NO_ADDRESS,
			"no IP addresses available in range set: %s", ranges);
}

int cni_ipam_next(struct cni_pick *pick, const struct cni_taken *taken,
		  struct cni_error *err)
{
	char text[INET6_ADDRSTRLEN];

	if (pick->asked)
		return cni_fail(err, CNI_ERR_NO_ADDRESS,
				"requested IP address %s is taken",
				cni_address_print(&pick->at, text));
	do {
		cni_pick_step(pick);
		if (!cni_address_cmp(&pick->at, &pick->first))
			return cni_pick_none(pick, err);
	} while (!cni_pick_usable(pick) || cni_taken_has(taken, &pick->at));
	return 0;
}

int cni_ipam_again(struct cni_pick *pick, const struct cni_taken *taken,
		   struct cni_error *err)
{
	pick->first = pick->at;
	if (!pick->asked && cni_pick_usable(pick) &&
	    !cni_taken_has(taken, &pick->at))
		return 0;
	return cni_ipam_next(pick, taken, err);
}

/* Behind the address that the switch declared last, or from the beginning. */
static bool cni_pick_behind(struct cni_pick *pick,
			    const struct podswitch_switch *sw)
{
	const struct podswitch_address *last;

	last = pick->ranges[0].start.family == AF_INET ? &sw->last_ipv4 :
							 &sw->last_ipv6;
	if (!last->family || !cni_pick_locate(pick, last))
		return false;
	cni_pick_step(pick);
	return true;
}

static int cni_pick_first(struct cni_pick *pick,
			  const struct podswitch_switch *sw,
			  struct cni_error *err)
{
	pick->asked = false;
	if (!cni_pick_behind(pick, sw)) {
		pick->range = 0;
		pick->at = pick->ranges[0].start;
	}
	pick->first = pick->at;
	if (cni_pick_usable(pick))
		return 0;
	return cni_ipam_next(pick, &(struct cni_taken){ 0 }, err);
}

bool cni_ipam_follow(struct cni_pick *pick, const struct podswitch_switch *sw)
{
	struct cni_pick behind = *pick;

	if (pick->asked || !cni_pick_behind(&behind, sw) ||
	    !cni_pick_usable(&behind) ||
	    !cni_address_cmp(&behind.at, &pick->at))
		return false;
	pick->range = behind.range;
	pick->at = behind.at;
	return true;
}

void cni_ipam_keep(struct cni_pick *picks, unsigned int n_picks,
		   const struct podswitch_address *address)
{
	struct cni_pick kept;
	unsigned int i;

	for (i = 0; i < n_picks; i++) {
		kept = picks[i];
		if (kept.asked || !cni_pick_locate(&kept, address) ||
		    !cni_pick_usable(&kept))
			continue;
		kept.first = kept.at;
		picks[i] = kept;
		return;
	}
}

/* Of the addresses asked for, at most one is in a set. */
static int cni_ipam_ask(struct cni_pick *picks, unsigned int n_picks,
			const struct podswitch_address *wanted,
			struct cni_error *err)
{
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	for (i = 0; i < n_picks; i++) {
		if (picks[i].asked || !cni_pick_locate(&picks[i], wanted))
			continue;
		if (!cni_pick_usable(&picks[i]))
			return cni_fail(err, CNI_ERR_CONFIG,
					"requested IP address %s is the gateway's or the subnet's own",
					cni_address_print(wanted, text));
		picks[i].asked = true;
		return 0;
	}
	return cni_fail(err, CNI_ERR_CONFIG,
			"requested IP address %s is in no range set that is left",
			cni_address_print(wanted, text));
}

static void cni_ipam_split(const struct cni_conf *conf, struct cni_pick *picks)
{
	struct cni_pick *pick;
	size_t i;

	memset(picks, 0, conf->n_sets * sizeof(*picks));
	for (i = 0; i < conf->n_ranges; i++) {
		pick = &picks[conf->ranges[i].set];
		if (!pick->n_ranges++)
			pick->ranges = &conf->ranges[i];
	}
}

int cni_ipam_begin(const struct cni_conf *conf,
		   const struct podswitch_switch *sw, struct cni_pick *picks,
		   struct cni_error *err)
{
	unsigned int i;

	cni_ipam_split(conf, picks);
	for (i = 0; i < conf->n_wanted; i++)
		if (cni_ipam_ask(picks, conf->n_sets, &conf->wanted[i], err))
			return -1;
	for (i = 0; i < conf->n_sets; i++)
		if (!picks[i].asked && cni_pick_first(&picks[i], sw, err))
			return -1;
	return 0;
}

uint32_t cni_ipam_room(const struct cni_pick *pick)
{
	uint64_t room = 0;
	size_t i;

	for (i = 0; i < pick->n_ranges; i++)
		room += cni_address_distance(&pick->ranges[i].start,
					     &pick->ranges[i].end) + 1;
	return room < UINT32_MAX ? (uint32_t)room : UINT32_MAX;
}

void cni_ipam_ip(const struct cni_pick *pick, struct cni_ip *ip)
{
	const struct cni_range *range = &pick->ranges[pick->range];

	ip->address.address = pick->at;
	ip->address.len = range->subnet.len;
	ip->has_gateway = true;
	ip->interface = -1;
	ip->gateway = range->gateway;
}
