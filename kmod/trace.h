/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: each frame that leaves the switch, with its way, and each that
 * is dropped, with its reason.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM podswitch

#if !defined(_PSW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PSW_TRACE_H

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "frame.h"
#include "psw.h"
#include "stats.h"

#ifndef _PSW_TRACE_ONCE
#define _PSW_TRACE_ONCE
/**
 * enum psw_way - how a frame leaves the switch
 * @PSW_WAY_DIRECT: into the pod's end of a veth
 * @PSW_WAY_QUEUED: through a port's own transmit
 * @PSW_WAY_HOST: up the host's stack
 */
enum psw_way {
	PSW_WAY_DIRECT,
	PSW_WAY_QUEUED,
	PSW_WAY_HOST,
};

/* The device that a frame came from: the switch's own for the host. */
static inline const char *psw_trace_in(const struct psw_frame *frame)
{
	return frame->in ? frame->in->dev->name : frame->sw->dev->name;
}
#endif

/* Programs that read events know none of our names. */
TRACE_DEFINE_ENUM(PSW_WAY_DIRECT);
TRACE_DEFINE_ENUM(PSW_WAY_QUEUED);
TRACE_DEFINE_ENUM(PSW_WAY_HOST);
TRACE_DEFINE_ENUM(PSW_DROP_MALFORMED);
TRACE_DEFINE_ENUM(PSW_DROP_TAGGED);
TRACE_DEFINE_ENUM(PSW_DROP_RESERVED_GROUP);
TRACE_DEFINE_ENUM(PSW_DROP_SPOOFED_MAC);
TRACE_DEFINE_ENUM(PSW_DROP_SPOOFED_IPV4);
TRACE_DEFINE_ENUM(PSW_DROP_SPOOFED_IPV6);
TRACE_DEFINE_ENUM(PSW_DROP_SPOOFED_ARP);
TRACE_DEFINE_ENUM(PSW_DROP_SPOOFED_ND);
TRACE_DEFINE_ENUM(PSW_DROP_ROUTER_MESSAGE);
TRACE_DEFINE_ENUM(PSW_DROP_UNKNOWN_DESTINATION);
TRACE_DEFINE_ENUM(PSW_DROP_SAME_PORT);
TRACE_DEFINE_ENUM(PSW_DROP_ISOLATED);
TRACE_DEFINE_ENUM(PSW_DROP_TOO_BIG);
TRACE_DEFINE_ENUM(PSW_DROP_RECEIVER_DOWN);
TRACE_DEFINE_ENUM(PSW_DROP_NO_MEMORY);
TRACE_DEFINE_ENUM(PSW_DROP_FOREIGN_VLAN);
TRACE_DEFINE_ENUM(PSW_DROP_STORM);
TRACE_DEFINE_ENUM(PSW_DROP_HOST_REDIRECT);
TRACE_DEFINE_ENUM(PSW_DROP_DHCP_SERVER);

TRACE_EVENT(podswitch_forward,

	TP_PROTO(const struct psw_frame *frame, const struct sk_buff *skb,
		 const struct net_device *out, enum psw_way way),

	TP_ARGS(frame, skb, out, way),

	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__array(char, sw, IFNAMSIZ)
		__array(char, in, IFNAMSIZ)
		__array(char, out, IFNAMSIZ)
		__array(u8, src, ETH_ALEN)
		__array(u8, dst, ETH_ALEN)
		__field(u16, protocol)
		__field(u16, vlan)
		__field(unsigned int, len)
		__field(u8, way)
	),

	TP_fast_assign(
		__entry->skbaddr = skb;
		strscpy(__entry->sw, frame->sw->dev->name, IFNAMSIZ);
		strscpy(__entry->in, psw_trace_in(frame), IFNAMSIZ);
		strscpy(__entry->out, out->name, IFNAMSIZ);
		ether_addr_copy(__entry->src, eth_hdr(skb)->h_source);
		ether_addr_copy(__entry->dst, eth_hdr(skb)->h_dest);
		__entry->protocol = ntohs(eth_hdr(skb)->h_proto);
		__entry->vlan = frame->vlan;
		__entry->len = skb->len;
		__entry->way = way;
	),

	TP_printk("switch=%s in=%s out=%s way=%s src=%pM dst=%pM protocol=0x%04x vlan=%u len=%u skbaddr=%p",
		  __entry->sw, __entry->in, __entry->out,
		  __print_symbolic(__entry->way,
				   { PSW_WAY_DIRECT, "direct" },
				   { PSW_WAY_QUEUED, "queued" },
				   { PSW_WAY_HOST, "host" }),
		  __entry->src, __entry->dst, __entry->protocol,
		  __entry->vlan, __entry->len, __entry->skbaddr)
);

/* The names of the reasons, as in the protocol; ethtool tells them as well. */
#define PSW_DROP_NAMES							\
	{ PSW_DROP_MALFORMED, "malformed" }, \
	{ PSW_DROP_TAGGED, "tagged" }, \
	{ PSW_DROP_RESERVED_GROUP, "reserved-group" }, \
	{ PSW_DROP_SPOOFED_MAC, "spoofed-mac" }, \
	{ PSW_DROP_SPOOFED_IPV4, "spoofed-ipv4" }, \
	{ PSW_DROP_SPOOFED_IPV6, "spoofed-ipv6" }, \
	{ PSW_DROP_SPOOFED_ARP, "spoofed-arp" }, \
	{ PSW_DROP_SPOOFED_ND, "spoofed-nd" }, \
	{ PSW_DROP_ROUTER_MESSAGE, "router-message" }, \
	{ PSW_DROP_UNKNOWN_DESTINATION, "unknown-destination" }, \
	{ PSW_DROP_SAME_PORT, "same-port" }, \
	{ PSW_DROP_ISOLATED, "isolated" }, \
	{ PSW_DROP_TOO_BIG, "too-big" }, \
	{ PSW_DROP_RECEIVER_DOWN, "receiver-down" }, \
	{ PSW_DROP_NO_MEMORY, "no-memory" }, \
	{ PSW_DROP_FOREIGN_VLAN, "foreign-vlan" }, \
	{ PSW_DROP_STORM, "storm" }, \
	{ PSW_DROP_HOST_REDIRECT, "host-redirect" }, \
	{ PSW_DROP_DHCP_SERVER, "dhcp-server" }

TRACE_EVENT(podswitch_drop,

	TP_PROTO(const struct psw_frame *frame, enum psw_drop reason),

	TP_ARGS(frame, reason),

	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__array(char, sw, IFNAMSIZ)
		__array(char, in, IFNAMSIZ)
		__array(u8, src, ETH_ALEN)
		__array(u8, dst, ETH_ALEN)
		__field(u16, vlan)
		__field(unsigned int, len)
		__field(u8, reason)
	),

	TP_fast_assign(
		__entry->skbaddr = frame->skb;
		strscpy(__entry->sw, frame->sw->dev->name, IFNAMSIZ);
		strscpy(__entry->in, psw_trace_in(frame), IFNAMSIZ);
		psw_mac_from_key(frame->src, __entry->src);
		psw_mac_from_key(frame->dst, __entry->dst);
		__entry->vlan = frame->vlan;
		__entry->len = frame->skb->len;
		__entry->reason = reason;
	),

	TP_printk("switch=%s in=%s reason=%s src=%pM dst=%pM vlan=%u len=%u skbaddr=%p",
		  __entry->sw, __entry->in,
		  __print_symbolic(__entry->reason, PSW_DROP_NAMES),
		  __entry->src, __entry->dst, __entry->vlan, __entry->len,
		  __entry->skbaddr)
);

#endif /* _PSW_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
