/* SPDX-License-Identifier: MIT */
/*
 * Traps: the guest's virtual IDT, its callbacks, and ways to expect a fault.
 *
 * Every entry stub builds a `struct regs` on the kernel stack, whatever the
 * width's bounce frame looked like, and calls trap_dispatch(). In order:
 *   1. an event upcall goes to evt_upcall();
 *   2. trap_hook, if set and true, has handled the trap: the guest goes on
 *      with the (perhaps changed) registers;
 *   3. from user mode: user_run() returns with the registers;
 *   4. inside TRY(): TRY yields the fault;
 *   5. else the running test fails and the next one starts.
 */
#pragma once

#include "types.h"

enum trap_vector {
    TRAP_DE = 0,
    TRAP_DB = 1,
    TRAP_NMI = 2,
    TRAP_BP = 3,
    TRAP_OF = 4,
    TRAP_BR = 5,
    TRAP_UD = 6,
    TRAP_NM = 7,
    TRAP_DF = 8,
    TRAP_TS = 10,
    TRAP_NP = 11,
    TRAP_SS = 12,
    TRAP_GP = 13,
    TRAP_PF = 14,
    TRAP_MF = 16,
    TRAP_AC = 17,
    TRAP_MC = 18,
    TRAP_XM = 19,
    TRAP_INT80 = 0x80,
    TRAP_INT81 = 0x81,
    /* Not vectors: entries of their own. */
    TRAP_EVENT = 0x100,
    TRAP_FAILSAFE = 0x101,
    TRAP_SYSCALL = 0x102,
    TRAP_SYSCALL32 = 0x103,
    TRAP_SYSENTER = 0x104,
    TRAP_NMI_CB = 0x105,
    TRAP_NONE = 0xfff,
};

#ifdef __x86_64__
struct regs {
    ulong_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
    ulong_t rax, rcx, rdx, rsi, rdi;
    ulong_t vector, error;
    ulong_t rip;
    uint32_t cs;
    uint32_t saved_mask; /* bits 32-39 of the frame's CS word */
    ulong_t rflags, rsp, ss;
};

struct jump {
    ulong_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};
#endif

/* What a TRY() or a user run ended with. vector is TRAP_NONE for no fault. */
struct fault {
    unsigned vector;
    ulong_t error;
    ulong_t rip;
    ulong_t cr2; /* vcpu_info.arch.cr2, for TRAP_PF only */
    struct regs regs;
};

/* Returns twice: 0 at first, 1 after jump_to(). */
int jump_set(struct jump *j) __attribute__((returns_twice));
void jump_to(struct jump *j) NORETURN;

#define CPUS_MAX 4

struct cpu {
    unsigned id;
    bool fault_armed;
    bool user_armed;
    bool test_armed;
    struct jump fault_jump;
    struct jump user_jump;
    struct jump test_jump;
    struct fault fault;
};

extern struct cpu cpus[CPUS_MAX];
extern char trap_stack_top[];

/* Selectors saved by the last failsafe callback: DS ES FS GS. */
extern ulong_t trap_failsafe_sel[4];

/* See the head. Reset by the framework before each test. */
extern bool (*volatile trap_hook)(struct regs *r);

struct cpu *trap_cpu(void);
int trap_init(void);
void trap_dispatch(struct regs *r);
const char *trap_name(unsigned vector);

/* Register (or with 0 remove) one entry point. */
long trap_set_one(unsigned vector, unsigned flags, unsigned cs, ulong_t addr);
/* The stub that trap_init() registers for a vector. */
ulong_t trap_stub(unsigned vector);
/* All of trap_init()'s registrations again, after a test changed them. */
void trap_restore(void);

struct fault trap_try_leave(void);

/*
 * Run a statement, catch the first trap in it and yield it:
 *     struct fault f = TRY(asm volatile("ud2"));
 * The rest of the statement is abandoned on a trap.
 */
#define TRY(...)                                   \
    ({                                             \
        struct cpu *try_cpu = trap_cpu();          \
        try_cpu->fault.vector = TRAP_NONE;         \
        if (jump_set(&try_cpu->fault_jump) == 0) { \
            try_cpu->fault_armed = true;           \
            __VA_ARGS__;                           \
        }                                          \
        trap_try_leave();                          \
    })

/* Entry stubs, in entry_64.S. */
extern char trap_event_entry[], trap_failsafe_entry[], trap_syscall_entry[];
extern char trap_syscall32_entry[], trap_sysenter_entry[], trap_nmi_entry[];
extern char trap_stubs[][16];
extern char trap_int80_entry[], trap_int81_entry[];
