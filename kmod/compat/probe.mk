# SPDX-License-Identifier: GPL-2.0
#
# What this kernel's headers lack of what the sources are written for. Each
# probe is one line: a macro, the header, the text that tells. Stable kernels
# carry large backports, so their version numbers tell nothing. The mainline
# version that introduced the thing stands behind each, and in doc/compat.md.

psw_has = $(if $(shell grep -s -m1 -e '$(2)' $(srctree)/include/$(1)),y)
psw_lacks = $(if $(call psw_has,$(2),$(3)),,-DPSW_LACKS_$(1))

ccflags-y += $(call psw_lacks,MUST_HOLD_SHARED,linux/compiler-context-analysis.h,define __must_hold_shared)	# 7.0
ccflags-y += $(call psw_lacks,NETIF_GET_FLAGS,linux/netdevice.h,netif_get_flags)	# 6.17
ccflags-y += $(call psw_lacks,NEWLINK_PARAMS,net/rtnetlink.h,struct rtnl_newlink_params {)	# 6.15
ccflags-y += $(call psw_lacks,NETNS_IMMUTABLE,linux/netdevice.h,netns_immutable:1)	# 6.15
ccflags-y += $(call psw_lacks,FDB_DUMP_CONTEXT,linux/rtnetlink.h,struct ndo_fdb_dump_context {)	# 6.14
ccflags-y += $(call psw_lacks,FDB_NOTIFIED,linux/netdevice.h,bool \*notified)	# 6.13
ccflags-y += $(call psw_lacks,LLTX,linux/netdevice.h,[[:space:]]lltx:1)	# 6.12
ccflags-y += $(call psw_lacks,UNALIGNED,linux/unaligned.h,get_unaligned)	# 6.12
ccflags-y += $(call psw_lacks,ETHTOOL_PUTS,linux/ethtool.h,ethtool_puts)	# 6.8
ccflags-y += $(call psw_lacks,NLA_PUT_UINT,net/netlink.h,nla_put_uint)	# 6.7
ccflags-y += $(call psw_lacks,VETH_TSTATS,linux/netdevice.h,NETDEV_PCPU_STAT_TSTATS)	# 6.7, backported to 6.1
ccflags-y += $(call psw_lacks,TCX,linux/netdevice.h,tcx_egress;)	# 6.6
ccflags-y += $(call psw_lacks,GENL_INFO_DUMP,net/genetlink.h,genl_info_dump)	# 6.6
ccflags-y += $(call psw_lacks,ETH_SKB_PKT_TYPE,linux/etherdevice.h,eth_skb_pkt_type)	# 6.9, backported to 6.1
ccflags-y += $(call psw_lacks,EXTACK_FMT,linux/netlink.h,NL_SET_ERR_MSG_ATTR_FMT)	# 6.3

# The operation tables are generated as struct genl_split_ops (6.2).
ifneq ($(call psw_has,net/genetlink.h,struct genl_split_ops {),)
podswitch-y += ../genl/podswitch-nl.o
else
ccflags-y += -DPSW_LACKS_GENL_SPLIT_OPS
podswitch-y += compat/genl_split_ops.o
endif

ifneq ($(filter -DPSW_LACKS_EXTACK_FMT,$(ccflags-y)),)
podswitch-y += compat/extack_fmt.o
endif
