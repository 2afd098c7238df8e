/* SPDX-License-Identifier: MIT */
/*
 * The reaper: a hypervisor thread that finishes dying domains, so that no
 * hypercall has to.
 *
 * Locking: `lock` for the list; a domain in it carries a reference.
 */
#include "domain/domain.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/upcall.h"
#include "sched/sched.h"
#include "time/clock.h"

static struct spinlock lock = SPINLOCK_INIT(LOCK_DOMAIN_LIST);
static struct list dying = LIST_INIT(dying);
/* Taken apart, but others still map frames of theirs; the reaper's alone. */
static struct list lingering = LIST_INIT(lingering);
static struct timer timer;
#define LINGER_PERIOD_NS 50000000UL
static struct vcpu *reaper;

void reaper_add(struct domain *d)
{
    spin_lock(&lock);
    list_add_tail(&d->dying, &dying);
    spin_unlock(&lock);
    thread_wake(reaper);
}

static struct domain *take(void)
{
    struct domain *d = NULL;

    spin_lock(&lock);
    if (!list_is_empty(&dying)) {
        d = LIST_FIRST(&dying, struct domain, dying);
        list_del(&d->dying);
    }
    spin_unlock(&lock);
    return d;
}

static void take_apart(struct domain *d)
{
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);
        int err = v ? sched_wait_boundary(v) : 0;

        /* The reaper's own domain never dies. */
        CHECK(!err);
    }
    domain_teardown(d);
    list_add_tail(&d->dying, &lingering);
}

/* Finish those whose frames nobody maps any more. */
static void finish_all(void)
{
    struct list *pos, *next;

    LIST_FOR_EACH_SAFE(pos, next, &lingering)
    {
        struct domain *d = LIST_ENTRY(pos, struct domain, dying);

        if (!domain_finish(d))
            continue;
        list_del(&d->dying);
        domain_put(d);
    }
}

static void look_again(void *data)
{
    (void)data;
    thread_wake(reaper);
}

static void reaper_run(void *data)
{
    struct domain *d;

    (void)data;
    for (;;) {
        while ((d = take()))
            take_apart(d);
        finish_all();
        if (!list_is_empty(&lingering))
            timer_set(&timer, clock_now_ns() + LINGER_PERIOD_NS);
        thread_wait();
    }
}

void reaper_init(void)
{
    timer_init(&timer, look_again, NULL, cpu_id());
    reaper = thread_create(reaper_run, NULL);
    if (!reaper)
        panic("no memory for the reaper thread");
}
