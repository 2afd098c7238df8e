/* SPDX-License-Identifier: MIT */
/*
 * A second vCPU: bring it up on a function, wait for it, take it down.
 */
#pragma once

#include "abi.h"
#include "trap.h"

/* Which vCPU runs on this stack: 1.. on its own ones, else 0. */
unsigned smp_cpu_of_stack(const void *p);
/* vCPUs of this domain that exist (VCPUOP_is_up answers). */
unsigned smp_count(void);
long smp_vcpu_op(unsigned cmd, unsigned vcpu, void *arg);
/* A context that starts smp_main(arg) on vcpu; for tests that vary it. */
void smp_context(struct vcpu_guest_context *ctx, unsigned vcpu);
struct vcpu_guest_context *smp_context_buffer(void);

/* 0, or the first error. fn runs with upcalls masked, then the vCPU downs
 * itself. */
long smp_start(unsigned vcpu, void (*fn)(void *), void *arg);
/* Wait until fn has returned and the vCPU is down. False: it never came. */
bool smp_join(unsigned vcpu);
bool smp_running(unsigned vcpu);
void smp_main(unsigned vcpu) NORETURN;
void smp_relax(void); /* let others run: sched_op yield */
