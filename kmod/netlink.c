// SPDX-License-Identifier: GPL-2.0
/*
 * The operations that podswitch-nl.h declares: each has the request turned into
 * a configuration, acts on that under RTNL, and fills the reply.
 */
#include "podswitch-nl.h"

#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "address.h"
#include "cfg.h"
#include "lower.h"
#include "notify.h"
#include "port.h"
#include "probe.h"
#include "psw.h"
#include "request.h"

/**
 * struct psw_dump - where a dump goes on
 * @switch_ifindex: the first switch not done yet
 * @port_ifindex: its first port not done yet
 */
struct psw_dump {
	unsigned long switch_ifindex;
	unsigned long port_ifindex;
};

static struct psw_switch *psw_nl_switch_rtnl(struct genl_info *info, int attr)
{
	struct psw_switch *sw;

	if (GENL_REQ_ATTR_CHECK(info, attr))
		return ERR_PTR(-EINVAL);
	sw = psw_switch_get_rtnl(genl_info_net(info),
				 nla_get_u32(info->attrs[attr]));
	if (sw)
		return sw;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[attr],
				"No podswitch has interface index %u",
				nla_get_u32(info->attrs[attr]));
	return ERR_PTR(-ENODEV);
}

static struct net_device *psw_nl_device_rtnl(struct genl_info *info, int type)
{
	struct nlattr *attr = info->attrs[type];
	struct net_device *dev;

	if (GENL_REQ_ATTR_CHECK(info, type))
		return ERR_PTR(-EINVAL);
	dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(attr));
	if (dev)
		return dev;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"No device in this network namespace has interface index %u",
				nla_get_u32(attr));
	return ERR_PTR(-ENODEV);
}

static struct psw_port *psw_nl_port_rtnl(struct genl_info *info)
{
	struct net_device *dev = psw_nl_device_rtnl(info,
						    PODSWITCH_A_PORT_IFINDEX);
	struct psw_port *port;

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	port = psw_port_get_rtnl(dev);
	if (port)
		return port;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack,
				info->attrs[PODSWITCH_A_PORT_IFINDEX],
				"Device %s is no port of a podswitch",
				dev->name);
	return ERR_PTR(-ENOENT);
}

static int psw_nl_reply(struct genl_info *info, struct sk_buff *msg, void *hdr,
			int err)
{
	if (WARN_ON_ONCE(err)) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int podswitch_nl_switch_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct psw_switch *sw;
	struct sk_buff *msg;
	void *hdr;
	int err;

	rtnl_lock();
	sw = psw_nl_switch_rtnl(info, PODSWITCH_A_SWITCH_IFINDEX);
	err = PTR_ERR_OR_ZERO(sw);
	if (err)
		goto err_unlock;
	err = -ENOMEM;
	msg = genlmsg_new(psw_switch_msg_size(), GFP_KERNEL);
	if (!msg)
		goto err_unlock;
	hdr = genlmsg_put_reply(msg, info, &podswitch_nl_family, 0,
				PODSWITCH_CMD_SWITCH_GET);
	err = hdr ? psw_switch_fill(msg, sw) : -EMSGSIZE;
	rtnl_unlock();
	return psw_nl_reply(info, msg, hdr, err);

err_unlock:
	rtnl_unlock();
	return err;
}

/* Puts one object into a dump, by fill(msg, object), or leaves the message as
 * it was.
 */
static int psw_nl_dump_one(struct sk_buff *msg, struct netlink_callback *cb,
			   u8 cmd, const void *object,
			   int (*fill)(struct sk_buff *msg, const void *object))
{
	void *hdr;

	hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &podswitch_nl_family, NLM_F_MULTI, cmd);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (fill(msg, object)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int psw_nl_fill_switch(struct sk_buff *msg, const void *object)
{
	return psw_switch_fill(msg, object);
}

static int psw_nl_fill_port(struct sk_buff *msg, const void *object)
{
	return psw_port_fill(msg, object);
}

int podswitch_nl_switch_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct psw_dump *dump = (struct psw_dump *)cb->ctx;
	struct psw_net *pn = psw_net(sock_net(skb->sk));
	struct psw_switch *sw;
	unsigned long ifindex;
	int err = 0;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	rtnl_lock();
	cb->seq = pn->seq;
	xa_for_each_start(&pn->switches, ifindex, sw, dump->switch_ifindex) {
		err = psw_nl_dump_one(skb, cb, PODSWITCH_CMD_SWITCH_GET, sw,
				      psw_nl_fill_switch);
		if (err)
			break;
		dump->switch_ifindex = ifindex + 1;
	}
	rtnl_unlock();
	return skb->len ? : err;
}

