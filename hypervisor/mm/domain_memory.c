/* SPDX-License-Identifier: MIT */
/*
 * A domain's frames.
 *
 * Invariant: every frame that a domain owns is in one of its two lists:
 * `frames`, or `leftover` once a dying domain has given it up; page_count
 * counts both, and frames stolen for an exchange. Frames shared with it are
 * in no list and counted in shared_count.
 * Invariant: a domain's record stays while either count is above zero, so the
 * last put of a frame always finds it.
 * Locking: mm->lock for lists and counts; registry_lock for the registry's
 * writers, readers need none (see above).
 */
#include "mm/domain_memory.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/m2p.h"
#include "mm/map.h"

/* Frames handled between two yields. */
#define BATCH          32

#define REGISTRY_SHIFT 8
#define REGISTRY_CHUNK (1U << REGISTRY_SHIFT)

static struct domain_mm **registry[0x8000 >> REGISTRY_SHIFT];
static struct spinlock registry_lock = SPINLOCK_INIT(LOCK_MM);

static struct domain_mm *find(uint16_t domid)
{
    struct domain_mm **chunk;

    if (domid >= 0x8000)
        return NULL;
    chunk = atomic_load(&registry[domid >> REGISTRY_SHIFT]);
    return chunk ? atomic_load(&chunk[domid % REGISTRY_CHUNK]) : NULL;
}

static int registry_add(struct domain_mm *mm)
{
    struct domain_mm ***chunk = &registry[mm->domid >> REGISTRY_SHIFT];
    struct domain_mm **fresh = NULL;
    int err = -EEXIST;

    if (!atomic_load(chunk)) {
        fresh = heap_alloc(REGISTRY_CHUNK * sizeof(*fresh));
        if (!fresh)
            return -ENOMEM;
    }
    spin_lock(&registry_lock);
    if (!*chunk) {
        atomic_store(chunk, fresh);
        fresh = NULL;
    }
    if (!(*chunk)[mm->domid % REGISTRY_CHUNK]) {
        atomic_store(&(*chunk)[mm->domid % REGISTRY_CHUNK], mm);
        err = 0;
    }
    spin_unlock(&registry_lock);
    heap_free(fresh);
    return err;
}

int domain_memory_init(struct domain_mm *mm, uint16_t domid,
                       uint64_t max_page_count)
{
    if (domid >= 0x7ff0)
        return -EINVAL;
    mm->domid = domid;
    mm->max_page_count = max_page_count;
    spin_init(&mm->lock, LOCK_MM);
    return registry_add(mm);
}

bool domain_memory_has_iomem(uint16_t domid)
{
    const struct domain_mm *mm = find(domid);

    return mm && mm->has_iomem;
}

void domain_memory_tables_changed(uint16_t domid)
{
    struct domain_mm *mm = find(domid);

    if (mm)
        atomic_add(&mm->tables_generation, 1);
}

bool domain_memory_is_gone(struct domain_mm *mm)
{
    bool gone;

    spin_lock(&mm->lock);
    gone = mm->page_count == 0 && mm->shared_count == 0;
    spin_unlock(&mm->lock);
    return gone;
}

void domain_memory_destroy(struct domain_mm *mm)
{
    struct domain_mm **chunk = registry[mm->domid >> REGISTRY_SHIFT];

    CHECK(domain_memory_is_gone(mm));
    heap_free(mm->memory_map);
    mm->memory_map = NULL;
    spin_lock(&registry_lock);
    atomic_store(&chunk[mm->domid % REGISTRY_CHUNK], NULL);
    spin_unlock(&registry_lock);
}

/* ---- Shared pages ---- */

static int alloc_shared(struct domain_mm *mm, enum frame_type type, mfn_t *out)
{
    void *page = heap_alloc_pages(0, 0);

    if (!page)
        return -ENOMEM;
    spin_lock(&mm->lock);
    mm->shared_count++;
    spin_unlock(&mm->lock);
    *out = virt_to_mfn(page);
    frame_of(*out)->word = 0;
    /* heap_alloc_pages() flushed; only the hypervisor knew it since. */
    frame_share(*out, mm->domid, type, (tlb_clean_t){true});
    return 0;
}

int domain_memory_alloc_shared(struct domain_mm *mm, mfn_t *out)
{
    return alloc_shared(mm, FRAME_WRITABLE, out);
}

