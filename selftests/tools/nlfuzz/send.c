// SPDX-License-Identifier: GPL-2.0
/* Who sends it: administrators and strangers, each with sockets of his own,
 * while one listens.
 */
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/wait.h>

#include "chance.h"
#include "nlfuzz.h"

#define BUFFER_LEN	(1 << 18)
#define NOBODY		65534

static uint32_t groups[8];
static unsigned int n_groups;
static struct batch batch;

static int open_netlink(int protocol)
{
	const int fd = open_socket(AF_NETLINK, SOCK_RAW, protocol);

	/* what a stranger may not force, he gets as far as he may */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ 1 << 23 },
		       sizeof(int)))
		set_option(fd, SOL_SOCKET, SO_RCVBUF, 1 << 23);
	set_option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, percent(80));
	set_option(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, percent(50));
	return fd;
}

/* A dump that is not read to its end is one that the kernel has to end. */
static void read_answers(struct worker *w, int *fd, int protocol)
{
	const unsigned int patience = percent(2) ? below(3) : UINT32_MAX;
	static uint8_t data[BUFFER_LEN];
	bool is_all = true;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < patience; i++) {
		len = recv(*fd, data, sizeof(data), MSG_DONTWAIT);
		if (len < 0 && errno != ENOBUFS)
			break;
		is_all = is_all && len >= 0;
		take_answers(w, &batch, data, len);
	}
	if (i == patience) {
		close_batch(w, &batch, false);
		close(*fd);
		*fd = open_netlink(protocol);
		return;
	}
	if (errno != EAGAIN)
		die("recv");
	close_batch(w, &batch, is_all);
}

static void add_to_batch(const struct draft *d)
{
	batch.asked[batch.n++] = (struct asked){
		.number = d->number,
		.request = d->request,
		.must_answer = d->must_answer,
		.must_fail = d->must_fail,
		.must_tell = d->must_tell,
		.at = batch.len,
		.len = d->m.len,
	};
	memcpy(batch.data + batch.len, d->m.data, d->m.len);
	batch.len += d->m.len;
}

/* Returns the number of the message to go on with. */
static uint64_t send_batch(struct worker *w, uint64_t number)
{
	const bool is_rtnl = is_for_rtnl(number);
	static struct draft d;
	int fd = is_rtnl ? w->rtnl : w->genl;

	batch.n = 0;
	batch.len = 0;
	do {
		draft_message(w, &d, number++);
		add_to_batch(&d);
	} while (number < w->count && number % MAX_BATCH && !d.is_lie &&
		 batch.len < DATAGRAM_LEN);
	if (send(fd, batch.data, batch.len, 0) < 0)
		die("send");
	read_answers(w, is_rtnl ? &w->rtnl : &w->genl,
		     is_rtnl ? NETLINK_ROUTE : NETLINK_GENERIC);
	return number;
}

/* --- workers --- */

static void become(enum who who)
{
	switch (who) {
	case WHO_NOBODY:
		if (setresuid(NOBODY, NOBODY, NOBODY))
			die("setresuid");
		break;
	case WHO_USER_ROOT:
		if (unshare(CLONE_NEWUSER))
			die("unshare");
		break;
	case WHO_FAR_ROOT:
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			die("unshare");
		break;
	case WHO_ADMIN:
		break;
	}
}

static _Noreturn void work(struct worker *w)
{
	uint64_t number = 0;

	become(w->who);
	w->genl = open_netlink(NETLINK_GENERIC);
	w->rtnl = open_netlink(NETLINK_ROUTE);
	while (number < w->count)
		number = send_batch(w, number);
	_exit(0);
}

static void get_group(const struct nlattr *groups_attr)
{
	const uint8_t *group = (const uint8_t *)groups_attr + NLA_HDRLEN;
	const uint8_t *end = (const uint8_t *)groups_attr +
			     groups_attr->nla_len;

	for (; group < end; group += ((const struct nlattr *)group)->nla_len) {
		const uint8_t *at = group + NLA_HDRLEN;

		while (at < group + ((const struct nlattr *)group)->nla_len) {
			const struct nlattr *a = (const void *)at;

			if (a->nla_type == CTRL_ATTR_MCAST_GRP_ID &&
			    n_groups < ARRAY_SIZE(groups))
				memcpy(&groups[n_groups++], a + 1, 4);
			at += NLA_ALIGN(a->nla_len);
		}
	}
}

/* And the groups. */
void get_family(void)
{
	const struct genlmsghdr genl = { .cmd = CTRL_CMD_GETFAMILY,
					 .version = 1 };
	const int fd = open_netlink(NETLINK_GENERIC);
	static struct message m;
	ssize_t len, at = NLMSG_HDRLEN + GENL_HDRLEN;

	start_message(&m, GENL_ID_CTRL, 0, &genl, sizeof(genl));
	put_attr(&m, CTRL_ATTR_FAMILY_NAME, "podswitch", sizeof("podswitch"));
	end_message(&m);
	if (send(fd, m.data, m.len, 0) < 0)
		die("send");
	len = recv(fd, m.data, sizeof(m.data), 0);
	while (at < len && header(&m)->nlmsg_type == GENL_ID_CTRL) {
		const struct nlattr *a = (const void *)(m.data + at);

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, a + 1, sizeof(family));
		else if ((a->nla_type & NLA_TYPE_MASK) == CTRL_ATTR_MCAST_GROUPS)
			get_group(a);
		at += NLA_ALIGN(a->nla_len);
	}
	close(fd);
	if (!family)
		die_wrong("no family podswitch");
}

/* Hears all that is told, so that it is told, until the workers are done. */
static int listen_to_all(unsigned int n)
{
	static uint8_t data[BUFFER_LEN];
	const int fd = open_netlink(NETLINK_GENERIC);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int status, worst = 0;
	unsigned int i;

	for (i = 0; i < n_groups; i++)
		set_option(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, groups[i]);
	while (n) {
		if (poll(&p, 1, 100) > 0)
			while (recv(fd, data, sizeof(data), MSG_DONTWAIT) > 0 ||
			       errno == ENOBUFS)
				;
		while (n && waitpid(-1, &status, WNOHANG) > 0) {
			if (status)
				worst = 2;
			n--;
		}
	}
	return worst;
}

enum who who_of(unsigned int number, unsigned int admins)
{
	return number < admins ? WHO_ADMIN : (number - admins) % WHO_ADMIN;
}

_Noreturn void run(uint64_t seed, uint64_t count, unsigned int admins,
		   unsigned int strangers)
{
	const unsigned int n = admins + strangers;
	struct tally *tallies = make_tallies(n);
	unsigned int i;
	int status;

	for (i = 0; i < n; i++) {
		struct worker w = {
			.number = i,
			.who = who_of(i, admins),
			.seed = seed,
			.count = count / n,
			.tally = tally_of(tallies, i),
		};
		const pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid)
			work(&w);
	}
	status = listen_to_all(n);
	exit(print_tallies(tallies, n) ? 1 : status);
}
