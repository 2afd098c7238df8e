/* SPDX-License-Identifier: MIT */
/*
 * Frames: owner, references and type of every frame of RAM (see frame.c).
 *
 * Unless said otherwise: 0 or
 *   -EINVAL    no such frame, or nobody's (free, or the hypervisor's)
 *   -EPERM     another domain's
 *   -EBUSY     it is in use as another type
 *   -EAGAIN    its type is being changed by someone else at this moment
 *   -EOVERFLOW its counts are full
 * and `owner` is a domain id (or DOMID_XEN for the M2P's frames).
 */
#pragma once

#include "cpu/layout.h"
#include "cpu/tlb.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/nospec.h"
#include "lib/types.h"

struct vcpu_mm;

/* Owner of no frame: free, or the hypervisor's own. Prev of an unlisted one. */
#define DOMID_NONE 0xffff
/* Owner of the M2P's frames: the ABI's DOMID_XEN. */
#define DOMID_M2P      0x7ff2
#define FRAME_UNLISTED 0xffffffffU

enum frame_type {
    FRAME_NONE,     /* no type was ever needed */
    FRAME_WRITABLE, /* writable mappings, or writes for the guest */
    FRAME_L1,       /* page tables */
    FRAME_L2,
    FRAME_L3,
    FRAME_L4,
    FRAME_SEGDESC, /* page of a GDT or LDT */
    FRAME_RO,      /* the hypervisor's, to be read only */
    /* Below: only at reference count zero, the allocator's own. */
    FRAME_FREE, /* first frame of a free block; count: its order */
    FRAME_HEAP, /* first frame of an allocated block; count: its order */
    FRAME_SLAB, /* frame of small objects; count: its size class */
};

struct frame {
    uint64_t word;       /* (a) see FRAME_* below */
    uint16_t owner;      /* written at zero references or while busy */
    uint16_t stamp_high; /* flush stamp, written by who drops the last */
    uint32_t stamp_low;
    uint32_t next, prev; /* owner's list or allocator's, frame numbers */
};
_Static_assert(sizeof(struct frame) == 24, "32 bytes a frame with the M2P");

/* The word: references, type count, type, flags. */
#define FRAME_COUNT_BITS  27
#define FRAME_COUNT_MAX   ((1UL << FRAME_COUNT_BITS) - 1)
#define FRAME_REF         1UL
#define FRAME_COUNT_SHIFT FRAME_COUNT_BITS
#define FRAME_COUNT       (1UL << FRAME_COUNT_SHIFT)
#define FRAME_TYPE_SHIFT  (2 * FRAME_COUNT_BITS)
#define FRAME_TYPE_MASK   (15UL << FRAME_TYPE_SHIFT)
#define FRAME_VALIDATED   BIT(58) /* its content was checked for its type */
#define FRAME_BUSY        BIT(59) /* type being entered or left */
#define FRAME_PINNED      BIT(60) /* stands for one type reference */
#define FRAME_ALLOCATED   BIT(61) /* owned; stands for one reference */
#define FRAME_UNCACHED    BIT(62) /* was mapped so: flush before reuse */
#define FRAME_SHARED      BIT(63) /* the hypervisor's; for a type reference */

static inline uint64_t frame_word_refs(uint64_t w)
{
    return w & FRAME_COUNT_MAX;
}
static inline uint64_t frame_word_count(uint64_t w)
{
    return w >> FRAME_COUNT_SHIFT & FRAME_COUNT_MAX;
}
static inline enum frame_type frame_word_type(uint64_t w)
{
    return (enum frame_type)((w & FRAME_TYPE_MASK) >> FRAME_TYPE_SHIFT);
}
static inline uint64_t frame_type_bits(enum frame_type t)
{
    return (uint64_t)t << FRAME_TYPE_SHIFT;
}
static inline bool frame_type_is_table(enum frame_type t)
{
    return t >= FRAME_L1 && t <= FRAME_L4;
}
/* The type's content is checked when it is entered. */
static inline bool frame_type_is_checked(enum frame_type t)
{
    return t >= FRAME_L1 && t <= FRAME_SEGDESC;
}
static inline enum frame_type frame_type_of_level(unsigned level)
{
    return (enum frame_type)(FRAME_L1 + level - 1);
}

/* Which stretches of 128 MiB have entries in the table. */
#define FRAME_SECTION_SHIFT 15
#define FRAME_SECTIONS      ((DIRECT_BYTES >> PAGE_SHIFT) >> FRAME_SECTION_SHIFT)
extern uint64_t frame_sections[BITMAP_WORDS(FRAME_SECTIONS)];

/* The frame has an entry in the frame table; it may still not be RAM. */
static inline bool frame_exists(mfn_t mfn)
{
    return mfn.v >> FRAME_SECTION_SHIFT < FRAME_SECTIONS &&
           bit_test(frame_sections, mfn.v >> FRAME_SECTION_SHIFT);
}

/* Of a frame that exists. */
static inline struct frame *frame_of(mfn_t mfn)
{
    return (struct frame *)FRAME_TABLE_BASE +
           index_nospec(mfn.v, FRAME_SECTIONS << FRAME_SECTION_SHIFT);
}
static inline mfn_t frame_mfn(const struct frame *f)
{
    return MFN((uint64_t)(f - (const struct frame *)FRAME_TABLE_BASE));
}

/* Its record, or NULL when it has none. */
static ALWAYS_INLINE struct frame *frame_find(mfn_t mfn)
{
    return likely(frame_exists(mfn)) ? frame_of(mfn) : NULL;
}

