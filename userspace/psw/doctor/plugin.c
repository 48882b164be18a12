// SPDX-License-Identifier: GPL-2.0
/* Checks: the plugin is there and answers, and a runtime is told to use it. */
#include "node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psw.h"

#define DOCTOR_PLUGIN "podswitch"
#define DOCTOR_CNI_PATH "/opt/cni/bin:/usr/lib/cni"

/* The directories in which a runtime looks, with colons between. */
static const char *doctor_plugin_dirs(const struct doctor *d)
{
	const char *dirs = d->cni_bin ? d->cni_bin : getenv("CNI_PATH");

	return dirs && *dirs ? dirs : DOCTOR_CNI_PATH;
}

static bool doctor_plugin_is(const char *path)
{
	struct stat file;

	return !stat(path, &file) && S_ISREG(file.st_mode);
}

bool doctor_plugin_path(const struct doctor *d, char *path)
{
	const char *dirs = doctor_plugin_dirs(d);
	const char *dir;
	int len;

	for (dir = dirs; *dir; dir += len + !!dir[len]) {
		len = (int)strcspn(dir, ":");
		doctor_path(d, path, "%.*s/" DOCTOR_PLUGIN, len, dir);
		if (doctor_plugin_is(path))
			return true;
	}
	doctor_path(d, path, "%.*s/" DOCTOR_PLUGIN, (int)strcspn(dirs, ":"),
		    dirs);
	return false;
}

int doctor_plugin_ask(const struct doctor *d, const char *command,
		      const char *input, cJSON **answer)
{
	char cni_path[DOCTOR_PATH + sizeof("CNI_PATH=")];
	char cni_command[32];
	const char *const environment[] = {
		cni_path, cni_command, "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		NULL,
	};
	char path[DOCTOR_PATH];
	const char *const argv[] = { path, NULL };
	char *output;
	int status;

	*answer = NULL;
	doctor_plugin_path(d, path);
	snprintf(cni_path, sizeof(cni_path), "CNI_PATH=%s",
		 doctor_plugin_dirs(d));
	snprintf(cni_command, sizeof(cni_command), "CNI_COMMAND=%s", command);
	status = doctor_run(argv, environment, input, &output);
	if (output)
		*answer = cJSON_Parse(output);
	free(output);
	return status;
}

static const char *doctor_version(const cJSON *versions, int at)
{
	const cJSON *item = cJSON_GetArrayItem(versions, at);

	return cJSON_IsString(item) ? item->valuestring : "?";
}

static void doctor_plugin_version(struct doctor *d, const char *path)
{
	char quoted[DOCTOR_QUOTED];
	const cJSON *versions;
	cJSON *answer;
	int status;

	status = doctor_plugin_ask(d, "VERSION", "{\"cniVersion\":\"1.0.0\"}",
				   &answer);
	versions = cJSON_GetObjectItemCaseSensitive(answer,
						    "supportedVersions");
	if (status || cJSON_GetArraySize(versions) < 1) {
		doctor_find(d, DOCTOR_PROBLEM, path,
			    "%s does not answer VERSION: %s", path,
			    status < 0 ? strerror(-status) :
			    status ? "it fails" : "it is another program");
		doctor_add(d, "why", "the runtime cannot call it, so no pod starts; install it again");
		doctor_add(d, "look", "CNI_COMMAND=VERSION %s <<<'{\"cniVersion\":\"1.0.0\"}'",
			   doctor_quote(path, quoted));
	} else {
		doctor_fine(d, "%s speaks CNI %s to %s", path,
			    doctor_version(versions, 0),
			    doctor_version(versions,
					   cJSON_GetArraySize(versions) - 1));
	}
	cJSON_Delete(answer);
}

/* Some systems have the usual place on a file system that nobody can write. */
static bool doctor_is_read_only(const char *path)
{
	char dir[DOCTOR_PATH];
	char *slash;
	int err;

	snprintf(dir, sizeof(dir), "%s", path);
	do {
		slash = strrchr(dir, '/');
		if (!slash)
			return false;
		*slash = '\0';
		err = access(*dir ? dir : "/", W_OK) ? errno : 0;
	} while (err == ENOENT);
	return err == EROFS;
}

static void doctor_plugin_absent(struct doctor *d, const char *path)
{
	doctor_find(d, DOCTOR_PROBLEM, path, "the plugin is not there: no %s",
		    path);
	if (doctor_is_read_only(path)) {
		doctor_find(d, DOCTOR_PROBLEM, path,
			    "the plugin cannot be put there: the file system of %s is read-only",
			    path);
		doctor_add(d, "why", "put it into another folder, with make install CNI_BIN=, or CNI_BIN_DIR of the DaemonSet, and name that to the runtime: bin_dirs of containerd, plugin_dirs of CRI-O");
		return;
	}
	doctor_add(d, "why", "the runtime finds no program for \"type\": \"podswitch\", so no pod starts; in the sources, this installs it");
	doctor_add(d, "mend", "make install");
}

