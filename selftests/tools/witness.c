// SPDX-License-Identifier: GPL-2.0
/*
 * Judges what arrives on a device, until it is asked to stop:
 *
 *   witness DEV STATION...
 *
 * A STATION is MAC,IPV4,IPV6. Each frame that DEV receives must speak for the
 * station whose MAC is its source: IP source, ARP sender, what neighbour
 * discovery says. Asked to stop by SIGTERM, it prints
 *
 *   seen N lost N lies N
 *
 * behind the first lies as hex, each with what is wrong; the exit status is 1
 * if there are any. "ready" is printed when it listens.
 *
 * It takes a frame as a receiver would that believes as much as it can, and
 * shares nothing with the switch's own reading of it.
 */
#include <net/ethernet.h>
#include <signal.h>

#include "tool.h"

#define MAX_STATIONS	16
#define MAX_SHOWN	5
#define MAX_TAGS	4
#define BATCH		64
#define LEN		(1 << 14)

/* --- who is there --- */

static struct station stations[MAX_STATIONS];
static unsigned int n_stations;

static const struct station *station_of(const uint8_t *mac)
{
	unsigned int i;

	for (i = 0; i < n_stations; i++)
		if (!memcmp(stations[i].mac, mac, 6))
			return &stations[i];
	return NULL;
}

static bool holds6(const struct station *s, const uint8_t *ip)
{
	return !memcmp(s->ip6, ip, 16) || !memcmp(s->link_local, ip, 16);
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	while (n--)
		if (*bytes++)
			return false;
	return true;
}

static unsigned int get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

/* --- each tells what is wrong with what a station says, or NULL --- */

/* RFC 826; a probe has no sender address (RFC 5227). */
static const char *judge_arp(const struct station *s, const uint8_t *p,
			     size_t len)
{
	if (len < 28 || get16(p + 2) != ETHERTYPE_IP || p[4] != 6 || p[5] != 4)
		return NULL;
	if (memcmp(p + 8, s->mac, 6))
		return "ARP sender MAC";
	if (is_zero(p + 14, 4) && get16(p + 6) == 1)
		return NULL;
	return memcmp(p + 14, s->ip4, 4) ? "ARP sender address" : NULL;
}

/* RFC 2131 4.1: a DHCP client has no address yet. Only the first fragment of
 * what it says has ports.
 */
static bool is_dhcp_request(const uint8_t *p, size_t len)
{
	size_t udp = (p[0] & 15) * 4;

	if (!is_zero(p + 12, 4) || memcmp(p + 16, "\xff\xff\xff\xff", 4) ||
	    p[9] != 17)
		return false;
	if (get16(p + 6) & 0x1fff)
		return true;
	return udp >= 20 && udp + 8 <= len && get16(p + udp) == 68 &&
	       get16(p + udp + 2) == 67;
}

static const char *judge_ipv4(const struct station *s, const uint8_t *p,
			      size_t len)
{
	if (len < 20 || !memcmp(p + 12, s->ip4, 4) || is_dhcp_request(p, len))
		return NULL;
	return "IPv4 source";
}

static const char *judge_nd_options(const struct station *s, const uint8_t *p,
				    const uint8_t *end, uint8_t type)
{
	for (; end - p >= 8 && p[1]; p += p[1] * 8)
		if (p[0] == type && memcmp(p + 2, s->mac, 6))
			return "link-layer address option";
	return NULL;
}

/* RFC 4861 4 */
static const char *judge_icmp6(const struct station *s, const uint8_t *p,
			       const uint8_t *end)
{
	if (end - p < 8)
		return NULL;
	switch (p[0]) {
	case 133:
		return judge_nd_options(s, p + 8, end, 1);
	case 134:
	case 137:
		return "router's message";
	case 135:
		return end - p < 24 ? NULL :
		       judge_nd_options(s, p + 24, end, 1);
	case 136:
		if (end - p < 24)
			return NULL;
		if (!holds6(s, p + 8))
			return "target of an advertisement";
		return judge_nd_options(s, p + 24, end, 2);
	default:
		return NULL;
	}
}

/* Follows the headers (RFC 8200 4) to an ICMPv6 message, if it comes in one
 * piece: neighbour discovery never comes in several (RFC 6980).
 */
