// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "delegate.h"
#include "detach.h"
#include "io.h"
#include "json.h"
#include "session.h"

/* A device to be removed. */
struct cni_stale {
	char name[IFNAMSIZ];
	char container_id[PODSWITCH_OWNER_LEN_MAX + 1];
	char ifname[PODSWITCH_OWNER_LEN_MAX + 1];
};

/* The search for them. */
struct cni_collecting {
	struct cni_session *s;
	const cJSON *valid;
	struct cni_stale *list;
	size_t n;
	size_t room;
};

static bool cni_gc_is(const cJSON *object, const char *key, const char *value)
{
	const char *there = cJSON_GetStringValue(cni_json_get(object, key));

	return there && value && !strcmp(there, value);
}

static bool cni_gc_valid(const cJSON *valid,
			 const struct podswitch_owner *owner)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, valid)
		if (cni_gc_is(item, "containerID", owner->container_id) &&
		    cni_gc_is(item, "ifname", owner->ifname))
			return true;
	return false;
}

static int cni_gc_add(struct cni_collecting *c, const char *name,
		      const char *container_id, const char *ifname)
{
	size_t room = c->room ? 2 * c->room : 16;
	struct cni_stale *list;
	struct cni_stale *stale;

	if (c->n == c->room) {
		list = realloc(c->list, room * sizeof(*list));
		if (!list)
			return -ENOMEM;
		c->list = list;
		c->room = room;
	}
	stale = &c->list[c->n++];
	snprintf(stale->name, sizeof(stale->name), "%s", name);
	snprintf(stale->container_id, sizeof(stale->container_id), "%s",
		 container_id);
	snprintf(stale->ifname, sizeof(stale->ifname), "%s", ifname);
	return 0;
}

/*
 * A port whose attachment the runtime does not know any more. One that no
 * runtime made, as it names no attachment, is none to judge.
 */
static int cni_gc_port(const struct podswitch_port *port, void *arg)
{
	const struct podswitch_owner *owner = &port->owner;
	struct cni_collecting *c = arg;

	if (!owner->container_id || !owner->ifname ||
	    cni_gc_valid(c->valid, owner))
		return 0;
	return cni_gc_add(c, port->name, owner->container_id, owner->ifname);
}

/* What a killed ADD left before it was a port; removal asks whether it is. */
static int cni_gc_link(const struct nlmsghdr *nlh, void *arg)
{
	struct cni_collecting *c = arg;
	struct nl_link link;

	nl_link_parse(nlh, &link);
	if (link.master || !cni_session_made(c->s, &link))
		return 0;
	return cni_gc_add(c, link.name, "", "");
}

static int cni_gc_collect(struct cni_collecting *c, struct cni_error *err)
{
	struct podswitch_owner network = { .network = c->s->conf.name };
	struct podswitch_port_filter filter = { .owner = &network };

	if (podswitch_port_dump(c->s->psw, &filter, cni_gc_port, c))
		return cni_fail(err, CNI_ERR_KERNEL, "cannot list ports: %s",
				podswitch_error(c->s->psw));
	if (nl_link_dump(&c->s->rtnl, "veth", cni_gc_link, c))
		return cni_fail(err, CNI_ERR_KERNEL,
				"cannot list interfaces: %s",
				nl_error(&c->s->rtnl));
	return 0;
}

static int cni_gc_remove(struct cni_session *s, const struct cni_stale *stale,
			 struct cni_error *err)
{
	s->owner.container_id = stale->container_id;
	s->owner.ifname = stale->ifname;
	memcpy(s->host_end, stale->name, sizeof(s->host_end));
	return cni_detach_link(s, err);
}

/* CNI 1.1.0, section 2: GC: go on past errors, and tell them all. */
static int cni_gc_all(struct cni_session *s, const cJSON *valid,
		      struct cni_error *err)
{
	struct cni_collecting c = { .s = s, .valid = valid };
	struct cni_error one;
	size_t i;

	err->code = 0;
	if (cni_gc_collect(&c, &one))
		cni_join(err, &one);
	for (i = 0; i < c.n; i++)
		if (cni_gc_remove(s, &c.list[i], &one))
			cni_join(err, &one);
	free(c.list);
	if (cni_detach_masquerade(s, &one))
		cni_join(err, &one);
	if (cni_delegated(&s->conf) &&
	    cni_delegate(s->req, &s->conf, "GC", NULL, &one))
		cni_join(err, &one);
	return err->code ? -1 : 0;
}

/* A list that is there, if only as null, which is an empty one. */
static const cJSON *cni_gc_list(const cJSON *conf, const char *key)
{
	const cJSON *valid = cni_json_get(conf, key);

	return valid ? valid : cJSON_GetObjectItem(conf, key);
}

/* The tag of 1.1.0 named the key otherwise than its text; libcni sends both. */
static const cJSON *cni_gc_attachments(const cJSON *conf)
{
	const cJSON *valid = cni_gc_list(conf, "cni.dev/valid-attachments");

	return valid ? valid : cni_gc_list(conf, "cni.dev/attachments");
}

/* An entry that cannot be read may be any attachment: none is removed then. */
static int cni_gc_judge(const cJSON *valid, struct cni_error *err)
{
	static const char *const keys[] = { "containerID", "ifname" };
	const char *value;
	unsigned int n = 0;
	const cJSON *item;
	char where[64];
	size_t i;

	cJSON_ArrayForEach(item, valid) {
		snprintf(where, sizeof(where), "cni.dev/valid-attachments[%u].",
			 n++);
		if (cni_json_must_object(item, where, err))
			return -1;
		for (i = 0; i < 2; i++) {
			value = "";
			if (cni_json_string(item, where, keys[i], &value, err))
				return -1;
			if (!value[0])
				return cni_fail(err, CNI_ERR_CONFIG,
						"\"%s%s\" is missing", where,
						keys[i]);
		}
	}
	return 0;
}

static int cni_gc_steps(struct cni_session *s, struct cni_error *err)
{
	const cJSON *valid = cni_gc_attachments(s->conf.json);

	if (cni_conf_allows(&s->conf, "GC", CNI_1_1_0, err))
		return -1;
	/* Without a list, nothing is known to be stale. */
	if (!valid) {
		cni_write_text(STDERR_FILENO,
			       "podswitch: GC without \"cni.dev/valid-attachments\": nothing is removed\n");
		return 0;
	}
	if (!cJSON_IsArray(valid) && !cJSON_IsNull(valid))
		return cni_json_fail(err, CNI_ERR_CONFIG,
				     "cni.dev/valid-attachments", valid,
				     "is not an array");
	if (cni_gc_judge(valid, err) || cni_session_open(s, err))
		return -1;
	return cni_gc_all(s, valid, err);
}

int cni_gc(struct cni_request *req, struct cJSON **result,
	   struct cni_error *err)
{
	(void)result;
	return cni_session_run(req, cni_gc_steps, err);
}
