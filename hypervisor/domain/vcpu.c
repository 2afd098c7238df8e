/* SPDX-License-Identifier: MIT */
/*
 * Making and unmaking vCPUs.
 *
 * Invariant: d->vcpus[id] is published once, when every room has set up its
 * part, and stays until the domain's last reference goes.
 * Locking: creation and destruction of one domain's vCPUs are serialised by
 * the caller (builder, domctl under the domain lock's user, reaper).
 */
#include "domain/vcpu.h"

#include "domain/areas.h"
#include "domain/domain.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/upcall.h"
#include "mm/heap.h"

static struct vcpu *vcpu_alloc(struct domain *d, unsigned id)
{
    struct vcpu *v = heap_alloc(sizeof(*v));

    if (!v)
        return NULL;
    v->domain = d;
    v->id = id;
    v->mm.dm = &d->mm;
    v->mm.kernel_root = INVALID_MFN;
    v->mm.user_root = INVALID_MFN;
    v->sched.is_down = !vcpu_is_hypervisor(v);
    v->sched.is_idle = vcpu_is_hypervisor(v);
    v->sched.is_at_boundary = true;
    if (areas_alloc(v)) {
        heap_free(v);
        return NULL;
    }
    return v;
}

static void vcpu_dealloc(struct vcpu *v)
{
    areas_free(v);
    heap_free(v);
}

struct vcpu *vcpu_create(struct domain *d, unsigned id)
{
    struct vcpu *v;

    if (id >= d->max_vcpus || d->vcpus[id])
        return NULL;
    v = vcpu_alloc(d, id);
    if (!v)
        return NULL;
    event_vcpu_init(v);
    time_vcpu_init(v);
    sched_vcpu_init(v);
    if (!vcpu_is_hypervisor(v) && pv_vcpu_init(v)) {
        time_vcpu_destroy(v);
        event_vcpu_destroy(v);
        vcpu_dealloc(v);
        return NULL;
    }
    atomic_store(&d->vcpus[id], v);
    return v;
}

void vcpu_destroy(struct vcpu *v)
{
    struct domain *d = v->domain;

    CHECK(v->sched.is_at_boundary && v->sched.state != VCPU_RUNNING);
    if (d->vcpus[v->id] == v)
        atomic_store(&d->vcpus[v->id], NULL);
    time_vcpu_destroy(v);
    event_vcpu_destroy(v);
    if (!vcpu_is_hypervisor(v))
        pv_vcpu_destroy(v);
    vcpu_dealloc(v);
}
