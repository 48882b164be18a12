// SPDX-License-Identifier: GPL-2.0
#include "masq.h"

#include <errno.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <nfnl.h>
#include <string.h>

#define CNI_NFT_TABLE "podswitch"
#define CNI_NFT_KIND "masq"

/* Where addresses are in a header. */
struct cni_nft_family {
	uint8_t nfproto;
	uint32_t saddr;
	uint32_t daddr;
};

static const struct cni_nft_family cni_nft_inet = { NFPROTO_IPV4, 12, 16 };
static const struct cni_nft_family cni_nft_inet6 = { NFPROTO_IPV6, 8, 24 };

/* --- expressions: one register; false if there is no memory --- */

static struct nftnl_expr *cni_nft_expr(struct nftnl_rule *rule,
				       const char *name)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(name);

	if (expr)
		nftnl_rule_add_expr(rule, expr);
	return expr;
}

static bool cni_nft_cmp(struct nftnl_rule *rule, uint32_t op,
			const void *value, uint32_t len)
{
	struct nftnl_expr *expr = cni_nft_expr(rule, "cmp");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	return !nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, value, len);
}

static bool cni_nft_payload(struct nftnl_rule *rule, uint32_t offset,
			    uint32_t len)
{
	struct nftnl_expr *expr = cni_nft_expr(rule, "payload");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE,
			   NFT_PAYLOAD_NETWORK_HEADER);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	return true;
}

static bool cni_nft_mask(struct nftnl_rule *rule,
			 const struct cni_prefix *prefix)
{
	static const uint8_t zeros[16];
	struct nftnl_expr *expr = cni_nft_expr(rule, "bitwise");
	uint32_t len = cni_address_bits(&prefix->address) / 8;
	struct cni_prefix all = *prefix;
	struct podswitch_address mask;

	if (!expr)
		return false;
	/* The network part of the address that is all ones is the mask. */
	memset(&all.address.v6, 0xff, sizeof(all.address.v6));
	mask = cni_prefix_first(&all);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, len);
	return !nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK,
			       cni_address_bytes(&mask), len) &&
	       !nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, zeros, len);
}

static bool cni_nft_match(struct nftnl_rule *rule, uint32_t offset,
			  uint32_t op, const struct cni_prefix *prefix)
{
	uint32_t len = cni_address_bits(&prefix->address) / 8;

	return cni_nft_payload(rule, offset, len) &&
	       cni_nft_mask(rule, prefix) &&
	       cni_nft_cmp(rule, op, cni_address_bytes(&prefix->address), len);
}

static bool cni_nft_match_family(struct nftnl_rule *rule, uint8_t nfproto)
{
	struct nftnl_expr *expr = cni_nft_expr(rule, "meta");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, NFT_META_NFPROTO);
	return cni_nft_cmp(rule, NFT_CMP_EQ, &nfproto, sizeof(nfproto));
}

static bool cni_nft_rule(struct nftnl_rule *rule, const struct cni_masq *masq)
{
	const struct cni_nft_family *family =
		masq->subnet.address.family == AF_INET ? &cni_nft_inet :
							 &cni_nft_inet6;
	struct cni_prefix groups;

	cni_prefix_parse(cni_masq_groups(masq), &groups);
	return !nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, CNI_NFT_TABLE) &&
	       !nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, masq->chain) &&
	       cni_nft_match_family(rule, family->nfproto) &&
	       cni_nft_match(rule, family->saddr, NFT_CMP_EQ, &masq->subnet) &&
	       cni_nft_match(rule, family->daddr, NFT_CMP_NEQ, &masq->subnet) &&
	       cni_nft_match(rule, family->daddr, NFT_CMP_NEQ, &groups) &&
	       cni_nft_expr(rule, "masq");
}

static bool cni_nft_chain(struct nftnl_chain *chain, const char *name)
{
	return !nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, CNI_NFT_TABLE) &&
	       !nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
}

static bool cni_nft_comment(struct nftnl_chain *chain, const char *comment)
{
	struct nftnl_udata_buf *udata;
	bool done;

	udata = nftnl_udata_buf_alloc(2 * NFTNL_UDATA_COMMENT_MAXLEN);
	if (!udata)
		return false;
	done = nftnl_udata_put_strz(udata, NFTNL_UDATA_CHAIN_COMMENT,
				    comment) &&
	       !nftnl_chain_set_data(chain, NFTNL_CHAIN_USERDATA,
				     nftnl_udata_buf_data(udata),
				     nftnl_udata_buf_len(udata));
	nftnl_udata_buf_free(udata);
	return done;
}

