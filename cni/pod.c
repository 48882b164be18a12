// SPDX-License-Identifier: GPL-2.0
#include "pod.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

int cni_pod_open(struct cni_pod *pod, const struct cni_request *req,
		 struct cni_error *err)
{
	struct stat theirs;
	struct stat ours;

	pod->netns = -1;
	pod->ifname = req->ifname;
	pod->host_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (pod->host_netns < 0 || fstat(pod->host_netns, &ours))
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot open /proc/self/ns/net: %s",
				strerror(errno));
	/* What is no namespace may be a pipe that nobody writes to. */
	pod->netns = open(req->netns, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (pod->netns < 0 || fstat(pod->netns, &theirs))
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_NETNS: cannot open %s: %s",
				req->netns, strerror(errno));
	if (theirs.st_dev != ours.st_dev)
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_NETNS: %s is not a namespace",
				req->netns);
	if (theirs.st_ino == ours.st_ino)
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_NETNS: %s is the host's own network namespace",
				req->netns);
	return 0;
}

void cni_pod_close(struct cni_pod *pod)
{
	if (pod->netns >= 0)
		close(pod->netns);
	if (pod->host_netns >= 0)
		close(pod->host_netns);
}

/* Runtimes switch IPv6 off by default where they do not know of any. */
static int cni_pod_allow_ipv6(const char *ifname, struct cni_error *err)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6",
		 ifname);
	ret = cni_sysctl_set(path, '0');
	if (ret)
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot switch IPv6 on for %s in the pod: %s",
				ifname, strerror(-ret));
	return 0;
}

int cni_pod_rtnl(const struct cni_pod *pod, struct nl *nl, bool ipv6,
		 struct cni_error *err)
{
	int ret = 0;

	nl_init(nl, -1);
	if (setns(pod->netns, CLONE_NEWNET))
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_NETNS: cannot enter it: %s",
				strerror(errno));
	if (nl_open(nl, NETLINK_ROUTE))
		ret = cni_fail(err, CNI_ERR_KERNEL, "%s", nl_error(nl));
	else if (ipv6)
		ret = cni_pod_allow_ipv6(pod->ifname, err);
	if (setns(pod->host_netns, CLONE_NEWNET))
		ret = cni_fail(err, CNI_ERR_KERNEL,
			       "cannot return from the pod's network namespace: %s",
			       strerror(errno));
	return ret;
}

int cni_pod_find(const struct cni_pod *pod, struct nl_link *link,
		 struct cni_error *err)
{
	struct nl nl;
	int ret;

	memset(link, 0, sizeof(*link));
	ret = cni_pod_rtnl(pod, &nl, false, err);
	if (!ret) {
		ret = nl_link_get(&nl, pod->ifname, link);
		if (ret == -ENODEV)
			ret = 0;
		if (ret)
			cni_fail(err, cni_kernel_code(ret),
				 "cannot look for %s in the pod: %s",
				 pod->ifname, nl_error(&nl));
	}
	nl_close(&nl);
	return ret ? -1 : 0;
}

static void cni_pod_address(struct nl *nl, const struct cni_pod *pod,
			    const struct cni_prefix *prefix, bool dad)
{
	struct nl_address address = {
		.family = prefix->address.family,
		.prefix_len = prefix->len,
		.flags = dad ? 0 : IFA_F_NODAD,
		.ifindex = pod->ifindex,
	};

	memcpy(address.bytes, cni_address_bytes(&prefix->address),
	       cni_address_bits(&prefix->address) / 8);
	nl_address_new(nl, &address);
}

/* A route that names no gateway goes by that of the pod's own subnet. */
static void cni_pod_route(struct nl *nl, const struct cni_pod *pod,
			  const struct cni_addressing *ad,
			  const struct nl_route *asked)
{
	const struct podswitch_address *gateway;
	struct nl_route route = *asked;

	route.ifindex = pod->ifindex;
	gateway = cni_addressing_gateway(ad, route.family);
	if (!route.has_gateway && gateway) {
		route.has_gateway = true;
		memcpy(route.gateway, cni_address_bytes(gateway),
		       cni_address_bits(gateway) / 8);
	}
	nl_route_new(nl, &route);
}

