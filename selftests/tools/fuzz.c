// SPDX-License-Identifier: GPL-2.0
/*
 * Sends frames of the kinds that a pod may send, most of them broken:
 *
 *   fuzz [-s SEED] [-n COUNT] [-f FIRST] [-t] DEV STATION...
 *   fuzz [-s SEED] [-n COUNT] -p N STATION...
 *   fuzz -x HEX DEV
 *
 * A STATION is MAC,IPV4,IPV6: the first is the sender's own, the others are
 * whom it speaks to or pretends to be. Frame N of a seed is the same in each
 * run; -p prints it, and those up to N + COUNT - 1, as hex. Frames FIRST (0) to
 * FIRST + COUNT - 1 are sent on DEV through a packet socket, with offload
 * headers; or, with -t, are received by the tap device DEV, cut into fragments
 * at any place behind the Ethernet header. With -x the frame HEX is received by the tap device DEV as often as
 * it can be cut in two behind the Ethernet header. At the end is printed:
 *
 *   sent N refused N short-tag N
 *
 * Refused are frames that the socket or the device did not take. Those with a
 * short tag are sent, but the core drops them before any receive handler, and
 * counts them nowhere.
 */
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "chance.h"
#include "tool.h"

#define MAX_STATIONS	16
#define MAX_LEN		(1 << 14)
#define MTU_LEN		(1500 + ETH_HLEN)
#define BATCH		64
#define MAX_CUTS	6
#define MIN_TAGGED	(ETH_HLEN + 4 + 2)

uint64_t chance;

/* --- who is there --- */

static struct station stations[MAX_STATIONS];
static unsigned int n_stations;

static const struct station *self(void)
{
	return &stations[0];
}

static const struct station *other(void)
{
	return &stations[below(n_stations)];
}

/* --- a frame --- */

struct frame {
	struct virtio_net_hdr vnet;
	size_t len;
	uint8_t data[MAX_LEN];
};

static uint8_t *put(struct frame *f, const void *data, size_t size)
{
	uint8_t *at = f->data + f->len;

	if (f->len + size > sizeof(f->data))
		die_wrong("frame too long");
	memcpy(at, data, size);
	f->len += size;
	return at;
}

static void put8(struct frame *f, uint8_t value)
{
	put(f, &value, sizeof(value));
}

static void put16(struct frame *f, uint16_t value)
{
	value = htons(value);
	put(f, &value, sizeof(value));
}

static void put32(struct frame *f, uint32_t value)
{
	value = htonl(value);
	put(f, &value, sizeof(value));
}

static void put_draw(struct frame *f, size_t size)
{
	while (size--)
		put8(f, draw());
}

static void set16(struct frame *f, size_t at, uint16_t value)
{
	f->data[at] = value >> 8;
	f->data[at + 1] = value;
}

static uint16_t get16(const struct frame *f, size_t at)
{
	return f->data[at] << 8 | f->data[at + 1];
}

static uint32_t sum(const struct frame *f, size_t at, size_t end)
{
	uint32_t total = 0;

	for (; at + 1 < end; at += 2)
		total += get16(f, at);
	if (at < end)
		total += f->data[at] << 8;
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

/* --- addresses: mostly true, else of the kinds that a liar would use --- */

static void put_source_mac(struct frame *f)
{
	static const uint8_t odd[][ETH_ALEN] = {
		{ 0 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x01, 0x00, 0x5e, 0, 0, 1 },
	};

	if (percent(92))
		put(f, self()->mac, ETH_ALEN);
	else if (percent(50))
		put(f, other()->mac, ETH_ALEN);
	else
		put(f, odd[below(ARRAY_SIZE(odd))], ETH_ALEN);
}

static void put_target_mac(struct frame *f)
{
	static const uint8_t group[][ETH_ALEN] = {
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x33, 0x33, 0, 0, 0, 1 }, { 0x33, 0x33, 0, 0, 0, 2 },
		{ 0x33, 0x33, 0xff, 0, 0, 3 }, { 0x01, 0x00, 0x5e, 0, 0, 1 },
		{ 0x01, 0x80, 0xc2, 0, 0, 0 }, { 0x01, 0x80, 0xc2, 0, 0, 0x0e },
	};

	if (percent(65))
		put(f, other()->mac, ETH_ALEN);
	else if (percent(90))
		put(f, group[below(ARRAY_SIZE(group))], ETH_ALEN);
	else
		put_draw(f, ETH_ALEN);
}

