// SPDX-License-Identifier: GPL-2.0
#include "attach.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "delegate.h"
#include "hash.h"
#include "ipam.h"

enum {
	CNI_TRIES_BLIND = 16,	/* then the taken addresses are asked for */
	CNI_TRIES_MAX = 64,	/* then others are choosing too busily */
};

/* The making of one port. */
struct cni_attachment {
	struct cni_session *s;
	const struct podswitch_switch *sw;
	uint32_t ifindex;
	struct cni_addressing *ad;
	uint8_t *mac;
	struct cni_pick picks[CNI_RANGES_MAX];
	struct cni_taken taken;
};

/*
 * A pod's MAC address is made of its first IP address: when that is given to
 * another pod, what neighbours remember of it is still right.
 */
static int cni_attach_mac(const struct cni_attachment *a,
			  struct cni_error *err)
{
	const struct podswitch_address *address;
	char text[INET6_ADDRSTRLEN];
	uint64_t random;

	if (a->s->conf.has_mac) {
		memcpy(a->mac, a->s->conf.mac, 6);
		return 0;
	}
	if (a->ad->n_ips) {
		address = &a->ad->ips[0].address.address;
		cni_hash_mac(cni_hash("pod", cni_address_print(address, text),
				      NULL), a->mac);
		return 0;
	}
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot get random numbers: %s",
				strerror(errno));
	cni_hash_mac(random, a->mac);
	return 0;
}

static int cni_attach_once(const struct cni_attachment *a)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	struct podswitch_address addresses[CNI_IPS_MAX];
	const struct cni_conf *conf = &a->s->conf;
	size_t i;

	for (i = 0; i < a->ad->n_ips; i++)
		addresses[i] = a->ad->ips[i].address.address;
	cfg.mac = a->mac;
	cfg.guard = conf->guard;
	cfg.isolated = conf->isolated;
	cfg.hairpin = conf->hairpin;
	cfg.owner = &a->s->owner;
	cfg.addresses = addresses;
	cfg.n_addresses = a->ad->n_ips;
	return podswitch_port_new(a->s->psw, a->sw->ifindex, a->ifindex, &cfg);
}

static int cni_attach_fail(const struct cni_attachment *a,
			   struct cni_error *err)
{
	return cni_fail(err, CNI_ERR_KERNEL,
			"cannot attach the pod to switch \"%s\": %s",
			a->sw->name, podswitch_error(a->s->psw));
}

/* Which of our choices was refused, or -1. */
static int cni_attach_refused(const struct cni_attachment *a)
{
	const char *attribute = podswitch_error_attribute(a->s->psw);
	int index = podswitch_error_address(a->s->psw);

	if (index >= 0 || a->s->conf.has_mac)
		return index;
	/* The MAC address is the first address in another form. */
	return attribute && !strcmp(attribute, "mac") ? 0 : -1;
}

static int cni_attach_choosing(struct cni_attachment *a, struct cni_error *err)
{
	unsigned int tries;
	int refused;
	int ret;

	for (tries = 1; tries <= CNI_TRIES_MAX; tries++) {
		if (cni_attach_mac(a, err))
			return -1;
		ret = cni_attach_once(a);
		if (!ret)
			return 0;
		refused = ret == -EBUSY ? cni_attach_refused(a) : -1;
		if (refused < 0)
			return cni_attach_fail(a, err);
		if (tries == CNI_TRIES_BLIND &&
		    cni_taken_load(&a->taken, a->s->psw, a->sw->ifindex, err))
			return -1;
		if (cni_ipam_next(&a->picks[refused], &a->taken, err))
			return -1;
		cni_ipam_ip(&a->picks[refused], &a->ad->ips[refused]);
	}
	return cni_fail(err, CNI_ERR_TRY_AGAIN,
			"%d addresses in a row were taken by others",
			CNI_TRIES_MAX);
}

static int cni_attach_own(struct cni_attachment *a, struct cni_error *err)
{
	const struct cni_conf *conf = &a->s->conf;
	unsigned int i;
	int ret;

	if (cni_ipam_begin(conf, a->sw, a->picks, err))
		return -1;
	for (i = 0; i < conf->n_sets; i++)
		cni_ipam_ip(&a->picks[i], &a->ad->ips[i]);
	a->ad->n_ips = conf->n_sets;
	memcpy(a->ad->routes, conf->routes,
	       conf->n_routes * sizeof(*conf->routes));
	a->ad->n_routes = conf->n_routes;
	ret = cni_attach_choosing(a, err);
	cni_taken_fini(&a->taken);
	return ret;
}

int cni_attach(struct cni_session *s, const struct podswitch_switch *sw,
	       uint32_t ifindex, struct cni_addressing *ad, uint8_t *mac,
	       struct cni_error *err)
{
	struct cni_attachment a = {
		.s = s,
		.sw = sw,
		.ifindex = ifindex,
		.ad = ad,
		.mac = mac,
	};

	ad->n_ips = 0;
	ad->n_routes = 0;
	ad->dns = NULL;
	if (cni_conf_own_ipam(&s->conf))
		return cni_attach_own(&a, err);
	if (cni_delegated(&s->conf) &&
	    cni_delegate(s->req, &s->conf, "ADD", ad, err))
		return -1;
	if (cni_attach_mac(&a, err))
		return -1;
	return cni_attach_once(&a) ? cni_attach_fail(&a, err) : 0;
}
