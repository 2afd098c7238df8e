/* SPDX-License-Identifier: MIT */
/*
 * Hypervisor threads: vCPUs of the idle domain that run a function of ours,
 * for work that is too long for any guest's hypercall.
 *
 * A thread is "at the boundary" only while it waits.
 */
#include "domain/domain.h"
#include "lib/assert.h"
#include "lib/upcall.h"
#include "sched/private.h"
#include "sched/sched.h"

/* Ids of the idle domain's vCPUs below this are CPUs' idle loops. */
#define THREAD_ID_FIRST CONFIG_NR_CPUS

_Static_assert(DOMAIN_VCPUS_MAX > THREAD_ID_FIRST, "room for threads");

struct vcpu *thread_create(void (*fn)(void *data), void *data)
{
    unsigned id = THREAD_ID_FIRST;
    struct vcpu *v;

    while (id < DOMAIN_VCPUS_MAX && idle_domain->vcpus[id])
        id++;
    v = vcpu_create(idle_domain, id);
    if (!v)
        return NULL;
    v->sched.thread_fn = fn;
    v->sched.thread_data = data;
    sched_reconsider(v);
    return v;
}

void thread_wait(void)
{
    struct vcpu *v = current_vcpu();

    CHECK(v->sched.thread_fn);
    v->sched.block_wanted = BLOCK_THREAD;
    v->sched.is_at_boundary = true;
    sched_schedule();
    v->sched.is_at_boundary = false;
}

void thread_wake(struct vcpu *thread)
{
    vcpu_wake(thread);
}
