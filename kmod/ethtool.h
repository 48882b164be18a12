/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_ETHTOOL_H
#define _PSW_ETHTOOL_H

struct net_device;

void psw_ethtool_setup(struct net_device *dev);

#endif /* _PSW_ETHTOOL_H */