static void psw_switch_change(struct psw_switch *sw,
			      const struct psw_switch_cfg *cfg)
{
	ASSERT_RTNL();
	if (cfg->max_ports)
		sw->max_ports = cfg->max_ports;
	if (cfg->max_addresses)
		sw->max_addresses = cfg->max_addresses;
	if (cfg->has_last_ipv4)
		sw->last_ipv4 = cfg->last_ipv4;
	if (cfg->has_last_ipv6)
		sw->last_ipv6 = cfg->last_ipv6;
}

int podswitch_nl_switch_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct psw_switch_cfg cfg;
	struct psw_switch *sw;
	int err;

	err = psw_switch_cfg_parse(&cfg, info);
	if (err)
		return err;
	rtnl_lock();
	sw = psw_nl_switch_rtnl(info, PODSWITCH_A_SWITCH_IFINDEX);
	err = PTR_ERR_OR_ZERO(sw);
	if (!err)
		psw_switch_change(sw, &cfg);
	rtnl_unlock();
	return err;
}

int podswitch_nl_port_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct psw_port_cfg cfg;
	struct net_device *dev;
	struct psw_switch *sw;
	int err;

	err = psw_port_cfg_parse(&cfg, info);
	if (err)
		goto out_fini;

	rtnl_lock();
	sw = psw_nl_switch_rtnl(info, PODSWITCH_A_PORT_SWITCH);
	err = PTR_ERR_OR_ZERO(sw);
	if (err)
		goto out_unlock;
	dev = psw_nl_device_rtnl(info, PODSWITCH_A_PORT_IFINDEX);
	err = PTR_ERR_OR_ZERO(dev);
	if (err)
		goto out_unlock;
	err = psw_port_add(sw, dev, &cfg, info->extack);
out_unlock:
	rtnl_unlock();
out_fini:
	psw_port_cfg_fini(&cfg);
	return err;
}

/* Parses a request about a port that is there, and acts on both. */
static int psw_nl_on_port(struct genl_info *info,
			  int (*parse)(struct psw_port_cfg *cfg,
				       struct genl_info *info),
			  int (*act)(struct psw_port *port,
				     struct psw_port_cfg *cfg,
				     struct netlink_ext_ack *extack))
{
	struct psw_port_cfg cfg;
	struct psw_port *port;
	int err;

	err = parse(&cfg, info);
	if (err)
		goto out_fini;

	rtnl_lock();
	port = psw_nl_port_rtnl(info);
	err = PTR_ERR_OR_ZERO(port);
	if (!err)
		err = act(port, &cfg, info->extack);
	rtnl_unlock();
out_fini:
	psw_port_cfg_fini(&cfg);
	return err;
}

int podswitch_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return psw_nl_on_port(info, psw_port_cfg_parse, psw_port_change);
}

int podswitch_nl_address_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return psw_nl_on_port(info, psw_port_cfg_parse_addresses,
			      psw_port_add_addresses);
}

int podswitch_nl_address_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return psw_nl_on_port(info, psw_port_cfg_parse_addresses,
			      psw_port_del_addresses);
}

int podswitch_nl_port_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct psw_port *port;
	int err;

	rtnl_lock();
	port = psw_nl_port_rtnl(info);
	err = PTR_ERR_OR_ZERO(port);
	if (!err)
		psw_port_del(port);
	rtnl_unlock();
	return err;
}

int podswitch_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct psw_port *port;
	struct sk_buff *msg;
	void *hdr;
	int err;

	rtnl_lock();
	port = psw_nl_port_rtnl(info);
	err = PTR_ERR_OR_ZERO(port);
	if (err)
		goto err_unlock;
	err = -ENOMEM;
	msg = genlmsg_new(psw_port_msg_size(port), GFP_KERNEL);
	if (!msg)
		goto err_unlock;
	hdr = genlmsg_put_reply(msg, info, &podswitch_nl_family, 0,
				PODSWITCH_CMD_PORT_GET);
	err = hdr ? psw_port_fill(msg, port) : -EMSGSIZE;
	rtnl_unlock();
	return psw_nl_reply(info, msg, hdr, err);

err_unlock:
	rtnl_unlock();
	return err;
}

/* Whether a port's owner has every member that a dump asks for. */
static bool psw_port_is_owned(const struct psw_port *port,
			      struct nlattr *const *wanted)
{
	int i;

	for (i = 1; i <= PODSWITCH_A_OWNER_MAX; i++) {
		if (!wanted[i])
			continue;
		if (!port->owner[i] || nla_strcmp(wanted[i], port->owner[i]))
			return false;
	}
	return true;
}

static int psw_nl_dump_ports(struct sk_buff *msg, struct netlink_callback *cb,
			     struct psw_switch *sw, struct nlattr **wanted)
{
	struct psw_dump *dump = (struct psw_dump *)cb->ctx;
	struct psw_port *port;
	unsigned long ifindex;
	int err;

