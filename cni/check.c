// SPDX-License-Identifier: GPL-2.0
#include "check.h"

#include <string.h>

#include "delegate.h"
#include "json.h"
#include "masquerade.h"

/* Which interface of prevResult is ours? */
static int cni_check_find(struct cni_checking *c)
{
	const struct cni_request *req = c->s.req;
	const cJSON *interfaces = NULL;
	const char *sandbox;
	const char *name;
	const cJSON *item;

	if (cni_json_array(c->s.conf.prev_result, "prevResult.", "interfaces",
			   &interfaces, c->err))
		return -1;
	c->interface = 0;
	cJSON_ArrayForEach(item, interfaces) {
		name = cJSON_GetStringValue(cni_json_get(item, "name"));
		sandbox = cJSON_GetStringValue(cni_json_get(item, "sandbox"));
		if (name && sandbox && !strcmp(name, req->ifname) &&
		    !strcmp(sandbox, req->netns)) {
			c->mac = cJSON_GetStringValue(cni_json_get(item,
								   "mac"));
			return 0;
		}
		c->interface++;
	}
	return cni_fail(c->err, CNI_ERR_CHECK,
			"prevResult has no interface %s in sandbox %s",
			req->ifname, req->netns);
}

static int cni_check_expected(struct cni_checking *c)
{
	const struct cni_conf *conf = &c->s.conf;

	if (cni_conf_allows(conf, "CHECK", CNI_0_4_0, c->err))
		return -1;
	if (!conf->prev_result)
		return cni_fail(c->err, CNI_ERR_CONFIG,
				"Required prevResult missing");
	if (cni_addressing_parse(&c->ad, conf->prev_result, c->err))
		return -1;
	return cni_check_find(c);
}

/* Of the addresses in prevResult, those of the interface that is ours. */
static int cni_check_masquerade(struct cni_checking *c)
{
	static struct cni_addressing ours;
	size_t i;

	if (!c->s.conf.ip_masq)
		return 0;
	for (i = 0; i < c->ad.n_ips; i++)
		if (c->ad.ips[i].interface == c->interface)
			ours.ips[ours.n_ips++] = c->ad.ips[i];
	return cni_masquerade_check(&c->s.conf, &ours, c->err);
}

static int cni_check_delegate(struct cni_checking *c)
{
	if (!cni_delegated(&c->s.conf))
		return 0;
	return cni_delegate(c->s.req, &c->s.conf, "CHECK", NULL, c->err);
}

/* CNI 1.1.0, section 2: CHECK */
int cni_check(struct cni_request *req, struct cJSON **result,
	      struct cni_error *err)
{
	static struct cni_checking c;
	int ret;

	(void)result;
	c.err = err;
	c.pod.netns = -1;
	c.pod.host_netns = -1;
	ret = cni_session_init(&c.s, req, err);
	if (!ret)
		ret = cni_conf_settings(&c.s.conf, req, err);
	if (!ret && (cni_check_expected(&c) ||
		     cni_pod_open(&c.pod, req, err) ||
		     cni_session_open(&c.s, err) || cni_check_host(&c) ||
		     cni_check_pod(&c) || cni_check_masquerade(&c) ||
		     cni_check_delegate(&c)))
		ret = -1;
	cni_addressing_fini(&c.ad);
	cni_pod_close(&c.pod);
	cni_session_fini(&c.s);
	return ret;
}
