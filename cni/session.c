// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"

#define CNI_HOST_END "psw"

enum {
	CNI_MAC_NETWORK = 4,	/* bytes that a network's host ends share */
};

static void cni_session_name(struct cni_session *s)
{
	struct podswitch_owner *owner = &s->owner;
	uint64_t hash;

	owner->network = s->conf.name;
	cni_hash_mac(cni_hash("network", owner->network, NULL), s->host_mac);
	/* GC and STATUS are about no attachment, or about many. */
	if (!s->req->container_id || !s->req->ifname)
		return;
	owner->container_id = s->req->container_id;
	owner->ifname = s->req->ifname;
	hash = cni_hash(owner->network, owner->container_id, owner->ifname,
			NULL);
	/* 48 bits: 20,000 attachments on a node collide once in a million. */
	snprintf(s->host_end, sizeof(s->host_end), CNI_HOST_END "%012" PRIx64,
		 hash >> 16);
	s->host_mac[4] = (uint8_t)(hash >> 8);
	s->host_mac[5] = (uint8_t)hash;
}

bool cni_session_made(const struct cni_session *s, const struct nl_link *link)
{
	const char *hash = link->name + strlen(CNI_HOST_END);

	return !strcmp(link->kind, "veth") &&
	       !strncmp(link->name, CNI_HOST_END, strlen(CNI_HOST_END)) &&
	       strspn(hash, "0123456789abcdef") == 12 && !hash[12] &&
	       !memcmp(link->mac, s->host_mac, CNI_MAC_NETWORK);
}

int cni_session_init(struct cni_session *s, struct cni_request *req,
		     struct cni_error *err)
{
	s->req = req;
	s->psw = NULL;
	s->owner = (struct podswitch_owner){ 0 };
	nl_init(&s->rtnl, -1);
	if (cni_conf_read(&s->conf, req, err))
		return -1;
	cni_session_name(s);
	return 0;
}

int cni_session_open(struct cni_session *s, struct cni_error *err)
{
	int ret;

	if (nl_open(&s->rtnl, NETLINK_ROUTE))
		return cni_fail(err, CNI_ERR_KERNEL, "%s", nl_error(&s->rtnl));
	ret = podswitch_open(&s->psw);
	if (!ret)
		return 0;
	cni_fail(err, ret == -ENOENT ? CNI_ERR_MODULE : CNI_ERR_KERNEL, "%s",
		 s->psw ? podswitch_error(s->psw) : strerror(-ret));
	podswitch_close(s->psw);
	s->psw = NULL;
	return -1;
}

void cni_session_fini(struct cni_session *s)
{
	podswitch_close(s->psw);
	nl_close(&s->rtnl);
	cni_conf_fini(&s->conf);
}

int cni_session_run(struct cni_request *req, cni_session_fn *steps,
		    struct cni_error *err)
{
	static struct cni_session s;
	int ret;

	ret = cni_session_init(&s, req, err);
	if (!ret)
		ret = steps(&s, err);
	cni_session_fini(&s);
	return ret;
}

static bool cni_same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

bool cni_session_owns(const struct cni_session *s,
		      const struct podswitch_owner *owner)
{
	return cni_same(s->owner.network, owner->network) &&
	       cni_same(s->owner.container_id, owner->container_id) &&
	       cni_same(s->owner.ifname, owner->ifname);
}
