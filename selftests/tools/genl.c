// SPDX-License-Identifier: GPL-2.0
/*
 * Talks to the podswitch family without a library that could put things right:
 *
 *   genl COMMAND [ATTRIBUTE VALUE]...
 *   genl listen [GROUP]
 *
 * A command is sent as it is written, and what the kernel says is printed:
 * "ok", or the errno's name, the attribute that it points at in brackets ("-"
 * if it misses it), and its sentence. An attribute of the table "attrs" takes
 * what its kind says; one that is a number takes bytes in hex and is sent as
 * they are. Members of a nest that follow each other in the order of their
 * numbers go in one nest; "ipv4 192.0.2.9 vlan 10 ipv4 192.0.2.10" are two.
 *
 * listen prints "listening", and then the command, the interface index and the
 * name of each notification to the group, "ports" if none is given.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "../../genl/uapi/linux/podswitch.h"
#include "tool.h"


#define BUFFER_LEN	(1 << 16)

enum kind {
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_DEVICE,	/* interface index, by its name or in figures */
	KIND_MAC,
	KIND_STRING,
	KIND_IPV4,
	KIND_IPV6,
	KIND_HEX,
	KIND_ADDRESS,	/* nest with an IPv4 or IPv6 address alone */
};

static const struct attr {
	const char *name;
	uint16_t type;
	enum kind kind;
	uint16_t nest;	/* the attribute that it is a member of, or 0 */
} attrs[] = {
	{ "switch", PODSWITCH_A_PORT_SWITCH, KIND_DEVICE, 0 },
	{ "ifindex", PODSWITCH_A_PORT_IFINDEX, KIND_DEVICE, 0 },
	{ "mac", PODSWITCH_A_PORT_MAC, KIND_MAC, 0 },
	{ "guard", PODSWITCH_A_PORT_GUARD, KIND_U32, 0 },
	{ "isolated", PODSWITCH_A_PORT_ISOLATED, KIND_U8, 0 },
	{ "hairpin", PODSWITCH_A_PORT_HAIRPIN, KIND_U8, 0 },
	{ "address", PODSWITCH_A_PORT_ADDRESS, KIND_ADDRESS, 0 },
	{ "network", PODSWITCH_A_OWNER_NETWORK, KIND_STRING,
	  PODSWITCH_A_PORT_OWNER },
	{ "pod-name", PODSWITCH_A_OWNER_POD_NAME, KIND_STRING,
	  PODSWITCH_A_PORT_OWNER },
	{ "role", PODSWITCH_A_PORT_ROLE, KIND_U32, 0 },
	{ "pvid", PODSWITCH_A_PORT_PVID, KIND_U16, 0 },
	{ "storm-limit", PODSWITCH_A_PORT_STORM_LIMIT, KIND_U32, 0 },
	{ "translated", PODSWITCH_A_PORT_TRANSLATED, KIND_U8, 0 },
	{ "router", PODSWITCH_A_PORT_ROUTER, KIND_U8, 0 },
	{ "dhcp-server", PODSWITCH_A_PORT_DHCP_SERVER, KIND_U8, 0 },
	{ "first", PODSWITCH_A_VLAN_RANGE_FIRST, KIND_U16,
	  PODSWITCH_A_PORT_TRUNK },
	{ "last", PODSWITCH_A_VLAN_RANGE_LAST, KIND_U16,
	  PODSWITCH_A_PORT_TRUNK },
	{ "ipv4", PODSWITCH_A_ADDRESS_IPV4, KIND_IPV4,
	  PODSWITCH_A_PORT_ADDRESS },
	{ "ipv6", PODSWITCH_A_ADDRESS_IPV6, KIND_IPV6,
	  PODSWITCH_A_PORT_ADDRESS },
	{ "extra-mac", PODSWITCH_A_ADDRESS_MAC, KIND_MAC,
	  PODSWITCH_A_PORT_ADDRESS },
	{ "vlan", PODSWITCH_A_ADDRESS_VLAN, KIND_U16,
	  PODSWITCH_A_PORT_ADDRESS },
	{ "shared", PODSWITCH_A_ADDRESS_SHARED, KIND_U8,
	  PODSWITCH_A_PORT_ADDRESS },
	/* of a switch */
	{ "sw-ifindex", PODSWITCH_A_SWITCH_IFINDEX, KIND_DEVICE, 0 },
	{ "max-ports", PODSWITCH_A_SWITCH_MAX_PORTS, KIND_U32, 0 },
	{ "max-addresses", PODSWITCH_A_SWITCH_MAX_ADDRESSES, KIND_U32, 0 },
	/* of a probe */
	{ "probe-ifindex", PODSWITCH_A_PROBE_IFINDEX, KIND_DEVICE, 0 },
	{ "probe-frame", PODSWITCH_A_PROBE_FRAME, KIND_HEX, 0 },
	{ "probe-len", PODSWITCH_A_PROBE_LEN, KIND_U32, 0 },
	{ "probe-gso", PODSWITCH_A_PROBE_GSO, KIND_U8, 0 },
	{ "last-ipv4", PODSWITCH_A_SWITCH_LAST_IPV4, KIND_IPV4, 0 },
	{ "last-ipv6", PODSWITCH_A_SWITCH_LAST_IPV6, KIND_IPV6, 0 },
};

