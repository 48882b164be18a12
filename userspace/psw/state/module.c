// SPDX-License-Identifier: GPL-2.0
#include "module.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULE_NAME "podswitch"
#define MODULE_SYS "/sys/module/" MODULE_NAME

enum { MODULE_MAX = 64 << 20 };	/* bytes that are read */

__attribute__((format(printf, 2, 3)))
static bool module_wrong(char *wrong, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(wrong, MODULE_WRONG_SIZE, format, args);
	va_end(args);
	return false;
}

/* --- the one that is loaded --- */

static ssize_t module_read_sys(const char *path, void *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, to, size);
	close(fd);
	return len;
}

static void module_read_word(const char *path, char *to, size_t size)
{
	ssize_t len = module_read_sys(path, to, size - 1);

	to[len > 0 ? len : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
}

/* The build ID is a note: header, name ("GNU"), bytes. */
static void module_take_note(const void *note, size_t len, struct module_id *id)
{
	size_t before = sizeof(ElfW(Nhdr)) + sizeof("GNU");
	ElfW(Nhdr) nhdr;

	if (len < before)
		return;
	memcpy(&nhdr, note, sizeof(nhdr));
	if (nhdr.n_type != NT_GNU_BUILD_ID || nhdr.n_namesz != sizeof("GNU") ||
	    nhdr.n_descsz > len - before || nhdr.n_descsz > sizeof(id->bytes))
		return;
	id->len = nhdr.n_descsz;
	memcpy(id->bytes, (const char *)note + before, id->len);
}

bool module_loaded(struct module_id *id)
{
	char note[128];
	char state[16];
	ssize_t len;

	*id = (struct module_id){ 0 };
	module_read_word(MODULE_SYS "/initstate", state, sizeof(state));
	if (strcmp(state, "live") != 0)
		return false;
	module_read_word(MODULE_SYS "/version", id->version,
			 sizeof(id->version));
	module_read_word(MODULE_SYS "/srcversion", id->srcversion,
			 sizeof(id->srcversion));
	len = module_read_sys(MODULE_SYS "/notes/.note.gnu.build-id", note,
			      sizeof(note));
	if (len > 0)
		module_take_note(note, (size_t)len, id);
	return true;
}

bool module_same(const struct module_id *a, const struct module_id *b)
{
	if (a->len && b->len)
		return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
	return a->srcversion[0] && !strcmp(a->srcversion, b->srcversion) &&
	       !strcmp(a->version, b->version);
}

/* --- files --- */

bool module_find_installed(char *path)
{
	struct utsname kernel;
	char *line = NULL;
	bool found = false;
	size_t size = 0;
	char deps[128];
	const char *at;
	FILE *in;

	uname(&kernel);
	snprintf(deps, sizeof(deps), "/lib/modules/%.64s/modules.dep",
		 kernel.release);
	in = fopen(deps, "re");
	if (!in)
		return false;
	while (!found && getline(&line, &size, in) > 0) {
		line[strcspn(line, ":")] = '\0';
		at = strrchr(line, '/');
		at = at ? at + 1 : line;
		found = !strncmp(at, MODULE_NAME ".ko",
				 strlen(MODULE_NAME ".ko"));
		if (found)
			snprintf(path, PATH_MAX, "/lib/modules/%.64s/%s",
				 kernel.release, line);
	}
	free(line);
	fclose(in);
	return found;
}

/* All of a file or a pipe. */
static char *module_read_all(int fd, size_t *len)
{
	size_t room = 1 << 20;
	char *data = malloc(room);
	char *more = data;
	ssize_t n;

	*len = 0;
	while (more) {
		n = read(fd, data + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		*len += (size_t)n;
		if (*len < room)
			continue;
		room *= 2;
		errno = EFBIG;
		more = room > MODULE_MAX ? NULL : realloc(data, room);
		data = more ? more : data;
	}
	if (more && !n)
		return data;
	free(data);
	return NULL;
}

static bool module_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* What is in front of a compressed file, and who unpacks it. */
static const struct module_packer {
	const char *program;
	size_t len;
	const char *magic;
} module_packers[] = {
	{ "xz", 6, "\xfd" "7zXZ" },
	{ "zstd", 4, "\x28\xb5\x2f\xfd" },
	{ "gzip", 2, "\x1f\x8b" },
};

static char *module_unpack(const char *program, const char *path, size_t *len)
{
	char *const argv[] = {
		(char *)program, (char *)"-dcq", (char *)"--", (char *)path,
		NULL,
	};
	posix_spawn_file_actions_t actions;
	char *image = NULL;
	int pipes[2];
	pid_t pid;
	int err;

	if (pipe2(pipes, O_CLOEXEC))
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
	err = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	if (!err) {
		image = module_read_all(pipes[0], len);
		if (!module_wait(pid)) {
			free(image);
			image = NULL;
			err = EBADMSG;
		}
	}
	close(pipes[0]);
	if (err)
		errno = err;
	return image;
}

static ElfW(Ehdr) module_header(const struct module_file *file)
{
	ElfW(Ehdr) ehdr;

	memcpy(&ehdr, file->image, sizeof(ehdr));
	return ehdr;
}

/* Of a section that there is. */
static ElfW(Shdr) module_section_header(const struct module_file *file,
					size_t i)
{
	ElfW(Shdr) shdr;

	memcpy(&shdr,
	       file->image + module_header(file).e_shoff + i * sizeof(shdr),
	       sizeof(shdr));
	return shdr;
}

/* Whether its content is in the file. */
static bool module_has(const struct module_file *file, size_t i)
{
	ElfW(Shdr) shdr = module_section_header(file, i);

	return shdr.sh_type != SHT_NOBITS && shdr.sh_offset <= file->len &&
	       shdr.sh_size <= file->len - shdr.sh_offset;
}

/* The names of the sections, ended by NUL, or NULL. */
static const char *module_names(const struct module_file *file, size_t *len)
{
	ElfW(Ehdr) ehdr = module_header(file);
	ElfW(Shdr) names;

	if (ehdr.e_shoff > file->len || ehdr.e_shentsize != sizeof(names) ||
	    ehdr.e_shnum > (file->len - ehdr.e_shoff) / sizeof(names) ||
	    ehdr.e_shstrndx >= ehdr.e_shnum)
		return NULL;
	names = module_section_header(file, ehdr.e_shstrndx);
	if (!module_has(file, ehdr.e_shstrndx) || !names.sh_size ||
	    file->image[names.sh_offset + names.sh_size - 1])
		return NULL;
	*len = names.sh_size;
	return file->image + names.sh_offset;
}

/* The content of a section, or NULL. */
static const char *module_section(const struct module_file *file,
				  const char *name, size_t *len)
{
	const char *names = module_names(file, len);
	size_t n_names = names ? *len : 0;
	ElfW(Shdr) shdr;
	size_t i;

	for (i = 0; names && i < module_header(file).e_shnum; i++) {
		shdr = module_section_header(file, i);
		if (shdr.sh_name >= n_names || !module_has(file, i) ||
		    strcmp(names + shdr.sh_name, name) != 0)
			continue;
		*len = shdr.sh_size;
		return file->image + shdr.sh_offset;
	}
	return NULL;
}

/* What the module says of itself, "key=value" each, or NULL. */
static const char *module_info(const struct module_file *file, const char *key)
{
	size_t key_len = strlen(key);
	const char *info, *end;
	size_t len;

	info = module_section(file, ".modinfo", &len);
	if (!info || !len || info[len - 1])
		return NULL;
	for (end = info + len; info < end; info += strlen(info) + 1)
		if (!strncmp(info, key, key_len) && info[key_len] == '=')
			return info + key_len + 1;
	return NULL;
}

static bool module_is_elf(const char *image, size_t len)
{
	return len >= sizeof(ElfW(Ehdr)) && !memcmp(image, ELFMAG, SELFMAG) &&
	       image[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 :
							  ELFCLASS32);
}

static void module_copy_info(const struct module_file *file, const char *key,
			     char *to, size_t size)
{
	const char *value = module_info(file, key);

	snprintf(to, size, "%s", value ? value : "");
}

static bool module_parse(struct module_file *file, char *wrong)
{
	const char *note, *name;
	size_t len;

	if (!module_is_elf(file->image, file->len))
		return module_wrong(wrong, "%s is no kernel module",
				    file->path);
	name = module_info(file, "name");
	if (!name || strcmp(name, MODULE_NAME) != 0)
		return module_wrong(wrong, "%s is not the module " MODULE_NAME,
				    file->path);
	module_copy_info(file, "version", file->id.version,
			 sizeof(file->id.version));
	module_copy_info(file, "srcversion", file->id.srcversion,
			 sizeof(file->id.srcversion));
	file->depends = module_info(file, "depends");
	file->vermagic = module_info(file, "vermagic");
	note = module_section(file, ".note.gnu.build-id", &len);
	if (note)
		module_take_note(note, len, &file->id);
	return true;
}

bool module_read(const char *path, struct module_file *file, char *wrong)
{
	const struct module_packer *packer;
	char *unpacked;
	size_t i;

	*file = (struct module_file){ .fd = -1 };
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd >= 0)
		file->image = module_read_all(file->fd, &file->len);
	if (!file->image)
		return module_wrong(wrong, "Cannot read %s: %s", path,
				    strerror(errno));
	for (i = 0; i < sizeof(module_packers) / sizeof(*packer); i++) {
		packer = &module_packers[i];
		if (file->len < packer->len ||
		    memcmp(file->image, packer->magic, packer->len) != 0)
			continue;
		unpacked = module_unpack(packer->program, path, &file->len);
		if (!unpacked)
			return module_wrong(wrong, "Cannot unpack %s by %s: %s",
					    path, packer->program,
					    strerror(errno));
		free(file->image);
		file->image = unpacked;
		file->is_packed = true;
		break;
	}
	return module_parse(file, wrong);
}

void module_free(struct module_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->image);
	*file = (struct module_file){ .fd = -1 };
}

