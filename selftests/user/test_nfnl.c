// SPDX-License-Identifier: GPL-2.0
/* Batches for nf_tables: how they are framed, what their answers mean. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <nfnl.h>

#include "fake.h"
#include "test.h"

static struct fake fake;
static struct nl nl;

static void begin(void)
{
	fake_open(&fake, &nl);
	nfnl_begin(&nl);
	CHECK(nfnl_message(&nl, NFT_MSG_NEWTABLE, NLM_F_CREATE, NFPROTO_INET));
	CHECK(nfnl_message(&nl, NFT_MSG_NEWCHAIN, NLM_F_CREATE, NFPROTO_INET));
}

static void check_message(const struct nlmsghdr *nlh, uint16_t type,
			  uint16_t flags, uint8_t family, uint16_t res_id)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

	CHECK_EQ(nlh->nlmsg_type, type);
	CHECK_EQ(nlh->nlmsg_flags, NLM_F_REQUEST | flags);
	CHECK_EQ(nfg->nfgen_family, family);
	CHECK_EQ(nfg->version, NFNETLINK_V0);
	CHECK_EQ(ntohs(nfg->res_id), res_id);
}

/* Nothing is acknowledged: the kernel says what it refuses, and only that. */
static void test_batch(void)
{
	const struct nlmsghdr *nlh;
	int len;

	begin();
	CHECK_EQ(nfnl_commit(&nl), 0);
	CHECK_STR(nl_error(&nl), "");
	nlh = fake_asked(&fake);
	len = (int)fake.asked_len;
	CHECK_EQ(len, 4 * (MNL_NLMSG_HDRLEN + (int)sizeof(struct nfgenmsg)));
	check_message(nlh, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC,
		      NFNL_SUBSYS_NFTABLES);
	nlh = mnl_nlmsg_next(nlh, &len);
	check_message(nlh, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE,
		      NLM_F_CREATE, NFPROTO_INET, 0);
	nlh = mnl_nlmsg_next(nlh, &len);
	check_message(nlh, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN,
		      NLM_F_CREATE, NFPROTO_INET, 0);
	nlh = mnl_nlmsg_next(nlh, &len);
	check_message(nlh, NFNL_MSG_BATCH_END, 0, AF_UNSPEC,
		      NFNL_SUBSYS_NFTABLES);
	fake_close(&fake, &nl);
}

static void test_refused(void)
{
	begin();
	fake_ack(&fake, 0, 1);
	fake_ack(&fake, -EEXIST, 3);
	fake_ack(&fake, -EPERM, 4);
	CHECK_EQ(nfnl_commit(&nl), -EEXIST);
	CHECK_STR(nl_error(&nl), strerror(EEXIST));
	/* The next one begins anew. */
	nfnl_begin(&nl);
	CHECK_EQ(nfnl_commit(&nl), 0);
	fake_asked(&fake);
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len,
		 2 * (MNL_NLMSG_HDRLEN + sizeof(struct nfgenmsg)));
	fake_close(&fake, &nl);
}

/* A message is begun only if as much as is promised may be appended. */
static void test_room(void)
{
	static char most[NFNL_MESSAGE_MAX - MNL_ATTR_HDRLEN];
	struct nlmsghdr *nlh;
	int n = 0;

	fake_open(&fake, &nl);
	for (;;) {
		nlh = nfnl_message(&nl, NFT_MSG_NEWRULE, 0, NFPROTO_INET);
		if (!nlh)
			break;
		mnl_attr_put(nlh, 1, sizeof(most), most);
		CHECK((char *)mnl_nlmsg_get_payload_tail(nlh) <=
		      nl.tx + sizeof(nl.tx));
		n++;
	}
	CHECK_EQ(n, NL_TX_SIZE / NFNL_MESSAGE_MAX - 1);
	CHECK(!nfnl_message(&nl, NFT_MSG_NEWRULE, 0, NFPROTO_INET));
	CHECK_EQ(nfnl_commit(&nl), -EMSGSIZE);
	fake_asked(&fake);
	CHECK_EQ(fake.asked_len, 0);
	fake_close(&fake, &nl);
}

static const struct test tests[] = {
	{ "a batch between its marks", test_batch },
	{ "the first refusal counts", test_refused },
	{ "no more than there is room for", test_room },
};

TEST_MAIN(tests)
