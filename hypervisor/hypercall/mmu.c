/* SPDX-License-Identifier: MIT */
/*
 * mmu_update and update_va_mapping: changes to page-table entries and to the
 * machine-to-phys table.
 */
#include "abi/xen.h"

#include "cpu/tlb.h"
#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "hypercall/mmu.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "mm/guest_pt.h"
#include "mm/m2p.h"

/* Entries of a batch between two yields. */
#define BATCH 32

typedef const void __guest *in_t;
typedef void __guest *out_t;

int mmu_subject_get(const struct vcpu *v, unsigned id, struct mmu_subject *s)
{
    struct domain *d;

    if (likely(id == DOMID_SELF || id == v->domain->id)) {
        *s = (struct mmu_subject){v->domain, false, v->domain->id};
        return 0;
    }
    if (!v->domain->is_privileged)
        return -EPERM;
    if (id == DOMID_IO || id == DOMID_XEN) {
        *s = (struct mmu_subject){NULL, false, (uint16_t)id};
        return 0;
    }
    d = domain_get(id);
    if (!d)
        return -ESRCH;
    if (!domain_may_control(v, d)) {
        domain_put(d);
        return -EPERM;
    }
    *s = (struct mmu_subject){d, true, d->id};
    return 0;
}

void mmu_subject_put(struct mmu_subject *s)
{
    if (s->is_held)
        domain_put(s->domain);
}

int mmu_write_done(uint64_t done_va, unsigned done)
{
    return done_va ? guest_write((out_t)done_va, &done, sizeof(done)) : 0;
}

/* ---- mmu_update ---- */

struct batch {
    struct vcpu_mm *who;
    struct domain_mm *tables;   /* whose page tables change */
    struct mmu_subject *frames; /* whose frames the entries refer to */
    struct guest_pt_cursor cursor;
};

static int set_entry(struct batch *b, uint64_t ptr, uint64_t entry,
                     unsigned flags)
{
    int err;

    if (ptr % sizeof(uint64_t))
        return -EINVAL;
    err =
        guest_pt_begin(b->who, &b->cursor, b->tables, paddr_to_mfn(PADDR(ptr)));
    if (err)
        return err;
    return guest_pt_set(b->who, &b->cursor, b->tables,
                        ptr % PAGE_SIZE / sizeof(uint64_t), b->frames->owner,
                        entry, flags);
}

static int set_m2p(const struct batch *b, uint64_t ptr, uint64_t pfn)
{
    mfn_t mfn = paddr_to_mfn(PADDR(ptr));
    int err = b->frames->domain ? frame_get(mfn, b->frames->owner) : -EPERM;

    if (err)
        return err;
    m2p_set(mfn, PFN(pfn));
    frame_put(mfn);
    return 0;
}

static int update_one(struct batch *b, const struct mmu_update *u)
{
    uint64_t ptr = u->ptr & ~3UL;

    switch (u->ptr & 3) {
    case MMU_NORMAL_PT_UPDATE:
    case MMU_PT_UPDATE_NO_TRANSLATE:
        return set_entry(b, ptr, u->val, 0);
    case MMU_PT_UPDATE_PRESERVE_AD:
        return set_entry(b, ptr, u->val, GUEST_PT_KEEP_AD);
    default:
        return set_m2p(b, ptr, u->val);
    }
}

static int update_all(struct batch *b, uint64_t reqs, unsigned count,
                      unsigned *done)
{
    int err = 0;

    for (*done = 0; *done < count; ++*done) {
        struct mmu_update u;

        if (*done % BATCH == BATCH - 1)
            err = yield_point();
        if (!err)
            err = guest_read(&u, (in_t)(reqs + *done * sizeof(u)), sizeof(u));
        if (!err)
            err = update_one(b, &u);
        if (unlikely(err))
            break;
    }
    guest_pt_end(b->who, &b->cursor);
    return err;
}

/* High half of the domain argument: the tables' domain, plus 1; 0: self. */
static int update_for(struct vcpu *v, const uint64_t args[6],
                      struct mmu_subject *frames, unsigned *done)
{
    unsigned id = (uint32_t)args[3] >> 16;
    struct mmu_subject tables;
    struct batch b = {.who = &v->mm, .frames = frames};
    int err = mmu_subject_get(v, id ? id - 1 : DOMID_SELF, &tables);

