// SPDX-License-Identifier: GPL-2.0
/* Check: what pods that have gone left behind. */
#include "node.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#define DOCTOR_NETNS_DIR "/run/netns"
#define DOCTOR_NSFS 0x6e736673L	/* NSFS_MAGIC of linux/magic.h */

/* "psw" and 12 digits: how the plugin names a port. */
static bool doctor_is_made(const struct doctor_link *link)
{
	return !strcmp(link->kind, "veth") && !strncmp(link->name, "psw", 3) &&
	       strspn(link->name + 3, "0123456789abcdef") == 12 &&
	       !link->name[15];
}

static void doctor_veths(struct doctor *d)
{
	const struct doctor_link *link;
	char quoted[DOCTOR_QUOTED];
	size_t i;

	for (i = 0; i < d->n_links; i++) {
		link = &d->links[i];
		if (!doctor_is_made(link) || link->master)
			continue;
		doctor_find(d, DOCTOR_NOTICE, link->name,
			    "%s was made by the plugin, and is no port",
			    link->name);
		doctor_add(d, "why", "an ADD was killed, or the port deleted by hand: if a pod still has its other end, that pod is cut off and to be made anew");
		doctor_add(d, "mend", "ip link del %s",
			   doctor_quote(link->name, quoted));
	}
}

static void doctor_chains(struct doctor *d)
{
	struct doctor_chain *chains;
	char quoted[DOCTOR_QUOTED];
	const char *network;
	size_t n;
	size_t i;
	int err;

	err = doctor_nft_chains(&chains, &n);
	if (err == -EPERM || err == -EACCES)
		doctor_find(d, DOCTOR_NOTICE, NULL,
			    "rules of nf_tables were not checked: %s",
			    strerror(-err));
	for (i = 0; i < n; i++) {
		network = strstr(chains[i].comment, " of ");
		if (!network || doctor_has_pod(d, network + 4))
			continue;
		doctor_find(d, DOCTOR_NOTICE, chains[i].name,
			    "masquerading of %s is left, and the network has no pods",
			    chains[i].comment);
		doctor_add(d, "why", "harmless; the last pod's DEL failed, or was never called");
		doctor_add(d, "mend", "nft delete chain inet podswitch %s",
			   doctor_quote(chains[i].name, quoted));
	}
	free(chains);
}

static bool doctor_is_configured(const struct doctor *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->n_confs; i++)
		if (d->confs[i].plugin &&
		    !strcmp(d->confs[i].switch_name, name))
			return true;
	return false;
}

/* One that is configured waits for pods. */
static void doctor_empty(struct doctor *d)
{
	const struct podswitch_switch *sw;
	char quoted[DOCTOR_QUOTED];
	size_t i;

	for (i = 0; i < d->n_switches; i++) {
		sw = &d->switches[i];
		if (sw->ports || doctor_is_configured(d, sw->name))
			continue;
		doctor_find(d, DOCTOR_NOTICE, sw->name,
			    "%s has no ports, and no configuration names it",
			    sw->name);
		doctor_add(d, "why", "harmless, but for the routes to its subnets");
		doctor_add(d, "mend", "ip link del %s",
			   doctor_quote(sw->name, quoted));
	}
}

/* A name without a namespace: what a mount leaves when it is gone. */
static void doctor_namespaces(struct doctor *d)
{
	char path[DOCTOR_PATH];
	char quoted[DOCTOR_QUOTED];
	const struct dirent *entry;
	struct statfs fs;
	DIR *dir;

	doctor_path(d, path, "%s", DOCTOR_NETNS_DIR);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		doctor_path(d, path, DOCTOR_NETNS_DIR "/%s", entry->d_name);
		if (entry->d_name[0] == '.' || statfs(path, &fs) ||
		    (long)fs.f_type == DOCTOR_NSFS)
			continue;
		doctor_find(d, DOCTOR_NOTICE, entry->d_name,
			    "%s/%s is no network namespace any more",
			    DOCTOR_NETNS_DIR, entry->d_name);
		doctor_add(d, "why", "harmless; a namespace of that name cannot be made");
		doctor_add(d, "mend", "ip netns del %s",
			   doctor_quote(entry->d_name, quoted));
	}
	if (dir)
		closedir(dir);
}

void doctor_check_leftovers(struct doctor *d)
{
	doctor_namespaces(d);
	if (doctor_unready(d))
		return;
	doctor_veths(d);
	doctor_chains(d);
	doctor_empty(d);
	doctor_fine(d, "none");
}
