// SPDX-License-Identifier: GPL-2.0
/* Checks: the kernel, and the module in it. */
#include "node.h"

#include <stdlib.h>
#include <string.h>

#ifndef PODSWITCH_VERSION
#define PODSWITCH_VERSION "unknown"
#endif

#ifndef PODSWITCH_KERNELS
#define PODSWITCH_KERNELS "0.0 to 99.0"
#endif

/* Two numbers as one that can be compared. */
static unsigned int doctor_version_code(unsigned int major, unsigned int minor)
{
	return major << 16 | minor;
}

/* The range is that of dkms.conf, "6.1 to 7.3". */
static bool doctor_is_in_range(unsigned int major, unsigned int minor)
{
	unsigned int code = doctor_version_code(major, minor);
	unsigned int first[2] = { 0 };
	unsigned int last[2] = { 0 };

	if (sscanf(PODSWITCH_KERNELS, "%u.%u to %u.%u", &first[0], &first[1],
		   &last[0], &last[1]) != 4)
		return false;
	return code >= doctor_version_code(first[0], first[1]) &&
	       code <= doctor_version_code(last[0], last[1]);
}

void doctor_check_kernel(struct doctor *d)
{
	char *release = doctor_read(d, "/proc/sys/kernel/osrelease");
	unsigned int major;
	unsigned int minor;

	if (!release || sscanf(release, "%u.%u", &major, &minor) != 2) {
		doctor_find(d, DOCTOR_NOTICE, NULL,
			    "not checked: /proc does not tell the kernel's release");
	} else {
		doctor_fine(d, "Linux %s, of the range from " PODSWITCH_KERNELS,
			    release);
		if (!doctor_is_in_range(major, minor)) {
			doctor_find(d, DOCTOR_PROBLEM, release,
				    "Linux %s is not of the range from " PODSWITCH_KERNELS,
				    release);
			doctor_add(d, "why", "the module is neither built for it nor tested on it; boot another kernel");
		}
	}
	free(release);
}

static bool doctor_is_installed(const struct doctor *d, const char *release)
{
	char path[DOCTOR_PATH];
	bool found;
	char *text;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	text = doctor_read(d, path);
	found = text && (strstr(text, "/podswitch.ko") ||
			 !strncmp(text, "podswitch.ko", 12));
	free(text);
	return found;
}

/* DKMS builds it anew for each kernel, once it knows the sources. */
static void doctor_mend_install(struct doctor *d, const char *then)
{
	bool known = doctor_has(d, "/usr/src/podswitch-" PODSWITCH_VERSION);

	doctor_add(d, "mend", "%sdkms install podswitch/" PODSWITCH_VERSION "%s",
		   known ? "" : "dkms add . && ", then);
}

/* What podswitch-load says of headers, with the commands that install them. */
static void doctor_headers(struct doctor *d, const char *release)
{
	char quoted[DOCTOR_QUOTED];
	char path[DOCTOR_PATH];

	snprintf(path, sizeof(path), "/lib/modules/%s/build/Makefile", release);
	if (doctor_has(d, path))
		return;
	doctor_find(d, DOCTOR_PROBLEM, "podswitch",
		    "the headers of Linux %s are missing", release);
	doctor_add(d, "why", "the module is built with them, so DKMS has none for this kernel");
	doctor_quote(release, quoted);
	if (doctor_has(d, "/etc/debian_version"))
		doctor_add(d, "mend", "apt-get install linux-headers-%s",
			   quoted);
	else if (doctor_has(d, "/etc/redhat-release"))
		doctor_add(d, "mend", "dnf install kernel-devel-%s", quoted);
}

/* What stood in the way when it was last tried. */
static void doctor_quote_load(struct doctor *d)
{
	if (!d->reason[0])
		return;
	doctor_find(d, DOCTOR_NOTICE, "podswitch",
		    "podswitch-load could not load it: %s", d->reason);
	doctor_add(d, "look", "podswitch-load");
}

static void doctor_absent(struct doctor *d, const char *release,
			  bool is_installed)
{
	if (!is_installed)
		doctor_headers(d, release);
	doctor_find(d, DOCTOR_PROBLEM, "podswitch",
		    "the module is not loaded%s%s",
		    is_installed ? "" : ", and not installed for Linux ",
		    is_installed ? "" : release);
	doctor_add(d, "why", "without it, no pod gets an interface, and those that had one have lost it%s",
		   is_installed ? "" : "; dkms add is for the folder of the sources");
	if (is_installed)
		doctor_add(d, "mend", "modprobe podswitch");
	else
		doctor_mend_install(d, " && modprobe podswitch");
}

/* Only firmware that does Secure Boot can be told of a key. */
static void doctor_signer(struct doctor *d)
{
	if (doctor_has(d, "/sys/firmware/efi")) {
		doctor_add(d, "why", "DKMS signs with a key of its own, which the firmware is to be told of, at the next boot");
		doctor_add(d, "mend", "mokutil --import /var/lib/dkms/mok.pub");
	} else {
		doctor_add(d, "why", "DKMS signs with a key of its own, and without Secure Boot nothing makes the kernel trust it; boot without that setting");
	}
}

/* A kernel that is locked down refuses modules that nobody signed. */
static void doctor_signature(struct doctor *d)
{
	char *lockdown = doctor_read(d, "/sys/kernel/security/lockdown");
	char *enforce = doctor_read(d, "/sys/module/module/parameters/sig_enforce");
	bool is_locked = lockdown && (strstr(lockdown, "[integrity]") ||
				      strstr(lockdown, "[confidentiality]"));

	if (is_locked || (enforce && enforce[0] == 'Y')) {
		doctor_find(d, DOCTOR_NOTICE, "podswitch",
			    "the kernel takes only modules that are signed (%s)",
			    is_locked ? "lockdown" : "module.sig_enforce");
		doctor_signer(d);
	}
	free(lockdown);
	free(enforce);
}

static void doctor_loaded(struct doctor *d, const char *release,
			  bool is_installed)
{
	char *version = doctor_read(d, "/sys/module/podswitch/version");

	if (d->error[0]) {
		doctor_find(d, DOCTOR_PROBLEM, "podswitch",
			    "the module is loaded, and does not answer: %s",
			    d->error);
		doctor_add(d, "why", "psw and the plugin can do nothing without it");
	}
	if (version && strcmp(version, PODSWITCH_VERSION) != 0) {
		doctor_find(d, DOCTOR_NOTICE, "podswitch",
			    "the module that is loaded is %s, and psw is " PODSWITCH_VERSION,
			    version);
		doctor_add(d, "why", "what is new in one of them the other does not know; psw upgrade loads the module that is installed, under running pods");
		doctor_add(d, "look", "modinfo podswitch");
	}
	if (!is_installed) {
		doctor_find(d, DOCTOR_NOTICE, "podswitch",
			    "the module is loaded, but not installed for Linux %s",
			    release);
		doctor_add(d, "why", "it will be missing after the next boot; dkms add is for the folder of the sources");
		doctor_mend_install(d, "");
	}
	doctor_fine(d, "podswitch %s is loaded, and installed for Linux %s",
		    version ? version : "", release);
	free(version);
}

void doctor_check_module(struct doctor *d)
{
	char *release = doctor_read(d, "/proc/sys/kernel/osrelease");
	const char *name = release ? release : "?";
	bool is_installed = doctor_is_installed(d, name);

	if (doctor_has(d, "/sys/module/podswitch")) {
		doctor_loaded(d, name, is_installed);
	} else {
		doctor_absent(d, name, is_installed);
		doctor_signature(d);
		doctor_quote_load(d);
	}
	free(release);
}
