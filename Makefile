# SPDX-License-Identifier: GPL-2.0
#
# What people type. Everything that is made goes to build/; what is fetched is
# kept in $PODSWITCH_CACHE (~/.cache/podswitch).

PREFIX ?= /usr/local
DESTDIR ?=
LIBDIR ?= $(PREFIX)/lib
CNI_BIN ?= /opt/cni/bin
UNITDIR ?= $(PREFIX)/lib/systemd/system
KVER ?= $(shell uname -r)
JOBS ?= $(shell nproc)

CC ?= gcc
OBJCOPY ?= objcopy
CFLAGS ?= -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
LDFLAGS ?= -Wl,-z,relro,-z,now
B := build

# Debian packages that building takes. "make DEPS=" is for who has them, by whatever name.
DEPS ?= gcc make pkg-config libc6-dev libmnl-dev libnftnl-dev libcjson-dev libmicrohttpd-dev
# The plugin: static runs anywhere; shared is linked with the system's libraries, as distributions want it.
CNI_LINK ?= static

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KERNEL_RANGE := $(shell sed -n 's/^\# .*: Linux \([0-9.]* to [0-9.]*\)$$/\1/p' dkms.conf)
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ALL_CPPFLAGS = -D_GNU_SOURCE -DPODSWITCH_VERSION='"$(VERSION)"' \
	       -DPODSWITCH_KERNELS='"$(KERNEL_RANGE)"' \
	       -Igenl/uapi -Iuserspace/nl -Iuserspace/lib $(CPPFLAGS)
ALL_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS)
# The sanitizers see more than libc's checks, and tests put functions in place of libc's.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -O1 -U_FORTIFY_SOURCE

