// SPDX-License-Identifier: GPL-2.0
/*
 * What a CNI ADD and DEL cannot do without: a bare program that asks the
 * kernel for the same work as the plugin's, and nothing besides. It is called
 * as a plugin is, but reads no configuration, checks nothing, prints nothing:
 *
 *   floor SWITCH { single | dual }
 *
 * Of CNI_CONTAINERID it takes the number at the end. Pod N gets a veth pair
 * whose host end, floorN, is a port of the switch with MAC, owner and the
 * addresses 10.88.0.2 + N and 2001:db8::2 + N, and default routes by 10.88.0.1
 * and 2001:db8::1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../genl/uapi/linux/podswitch.h"

enum {
	BUFFER = 8192,
	MTU = 1500,
	PREFIX4 = 16,
	PREFIX6 = 64,
};

struct pod {
	const char *id;
	const char *ifname;
	const char *netns;
	bool dual;
	char host_end[IFNAMSIZ];
	uint8_t host_mac[6];
	uint8_t mac[6];
	struct in_addr ipv4, gateway4;
	struct in6_addr ipv6, gateway6;
};

static char request[BUFFER];
static char reply[BUFFER];
static uint32_t seq;

static void die(const char *what)
{
	printf("{\"code\":100,\"msg\":\"floor: %s: %s\"}\n", what,
	       strerror(errno));
	exit(1);
}

/* --- asking --- */

static struct nlmsghdr *begin(char *at, uint16_t type, uint16_t flags,
			      const void *header, size_t len)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++seq;
	memcpy(mnl_nlmsg_put_extra_header(nlh, len), header, len);
	return nlh;
}

/* A request that changes something goes behind another of the same batch. */
static struct nlmsghdr *behind(const struct nlmsghdr *nlh, uint16_t type,
			       const void *header, size_t len)
{
	return begin(mnl_nlmsg_get_payload_tail(nlh), type,
		     NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, header, len);
}

static struct mnl_socket *open_socket(int protocol)
{
	struct mnl_socket *nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);

	if (!nl)
		die("socket");
	return nl;
}

/* Sends all up to the end of @last and takes @n answers; the last one stays. */
static void ask(struct mnl_socket *nl, const struct nlmsghdr *last, int n,
		const char *what)
{
	const char *end = mnl_nlmsg_get_payload_tail(last);
	const struct nlmsghdr *nlh = (const void *)reply;
	const struct nlmsgerr *err;

	if (mnl_socket_sendto(nl, request, (size_t)(end - request)) < 0)
		die(what);
	while (n--) {
		if (mnl_socket_recvfrom(nl, reply, sizeof(reply)) < 0)
			die(what);
		err = mnl_nlmsg_get_payload(nlh);
		if (nlh->nlmsg_type != NLMSG_ERROR || !err->error)
			continue;
		errno = -err->error;
		die(what);
	}
}

static uint32_t link_index(struct mnl_socket *nl, const char *name)
{
	const struct ifinfomsg *got = mnl_nlmsg_get_payload((void *)reply);
	struct ifinfomsg ifi = { 0 };
	struct nlmsghdr *nlh;

	nlh = begin(request, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	ask(nl, nlh, 1, name);
	return (uint32_t)got->ifi_index;
}

static uint32_t peer_of_reply(void)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, (void *)reply, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attr) == IFLA_LINK)
			return mnl_attr_get_u32(attr);
	errno = ENODEV;
	die("peer");
	return 0;
}

static uint16_t family_id(struct mnl_socket *nl)
{
	struct genlmsghdr genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	const struct nlattr *attr;
	struct nlmsghdr *nlh;

	nlh = begin(request, GENL_ID_CTRL, 0, &genl, sizeof(genl));
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, PODSWITCH_FAMILY_NAME);
	ask(nl, nlh, 1, PODSWITCH_FAMILY_NAME);
	mnl_attr_for_each(attr, (void *)reply, sizeof(genl))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			return mnl_attr_get_u16(attr);
	errno = ENOENT;
	die(PODSWITCH_FAMILY_NAME);
	return 0;
}

/* --- the pair, the port, the pod's end --- */

static void make_pair(struct mnl_socket *nl, const struct pod *pod, int netns)
{
	struct ifinfomsg ifi = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct nlattr *info, *data, *peer;
	struct nlmsghdr *nlh;

	nlh = begin(request, RTM_NEWLINK,
		    NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, pod->host_end);
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, pod->host_mac);
	mnl_attr_put_u32(nlh, IFLA_MTU, MTU);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	memset(mnl_nlmsg_put_extra_header(nlh, sizeof(ifi)), 0, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, pod->ifname);
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, pod->mac);
	mnl_attr_put_u32(nlh, IFLA_MTU, MTU);
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	ask(nl, nlh, 1, "veth");
}

static void make_port(struct mnl_socket *nl, const struct pod *pod,
		      uint32_t sw, uint32_t host_end)
{
	struct genlmsghdr genl = { .cmd = PODSWITCH_CMD_PORT_NEW,
				   .version = 1 };
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = begin(request, family_id(nl), NLM_F_ACK, &genl, sizeof(genl));
	mnl_attr_put_u32(nlh, PODSWITCH_A_PORT_SWITCH, sw);
	mnl_attr_put_u32(nlh, PODSWITCH_A_PORT_IFINDEX, host_end);
	mnl_attr_put(nlh, PODSWITCH_A_PORT_MAC, 6, pod->mac);
	nest = mnl_attr_nest_start(nlh, PODSWITCH_A_PORT_OWNER);
	mnl_attr_put_strz(nlh, PODSWITCH_A_OWNER_NETWORK, "floor");
	mnl_attr_put_strz(nlh, PODSWITCH_A_OWNER_CONTAINER_ID, pod->id);
	mnl_attr_put_strz(nlh, PODSWITCH_A_OWNER_IFNAME, pod->ifname);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, PODSWITCH_A_PORT_ADDRESS);
	mnl_attr_put(nlh, PODSWITCH_A_ADDRESS_IPV4, 4, &pod->ipv4);
	mnl_attr_nest_end(nlh, nest);
	if (pod->dual) {
		nest = mnl_attr_nest_start(nlh, PODSWITCH_A_PORT_ADDRESS);
		mnl_attr_put(nlh, PODSWITCH_A_ADDRESS_IPV6, 16, &pod->ipv6);
		mnl_attr_nest_end(nlh, nest);
	}
	ask(nl, nlh, 1, "port");
}

