/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_FRAME_H
#define _PSW_FRAME_H

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <net/ipv6.h>

#include "psw.h"
#include "stats.h"
#include "table.h"

/**
 * enum psw_kind - what the switch has to know of a frame's content
 * @PSW_KIND_OTHER: nothing
 * @PSW_KIND_IPV4: its IPv4 source
 * @PSW_KIND_IPV6: its IPv6 source
 * @PSW_KIND_ARP: its ARP fields
 * @PSW_KIND_ND: its IPv6 source and neighbour discovery fields
 */
enum psw_kind {
	PSW_KIND_OTHER,
	PSW_KIND_IPV4,
	PSW_KIND_IPV6,
	PSW_KIND_ARP,
	PSW_KIND_ND,
};

/**
 * enum psw_neigh_op - what an ARP or neighbour discovery message does
 * @PSW_NEIGH_ASK: asks who holds the target: ARP request, neighbour
 *                 solicitation
 * @PSW_NEIGH_TELL: tells that the sender holds the target: ARP reply,
 *                  neighbour advertisement
 * @PSW_NEIGH_ASK_ROUTER: asks for routers: router solicitation
 * @PSW_NEIGH_ROUTER: speaks as a router: router advertisement, redirect
 */
enum psw_neigh_op {
	PSW_NEIGH_ASK,
	PSW_NEIGH_TELL,
	PSW_NEIGH_ASK_ROUTER,
	PSW_NEIGH_ROUTER,
};

/**
 * struct psw_neigh - an ARP or neighbour discovery message
 * @op: what it does
 * @lladdr: the link-layer address that it gives for its sender or, telling,
 *          its target, as psw_mac_key() makes it; 0 if it gives none
 * @sender: ARP sender or IPv6 source address; IPv4 is IPv4-mapped
 * @target: the address asked for or told about; :: if there is none
 */
struct psw_neigh {
	enum psw_neigh_op op;
	u64 lladdr;
	struct in6_addr sender;
	struct in6_addr target;
};

/**
 * struct psw_frame - a frame on its way, described once
 * @skb: the frame; data is at the network header, the Ethernet header before
 * @sw: the switch that it is in
 * @in: the port that it came from, or NULL: from the host
 * @vlan: its VLAN, 0 for outside all; set to that of untagged frames before it
 *        is described
 * @dst: destination MAC, as psw_mac_key() makes it
 * @src: source MAC, likewise
 * @kind: which of the rest is filled in
 * @src4: IPv4 source, for PSW_KIND_IPV4
 * @src6: IPv6 source, for PSW_KIND_IPV6 and PSW_KIND_ND
 * @neigh: for PSW_KIND_ARP and PSW_KIND_ND
 */
struct psw_frame {
	struct sk_buff *skb;
	struct psw_switch *sw;
	struct psw_port *in;
	u64 dst;
	u64 src;
	u16 vlan;
	enum psw_kind kind;
	union {
		__be32 src4;
		struct in6_addr src6;
	};
	struct psw_neigh neigh;
};

/* IPv4 without options, and as much behind it as the guard may look at. */
#define PSW_FRAME_PLAIN_LEN (sizeof(struct iphdr) + sizeof(struct udphdr))

enum psw_drop psw_frame_describe_closely(struct psw_frame *frame);

/**
 * psw_frame_describe() - reads what the switch has to know of a frame
 * @frame: @skb, @sw, @in and @vlan are set; the rest is filled in
 *
 * Nothing is written to the frame, so that it may be shared with taps.
 *
 * Context: RCU read section, bottom halves off.
 * Return: true for the commonest frames: IPv4 with PSW_FRAME_PLAIN_LEN in one
 * piece and no tag; false for others, of which the MACs are described, and
 * psw_frame_describe_closely() does the rest.
 */
static inline bool psw_frame_describe(struct psw_frame *frame)
{
	const struct sk_buff *skb = frame->skb;
	const struct ethhdr *eth = eth_hdr(skb);

	frame->dst = psw_mac_key(eth->h_dest);
	frame->src = psw_mac_key(eth->h_source);
	if (unlikely(eth->h_proto != htons(ETH_P_IP) ||
		     skb_headlen(skb) < PSW_FRAME_PLAIN_LEN ||
		     skb_vlan_tag_present(skb)))
		return false;

	frame->kind = PSW_KIND_IPV4;
	frame->src4 = ((const struct iphdr *)skb->data)->saddr;
	return true;
}

/**
 * psw_frame_stats() - where what becomes of a frame is counted
 * @frame: the frame
 */
static inline struct psw_stats __percpu *
psw_frame_stats(const struct psw_frame *frame)
{
	return frame->in ? frame->in->stats : frame->sw->stats;
}

/**
 * psw_frame_is_group() - whether a frame is for more than one station
 * @frame: described
 *
 * Return: the group bit of its destination (IEEE 802-2014 8.2.2).
 */
static inline bool psw_frame_is_group(const struct psw_frame *frame)
{
	return psw_mac_is_group(frame->dst);
}

/**
 * psw_frame_is_neigh() - whether a frame's neighbour fields are filled in
 * @frame: described
 */
static inline bool psw_frame_is_neigh(const struct psw_frame *frame)
{
	return frame->kind == PSW_KIND_ARP || frame->kind == PSW_KIND_ND;
}

/**
 * psw_frame_is_announcement() - whether a frame says who holds an address
 * without having been asked
 * @frame: described
 *
 * An ARP announcement (RFC 5227 2.3), gratuitous ARP, or an unsolicited
 * neighbour advertisement (RFC 4861 7.2.6).
 */
static inline bool psw_frame_is_announcement(const struct psw_frame *frame)
{
	return frame->neigh.op == PSW_NEIGH_TELL ||
	       (frame->neigh.op == PSW_NEIGH_ASK &&
		ipv6_addr_equal(&frame->neigh.sender, &frame->neigh.target));
}

#endif /* _PSW_FRAME_H */
