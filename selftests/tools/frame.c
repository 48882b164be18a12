// SPDX-License-Identifier: GPL-2.0
/*
 * Sends a frame that the command line describes and counts where it, and a
 * reply to it, come out:
 *
 *   frame [-n COUNT] [-w MS] [-a PLACE=N]... [-r PLACE=N]...
 *         PLACE FIELD... [reply FIELD...]
 *   frame -b
 *
 * PLACE is DEV or NS:DEV. The frame is sent COUNT times (once; 0: for ever,
 * with pauses, whatever happens) on PLACE. It has to arrive N times at each place behind
 * -a, and the reply at each place behind -r: not less within two seconds, and
 * not more until MS milliseconds (30) after that. What arrived is printed; the
 * exit status tells whether it was right.
 *
 * A field is a word of the table "fields" below and its arguments. MAC is
 * written out or a PLACE, whose MAC it is then. Lengths, checksums and types
 * of what follows are filled in. A tag that arrives beside a frame counts as
 * one in it.
 *
 * With -b such command lines are read, each behind a name and "|", and for
 * each is printed: "ok" or "not ok", "|", the name, "|", what arrived.
 */
#include <net/ethernet.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "tool.h"

#define MAX_PLACES	16
#define MAX_WORDS	128
#define ARRIVE_MS	2000
#define PAUSE_US	2000
#define AT_ONCE		1024	/* frames read before the time is looked at: more may come than can be read */

/* --- places --- */

/* Sockets stay open, for closing one takes the kernel a grace period. */
struct place {
	char name[64];
	int protocol;
	int fd;
};

static const char *place_dev(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

/* A socket of the namespace that a place is in, bound to its device. */
static int place_socket(const char *name, int protocol)
{
	const char *dev = place_dev(name);
	char ns[sizeof(((struct place *)NULL)->name)] = "-";
	int home, fd;

	if (dev != name)
		snprintf(ns, sizeof(ns), "%.*s", (int)(dev - name - 1), name);
	home = enter_from_here(ns);
	fd = open_socket(AF_PACKET, SOCK_RAW, 0);
	set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	set_option(fd, SOL_PACKET, PACKET_AUXDATA, 1);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24);
	bind_packet(fd, dev, protocol);
	leave(home);
	return fd;
}

static int place_open(const char *name, int protocol)
{
	static struct place places[4 * MAX_PLACES];
	static size_t n_places;
	struct place *p;

	for (p = places; p < places + n_places; p++)
		if (!strcmp(p->name, name) && p->protocol == protocol)
			return p->fd;
	if (n_places++ == ARRAY_SIZE(places) || strlen(name) >= sizeof(p->name))
		die_wrong(name);
	strcpy(p->name, name);
	p->protocol = protocol;
	p->fd = place_socket(name, protocol);
	return p->fd;
}

static void place_mac(const char *name, uint8_t *mac)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", place_dev(name));
	if (ioctl(place_open(name, 0), SIOCGIFHWADDR, &ifr))
		die(name);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
}

/* --- describing a frame --- */

struct frame {
	uint8_t data[1 << 16];
	size_t len;
	size_t cut;		/* length that it is cut to, or 0 */
	uint8_t *next;		/* where the type of what follows goes */
	size_t next_size;	/* 1 or 2 bytes */
	uint8_t *ip;		/* the IP header, or NULL */
	uint8_t *l4;		/* what is behind IP headers, or NULL */
	uint16_t *sum;		/* its checksum, or NULL */
	uint8_t proto;
};

static uint8_t *put(struct frame *f, size_t size)
{
	uint8_t *at = f->data + f->len;

	f->len += size;
	if (f->len > sizeof(f->data))
		die_wrong("too long");
	memset(at, 0, size);
	return at;
}

static uint8_t *put_layer(struct frame *f, uint16_t type, size_t size)
{
	if (f->next_size == 2) {
		f->next[0] = type >> 8;
		f->next[1] = type & 0xff;
	} else if (f->next_size == 1) {
		f->next[0] = type;
	}
	f->next_size = 0;
	return put(f, size);
}

