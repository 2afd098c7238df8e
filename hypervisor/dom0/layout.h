/* SPDX-License-Identifier: MIT */
/*
 * Where everything of a new PV domain lies, in pseudo-physical frames. Pure.
 *
 * From pfn 0, mapped at virt_base: the kernel, [initrd], [p2m], start_info,
 * page tables, boot stack, padding up to 4 MiB. Behind that, not mapped
 * there: the initrd and the p2m with its own page tables, for kernels whose
 * notes say that they take them so.
 */
#pragma once

#include "dom0/elf.h"

struct dom0_layout {
    uint64_t initrd_pfn, initrd_pages;
    uint64_t p2m_pfn, p2m_pages;
    uint64_t p2m_table_pfn, p2m_tables; /* for the p2m's own mapping, or 0 */
    uint64_t start_info_pfn;
    uint64_t tables_pfn, tables; /* L4, L3, L2, L1 in this order */
    uint64_t l3_count, l2_count, l1_count;
    uint64_t stack_pfn;
    uint64_t mapped_pages; /* mapped at virt_base from pfn 0 on */
    uint64_t end_pfn;      /* behind everything */
};

/*
 * For a kernel `k`, an initrd of `initrd_bytes` and `nr_pages` frames of
 * memory. False: it does not fit into them (out->end_pfn says what it needs),
 * or its notes put it where no guest can be, or two things at one place
 * (out->end_pfn is 0).
 */
MUST_CHECK bool layout_compute(const struct elf_kernel *k,
                               uint64_t initrd_bytes, uint64_t nr_pages,
                               struct dom0_layout *out);

/* Tables of 512 entries needed to map [va, va + pages), by level 1 to 3. */
uint64_t layout_tables(uint64_t va, uint64_t pages, unsigned level);
