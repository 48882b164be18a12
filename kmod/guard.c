// SPDX-License-Identifier: GPL-2.0
#include "guard.h"

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "frame.h"
#include "neigh.h"
#include "psw.h"

static bool psw_may_use(const struct psw_frame *frame,
			const struct in6_addr *ip)
	__must_hold_shared(RCU)
{
	const struct psw_port *port = frame->in;
	const struct psw_entry *entry;

	entry = psw_table_find_ip(&port->sw->table, ip, frame->vlan);
	return (entry && entry->port == port) ||
	       psw_port_shares(port, ip, frame->vlan);
}

static bool psw_may_use_ipv4(const struct psw_frame *frame, __be32 ip4)
	__must_hold_shared(RCU)
{
	const struct psw_port *port = frame->in;
	struct in6_addr ip;

	if (likely(psw_ip4_key(ip4) == READ_ONCE(port->ip4) &&
		   frame->vlan == READ_ONCE(port->pvid)))
		return true;
	ipv6_addr_set_v4mapped(ip4, &ip);
	return psw_may_use(frame, &ip);
}

static bool psw_may_use_ipv6(const struct psw_frame *frame,
			     const struct in6_addr *ip)
	__must_hold_shared(RCU)
{
	const struct psw_entry *first = rcu_dereference(frame->in->ip6);

	if (likely(first && ipv6_addr_equal(ip, &first->ip.addr) &&
		   frame->vlan == first->ip.vlan))
		return true;
	if (ipv6_addr_type(ip) & IPV6_ADDR_LINKLOCAL &&
	    psw_mac_of_link_local(ip) == frame->src)
		return true;
	/* In the table that is an IPv4 address. */
	return !ipv6_addr_v4mapped(ip) && psw_may_use(frame, ip);
}

/* Whether the port holds a MAC that is not its own. */
static bool psw_guard_extra_mac(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct psw_entry *entry;

	entry = psw_table_find_mac(&frame->sw->table, frame->src, frame->vlan);
	return entry && entry->port == frame->in;
}

/* A DHCP client that has no address yet sends from 0.0.0.0, port 68, to the
 * broadcast address, port 67 (RFC 2131 4.1).
 */
static bool psw_is_dhcp_client(const struct psw_frame *frame)
{
	const struct iphdr *ip;
	const struct udphdr *udp;
	struct udphdr copy_udp;
	struct iphdr copy_ip;

	ip = skb_header_pointer(frame->skb, 0, sizeof(copy_ip), &copy_ip);
	if (!ip || ip->ihl < 5 || ip->protocol != IPPROTO_UDP ||
	    ip_is_fragment(ip) ||
	    ip->saddr || ip->daddr != htonl(INADDR_BROADCAST))
		return false;
	udp = skb_header_pointer(frame->skb, ip->ihl * 4, sizeof(copy_udp),
				 &copy_udp);
	return udp && udp->source == htons(PSW_UDP_DHCP_CLIENT) &&
	       udp->dest == htons(PSW_UDP_DHCP_SERVER);
}

/* A server and a relay send from the server's port. What is for the client's
 * is refused as well: clients take an answer from any port.
 */
static enum psw_drop psw_guard_udp(const struct psw_frame *frame, int offset,
				   u16 server, u16 client)
{
	const struct udphdr *udp;
	struct udphdr copy;

	if (READ_ONCE(frame->in->dhcp_server))
		return PSW_PASS;
	udp = skb_header_pointer(frame->skb, offset, sizeof(copy), &copy);
	return udp && (udp->source == htons(server) ||
		       udp->dest == htons(client)) ?
	       PSW_DROP_DHCP_SERVER : PSW_PASS;
}

/* Clients that read below their IP stack may look for ports where the length
 * of the header says, be it as it may; those are read where it is true.
 */
static enum psw_drop psw_guard_ipv4(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct iphdr *ip;
	struct iphdr copy;

	if (unlikely(!psw_may_use_ipv4(frame, frame->src4)))
		return psw_is_dhcp_client(frame) ? PSW_PASS :
						   PSW_DROP_SPOOFED_IPV4;
	ip = skb_header_pointer(frame->skb, 0, sizeof(copy), &copy);
	if (!ip || ip->ihl < 5)
		return PSW_DROP_MALFORMED;
	/* The first fragment has the ports. */
	if (ip->protocol != IPPROTO_UDP || ip->frag_off & htons(IP_OFFSET))
		return PSW_PASS;
	return psw_guard_udp(frame, ip->ihl * 4, PSW_UDP_DHCP_SERVER,
			     PSW_UDP_DHCP_CLIENT);
}

