// SPDX-License-Identifier: GPL-2.0
#include "nat.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

/**
 * struct psw_nat_head - what a frame's IP header says of its content
 * @l3num: NFPROTO_IPV4 or NFPROTO_IPV6
 * @protocol: what it carries, IPPROTO_*
 * @is_fragment: it carries a part, so that ports may be missing
 * @offset: where that begins
 */
struct psw_nat_head {
	u8 l3num;
	u8 protocol;
	bool is_fragment;
	int offset;
};

static bool psw_nat_read_ipv4(const struct sk_buff *skb,
			      struct psw_nat_head *head)
{
	const struct iphdr *hdr;
	struct iphdr copy;

	hdr = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	if (!hdr)
		return false;
	head->l3num = NFPROTO_IPV4;
	head->protocol = hdr->protocol;
	head->is_fragment = ip_is_fragment(hdr);
	head->offset = hdr->ihl * 4;
	return true;
}

static bool psw_nat_read_ipv6(const struct sk_buff *skb,
			      struct psw_nat_head *head)
{
	const struct ipv6hdr *hdr;
	struct ipv6hdr copy;
	__be16 frag_off;

	hdr = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	if (!hdr)
		return false;
	head->l3num = NFPROTO_IPV6;
	head->protocol = hdr->nexthdr;
	head->offset = ipv6_skip_exthdr(skb, sizeof(*hdr), &head->protocol,
					&frag_off);
	head->is_fragment = frag_off & htons(IP6_OFFSET | IP6_MF);
	return head->offset >= 0;
}

static bool psw_nat_read(const struct psw_frame *frame,
			 struct psw_nat_head *head)
{
	switch (frame->kind) {
	case PSW_KIND_IPV4:
		return psw_nat_read_ipv4(frame->skb, head);
	case PSW_KIND_IPV6:
	case PSW_KIND_ND:
		return psw_nat_read_ipv6(frame->skb, head);
	case PSW_KIND_ARP:
	case PSW_KIND_OTHER:
		return false;
	}
	return false;
}

/* The type of an ICMP or ICMPv6 message, or -1 for none. */
static int psw_nat_icmp_type(const struct sk_buff *skb,
			     const struct psw_nat_head *head)
{
	const u8 *type;
	u8 copy;

	if (head->is_fragment ||
	    head->protocol != (head->l3num == NFPROTO_IPV4 ? IPPROTO_ICMP :
							     IPPROTO_ICMPV6))
		return -1;
	type = skb_header_pointer(skb, head->offset, sizeof(copy), &copy);
	return type ? *type : -1;
}

/**
 * psw_nat_is_icmp_redirect() - psw_nat_is_redirect() for a frame that may be
 * one by its kind and protocol
 * @frame: from the host
 *
 * Context: RCU read section, bottom halves off.
 * Return: as psw_nat_is_redirect().
 */
bool psw_nat_is_icmp_redirect(const struct psw_frame *frame)
{
	struct psw_nat_head head;

	if (!psw_nat_read(frame, &head))
		return false;
	return psw_nat_icmp_type(frame->skb, &head) ==
	       (head.l3num == NFPROTO_IPV4 ? ICMP_REDIRECT : NDISC_REDIRECT);
}

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
static bool psw_nat_is_error(const struct sk_buff *skb,
			     const struct psw_nat_head *head)
{
	int type = psw_nat_icmp_type(skb, head);

	if (type < 0)
		return false;
	return head->l3num == NFPROTO_IPV4 ? icmp_is_err(type) :
					     icmpv6_is_err(type);
}

/* What a connection's answers look like is not the reverse of what its first
 * frame looked like. The status bits of NAT tell less: IPVS sets none.
 */
static bool psw_nat_is_translated(const struct nf_conn *ct)
{
	struct nf_conntrack_tuple inverse;

	return nf_ct_invert_tuple(&inverse,
				  &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple) &&
	       !nf_ct_tuple_equal(&inverse,
				  &ct->tuplehash[IP_CT_DIR_REPLY].tuple);
}

