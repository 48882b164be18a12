// SPDX-License-Identifier: GPL-2.0
#include "masquerade.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <nfnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

#define CNI_TABLE "podswitch"

enum {
	CNI_CHAIN_SIZE = 32,
	CNI_COMMENT_SIZE = 128,		/* what nft shows */
	CNI_COMMENT_TYPE = 0,		/* as libnftnl numbers them */
};

/* One chain of ours. */
struct cni_masq {
	char name[CNI_CHAIN_SIZE];
	char comment[CNI_COMMENT_SIZE];
	struct cni_prefix subnet;
};

/* Where addresses are in a header, and which of them are groups. */
struct cni_masq_family {
	uint8_t nfproto;
	uint32_t saddr;
	uint32_t daddr;
	const char *groups;
};

static const struct cni_masq_family cni_masq_inet = {
	NFPROTO_IPV4, 12, 16, "224.0.0.0/4",
};

static const struct cni_masq_family cni_masq_inet6 = {
	NFPROTO_IPV6, 8, 24, "ff00::/8",
};

static void cni_masq_prefix(const char *network, char *prefix)
{
	snprintf(prefix, CNI_CHAIN_SIZE, "masq-%08" PRIx32 "-",
		 (uint32_t)(cni_hash("network", network, NULL) >> 32));
}

static void cni_masq_name(struct cni_masq *masq, const char *network,
			  const struct cni_prefix *member)
{
	char text[CNI_PREFIX_STRLEN];
	size_t len;

	masq->subnet.address = cni_prefix_first(member);
	masq->subnet.len = member->len;
	cni_prefix_print(&masq->subnet, text);
	cni_masq_prefix(network, masq->name);
	len = strlen(masq->name);
	snprintf(masq->name + len, sizeof(masq->name) - len, "%08" PRIx32,
		 (uint32_t)(cni_hash("subnet", text, NULL) >> 32));
	snprintf(masq->comment, sizeof(masq->comment), "%s of %s", text,
		 network);
}

/* --- expressions: everything in network order, one register --- */

static void cni_put_be32(struct nl *nl, uint16_t type, uint32_t value)
{
	nl_put_u32(nl, type, htonl(value));
}

static struct nlattr *cni_expr_start(struct nl *nl, const char *name,
				     struct nlattr **data)
{
	struct nlattr *elem = nl_nest_start(nl, NFTA_LIST_ELEM);

	nl_put_str(nl, NFTA_EXPR_NAME, name);
	*data = nl_nest_start(nl, NFTA_EXPR_DATA);
	return elem;
}

static void cni_expr_end(struct nl *nl, struct nlattr *elem,
			 struct nlattr *data)
{
	nl_nest_end(nl, data);
	nl_nest_end(nl, elem);
}

static void cni_put_value(struct nl *nl, uint16_t type, const void *value,
			  size_t len)
{
	struct nlattr *nest = nl_nest_start(nl, type);

	nl_put(nl, NFTA_DATA_VALUE, value, len);
	nl_nest_end(nl, nest);
}

static void cni_expr_cmp(struct nl *nl, uint32_t op, const void *value,
			 size_t len)
{
	struct nlattr *data;
	struct nlattr *elem = cni_expr_start(nl, "cmp", &data);

	cni_put_be32(nl, NFTA_CMP_SREG, NFT_REG_1);
	cni_put_be32(nl, NFTA_CMP_OP, op);
	cni_put_value(nl, NFTA_CMP_DATA, value, len);
	cni_expr_end(nl, elem, data);
}

