/* SPDX-License-Identifier: MIT */
/*
 * vcpu_op: a domain's own vCPUs, their timers and where they see their state.
 *
 * Locking: initialise, up, down and register_vcpu_info of one domain go one
 * at a time, by domain.vcpu_op_busy: they may yield, so it is no spinlock.
 * Invariant: a vCPU that is up has a vcpu_info of its own, not the dummy that
 * vCPUs of all domains share.
 */
#include "abi/vcpu.h"
#include "abi/sched.h"

#include "domain/domain.h"
#include "event/evtchn.h"
#include "hypercall/handlers.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "mm/heap.h"
#include "pv/context.h"
#include "pv/time.h"
#include "sched/sched.h"
#include "time/clock.h"

#define PERIOD_MIN_NS 1000000UL
#define PERIOD_MAX_NS (1UL << 50)

typedef const void __guest *in_t;
typedef void __guest *out_t;

/* Become the only one at this domain's vCPU life cycle, or -ECANCELED. */
static int life_begin(struct domain *d) MAY_YIELD
{
    while (atomic_xchg(&d->vcpu_op_busy, true)) {
        int err = yield_point();

        if (err)
            return err;
        sched_yield_now();
    }
    return 0;
}

static void life_end(struct domain *d)
{
    atomic_store(&d->vcpu_op_busy, false);
}

static int set_context(struct vcpu *v, const struct vcpu_guest_context *c)
    MAY_YIELD
{
    int err = life_begin(v->domain);

    if (err)
        return err;
    if (v->is_initialised) {
        err = -EEXIST;
    } else if (!event_has_info(v)) {
        err = -EINVAL;
    } else {
        err = pv_set_context(v, c);
        if (!err)
            atomic_store(&v->is_initialised, true);
    }
    life_end(v->domain);
    return err;
}

static int initialise(struct vcpu *v, in_t arg) MAY_YIELD
{
    struct vcpu_guest_context *c = heap_alloc(sizeof(*c));
    int err;

    if (!c)
        return -ENOMEM;
    err = guest_read(c, arg, sizeof(*c));
    if (!err)
        err = set_context(v, c);
    heap_free(c);
    return err;
}

static int up(struct vcpu *v) MAY_YIELD
{
    int err = life_begin(v->domain);

    if (err)
        return err;
    if (!v->is_initialised || !event_has_info(v))
        err = -EINVAL;
    else if (v->sched.is_down)
        sched_set_down(v, false);
    life_end(v->domain);
    return err;
}

static bool another_is_up(const struct vcpu *v)
{
    for (unsigned i = 0; i < v->domain->max_vcpus; i++) {
        const struct vcpu *other = domain_vcpu(v->domain, i);

        if (other && other != v && !READ_ONCE(other->sched.is_down))
            return true;
    }
    return false;
}

/* A domain whose last vCPU goes down is finished. */
static int down(struct vcpu *v) MAY_YIELD
{
    int err = life_begin(v->domain);

    if (err)
        return err;
    if (another_is_up(v))
        sched_set_down(v, true);
    else
        domain_shutdown(v->domain, SHUTDOWN_poweroff);
    life_end(v->domain);
    return 0;
}

static int get_runstate(struct vcpu *v, out_t arg)
{
    struct vcpu_runstate_info info;

    time_get_runstate(v, &info);
    return guest_write(arg, &info, sizeof(info));
}

static int register_runstate(struct vcpu *v, in_t arg)
{
    struct vcpu_register_runstate_memory_area area;
    int err = guest_read(&area, arg, sizeof(area));

    return err ? err : time_register_runstate(v, area.addr.v);
}

static int register_clock(struct vcpu *v, in_t arg)
{
    struct vcpu_register_time_memory_area area;
    int err = guest_read(&area, arg, sizeof(area));

    return err ? err : time_register_clock(v, area.addr.v);
}

static int set_periodic(struct vcpu *v, in_t arg)
{
    struct vcpu_set_periodic_timer set;
    int err = guest_read(&set, arg, sizeof(set));

    if (err)
        return err;
    if (set.period_ns < PERIOD_MIN_NS || set.period_ns > PERIOD_MAX_NS)
        return -EINVAL;
    time_set_periodic(v, set.period_ns);
    return 0;
}

static int set_singleshot(struct vcpu *v, in_t arg)
{
    struct vcpu_set_singleshot_timer set;
    int err;

    if (v != current_vcpu())
        return -EINVAL;
    err = guest_read(&set, arg, sizeof(set));
    if (err)
        return err;
    if ((set.flags & VCPU_SSHOTTMR_future) &&
        set.timeout_abs_ns < clock_now_ns())
        return -ETIME;
    time_set_singleshot(v, set.timeout_abs_ns);
    return 0;
}

static int stop_singleshot(struct vcpu *v)
{
    if (v != current_vcpu())
        return -EINVAL;
    time_stop_singleshot(v);
    return 0;
}

static int send_nmi(struct vcpu *v, in_t arg)
{
    if (arg)
        return -EINVAL;
    if (!atomic_xchg(&v->pv.nmi_pending, true)) {
        vcpu_set_work(v, VCPU_WORK_TRAP);
        vcpu_kick(v);
    }
    return 0;
}

/* Only where no other vCPU can be using the old place. */
static int register_info(struct vcpu *v, in_t arg) MAY_YIELD
{
    struct vcpu_register_vcpu_info info;
    int err = guest_read(&info, arg, sizeof(info));

    if (!err)
        err = life_begin(v->domain);
    if (err)
        return err;
    if (v != current_vcpu() && !READ_ONCE(v->sched.is_down))
        err = -EINVAL;
    else
        err = event_register_info(v, MFN(info.mfn), info.offset);
    if (!err)
        time_update_clock(v);
    life_end(v->domain);
    return err;
}

/* args: command, vCPU, its struct. */
int64_t hypercall_vcpu_op(struct vcpu *caller, const uint64_t args[6])
{
    struct vcpu *v = domain_vcpu(caller->domain, (uint32_t)args[1]);
    void __guest *arg = (void __guest *)args[2];

    if (!v)
        return -ENOENT;
    switch ((uint32_t)args[0]) {
    case VCPUOP_initialise:
        return initialise(v, arg);
    case VCPUOP_up:
        return up(v);
    case VCPUOP_down:
        return down(v);
    case VCPUOP_is_up:
        return !READ_ONCE(v->sched.is_down);
    case VCPUOP_get_runstate_info:
        return get_runstate(v, arg);
    case VCPUOP_register_runstate_memory_area:
        return register_runstate(v, arg);
    case VCPUOP_set_periodic_timer:
        return set_periodic(v, arg);
    case VCPUOP_stop_periodic_timer:
        time_set_periodic(v, 0);
        return 0;
    case VCPUOP_set_singleshot_timer:
        return set_singleshot(v, arg);
    case VCPUOP_stop_singleshot_timer:
        return stop_singleshot(v);
    case VCPUOP_register_vcpu_info:
        return register_info(v, arg);
    case VCPUOP_send_nmi:
        return send_nmi(v, arg);
    case VCPUOP_get_physid:
        /* No vCPU is tied to a CPU for good. */
        return -EINVAL;
    case VCPUOP_register_vcpu_time_memory_area:
        return register_clock(v, arg);
    default:
        return -ENOSYS;
    }
}
