/* SPDX-License-Identifier: MIT */
/*
 * The core of the scheduler: run queues, the choice and the switch.
 *
 * Invariant: a vCPU's scheduler fields belong to the queue of its sched.cpu,
 * under that queue's lock; that lock is held from the choice until the chosen
 * vCPU's stack runs and the old one's is saved, so nobody can take a vCPU
 * whose stack is in use.
 * Invariant: a vCPU that is inside the hypervisor always gets CPU time; one at
 * the guest boundary only while it may run in the guest and is not blocked.
 * Invariant: whoever changes what may_run() or is_runnable() look at calls
 * sched_reconsider() or vcpu_wake() afterwards; both decide under the lock.
 * Locking: queue locks (LOCK_SCHED); a second one only by trylock.
 * Not here: the order of those that wait (share.c); what pausing and
 * blocking mean (boundary.c).
 */
#include "sched/sched.h"

#include "abi/vcpu.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "debug/log.h"
#include "lib/assert.h"
#include "lib/upcall.h"
#include "mm/heap.h"
#include "platform/apic.h"
#include "sched/private.h"
#include "time/clock.h"

struct cpu_queue *sched_queues[CONFIG_NR_CPUS];

static struct cpumask idle_cpus;    /* atomic bits */
static struct cpumask waiting_cpus; /* queues where somebody waits */
static uint64_t least_vtime;        /* of all that want to run, about */
static uint64_t least_looked_ns;    /* when that was last looked up */
#define LEAST_PERIOD_NS 500000UL

/* ---- What a vCPU may do ---- */

/* Nothing keeps v out of the guest. */
static bool may_run(const struct vcpu *v)
{
    const struct domain *d = v->domain;

    return !READ_ONCE(v->sched.is_down) && !READ_ONCE(v->sched.pause_count) &&
           !READ_ONCE(d->pause_count) && READ_ONCE(d->state) == DOMAIN_RUNNING;
}

static bool is_runnable(const struct vcpu *v)
{
    return !v->sched.is_at_boundary || (may_run(v) && !v->sched.is_blocked);
}

/* What v blocks for has come. */
static bool may_not_block(const struct vcpu *v, enum vcpu_block why)
{
    switch (why) {
    case BLOCK_POLL:
        if (!READ_ONCE(v->event.polling))
            return true;
        /* fall through */
    case BLOCK_EVENT:
        return vcpu_has_upcall(v) || READ_ONCE(v->pv.nmi_pending);
    case BLOCK_THREAD:
        return READ_ONCE(v->sched.wake_pending);
    default:
        return true;
    }
}

/* ---- Queues ---- */

struct cpu_queue *sched_vcpu_lock(const struct vcpu *v)
{
    for (;;) {
        unsigned cpu = READ_ONCE(v->sched.cpu);
        struct cpu_queue *q = sched_queues[cpu];

        spin_lock(&q->lock);
        if (READ_ONCE(v->sched.cpu) == cpu)
            return q;
        spin_unlock(&q->lock);
    }
}

static struct vcpu *entity_vcpu(struct share_entity *e)
{
    return CONTAINER_OF(e, struct vcpu, sched.share);
}

static unsigned queue_cpu(const struct cpu_queue *q)
{
    return q->idle->id;
}

/* Refresh what others read without the lock. */
static void queue_publish(struct cpu_queue *q)
{
    const struct vcpu *v = q->current;
    unsigned cpu = queue_cpu(q);
    bool runs = v != q->idle;

    if (q->waiting.count) {
        uint64_t head =
            LIST_FIRST(&q->waiting.head, struct share_entity, node)->vtime;

        WRITE_ONCE(q->head_vtime, head);
        WRITE_ONCE(q->least_vtime,
                   runs && share_before(v->sched.share.vtime, head)
                       ? v->sched.share.vtime
                       : head);
    } else if (runs) {
        WRITE_ONCE(q->least_vtime, v->sched.share.vtime);
    }
    WRITE_ONCE(q->has_any, q->waiting.count || runs);
    if (q->has_waiting == (q->waiting.count != 0))
        return;
    WRITE_ONCE(q->has_waiting, q->waiting.count != 0);
    if (q->has_waiting)
        bit_test_and_set(waiting_cpus.w, cpu);
    else
        bit_test_and_clear(waiting_cpus.w, cpu);
}

static void queue_add(struct cpu_queue *q, struct vcpu *v)
{
    v->sched.state = VCPU_RUNNABLE;
    share_queue_add(&q->waiting, &v->sched.share);
    queue_publish(q);
}

static void queue_remove(struct cpu_queue *q, struct vcpu *v)
{
    share_queue_remove(&q->waiting, &v->sched.share);
    queue_publish(q);
}

