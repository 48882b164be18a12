// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include <errno.h>

#include "attach.h"
#include "detach.h"
#include "gateway.h"
#include "json.h"
#include "lock.h"
#include "masquerade.h"
#include "pod.h"
#include "result.h"
#include "session.h"
#include "switch.h"

/* An ADD under way. */
struct cni_adding {
	struct cni_session s;
	int lock;
	struct cni_pod pod;
	struct podswitch_switch sw;
	struct nl_link host_end;
	struct nl_link gateway;
	struct cni_addressing ad;
	struct podswitch_address kept[CNI_IPS_MAX];
	size_t n_kept;
};

/* --- the pair of interfaces --- */

static int cni_add_veth(struct cni_adding *a)
{
	struct nl_veth veth = {
		.name = a->s.host_end,
		.mac = a->s.host_mac,
		.peer_name = a->s.req->ifname,
		.peer_netns = a->pod.netns,
		.mtu = a->s.conf.mtu ? a->s.conf.mtu : a->sw.mtu,
	};

	if (cni_attach_mac(&a->s, a->pod.mac))
		veth.peer_mac = a->pod.mac;
	return nl_veth_new(&a->s.rtnl, &veth, &a->host_end);
}

static int cni_add_keep(const struct podswitch_port *port, void *arg)
{
	struct cni_adding *a = arg;
	size_t i;

	for (i = 0; i < port->n_addresses && a->n_kept < CNI_IPS_MAX; i++)
		if (!port->addresses[i].shared &&
		    port->addresses[i].family != AF_PACKET)
			a->kept[a->n_kept++] = port->addresses[i];
	return 0;
}

static int cni_add_exists(const struct cni_adding *a, struct cni_error *err)
{
	return cni_fail(err, CNI_ERR_EXISTS,
			"interface %s already exists in the container",
			a->s.req->ifname);
}

/* Did an ADD come to its end, or so close that no other can tell? */
static bool cni_add_is_whole(const struct cni_adding *a,
			     const struct nl_link *pod_end,
			     const struct nl_link *host_end)
{
	if (a->s.conf.disable_interface)
		return pod_end->ifindex && host_end->master;
	return pod_end->flags & IFF_UP;
}

/*
 * One of the pair's names is taken. What an ADD of this attachment left that
 * never came to its end, or for a namespace that is no more the container's,
 * is cleared away, and its addresses are kept for the pod. Anything else is
 * not ours to touch.
 */
static int cni_add_reclaim(struct cni_adding *a, struct cni_error *err)
{
	const struct cni_request *req = a->s.req;
	struct nl_link pod_end;
	struct nl_link link;

	if (cni_pod_find(&a->pod, &pod_end, err))
		return -1;
	if (nl_link_get(&a->s.rtnl, a->s.host_end, &link))
		return cni_add_exists(a, err);
	if (pod_end.ifindex && pod_end.peer != link.ifindex)
		return cni_add_exists(a, err);
	if (!cni_detach_ours(&a->s, &link))
		return cni_fail(err, CNI_ERR_EXISTS,
				"%s, the name of the attachment's host end, is another device's",
				link.name);
	if (cni_add_is_whole(a, &pod_end, &link))
		return cni_fail(err, CNI_ERR_EXISTS,
				"container %s has interface %s in network \"%s\" already",
				req->container_id, req->ifname,
				a->s.conf.name);
	podswitch_port_get(a->s.psw, link.ifindex, cni_add_keep, a);
	return cni_detach(&a->s, err);
}

static int cni_add_pair(struct cni_adding *a, struct cni_error *err)
{
	struct cni_error ignored;
	int ret = cni_add_veth(a);

	if (ret == -EEXIST) {
		if (cni_add_reclaim(a, err))
			return -1;
		ret = cni_add_veth(a);
	}
	a->pod.ifindex = a->host_end.peer;
	if (!ret)
		return 0;
	if (ret == -EEXIST)
		return cni_add_exists(a, err);
	cni_fail(err, cni_kernel_code(ret), "cannot make interface %s: %s",
		 a->s.req->ifname, nl_error(&a->s.rtnl));
	/* It may be there all the same, if only the answer was lost. */
	cni_detach(&a->s, &ignored);
	return -1;
}

