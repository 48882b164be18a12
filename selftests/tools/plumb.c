// SPDX-License-Identifier: GPL-2.0
/*
 * Joins devices in the ways that iproute2 does not know, or not in bulk:
 *
 *   plumb ports SWITCH PREFIX FIRST LAST    PREFIXn as ports of a podswitch
 *   plumb slaves MASTER PREFIX FIRST LAST   the same with IFLA_MASTER alone
 *   plumb redirect-peer DEV TARGET          BPF at DEV's tc ingress: into the
 *                                           other end of TARGET
 *   plumb switch-peer DEV MAC ADDRESS TARGET TARGET-MAC
 *                                           the same, if it comes from MAC and
 *                                           ADDRESS and is for TARGET-MAC, which
 *                                           is looked up
 *   plumb netkit DEV PEER NS                a netkit pair (L2), PEER in NS
 *   plumb netkit-redirect DEV TARGET        BPF at the peer of DEV: out of TARGET
 *   plumb ovs-dp NAME                       a datapath of Open vSwitch
 *   plumb ovs-port DP DEV                   a port of it
 *   plumb ovs-flow DP IN MAC OUT...         what is for MAC goes from port IN
 *                                           to ports OUT (0 is the host)
 *   plumb ovs-del NAME
 *
 * ports and slaves print how many nanoseconds the first request took, and the
 * fastest of the last ten. Port n declares MAC 02:01:00:xx:xx:xx and address 10.128.0.0 + n. BPF
 * programs stay as long as their device; those of the redirects are constant,
 * without lookup or check.
 */
#include <linux/bpf.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/openvswitch.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "../../genl/uapi/linux/podswitch.h"
#include "tool.h"


#define MESSAGE_LEN	4096
#define LAST_ONES	10

/* Of Linux 6.6 and 6.7: <linux/bpf.h> and <linux/if_link.h> may be older. */
#define TCX_INGRESS		46
#define TCX_VERDICT_DROP	2
#define NETKIT_PEER		55
#define NETKIT_PEER_INFO	1
#define NETKIT_MODE		5
#define NETKIT_MODE_L2		0U

static uint32_t index_of(const char *dev)
{
	uint32_t index = if_nametoindex(dev);

	if (!index)
		die(dev);
	return index;
}

/* --- netlink --- */

struct message {
	union {
		struct nlmsghdr hdr;
		uint8_t data[MESSAGE_LEN];
	};
};

static void *message_reserve(struct message *m, size_t len)
{
	void *p = m->data + NLMSG_ALIGN(m->hdr.nlmsg_len);

	errno = EMSGSIZE;
	if (NLMSG_ALIGN(m->hdr.nlmsg_len) + len > sizeof(m->data))
		die("request");
	m->hdr.nlmsg_len = NLMSG_ALIGN(m->hdr.nlmsg_len) + len;
	return p;
}

/* Starts a request whose fixed part, zeroed, is @len bytes. */
static void *message_init(struct message *m, uint16_t type, size_t len)
{
	memset(m, 0, sizeof(*m));
	m->hdr.nlmsg_len = NLMSG_HDRLEN;
	m->hdr.nlmsg_type = type;
	m->hdr.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	return message_reserve(m, len);
}

