// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include "delegate.h"
#include "ipam.h"
#include "lock.h"
#include "session.h"
#include "switch.h"

/* Is an address left in the set, whose first candidate is there? */
static int cni_status_set(struct cni_pick *pick, const struct cni_taken *taken,
			  struct cni_error *err)
{
	struct cni_error why;

	if (!cni_taken_has(taken, &pick->at) ||
	    !cni_ipam_next(pick, taken, &why))
		return 0;
	return cni_fail(err, CNI_ERR_UNAVAILABLE, "%s", why.msg);
}

static int cni_status_sets(struct cni_session *s,
			   const struct podswitch_switch *sw,
			   struct cni_pick *picks, struct cni_error *err)
{
	struct cni_taken taken = { 0 };
	unsigned int i;
	int ret;

	ret = cni_taken_load(&taken, s, sw->ifindex, err);
	for (i = 0; !ret && i < s->conf.n_sets; i++)
		ret = cni_status_set(&picks[i], &taken, err);
	cni_taken_fini(&taken);
	return ret;
}

/* Runtimes ask every few seconds: ports are only listed if it may be close. */
static int cni_status_addresses(struct cni_session *s,
				const struct podswitch_switch *sw,
				struct cni_error *err)
{
	struct cni_pick picks[CNI_RANGES_MAX];
	bool close = false;
	unsigned int i;

	if (cni_ipam_begin(&s->conf, sw, picks, err)) {
		err->code = CNI_ERR_UNAVAILABLE;
		return -1;
	}
	/* A set's gateways, subnets and broadcasts are never given. */
	for (i = 0; i < s->conf.n_sets; i++)
		close |= sw->addresses + 3 * picks[i].n_ranges >=
			 cni_ipam_room(&picks[i]);
	return close && sw->ifindex ? cni_status_sets(s, sw, picks, err) : 0;
}

static int cni_status_switch(struct cni_session *s,
			     struct podswitch_switch *sw,
			     struct cni_error *err)
{
	const char *name = s->conf.bridge;
	struct nl_link link;

	if (cni_switch_find(s, sw, err)) {
		err->code = CNI_ERR_UNAVAILABLE;
		return -1;
	}
	if (s->conf.uplink && nl_link_get(&s->rtnl, s->conf.uplink, &link))
		return cni_fail(err, CNI_ERR_UNAVAILABLE,
				"\"uplink\": \"%s\" is missing",
				s->conf.uplink);
	/* ADD makes one that is not there. */
	if (!sw->ifindex || nl_link_get(&s->rtnl, name, &link))
		return 0;
	if (!(link.flags & IFF_UP))
		return cni_fail(err, CNI_ERR_LIMITED, "switch \"%s\" is down",
				name);
	if (sw->ports >= sw->max_ports)
		return cni_fail(err, CNI_ERR_UNAVAILABLE,
				"switch \"%s\" has all the %u ports that it may have",
				name, sw->max_ports);
	return 0;
}

/* Opens the session once the module is not being changed. */
static int cni_status_open(struct cni_session *s, struct cni_error *err)
{
	int lock;
	int ret;

	ret = cni_lock_take(&lock, err);
	if (!ret)
		ret = cni_session_open(s, err);
	cni_lock_release(lock);
	return ret;
}

static int cni_status_steps(struct cni_session *s, struct cni_error *err)
{
	struct podswitch_switch sw = { 0 };

	if (cni_conf_allows(&s->conf, "STATUS", CNI_1_1_0, err) ||
	    cni_conf_settings(&s->conf, s->req, err))
		return -1;
	if (cni_status_open(s, err)) {
		err->code = CNI_ERR_UNAVAILABLE;
		return -1;
	}
	if (cni_status_switch(s, &sw, err))
		return -1;
	if (cni_conf_own_ipam(&s->conf) && cni_status_addresses(s, &sw, err))
		return -1;
	if (!cni_delegated(&s->conf))
		return 0;
	return cni_delegate(s->req, &s->conf, "STATUS", NULL, err);
}

/* CNI 1.1.0, section 2: STATUS */
int cni_status(struct cni_request *req, struct cJSON **result,
	       struct cni_error *err)
{
	(void)result;
	return cni_session_run(req, cni_status_steps, err);
}