    if (err)
        return err;
    if (tables.domain) {
        b.tables = &tables.domain->mm;
        err = update_all(&b, args[0], (uint32_t)args[1], done);
    } else {
        err = -EPERM;
    }
    mmu_subject_put(&tables);
    return err;
}

/*
 * mmu_update(reqs, count, done, domain). Errors: -EPERM, -ESRCH for the
 * domains; -EFAULT; else of the first entry that failed, with those before it
 * done and counted.
 */
int64_t hypercall_mmu_update(struct vcpu *v, const uint64_t args[6])
{
    struct mmu_subject frames;
    unsigned count = (uint32_t)args[1], done = 0;
    int err;

    if (!guest_range_ok((in_t)args[0], count * sizeof(struct mmu_update)))
        return -EFAULT;
    err = mmu_subject_get(v, (uint16_t)args[3], &frames);
    if (err)
        return err;
    err = update_for(v, args, &frames, &done);
    mmu_subject_put(&frames);
    if (mmu_write_done(args[2], done) && !err)
        err = -EFAULT;
    return err;
}

/* ---- Flushes ---- */

int mmu_vcpu_cpus(const struct domain *d, uint64_t mask_va,
                  struct cpumask *cpus)
{
    uint64_t vcpus[BITMAP_WORDS(DOMAIN_VCPUS_MAX)] = {0};
    size_t n;

    *cpus = (struct cpumask){{0}};
    if (guest_read(vcpus, (in_t)mask_va, (d->max_vcpus + 7) / 8))
        return -EFAULT;
    for (n = bitmap_next(vcpus, d->max_vcpus, 0); n < d->max_vcpus;
         n = bitmap_next(vcpus, d->max_vcpus, n + 1)) {
        const struct vcpu *v = domain_vcpu(d, n);

        /* One that does not run loads its root, and so flushes, first. */
        if (v)
            bit_set(cpus->w, READ_ONCE(v->sched.cpu));
    }
    return 0;
}

static int flush_after(struct vcpu *v, uint64_t va, uint64_t flags)
{
    bool whole = (flags & UVMF_FLUSHTYPE_MASK) == UVMF_TLB_FLUSH;
    uint64_t where = flags & ~(uint64_t)UVMF_FLUSHTYPE_MASK;
    struct cpumask cpus;

    if (where == UVMF_LOCAL) {
        if (whole)
            tlb_flush_local();
        else
            tlb_flush_page_local(va);
        return 0;
    }
    if (where == UVMF_ALL)
        cpus = v->domain->mm.tlb_cpus;
    else if (mmu_vcpu_cpus(v->domain, where, &cpus))
        return -EFAULT;
    if (whole)
        tlb_flush_guest_cpus(&cpus);
    else
        tlb_flush_page_guest_cpus(&cpus, va);
    return 0;
}

/* ---- update_va_mapping ---- */

static int64_t update_va(struct vcpu *v, uint64_t va, uint64_t entry,
                         uint64_t flags, unsigned id)
{
    unsigned type = flags & UVMF_FLUSHTYPE_MASK;
    struct mmu_subject frames;
    int err = mmu_subject_get(v, id, &frames);

    if (err)
        return err;
    err = guest_pt_update_va(&v->mm, va, frames.owner, entry);
    mmu_subject_put(&frames);
    if (!err && (type == UVMF_TLB_FLUSH || type == UVMF_INVLPG))
        err = flush_after(v, va, flags);
    return err;
}

/*
 * update_va_mapping(va, entry, flags). Errors: -EINVAL no level-1 table for
 * va; of the entry; -EFAULT the vCPU mask (the entry is set).
 */
int64_t hypercall_update_va_mapping(struct vcpu *v, const uint64_t args[6])
{
    return update_va(v, args[0], args[1], args[2], DOMID_SELF);
}

/* The same with frames of another domain: -EPERM, -ESRCH on top. */
int64_t hypercall_update_va_mapping_otherdomain(struct vcpu *v,
                                                const uint64_t args[6])
{
    return update_va(v, args[0], args[1], args[2], (uint16_t)args[3]);
}
