// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include <cjson/cJSON.h>
#include <unistd.h>

#include "conf.h"
#include "io.h"
#include "json.h"
#include "request.h"

static const char *cni_version_asked(const cJSON *input)
{
	const char *version;

	version = cJSON_GetStringValue(cni_json_get(input, "cniVersion"));
	return version && version[0] ? version :
				       cni_version_name(CNI_N_VERSIONS - 1);
}

/* CNI 1.1.0, section 2: VERSION: cniVersion is the one specified on input. */
int cni_version(struct cni_request *req, struct cJSON **result,
		struct cni_error *err)
{
	struct cni_error ignored;
	cJSON *input = NULL;
	cJSON *versions;
	int i;

	if (req->input)
		input = cni_json_parse(req->input, "the input", &ignored);
	*result = cJSON_CreateObject();
	cJSON_AddStringToObject(*result, "cniVersion",
				cni_version_asked(input));
	versions = cJSON_AddArrayToObject(*result, "supportedVersions");
	for (i = 0; i < CNI_N_VERSIONS; i++)
		cJSON_AddItemToArray(versions,
				     cJSON_CreateString(cni_version_name(i)));
	cJSON_Delete(input);
	return *result ? 0 : cni_fail(err, CNI_ERR_IO, "out of memory");
}

int cni_about(void)
{
	int i;

	cni_write_text(STDERR_FILENO, "CNI podswitch plugin v" PODSWITCH_VERSION
		       "\nCNI protocol versions supported: ");
	for (i = 0; i < CNI_N_VERSIONS; i++) {
		cni_write_text(STDERR_FILENO, i ? ", " : "");
		cni_write_text(STDERR_FILENO, cni_version_name(i));
	}
	cni_write_text(STDERR_FILENO, "\n");
	return 0;
}
