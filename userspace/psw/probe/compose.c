// SPDX-License-Identifier: GPL-2.0
#include "compose.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>

enum {
	MAC_LEN = 6,
	TYPE_PLAIN = 0x88b5,	/* for experiments (IEEE 802, 9.2.4) */
	OP_ARP_REQUEST = 1,
	TYPE_ECHO = 8,
	TTL = 64,
	PLAIN_MIN = 46,		/* IEEE 802.3 3.2.8 */
	TTL_ND = 255,		/* RFC 4861 7.1.1 */
	TCP_SYN = 0x02,
	TCP_ACK = 0x10,
};

static uint8_t *put(struct compose_frame *frame, size_t size)
{
	uint8_t *at = frame->data + frame->headers;

	frame->headers += size;
	return at;
}

static void set16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put16(struct compose_frame *frame, uint32_t value)
{
	set16(put(frame, 2), value);
}

static void put_bytes(struct compose_frame *frame, const void *data, size_t n)
{
	memcpy(put(frame, n), data, n);
}

/* The Internet checksum (RFC 1071) before it is folded. */
static uint32_t sum(const uint8_t *p, size_t n, uint32_t total)
{
	size_t i;

	for (i = 0; i < n; i++)
		total += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return total;
}

static void set_sum(uint8_t *p, uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	set16(p, ~total);
}

static bool is_ipv4(const struct compose *cfg)
{
	return cfg->dst.family == AF_INET;
}

