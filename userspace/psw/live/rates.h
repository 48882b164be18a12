/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ports move in a second: counters are read now and then, and what they
 * grew by is divided by the time that passed. A switch's host side counts as a
 * port. Nothing is printed.
 */
#ifndef _PSW_RATES_H
#define _PSW_RATES_H

#include <net/if.h>
#include <podswitch.h>

/**
 * enum rates_what - what there is a rate of
 * @RATES_RX_PACKETS: frames that the pod sent
 * @RATES_TX_PACKETS: frames that the pod received
 * @RATES_RX_BYTES: bytes that it sent
 * @RATES_TX_BYTES: bytes that it received
 * @RATES_DROPS: frames from it that were dropped, for any reason
 * @RATES_N: how many there are
 */
enum rates_what {
	RATES_RX_PACKETS,
	RATES_TX_PACKETS,
	RATES_RX_BYTES,
	RATES_TX_BYTES,
	RATES_DROPS,
	RATES_N,
};

/**
 * enum rates_kind - what a port leads to
 * @RATES_POD: a pod
 * @RATES_UPLINK: the network outside
 * @RATES_HOST: the host
 */
enum rates_kind {
	RATES_POD,
	RATES_UPLINK,
	RATES_HOST,
};

/**
 * enum rates_key - what ports are sorted by, the greatest first, or their names
 * @RATES_BY_PACKETS: frames both ways
 * @RATES_BY_BYTES: bytes both ways
 * @RATES_BY_DROPS: frames dropped
 * @RATES_BY_NAME: their labels
 */
enum rates_key {
	RATES_BY_PACKETS,
	RATES_BY_BYTES,
	RATES_BY_DROPS,
	RATES_BY_NAME,
};

/**
 * struct rates_port - a port and its rates
 * @ifindex: interface index of the device
 * @switch_ifindex: interface index of its switch
 * @name: interface name of the device
 * @kind: what it leads to
 * @owner: on whose behalf it was made
 * @label: the pod's name, else the container's, else the device's
 * @strings: memory that @owner and @label point into
 * @stats: its counters
 * @total: of them, what there is a rate of
 * @measured: whether there are rates: not of a port that is new
 * @rate: per second
 * @last_drop: PODSWITCH_A_DROPS_* that grew most, when one grew last; or 0
 */
struct rates_port {
	uint32_t ifindex;
	uint32_t switch_ifindex;
	char name[IFNAMSIZ];
	enum rates_kind kind;
	struct podswitch_owner owner;
	const char *label;
	char *strings;
	struct podswitch_stats stats;
	uint64_t total[RATES_N];
	bool measured;
	double rate[RATES_N];
	unsigned int last_drop;
};

/**
 * struct rates_list - ports of one time
 * @ports: the ports
 * @n: how many
 * @size: how many there is room for
 * @ns: when, on a clock that does not jump; 0 is never
 */
struct rates_list {
	struct rates_port *ports;
	size_t n;
	size_t size;
	int64_t ns;
};

/**
 * struct rates - ports with their rates, to be zeroed at first
 * @now: the ports
 * @before: the ports of the time before
 * @seconds: how long ago that was; 0 if there was none
 * @rate: sum over all ports
 * @n_pods: how many ports lead to pods or outside
 */
struct rates {
	struct rates_list now;
	struct rates_list before;
	double seconds;
	double rate[RATES_N];
	size_t n_pods;
};

/**
 * rates_begin() - makes what is there what was there before
 * @rates: the rates
 * @ns: the time
 */
void rates_begin(struct rates *rates, int64_t ns);

/**
 * rates_add_port() - takes in a port
 * @rates: the rates, begun
 * @port: the port as the kernel reports it
 *
 * It is the one that was there before if device, switch and owner are the same
 * and no counter has gone back.
 *
 * Return: it, until the next one; NULL if memory ran out.
 */
const struct rates_port *rates_add_port(struct rates *rates,
					const struct podswitch_port *port);

/**
 * rates_add_host() - takes in the host's side of a switch
 * @rates: the rates, begun
 * @sw: the switch as the kernel reports it
 *
 * Return: it, until the next one; NULL if memory ran out.
 */
const struct rates_port *rates_add_host(struct rates *rates,
					const struct podswitch_switch *sw);

/**
 * rates_forget() - ends, or begins anew with nothing known
 * @rates: the rates
 */
void rates_forget(struct rates *rates);

/**
 * rates_sort() - the ports in an order
 * @rates: the rates
 * @key: by what
 * @reverse: the other way round
 * @sorted: filled in: as many as there are ports now
 *
 * Ports that are equal come by name, then by device.
 */
void rates_sort(const struct rates *rates, enum rates_key key, bool reverse,
		const struct rates_port **sorted);

/**
 * rates_interval() - reads an interval out of an argument, as args.h has it
 * @value: seconds, which may have decimals
 * @to: int64_t, for nanoseconds
 *
 * Return: NULL, or what is wrong with it.
 */
const char *rates_interval(char *value, void *to);

#endif /* _PSW_RATES_H */
