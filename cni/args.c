// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include <linux/podswitch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"

enum {
	CNI_ARG_UNUSED = -1,	/* known, and of no use to us */
};

static const struct cni_arg {
	const char *key;
	int member;
} cni_known_args[] = {
	{ "IP", offsetof(struct cni_args, ip) },
	{ "MAC", offsetof(struct cni_args, mac) },
	{ "K8S_POD_NAMESPACE", offsetof(struct cni_args, pod_namespace) },
	{ "K8S_POD_NAME", offsetof(struct cni_args, pod_name) },
	{ "K8S_POD_INFRA_CONTAINER_ID", CNI_ARG_UNUSED },
	{ "K8S_POD_UID", CNI_ARG_UNUSED },
	{ "IgnoreUnknown", CNI_ARG_UNUSED },
};

static const struct cni_arg *cni_arg_find(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(cni_known_args) / sizeof(*cni_known_args); i++)
		if (!strcmp(key, cni_known_args[i].key))
			return &cni_known_args[i];
	return NULL;
}

static bool cni_arg_true(const char *value)
{
	return !strcmp(value, "1") || !strcmp(value, "true") ||
	       !strcmp(value, "True");
}

static int cni_arg_take(struct cni_args *args, const char *key,
			const char *value, struct cni_error *err)
{
	const struct cni_arg *arg = cni_arg_find(key);

	if (!arg || arg->member == CNI_ARG_UNUSED || !value[0])
		return 0;
	if (strlen(value) > PODSWITCH_OWNER_LEN_MAX)
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_ARGS: %s=%.100s is too long", key,
				value);
	*(const char **)((char *)args + arg->member) = value;
	return 0;
}

int cni_args_read(struct cni_args *args, const char *text,
		  struct cni_error *err)
{
	const char *unknown = NULL;
	bool ignore = false;
	char *value;
	char *save;
	char *key;

	memset(args, 0, sizeof(*args));
	if (!text)
		return 0;
	if (text[cni_utf8_span(text)])
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_ARGS: not UTF-8, from byte %zu on",
				cni_utf8_span(text));
	args->text = strdup(text);
	if (!args->text)
		return cni_fail(err, CNI_ERR_IO, "out of memory");
	for (key = strtok_r(args->text, ";", &save); key;
	     key = strtok_r(NULL, ";", &save)) {
		value = strchr(key, '=');
		if (!value)
			return cni_fail(err, CNI_ERR_ENVIRONMENT,
					"invalid CNI_ARGS: \"%s\" has no value",
					key);
		*value++ = '\0';
		if (!strcmp(key, "IgnoreUnknown"))
			ignore = cni_arg_true(value);
		if (!cni_arg_find(key))
			unknown = key;
		if (cni_arg_take(args, key, value, err))
			return -1;
	}
	if (unknown && !ignore)
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"invalid CNI_ARGS: unknown key \"%s\"",
				unknown);
	return 0;
}

void cni_args_fini(struct cni_args *args)
{
	free(args->text);
	args->text = NULL;
}
