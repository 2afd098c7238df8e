/* SPDX-License-Identifier: MIT */
/*
 * Calls from lower rooms into upper ones: declared here, defined by the upper
 * room that is named. The only way control goes against the order of rooms.
 */
#pragma once

#include "lib/types.h"

struct domain;
struct vcpu;
struct cpu_regs;

/*
 * sched: let interrupts and other vCPUs run if any wait. 0: go on; -ECANCELED:
 * abandon, because the vCPU's domain is dying: undo and return to the guest
 * boundary. Must not be called with a spinlock held or on an IST stack.
 */
MUST_CHECK int yield_point(void) MAY_YIELD;

/* cpu/tlb: serve this CPU's pending flush requests; called in spin loops. */
void upcall_spin_relax(void);

/* domain: the guest broke a rule that no error can express: stop it alone. */
void domain_crash(struct domain *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* event: make a virtual interrupt pending. */
void virq_raise_vcpu(struct vcpu *v, unsigned virq);
void virq_raise_global(unsigned virq);

/* sched: make a blocked vCPU runnable if it has a reason to run. */
void vcpu_wake(struct vcpu *v);
/* sched: at the guest boundary v blocks until an upcall is due. */
void vcpu_block(struct vcpu *v);

/* pv: take a vCPU's state out of this CPU, or put it in, around a switch. */
void upcall_switch_out(struct vcpu *v);
void upcall_switch_in(struct vcpu *v);
/* sched: an event was made pending for v: wake it, or have it look. */
void vcpu_kick(struct vcpu *v);
/* sched: whether v may run in the guest changed (state, pause, down). */
void sched_reconsider(struct vcpu *v);

/*
 * pv: what a switch of stacks does not switch. Out: save the guest's
 * segments, FPU and debug registers; in: load them, the root, GDT, LDT and
 * TSS.rsp0. Idle vCPUs and threads come by too. switch_in holds no lock.
 */
void upcall_switch_out(struct vcpu *prev);
void upcall_switch_in(struct vcpu *next);

/* Each room's part of a domain's and a vCPU's life; undo in reverse order. */
MUST_CHECK int event_domain_init(struct domain *d);
void event_domain_destroy(struct domain *d) MAY_YIELD;
MUST_CHECK int grant_domain_init(struct domain *d);
void grant_domain_destroy(struct domain *d) MAY_YIELD;
void event_vcpu_init(struct vcpu *v);
void event_vcpu_destroy(struct vcpu *v);
void sched_vcpu_init(struct vcpu *v);
void time_vcpu_init(struct vcpu *v);
void time_vcpu_destroy(struct vcpu *v);
/* pv/time: the wall clock of a new domain's shared page. */
void time_domain_init(struct domain *d);
MUST_CHECK int pv_vcpu_init(struct vcpu *v);
void pv_vcpu_destroy(struct vcpu *v);

/* event: v no longer polls. */
void event_poll_end(struct vcpu *v);

/* pv/time: v was switched to this CPU; and VCPU_WORK_TIME at the boundary. */
void time_switch_in(struct vcpu *v);
void time_boundary_work(struct vcpu *v);
/* pv/time: v's runstate is `state` (RUNSTATE_*) from `now_ns` on. */
void time_set_runstate(struct vcpu *v, int state, uint64_t now_ns);

/* sched: hand a dying domain, with a reference, to the reaper thread. */
void reaper_add(struct domain *d);

/*
 * event: physical interrupt `pirq` of `d` came. No lock is held; it may have
 * been unbound a moment ago.
 */
void event_pirq_raise(struct domain *d, unsigned pirq);
