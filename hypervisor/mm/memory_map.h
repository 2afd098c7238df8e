/* SPDX-License-Identifier: MIT */
/*
 * Which machine memory is RAM that the hypervisor manages, and the list of
 * free stretches that boot memory is taken from. Pure logic over
 * boot_info.map.
 */
#pragma once

#include "lib/boot_info.h"
#include "lib/types.h"

/* Below it everything counts as a device: firmware data, video memory. */
#define MEMORY_MAP_LOW 0x100000UL

/*
 * The whole frame is RAM and not below 1 MiB: it is managed. Everything else
 * is a device's, or nothing.
 */
bool memory_map_is_ram(mfn_t mfn);

struct mem_range {
    uint64_t start, end; /* bytes */
};

#define MEM_RANGES_MAX (2 * BOOT_MEM_MAX)

/* Ascending, disjoint, not empty. */
struct mem_ranges {
    struct mem_range range[MEM_RANGES_MAX];
    unsigned count;
};

/*
 * Whole frames of managed RAM of `info`, without modules and without the
 * image, which ends at `image_end_pa`.
 */
void memory_map_free_ranges(const struct boot_info *info, uint64_t image_end_pa,
                            struct mem_ranges *out);
/* Take [start, end) out. What no longer fits the list is lost, not shared. */
void memory_map_exclude(struct mem_ranges *r, uint64_t start, uint64_t end);
/*
 * Take `bytes` with this alignment from the highest place that ends at or
 * below `limit`; 0: there is none.
 */
uint64_t memory_map_take(struct mem_ranges *r, uint64_t bytes, uint64_t align,
                         uint64_t limit);