static size_t address_len(const struct compose *cfg)
{
	return is_ipv4(cfg) ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

/* Behind which the frame is zeros, up to the length asked for. */
static size_t payload_size(const struct compose *cfg, size_t headers)
{
	return cfg->size > headers ? cfg->size - headers : 0;
}

/* Where the transport's checksum goes: over a pseudo header (RFC 9293 3.1,
 * RFC 8200 8.1), but for ICMP of IPv4. The rest of the frame is zeros.
 */
static void seal(const struct compose *cfg, struct compose_frame *frame,
		 size_t l4, size_t at, uint8_t proto, size_t payload)
{
	size_t len = frame->headers - l4;
	uint32_t total = 0;

	if (proto != IPPROTO_ICMP) {
		total = sum((const uint8_t *)&cfg->src.v6, address_len(cfg), 0);
		total = sum((const uint8_t *)&cfg->dst.v6, address_len(cfg),
			    total);
		total += (uint32_t)(len + payload) + proto;
	}
	set_sum(frame->data + l4 + at, sum(frame->data + l4, len, total));
}

static uint8_t proto_of(const struct compose *cfg)
{
	switch (cfg->what) {
	case COMPOSE_TCP:
		return IPPROTO_TCP;
	case COMPOSE_UDP:
		return IPPROTO_UDP;
	case COMPOSE_ND:
		return IPPROTO_ICMPV6;
	case COMPOSE_PLAIN:
	case COMPOSE_ARP:
	case COMPOSE_ICMP:
		break;
	}
	return is_ipv4(cfg) ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

/* How long the transport's headers are. */
static size_t l4_len(const struct compose *cfg)
{
	switch (cfg->what) {
	case COMPOSE_TCP:
		return 20;
	case COMPOSE_ND:
		return sizeof(struct nd_neighbor_solicit) + 2 + MAC_LEN;
	case COMPOSE_PLAIN:
	case COMPOSE_ARP:
	case COMPOSE_ICMP:
	case COMPOSE_UDP:
		break;
	}
	return 8;
}

static void put_ipv4(const struct compose *cfg, struct compose_frame *frame)
{
	const size_t headers = sizeof(struct in_addr) * 5;
	size_t len = headers + l4_len(cfg);
	uint8_t *ip = put(frame, headers);

	len += payload_size(cfg, len);
	ip[0] = 0x45;
	set16(ip + 2, (uint32_t)len);
	ip[8] = TTL;
	ip[9] = proto_of(cfg);
	memcpy(ip + 12, &cfg->src.v4, sizeof(cfg->src.v4));
	memcpy(ip + 16, &cfg->dst.v4, sizeof(cfg->dst.v4));
	set_sum(ip + 10, sum(ip, headers, 0));
}

static void put_ipv6(const struct compose *cfg, struct compose_frame *frame)
{
	const size_t headers = 40;
	size_t len = l4_len(cfg);
	uint8_t *ip = put(frame, headers);

	len += payload_size(cfg, headers + len);
	ip[0] = 0x60;
	set16(ip + 4, (uint32_t)len);
	ip[6] = proto_of(cfg);
	ip[7] = cfg->what == COMPOSE_ND ? TTL_ND : TTL;
	memcpy(ip + 8, &cfg->src.v6, sizeof(cfg->src.v6));
	memcpy(ip + 24, &cfg->dst.v6, sizeof(cfg->dst.v6));
}

/* RFC 4861 4.3: to the target's solicited-node address, set as destination. */
static void put_solicitation(const struct compose *cfg, uint8_t *l4,
			     const struct in6_addr *target)
{
	l4[0] = ND_NEIGHBOR_SOLICIT;
	memcpy(l4 + 8, target, sizeof(*target));
	l4[24] = ND_OPT_SOURCE_LINKADDR;
	l4[25] = 1;
	memcpy(l4 + 26, cfg->src_mac, MAC_LEN);
}

static void put_ip(const struct compose *cfg, struct compose_frame *frame,
		   const struct in6_addr *target)
{
	const uint8_t proto = proto_of(cfg);
	size_t l4, sum_at = 2, payload;
	uint8_t *p;

	if (is_ipv4(cfg))
		put_ipv4(cfg, frame);
	else
		put_ipv6(cfg, frame);
	l4 = frame->headers;
	p = put(frame, l4_len(cfg));
	payload = payload_size(cfg, (is_ipv4(cfg) ? 20 : 40) + l4_len(cfg));
	if (cfg->what == COMPOSE_ND) {
		put_solicitation(cfg, p, target);
	} else if (cfg->what == COMPOSE_ICMP) {
		p[0] = is_ipv4(cfg) ? TYPE_ECHO : ICMP6_ECHO_REQUEST;
	} else {
		set16(p, cfg->sport);
		set16(p + 2, cfg->dport);
		sum_at = 6;
	}
	if (cfg->what == COMPOSE_UDP)
		set16(p + 4, (uint32_t)(l4_len(cfg) + payload));
	if (cfg->what == COMPOSE_TCP) {
		p[12] = 5 << 4;
		p[13] = cfg->is_ack ? TCP_ACK : TCP_SYN;
		set16(p + 14, 0xffff);
		sum_at = 16;
	}
	seal(cfg, frame, l4, sum_at, proto, payload);
}

/* RFC 826 */
static void put_arp(const struct compose *cfg, struct compose_frame *frame)
{
	static const uint8_t head[] = { 0, 1, 8, 0, MAC_LEN, 4 };

	put_bytes(frame, head, sizeof(head));
	put16(frame, OP_ARP_REQUEST);
	put_bytes(frame, cfg->src_mac, MAC_LEN);
	put_bytes(frame, &cfg->src.v4, sizeof(cfg->src.v4));
	put(frame, MAC_LEN);
	put_bytes(frame, &cfg->dst.v4, sizeof(cfg->dst.v4));
}

static uint16_t type_of(const struct compose *cfg)
{
	if (cfg->what == COMPOSE_PLAIN)
		return TYPE_PLAIN;
	if (cfg->what == COMPOSE_ARP)
		return ETHERTYPE_ARP;
	return is_ipv4(cfg) ? ETHERTYPE_IP : ETHERTYPE_IPV6;
}

bool compose_group_mac(const struct podswitch_address *ip, uint8_t *mac)
{
	const uint8_t *bytes = (const uint8_t *)&ip->v6;

	if (ip->family == AF_INET6) {
		if (bytes[0] != 0xff)
			return false;
		mac[0] = 0x33;			/* RFC 2464 7 */
		mac[1] = 0x33;
		memcpy(mac + 2, bytes + 12, 4);
		return true;
	}
	if (ip->v4.s_addr == htonl(INADDR_BROADCAST)) {
		memset(mac, 0xff, MAC_LEN);
		return true;
	}
	if (ip->family != AF_INET || bytes[0] >> 4 != 0xe)
		return false;
	mac[0] = 0x01;				/* RFC 1112 6.4 */
	mac[1] = 0x00;
	mac[2] = 0x5e;
	mac[3] = bytes[1] & 0x7f;
	mac[4] = bytes[2];
	mac[5] = bytes[3];
	return true;
}

/* RFC 4291 2.7.1 */
static void make_solicited_node(struct in6_addr *ip)
{
	static const uint8_t prefix[] = {
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff,
	};

	memcpy(ip, prefix, sizeof(prefix));
}

void compose_question_mac(const struct podswitch_address *ip, uint8_t *mac)
{
	struct podswitch_address group = *ip;

	memset(mac, 0xff, MAC_LEN);
	if (ip->family != AF_INET6)
		return;
	make_solicited_node(&group.v6);
	compose_group_mac(&group, mac);
}

void compose_frame(const struct compose *cfg, struct compose_frame *frame)
{
	const struct in6_addr target = cfg->dst.v6;
	struct compose own = *cfg;
	size_t ethernet;

	memset(frame, 0, sizeof(*frame));
	if (own.what == COMPOSE_ND)
		make_solicited_node(&own.dst.v6);
	if (own.what == COMPOSE_PLAIN && own.size < PLAIN_MIN)
		own.size = PLAIN_MIN;
	put_bytes(frame, own.dst_mac, MAC_LEN);
	put_bytes(frame, own.src_mac, MAC_LEN);
	if (own.vlan >= 0) {
		put16(frame, ETHERTYPE_VLAN);
		put16(frame, (uint32_t)own.vlan);
	}
	put16(frame, type_of(&own));
	ethernet = frame->headers;
	if (own.what == COMPOSE_ARP)
		put_arp(&own, frame);
	else if (own.what != COMPOSE_PLAIN)
		put_ip(&own, frame, &target);
	frame->len = frame->headers;
	if (frame->len < ethernet + own.size)
		frame->len = ethernet + own.size;
}
