/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_GUARD_H
#define _PSW_GUARD_H

#include <linux/compiler.h>
#include <linux/ip.h>
#include <linux/rcupdate.h>
#include <linux/udp.h>

#include "frame.h"
#include "psw.h"
#include "stats.h"

enum psw_drop psw_guard_closely(const struct psw_frame *frame)
	__must_hold_shared(RCU);

/* Well-known ports (RFC 2131 4.1, RFC 8415 7.2). */
enum {
	PSW_UDP_DHCP_SERVER = 67,
	PSW_UDP_DHCP_CLIENT = 68,
	PSW_UDP_DHCPV6_CLIENT = 546,
	PSW_UDP_DHCPV6_SERVER = 547,
};

/* Whether the IPv4 packet of psw_frame_describe() is surely not that of a DHCP
 * server, whatever its protocol has where UDP has its ports.
 */
static inline bool psw_guard_is_no_dhcp(const struct psw_frame *frame)
{
	const struct iphdr *ip = (const struct iphdr *)frame->skb->data;
	const struct udphdr *udp = (const struct udphdr *)(ip + 1);

	return *(const u8 *)ip == 0x45 &&	/* IPv4, no options */
	       udp->source != htons(PSW_UDP_DHCP_SERVER) &&
	       udp->dest != htons(PSW_UDP_DHCP_CLIENT);
}

/**
 * psw_guard() - whether the port may send a frame from this source
 * @frame: from a port; psw_frame_describe() described all of it
 *
 * Who sends from its own MAC and its first address may do so whatever its guard
 * is, but for what a DHCP server sends.
 *
 * Context: RCU read section, bottom halves off.
 * Return: PSW_PASS, or what the frame is dropped for.
 */
static inline enum psw_drop psw_guard(const struct psw_frame *frame)
	__must_hold_shared(RCU)
{
	const struct psw_port *port = frame->in;

	/* It has no tag, so it is where the port's first address is. */
	if (likely(frame->src == READ_ONCE(port->mac) &&
		   psw_ip4_key(frame->src4) == READ_ONCE(port->ip4) &&
		   psw_guard_is_no_dhcp(frame)))
		return PSW_PASS;
	return psw_guard_closely(frame);
}

#endif /* _PSW_GUARD_H */