static const struct {
	const char *name;
	uint8_t cmd;
} commands[] = {
	{ "switch-get", PODSWITCH_CMD_SWITCH_GET },
	{ "switch-set", PODSWITCH_CMD_SWITCH_SET },
	{ "port-new", PODSWITCH_CMD_PORT_NEW },
	{ "port-set", PODSWITCH_CMD_PORT_SET },
	{ "port-get", PODSWITCH_CMD_PORT_GET },
	{ "port-del", PODSWITCH_CMD_PORT_DEL },
	{ "port-ntf", PODSWITCH_CMD_PORT_NTF },
	{ "port-del-ntf", PODSWITCH_CMD_PORT_DEL_NTF },
	{ "address-new", PODSWITCH_CMD_ADDRESS_NEW },
	{ "address-del", PODSWITCH_CMD_ADDRESS_DEL },
	{ "violation-ntf", PODSWITCH_CMD_VIOLATION_NTF },
	{ "probe", PODSWITCH_CMD_PROBE },
};

/* --- a message --- */

struct message {
	union {
		struct nlmsghdr hdr;
		uint8_t data[BUFFER_LEN];
	};
	size_t offsets[1024];	/* of the attributes, a nest's first with it */
	const char *names[1024];
	size_t n;
};

static void message_init(struct message *m, uint16_t type, uint16_t flags,
			 uint8_t cmd)
{
	struct genlmsghdr *genl;

	memset(m, 0, sizeof(*m));
	m->hdr.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->hdr.nlmsg_type = type;
	m->hdr.nlmsg_flags = NLM_F_REQUEST | flags;
	m->hdr.nlmsg_seq = 1;
	genl = NLMSG_DATA(&m->hdr);
	genl->cmd = cmd;
	genl->version = 1;
}

static struct nlattr *message_put(struct message *m, uint16_t type,
				  const void *data, size_t len)
{
	struct nlattr *attr = (void *)(m->data + m->hdr.nlmsg_len);

	errno = EMSGSIZE;
	if (m->hdr.nlmsg_len + NLA_HDRLEN + NLA_ALIGN(len) > sizeof(m->data))
		die("request");
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	m->hdr.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
	return attr;
}

/* Notes where an attribute starts, to name it in a complaint. */
static void message_note(struct message *m, const char *name)
{
	m->offsets[m->n] = m->hdr.nlmsg_len;
	m->names[m->n++] = name;
}

/* The attribute that an offset is in. */
static const char *message_name_at(const struct message *m, size_t offset)
{
	const char *name = "?";
	size_t i;

	for (i = 0; i < m->n && m->offsets[i] <= offset; i++)
		name = m->names[i];
	return name;
}

/* --- words to attributes --- */

static void put_ip(struct message *m, uint16_t type, int family,
		   const char *text)
{
	uint8_t ip[16];

	get_ip(family, text, ip);
	message_put(m, type, ip, family == AF_INET ? 4 : 16);
}

static void put_address(struct message *m, uint16_t type, const char *text)
{
	struct nlattr *nest = message_put(m, type | NLA_F_NESTED, NULL, 0);

	if (strchr(text, ':'))
		put_ip(m, PODSWITCH_A_ADDRESS_IPV6, AF_INET6, text);
	else
		put_ip(m, PODSWITCH_A_ADDRESS_IPV4, AF_INET, text);
	nest->nla_len = m->data + m->hdr.nlmsg_len - (uint8_t *)nest;
}

