// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a path between two network namespaces and prints how many nanoseconds
 * one operation takes:
 *
 *   load tcp-rr     CLIENT-NS SERVER-NS ADDRESS COUNT
 *   load udp-rr     CLIENT-NS SERVER-NS ADDRESS COUNT
 *   load tcp-crr    CLIENT-NS SERVER-NS ADDRESS COUNT
 *   load tcp-stream CLIENT-NS SERVER-NS ADDRESS COUNT
 *   load udp-stream CLIENT-NS SERVER-NS ADDRESS COUNT
 *   load arp        CLIENT-NS SERVER-NS ADDRESS COUNT
 *   load broadcast  CLIENT-NS SERVER-NS -       COUNT
 *
 * An operation is: of rr one byte there and one back; of crr the same in a
 * connection of its own; of tcp-stream 64 KiB; of udp-stream a datagram of
 * 1,400 bytes, sent in windows that are acknowledged, so none gets lost; of arp
 * a request for the server's ADDRESS until its reply; of broadcast a frame to
 * all until the server has it. ADDRESS is the server's, "-" as a namespace is
 * this one. arp and broadcast go by the device eth0. What does not arrive within
 * PATIENCE_S is an error.
 */
#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tool.h"

#define PORT		5002
#define PATIENCE_S	10
#define BLOCK_LEN	65536
#define DATAGRAM_LEN	1400
#define WINDOW		32	/* datagrams for one acknowledgement */
#define ETHERTYPE_TEST	0x88b5	/* IEEE 802 local experimental */
#define FRAME_LEN	60
#define DEVICE		"eth0"

struct job {
	const struct workload *workload;
	const char *client_ns;
	const char *server_ns;
	struct sockaddr_in server;
	unsigned long count;
};

struct workload {
	const char *name;
	int type;	/* of the socket */
	void (*serve)(int fd, const struct job *job);
	void (*use)(int fd, const struct job *job);
	bool connects;	/* use() opens connections itself */
};

static uint8_t block[BLOCK_LEN];

static int open_inet(int type)
{
	int fd = open_socket(AF_INET, type, 0);

	set_patience(fd, PATIENCE_S);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (type == SOCK_STREAM)
		set_option(fd, SOL_TCP, TCP_NODELAY, 1);
	else
		set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23);
	return fd;
}

/* Receives frames of a type that come in by DEVICE, not those that leave. */
static int open_packet(uint16_t ethertype)
{
	int fd = open_socket(AF_PACKET, SOCK_RAW, 0);

	bind_packet(fd, DEVICE, ethertype);
	set_patience(fd, PATIENCE_S);
	return fd;
}

static void send_all(int fd, const void *data, size_t len)
{
	if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		die("send");
}

static void recv_all(int fd, void *data, size_t len)
{
	errno = 0;
	if (recv(fd, data, len, MSG_WAITALL) != (ssize_t)len)
		die("receive");
}

static int accept_one(int listening)
{
	int fd = accept(listening, NULL, NULL);

	if (fd < 0)
		die("accept");
	set_option(fd, SOL_TCP, TCP_NODELAY, 1);
	set_patience(fd, PATIENCE_S);
	return fd;
}

/* --- request and response --- */

static void serve_tcp_rr(int listening, const struct job *job)
{
	int fd = accept_one(listening);
	unsigned long i;

	for (i = 0; i < job->count; i++) {
		recv_all(fd, block, 1);
		send_all(fd, block, 1);
	}
}

static void serve_udp_rr(int fd, const struct job *job)
{
	struct sockaddr_in from;
	unsigned long i;
	socklen_t len;

	for (i = 0; i < job->count; i++) {
		len = sizeof(from);
		if (recvfrom(fd, block, 1, 0, (struct sockaddr *)&from,
			     &len) != 1 ||
		    sendto(fd, block, 1, 0, (struct sockaddr *)&from, len) != 1)
			die("echo");
	}
}

static void use_rr(int fd, const struct job *job)
{
	unsigned long i;

	for (i = 0; i < job->count; i++) {
		send_all(fd, block, 1);
		recv_all(fd, block, 1);
	}
}