static void follow(struct frame *f, uint8_t *next, size_t size)
{
	f->next = next;
	f->next_size = size;
}

static void get_mac(const char *text, uint8_t *mac)
{
	if (!is_mac(text, mac))
		place_mac(text, mac);
}

static void put_eth(struct frame *f, char **arg)
{
	uint8_t *p = put(f, ETH_HLEN);

	get_mac(arg[0], p);
	get_mac(arg[1], p + 6);
	follow(f, p + 12, 2);
}

static void put_type(struct frame *f, char **arg)
{
	put_layer(f, get_number(arg[0]), 0);
}

static void put_vlan(struct frame *f, char **arg)
{
	uint8_t *p = put_layer(f, ETHERTYPE_VLAN, 4);

	p[0] = get_number(arg[0]) >> 8;
	p[1] = get_number(arg[0]);
	follow(f, p + 2, 2);
}

/* OP SHA SPA THA TPA, as in RFC 826 */
static void put_arp(struct frame *f, char **arg)
{
	static const uint8_t head[] = { 0, 1, 8, 0, 6, 4 };
	uint8_t *p = put_layer(f, ETHERTYPE_ARP, 28);

	memcpy(p, head, sizeof(head));
	p[7] = get_number(arg[0]);
	get_mac(arg[1], p + 8);
	get_ip(AF_INET, arg[2], p + 14);
	get_mac(arg[3], p + 18);
	get_ip(AF_INET, arg[4], p + 24);
}

static void put_ipv4(struct frame *f, char **arg)
{
	uint8_t *p = put_layer(f, ETHERTYPE_IP, 20);

	p[0] = 0x45;
	p[8] = 64;
	get_ip(AF_INET, arg[0], p + 12);
	get_ip(AF_INET, arg[1], p + 16);
	f->ip = p;
	follow(f, p + 9, 1);
}

static void put_ipv6(struct frame *f, char **arg)
{
	uint8_t *p = put_layer(f, ETHERTYPE_IPV6, 40);

	p[0] = 0x60;
	p[6] = IPPROTO_NONE;
	p[7] = 255;
	get_ip(AF_INET6, arg[0], p + 8);
	get_ip(AF_INET6, arg[1], p + 24);
	f->ip = p;
	follow(f, p + 6, 1);
}

static void put_extension(struct frame *f, uint8_t type)
{
	uint8_t *p = put_layer(f, type, 8);

	p[2] = 1;	/* PadN of 4 bytes (RFC 8200 4.2) */
	p[3] = 4;
	follow(f, p, 1);
}

static void put_hop(struct frame *f, char **arg)
{
	(void)arg;
	put_extension(f, IPPROTO_HOPOPTS);
}

static void put_dest(struct frame *f, char **arg)
{
	(void)arg;
	put_extension(f, IPPROTO_DSTOPTS);
}

static void put_routing(struct frame *f, char **arg)
{
	(void)arg;
	put_extension(f, IPPROTO_ROUTING);
}

/* OFFSET: in bytes; more fragments follow */
static void put_fragment(struct frame *f, char **arg)
{
	uint8_t *p = put_layer(f, IPPROTO_FRAGMENT, 8);

	p[2] = get_number(arg[0]) >> 8;
	p[3] = (get_number(arg[0]) & 0xf8) | 1;
	follow(f, p, 1);
}

static uint8_t *put_l4(struct frame *f, uint8_t proto, size_t size, size_t sum)
{
	f->l4 = put_layer(f, proto, size);
	f->proto = proto;
	f->sum = (uint16_t *)(f->l4 + sum);
	return f->l4;
}

static void put_udp(struct frame *f, char **arg)
{
	uint8_t *p = put_l4(f, IPPROTO_UDP, 8, 6);

	p[0] = get_number(arg[0]) >> 8;
	p[1] = get_number(arg[0]);
	p[2] = get_number(arg[1]) >> 8;
	p[3] = get_number(arg[1]);
}

