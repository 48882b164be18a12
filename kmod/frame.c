// SPDX-License-Identifier: GPL-2.0
#include "frame.h"

#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "psw.h"

/* An ARP packet for IPv4 over Ethernet behind its fixed header (RFC 826). */
struct psw_arp_body {
	u8 sender_mac[ETH_ALEN];
	__be32 sender_ip;
	u8 target_mac[ETH_ALEN];
	__be32 target_ip;
} __packed;

struct psw_arp {
	struct arphdr hdr;
	struct psw_arp_body body;
} __packed;

static enum psw_drop psw_frame_describe_arp(struct psw_frame *frame)
{
	struct psw_neigh *neigh = &frame->neigh;
	const struct psw_arp *arp;
	struct psw_arp copy;

	arp = skb_header_pointer(frame->skb, 0, sizeof(copy), &copy);
	if (!arp)
		return PSW_DROP_MALFORMED;
	if (arp->hdr.ar_hrd != htons(ARPHRD_ETHER) ||
	    arp->hdr.ar_pro != htons(ETH_P_IP) ||
	    arp->hdr.ar_hln != ETH_ALEN || arp->hdr.ar_pln != sizeof(__be32))
		return PSW_DROP_MALFORMED;

	frame->kind = PSW_KIND_ARP;
	neigh->op = arp->hdr.ar_op == htons(ARPOP_REQUEST) ? PSW_NEIGH_ASK :
							     PSW_NEIGH_TELL;
	neigh->lladdr = psw_mac_key(arp->body.sender_mac);
	ipv6_addr_set_v4mapped(arp->body.sender_ip, &neigh->sender);
	ipv6_addr_set_v4mapped(arp->body.target_ip, &neigh->target);
	return PSW_PASS;
}

/* Finds the one link-layer address option that counts (RFC 4861 4.6): the
 * source's in a solicitation, the target's in an advertisement.
 */
static enum psw_drop psw_frame_describe_nd_options(struct psw_frame *frame,
						   int offset, int end, u8 type)
{
	struct psw_neigh *neigh = &frame->neigh;

	while (offset < end) {
		struct { u8 type, len, mac[ETH_ALEN]; } copy;
		const typeof(copy) *opt;

		opt = skb_header_pointer(frame->skb, offset, sizeof(copy),
					 &copy);
		if (!opt || !opt->len)
			return PSW_DROP_MALFORMED;
		if (opt->type == type) {
			if (neigh->lladdr)
				return PSW_DROP_MALFORMED;
			neigh->lladdr = psw_mac_key(opt->mac);
		}
		offset += opt->len * 8;
	}
	return offset == end ? PSW_PASS : PSW_DROP_MALFORMED;
}

/* RFC 4861 4.1 to 4.5; the ICMPv6 message lies from @offset to @end. */
static enum psw_drop psw_frame_describe_nd(struct psw_frame *frame, int offset,
					   int end)
{
	struct psw_neigh *neigh = &frame->neigh;
	const struct nd_msg *msg;
	const struct icmp6hdr *icmp;
	struct icmp6hdr copy_icmp;
	struct nd_msg copy_msg;

	icmp = skb_header_pointer(frame->skb, offset, sizeof(copy_icmp),
				  &copy_icmp);
	if (!icmp)
		return PSW_DROP_MALFORMED;

	neigh->lladdr = 0;
	neigh->sender = frame->src6;
	neigh->target = in6addr_any;
	switch (icmp->icmp6_type) {
	case NDISC_ROUTER_SOLICITATION:
		frame->kind = PSW_KIND_ND;
		neigh->op = PSW_NEIGH_ASK_ROUTER;
		return psw_frame_describe_nd_options(frame,
						     offset + sizeof(*icmp),
						     end, ND_OPT_SOURCE_LL_ADDR);
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_REDIRECT:
		frame->kind = PSW_KIND_ND;
		neigh->op = PSW_NEIGH_ROUTER;
		return PSW_PASS;
	case NDISC_NEIGHBOUR_SOLICITATION:
		neigh->op = PSW_NEIGH_ASK;
		break;
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
		neigh->op = PSW_NEIGH_TELL;
		break;
	default:
		return PSW_PASS;
	}

	msg = skb_header_pointer(frame->skb, offset, sizeof(copy_msg),
				 &copy_msg);
	if (!msg)
		return PSW_DROP_MALFORMED;
	frame->kind = PSW_KIND_ND;
	neigh->target = msg->target;
	return psw_frame_describe_nd_options(frame, offset + sizeof(*msg), end,
					     neigh->op == PSW_NEIGH_ASK ?
					     ND_OPT_SOURCE_LL_ADDR :
					     ND_OPT_TARGET_LL_ADDR);
}