static void serve_tcp_crr(int listening, const struct job *job)
{
	unsigned long i;
	int fd;

	for (i = 0; i < job->count; i++) {
		fd = accept_one(listening);
		recv_all(fd, block, 1);
		send_all(fd, block, 1);
		close(fd);
	}
}

static void use_tcp_crr(int unused, const struct job *job)
{
	unsigned long i;
	int fd;

	(void)unused;
	for (i = 0; i < job->count; i++) {
		fd = open_inet(SOCK_STREAM);
		if (connect(fd, (const struct sockaddr *)&job->server,
			    sizeof(job->server)))
			die("connect");
		send_all(fd, block, 1);
		recv_all(fd, block, 1);
		/* the server's end of the connection */
		if (recv(fd, block, 1, 0))
			die("end of connection");
		close(fd);
	}
}

/* --- streams --- */

static void serve_tcp_stream(int listening, const struct job *job)
{
	int fd = accept_one(listening);
	unsigned long i;

	for (i = 0; i < job->count; i++)
		recv_all(fd, block, sizeof(block));
	send_all(fd, block, 1);
}

static void use_tcp_stream(int fd, const struct job *job)
{
	unsigned long i;

	for (i = 0; i < job->count; i++)
		send_all(fd, block, sizeof(block));
	recv_all(fd, block, 1);
}

static bool window_ends(unsigned long i, const struct job *job)
{
	return i % WINDOW == WINDOW - 1 || i == job->count - 1;
}

static void serve_udp_stream(int fd, const struct job *job)
{
	struct sockaddr_in from;
	unsigned long i;
	socklen_t len;

	for (i = 0; i < job->count; i++) {
		len = sizeof(from);
		if (recvfrom(fd, block, sizeof(block), 0,
			     (struct sockaddr *)&from, &len) != DATAGRAM_LEN)
			die("datagram");
		if (window_ends(i, job) &&
		    sendto(fd, block, 1, 0, (struct sockaddr *)&from, len) != 1)
			die("acknowledge");
	}
}

static void use_udp_stream(int fd, const struct job *job)
{
	unsigned long i;

	for (i = 0; i < job->count; i++) {
		send_all(fd, block, DATAGRAM_LEN);
		if (window_ends(i, job))
			recv_all(fd, block, 1);
	}
}

/* --- frames --- */

static void own_mac(int fd, uint8_t *mac)
{
	struct ifreq request = { .ifr_name = DEVICE };

	if (ioctl(fd, SIOCGIFHWADDR, &request))
		die(DEVICE);
	memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
}

static struct in_addr own_address(int fd)
{
	struct ifreq request = { .ifr_name = DEVICE };

	request.ifr_addr.sa_family = AF_INET;
	if (ioctl(fd, SIOCGIFADDR, &request))
		die(DEVICE);
	return ((struct sockaddr_in *)&request.ifr_addr)->sin_addr;
}

static void use_arp(int fd, const struct job *job)
{
	uint8_t frame[FRAME_LEN] = { 0 }, got[FRAME_LEN];
	struct ether_header *eth = (struct ether_header *)frame;
	struct ether_arp *arp = (struct ether_arp *)(eth + 1);
	const struct ether_arp *reply = (void *)(got + sizeof(*eth));
	struct in_addr own = own_address(fd);
	unsigned long i;

	memset(eth->ether_dhost, 0xff, ETH_ALEN);
	own_mac(fd, eth->ether_shost);
	eth->ether_type = htons(ETHERTYPE_ARP);
	arp->arp_hrd = htons(ARPHRD_ETHER);
	arp->arp_pro = htons(ETHERTYPE_IP);
	arp->arp_hln = ETH_ALEN;
	arp->arp_pln = sizeof(own);
	arp->arp_op = htons(ARPOP_REQUEST);
	memcpy(arp->arp_sha, eth->ether_shost, ETH_ALEN);
	memcpy(arp->arp_spa, &own, sizeof(own));
	memcpy(arp->arp_tpa, &job->server.sin_addr, sizeof(own));

	for (i = 0; i < job->count; i++) {
		send_all(fd, frame, sizeof(frame));
		do {
			errno = 0;
			if (recv(fd, got, sizeof(got), 0) <
			    (ssize_t)(sizeof(*eth) + sizeof(*arp)))
				die("reply");
		} while (reply->arp_op != htons(ARPOP_REPLY) ||
			 memcmp(reply->arp_spa, arp->arp_tpa, sizeof(own)));
	}
}