static uint8_t *put_icmp6_type(struct frame *f, uint8_t type, size_t size)
{
	uint8_t *p = put_l4(f, IPPROTO_ICMPV6, size, 2);

	p[0] = type;
	return p;
}

static void put_icmp6(struct frame *f, char **arg)
{
	put_icmp6_type(f, get_number(arg[0]), 8);
}

static void put_rs(struct frame *f, char **arg)
{
	(void)arg;
	put_icmp6_type(f, 133, 8);
}

static void put_ra(struct frame *f, char **arg)
{
	(void)arg;
	put_icmp6_type(f, 134, 16);
}

/* TARGET */
static void put_ns(struct frame *f, char **arg)
{
	get_ip(AF_INET6, arg[0], put_icmp6_type(f, 135, 24) + 8);
}

/* FLAGS TARGET; flags: router 0x80, solicited 0x40, override 0x20 */
static void put_na(struct frame *f, char **arg)
{
	uint8_t *p = put_icmp6_type(f, 136, 24);

	p[4] = get_number(arg[0]);
	get_ip(AF_INET6, arg[1], p + 8);
}

/* TARGET DESTINATION */
static void put_redirect(struct frame *f, char **arg)
{
	uint8_t *p = put_icmp6_type(f, 137, 40);

	get_ip(AF_INET6, arg[0], p + 8);
	get_ip(AF_INET6, arg[1], p + 24);
}

/* TYPE MAC: source 1, target 2 */
static void put_lladdr(struct frame *f, char **arg)
{
	uint8_t *p = put(f, 8);

	p[0] = get_number(arg[0]);
	p[1] = 1;
	get_mac(arg[1], p + 2);
}

static void put_data(struct frame *f, char **arg)
{
	size_t i, size = get_number(arg[0]);
	uint8_t *p = put_layer(f, 0, size);

	for (i = 0; i < size; i++)
		p[i] = i * 7 + 1;
}

static void put_hex(struct frame *f, char **arg)
{
	f->next_size = 0;
	f->len += get_hex(arg[0], f->data + f->len, sizeof(f->data) - f->len);
}

static void put_cut(struct frame *f, char **arg)
{
	f->cut = get_number(arg[0]);
}

static const struct field {
	const char *word;
	int args;
	void (*put)(struct frame *f, char **arg);
} fields[] = {
	{ "eth", 2, put_eth },			/* DST SRC */
	{ "type", 1, put_type },		/* of Ethernet or IP */
	{ "vlan", 1, put_vlan },		/* VID */
	{ "arp", 5, put_arp },			/* OP SHA SPA THA TPA */
	{ "ipv4", 2, put_ipv4 },		/* SRC DST */
	{ "ipv6", 2, put_ipv6 },		/* SRC DST */
	{ "hop", 0, put_hop },			/* hop-by-hop options */
	{ "dest", 0, put_dest },		/* destination options */
	{ "routing", 0, put_routing },
	{ "fragment", 1, put_fragment },	/* OFFSET */
	{ "udp", 2, put_udp },			/* SPORT DPORT */
	{ "icmp6", 1, put_icmp6 },		/* TYPE */
	{ "rs", 0, put_rs },
	{ "ra", 0, put_ra },
	{ "ns", 1, put_ns },			/* TARGET */
	{ "na", 2, put_na },			/* FLAGS TARGET */
	{ "redirect", 2, put_redirect },	/* TARGET DESTINATION */
	{ "lladdr", 2, put_lladdr },		/* { 1 | 2 } MAC */
	{ "data", 1, put_data },		/* LENGTH */
	{ "hex", 1, put_hex },			/* BYTES */
	{ "cut", 1, put_cut },			/* LENGTH of the frame */
};

static uint32_t sum_bytes(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = value >> 8;
	p[1] = value;
}

static void finish_l4(struct frame *f)
{
	size_t len = f->data + f->len - f->l4;
	size_t ip = f->ip[0] >> 4 == 4 ? 4 : 16;

	if (f->proto == IPPROTO_UDP)
		put16(f->l4 + 4, len);
	*f->sum = sum_fold(sum_bytes(f->l4, len, len + f->proto +
				     sum_bytes(f->ip + (ip == 4 ? 12 : 8),
					       2 * ip, 0)));
}

