// SPDX-License-Identifier: GPL-2.0
/* The CNI configurations of the node, as a container runtime finds them. */
#include "node.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "psw.h"

#define DOCTOR_TYPE "podswitch"

/* What libcni takes for a configuration. */
static int doctor_conf_wanted(const struct dirent *entry)
{
	static const char *const suffixes[] = { ".conflist", ".conf", ".json" };
	const char *dot = strrchr(entry->d_name, '.');
	size_t i;

	for (i = 0; dot && i < ARRAY_SIZE(suffixes); i++)
		if (!strcmp(dot, suffixes[i]))
			return 1;
	return 0;
}

/* By bytes, whatever the locale. */
static int doctor_conf_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

const char *doctor_conf_text(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(item) ? item->valuestring : "";
}

bool doctor_conf_is(const struct doctor_conf *conf, const char *key)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(conf->plugin,
							     key));
}

void doctor_conf_ranges(const struct doctor_conf *conf,
			void (*each)(const cJSON *range, void *arg), void *arg)
{
	const cJSON *ipam;
	const cJSON *range;
	const cJSON *sets;
	const cJSON *set;

	ipam = cJSON_GetObjectItemCaseSensitive(conf->plugin, "ipam");
	sets = cJSON_GetObjectItemCaseSensitive(ipam, "ranges");
	if (doctor_conf_text(ipam, "subnet")[0])
		each(ipam, arg);
	cJSON_ArrayForEach(set, sets) {
		cJSON_ArrayForEach(range, set) {
			if (doctor_conf_text(range, "subnet")[0])
				each(range, arg);
		}
	}
}

static void doctor_mask(uint8_t *bytes, unsigned int len, unsigned int size)
{
	unsigned int i;

	for (i = len; i < 8 * size; i++)
		bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
}

bool doctor_conf_subnet(const cJSON *range, struct doctor_subnet *subnet)
{
	const char *text = doctor_conf_text(range, "subnet");
	const char *gateway = doctor_conf_text(range, "gateway");
	const char *slash = strchr(text, '/');
	char ip[INET6_ADDRSTRLEN];
	uint8_t *bytes = (uint8_t *)&subnet->ip.v6;
	unsigned int size;
	char *end;

	memset(subnet, 0, sizeof(*subnet));
	if (!slash || slash - text >= (int)sizeof(ip))
		return false;
	snprintf(ip, sizeof(ip), "%.*s", (int)(slash - text), text);
	subnet->ip.family = strchr(ip, ':') ? AF_INET6 : AF_INET;
	size = subnet->ip.family == AF_INET ? 4 : 16;
	subnet->len = (unsigned int)strtoul(slash + 1, &end, 10);
	if (*end || end == slash + 1 || subnet->len > 8 * size ||
	    inet_pton(subnet->ip.family, ip, bytes) != 1)
		return false;
	doctor_mask(bytes, subnet->len, size);
	subnet->gateway = subnet->ip;
	bytes = (uint8_t *)&subnet->gateway.v6;
	bytes[size - 1] |= 1;
	return !gateway[0] || inet_pton(subnet->ip.family, gateway, bytes) == 1;
}

const struct doctor_conf *doctor_conf_of(const struct doctor *d,
					 const char *network)
{
	size_t i;

	for (i = 0; network && i < d->n_confs; i++)
		if (d->confs[i].plugin && !strcmp(d->confs[i].name, network))
			return &d->confs[i];
	return NULL;
}

/* Called by the runtime, or by a plugin that delegates to it, as flannel. */
static const cJSON *doctor_conf_ours(const cJSON *plugin)
{
	const cJSON *delegate;

	if (!strcmp(doctor_conf_text(plugin, "type"), DOCTOR_TYPE))
		return plugin;
	delegate = cJSON_GetObjectItemCaseSensitive(plugin, "delegate");
	if (!strcmp(doctor_conf_text(delegate, "type"), DOCTOR_TYPE))
		return delegate;
	return NULL;
}

static void doctor_conf_plugin(struct doctor_conf *conf)
{
	const cJSON *plugins;
	const cJSON *plugin;
	const char *name;

	conf->name = doctor_conf_text(conf->json, "name");
	conf->plugin = doctor_conf_ours(conf->json);
	plugins = cJSON_GetObjectItemCaseSensitive(conf->json, "plugins");
	cJSON_ArrayForEach(plugin, plugins) {
		if (!conf->plugin)
			conf->plugin = doctor_conf_ours(plugin);
	}
	name = doctor_conf_text(conf->plugin, "bridge");
	if (!name[0])
		name = doctor_conf_text(conf->plugin, "switch");
	conf->switch_name = name[0] ? name : "psw0";
}

static unsigned int doctor_conf_line(const char *text, const char *end)
{
	unsigned int line = 1;

	for (; text < end && *text; text++)
		line += *text == '\n';
	return line;
}

static void doctor_conf_load(struct doctor *d, const char *name)
{
	struct doctor_conf *conf;
	char path[DOCTOR_PATH];
	const char *end = NULL;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", d->cni_conf, name);
	d->confs = doctor_alloc(d->confs, d->n_confs + 1, sizeof(*d->confs));
	conf = &d->confs[d->n_confs++];
	memset(conf, 0, sizeof(*conf));
	conf->file = doctor_alloc(NULL, strlen(path) + 1, 1);
	strcpy(conf->file, path);
	text = doctor_read(d, path);
	conf->json = cJSON_ParseWithOpts(text ? text : "", &end, true);
	if (!cJSON_IsObject(conf->json)) {
		conf->line = text && end ? doctor_conf_line(text, end) : 1;
		cJSON_Delete(conf->json);
		conf->json = NULL;
	}
	doctor_conf_plugin(conf);
	free(text);
}

void doctor_load_confs(struct doctor *d)
{
	struct dirent **entries;
	char path[DOCTOR_PATH];
	int n;
	int i;

	doctor_path(d, path, "%s", d->cni_conf);
	n = scandir(path, &entries, doctor_conf_wanted, doctor_conf_order);
	for (i = 0; i < n; i++) {
		doctor_conf_load(d, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}
