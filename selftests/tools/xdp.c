// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a native XDP program that passes everything on a device, prints
 * "attached", and takes it off again when it is killed:
 *
 *   xdp NS DEV
 */
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <sys/syscall.h>

#include "tool.h"

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load(void)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.expected_attach_type = BPF_XDP,
		.insns = (uintptr_t)program,
		.insn_cnt = ARRAY_SIZE(program),
		.license = (uintptr_t)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

int main(int argc, char **argv)
{
	union bpf_attr attr = { 0 };
	int prog;

	if (argc != 3) {
		fputs("usage: xdp NS DEV\n", stderr);
		return 2;
	}
	prog = load();
	if (prog < 0)
		die("program");
	enter(argv[1]);
	attr.link_create.prog_fd = prog;
	attr.link_create.target_ifindex = if_nametoindex(argv[2]);
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = XDP_FLAGS_DRV_MODE;
	if (bpf(BPF_LINK_CREATE, &attr) < 0)
		die(argv[2]);
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}
