/* SPDX-License-Identifier: MIT */
/*
 * Entries of guests' page tables: which bits they may have, and the references
 * that each present one stands for.
 */
#pragma once

#include "cpu/layout.h"
#include "lib/errno.h"
#include "lib/types.h"
#include "mm/frame.h"
#include "mm/map.h"

struct vcpu_mm;

/* Where an entry stands, or is to stand. */
struct pt_place {
    mfn_t table;
    uint16_t owner; /* domain id of the table's owner */
    uint8_t level;  /* 1 to 4 */
    uint16_t idx;   /* 0 to 511 */
};

/* Entry `idx` of a table of `level` is the hypervisor's. */
static inline bool pt_is_own_slot(unsigned level, unsigned idx)
{
    return level == 4 && idx >= HV_FIRST_SLOT && idx <= HV_LAST_SLOT;
}

static inline mfn_t pt_entry_mfn(uint64_t entry)
{
    return paddr_to_mfn(PADDR(entry & PTE_ADDR));
}

/* Bits that may change in a present entry without another reference. */
#define PTE_FREE_BITS \
    (PTE_ACCESSED | PTE_DIRTY | PTE_AVAIL | PTE_AVAIL_HIGH | PTE_NX)
#define PTE_AVAIL_HIGH 0x7ff0000000000000UL

/* The bits that a guest's present entry may have, by level. */
extern const uint64_t pt_allowed_bits[5];

/* Memory type, in level 1. PTE_PAT is PTE_PSE above level 1, and not there. */
#define PTE_CACHE_BITS (PTE_PWT | PTE_PCD | PTE_PAT)

/*
 * Check the bits of a present entry and bring it into the form in which we
 * keep it (user, not global). `iomem`: the table's owner has device memory.
 * -EINVAL: it has a bit that the level does not allow.
 */
MUST_CHECK static inline int pt_entry_check(unsigned level, bool iomem,
                                            uint64_t *entry)
{
    uint64_t e = *entry;

    if (unlikely(e & ~pt_allowed_bits[level]))
        return -EINVAL;
    if (unlikely(level == 1 && (e & PTE_CACHE_BITS) && !iomem))
        return -EINVAL;
    *entry = (e | PTE_USER) & ~(level == 1 ? PTE_GLOBAL : 0);
    return 0;
}

/*
 * Take the references that a checked, present entry at this place stands for;
 * `frame_owner` must own what it refers to (DOMID_IO: device memory). May
 * clear its write bit, where the device allows reads only. On top of what
 * frame_get_type() returns: -EPERM for device memory that is denied. At level
 * 1 `who` may be NULL: then -EAGAIN in place of waiting for a busy frame.
 */
MUST_CHECK int pt_entry_get(struct vcpu_mm *who, const struct pt_place *place,
                            bool iomem, uint16_t frame_owner, uint64_t *entry)
    MAY_YIELD;
/* Drop them; also of an entry that is not present. */
void pt_entry_put(struct vcpu_mm *who, const struct pt_place *place,
                  uint64_t entry) MAY_YIELD;

/* The same, with the usual case in line: a page mapped by level 1, writable. */
MUST_CHECK static ALWAYS_INLINE int pt_entry_get_fast(
    struct vcpu_mm *who, const struct pt_place *place, bool iomem,
    uint16_t frame_owner, uint64_t *entry)
{
    if (likely(place->level == 1) &&
        (*entry & (PTE_WRITE | PTE_CACHE_BITS)) == PTE_WRITE &&
        likely(frame_try_get_writable(pt_entry_mfn(*entry), frame_owner)))
        return 0;
    return pt_entry_get(who, place, iomem, frame_owner, entry);
}
static ALWAYS_INLINE void pt_entry_put_fast(struct vcpu_mm *who,
                                            const struct pt_place *place,
                                            uint64_t entry)
{
    if (!(entry & PTE_PRESENT) ||
        (likely(place->level == 1) && (entry & PTE_WRITE) &&
         likely(frame_try_put_writable(pt_entry_mfn(entry)))))
        return;
    pt_entry_put(who, place, entry);
}

/*
 * What the present, checked entry refers to, for the checker: 0 nothing,
 * 1 a reference, 2 a type reference too, of *type.
 */
unsigned pt_entry_refs(const struct pt_place *place, uint64_t entry,
                       unsigned *type);