static struct nlattr *put(struct message *m, uint16_t type, const void *data,
			  size_t len)
{
	struct nlattr *attr = message_reserve(m, NLA_HDRLEN + len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	return attr;
}

static void put_u32(struct message *m, uint16_t type, uint32_t value)
{
	put(m, type, &value, sizeof(value));
}

static void put_string(struct message *m, uint16_t type, const char *text)
{
	put(m, type, text, strlen(text) + 1);
}

static struct nlattr *nest_start(struct message *m, uint16_t type)
{
	return put(m, type | NLA_F_NESTED, NULL, 0);
}

static void nest_end(struct message *m, struct nlattr *nest)
{
	message_reserve(m, 0);
	nest->nla_len = m->data + m->hdr.nlmsg_len - (uint8_t *)nest;
}

static int netlink_open(int protocol)
{
	return open_socket(AF_NETLINK, SOCK_RAW, protocol);
}

/*
 * Sends a request and waits for its acknowledgement; what the kernel tells
 * before that is left in @reply.
 */
static void netlink_ask(int fd, const struct message *m, struct message *reply,
			const char *what)
{
	const struct nlmsgerr *err;
	struct message got;

	if (send(fd, m, m->hdr.nlmsg_len, 0) != (ssize_t)m->hdr.nlmsg_len)
		die(what);
	for (;;) {
		if (recv(fd, &got, sizeof(got), 0) < (ssize_t)sizeof(got.hdr))
			die(what);
		if (got.hdr.nlmsg_type == NLMSG_ERROR)
			break;
		if (reply)
			*reply = got;
	}
	err = NLMSG_DATA(&got.hdr);
	errno = -err->error;
	if (err->error)
		die(what);
}

static uint16_t family_id(int fd, const char *name)
{
	const struct genlmsghdr *genl;
	const struct nlattr *attr;
	struct genlmsghdr *ask;
	struct message m, got;
	size_t at;

	ask = message_init(&m, GENL_ID_CTRL, GENL_HDRLEN);
	ask->cmd = CTRL_CMD_GETFAMILY;
	put_string(&m, CTRL_ATTR_FAMILY_NAME, name);
	netlink_ask(fd, &m, &got, name);
	genl = NLMSG_DATA(&got.hdr);
	at = (const uint8_t *)genl - got.data + GENL_HDRLEN;
	while (at + NLA_HDRLEN <= got.hdr.nlmsg_len) {
		attr = (const void *)(got.data + at);
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(const uint16_t *)(attr + 1);
		at += NLA_ALIGN(attr->nla_len);
	}
	errno = ENOENT;
	die(name);
	return 0;
}

/* --- many ports --- */

static void port_request(struct message *m, uint16_t family, uint32_t sw,
			 uint32_t dev, unsigned long n)
{
	const uint8_t mac[ETH_ALEN] = { 2, 1, 0, n >> 16, n >> 8, n };
	const uint32_t ipv4 = htonl((10U << 24 | 128U << 16) + n);
	struct genlmsghdr *genl;
	struct nlattr *nest;

	genl = message_init(m, family, GENL_HDRLEN);
	genl->cmd = PODSWITCH_CMD_PORT_NEW;
	genl->version = 1;
	put_u32(m, PODSWITCH_A_PORT_SWITCH, sw);
	put_u32(m, PODSWITCH_A_PORT_IFINDEX, dev);
	put(m, PODSWITCH_A_PORT_MAC, mac, sizeof(mac));
	nest = nest_start(m, PODSWITCH_A_PORT_ADDRESS);
	put(m, PODSWITCH_A_ADDRESS_IPV4, &ipv4, sizeof(ipv4));
	nest_end(m, nest);
}

static void slave_request(struct message *m, uint32_t master, uint32_t dev)
{
	struct ifinfomsg *info;

	info = message_init(m, RTM_NEWLINK, sizeof(*info));
	info->ifi_index = dev;
	put_u32(m, IFLA_MASTER, master);
}

static int attach_many(char **argv, bool ports)
{
	unsigned long n, first = get_number(argv[2]);
	unsigned long last = get_number(argv[3]);
	uint64_t start, ns, least = UINT64_MAX;
	uint32_t master = index_of(argv[0]);
	uint16_t family = 0;
	struct message m;
	char dev[32];
	int fd;

	fd = netlink_open(ports ? NETLINK_GENERIC : NETLINK_ROUTE);
	if (ports)
		family = family_id(fd, PODSWITCH_FAMILY_NAME);
	for (n = first; n <= last; n++) {
		snprintf(dev, sizeof(dev), "%s%lu", argv[1], n);
		if (ports)
			port_request(&m, family, master, index_of(dev), n);
		else
			slave_request(&m, master, index_of(dev));
		start = now_ns();
		netlink_ask(fd, &m, NULL, dev);
		ns = now_ns() - start;
		if (n == first)
			printf("%llu\n", (unsigned long long)ns);
		if (n + LAST_ONES > last && ns < least)
			least = ns;
	}
	printf("%llu\n", (unsigned long long)least);
	return 0;
}

static int ports(int argc, char **argv)
{
	(void)argc;
	return attach_many(argv, true);
}

static int slaves(int argc, char **argv)
{
	(void)argc;
	return attach_many(argv, false);
}

/* --- BPF --- */

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load_program(const struct bpf_insn *insns, size_t count)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)insns,
		.insn_cnt = count,
		.license = (uintptr_t)"GPL",
		/* the switch program reads a MAC in two pieces */
		.prog_flags = BPF_F_ANY_ALIGNMENT,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		die("program");
	return fd;
}

