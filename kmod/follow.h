/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_FOLLOW_H
#define _PSW_FOLLOW_H

#include <linux/netdev_features.h>

struct net_device;
struct psw_port;
struct psw_switch;

netdev_features_t psw_switch_fix_features(const struct psw_switch *sw,
					  netdev_features_t features);

void psw_switch_follow_added(const struct psw_port *port);
void psw_switch_follow_deleted(struct psw_switch *sw, struct net_device *dev);
void psw_switch_follow_mtu(struct psw_switch *sw, struct net_device *dev);
void psw_switch_follow_features(struct psw_switch *sw);

#endif /* _PSW_FOLLOW_H */