/**
 * psw_nat_note_connection() - psw_nat_note() for a frame of a connection
 * @frame: from the host
 * @out: the port that it goes to
 *
 * Only the original direction counts. Its frames take the way that the first
 * one took, to the host; it is the answers that could bypass it, and they come
 * from where the original direction goes.
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_nat_note_connection(const struct psw_frame *frame,
			     struct psw_port *out)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;

	ct = nf_ct_get(frame->skb, &ctinfo);
	if (ct && CTINFO2DIR(ctinfo) == IP_CT_DIR_ORIGINAL &&
	    psw_nat_is_translated(ct))
		WRITE_ONCE(out->is_translated, true);
}

/* The connection that a frame belongs to or, for an error message, the one
 * that it is about, as the sender of the message sees it.
 */
static bool psw_nat_tuple(const struct psw_frame *frame,
			  const struct psw_nat_head *head,
			  struct nf_conntrack_tuple *tuple)
{
	struct net *net = dev_net(frame->sw->dev);
	struct nf_conntrack_tuple about;

	if (!psw_nat_is_error(frame->skb, head))
		return nf_ct_get_tuplepr(frame->skb, 0, head->l3num, net,
					 tuple);
	return nf_ct_get_tuplepr(frame->skb,
				 head->offset + sizeof(struct icmphdr),
				 head->l3num, net, &about) &&
	       nf_ct_invert_tuple(tuple, &about);
}

/* Whether a frame opens another connection by the same ports. Conntrack knows
 * one that is over for up to two minutes more; if the client uses its port
 * again to call the pod itself, only the pod's answer tells.
 */
static bool psw_nat_is_reused(const struct sk_buff *skb,
			      const struct psw_nat_head *head,
			      const struct nf_conn *ct)
{
	const struct tcphdr *tcp;
	struct tcphdr copy;

	if (head->protocol != IPPROTO_TCP)
		return false;
	switch (READ_ONCE(ct->proto.tcp.state)) {
	case TCP_CONNTRACK_TIME_WAIT:
	case TCP_CONNTRACK_CLOSE:
		tcp = skb_header_pointer(skb, head->offset, sizeof(copy),
					 &copy);
		return tcp && tcp->syn;
	default:
		return false;
	}
}

static enum psw_nat psw_nat_judge_connection(const struct psw_frame *frame,
					     const struct psw_nat_head *head,
					     const struct nf_conn *ct)
{
	if (!psw_nat_is_translated(ct))
		return PSW_NAT_NONE;
	return psw_nat_is_reused(frame->skb, head, ct) ? PSW_NAT_IS_OVER :
							 PSW_NAT_OWNS;
}

/* The connection that conntrack has for a frame, with a reference, or NULL. */
static struct nf_conn *psw_nat_find(const struct psw_frame *frame,
				    const struct psw_nat_head *head)
{
	const struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;

	if (!psw_nat_tuple(frame, head, &tuple))
		return NULL;
	hash = nf_conntrack_find_get(dev_net(frame->sw->dev), &nf_ct_zone_dflt,
				     &tuple);
	return hash ? nf_ct_tuplehash_to_ctrack(hash) : NULL;
}

/**
 * psw_nat_judge() - whether a frame has to pass the host, which translates it
 * @frame: from a port that @is_translated, about to go to another port
 *
 * All fragments have to: only the first tells the ports, and the host puts
 * them together. Nothing is written to the frame.
 *
 * Context: RCU read section, bottom halves off.
 */
enum psw_nat psw_nat_judge(const struct psw_frame *frame)
{
	struct psw_nat_head head;
	enum psw_nat verdict;
	struct nf_conn *ct;

	if (frame->kind == PSW_KIND_ND || !psw_nat_read(frame, &head))
		return PSW_NAT_NONE;
	if (head.is_fragment)
		return PSW_NAT_OWNS;
	ct = psw_nat_find(frame, &head);
	if (!ct)
		return PSW_NAT_NONE;
	verdict = psw_nat_judge_connection(frame, &head, ct);
	nf_ct_put(ct);
	return verdict;
}

/**
 * psw_nat_forget() - forgets a translated connection that is over
 * @frame: one by the same ports, for which psw_nat_judge() said
 *         PSW_NAT_IS_OVER
 *
 * Context: RCU read section, bottom halves off.
 */
void psw_nat_forget(const struct psw_frame *frame)
{
	struct psw_nat_head head;
	struct nf_conn *ct;

	if (!psw_nat_read(frame, &head))
		return;
	ct = psw_nat_find(frame, &head);
	if (!ct)
		return;
	if (psw_nat_judge_connection(frame, &head, ct) == PSW_NAT_IS_OVER)
		nf_ct_kill(ct);
	nf_ct_put(ct);
}
#endif
