/* SPDX-License-Identifier: MIT */
/* mmuext_op: pins, roots, flushes, the LDT, and whole pages. */
#include "abi/xen.h"

#include "cpu/insn.h"
#include "cpu/tlb.h"
#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "hypercall/mmu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "mm/guest_pt.h"
#include "mm/heap.h"
#include "pv/root.h"
#include "pv/segments.h"

typedef const void __guest *in_t;

/* Operations on the caller alone. */
static bool is_own_op(unsigned cmd)
{
    return (cmd >= MMUEXT_NEW_BASEPTR && cmd <= MMUEXT_NEW_USER_BASEPTR) ||
           cmd == MMUEXT_FLUSH_CACHE_GLOBAL;
}

static int flush_multi(struct vcpu *v, const struct mmuext_op *op)
{
    struct cpumask cpus;
    int err = mmu_vcpu_cpus(v->domain, op->arg2.vcpumask, &cpus);

    if (err)
        return err;
    if (op->cmd == MMUEXT_TLB_FLUSH_MULTI)
        tlb_flush_guest_cpus(&cpus);
    else
        tlb_flush_page_guest_cpus(&cpus, op->arg1.linear_addr);
    return 0;
}

static int flush_cache(const struct vcpu *v)
{
    if (!v->domain->mm.has_iomem)
        return -EACCES;
    cpu_wbinvd();
    return 0;
}

static int new_user_root(struct vcpu *v, mfn_t mfn)
{
    return vcpu_mm_set_user_root(&v->mm, &v->mm, mfn.v ? mfn : INVALID_MFN);
}

static int own_op(struct vcpu *v, const struct mmuext_op *op)
{
    struct cpumask cpus = v->domain->mm.tlb_cpus;

    switch (op->cmd) {
    case MMUEXT_NEW_BASEPTR:
        return root_set_kernel(v, MFN(op->arg1.mfn));
    case MMUEXT_NEW_USER_BASEPTR:
        return new_user_root(v, MFN(op->arg1.mfn));
    case MMUEXT_TLB_FLUSH_LOCAL:
        tlb_flush_local();
        return 0;
    case MMUEXT_INVLPG_LOCAL:
        tlb_flush_page_local(op->arg1.linear_addr);
        return 0;
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_INVLPG_MULTI:
        return flush_multi(v, op);
    case MMUEXT_TLB_FLUSH_ALL:
        tlb_flush_guest_cpus(&cpus);
        return 0;
    case MMUEXT_INVLPG_ALL:
        tlb_flush_page_guest_cpus(&cpus, op->arg1.linear_addr);
        return 0;
    case MMUEXT_FLUSH_CACHE:
        return flush_cache(v);
    case MMUEXT_SET_LDT:
        return pv_set_ldt(v, op->arg1.linear_addr, op->arg2.nr_ents);
    default:
        return -ENOSYS;
    }
}

/* `dst` becomes a copy of `src`, or zero without one. */
static int write_page(uint16_t owner, mfn_t dst, const mfn_t *src)
{
    int err = frame_get_writable(dst, owner);

    if (err)
        return err;
    if (!src) {
        heap_scrub(dst, 1);
    } else {
        err = frame_get(*src, owner);
        if (!err) {
            cpu_copy(mfn_to_virt(dst), mfn_to_virt(*src), PAGE_SIZE);
            frame_put(*src);
        }
    }
    frame_put_writable(dst);
    return err;
}

static int page_op(struct vcpu *v, struct domain *d, const struct mmuext_op *op)
{
    mfn_t mfn = MFN(op->arg1.mfn), src = MFN(op->arg2.src_mfn);

    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
    case MMUEXT_PIN_L3_TABLE:
    case MMUEXT_PIN_L4_TABLE:
        return guest_pt_pin(&v->mm, &d->mm, mfn,
                            op->cmd - MMUEXT_PIN_L1_TABLE + 1);
    case MMUEXT_UNPIN_TABLE:
        return guest_pt_unpin(&v->mm, &d->mm, mfn);
    case MMUEXT_CLEAR_PAGE:
        return write_page(d->id, mfn, NULL);
    case MMUEXT_COPY_PAGE:
        return write_page(d->id, mfn, &src);
    default:
        return -ENOSYS;
    }
}

static int do_op(struct vcpu *v, struct domain *d, const struct mmuext_op *op)
{
    if (!is_own_op(op->cmd))
        return page_op(v, d, op);
    return d == v->domain ? own_op(v, op) : -EPERM;
}

static int do_all(struct vcpu *v, struct domain *d, uint64_t ops,
                  unsigned count, unsigned *done)
{
    int err = 0;

    for (*done = 0; *done < count; ++*done) {
        struct mmuext_op op;

        if (*done)
            err = yield_point();
        if (!err)
            err = guest_read(&op, (in_t)(ops + *done * sizeof(op)), sizeof(op));
        if (!err)
            err = do_op(v, d, &op);
        if (err)
            break;
    }
    return err;
}

/*
 * mmuext_op(ops, count, done, domain). Errors: -EPERM, -ESRCH for the domain;
 * -EFAULT; else of the first operation that failed, with those before it done
 * and counted: -ENOSYS unknown, -EPERM on another domain where only the
 * caller's own makes sense, -EACCES cache flush without devices, -EINVAL
 * (un)pinned already, bad LDT, and those of frames and entries.
 */
int64_t hypercall_mmuext_op(struct vcpu *v, const uint64_t args[6])
{
    struct mmu_subject s;
    unsigned count = (uint32_t)args[1], done = 0;
    int err;

    if (!guest_range_ok((in_t)args[0], count * sizeof(struct mmuext_op)))
        return -EFAULT;
    err = mmu_subject_get(v, (uint32_t)args[3], &s);
    if (err)
        return err;
    err = s.domain ? do_all(v, s.domain, args[0], count, &done) : -EPERM;
    mmu_subject_put(&s);
    if (mmu_write_done(args[2], done) && !err)
        err = -EFAULT;
    return err;
}
