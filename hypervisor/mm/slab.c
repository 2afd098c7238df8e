/* SPDX-License-Identifier: MIT */
/*
 * Small objects: pages cut into objects of 16 to 2048 bytes, by powers of two;
 * larger ones are blocks of frames.
 *
 * Invariant: a page of type SLAB has its size class as count; in its frame,
 * `owner` counts the objects in use and `stamp_low` is the offset of the first
 * free object, plus 1 (0: full). A free object starts with the next one's. A
 * page is in its class's list while it has a free object, and goes back to the
 * heap when all are free.
 * Locking: `lock`; the heap's own lock is taken without it.
 */
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/spinlock.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/map.h"

#define CLASS_SHIFT_MIN 4
#define CLASSES         8 /* 16 to 2048 bytes */

static uint32_t partial[CLASSES]; /* pages with a free object, by frame */
static struct spinlock lock = SPINLOCK_INIT(LOCK_HEAP);

static struct frame *frame_nr(uint32_t n)
{
    return frame_of(MFN(n));
}

static size_t class_bytes(unsigned class)
{
    return 1UL << (class + CLASS_SHIFT_MIN);
}

static void partial_push(struct frame *f, unsigned class)
{
    uint32_t n = (uint32_t)frame_mfn(f).v;

    f->prev = 0;
    f->next = partial[class];
    if (f->next)
        frame_nr(f->next)->prev = n;
    partial[class] = n;
}

static void partial_remove(struct frame *f, unsigned class)
{
    if (f->next)
        frame_nr(f->next)->prev = f->prev;
    if (f->prev)
        frame_nr(f->prev)->next = f->next;
    else
        partial[class] = f->next;
}

/* Cut a fresh page into objects. Nobody else knows it yet. */
static struct frame *page_create(unsigned class)
{
    char *page = heap_alloc_pages(0, 0);
    size_t bytes = class_bytes(class);
    struct frame *f;

    if (!page)
        return NULL;
    for (size_t i = 0; i + bytes < PAGE_SIZE; i += bytes)
        *(uint32_t *)(page + i) = (uint32_t)(i + bytes + 1);
    f = frame_of(virt_to_mfn(page));
    f->word = frame_type_bits(FRAME_SLAB) | class * FRAME_COUNT;
    f->owner = 0;
    f->stamp_low = 1;
    return f;
}

static void *object_take(unsigned class)
{
    struct frame *f;
    char *object;

    if (!partial[class])
        return NULL;
    f = frame_nr(partial[class]);
    object = (char *)mfn_to_virt(frame_mfn(f)) + f->stamp_low - 1;
    f->stamp_low = *(uint32_t *)object;
    f->owner++;
    if (!f->stamp_low)
        partial_remove(f, class);
    return object;
}

static void *object_alloc(unsigned class)
{
    void *object;

    spin_lock(&lock);
    object = object_take(class);
    spin_unlock(&lock);
    if (!object) {
        struct frame *f = page_create(class);

        if (!f)
            return NULL;
        spin_lock(&lock);
        partial_push(f, class);
        object = object_take(class);
        spin_unlock(&lock);
    }
    return object;
}

static void object_free(char *object, struct frame *f, unsigned class)
{
    char *page = mfn_to_virt(frame_mfn(f));
    bool is_empty;

    spin_lock(&lock);
    CHECK(f->owner > 0);
    *(uint32_t *)object = f->stamp_low;
    if (!f->stamp_low)
        partial_push(f, class);
    f->stamp_low = (uint32_t)(object - page) + 1;
    is_empty = --f->owner == 0;
    if (is_empty)
        partial_remove(f, class);
    spin_unlock(&lock);
    if (is_empty) {
        f->owner = DOMID_NONE;
        f->word = frame_type_bits(FRAME_HEAP);
        heap_free_pages(page, 0);
    }
}

void *heap_alloc(size_t bytes)
{
    unsigned shift = bytes > 1 ? bit_last(bytes - 1) + 1 : 0;
    void *object;

    shift = MAX(shift, CLASS_SHIFT_MIN);
    if (shift >= CLASS_SHIFT_MIN + CLASSES) {
        unsigned order = shift > PAGE_SHIFT ? shift - PAGE_SHIFT : 0;

        return order > 9 ? NULL : heap_alloc_pages(order, 0);
    }
    object = object_alloc(shift - CLASS_SHIFT_MIN);
    if (object)
        memset(object, 0, 1UL << shift);
    return object;
}

void heap_free(void *p)
{
    struct frame *f;
    uint64_t w;

    if (!p)
        return;
    f = frame_of(virt_to_mfn(p));
    w = f->word;
    if (frame_word_type(w) == FRAME_HEAP) {
        heap_free_pages(p, (unsigned)frame_word_count(w));
        return;
    }
    CHECK(frame_word_type(w) == FRAME_SLAB);
    object_free(p, f, (unsigned)frame_word_count(w));
}
