// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "elsewhere.h"
#include "module.h"
#include "print.h"
#include "restore.h"
#include "save.h"

#define UPGRADE_RUN "/run/podswitch"
#define UPGRADE_LOCK UPGRADE_RUN "/lock"
#define UPGRADE_STATE UPGRADE_RUN "/upgrade.json"
#define UPGRADE_KEPT UPGRADE_RUN "/module.ko"

enum {
	UPGRADE_LOCK_TRIES = 500,
	UPGRADE_LOAD_TRIES = 5,
	UPGRADE_PAUSE_MS = 20,
};

static const char usage[] =
	"Usage: psw upgrade [ [ file ] FILE ] [ old FILE ] [ force ]\n"
	"       psw upgrade help\n"
	"Puts the module that is installed, or FILE, in the place of the one that is\n"
	"loaded. Pods keep their interfaces, addresses and connections. If the new\n"
	"one fails, the old one is put back, from where it is kept or from \"old\" FILE.\n";

struct upgrade_args {
	const char *file;
	const char *old;
	bool force;
};

/* When the parts of the gap were done with, in nanoseconds. */
enum upgrade_time {
	UPGRADE_BEGUN,
	UPGRADE_UNLOADED,
	UPGRADE_LOADED,
	UPGRADE_RESTORED,
	UPGRADE_TIMES,
};

struct upgrade {
	struct psw *psw;
	const struct upgrade_args *args;
	int lock;
	struct module_id running;
	struct module_file new;
	struct module_file old;	/* .image is NULL if it is not known */
	struct state state;
	uint64_t times[UPGRADE_TIMES];
};

static void upgrade_stamp(struct upgrade *u, enum upgrade_time what)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	u->times[what] = (uint64_t)now.tv_sec * 1000000000 +
			 (uint64_t)now.tv_nsec;
}

static void upgrade_pause(void)
{
	const struct timespec pause = {
		.tv_nsec = UPGRADE_PAUSE_MS * 1000000L,
	};

	nanosleep(&pause, NULL);
}

/* --- before anything is touched --- */

static const char *upgrade_why_not_loaded(int err)
{
	switch (err) {
	case -EPERM:
		return "the kernel lets nobody load modules, or not you, or not one that is not signed (lockdown); needs CAP_SYS_MODULE";
	case -EKEYREJECTED:
	case -ENOKEY:
	case -EBADMSG:
		return "it is not signed with a key that this kernel trusts";
	case -ENOEXEC:
		return "it is built for another kernel, or broken";
	case -ENOENT:
		return "it needs what this kernel does not have";
	default:
		return strerror(-err);
	}
}

static int upgrade_complain_new(const struct upgrade *u, int err)
{
	return psw_complain(u->psw, PSW_FAILED,
			    "%s cannot be loaded: %s (%s); \"dmesg\" tells more",
			    u->new.path, upgrade_why_not_loaded(err),
			    u->new.vermagic ? u->new.vermagic : "no vermagic");
}

/*
 * The kernel judges signature and version magic before it finds that there is
 * a module of this name already, which is what it says of a good one.
 */
static int upgrade_check_new(struct upgrade *u)
{
	char wrong[MODULE_WRONG_SIZE];
	int err;

	if (!module_load_needed(&u->new, wrong))
		return psw_complain(u->psw, PSW_FAILED, "%s", wrong);
	err = module_load(&u->new);
	if (err == -EEXIST)
		return PSW_DONE;
	return upgrade_complain_new(u, err);
}

static int upgrade_read_new(struct upgrade *u)
{
	char wrong[MODULE_WRONG_SIZE], path[PATH_MAX];
	const char *file = u->args->file;

	if (!file && !module_find_installed(path))
		return psw_complain(u->psw, PSW_FAILED,
				    "No module podswitch is installed for this kernel; \"dkms status\" tells why, and \"psw upgrade FILE\" takes one from elsewhere");
	if (!module_read(file ? file : path, &u->new, wrong))
		return psw_complain(u->psw, PSW_FAILED, "%s", wrong);
	return PSW_DONE;
}

