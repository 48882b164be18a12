// SPDX-License-Identifier: GPL-2.0
/* The netlink exchange: acks, batches, dumps, errors, hostile answers. */
#include <errno.h>
#include <poll.h>

#include "fake.h"
#include "test.h"

enum {
	TYPE = NLMSG_MIN_TYPE + 1,
	ATTR = 7,
};

static struct fake fake;
static struct nl nl;

static int n_polls;

/* Takes the place of libc's: a kernel that does not answer never will. */
int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
	(void)fds;
	(void)nfds;
	n_polls += timeout > 0;
	return 0;
}

static void begin(uint16_t flags, uint32_t value)
{
	uint32_t header = 0;

	nl_message(&nl, TYPE, flags, &header, sizeof(header));
	nl_put_u32(&nl, ATTR, value);
}

/* A reply with a number, and the callback that adds the numbers up. */
static void reply(uint16_t flags, uint32_t seq, uint32_t value)
{
	fake_begin(&fake, TYPE, flags, seq);
	mnl_nlmsg_put_extra_header(fake.nlh, sizeof(uint32_t));
	mnl_attr_put_u32(fake.nlh, ATTR, value);
	fake_send(&fake);
}

static int sum(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[ATTR + 1];
	uint32_t *total = arg;

	nl_parse(nlh, sizeof(uint32_t), tb, ATTR);
	*total += nl_get_u32(tb[ATTR]);
	return 0;
}

static int refuse(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	++*(int *)arg;
	return -ECANCELED;
}

static void test_ack(void)
{
	const struct nlmsghdr *asked;

	fake_open(&fake, &nl);
	fake_ack(&fake, 0, 1);
	begin(NLM_F_ACK | NLM_F_CREATE, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), 0);
	CHECK_STR(nl_error(&nl), "");
	asked = fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 28);
	CHECK_EQ(asked->nlmsg_type, TYPE);
	CHECK_EQ(asked->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
	CHECK_EQ(asked->nlmsg_seq, 1);
	CHECK_EQ(n_polls, 0);
	fake_close(&fake, &nl);
}

static void test_refusal(void)
{
	fake_open(&fake, &nl);
	fake_begin_ack(&fake, -EBUSY, NLM_F_CAPPED | NLM_F_ACK_TLVS, 1);
	mnl_attr_put_strz(fake.nlh, NLMSGERR_ATTR_MSG, "Port is taken");
	mnl_attr_put_u32(fake.nlh, NLMSGERR_ATTR_OFFS, 20);
	mnl_attr_put_u32(fake.nlh, NLMSGERR_ATTR_MAX + 40, 1);
	fake_send(&fake);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EBUSY);
	CHECK_STR(nl_error(&nl), "Port is taken");
	CHECK_EQ(nl.error_offset, 20);
	CHECK_EQ(nl.failed, 0);

	/* The next success wipes the sentence. */
	fake_ack(&fake, 0, 2);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), 0);
	CHECK_STR(nl_error(&nl), "");
	CHECK_EQ(nl.error_offset, 0);
	fake_close(&fake, &nl);
}

/* Without NETLINK_CAP_ACK the request stands in front of the attributes. */
static void test_refusal_not_capped(void)
{
	struct nlmsgerr *ack;

	fake_open(&fake, &nl);
	fake_begin_ack(&fake, -EINVAL, NLM_F_ACK_TLVS, 1);
	ack = mnl_nlmsg_get_payload(fake.nlh);
	ack->msg.nlmsg_len = sizeof(ack->msg) + 12;
	mnl_nlmsg_put_extra_header(fake.nlh, 12);
	mnl_attr_put_u32(fake.nlh, NLMSGERR_ATTR_MISS_TYPE, ATTR);
	fake_send(&fake);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EINVAL);
	CHECK_STR(nl_error(&nl), "Attribute 7 is missing");
	CHECK_EQ(nl.error_missing, ATTR);
	fake_close(&fake, &nl);
}

static void test_refusal_without_words(void)
{
	fake_open(&fake, &nl);
	fake_ack(&fake, -ENODEV, 1);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -ENODEV);
	CHECK_STR(nl_error(&nl), strerror(ENODEV));
	fake_close(&fake, &nl);
}