static void put_value(struct message *m, const struct attr *attr,
		      const char *text)
{
	uint8_t bytes[1024];
	uint16_t number16;
	uint32_t number;
	uint8_t mac[6];
	uint8_t byte;

	switch (attr->kind) {
	case KIND_U8:
		byte = get_number(text);
		message_put(m, attr->type, &byte, sizeof(byte));
		break;
	case KIND_U16:
		number16 = get_number(text);
		message_put(m, attr->type, &number16, sizeof(number16));
		break;
	case KIND_DEVICE:
		number = if_nametoindex(text);
		if (!number)
			number = get_number(text);
		message_put(m, attr->type, &number, sizeof(number));
		break;
	case KIND_U32:
		number = get_number(text);
		message_put(m, attr->type, &number, sizeof(number));
		break;
	case KIND_MAC:
		if (!is_mac(text, mac))
			die_wrong(text);
		message_put(m, attr->type, mac, sizeof(mac));
		break;
	case KIND_STRING:
		message_put(m, attr->type, text, strlen(text) + 1);
		break;
	case KIND_IPV4:
		put_ip(m, attr->type, AF_INET, text);
		break;
	case KIND_IPV6:
		put_ip(m, attr->type, AF_INET6, text);
		break;
	case KIND_HEX:
		message_put(m, attr->type, bytes,
			    get_hex(text, bytes, sizeof(bytes)));
		break;
	case KIND_ADDRESS:
		put_address(m, attr->type, text);
		break;
	}
}

static const struct attr *attr_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (!strcmp(attrs[i].name, name))
			return &attrs[i];
	return NULL;
}

static void put_raw(struct message *m, const char *type, const char *hex)
{
	uint8_t bytes[1024];

	message_put(m, get_number(type), bytes,
		    get_hex(hex, bytes, sizeof(bytes)));
}

static void put_words(struct message *m, char **words)
{
	const struct attr *attr, *before = NULL;
	struct nlattr *nest = NULL;

	for (; words[0]; words += 2, before = attr) {
		if (!words[1] || m->n == ARRAY_SIZE(m->offsets))
			die_wrong(words[0]);
		attr = attr_find(words[0]);
		message_note(m, words[0]);
		if (!attr) {
			put_raw(m, words[0], words[1]);
			continue;
		}
		if (attr->nest && !(before && before->nest == attr->nest &&
				    before->type < attr->type))
			nest = message_put(m, attr->nest | NLA_F_NESTED, NULL,
					   0);
		put_value(m, attr, words[1]);
		if (attr->nest)
			nest->nla_len = m->data + m->hdr.nlmsg_len -
					(uint8_t *)nest;
	}
}

/* --- the kernel's side --- */

static int nl_open(void)
{
	int fd = open_socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	set_option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	return fd;
}

static const struct nlmsghdr *nl_receive(int fd)
{
	static union {
		struct nlmsghdr hdr;
		uint8_t data[BUFFER_LEN];
	} buffer;

	if (recv(fd, &buffer, sizeof(buffer), 0) < (ssize_t)sizeof(buffer.hdr))
		die("receive");
	return &buffer.hdr;
}

