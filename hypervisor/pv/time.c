/* SPDX-License-Identifier: MIT */
/*
 * The guest's half of time.
 *
 * Invariant: a guest reads its clock page by a version that is odd while it is
 * being written; it is written only while the vCPU is in the hypervisor on
 * the CPU that it describes, or before it first runs.
 * Invariant: runstate and the second clock page lie at guest addresses that
 * may vanish: they are written at the guest boundary, in the kernel's root,
 * and a fault there is the guest's own loss.
 * Locking: vcpu.time.runstate is written under v's scheduler lock and read
 * with a version count.
 */
#include "pv/time.h"

#include "abi/vcpu.h"
#include "cpu/features.h"
#include "cpu/percpu.h"
#include "domain/domain.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "pv/pv.h"
#include "time/clock.h"

#define NS_PER_SECOND 1000000000UL

/* ---- Clock page ---- */

static void fill_clock(struct vcpu_time_info *t)
{
    struct clock_scale scale;

    clock_scale_get(&scale);
    t->tsc_timestamp = scale.tsc;
    t->system_time = scale.system_ns;
    t->tsc_to_system_mul = scale.mul;
    t->tsc_shift = scale.shift;
    t->flags = cpu_features.invariant_tsc ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
}

/* Publish `from` in a place that the guest reads at any time. */
static void publish_clock(struct vcpu_time_info *to,
                          const struct vcpu_time_info *from)
{
    uint32_t version = (READ_ONCE(to->version) + 1) | 1;

    WRITE_ONCE(to->version, version);
    memory_barrier();
    to->tsc_timestamp = from->tsc_timestamp;
    to->system_time = from->system_time;
    to->tsc_to_system_mul = from->tsc_to_system_mul;
    to->tsc_shift = from->tsc_shift;
    to->flags = from->flags;
    memory_barrier();
    WRITE_ONCE(to->version, version + 1);
}

void time_update_clock(struct vcpu *v)
{
    struct vcpu_time_info t = {0};

    fill_clock(&t);
    publish_clock(&v->event.info->time, &t);
}

/* ---- Wall clock ---- */

void time_update_wall(struct domain *d)
{
    struct shared_info *s = d->shared_info;
    uint64_t ns =
        clock_wall_base_ns() + (uint64_t)d->time_offset_seconds * NS_PER_SECOND;
    uint64_t seconds = ns / NS_PER_SECOND;
    uint32_t version;

    if (!s)
        return;
    version = (READ_ONCE(s->wc_version) + 1) | 1;
    WRITE_ONCE(s->wc_version, version);
    memory_barrier();
    s->wc_sec = (uint32_t)seconds;
    s->wc_sec_hi = (uint32_t)(seconds >> 32);
    s->wc_nsec = (uint32_t)(ns % NS_PER_SECOND);
    memory_barrier();
    WRITE_ONCE(s->wc_version, version + 1);
}

void time_domain_init(struct domain *d)
{
    time_update_wall(d);
}

void time_wall_changed(void)
{
    struct domain *d, *next;

    for (d = domain_get(0); d; d = next) {
        if (!domain_is_dying(d))
            time_update_wall(d);
        next = domain_get_next(d->id);
        domain_put(d);
    }
}

/* ---- Runstate ---- */

void time_set_runstate(struct vcpu *v, int state, uint64_t now_ns)
{
    struct vcpu_runstate *r = &v->time.runstate;

    if (state == r->state)
        return;
    WRITE_ONCE(r->version, r->version + 1);
    memory_barrier();
    if (now_ns > r->entered_ns)
        r->time_ns[r->state] += now_ns - r->entered_ns;
    r->entered_ns = MAX(now_ns, r->entered_ns);
    r->state = state;
    memory_barrier();
    WRITE_ONCE(r->version, r->version + 1);
}

/* As it was at the last change of state. */
static void runstate_copy(const struct vcpu *v, struct vcpu_runstate_info *out)
{
    const struct vcpu_runstate *r = &v->time.runstate;
    uint32_t version;

    do {
        version = atomic_load(&r->version);
        memory_barrier();
        out->state = r->state;
        out->state_entry_time = r->entered_ns;
        for (unsigned i = 0; i < ARRAY_COUNT(out->time); i++)
            out->time[i] = r->time_ns[i];
        memory_barrier();
    } while ((version & 1) || version != READ_ONCE(r->version));
}

void time_get_runstate(struct vcpu *v, struct vcpu_runstate_info *out)
{
    uint64_t now = clock_now_ns();

    memset(out, 0, sizeof(*out));
    runstate_copy(v, out);
    if (now > out->state_entry_time)
        out->time[out->state] += now - out->state_entry_time;
}

/* ---- What lies at guest addresses ---- */

static int write_runstate(struct vcpu *v)
{
    struct vcpu_runstate_info info = {0};
    struct vcpu_runstate_info __guest *to =
        (struct vcpu_runstate_info __guest *)v->time.runstate_area;
    bool flagged =
        v->domain->mm.vm_assist & BIT(VMASST_TYPE_runstate_update_flag);
    uint64_t entry;
    int err;

    runstate_copy(v, &info);
    if (!flagged)
        return guest_write(to, &info, sizeof(info));
    entry = info.state_entry_time;
    info.state_entry_time |= XEN_RUNSTATE_UPDATE;
    err = guest_write(&to->state_entry_time, &info.state_entry_time,
                      sizeof(entry));
    memory_barrier();
    if (!err)
        err = guest_write(to, &info, sizeof(info));
    memory_barrier();
    if (!err)
        err = guest_write(&to->state_entry_time, &entry, sizeof(entry));
    return err;
}

