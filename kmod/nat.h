/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connections that the host translates (NAT, IPVS), as for a Service of
 * Kubernetes: their frames have to pass its stack both ways.
 *
 * A client's frames do of themselves: what it calls is an address of the
 * host. The pod that they are translated to answers the client, which may be
 * the pod next door; the switch would take the answer straight there, where
 * nobody waits for it from that address.
 */
#ifndef _PSW_NAT_H
#define _PSW_NAT_H

#include <linux/compiler.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/kconfig.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "frame.h"
#include "psw.h"

/**
 * enum psw_nat - what the host's translation has to do with a frame
 * @PSW_NAT_NONE: nothing
 * @PSW_NAT_OWNS: the host has to have it
 * @PSW_NAT_IS_OVER: it opens another connection by the ports of one that the
 *                   host translated
 */
enum psw_nat {
	PSW_NAT_NONE,
	PSW_NAT_OWNS,
	PSW_NAT_IS_OVER,
};

bool psw_nat_is_icmp_redirect(const struct psw_frame *frame);

/* What almost all frames are not, at a look. */
static inline bool psw_nat_may_be_redirect(const struct psw_frame *frame)
{
	const struct sk_buff *skb = frame->skb;

	if (frame->kind != PSW_KIND_IPV4)
		return frame->kind == PSW_KIND_ND;
	return skb_headlen(skb) < sizeof(struct iphdr) ||
	       ip_hdr(skb)->protocol == IPPROTO_ICMP;
}

/**
 * psw_nat_is_redirect() - whether a frame tells a pod of a better way
 * @frame: from the host
 *
 * The host sends a translated frame back into the switch that it came from,
 * and takes that for a detour: it tells the pod to send what goes to the
 * Service's address to another pod directly. Pods believe it, and no sysctl
 * of the switch alone stops it: that of the device is or-ed with that for all.
 *
 * Context: RCU read section, bottom halves off.
 * Return: true for an ICMP redirect (RFC 792) and a neighbour discovery
 * redirect (RFC 4861 4.5).
 */
static inline bool psw_nat_is_redirect(const struct psw_frame *frame)
{
	return unlikely(psw_nat_may_be_redirect(frame)) &&
	       psw_nat_is_icmp_redirect(frame);
}

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
void psw_nat_note_connection(const struct psw_frame *frame,
			     struct psw_port *out);
enum psw_nat psw_nat_judge(const struct psw_frame *frame);
void psw_nat_forget(const struct psw_frame *frame);
#else
static inline void psw_nat_note_connection(const struct psw_frame *frame,
					   struct psw_port *out)
{
}

static inline enum psw_nat psw_nat_judge(const struct psw_frame *frame)
{
	return PSW_NAT_NONE;
}

static inline void psw_nat_forget(const struct psw_frame *frame)
{
}
#endif

/**
 * psw_nat_note() - notes if the host sends a translated connection into a port
 * @frame: from the host
 * @out: the port that it goes to
 *
 * From then on, psw_nat_judge() is to be asked about the port's own frames. It
 * never is for ports that no such connection has come to.
 *
 * Context: RCU read section, bottom halves off.
 */
static inline void psw_nat_note(const struct psw_frame *frame,
				struct psw_port *out)
{
	if (skb_nfct(frame->skb) && !READ_ONCE(out->is_translated))
		psw_nat_note_connection(frame, out);
}

#endif /* _PSW_NAT_H */