static void put_ip4(struct frame *f, unsigned int true_percent)
{
	static const uint32_t odd[] = {
		0, 0xffffffff, 0x7f000001, 0xe0000001, 0xa9fe0101,
	};

	if (percent(true_percent))
		put(f, self()->ip4, 4);
	else if (percent(60))
		put(f, other()->ip4, 4);
	else if (percent(80))
		put32(f, odd[below(ARRAY_SIZE(odd))]);
	else
		put_draw(f, 4);
}

static void put_ip6(struct frame *f, unsigned int true_percent)
{
	static const uint8_t odd[][16] = {
		{ 0 }, { [15] = 1 }, { 0xff, 2, [15] = 1 }, { 0xff, 2, [15] = 2 },
		{ 0xff, 2, [11] = 1, 0xff, 0, 0, 3 }, { 0xff, 2, [15] = 0x16 },
	};
	const struct station *s = percent(true_percent) ? self() : other();

	if (percent(true_percent) || percent(50)) {
		put(f, percent(70) ? s->ip6 : s->link_local, 16);
	} else if (percent(80)) {
		put(f, odd[below(ARRAY_SIZE(odd))], 16);
	} else if (percent(50)) {
		put(f, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
		put(f, s->ip4, 4);
	} else {
		put_draw(f, 16);
	}
}

/* --- what is above IP: appended, its checksum's place returned, or 0 --- */

static size_t add_udp_ports(struct frame *f, uint16_t from, uint16_t to,
			    size_t payload)
{
	put16(f, from);
	put16(f, to);
	put16(f, 8 + payload);
	put16(f, 0);
	return f->len - 2;
}

static size_t add_udp(struct frame *f)
{
	size_t payload = below(64), at;

	at = add_udp_ports(f, draw(), draw(), payload);
	put_draw(f, payload);
	return at;
}

static size_t add_tcp(struct frame *f)
{
	size_t options = below(11) * 4, at;

	put_draw(f, 12);
	put8(f, (5 + options / 4) << 4);
	put8(f, draw());
	put16(f, 0xffff);
	put32(f, 0);
	at = f->len - 4;
	put_draw(f, options);
	put_draw(f, below(64));
	return at;
}

static size_t add_echo(struct frame *f)
{
	put8(f, 8);
	put8(f, 0);
	put16(f, 0);
	put_draw(f, 4 + below(32));
	return 0;
}

static size_t add_igmp(struct frame *f)
{
	static const uint8_t types[] = { 0x11, 0x12, 0x16, 0x17, 0x22 };

	put8(f, types[below(ARRAY_SIZE(types))]);
	put8(f, draw());
	put16(f, 0);
	put_draw(f, 4 + below(20));
	return 0;
}

/* RFC 2131, 2132: the fixed part, the cookie, a few options. */
static size_t add_dhcp4(struct frame *f)
{
	static const uint8_t zero[10 + 64 + 128];
	bool client = percent(70);
	unsigned int n = below(6);
	size_t at, start;

	at = add_udp_ports(f, client ? 68 : 67, client ? 67 : 68, 0);
	start = at - 6;
	put8(f, client ? 1 : 2);
	put8(f, 1);
	put8(f, 6);
	put8(f, 0);
	put_draw(f, 24);
	put(f, self()->mac, ETH_ALEN);
	put(f, zero, sizeof(zero));
	put32(f, 0x63825363);
	while (n--) {
		put8(f, draw());
		put8(f, below(8));
		put_draw(f, below(8));
	}
	put8(f, 0xff);
	set16(f, start + 4, f->len - start);
	return at;
}

static size_t add_dhcp6(struct frame *f)
{
	size_t payload = 4 + below(60), at;

	at = add_udp_ports(f, 546, 547, payload);
	put_draw(f, payload);
	return at;
}

static size_t add_anything(struct frame *f)
{
	put_draw(f, below(80));
	return 0;
}

/* Options of a neighbour message: right ones, empty ones, some twice, some
 * longer than the message.
 */
static void add_nd_options(struct frame *f)
{
	static const uint8_t types[] = { 1, 2, 1, 2, 3, 4, 5, 14, 24, 25 };
	static const uint8_t lengths[] = { 1, 1, 1, 1, 1, 1, 0, 2, 4, 255 };
	unsigned int n = below(4);

	while (n--) {
		uint8_t type = types[below(ARRAY_SIZE(types))];
		uint8_t len = lengths[below(ARRAY_SIZE(lengths))];

		put8(f, type);
		put8(f, len);
		if (type > 2)
			put_draw(f, 6);
		else
			put(f, percent(70) ? self()->mac : other()->mac, 6);
		if (len > 1 && percent(80))
			put_draw(f, (len - 1) * 8 % 64);
	}
}

/* RFC 4861 4: solicitations, advertisements, redirects, and MLD (RFC 3810). */
static size_t add_icmp6(struct frame *f)
{
	static const uint8_t types[] = {
		135, 135, 135, 136, 136, 136, 133, 133, 134, 137, 143, 130, 128,
	};
	uint8_t type = types[below(ARRAY_SIZE(types))];
	size_t at;

	put8(f, type);
	put8(f, percent(95) ? 0 : draw());
	put16(f, 0);
	at = f->len - 2;
	put32(f, type == 136 ? 0x60000000 : percent(90) ? 0 : draw());
	if (type == 134)
		put_draw(f, 8);
	if (type >= 135 && type <= 137)
		put_ip6(f, 50);
	if (type == 137)
		put_ip6(f, 50);
	if (type >= 133 && type <= 137)
		add_nd_options(f);
	else
		put_draw(f, below(40));
	return at;
}

struct upper {
	uint8_t proto;
	size_t (*add)(struct frame *f);
};

static const struct upper upper4[] = {
	{ IPPROTO_UDP, add_udp }, { IPPROTO_TCP, add_tcp },
	{ IPPROTO_ICMP, add_echo }, { IPPROTO_IGMP, add_igmp },
	{ IPPROTO_UDP, add_dhcp4 }, { IPPROTO_UDP, add_dhcp4 },
	{ 0, add_anything }, { IPPROTO_IPV6, add_anything },
};

static const struct upper upper6[] = {
	{ IPPROTO_ICMPV6, add_icmp6 }, { IPPROTO_ICMPV6, add_icmp6 },
	{ IPPROTO_ICMPV6, add_icmp6 }, { IPPROTO_ICMPV6, add_icmp6 },
	{ IPPROTO_UDP, add_udp }, { IPPROTO_TCP, add_tcp },
	{ IPPROTO_UDP, add_dhcp6 }, { IPPROTO_NONE, add_anything },
	{ 50, add_anything }, { 135, add_anything },
};

/* --- network layer --- */

/* Fills in a checksum over a pseudo header whose addresses lie before @l4. */
static void seal(struct frame *f, size_t addresses, size_t l4, size_t at,
		 uint8_t proto)
{
	if (!at || percent(5))
		return;
	set16(f, at, fold(sum(f, addresses, l4) + sum(f, l4, f->len) +
			  (uint32_t)(f->len - l4) + proto));
}

static void add_ipv4(struct frame *f)
{
	const struct upper *up = &upper4[below(ARRAY_SIZE(upper4))];
	bool dhcp = up->add == add_dhcp4 && percent(70);
	size_t options = percent(25) ? below(11) : 0, ip = f->len, l4, at;
	static const uint16_t offs[] = { 0, 0, 0, 0, 0x4000, 0x2000, 0x2003, 7 };

	put8(f, 0x45 + options);
	put8(f, 0);
	put16(f, 0);
	put16(f, draw());
	put16(f, offs[below(ARRAY_SIZE(offs))]);
	put8(f, 64);
	put8(f, up->proto);
	put16(f, 0);
	if (dhcp) {
		put32(f, 0);
		put32(f, 0xffffffff);
	} else {
		put_ip4(f, 80);
		put_ip4(f, 0);
	}
	put_draw(f, options * 4);
	l4 = f->len;
	at = up->add(f);
	set16(f, ip + 2, f->len - ip);
	set16(f, ip + 10, fold(sum(f, ip, l4)));
	if (!options)
		seal(f, ip + 12, l4, at, up->proto);
}

/* Appends an extension header (RFC 8200 4, RFC 4302); returns the place of its
 * next-header field.
 */
static size_t add_extension(struct frame *f, uint8_t type)
{
	size_t at = f->len, units = below(3);

	put8(f, 0);
	if (type == IPPROTO_FRAGMENT) {
		static const uint16_t offs[] = { 0, 0, 0, 1, 8, 0xfff8 };

		put8(f, 0);
		put16(f, offs[below(ARRAY_SIZE(offs))]);
		put_draw(f, 4);
	} else if (type == IPPROTO_AH) {
		put8(f, 1 + units * 2);
		put_draw(f, 10 + units * 8);
	} else {
		put8(f, percent(95) ? units : draw());
		put8(f, type == IPPROTO_ROUTING ? below(5) : 1);
		put8(f, type == IPPROTO_ROUTING ? below(2) : 4);
		put32(f, 0);
		while (units--) {
			put16(f, 0x0106);
			put_draw(f, 6);
		}
	}
	return at;
}

static void add_ipv6(struct frame *f)
{
	static const uint8_t types[] = {
		IPPROTO_HOPOPTS, IPPROTO_DSTOPTS, IPPROTO_ROUTING,
		IPPROTO_FRAGMENT, IPPROTO_AH,
	};
	const struct upper *up = &upper6[below(ARRAY_SIZE(upper6))];
	size_t ip = f->len, next = ip + 6, l4, at;
	unsigned int n = percent(30) ? below(6) : 0;

	put32(f, 0x60000000);
	put16(f, 0);
	put8(f, 0);
	put8(f, percent(90) ? 255 : 64);
	put_ip6(f, 80);
	put_ip6(f, 0);
	while (n--) {
		uint8_t type = types[below(ARRAY_SIZE(types))];

		f->data[next] = type;
		next = add_extension(f, type);
	}
	f->data[next] = up->proto;
	l4 = f->len;
	at = up->add(f);
	set16(f, ip + 4, f->len - ip - 40);
	if (l4 == ip + 40)
		seal(f, ip + 8, l4, at, up->proto);
}

static void add_arp(struct frame *f)
{
	put16(f, percent(95) ? 1 : 6);
	put16(f, percent(95) ? ETH_P_IP : draw());
	put8(f, percent(95) ? 6 : draw());
	put8(f, percent(95) ? 4 : draw());
	put16(f, percent(90) ? 1 + below(2) : draw());
	put(f, percent(85) ? self()->mac : other()->mac, ETH_ALEN);
	put_ip4(f, 80);
	put(f, percent(50) ? "\0\0\0\0\0" : (const char *)other()->mac, ETH_ALEN);
	put_ip4(f, 10);
}

static void add_llc(struct frame *f)
{
	put(f, "\xaa\xaa\x03\0\0\0\x08\x06", 8);
	add_arp(f);
}

static void add_payload(struct frame *f)
{
	static const struct {
		uint16_t type;
		void (*add)(struct frame *f);
	} kinds[] = {
		{ ETH_P_IP, add_ipv4 }, { ETH_P_IP, add_ipv4 },
		{ ETH_P_IPV6, add_ipv6 }, { ETH_P_IPV6, add_ipv6 },
		{ ETH_P_IPV6, add_ipv6 }, { ETH_P_IPV6, add_ipv6 },
		{ ETH_P_IPV6, add_ipv6 }, { ETH_P_ARP, add_arp },
		{ ETH_P_ARP, add_arp }, { 0x40, add_llc },
		{ 0x8035, add_arp }, { 0x88cc, NULL }, { 0x88b5, NULL },
		{ 0x8863, NULL }, { 0x8847, NULL }, { 0, NULL },
	};
	unsigned int kind = below(ARRAY_SIZE(kinds));

	put16(f, kinds[kind].type ? kinds[kind].type : draw());
	if (kinds[kind].add)
		kinds[kind].add(f);
	else
		put_draw(f, below(100));
}

static void add_tags(struct frame *f)
{
	static const uint16_t types[] = { 0x8100, 0x8100, 0x88a8, 0x9100 };
	static const uint16_t vids[] = { 0, 1, 10, 20, 4094, 4095 };
	unsigned int n = percent(12) ? 1 + below(3) : 0;

	while (n--) {
		put16(f, types[below(ARRAY_SIZE(types))]);
		put16(f, vids[below(ARRAY_SIZE(vids))] | below(8) << 13);
	}
}

/* --- breaking it --- */

static void cut(struct frame *f)
{
	f->len = ETH_HLEN + below(f->len - ETH_HLEN + 1);
}

static void flip(struct frame *f)
{
	f->data[below(f->len)] ^= 1 << below(8);
}

static size_t behind_ethernet(const struct frame *f)
{
	return f->len > ETH_HLEN ? ETH_HLEN + below(f->len - ETH_HLEN) : 0;
}

static void set_byte(struct frame *f)
{
	static const uint8_t values[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };
	size_t at = behind_ethernet(f);

	if (at)
		f->data[at] = values[below(ARRAY_SIZE(values))];
}

static void set_any(struct frame *f)
{
	size_t at = behind_ethernet(f);

	if (at)
		f->data[at] = draw();
}

static void lengthen(struct frame *f)
{
	size_t n = percent(90) ? below(64) : below(MTU_LEN);

	if (f->len + n <= MTU_LEN)
		put_draw(f, n);
}

static void repeat(struct frame *f)
{
	size_t at = behind_ethernet(f), n;

	if (!at)
		return;
	n = below(f->len - at + 1);
	if (f->len + n <= MTU_LEN)
		put(f, f->data + at, n);
}

static void take_out(struct frame *f)
{
	size_t at = behind_ethernet(f), n;

	if (!at)
		return;
	n = 1 + below(f->len - at);
	memmove(f->data + at, f->data + at + n, f->len - at - n);
	f->len -= n;
}

static void spoil(struct frame *f)
{
	static void (*const ways[])(struct frame *f) = {
		cut, cut, flip, set_byte, set_byte, set_any, lengthen, repeat,
		take_out,
	};
	unsigned int n = percent(60) ? 1 + below(3) : 0;

	while (n--)
		ways[below(ARRAY_SIZE(ways))](f);
	if (f->len < 60 && percent(50))
		while (f->len < 60)
			put8(f, 0);
}

/* An offload header: none, a checksum to fill in, a packet to be segmented,
 * right or not.
 */
static void offload(struct frame *f)
{
	static const uint8_t types[] = {
		VIRTIO_NET_HDR_GSO_TCPV4, VIRTIO_NET_HDR_GSO_TCPV6,
		VIRTIO_NET_HDR_GSO_UDP, 5 /* UDP_L4 */,
		VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN, 0x42,
	};
	size_t l4 = ETH_HLEN + (get16(f, 12) == ETH_P_IPV6 ? 40 : 20);

	memset(&f->vnet, 0, sizeof(f->vnet));
	if (percent(80))
		return;
	if (percent(80)) {
		f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		f->vnet.csum_start = percent(90) ? l4 : below(f->len + 20);
		f->vnet.csum_offset = percent(50) ? 16 : percent(90) ? 6 : draw();
	}
	if (percent(50)) {
		f->vnet.gso_type = types[below(ARRAY_SIZE(types))];
		f->vnet.gso_size = percent(80) ? 100 + below(1400) : draw();
		f->vnet.hdr_len = percent(80) ? l4 + 20 : draw();
		if (percent(50))
			while (f->len < MAX_LEN / 2)
				put32(f, 0);
	}
}

static void make_frame(struct frame *f, uint64_t seed, uint64_t n)
{
	chance = seed * 0xd1342543de82ef95 + n * 0xda942042e4dd58b5;
	draw();
	f->len = 0;
	put_target_mac(f);
	put_source_mac(f);
	add_tags(f);
	add_payload(f);
	spoil(f);
	offload(f);
}

/* --- sending --- */

struct tally {
	uint64_t sent;
	uint64_t refused;
	uint64_t short_tag;
};

/* eth_type_vlan(), and what skb_vlan_untag() asks for */
static bool has_short_tag(const struct frame *f)
{
	uint16_t type = get16(f, 12);

	return (type == 0x8100 || type == 0x88a8) && f->len < MIN_TAGGED;
}

static void count(struct tally *tally, const struct frame *f, bool sent)
{
	if (sent)
		tally->sent++;
	else
		tally->refused++;
	tally->short_tag += sent && has_short_tag(f);
}

static void tell(const struct tally *tally)
{
	printf("sent %ju refused %ju short-tag %ju\n", (uintmax_t)tally->sent,
	       (uintmax_t)tally->refused, (uintmax_t)tally->short_tag);
}

static int open_packet(const char *dev)
{
	int fd = open_socket(AF_PACKET, SOCK_RAW, 0);

	set_option(fd, SOL_PACKET, PACKET_VNET_HDR, 1);
	set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, 1 << 24);
	bind_packet(fd, dev, 0);
	return fd;
}

