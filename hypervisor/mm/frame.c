/* SPDX-License-Identifier: MIT */
/*
 * The heart of isolation: who owns each frame of RAM, how often it is used,
 * and as what.
 *
 * One word holds references, type count, type and flags, and changes by
 * compare-and-swap only. All transitions are in this file:
 *
 *   from            to              by
 *   0 refs          owned, 1 ref    frame_own, frame_share; owner written first
 *   n refs          n+1             frame_get, never from 0
 *   n refs          n-1             frame_put; at 0 the frame is freed
 *   type count 0    busy, count 1   frame_get_type to another type, or to one
 *                                   with checked content
 *   busy, count 1   validated       content checked: type in force
 *   busy, count 1   count 0         content refused
 *   count n         n+1             type in force and the same
 *   count n         n-1             frame_put_type
 *   count 1         busy, count 0   last of an unchecked type: stamped
 *   count 1         busy, count 1   last of a checked type: taken apart, stamped
 *   busy            count 0         done; the type stays as the latest one
 *
 * Invariants:
 *  1. A frame has one owner, and one type at a time. Writable and page table
 *     are different types, so no page table can be written but by us.
 *  2. A type reference comes with a reference: type count <= references. Each
 *     is held by an entry of a checked table, a vCPU's root, the pin, or by
 *     hypervisor code that names it to the checker (check.h). FRAME_ALLOCATED
 *     stands for a reference, FRAME_PINNED and FRAME_SHARED for one with a
 *     type reference.
 *  3. A reference is never taken at zero; at zero nobody but the allocator,
 *     or the one that stole the frame, looks at it.
 *  4. A checked type is entered by validation only, which refers to all that
 *     the content refers to; it is left by dropping all of that. Meanwhile
 *     the frame is busy, and nobody gets a type reference. Half-validated
 *     frames do not exist: who validates goes on to the end or undoes it all.
 *  5. While a checked type is in force its content changes through
 *     pt_update.c and update_descriptor only.
 *  6. The flush stamp is written when the last type count is gone and before
 *     anyone can take a new one (the frame is busy), and again at reference
 *     count zero. Written before the compare-and-swap alone it could be too
 *     old: another CPU may map, and unmap, in between and leave the same word.
 *     A frame enters a type other than its latest one, and leaves the
 *     allocator, only after all TLBs with entries older than the stamp were
 *     flushed: tlb_clean_t says so.
 *     Read-only mappings need no stamp but the last: what they allow, reading
 *     what the owner may read, holds until the frame is freed.
 *  7. The owner is written at reference count zero only. A reference that was
 *     taken keeps it, so it is compared after the reference is taken.
 *  8. A full count is an error.
 *
 * Locking: none here. Nothing is waited for but TLB flushes, and, with yields,
 * frames that a sibling has busy. Tables are waited for from upper to lower
 * level only, so no two wait for each other; but a level-1 entry may want a
 * frame writable that a sibling is validating as a table, and the other way
 * round. So who has a frame busy itself waits for so many turns only, and
 * never for its own.
 */
#include "mm/frame.h"

#include "cpu/insn.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/domain_memory.h"
#include "mm/heap.h"
#include "mm/m2p.h"
#include "mm/map.h"
#include "mm/pt_validate.h"
#include "mm/segdesc.h"

uint64_t frame_sections[BITMAP_WORDS(FRAME_SECTIONS)];

static void stamp_set(struct frame *f)
{
    tlb_stamp_t now = tlb_stamp_now();

    f->stamp_low = (uint32_t)now.v;
    f->stamp_high = (uint16_t)(now.v >> 32);
}

static void cache_flush(mfn_t mfn)
{
    const char *p = mfn_to_virt(mfn);

    for (size_t i = 0; i < PAGE_SIZE; i += 64)
        cpu_clflush(p + i);
    memory_barrier();
}

void frame_note_uncached(mfn_t mfn)
{
    struct frame *f = frame_of(mfn);

    if (!(atomic_load(&f->word) & FRAME_UNCACHED))
        atomic_or(&f->word, FRAME_UNCACHED);
}

/* The last reference is gone. */
static void frame_free(struct frame *f)
{
    mfn_t mfn = frame_mfn(f);

    stamp_set(f);
    if (f->word & FRAME_UNCACHED)
        cache_flush(mfn);
    domain_memory_forget(mfn);
    m2p_set(mfn, M2P_INVALID);
    f->owner = DOMID_NONE;
    heap_give(mfn, 0, frame_stamp(f));
}

/* ---- References ---- */