/* A text that is not terminated, and a request longer than the ack claims. */
static void test_refusal_hostile(void)
{
	struct nlmsgerr *ack;

	fake_open(&fake, &nl);
	fake_begin_ack(&fake, -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS, 1);
	mnl_attr_put(fake.nlh, NLMSGERR_ATTR_MSG, 3, "abc");
	mnl_attr_put_u8(fake.nlh, NLMSGERR_ATTR_OFFS, 9);
	fake_send(&fake);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EINVAL);
	CHECK_STR(nl_error(&nl), strerror(EINVAL));

	fake_begin_ack(&fake, -EINVAL, NLM_F_ACK_TLVS, 2);
	ack = mnl_nlmsg_get_payload(fake.nlh);
	ack->msg.nlmsg_len = 1U << 30;
	fake_send(&fake);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EINVAL);

	fake_begin(&fake, NLMSG_ERROR, 0, 3);
	fake_send(&fake);
	begin(NLM_F_ACK, 5);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EBADMSG);
	fake_close(&fake, &nl);
}

static void test_batch(void)
{
	uint32_t i;

	fake_open(&fake, &nl);
	for (i = 0; i < 20; i++) {
		begin(NLM_F_ACK, i);
		fake_ack(&fake, i == 11 ? -EEXIST : i == 13 ? -EPERM : 0,
			 i + 1);
	}
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EEXIST);
	CHECK_EQ(nl.failed, 11);
	CHECK_EQ(nl_request(&nl, 11)->nlmsg_seq, 12);
	CHECK(!nl_request(&nl, 20));
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 20 * 28);
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 0);
	fake_close(&fake, &nl);
}

/* The reply to an echo, the ack of a change, the reply to a question. */
static void test_batch_of_all_kinds(void)
{
	uint32_t total = 0;

	fake_open(&fake, &nl);
	begin(NLM_F_ACK | NLM_F_ECHO, 0);
	begin(NLM_F_ACK, 0);
	begin(0, 0);
	reply(0, 1, 10);
	fake_ack(&fake, 0, 1);
	fake_ack(&fake, 0, 2);
	reply(0, 3, 32);
	CHECK_EQ(nl_talk(&nl, sum, &total), 0);
	CHECK_EQ(total, 42);
	fake_close(&fake, &nl);
}

static void test_late_answers(void)
{
	uint32_t total = 0;

	fake_open(&fake, &nl);
	n_polls = 0;
	begin(NLM_F_ACK, 0);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -ETIMEDOUT);
	CHECK_EQ(n_polls, 1);
	CHECK_STR(nl_error(&nl),
		  "No answer from the kernel: Connection timed out");
	fake_ack(&fake, -EPERM, 1);
	reply(0, 99, 5);
	reply(0, 2, 6);
	begin(0, 0);
	CHECK_EQ(nl_talk(&nl, sum, &total), 0);
	CHECK_EQ(total, 6);
	fake_close(&fake, &nl);
}

static void test_callback_refuses(void)
{
	int calls = 0;

	fake_open(&fake, &nl);
	begin(0, 0);
	begin(0, 0);
	reply(0, 1, 1);
	reply(0, 2, 1);
	CHECK_EQ(nl_talk(&nl, refuse, &calls), -ECANCELED);
	CHECK_EQ(calls, 1);
	CHECK_STR(nl_error(&nl), strerror(ECANCELED));

	reply(NLM_F_MULTI, 3, 1);
	reply(NLM_F_MULTI, 3, 1);
	fake_done(&fake, 0, 3);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, refuse, &calls), -ECANCELED);
	CHECK_EQ(calls, 2);
	fake_close(&fake, &nl);
}

static void test_request_too_long(void)
{
	static const char data[NL_TX_SIZE];
	int i;

	fake_open(&fake, &nl);
	begin(NLM_F_ACK, 0);
	nl_put(&nl, ATTR, data, sizeof(data));
	nl_put_u32(&nl, ATTR, 1);
	nl_nest_end(&nl, nl_nest_start(&nl, ATTR));
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EMSGSIZE);
	CHECK_STR(nl_error(&nl), "The request is too long");

	for (i = 0; i < NL_TX_SIZE / 28 + 1; i++)
		begin(NLM_F_ACK, 0);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EMSGSIZE);

	/* Nothing was sent, and nothing is left over. */
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 0);
	begin(NLM_F_ACK, 0);
	fake_ack(&fake, 0, nl.seq);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), 0);
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 28);
	fake_close(&fake, &nl);
}