static void send_batch(int fd, const struct frame *frames, unsigned int n,
		       struct tally *tally)
{
	struct mmsghdr msgs[BATCH] = { 0 };
	struct iovec iov[BATCH][2];
	unsigned int i, done;
	int sent;

	for (i = 0; i < n; i++) {
		iov[i][0].iov_base = (void *)&frames[i].vnet;
		iov[i][0].iov_len = sizeof(frames[i].vnet);
		iov[i][1].iov_base = (void *)frames[i].data;
		iov[i][1].iov_len = frames[i].len;
		msgs[i].msg_hdr.msg_iov = iov[i];
		msgs[i].msg_hdr.msg_iovlen = 2;
	}
	for (done = 0; done < n;) {
		sent = sendmmsg(fd, msgs + done, n - done, 0);
		for (i = 0; sent > 0 && i < (unsigned int)sent; i++)
			count(tally, &frames[done++], true);
		if (sent <= 0)
			count(tally, &frames[done++], false);
	}
}

static int open_tap(const char *dev)
{
	struct ifreq ifr = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_NAPI |
			     IFF_NAPI_FRAGS,
	};
	int fd = open("/dev/net/tun", O_RDWR);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		die(dev);
	return fd;
}

/* Each piece but the first becomes a fragment of its own. */
static void write_pieces(int fd, const struct frame *f, struct tally *tally)
{
	struct iovec iov[MAX_CUTS + 2] = {
		{ (void *)&f->vnet, sizeof(f->vnet) },
	};
	size_t at = 0, n, left;
	int pieces = 1;

	while (at < f->len && pieces <= MAX_CUTS) {
		left = f->len - at;
		n = at ? 1 + below(left < 40 ? left : 40) :
			 ETH_HLEN + below(left - ETH_HLEN + 1) / (1 + below(4));
		if (pieces == MAX_CUTS && left <= 4000)
			n = left;
		if (n > left)
			n = left;
		iov[pieces].iov_base = (void *)(f->data + at);
		iov[pieces++].iov_len = n;
		at += n;
	}
	count(tally, f, at == f->len && writev(fd, iov, pieces) > 0);
}

