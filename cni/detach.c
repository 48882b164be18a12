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

/* A port is ours if its owner says so; a veth that is no port, a failed ADD's. */
bool cni_detach_ours(struct cni_session *s, const struct nl_link *link)
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

static int cni_detach_seen(const struct podswitch_port *port, void *arg)
{
	(void)port;
	*(bool *)arg = true;
	return 0;
}

/* Has the network no port any more? */
static bool cni_detach_was_last(struct cni_session *s)
{
	struct podswitch_owner network = { .network = s->conf.name };
	struct podswitch_port_filter filter = { .owner = &network };
	struct podswitch_switch sw;
	struct cni_error ignored;
	bool seen = false;

	if (!s->psw)
		return true;
	if (cni_switch_find(s, &sw, &ignored))
		return false;
	/* Ports are only listed if there are some. */
	if (!sw.ifindex || sw.ports == !!sw.uplink)
		return true;
	filter.switch_ifindex = sw.ifindex;
	return !podswitch_port_dump(s->psw, &filter, cni_detach_seen, &seen) &&
	       !seen;
}

int cni_detach_masquerade(struct cni_session *s, struct cni_error *err)
{
	struct cni_addressing ad;

	if (!s->conf.ip_masq || !cni_detach_was_last(s))
		return 0;
	if (cni_masquerade_release(&s->conf, &ad, err))
		return -1;
	/* An ADD may have found it in place meanwhile; its port was first. */
	if (cni_detach_was_last(s))
		return 0;
	return cni_masquerade_ensure(&s->conf, &ad, err);
}

/* What is taken from a port before another IPAM plugin is called. */
struct cni_yielding {
	struct cni_session *s;
	struct podswitch_address addresses[CNI_IPS_MAX];
	size_t n;
};

static int cni_detach_collect(const struct podswitch_port *port, void *arg)
{
	struct cni_yielding *y = arg;

	if (!cni_session_owns(y->s, &port->owner))
		return -EPERM;
	for (; y->n < port->n_addresses && y->n < CNI_IPS_MAX; y->n++)
		y->addresses[y->n] = port->addresses[y->n];
	return 0;
}

/*
 * Addresses must be free here before another plugin gives them to the next
 * pod, and the plugin may still need the pod's network, to release a lease by
 * DHCP. What is missing is no failure.
 */
static void cni_detach_yield(struct cni_session *s)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	struct cni_yielding y = { .s = s };
	struct nl_link link;

	if (!s->psw || nl_link_get(&s->rtnl, s->host_end, &link) ||
	    podswitch_port_get(s->psw, link.ifindex, cni_detach_collect, &y))
		return;
	if (y.n)
		podswitch_address_del(s->psw, link.ifindex, y.addresses, y.n);
	cfg.guard = PODSWITCH_GUARD_MAC;
	podswitch_port_set(s->psw, link.ifindex, &cfg);
}

int cni_detach(struct cni_session *s, struct cni_error *err)
{
	struct cni_error one;

	err->code = 0;
	if (cni_delegated(&s->conf)) {
		cni_detach_yield(s);
		if (cni_delegate(s->req, &s->conf, "DEL", NULL, &one))
			cni_join(err, &one);
	}
	if (cni_detach_link(s, &one))
		cni_join(err, &one);
	if (cni_detach_masquerade(s, &one))
		cni_join(err, &one);
	return err->code ? -1 : 0;
}
