/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which address next? The kernel knows which are taken and refuses those; here
 * is only the order in which they are tried.
 */
#ifndef _CNI_IPAM_H
#define _CNI_IPAM_H

#include <podswitch.h>

#include "addressing.h"
#include "cni.h"
#include "conf.h"
#include "session.h"

/**
 * struct cni_taken - the addresses that a switch's ports hold in our VLAN
 * @vlan: the VLAN
 * @list: the addresses, in order; NULL before cni_taken_load()
 * @n: how many
 * @room: for how many there is memory
 */
struct cni_taken {
	uint16_t vlan;
	struct podswitch_address *list;
	size_t n;
	size_t room;
};

/**
 * struct cni_pick - where choosing from a range set has come to
 * @ranges: the set
 * @n_ranges: how many ranges are in it
 * @range: index of the range that @at is in
 * @at: the candidate
 * @first: the first candidate there was; coming back to it ends the search
 * @asked: @at is the one that was asked for
 */
struct cni_pick {
	const struct cni_range *ranges;
	size_t n_ranges;
	size_t range;
	struct podswitch_address at;
	struct podswitch_address first;
	bool asked;
};

/**
 * cni_ipam_begin() - chooses the first candidate of each range set
 * @conf: the configuration
 * @sw: the switch
 * @picks: one for each range set, filled in
 * @err: why it failed
 *
 * An address asked for is the only candidate of the set that it is in. Else
 * candidates follow the address that the switch declared last, so that one
 * that was just freed is the last to be given again.
 *
 * Return: 0 or -1.
 */
int cni_ipam_begin(const struct cni_conf *conf,
		   const struct podswitch_switch *sw, struct cni_pick *picks,
		   struct cni_error *err);

/**
 * cni_ipam_keep() - makes an address the first candidate of its range set
 * @picks: the range sets
 * @n_picks: how many
 * @address: the address, which need not be in any of them
 *
 * An address that was asked for goes before it.
 */
void cni_ipam_keep(struct cni_pick *picks, unsigned int n_picks,
		   const struct podswitch_address *address);

/**
 * cni_ipam_next() - goes on to the next candidate
 * @pick: the range set whose candidate is taken
 * @taken: addresses to pass over
 * @err: why there is none
 *
 * Return: 0 or -1.
 */
int cni_ipam_next(struct cni_pick *pick, const struct cni_taken *taken,
		  struct cni_error *err);

/**
 * cni_ipam_again() - begins another round, with the candidate there is
 * @pick: the range set
 * @taken: addresses to pass over
 * @err: why there is none
 *
 * Return: 0 or -1.
 */
int cni_ipam_again(struct cni_pick *pick, const struct cni_taken *taken,
		   struct cni_error *err);

/**
 * cni_ipam_follow() - goes on to where others have come to meanwhile
 * @pick: the range set whose candidate is taken
 * @sw: the switch, read anew
 *
 * Return: whether there is a new candidate: none if nobody else was quicker.
 */
bool cni_ipam_follow(struct cni_pick *pick, const struct podswitch_switch *sw);

/**
 * cni_ipam_room() - how many addresses a range set has
 * @pick: the range set
 *
 * Return: their number, those that are never chosen among them, or UINT32_MAX
 * if it is greater than that.
 */
uint32_t cni_ipam_room(const struct cni_pick *pick);

/**
 * cni_ipam_ip() - a candidate with what belongs to it
 * @pick: the range set
 * @ip: filled in
 */
void cni_ipam_ip(const struct cni_pick *pick, struct cni_ip *ip);

/**
 * cni_taken_load() - asks the kernel which addresses are taken
 * @taken: filled in; cni_taken_fini() may follow in any case
 * @s: the session
 * @ifindex: the switch
 * @err: why it failed
 *
 * Of addresses in VLANs, those in the pods' own count.
 *
 * Return: 0 or -1.
 */
int cni_taken_load(struct cni_taken *taken, struct cni_session *s,
		   uint32_t ifindex, struct cni_error *err);

/**
 * cni_taken_has() - is an address taken?
 * @taken: the addresses
 * @a: the address
 *
 * Return: whether it is among them.
 */
bool cni_taken_has(const struct cni_taken *taken,
		   const struct podswitch_address *a);

/**
 * cni_taken_fini() - frees what was loaded
 * @taken: the addresses
 */
void cni_taken_fini(struct cni_taken *taken);

#endif /* _CNI_IPAM_H */