	xa_for_each_start(&sw->ports, ifindex, port, dump->port_ifindex) {
		if (psw_port_is_owned(port, wanted)) {
			err = psw_nl_dump_one(msg, cb, PODSWITCH_CMD_PORT_GET,
					      port, psw_nl_fill_port);
			if (err)
				return err;
		}
		dump->port_ifindex = ifindex + 1;
	}
	return 0;
}

int podswitch_nl_port_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	struct nlattr *only = attrs[PODSWITCH_A_PORT_SWITCH];
	struct nlattr *wanted[PODSWITCH_A_OWNER_MAX + 1] = {};
	struct psw_dump *dump = (struct psw_dump *)cb->ctx;
	const struct net *net = sock_net(skb->sk);
	struct psw_switch *sw;
	unsigned long ifindex;
	int err = 0;

	if (attrs[PODSWITCH_A_PORT_OWNER])
		err = nla_parse_nested(wanted, PODSWITCH_A_OWNER_MAX,
				       attrs[PODSWITCH_A_PORT_OWNER],
				       podswitch_owner_nl_policy, cb->extack);
	if (err)
		return err;

	rtnl_lock();
	cb->seq = psw_net(net)->seq;
	if (only && !psw_switch_get_rtnl(net, nla_get_u32(only))) {
		NL_SET_ERR_MSG_ATTR_FMT(cb->extack, only,
					"No podswitch has interface index %u",
					nla_get_u32(only));
		err = -ENODEV;
		goto out_unlock;
	}
	xa_for_each_start(&psw_net(net)->switches, ifindex, sw,
			  dump->switch_ifindex) {
		if (!only || nla_get_u32(only) == ifindex)
			err = psw_nl_dump_ports(skb, cb, sw, wanted);
		if (err)
			break;
		dump->switch_ifindex = ifindex + 1;
		dump->port_ifindex = 0;
	}
out_unlock:
	rtnl_unlock();
	return skb->len ? : err;
}

/* The frame itself, which policy cannot bound. */
static int psw_nl_probe_parse(struct psw_probe_cfg *cfg,
			      struct genl_info *info)
{
	struct nlattr *len = info->attrs[PODSWITCH_A_PROBE_LEN];
	struct nlattr *gso = info->attrs[PODSWITCH_A_PROBE_GSO];
	struct nlattr *frame;

	if (GENL_REQ_ATTR_CHECK(info, PODSWITCH_A_PROBE_FRAME))
		return -EINVAL;
	frame = info->attrs[PODSWITCH_A_PROBE_FRAME];
	*cfg = (struct psw_probe_cfg){
		.data = nla_data(frame),
		.carried = nla_len(frame),
		.len = len ? nla_get_u32(len) : 0,
		.is_gso = gso && nla_get_u8(gso),
	};
	if (cfg->carried >= PODSWITCH_PROBE_FRAME_MIN &&
	    cfg->carried <= PODSWITCH_PROBE_FRAME_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, frame,
				"A frame has %d to %d bytes, not %u",
				PODSWITCH_PROBE_FRAME_MIN,
				PODSWITCH_PROBE_FRAME_MAX, cfg->carried);
	return -EMSGSIZE;
}

/* Where the frame comes from. */
static int psw_nl_probe_from_rtnl(struct psw_probe_cfg *cfg,
				  struct genl_info *info)
{
	struct net_device *dev = psw_nl_device_rtnl(info,
						    PODSWITCH_A_PROBE_IFINDEX);

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	cfg->sw = psw_switch_get_rtnl(genl_info_net(info), dev->ifindex);
	if (cfg->sw)
		return 0;
	cfg->in = psw_port_get_rtnl(dev);
	if (cfg->in) {
		cfg->sw = cfg->in->sw;
		return 0;
	}
	NL_SET_ERR_MSG_ATTR_FMT(info->extack,
				info->attrs[PODSWITCH_A_PROBE_IFINDEX],
				"Device %s is no podswitch and no port of one",
				dev->name);
	return -ENOENT;
}

int podswitch_nl_probe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct psw_probe_cfg cfg;
	struct psw_probe *probe;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = psw_nl_probe_parse(&cfg, info);
	if (err)
		return err;

	rtnl_lock();
	err = psw_nl_probe_from_rtnl(&cfg, info);
	if (err)
		goto err_unlock;
	err = -ENOMEM;
	probe = psw_probe_create(&cfg);
	if (!probe)
		goto err_unlock;
	msg = genlmsg_new(psw_probe_msg_size(probe), GFP_KERNEL);
	if (!msg)
		goto err_free_probe;
	hdr = genlmsg_put_reply(msg, info, &podswitch_nl_family, 0,
				PODSWITCH_CMD_PROBE);
	err = hdr ? psw_probe_fill(msg, probe) : -EMSGSIZE;
	kfree(probe);
	rtnl_unlock();
	return psw_nl_reply(info, msg, hdr, err);

err_free_probe:
	kfree(probe);
err_unlock:
	rtnl_unlock();
	return err;
}
