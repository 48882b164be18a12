// SPDX-License-Identifier: GPL-2.0
#include "neigh.h"

#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <net/arp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "frame.h"
#include "psw.h"

/* A neighbour advertisement with one link-layer address option. */
struct psw_nd_answer {
	struct ethhdr eth;
	struct ipv6hdr ip;
	struct nd_msg msg;
	struct {
		u8 type;
		u8 len;
		u8 mac[ETH_ALEN];
	} opt;
} __packed;

/**
 * psw_mac_of_link_local() - the MAC that a link-local address was made of
 * @ip: an IPv6 address
 *
 * RFC 4291 2.5.6 and appendix A: fe80::/64 and a modified EUI-64.
 *
 * Return: a key as psw_mac_key() makes it; 0 if the address was made otherwise.
 */
u64 psw_mac_of_link_local(const struct in6_addr *ip)
{
	u8 mac[ETH_ALEN];

	if (ip->s6_addr32[0] != htonl(0xfe800000) || ip->s6_addr32[1] ||
	    ip->s6_addr[11] != 0xff || ip->s6_addr[12] != 0xfe)
		return 0;
	memcpy(mac, &ip->s6_addr[8], 3);
	memcpy(mac + 3, &ip->s6_addr[13], 3);
	mac[0] ^= 2;
	return psw_mac_key(mac);
}

/**
 * psw_neigh_holder() - the port that holds what a message asks for
 * @frame: described; psw_frame_is_neigh()
 *
 * Context: RCU read section.
 * Return: the port, or NULL if no port holds the target.
 */
struct psw_port *psw_neigh_holder(const struct psw_frame *frame)
{
	const struct in6_addr *target = &frame->neigh.target;
	struct psw_table *table = &frame->sw->table;
	struct psw_entry *entry;

	/* In the table that is an IPv4 address. */
	if (frame->kind == PSW_KIND_ND && ipv6_addr_v4mapped(target))
		return NULL;
	entry = psw_table_find_ip(table, target, frame->vlan);
	if (!entry && frame->kind == PSW_KIND_ND)
		entry = psw_table_find_mac(table,
					   psw_mac_of_link_local(target),
					   frame->vlan);
	return entry ? entry->port : NULL;
}

static struct sk_buff *psw_neigh_answer_arp(const struct psw_frame *frame,
					    struct net_device *dev,
					    const u8 *asker, const u8 *holder)
{
	const struct psw_neigh *neigh = &frame->neigh;

	return arp_create(ARPOP_REPLY, ETH_P_ARP, neigh->sender.s6_addr32[3],
			  dev, neigh->target.s6_addr32[3], asker, holder,
			  asker);
}

/* RFC 4861 7.2.4; to all nodes where the asker has no address yet (RFC 4862
 * 5.4.3: it takes that as its address being in use).
 */
static void psw_nd_answer_fill(struct psw_nd_answer *answer,
			       const struct psw_neigh *neigh,
			       const u8 *asker, const u8 *holder)
{
	const int len = sizeof(answer->msg) + sizeof(answer->opt);
	bool dad = ipv6_addr_any(&neigh->sender);

	memset(answer, 0, sizeof(*answer));
	ether_addr_copy(answer->eth.h_dest, asker);
	ether_addr_copy(answer->eth.h_source, holder);
	answer->eth.h_proto = htons(ETH_P_IPV6);
	answer->ip.daddr = neigh->sender;
	if (dad) {
		answer->ip.daddr = in6addr_linklocal_allnodes;
		ipv6_eth_mc_map(&answer->ip.daddr, answer->eth.h_dest);
	}

	answer->ip.version = 6;
	answer->ip.payload_len = htons(len);
	answer->ip.nexthdr = IPPROTO_ICMPV6;
	answer->ip.hop_limit = 255;	/* RFC 4861 7.1.2 */
	answer->ip.saddr = neigh->target;

	answer->msg.icmph.icmp6_type = NDISC_NEIGHBOUR_ADVERTISEMENT;
	answer->msg.icmph.icmp6_override = 1;
	answer->msg.icmph.icmp6_solicited = !dad;
	answer->msg.target = neigh->target;
	answer->opt.type = ND_OPT_TARGET_LL_ADDR;
	answer->opt.len = sizeof(answer->opt) / 8;
	ether_addr_copy(answer->opt.mac, holder);
	answer->msg.icmph.icmp6_cksum =
		csum_ipv6_magic(&answer->ip.saddr, &answer->ip.daddr, len,
				IPPROTO_ICMPV6,
				csum_partial(&answer->msg, len, 0));
}

static struct sk_buff *psw_neigh_answer_nd(const struct psw_frame *frame,
					   struct net_device *dev,
					   const u8 *asker, const u8 *holder)
{
	struct psw_nd_answer *answer;
	struct sk_buff *skb;
	int headroom;

	headroom = LL_RESERVED_SPACE(dev) - ETH_HLEN + NET_IP_ALIGN;
	skb = alloc_skb(headroom + sizeof(*answer) + dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	answer = skb_put(skb, sizeof(*answer));
	psw_nd_answer_fill(answer, &frame->neigh, asker, holder);

	skb->dev = dev;
	skb->protocol = htons(ETH_P_IPV6);
	skb_set_transport_header(skb, ETH_HLEN + sizeof(answer->ip));
	return skb;
}

/**
 * psw_neigh_answer() - answers in the name of the port that holds the target
 * @frame: described; an ARP request (RFC 826, RFC 5227) or a neighbour
 *         solicitation (RFC 4861, RFC 4862)
 * @holder: the port that holds what is asked for
 *
 * Context: RCU read section, bottom halves off.
 * Return: the answer, data behind its Ethernet header, or NULL without memory.
 */
struct sk_buff *psw_neigh_answer(const struct psw_frame *frame,
				 const struct psw_port *holder)
{
	struct net_device *dev = frame->in ? frame->in->dev : frame->sw->dev;
	u8 asker[ETH_ALEN], mac[ETH_ALEN];
	struct sk_buff *answer;

	psw_mac_from_key(frame->src, asker);
	psw_mac_from_key(READ_ONCE(holder->mac), mac);
	if (frame->kind == PSW_KIND_ARP)
		answer = psw_neigh_answer_arp(frame, dev, asker, mac);
	else
		answer = psw_neigh_answer_nd(frame, dev, asker, mac);
	if (!answer)
		return NULL;
	skb_reset_mac_header(answer);
	__skb_pull(answer, ETH_HLEN);
	skb_reset_network_header(answer);
	skb_reset_mac_len(answer);
	return answer;
}
