/* SPDX-License-Identifier: MIT */
/*
 * Idle vCPUs and the run queues that come with them; starting to schedule.
 *
 * Invariant: an idle vCPU runs on its own CPU only, never waits in a queue,
 * and takes no tick: it halts until an interrupt.
 */
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/upcall.h"
#include "mm/heap.h"
#include "sched/private.h"
#include "sched/sched.h"
#include "time/clock.h"

/* A stack that begins at `entry` with the pointer at `sp`. */
static uintptr_t stack_prepare(uintptr_t sp, void (*entry)(void))
{
    uint64_t *p = (uint64_t *)sp;

    *--p = (uintptr_t)entry;
    for (unsigned i = 0; i < 6; i++)
        *--p = 0;
    return (uintptr_t)p;
}

static struct cpu_queue *queue_create(unsigned cpu)
{
    struct cpu_queue *q = heap_alloc(sizeof(*q));

    if (!q)
        return NULL;
    spin_init(&q->lock, LOCK_SCHED);
    share_queue_init(&q->waiting);
    timer_init(&q->slice, sched_slice_fire, q, cpu);
    return q;
}

/* The CPU that a new vCPU belongs to until it is first woken. */
static unsigned initial_cpu(const struct vcpu *v)
{
    unsigned cpu = v->id % cpu_count;

    for (unsigned i = 0; i < cpu_count; i++, cpu = (cpu + 1) % cpu_count)
        if (sched_queues[cpu] && bit_test(cpu_online.w, cpu))
            return cpu;
    return cpu_id();
}

void sched_vcpu_init(struct vcpu *v)
{
    struct vcpu_sched *s = &v->sched;
    bool hypervisor = vcpu_is_hypervisor(v);

    list_init(&s->share.node);
    s->share.weight = v->domain->sched_weight;
    s->state = VCPU_DOWN;
    s->cpu = initial_cpu(v);
    for (size_t i = 0; i < ARRAY_COUNT(s->affinity.w); i++)
        s->affinity.w[i] = s->soft_affinity.w[i] = ~0UL;
    s->saved_sp = stack_prepare(
        (uintptr_t)v->top, hypervisor ? sched_begin_thread : sched_begin_guest);
}

struct vcpu *sched_idle_vcpu_create(unsigned cpu)
{
    struct cpu_queue *q = queue_create(cpu);
    struct vcpu *v;

    if (!q)
        return NULL;
    v = vcpu_create(idle_domain, cpu);
    if (!v) {
        heap_free(q);
        return NULL;
    }
    v->sched.cpu = cpu;
    v->sched.state = VCPU_RUNNING;
    v->sched.is_at_boundary = false;
    v->top->cpu = cpu;
    q->idle = q->current = v;
    atomic_store(&sched_queues[cpu], q);
    return v;
}

void sched_idle_loop(void)
{
    struct vcpu *v = current_vcpu();

    sched_queues[cpu_id()]->charged_ns = clock_now_ns();
    for (;;) {
        sched_schedule();
        /* Interrupts are off from the look to the halt: no wake is lost. */
        if (!(READ_ONCE(v->work) & VCPU_WORK_RESCHED))
            cpu_idle_wait();
    }
}

static void idle_thread(void *data)
{
    (void)data;
    sched_idle_loop();
}

void sched_start(void)
{
    struct cpu_queue *q = sched_queues[cpu_id()];

    if (current_vcpu() == q->idle)
        sched_idle_loop();
    /* The idle vCPU begins like a thread, which unlocks the queue. */
    q->idle->sched.thread_fn = idle_thread;
    spin_lock(&q->lock);
    sched_switch_first(q->idle->sched.saved_sp);
}