#define INSN(op, dst, src, offset, value) { .code = (op), .dst_reg = (dst), \
	.src_reg = (src), .off = (offset), .imm = (value) }
#define LOAD(size, dst, src, offset) \
	INSN(BPF_LDX | BPF_MEM | (size), dst, src, offset, 0)
#define STORE(size, dst, offset, src) \
	INSN(BPF_STX | BPF_MEM | (size), dst, src, offset, 0)
#define MOVE(dst, src)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define SET(dst, value)	INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define ADD(dst, value)	INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, value)
#define UNLESS(dst, value, jump) \
	INSN(BPF_JMP32 | BPF_JNE | BPF_K, dst, 0, jump, (int32_t)(value))
#define CALL(helper)	INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define EXIT()		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* return bpf_redirect{_peer}(@index, 0) */
static int redirect_program(int helper, uint32_t index)
{
	const struct bpf_insn insns[] = {
		SET(1, index),
		SET(2, 0),
		CALL(helper),
		EXIT(),
	};

	return load_program(insns, ARRAY_SIZE(insns));
}

/* What the map of a switch program is asked for: a MAC, then two zeros. */
struct mac_key {
	uint8_t mac[ETH_ALEN];
	uint16_t zero;
};

/* A table of interface indexes by MAC. */
static int make_table(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_HASH,
		.key_size = sizeof(struct mac_key),
		.value_size = sizeof(uint32_t),
		.max_entries = 16384,
	};
	int fd = bpf(BPF_MAP_CREATE, &attr);

	if (fd < 0)
		die("map");
	return fd;
}

static void table_add(int table, const uint8_t *mac, uint32_t index)
{
	struct mac_key key = { 0 };
	union bpf_attr attr = {
		.map_fd = table,
		.key = (uintptr_t)&key,
		.value = (uintptr_t)&index,
	};

	memcpy(key.mac, mac, sizeof(key.mac));
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
		die("map entry");
}

/*
 * Drops what is not from @mac or, if it is IPv4, not from @ipv4; redirects what
 * @table knows the destination of; leaves the rest to the host.
 */
static int switch_program(int table, const uint8_t *mac, uint32_t ipv4)
{
	uint32_t mac_head;
	uint16_t mac_tail;

	memcpy(&mac_head, mac, sizeof(mac_head));
	memcpy(&mac_tail, mac + sizeof(mac_head), sizeof(mac_tail));
	const struct bpf_insn insns[] = {
		LOAD(BPF_W, 7, 1, offsetof(struct __sk_buff, data)),
		LOAD(BPF_W, 3, 1, offsetof(struct __sk_buff, data_end)),
		MOVE(4, 7),
		ADD(4, 34),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 22, 0),	/* drop */
		LOAD(BPF_W, 0, 7, 6),
		UNLESS(0, mac_head, 20),			/* drop */
		LOAD(BPF_H, 0, 7, 10),
		UNLESS(0, mac_tail, 18),			/* drop */
		LOAD(BPF_H, 0, 7, 12),
		UNLESS(0, htons(ETHERTYPE_IP), 2),
		LOAD(BPF_W, 0, 7, 26),
		UNLESS(0, ipv4, 14),				/* drop */
		LOAD(BPF_W, 0, 7, 0),
		STORE(BPF_W, 10, -8, 0),
		LOAD(BPF_H, 0, 7, 4),
		STORE(BPF_W, 10, -4, 0),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, table),
		INSN(0, 0, 0, 0, 0),
		MOVE(2, 10),
		ADD(2, -8),
		CALL(BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5, 0),	/* exit: TCX_PASS */
		LOAD(BPF_W, 1, 0, 0),
		SET(2, 0),
		CALL(BPF_FUNC_redirect_peer),
		EXIT(),
		SET(0, TCX_VERDICT_DROP),				/* drop: */
		EXIT(),
	};

	return load_program(insns, ARRAY_SIZE(insns));
}