/* What would be put back: only the very build that is loaded. */
static int upgrade_find_old(struct upgrade *u)
{
	char wrong[MODULE_WRONG_SIZE], path[PATH_MAX];
	const char *const installed = module_find_installed(path) ? path : NULL;
	const char *const places[] = { u->args->old, UPGRADE_KEPT, installed };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!places[i])
			continue;
		if (module_read(places[i], &u->old, wrong) &&
		    module_same(&u->old.id, &u->running))
			return PSW_DONE;
		if (places[i] == u->args->old)
			return psw_complain(u->psw, PSW_FAILED, "%s",
					    u->old.depends ?
					    "\"old\" is not the module that is loaded, but another build" :
					    wrong);
		module_free(&u->old);
	}
	if (u->args->force)
		return PSW_DONE;
	return psw_complain(u->psw, PSW_FAILED,
			    "The file of the module that is loaded (%s) is not there any more, and could not be put back if the new one failed; name a copy with \"old\" FILE, or do without by \"force\"",
			    u->running.version);
}

static int upgrade_check_elsewhere(const struct upgrade *u)
{
	char where[PATH_MAX];

	if (!elsewhere_find(where))
		return PSW_DONE;
	return psw_complain(u->psw, PSW_FAILED,
			    "Network namespace %s has a switch too, which would go with the module: save it with \"psw -n %s save\" and delete it, and restore it afterwards",
			    where, where);
}

static int upgrade_check_left(const struct upgrade *u)
{
	if (!access(UPGRADE_STATE, F_OK))
		return psw_complain(u->psw, PSW_FAILED,
				    "%s is left from an upgrade that did not end: \"psw restore %s\" makes what is missing, then remove it",
				    UPGRADE_STATE, UPGRADE_STATE);
	return PSW_DONE;
}

/* CNI ADD has it shared, so that no pod comes while the others are away. */
static int upgrade_lock(struct upgrade *u)
{
	int tries = UPGRADE_LOCK_TRIES;
	struct module_id now;

	mkdir(UPGRADE_RUN, 0755);
	u->lock = open(UPGRADE_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (u->lock < 0)
		return psw_complain(u->psw, PSW_FAILED, "Cannot open %s: %s",
				    UPGRADE_LOCK, strerror(errno));
	while (flock(u->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK || !tries--)
			return psw_complain(u->psw, PSW_FAILED,
					    "Cannot lock %s: another psw upgrade or a CNI ADD is under way (%s)",
					    UPGRADE_LOCK, strerror(errno));
		upgrade_pause();
	}
	if (module_loaded(&now) && module_same(&now, &u->running))
		return upgrade_check_left(u);
	return psw_complain(u->psw, PSW_FAILED,
			    "Somebody else has changed the module meanwhile");
}

/* --- what is to be restored --- */

static int upgrade_write_state(const struct upgrade *u, const char *text,
			       size_t len)
{
	static const char partial[] = UPGRADE_STATE ".new";
	FILE *file = fopen(partial, "we");

	if (file && fwrite(text, 1, len, file) == len && !fclose(file) &&
	    !rename(partial, UPGRADE_STATE))
		return PSW_DONE;
	return psw_complain(u->psw, PSW_FAILED, "Cannot write %s: %s",
			    UPGRADE_STATE, strerror(errno));
}

/* It is restored from what was written, which is thus known to be readable. */
static int upgrade_keep_state(struct upgrade *u, const struct state *taken)
{
	char wrong[FIELD_WRONG_SIZE];
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);
	int status = PSW_FAILED;

	if (memory) {
		status = save_print(memory, taken, false);
		fclose(memory);
	}
	if (status || !text)
		status = psw_complain(u->psw, PSW_FAILED, "Out of memory");
	else if (!state_read(text, len, &u->state, wrong))
		status = psw_complain(u->psw, PSW_FAILED, "%s", wrong);
	else
		status = upgrade_write_state(u, text, len);
	free(text);
	return status;
}

static int upgrade_save(struct upgrade *u)
{
	struct state taken = { 0 };
	bool is_whole = true;
	int status;

	status = save_take(u->psw, NULL, &taken, &is_whole);
	if (!status && !is_whole && !u->args->force)
		status = psw_complain(u->psw, PSW_FAILED,
				      "What was just told would be lost; \"force\" lets it");
	if (!status)
		status = upgrade_keep_state(u, &taken);
	state_free(&taken);
	return status;
}

/* --- whether all is as before --- */

/* What changes by itself. */
static void upgrade_forget(cJSON *list)
{
	static const char *const keys[] = {
		"translated", "valid-lft", "preferred-lft",
	};
	cJSON *item;
	size_t i;

	cJSON_ArrayForEach(item, list)
		for (i = 0; i < ARRAY_SIZE(keys); i++)
			cJSON_DeleteItemFromObjectCaseSensitive(item, keys[i]);
}