int frame_get(mfn_t mfn, uint16_t owner)
{
    struct frame *f;
    uint64_t w;

    if (unlikely(!frame_exists(mfn)))
        return -EINVAL;
    f = frame_of(mfn);
    w = atomic_load(&f->word);
    do {
        if (unlikely(frame_word_refs(w) == 0))
            return -EINVAL;
        if (unlikely(READ_ONCE(f->owner) != owner))
            return -EPERM;
        if (unlikely(frame_word_refs(w) == FRAME_COUNT_MAX))
            return -EOVERFLOW;
    } while (!atomic_cas(&f->word, &w, w + FRAME_REF));
    if (unlikely(READ_ONCE(f->owner) != owner)) {
        frame_put(mfn);
        return -EPERM;
    }
    return 0;
}

int frame_get_any(mfn_t mfn)
{
    struct frame *f;
    uint64_t w;

    if (!frame_exists(mfn))
        return -EINVAL;
    f = frame_of(mfn);
    w = atomic_load(&f->word);
    do {
        if (frame_word_refs(w) == 0)
            return -EINVAL;
        if (frame_word_refs(w) == FRAME_COUNT_MAX)
            return -EOVERFLOW;
    } while (!atomic_cas(&f->word, &w, w + FRAME_REF));
    return 0;
}

void frame_put(mfn_t mfn)
{
    struct frame *f = frame_of(mfn);
    uint64_t w = atomic_load(&f->word);

    do {
        CHECK(frame_word_refs(w) > frame_word_count(w));
    } while (!atomic_cas(&f->word, &w, w - FRAME_REF));
    if (unlikely(frame_word_refs(w) == 1))
        frame_free(f);
}

/* ---- Types ---- */

/*
 * Take a reference and a type reference. Either the type was in force (the
 * word before has a type count, or needs no entering), or the frame is busy
 * now and the caller enters it. *before: the word before.
 */
static int type_claim(struct frame *f, uint16_t owner, enum frame_type type,
                      uint64_t *before)
{
    uint64_t w = atomic_load(&f->word), next;

    do {
        enum frame_type now = frame_word_type(w);

        if (unlikely(frame_word_refs(w) == 0))
            return -EINVAL;
        if (unlikely(READ_ONCE(f->owner) != owner))
            return -EPERM;
        if (unlikely(w & FRAME_BUSY))
            return -EAGAIN;
        /* The type count never exceeds the references. */
        if (unlikely(frame_word_refs(w) == FRAME_COUNT_MAX))
            return -EOVERFLOW;
        next = w + FRAME_REF + FRAME_COUNT;
        if (frame_word_count(w) != 0) {
            if (now != type)
                return -EBUSY;
        } else {
            next = (next & ~FRAME_TYPE_MASK) | frame_type_bits(type);
            if (frame_type_is_checked(type) ||
                (now != type && now != FRAME_NONE))
                next |= FRAME_BUSY;
        }
    } while (!atomic_cas(&f->word, &w, next));
    *before = w;
    return 0;
}

/* Busy no more: drop our reference with our type reference, the only one. */
static void busy_end(struct frame *f)
{
    uint64_t w = atomic_load(&f->word), next;

    do {
        CHECK((w & FRAME_BUSY) && frame_word_count(w) == 1);
        next = w - FRAME_REF - FRAME_COUNT;
        next &= ~(FRAME_BUSY | FRAME_VALIDATED);
    } while (!atomic_cas(&f->word, &w, next));
    if (unlikely(frame_word_refs(next) == 0))
        frame_free(f);
}

/* The type is in force now. `clean`: no TLB allows what the latest one did. */
static void type_commit(struct frame *f, bool checked, tlb_clean_t clean)
{
    CHECK(clean.flushed);
    if (checked)
        atomic_add(&f->word, FRAME_VALIDATED - FRAME_BUSY);
    else
        atomic_sub(&f->word, FRAME_BUSY);
}

static int content_check(struct vcpu_mm *who, mfn_t mfn, uint16_t owner,
                         enum frame_type type)
{
    if (type == FRAME_SEGDESC)
        return segdesc_validate(mfn);
    return pt_validate(who, mfn, owner, (unsigned)(type - FRAME_L1 + 1));
}

/* The frame is busy by our claim; the latest type is that of `before`. */
static int type_enter(struct vcpu_mm *who, struct frame *f, uint16_t owner,
                      enum frame_type type, uint64_t before)
{
    enum frame_type latest = frame_word_type(before);
    tlb_clean_t clean = {true};
    int err = 0;

