// SPDX-License-Identifier: GPL-2.0
#include "request.h"

#include <errno.h>
#include <limits.h>
#include <linux/podswitch.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"

enum {
	CNI_INPUT_MS = 10000,
	CNI_INPUT_OPTIONAL_MS = 1000,	/* a runtime may give none, open */
	CNI_PATIENCE_MS = 60000,
};

bool cni_name_valid(const char *name)
{
	static const char more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789_.-";
	size_t len = strlen(name);

	return len && len <= PODSWITCH_OWNER_LEN_MAX &&
	       strspn(name, more) == len && !strchr("_.-", name[0]);
}

static bool cni_is_utf8(const char *text)
{
	return !text[cni_utf8_span(text)];
}

/*
 * CNI 1.1.0, section 2: Parameters. The kernel takes \xa0 for white space, and
 * "eth%d" for a pattern to make a name from.
 */
bool cni_ifname_valid(const char *name)
{
	return name[0] && strlen(name) < IFNAMSIZ && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 &&
	       !strpbrk(name, "/:% \t\n\v\f\r\xa0") && cni_is_utf8(name);
}

static bool cni_path_valid(const char *path)
{
	return strlen(path) < PATH_MAX && cni_is_utf8(path);
}

static const struct cni_variable {
	const char *name;
	size_t member;
	unsigned int needed_for;
	bool (*valid)(const char *value);
} cni_variables[] = {
	{ "CNI_CONTAINERID", offsetof(struct cni_request, container_id),
	  CNI_NEED_ATTACHMENT, cni_name_valid },
	{ "CNI_NETNS", offsetof(struct cni_request, netns),
	  CNI_NEED_NETNS, cni_path_valid },
	{ "CNI_IFNAME", offsetof(struct cni_request, ifname),
	  CNI_NEED_ATTACHMENT, cni_ifname_valid },
	{ "CNI_ARGS", offsetof(struct cni_request, args), 0, NULL },
	{ "CNI_PATH", offsetof(struct cni_request, path), 0, NULL },
};

enum {
	CNI_N_VARIABLES = sizeof(cni_variables) / sizeof(cni_variables[0]),
};

static const char **cni_member(struct cni_request *req,
			       const struct cni_variable *variable)
{
	return (const char **)((char *)req + variable->member);
}

static void cni_take_environment(struct cni_request *req)
{
	const char *value;
	int i;

	for (i = 0; i < CNI_N_VARIABLES; i++) {
		value = getenv(cni_variables[i].name);
		if (value && value[0])
			*cni_member(req, &cni_variables[i]) = value;
	}
}

static int cni_fail_missing(struct cni_request *req, unsigned int needs,
			    struct cni_error *err)
{
	char names[128] = "";
	int used = 0;
	int i;

	for (i = 0; i < CNI_N_VARIABLES; i++) {
		if (!(cni_variables[i].needed_for & needs) ||
		    *cni_member(req, &cni_variables[i]))
			continue;
		used += snprintf(names + used, sizeof(names) - (size_t)used,
				 "%s%s", used ? "," : "",
				 cni_variables[i].name);
	}
	return cni_fail(err, CNI_ERR_ENVIRONMENT,
			"required env variables [%s] missing", names);
}

int cni_request_judge(struct cni_request *req, unsigned int needs,
		      struct cni_error *err)
{
	const struct cni_variable *variable;
	const char *value;
	int i;

	for (i = 0; i < CNI_N_VARIABLES; i++) {
		variable = &cni_variables[i];
		value = *cni_member(req, variable);
		if (!(variable->needed_for & needs))
			continue;
		if (!value)
			return cni_fail_missing(req, needs, err);
		if (variable->valid && !variable->valid(value))
			return cni_fail(err, CNI_ERR_ENVIRONMENT,
					"invalid %s: \"%s\"", variable->name,
					value);
	}
	return 0;
}

static int cni_read_input(struct cni_request *req, unsigned int needs,
			  struct cni_error *err)
{
	bool needed = needs & CNI_NEED_INPUT;
	int ret;

	if (!needed && isatty(STDIN_FILENO))
		return 0;
	ret = cni_read_text(STDIN_FILENO,
			    cni_now_ms() + (needed ? CNI_INPUT_MS :
						     CNI_INPUT_OPTIONAL_MS),
			    &req->input);
	if (!ret || !needed)
		return 0;
	switch (ret) {
	case -EILSEQ:
		return cni_fail(err, CNI_ERR_DECODE,
				"the configuration holds a NUL byte");
	case -EFBIG:
		return cni_fail(err, CNI_ERR_DECODE,
				"the configuration has more than %d bytes",
				CNI_TEXT_MAX);
	case -ETIMEDOUT:
		return cni_fail(err, CNI_ERR_TRY_AGAIN,
				"the configuration on stdin did not end within %d seconds",
				CNI_INPUT_MS / 1000);
	default:
		return cni_fail(err, CNI_ERR_IO,
				"cannot read the configuration from stdin: %s",
				strerror(-ret));
	}
}

int cni_request_read(struct cni_request *req, unsigned int needs,
		     struct cni_error *err)
{
	memset(req, 0, sizeof(*req));
	cni_take_environment(req);
	req->patience_ms = CNI_PATIENCE_MS;
	if (cni_request_judge(req, needs, err))
		return -1;
	return cni_read_input(req, needs, err);
}

void cni_request_fini(struct cni_request *req)
{
	free(req->input);
	req->input = NULL;
}