static void write_halves(const char *dev, const char *hex)
{
	static struct frame f;
	struct tally tally = { 0 };
	struct iovec iov[3] = { { &f.vnet, sizeof(f.vnet) } };
	int fd = open_tap(dev);
	size_t at;

	f.len = get_hex(hex, f.data, sizeof(f.data));
	for (at = ETH_HLEN; at < f.len; at++) {
		iov[1] = (struct iovec){ f.data, at };
		iov[2] = (struct iovec){ f.data + at, f.len - at };
		count(&tally, &f, writev(fd, iov, 3) > 0);
	}
	tell(&tally);
}

static void send_frames(const char *dev, bool tap, uint64_t seed,
			uint64_t first, uint64_t n)
{
	static struct frame frames[BATCH];
	struct tally tally = { 0 };
	int fd = tap ? open_tap(dev) : open_packet(dev);
	unsigned int i, batch;

	for (; n; n -= batch, first += batch) {
		batch = n < BATCH ? n : BATCH;
		for (i = 0; i < batch; i++) {
			make_frame(&frames[i], seed, first + i);
			if (tap)
				write_pieces(fd, &frames[i], &tally);
		}
		if (!tap)
			send_batch(fd, frames, batch, &tally);
	}
	tell(&tally);
}

static void print_frame(uint64_t seed, uint64_t n)
{
	static struct frame f;
	size_t i;

	make_frame(&f, seed, n);
	for (i = 0; i < sizeof(f.vnet); i++)
		printf("%02x", ((uint8_t *)&f.vnet)[i]);
	putchar(' ');
	for (i = 0; i < f.len; i++)
		printf("%02x", f.data[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, first = 0, n = 1, printed = 0;
	const char *dev = NULL, *hex = NULL;
	bool tap = false, print = false;
	int option;

	while ((option = getopt(argc, argv, "s:n:f:p:x:t")) != -1) {
		if (option == 's')
			seed = get_number(optarg);
		else if (option == 'n')
			n = get_number(optarg);
		else if (option == 'f')
			first = get_number(optarg);
		else if (option == 'p')
			printed = get_number(optarg);
		else if (option == 'x')
			hex = optarg;
		else if (option == 't')
			tap = true;
		else
			return 2;
		print |= option == 'p';
	}
	if (!print && optind < argc)
		dev = argv[optind++];
	n_stations = get_stations(argv + optind, stations, MAX_STATIONS);
	if ((!n_stations && !hex) || (!print && !dev))
		die_wrong("arguments");
	if (hex)
		write_halves(dev, hex);
	else if (print)
		while (n--)
			print_frame(seed, printed++);
	else
		send_frames(dev, tap, seed, first, n);
	return 0;
}
