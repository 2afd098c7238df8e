/* SPDX-License-Identifier: MIT */
/*
 * The vCPU areas of the entry slot.
 *
 * Invariant: an area whose bit is clear has nothing mapped; one whose bit is
 * set belongs to one vCPU, which alone runs on its stack.
 * Invariant: the lowest page of a stack slot is never mapped: an overflow
 * faults at once.
 * Locking: `lock` for the bitmap; an area's mappings belong to its owner.
 * Not here: the 14 guest pages of the GDT and the LDT, which pv maps.
 */
#include "domain/areas.h"

#include "cpu/gdt.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/map.h"

#define AREAS_MAX   65536U
#define STACK_PAGES (STACK_BYTES / PAGE_SIZE)
#define STACK_FLAGS \
    (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY | PTE_NX)
#define GDT_FLAGS (PTE_PRESENT | PTE_ACCESSED | PTE_NX)

_Static_assert(AREAS_MAX <= VCPU_AREA_COUNT, "areas fit the entry slot");
_Static_assert(VCPU_AREA_LDT_OFFSET + 16 * PAGE_SIZE <= VCPU_AREA_BYTES,
               "windows fit the area");

static uint64_t used[BITMAP_WORDS(AREAS_MAX)];
static unsigned used_count, lowest_free;
static struct spinlock lock = SPINLOCK_INIT(LOCK_DOMAIN_LIST);

static uintptr_t area_va(unsigned area)
{
    return VCPU_AREA_BASE + area * VCPU_AREA_BYTES;
}

static int area_take(unsigned *out)
{
    unsigned i;

    spin_lock(&lock);
    i = lowest_free;
    while (i < AREAS_MAX && bit_test(used, i))
        i++;
    if (i < AREAS_MAX) {
        bit_set(used, i);
        used_count++;
        lowest_free = i + 1;
    }
    spin_unlock(&lock);
    *out = i;
    return i < AREAS_MAX ? 0 : -ENOMEM;
}

static void area_release(unsigned area)
{
    spin_lock(&lock);
    CHECK(bit_test(used, area));
    bit_clear(used, area);
    used_count--;
    lowest_free = MIN(lowest_free, area);
    spin_unlock(&lock);
}

unsigned areas_count(void)
{
    return READ_ONCE(used_count);
}

/* Take the frame mapped at `va` out and free it. */
static void stack_page_free(uintptr_t va)
{
    uint64_t *entry = map_l1_entry(va);
    mfn_t mfn;

    if (!entry || !(*entry & PTE_PRESENT))
        return;
    mfn = paddr_to_mfn(PADDR(*entry & PTE_ADDR));
    map_remove(va, 1);
    heap_free_pages(mfn_to_virt(mfn), 0);
}

static int stack_map(uintptr_t base)
{
    for (unsigned i = 1; i < STACK_PAGES; i++) {
        void *page = heap_alloc_pages(0, 0);
        int err = -ENOMEM;

        if (page)
            err = map_frames(base + i * PAGE_SIZE, virt_to_mfn(page), 1,
                             STACK_FLAGS);
        if (err) {
            if (page)
                heap_free_pages(page, 0);
            return err;
        }
    }
    return 0;
}

static int gdt_map(uintptr_t window)
{
    int err = 0;

    for (unsigned i = 0; i < 2 && !err; i++)
        err = map_frames(window + (GDT_RESERVED_PAGE + i) * PAGE_SIZE,
                         gdt_reserved_mfn(i), 1, GDT_FLAGS);
    return err;
}

static void area_unmap(uintptr_t base)
{
    uintptr_t reserved =
        base + VCPU_AREA_GDT_OFFSET + GDT_RESERVED_PAGE * PAGE_SIZE;

    for (unsigned i = 1; i < STACK_PAGES; i++)
        stack_page_free(base + i * PAGE_SIZE);
    if (map_l1_entry(reserved))
        map_remove(reserved, 2);
}

int areas_alloc(struct vcpu *v)
{
    uintptr_t base;
    unsigned area;
    int err = area_take(&area);

    if (err)
        return err;
    base = area_va(area);
    err = stack_map(base);
    if (!err)
        err = gdt_map(base + VCPU_AREA_GDT_OFFSET);
    if (err) {
        area_unmap(base);
        area_release(area);
        return err;
    }
    v->area = area;
    v->top = (struct stack_top *)(base + STACK_BYTES) - 1;
    memset(v->top, 0, sizeof(*v->top));
    v->top->vcpu = v;
    return 0;
}

void areas_free(struct vcpu *v)
{
    CHECK(current_vcpu() != v);
    v->top = NULL;
    area_unmap(area_va(v->area));
    area_release(v->area);
}
