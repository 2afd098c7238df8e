/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU timers over the local APIC's one-shot timer.
 *
 * Invariant: the hardware of a CPU is armed at or before the root of its heap,
 * or an interrupt that will arm it is on its way. It may be armed too early:
 * the interrupt then finds nothing to do and arms it anew, so stopping or
 * postponing a timer touches no hardware.
 * Invariant: timer.cpu changes only under the lock of the heap it names.
 *
 * Locking: one lock a heap, rank LOCK_TIMER; two of them by CPU index.
 */
#include "time/timer.h"

#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "lib/assert.h"
#include "lib/spinlock.h"
#include "lib/upcall.h"
#include "platform/apic.h"
#include "time/clock.h"
#include "time/timer_heap.h"

#define ARMED_NEVER (~0ULL)
/* How soon to try again a timer whose callback still runs elsewhere. */
#define RETRY_NS 20000

static struct timer_queue {
    struct spinlock lock;
    bool is_ready;      /* timer_init_cpu() was done */
    bool is_firing;     /* in timer_interrupt(), which arms at its end */
    uint64_t firing_ns; /* the time that it found */
    struct timer_heap heap;
    uint64_t armed_ns;     /* what the hardware is set to, or ARMED_NEVER */
    struct timer *running; /* its callback runs on this CPU now */
} CACHE_ALIGNED queues[CONFIG_NR_CPUS];

void timer_init(struct timer *t, void (*fire)(void *), void *data, unsigned cpu)
{
    ASSERT(cpu < CONFIG_NR_CPUS);
    *t = (struct timer){.fire = fire, .data = data, .cpu = cpu};
}

/* The queue that the timer belongs to, locked. */
static struct timer_queue *queue_lock(struct timer *t)
{
    for (;;) {
        uint32_t cpu = READ_ONCE(t->cpu);
        struct timer_queue *q = &queues[cpu];

        spin_lock(&q->lock);
        if (likely(READ_ONCE(t->cpu) == cpu))
            return q;
        spin_unlock(&q->lock);
    }
}

/* This CPU's hardware; the queue is locked. */
static void arm_local(struct timer_queue *q, uint64_t deadline_ns)
{
    q->armed_ns = deadline_ns;
    apic_timer_set(deadline_ns ? deadline_ns : 1);
}

/*
 * The root may have become earlier: see that the hardware knows. Returns
 * whether the caller must interrupt the queue's CPU once it has unlocked.
 */
static bool arm_queue(struct timer_queue *q)
{
    uint64_t deadline;

    if (!q->heap.root || !q->is_ready || q->is_firing)
        return false;
    deadline = q->heap.root->deadline_ns;
    if (deadline >= q->armed_ns)
        return false;
    if (q == &queues[cpu_id()]) {
        arm_local(q, deadline);
        return false;
    }
    /* Others need not interrupt for the same or a later deadline again. */
    q->armed_ns = deadline;
    return true;
}

static void queue_unlock(struct timer_queue *q)
{
    bool kick = arm_queue(q);

    spin_unlock(&q->lock);
    if (kick)
        apic_ipi((unsigned)(q - queues), VECTOR_TIMER);
}

void timer_set(struct timer *t, uint64_t deadline_ns)
{
    struct timer_queue *q = queue_lock(t);

    if (t->is_queued)
        timer_heap_remove(&q->heap, t);
    /* A callback that always asks for the past must not keep the CPU. */
    if (q->is_firing && deadline_ns <= q->firing_ns)
        deadline_ns = q->firing_ns + 1;
    t->deadline_ns = deadline_ns;
    timer_heap_insert(&q->heap, t);
    queue_unlock(q);
}

/* Is the callback running on a CPU other than this one? */
static bool is_running_elsewhere(const struct timer *t)
{
    unsigned cpu = READ_ONCE(t->fired_cpu);

    return cpu != cpu_id() && atomic_load(&queues[cpu].running) == t;
}

void timer_stop(struct timer *t)
{
    for (;;) {
        struct timer_queue *q = queue_lock(t);
        bool busy;

        if (t->is_queued)
            timer_heap_remove(&q->heap, t);
        busy = is_running_elsewhere(t);
        spin_unlock(&q->lock);
        if (!busy)
            return;
        /* The callback may set the timer again: look at all of it anew. */
        while (is_running_elsewhere(t)) {
            upcall_spin_relax();
            cpu_relax();
        }
    }
}

void timer_migrate(struct timer *t, unsigned cpu)
{
    ASSERT(cpu < CONFIG_NR_CPUS);
    for (;;) {
        uint32_t old = READ_ONCE(t->cpu);
        struct timer_queue *from = &queues[old], *to = &queues[cpu];
        bool is_right;

        if (old == cpu)
            return;
        spin_lock(old < cpu ? &from->lock : &to->lock);
        spin_lock_nested(old < cpu ? &to->lock : &from->lock);
        is_right = READ_ONCE(t->cpu) == old;
        if (is_right) {
            bool was_queued = t->is_queued;

            if (was_queued)
                timer_heap_remove(&from->heap, t);
            WRITE_ONCE(t->cpu, cpu);
            if (was_queued)
                timer_heap_insert(&to->heap, t);
        }
        spin_unlock(&from->lock);
        queue_unlock(to);
        if (is_right)
            return;
    }
}

bool timer_is_set(const struct timer *t)
{
    return READ_ONCE(t->is_queued);
}

/* Timers of all CPUs may be set from now on, even before these start. */
static void init_queues(void)
{
    for (unsigned cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
        spin_init(&queues[cpu].lock, LOCK_TIMER);
        queues[cpu].armed_ns = ARMED_NEVER;
    }
}

void timer_init_cpu(void)
{
    struct timer_queue *q = &queues[cpu_id()];

    if (cpu_id() == 0)
        init_queues();

    spin_lock(&q->lock);
    q->is_ready = true;
    q->armed_ns = ARMED_NEVER;
    queue_unlock(q);
}

/* Take the next expired timer off the queue; NULL: none. Locked. */
static struct timer *take_expired(struct timer_queue *q)
{
    struct timer *t;

    while ((t = q->heap.root) && t->deadline_ns <= q->firing_ns) {
        timer_heap_remove(&q->heap, t);
        if (likely(!is_running_elsewhere(t)))
            return t;
        t->deadline_ns = q->firing_ns + RETRY_NS;
        timer_heap_insert(&q->heap, t);
    }
    return NULL;
}

void timer_interrupt(void)
{
    unsigned cpu = cpu_id();
    struct timer_queue *q = &queues[cpu];
    struct timer *t;

    spin_lock(&q->lock);
    q->is_firing = true;
    q->firing_ns = clock_now_ns();
    while ((t = take_expired(q))) {
        void (*fire)(void *) = t->fire;
        void *data = t->data;

        WRITE_ONCE(t->fired_cpu, (uint16_t)cpu);
        atomic_store(&q->running, t);
        spin_unlock(&q->lock);
        fire(data);
        /* The timer itself may be gone now. */
        atomic_store(&q->running, NULL);
        spin_lock(&q->lock);
    }
    q->is_firing = false;
    /* The interrupt used up what was armed, or another CPU asks for more. */
    if (q->heap.root)
        arm_local(q, q->heap.root->deadline_ns);
    else
        q->armed_ns = ARMED_NEVER;
    spin_unlock(&q->lock);
}