static void test_discard(void)
{
	fake_open(&fake, &nl);
	begin(NLM_F_ACK, 0);
	nl_discard(&nl);
	begin(NLM_F_ACK, 0);
	fake_ack(&fake, 0, 2);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), 0);
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 28);
	fake_close(&fake, &nl);
}

static void test_answer_too_long(void)
{
	static char data[NL_RX_SIZE / 4];
	int i;

	fake_open(&fake, &nl);
	for (i = 0; i < 8; i++)
		begin(NLM_F_ACK, 0);
	fake_begin(&fake, TYPE, 0, 1);
	mnl_attr_put(fake.nlh, ATTR, sizeof(data), data);
	fake_send(&fake);
	CHECK_EQ(nl_talk(&nl, NULL, NULL), -EMSGSIZE);
	CHECK_STR(nl_error(&nl), "The kernel's answer is too long");
	fake_close(&fake, &nl);
}

static void test_dump(void)
{
	uint32_t total = 0;
	uint32_t i;

	fake_open(&fake, &nl);
	for (i = 1; i <= 100; i++)
		reply(NLM_F_MULTI, 1, i);
	fake_done(&fake, 0, 1);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), 0);
	CHECK_EQ(total, 5050);

	/* Nothing to list. */
	fake_done(&fake, 0, 2);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), 0);
	CHECK_EQ(total, 5050);
	fake_close(&fake, &nl);
}

/* More than the buffer holds at first. */
static void test_dump_large(void)
{
	static char data[NL_RX_SIZE / 2];
	uint32_t total = 0;
	int buffer = 1 << 20;
	int i;

	fake_open(&fake, &nl);
	setsockopt(fake.fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	for (i = 0; i < 8; i++) {
		fake_begin(&fake, TYPE, NLM_F_MULTI, 1);
		mnl_nlmsg_put_extra_header(fake.nlh, sizeof(uint32_t));
		mnl_attr_put_u32(fake.nlh, ATTR, 1);
		mnl_attr_put(fake.nlh, ATTR + 1, sizeof(data), data);
		fake_send(&fake);
	}
	fake_done(&fake, 0, 1);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), 0);
	CHECK_EQ(total, 8);
	fake_close(&fake, &nl);
}

static void test_dump_interrupted(void)
{
	uint32_t total = 0;
	uint32_t seq;

	fake_open(&fake, &nl);
	reply(NLM_F_MULTI, 1, 100);
	reply(NLM_F_MULTI | NLM_F_DUMP_INTR, 1, 100);
	fake_done(&fake, 0, 1);
	reply(NLM_F_MULTI, 2, 100);
	fake_done(&fake, NLM_F_DUMP_INTR, 2);
	reply(NLM_F_MULTI, 3, 7);
	fake_done(&fake, 0, 3);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), 0);
	CHECK_EQ(total, 7);

	for (seq = 4; seq < 50; seq++) {
		reply(NLM_F_MULTI, seq, 1);
		fake_done(&fake, NLM_F_DUMP_INTR, seq);
	}
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), -EINTR);
	CHECK_EQ(total, 7);
	fake_close(&fake, &nl);
}

static void test_dump_refused(void)
{
	uint32_t total = 0;
	int *err;

	fake_open(&fake, &nl);
	fake_ack(&fake, -EINVAL, 1);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), -EINVAL);

	/* At the end, with a sentence; nothing of it is delivered. */
	reply(NLM_F_MULTI, 2, 1);
	fake_begin(&fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 2);
	err = mnl_nlmsg_put_extra_header(fake.nlh, sizeof(*err));
	*err = -ENOENT;
	mnl_attr_put_strz(fake.nlh, NLMSGERR_ATTR_MSG, "No such switch");
	fake_send(&fake);
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), -ENOENT);
	CHECK_STR(nl_error(&nl), "No such switch");
	CHECK_EQ(total, 0);
	fake_close(&fake, &nl);
}

static void test_dump_malformed(void)
{
	uint32_t total = 0;

	fake_open(&fake, &nl);
	fake_begin(&fake, TYPE, NLM_F_MULTI, 1);
	mnl_attr_put_u32(fake.nlh, ATTR, 1);
	if (send(fake.fd, fake.answer, 20, 0) != 20)
		TEST_FAIL("send");
	begin(NLM_F_DUMP, 0);
	CHECK_EQ(nl_dump(&nl, sum, &total), -EBADMSG);
	CHECK_STR(nl_error(&nl), "The kernel's answer is malformed");
	fake_close(&fake, &nl);
}