/* The unspecified source is for hosts that have no address yet: duplicate
 * address detection and router solicitation (psw_guard_nd()), and multicast
 * listener reports, which are link-scoped (RFC 3590 4).
 */
static enum psw_drop psw_guard_ipv6_source(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	if (likely(psw_may_use_ipv6(frame, &frame->src6)))
		return PSW_PASS;
	return ipv6_addr_any(&frame->src6) && psw_frame_is_group(frame) ?
	       PSW_PASS : PSW_DROP_SPOOFED_IPV6;
}

/* Behind extension headers, too; the first fragment has them all (RFC 7112 5),
 * later ones have no ports.
 */
static enum psw_drop psw_guard_ipv6(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct ipv6hdr *hdr;
	struct ipv6hdr copy;
	enum psw_drop drop;
	__be16 frag_off;
	u8 nexthdr;
	int offset;

	drop = psw_guard_ipv6_source(frame);
	if (drop != PSW_PASS)
		return drop;
	hdr = skb_header_pointer(frame->skb, 0, sizeof(copy), &copy);
	if (!hdr)
		return PSW_DROP_MALFORMED;
	nexthdr = hdr->nexthdr;
	offset = ipv6_skip_exthdr(frame->skb, sizeof(*hdr), &nexthdr,
				  &frag_off);
	if (offset < 0 || nexthdr != IPPROTO_UDP)
		return PSW_PASS;
	if (frag_off && offset + sizeof(struct udphdr) > frame->skb->len)
		return PSW_DROP_MALFORMED;
	return psw_guard_udp(frame, offset, PSW_UDP_DHCPV6_SERVER,
			     PSW_UDP_DHCPV6_CLIENT);
}

/* RFC 5227: a probe has no sender address. */
static enum psw_drop psw_guard_arp(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct psw_neigh *neigh = &frame->neigh;
	__be32 sender = neigh->sender.s6_addr32[3];

	if (neigh->lladdr != frame->src)
		return PSW_DROP_SPOOFED_ARP;
	if (!sender && neigh->op == PSW_NEIGH_ASK)
		return PSW_PASS;
	return psw_may_use_ipv4(frame, sender) ? PSW_PASS :
							PSW_DROP_SPOOFED_ARP;
}

/* RFC 4861 4: who asks gives its own link-layer address or none; who tells
 * holds the target. RFC 4862 5.4.2: duplicate address detection has no source.
 */
static enum psw_drop psw_guard_nd(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct psw_neigh *neigh = &frame->neigh;
	enum psw_drop drop;

	if (neigh->op == PSW_NEIGH_ROUTER && !READ_ONCE(frame->in->router))
		return PSW_DROP_ROUTER_MESSAGE;
	drop = psw_guard_ipv6_source(frame);
	if (drop != PSW_PASS)
		return drop;
	if (neigh->lladdr && neigh->lladdr != frame->src)
		return PSW_DROP_SPOOFED_ND;
	if (neigh->op == PSW_NEIGH_TELL &&
	    !psw_may_use_ipv6(frame, &neigh->target))
		return PSW_DROP_SPOOFED_ND;
	return PSW_PASS;
}

/* Whether a port whose MAC it is may send from this IP address. */
static enum psw_drop psw_guard_ip(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	switch (frame->kind) {
	case PSW_KIND_OTHER:
		break;
	case PSW_KIND_IPV4:
		return psw_guard_ipv4(frame);
	case PSW_KIND_IPV6:
		return psw_guard_ipv6(frame);
	case PSW_KIND_ARP:
		return psw_guard_arp(frame);
	case PSW_KIND_ND:
		return psw_guard_nd(frame);
	}
	return PSW_PASS;
}

/**
 * psw_guard_closely() - psw_guard() for any frame
 * @frame: from a port; described
 *
 * Context: RCU read section, bottom halves off.
 * Return: PSW_PASS, or what the frame is dropped for.
 */
enum psw_drop psw_guard_closely(const struct psw_frame *frame)
{
	const struct psw_port *port = frame->in;
	u8 guard = READ_ONCE(port->guard);

	if (guard == PODSWITCH_GUARD_OFF)
		return PSW_PASS;
	if (frame->src != READ_ONCE(port->mac) && !psw_guard_extra_mac(frame))
		return PSW_DROP_SPOOFED_MAC;
	return guard == PODSWITCH_GUARD_MAC_IP ? psw_guard_ip(frame) : PSW_PASS;
}
