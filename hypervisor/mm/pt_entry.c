/* SPDX-License-Identifier: MIT */
/*
 * Entries of guests' page tables.
 *
 * Invariant: a present entry of a checked table stands for
 *   level 1, RAM, writable       a reference with a type reference WRITABLE
 *   level 1, RAM, read-only      a reference
 *   level 1, device memory       nothing
 *   level n > 1                  a reference with a type reference L(n-1)
 *   level 4, to its own table, read-only     nothing
 *   level 4, slots 256 to 271    nothing: they are the hypervisor's
 * and an entry that is not present for nothing. Whether a frame is RAM never
 * changes; a mapped frame of RAM has a word that is not zero, a frame that is
 * not RAM has a zero word or none.
 * Invariant: entries have only bits of pt_allowed_bits; large pages do not exist.
 */
#include "mm/pt_entry.h"

#include "cpu/features.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/domain_mm.h"
#include "mm/frame.h"
#include "mm/memory_map.h"
#include "platform/mmio.h"

/* The ABI's DOMID_IO: whose frames are no RAM. */
#define DOMID_DEVICE 0x7ff1

#define BITS_ALL     (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_FREE_BITS | PTE_ADDR)

/* GLOBAL in level 1 is taken and dropped. */
const uint64_t pt_allowed_bits[5] = {
    [1] = BITS_ALL | PTE_GLOBAL | PTE_CACHE_BITS,
    [2] = BITS_ALL,
    [3] = BITS_ALL,
    [4] = BITS_ALL,
};

static int device_get(bool iomem, uint64_t *entry)
{
    mfn_t mfn = pt_entry_mfn(*entry);

    if (!iomem)
        return -EPERM;
    if (mfn.v >> (cpu_features.phys_bits - PAGE_SHIFT))
        return -EINVAL;
    if (platform_mmio_denied(mfn))
        return -EPERM;
    if ((*entry & PTE_WRITE) && platform_mmio_readonly(mfn))
        *entry &= ~PTE_WRITE;
    return 0;
}

/* What a level-1 entry maps; a sibling may be changing the frame's type. */
static int page_get(struct vcpu_mm *who, uint16_t owner, uint64_t entry)
{
    mfn_t mfn = pt_entry_mfn(entry);

    int err;

    if (!(entry & PTE_WRITE))
        return frame_get(mfn, owner);
    err = frame_get_writable(mfn, owner);
    if (unlikely(err == -EAGAIN) && who)
        err = frame_get_type(who, mfn, owner, FRAME_WRITABLE);
    return err;
}

static int l1_get(struct vcpu_mm *who, bool iomem, uint16_t owner,
                  uint64_t *entry)
{
    mfn_t mfn = pt_entry_mfn(*entry);
    int err;

    if (owner == DOMID_M2P && (*entry & (PTE_WRITE | PTE_CACHE_BITS)))
        return -EPERM;
    err = owner == DOMID_DEVICE ? -EINVAL : page_get(who, owner, *entry);
    if (unlikely(err == -EINVAL) && !memory_map_is_ram(mfn))
        return owner == DOMID_M2P ? -EPERM : device_get(iomem, entry);
    if (err || likely(!(*entry & PTE_CACHE_BITS)))
        return err;
    /* The hypervisor's own mapping of a shared frame is write-back. */
    if (atomic_load(&frame_of(mfn)->word) & FRAME_SHARED) {
        if (*entry & PTE_WRITE)
            frame_put_writable(mfn);
        else
            frame_put(mfn);
        return -EPERM;
    }
    frame_note_uncached(mfn);
    return 0;
}

static bool is_self_reference(const struct pt_place *place, uint64_t entry)
{
    return place->level == 4 && mfn_eq(pt_entry_mfn(entry), place->table) &&
           !(entry & PTE_WRITE);
}

int pt_entry_get(struct vcpu_mm *who, const struct pt_place *place, bool iomem,
                 uint16_t frame_owner, uint64_t *entry)
{
    if (place->level == 1)
        return l1_get(who, iomem, frame_owner, entry);
    if (is_self_reference(place, *entry))
        return 0;
    /* Tables are shared with nobody. */
    if (frame_owner != place->owner)
        return -EPERM;
    return frame_get_type(who, pt_entry_mfn(*entry), place->owner,
                          frame_type_of_level(place->level - 1U));
}

static bool is_device(mfn_t mfn)
{
    return !frame_exists(mfn) || atomic_load(&frame_of(mfn)->word) == 0;
}

void pt_entry_put(struct vcpu_mm *who, const struct pt_place *place,
                  uint64_t entry)
{
    mfn_t mfn = pt_entry_mfn(entry);

    if (!(entry & PTE_PRESENT))
        return;
    if (place->level > 1) {
        if (!is_self_reference(place, entry))
            frame_put_type(who, mfn, frame_type_of_level(place->level - 1U));
        return;
    }
    if (is_device(mfn))
        return;
    if (entry & PTE_WRITE)
        frame_put_writable(mfn);
    else
        frame_put(mfn);
}

unsigned pt_entry_refs(const struct pt_place *place, uint64_t entry,
                       unsigned *type)
{
    if (!(entry & PTE_PRESENT) || pt_is_own_slot(place->level, place->idx))
        return 0;
    if (place->level > 1) {
        *type = frame_type_of_level(place->level - 1U);
        return is_self_reference(place, entry) ? 0 : 2;
    }
    if (is_device(pt_entry_mfn(entry)))
        return 0;
    *type = FRAME_WRITABLE;
    return entry & PTE_WRITE ? 2 : 1;
}