/* --- loading --- */

int module_load(const struct module_file *file)
{
	long ret;

	if (file->is_packed)
		ret = syscall(SYS_init_module, file->image, file->len, "");
	else
		ret = syscall(SYS_finit_module, file->fd, "", 0);
	return ret ? -errno : 0;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, MODULE_NAME, O_NONBLOCK) ? -errno : 0;
}

static bool module_modprobe(const char *name)
{
	char *const argv[] = {
		(char *)"modprobe", (char *)"-q", (char *)"--", (char *)name,
		NULL,
	};
	pid_t pid;

	return !posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) &&
	       module_wait(pid);
}

bool module_load_needed(const struct module_file *file, char *wrong)
{
	const char *next = file->depends ? file->depends : "";
	char name[64], path[128];

	while (*next) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(next, ","),
			 next);
		next += strcspn(next, ",");
		next += *next == ',';
		snprintf(path, sizeof(path), "/sys/module/%s", name);
		if (access(path, F_OK) && !module_modprobe(name))
			return module_wrong(wrong,
					    "%s needs the module %s, which cannot be loaded",
					    file->path, name);
	}
	return true;
}

int module_keep(const struct module_file *file, const char *path)
{
	char partial[PATH_MAX];
	size_t done = 0;
	ssize_t n = 0;
	int err = 0;
	int fd;

	snprintf(partial, sizeof(partial), "%s.new", path);
	fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (done < file->len && n >= 0) {
		n = write(fd, file->image + done, file->len - done);
		done += n > 0 ? (size_t)n : 0;
	}
	if (n < 0 || rename(partial, path)) {
		err = -errno;
		unlink(partial);
	}
	close(fd);
	return err;
}