static bool upgrade_has(const cJSON *list, const cJSON *wanted)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
		if (cJSON_Compare(item, wanted, true))
			return true;
	return false;
}

static int upgrade_compare_list(const struct upgrade *u, const cJSON *before,
				const cJSON *now)
{
	const cJSON *item, *name;
	int status = PSW_DONE;

	cJSON_ArrayForEach(item, before) {
		name = cJSON_GetObjectItemCaseSensitive(item, "name");
		if (!name)
			name = cJSON_GetObjectItemCaseSensitive(item, "dev");
		if (upgrade_has(now, item))
			continue;
		/* A pod may have ended meanwhile. */
		if (!strcmp(before->string, "ports") &&
		    !if_nametoindex(name->valuestring))
			continue;
		status = psw_complain(u->psw, PSW_FAILED,
				      "%s: one of the %s is not as it was before",
				      name->valuestring, before->string);
	}
	return status;
}

static int upgrade_compare(const struct upgrade *u)
{
	struct state after = { 0 };
	bool is_whole = true;
	cJSON *before, *now;
	cJSON *list, *other;
	int status;

	status = save_take(u->psw, NULL, &after, &is_whole);
	before = state_write(&u->state);
	now = state_write(&after);
	cJSON_ArrayForEach(list, before) {
		other = cJSON_GetObjectItemCaseSensitive(now, list->string);
		if (status == PSW_FAILED || !cJSON_IsArray(list))
			continue;
		upgrade_forget(list);
		upgrade_forget(other);
		status = upgrade_compare_list(u, list, other);
	}
	cJSON_Delete(before);
	cJSON_Delete(now);
	state_free(&after);
	return status;
}

/* --- the gap --- */

/*
 * While there is no module, whoever asks for it makes the kernel load the one
 * that is installed; that may be another.
 */
static int upgrade_load(const struct module_file *file)
{
	int tries = UPGRADE_LOAD_TRIES;
	struct module_id loaded;
	int err;

	for (;;) {
		err = module_load(file);
		if (err != -EEXIST)
			return err;
		if (module_loaded(&loaded) && module_same(&loaded, &file->id))
			return 0;
		if (!tries--)
			return err;
		module_unload();
	}
}

static int upgrade_restore(struct upgrade *u)
{
	const struct restore_how how = { .devices_go = true };

	podswitch_close(u->psw->h);
	u->psw->h = NULL;
	return restore_state(u->psw, &u->state, &how);
}

/* The old module again; says what became of it all. */
static int upgrade_back(struct upgrade *u)
{
	struct module_id loaded;
	int err = -ENOENT;

	podswitch_close(u->psw->h);
	u->psw->h = NULL;
	if (u->old.image) {
		if (module_loaded(&loaded))
			module_unload();
		err = upgrade_load(&u->old);
	}
	if (err)
		return psw_complain(u->psw, PSW_FAILED,
				    "podswitch %s is not back either (%s): load a module, then \"psw restore %s\"",
				    u->running.version,
				    u->old.image ? strerror(-err) :
						   "its file is not there",
				    UPGRADE_STATE);
	if (upgrade_restore(u))
		return psw_complain(u->psw, PSW_FAILED,
				    "podswitch %s is back, and not all of its ports; they are in %s",
				    u->running.version, UPGRADE_STATE);
	unlink(UPGRADE_STATE);
	return psw_complain(u->psw, PSW_FAILED,
			    "podswitch %s is back, with all that it had",
			    u->running.version);
}

static int upgrade_swap(struct upgrade *u)
{
	int status;
	int err;

	upgrade_stamp(u, UPGRADE_BEGUN);
	err = module_unload();
	if (err) {
		unlink(UPGRADE_STATE);
		return psw_complain(u->psw, PSW_FAILED,
				    "The module cannot be unloaded: %s%s",
				    strerror(-err),
				    err == -EPERM ? "; needs CAP_SYS_MODULE" :
						    "");
	}
	upgrade_stamp(u, UPGRADE_UNLOADED);
	err = upgrade_load(&u->new);
	upgrade_stamp(u, UPGRADE_LOADED);
	if (err) {
		upgrade_complain_new(u, err);
		return upgrade_back(u);
	}
	status = upgrade_restore(u);
	upgrade_stamp(u, UPGRADE_RESTORED);
	return status ? upgrade_back(u) : PSW_DONE;
}

