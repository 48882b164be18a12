// SPDX-License-Identifier: GPL-2.0
#include "switch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "io.h"

/* The same on this machine each time, another on each machine. */
static void cni_switch_mac(const char *name, uint8_t *mac)
{
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	char machine[33] = "";

	if (fd >= 0) {
		if (read(fd, machine, sizeof(machine) - 1) < 0)
			machine[0] = '\0';
		close(fd);
	}
	cni_hash_mac(cni_hash("switch", machine, name, NULL), mac);
}

static int cni_switch_create(struct cni_session *s, struct cni_error *err)
{
	const char *name = s->conf.bridge;
	uint8_t mac[6];
	int ret;

	cni_switch_mac(name, mac);
	ret = podswitch_switch_create(s->psw, name, mac, s->conf.mtu);
	/* Another ADD was quicker: it is as good. */
	if (ret == -EEXIST)
		return 0;
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot make switch \"%s\": %s", name,
				podswitch_error(s->psw));
	return 0;
}

static int cni_switch_link(struct cni_session *s, struct nl_link *link,
			   struct cni_error *err)
{
	int ret = nl_link_get(&s->rtnl, s->conf.bridge, link);

	link->ifindex = ret ? 0 : link->ifindex;
	if (ret == -ENODEV)
		return 0;
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot find \"bridge\": \"%s\": %s",
				s->conf.bridge, nl_error(&s->rtnl));
	if (strcmp(link->kind, "podswitch") != 0)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"bridge\": \"%s\" is not a podswitch but %s",
				s->conf.bridge,
				link->kind[0] ? link->kind : "hardware");
	return 0;
}

static int cni_switch_read(struct cni_session *s, uint32_t ifindex,
			   struct podswitch_switch *sw, struct cni_error *err)
{
	int ret = podswitch_switch_get(s->psw, ifindex, sw);

	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot read switch \"%s\": %s",
				s->conf.bridge, podswitch_error(s->psw));
	return 0;
}

int cni_switch_find(struct cni_session *s, struct podswitch_switch *sw,
		    struct cni_error *err)
{
	struct nl_link link;

	sw->ifindex = 0;
	if (cni_switch_link(s, &link, err))
		return -1;
	return link.ifindex ? cni_switch_read(s, link.ifindex, sw, err) : 0;
}

/* Until it is up, it may be as an ADD left it that was killed. */
int cni_switch_up(struct cni_session *s, const struct nl_link *link,
		  uint32_t flags, struct cni_error *err)
{
	char path[64];
	int ret;

	flags |= IFF_UP;
	if ((link->flags & flags) == flags)
		return 0;
	if (!(link->flags & IFF_UP)) {
		/* Pods do not tell the host where its routers are. */
		snprintf(path, sizeof(path),
			 "/proc/sys/net/ipv6/conf/%s/accept_ra", link->name);
		ret = cni_sysctl_set(path, '0');
		if (ret && ret != -ENOENT)
			return cni_fail(err, CNI_ERR_KERNEL,
					"cannot write %s: %s", path,
					strerror(-ret));
	}
	nl_link_set(&s->rtnl, link->ifindex, flags, NULL);
	ret = nl_talk(&s->rtnl, NULL, NULL);
	if (ret)
		return cni_fail(err, cni_kernel_code(ret),
				"cannot set \"%s\" up: %s", link->name,
				nl_error(&s->rtnl));
	return 0;
}

/* What leads out of the switch carries all VLANs, as its pods may have any. */
static int cni_switch_attach_uplink(struct cni_session *s,
				    struct podswitch_switch *sw,
				    const struct nl_link *uplink,
				    struct cni_error *err)
{
	static const struct podswitch_vlan_range all = { 1, CNI_VLAN_MAX };
	struct podswitch_port_config cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	int ret;

	cfg.role = PODSWITCH_ROLE_UPLINK;
	cfg.trunk = &all;
	cfg.n_trunk = 1;
	ret = podswitch_port_new(s->psw, sw->ifindex, uplink->ifindex, &cfg);
	if (!ret)
		return 0;
	cni_fail(err, cni_kernel_code(ret),
		 "cannot make \"uplink\": \"%s\" a port of switch \"%s\": %s",
		 s->conf.uplink, sw->name, podswitch_error(s->psw));
	/* Another ADD may have been quicker. */
	if (ret != -EBUSY || cni_switch_read(s, sw->ifindex, sw, err))
		return -1;
	return sw->uplink == uplink->ifindex ? 0 : -1;
}

static int cni_switch_uplink(struct cni_session *s,
			     struct podswitch_switch *sw,
			     struct cni_error *err)
{
	const char *name = s->conf.uplink;
	struct nl_link link;

	if (!name)
		return 0;
	if (nl_link_get(&s->rtnl, name, &link))
		return cni_fail(err, CNI_ERR_CONFIG,
				"cannot find \"uplink\": \"%s\": %s", name,
				nl_error(&s->rtnl));
	if (sw->uplink == link.ifindex)
		return 0;
	if (sw->uplink)
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"uplink\": \"%s\": switch \"%s\" has another uplink",
				name, sw->name);
	return cni_switch_attach_uplink(s, sw, &link, err);
}

int cni_switch_ensure(struct cni_session *s, struct podswitch_switch *sw,
		      struct cni_error *err)
{
	struct nl_link link;

	if (cni_switch_link(s, &link, err))
		return -1;
	if (!link.ifindex && (cni_switch_create(s, err) ||
			      cni_switch_link(s, &link, err)))
		return -1;
	if (!link.ifindex)
		return cni_fail(err, CNI_ERR_TRY_AGAIN,
				"switch \"%s\" was removed while it was made",
				s->conf.bridge);
	if (cni_switch_up(s, &link, s->conf.promisc ? IFF_PROMISC : 0, err) ||
	    cni_switch_read(s, link.ifindex, sw, err))
		return -1;
	return cni_switch_uplink(s, sw, err);
}
