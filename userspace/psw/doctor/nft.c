// SPDX-License-Identifier: GPL-2.0
/* The plugin's table of nf_tables: its chains, and whether they masquerade. */
#include "node.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <nl.h>
#include <stdlib.h>
#include <string.h>

#define DOCTOR_NFT_TABLE "podswitch"

enum {
	DOCTOR_NFT_INET = 1,		/* NFPROTO_INET */
	DOCTOR_NFT_ATTRS = 16,
	DOCTOR_NFT_COMMENT = 0,		/* first of a chain's user data */
};

struct doctor_nft {
	struct doctor_chain *chains;
	size_t n;
};

static bool doctor_nft_is(const struct nlattr *attr, const char *text)
{
	size_t len = strlen(text) + 1;

	return attr && mnl_attr_get_payload_len(attr) == len &&
	       !memcmp(mnl_attr_get_payload(attr), text, len);
}

/* Members are type, length, and the text with its NUL. */
static void doctor_nft_comment(const struct nlattr *attr,
			       struct doctor_chain *chain)
{
	const uint8_t *udata = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);

	if (len < 2 || udata[0] != DOCTOR_NFT_COMMENT || len < 2U + udata[1])
		return;
	snprintf(chain->comment, sizeof(chain->comment), "%.*s", udata[1],
		 (const char *)udata + 2);
}

static int doctor_nft_take_chain(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[DOCTOR_NFT_ATTRS + 1];
	struct doctor_nft *nft = arg;
	struct doctor_chain *chain;

	nl_parse(nlh, sizeof(struct nfgenmsg), tb, DOCTOR_NFT_ATTRS);
	if (!doctor_nft_is(tb[NFTA_CHAIN_TABLE], DOCTOR_NFT_TABLE) ||
	    !tb[NFTA_CHAIN_NAME])
		return 0;
	nft->chains = doctor_alloc(nft->chains, nft->n + 1,
				   sizeof(*nft->chains));
	chain = &nft->chains[nft->n++];
	memset(chain, 0, sizeof(*chain));
	nl_copy_str(tb[NFTA_CHAIN_NAME], chain->name, sizeof(chain->name));
	if (tb[NFTA_CHAIN_USERDATA])
		doctor_nft_comment(tb[NFTA_CHAIN_USERDATA], chain);
	return 0;
}

static bool doctor_nft_masquerades(const struct nlattr *expressions)
{
	const struct nlattr *tb[DOCTOR_NFT_ATTRS + 1];
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, expressions) {
		nl_parse_nested(attr, tb, DOCTOR_NFT_ATTRS);
		if (doctor_nft_is(tb[NFTA_EXPR_NAME], "masq"))
			return true;
	}
	return false;
}

static int doctor_nft_take_rule(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[DOCTOR_NFT_ATTRS + 1];
	struct doctor_nft *nft = arg;
	size_t i;

	nl_parse(nlh, sizeof(struct nfgenmsg), tb, DOCTOR_NFT_ATTRS);
	if (!doctor_nft_is(tb[NFTA_RULE_TABLE], DOCTOR_NFT_TABLE) ||
	    !tb[NFTA_RULE_EXPRESSIONS] ||
	    !doctor_nft_masquerades(tb[NFTA_RULE_EXPRESSIONS]))
		return 0;
	for (i = 0; i < nft->n; i++)
		if (doctor_nft_is(tb[NFTA_RULE_CHAIN], nft->chains[i].name))
			nft->chains[i].masquerades = true;
	return 0;
}

static int doctor_nft_ask(struct nl *nl, struct doctor_nft *nft,
			  uint16_t message, nl_cb *take)
{
	struct nfgenmsg family = {
		.nfgen_family = DOCTOR_NFT_INET, .version = NFNETLINK_V0,
	};

	nl_message(nl, NFNL_SUBSYS_NFTABLES << 8 | message, NLM_F_DUMP,
		   &family, sizeof(family));
	/* The rules of other tables may be many. */
	if (message == NFT_MSG_GETRULE)
		nl_put_str(nl, NFTA_RULE_TABLE, DOCTOR_NFT_TABLE);
	return nl_dump(nl, take, nft);
}

int doctor_nft_chains(struct doctor_chain **chains, size_t *n)
{
	struct doctor_nft nft = { NULL, 0 };
	struct nl nl;
	int err;

	err = nl_open(&nl, NETLINK_NETFILTER);
	if (!err)
		err = doctor_nft_ask(&nl, &nft, NFT_MSG_GETCHAIN,
				     doctor_nft_take_chain);
	if (!err && nft.n)
		err = doctor_nft_ask(&nl, &nft, NFT_MSG_GETRULE,
				     doctor_nft_take_rule);
	nl_close(&nl);
	*chains = nft.chains;
	*n = nft.n;
	return err;
}
