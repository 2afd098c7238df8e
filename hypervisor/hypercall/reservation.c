/* SPDX-License-Identifier: MIT */
/*
 * memory_op: a domain gets and gives back frames.
 *
 * An operation goes through its extents in order, stops at the first that
 * fails and returns how many were done.
 */
#include "abi/memory.h"

#include "domain/domain.h"
#include "hypercall/memory_ops.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/domain_memory.h"
#include "mm/frame.h"
#include "mm/guest_access.h"
#include "mm/heap.h"
#include "mm/m2p.h"

#define BATCH 32
/* Largest extents, by privilege of the caller. */
#define ORDER_MAX_GUEST      9
#define ORDER_MAX_PRIVILEGED HEAP_ORDER_MAX

struct reservation {
    struct xen_memory_reservation r;
    struct domain *d; /* a reference is held */
    unsigned bits;    /* width of machine addresses wanted, 0: any */
};

static int reservation_read(struct vcpu *v, memory_arg_t arg,
                            struct reservation *out)
{
    struct xen_memory_reservation *r = &out->r;
    int err = guest_read(r, arg, sizeof(*r));

    if (err)
        return err;
    if (r->nr_extents >> 48)
        return -EINVAL;
    if (r->extent_start && !guest_range_ok((memory_arg_t)r->extent_start,
                                           r->nr_extents * sizeof(xen_pfn_t)))
        return -EFAULT;
    out->bits = XENMEMF_get_address_bits(r->mem_flags);
    if (r->extent_order >
        (v->domain->is_privileged ? ORDER_MAX_PRIVILEGED : ORDER_MAX_GUEST))
        r->nr_extents = 0;
    return memory_domain_get(v, r->domid, &out->d);
}

static int extent_read(const struct reservation *m, uint64_t i, uint64_t *v)
{
    return guest_read(v, (memory_arg_t)(m->r.extent_start + i * 8), 8);
}

static int extent_write(const struct reservation *m, uint64_t i, uint64_t v)
{
    return guest_write((memory_arg_t)(m->r.extent_start + i * 8), &v, 8);
}

/* Give up 2^order frames. */
static int extent_free(struct domain *d, uint64_t first, unsigned order)
{
    int err = 0;

    for (uint64_t i = 0; i < 1UL << order && !err; i++) {
        if (i % BATCH == BATCH - 1)
            err = yield_point();
        if (!err)
            err = domain_memory_free(&d->mm, MFN(first + i));
    }
    return err;
}

/* The domain just got these frames and nothing else did happen to them. */
static void extent_undo(struct domain *d, mfn_t first, unsigned order)
{
    /* The domain itself may have given some up already; all must go. */
    for (uint64_t i = 0; i < 1UL << order; i++)
        if (domain_memory_free(&d->mm, MFN(first.v + i)) ||
            (i % BATCH == BATCH - 1 && yield_point()))
            continue;
}

/* A sibling may give a frame up meanwhile, and another domain get it. */
static int m2p_set_extent(const struct domain *d, mfn_t first, uint64_t pfn,
                          unsigned order)
{
    int err = 0;

    for (uint64_t i = 0; i < 1UL << order && !err; i++) {
        mfn_t mfn = MFN(first.v + i);

        if (!frame_get(mfn, d->id)) {
            m2p_set(mfn, PFN(pfn + i));
            frame_put(mfn);
        }
        if (i % 1024 == 1023)
            err = yield_point();
    }
    return err;
}

static int populate_one(const struct reservation *m, uint64_t i, bool numbered)
{
    unsigned order = m->r.extent_order;
    uint64_t pfn = 0;
    mfn_t mfn;
    int err = numbered ? extent_read(m, i, &pfn) : 0;

    if (err)
        return err;
    err = domain_memory_populate(&m->d->mm, order, MM_BITS(m->bits), &mfn);
    if (err)
        return err;
    if (numbered)
        err = m2p_set_extent(m->d, mfn, pfn, order);
    if (!err && m->r.extent_start)
        err = extent_write(m, i, mfn.v);
    if (err)
        extent_undo(m->d, mfn, order);
    return err;
}

static int64_t populate(struct vcpu *v, memory_arg_t arg, bool numbered)
{
    struct reservation m;
    uint64_t i;
    int err = reservation_read(v, arg, &m);

    if (err)
        return err;
    for (i = 0; i < m.r.nr_extents; i++) {
        err = i ? yield_point() : 0;
        if (!err)
            err = populate_one(&m, i, numbered);
        if (err)
            break;
    }
    domain_put(m.d);
    return (int64_t)i;
}

int64_t memory_increase(struct vcpu *v, memory_arg_t arg)
{
    return populate(v, arg, false);
}

int64_t memory_populate(struct vcpu *v, memory_arg_t arg)
{
    return populate(v, arg, true);
}

int64_t memory_decrease(struct vcpu *v, memory_arg_t arg)
{
    struct reservation m;
    uint64_t i, mfn;
    int err = reservation_read(v, arg, &m);

    if (err)
        return err;
    for (i = 0; i < m.r.nr_extents; i++) {
        err = i ? yield_point() : 0;
        if (!err)
            err = extent_read(&m, i, &mfn);
        if (!err)
            err = extent_free(m.d, mfn, m.r.extent_order);
        if (err)
            break;
    }
    domain_put(m.d);
    return (int64_t)i;
}

/*
 * Promise the domain as many frames as it has and `nr_extents` in all; 0 ends
 * the promise. -EPERM; -EINVAL arguments, or it has more already; -ENOMEM.
 */
int64_t memory_claim(struct vcpu *v, memory_arg_t arg)
{
    struct reservation m;
    uint64_t have;
    int err = v->domain->is_privileged ? reservation_read(v, arg, &m) : -EPERM;

    if (err)
        return err;
    have = READ_ONCE(m.d->mm.page_count);
    if (m.r.extent_start || m.r.extent_order || m.r.mem_flags ||
        (m.r.nr_extents && m.r.nr_extents <= have) ||
        atomic_load(&m.d->mm.is_dying))
        err = -EINVAL;
    else
        err = heap_claim(&m.d->mm.claim_frames,
                         m.r.nr_extents ? m.r.nr_extents - have : 0);
    domain_put(m.d);
    return err;
}