static void put_group(const char *name, uint32_t id)
{
	struct nlattr *group = mnl_attr_nest_start(fake.nlh, 1);

	mnl_attr_put_strz(fake.nlh, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_put_u32(fake.nlh, CTRL_ATTR_MCAST_GRP_ID, id);
	mnl_attr_nest_end(fake.nlh, group);
}

static void test_family(void)
{
	struct nlattr *groups;
	struct nl_genl genl;

	fake_open(&fake, &nl);
	fake_begin_genl(&fake, 0, 1);
	mnl_attr_put_u16(fake.nlh, CTRL_ATTR_FAMILY_ID, 33);
	mnl_attr_put_strz(fake.nlh, CTRL_ATTR_FAMILY_NAME, "podswitch");
	groups = mnl_attr_nest_start(fake.nlh, CTRL_ATTR_MCAST_GROUPS);
	put_group("other", 1);
	put_group("ports", 9);
	mnl_attr_nest_end(fake.nlh, groups);
	fake_send(&fake);
	CHECK_EQ(nl_genl_resolve(&nl, "podswitch", "ports", &genl), 0);
	CHECK_EQ(genl.id, 33);
	CHECK_EQ(genl.group, 9);

	fake_ack(&fake, -ENOENT, 2);
	CHECK_EQ(nl_genl_resolve(&nl, "podswitch", NULL, &genl), -ENOENT);

	fake_begin_genl(&fake, 0, 3);
	fake_send(&fake);
	CHECK_EQ(nl_genl_resolve(&nl, "podswitch", NULL, &genl), -EPROTO);
	fake_close(&fake, &nl);
}

/* Integers of each width, strings without an end, a payload of wrong length. */
static void test_attributes(void)
{
	static const uint64_t large = 1ULL << 40;
	const struct nlattr *tb[9];
	uint8_t bytes[6] = { 0 };

	fake_begin(&fake, TYPE, 0, 1);
	mnl_attr_put_u8(fake.nlh, 1, 8);
	mnl_attr_put_u16(fake.nlh, 2, 16);
	mnl_attr_put_u32(fake.nlh, 3, 32);
	mnl_attr_put(fake.nlh, 4, sizeof(large), &large);
	mnl_attr_put(fake.nlh, 5, 3, "abc");
	mnl_attr_put(fake.nlh, 6, 0, "");
	mnl_attr_put_u32(fake.nlh, 1000, 1);
	mnl_attr_put(fake.nlh, 8, 6, "\1\2\3\4\5\6");
	nl_parse(fake.nlh, 0, tb, 8);
	CHECK_EQ(nl_get_uint(tb[1]), 8);
	CHECK_EQ(nl_get_uint(tb[2]), 16);
	CHECK_EQ(nl_get_u32(tb[3]), 32);
	CHECK_EQ(nl_get_uint(tb[4]), 1LL << 40);
	CHECK_EQ(nl_get_u32(tb[4]), 0);
	CHECK_EQ(nl_get_uint(tb[5]), 0);
	CHECK_EQ(nl_get_uint(tb[7]), 0);
	CHECK(!nl_get_str(tb[5]));
	CHECK(!nl_get_str(tb[6]));
	CHECK(!nl_get_str(tb[7]));
	CHECK(!nl_get_bytes(tb[3], bytes, sizeof(bytes)));
	CHECK(nl_get_bytes(tb[8], bytes, sizeof(bytes)));
	CHECK_EQ(bytes[5], 6);
}

static const struct test tests[] = {
	{ "ack", test_ack },
	{ "refusal", test_refusal },
	{ "refusal: request not capped", test_refusal_not_capped },
	{ "refusal: without words", test_refusal_without_words },
	{ "refusal: hostile", test_refusal_hostile },
	{ "batch", test_batch },
	{ "batch: all kinds", test_batch_of_all_kinds },
	{ "late answers", test_late_answers },
	{ "callback refuses", test_callback_refuses },
	{ "request too long", test_request_too_long },
	{ "request discarded", test_discard },
	{ "answer too long", test_answer_too_long },
	{ "dump", test_dump },
	{ "dump: large", test_dump_large },
	{ "dump: interrupted", test_dump_interrupted },
	{ "dump: refused", test_dump_refused },
	{ "dump: malformed", test_dump_malformed },
	{ "family", test_family },
	{ "attributes", test_attributes },
};

TEST_MAIN(tests)
