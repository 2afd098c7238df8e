/* SPDX-License-Identifier: MIT */
/*
 * Entering and leaving a page-table type.
 *
 * Invariant: the table is busy all the while, so its entries change by nobody
 * but us; who->holds says below which index they have their references.
 * Undoing goes down from there.
 */
#include "mm/pt_validate.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/domain_memory.h"
#include "mm/domain_mm.h"
#include "mm/frame.h"
#include "mm/pt_entry.h"

#define ENTRIES 512
/* Entries of a table handled between two yields. */
#define BATCH 64

/* Of a present entry that is not ours. */
static int entry_enter(struct vcpu_mm *who, const struct pt_place *place,
                       bool iomem, uint64_t *slot, uint64_t e)
{
    uint64_t checked = e;
    int err = pt_entry_check(place->level, iomem, &checked);

    if (unlikely(err))
        return err;
    err = pt_entry_get_fast(who, place, iomem, place->owner, &checked);
    if (unlikely(err))
        return err;
    if (checked != e)
        WRITE_ONCE(*slot, checked);
    return 0;
}

/* Go on from place->idx up to `end`; at an error it is the entry's index. */
static int entries_enter(struct vcpu_mm *who, struct pt_place *place,
                         bool iomem, unsigned hold, unsigned end)
{
    uint64_t *table = mfn_to_virt(place->table);

    for (unsigned i = place->idx; i < end; i++) {
        uint64_t e = READ_ONCE(table[i]);
        int err;

        if (!(e & PTE_PRESENT) || pt_is_own_slot(place->level, i))
            continue;
        place->idx = (uint16_t)i;
        who->holds[hold].progress = (uint16_t)i;
        err = entry_enter(who, place, iomem, &table[i], e);
        if (unlikely(err))
            return err;
    }
    place->idx = (uint16_t)end;
    who->holds[hold].progress = (uint16_t)end;
    return 0;
}

/* Drop what entries [0, place->idx) stand for, the last first. */
static void entries_leave(struct vcpu_mm *who, struct pt_place *place,
                          unsigned hold)
{
    const uint64_t *table = mfn_to_virt(place->table);

    for (unsigned i = place->idx; i-- > 0;) {
        uint64_t e = READ_ONCE(table[i]);

        if ((e & PTE_PRESENT) && !pt_is_own_slot(place->level, i)) {
            place->idx = (uint16_t)i;
            who->holds[hold].progress = (uint16_t)i;
            pt_entry_put_fast(who, place, e);
        }
        if (i % BATCH)
            continue;
        who->holds[hold].progress = (uint16_t)i;
        /* What is being undone must be undone in any case. */
        if (yield_point())
            continue;
    }
}

int pt_validate(struct vcpu_mm *who, mfn_t mfn, uint16_t owner, unsigned level)
{
    struct pt_place place = {mfn, owner, (uint8_t)level, 0};
    unsigned hold = frame_hold(who, mfn, 0);
    bool iomem = domain_memory_has_iomem(owner);
    int err = 0;

    if (level == 4)
        map_install(mfn_to_virt(mfn));
    while (place.idx < ENTRIES && !err) {
        err = entries_enter(who, &place, iomem, hold, place.idx + BATCH);
        if (!err)
            err = yield_point();
    }
    if (unlikely(err)) {
        entries_leave(who, &place, hold);
        if (level == 4)
            map_uninstall(mfn_to_virt(mfn));
    }
    frame_hold_end(who, mfn);
    return err;
}

void pt_devalidate(struct vcpu_mm *who, mfn_t mfn, unsigned level)
{
    struct pt_place place = {mfn, frame_owner(mfn), (uint8_t)level, ENTRIES};
    unsigned hold = frame_hold(who, mfn, ENTRIES);

    if (level > 1)
        domain_memory_tables_changed(place.owner);
    entries_leave(who, &place, hold);
    if (level == 4)
        map_uninstall(mfn_to_virt(mfn));
    frame_hold_end(who, mfn);
}
