/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: which vCPU runs where, and the guest boundary.
 *
 * yield_point(), vcpu_wake(), vcpu_kick() and sched_reconsider() are in
 * lib/upcall.h, for lower rooms.
 */
#pragma once

#include "domain/vcpu.h"
#include "lib/types.h"

/*
 * The idle vCPU of `cpu`, and with it the CPU's run queue. On the boot CPU
 * after domain_init(), for each CPU before it starts. NULL: no memory.
 */
struct vcpu *sched_idle_vcpu_create(unsigned cpu);

/* Boot CPU: leave the boot stack for the idle vCPU's and idle. */
NORETURN void sched_start(void);
/* Any other CPU, already on its idle vCPU's stack, when it is online. */
NORETURN void sched_idle_loop(void);

/* Handler of VECTOR_IPI_WAKE. */
void sched_ipi_wake(void);

/*
 * At the guest boundary, when v->work is not 0: lets others run if that is
 * due, and does not return until v may run in the guest. On return v may have
 * new work, so the caller looks again.
 */
void sched_exit_work(struct vcpu *v) MAY_YIELD;

/* Let others run first, as far as there are any, and return. */
void sched_yield_now(void) MAY_YIELD;
/* At the boundary v lets others run first (SCHEDOP_yield). */
void sched_yield_at_boundary(struct vcpu *v);
/* At the boundary v blocks, unless what it waits for has come. */
void sched_block_at_boundary(struct vcpu *v, enum vcpu_block why);

/* Counted; returns at once. v stops at the guest boundary. */
void sched_pause(struct vcpu *v);
void sched_unpause(struct vcpu *v);
void sched_pause_domain(struct domain *d);
void sched_unpause_domain(struct domain *d);
/* VCPUOP_down and _up. */
void sched_set_down(struct vcpu *v, bool down);
/*
 * Wait until v, which must have been paused or stopped, is at the boundary
 * and off the CPU. Not for the current vCPU. -ECANCELED: the caller's domain
 * is dying.
 */
MUST_CHECK int sched_wait_boundary(struct vcpu *v) MAY_YIELD;

/* CPUs that v may and should run on. -EINVAL: no CPU in it is online. */
MUST_CHECK int sched_set_affinity(struct vcpu *v, const struct cpumask *hard,
                                  const struct cpumask *soft);
/* Weight of each vCPU of `d`, 1 to 65535. -EINVAL. */
MUST_CHECK int sched_set_weight(struct domain *d, unsigned weight);

/* Nanoseconds that v has run. */
uint64_t sched_cpu_time_ns(struct vcpu *v);

/* ---- Hypervisor threads (thread.c) ---- */
/* A thread that runs fn(data), which never returns. NULL: no memory. */
struct vcpu *thread_create(void (*fn)(void *data), void *data);
/* The current thread sleeps until thread_wake(); one wake is remembered. */
void thread_wait(void) MAY_YIELD;
void thread_wake(struct vcpu *thread);

/* ---- The reaper (reaper.c): finishes dying domains ---- */
void reaper_init(void);
