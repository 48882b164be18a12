// SPDX-License-Identifier: GPL-2.0
/*
 * Compiles the generated family and tables for a kernel whose families have
 * one operation entry for a command's do and dump together. The generated
 * source is included under other names, and its entries are merged when the
 * family is registered.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <uapi/linux/podswitch.h>

#undef genl_register_family

struct genl_split_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 flags;
};

struct psw_split_family {
	const char *name;
	unsigned int version;
	bool netnsok;
	bool parallel_ops;
	struct module *module;
	const struct genl_split_ops *split_ops;
	unsigned int n_split_ops;
	const struct genl_multicast_group *mcgrps;
	unsigned int n_mcgrps;
};

/* Policies did not promise to leave a range alone, though they do. */
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}

#define genl_family psw_split_family
#define podswitch_nl_family psw_split_family
#include "../../genl/podswitch-nl.c"
#undef podswitch_nl_family
#undef genl_family

extern struct genl_family podswitch_nl_family;
struct genl_family podswitch_nl_family __ro_after_init;

/* Room for any command's policy. Entries are copied as memory, for they have
 * members that are const.
 */
struct psw_merged_policy {
	struct nla_policy attrs[PODSWITCH_A_SWITCH_MAX + PODSWITCH_A_PORT_MAX];
};

static struct genl_ops psw_merged_ops[ARRAY_SIZE(podswitch_nl_ops)] __ro_after_init;
static struct psw_merged_policy
psw_merged_policies[ARRAY_SIZE(podswitch_nl_ops)] __ro_after_init;

/* A command's do and dump both admit what either of them does. */
static void __init psw_merge_op(struct genl_ops *op,
				struct psw_merged_policy *policy,
				const struct genl_split_ops *split)
{
	unsigned int i;

	op->cmd = split->cmd;
	op->flags |= split->flags;
	if (split->doit)
		op->doit = split->doit;
	if (split->dumpit)
		op->dumpit = split->dumpit;
	if (!split->maxattr)
		return;

	for (i = 0; i <= split->maxattr; i++)
		if (split->policy[i].type != NLA_UNSPEC)
			memcpy(&policy->attrs[i], &split->policy[i],
			       sizeof(*split->policy));
	op->policy = policy->attrs;
	op->maxattr = max(op->maxattr, split->maxattr);
}

/**
 * psw_genl_register_split() - registers the family that was generated
 * @family: the one there is
 *
 * Context: module load; sleeps.
 * Return: as genl_register_family().
 */
int __init psw_genl_register_split(struct genl_family *family)
{
	const struct genl_split_ops *split = podswitch_nl_ops;
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(podswitch_nl_ops); i++) {
		if (!n || psw_merged_ops[n - 1].cmd != split[i].cmd)
			n++;
		psw_merge_op(&psw_merged_ops[n - 1],
			     &psw_merged_policies[n - 1], &split[i]);
	}

	strscpy(family->name, psw_split_family.name, GENL_NAMSIZ);
	family->version = psw_split_family.version;
	family->netnsok = psw_split_family.netnsok;
	family->parallel_ops = psw_split_family.parallel_ops;
	family->module = psw_split_family.module;
	family->ops = psw_merged_ops;
	family->n_ops = n;
	family->mcgrps = psw_split_family.mcgrps;
	family->n_mcgrps = psw_split_family.n_mcgrps;
	return genl_register_family(family);
}