/* --- what is then done with it: cni_detach() undoes it --- */

static int cni_add_masquerade(struct cni_adding *a, struct cni_error *err)
{
	if (!a->s.conf.ip_masq)
		return 0;
	return cni_masquerade_ensure(&a->s.conf, &a->ad, err);
}

static int cni_add_result(struct cni_adding *a, cJSON **result,
			  struct cni_error *err)
{
	const struct cni_interface interfaces[] = {
		[CNI_RESULT_SWITCH] = { a->sw.name, a->sw.mac, a->sw.mtu,
					NULL },
		[CNI_RESULT_HOST_END] = { a->s.host_end, a->s.host_mac,
					  a->host_end.mtu, NULL },
		[CNI_RESULT_POD_END] = { a->pod.ifname, a->pod.mac,
					 a->host_end.mtu, a->s.req->netns },
		[CNI_RESULT_GATEWAY] = { a->gateway.name, a->gateway.mac,
					 a->gateway.mtu, NULL },
	};

	*result = cni_result_new(&a->s.conf, interfaces,
				 a->gateway.ifindex ? CNI_RESULT_MAX :
						      CNI_RESULT_GATEWAY,
				 &a->ad);
	return *result ? 0 : cni_fail(err, CNI_ERR_IO, "out of memory");
}

static int cni_add_to_pair(struct cni_adding *a, cJSON **result,
			   struct cni_error *err)
{
	const struct cni_attaching attaching = {
		.s = &a->s,
		.sw = &a->sw,
		.ifindex = a->host_end.ifindex,
		.mac = a->pod.mac,
		.ad = &a->ad,
		.kept = a->kept,
		.n_kept = a->n_kept,
	};

	if (cni_attach(&attaching, err))
		return -1;
	cni_addressing_gateways(&a->ad, &a->s.conf);
	if (cni_gateway_ensure(&a->s, &a->sw, &a->ad, &a->gateway, err) ||
	    cni_pod_configure(&a->pod, &a->ad, &a->s.conf, err) ||
	    cni_add_masquerade(a, err))
		return -1;
	return cni_add_result(a, result, err);
}

/* What is passed on to runtime and plugins is what these can read. */
static int cni_add_judge_previous(const struct cni_conf *conf,
				  struct cni_error *err)
{
	static struct cni_addressing ad;
	struct cni_error why;
	size_t i = 0;
	uint32_t n;
	int ret;

	if (!conf->prev_result)
		return 0;
	ret = cni_addressing_parse(&ad, conf->prev_result, &why);
	n = (uint32_t)cJSON_GetArraySize(cni_json_get(conf->prev_result,
						      "interfaces"));
	while (!ret && i < ad.n_ips && (ad.ips[i].interface == -1 ||
					(uint32_t)ad.ips[i].interface < n))
		i++;
	if (!ret && i < ad.n_ips)
		ret = cni_fail(&why, CNI_ERR_CONFIG,
			       "\"ips[%zu].interface\": %d is no index of \"interfaces\"",
			       i, ad.ips[i].interface);
	cni_addressing_fini(&ad);
	return ret ? cni_fail(err, CNI_ERR_CONFIG,
			      "\"prevResult\" cannot be used: %s", why.msg) :
		     0;
}

static int cni_add_steps(struct cni_adding *a, cJSON **result,
			 struct cni_error *err)
{
	struct cni_error ignored;

	if (cni_add_judge_previous(&a->s.conf, err) ||
	    cni_pod_open(&a->pod, a->s.req, err) ||
	    cni_lock_take(&a->lock, err) ||
	    cni_session_open(&a->s, err) ||
	    cni_switch_ensure(&a->s, &a->sw, err) || cni_add_pair(a, err))
		return -1;
	if (!cni_add_to_pair(a, result, err))
		return 0;
	cni_detach(&a->s, &ignored);
	return -1;
}

int cni_add(struct cni_request *req, cJSON **result, struct cni_error *err)
{
	static struct cni_adding a;
	int ret;

	a.lock = -1;
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
	cni_lock_release(a.lock);
	return ret;
}
