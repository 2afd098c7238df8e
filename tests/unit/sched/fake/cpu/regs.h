/* SPDX-License-Identifier: MIT */
/*
 * Host tests: which CPU and vCPU "this" is, is a variable, in place of the
 * block at the top of the stack.
 */
#pragma once

#include "cpu/layout.h"
#include "lib/types.h"

struct vcpu;

struct cpu_regs {
    uint64_t r15, r14, r13, r12, rbp, rbx;
    uint64_t r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint32_t error_code, vector;
    uint64_t rip, cs, rflags, rsp, ss;
};

struct stack_top {
    struct cpu_regs regs;
    uint32_t cpu, ist;
    struct vcpu *vcpu;
};

extern unsigned fake_cpu;
extern struct vcpu *fake_current[CONFIG_NR_CPUS];
extern struct stack_top fake_stack_top;

static inline struct stack_top *stack_top(void)
{
    return &fake_stack_top;
}

static inline unsigned cpu_id(void)
{
    return fake_cpu;
}

static inline struct vcpu *current_vcpu(void)
{
    return fake_current[fake_cpu];
}