/* The frame is now a checked table of `level` that `owner` owns. A look only. */
static inline bool frame_is_table(mfn_t mfn, uint16_t owner, unsigned level)
{
    const struct frame *f = frame_find(mfn);

    return likely(f) && READ_ONCE(f->owner) == owner &&
           (atomic_load(&f->word) & (FRAME_TYPE_MASK | FRAME_VALIDATED)) ==
               (frame_type_bits(frame_type_of_level(level)) | FRAME_VALIDATED);
}
/* Owner of a frame on which the caller has a reference. */
static inline uint16_t frame_owner(mfn_t mfn)
{
    return READ_ONCE(frame_of(mfn)->owner);
}

/* ---- References ---- */
/* For reading, or for a read-only mapping. */
MUST_CHECK int frame_get(mfn_t mfn, uint16_t owner);
/* Of whoever owns it, when the owner does not matter. */
MUST_CHECK int frame_get_any(mfn_t mfn);
/* May free the frame. */
void frame_put(mfn_t mfn);

/*
 * A reference and a type reference at once. Entering the type may wait for
 * TLB flushes on other CPUs.
 */
MUST_CHECK int frame_get_writable(mfn_t mfn, uint16_t owner);
void frame_put_writable(mfn_t mfn);
/*
 * The usual case of each, in line: writable already, or the last time; and
 * not the last type reference. False: nothing was done.
 */
MUST_CHECK static ALWAYS_INLINE bool frame_try_get_writable(mfn_t mfn,
                                                            uint16_t owner)
{
    struct frame *f = frame_find(mfn);
    uint64_t w;

    if (unlikely(!f))
        return false;
    w = atomic_load(&f->word);
    if (unlikely((w & (FRAME_TYPE_MASK | FRAME_BUSY)) !=
                 frame_type_bits(FRAME_WRITABLE)) ||
        unlikely(frame_word_refs(w) - 1 >= FRAME_COUNT_MAX - 1) ||
        unlikely(READ_ONCE(f->owner) != owner) ||
        unlikely(!atomic_cas(&f->word, &w, w + FRAME_REF + FRAME_COUNT)))
        return false;
    if (likely(READ_ONCE(f->owner) == owner))
        return true;
    frame_put_writable(mfn);
    return false;
}
MUST_CHECK static ALWAYS_INLINE bool frame_try_put_writable(mfn_t mfn)
{
    struct frame *f = frame_find(mfn);
    uint64_t w;

    if (unlikely(!f))
        return false;
    w = atomic_load(&f->word);
    return likely((w & FRAME_TYPE_MASK) == frame_type_bits(FRAME_WRITABLE)) &&
           likely(frame_word_count(w) > 1) &&
           likely(atomic_cas(&f->word, &w, w - FRAME_REF - FRAME_COUNT));
}
/*
 * The same for any type from FRAME_WRITABLE to FRAME_SEGDESC. Checks the
 * content when the type is entered; what that can return comes on top, as
 * does -ECANCELED. While a sibling of `who` has it busy, yields and tries
 * again. `who` is the calling vCPU's.
 */
MUST_CHECK int frame_get_type(struct vcpu_mm *who, mfn_t mfn, uint16_t owner,
                              enum frame_type type) MAY_YIELD;
/* Takes a table's entries apart with the last type reference. */
void frame_put_type(struct vcpu_mm *who, mfn_t mfn, enum frame_type type)
    MAY_YIELD;
/*
 * One more type reference of a type that is in force now, without entering
 * it or waiting. -EBUSY: it is not of this type now.
 */
MUST_CHECK int frame_get_type_now(struct vcpu_mm *who, mfn_t mfn,
                                  uint16_t owner, enum frame_type type)
    MAY_YIELD;
/* The type of a frame on which the caller has a reference; a snapshot. */
enum frame_type frame_type(mfn_t mfn);

/* ---- Pins: the caller has a reference on the frame ---- */
/*
 * Turn the caller's type reference into the pin. -EINVAL: pinned already, and
 * the caller keeps its reference.
 */
MUST_CHECK int frame_pin(mfn_t mfn);
/* The pin becomes the caller's type reference, of *type. False: not pinned. */
MUST_CHECK bool frame_unpin(mfn_t mfn, enum frame_type *type);

/* ---- Owners ---- */
/* Give a frame at reference count zero to `owner`, with one reference. */
void frame_own(mfn_t mfn, uint16_t owner, tlb_clean_t clean);
/*
 * The same for a hypervisor's frame that guests may map: for writing (type
 * WRITABLE) or reading (type RO); the reference is the hypervisor's.
 */
void frame_share(mfn_t mfn, uint16_t owner, enum frame_type type,
                 tlb_clean_t clean);
/*
 * Drop the reference that stands for being owned; the frame is freed when it
 * was the last. -EINVAL when that was done before.
 */
MUST_CHECK int frame_disown(mfn_t mfn);
/*
 * Take a frame from its owner with everything: nobody but the owner's own
 * reference may be left (-EBUSY). It is busy, and not in any list, until
 * frame_unsteal() or frame_free_stolen().
 */
MUST_CHECK int frame_steal(mfn_t mfn, uint16_t owner);
void frame_unsteal(mfn_t mfn);
void frame_free_stolen(mfn_t mfn);

/* Note that a mapping of the frame is not write-back. */
void frame_note_uncached(mfn_t mfn);
static inline tlb_stamp_t frame_stamp(const struct frame *f)
{
    return (tlb_stamp_t){(uint64_t)f->stamp_high << 32 | f->stamp_low};
}

/* ---- What an operation holds across a yield ---- */
/* Returns the hold's index, for frame_hold_progress(). */
unsigned frame_hold(struct vcpu_mm *who, mfn_t mfn, uint16_t progress);
void frame_hold_end(struct vcpu_mm *who, mfn_t mfn);
