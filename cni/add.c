// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include <errno.h>

#include "attach.h"
#include "detach.h"
#include "masquerade.h"
#include "pod.h"
#include "result.h"
#include "session.h"
#include "switch.h"

/* An ADD under way. */
struct cni_adding {
	struct cni_session s;
	struct cni_pod pod;
	struct podswitch_switch sw;
	struct nl_link host_end;
	struct cni_addressing ad;
};

/* Nothing was changed, and what is there is not ours to touch. */
static int cni_add_exists(struct cni_adding *a, struct cni_error *err)
{
	const struct cni_request *req = a->s.req;
	struct nl_link link;

	if (!nl_link_get(&a->s.rtnl, a->s.host_end, &link))
		return cni_fail(err, CNI_ERR_EXISTS,
				"container %s has interface %s in network \"%s\" already",
				req->container_id, req->ifname,
				a->s.conf.name);
	return cni_fail(err, CNI_ERR_EXISTS,
			"interface %s already exists in the container",
			req->ifname);
}

static int cni_add_pair(struct cni_adding *a, struct cni_error *err)
{
	struct nl_veth veth = {
		.name = a->s.host_end,
		.mac = a->s.host_mac,
		.peer_name = a->s.req->ifname,
		.peer_netns = a->pod.netns,
		.mtu = a->s.conf.mtu ? a->s.conf.mtu : a->sw.mtu,
	};
	int ret;

	ret = nl_veth_new(&a->s.rtnl, &veth, &a->host_end);
	if (ret == -EEXIST)
		return cni_add_exists(a, err);
	if (ret)
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot make interface %s: %s",
				a->s.req->ifname, nl_error(&a->s.rtnl));
	a->pod.ifindex = a->host_end.peer;
	return 0;
}

static int cni_add_masquerade(struct cni_adding *a, struct cni_error *err)
{
	if (!a->s.conf.ip_masq)
		return 0;
	return cni_masquerade_ensure(a->s.conf.name, &a->ad, err);
}

static int cni_add_result(struct cni_adding *a, cJSON **result,
			  struct cni_error *err)
{
	const struct cni_interface interfaces[CNI_RESULT_INTERFACES] = {
		[CNI_RESULT_SWITCH] = { a->sw.name, a->sw.mac, a->sw.mtu,
					NULL },
		[CNI_RESULT_HOST_END] = { a->s.host_end, a->s.host_mac,
					  a->host_end.mtu, NULL },
		[CNI_RESULT_POD_END] = { a->pod.ifname, a->pod.mac,
					 a->host_end.mtu, a->s.req->netns },
	};

	*result = cni_result_new(&a->s.conf, interfaces, &a->ad);
	return *result ? 0 : cni_fail(err, CNI_ERR_IO, "out of memory");
}

/* What cni_detach() undoes. */
static int cni_add_to_pair(struct cni_adding *a, cJSON **result,
			   struct cni_error *err)
{
	if (cni_attach(&a->s, &a->sw, a->host_end.ifindex, &a->ad, a->pod.mac,
		       err))
		return -1;
	cni_addressing_gateways(&a->ad, &a->s.conf);
	if (cni_switch_gateways(&a->s, &a->sw, &a->ad, err) ||
	    cni_pod_configure(&a->pod, &a->ad, &a->s.conf, err) ||
	    cni_add_masquerade(a, err))
		return -1;
	return cni_add_result(a, result, err);
}

static int cni_add_steps(struct cni_adding *a, cJSON **result,
			 struct cni_error *err)
{
	struct cni_error ignored;

	if (cni_pod_open(&a->pod, a->s.req, err) ||
	    cni_session_open(&a->s, err) ||
	    cni_switch_ensure(&a->s, &a->sw, err))
		return -1;
	if (!cni_add_pair(a, err) && !cni_add_to_pair(a, result, err))
		return 0;
	/* From the pair on, what is there is ours, unless it was before. */
	if (err->code != CNI_ERR_EXISTS)
		cni_detach(&a->s, &ignored);
	return -1;
}

int cni_add(struct cni_request *req, cJSON **result, struct cni_error *err)
{
	static struct cni_adding a;
	int ret;

	a.pod.netns = -1;
	a.pod.host_netns = -1;
	ret = cni_session_init(&a.s, req, err);
	if (!ret)
		ret = cni_conf_settings(&a.s.conf, req, err);
	if (!ret) {
		a.s.owner.pod_namespace = a.s.conf.args.pod_namespace;
		a.s.owner.pod_name = a.s.conf.args.pod_name;
		ret = cni_add_steps(&a, result, err);
	}
	cni_addressing_fini(&a.ad);
	cni_pod_close(&a.pod);
	cni_session_fini(&a.s);
	return ret;
}