static struct nlmsghdr *put_address(struct nlmsghdr *nlh, uint32_t ifindex,
				    const void *ip, size_t len)
{
	struct ifaddrmsg ifa = {
		.ifa_family = len == 4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = len == 4 ? PREFIX4 : PREFIX6,
		.ifa_index = ifindex,
	};
	uint32_t broadcast;

	nlh = behind(nlh, RTM_NEWADDR, &ifa, sizeof(ifa));
	mnl_attr_put(nlh, IFA_LOCAL, len, ip);
	mnl_attr_put(nlh, IFA_ADDRESS, len, ip);
	mnl_attr_put_u32(nlh, IFA_FLAGS, IFA_F_NODAD);
	if (len == 4) {
		memcpy(&broadcast, ip, sizeof(broadcast));
		broadcast |= htonl(UINT32_MAX >> PREFIX4);
		mnl_attr_put_u32(nlh, IFA_BROADCAST, broadcast);
	}
	return nlh;
}

static struct nlmsghdr *put_default(struct nlmsghdr *nlh, uint32_t ifindex,
				    const void *gateway, size_t len)
{
	struct rtmsg rtm = {
		.rtm_family = len == 4 ? AF_INET : AF_INET6,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};

	nlh = behind(nlh, RTM_NEWROUTE, &rtm, sizeof(rtm));
	mnl_attr_put(nlh, RTA_GATEWAY, len, gateway);
	mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	return nlh;
}

static void set_up_pod(const struct pod *pod, uint32_t ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = (int)ifindex,
				 .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct mnl_socket *nl = open_socket(NETLINK_ROUTE);
	struct nlmsghdr *nlh;

	nlh = begin(request, RTM_NEWLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	nlh = put_address(nlh, ifindex, &pod->ipv4, 4);
	if (pod->dual)
		nlh = put_address(nlh, ifindex, &pod->ipv6, 16);
	nlh = put_default(nlh, ifindex, &pod->gateway4, 4);
	if (pod->dual)
		nlh = put_default(nlh, ifindex, &pod->gateway6, 16);
	ask(nl, nlh, pod->dual ? 5 : 3, "pod");
}

/* --- the verbs --- */

static void add(const struct pod *pod, const char *sw_name)
{
	struct mnl_socket *nl = open_socket(NETLINK_ROUTE);
	int netns = open(pod->netns, O_RDONLY | O_CLOEXEC);
	uint32_t sw, host_end, pod_end;

	if (netns < 0)
		die(pod->netns);
	sw = link_index(nl, sw_name);
	make_pair(nl, pod, netns);
	host_end = link_index(nl, pod->host_end);
	pod_end = peer_of_reply();
	make_port(open_socket(NETLINK_GENERIC), pod, sw, host_end);
	if (setns(netns, CLONE_NEWNET))
		die("setns");
	set_up_pod(pod, pod_end);
}

static void del(const struct pod *pod)
{
	struct mnl_socket *nl = open_socket(NETLINK_ROUTE);
	struct ifinfomsg ifi = { 0 };
	struct nlmsghdr *nlh;

	nlh = begin(request, RTM_DELLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, pod->host_end);
	ask(nl, nlh, 1, pod->host_end);
}

static void describe(struct pod *pod)
{
	const char *digits = pod->id + strcspn(pod->id, "0123456789");
	const uint32_t number = (uint32_t)strtoul(digits, NULL, 10) + 2;
	const uint32_t n = htonl(number);

	snprintf(pod->host_end, sizeof(pod->host_end), "floor%.9s", digits);
	pod->host_mac[0] = 6;
	pod->mac[0] = 2;
	memcpy(pod->host_mac + 2, &n, sizeof(n));
	memcpy(pod->mac + 2, &n, sizeof(n));
	pod->ipv4.s_addr = htonl(0x0a580000 + number);
	pod->gateway4.s_addr = htonl(0x0a580001);
	inet_pton(AF_INET6, "2001:db8::", &pod->ipv6);
	memcpy(pod->ipv6.s6_addr + 12, &n, sizeof(n));
	inet_pton(AF_INET6, "2001:db8::1", &pod->gateway6);
}

int main(int argc, char **argv)
{
	const char *verb = getenv("CNI_COMMAND");
	struct pod pod = {
		.id = getenv("CNI_CONTAINERID"),
		.ifname = getenv("CNI_IFNAME"),
		.netns = getenv("CNI_NETNS"),
	};

	if (argc != 3 || !verb || !pod.id || !pod.ifname || !pod.netns) {
		fputs("usage: CNI_...= floor SWITCH { single | dual }\n",
		      stderr);
		return 2;
	}
	pod.dual = !strcmp(argv[2], "dual");
	describe(&pod);
	if (!strcmp(verb, "DEL"))
		del(&pod);
	else
		add(&pod, argv[1]);
	return 0;
}
