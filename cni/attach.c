// SPDX-License-Identifier: GPL-2.0
#include "attach.h"

#include <errno.h>
#include <string.h>

#include "delegate.h"
#include "hash.h"
#include "ipam.h"

enum {
	CNI_TRIES_BLIND = 16,	/* then it is asked which are taken */
	CNI_TRIES_MAX = 64,	/* then others are choosing too busily */
};

bool cni_attach_mac(const struct cni_session *s, uint8_t *mac)
{
	const struct podswitch_owner *owner = &s->owner;

	if (s->conf.has_mac) {
		memcpy(mac, s->conf.mac, 6);
		return true;
	}
	if (cni_conf_own_ipam(&s->conf))
		return false;
	cni_hash_mac(cni_hash("pod", owner->network, owner->container_id,
			      owner->ifname, NULL), mac);
	return true;
}

/*
 * The MAC address is made of the first IP address: when that is given to
 * another pod, what neighbours remember of it is still right.
 */
static void cni_attach_mac_of_ip(const struct cni_attaching *a)
{
	char text[INET6_ADDRSTRLEN];

	if (!cni_attach_mac(a->s, a->mac))
		cni_hash_mac(cni_hash("pod", cni_address_print(
					&a->ad->ips[0].address.address, text),
				      NULL), a->mac);
}

static int cni_attach_fail(const struct cni_attaching *a, int ret,
			   struct cni_error *err)
{
	return cni_fail(err, cni_kernel_code(ret),
			"cannot attach the pod to switch \"%s\": %s",
			a->sw->name, podswitch_error(a->s->psw));
}

/* The pod's own addresses first, so that their indices are @ad's. */
static int cni_attach_port(const struct cni_attaching *a,
			   enum podswitch_guard guard)
{
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	struct podswitch_address addresses[CNI_IPS_MAX + CNI_ALLOWED_MAX];
	const struct cni_conf *conf = &a->s->conf;
	size_t i;

	for (i = 0; i < a->ad->n_ips; i++)
		addresses[i] = a->ad->ips[i].address.address;
	memcpy(&addresses[i], conf->allowed,
	       conf->n_allowed * sizeof(*conf->allowed));
	cfg.mac = a->mac;
	cfg.guard = guard;
	cfg.isolated = conf->isolated;
	cfg.hairpin = conf->hairpin;
	/* An older module is asked for what it does not know if need be. */
	cfg.router = conf->router ? 1 : -1;
	cfg.dhcp_server = conf->dhcp_server ? 1 : -1;
	cfg.pvid = conf->vlan;
	cfg.trunk = conf->n_trunk ? conf->trunk : NULL;
	cfg.n_trunk = conf->n_trunk;
	cfg.storm_limit = conf->storm_limit;
	cfg.owner = &a->s->owner;
	cfg.addresses = addresses;
	cfg.n_addresses = i + conf->n_allowed;
	return podswitch_port_new(a->s->psw, a->sw->ifindex, a->ifindex, &cfg);
}

/* --- addresses that we choose --- */

/* Which of our choices was refused, or -1. */
static int cni_attach_refused(const struct cni_attaching *a)
{
	const char *attribute = podswitch_error_attribute(a->s->psw);
	int index = podswitch_error_address(a->s->psw);

	if (index >= (int)a->ad->n_ips)
		return -1;
	if (index >= 0 || a->s->conf.has_mac)
		return index;
	/* The MAC address is the first address in another form. */
	return attribute && !strcmp(attribute, "mac") ? 0 : -1;
}

/* The choosing of addresses for one port. */
struct cni_choosing {
	const struct cni_attaching *a;
	struct cni_pick picks[CNI_RANGES_MAX];
	struct cni_taken taken;
	unsigned int tries;
	struct podswitch_switch sw;	/* as it was read last */
};

static bool cni_attach_moved(const struct podswitch_switch *before,
			     const struct podswitch_switch *now)
{
	return cni_address_cmp(&before->last_ipv4, &now->last_ipv4) ||
	       cni_address_cmp(&before->last_ipv6, &now->last_ipv6);
}

/*
 * Has another ADD been quicker since we read the switch? Then it tells the
 * addresses that this one chose, and we go on behind these.
 */
static bool cni_attach_follow(struct cni_choosing *c, unsigned int refused)
{
	const struct cni_attaching *a = c->a;
	struct podswitch_switch now;
	bool follows = false;
	unsigned int i;

	if (podswitch_switch_get(a->s->psw, a->sw->ifindex, &now) ||
	    !cni_attach_moved(&c->sw, &now))
		return false;
	c->sw = now;
	for (i = 0; i < a->s->conf.n_sets; i++) {
		if (!cni_ipam_follow(&c->picks[i], &now))
			continue;
		cni_ipam_ip(&c->picks[i], &a->ad->ips[i]);
		follows |= i == refused;
	}
	return follows;
}