static const char *judge_upper(const struct station *s, uint8_t next,
			       const uint8_t *p, const uint8_t *end)
{
	size_t len;

	while (next != 58) {
		if (end - p < 8)
			return NULL;
		switch (next) {
		case 0:
		case 43:
		case 60:
			len = (p[1] + 1) * 8;
			break;
		case 44:
			if (get16(p + 2) & ~6u)
				return NULL;
			len = 8;
			break;
		case 51:
			len = (p[1] + 2) * 4;
			break;
		default:
			return NULL;
		}
		if ((size_t)(end - p) < len)
			return NULL;
		next = p[0];
		p += len;
	}
	return judge_icmp6(s, p, end);
}

static const char *judge_ipv6(const struct station *s, const uint8_t *dst,
			      const uint8_t *p, size_t len)
{
	size_t payload;

	if (len < 40)
		return NULL;
	if (!holds6(s, p + 8) && !(is_zero(p + 8, 16) && dst[0] & 1))
		return "IPv6 source";
	payload = get16(p + 4);
	/* Linux takes all there is where a jumbo option might come. */
	if (!payload && !p[6])
		payload = len - 40;
	if (payload > len - 40)
		return NULL;
	return judge_upper(s, p[6], p + 40, p + 40 + payload);
}

static const char *judge(const uint8_t *frame, size_t len)
{
	const struct station *s = station_of(frame + 6);
	unsigned int tags = 0, type;
	size_t at = 12;

	if (len < ETH_HLEN)
		return "no Ethernet header";
	if (!s)
		return "source MAC";
	for (type = get16(frame + at); tags < MAX_TAGS; tags++) {
		if (type != 0x8100 && type != 0x88a8)
			break;
		at += 4;
		if (len < at + 2)
			return NULL;
		type = get16(frame + at);
	}
	at += 2;
	switch (type) {
	case ETHERTYPE_ARP:
		return judge_arp(s, frame + at, len - at);
	case ETHERTYPE_IP:
		return judge_ipv4(s, frame + at, len - at);
	case ETHERTYPE_IPV6:
		return judge_ipv6(s, frame, frame + at, len - at);
	default:
		return NULL;
	}
}

/* --- listening --- */

static struct {
	uint64_t seen;
	uint64_t lies;
} tally;

/* SIGTERM is blocked, and waits. */
static bool is_asked_to_stop(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGTERM);
}

static void hear(const uint8_t *frame, size_t len)
{
	const char *lie = judge(frame, len);
	size_t i;

	tally.seen++;
	if (!lie || tally.lies++ >= MAX_SHOWN)
		return;
	printf("lie: %s:", lie);
	for (i = 0; i < len; i++)
		printf("%s%02x", i % 2 ? "" : " ", frame[i]);
	putchar('\n');
}

static int listen_on(const char *dev)
{
	const struct timeval wait = { .tv_usec = 100000 };
	int fd = open_socket(AF_PACKET, SOCK_RAW, 0);

	set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		die("setsockopt");
	bind_packet(fd, dev, ETH_P_ALL);
	return fd;
}

/* Returns how many frames it heard. */
static int hear_batch(int fd, int flags)
{
	static uint8_t data[BATCH][LEN];
	struct mmsghdr msgs[BATCH] = { 0 };
	struct iovec iov[BATCH];
	int i, n;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ data[i], LEN };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(fd, msgs, BATCH, flags, NULL);
	for (i = 0; i < n; i++)
		hear(data[i], msgs[i].msg_len);
	return n;
}

int main(int argc, char **argv)
{
	struct tpacket_stats stats = { 0 };
	socklen_t size = sizeof(stats);
	sigset_t term;
	int fd;

	if (argc < 3)
		die_wrong("arguments");
	n_stations = get_stations(argv + 2, stations, MAX_STATIONS);
	fd = listen_on(argv[1]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	puts("ready");
	fflush(stdout);
	while (!is_asked_to_stop())
		hear_batch(fd, MSG_WAITFORONE);
	while (hear_batch(fd, MSG_DONTWAIT) > 0)
		;
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size);
	printf("seen %ju lost %u lies %ju\n", (uintmax_t)tally.seen,
	       stats.tp_drops, (uintmax_t)tally.lies);
	return tally.lies > 0;
}