static int cni_pod_fail_route(const struct nl_route *route, const char *why,
			      struct cni_error *err)
{
	char text[CNI_PREFIX_STRLEN];
	struct cni_prefix dst;

	cni_address_set(&dst.address, route->family, route->dst);
	dst.len = route->dst_len;
	return cni_fail(err, CNI_ERR_KERNEL,
			"cannot add the route to %s in the pod: %s",
			cni_prefix_print(&dst, text), why);
}

/* The messages were, in this order: link, addresses, routes. */
static int cni_pod_fail(const struct cni_pod *pod, const struct nl *nl,
			const struct cni_addressing *ad,
			const struct nl_route *const *routes, int ret,
			struct cni_error *err)
{
	char text[CNI_PREFIX_STRLEN];
	size_t i = nl->failed;

	if (!i)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot set %s up in the pod: %s", pod->ifname,
				nl_error(nl));
	if (--i < ad->n_ips)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot add address %s in the pod: %s",
				cni_prefix_print(&ad->ips[i].address, text),
				nl_error(nl));
	return cni_pod_fail_route(routes[i - ad->n_ips], nl_error(nl), err);
}

static int cni_pod_send(const struct cni_pod *pod, struct nl *nl,
			const struct cni_addressing *ad,
			const struct cni_conf *conf, struct cni_error *err)
{
	const struct nl_route *routes[CNI_ROUTES_MAX + 2];
	size_t n_routes = 0;
	size_t i;
	int ret;

	nl_link_set(nl, pod->ifindex, conf->disable_interface ? 0 : IFF_UP,
		    pod->mac);
	for (i = 0; i < ad->n_ips; i++)
		cni_pod_address(nl, pod, &ad->ips[i].address, conf->enabledad);
	for (i = 0; i < ad->n_routes; i++) {
		if (!ad->routes[i].dst_len)
			continue;
		routes[n_routes++] = &ad->routes[i];
		cni_pod_route(nl, pod, ad, &ad->routes[i]);
	}
	ret = nl_talk(nl, NULL, NULL);
	return ret ? cni_pod_fail(pod, nl, ad, routes, ret, err) : 0;
}

/* CNI 0.4.0, ADD: be prepared to skip a default route that is there already. */
static int cni_pod_default_routes(const struct cni_pod *pod, struct nl *nl,
				  struct cni_addressing *ad,
				  struct cni_error *err)
{
	size_t kept = 0;
	size_t i;
	int ret;

	for (i = 0; i < ad->n_routes; i++) {
		ret = 0;
		if (!ad->routes[i].dst_len) {
			cni_pod_route(nl, pod, ad, &ad->routes[i]);
			ret = nl_talk(nl, NULL, NULL);
		}
		if (ret && ret != -EEXIST)
			return cni_pod_fail_route(&ad->routes[i], nl_error(nl),
						  err);
		if (!ret)
			ad->routes[kept++] = ad->routes[i];
	}
	ad->n_routes = kept;
	return 0;
}

static bool cni_pod_has_ipv6(const struct cni_addressing *ad)
{
	size_t i;

	for (i = 0; i < ad->n_ips; i++)
		if (ad->ips[i].address.address.family == AF_INET6)
			return true;
	return false;
}

int cni_pod_configure(const struct cni_pod *pod, struct cni_addressing *ad,
		      const struct cni_conf *conf, struct cni_error *err)
{
	struct nl nl;
	int ret;

	ret = cni_pod_rtnl(pod, &nl, cni_pod_has_ipv6(ad), err);
	if (!ret)
		ret = cni_pod_send(pod, &nl, ad, conf, err);
	if (!ret)
		ret = cni_pod_default_routes(pod, &nl, ad, err);
	nl_close(&nl);
	return ret;
}