    if (latest != type && latest != FRAME_NONE) {
        clean = tlb_flush_stale(frame_stamp(f));
        if (before & FRAME_UNCACHED) {
            cache_flush(frame_mfn(f));
            atomic_and(&f->word, ~FRAME_UNCACHED);
        }
    }
    if (frame_type_is_checked(type))
        err = content_check(who, frame_mfn(f), owner, type);
    if (unlikely(err)) {
        /* Nothing was reached through it: the stamp stays. */
        busy_end(f);
        return err;
    }
    type_commit(f, frame_type_is_checked(type), clean);
    return 0;
}

static int type_get_once(struct vcpu_mm *who, mfn_t mfn, uint16_t owner,
                         enum frame_type type)
{
    struct frame *f = frame_of(mfn);
    uint64_t before;
    bool claimed;
    int err = type_claim(f, owner, type, &before);

    if (unlikely(err))
        return err;
    claimed = frame_word_count(before) == 0 &&
              (frame_type_is_checked(type) ||
               (frame_word_type(before) != type &&
                frame_word_type(before) != FRAME_NONE));
    if (unlikely(READ_ONCE(f->owner) != owner)) {
        /* It changed hands between the look and the claim. */
        if (claimed)
            busy_end(f);
        else
            frame_put_type(who, mfn, type);
        return -EPERM;
    }
    if (!claimed)
        return 0;
    return type_enter(who, f, owner, type, before);
}

int frame_get_writable(mfn_t mfn, uint16_t owner)
{
    if (likely(frame_try_get_writable(mfn, owner)))
        return 0;
    if (unlikely(!frame_exists(mfn)))
        return -EINVAL;
    return type_get_once(NULL, mfn, owner, FRAME_WRITABLE);
}

/* `who` is itself entering or leaving the type of this frame. */
static bool is_held_by(const struct vcpu_mm *who, mfn_t mfn)
{
    for (unsigned i = 0; i < who->hold_count; i++)
        if (mfn_eq(who->holds[i].mfn, mfn))
            return true;
    return false;
}

/*
 * Two siblings may each validate a table that refers to the other's: whoever
 * holds a busy frame itself gives up after so many turns.
 */
#define BUSY_TURNS_MAX 10000

int frame_get_type(struct vcpu_mm *who, mfn_t mfn, uint16_t owner,
                   enum frame_type type)
{
    int err;

    if (unlikely(!frame_exists(mfn)))
        return -EINVAL;
    for (unsigned turns = 0;; turns++) {
        int gone;

        err = type_get_once(who, mfn, owner, type);
        if (likely(err != -EAGAIN) || who->dm->domid != owner)
            return err;
        if (is_held_by(who, mfn))
            return -EBUSY;
        if (who->hold_count && turns == BUSY_TURNS_MAX)
            return err;
        gone = yield_point();
        if (gone)
            return gone;
    }
}

int frame_get_type_now(struct vcpu_mm *who, mfn_t mfn, uint16_t owner,
                       enum frame_type type)
{
    struct frame *f;
    uint64_t w;

    if (!frame_exists(mfn))
        return -EINVAL;
    f = frame_of(mfn);
    w = atomic_load(&f->word);
    do {
        if (frame_word_refs(w) == 0)
            return -EINVAL;
        if (READ_ONCE(f->owner) != owner)
            return -EPERM;
        if (w & FRAME_BUSY)
            return -EAGAIN;
        if (frame_word_count(w) == 0 || frame_word_type(w) != type)
            return -EBUSY;
        if (frame_word_refs(w) == FRAME_COUNT_MAX)
            return -EOVERFLOW;
    } while (!atomic_cas(&f->word, &w, w + FRAME_REF + FRAME_COUNT));
    if (unlikely(READ_ONCE(f->owner) != owner)) {
        frame_put_type(who, mfn, type);
        return -EPERM;
    }
    return 0;
}

void frame_put_writable(mfn_t mfn)
{
    struct frame *f = frame_of(mfn);
    uint64_t w = atomic_load(&f->word), next;
    bool is_last;

    do {
        CHECK((frame_word_type(w) == FRAME_WRITABLE ||
               frame_word_type(w) == FRAME_RO) &&
              frame_word_count(w) > 0);
        is_last = frame_word_count(w) == 1;
        next = is_last ? (w - FRAME_COUNT) | FRAME_BUSY
                       : w - FRAME_REF - FRAME_COUNT;
    } while (!atomic_cas(&f->word, &w, next));
    if (!is_last)
        return;
    stamp_set(f);
    /* We have it busy with a reference: the subtraction borrows nothing. */
    next = atomic_sub(&f->word, FRAME_BUSY + FRAME_REF);
    if (unlikely(frame_word_refs(next) == 0))
        frame_free(f);
}

