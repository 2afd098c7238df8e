/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own page tables.
 *
 * Invariant: the L4 entries of slots 256 to 271 are complete when mm_init()
 * ends and never change again, so a guest's L4 may hold copies of them; lower
 * tables are added without a lock (who comes second frees its own) and never
 * removed.
 * Invariant: nothing is mapped writable and executable, but for the boot
 * section while the boot lasts.
 * Locking: mmio_lock for the bitmap of the MMIO window. Entries of an address
 * belong to whoever owns the address.
 */
#include "mm/map.h"

#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "cpu/tlb.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/spinlock.h"
#include "mm/boot.h"
#include "mm/heap.h"

/* Of the window, as much as can be in use at once. */
#define MMIO_PAGES 65536U

uint64_t map_root[512] PAGE_ALIGNED;

static uint64_t mmio_used[BITMAP_WORDS(MMIO_PAGES)];
static struct spinlock mmio_lock = SPINLOCK_INIT(LOCK_CONSOLE);

static unsigned level_shift(unsigned level)
{
    return PAGE_SHIFT + 9 * (level - 1);
}

static size_t level_idx(uintptr_t va, unsigned level)
{
    return va >> level_shift(level) & 511;
}

static uint64_t *table_at(uint64_t entry)
{
    return paddr_to_virt(PADDR(entry & PTE_ADDR));
}

/* The table below `*entry`, made if it is missing; NULL: no memory. */
static uint64_t *table_below(uint64_t *entry, uint64_t user)
{
    uint64_t seen = 0, fresh;
    void *table;

    if (atomic_load(entry) & PTE_PRESENT)
        return table_at(*entry);
    table = mm_table_alloc();
    if (!table)
        return NULL;
    fresh =
        virt_to_paddr(table).v | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | user;
    if (!atomic_cas(entry, &seen, fresh)) {
        heap_free_pages(table, 0);
        return table_at(seen);
    }
    return table;
}

/* The entry for `va` at `level`; NULL: missing, or a larger page is above. */
static uint64_t *entry_find(uintptr_t va, unsigned level)
{
    uint64_t *entry = &map_root[level_idx(va, 4)];

    for (unsigned l = 4; l > level; l--) {
        uint64_t e = READ_ONCE(*entry);

        if (!(e & PTE_PRESENT) || (e & PTE_PSE))
            return NULL;
        entry = &table_at(e)[level_idx(va, l - 1)];
    }
    return entry;
}

static uint64_t *entry_make(uintptr_t va, unsigned level, uint64_t user)
{
    uint64_t *entry = &map_root[level_idx(va, 4)];

    CHECK(va >= HV_VIRT_START && va < HV_VIRT_END);
    for (unsigned l = 4; l > level; l--) {
        uint64_t *table = table_below(entry, user);

        if (!table)
            return NULL;
        entry = &table[level_idx(va, l - 1)];
    }
    return entry;
}

uint64_t *map_l1_entry(uintptr_t va)
{
    return entry_find(va, 1);
}

int map_frames(uintptr_t va, mfn_t mfn, size_t count, uint64_t flags)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t *entry = entry_make(va + i * PAGE_SIZE, 1, flags & PTE_USER);

        if (!entry)
            return -ENOMEM;
        WRITE_ONCE(*entry, (mfn.v + i) << PAGE_SHIFT | flags);
    }
    return 0;
}

/* Largest level whose pages fit here. */
static unsigned large_level(uintptr_t va, uint64_t pa, uint64_t bytes)
{
    for (unsigned level = cpu_features.page1gb ? 3 : 2; level > 1; level--) {
        uint64_t size = 1UL << level_shift(level);

        if (!((va | pa) & (size - 1)) && bytes >= size)
            return level;
    }
    return 1;
}