static bool cni_nft_base_chain(struct nftnl_chain *chain,
			       const struct cni_masq *masq)
{
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, NF_INET_POST_ROUTING);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, NF_IP_PRI_NAT_SRC);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	return cni_nft_chain(chain, masq->chain) &&
	       !nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "nat") &&
	       cni_nft_comment(chain, masq->comment);
}

/* --- messages: false if there is no memory --- */

static bool cni_nft_put_table(struct nl *nl)
{
	struct nftnl_table *table = nftnl_table_alloc();
	struct nlmsghdr *nlh;
	bool done;

	if (!table)
		return false;
	done = !nftnl_table_set_str(table, NFTNL_TABLE_NAME, CNI_NFT_TABLE);
	nlh = nfnl_message(nl, NFT_MSG_NEWTABLE, NLM_F_CREATE, NFPROTO_INET);
	if (nlh)
		nftnl_table_nlmsg_build_payload(nlh, table);
	nftnl_table_free(table);
	return done;
}

static bool cni_nft_put_rule(struct nl *nl, const struct cni_masq *masq)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	struct nlmsghdr *nlh;
	bool done;

	if (!rule)
		return false;
	done = cni_nft_rule(rule, masq);
	nlh = nfnl_message(nl, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
			   NFPROTO_INET);
	if (nlh)
		nftnl_rule_nlmsg_build_payload(nlh, rule);
	nftnl_rule_free(rule);
	return done;
}

static void cni_nft_put(struct nl *nl, uint16_t type, uint16_t flags,
			const struct nftnl_chain *chain)
{
	struct nlmsghdr *nlh = nfnl_message(nl, type, flags, NFPROTO_INET);

	if (nlh)
		nftnl_chain_nlmsg_build_payload(nlh, chain);
}

static bool cni_nft_put_base_chain(struct nl *nl, const struct cni_masq *masq)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	bool done;

	if (!chain)
		return false;
	done = cni_nft_base_chain(chain, masq);
	cni_nft_put(nl, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, chain);
	nftnl_chain_free(chain);
	return done;
}

/* A message that only names a chain. */
static bool cni_nft_put_name(struct nl *nl, uint16_t type, const char *name)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	bool done;

	if (!chain)
		return false;
	done = cni_nft_chain(chain, name);
	cni_nft_put(nl, type, 0, chain);
	nftnl_chain_free(chain);
	return done;
}

static int cni_nft_no_memory(struct nl *nl)
{
	nl_discard(nl);
	return nl_fail(nl, -ENOMEM, "Out of memory");
}

/* --- what is there --- */

static int cni_nft_open(struct nl *nl, struct cni_error *err)
{
	int ret = nl_open(nl, NETLINK_NETFILTER);

	if (ret)
		return cni_fail(err, cni_kernel_code(ret), "%s", nl_error(nl));
	return 0;
}

/* Returns 0, -ENOENT or another negative errno value. */
static int cni_nft_find(struct nl *nl, const struct cni_masq *masq)
{
	if (!cni_nft_put_name(nl, NFT_MSG_GETCHAIN, masq->chain))
		return cni_nft_no_memory(nl);
	return nl_talk(nl, NULL, NULL);
}

static int cni_nft_make(struct nl *nl, const struct cni_masq *masq)
{
	int ret;

	nfnl_begin(nl);
	if (!cni_nft_put_table(nl) || !cni_nft_put_base_chain(nl, masq) ||
	    !cni_nft_put_rule(nl, masq))
		return cni_nft_no_memory(nl);
	ret = nfnl_commit(nl);
	/* Another ADD was quicker: it is as good. */
	return ret == -EEXIST ? 0 : ret;
}

static int cni_nft_ensure(struct nl *nl, const struct cni_masq *masq,
			  struct cni_error *err)
{
	int ret = cni_nft_find(nl, masq);

	if (ret == -ENOENT)
		ret = cni_nft_make(nl, masq);
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot masquerade %s: %s", masq->comment,
				nl_error(nl));
	return 0;
}

static int cni_nft_check(struct nl *nl, const struct cni_masq *masq,
			 struct cni_error *err)
{
	if (cni_nft_find(nl, masq))
		return cni_fail(err, CNI_ERR_CHECK,
				"%s is not masqueraded: chain \"%s\": %s",
				masq->comment, masq->chain, nl_error(nl));
	return 0;
}

static int cni_nft_each(const char *network, const struct cni_addressing *ad,
			int (*one)(struct nl *nl, const struct cni_masq *masq,
				   struct cni_error *err),
			struct cni_error *err)
{
	struct cni_masq masq;
	struct nl nl;
	size_t i;
	int ret;

