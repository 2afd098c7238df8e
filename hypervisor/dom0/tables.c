/* SPDX-License-Identifier: MIT */
/*
 * The first page tables of a new PV domain.
 *
 * The tables at virt_base come in the order L4, L3s, L2s, L1s, which Linux
 * relies on; each level is filled from the one below it by position.
 */
#include "dom0/tables.h"

#include "lib/string.h"
#include "mm/map.h"

#define LEAF  (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
#define TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)

/* A stretch of virtual memory and the tables for it, by level 1 to 3. */
struct mapping {
    const struct dom0_memory *m;
    uint64_t va, pages;
    uint64_t first_pfn[4]; /* of the tables of this level */
};

static uint64_t entry(const struct dom0_memory *m, uint64_t pfn, uint64_t flags)
{
    return dom0_memory_mfn(m, pfn).v << PAGE_SHIFT | flags;
}

/* Set the entries of level `level` that reach its `count` things below. */
static void fill(const struct mapping *map, unsigned level, uint64_t below_pfn,
                 uint64_t count, uint64_t flags)
{
    unsigned shift = PAGE_SHIFT + 9 * (level - 1);
    uint64_t slot = (map->va >> shift) & 511;
    uint64_t *table = NULL;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = slot + i;

        if (!table || at % 512 == 0)
            table = dom0_memory_page(map->m, map->first_pfn[level] + at / 512);
        table[at % 512] = entry(map->m, below_pfn + i, flags);
    }
}

static void protect(const struct mapping *map, uint64_t pfn, uint64_t count)
{
    for (uint64_t p = pfn; p < pfn + count; p++) {
        uint64_t at = ((map->va >> PAGE_SHIFT) & 511) + p;
        uint64_t *table =
            dom0_memory_page(map->m, map->first_pfn[1] + at / 512);

        table[at % 512] &= ~(PTE_WRITE | PTE_DIRTY);
    }
}

static void write_mapping(const struct mapping *map, uint64_t pfn,
                          uint64_t *root)
{
    uint64_t l3 = layout_tables(map->va, map->pages, 3);
    uint64_t l2 = layout_tables(map->va, map->pages, 2);
    uint64_t l1 = layout_tables(map->va, map->pages, 1);

    fill(map, 1, pfn, map->pages, LEAF);
    fill(map, 2, map->first_pfn[1], l1, TABLE);
    fill(map, 3, map->first_pfn[2], l2, TABLE);
    for (uint64_t i = 0; i < l3; i++)
        root[((map->va >> 39) + i) & 511] =
            entry(map->m, map->first_pfn[3] + i, TABLE);
}

mfn_t tables_write(const struct elf_kernel *k, const struct dom0_layout *l,
                   const struct dom0_memory *m)
{
    struct mapping main = {
        .m = m, .va = k->virt_base, .pages = l->mapped_pages};
    uint64_t *root = dom0_memory_page(m, l->tables_pfn);

    dom0_memory_clear(m, l->tables_pfn << PAGE_SHIFT, l->tables << PAGE_SHIFT);
    main.first_pfn[3] = l->tables_pfn + 1;
    main.first_pfn[2] = main.first_pfn[3] + l->l3_count;
    main.first_pfn[1] = main.first_pfn[2] + l->l2_count;
    write_mapping(&main, 0, root);
    protect(&main, l->tables_pfn, l->tables);
    if (k->has_init_p2m) {
        struct mapping p2m = {
            .m = m, .va = k->init_p2m_va, .pages = l->p2m_pages};

        dom0_memory_clear(m, l->p2m_table_pfn << PAGE_SHIFT,
                          l->p2m_tables << PAGE_SHIFT);
        p2m.first_pfn[3] = l->p2m_table_pfn;
        p2m.first_pfn[2] =
            p2m.first_pfn[3] + layout_tables(p2m.va, p2m.pages, 3);
        p2m.first_pfn[1] =
            p2m.first_pfn[2] + layout_tables(p2m.va, p2m.pages, 2);
        write_mapping(&p2m, l->p2m_pfn, root);
    }
    return dom0_memory_mfn(m, l->tables_pfn);
}
