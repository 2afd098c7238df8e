/* SPDX-License-Identifier: MIT */
/*
 * The recounting checker.
 *
 * Frames are looked at in windows, so that the counts need little memory; for
 * each window everything that can refer to a frame is gone through again.
 *
 * Locking: one run at a time, by the caller.
 */
#include "mm/check.h"

#include "debug/log.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/domain_mm.h"
#include "mm/heap.h"
#include "mm/map.h"
#include "mm/pt_entry.h"

#define WINDOW     32768UL /* frames: one section */
#define LOGGED_MAX 20

_Static_assert(WINDOW == 1UL << FRAME_SECTION_SHIFT, "a window is a section");

struct tally {
    uint32_t refs, types;
    uint16_t type_seen; /* bit per type that somebody counts on */
};

static struct check_source *sources;
static struct tally *tallies;
static uint64_t window; /* first frame */

void check_add_source(struct check_source *source)
{
    source->next = sources;
    sources = source;
}

static void visit(mfn_t mfn, enum frame_type type)
{
    struct tally *t;

    if (mfn.v - window >= WINDOW)
        return;
    t = &tallies[mfn.v - window];
    t->refs++;
    if (type == FRAME_NONE)
        return;
    t->types++;
    t->type_seen |= (uint16_t)(1U << type);
}

/* What entries [0, count) of a table refer to. */
static void visit_entries(mfn_t table, unsigned level, unsigned count,
                          check_visit_fn *fn)
{
    const uint64_t *entries = mfn_to_virt(table);
    struct pt_place place = {table, frame_owner(table), (uint8_t)level, 0};

    for (; place.idx < count; place.idx++) {
        uint64_t e = READ_ONCE(entries[place.idx]);
        unsigned type = FRAME_NONE;
        unsigned refs = pt_entry_refs(&place, e, &type);

        if (refs)
            fn(pt_entry_mfn(e), refs == 2 ? (enum frame_type)type : FRAME_NONE);
    }
}

static void visit_hold(const struct mm_hold *h, check_visit_fn *fn)
{
    enum frame_type type = frame_type(h->mfn);

    fn(h->mfn, h->progress == MM_HOLD_REF ? FRAME_NONE : type);
    if (h->progress <= 512 && frame_type_is_table(type))
        visit_entries(h->mfn, (unsigned)(type - FRAME_L1 + 1), h->progress, fn);
}

void check_vcpu(const struct vcpu_mm *vm, check_visit_fn *fn)
{
    /* The record of a vCPU that never ran may have roots 0: no root either. */
    if (!mfn_eq(vm->kernel_root, INVALID_MFN) && vm->kernel_root.v)
        fn(vm->kernel_root, FRAME_L4);
    if (!mfn_eq(vm->user_root, INVALID_MFN) && vm->user_root.v)
        fn(vm->user_root, FRAME_L4);
    for (unsigned i = 0; i < vm->hold_count; i++)
        visit_hold(&vm->holds[i], fn);
}

/* What a frame's own flags and its content, if it is a table, stand for. */
static void visit_frame(const struct frame *f)
{
    uint64_t w = f->word;
    enum frame_type type = frame_word_type(w);

    if (!frame_word_refs(w))
        return;
    if (w & FRAME_ALLOCATED)
        visit(frame_mfn(f), FRAME_NONE);
    if (w & FRAME_PINNED)
        visit(frame_mfn(f), type);
    if (w & FRAME_SHARED)
        visit(frame_mfn(f), type);
    if ((w & FRAME_VALIDATED) && !(w & FRAME_BUSY) && frame_type_is_table(type))
        visit_entries(frame_mfn(f), (unsigned)(type - FRAME_L1 + 1), 512,
                      visit);
}

/* The word agrees with itself and with what was counted. */
static bool is_right(const struct frame *f, const struct tally *t)
{
    uint64_t w = f->word, count = frame_word_count(w);
    enum frame_type type = frame_word_type(w);

    if (!frame_word_refs(w))
        return t->refs == 0 && !(w & (FRAME_BUSY | FRAME_VALIDATED));
    if (frame_word_refs(w) != t->refs || count != t->types || count > t->refs)
        return false;
    if (count && t->type_seen != 1U << type)
        return false;
    if (f->owner == DOMID_NONE || type > FRAME_RO)
        return false;
    if (!count)
        return !(w & (FRAME_PINNED | FRAME_VALIDATED | FRAME_BUSY));
    return frame_type_is_checked(type)
               ? (w & (FRAME_VALIDATED | FRAME_BUSY)) != 0
               : !(w & FRAME_VALIDATED);
}

static unsigned compare_window(unsigned logged)
{
    unsigned bad = 0;

    for (uint64_t i = 0; i < WINDOW; i++) {
        const struct frame *f = frame_of(MFN(window + i));
        const struct tally *t = &tallies[i];

        if (likely(is_right(f, t)))
            continue;
        if (logged + bad++ < LOGGED_MAX)
            log_error("frame %#lx: word %#lx owner %u: %lu references, type "
                      "%u count %lu; counted %u and %u, types %#x",
                      (unsigned long)(window + i), (unsigned long)f->word,
                      f->owner, (unsigned long)frame_word_refs(f->word),
                      frame_word_type(f->word),
                      (unsigned long)frame_word_count(f->word), t->refs,
                      t->types, t->type_seen);
    }
    return bad;
}

/* For each frame of each section. */
static void for_each_frame(void (*fn)(const struct frame *f))
{
    size_t s;

    for (s = bitmap_next(frame_sections, FRAME_SECTIONS, 0); s < FRAME_SECTIONS;
         s = bitmap_next(frame_sections, FRAME_SECTIONS, s + 1))
        for (uint64_t i = 0; i < WINDOW; i++)
            fn(frame_of(MFN(s * WINDOW + i)));
}

unsigned check_run(void)
{
    size_t bytes = WINDOW * sizeof(*tallies), s;
    unsigned bad = heap_check() ? 0 : 1;

    if (bad)
        log_error("the frame allocator's lists do not agree");
    /* Kept for the next run, when memory may be short. */
    if (!tallies)
        tallies = heap_alloc(bytes);
    if (!tallies) {
        log_error("no memory to check the frames");
        return bad + 1;
    }
    for (s = bitmap_next(frame_sections, FRAME_SECTIONS, 0); s < FRAME_SECTIONS;
         s = bitmap_next(frame_sections, FRAME_SECTIONS, s + 1)) {
        memset(tallies, 0, bytes);
        window = s * WINDOW;
        for_each_frame(visit_frame);
        for (const struct check_source *c = sources; c; c = c->next)
            c->enumerate(visit);
        bad += compare_window(bad);
    }
    return bad;
}

static struct check_counts *counts;
static uint16_t counted_owner;

static void count_frame(const struct frame *f)
{
    uint64_t w = f->word;
    enum frame_type type = frame_word_type(w);

    if (!frame_word_refs(w)) {
        if (type == FRAME_FREE)
            counts->free += 1UL << frame_word_count(w);
        else if (type == FRAME_HEAP)
            counts->heap += 1UL << frame_word_count(w);
        else if (type == FRAME_SLAB)
            counts->heap++;
        return;
    }
    if (counted_owner != DOMID_NONE && f->owner != counted_owner)
        return;
    if (w & FRAME_ALLOCATED)
        counts->owned++;
    else
        counts->shared++;
    if (frame_word_count(w))
        counts->by_type[type]++;
}

void check_count(uint16_t owner, struct check_counts *out)
{
    memset(out, 0, sizeof(*out));
    counts = out;
    counted_owner = owner;
    for_each_frame(count_frame);
}