void frame_put_type(struct vcpu_mm *who, mfn_t mfn, enum frame_type type)
{
    struct frame *f = frame_of(mfn);
    uint64_t w = atomic_load(&f->word), next;
    bool is_last;

    if (!frame_type_is_checked(type)) {
        frame_put_writable(mfn);
        return;
    }
    do {
        CHECK(frame_word_type(w) == type && frame_word_count(w) > 0 &&
              !(w & FRAME_BUSY));
        is_last = frame_word_count(w) == 1;
        next = is_last ? w | FRAME_BUSY : w - FRAME_REF - FRAME_COUNT;
    } while (!atomic_cas(&f->word, &w, next));
    if (!is_last)
        return;
    if (frame_type_is_table(type))
        pt_devalidate(who, mfn, (unsigned)(type - FRAME_L1 + 1));
    stamp_set(f);
    busy_end(f);
}

enum frame_type frame_type(mfn_t mfn)
{
    return frame_word_type(atomic_load(&frame_of(mfn)->word));
}

/* ---- Pins ---- */

int frame_pin(mfn_t mfn)
{
    uint64_t before = atomic_or(&frame_of(mfn)->word, FRAME_PINNED);

    return before & FRAME_PINNED ? -EINVAL : 0;
}

bool frame_unpin(mfn_t mfn, enum frame_type *type)
{
    uint64_t before = atomic_and(&frame_of(mfn)->word, ~FRAME_PINNED);

    *type = frame_word_type(before);
    return before & FRAME_PINNED;
}

/* ---- Owners ---- */

void frame_own(mfn_t mfn, uint16_t owner, tlb_clean_t clean)
{
    struct frame *f = frame_of(mfn);

    CHECK(clean.flushed && frame_word_refs(f->word) == 0);
    f->owner = owner;
    atomic_store(&f->word, FRAME_ALLOCATED | FRAME_REF);
}

void frame_share(mfn_t mfn, uint16_t owner, enum frame_type type,
                 tlb_clean_t clean)
{
    struct frame *f = frame_of(mfn);

    CHECK(clean.flushed && frame_word_refs(f->word) == 0);
    CHECK(type == FRAME_WRITABLE || type == FRAME_RO);
    f->owner = owner;
    f->next = f->prev = FRAME_UNLISTED;
    atomic_store(&f->word, FRAME_SHARED | frame_type_bits(type) | FRAME_COUNT |
                               FRAME_REF);
}

int frame_disown(mfn_t mfn)
{
    struct frame *f = frame_of(mfn);
    uint64_t before = atomic_and(&f->word, ~FRAME_ALLOCATED);

    if (!(before & FRAME_ALLOCATED))
        return -EINVAL;
    frame_put(mfn);
    return 0;
}

int frame_steal(mfn_t mfn, uint16_t owner)
{
    struct frame *f;
    uint64_t w;

    if (!frame_exists(mfn))
        return -EINVAL;
    f = frame_of(mfn);
    w = atomic_load(&f->word);
    do {
        if (frame_word_refs(w) == 0)
            return -EINVAL;
        if (READ_ONCE(f->owner) != owner)
            return -EPERM;
        if (!(w & FRAME_ALLOCATED))
            return -EINVAL;
        if (frame_word_refs(w) != 1 || frame_word_count(w) != 0)
            return -EBUSY;
    } while (!atomic_cas(&f->word, &w, w - FRAME_REF));
    if (READ_ONCE(f->owner) != owner) {
        atomic_add(&f->word, FRAME_REF);
        return -EPERM;
    }
    return 0;
}

void frame_unsteal(mfn_t mfn)
{
    CHECK(frame_word_refs(frame_of(mfn)->word) == 0);
    atomic_add(&frame_of(mfn)->word, FRAME_REF);
}

void frame_free_stolen(mfn_t mfn)
{
    CHECK(frame_word_refs(frame_of(mfn)->word) == 0);
    frame_free(frame_of(mfn));
}

/* ---- Holds ---- */

unsigned frame_hold(struct vcpu_mm *who, mfn_t mfn, uint16_t progress)
{
    unsigned i = who->hold_count;

    CHECK(i < MM_HOLDS);
    who->holds[i] = (struct mm_hold){mfn, progress};
    who->hold_count = i + 1;
    return i;
}

void frame_hold_end(struct vcpu_mm *who, mfn_t mfn)
{
    CHECK(who->hold_count > 0 &&
          mfn_eq(who->holds[who->hold_count - 1].mfn, mfn));
    who->hold_count--;
}