/* Nothing but SIGKILL comes between, and nothing is read from a disk. */
static int upgrade_swap_undisturbed(struct upgrade *u)
{
	int nice = getpriority(PRIO_PROCESS, 0);
	sigset_t all, before;
	int status;

	setpriority(PRIO_PROCESS, 0, -20);
	/* Not what comes later, for which a limit might leave no memory. */
	mlockall(MCL_CURRENT);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	status = upgrade_swap(u);
	setpriority(PRIO_PROCESS, 0, nice);
	munlockall();
	if (!status) {
		status = upgrade_compare(u);
		if (!status)
			unlink(UPGRADE_STATE);
		module_keep(&u->new, UPGRADE_KEPT);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

/* --- what it says --- */

static double upgrade_ms(const struct upgrade *u, enum upgrade_time from,
			 enum upgrade_time to)
{
	const uint64_t us = (u->times[to] - u->times[from]) / 1000;

	return (double)us / 1000;
}

static void upgrade_text(FILE *out, const cJSON *row)
{
	static const struct {
		const char *before, *key;
	} words[] = {
		{ "podswitch ", "from" },
		{ " is now ", "to" },
		{ "; switches: ", "switches" },
		{ ", ports: ", "ports" },
		{ ", away for ", "gap-ms" },
		{ " ms: unloading ", "unload-ms" },
		{ ", loading ", "load-ms" },
		{ ", restoring ", "restore-ms" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		fputs(words[i].before, out);
		print_member(out, row, words[i].key);
	}
}

static int upgrade_print(const struct upgrade *u)
{
	const struct print_view view = {
		.json = u->psw->json, .pretty = u->psw->pretty,
	};
	cJSON *row = print_lone_row();

	print_add_string(row, "from", u->running.version);
	print_add_string(row, "to", u->new.id.version);
	print_add_uint(row, "switches", u->state.switches.n);
	print_add_uint(row, "ports", u->state.ports.n);
	print_add_decimal(row, "gap-ms",
			  upgrade_ms(u, UPGRADE_BEGUN, UPGRADE_RESTORED));
	print_add_decimal(row, "unload-ms",
			  upgrade_ms(u, UPGRADE_BEGUN, UPGRADE_UNLOADED));
	print_add_decimal(row, "load-ms",
			  upgrade_ms(u, UPGRADE_UNLOADED, UPGRADE_LOADED));
	print_add_decimal(row, "restore-ms",
			  upgrade_ms(u, UPGRADE_LOADED, UPGRADE_RESTORED));
	return print_event(stdout, row, &view, upgrade_text);
}

/* --- everything --- */

/* All that takes time is done before the gap, and most of it before the lock. */
static int upgrade_steps(struct upgrade *u)
{
	int status;

	if (!module_loaded(&u->running))
		return psw_complain(u->psw, PSW_FAILED,
				    "The module is not loaded; \"modprobe podswitch\" loads the one that is installed");
	status = upgrade_read_new(u);
	if (status)
		return status;
	if (module_same(&u->new.id, &u->running) && !u->args->force) {
		printf("podswitch %s is loaded already\n", u->running.version);
		return PSW_DONE;
	}
	status = upgrade_find_old(u);
	if (!status)
		status = upgrade_check_new(u);
	if (!status)
		status = upgrade_check_elsewhere(u);
	if (!status)
		status = upgrade_lock(u);
	if (!status)
		status = upgrade_save(u);
	if (!status)
		status = upgrade_swap_undisturbed(u);
	return status ? status : upgrade_print(u);
}

static int upgrade(struct psw *psw, const struct upgrade_args *args)
{
	struct upgrade u = {
		.psw = psw, .args = args, .lock = -1, .new.fd = -1,
		.old.fd = -1,
	};
	int status;

	status = upgrade_steps(&u);
	if (u.lock >= 0)
		close(u.lock);
	state_free(&u.state);
	module_free(&u.new);
	module_free(&u.old);
	return status;
}

static const char *upgrade_arg_force(char *value, void *to)
{
	bool *force = to;

	(void)value;
	*force = true;
	return NULL;
}

int psw_upgrade(struct psw *psw, char **words)
{
	struct upgrade_args args = { 0 };
	const struct arg table[] = {
		{ "file", ARG_BARE, arg_string, &args.file },
		{ "old", 0, arg_string, &args.old },
		{ "force", ARG_LONE, upgrade_arg_force, &args.force },
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "upgrade");
	if (*words && !words[1] && psw_matches(*words, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	return status ? status : upgrade(psw, &args);
}