/*
 * The sender sees the frame arrive in the other namespace by a socket of its
 * own there, which saves a process and its switches.
 */
static void use_broadcast(int fd, const struct job *job)
{
	uint8_t frame[FRAME_LEN] = { 0 }, got[FRAME_LEN];
	struct ether_header *eth = (struct ether_header *)frame;
	unsigned long i;
	int there;

	memset(eth->ether_dhost, 0xff, ETH_ALEN);
	own_mac(fd, eth->ether_shost);
	eth->ether_type = htons(ETHERTYPE_TEST);
	enter(job->server_ns);
	there = open_packet(ETHERTYPE_TEST);
	for (i = 0; i < job->count; i++) {
		send_all(fd, frame, sizeof(frame));
		if (recv(there, got, sizeof(got), 0) != sizeof(got))
			die("broadcast");
	}
}

/* --- both sides --- */

static const struct workload workloads[] = {
	{ "tcp-rr", SOCK_STREAM, serve_tcp_rr, use_rr, false },
	{ "udp-rr", SOCK_DGRAM, serve_udp_rr, use_rr, false },
	{ "tcp-crr", SOCK_STREAM, serve_tcp_crr, use_tcp_crr, true },
	{ "tcp-stream", SOCK_STREAM, serve_tcp_stream, use_tcp_stream, false },
	{ "udp-stream", SOCK_DGRAM, serve_udp_stream, use_udp_stream, false },
	{ "arp", SOCK_RAW, NULL, use_arp, true },
	{ "broadcast", SOCK_RAW, NULL, use_broadcast, true },
};

/* Returns the process that serves, once it is ready to. */
static pid_t start_server(const struct job *job)
{
	int ready[2], fd;
	pid_t child;
	char c;

	if (pipe(ready))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (child) {
		close(ready[1]);
		if (read(ready[0], &c, 1) != 1)
			exit(1);
		return child;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	enter(job->server_ns);
	fd = open_inet(job->workload->type);
	if (bind(fd, (const struct sockaddr *)&job->server,
		 sizeof(job->server)) ||
	    (job->workload->type == SOCK_STREAM && listen(fd, 16)))
		die("bind");
	if (write(ready[1], "", 1) != 1)
		die("pipe");
	job->workload->serve(fd, job);
	exit(0);
}

static int open_client(const struct job *job)
{
	int fd;

	enter(job->client_ns);
	if (job->workload->type == SOCK_RAW)
		return open_packet(ETHERTYPE_ARP);
	if (job->workload->connects)
		return -1;
	fd = open_inet(job->workload->type);
	if (connect(fd, (const struct sockaddr *)&job->server,
		    sizeof(job->server)))
		die("connect");
	return fd;
}

static void usage(void)
{
	size_t i;

	fputs("usage: load WORKLOAD CLIENT-NS SERVER-NS ADDRESS COUNT\n"
	      "WORKLOAD :=", stderr);
	for (i = 0; i < ARRAY_SIZE(workloads); i++)
		fprintf(stderr, " %s", workloads[i].name);
	fputs("\n", stderr);
	exit(2);
}

static struct job get_job(char **argv)
{
	struct job job = {
		.client_ns = argv[2],
		.server_ns = argv[3],
		.server = { .sin_family = AF_INET, .sin_port = htons(PORT) },
		.count = get_number(argv[5]),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(workloads); i++)
		if (!strcmp(argv[1], workloads[i].name))
			job.workload = &workloads[i];
	if (!job.workload || !job.count ||
	    (strcmp(argv[4], "-") &&
	     inet_pton(AF_INET, argv[4], &job.server.sin_addr) != 1))
		usage();
	return job;
}

int main(int argc, char **argv)
{
	pid_t server = 0;
	struct job job;
	int fd, status;
	uint64_t start;

	if (argc != 6)
		usage();
	job = get_job(argv);
	if (job.workload->serve)
		server = start_server(&job);
	fd = open_client(&job);
	start = now_ns();
	job.workload->use(fd, &job);
	printf("%.1f\n", (double)(now_ns() - start) / job.count);
	if (server && (waitpid(server, &status, 0) != server || status))
		return 1;
	return 0;
}
