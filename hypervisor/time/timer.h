/* SPDX-License-Identifier: MIT */
/*
 * One-shot timers on a per-CPU heap, fired from the timer interrupt.
 *
 * Invariant: a callback runs with interrupts off, no lock held, on whatever
 * stack was interrupted; it must not yield and may set the timer again. It
 * never runs on two CPUs at once.
 */
#pragma once

#include "lib/types.h"

struct timer {
    uint64_t deadline_ns; /* system time; meaningful while queued */
    void (*fire)(void *data);
    void *data;
    struct timer *parent, *left, *right; /* in the heap (timer_heap.h) */
    uint32_t cpu;       /* CPU whose heap it is in or goes to */
    uint16_t fired_cpu; /* CPU on which it fired last */
    bool is_queued;
};

/* `cpu`: where it will fire. */
void timer_init(struct timer *t, void (*fire)(void *), void *data,
                unsigned cpu);
/*
 * Queue or move; a deadline in the past fires at the next interrupt window.
 * Cannot fail. Any CPU may call it.
 */
void timer_set(struct timer *t, uint64_t deadline_ns);
/*
 * Afterwards the callback is not running and will not run (but for the one
 * that makes this very call). The caller holds no lock that the callback
 * takes, since it waits for a callback running on another CPU.
 */
void timer_stop(struct timer *t);
/* Let a timer fire on another CPU from now on (queued or not). */
void timer_migrate(struct timer *t, unsigned cpu);
bool timer_is_set(const struct timer *t);

/*
 * On each CPU, once its local APIC and clock work; on the boot CPU first,
 * before any timer is set.
 */
void timer_init_cpu(void);
/* The interrupt's handler, also asked for by other CPUs. */
void timer_interrupt(void);