static void queue_charge(struct cpu_queue *q, uint64_t now)
{
    if (now <= q->charged_ns)
        return;
    if (q->current != q->idle)
        share_charge(&q->current->sched.share, now - q->charged_ns);
    q->charged_ns = now;
}

/* The least virtual time of all, looked up now and then; never goes back. */
static uint64_t least_update(uint64_t now)
{
    uint64_t least = 0, old = atomic_load(&least_vtime);
    bool found = false;

    if (now - READ_ONCE(least_looked_ns) < LEAST_PERIOD_NS)
        return old;
    WRITE_ONCE(least_looked_ns, now);

    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        const struct cpu_queue *q = sched_queues[cpu];

        if (!q || !READ_ONCE(q->has_any))
            continue;
        if (!found || share_before(READ_ONCE(q->least_vtime), least))
            least = READ_ONCE(q->least_vtime);
        found = true;
    }
    if (!found || !share_before(old, least))
        return old;
    /* Losing the race to another CPU is as good. */
    (void)atomic_cas(&least_vtime, &old, least);
    return least;
}

/* Make the CPU of `q` choose anew. */
static void queue_resched(struct cpu_queue *q)
{
    unsigned cpu = queue_cpu(q);

    vcpu_set_work(q->current, VCPU_WORK_RESCHED);
    if (q->current == q->idle)
        bit_test_and_clear(idle_cpus.w, cpu);
    if (cpu != cpu_id())
        apic_ipi(cpu, VECTOR_IPI_WAKE);
}

static bool is_allowed(const struct vcpu *v, unsigned cpu)
{
    return bit_test(v->sched.affinity.w, cpu);
}

/* ---- Waking ---- */

/* An idle CPU for v, its soft affinity first; CONFIG_NR_CPUS: none. */
static unsigned find_idle_cpu(const struct vcpu *v)
{
    struct cpumask m;
    unsigned cpu;

    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < ARRAY_COUNT(m.w); i++) {
            m.w[i] = READ_ONCE(idle_cpus.w[i]) & v->sched.affinity.w[i];
            if (pass == 0)
                m.w[i] &= v->sched.soft_affinity.w[i];
        }
        if (bit_test(m.w, v->sched.cpu))
            return v->sched.cpu;
        CPUMASK_FOR_EACH(cpu, &m)
        return cpu;
    }
    return CONFIG_NR_CPUS;
}

static unsigned choose_cpu(const struct vcpu *v)
{
    unsigned cpu = find_idle_cpu(v);

    if (cpu < CONFIG_NR_CPUS)
        return cpu;
    if (is_allowed(v, v->sched.cpu))
        return v->sched.cpu;
    CPUMASK_FOR_EACH(cpu, &v->sched.affinity)
    if (sched_queues[cpu] && bit_test(cpu_online.w, cpu))
        return cpu;
    return v->sched.cpu;
}

/* v was queued at `q`: have the CPU look if v should not wait there. */
static void check_preempt(struct cpu_queue *q, const struct vcpu *v,
                          uint64_t now)
{
    uint64_t earliest;

    if (q->current == q->idle) {
        queue_resched(q);
        return;
    }
    queue_charge(q, now);
    if (!share_preempts(&v->sched.share, &q->current->sched.share))
        return;
    earliest = q->picked_ns + SHARE_RATELIMIT_NS;
    if (now >= earliest)
        queue_resched(q);
    else if (!timer_is_set(&q->slice) || q->slice.deadline_ns > earliest)
        timer_set(&q->slice, earliest);
}

static bool wants_queue(const struct vcpu *v)
{
    return v->sched.state != VCPU_RUNNING && v->sched.state != VCPU_RUNNABLE &&
           is_runnable(v);
}

/* Queue v if it wants to run; `q` is locked, and unlocked on return. */
void sched_settle(struct cpu_queue *q, struct vcpu *v)
{
    if (wants_queue(v)) {
        unsigned cpu = choose_cpu(v);

        if (cpu != v->sched.cpu) {
            WRITE_ONCE(v->sched.cpu, cpu);
            spin_unlock(&q->lock);
            q = sched_vcpu_lock(v);
        }
    }
    if (wants_queue(v)) {
        uint64_t now = clock_now_ns();

        share_wake(&v->sched.share, least_update(now));
        time_set_runstate(v, RUNSTATE_runnable, now);
        queue_add(q, v);
        check_preempt(q, v, now);
    }
    spin_unlock(&q->lock);
}

/* Off the CPU and not to be there: blocked or stopped. */
static void park(struct vcpu *v, uint64_t now)
{
    v->sched.state = v->sched.is_blocked ? VCPU_BLOCKED : VCPU_DOWN;
    time_set_runstate(
        v, v->sched.is_blocked ? RUNSTATE_blocked : RUNSTATE_offline, now);
}

