/* SPDX-License-Identifier: MIT */
/* Where everything of a new PV domain lies. */
#include "dom0/layout.h"

#include "cpu/layout.h"

#define ALIGN_PAGES   1024 /* the mapping ends on a multiple of 4 MiB */
#define PADDING_PAGES 128  /* at least 512 KiB are mapped behind the stack */
#define LOWER_END     (1UL << 47) /* of the lower canonical addresses */
#define L4_SHIFT      39

static uint64_t pages_of(uint64_t bytes)
{
    return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

uint64_t layout_tables(uint64_t va, uint64_t pages, unsigned level)
{
    unsigned shift = PAGE_SHIFT + 9 * level;
    uint64_t last = va + (pages << PAGE_SHIFT) - 1;

    return (last >> shift) - (va >> shift) + 1;
}

/* The addresses are canonical, do not wrap, and are not the hypervisor's. */
static bool is_guest_range(uint64_t va, uint64_t pages)
{
    uint64_t last = va + (pages << PAGE_SHIFT) - 1;

    return last >= va && (last < LOWER_END || va >= HV_VIRT_END);
}

/* The p2m's mapping has tables of its own below the L4. */
static bool is_p2m_apart(const struct elf_kernel *k,
                         const struct dom0_layout *l)
{
    uint64_t main_last = k->virt_base + (l->mapped_pages << PAGE_SHIFT) - 1;
    uint64_t p2m_last = k->init_p2m_va + (l->p2m_pages << PAGE_SHIFT) - 1;

    return is_guest_range(k->init_p2m_va, l->p2m_pages) &&
           (main_last >> L4_SHIFT < k->init_p2m_va >> L4_SHIFT ||
            p2m_last >> L4_SHIFT < k->virt_base >> L4_SHIFT);
}

/*
 * Tables for the mapping at virt_base map themselves: grow until they fit.
 */
static bool place_tables(const struct elf_kernel *k, struct dom0_layout *out,
                         uint64_t at)
{
    uint64_t mapped = at;

    out->tables_pfn = at;
    for (;;) {
        mapped = ROUND_UP(mapped, (uint64_t)ALIGN_PAGES);
        if (!is_guest_range(k->virt_base, mapped))
            return false;
        out->l3_count = layout_tables(k->virt_base, mapped, 3);
        out->l2_count = layout_tables(k->virt_base, mapped, 2);
        out->l1_count = layout_tables(k->virt_base, mapped, 1);
        out->tables = 1 + out->l3_count + out->l2_count + out->l1_count;
        out->stack_pfn = at + out->tables;
        if (out->stack_pfn + 1 + PADDING_PAGES <= mapped)
            break;
        mapped = out->stack_pfn + 1 + PADDING_PAGES;
    }
    out->mapped_pages = mapped;
    return true;
}

bool layout_compute(const struct elf_kernel *k, uint64_t initrd_bytes,
                    uint64_t nr_pages, struct dom0_layout *out)
{
    uint64_t at = pages_of(k->paddr_end);

    *out = (struct dom0_layout){0};
    out->initrd_pages = pages_of(initrd_bytes);
    out->p2m_pages = pages_of(nr_pages * sizeof(uint64_t));
    if (!k->mod_start_pfn) {
        out->initrd_pfn = at;
        at += out->initrd_pages;
    }
    if (!k->has_init_p2m) {
        out->p2m_pfn = at;
        at += out->p2m_pages;
    }
    out->start_info_pfn = at++;
    if (!place_tables(k, out, at) || (k->has_init_p2m && !is_p2m_apart(k, out)))
        return false;
    at = out->mapped_pages;
    if (k->mod_start_pfn) {
        out->initrd_pfn = at;
        at += out->initrd_pages;
    }
    if (k->has_init_p2m) {
        out->p2m_pfn = at;
        at += out->p2m_pages;
        out->p2m_table_pfn = at;
        for (unsigned level = 1; level <= 3; level++)
            out->p2m_tables +=
                layout_tables(k->init_p2m_va, out->p2m_pages, level);
        at += out->p2m_tables;
    }
    out->end_pfn = at;
    return at <= nr_pages;
}