/*
 * That a round has ended says little where pods come and go: what was taken
 * when it was tried may be free again, and what cni_attach_follow() passed
 * over was never tried. There is no address left if the kernel's list says so.
 */
static int cni_attach_again(struct cni_choosing *c, struct cni_pick *pick,
			    struct cni_error *err)
{
	if (cni_taken_load(&c->taken, c->a->s, c->a->sw->ifindex, err))
		return -1;
	return cni_ipam_again(pick, &c->taken, err);
}

static int cni_attach_go_on(struct cni_choosing *c, unsigned int refused,
			    struct cni_error *err)
{
	struct cni_pick *pick = &c->picks[refused];

	if (c->tries < CNI_TRIES_BLIND && cni_attach_follow(c, refused))
		return 0;
	if ((c->tries == CNI_TRIES_BLIND ||
	     cni_ipam_next(pick, &c->taken, err)) &&
	    cni_attach_again(c, pick, err))
		return -1;
	cni_ipam_ip(pick, &c->a->ad->ips[refused]);
	return 0;
}

static int cni_attach_choosing(struct cni_choosing *c, struct cni_error *err)
{
	const struct cni_attaching *a = c->a;
	int refused;
	int ret;

	for (c->tries = 1; c->tries <= CNI_TRIES_MAX; c->tries++) {
		cni_attach_mac_of_ip(a);
		ret = cni_attach_port(a, cni_conf_guard(&a->s->conf, true));
		if (!ret)
			return 0;
		refused = ret == -EBUSY ? cni_attach_refused(a) : -1;
		if (refused < 0)
			return cni_attach_fail(a, ret, err);
		if (cni_attach_go_on(c, (unsigned int)refused, err))
			return -1;
	}
	return cni_fail(err, CNI_ERR_TRY_AGAIN,
			"%d addresses in a row were taken by others",
			CNI_TRIES_MAX);
}

static int cni_attach_own(const struct cni_attaching *a, struct cni_error *err)
{
	const struct cni_conf *conf = &a->s->conf;
	struct cni_choosing c = { .a = a, .sw = *a->sw };
	unsigned int i;
	int ret;

	if (cni_ipam_begin(conf, a->sw, c.picks, err))
		return -1;
	for (i = 0; i < a->n_kept; i++)
		cni_ipam_keep(c.picks, conf->n_sets, &a->kept[i]);
	for (i = 0; i < conf->n_sets; i++)
		cni_ipam_ip(&c.picks[i], &a->ad->ips[i]);
	a->ad->n_ips = conf->n_sets;
	memcpy(a->ad->routes, conf->routes,
	       conf->n_routes * sizeof(*conf->routes));
	a->ad->n_routes = conf->n_routes;
	a->ad->dns = cJSON_Duplicate(conf->ipam_dns, true);
	ret = cni_attach_choosing(&c, err);
	cni_taken_fini(&c.taken);
	return ret;
}

/* --- addresses that another plugin chooses --- */

static int cni_attach_declare(const struct cni_attaching *a,
			      struct cni_error *err)
{
	struct podswitch_address addresses[CNI_IPS_MAX];
	size_t i;
	int ret;

	for (i = 0; i < a->ad->n_ips; i++)
		addresses[i] = a->ad->ips[i].address.address;
	ret = podswitch_address_new(a->s->psw, a->ifindex, addresses, i);
	return ret ? cni_attach_fail(a, ret, err) : 0;
}

/* A guard that knows no IP address yet lets a DHCP client ask for one. */
static int cni_attach_other(const struct cni_attaching *a,
			    struct cni_error *err)
{
	bool delegated = cni_delegated(&a->s->conf);
	int ret;

	cni_attach_mac(a->s, a->mac);
	ret = cni_attach_port(a, cni_conf_guard(&a->s->conf, delegated));
	if (ret)
		return cni_attach_fail(a, ret, err);
	if (!delegated)
		return 0;
	if (cni_delegate(a->s->req, &a->s->conf, "ADD", a->ad, err))
		return -1;
	return cni_attach_declare(a, err);
}

int cni_attach(const struct cni_attaching *a, struct cni_error *err)
{
	if (cni_conf_own_ipam(&a->s->conf))
		return cni_attach_own(a, err);
	return cni_attach_other(a, err);
}
