/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_REQUEST_H
#define _PSW_REQUEST_H

struct genl_info;
struct psw_port_cfg;
struct psw_switch_cfg;

int psw_switch_cfg_parse(struct psw_switch_cfg *cfg, struct genl_info *info);
int psw_port_cfg_parse(struct psw_port_cfg *cfg, struct genl_info *info);
int psw_port_cfg_parse_addresses(struct psw_port_cfg *cfg,
				 struct genl_info *info);
void psw_port_cfg_fini(struct psw_port_cfg *cfg);

#endif /* _PSW_REQUEST_H */
