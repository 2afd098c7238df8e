/* SPDX-License-Identifier: MIT */
/* Setting up memory at boot. */
#pragma once

#include "lib/types.h"

/*
 * From boot_info: the hypervisor's root (loaded when this returns), the frame
 * and machine-to-phys tables, and all other free memory into the heap. After
 * features_init(); boot_fail() when there is not enough. Modules stay as they
 * are until mm_free_boot_memory().
 */
void mm_init(void);
/* Boot code and data are not needed any more. */
void mm_free_init(void);
/*
 * Give whole frames in [start, end) machine bytes to the heap: a module whose
 * content is no longer needed. Once for each byte at most.
 */
void mm_free_boot_memory(uint64_t start, uint64_t end);

/* map.c: a zeroed page for a table; from boot memory until the heap works. */
void *mm_table_alloc(void);
