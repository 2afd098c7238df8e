/* SPDX-License-Identifier: MIT */
/*
 * The allocator of frames, and of small objects on top of it.
 *
 * Frames are scrubbed before anyone else may have them; object memory is
 * zeroed.
 */
#pragma once

#include "cpu/tlb.h"
#include "lib/types.h"

/* Only frames below 4 GiB. */
#define HEAP_BELOW_4G 1U

/* Blocks are 2^0 to 2^HEAP_ORDER_MAX frames. */
#define HEAP_ORDER_MAX 18

/* 2^order contiguous zeroed frames in the direct map, or NULL. */
void *heap_alloc_pages(unsigned order, unsigned flags);
void heap_free_pages(void *va, unsigned order);
/* Zeroed object of any size up to 2 MiB; NULL when memory is out. */
void *heap_alloc(size_t bytes);
void heap_free(void *p);
/* Frames free now, in all and below 4 GiB. */
uint64_t heap_free_count(void);
uint64_t heap_free_count_below_4g(void);
/* All RAM frames that the hypervisor manages. */
uint64_t heap_total_count(void);

/* ---- For mm only ---- */

/* Machine addresses of any width will do. */
#define HEAP_BITS_ANY 64

/*
 * 2^order contiguous frames below 2^bits bytes, with whatever they held, at
 * reference count zero; no TLB holds them. -ENOMEM. `spare` frames must be
 * left free afterwards.
 */
MUST_CHECK int heap_take(unsigned order, unsigned bits, uint64_t spare,
                         mfn_t *out);
/* Take them back; TLBs may hold mappings from before `stamp`. */
void heap_give(mfn_t mfn, unsigned order, tlb_stamp_t stamp);
/* Frames that the allocator never had before: boot memory. */
void heap_give_new(mfn_t first, uint64_t count);
void heap_scrub(mfn_t mfn, uint64_t count);

/*
 * Frames promised to domains and not yet taken. heap_claim() changes the sum
 * from `was` to `now`; -ENOMEM when that much is not free.
 */
MUST_CHECK int heap_claim(uint64_t *claim, uint64_t now);
/* A domain with this claim took or was refused `count` frames. */
void heap_claim_use(uint64_t *claim, uint64_t count);
/* Frames promised to others than the holder of `claim`. */
uint64_t heap_claimed_by_others(const uint64_t *claim);

/* Walk all free blocks and compare with the counts; true: they agree. */
bool heap_check(void);