/* An attribute among those from @data to @end, or NULL. */
static const struct nlattr *nl_find(const void *data, const void *end,
				    uint16_t type)
{
	const uint8_t *p = data;
	const struct nlattr *attr;

	for (; p + NLA_HDRLEN <= (const uint8_t *)end;
	     p += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)p;
		if (attr->nla_len < NLA_HDRLEN)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

static const void *nl_data(const struct nlattr *attr)
{
	return (const uint8_t *)attr + NLA_HDRLEN;
}

static const void *nl_end(const struct nlattr *attr)
{
	return (const uint8_t *)attr + attr->nla_len;
}

static uint32_t nl_u32(const struct nlattr *attr)
{
	uint32_t value = 0;

	if (attr)
		memcpy(&value, nl_data(attr), sizeof(value));
	return value;
}

/* The identifier of the group of that name among the family's, or 0. */
static uint32_t nl_group(const struct nlattr *groups, const char *wanted)
{
	const struct nlattr *group, *name;
	uint16_t i;

	for (i = 1; (group = nl_find(nl_data(groups), nl_end(groups), i)); i++) {
		name = nl_find(nl_data(group), nl_end(group),
			       CTRL_ATTR_MCAST_GRP_NAME);
		if (name && !strcmp(nl_data(name), wanted))
			return nl_u32(nl_find(nl_data(group), nl_end(group),
					      CTRL_ATTR_MCAST_GRP_ID));
	}
	return 0;
}

/* The family's identifier, and that of one of its multicast groups. */
static uint16_t nl_family(int fd, const char *wanted, uint32_t *group)
{
	const struct nlattr *id, *groups;
	const struct nlmsghdr *hdr;
	const uint8_t *data, *end;
	static struct message m;
	uint16_t family;

	message_init(&m, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
	message_put(&m, CTRL_ATTR_FAMILY_NAME, PODSWITCH_FAMILY_NAME,
		    sizeof(PODSWITCH_FAMILY_NAME));
	if (send(fd, &m, m.hdr.nlmsg_len, 0) < 0)
		die("send");
	hdr = nl_receive(fd);
	data = (const uint8_t *)hdr + NLMSG_HDRLEN + GENL_HDRLEN;
	end = (const uint8_t *)hdr + hdr->nlmsg_len;
	id = nl_find(data, end, CTRL_ATTR_FAMILY_ID);
	groups = nl_find(data, end, CTRL_ATTR_MCAST_GROUPS);
	errno = ENOENT;
	if (hdr->nlmsg_type == NLMSG_ERROR || !id || !groups)
		die(PODSWITCH_FAMILY_NAME);
	memcpy(&family, nl_data(id), sizeof(family));
	*group = nl_group(groups, wanted);
	return family;
}

static int print_verdict(const struct message *m, const struct nlmsghdr *hdr)
{
	const struct nlmsgerr *err = NLMSG_DATA(hdr);
	const uint8_t *data = (const uint8_t *)(err + 1);
	const uint8_t *end = (const uint8_t *)hdr + hdr->nlmsg_len;
	const struct nlattr *sentence, *offset, *miss;

	if (!err->error) {
		puts("ok");
		return 0;
	}
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		data += err->msg.nlmsg_len - sizeof(err->msg);
	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		data = end;
	sentence = nl_find(data, end, NLMSGERR_ATTR_MSG);
	offset = nl_find(data, end, NLMSGERR_ATTR_OFFS);
	miss = nl_find(data, end, NLMSGERR_ATTR_MISS_TYPE);
	printf("%s", strerrorname_np(-err->error));
	if (offset)
		printf(" [%s]", message_name_at(m, nl_u32(offset)));
	if (miss)
		printf(" [-%u]", nl_u32(miss));
	if (sentence)
		printf(": %s", (const char *)nl_data(sentence));
	puts("");
	return 1;
}

static int request(const char *command, char **words)
{
	const struct nlmsghdr *hdr;
	static struct message m;
	int fd = nl_open();
	uint32_t group;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, command))
			break;
	message_init(&m, nl_family(fd, PODSWITCH_MCGRP_PORTS, &group), NLM_F_ACK,
		     i < ARRAY_SIZE(commands) ? commands[i].cmd :
						get_number(command));
	put_words(&m, words);
	if (send(fd, &m, m.hdr.nlmsg_len, 0) < 0)
		die("send");
	do
		hdr = nl_receive(fd);
	while (hdr->nlmsg_type != NLMSG_ERROR);
	return print_verdict(&m, hdr);
}

static void print_notification(const struct nlmsghdr *hdr)
{
	const struct genlmsghdr *genl = NLMSG_DATA(hdr);
	const uint8_t *data = (const uint8_t *)genl + GENL_HDRLEN;
	const uint8_t *end = (const uint8_t *)hdr + hdr->nlmsg_len;
	const struct nlattr *name;
	size_t i;

	name = nl_find(data, end, PODSWITCH_A_PORT_NAME);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].cmd == genl->cmd)
			printf("%s %u %s\n", commands[i].name,
			       nl_u32(nl_find(data, end,
					      PODSWITCH_A_PORT_IFINDEX)),
			       name ? (const char *)nl_data(name) : "?");
	fflush(stdout);
}

static void listen_for_ever(const char *name)
{
	int fd = nl_open();
	uint32_t group;

	nl_family(fd, name, &group);
	if (!group || setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
				 &group, sizeof(group)))
		die(name);
	puts("listening");
	fflush(stdout);
	for (;;)
		print_notification(nl_receive(fd));
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "listen"))
		listen_for_ever(argc > 2 ? argv[2] : PODSWITCH_MCGRP_PORTS);
	if (argc < 2) {
		fputs("usage: genl COMMAND [ATTRIBUTE VALUE]...\n"
		      "       genl listen [GROUP]\n", stderr);
		return 2;
	}
	return request(argv[1], argv + 2);
}
