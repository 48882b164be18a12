// SPDX-License-Identifier: GPL-2.0
/*
 * Any configuration, CNI_ARGS, CNI_CONTAINERID, CNI_IFNAME and CNI_NETNS: it is
 * refused with a code and a sentence, or what is read is in its bounds.
 */
#include "conf.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

/* Here "resolvConf" is no name of a file, but what it holds. */
int __wrap_cni_conf_resolv(const char *path, struct cJSON **dns,
			   struct cni_error *err)
{
	int fd = memfd_create("resolv.conf", MFD_CLOEXEC);
	char name[32];
	int ret;

	assert(fd >= 0 && !cni_write_text(fd, path));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ret = __real_cni_conf_resolv(name, dns, err);
	close(fd);
	return ret;
}

static void fuzz_address(const struct podswitch_address *a)
{
	assert(a->family == AF_INET || a->family == AF_INET6);
}

static void fuzz_ranges(const struct cni_conf *conf)
{
	const struct cni_range *range = conf->ranges;
	unsigned int set = 0;
	size_t i;

	assert(conf->n_ranges <= CNI_RANGES_MAX);
	for (i = 0; i < conf->n_ranges; i++, range++) {
		fuzz_address(&range->start);
		assert(range->set == set || (i && range->set == ++set));
		assert(range->end.family == range->start.family);
		assert(range->gateway.family == range->start.family);
		assert(range->subnet.len <= cni_address_bits(&range->start));
		assert(cni_prefix_holds(&range->subnet, &range->start));
		assert(cni_prefix_holds(&range->subnet, &range->end));
		assert(cni_address_cmp(&range->start, &range->end) <= 0);
	}
	assert(conf->n_ranges ? conf->n_sets == set + 1 : !conf->n_sets);
}

static void fuzz_routes(const struct nl_route *routes, size_t n)
{
	assert(n <= CNI_ROUTES_MAX);
	for (; n--; routes++) {
		assert(routes->family == AF_INET || routes->family == AF_INET6);
		assert(routes->dst_len <=
		       (routes->family == AF_INET ? 32 : 128));
		assert(routes->scope >= -1 && routes->scope <= 255);
	}
}

static void fuzz_port(const struct cni_conf *conf)
{
	size_t i;

	assert(conf->vlan <= CNI_VLAN_MAX && conf->n_trunk <= CNI_TRUNK_MAX);
	for (i = 0; i < conf->n_trunk; i++) {
		assert(conf->trunk[i].first <= conf->trunk[i].last);
		assert(conf->trunk[i].last <= CNI_VLAN_MAX);
		assert(conf->trunk[i].first >
		       (i ? conf->trunk[i - 1].last + 1 : 0));
	}
	assert(conf->n_allowed <= CNI_ALLOWED_MAX);
	assert(conf->guard < 0 ||
	       podswitch_guard_name((enum podswitch_guard)conf->guard));
	assert(!conf->uplink || cni_ifname_valid(conf->uplink));
	assert(!conf->mtu || (conf->mtu >= 68 && conf->mtu <= 65535));
	assert(!conf->has_mac || !(conf->mac[0] & 1));
}

static void fuzz_settings(const struct cni_conf *conf)
{
	size_t i;

	assert(cni_name_valid(conf->name) && cni_ifname_valid(conf->bridge));
	assert(!conf->prev_result || cJSON_IsObject(conf->prev_result));
	assert(!conf->dns || cJSON_IsObject(conf->dns));
	assert(conf->n_wanted <= CNI_WANTED_MAX);
	for (i = 0; i < conf->n_wanted; i++)
		fuzz_address(&conf->wanted[i]);
	fuzz_ranges(conf);
	fuzz_routes(conf->routes, conf->n_routes);
	fuzz_port(conf);
}

static void fuzz_request(struct cni_request *req)
{
	struct cni_error err;

	if (cni_request_judge(req, CNI_NEED_ALL, &err)) {
		fuzz_error(&err);
		assert(err.code == CNI_ERR_ENVIRONMENT);
		assert(strstr(err.msg, "CNI_"));
		return;
	}
	assert(cni_name_valid(req->container_id));
	assert(strlen(req->ifname) < 16 && !strpbrk(req->ifname, "/:% \t\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cni_conf conf;
	struct cni_request req = { 0 };
	struct cni_error err = { 0 };
	char *text[5];
	size_t i;

	for (i = 0; i < 5; i++)
		text[i] = fuzz_text(&data, &size);
	req.input = text[0];
	req.args = text[1][0] ? text[1] : NULL;
	req.container_id = text[2][0] ? text[2] : NULL;
	req.ifname = text[3][0] ? text[3] : NULL;
	req.netns = text[4][0] ? text[4] : NULL;
	fuzz_request(&req);
	if (cni_conf_read(&conf, &req, &err) ||
	    cni_conf_settings(&conf, &req, &err)) {
		fuzz_error(&err);
		assert(err.code <= CNI_ERR_CONFIG);
	} else {
		fuzz_settings(&conf);
	}
	cni_conf_fini(&conf);
	for (i = 0; i < 5; i++)
		free(text[i]);
	return 0;
}
