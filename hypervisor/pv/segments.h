/* SPDX-License-Identifier: MIT */
/*
 * GDT, LDT, segment bases and selectors of a guest.
 *
 * Invariant: a frame in a GDT or LDT window has the descriptor-table type for
 * as long as it is mapped there, so its contents were checked.
 */
#pragma once

#include "domain/vcpu.h"

#define LDT_ENTRIES_MAX 8192

static inline uintptr_t pv_gdt_window(const struct vcpu *v)
{
    return VCPU_AREA_BASE + v->area * VCPU_AREA_BYTES + VCPU_AREA_GDT_OFFSET;
}
static inline uintptr_t pv_ldt_window(const struct vcpu *v)
{
    return VCPU_AREA_BASE + v->area * VCPU_AREA_BYTES + VCPU_AREA_LDT_OFFSET;
}

/*
 * Replace the guest's part of the GDT by `entries` descriptors in `frames`
 * (mfns, one a page; at most 14). -EINVAL when a frame is not the guest's or
 * holds a descriptor it may not have; the old table then stays.
 */
MUST_CHECK int pv_set_gdt(struct vcpu *v, const uint64_t *frames,
                          unsigned entries) MAY_YIELD;
void pv_drop_gdt(struct vcpu *v) MAY_YIELD;
/* Fill the guest's part of the window where nothing is mapped. -ENOMEM. */
MUST_CHECK int pv_empty_gdt(struct vcpu *v);
/* Is this the page that stands there then? */
bool pv_is_empty_page(mfn_t mfn);

/*
 * Use `entries` descriptors (at most 8192) at page-aligned guest address
 * `base`; 0: none. Pages are checked when first used. -EINVAL.
 */
MUST_CHECK int pv_set_ldt(struct vcpu *v, uint64_t base, uint32_t entries)
    MAY_YIELD;
void pv_drop_ldt(struct vcpu *v) MAY_YIELD;

/*
 * A fault at `va` in this vCPU's descriptor windows: true when an LDT page
 * was brought in and the access can be tried again.
 */
bool pv_fault_ldt(struct vcpu *v, uint64_t va) MAY_YIELD;
/* Is `va` in the windows of `v`, and which selector does it belong to? */
bool pv_fault_selector(const struct vcpu *v, uint64_t va, uint32_t *error);
