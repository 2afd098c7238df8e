/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator: a buddy system over all RAM that the hypervisor
 * manages.
 *
 * Invariant: a free block of order n is 2^n frames, aligned to its size; its
 * first frame has type FREE with the order as count and is in the list of its
 * zone and order, the others have word 0. Two free buddies are joined.
 * Invariant: frames with the same highest bit form a zone; no block crosses
 * zones, as frame 0 is never managed. So "below 2^n bytes" is a set of zones,
 * and the highest zones are used up first.
 * Invariant: a block's stamp, in its first frame, is the latest of its
 * frames'; no block leaves before TLBs older than that were flushed.
 * Locking: `lock` for everything here. Flushes are waited for without it.
 */
#include "mm/heap.h"

#include "cpu/insn.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/spinlock.h"
#include "mm/frame.h"
#include "mm/map.h"

#define ZONES   41
#define ORDERS  (HEAP_ORDER_MAX + 1)
#define ZONE_4G 20 /* the highest zone below 4 GiB */

static struct zone {
    uint32_t first[ORDERS]; /* head of each order's list; 0: empty */
    uint32_t filled;        /* bit n: list n is not empty */
    uint64_t free_count;    /* frames */
} zones[ZONES];

static uint64_t zones_filled; /* bit n: zone n has something free */
static uint64_t free_count, total_count, claimed_count;
static struct spinlock lock = SPINLOCK_INIT(LOCK_HEAP);

static unsigned zone_of(uint64_t n)
{
    return bit_last(n) + 1;
}

static struct frame *frame_nr(uint64_t n)
{
    return frame_of(MFN(n));
}

static void list_push(uint64_t n, unsigned order, tlb_stamp_t stamp)
{
    struct zone *z = &zones[zone_of(n)];
    struct frame *f = frame_nr(n);

    f->word = frame_type_bits(FRAME_FREE) | order * FRAME_COUNT;
    f->stamp_low = (uint32_t)stamp.v;
    f->stamp_high = (uint16_t)(stamp.v >> 32);
    f->prev = 0;
    f->next = z->first[order];
    if (f->next)
        frame_nr(f->next)->prev = (uint32_t)n;
    z->first[order] = (uint32_t)n;
    z->filled |= 1U << order;
    z->free_count += 1UL << order;
    zones_filled |= BIT(zone_of(n));
}

static void list_remove(uint64_t n, unsigned order)
{
    struct zone *z = &zones[zone_of(n)];
    struct frame *f = frame_nr(n);

    if (f->next)
        frame_nr(f->next)->prev = f->prev;
    if (f->prev)
        frame_nr(f->prev)->next = f->next;
    else
        z->first[order] = f->next;
    if (!z->first[order])
        z->filled &= ~(1U << order);
    if (!z->filled)
        zones_filled &= ~BIT(zone_of(n));
    z->free_count -= 1UL << order;
    f->word = 0;
}

static bool is_free_block(uint64_t n, unsigned order)
{
    uint64_t w;

    if (!frame_exists(MFN(n)))
        return false;
    w = frame_nr(n)->word;
    return frame_word_type(w) == FRAME_FREE && frame_word_count(w) == order;
}

static void block_free(uint64_t n, unsigned order, tlb_stamp_t stamp)
{
    for (; order < HEAP_ORDER_MAX; order++) {
        uint64_t buddy = n ^ (1UL << order);
        uint64_t other;

        if (!is_free_block(buddy, order))
            break;
        other = frame_stamp(frame_nr(buddy)).v;
        stamp.v = MAX(stamp.v, other);
        list_remove(buddy, order);
        n &= ~(1UL << order);
    }
    list_push(n, order, stamp);
}

/* Take a block of at least `order` out of zone `z` and cut it to size. */
static uint64_t block_cut(struct zone *z, unsigned order, tlb_stamp_t *stamp)
{
    unsigned have = order + bit_first(z->filled >> order);
    uint64_t n = z->first[have];

    *stamp = frame_stamp(frame_nr(n));
    list_remove(n, have);
    while (have > order) {
        have--;
        list_push(n + (1UL << have), have, *stamp);
    }
    return n;
}

/* 0: none. */
static uint64_t block_take(unsigned order, unsigned bits, tlb_stamp_t *stamp)
{
    unsigned top = bits - PAGE_SHIFT;
    uint64_t in = zones_filled;

    if (bits < PAGE_SHIFT)
        return 0;
    if (top < ZONES)
        in &= BIT(top + 1) - 1;
    while (in) {
        unsigned z = bit_last(in);

        if (zones[z].filled >> order)
            return block_cut(&zones[z], order, stamp);
        in &= ~BIT(z);
    }
    return 0;
}

