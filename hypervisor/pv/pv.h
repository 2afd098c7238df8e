/* SPDX-License-Identifier: MIT */
/*
 * Deprivileged execution: everything a guest kernel would do with ring 0.
 *
 * Invariant: "guest kernel or guest user" is vcpu.pv.in_kernel, never CPL:
 * both are ring 3.
 */
#pragma once

#include "domain/vcpu.h"
#include "lib/types.h"

/* ---- vCPU life cycle (vcpu.c) ---- */
/* Allocate trap table and FPU area. -ENOMEM. */
MUST_CHECK int pv_vcpu_init(struct vcpu *v);
void pv_vcpu_destroy(struct vcpu *v);

/* ---- Traps from the guest (trap.c) ---- */
void pv_trap(struct vcpu *v, struct cpu_regs *regs) MAY_YIELD;
void pv_user_syscall(struct vcpu *v, struct cpu_regs *regs);
void pv_user_sysenter(struct vcpu *v, struct cpu_regs *regs);

/* A gate that `int n` may use: DPL 3, or 1 and 2 from the guest's kernel. */
static inline bool pv_may_int(const struct vcpu *v, uint8_t vector)
{
    return v->pv.traps[vector].dpl >= (v->pv.in_kernel ? 1 : 3);
}

/* ---- Bouncing into the guest kernel (bounce.c) ---- */
/*
 * Enter the guest's handler of `vector` with a frame on its kernel stack that
 * describes `regs`; `error` is pushed where the vector has an error code. A
 * frame that can't be written, or no handler, crashes the domain.
 */
void pv_bounce(struct vcpu *v, struct cpu_regs *regs, uint8_t vector,
               uint32_t error);
/* The same for a page fault at `va`, which goes to vcpu_info.arch.cr2. */
void pv_bounce_page_fault(struct vcpu *v, struct cpu_regs *regs, uint64_t va,
                          uint32_t error);
/* Enter the event callback. */
void pv_upcall(struct vcpu *v, struct cpu_regs *regs);
/* Enter the failsafe callback: a selector or the frame of `regs` is bad. */
void pv_failsafe(struct vcpu *v, struct cpu_regs *regs);
/* Enter a syscall-like callback from guest-user mode. */
void pv_bounce_callback(struct vcpu *v, struct cpu_regs *regs,
                        const struct pv_callback *cb);
/* An instruction was emulated: the #DB that a set TF asks for behind it. */
void pv_single_step(struct vcpu *v, struct cpu_regs *regs);
/* Deliver what VCPU_WORK_TRAP announces. */
void pv_deliver_pending(struct vcpu *v, struct cpu_regs *regs);

/* ---- The two modes (mode.c) ---- */
void pv_enter_kernel(struct vcpu *v);
/* False when there is no user root: the caller crashes or refuses. */
MUST_CHECK bool pv_enter_user(struct vcpu *v);
/* Load the root of the current mode (after a hypercall changed it). */
void pv_load_root(struct vcpu *v);
/* Make CR4.TSD what the guest asked for. */
void pv_load_cr4(const struct vcpu *v);
/* Make CR0.TS what the guest asked for. */
void pv_load_ts(const struct vcpu *v);

/* Context switch: upcall_switch_out/in of lib/upcall.h, in switch.c. */
/* Load GS in the current mode; false: it faulted and is 0 now. */
bool pv_load_gs_selector(uint16_t sel);

/* Flags that a guest may never have otherwise. */
uint64_t pv_clean_flags(uint64_t flags);
