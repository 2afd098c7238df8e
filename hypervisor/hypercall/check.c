/* SPDX-License-Identifier: MIT */
/*
 * What the upper rooms hold of frames, for the recounting checker: roots and
 * running operations, descriptor tables, vcpu_info pages. Frames that the
 * hypervisor shares with a domain say so themselves (FRAME_SHARED).
 *
 * Debug key c: count again, with the other CPUs held where no operation is
 * under way but at a yield point.
 */
#include "hypercall/check.h"

#include "debug/keys.h"
#include "debug/log.h"
#include "domain/domain.h"
#include "domain/vcpu.h"
#include "mm/check.h"
#include "mm/map.h"
#include "platform/gather.h"
#include "platform/irq.h"
#include "pv/segments.h"

/* A page of one of the two windows, unless it is the hypervisor's own. */
static void visit_window(uintptr_t va, check_visit_fn *visit)
{
    const uint64_t *entry = map_l1_entry(va);
    mfn_t mfn;

    if (!entry || !(*entry & PTE_PRESENT))
        return;
    mfn = paddr_to_mfn(PADDR(*entry & PTE_ADDR));
    if (!pv_is_empty_page(mfn))
        visit(mfn, FRAME_SEGDESC);
}

static void visit_vcpu(const struct vcpu *v, check_visit_fn *visit)
{
    check_vcpu(&v->mm, visit);
    for (unsigned i = 0; i < GDT_RESERVED_PAGE; i++)
        visit_window(pv_gdt_window(v) + i * PAGE_SIZE, visit);
    for (unsigned i = 0; i < 16; i++)
        visit_window(pv_ldt_window(v) + i * PAGE_SIZE, visit);
    if (!mfn_eq(v->event.info_mfn, INVALID_MFN))
        visit(v->event.info_mfn, FRAME_WRITABLE);
}

static void visit_domain(const struct domain *d, check_visit_fn *visit)
{
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = domain_vcpu(d, i);

        if (v)
            visit_vcpu(v, visit);
    }
}

static void enumerate(check_visit_fn *visit)
{
    struct domain *d, *next;

    if (irq_eoi_map())
        visit(virt_to_mfn(irq_eoi_map()), FRAME_WRITABLE);
    for (d = domain_get(0); d; d = next) {
        visit_domain(d, visit);
        next = domain_get_next(d->id);
        domain_put(d);
    }
    for (unsigned i = 0; i < idle_domain->max_vcpus; i++) {
        const struct vcpu *v = domain_vcpu(idle_domain, i);

        if (v)
            check_vcpu(&v->mm, visit);
    }
}

static void check_key(char key)
{
    struct check_counts n;
    unsigned bad;

    (void)key;
    if (!gather_begin())
        return;
    bad = check_run();
    check_count(DOMID_NONE, &n);
    gather_end();
    log_always("frames: %lu free, %lu of the hypervisor, %lu shared, %lu of "
               "domains: %lu writable, %lu L1, %lu L2, %lu L3, %lu L4, %lu "
               "descriptors",
               n.free, n.heap, n.shared, n.owned, n.by_type[FRAME_WRITABLE],
               n.by_type[FRAME_L1], n.by_type[FRAME_L2], n.by_type[FRAME_L3],
               n.by_type[FRAME_L4], n.by_type[FRAME_SEGDESC]);
    if (bad)
        log_always("frames: %u WRONG", bad);
    else
        log_always("frames: all counts agree");
}

void check_init(void)
{
    static struct check_source source = {.enumerate = enumerate};

    check_add_source(&source);
    debug_key_register('c', check_key, "recount all frames");
}
