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
	if (strchr(type, '/'))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"ipam.type\": \"%s\" is not a file name",
				type);
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

static int cni_delegate_fail(const struct cni_conf *conf, const char *why,
			     struct cni_error *err)
{
	return cni_fail(err, CNI_ERR_DELEGATE,
			"the result of IPAM plugin \"%s\" cannot be used: %s",
			conf->ipam_type, why);
}

/* The plugin failed: in its own words, where it has some. */
static int cni_delegate_refused(const struct cni_conf *conf,
				const struct cni_run *run,
				struct cni_error *err)
{
	uint32_t code = CNI_ERR_DELEGATE;
	const char *details = NULL;
	const char *msg = NULL;
	struct cni_error why;
	cJSON *said = NULL;

	if (run->output)
		said = cni_json_parse(run->output, "stdout", &why);
	/* Whatever of it is not as specified is as good as absent. */
	cni_json_string(said, "", "msg", &msg, &why);
	cni_json_string(said, "", "details", &details, &why);
	if (cni_json_uint(said, "", "code", &code, &why) || !code)
		code = CNI_ERR_DELEGATE;
	if (msg && msg[0])
		cni_fail(err, (int)code, "IPAM plugin \"%s\": %s",
			 conf->ipam_type, msg);
	else
		cni_fail(err, CNI_ERR_DELEGATE,
			 "IPAM plugin \"%s\" failed with status %d and no error object",
			 conf->ipam_type, run->status);
	if (msg && details)
		cni_explain(err, "%s", details);
	cJSON_Delete(said);
	return -1;
}

/* CNI 1.1.0, section 4: a result is in the form of a version that we know. */
static int cni_delegate_version(const cJSON *result, struct cni_error *err)
{
	const char *version = "";
	int i;

	if (cni_json_string(result, "", "cniVersion", &version, err))
		return -1;
	for (i = 0; version[0] && i < CNI_N_VERSIONS; i++)
		if (!strcmp(version, cni_version_name((enum cni_version)i)))
			return 0;
	if (!version[0])
		return 0;
	return cni_fail(err, CNI_ERR_DELEGATE,
			"\"cniVersion\": \"%s\" is not known", version);
}

static int cni_delegate_result(const struct cni_conf *conf,
			       const struct cni_run *run,
			       struct cni_addressing *ad,
			       struct cni_error *err)
{
	struct cni_error why;
	const char *msg;
	cJSON *said;
	int ret;

	if (!run->output)
		return cni_delegate_fail(conf, "it holds a NUL byte", err);
	said = cni_json_parse(run->output, "it", &why);
	if (!said)
		return cni_delegate_fail(conf, why.msg, err);
	msg = cJSON_GetStringValue(cni_json_get(said, "msg"));
	ret = cni_delegate_version(said, &why);
	if (!ret)
		ret = cni_addressing_parse(ad, said, &why);
	if (!ret && !ad->n_ips)
		ret = cni_fail(&why, CNI_ERR_DELEGATE, "it has no address%s%s",
			       msg ? ", but says: " : "", msg ? msg : "");
	cJSON_Delete(said);
	return ret ? cni_delegate_fail(conf, why.msg, err) : 0;
}

/* What may go well the next time is not the plugin's fault. */
static int cni_delegate_not_run(const struct cni_conf *conf,
				const struct cni_request *req, int ret,
				struct cni_error *err)
{
	switch (ret) {
	case -ETIMEDOUT:
		return cni_fail(err, CNI_ERR_TRY_AGAIN,
				"IPAM plugin \"%s\", or what it started, did not end within %lld seconds",
				conf->ipam_type,
				(long long)req->patience_ms / 1000);
	case -EFBIG:
		return cni_fail(err, CNI_ERR_DELEGATE,
				"IPAM plugin \"%s\" printed more than %d bytes",
				conf->ipam_type, CNI_TEXT_MAX);
	default:
		return cni_fail(err, ret == -ETXTBSY || ret == -EAGAIN ?
				CNI_ERR_TRY_AGAIN : CNI_ERR_DELEGATE,
				"cannot run IPAM plugin \"%s\": %s",
				conf->ipam_type, strerror(-ret));
	}
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
	run.deadline_ms = cni_now_ms() + req->patience_ms;
	ret = cni_run(&run);
	if (ret)
		ret = cni_delegate_not_run(conf, req, ret, err);
	else if (run.status)
		ret = cni_delegate_refused(conf, &run, err);
	else if (ad)
		ret = cni_delegate_result(conf, &run, ad, err);
	free(run.output);
	free(environment);
	return ret;
}
