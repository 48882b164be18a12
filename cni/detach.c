// SPDX-License-Identifier: GPL-2.0
#include "detach.h"

#include <errno.h>
#include <string.h>

#include "delegate.h"
#include "masquerade.h"
#include "switch.h"

static int cni_detach_judge(const struct podswitch_port *port, void *arg)
{
	return cni_session_owns(arg, &port->owner) ? 0 : -EPERM;
}

/*
 * Is the device of our host end's name ours? A port is if its owner says so;
 * a veth that is no port is what a failed ADD left.
 */
static bool cni_detach_ours(struct cni_session *s, const struct nl_link *link)
{
	int ret;

	if (strcmp(link->kind, "veth") != 0)
		return false;
	if (!s->psw)
		return true;
	ret = podswitch_port_get(s->psw, link->ifindex, cni_detach_judge, s);
	return !ret || ret == -ENOENT;
}

int cni_detach_link(struct cni_session *s, struct cni_error *err)
{
	struct nl_link link;
	int ret;

	ret = nl_link_get(&s->rtnl, s->host_end, &link);
	if (ret == -ENODEV)
		return 0;
	if (!ret && !cni_detach_ours(s, &link))
		return 0;
	if (!ret) {
		nl_link_del(&s->rtnl, link.ifindex);
		ret = nl_talk(&s->rtnl, NULL, NULL);
	}
	/* The pod's namespace may be taking the pair with it just now. */
	if (!ret || ret == -ENODEV)
		return 0;
	return cni_fail(err, CNI_ERR_KERNEL, "cannot remove %s: %s",
			s->host_end, nl_error(&s->rtnl));
}

/* Has the network's switch no port at all? */
static bool cni_detach_was_last(struct cni_session *s)
{
	struct podswitch_switch sw;
	struct cni_error ignored;

	if (!s->psw)
		return true;
	return !cni_switch_find(s, &sw, &ignored) &&
	       (!sw.ifindex || !sw.ports);
}

int cni_detach_masquerade(struct cni_session *s, struct cni_error *err)
{
	struct cni_addressing ad;

	if (!s->conf.ip_masq || !cni_detach_was_last(s))
		return 0;
	if (cni_masquerade_release(s->conf.name, &ad, err))
		return -1;
	/* An ADD may have found it in place meanwhile; its port was first. */
	if (cni_detach_was_last(s))
		return 0;
	return cni_masquerade_ensure(s->conf.name, &ad, err);
}

int cni_detach(struct cni_session *s, struct cni_error *err)
{
	int ret;

	/* Addresses must be free here before another plugin gives them out. */
	ret = cni_detach_link(s, err);
	if (cni_delegated(&s->conf))
		ret |= cni_delegate(s->req, &s->conf, "DEL", NULL, err);
	ret |= cni_detach_masquerade(s, err);
	return ret;
}