/* Extension headers may end with "no next header" (RFC 8200 4.7). */
static bool psw_frame_is_empty_ipv6(const struct sk_buff *skb)
{
	unsigned int offset = 0;

	return ipv6_find_hdr(skb, &offset, -1, NULL, NULL) == IPPROTO_NONE;
}

static enum psw_drop psw_frame_describe_ipv6(struct psw_frame *frame)
{
	const struct ipv6hdr *hdr;
	struct ipv6hdr copy;
	int offset, end;
	__be16 frag_off;
	u8 nexthdr;

	hdr = skb_header_pointer(frame->skb, 0, sizeof(copy), &copy);
	if (!hdr)
		return PSW_DROP_MALFORMED;

	frame->kind = PSW_KIND_IPV6;
	frame->src6 = hdr->saddr;
	nexthdr = hdr->nexthdr;
	if (nexthdr == IPPROTO_TCP || nexthdr == IPPROTO_UDP)
		return PSW_PASS;

	offset = ipv6_skip_exthdr(frame->skb, sizeof(*hdr), &nexthdr,
				  &frag_off);
	if (offset < 0)
		return psw_frame_is_empty_ipv6(frame->skb) ?
		       PSW_PASS : PSW_DROP_MALFORMED;
	/* Receivers ignore fragmented neighbour messages (RFC 6980). */
	if (nexthdr != IPPROTO_ICMPV6 || frag_off)
		return PSW_PASS;
	end = sizeof(*hdr) + ntohs(hdr->payload_len);
	if (end > frame->skb->len)
		return PSW_DROP_MALFORMED;
	return psw_frame_describe_nd(frame, offset, end);
}

static enum psw_drop psw_frame_describe_ipv4(struct psw_frame *frame)
{
	const struct iphdr *hdr;
	struct iphdr copy;

	hdr = skb_header_pointer(frame->skb, 0, sizeof(copy), &copy);
	if (!hdr)
		return PSW_DROP_MALFORMED;

	frame->kind = PSW_KIND_IPV4;
	frame->src4 = hdr->saddr;
	return PSW_PASS;
}

/* A priority tag (VLAN 0, IEEE 802.1Q-2022 6.9.1) leaves a frame where untagged
 * ones are. Ports without a trunk have no use for tags at all. The host is in
 * all VLANs.
 */
static enum psw_drop psw_frame_describe_tag(struct psw_frame *frame)
{
	const struct psw_port *in = frame->in;
	u16 vlan = skb_vlan_tag_get_id(frame->skb);

	if (frame->skb->vlan_proto != htons(ETH_P_8021Q))
		return PSW_DROP_TAGGED;
	if (in && !rcu_access_pointer(in->trunk) && (vlan || !in->is_uplink))
		return PSW_DROP_TAGGED;
	if (!vlan)
		return PSW_PASS;
	frame->vlan = vlan;
	if (vlan >= PSW_N_VLANS || (in && !psw_port_carries_tag(in, vlan)))
		return PSW_DROP_FOREIGN_VLAN;
	return PSW_PASS;
}

/**
 * psw_frame_describe_closely() - does what psw_frame_describe() left to do
 * @frame: @dst and @src are set as well
 *
 * Context: RCU read section, bottom halves off.
 * Return: PSW_PASS, or why the frame cannot be forwarded.
 */
enum psw_drop psw_frame_describe_closely(struct psw_frame *frame)
{
	enum psw_drop drop;

	frame->kind = PSW_KIND_OTHER;
	if (skb_vlan_tag_present(frame->skb)) {
		drop = psw_frame_describe_tag(frame);
		if (drop != PSW_PASS)
			return drop;
	}

	switch (eth_hdr(frame->skb)->h_proto) {
	case htons(ETH_P_IP):
		return psw_frame_describe_ipv4(frame);
	case htons(ETH_P_IPV6):
		return psw_frame_describe_ipv6(frame);
	case htons(ETH_P_ARP):
		return psw_frame_describe_arp(frame);
	case htons(ETH_P_8021Q):
	case htons(ETH_P_8021AD):
		return PSW_DROP_TAGGED;
	default:
		return PSW_PASS;
	}
}
