/* SPDX-License-Identifier: MIT */
/*
 * RAM as the hypervisor sees it: conversions between machine addresses and
 * the direct map or the image; and the bits of a page-table entry.
 */
#pragma once

#include "cpu/layout.h"
#include "lib/types.h"

/* Hardware page-table entry bits (SDM vol. 3A 4.5). */
#define PTE_PRESENT  (1UL << 0)
#define PTE_WRITE    (1UL << 1)
#define PTE_USER     (1UL << 2)
#define PTE_PWT      (1UL << 3)
#define PTE_PCD      (1UL << 4)
#define PTE_ACCESSED (1UL << 5)
#define PTE_DIRTY    (1UL << 6)
#define PTE_PSE      (1UL << 7)
#define PTE_PAT      (1UL << 7) /* in an L1 entry */
#define PTE_GLOBAL   (1UL << 8)
#define PTE_AVAIL    (7UL << 9)
#define PTE_NX       (1UL << 63)
#define PTE_ADDR     0x000ffffffffff000UL

/* Any byte of RAM. */
static inline void *paddr_to_virt(paddr_t pa)
{
    return (void *)(DIRECT_BASE + pa.v);
}
static inline void *mfn_to_virt(mfn_t mfn)
{
    return (void *)(DIRECT_BASE + (mfn.v << PAGE_SHIFT));
}
/* Of a direct-map or image address. */
static inline paddr_t virt_to_paddr(const void *va)
{
    uintptr_t v = (uintptr_t)va;

    return PADDR(v >= DIRECT_BASE ? v - DIRECT_BASE : v - IMAGE_BASE);
}
static inline mfn_t virt_to_mfn(const void *va)
{
    return paddr_to_mfn(virt_to_paddr(va));
}

/* The hypervisor's own root, which idle CPUs load; mm/map.c fills it. */
extern uint64_t map_root[512];
