/* SPDX-License-Identifier: MIT */
/* Between the files of the room sched. */
#pragma once

#include "domain/vcpu.h"
#include "lib/spinlock.h"
#include "sched/share.h"
#include "time/timer.h"

/*
 * A CPU's run queue. All under `lock` but what says otherwise. The lock of a
 * vCPU's scheduler fields is that of the queue of vcpu.sched.cpu.
 */
struct cpu_queue {
    struct spinlock lock;
    struct share_queue waiting;
    struct vcpu *current; /* runs on the CPU now */
    struct vcpu *idle;    /* (c) */
    uint64_t picked_ns;   /* when current was chosen over another */
    uint64_t charged_ns;  /* until when current has paid */
    struct timer slice;
    /* Read by others without the lock, as hints: */
    uint64_t head_vtime;  /* of the first that waits */
    uint64_t least_vtime; /* of all that want to run here */
    bool has_waiting, has_any;
    uint64_t switches, steals; /* statistics */
} CACHE_ALIGNED;

/* NULL until the CPU's idle vCPU exists. */
extern struct cpu_queue *sched_queues[CONFIG_NR_CPUS];

/* switch.S: save this stack's callee-saved registers, go on with the other. */
void sched_switch(uintptr_t *save_sp, uintptr_t load_sp);
/* switch.S: never return to this stack. */
NORETURN void sched_switch_first(uintptr_t load_sp);
/* switch.S: where a stack that never ran begins. */
void sched_begin_guest(void);
void sched_begin_thread(void);
/* Called from switch.S on the new stack. */
void sched_finish_begin_guest(void);
NORETURN void sched_finish_begin_thread(void);

/* Choose and switch; returns when the caller's vCPU was chosen again. */
void sched_schedule(void) MAY_YIELD;

/* Lock the queue that v belongs to now. */
struct cpu_queue *sched_vcpu_lock(const struct vcpu *v);
/* Queue v somewhere if it wants to run; `q` is locked, unlocked on return. */
void sched_settle(struct cpu_queue *q, struct vcpu *v);
/* The slice timer of the queue `data`. */
void sched_slice_fire(void *data);
