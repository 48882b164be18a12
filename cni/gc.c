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

/* A port whose attachment the runtime does not know any more. */
struct cni_stale {
	char name[IFNAMSIZ];
	char container_id[PODSWITCH_OWNER_LEN_MAX + 1];
	char ifname[PODSWITCH_OWNER_LEN_MAX + 1];
};

/* The search for them. */
struct cni_collecting {
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

static int cni_gc_grow(struct cni_collecting *c)
{
	size_t room = c->room ? 2 * c->room : 16;
	struct cni_stale *list;

	if (c->n < c->room)
		return 0;
	list = realloc(c->list, room * sizeof(*list));
	if (!list)
		return -ENOMEM;
	c->list = list;
	c->room = room;
	return 0;
}

/* A port that no runtime made, as it names no attachment, is none to judge. */
static int cni_gc_port(const struct podswitch_port *port, void *arg)
{
	const struct podswitch_owner *owner = &port->owner;
	struct cni_collecting *c = arg;
	struct cni_stale *stale;

	if (!owner->container_id || !owner->ifname ||
	    cni_gc_valid(c->valid, owner))
		return 0;
	if (cni_gc_grow(c))
		return -ENOMEM;
	stale = &c->list[c->n++];
	memcpy(stale->name, port->name, sizeof(stale->name));
	snprintf(stale->container_id, sizeof(stale->container_id), "%s",
		 owner->container_id);
	snprintf(stale->ifname, sizeof(stale->ifname), "%s", owner->ifname);
	return 0;
}

static int cni_gc_collect(struct cni_session *s, struct cni_collecting *c,
			  struct cni_error *err)
{
	struct podswitch_owner network = { .network = s->conf.name };
	struct podswitch_port_filter filter = { .owner = &network };

	if (podswitch_port_dump(s->psw, &filter, cni_gc_port, c))
		return cni_fail(err, CNI_ERR_KERNEL, "cannot list ports: %s",
				podswitch_error(s->psw));
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

/* CNI 1.1.0, section 2: GC: as much as can be; what failed last is told. */
static int cni_gc_all(struct cni_session *s, const cJSON *valid,
		      struct cni_error *err)
{
	struct cni_collecting c = { .valid = valid };
	size_t i;
	int ret;

	ret = cni_gc_collect(s, &c, err);
	for (i = 0; i < c.n; i++)
		ret |= cni_gc_remove(s, &c.list[i], err);
	free(c.list);
	ret |= cni_detach_masquerade(s, err);
	if (cni_delegated(&s->conf))
		ret |= cni_delegate(s->req, &s->conf, "GC", NULL, err);
	return ret;
}

/* The tag of 1.1.0 named the key otherwise than its text; libcni sends both. */
static const cJSON *cni_gc_attachments(const cJSON *conf)
{
	const cJSON *valid = cJSON_GetObjectItem(conf,
						 "cni.dev/valid-attachments");

	return valid ? valid : cJSON_GetObjectItem(conf, "cni.dev/attachments");
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
	if (cni_session_open(s, err))
		return -1;
	return cni_gc_all(s, valid, err);
}

int cni_gc(struct cni_request *req, struct cJSON **result,
	   struct cni_error *err)
{
	static struct cni_session s;
	int ret;

	(void)result;
	ret = cni_session_init(&s, req, err);
	if (!ret)
		ret = cni_gc_steps(&s, err);
	cni_session_fini(&s);
	return ret;
}