int domain_memory_alloc_shared_ro(struct domain_mm *mm, mfn_t *out)
{
    return alloc_shared(mm, FRAME_RO, out);
}

void *domain_memory_shared_va(mfn_t mfn)
{
    return mfn_to_virt(mfn);
}

void domain_memory_free_shared(mfn_t mfn)
{
    atomic_and(&frame_of(mfn)->word, ~FRAME_SHARED);
    frame_put_writable(mfn);
}

/* ---- Lists ---- */

static void list_link(uint32_t *head, mfn_t mfn)
{
    struct frame *f = frame_of(mfn);

    f->prev = 0;
    f->next = *head;
    if (f->next)
        frame_of(MFN(f->next))->prev = (uint32_t)mfn.v;
    *head = (uint32_t)mfn.v;
}

/* From whichever of its owner's lists it is in. */
static void list_unlink(struct domain_mm *mm, mfn_t mfn)
{
    struct frame *f = frame_of(mfn);

    if (f->next)
        frame_of(MFN(f->next))->prev = f->prev;
    if (f->prev)
        frame_of(MFN(f->prev))->next = f->next;
    else if (mm->frames == mfn.v)
        mm->frames = f->next;
    else if (mm->leftover == mfn.v)
        mm->leftover = f->next;
    f->next = f->prev = FRAME_UNLISTED;
}

void domain_memory_forget(mfn_t mfn)
{
    struct frame *f = frame_of(mfn);
    struct domain_mm *mm = find(f->owner);

    CHECK(mm);
    spin_lock(&mm->lock);
    if (!(f->word & FRAME_ALLOCATED) && f->prev == FRAME_UNLISTED) {
        CHECK(mm->shared_count > 0);
        mm->shared_count--;
    } else {
        if (f->prev != FRAME_UNLISTED)
            list_unlink(mm, mfn);
        CHECK(mm->page_count > 0);
        mm->page_count--;
    }
    spin_unlock(&mm->lock);
}

/* ---- Getting frames ---- */

/* Count `count` more frames as the domain's, before it has them. */
static int quota_take(struct domain_mm *mm, uint64_t count, bool limited)
{
    int err = 0;

    spin_lock(&mm->lock);
    if (mm->is_dying)
        err = -ESRCH;
    else if (limited && (mm->page_count > mm->max_page_count ||
                         count > mm->max_page_count - mm->page_count))
        err = -ENOMEM;
    else
        mm->page_count += count;
    spin_unlock(&mm->lock);
    return err;
}

static void quota_give(struct domain_mm *mm, uint64_t count)
{
    spin_lock(&mm->lock);
    mm->page_count -= count;
    spin_unlock(&mm->lock);
}

/* The frames are counted already. */
static void link_frames(struct domain_mm *mm, mfn_t first, uint64_t count,
                        tlb_clean_t clean)
{
    spin_lock(&mm->lock);
    for (uint64_t i = 0; i < count; i++) {
        frame_own(MFN(first.v + i), mm->domid, clean);
        list_link(&mm->frames, MFN(first.v + i));
    }
    spin_unlock(&mm->lock);
}

static unsigned flags_bits(unsigned flags)
{
    return flags & 0xff ? flags & 0xff : HEAP_BITS_ANY;
}

/* A block from the heap, within what is promised to the domain and others. */
static int block_take(struct domain_mm *mm, unsigned order, unsigned flags,
                      mfn_t *out)
{
    uint64_t spare = heap_claimed_by_others(&mm->claim_frames);
    int err = heap_take(order, flags_bits(flags), spare, out);

    if (!err)
        heap_claim_use(&mm->claim_frames, 1UL << order);
    return err;
}

int domain_memory_alloc(struct domain_mm *mm, unsigned order, unsigned flags,
                        mfn_t *out)
{
    uint64_t count = 1UL << order;
    int err = quota_take(mm, count, true);

    if (err)
        return err;
    err = block_take(mm, order, flags, out);
    if (err) {
        quota_give(mm, count);
        return err;
    }
    if (!(flags & MM_NO_SCRUB))
        heap_scrub(*out, count);
    link_frames(mm, *out, count, (tlb_clean_t){true});
    return 0;
}

