/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own page tables: the shared slots 256 to 271 of every root.
 */
#pragma once

#include "cpu/direct.h"
#include "cpu/layout.h"
#include "lib/types.h"

/*
 * Map `count` frames from `mfn` at `va` in the hypervisor's slots with `flags`
 * (PTE_* without the address). -ENOMEM. Lower tables are allocated.
 */
MUST_CHECK int map_frames(uintptr_t va, mfn_t mfn, size_t count,
                          uint64_t flags);
/* Unmap and flush everywhere; keeps the lower tables. */
void map_remove(uintptr_t va, size_t count);
/* The L1 entry for `va`, or NULL when a lower table is missing. */
uint64_t *map_l1_entry(uintptr_t va);

/* The same with the largest pages that fit; at boot. -ENOMEM. */
MUST_CHECK int map_large(uintptr_t va, uint64_t pa, uint64_t bytes,
                         uint64_t flags);
/* Make the L4 entry of `va`'s slot, so that it never changes later. */
MUST_CHECK int map_reserve_slot(uintptr_t va);
/* Where a hypervisor address leads; false: nowhere. */
bool map_lookup(uintptr_t va, uint64_t *pa);
/* Put the hypervisor's slots into a guest's top-level table. */
void map_install(uint64_t *l4);
/* Zero them, so that the guest does not see them as data. */
void map_uninstall(uint64_t *l4);

enum mmio_cache {
    MMIO_UC,
    MMIO_WC,
    MMIO_WB
};
/* Map device memory (or tables outside RAM) somewhere; NULL: no room. */
void *map_mmio(paddr_t pa, size_t bytes, enum mmio_cache cache);
void unmap_mmio(void *va, size_t bytes);
