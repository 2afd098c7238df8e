/* SPDX-License-Identifier: MIT */
/* The firmware's memory map made sorted and free of overlaps. Pure logic. */
#pragma once

#include "lib/boot_info.h"

/*
 * Sort `map` in place so that regions ascend and none overlap; where two
 * overlap the less usable type wins (RAM loses to everything), empty and
 * wrapping regions are dropped, neighbours of one type are joined.
 *
 * `count` regions are given, at most `max` fit. Returns the new count; regions
 * that no longer fit are dropped from the top, so memory is lost, not shared.
 */
unsigned memmap_sanitize(struct mem_region *map, unsigned count, unsigned max);

/* The type at machine address `pa`; MEM_RESERVED outside of all regions. */
enum mem_type memmap_type(const struct mem_region *map, unsigned count,
                          uint64_t pa);
