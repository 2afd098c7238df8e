/* SPDX-License-Identifier: MIT */
/*
 * Changing an entry of a checked table.
 *
 * Invariant: the references of the new entry are taken before it is visible,
 * those of the old one dropped after it is gone. The exchange is one
 * compare-and-swap, which tells exactly which old entry's references are ours
 * to drop, whatever siblings or the CPU (accessed, dirty) do to it meanwhile.
 */
#include "mm/pt_update.h"

#include "lib/atomic.h"
#include "lib/errno.h"
#include "mm/domain_memory.h"
#include "mm/frame.h"

/* What goes in for `entry` when `old` is there. */
static uint64_t merge(uint64_t entry, uint64_t old, bool keep_ad)
{
    if (keep_ad && (entry & old & PTE_PRESENT))
        entry |= old & (PTE_ACCESSED | PTE_DIRTY);
    return entry;
}

/* `entry`, which is present and checked, stands for what `old` does. */
static bool is_same(uint64_t entry, uint64_t old)
{
    return !((entry ^ old) & ~PTE_FREE_BITS);
}

/* False: the entry is not *expected. *old: what was replaced. */
static bool exchange(uint64_t *slot, uint64_t entry, const uint64_t *expected,
                     bool keep_ad, uint64_t *old)
{
    uint64_t seen = READ_ONCE(*slot);

    do {
        if (expected && seen != *expected)
            return false;
    } while (!atomic_cas(slot, &seen, merge(entry, seen, keep_ad)));
    *old = seen;
    return true;
}

/* Only bits that no reference depends on change. False: it is not so (now). */
static bool update_same(uint64_t *slot, uint64_t entry,
                        const uint64_t *expected, bool keep_ad)
{
    uint64_t seen = READ_ONCE(*slot);

    do {
        if (!is_same(entry, seen) || (expected && seen != *expected))
            return false;
    } while (!atomic_cas(slot, &seen, merge(entry, seen, keep_ad)));
    return true;
}

int pt_update(struct vcpu_mm *who, const struct pt_place *place, bool iomem,
              uint16_t frame_owner, uint64_t entry, const uint64_t *expected,
              bool keep_ad)
{
    uint64_t *slot = (uint64_t *)mfn_to_virt(place->table) + place->idx;
    uint64_t old;
    int err;

    if (unlikely(pt_is_own_slot(place->level, place->idx)))
        return -EINVAL;
    if (entry & PTE_PRESENT) {
        err = pt_entry_check(place->level, iomem, &entry);
        if (unlikely(err))
            return err;
        if (frame_owner == place->owner &&
            update_same(slot, entry, expected, keep_ad))
            return 0;
        err = pt_entry_get_fast(who, place, iomem, frame_owner, &entry);
        if (unlikely(err))
            return err;
    }
    if (unlikely(!exchange(slot, entry, expected, keep_ad, &old))) {
        pt_entry_put_fast(who, place, entry);
        return -EAGAIN;
    }
    if (place->level > 1)
        domain_memory_tables_changed(place->owner);
    pt_entry_put_fast(who, place, old);
    return 0;
}