static int attach_program(int program, const char *dev, uint32_t where)
{
	union bpf_attr attr = {
		.target_fd = index_of(dev),
		.attach_bpf_fd = program,
		.attach_type = where,
	};

	if (bpf(BPF_PROG_ATTACH, &attr))
		die(dev);
	return 0;
}

static int redirect_peer(int argc, char **argv)
{
	(void)argc;
	return attach_program(redirect_program(BPF_FUNC_redirect_peer,
					       index_of(argv[1])),
			      argv[0], TCX_INGRESS);
}

static void get_mac(const char *text, uint8_t *mac)
{
	errno = EINVAL;
	if (!ether_aton_r(text, (struct ether_addr *)mac))
		die(text);
}

static int switch_peer(int argc, char **argv)
{
	static const uint8_t all[ETH_ALEN] = { [0 ... ETH_ALEN - 1] = 0xff };
	uint8_t own[ETH_ALEN], there[ETH_ALEN];
	int table = make_table();
	struct in_addr ipv4;

	(void)argc;
	get_mac(argv[1], own);
	get_mac(argv[4], there);
	errno = EINVAL;
	if (inet_pton(AF_INET, argv[2], &ipv4) != 1)
		die(argv[2]);
	table_add(table, there, index_of(argv[3]));
	/* so that the two find each other by ARP */
	table_add(table, all, index_of(argv[3]));
	return attach_program(switch_program(table, own, ipv4.s_addr), argv[0],
			      TCX_INGRESS);
}

static int netkit_redirect(int argc, char **argv)
{
	(void)argc;
	return attach_program(redirect_program(BPF_FUNC_redirect,
					       index_of(argv[1])),
			      argv[0], NETKIT_PEER);
}

static int netkit(int argc, char **argv)
{
	struct nlattr *link, *data, *peer;
	struct ifinfomsg *info;
	struct message m;
	char path[128];
	int ns;

	(void)argc;
	snprintf(path, sizeof(path), "/run/netns/%s", argv[2]);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		die(path);
	message_init(&m, RTM_NEWLINK, sizeof(*info));
	m.hdr.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	put_string(&m, IFLA_IFNAME, argv[0]);
	link = nest_start(&m, IFLA_LINKINFO);
	put_string(&m, IFLA_INFO_KIND, "netkit");
	data = nest_start(&m, IFLA_INFO_DATA);
	put_u32(&m, NETKIT_MODE, NETKIT_MODE_L2);
	peer = nest_start(&m, NETKIT_PEER_INFO);
	memset(message_reserve(&m, sizeof(*info)), 0, sizeof(*info));
	put_string(&m, IFLA_IFNAME, argv[1]);
	put_u32(&m, IFLA_NET_NS_FD, ns);
	nest_end(&m, peer);
	nest_end(&m, data);
	nest_end(&m, link);
	netlink_ask(netlink_open(NETLINK_ROUTE), &m, NULL, argv[0]);
	return 0;
}

/* --- Open vSwitch's datapath --- */

/* Starts a request to one of its families; @dp is NULL for one to be made. */
static int ovs_request(struct message *m, const char *family, uint8_t cmd,
		       const char *dp)
{
	int fd = netlink_open(NETLINK_GENERIC);
	struct genlmsghdr *genl;
	struct ovs_header *ovs;

	genl = message_init(m, family_id(fd, family), GENL_HDRLEN);
	genl->cmd = cmd;
	genl->version = OVS_DATAPATH_VERSION;
	ovs = message_reserve(m, sizeof(*ovs));
	ovs->dp_ifindex = dp ? index_of(dp) : 0;
	return fd;
}

static int ovs_dp(int argc, char **argv)
{
	struct message m;
	int fd;

	(void)argc;
	fd = ovs_request(&m, OVS_DATAPATH_FAMILY, OVS_DP_CMD_NEW, NULL);
	put_string(&m, OVS_DP_ATTR_NAME, argv[0]);
	put_u32(&m, OVS_DP_ATTR_UPCALL_PID, 0);
	netlink_ask(fd, &m, NULL, argv[0]);
	return 0;
}