static void cni_expr_payload(struct nl *nl, uint32_t offset, uint32_t len)
{
	struct nlattr *data;
	struct nlattr *elem = cni_expr_start(nl, "payload", &data);

	cni_put_be32(nl, NFTA_PAYLOAD_DREG, NFT_REG_1);
	cni_put_be32(nl, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	cni_put_be32(nl, NFTA_PAYLOAD_OFFSET, offset);
	cni_put_be32(nl, NFTA_PAYLOAD_LEN, len);
	cni_expr_end(nl, elem, data);
}

static void cni_expr_mask(struct nl *nl, const struct cni_prefix *prefix)
{
	static const uint8_t zeros[16];
	struct cni_prefix all = *prefix;
	struct podswitch_address mask;
	uint32_t len = cni_address_bits(&prefix->address) / 8;
	struct nlattr *data;
	struct nlattr *elem;

	/* The network part of the address that is all ones is the mask. */
	all.address.family = prefix->address.family;
	memset(&all.address.v6, 0xff, sizeof(all.address.v6));
	mask = cni_prefix_first(&all);
	elem = cni_expr_start(nl, "bitwise", &data);
	cni_put_be32(nl, NFTA_BITWISE_SREG, NFT_REG_1);
	cni_put_be32(nl, NFTA_BITWISE_DREG, NFT_REG_1);
	cni_put_be32(nl, NFTA_BITWISE_LEN, len);
	cni_put_value(nl, NFTA_BITWISE_MASK, cni_address_bytes(&mask), len);
	cni_put_value(nl, NFTA_BITWISE_XOR, zeros, len);
	cni_expr_end(nl, elem, data);
}

static void cni_match_address(struct nl *nl, uint32_t offset, uint32_t op,
			      const struct cni_prefix *prefix)
{
	uint32_t len = cni_address_bits(&prefix->address) / 8;

	cni_expr_payload(nl, offset, len);
	cni_expr_mask(nl, prefix);
	cni_expr_cmp(nl, op, cni_address_bytes(&prefix->address), len);
}

static void cni_match_family(struct nl *nl, uint8_t nfproto)
{
	struct nlattr *data;
	struct nlattr *elem = cni_expr_start(nl, "meta", &data);

	cni_put_be32(nl, NFTA_META_DREG, NFT_REG_1);
	cni_put_be32(nl, NFTA_META_KEY, NFT_META_NFPROTO);
	cni_expr_end(nl, elem, data);
	cni_expr_cmp(nl, NFT_CMP_EQ, &nfproto, sizeof(nfproto));
}

/* --- messages --- */

static void cni_put_table(struct nl *nl)
{
	nfnl_message(nl, NFT_MSG_NEWTABLE, NLM_F_CREATE, NFPROTO_INET);
	nl_put_str(nl, NFTA_TABLE_NAME, CNI_TABLE);
}

static void cni_put_comment(struct nl *nl, const char *comment)
{
	uint8_t udata[2 + CNI_COMMENT_SIZE];
	uint8_t len = (uint8_t)(strlen(comment) + 1);

	udata[0] = CNI_COMMENT_TYPE;
	udata[1] = len;
	memcpy(udata + 2, comment, len);
	nl_put(nl, NFTA_CHAIN_USERDATA, udata, 2U + len);
}

static void cni_put_chain(struct nl *nl, const struct cni_masq *masq)
{
	struct nlattr *hook;

	nfnl_message(nl, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL,
		     NFPROTO_INET);
	nl_put_str(nl, NFTA_CHAIN_TABLE, CNI_TABLE);
	nl_put_str(nl, NFTA_CHAIN_NAME, masq->name);
	nl_put_str(nl, NFTA_CHAIN_TYPE, "nat");
	cni_put_be32(nl, NFTA_CHAIN_POLICY, NF_ACCEPT);
	hook = nl_nest_start(nl, NFTA_CHAIN_HOOK);
	cni_put_be32(nl, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
	cni_put_be32(nl, NFTA_HOOK_PRIORITY, NF_IP_PRI_NAT_SRC);
	nl_nest_end(nl, hook);
	cni_put_comment(nl, masq->comment);
}

static void cni_put_rule(struct nl *nl, const struct cni_masq *masq)
{
	const struct cni_masq_family *family =
		masq->subnet.address.family == AF_INET ? &cni_masq_inet :
							 &cni_masq_inet6;
	struct nlattr *expressions;
	struct cni_prefix groups;
	struct nlattr *data;
	struct nlattr *elem;

	cni_prefix_parse(family->groups, &groups);
	nfnl_message(nl, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
		     NFPROTO_INET);
	nl_put_str(nl, NFTA_RULE_TABLE, CNI_TABLE);
	nl_put_str(nl, NFTA_RULE_CHAIN, masq->name);
	expressions = nl_nest_start(nl, NFTA_RULE_EXPRESSIONS);
	cni_match_family(nl, family->nfproto);
	cni_match_address(nl, family->saddr, NFT_CMP_EQ, &masq->subnet);
	cni_match_address(nl, family->daddr, NFT_CMP_NEQ, &masq->subnet);
	cni_match_address(nl, family->daddr, NFT_CMP_NEQ, &groups);
	elem = cni_expr_start(nl, "masq", &data);
	cni_expr_end(nl, elem, data);
	nl_nest_end(nl, expressions);
}

/* --- what is there --- */

static int cni_masq_open(struct nl *nl, struct cni_error *err)
{
	if (nl_open(nl, NETLINK_NETFILTER))
		return cni_fail(err, CNI_ERR_KERNEL, "%s", nl_error(nl));
	return 0;
}

/* Returns 0, -ENOENT or another negative errno value. */
static int cni_masq_find(struct nl *nl, const struct cni_masq *masq)
{
	nfnl_message(nl, NFT_MSG_GETCHAIN, 0, NFPROTO_INET);
	nl_put_str(nl, NFTA_CHAIN_TABLE, CNI_TABLE);
	nl_put_str(nl, NFTA_CHAIN_NAME, masq->name);
	return nl_talk(nl, NULL, NULL);
}

static int cni_masq_make(struct nl *nl, const struct cni_masq *masq)
{
	int ret;

	nfnl_begin(nl);
	cni_put_table(nl);
	cni_put_chain(nl, masq);
	cni_put_rule(nl, masq);
	ret = nfnl_commit(nl);
	/* Another ADD was quicker: it is as good. */
	return ret == -EEXIST ? 0 : ret;
}

static int cni_masq_ensure(struct nl *nl, const struct cni_masq *masq,
			   struct cni_error *err)
{
	int ret = cni_masq_find(nl, masq);

	if (ret == -ENOENT)
		ret = cni_masq_make(nl, masq);
	if (ret)
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot masquerade %s: %s", masq->comment,
				nl_error(nl));
	return 0;
}

static int cni_masq_check(struct nl *nl, const struct cni_masq *masq,
			  struct cni_error *err)
{
	if (cni_masq_find(nl, masq))
		return cni_fail(err, CNI_ERR_CHECK,
				"%s is not masqueraded: chain \"%s\": %s",
				masq->comment, masq->name, nl_error(nl));
	return 0;
}

static int cni_masq_each(const char *network, const struct cni_addressing *ad,
			 int (*one)(struct nl *nl, const struct cni_masq *masq,
				    struct cni_error *err),
			 struct cni_error *err)
{
	struct cni_masq masq;
	struct nl nl;
	size_t i;
	int ret;

	ret = cni_masq_open(&nl, err);
	for (i = 0; !ret && i < ad->n_ips; i++) {
		cni_masq_name(&masq, network, &ad->ips[i].address);
		ret = one(&nl, &masq, err);
	}
	nl_close(&nl);
	return ret;
}

int cni_masquerade_ensure(const char *network, const struct cni_addressing *ad,
			  struct cni_error *err)
{
	return cni_masq_each(network, ad, cni_masq_ensure, err);
}

int cni_masquerade_check(const char *network, const struct cni_addressing *ad,
			 struct cni_error *err)
{
	return cni_masq_each(network, ad, cni_masq_check, err);
}

/* --- the end of it --- */

/* The chains of one network. */
struct cni_masq_list {
	char prefix[CNI_CHAIN_SIZE];
	char names[CNI_IPS_MAX][CNI_CHAIN_SIZE];
	struct cni_addressing *ad;
};

/* The subnet begins the comment. */
static bool cni_masq_subnet(const struct nlattr *udata,
			    struct cni_prefix *subnet)
{
	char text[CNI_PREFIX_STRLEN] = "";
	const char *comment;
	size_t len;

	if (!udata || mnl_attr_get_payload_len(udata) < 3)
		return false;
	comment = (const char *)mnl_attr_get_payload(udata) + 2;
	len = mnl_attr_get_payload_len(udata) - 2U;
	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, comment, len);
	text[strcspn(text, " ")] = '\0';
	return cni_prefix_parse(text, subnet);
}

