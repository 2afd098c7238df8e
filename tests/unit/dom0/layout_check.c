/* SPDX-License-Identifier: MIT */
/* What must hold for every layout, whatever the kernel. */
#include "dom0/layout_check.h"

#define PAGE 4096UL

struct part {
    uint64_t pfn, pages;
};

/* Tables of one level that mapping `pages` from `va` on needs. */
static uint64_t count_tables(uint64_t va, uint64_t pages, unsigned level)
{
    uint64_t reach = PAGE << (9 * level), count = 0, done = 0;

    while (done < pages) {
        uint64_t left = (reach - (va & (reach - 1))) / PAGE;

        count++;
        done += left;
        va += left * PAGE;
    }
    return count;
}

static bool is_reachable(uint64_t va, uint64_t pages)
{
    uint64_t last = va + pages * PAGE - 1;
    bool is_low = va <= last && last <= 0x7fffffffffff;
    bool is_high = va <= last && va >= 0xffff880000000000;

    return is_low || is_high;
}

static const char *check_tables(const struct elf_kernel *k,
                                const struct dom0_layout *l)
{
    uint64_t p2m_tables = 0;

    if (!is_reachable(k->virt_base, l->mapped_pages))
        return "mapped where no guest can be";
    if (l->l3_count != count_tables(k->virt_base, l->mapped_pages, 3) ||
        l->l2_count != count_tables(k->virt_base, l->mapped_pages, 2) ||
        l->l1_count != count_tables(k->virt_base, l->mapped_pages, 1) ||
        l->tables != 1 + l->l3_count + l->l2_count + l->l1_count)
        return "number of tables";
    if (!k->has_init_p2m)
        return l->p2m_tables ? "tables for no p2m" : NULL;
    if (!is_reachable(k->init_p2m_va, l->p2m_pages))
        return "p2m mapped where no guest can be";
    for (unsigned level = 1; level <= 3; level++)
        p2m_tables += count_tables(k->init_p2m_va, l->p2m_pages, level);
    if (p2m_tables != l->p2m_tables)
        return "number of the p2m's tables";
    /* No slot of the top-level table serves both. */
    for (uint64_t at = 0; at < l->p2m_pages; at++) {
        uint64_t slot = (k->init_p2m_va + at * PAGE) >> 39;

        if (slot >= k->virt_base >> 39 &&
            slot <= (k->virt_base + l->mapped_pages * PAGE - 1) >> 39)
            return "the mappings share a slot";
    }
    return NULL;
}

const char *layout_check(const struct elf_kernel *k, uint64_t initrd_bytes,
                         uint64_t nr_pages, const struct dom0_layout *l)
{
    const struct part parts[] = {
        {0, (k->paddr_end + PAGE - 1) / PAGE},
        {l->initrd_pfn, l->initrd_pages},
        {l->p2m_pfn, l->p2m_pages},
        {l->p2m_table_pfn, l->p2m_tables},
        {l->start_info_pfn, 1},
        {l->tables_pfn, l->tables},
        {l->stack_pfn, 1},
    };

    if (l->initrd_pages * PAGE < initrd_bytes ||
        l->p2m_pages * PAGE < nr_pages * 8)
        return "too small";
    if (l->end_pfn > nr_pages || l->mapped_pages > l->end_pfn)
        return "beyond the memory";
    for (unsigned i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i].pages && parts[i].pfn + parts[i].pages > l->end_pfn)
            return "beyond the end";
        for (unsigned j = 0; j < i; j++)
            if (parts[i].pfn < parts[j].pfn + parts[j].pages &&
                parts[j].pfn < parts[i].pfn + parts[i].pages)
                return "two parts overlap";
    }
    /* What the kernel finds through virt_base is mapped there. */
    if (l->stack_pfn + 1 + 128 > l->mapped_pages ||
        l->start_info_pfn >= l->mapped_pages || l->mapped_pages % 1024)
        return "mapping";
    if (!k->mod_start_pfn && l->initrd_pfn + l->initrd_pages > l->mapped_pages)
        return "initrd not mapped";
    if (!k->has_init_p2m && l->p2m_pfn + l->p2m_pages > l->mapped_pages)
        return "p2m not mapped";
    return check_tables(k, l);
}
