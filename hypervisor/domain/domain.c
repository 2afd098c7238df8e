/* SPDX-License-Identifier: MIT */
/*
 * Domains: the list of all, references, creation and the last steps of
 * destruction.
 *
 * Invariant: a domain is found by domain_get() from the end of its creation
 * until its teardown is complete; the list holds one reference meanwhile.
 * Invariant: a reference is never taken at zero; the last put frees the
 * record, when nothing of it is left.
 * Locking: list_lock for the list and the buckets; never held across a call
 * into another room.
 * Not here: states and how a domain ends (state.c), who may control whom
 * (permission.c).
 */
#include "domain/domain.h"

#include "debug/log.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/domain_memory.h"
#include "mm/heap.h"

#define BUCKETS 64

struct domain *dom0;
struct domain *idle_domain;

static struct list all_domains = LIST_INIT(all_domains); /* rising id */
static struct list buckets[BUCKETS];
static struct spinlock list_lock = SPINLOCK_INIT(LOCK_DOMAIN_LIST);

static struct domain *lookup(unsigned id)
{
    struct list *pos, *bucket = &buckets[id % BUCKETS];

    LIST_FOR_EACH(pos, bucket)
    {
        struct domain *d = LIST_ENTRY(pos, struct domain, by_id);

        if (d->id == id)
            return d;
    }
    return NULL;
}

/* Publish `d`, unless its id is taken. */
static int list_publish(struct domain *d)
{
    struct list *pos;
    int err = -EEXIST;

    spin_lock(&list_lock);
    if (!lookup(d->id)) {
        LIST_FOR_EACH(pos, &all_domains)
        if (LIST_ENTRY(pos, struct domain, all)->id > d->id)
            break;
        list_add_tail(&d->all, pos);
        list_add(&d->by_id, &buckets[d->id % BUCKETS]);
        err = 0;
    }
    spin_unlock(&list_lock);
    return err;
}

static void list_withdraw(struct domain *d)
{
    spin_lock(&list_lock);
    list_del(&d->all);
    list_del(&d->by_id);
    spin_unlock(&list_lock);
}

struct domain *domain_get(unsigned id)
{
    struct domain *d;

    spin_lock(&list_lock);
    d = lookup(id);
    if (d)
        atomic_add(&d->refs, 1);
    spin_unlock(&list_lock);
    return d;
}

struct domain *domain_get_as(const struct domain *caller, unsigned id)
{
    return domain_get(id == DOMID_SELF ? caller->id : id);
}

struct domain *domain_get_next(unsigned id)
{
    struct domain *d = NULL;
    struct list *pos;

    spin_lock(&list_lock);
    LIST_FOR_EACH(pos, &all_domains)
    {
        if (LIST_ENTRY(pos, struct domain, all)->id > id) {
            d = LIST_ENTRY(pos, struct domain, all);
            atomic_add(&d->refs, 1);
            break;
        }
    }
    spin_unlock(&list_lock);
    return d;
}

void domain_ref(struct domain *d)
{
    uint32_t refs = atomic_add(&d->refs, 1);

    CHECK(refs > 1);
}

static void domain_free(struct domain *d)
{
    heap_free(d->vcpus);
    heap_free(d);
}

void domain_put(struct domain *d)
{
    if (atomic_sub(&d->refs, 1) == 0)
        domain_free(d);
}

static struct domain *domain_alloc(const struct domain_config *c)
{
    struct domain *d = heap_alloc(sizeof(*d));

    if (!d)
        return NULL;
    d->vcpus = heap_alloc(c->max_vcpus * sizeof(*d->vcpus));
    if (!d->vcpus) {
        heap_free(d);
        return NULL;
    }
    d->id = c->id;
    d->is_privileged = c->is_privileged;
    d->max_vcpus = c->max_vcpus;
    d->refs = 1;
    d->sched_weight = DOMAIN_WEIGHT_DEFAULT;
    spin_init(&d->lock, LOCK_DOMAIN);
    list_init(&d->all);
    list_init(&d->by_id);
    if (c->handle)
        memcpy(d->handle, c->handle, sizeof(d->handle));
    return d;
}