void vcpu_wake(struct vcpu *v)
{
    struct cpu_queue *q;

    WRITE_ONCE(v->sched.wake_pending, true);
    q = sched_vcpu_lock(v);
    v->sched.is_blocked = false;
    if (v->sched.state == VCPU_BLOCKED && !is_runnable(v))
        park(v, clock_now_ns());
    sched_settle(q, v);
}

void vcpu_kick(struct vcpu *v)
{
    if (v == current_vcpu())
        return;
    /* What was made pending is visible before the state is looked at. */
    memory_barrier();
    switch (READ_ONCE(v->sched.state)) {
    case VCPU_BLOCKED:
        vcpu_wake(v);
        break;
    case VCPU_RUNNING:
        if (READ_ONCE(v->sched.cpu) != cpu_id())
            apic_ipi(READ_ONCE(v->sched.cpu), VECTOR_IPI_WAKE);
        break;
    default:
        break;
    }
}

void sched_reconsider(struct vcpu *v)
{
    struct cpu_queue *q = sched_vcpu_lock(v);

    if (v->sched.state == VCPU_RUNNING) {
        if (!may_run(v)) {
            vcpu_set_work(v, VCPU_WORK_STOP);
            queue_resched(q);
        }
    } else if (v->sched.state == VCPU_RUNNABLE && !is_runnable(v)) {
        queue_remove(q, v);
        park(v, clock_now_ns());
    } else if (!is_runnable(v)) {
        park(v, clock_now_ns());
    }
    sched_settle(q, v);
}

/* ---- The choice ---- */

/* The first that waits at `q` and may run on `cpu`. */
static struct vcpu *first_allowed(struct cpu_queue *q, unsigned cpu)
{
    struct list *pos;

    LIST_FOR_EACH(pos, &q->waiting.head)
    {
        struct vcpu *v =
            entity_vcpu(LIST_ENTRY(pos, struct share_entity, node));

        if (is_allowed(v, cpu))
            return v;
    }
    return NULL;
}

/* The only one that waits at an idle CPU: that CPU is on its way to it. */
static bool is_spoken_for(const struct cpu_queue *q)
{
    return q->current == q->idle && q->waiting.count == 1;
}

/* Take from another CPU's queue one that is owed more than `best`. */
static struct vcpu *steal_from(unsigned other, unsigned cpu,
                               const struct vcpu *best)
{
    struct cpu_queue *q = sched_queues[other];
    struct vcpu *v;

    if (!spin_trylock(&q->lock))
        return NULL;
    v = first_allowed(q, cpu);
    if (v && is_allowed(v, other) &&
        (is_spoken_for(q) ||
         (best && !share_migrates(&v->sched.share, best->sched.share.vtime))))
        v = NULL;
    if (v) {
        queue_remove(q, v);
        WRITE_ONCE(v->sched.cpu, cpu);
    }
    spin_unlock(&q->lock);
    return v;
}

/* Look through the queues where somebody waits. */
static struct vcpu *steal(unsigned cpu, const struct vcpu *best)
{
    unsigned other;

    if (CONFIG_NR_CPUS == 1)
        return NULL;
    CPUMASK_FOR_EACH(other, &waiting_cpus)
    {
        struct vcpu *v;

        if (other == cpu)
            continue;
        v = steal_from(other, cpu, best);
        if (v) {
            sched_queues[cpu]->steals++;
            return v;
        }
    }
    return NULL;
}

/*
 * Who runs next on this CPU. `prev` is not in the queue; the chosen one is in
 * none when this returns.
 */
static struct vcpu *choose(struct cpu_queue *q, struct vcpu *prev, uint64_t now)
{
    unsigned cpu = queue_cpu(q);
    bool prev_can = prev != q->idle && is_runnable(prev);
    bool prev_first =
        prev_can && !prev->sched.is_yielding && is_allowed(prev, cpu);
    struct vcpu *local = first_allowed(q, cpu), *stolen, *other;
    struct vcpu *best = local;

    if (prev_first && (!local || share_before(prev->sched.share.vtime,
                                              local->sched.share.vtime)))
        best = prev;
    stolen = steal(cpu, best);
    if (stolen) {
        if (best)
            share_limit_owed(&stolen->sched.share, best->sched.share.vtime);
        return stolen;
    }
    if (best && best == local)
        queue_remove(q, local);
    if (!best)
        best = prev_can && is_allowed(prev, cpu) ? prev : q->idle;
    if (best == q->idle)
        return best;
    other = first_allowed(q, cpu);
    if (prev_first && prev != best &&
        (!other ||
         share_before(prev->sched.share.vtime, other->sched.share.vtime)))
        other = prev;
    if (other)
        share_limit_owed(&best->sched.share, other->sched.share.vtime);
    else if (best == prev)
        share_limit_debt(&best->sched.share, least_update(now));
    return best;
}