static void finish(struct frame *f)
{
	size_t len;

	if (f->ip && f->l4)
		finish_l4(f);
	if (f->ip) {
		len = f->data + f->len - f->ip;
		if (f->ip[0] >> 4 == 4) {
			put16(f->ip + 2, len);
			*(uint16_t *)(f->ip + 10) =
				sum_fold(sum_bytes(f->ip, 20, 0));
		} else {
			put16(f->ip + 4, len - 40);
		}
	}
	if (f->cut)
		f->len = f->cut;
}

/* Reads fields up to "reply" or the end, and returns what is left. */
static char **describe(struct frame *f, char **words)
{
	size_t i;
	int n;

	while (*words && strcmp(*words, "reply")) {
		for (i = 0; i < ARRAY_SIZE(fields); i++)
			if (!strcmp(*words, fields[i].word))
				break;
		if (i == ARRAY_SIZE(fields))
			die_wrong(*words);
		for (n = 0; n <= fields[i].args; n++)
			if (!words[n])
				die_wrong(*words);
		fields[i].put(f, words + 1);
		words += n;
	}
	finish(f);
	return words;
}

/* --- sending and counting --- */

struct listener {
	const char *place;
	const struct frame *frame;
	unsigned long wanted;
	unsigned long seen;
	int fd;
};

static struct listener listeners[MAX_PLACES];
static size_t n_listeners;

static void listener_add(char *text, const struct frame *frame)
{
	struct listener *l = &listeners[n_listeners++];
	char *equals = strchr(text, '=');

	if (n_listeners > MAX_PLACES || !equals)
		die_wrong(text);
	*equals = '\0';
	l->place = text;
	l->frame = frame;
	l->wanted = get_number(equals + 1);
}

/* What an earlier frame left behind does not count. */
static void listeners_open(void)
{
	size_t i;
	int n;
	char c;

	for (i = 0; i < n_listeners; i++) {
		listeners[i].fd = place_open(listeners[i].place, ETH_P_ALL);
		for (n = 0; n < AT_ONCE; n++)
			if (recv(listeners[i].fd, &c, 1, MSG_DONTWAIT) < 0)
				break;
	}
}

/* Puts a tag that came beside a frame where it was on the wire. */
static ssize_t put_tag_back(uint8_t *data, ssize_t len, struct msghdr *msg)
{
	const size_t at = 2 * ETH_ALEN;
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	struct tpacket_auxdata aux;

	if (!cmsg || cmsg->cmsg_type != PACKET_AUXDATA)
		return len;
	memcpy(&aux, CMSG_DATA(cmsg), sizeof(aux));
	if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || len < (ssize_t)at)
		return len;
	memmove(data + at + 4, data + at, len - at);
	put16(data + at, aux.tp_vlan_tpid);
	put16(data + at + 2, aux.tp_vlan_tci);
	return len + 4;
}

/* As recv(), without waiting. */
static ssize_t receive(int fd, uint8_t *data, size_t size)
{
	uint8_t control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec iov = { .iov_base = data, .iov_len = size - 4 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, MSG_DONTWAIT);

	return len < 0 ? len : put_tag_back(data, len, &msg);
}

/* Counts what has come; true if any of it was the frame. */
static bool listener_read(struct listener *l)
{
	static uint8_t buffer[1 << 17];
	const struct frame *f = l->frame;
	bool any = false;
	ssize_t len;
	int n;

	for (n = 0; n < AT_ONCE; n++) {
		len = receive(l->fd, buffer, sizeof(buffer));
		if (len < 0)
			break;
		if ((size_t)len != f->len || memcmp(buffer, f->data, f->len))
			continue;
		l->seen++;
		any = true;
	}
	return any;
}

static bool listeners_read(void)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n_listeners; i++)
		any |= listener_read(&listeners[i]);
	return any;
}

