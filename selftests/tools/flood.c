// SPDX-License-Identifier: GPL-2.0
/*
 * Sends frames on a device as fast as it can, each of another source:
 *
 *   flood KIND COUNT NS DEV SELF TARGET
 *
 * SELF and TARGET are stations, MAC,IPV4,IPV6. A KIND is:
 *
 *   storm   broadcasts, all the same and from SELF
 *   macs    datagrams to TARGET from one MAC after another
 *   ipv4s   the same, from one IPv4 address after another
 *   ipv6s   the same, from one IPv6 address after another
 *   asks    ARP requests of SELF about one address after another
 *   claims  ARP requests about TARGET by one address after another
 *   nds     neighbour solicitations for TARGET by one IPv6 address after another
 *
 * One after another is the address of SELF, or of asks that of TARGET, plus a
 * number, in the last three bytes. COUNT 0 is for ever. Prints how many it has
 * sent and how many nanoseconds each took, at the end or when it is told to end
 * (SIGTERM).
 */
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdatomic.h>

#include "tool.h"

#define FRAME_LEN	128	/* no frame is longer */
#define ETHERTYPE_TEST	0x88b5	/* IEEE 802 local experimental */
#define PAYLOAD_LEN	16

struct frame {
	uint8_t data[FRAME_LEN];
	size_t len;
};

struct kind {
	const char *name;
	void (*make)(struct frame *f, uint32_t n);
};

static struct station self, target;
static atomic_bool is_over;

/* --- what a frame is made of --- */

/* The last three bytes of an address, plus a number. */
static void advance(uint8_t *last, uint32_t n)
{
	n += last[0] << 16 | last[1] << 8 | last[2];
	last[0] = n >> 16;
	last[1] = n >> 8;
	last[2] = n;
}

static void *put(struct frame *f, size_t len)
{
	void *p = f->data + f->len;

	f->len += len;
	return p;
}

static void put_eth(struct frame *f, const uint8_t *to, uint16_t type)
{
	struct ether_header *eth = put(f, sizeof(*eth));

	memcpy(eth->ether_dhost, to, ETH_ALEN);
	memcpy(eth->ether_shost, self.mac, ETH_ALEN);
	eth->ether_type = htons(type);
}

