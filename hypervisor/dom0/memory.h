/* SPDX-License-Identifier: MIT */
/* dom0's memory while it is built: pseudo-physical frames in few stretches. */
#pragma once

#include "domain/domain.h"
#include "lib/types.h"

struct dom0_stretch {
    uint64_t pfn, mfn, count;
};

#define DOM0_STRETCHES_MAX 4096

struct dom0_memory {
    struct domain *d;
    struct dom0_stretch *stretches; /* by rising pfn, without gaps */
    unsigned stretch_count;
    uint64_t page_count;
};

/* How many pages dom0 gets, by parameters and what is free. */
uint64_t dom0_memory_wanted(uint64_t free_pages, uint64_t total_pages);

/*
 * Give `pages` frames to m->d, in large blocks first. Returns how many it got.
 */
uint64_t dom0_memory_fill(struct dom0_memory *m, uint64_t pages);

mfn_t dom0_memory_mfn(const struct dom0_memory *m, uint64_t pfn);
/* The hypervisor's view of pseudo-physical frame `pfn`. */
void *dom0_memory_page(const struct dom0_memory *m, uint64_t pfn);
/* Copy into, or zero, pseudo-physical bytes from `at` on. */
void dom0_memory_copy(const struct dom0_memory *m, uint64_t at, const void *src,
                      uint64_t bytes);
void dom0_memory_clear(const struct dom0_memory *m, uint64_t at,
                       uint64_t bytes);