static int ovs_del(int argc, char **argv)
{
	struct message m;
	int fd;

	(void)argc;
	fd = ovs_request(&m, OVS_DATAPATH_FAMILY, OVS_DP_CMD_DEL, argv[0]);
	netlink_ask(fd, &m, NULL, argv[0]);
	return 0;
}

static int ovs_port(int argc, char **argv)
{
	struct message m;
	int fd;

	(void)argc;
	fd = ovs_request(&m, OVS_VPORT_FAMILY, OVS_VPORT_CMD_NEW, argv[0]);
	put_u32(&m, OVS_VPORT_ATTR_TYPE, OVS_VPORT_TYPE_NETDEV);
	put_string(&m, OVS_VPORT_ATTR_NAME, argv[1]);
	put_u32(&m, OVS_VPORT_ATTR_UPCALL_PID, 0);
	netlink_ask(fd, &m, NULL, argv[1]);
	return 0;
}

/* A flow key, or its mask, which has the same members. */
static void put_flow(struct message *m, uint16_t attr, uint32_t in,
		     const struct ovs_key_ethernet *eth, uint16_t ethertype,
		     bool arp)
{
	const struct ovs_key_ipv4 any_ipv4 = { 0 };
	const struct ovs_key_arp any_arp = { 0 };
	struct nlattr *nest = nest_start(m, attr);

	put_u32(m, OVS_KEY_ATTR_IN_PORT, in);
	put(m, OVS_KEY_ATTR_ETHERNET, eth, sizeof(*eth));
	put(m, OVS_KEY_ATTR_ETHERTYPE, &ethertype, sizeof(ethertype));
	if (arp)
		put(m, OVS_KEY_ATTR_ARP, &any_arp, sizeof(any_arp));
	else
		put(m, OVS_KEY_ATTR_IPV4, &any_ipv4, sizeof(any_ipv4));
	nest_end(m, nest);
}

static int ovs_flow(int argc, char **argv)
{
	const uint16_t types[] = { ETHERTYPE_IP, ETHERTYPE_ARP };
	struct ovs_key_ethernet key = { 0 }, mask = { 0 };
	struct nlattr *actions;
	struct message m;
	int i, out, fd;
	bool arp;

	get_mac(argv[2], key.eth_dst);
	memset(mask.eth_dst, 0xff, sizeof(mask.eth_dst));
	for (i = 0; i < (int)ARRAY_SIZE(types); i++) {
		arp = types[i] == ETHERTYPE_ARP;
		fd = ovs_request(&m, OVS_FLOW_FAMILY, OVS_FLOW_CMD_NEW,
				 argv[0]);
		m.hdr.nlmsg_flags |= NLM_F_CREATE;
		put_flow(&m, OVS_FLOW_ATTR_KEY, get_number(argv[1]),
			 &key, htons(types[i]), arp);
		put_flow(&m, OVS_FLOW_ATTR_MASK, UINT32_MAX, &mask, UINT16_MAX,
			 arp);
		actions = nest_start(&m, OVS_FLOW_ATTR_ACTIONS);
		for (out = 3; out < argc; out++)
			put_u32(&m, OVS_ACTION_ATTR_OUTPUT,
				get_number(argv[out]));
		nest_end(&m, actions);
		netlink_ask(fd, &m, NULL, "flow");
		close(fd);
	}
	return 0;
}

/* --- command line --- */

static const struct {
	const char *name;
	int args;	/* at least */
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "ports", 4, ports },
	{ "slaves", 4, slaves },
	{ "redirect-peer", 2, redirect_peer },
	{ "switch-peer", 5, switch_peer },
	{ "netkit", 3, netkit },
	{ "netkit-redirect", 2, netkit_redirect },
	{ "ovs-dp", 1, ovs_dp },
	{ "ovs-port", 2, ovs_port },
	{ "ovs-flow", 4, ovs_flow },
	{ "ovs-del", 1, ovs_del },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name) &&
		    argc - 2 >= commands[i].args)
			return commands[i].run(argc - 2, argv + 2);
	fputs("usage: plumb COMMAND ARGUMENT..., see the top of plumb.c\n"
	      "COMMAND :=", stderr);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, " %s", commands[i].name);
	fputs("\n", stderr);
	return 2;
}
