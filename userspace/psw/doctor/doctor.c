// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <string.h>

#include "args.h"
#include "node.h"

#define DOCTOR_CONF_DIR "/etc/cni/net.d"

static const char usage[] =
	"Usage: psw doctor [ CHECK... ] [ cni-bin DIR ] [ cni-conf DIR ]\n"
	"                  [ root DIR ]\n"
	"       psw doctor help\n"
	"CHECK := { module | kernel | plugin | configuration | forwarding |\n"
	"           switches | ports | pods | mtu | addresses | drops |\n"
	"           masquerade | conntrack | leftovers | host }\n"
	"Finds a spoofing pod, a duplicate address, an isolated port, a pod's\n"
	"interface that is down, an MTU that does not fit, masquerading that is\n"
	"missing, and more; says why it matters and which command mends it.\n";

/* From the ground up: what comes first explains what comes later. */
static const struct {
	const char *name;
	void (*run)(struct doctor *d);
} doctor_checks[] = {
	{ "module", doctor_check_module },
	{ "kernel", doctor_check_kernel },
	{ "plugin", doctor_check_plugin },
	{ "configuration", doctor_check_configuration },
	{ "forwarding", doctor_check_forwarding },
	{ "switches", doctor_check_switches },
	{ "ports", doctor_check_ports },
	{ "pods", doctor_check_pods },
	{ "mtu", doctor_check_mtu },
	{ "addresses", doctor_check_addresses },
	{ "drops", doctor_check_drops },
	{ "masquerade", doctor_check_masquerade },
	{ "conntrack", doctor_check_conntrack },
	{ "leftovers", doctor_check_leftovers },
	{ "host", doctor_check_host },
};

/* What there is instead, for who typed it and for the completion. */
static const char *doctor_no_check(void)
{
	static char wrong[512];
	size_t len;
	size_t i;

	len = (size_t)snprintf(wrong, sizeof(wrong), "is none of");
	for (i = 0; i < ARRAY_SIZE(doctor_checks) && len < sizeof(wrong); i++)
		len += (size_t)snprintf(wrong + len, sizeof(wrong) - len,
					"%s \"%s\"", i ? "," : "",
					doctor_checks[i].name);
	return wrong;
}

/* Bit i stands for the check i; none for all of them. */
static const char *doctor_read_check(char *value, void *to)
{
	uint32_t *wanted = to;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(doctor_checks); i++) {
		if (!psw_matches(value, doctor_checks[i].name))
			continue;
		*wanted |= 1U << i;
		return NULL;
	}
	return doctor_no_check();
}

static const char *doctor_read_dir(char *value, void *to)
{
	if (*value != '/')
		return "is not an absolute path";
	return arg_string(value, to);
}

/* That there is no podswitch is a finding, and no failure. */
static void doctor_open(struct psw *psw, struct doctor *d)
{
	int err = podswitch_open(&psw->h);
	const char *error;
	const char *colon;

	if (err) {
		error = psw->h ? podswitch_error(psw->h) : strerror(-err);
		/* What podswitch-load says is told once, by one check. */
		colon = err == -ENOENT ? strstr(error, ": ") : NULL;
		if (colon)
			snprintf(d->reason, sizeof(d->reason), "%s", colon + 2);
		snprintf(d->error, sizeof(d->error), "%.*s",
			 colon ? (int)(colon - error) : -1, error);
	}
	doctor_load(d, err ? NULL : psw->h);
}

static int doctor_run_checks(struct psw *psw, struct doctor *d,
			     uint32_t wanted)
{
	const struct print_view view = {
		.json = psw->json, .pretty = psw->pretty,
	};
	int status;
	size_t i;

	d->findings = print_list();
	doctor_open(psw, d);
	for (i = 0; i < ARRAY_SIZE(doctor_checks); i++)
		if (!wanted || wanted & 1U << i)
			doctor_examine(d, doctor_checks[i].name,
				       doctor_checks[i].run);
	status = doctor_print(stdout, d, &view);
	doctor_unload(d);
	return status;
}

int psw_doctor(struct psw *psw, char **words)
{
	struct doctor d = { .root = "", .cni_conf = DOCTOR_CONF_DIR };
	uint32_t wanted = 0;
	const struct arg table[] = {
		{ "check", ARG_BARE | ARG_MANY, doctor_read_check, &wanted },
		{ "cni-bin", 0, arg_string, &d.cni_bin },
		{ "cni-conf", 0, doctor_read_dir, &d.cni_conf },
		{ "root", 0, doctor_read_dir, &d.root },
	};
	int status;

	snprintf(psw->what, sizeof(psw->what), "doctor");
	if (*words && !strcmp(*words, "help")) {
		fputs(usage, stdout);
		return PSW_DONE;
	}
	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	return doctor_run_checks(psw, &d, wanted);
}
