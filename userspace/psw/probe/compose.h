/* SPDX-License-Identifier: GPL-2.0 */
/* Frames: what a pod or the host would send, byte by byte. */
#ifndef _PSW_COMPOSE_H
#define _PSW_COMPOSE_H

#include <podswitch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compose_what {
	COMPOSE_PLAIN,		/* of a type that nobody looks into */
	COMPOSE_ARP,		/* who has dst? */
	COMPOSE_ND,
	COMPOSE_ICMP,		/* ICMP or ICMPv6 echo request */
	COMPOSE_TCP,
	COMPOSE_UDP,
};

/**
 * struct compose - a frame to be made
 * @what: what is in it
 * @dst_mac: Ethernet destination
 * @src_mac: Ethernet source
 * @vlan: VLAN in its tag; negative for no tag
 * @src: IP source or who asks; not for COMPOSE_PLAIN
 * @dst: IP destination or what is asked for; of the same family
 * @sport: TCP or UDP source port
 * @dport: TCP or UDP destination port
 * @is_ack: TCP: not the first of its connection
 * @size: bytes behind the Ethernet header, at least; the rest is zeros
 */
struct compose {
	enum compose_what what;
	uint8_t dst_mac[6];
	uint8_t src_mac[6];
	int vlan;
	struct podswitch_address src;
	struct podswitch_address dst;
	uint16_t sport;
	uint16_t dport;
	bool is_ack;
	uint32_t size;
};

enum {
	COMPOSE_SIZE_MAX = 65535,	/* what IPv4 can say */
};

/**
 * struct compose_frame - a frame that was made
 * @data: its headers
 * @headers: how long they are
 * @len: length of the frame; zeros follow the headers
 */
struct compose_frame {
	uint8_t data[128];
	size_t headers;
	size_t len;
};

/**
 * compose_frame() - makes a frame
 * @cfg: which
 * @frame: filled in
 */
void compose_frame(const struct compose *cfg, struct compose_frame *frame);

/**
 * compose_group_mac() - the MAC that stands for a group of IP addresses
 * @ip: an IP address
 * @mac: filled in if it is a multicast or the broadcast address
 *
 * Return: whether it is.
 */
bool compose_group_mac(const struct podswitch_address *ip, uint8_t *mac);

/**
 * compose_question_mac() - whom to ask for the MAC of an IP address
 * @ip: the address
 * @mac: filled in with the MAC of the group that has to listen
 */
void compose_question_mac(const struct podswitch_address *ip, uint8_t *mac);

#endif /* _PSW_COMPOSE_H */
