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

static int entry_enter(struct vcpu_mm *who, const struct pt_place *place,
                       bool iomem, uint64_t *slot)
{
    uint64_t e = READ_ONCE(*slot), checked = e;
    int err;

    if (!(e & PTE_PRESENT))
        return 0;
    err = pt_entry_check(place->level, iomem, &checked);
    if (unlikely(err))
        return err;
    err = pt_entry_get(who, place, iomem, place->owner, &checked);
    if (unlikely(err))
        return err;
    if (checked != e)
        WRITE_ONCE(*slot, checked);
    return 0;
}

/* Drop what entries [0, place->idx) stand for, the last first. */
static void entries_leave(struct vcpu_mm *who, struct pt_place *place,
                          unsigned hold)
{
    const uint64_t *table = mfn_to_virt(place->table);

    while (place->idx > 0) {
        place->idx--;
        who->holds[hold].progress = place->idx;
        if (pt_is_own_slot(place->level, place->idx))
            continue;
        pt_entry_put(who, place, READ_ONCE(table[place->idx]));
        /* What is being undone must be undone in any case. */
        if (place->idx % BATCH == 0 && yield_point())
            continue;
    }
}

int pt_validate(struct vcpu_mm *who, mfn_t mfn, uint16_t owner, unsigned level)
{
    struct pt_place place = {mfn, owner, (uint8_t)level, 0};
    unsigned hold = frame_hold(who, mfn, 0);
    bool iomem = domain_memory_has_iomem(owner);
    uint64_t *table = mfn_to_virt(mfn);
    int err = 0;

    if (level == 4)
        map_install(table);
    while (place.idx < ENTRIES && !err) {
        if (!pt_is_own_slot(level, place.idx))
            err = entry_enter(who, &place, iomem, &table[place.idx]);
        if (!err)
            who->holds[hold].progress = ++place.idx;
        if (!err && place.idx % BATCH == 0)
            err = yield_point();
    }
    if (unlikely(err))
        entries_leave(who, &place, hold);
    if (unlikely(err) && level == 4)
        map_uninstall(table);
    frame_hold_end(who, mfn);
    return err;
}

void pt_devalidate(struct vcpu_mm *who, mfn_t mfn, unsigned level)
{
    struct pt_place place = {mfn, frame_owner(mfn), (uint8_t)level, ENTRIES};
    unsigned hold = frame_hold(who, mfn, ENTRIES);

    entries_leave(who, &place, hold);
    if (level == 4)
        map_uninstall(mfn_to_virt(mfn));
    frame_hold_end(who, mfn);
}