/* The memory record, and the page that the domain shares with us. */
static int memory_create(struct domain *d, uint64_t max_page_count)
{
    int err = domain_memory_init(&d->mm, d->id, max_page_count);

    if (err)
        return err;
    err = domain_memory_alloc_shared(&d->mm, &d->shared_info_mfn);
    if (err) {
        domain_memory_destroy(&d->mm);
        return err;
    }
    d->shared_info = domain_memory_shared_va(d->shared_info_mfn);
    return 0;
}

/* Give up all that can be; what others map stays the domain's until then. */
static void memory_release(struct domain *d)
{
    struct vcpu *v = current_vcpu();

    d->mm.is_dying = true;
    /* On the boot stack nothing was given to the domain yet. */
    if (v)
        domain_memory_relinquish(&v->mm, &d->mm);
    d->shared_info = NULL;
    domain_memory_free_shared(d->shared_info_mfn);
}

static int rooms_init(struct domain *d, uint64_t max_page_count)
{
    int err = memory_create(d, max_page_count);

    if (err)
        return err;
    err = event_domain_init(d);
    if (err)
        goto undo_memory;
    err = grant_domain_init(d);
    if (err)
        goto undo_event;
    time_domain_init(d);
    return 0;

undo_event:
    event_domain_destroy(d);
undo_memory:
    memory_release(d);
    domain_memory_destroy(&d->mm);
    return err;
}

/*
 * Events first: no peer sends to a vCPU any more. Memory last: all that holds
 * frames has let go.
 */
static void rooms_destroy(struct domain *d)
{
    event_domain_destroy(d);
    for (unsigned i = 0; i < d->max_vcpus; i++)
        if (d->vcpus[i])
            vcpu_destroy(d->vcpus[i]);
    grant_domain_destroy(d);
    memory_release(d);
}

int domain_create(const struct domain_config *config, struct domain **out)
{
    struct domain *d;
    int err;

    if (config->id >= DOMID_FIRST_RESERVED || !config->max_vcpus ||
        config->max_vcpus > DOMAIN_VCPUS_MAX)
        return -EINVAL;
    d = domain_alloc(config);
    if (!d)
        return -ENOMEM;
    err = rooms_init(d, config->max_page_count);
    if (err)
        goto undo_alloc;
    err = list_publish(d);
    if (err)
        goto undo_rooms;
    if (config->is_privileged && !dom0)
        dom0 = d;
    *out = d;
    return 0;

undo_rooms:
    rooms_destroy(d);
    domain_memory_destroy(&d->mm);
undo_alloc:
    domain_free(d);
    return err;
}

void domain_teardown(struct domain *d)
{
    CHECK(domain_is_dying(d));
    rooms_destroy(d);
}

bool domain_finish(struct domain *d)
{
    if (!domain_memory_is_gone(&d->mm))
        return false;
    domain_memory_destroy(&d->mm);
    CHECK(domain_change_state(d, DOMAIN_DEAD));
    list_withdraw(d);
    log_info("d%u: destroyed", d->id);
    virq_raise_global(VIRQ_DOM_EXC);
    domain_put(d);
    return true;
}

void domain_init(void)
{
    const struct domain_config config = {
        .id = DOMID_IDLE_ID,
        .max_vcpus = DOMAIN_VCPUS_MAX,
    };

    for (unsigned i = 0; i < BUCKETS; i++)
        list_init(&buckets[i]);
    idle_domain = domain_alloc(&config);
    if (!idle_domain)
        panic("no memory for the idle domain");
    idle_domain->mm.domid = DOMID_IDLE_ID;
    idle_domain->mm.max_page_count = 0;
    spin_init(&idle_domain->mm.lock, LOCK_MM);
    idle_domain->state = DOMAIN_RUNNING;
}

struct vcpu *domain_vcpu(const struct domain *d, uint64_t id)
{
    if (id >= d->max_vcpus)
        return NULL;
    return atomic_load(&d->vcpus[index_nospec(id, d->max_vcpus)]);
}
