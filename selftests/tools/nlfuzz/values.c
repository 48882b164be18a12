// SPDX-License-Identifier: GPL-2.0
/* Values, as a rule in bounds: indices of what there is, stations that meet, frames. */
#include <net/ethernet.h>

#include "generate.h"

#define MAX_VLAN	4094

struct pool switches, devices;

uint32_t about;
uint32_t first_vlan;
bool is_crowd;

uint32_t draw_index(enum hint hint)
{
	const struct pool *pool = &devices;

	if (hint == HINT_DEVICE && about && percent(95))
		return about;
	if (percent(3))
		return 1 + below(percent(50) ? 50 : INT32_MAX);
	if (hint == HINT_SWITCH || (hint == HINT_ANY && percent(20)) ||
	    percent(3))
		pool = &switches;
	return pool->of[below(pool->n)].index;
}

uint32_t draw_number(uint32_t low, uint32_t high)
{
	const uint32_t few = high - low < 4 ? high - low : 4;

	switch (below(8)) {
	case 0:
		return low;
	case 1:
		return high;
	case 2:
		return high - (high > low);
	case 3: case 4:
		return low + draw() % ((uint64_t)high - low + 1);
	default:
		return low + below(few + 1);
	}
}

/* Each VLAN of a range is an entry for each MAC of the port: thousands of them
 * for a message or two of a hundred.
 */
void draw_first_vlan(void)
{
	first_vlan = percent(2) ? 0 : percent(70) ? 1 :
		     percent(50) ? MAX_VLAN - 7 : 1 + below(MAX_VLAN - 7);
}

uint32_t draw_vlan(void)
{
	return first_vlan ? first_vlan + below(8) : draw_number(1, MAX_VLAN);
}

void draw_bytes(uint8_t *bytes, size_t size)
{
	while (size--)
		*bytes++ = draw();
}

/* The last byte of an address: the one that the device has as a rule, or of
 * those that several want.
 */
static uint8_t draw_host(void)
{
	return about && percent(60) ? 16 + about % 64 : 1 + below(6);
}

/* Few stations, so that they meet, and some that are none. */
void draw_mac(uint8_t *mac)
{
	memcpy(mac, (uint8_t[]){ 2, 0, 0, 0, 0, below(24) }, ETH_ALEN);
	if (is_crowd)
		draw_bytes(mac + 1, ETH_ALEN - 1);
	if (is_crowd || percent(92))
		return;
	switch (below(4)) {
	case 0:
		memset(mac, 0, ETH_ALEN);
		break;
	case 1:
		memset(mac, 0xff, ETH_ALEN);
		break;
	case 2:
		mac[0] |= 1;
		break;
	default:
		draw_bytes(mac, ETH_ALEN);
	}
}

void draw_ipv4(uint8_t *ip)
{
	static const uint8_t odd[][4] = {
		{ 0, 0, 0, 0 }, { 0, 0, 0, 1 }, { 127, 0, 0, 1 },
		{ 224, 0, 0, 1 }, { 240, 0, 0, 1 }, { 255, 255, 255, 255 },
		{ 169, 254, 1, 1 },
	};

	memcpy(ip, (uint8_t[]){ 192, 0, 2, draw_host() }, 4);
	if (is_crowd)
		memcpy(ip, (uint8_t[]){ 10, draw(), draw(), draw() }, 4);
	else if (percent(4))
		memcpy(ip, odd[below(ARRAY_SIZE(odd))], 4);
	else if (percent(10))
		draw_bytes(ip, 4);
}

void draw_ipv6(uint8_t *ip)
{
	static const char *const odd[] = {
		"::", "::1", "ff02::1", "::ffff:192.0.2.1", "::192.0.2.1",
		"fe80::1", "fe80::ff:fe00:1", "64:ff9b::1",
	};

	get_ip(AF_INET6, "2001:db8::", ip);
	ip[15] = draw_host();
	if (is_crowd)
		draw_bytes(ip + 8, 8);
	else if (percent(5))
		get_ip(AF_INET6, odd[below(ARRAY_SIZE(odd))], ip);
	else if (percent(10))
		draw_bytes(ip, 16);
}

/* A frame that may be read to some depth. */
size_t draw_frame(uint8_t *frame, size_t max)
{
	static const uint16_t types[] = { ETHERTYPE_IP, ETHERTYPE_ARP,
					  ETHERTYPE_IPV6, ETHERTYPE_VLAN };
	static const uint8_t versions[] = { 0x45, 0, 0x60, 0 };
	unsigned int type = below(ARRAY_SIZE(types));
	size_t len = percent(90) ? 14 + below(150) : below(max + 1);

	if (percent(1))
		len = max - below(2);
	draw_bytes(frame, len < 200 ? len : 200);
	if (len > 200)
		memset(frame + 200, 0, len - 200);
	if (len < ETH_HLEN + 1)
		return len;
	draw_mac(frame);
	draw_mac(frame + ETH_ALEN);
	frame[12] = types[type] >> 8;
	frame[13] = types[type];
	frame[14] = versions[type];
	return len;
}

size_t draw_text(char *text, size_t max)
{
	size_t len = percent(80) ? 1 + below(12) : draw_number(0, max), i;

	for (i = 0; i < len; i++)
		text[i] = percent(95) ? 'a' + below(4) : 1 + below(255);
	text[len] = 0;
	return len + 1;
}
