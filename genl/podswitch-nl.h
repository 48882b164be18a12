/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	genl/podswitch.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_PODSWITCH_GEN_H
#define _LINUX_PODSWITCH_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/podswitch.h>

/* Common nested types */
extern const struct nla_policy podswitch_address_nl_policy[PODSWITCH_A_ADDRESS_SHARED + 1];
extern const struct nla_policy podswitch_owner_nl_policy[PODSWITCH_A_OWNER_POD_NAME + 1];
extern const struct nla_policy podswitch_vlan_range_nl_policy[PODSWITCH_A_VLAN_RANGE_LAST + 1];

int podswitch_nl_switch_get_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_switch_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int podswitch_nl_switch_set_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_port_new_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_port_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int podswitch_nl_port_del_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_address_new_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_address_del_doit(struct sk_buff *skb, struct genl_info *info);
int podswitch_nl_probe_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	PODSWITCH_NLGRP_PORTS,
	PODSWITCH_NLGRP_VIOLATIONS,
};

extern struct genl_family podswitch_nl_family;

#endif /* _LINUX_PODSWITCH_GEN_H */
