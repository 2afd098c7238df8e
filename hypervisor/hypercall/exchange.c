/* SPDX-License-Identifier: MIT */
/*
 * memory_op exchange: a domain's frames for others, contiguous or within
 * reach of a device. All or nothing.
 *
 * Steps: (1) check all arguments; (2) reserve the new frames; (3) take the old
 * ones away from the domain, which fails if anything else refers to one;
 * (4) tell the guest the new frame numbers; (5) make the new ones the
 * domain's and free the old ones. A failure up to (4) undoes in reverse.
 *
 * Frames between two states are chained by their records: they are nobody's.
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

/* Frames of one exchange, and extents' order, by a guest. */
#define ORDER_MAX_GUEST 9
#define FRAMES_MAX      (1UL << HEAP_ORDER_MAX)
#define BATCH           32

/* Chain of first frames through frame.next; 0 ends it. */
struct chain {
    uint32_t first, last;
};

struct exchange {
    struct xen_memory_exchange x;
    struct domain *d;
    struct chain in, out; /* single frames; blocks of the order of out */
    uint64_t out_done;    /* blocks in `out` */
};

static void chain_add(struct chain *c, mfn_t mfn)
{
    frame_of(mfn)->next = 0;
    if (c->first)
        frame_of(MFN(c->last))->next = (uint32_t)mfn.v;
    else
        c->first = (uint32_t)mfn.v;
    c->last = (uint32_t)mfn.v;
}

static bool chain_take(struct chain *c, mfn_t *mfn)
{
    if (!c->first)
        return false;
    *mfn = MFN(c->first);
    c->first = frame_of(*mfn)->next;
    return true;
}

static int side_check(const struct xen_memory_reservation *r, bool privileged)
{
    unsigned max = privileged ? HEAP_ORDER_MAX : ORDER_MAX_GUEST;

    if (r->extent_order > max)
        return -EPERM;
    if (r->nr_extents > FRAMES_MAX >> r->extent_order)
        return -EINVAL;
    if (!guest_range_ok((memory_arg_t)r->extent_start, r->nr_extents * 8))
        return -EFAULT;
    return 0;
}

static int check(struct vcpu *v, struct exchange *e)
{
    const struct xen_memory_exchange *x = &e->x;
    int err = side_check(&x->in, v->domain->is_privileged);

    if (!err)
        err = side_check(&x->out, v->domain->is_privileged);
    if (err)
        return err;
    if (x->nr_exchanged || x->in.domid != x->out.domid ||
        x->in.nr_extents << x->in.extent_order != x->out.nr_extents
                                                      << x->out.extent_order)
        return -EINVAL;
    if (x->in.domid != DOMID_SELF && x->in.domid != v->domain->id)
        return -EPERM;
    return 0;
}

/* Undoing, and what is past its last failure, goes on in any case. */
static void breathe(unsigned *done)
{
    if (++*done % BATCH == 0 && yield_point())
        *done = 0;
}

/* (2) */
static int reserve(struct exchange *e)
{
    unsigned bits = XENMEMF_get_address_bits(e->x.out.mem_flags);

    for (; e->out_done < e->x.out.nr_extents; e->out_done++) {
        mfn_t mfn;
        int err = domain_memory_reserve(&e->d->mm, e->x.out.extent_order,
                                        MM_BITS(bits), &mfn);

        if (err)
            return err;
        chain_add(&e->out, mfn);
        err = yield_point();
        if (err) {
            e->out_done++;
            return err;
        }
    }
    return 0;
}

static void unreserve(struct exchange *e)
{
    unsigned done = 0;
    mfn_t mfn;

    while (chain_take(&e->out, &mfn)) {
        domain_memory_unreserve(mfn, e->x.out.extent_order);
        breathe(&done);
    }
}

/* (3) */
static int steal(struct exchange *e)
{
    unsigned order = e->x.in.extent_order;
    uint64_t count = e->x.in.nr_extents << order, first = 0;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t within = i & ((1UL << order) - 1);
        int err = 0;

        if (!within)
            err = guest_read(
                &first, (memory_arg_t)(e->x.in.extent_start + (i >> order) * 8),
                8);
        if (!err)
            err = domain_memory_steal(&e->d->mm, MFN(first + within));
        if (!err)
            chain_add(&e->in, MFN(first + within));
        if (!err && i % BATCH == BATCH - 1)
            err = yield_point();
        if (err)
            return err;
    }
    return 0;
}

static void unsteal(struct exchange *e)
{
    unsigned done = 0;
    mfn_t mfn;

    while (chain_take(&e->in, &mfn)) {
        domain_memory_unsteal(&e->d->mm, mfn);
        breathe(&done);
    }
}

/*
 * (4): extent i of `out` says which pseudo-physical number it gets, and then
 * which frame that is. The numbers are read before any is overwritten only as
 * far as each one goes: they are the guest's own.
 */
static int tell(struct exchange *e)
{
    uint64_t out = e->x.out.extent_start, i = 0, pfn;
    unsigned order = e->x.out.extent_order;
    uint32_t n;

    for (n = e->out.first; n; n = frame_of(MFN(n))->next, i++) {
        uint64_t mfn = n;
        int err = guest_read(&pfn, (memory_arg_t)(out + i * 8), 8);

        if (!err)
            err = guest_write((memory_arg_t)(out + i * 8), &mfn, 8);
        if (!err && i % BATCH == BATCH - 1)
            err = yield_point();
        if (err)
            return err;
        for (uint64_t j = 0; j < 1UL << order; j++)
            m2p_set(MFN(mfn + j), PFN(pfn + j));
    }
    return 0;
}

/* After a failure of (4): new frames have no numbers. */
static void untell(struct exchange *e)
{
    unsigned order = e->x.out.extent_order;
    uint32_t n;

    for (n = e->out.first; n; n = frame_of(MFN(n))->next)
        for (uint64_t j = 0; j < 1UL << order; j++)
            m2p_set(MFN(n + j), M2P_INVALID);
}

/* (5): from here on nothing fails, but that a dying domain gets nothing. */
static void commit(struct exchange *e)
{
    unsigned done = 0;
    mfn_t mfn;

    while (chain_take(&e->out, &mfn)) {
        if (domain_memory_assign_reserved(&e->d->mm, mfn,
                                          e->x.out.extent_order))
            domain_memory_unreserve(mfn, e->x.out.extent_order);
        breathe(&done);
    }
    while (chain_take(&e->in, &mfn)) {
        domain_memory_free_stolen(&e->d->mm, mfn);
        breathe(&done);
    }
}

static int exchange(struct exchange *e)
{
    int err = reserve(e);

    if (err)
        goto undo_reserve;
    err = steal(e);
    if (err)
        goto undo_steal;
    err = tell(e);
    if (err)
        goto undo_tell;
    commit(e);
    return 0;

undo_tell:
    untell(e);
undo_steal:
    unsteal(e);
undo_reserve:
    unreserve(e);
    return err;
}

/*
 * -EINVAL the two sides differ, or a frame is not the domain's to give;
 * -EPERM another domain, or too large extents; -EBUSY a frame is in use;
 * -ENOMEM; -EFAULT.
 */
int64_t memory_exchange(struct vcpu *v, memory_arg_t arg)
{
    struct exchange e = {.d = v->domain};
    int err = guest_read(&e.x, arg, sizeof(e.x));

    if (!err)
        err = check(v, &e);
    if (!err)
        err = exchange(&e);
    if (err)
        return err;
    e.x.nr_exchanged = e.x.in.nr_extents;
    return guest_write(arg, &e.x, sizeof(e.x));
}
