/* SPDX-License-Identifier: MIT */
/*
 * The guest boundary: yielding, blocking, pausing and stopping of vCPUs.
 *
 * Invariant: blocking and stopping happen at the boundary only, where the
 * registers are the guest's next ones and the stack holds nothing else; so a
 * vCPU off the CPU at the boundary can be destroyed or have its state read
 * and written.
 */
#include "abi/vcpu.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "sched/private.h"
#include "sched/sched.h"
#include "time/clock.h"

void sched_ipi_wake(void)
{
    /* What there is to do is in the current vCPU's work, looked at on exit. */
}

void sched_yield_now(void)
{
    current_vcpu()->sched.is_yielding = true;
    sched_schedule();
}

int yield_point(void)
{
    struct vcpu *v = current_vcpu();
    unsigned cpu;

    ASSERT(spin_held_count() == 0 && !stack_top()->ist);
    cpu = cpu_id();
    /* The boot stack, and CPUs whose scheduler has not started. */
    if (!v || !sched_queues[cpu] || sched_queues[cpu]->current != v) {
        upcall_spin_relax();
        return 0;
    }
    cpu_irq_window();
    if (IS_ENABLED(CONFIG_YIELD_EVERYWHERE))
        sched_yield_now();
    else if (READ_ONCE(v->work) & (VCPU_WORK_RESCHED | VCPU_WORK_STOP))
        sched_schedule();
    return domain_is_dying(v->domain) ? -ECANCELED : 0;
}

void sched_exit_work(struct vcpu *v)
{
    ASSERT(v == current_vcpu());
    /*
     * Siblings may keep making work for v: other CPUs' flush requests and the
     * slice timer come in all the same.
     */
    cpu_irq_window();
    if (READ_ONCE(v->work) & (VCPU_WORK_RESCHED | VCPU_WORK_STOP)) {
        /* Cleared before the choice looks at what set it. */
        atomic_and(&v->work, ~VCPU_WORK_STOP);
        v->sched.is_at_boundary = true;
        sched_schedule();
        v->sched.is_at_boundary = false;
    }
    if (READ_ONCE(v->work) & VCPU_WORK_TIME) {
        atomic_and(&v->work, ~VCPU_WORK_TIME);
        time_boundary_work(v);
    }
}

void sched_yield_at_boundary(struct vcpu *v)
{
    v->sched.is_yielding = true;
    vcpu_set_work(v, VCPU_WORK_RESCHED);
}

void sched_block_at_boundary(struct vcpu *v, enum vcpu_block why)
{
    v->sched.block_wanted = why;
    vcpu_set_work(v, VCPU_WORK_RESCHED);
}

void sched_pause(struct vcpu *v)
{
    atomic_add(&v->sched.pause_count, 1);
    sched_reconsider(v);
}

void sched_unpause(struct vcpu *v)
{
    uint32_t left = atomic_sub(&v->sched.pause_count, 1);

    CHECK(left + 1 != 0);
    sched_reconsider(v);
}

static void reconsider_all(struct domain *d)
{
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);

        if (v)
            sched_reconsider(v);
    }
}

void sched_pause_domain(struct domain *d)
{
    atomic_add(&d->pause_count, 1);
    reconsider_all(d);
}

void sched_unpause_domain(struct domain *d)
{
    uint32_t left = atomic_sub(&d->pause_count, 1);

    CHECK(left + 1 != 0);
    reconsider_all(d);
}

void sched_set_down(struct vcpu *v, bool down)
{
    atomic_store(&v->sched.is_down, down);
    sched_reconsider(v);
}

static bool is_stopped(const struct vcpu *v)
{
    struct cpu_queue *q = sched_vcpu_lock(v);
    bool stopped = v->sched.is_at_boundary && v->sched.state != VCPU_RUNNING &&
                   v->sched.state != VCPU_RUNNABLE;

    spin_unlock(&q->lock);
    return stopped;
}

int sched_wait_boundary(struct vcpu *v)
{
    int err;

    CHECK(v != current_vcpu());
    while (!is_stopped(v)) {
        err = yield_point();
        if (err)
            return err;
        sched_yield_now();
        cpu_relax();
    }
    return 0;
}

static struct cpumask online_part(const struct cpumask *m)
{
    struct cpumask r;

    for (size_t i = 0; i < ARRAY_COUNT(r.w); i++)
        r.w[i] = m->w[i] & cpu_online.w[i];
    return r;
}

int sched_set_affinity(struct vcpu *v, const struct cpumask *hard,
                       const struct cpumask *soft)
{
    struct cpumask online = online_part(hard);
    struct cpu_queue *q;
    bool move;

    if (bitmap_next(online.w, CONFIG_NR_CPUS, 0) >= CONFIG_NR_CPUS)
        return -EINVAL;
    q = sched_vcpu_lock(v);
    v->sched.affinity = *hard;
    v->sched.soft_affinity = *soft;
    move = !bit_test(hard->w, v->sched.cpu);
    spin_unlock(&q->lock);
    if (move && v != current_vcpu()) {
        /* Off its CPU and queued anew, where it is allowed. */
        sched_pause(v);
        sched_unpause(v);
    } else if (move) {
        vcpu_set_work(v, VCPU_WORK_RESCHED);
    }
    return 0;
}

int sched_set_weight(struct domain *d, unsigned weight)
{
    if (!weight || weight > 65535)
        return -EINVAL;
    WRITE_ONCE(d->sched_weight, (uint16_t)weight);
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);
        struct cpu_queue *q;

        if (!v)
            continue;
        q = sched_vcpu_lock(v);
        v->sched.share.weight = weight;
        spin_unlock(&q->lock);
    }
    return 0;
}

uint64_t sched_cpu_time_ns(struct vcpu *v)
{
    struct cpu_queue *q = sched_vcpu_lock(v);
    uint64_t ns = v->time.runstate.time_ns[RUNSTATE_running];

    if (v->sched.state == VCPU_RUNNING)
        ns += clock_now_ns() - v->time.runstate.entered_ns;
    spin_unlock(&q->lock);
    return ns;
}

void vcpu_block(struct vcpu *v)
{
    sched_block_at_boundary(v, BLOCK_EVENT);
}
