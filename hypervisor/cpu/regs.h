/* SPDX-License-Identifier: MIT */
/*
 * The guest's registers as entry.S saves them, and the block at the top of
 * every hypervisor stack that tells whose stack it is.
 *
 * Invariant: the per-CPU pointer comes from the stack, never from GS, whose
 * base is the guest's. A stack's top block names its vCPU for life, and its
 * CPU while the vCPU runs.
 */
#pragma once

#include "cpu/layout.h"

/* Offsets that entry.S uses; checked against the structs in traps.c. */
#define REGS_R15    0
#define REGS_RBP    32
#define REGS_RBX    40
#define REGS_R11    48
#define REGS_R10    56
#define REGS_R9     64
#define REGS_R8     72
#define REGS_RAX    80
#define REGS_RCX    88
#define REGS_RDX    96
#define REGS_RSI    104
#define REGS_RDI    112
#define REGS_ERROR  120
#define REGS_VECTOR 124
#define REGS_RIP    128
#define REGS_CS     136
#define REGS_RFLAGS 144
#define REGS_RSP    152
#define REGS_SS     160
#define REGS_BYTES  168
/* The block at the top of each stack, which begins with the registers. */
#define STACK_TOP_BYTES 200
#define STACK_TOP_VCPU  176

/* entry_vector values beyond the 256 vectors. */
#define ENTRY_SYSCALL   0x100
#define ENTRY_SYSENTER  0x101
#define ENTRY_SYSCALL32 0x102

#ifndef __ASSEMBLER__
#include "lib/types.h"

struct cpu_regs {
    uint64_t r15, r14, r13, r12, rbp, rbx;
    uint64_t r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint32_t error_code;
    uint32_t vector; /* 0-255, or ENTRY_* */
    uint64_t rip;
    uint64_t cs; /* low 16 bits */
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss; /* low 16 bits */
};

struct vcpu;

/*
 * At the top of each stack slot. Its size leaves the end of `regs` 16-byte
 * aligned, as the hardware aligns the frame that it pushes.
 */
struct stack_top {
    struct cpu_regs regs;
    uint32_t cpu;      /* CPU that runs on this stack now */
    uint32_t ist;      /* 1 on an interrupt-stack-table stack */
    struct vcpu *vcpu; /* owner; on an IST stack the interrupted vCPU */
    uint64_t scratch;
    uint64_t ist_rsp0; /* IST stacks: TSS.rsp0, to move a guest's frame to */
};

static inline struct stack_top *stack_top(void)
{
    uintptr_t sp;

    asm("mov %%rsp, %0" : "=r"(sp));
    return (struct stack_top *)((sp | (STACK_BYTES - 1)) + 1) - 1;
}

/* Index of this CPU, 0 to CONFIG_NR_CPUS - 1; stale after a yield. */
static inline unsigned cpu_id(void)
{
    return ((volatile struct stack_top *)stack_top())->cpu;
}

/* The vCPU on whose stack we run; on an idle stack the idle vCPU. */
static inline struct vcpu *current_vcpu(void)
{
    return stack_top()->vcpu;
}
#endif
