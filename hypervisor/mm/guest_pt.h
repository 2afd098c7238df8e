/* SPDX-License-Identifier: MIT */
/*
 * Guests' page tables: pinning, roots, and changing entries.
 *
 * `who` is the calling vCPU's part of memory (&current_vcpu()->mm). Errors are
 * those of frame_get_type() for the tables and frames named, and
 *   -EINVAL    an entry's bits, or an entry that is the hypervisor's
 *   -ECANCELED the caller's domain is dying: return to the boundary
 */
#pragma once

#include "mm/domain_mm.h"
#include "mm/frame.h"
#include "mm/map.h"

/* ---- Pins ---- */
/* -EINVAL also: pinned already. -ESRCH: the domain is dying. */
MUST_CHECK int guest_pt_pin(struct vcpu_mm *who, struct domain_mm *dm,
                            mfn_t mfn, unsigned level) MAY_YIELD;
/* -EINVAL also: not pinned. */
MUST_CHECK int guest_pt_unpin(struct vcpu_mm *who, struct domain_mm *dm,
                              mfn_t mfn) MAY_YIELD;

/* ---- Roots of `vm`, which is the caller's or does not run ---- */
/* `load`: the CPU runs `vm` in guest-kernel mode: load it too. */
MUST_CHECK int vcpu_mm_set_kernel_root(struct vcpu_mm *who, struct vcpu_mm *vm,
                                       mfn_t mfn, bool load) MAY_YIELD;
/* INVALID_MFN: none. */
MUST_CHECK int vcpu_mm_set_user_root(struct vcpu_mm *who, struct vcpu_mm *vm,
                                     mfn_t mfn) MAY_YIELD;
/* Both to none; no CPU has either loaded. */
void vcpu_mm_drop_roots(struct vcpu_mm *who, struct vcpu_mm *vm) MAY_YIELD;
static inline uint64_t mm_root_cr3(mfn_t mfn)
{
    return mfn.v << PAGE_SHIFT;
}

/* ---- Entries by machine address ---- */
/* A table (or writable frame) that is being changed; all zero: none. */
struct guest_pt_cursor {
    mfn_t table;
    enum frame_type type;
};

/*
 * Make the cursor point to frame `table` of `dm`, unless it does already. It
 * holds a type reference until guest_pt_end().
 */
MUST_CHECK int guest_pt_begin(struct vcpu_mm *who, struct guest_pt_cursor *c,
                              struct domain_mm *dm, mfn_t table) MAY_YIELD;
void guest_pt_end(struct vcpu_mm *who, struct guest_pt_cursor *c) MAY_YIELD;

#define GUEST_PT_KEEP_AD 1U /* keep accessed and dirty bits that are set */
/*
 * Set entry `idx` of the cursor's table; `frame_owner` owns what the entry
 * refers to. A frame that is no page table is just written.
 */
MUST_CHECK int guest_pt_set(struct vcpu_mm *who, struct guest_pt_cursor *c,
                            struct domain_mm *dm, unsigned idx,
                            uint16_t frame_owner, uint64_t entry,
                            unsigned flags) MAY_YIELD;
/* One entry at machine address `ptr` (multiple of 8). */
MUST_CHECK int guest_pt_update(struct vcpu_mm *who, struct domain_mm *dm,
                               paddr_t ptr, uint16_t frame_owner,
                               uint64_t entry, unsigned flags) MAY_YIELD;
/* Zero it if it is a level-1 entry that maps `mfn`; else -ENOENT. */
MUST_CHECK int guest_pt_unmap(struct vcpu_mm *who, struct domain_mm *dm,
                              paddr_t ptr, mfn_t mfn) MAY_YIELD;

/* ---- Level-1 entries by guest virtual address, in the kernel root ---- */
/*
 * Machine address of the level-1 entry for `va`. -EINVAL: not a guest's
 * address, or no table there. A look: it may change at once.
 */
MUST_CHECK int guest_pt_find(const struct vcpu_mm *vm, uint64_t va,
                             paddr_t *ptr);
MUST_CHECK int guest_pt_update_va(struct vcpu_mm *who, uint64_t va,
                                  uint16_t frame_owner, uint64_t entry)
    MAY_YIELD;
/* guest_pt_unmap() at an address. */
MUST_CHECK int guest_pt_unmap_va(struct vcpu_mm *who, uint64_t va, mfn_t mfn)
    MAY_YIELD;

/*
 * Plain access to page tables, for emulating a guest kernel's write to `va`
 * (multiple of 8) that is mapped read-only. Read: false when what is mapped
 * there is no level-1 table of the domain. Write: from `old` to `new`, checked
 * as any update; -EAGAIN: the entry is not `old` any more; -EPERM: no table;
 * else the entry is refused.
 */
MUST_CHECK bool guest_pt_read_entry(const struct vcpu_mm *vm, uint64_t va,
                                    uint64_t *entry);
MUST_CHECK int guest_pt_write_entry(struct vcpu_mm *vm, uint64_t va,
                                    uint64_t old, uint64_t new) MAY_YIELD;

/*
 * The level-1 entry for `va` below a root that somebody holds. False: there
 * is no table for it. A look: it may change at once.
 */
bool guest_pt_lookup(mfn_t root, uint64_t va, uint64_t *entry);

/*
 * The loaded tables allow the access that faulted with this error code: only
 * an old TLB entry did not.
 */
bool guest_pt_is_spurious(uint64_t va, uint32_t error_code);