NL_SRC := $(wildcard userspace/nl/*.c)
LIB_SRC := $(wildcard userspace/lib/*.c)
PSW_SRC := $(wildcard userspace/psw/*.c userspace/psw/*/*.c)
CNI_SRC := $(wildcard cni/*.c)
EXPORTER_SRC := $(wildcard userspace/exporter/*.c)
UNIT_SRC := $(wildcard selftests/user/test_*.c)
TOOL_SRC := $(wildcard selftests/tools/*.c)
MAN3 := $(wildcard userspace/man/*.3)
MAN8 := $(wildcard userspace/man/*.8)
SERVICES := $(wildcard deploy/*.service)
DKMS_SRC := dkms.conf Kbuild kmod/Kbuild $(filter-out %.mod.c,$(wildcard \
	kmod/*.[ch] kmod/compat/*.c kmod/compat/*.mk kmod/compat/include/*/*.h genl/*.[ch] genl/uapi/linux/*.h))

# Where Debian's shells look for completion.
BASH_TO := $(PREFIX)/share/bash-completion/completions/psw
ZSH_TO := $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)/_psw
FISH_TO := $(PREFIX)/share/fish/vendor_completions.d/psw.fish

objects = $(patsubst %.c,$(B)/$(1)/%.o,$(2))
NL := $(call objects,obj,$(NL_SRC))
DYN := $(NL) $(call objects,obj,$(LIB_SRC))
PSW := $(call objects,obj,$(PSW_SRC))
# libpodswitch: its binary interface is counted in the soname, beside the version.
SONAME := libpodswitch.so.0
LIB_FILE := $(SONAME).$(shell echo $(VERSION) | cut -d. -f2-)
LIB_MAP := userspace/lib/libpodswitch.map
LIB_NAMES := $(B)/libpodswitch.a $(B)/libpodswitch.so
EXPORTER := $(call objects,obj,$(EXPORTER_SRC) \
	userspace/psw/exposition.c userspace/psw/utf8.c)
STATIC := $(call objects,static,$(NL_SRC) $(LIB_SRC) $(CNI_SRC))
SAN := $(call objects,san,$(NL_SRC) $(LIB_SRC) \
	 $(filter-out %/main.c,$(PSW_SRC) $(CNI_SRC)) \
	 userspace/exporter/listen.c)
UNITS := $(UNIT_SRC:selftests/user/%.c=$(B)/unit/%)
NLFUZZ := $(call objects,obj,$(wildcard selftests/tools/nlfuzz/*.c))
TOOLS := $(TOOL_SRC:selftests/tools/%.c=$(B)/tools/%) $(B)/tools/nlfuzz

ifneq ($(V),1)
Q := @
say = @printf '  %-7s %s\n' $(1) $(2);
MAKEFLAGS += --no-print-directory
endif

.PHONY: all deps psw cni exporter lib kmod install install-dkms uninstall uninstall-dkms dist deb rpm unit tools genl \
	genl-check lint analyze check check-debug reliability coverage kernels fuzz fuzz-netlink fuzz-frames fuzz-cni \
	load demo vm bench bench-quick bench-cni clean help
.DELETE_ON_ERROR:

all: lib psw cni exporter ## psw, the CNI plugin, libpodswitch and the exporter (the default)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | \
		awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo "variables: KVER= DESTDIR= PREFIX= CNI_BIN= V=1 CFLAGS="

deps:
	@$(if $(DEPS),scripts/need $(DEPS))

# --- userspace ---

psw: $(B)/psw
cni: $(B)/podswitch
exporter: $(B)/podswitch-exporter

lib: $(LIB_NAMES)

# In build/ the library is found beside the programs; what is installed leaves that to the loader.
$(B)/psw $(B)/podswitch-exporter: private LDFLAGS += -Wl,-rpath,'$$ORIGIN'
# Rtnetlink and nf_tables are no part of the library; psw speaks to them itself.
$(B)/psw $(B)/installed/psw: $(PSW) $(NL) $(B)/libpodswitch.so
	$(Q)mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -Wl,--as-needed -Wl,--gc-sections -o $@ \
		$(PSW) $(NL) $(B)/libpodswitch.so -lcjson -lmnl

# Not part of psw, which would start in three times the time with this library.
$(B)/podswitch-exporter $(B)/installed/podswitch-exporter: $(EXPORTER) $(B)/libpodswitch.so
	$(Q)mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $(EXPORTER) \
		$(B)/libpodswitch.so -lmicrohttpd

$(PSW) $(EXPORTER): ALL_CPPFLAGS += -Iuserspace/psw

$(DYN): ALL_CFLAGS += -fPIC
$(B)/libpodswitch.so: $(DYN) $(LIB_MAP)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) \
		-Wl,--version-script=$(LIB_MAP) -Wl,-z,defs \
		-o $(B)/$(LIB_FILE) $(DYN) -lmnl
	$(Q)ln -sf $(LIB_FILE) $(B)/$(SONAME) && ln -sf $(SONAME) $@

# One object, so that what the map does not name stays inside.
$(B)/libpodswitch.a: $(DYN) $(LIB_MAP)
	$(call say,AR,$@)$(LD) -r -o $(B)/libpodswitch.o $(DYN)
	$(Q)sed -n 's/^\t\(podswitch_.*\);$$/\1/p' $(LIB_MAP) > $(B)/libpodswitch.names
	$(Q)$(OBJCOPY) --keep-global-symbols=$(B)/libpodswitch.names $(B)/libpodswitch.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(B)/libpodswitch.o

ifeq ($(CNI_LINK),static)
# The plugin is one file that runs anywhere: no loader, no libraries.
$(B)/podswitch: $(STATIC)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -static -Wl,--gc-sections -o $@ $^ \
		-L$$(cat $(B)/static-libs)/lib -lnftnl -lmnl -lcjson
else
$(B)/podswitch: $(call objects,obj,$(CNI_SRC)) $(DYN)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $^ -lnftnl -lmnl -lcjson
endif

$(STATIC): | $(B)/static-libs
$(B)/static-libs: scripts/static-libs | deps
	$(Q)mkdir -p $(B)
	$(Q)scripts/static-libs > $@

$(B)/static/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CPPFLAGS) -I$$(cat $(B)/static-libs)/include \
		$(ALL_CFLAGS) -ffunction-sections -fdata-sections -MMD -MP \
		-c -o $@ $<

$(B)/obj/%.o: %.c | deps
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What install makes, by which uninstall takes it away.
PROGRAMS_TO := $(PREFIX)/sbin/psw $(PREFIX)/sbin/podswitch-exporter
LOAD_TO := $(PREFIX)/libexec/podswitch/podswitch-load
HEADERS_TO := $(PREFIX)/include/podswitch.h $(PREFIX)/include/linux/podswitch.h
LIBS_TO := $(addprefix $(LIBDIR)/,$(LIB_FILE) $(SONAME) libpodswitch.so libpodswitch.a pkgconfig/libpodswitch.pc)
MAN3_TO = $(addprefix $(PREFIX)/share/man/man3/,$(notdir $(MAN3)) $(shell scripts/man-names $(MAN3)))
MAN8_TO := $(addprefix $(PREFIX)/share/man/man8/,$(notdir $(MAN8)) podswitch-exporter.8)
UNLOAD_TO := $(PREFIX)/libexec/podswitch/podswitch-unload
DKMS_TO := $(PREFIX)/src/podswitch-$(VERSION)
UNITS_TO := $(addprefix $(UNITDIR)/,$(notdir $(SERVICES)))
# At boot, and what leaves podswitch's devices alone.
SWITCHES_TO := $(PREFIX)/libexec/podswitch/podswitch-switches
NETWORKD := $(wildcard deploy/networkd/*)
NETWORKD_TO := $(PREFIX)/lib/systemd/network
BOOT_TO := $(SWITCHES_TO) $(PREFIX)/lib/modules-load.d/podswitch.conf $(PREFIX)/lib/NetworkManager/conf.d/podswitch.conf \
	$(addprefix $(NETWORKD_TO)/,$(notdir $(NETWORKD)))
SWITCHES_CONF := /etc/podswitch/switches

install: all $(B)/installed/psw $(B)/installed/podswitch-exporter ## psw, library, headers, man pages and completion to DESTDIR/PREFIX, the plugin to CNI_BIN
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(PREFIX)/include/linux \
		$(DESTDIR)$(PREFIX)/share/man/man3 \
		$(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(CNI_BIN)
	install -m 755 $(B)/installed/psw $(B)/installed/podswitch-exporter \
		$(DESTDIR)$(PREFIX)/sbin/
	install -m 644 $(B)/libpodswitch.a $(B)/$(LIB_FILE) $(DESTDIR)$(LIBDIR)/
	ln -sf $(LIB_FILE) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libpodswitch.so
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' \
		userspace/lib/libpodswitch.pc.in \
		> $(DESTDIR)$(LIBDIR)/pkgconfig/libpodswitch.pc
	install -m 644 userspace/lib/podswitch.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 genl/uapi/linux/podswitch.h \
		$(DESTDIR)$(PREFIX)/include/linux/
	install -m 644 $(MAN3) $(DESTDIR)$(PREFIX)/share/man/man3/
	scripts/man-names --link $(DESTDIR)$(PREFIX)/share/man/man3 $(MAN3)
	install -m 644 $(MAN8) $(DESTDIR)$(PREFIX)/share/man/man8/
	ln -sf psw-metrics.8 $(DESTDIR)$(PREFIX)/share/man/man8/podswitch-exporter.8
	install -D -m 644 userspace/completion/psw.bash $(DESTDIR)$(BASH_TO)
	install -D -m 644 userspace/completion/_psw $(DESTDIR)$(ZSH_TO)
	install -D -m 644 userspace/completion/psw.fish $(DESTDIR)$(FISH_TO)
	install -d $(DESTDIR)$(UNITDIR)
	$(foreach unit,$(SERVICES),sed 's|@PREFIX@|$(PREFIX)|g' $(unit) > $(DESTDIR)$(UNITDIR)/$(notdir $(unit)) &&) :
	install -m 755 $(B)/podswitch $(DESTDIR)$(CNI_BIN)/.podswitch.new
	mv -f $(DESTDIR)$(CNI_BIN)/.podswitch.new $(DESTDIR)$(CNI_BIN)/podswitch
	install -D -m 755 deploy/podswitch-load $(DESTDIR)$(LOAD_TO)
	install -D -m 755 deploy/podswitch-switches $(DESTDIR)$(SWITCHES_TO)
	install -D -m 644 deploy/modules-load.conf $(DESTDIR)$(PREFIX)/lib/modules-load.d/podswitch.conf
	install -D -m 644 deploy/networkmanager.conf $(DESTDIR)$(PREFIX)/lib/NetworkManager/conf.d/podswitch.conf
	install -D -m 644 -t $(DESTDIR)$(NETWORKD_TO) $(NETWORKD)
	test -e $(DESTDIR)$(SWITCHES_CONF) || install -D -m 644 deploy/switches $(DESTDIR)$(SWITCHES_CONF)
	$(if $(DESTDIR),,ldconfig)

uninstall: ## what install put there, away
	rm -f $(addprefix $(DESTDIR),$(PROGRAMS_TO) $(LIBS_TO) $(HEADERS_TO) \
		$(MAN3_TO) $(MAN8_TO) $(UNITS_TO) $(BASH_TO) $(ZSH_TO) $(FISH_TO) \
		$(LOAD_TO) $(BOOT_TO) $(CNI_BIN)/podswitch)
	@! cmp -s deploy/switches $(DESTDIR)$(SWITCHES_CONF) || rm $(DESTDIR)$(SWITCHES_CONF)
	@rmdir $(DESTDIR)$(dir $(SWITCHES_CONF)) 2> /dev/null || true
	@rmdir $(DESTDIR)$(dir $(LOAD_TO)) 2> /dev/null || true
	$(if $(DESTDIR),,ldconfig)

# --- packages ---

# The module's sources where DKMS looks for them, and what takes the module out again.
install-dkms:
	$(Q)$(foreach file,$(DKMS_SRC),install -D -m 644 $(file) $(DESTDIR)$(DKMS_TO)/$(file) &&) :
	install -D -m 755 deploy/podswitch-unload $(DESTDIR)$(UNLOAD_TO)

uninstall-dkms:
	rm -rf $(DESTDIR)$(DKMS_TO) $(DESTDIR)$(UNLOAD_TO)
	@rmdir $(DESTDIR)$(dir $(UNLOAD_TO)) 2> /dev/null || true

dist: ## the sources as build/podswitch-VERSION.tar.xz, the same bytes each time
	$(Q)scripts/dist $(B)

deb: ## Debian packages, in build/deb/
	$(Q)scripts/deb $(B)/deb

rpm: ## RPM packages, in build/rpm/
	$(Q)scripts/rpm $(B)/rpm

# --- the module ---

kmod: ## the module: KVER=6.1, 6.12 or newest (fetched), or an installed kernel's version
ifneq ($(wildcard /lib/modules/$(KVER)/build),)
	$(Q)$(MAKE) -C /lib/modules/$(KVER)/build M=$(CURDIR) modules
else
	$(Q)selftests/vm/kbuild $(KVER) $(CURDIR) $(B)/$(KVER)
endif

genl: ## the generated files of genl/, anew
	$(Q)genl/regen.sh

genl-check: ## fails if they are not what podswitch.yaml says
	$(Q)genl/regen.sh --check

# --- tests ---

tools: $(TOOLS)

$(B)/tools/%: selftests/tools/%.c | deps
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) -D_GNU_SOURCE -I$(@D) $(ALL_CFLAGS) -MMD -MP -o $@ $<

$(B)/tools/agree: selftests/tools/agree.c $(B)/libpodswitch.a | deps
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -o $@ $< \
		$(B)/libpodswitch.a -lmnl

# It knows the protocol by tables made from the YAML.
$(NLFUZZ): ALL_CPPFLAGS += -Iselftests/tools -I$(B)/tools
$(NLFUZZ): | $(B)/tools/nlfuzz-tables.h
$(B)/tools/nlfuzz: $(NLFUZZ)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $(NLFUZZ)

$(B)/tools/nlfuzz-tables.h: genl/podswitch.yaml selftests/genl/tables.py | deps
	$(Q)scripts/need python3-yaml && mkdir -p $(@D)
	$(call say,GEN,$@)selftests/genl/tables.py $< > $@

# Linked as the plugin is, which they measure.
$(B)/tools/floor $(B)/tools/cnibench: $(B)/tools/%: selftests/tools/%.c | $(B)/static-libs
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) -D_GNU_SOURCE -I$$(cat $(B)/static-libs)/include \
		$(ALL_CFLAGS) -static -o $@ $< -L$$(cat $(B)/static-libs)/lib -lmnl

$(B)/san/%.o: %.c | deps
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CPPFLAGS) -Iuserspace/psw -Iuserspace/exporter -Icni $(ALL_CFLAGS) \
		$(SANITIZE) -MMD -MP -c -o $@ $<

$(B)/libunit.a: $(SAN)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(B)/unit/%: selftests/user/%.c $(B)/libunit.a
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CPPFLAGS) -Iuserspace/psw -Iuserspace/exporter -Icni $(ALL_CFLAGS) \
		$(SANITIZE) -MMD -MP -o $@ $< $(B)/libunit.a -lnftnl -lmnl \
		-lcjson

unit: all $(UNITS) ## tests that need neither root nor a kernel
	$(Q)scripts/need g++ pkg-config
	$(Q)selftests/unit

lint: ## checkpatch, cppcheck, coccinelle, shellcheck and the rest
	$(Q)scripts/lint

analyze: ## the analyzers that take minutes: gcc's and clang's over the module, clang-tidy
	$(Q)scripts/analyze

check: ## all tests, on booted kernels too; the last line counts them
	$(Q)selftests/check

check-debug: ## the tests on kernels that say what they find wrong (KASAN, KCSAN, lockdep, ...); KERNELS=uml-debug or smp-debug
	$(Q)selftests/check-debug

reliability: ## what podswitch has to stand, in a table; ROWS="races load" narrows, NIGHTLY=1 takes a night, SAVE=1 keeps it in doc/
	$(Q)selftests/reliability $(if $(SAVE),--save)

kernels: ## the range, kernel by kernel: built, booted, tested; KERNELS="6.1 7.2" narrows it, FULL=1 runs all tests
	$(Q)selftests/kernels

coverage: all tools ## the share of the module's lines that the tests execute, and the lines that are missed
	$(Q)selftests/coverage

fuzz: all tools ## a million broken frames on User-Mode Linux with KASAN (its first run builds it)
	$(Q)STAGES=fuzz KERNELS=uml-debug selftests/check

MESSAGES ?= 10000000
fuzz-netlink: all tools ## ten million netlink messages, most of them wrong, likewise; MESSAGES=N
	$(Q)APPEND=kmemleak=off PODSWITCH_NLFUZZ_MESSAGES=$(MESSAGES) \
		selftests/vm/selftest uml-debug --timeout 50000 genl/fuzz

FRAMES ?= 10000000
fuzz-frames: all tools ## ten million frames, most of them broken, likewise; FRAMES=N
	$(Q)APPEND=kmemleak=off PODSWITCH_FUZZ_FRAMES=$(FRAMES) \
		selftests/vm/selftest uml-debug --timeout 50000 kmod/fuzz

load: all tools ## many ports, addresses, calls and frames at once: the sizes that take minutes; selftests/load has smaller ones
	$(Q)PODSWITCH_CYCLES=100000 PODSWITCH_LOAD_ROUNDS=20 PODSWITCH_LOAD_FRAMES=100000 \
		selftests/vm/selftest uml --timeout 3000 load/

# Of the archive, a fuzzer is linked with the parsers that it names, no more.
FUZZERS := $(patsubst selftests/user/%.c,$(B)/fuzz/%,$(wildcard selftests/user/fuzz_*.c))
FUZZ_CC = clang $(ALL_CPPFLAGS) -Icni $(ALL_CFLAGS) $(SANITIZE) -MMD -MP

$(B)/fuzz/%.o: %.c | deps
	$(Q)scripts/need clang libclang-rt-dev && mkdir -p $(@D)
	$(call say,CC,$@)$(FUZZ_CC) -fsanitize=fuzzer-no-link -c -o $@ $<

$(B)/fuzz/lib.a: $(patsubst %.c,$(B)/fuzz/%.o,$(NL_SRC) $(LIB_SRC) $(filter-out %/main.c,$(CNI_SRC)))
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(B)/fuzz/fuzz_%: selftests/user/fuzz_%.c $(B)/fuzz/lib.a
	$(call say,CC,$@)$(FUZZ_CC) -fsanitize=fuzzer -o $@ $< $(B)/fuzz/lib.a \
		$(LDFLAGS) -lnftnl -lmnl -lcjson

$(B)/fuzz/fuzz_conf: LDFLAGS += -Wl,--wrap=cni_conf_resolv

RUNS ?= 10000000
fuzz-cni: $(FUZZERS) ## ten million broken configurations, and results, for the CNI plugin; RUNS=N, or SECONDS=N
	$(Q)selftests/user/fuzz $(if $(SECONDS),--seconds $(SECONDS),--runs $(RUNS)) $(FUZZERS)

demo: ## two pods of a container runtime, talking, in a VM, before your eyes
	$(Q)selftests/demo

vm: all ## a shell in a VM with the module loaded (KVER=6.1, 6.12, newest)
	$(Q)selftests/vm/shell $(if $(filter file,$(origin KVER)),6.12,$(KVER))

bench: all tools ## the switch beside all else that joins pods, counted and timed; SAVE=1 keeps it in doc/
	$(Q)selftests/bench/run $(if $(SAVE),--save)

bench-quick: all tools ## instructions that the switch adds to a frame, beside the bridge's
	$(Q)selftests/bench/quick

bench-cni: all tools ## the CNI plugin beside bridge and host-local, in a VM; SAVE=1 keeps it in doc/
	$(Q)selftests/bench/cni $(if $(SAVE),--save)

clean: ## all that was made (not the cache)
	rm -rf $(B) kmod/*.o kmod/*.ko kmod/*.mod kmod/*.mod.c kmod/.*.cmd \
		kmod/compat/*.o kmod/compat/.*.cmd genl/*.o genl/.*.cmd \
		kmod/modules.order modules.order Module.symvers .*.cmd

-include $(shell find $(B) -name '*.d' 2>/dev/null)