void doctor_check_plugin(struct doctor *d)
{
	char quoted[DOCTOR_QUOTED];
	char path[DOCTOR_PATH];

	if (!doctor_plugin_path(d, path)) {
		doctor_plugin_absent(d, path);
	} else if (access(path, X_OK)) {
		doctor_find(d, DOCTOR_PROBLEM, path,
			    "%s cannot be executed", path);
		doctor_add(d, "why", "the runtime cannot call it, so no pod starts");
		doctor_add(d, "mend", "chmod 755 %s",
			   doctor_quote(path, quoted));
	} else {
		doctor_plugin_version(d, path);
	}
}

/* --- configuration --- */

static void doctor_conf_broken(struct doctor *d, const struct doctor_conf *conf)
{
	char quoted[DOCTOR_QUOTED];

	doctor_find(d, DOCTOR_PROBLEM, conf->file,
		    "%s is not a JSON object; the fault is at line %u",
		    conf->file, conf->line);
	doctor_add(d, "why", "runtimes skip the file, or refuse all of them");
	doctor_add(d, "look", "jq . %s", doctor_quote(conf->file, quoted));
}

static bool doctor_conf_delegates(const struct doctor_conf *conf)
{
	const char *type = doctor_conf_text(conf->json, "type");
	const cJSON *plugins;

	plugins = cJSON_GetObjectItemCaseSensitive(conf->json, "plugins");
	if (cJSON_GetArraySize(plugins))
		type = doctor_conf_text(cJSON_GetArrayItem(plugins, 0), "type");
	return strstr(type, "multus");
}

static void doctor_conf_behind(struct doctor *d, const struct doctor_conf *first,
			       const struct doctor_conf *ours)
{
	char quoted[DOCTOR_QUOTED];

	if (doctor_conf_delegates(first)) {
		doctor_find(d, DOCTOR_NOTICE, first->file,
			    "%s comes before %s: pods get podswitch where it says so",
			    first->file, ours->file);
		return;
	}
	doctor_find(d, DOCTOR_PROBLEM, first->file,
		    "%s comes before %s: pods get network \"%s\" and not \"%s\"",
		    first->file, ours->file, first->name, ours->name);
	doctor_add(d, "why", "a runtime takes the first file by name, and this one is not podswitch's");
	doctor_quote(first->file, quoted);
	doctor_add(d, "mend", "mv %s %s.off", quoted, quoted);
}

/* What the runtime would give the plugin, for its STATUS. */
static void doctor_conf_status(struct doctor *d, const struct doctor_conf *conf)
{
	cJSON *input = cJSON_Duplicate(conf->plugin, true);
	cJSON *answer = NULL;
	char *text = NULL;
	int status = 0;

	cJSON_DeleteItemFromObjectCaseSensitive(input, "cniVersion");
	cJSON_DeleteItemFromObjectCaseSensitive(input, "name");
	print_add_string(input, "cniVersion", "1.1.0");
	print_add_string(input, "name", conf->name);
	text = cJSON_PrintUnformatted(input);
	if (text)
		status = doctor_plugin_ask(d, "STATUS", text, &answer);
	if (status) {
		doctor_find(d, DOCTOR_PROBLEM, conf->name,
			    "network \"%s\" cannot take pods: %s", conf->name,
			    status < 0 ? strerror(-status) :
			    doctor_conf_text(answer, "msg"));
		doctor_add(d, "why", "the plugin's own STATUS for %s says so",
			   conf->file);
	}
	cJSON_free(text);
	cJSON_Delete(answer);
	cJSON_Delete(input);
}

static bool doctor_conf_has_plugin(const struct doctor *d)
{
	char path[DOCTOR_PATH];

	return doctor_plugin_path(d, path) && !access(path, X_OK);
}

void doctor_check_configuration(struct doctor *d)
{
	const struct doctor_conf *first = NULL;
	const struct doctor_conf *ours = NULL;
	const struct doctor_conf *conf;
	size_t i;

	for (i = 0; i < d->n_confs; i++) {
		conf = &d->confs[i];
		if (!conf->json) {
			doctor_conf_broken(d, conf);
			continue;
		}
		if (!first)
			first = conf;
		if (conf->plugin && !ours)
			ours = conf;
		/* What is delegated is not complete before it is called. */
		if (conf->plugin && doctor_conf_has_plugin(d) &&
		    !cJSON_HasObjectItem(conf->json, "delegate"))
			doctor_conf_status(d, conf);
	}
	if (!ours) {
		doctor_find(d, DOCTOR_PROBLEM, d->cni_conf,
			    "no configuration in %s is for podswitch",
			    d->cni_conf);
		doctor_add(d, "why", "no pod comes to podswitch; a file there is to have \"type\": \"podswitch\"");
		doctor_add(d, "look", "man podswitch-cni");
		return;
	}
	if (first != ours)
		doctor_conf_behind(d, first, ours);
	doctor_fine(d, "%s comes first, for network \"%s\"", ours->file,
		    ours->name);
}
