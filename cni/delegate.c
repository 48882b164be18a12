// SPDX-License-Identifier: GPL-2.0
#include "delegate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "json.h"
#include "run.h"

#define CNI_COMMAND "CNI_COMMAND="

enum {
	CNI_DELEGATE_MS = 60000,
};

bool cni_delegated(const struct cni_conf *conf)
{
	return conf->ipam_type && !cni_conf_own_ipam(conf);
}

/* CNI 1.1.0, section 4: the first regular file of that name in CNI_PATH. */
static int cni_delegate_find(const struct cni_request *req, const char *type,
			     char *path, struct cni_error *err)
{
	const char *dir = req->path;
	struct stat file;
	int len;

	if (!dir)
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"required env variables [CNI_PATH] missing");
	for (; *dir; dir += len + (dir[len] == ':')) {
		len = (int)strcspn(dir, ":");
		if (len &&
		    snprintf(path, PATH_MAX, "%.*s/%s", len, dir,
			     type) < PATH_MAX &&
		    !stat(path, &file) && S_ISREG(file.st_mode))
			return 0;
	}
	return cni_fail(err, CNI_ERR_DELEGATE,
			"IPAM plugin \"%s\" is not in CNI_PATH %s", type,
			req->path);
}

/* The whole environment, with another command; to be freed, not its strings. */
static char **cni_delegate_environment(char *command)
{
	size_t n = 0;
	char **copy;
	size_t i;

	while (environ[n])
		n++;
	copy = calloc(n + 2, sizeof(*copy));
	if (!copy)
		return NULL;
	n = 0;
	for (i = 0; environ[i]; i++)
		if (strncmp(environ[i], CNI_COMMAND, strlen(CNI_COMMAND)) != 0)
			copy[n++] = environ[i];
	copy[n] = command;
	return copy;
}

/* The plugin failed: in its own words, where it has some. */
static int cni_delegate_refused(const struct cni_conf *conf,
				const struct cni_run *run, const cJSON *said,
				struct cni_error *err)
{
	const char *msg = cJSON_GetStringValue(cni_json_get(said, "msg"));
	const char *details =
		cJSON_GetStringValue(cni_json_get(said, "details"));
	const cJSON *code = cni_json_get(said, "code");

	if (!msg || !cJSON_IsNumber(code) || code->valueint <= 0)
		return cni_fail(err, CNI_ERR_DELEGATE,
				"IPAM plugin \"%s\" failed with status %d and no error object",
				conf->ipam_type, run->status);
	cni_fail(err, code->valueint, "IPAM plugin \"%s\": %s",
		 conf->ipam_type, msg);
	return details ? cni_explain(err, "%s", details) : -1;
}

static int cni_delegate_result(const struct cni_conf *conf,
			       const cJSON *result, struct cni_addressing *ad,
			       struct cni_error *err)
{
	struct cni_error why;

	if (!cJSON_IsObject(result))
		return cni_fail(err, CNI_ERR_DELEGATE,
				"the result of IPAM plugin \"%s\" is not a JSON object",
				conf->ipam_type);
	if (!cni_addressing_parse(ad, result, &why)) {
		if (ad->n_ips)
			return 0;
		cni_fail(&why, CNI_ERR_DELEGATE, "it has no address");
	}
	return cni_fail(err, CNI_ERR_DELEGATE,
			"the result of IPAM plugin \"%s\" cannot be used: %.300s",
			conf->ipam_type, why.msg);
}

static int cni_delegate_judge(const struct cni_conf *conf,
			      const struct cni_run *run,
			      struct cni_addressing *ad, struct cni_error *err)
{
	cJSON *said = run->output ? cJSON_Parse(run->output) : NULL;
	int ret = 0;

	if (run->status)
		ret = cni_delegate_refused(conf, run, said, err);
	else if (ad)
		ret = cni_delegate_result(conf, said, ad, err);
	cJSON_Delete(said);
	return ret;
}

static int cni_delegate_run(const struct cni_conf *conf, struct cni_run *run,
			    struct cni_addressing *ad, struct cni_error *err)
{
	int ret = cni_run(run);

	if (ret == -ETIMEDOUT)
		cni_fail(err, CNI_ERR_DELEGATE,
			 "IPAM plugin \"%s\" did not end within %d seconds",
			 conf->ipam_type, CNI_DELEGATE_MS / 1000);
	else if (ret)
		cni_fail(err, CNI_ERR_DELEGATE,
			 "cannot run IPAM plugin \"%s\": %s", conf->ipam_type,
			 strerror(-ret));
	else
		ret = cni_delegate_judge(conf, run, ad, err);
	free(run->output);
	return ret ? -1 : 0;
}

int cni_delegate(const struct cni_request *req, const struct cni_conf *conf,
		 const char *verb, struct cni_addressing *ad,
		 struct cni_error *err)
{
	struct cni_run run = { .input = req->input };
	char path[PATH_MAX];
	char **environment;
	char command[32];
	int ret;

	if (cni_delegate_find(req, conf->ipam_type, path, err))
		return -1;
	snprintf(command, sizeof(command), CNI_COMMAND "%s", verb);
	environment = cni_delegate_environment(command);
	if (!environment)
		return cni_fail(err, CNI_ERR_IO, "out of memory");
	run.path = path;
	run.environment = environment;
	run.deadline_ms = cni_now_ms() + CNI_DELEGATE_MS;
	ret = cni_delegate_run(conf, &run, ad, err);
	free(environment);
	return ret;
}