static int write_clock(struct vcpu *v)
{
    struct vcpu_time_info __guest *to =
        (struct vcpu_time_info __guest *)v->time.time_area;
    struct vcpu_time_info t = {0};
    int err;

    fill_clock(&t);
    v->time.clock_version += 2;
    t.version = v->time.clock_version - 1;
    err = guest_write(&to->version, &t.version, sizeof(t.version));
    memory_barrier();
    if (!err)
        err = guest_write(to, &t, sizeof(t));
    memory_barrier();
    t.version++;
    if (!err)
        err = guest_write(&to->version, &t.version, sizeof(t.version));
    return err;
}

/* Write both in the kernel's root, whatever mode the guest is in. */
static void write_areas(struct vcpu *v)
{
    bool in_kernel = v->pv.in_kernel;

    if (!in_kernel)
        pv_enter_kernel(v);
    if (v->time.runstate_area && write_runstate(v))
        v->time.area_faults++;
    if (v->time.time_area && write_clock(v))
        v->time.area_faults++;
    if (!in_kernel && !pv_enter_user(v))
        domain_crash(v->domain, "vCPU %u has lost its user root", v->id);
}

void time_boundary_work(struct vcpu *v)
{
    if (v->time.runstate_area || v->time.time_area)
        write_areas(v);
}

int time_register_runstate(struct vcpu *v, uint64_t va)
{
    if (va && !guest_range_ok((const void __guest *)va,
                              sizeof(struct vcpu_runstate_info)))
        return -EFAULT;
    v->time.runstate_area = va;
    if (v == current_vcpu())
        return va ? write_runstate(v) : 0;
    vcpu_set_work(v, VCPU_WORK_TIME);
    return 0;
}

int time_register_clock(struct vcpu *v, uint64_t va)
{
    if (va && !guest_range_ok((const void __guest *)va,
                              sizeof(struct vcpu_time_info)))
        return -EFAULT;
    v->time.time_area = va;
    if (v == current_vcpu())
        return va ? write_clock(v) : 0;
    vcpu_set_work(v, VCPU_WORK_TIME);
    return 0;
}

void time_switch_in(struct vcpu *v)
{
    unsigned cpu = cpu_id();
    struct clock_scale scale;
    bool moved = v->time.clock_cpu != cpu;

    clock_scale_get(&scale);
    if (moved) {
        timer_migrate(&v->time.singleshot, cpu);
        timer_migrate(&v->time.periodic, cpu);
        timer_migrate(&v->time.poll, cpu);
    }
    if (moved || v->time.clock_generation != scale.generation) {
        v->time.clock_cpu = cpu;
        v->time.clock_generation = scale.generation;
        time_update_clock(v);
    }
    if (v->time.runstate_area || v->time.time_area)
        vcpu_set_work(v, VCPU_WORK_TIME);
}

/* ---- Timers ---- */

static void singleshot_fire(void *data)
{
    virq_raise_vcpu(data, VIRQ_TIMER);
}

static void periodic_fire(void *data)
{
    struct vcpu *v = data;
    uint64_t now = clock_now_ns(), next, period = READ_ONCE(v->time.period_ns);

    virq_raise_vcpu(v, VIRQ_TIMER);
    if (!period)
        return;
    /* Ticks that were missed are not made up for. */
    next = v->time.periodic.deadline_ns + period;
    timer_set(&v->time.periodic, next > now ? next : now + period);
}

static void poll_fire(void *data)
{
    struct vcpu *v = data;

    if (!READ_ONCE(v->event.polling))
        return;
    event_poll_end(v);
    vcpu_wake(v);
}

void time_set_singleshot(struct vcpu *v, uint64_t deadline_ns)
{
    timer_set(&v->time.singleshot, deadline_ns);
}

void time_stop_singleshot(struct vcpu *v)
{
    timer_stop(&v->time.singleshot);
}

void time_set_periodic(struct vcpu *v, uint64_t period_ns)
{
    timer_stop(&v->time.periodic);
    WRITE_ONCE(v->time.period_ns, period_ns);
    if (period_ns)
        timer_set(&v->time.periodic, clock_now_ns() + period_ns);
}

void time_set_poll(struct vcpu *v, uint64_t deadline_ns)
{
    timer_set(&v->time.poll, deadline_ns);
}

void time_vcpu_init(struct vcpu *v)
{
    unsigned cpu = cpu_id();

    timer_init(&v->time.singleshot, singleshot_fire, v, cpu);
    timer_init(&v->time.periodic, periodic_fire, v, cpu);
    timer_init(&v->time.poll, poll_fire, v, cpu);
    v->time.clock_cpu = ~0U;
    v->time.runstate.state = RUNSTATE_offline;
    v->time.runstate.entered_ns = clock_now_ns();
}

void time_vcpu_destroy(struct vcpu *v)
{
    WRITE_ONCE(v->time.period_ns, 0);
    timer_stop(&v->time.singleshot);
    timer_stop(&v->time.periodic);
    timer_stop(&v->time.poll);
}