static bool listeners_are_content(void)
{
	size_t i;

	for (i = 0; i < n_listeners; i++)
		if (listeners[i].seen < listeners[i].wanted)
			return false;
	return true;
}

static long now_ms(void)
{
	return now_ns() / 1000000;
}

/* Listens until all has come and nothing more comes for a while. */
static void listeners_wait(long quiet_ms)
{
	struct pollfd polls[MAX_PLACES];
	long end = now_ms() + ARRIVE_MS, quiet = 0, until, now;
	size_t i;

	for (i = 0; i < n_listeners; i++)
		polls[i] = (struct pollfd){ listeners[i].fd, POLLIN, 0 };
	for (;;) {
		now = now_ms();
		if (listeners_read() || !quiet)
			quiet = now + quiet_ms;
		until = listeners_are_content() ? quiet : end;
		if (now >= until)
			return;
		poll(polls, n_listeners, until - now);
	}
}

static bool listeners_are_right(void)
{
	size_t i;

	for (i = 0; i < n_listeners; i++)
		if (listeners[i].seen != listeners[i].wanted)
			return false;
	return true;
}

static void listeners_print(const struct frame *reply)
{
	size_t i;

	for (i = 0; i < n_listeners; i++)
		printf("%s%s=%lu ", listeners[i].frame == reply ? "reply " : "",
		       listeners[i].place, listeners[i].seen);
	puts("");
	fflush(stdout);
}

static void send_all(const char *place, const struct frame *f,
		     unsigned long count)
{
	int fd = place_open(place, 0);
	unsigned long i;

	for (i = 0; i < count || !count; i++) {
		if (send(fd, f->data, f->len, 0) < 0 && count)
			die("send");
		if (i % 64 == 63)
			listeners_read();
		if (i % 16 == 15 && !count)
			usleep(PAUSE_US);
	}
}

/* --- command lines --- */

struct options {
	unsigned long count;
	long quiet_ms;
	bool batch;
};

static struct frame sent, reply;

static struct options parse(int argc, char **argv)
{
	struct options options = { .count = 1, .quiet_ms = 30 };
	int option;

	optind = 0;
	n_listeners = 0;
	memset(listeners, 0, sizeof(listeners));
	while ((option = getopt(argc, argv, "+bn:w:a:r:")) >= 0) {
		switch (option) {
		case 'b':
			options.batch = true;
			break;
		case 'n':
			options.count = get_number(optarg);
			break;
		case 'w':
			options.quiet_ms = get_number(optarg);
			break;
		case 'a':
			listener_add(optarg, &sent);
			break;
		case 'r':
			listener_add(optarg, &reply);
			break;
		default:
			exit(2);
		}
	}
	return options;
}

static void run(char **words, const struct options *options)
{
	const char *place = *words;

	if (!place)
		die_wrong("a place is missing");
	memset(&sent, 0, sizeof(sent));
	memset(&reply, 0, sizeof(reply));
	words = describe(&sent, words + 1);
	if (*words)
		describe(&reply, words + 1);
	listeners_open();
	send_all(place, &sent, options->count);
	if (n_listeners)
		listeners_wait(options->quiet_ms);
}

static void run_line(char *line)
{
	char *words[MAX_WORDS + 1] = { "frame" };
	char *name = strtok(line, "|");
	struct options options;
	int n = 0;

	do
		words[++n] = strtok(NULL, " \t\n");
	while (n < MAX_WORDS && words[n]);
	if (words[n])
		die_wrong("too many words");
	options = parse(n, words);
	run(words + optind, &options);
	printf("%s|%s|", listeners_are_right() ? "ok" : "not ok", name);
	listeners_print(&reply);
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	char *line = NULL;
	size_t size = 0;

	if (options.batch) {
		while (getline(&line, &size, stdin) > 0)
			run_line(line);
		free(line);
		return 0;
	}
	run(argv + optind, &options);
	if (n_listeners)
		listeners_print(&reply);
	return !listeners_are_right();
}