static int cni_masq_collect(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[NFTA_CHAIN_USERDATA + 1];
	struct cni_masq_list *list = arg;
	struct cni_addressing *ad = list->ad;
	const char *table;
	const char *name;

	nl_parse(nlh, sizeof(struct nfgenmsg), tb, NFTA_CHAIN_USERDATA);
	table = nl_get_str(tb[NFTA_CHAIN_TABLE]);
	name = nl_get_str(tb[NFTA_CHAIN_NAME]);
	if (!table || !name || strcmp(table, CNI_TABLE) != 0 ||
	    strncmp(name, list->prefix, strlen(list->prefix)) != 0 ||
	    strlen(name) >= CNI_CHAIN_SIZE || ad->n_ips == CNI_IPS_MAX ||
	    !cni_masq_subnet(tb[NFTA_CHAIN_USERDATA],
			     &ad->ips[ad->n_ips].address))
		return 0;
	memcpy(list->names[ad->n_ips++], name, strlen(name) + 1);
	return 0;
}

static int cni_masq_delete(struct nl *nl, const char *name)
{
	int ret;

	nfnl_begin(nl);
	nfnl_message(nl, NFT_MSG_DELCHAIN, 0, NFPROTO_INET);
	nl_put_str(nl, NFTA_CHAIN_TABLE, CNI_TABLE);
	nl_put_str(nl, NFTA_CHAIN_NAME, name);
	ret = nfnl_commit(nl);
	return ret == -ENOENT ? 0 : ret;
}

int cni_masquerade_release(const char *network, struct cni_addressing *ad,
			   struct cni_error *err)
{
	struct cni_masq_list list = { .ad = ad };
	struct nl nl;
	size_t i;
	int ret;

	ad->n_ips = 0;
	cni_masq_prefix(network, list.prefix);
	if (cni_masq_open(&nl, err)) {
		nl_close(&nl);
		return -1;
	}
	nfnl_message(&nl, NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_INET);
	ret = nl_dump(&nl, cni_masq_collect, &list);
	for (i = 0; !ret && i < ad->n_ips; i++)
		ret = cni_masq_delete(&nl, list.names[i]);
	if (ret)
		cni_fail(err, CNI_ERR_KERNEL,
			 "cannot end the masquerading of network \"%s\": %s",
			 network, nl_error(&nl));
	nl_close(&nl);
	return ret ? -1 : 0;
}
