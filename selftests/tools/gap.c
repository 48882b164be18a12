// SPDX-License-Identifier: GPL-2.0
/*
 * Measures how long a receiver hears nothing while a command runs:
 *
 *   gap RECEIVER-NS ADDRESS SENDER-NS COMMAND...
 *
 * Each millisecond a numbered datagram goes from SENDER-NS to ADDRESS in
 * RECEIVER-NS ("-" is this namespace). The command begins once they arrive, and
 * when it has ended they are sent on until a hundred have arrived in a row.
 * Prints the longest time between two arrivals, by the kernel's stamps, in
 * microseconds, and how many datagrams were lost. It runs before all others, so
 * that it is the way that is measured and not who else wants the processor. The exit status is the
 * command's; 2 if nothing arrives.
 */
#include <sched.h>
#include <sys/wait.h>

#include "tool.h"

#define PORT		5002
#define INTERVAL_NS	1000000
#define PATIENCE_NS	20000000000ULL
#define IN_A_ROW	100

struct heard {
	uint64_t last_ns;	/* 0 before the first */
	uint64_t longest_ns;
	uint64_t n;
	uint64_t next;		/* the number that is due */
	unsigned int in_a_row;
};

static int open_in(const char *ns, int family)
{
	int home = enter_from_here(ns);
	int fd = open_socket(family, SOCK_DGRAM, 0);

	leave(home);
	return fd;
}

static uint64_t stamp_of(struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	struct timespec t;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&t, CMSG_DATA(cmsg), sizeof(t));
			return t.tv_sec * 1000000000ULL + t.tv_nsec;
		}
	die_wrong("stamp");
}

/* Takes in what has arrived. */
static void hear(int fd, struct heard *heard)
{
	char control[CMSG_SPACE(sizeof(struct timespec))];
	uint64_t number, ns;
	struct iovec iov = { &number, sizeof(number) };
	struct msghdr msg;

	for (;;) {
		msg = (struct msghdr){
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		if (recvmsg(fd, &msg, MSG_DONTWAIT) != sizeof(number))
			return;
		ns = stamp_of(&msg);
		if (heard->last_ns && ns - heard->last_ns > heard->longest_ns)
			heard->longest_ns = ns - heard->last_ns;
		heard->last_ns = ns;
		heard->in_a_row = number == heard->next ?
				  heard->in_a_row + 1 : 1;
		heard->next = number + 1;
		heard->n++;
	}
}

static void pause_until(uint64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* The command does not. */
static void run_first(void)
{
	const struct sched_param param = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param))
		die("sched_setscheduler");
}

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	/* Standard output is for the figures. */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(command[0], command);
	die(command[0]);
}

int main(int argc, char **argv)
{
	struct heard heard = { 0 };
	uint64_t due, end, number = 0, first = 0;
	struct address to;
	int from_fd, to_fd;
	bool ended = false;
	pid_t pid = 0;
	int status = 0;

	if (argc < 5) {
		fputs("usage: gap RECEIVER-NS ADDRESS SENDER-NS COMMAND...\n",
		      stderr);
		return 2;
	}
	to = get_address(argv[2], PORT);
	to_fd = open_in(argv[1], to.sa.ss_family);
	from_fd = open_in(argv[3], to.sa.ss_family);
	set_option(to_fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	set_option(to_fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22);
	bind_to(to_fd, &to);
	run_first();
	end = now_ns() + PATIENCE_NS;
	/* What cannot be sent is lost as well. */
	for (due = now_ns(); !ended || heard.in_a_row < IN_A_ROW;
	     due += INTERVAL_NS) {
		if (due > end)
			die_wrong("nothing arrives");
		sendto(from_fd, &number, sizeof(number), MSG_DONTWAIT,
		       (struct sockaddr *)&to.sa, to.len);
		number++;
		hear(to_fd, &heard);
		if (!pid && heard.in_a_row >= IN_A_ROW) {
			heard = (struct heard){
				.last_ns = heard.last_ns, .next = heard.next,
			};
			first = heard.next;
			pid = start(argv + 4);
		}
		if (pid && !ended && waitpid(pid, &status, WNOHANG) == pid) {
			ended = true;
			end = now_ns() + PATIENCE_NS;
			heard.in_a_row = 0;
		} else if (pid && !ended) {
			end = now_ns() + PATIENCE_NS;
		}
		pause_until(due + INTERVAL_NS);
	}
	printf("%llu %llu\n", (unsigned long long)heard.longest_ns / 1000,
	       (unsigned long long)(heard.next - first - heard.n));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