int map_large(uintptr_t va, uint64_t pa, uint64_t bytes, uint64_t flags)
{
    while (bytes) {
        unsigned level = large_level(va, pa, bytes);
        uint64_t size = 1UL << level_shift(level);
        uint64_t *entry = entry_make(va, level, flags & PTE_USER);

        if (!entry)
            return -ENOMEM;
        WRITE_ONCE(*entry, pa | flags | (level > 1 ? PTE_PSE : 0));
        va += size;
        pa += size;
        bytes -= size;
    }
    return 0;
}

int map_reserve_slot(uintptr_t va)
{
    return entry_make(va, 3, 0) ? 0 : -ENOMEM;
}

bool map_lookup(uintptr_t va, uint64_t *pa)
{
    for (unsigned level = 1; level <= 3; level++) {
        const uint64_t *entry = entry_find(va, level);
        uint64_t offset = va & ((1UL << level_shift(level)) - 1);

        if (!entry || !(*entry & PTE_PRESENT) ||
            (level > 1 && !(*entry & PTE_PSE)))
            continue;
        *pa =
            ((*entry & PTE_ADDR) & ~((1UL << level_shift(level)) - 1)) + offset;
        return true;
    }
    return false;
}

void map_remove(uintptr_t va, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t *entry = map_l1_entry(va + i * PAGE_SIZE);

        if (entry)
            WRITE_ONCE(*entry, 0);
    }
    tlb_flush_local();
    tlb_flush_cpus(&cpu_online);
}

void map_install(uint64_t *l4)
{
    for (unsigned i = HV_FIRST_SLOT; i <= HV_LAST_SLOT; i++)
        WRITE_ONCE(l4[i], map_root[i]);
}

void map_uninstall(uint64_t *l4)
{
    for (unsigned i = HV_FIRST_SLOT; i <= HV_LAST_SLOT; i++)
        WRITE_ONCE(l4[i], 0);
}

/* ---- Device memory ---- */

static uint64_t cache_flags(enum mmio_cache cache)
{
    switch (cache) {
    case MMIO_UC:
        return PTE_PCD | PTE_PWT;
    case MMIO_WC:
        return PTE_PAT;
    default:
        return 0;
    }
}

/* First of `count` unused pages of the window, taken; MMIO_PAGES: none. */
static size_t window_take(size_t count)
{
    size_t first = 0, run = 0;

    spin_lock(&mmio_lock);
    for (size_t i = 0; i < MMIO_PAGES && run < count; i++) {
        if (bit_test(mmio_used, i))
            run = 0;
        else if (run++ == 0)
            first = i;
    }
    for (size_t i = 0; i < count && run == count; i++)
        bit_set(mmio_used, first + i);
    spin_unlock(&mmio_lock);
    return run == count ? first : MMIO_PAGES;
}

static void window_give(size_t first, size_t count)
{
    spin_lock(&mmio_lock);
    for (size_t i = 0; i < count; i++)
        bit_clear(mmio_used, first + i);
    spin_unlock(&mmio_lock);
}

void *map_mmio(paddr_t pa, size_t bytes, enum mmio_cache cache)
{
    uint64_t offset = pa.v % PAGE_SIZE;
    size_t count = ROUND_UP(offset + bytes, PAGE_SIZE) / PAGE_SIZE;
    uint64_t flags = PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY |
                     PTE_NX | cache_flags(cache);
    size_t first;
    uintptr_t va;

    if (!bytes || count > MMIO_PAGES)
        return NULL;
    first = window_take(count);
    if (first == MMIO_PAGES)
        return NULL;
    va = MMIO_BASE + first * PAGE_SIZE;
    if (map_frames(va, paddr_to_mfn(pa), count, flags)) {
        window_give(first, count);
        return NULL;
    }
    return (char *)va + offset;
}

void unmap_mmio(void *va, size_t bytes)
{
    uintptr_t first = (uintptr_t)va & PAGE_MASK;
    size_t count =
        ROUND_UP((uintptr_t)va - first + bytes, PAGE_SIZE) / PAGE_SIZE;

    map_remove(first, count);
    window_give((first - MMIO_BASE) / PAGE_SIZE, count);
}
