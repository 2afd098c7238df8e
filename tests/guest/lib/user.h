/* SPDX-License-Identifier: MIT */
/*
 * User mode: a user root that maps the pages of .user.text and .user.data,
 * at the addresses that they have in the kernel, and a way in and out.
 *
 *     USER_CODE(try_cli, "cli");
 *     struct fault f = user_try(try_cli);
 *
 * A piece of user code ends in a `syscall`; the result has TRAP_SYSCALL as
 * its vector then, or the trap that came before it. Registers at the end are
 * in f.regs.
 */
#pragma once

#include "trap.h"

#define USER_CODE(name, code)                                      \
    extern const char name[];                                      \
    __asm__(".pushsection .user.text, \"ax\"\n" #name ":\n\t" code \
            "\n\tsyscall\n\tud2\n.popsection")

#define USER_DATA SECTION(".user.data")

extern char user_stack_top[];

/* Builds and pins the user root on first use; 0 or the failed call's errno. */
long user_init(void);
uint64_t user_root_mfn(void);
/* Run from *in (rip, rsp, rflags, cs, ss and all) until the next trap. */
struct fault user_run(const struct regs *in);
/* The registers user_try() starts from. */
struct regs user_regs(const void *code);
struct fault user_try(const void *code);