	ret = cni_nft_open(&nl, err);
	for (i = 0; !ret && i < ad->n_ips; i++) {
		cni_masq_name(&masq, CNI_NFT_KIND, network,
			      &ad->ips[i].address);
		ret = one(&nl, &masq, err);
	}
	nl_close(&nl);
	return ret;
}

int cni_masq_nft_ensure(const char *network, const struct cni_addressing *ad,
			struct cni_error *err)
{
	return cni_nft_each(network, ad, cni_nft_ensure, err);
}

int cni_masq_nft_check(const char *network, const struct cni_addressing *ad,
		       struct cni_error *err)
{
	return cni_nft_each(network, ad, cni_nft_check, err);
}

/* --- the end of it --- */

/* The chains of one network. */
struct cni_nft_list {
	char prefix[CNI_CHAIN_SIZE];
	char names[CNI_IPS_MAX][CNI_CHAIN_SIZE];
	struct cni_addressing *ad;
};

/* The subnet begins the comment, which is the first of a chain's user data. */
static bool cni_nft_subnet(const struct nftnl_chain *chain,
			   struct cni_prefix *subnet)
{
	char text[CNI_PREFIX_STRLEN] = "";
	const struct nftnl_udata *udata;
	uint32_t len = 0;

	udata = nftnl_chain_get_data(chain, NFTNL_CHAIN_USERDATA, &len);
	if (!udata || len < 2 ||
	    nftnl_udata_type(udata) != NFTNL_UDATA_CHAIN_COMMENT)
		return false;
	len -= 2;
	if (len > nftnl_udata_len(udata))
		len = nftnl_udata_len(udata);
	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, nftnl_udata_get(udata), len);
	text[strcspn(text, " ")] = '\0';
	return cni_prefix_parse(text, subnet);
}

static void cni_nft_note(struct cni_nft_list *list,
			 const struct nftnl_chain *chain)
{
	const char *table = nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE);
	const char *name = nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME);
	struct cni_addressing *ad = list->ad;

	if (!table || !name || strcmp(table, CNI_NFT_TABLE) != 0 ||
	    strncmp(name, list->prefix, strlen(list->prefix)) != 0 ||
	    strlen(name) >= CNI_CHAIN_SIZE || ad->n_ips == CNI_IPS_MAX ||
	    !cni_nft_subnet(chain, &ad->ips[ad->n_ips].address))
		return;
	memcpy(list->names[ad->n_ips++], name, strlen(name) + 1);
}

static int cni_nft_collect(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	int ret = 0;

	if (!chain)
		return -ENOMEM;
	if (nftnl_chain_nlmsg_parse(nlh, chain))
		ret = -EBADMSG;
	else
		cni_nft_note(arg, chain);
	nftnl_chain_free(chain);
	return ret;
}

static int cni_nft_list(struct nl *nl, const char *network,
			struct cni_nft_list *list)
{
	list->ad->n_ips = 0;
	cni_masq_prefix(list->prefix, CNI_NFT_KIND, network);
	nfnl_message(nl, NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_INET);
	return nl_dump(nl, cni_nft_collect, list);
}

static int cni_nft_delete(struct nl *nl, const char *name)
{
	int ret;

	nfnl_begin(nl);
	if (!cni_nft_put_name(nl, NFT_MSG_DELCHAIN, name))
		return cni_nft_no_memory(nl);
	ret = nfnl_commit(nl);
	return ret == -ENOENT ? 0 : ret;
}

/* Not recursively: the kernel refuses while another network has a chain. */
static void cni_nft_delete_table(struct nl *nl)
{
	struct nlmsghdr *nlh;

	nfnl_begin(nl);
	nlh = nfnl_message(nl, NFT_MSG_DELTABLE, NLM_F_NONREC, NFPROTO_INET);
	if (!nlh)
		return;
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, CNI_NFT_TABLE);
	nfnl_commit(nl);
}

int cni_masq_nft_release(const char *network, struct cni_addressing *ad,
			 struct cni_error *err)
{
	struct cni_nft_list list = { .ad = ad };
	struct nl nl;
	size_t i;
	int ret;

	if (cni_nft_open(&nl, err)) {
		nl_close(&nl);
		return -1;
	}
	ret = cni_nft_list(&nl, network, &list);
	for (i = 0; !ret && i < ad->n_ips; i++)
		ret = cni_nft_delete(&nl, list.names[i]);
	if (!ret)
		cni_nft_delete_table(&nl);
	else
		cni_fail(err, cni_kernel_code(ret),
			 "cannot end the masquerading of network \"%s\": %s",
			 network, nl_error(&nl));
	nl_close(&nl);
	return ret ? -1 : 0;
}
