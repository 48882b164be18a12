// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	genl/podswitch.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "podswitch-nl.h"

#include <uapi/linux/podswitch.h>

/* Integer value ranges */
static const struct netlink_range_validation podswitch_a_switch_max_ports_range = {
	.min	= 1ULL,
	.max	= PODSWITCH_PORTS_LIMIT,
};

static const struct netlink_range_validation podswitch_a_switch_max_addresses_range = {
	.min	= 1ULL,
	.max	= PODSWITCH_ADDRESSES_LIMIT,
};

static const struct netlink_range_validation podswitch_a_probe_len_range = {
	.max	= PODSWITCH_PROBE_FRAME_MAX,
};

/* Common nested types */
const struct nla_policy podswitch_address_nl_policy[PODSWITCH_A_ADDRESS_SHARED + 1] = {
	[PODSWITCH_A_ADDRESS_IPV4] = { .type = NLA_U32, },
	[PODSWITCH_A_ADDRESS_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[PODSWITCH_A_ADDRESS_MAC] = NLA_POLICY_EXACT_LEN(6),
	[PODSWITCH_A_ADDRESS_VLAN] = NLA_POLICY_MAX(NLA_U16, PODSWITCH_VLAN_MAX),
	[PODSWITCH_A_ADDRESS_SHARED] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy podswitch_owner_nl_policy[PODSWITCH_A_OWNER_POD_NAME + 1] = {
	[PODSWITCH_A_OWNER_NETWORK] = { .type = NLA_NUL_STRING, .len = PODSWITCH_OWNER_LEN_MAX, },
	[PODSWITCH_A_OWNER_CONTAINER_ID] = { .type = NLA_NUL_STRING, .len = PODSWITCH_OWNER_LEN_MAX, },
	[PODSWITCH_A_OWNER_IFNAME] = { .type = NLA_NUL_STRING, .len = PODSWITCH_OWNER_LEN_MAX, },
	[PODSWITCH_A_OWNER_POD_NAMESPACE] = { .type = NLA_NUL_STRING, .len = PODSWITCH_OWNER_LEN_MAX, },
	[PODSWITCH_A_OWNER_POD_NAME] = { .type = NLA_NUL_STRING, .len = PODSWITCH_OWNER_LEN_MAX, },
};

const struct nla_policy podswitch_vlan_range_nl_policy[PODSWITCH_A_VLAN_RANGE_LAST + 1] = {
	[PODSWITCH_A_VLAN_RANGE_FIRST] = NLA_POLICY_RANGE(NLA_U16, 1, PODSWITCH_VLAN_MAX),
	[PODSWITCH_A_VLAN_RANGE_LAST] = NLA_POLICY_RANGE(NLA_U16, 1, PODSWITCH_VLAN_MAX),
};

/* PODSWITCH_CMD_SWITCH_GET - do */
static const struct nla_policy podswitch_switch_get_nl_policy[PODSWITCH_A_SWITCH_IFINDEX + 1] = {
	[PODSWITCH_A_SWITCH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* PODSWITCH_CMD_SWITCH_SET - do */
static const struct nla_policy podswitch_switch_set_nl_policy[PODSWITCH_A_SWITCH_LAST_IPV6 + 1] = {
	[PODSWITCH_A_SWITCH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_SWITCH_MAX_PORTS] = NLA_POLICY_FULL_RANGE(NLA_U32, &podswitch_a_switch_max_ports_range),
	[PODSWITCH_A_SWITCH_MAX_ADDRESSES] = NLA_POLICY_FULL_RANGE(NLA_U32, &podswitch_a_switch_max_addresses_range),
	[PODSWITCH_A_SWITCH_LAST_IPV4] = { .type = NLA_U32, },
	[PODSWITCH_A_SWITCH_LAST_IPV6] = NLA_POLICY_EXACT_LEN(16),
};

/* PODSWITCH_CMD_PORT_NEW - do */
static const struct nla_policy podswitch_port_new_nl_policy[PODSWITCH_A_PORT_DHCP_SERVER + 1] = {
	[PODSWITCH_A_PORT_SWITCH] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PORT_MAC] = NLA_POLICY_EXACT_LEN(6),
	[PODSWITCH_A_PORT_GUARD] = NLA_POLICY_MAX(NLA_U32, 2),
	[PODSWITCH_A_PORT_ISOLATED] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_HAIRPIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_OWNER] = NLA_POLICY_NESTED(podswitch_owner_nl_policy),
	[PODSWITCH_A_PORT_ADDRESS] = NLA_POLICY_NESTED(podswitch_address_nl_policy),
	[PODSWITCH_A_PORT_ROLE] = NLA_POLICY_MAX(NLA_U32, 1),
	[PODSWITCH_A_PORT_PVID] = NLA_POLICY_MAX(NLA_U16, PODSWITCH_VLAN_MAX),
	[PODSWITCH_A_PORT_TRUNK] = NLA_POLICY_NESTED(podswitch_vlan_range_nl_policy),
	[PODSWITCH_A_PORT_STORM_LIMIT] = { .type = NLA_U32, },
	[PODSWITCH_A_PORT_TRANSLATED] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_ROUTER] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_DHCP_SERVER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* PODSWITCH_CMD_PORT_SET - do */
static const struct nla_policy podswitch_port_set_nl_policy[PODSWITCH_A_PORT_DHCP_SERVER + 1] = {
	[PODSWITCH_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PORT_MAC] = NLA_POLICY_EXACT_LEN(6),
	[PODSWITCH_A_PORT_GUARD] = NLA_POLICY_MAX(NLA_U32, 2),
	[PODSWITCH_A_PORT_ISOLATED] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_HAIRPIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_OWNER] = NLA_POLICY_NESTED(podswitch_owner_nl_policy),
	[PODSWITCH_A_PORT_PVID] = NLA_POLICY_MAX(NLA_U16, PODSWITCH_VLAN_MAX),
	[PODSWITCH_A_PORT_TRUNK] = NLA_POLICY_NESTED(podswitch_vlan_range_nl_policy),
	[PODSWITCH_A_PORT_STORM_LIMIT] = { .type = NLA_U32, },
	[PODSWITCH_A_PORT_TRANSLATED] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_ROUTER] = NLA_POLICY_MAX(NLA_U8, 1),
	[PODSWITCH_A_PORT_DHCP_SERVER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* PODSWITCH_CMD_PORT_GET - do */
static const struct nla_policy podswitch_port_get_do_nl_policy[PODSWITCH_A_PORT_IFINDEX + 1] = {
	[PODSWITCH_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* PODSWITCH_CMD_PORT_GET - dump */
static const struct nla_policy podswitch_port_get_dump_nl_policy[PODSWITCH_A_PORT_OWNER + 1] = {
	[PODSWITCH_A_PORT_SWITCH] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PORT_OWNER] = NLA_POLICY_NESTED(podswitch_owner_nl_policy),
};

/* PODSWITCH_CMD_PORT_DEL - do */
static const struct nla_policy podswitch_port_del_nl_policy[PODSWITCH_A_PORT_IFINDEX + 1] = {
	[PODSWITCH_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* PODSWITCH_CMD_ADDRESS_NEW - do */
static const struct nla_policy podswitch_address_new_nl_policy[PODSWITCH_A_PORT_ADDRESS + 1] = {
	[PODSWITCH_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PORT_ADDRESS] = NLA_POLICY_NESTED(podswitch_address_nl_policy),
};

/* PODSWITCH_CMD_ADDRESS_DEL - do */
static const struct nla_policy podswitch_address_del_nl_policy[PODSWITCH_A_PORT_ADDRESS + 1] = {
	[PODSWITCH_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PORT_ADDRESS] = NLA_POLICY_NESTED(podswitch_address_nl_policy),
};

/* PODSWITCH_CMD_PROBE - do */
static const struct nla_policy podswitch_probe_nl_policy[PODSWITCH_A_PROBE_GSO + 1] = {
	[PODSWITCH_A_PROBE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[PODSWITCH_A_PROBE_FRAME] = { .type = NLA_BINARY, },
	[PODSWITCH_A_PROBE_LEN] = NLA_POLICY_FULL_RANGE(NLA_U32, &podswitch_a_probe_len_range),
	[PODSWITCH_A_PROBE_GSO] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* Ops table for podswitch */
static const struct genl_split_ops podswitch_nl_ops[] = {
	{
		.cmd		= PODSWITCH_CMD_SWITCH_GET,
		.doit		= podswitch_nl_switch_get_doit,
		.policy		= podswitch_switch_get_nl_policy,
		.maxattr	= PODSWITCH_A_SWITCH_IFINDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= PODSWITCH_CMD_SWITCH_GET,
		.dumpit	= podswitch_nl_switch_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PODSWITCH_CMD_SWITCH_SET,
		.doit		= podswitch_nl_switch_set_doit,
		.policy		= podswitch_switch_set_nl_policy,
		.maxattr	= PODSWITCH_A_SWITCH_LAST_IPV6,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_PORT_NEW,
		.doit		= podswitch_nl_port_new_doit,
		.policy		= podswitch_port_new_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_DHCP_SERVER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_PORT_SET,
		.doit		= podswitch_nl_port_set_doit,
		.policy		= podswitch_port_set_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_DHCP_SERVER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_PORT_GET,
		.doit		= podswitch_nl_port_get_doit,
		.policy		= podswitch_port_get_do_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_IFINDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_PORT_GET,
		.dumpit		= podswitch_nl_port_get_dumpit,
		.policy		= podswitch_port_get_dump_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_OWNER,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PODSWITCH_CMD_PORT_DEL,
		.doit		= podswitch_nl_port_del_doit,
		.policy		= podswitch_port_del_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_IFINDEX,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_ADDRESS_NEW,
		.doit		= podswitch_nl_address_new_doit,
		.policy		= podswitch_address_new_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_ADDRESS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_ADDRESS_DEL,
		.doit		= podswitch_nl_address_del_doit,
		.policy		= podswitch_address_del_nl_policy,
		.maxattr	= PODSWITCH_A_PORT_ADDRESS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PODSWITCH_CMD_PROBE,
		.doit		= podswitch_nl_probe_doit,
		.policy		= podswitch_probe_nl_policy,
		.maxattr	= PODSWITCH_A_PROBE_GSO,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group podswitch_nl_mcgrps[] = {
	[PODSWITCH_NLGRP_PORTS] = { "ports", },
	[PODSWITCH_NLGRP_VIOLATIONS] = { "violations", },
};

struct genl_family podswitch_nl_family __ro_after_init = {
	.name		= PODSWITCH_FAMILY_NAME,
	.version	= PODSWITCH_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= podswitch_nl_ops,
	.n_split_ops	= ARRAY_SIZE(podswitch_nl_ops),
	.mcgrps		= podswitch_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(podswitch_nl_mcgrps),
};