int domain_memory_reserve(struct domain_mm *mm, unsigned order, unsigned flags,
                          mfn_t *out)
{
    uint64_t count = 1UL << order;
    int err = block_take(mm, order, flags, out);

    for (uint64_t i = 0; i < count && !err; i += BATCH) {
        heap_scrub(MFN(out->v + i), MIN(BATCH, count - i));
        if (count > BATCH)
            err = yield_point();
        if (err)
            domain_memory_unreserve(*out, order);
    }
    return err;
}

void domain_memory_unreserve(mfn_t mfn, unsigned order)
{
    heap_give(mfn, order, TLB_STAMP_NONE);
}

/* Counted already; heap_take() has flushed. */
static void link_block(struct domain_mm *mm, mfn_t mfn, unsigned order)
{
    uint64_t count = 1UL << order;

    for (uint64_t i = 0; i < count; i += BATCH)
        link_frames(mm, MFN(mfn.v + i), MIN(BATCH, count - i),
                    (tlb_clean_t){true});
}

int domain_memory_assign_reserved(struct domain_mm *mm, mfn_t mfn,
                                  unsigned order)
{
    int err = quota_take(mm, 1UL << order, false);

    if (!err)
        link_block(mm, mfn, order);
    return err;
}

int domain_memory_populate(struct domain_mm *mm, unsigned order, unsigned flags,
                           mfn_t *out)
{
    uint64_t count = 1UL << order;
    int err = quota_take(mm, count, true);

    if (err)
        return err;
    err = domain_memory_reserve(mm, order, flags, out);
    if (err) {
        quota_give(mm, count);
        return err;
    }
    link_block(mm, *out, order);
    return 0;
}

int domain_memory_adopt(struct domain_mm *mm, mfn_t first, uint64_t count)
{
    int err = quota_take(mm, count, true);

    if (!err)
        link_frames(mm, first, count, tlb_clean_at_boot());
    return err;
}

/* ---- Giving frames up ---- */

int domain_memory_free(struct domain_mm *mm, mfn_t mfn)
{
    int err = frame_get(mfn, mm->domid);

    if (err)
        return err;
    err = frame_disown(mfn);
    frame_put(mfn);
    return err;
}

int domain_memory_steal(struct domain_mm *mm, mfn_t mfn)
{
    int err = frame_steal(mfn, mm->domid);

    if (err)
        return err;
    spin_lock(&mm->lock);
    list_unlink(mm, mfn);
    spin_unlock(&mm->lock);
    return 0;
}

void domain_memory_unsteal(struct domain_mm *mm, mfn_t mfn)
{
    spin_lock(&mm->lock);
    list_link(&mm->frames, mfn);
    spin_unlock(&mm->lock);
    frame_unsteal(mfn);
}

void domain_memory_free_stolen(struct domain_mm *mm, mfn_t mfn)
{
    ASSERT(frame_owner(mfn) == mm->domid);
    frame_free_stolen(mfn);
}

/*
 * Move the first frame to the leftovers. False: there is none. *held: a
 * reference was taken; else its last is just going.
 */
static bool frame_move(struct domain_mm *mm, mfn_t *mfn, bool *held)
{
    bool any;

    spin_lock(&mm->lock);
    any = mm->frames != 0;
    if (any) {
        *mfn = MFN(mm->frames);
        list_unlink(mm, *mfn);
        list_link(&mm->leftover, *mfn);
        *held = frame_get_any(*mfn) == 0;
    }
    spin_unlock(&mm->lock);
    return any;
}

static void give_up(struct vcpu_mm *who, mfn_t mfn)
{
    enum frame_type type;
    int err;

    frame_hold(who, mfn, MM_HOLD_REF);
    if (frame_unpin(mfn, &type))
        frame_put_type(who, mfn, type);
    frame_hold_end(who, mfn);
    /* Given up before, by decrease_reservation, is as good. */
    err = frame_disown(mfn);
    ASSERT(err == 0 || err == -EINVAL);
    frame_put(mfn);
}

void domain_memory_relinquish(struct vcpu_mm *who, struct domain_mm *mm)
{
    unsigned done = 0;
    mfn_t mfn;
    bool held;

    spin_lock(&mm->lock);
    mm->is_dying = true;
    spin_unlock(&mm->lock);
    heap_claim_use(&mm->claim_frames, ~0UL);
    while (frame_move(mm, &mfn, &held)) {
        if (held)
            give_up(who, mfn);
        /* Nothing to abandon for: what remains must go in any case. */
        if (++done % BATCH == 0 && yield_point())
            continue;
    }
}
