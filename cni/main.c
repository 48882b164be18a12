// SPDX-License-Identifier: GPL-2.0
/*
 * The CNI plugin: reads a request from environment and stdin, carries it out,
 * and prints one JSON object, its result or why it failed.
 */
#include "cni.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "io.h"
#include "request.h"
#include "result.h"

static const struct cni_verb {
	const char *name;
	cni_verb_fn *run;
	unsigned int needs;
} cni_verbs[] = {
	{ "ADD", cni_add, CNI_NEED_ALL },
	{ "CHECK", cni_check, CNI_NEED_ALL },
	{ "DEL", cni_del, CNI_NEED_ATTACHMENT | CNI_NEED_INPUT },
	{ "GC", cni_gc, CNI_NEED_INPUT },
	{ "STATUS", cni_status, CNI_NEED_INPUT },
	{ "VERSION", cni_version, 0 },
};

static int cni_main_run(const char *command, struct cni_request *req,
			cJSON **result, struct cni_error *err)
{
	size_t i;

	if (!command[0])
		return cni_fail(err, CNI_ERR_ENVIRONMENT,
				"required env variables [CNI_COMMAND] missing");
	for (i = 0; i < sizeof(cni_verbs) / sizeof(*cni_verbs); i++) {
		if (strcmp(command, cni_verbs[i].name) != 0)
			continue;
		if (cni_request_read(req, cni_verbs[i].needs, err))
			return -1;
		return cni_verbs[i].run(req, result, err);
	}
	return cni_fail(err, CNI_ERR_ENVIRONMENT, "unknown CNI_COMMAND: %s",
			command);
}

static int cni_main_print(const cJSON *object)
{
	char *text = cJSON_PrintUnformatted(object);
	int ret;

	ret = text ? cni_write_text(STDOUT_FILENO, text) : -1;
	free(text);
	return ret;
}

int main(void)
{
	const char *command = getenv("CNI_COMMAND");
	struct cni_request req = { 0 };
	struct cni_error err = { 0 };
	cJSON *result = NULL;
	int ret;

	if (!command)
		return cni_about();
	ret = cni_main_run(command, &req, &result, &err);
	if (ret)
		result = cni_result_error(&err, req.version ? req.version :
					  cni_version_name(CNI_1_1_0));
	if (result && cni_main_print(result))
		ret = -1;
	cJSON_Delete(result);
	cni_request_fini(&req);
	return ret ? 1 : 0;
}