/* ---- The switch ---- */

void sched_slice_fire(void *data)
{
    struct cpu_queue *q = data;

    vcpu_set_work(q->current, VCPU_WORK_RESCHED);
}

/* The timer is left alone when it fires early enough: that costs nothing. */
static void slice_arm(struct cpu_queue *q, uint64_t now)
{
    uint64_t deadline = now + SHARE_SLICE_NS;

    if (q->current == q->idle)
        return;
    if (!timer_is_set(&q->slice) || q->slice.deadline_ns > deadline)
        timer_set(&q->slice, deadline);
}

/* Runs on the new stack: the old one is saved, so the queue is let go. */
static void switch_finish(void)
{
    struct vcpu *v = current_vcpu();

    spin_unlock(&sched_queues[cpu_id()]->lock);
    upcall_switch_in(v);
    if (!v->sched.is_idle)
        time_switch_in(v);
}

void sched_finish_begin_guest(void)
{
    switch_finish();
    current_vcpu()->sched.is_at_boundary = false;
}

void sched_finish_begin_thread(void)
{
    struct vcpu *v = current_vcpu();

    switch_finish();
    v->sched.is_at_boundary = false;
    v->sched.thread_fn(v->sched.thread_data);
    panic("a hypervisor thread returned");
}

/* Put down `prev`, which runs no more. */
static void leave(struct cpu_queue *q, struct vcpu *prev, uint64_t now)
{
    if (prev == q->idle) {
        prev->sched.state = VCPU_RUNNABLE;
        bit_test_and_clear(idle_cpus.w, queue_cpu(q));
    } else if (is_runnable(prev)) {
        time_set_runstate(prev, RUNSTATE_runnable, now);
        queue_add(q, prev);
    } else {
        park(prev, now);
    }
}

/* Somebody waits here though an idle CPU could take him. */
static void offer_to_idle(struct cpu_queue *q)
{
    struct list *pos = q->waiting.head.next;
    unsigned cpu;

    if (pos == &q->waiting.head)
        return;
    cpu =
        find_idle_cpu(entity_vcpu(LIST_ENTRY(pos, struct share_entity, node)));
    if (cpu < CONFIG_NR_CPUS && cpu != queue_cpu(q))
        apic_ipi(cpu, VECTOR_IPI_WAKE);
}

static void switch_to(struct cpu_queue *q, struct vcpu *prev, struct vcpu *next,
                      uint64_t now)
{
    unsigned cpu = queue_cpu(q);

    leave(q, prev, now);
    q->current = next;
    q->picked_ns = now;
    q->switches++;
    next->sched.state = VCPU_RUNNING;
    next->sched.cpu = cpu;
    next->top->cpu = cpu;
    if (next == q->idle)
        bit_test_and_set(idle_cpus.w, cpu);
    else
        time_set_runstate(next, RUNSTATE_running, now);
    queue_publish(q);
    slice_arm(q, now);
    offer_to_idle(q);
    upcall_switch_out(prev);
    sched_switch(&prev->sched.saved_sp, next->sched.saved_sp);
    switch_finish();
}

/* Block prev if it asked for that and its reason to wait still holds. */
static void block_if_wanted(struct vcpu *v)
{
    enum vcpu_block why = v->sched.block_wanted;

    if (why == BLOCK_NONE)
        return;
    v->sched.block_wanted = BLOCK_NONE;
    v->sched.is_blocked = true;
    /* Whoever wakes us from here on sees a state to look at the lock for. */
    v->sched.state = VCPU_BLOCKED;
    memory_barrier();
    if (may_not_block(v, why)) {
        v->sched.is_blocked = false;
        v->sched.state = VCPU_RUNNING;
    }
    v->sched.wake_pending = false;
}

void sched_schedule(void)
{
    struct vcpu *prev = current_vcpu(), *next;
    struct cpu_queue *q = sched_queues[cpu_id()];
    uint64_t now = clock_now_ns();

    ASSERT(spin_held_count() == 0 && !stack_top()->ist);
    spin_lock(&q->lock);
    queue_charge(q, now);
    atomic_and(&prev->work, ~VCPU_WORK_RESCHED);
    block_if_wanted(prev);
    next = choose(q, prev, now);
    prev->sched.is_yielding = false;
    if (next != prev) {
        switch_to(q, prev, next, now);
        return;
    }
    if (prev == q->idle)
        bit_test_and_set(idle_cpus.w, queue_cpu(q));
    queue_publish(q);
    slice_arm(q, now);
    offer_to_idle(q);
    spin_unlock(&q->lock);
}