/* Of 16-bit words, in the order of the wire (RFC 1071). */
static uint16_t sum_of(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void put_udp(struct frame *f)
{
	struct udphdr *udp = put(f, sizeof(*udp) + PAYLOAD_LEN);

	/* "discard"; the checksum, which IPv6 wants, is the receiver's affair */
	udp->source = htons(9);
	udp->dest = htons(9);
	udp->len = htons(sizeof(*udp) + PAYLOAD_LEN);
}

static void put_ipv4(struct frame *f, uint32_t n)
{
	struct iphdr *ip = put(f, sizeof(*ip));

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(sizeof(*ip) + sizeof(struct udphdr) + PAYLOAD_LEN);
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	memcpy(&ip->saddr, self.ip4, sizeof(self.ip4));
	memcpy(&ip->daddr, target.ip4, sizeof(target.ip4));
	advance((uint8_t *)&ip->saddr + 1, n);
	ip->check = sum_of(ip, sizeof(*ip), 0);
}

static struct ip6_hdr *put_ipv6(struct frame *f, uint8_t next, uint16_t len,
				uint32_t n)
{
	struct ip6_hdr *ip = put(f, sizeof(*ip));

	ip->ip6_vfc = 6 << 4;
	ip->ip6_plen = htons(len);
	ip->ip6_nxt = next;
	ip->ip6_hlim = 255;
	memcpy(&ip->ip6_src, self.ip6, sizeof(self.ip6));
	memcpy(&ip->ip6_dst, target.ip6, sizeof(target.ip6));
	advance(ip->ip6_src.s6_addr + 13, n);
	return ip;
}

static struct ether_arp *put_arp(struct frame *f)
{
	static const uint8_t all[ETH_ALEN] = { 255, 255, 255, 255, 255, 255 };
	struct ether_arp *arp;

	put_eth(f, all, ETHERTYPE_ARP);
	arp = put(f, sizeof(*arp));
	arp->arp_hrd = htons(ARPHRD_ETHER);
	arp->arp_pro = htons(ETHERTYPE_IP);
	arp->arp_hln = ETH_ALEN;
	arp->arp_pln = sizeof(self.ip4);
	arp->arp_op = htons(ARPOP_REQUEST);
	memcpy(arp->arp_sha, self.mac, ETH_ALEN);
	memcpy(arp->arp_spa, self.ip4, sizeof(self.ip4));
	memcpy(arp->arp_tpa, target.ip4, sizeof(target.ip4));
	return arp;
}

/* --- kinds --- */

static void make_storm(struct frame *f, uint32_t n)
{
	static const uint8_t all[ETH_ALEN] = { 255, 255, 255, 255, 255, 255 };

	(void)n;
	put_eth(f, all, ETHERTYPE_TEST);
	put(f, PAYLOAD_LEN);
}

static void make_macs(struct frame *f, uint32_t n)
{
	put_eth(f, target.mac, ETHERTYPE_IP);
	put_ipv4(f, 0);
	put_udp(f);
	advance(f->data + ETH_ALEN + 3, n);
}

static void make_ipv4s(struct frame *f, uint32_t n)
{
	put_eth(f, target.mac, ETHERTYPE_IP);
	put_ipv4(f, n);
	put_udp(f);
}

static void make_ipv6s(struct frame *f, uint32_t n)
{
	put_eth(f, target.mac, ETHERTYPE_IPV6);
	put_ipv6(f, IPPROTO_UDP, sizeof(struct udphdr) + PAYLOAD_LEN, n);
	put_udp(f);
}

static void make_asks(struct frame *f, uint32_t n)
{
	advance(put_arp(f)->arp_tpa + 1, n);
}

static void make_claims(struct frame *f, uint32_t n)
{
	advance(put_arp(f)->arp_spa + 1, n);
}

static void make_nds(struct frame *f, uint32_t n)
{
	const size_t len = sizeof(struct nd_neighbor_solicit) + 8;
	struct nd_neighbor_solicit *ns;
	struct nd_opt_hdr *option;
	struct ip6_hdr *ip;

	put_eth(f, target.mac, ETHERTYPE_IPV6);
	ip = put_ipv6(f, IPPROTO_ICMPV6, len, n);
	ns = put(f, len);
	ns->nd_ns_type = ND_NEIGHBOR_SOLICIT;
	ns->nd_ns_target = ip->ip6_dst;
	option = (void *)(ns + 1);
	option->nd_opt_type = ND_OPT_SOURCE_LINKADDR;
	option->nd_opt_len = 1;
	memcpy(option + 1, self.mac, ETH_ALEN);
	/* the pseudo header: addresses, length, protocol (RFC 8200 8.1) */
	ns->nd_ns_cksum = sum_of(&ip->ip6_src, 2 * sizeof(ip->ip6_src) + len,
				 len + IPPROTO_ICMPV6);
}

static const struct kind kinds[] = {
	{ "storm", make_storm },
	{ "macs", make_macs },
	{ "ipv4s", make_ipv4s },
	{ "ipv6s", make_ipv6s },
	{ "asks", make_asks },
	{ "claims", make_claims },
	{ "nds", make_nds },
};

/* --- sending --- */

static void end(int unused)
{
	(void)unused;
	is_over = true;
}

static void flood(int fd, const struct kind *kind, unsigned long count)
{
	uint64_t start = now_ns();
	struct frame f;
	unsigned long n;

	for (n = 0; !is_over && (n < count || !count); n++) {
		memset(&f, 0, sizeof(f));
		kind->make(&f, n);
		if (send(fd, f.data, f.len, 0) < 0 && errno != ENOBUFS &&
		    errno != EINTR)
			die("send");
	}
	printf("%lu %.1f\n", n, n ? (double)(now_ns() - start) / n : 0);
}

int main(int argc, char **argv)
{
	const struct sigaction ending = { .sa_handler = end };
	size_t i;
	int fd;

	if (argc != 7) {
		fputs("usage: flood KIND COUNT NS DEV SELF TARGET\n", stderr);
		return 2;
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, argv[1]))
			break;
	if (i == ARRAY_SIZE(kinds))
		die_wrong(argv[1]);
	self = get_station(argv[5]);
	target = get_station(argv[6]);
	enter(argv[3]);
	fd = open_socket(AF_PACKET, SOCK_RAW, 0);
	bind_packet(fd, argv[4], 0);
	sigaction(SIGTERM, &ending, NULL);
	flood(fd, &kinds[i], get_number(argv[2]));
	return 0;
}