int heap_take(unsigned order, unsigned bits, uint64_t spare, mfn_t *out)
{
    tlb_stamp_t stamp = TLB_STAMP_NONE;
    tlb_clean_t clean;
    uint64_t n = 0;

    if (order > HEAP_ORDER_MAX)
        return -ENOMEM;
    spin_lock(&lock);
    if (free_count >= spare + (1UL << order))
        n = block_take(order, bits, &stamp);
    if (n)
        free_count -= 1UL << order;
    spin_unlock(&lock);
    if (!n)
        return -ENOMEM;
    clean = tlb_flush_stale(stamp);
    CHECK(clean.flushed);
    *out = MFN(n);
    return 0;
}

void heap_give(mfn_t mfn, unsigned order, tlb_stamp_t stamp)
{
    CHECK(frame_exists(mfn) && mfn.v != 0);
    spin_lock(&lock);
    frame_of(mfn)->word = 0;
    block_free(mfn.v, order, stamp);
    free_count += 1UL << order;
    spin_unlock(&lock);
}

void heap_give_new(mfn_t first, uint64_t count)
{
    uint64_t n = first.v, end = n + count;

    spin_lock(&lock);
    while (n < end) {
        unsigned order = MIN(bit_first(n), bit_last(end - n));

        order = MIN(order, HEAP_ORDER_MAX);
        block_free(n, order, TLB_STAMP_NONE);
        n += 1UL << order;
    }
    free_count += count;
    total_count += count;
    spin_unlock(&lock);
}

void heap_scrub(mfn_t mfn, uint64_t count)
{
    cpu_zero(mfn_to_virt(mfn), count << PAGE_SHIFT);
}

void *heap_alloc_pages(unsigned order, unsigned flags)
{
    unsigned bits = flags & HEAP_BELOW_4G ? 32 : HEAP_BITS_ANY;
    mfn_t mfn;

    if (heap_take(order, bits, 0, &mfn))
        return NULL;
    frame_of(mfn)->word = frame_type_bits(FRAME_HEAP) | order * FRAME_COUNT;
    heap_scrub(mfn, 1UL << order);
    return mfn_to_virt(mfn);
}

void heap_free_pages(void *va, unsigned order)
{
    mfn_t mfn = virt_to_mfn(va);
    uint64_t w = frame_of(mfn)->word;

    CHECK(frame_word_type(w) == FRAME_HEAP && frame_word_count(w) == order);
    heap_give(mfn, order, TLB_STAMP_NONE);
}

uint64_t heap_free_count(void)
{
    return READ_ONCE(free_count);
}

uint64_t heap_free_count_below_4g(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i <= ZONE_4G; i++)
        sum += READ_ONCE(zones[i].free_count);
    return sum;
}

uint64_t heap_total_count(void)
{
    return READ_ONCE(total_count);
}

int heap_claim(uint64_t *claim, uint64_t now)
{
    int err = -ENOMEM;

    spin_lock(&lock);
    if (now <= free_count && claimed_count - *claim <= free_count - now) {
        claimed_count = claimed_count - *claim + now;
        *claim = now;
        err = 0;
    }
    spin_unlock(&lock);
    return err;
}

void heap_claim_use(uint64_t *claim, uint64_t count)
{
    if (!READ_ONCE(*claim))
        return;
    spin_lock(&lock);
    count = MIN(count, *claim);
    *claim -= count;
    claimed_count -= count;
    spin_unlock(&lock);
}

uint64_t heap_claimed_by_others(const uint64_t *claim)
{
    uint64_t sum;

    if (likely(!READ_ONCE(claimed_count)))
        return 0;
    spin_lock(&lock);
    sum = claimed_count - *claim;
    spin_unlock(&lock);
    return sum;
}

/* One list: links, types, orders, alignment; adds up its frames. */
static bool list_check(unsigned zone, unsigned order, uint64_t *sum)
{
    uint64_t prev = 0, limit = total_count;

    for (uint64_t n = zones[zone].first[order]; n; n = frame_nr(n)->next) {
        if (!is_free_block(n, order) || (n & ((1UL << order) - 1)) ||
            frame_nr(n)->prev != prev || zone_of(n) != zone || !limit--)
            return false;
        if (order < HEAP_ORDER_MAX && is_free_block(n ^ (1UL << order), order))
            return false;
        for (uint64_t i = 1; i < 1UL << order; i++)
            if (frame_nr(n + i)->word)
                return false;
        *sum += 1UL << order;
        prev = n;
    }
    return true;
}

bool heap_check(void)
{
    uint64_t all = 0;
    bool ok = true;

    spin_lock(&lock);
    for (unsigned z = 0; z < ZONES; z++) {
        uint64_t sum = 0;

        for (unsigned o = 0; o < ORDERS; o++)
            ok = ok && list_check(z, o, &sum) &&
                 (zones[z].filled >> o & 1) == (zones[z].first[o] != 0);
        ok = ok && sum == zones[z].free_count;
        all += sum;
    }
    ok = ok && all == free_count;
    spin_unlock(&lock);
    return ok;
}
