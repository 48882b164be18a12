// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "json.h"

enum {
	CNI_RESOLV_MS = 1000,
};

static int cni_dns_list(const cJSON *dns, const char *key,
			     struct cni_error *err)
{
	const cJSON *array = NULL;
	const cJSON *item;
	char path[32];

	if (cni_json_array(dns, "dns.", key, &array, err))
		return -1;
	snprintf(path, sizeof(path), "dns.%s", key);
	cJSON_ArrayForEach(item, array)
		if (!cJSON_IsString(item))
			return cni_json_fail(err, CNI_ERR_CONFIG, path, item,
					     "is not a string");
	return 0;
}

int cni_conf_dns(struct cni_conf *conf, struct cni_error *err)
{
	const char *domain;

	if (cni_json_object(conf->json, "", "dns", &conf->dns, err) ||
	    cni_json_string(conf->dns, "dns.", "domain", &domain, err) ||
	    cni_dns_list(conf->dns, "nameservers", err) ||
	    cni_dns_list(conf->dns, "search", err) ||
	    cni_dns_list(conf->dns, "options", err))
		return -1;
	if (cni_json_zero(conf->dns))
		conf->dns = NULL;
	return 0;
}

/* resolv.conf(5): what is behind a keyword, to a list or as one. */
static const struct cni_resolv_key {
	const char *keyword;
	const char *member;
	bool is_list;
} cni_resolv_keys[] = {
	{ "nameserver", "nameservers", true },
	{ "domain", "domain", false },
	{ "search", "search", true },
	{ "options", "options", true },
};

static void cni_resolv_take(cJSON *dns, const struct cni_resolv_key *key,
			    char **save)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(dns, key->member);
	const char *word = strtok_r(NULL, " \t\r", save);

	if (!word)
		return;
	if (!key->is_list) {
		cJSON_DeleteItemFromObjectCaseSensitive(dns, key->member);
		cJSON_AddStringToObject(dns, key->member, word);
		return;
	}
	if (!list)
		list = cJSON_AddArrayToObject(dns, key->member);
	for (; word; word = strtok_r(NULL, " \t\r", save)) {
		cJSON_AddItemToArray(list, cJSON_CreateString(word));
		/* One server in a line. */
		if (key == cni_resolv_keys)
			break;
	}
}

static void cni_resolv_line(cJSON *dns, char *line)
{
	const char *keyword;
	char *save;
	size_t i;

	line[strcspn(line, "#;")] = '\0';
	keyword = strtok_r(line, " \t\r", &save);
	if (!keyword)
		return;
	for (i = 0; i < sizeof(cni_resolv_keys) / sizeof(*cni_resolv_keys);
	     i++)
		if (!strcmp(keyword, cni_resolv_keys[i].keyword))
			cni_resolv_take(dns, &cni_resolv_keys[i], &save);
}

int cni_conf_resolv(const char *path, cJSON **dns, struct cni_error *err)
{
	char *text = NULL;
	char *save;
	char *line;
	int ret;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ret = fd < 0 ? -errno :
		       cni_read_text(fd, cni_now_ms() + CNI_RESOLV_MS, &text);
	if (fd >= 0)
		close(fd);
	if (!ret && text[cni_utf8_span(text)])
		ret = -EILSEQ;
	if (ret) {
		free(text);
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"ipam.resolvConf\": \"%s\" cannot be read: %s",
				path, strerror(-ret));
	}
	*dns = cJSON_CreateObject();
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		cni_resolv_line(*dns, line);
	free(text);
	return 0;
}
