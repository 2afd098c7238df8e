/* SPDX-License-Identifier: MIT */
/*
 * A domain's frames: which it owns, how many it may own, and giving them all
 * back when it ends.
 */
#pragma once

#include "mm/domain_mm.h"

/* Register `mm`, all zero before. -ENOMEM, -EEXIST (the id is in use). */
MUST_CHECK int domain_memory_init(struct domain_mm *mm, uint16_t domid,
                                  uint64_t max_page_count);
/* Nothing may be left: domain_memory_is_gone(). */
void domain_memory_destroy(struct domain_mm *mm);
/* Say that an entry above level 1 of its tables changed, or such a table. */
void domain_memory_tables_changed(uint16_t domid);
/* The domain with this id may map device memory. */
bool domain_memory_has_iomem(uint16_t domid);
/* No frame is owned by it or shared with it any more. */
bool domain_memory_is_gone(struct domain_mm *mm);

/* ---- Pages of the hypervisor that the domain may map, writable ---- */
MUST_CHECK int domain_memory_alloc_shared(struct domain_mm *mm, mfn_t *out);
/* The hypervisor's own mapping of it. */
void *domain_memory_shared_va(mfn_t mfn);
/* Drop the hypervisor's hold; freed when the last mapping has gone too. */
void domain_memory_free_shared(mfn_t mfn);
/* The same for a page that the domain may only read. */
MUST_CHECK int domain_memory_alloc_shared_ro(struct domain_mm *mm, mfn_t *out);

/* ---- Frames of the domain ---- */
/* flags: address bits in the low byte (0: any), or this. */
#define MM_BITS(n)  (n)
#define MM_BELOW_4G MM_BITS(32)
/* At boot only: the content is not a guest's secret. */
#define MM_NO_SCRUB 0x100U

/*
 * 2^order contiguous frames for the domain, scrubbed. -ENOMEM when memory is
 * out or promised to others, or the domain would own too much; -ESRCH when
 * it is dying.
 */
MUST_CHECK int domain_memory_alloc(struct domain_mm *mm, unsigned order,
                                   unsigned flags, mfn_t *out);
/* The same in pieces with yields in between: -ECANCELED. */
MUST_CHECK int domain_memory_populate(struct domain_mm *mm, unsigned order,
                                      unsigned flags, mfn_t *out) MAY_YIELD;
/*
 * Boot only: give frames that neither the heap nor anybody has (a module's)
 * to the domain.
 */
MUST_CHECK int domain_memory_adopt(struct domain_mm *mm, mfn_t first,
                                   uint64_t count);
/*
 * The domain gives up a frame; it is freed when nothing refers to it any
 * more. -EINVAL, -EPERM as frame_get(); -EINVAL too when given up before.
 */
MUST_CHECK int domain_memory_free(struct domain_mm *mm, mfn_t mfn);

/*
 * Two halves of a free exchange: blocks that are nobody's yet, scrubbed...
 */
MUST_CHECK int domain_memory_reserve(struct domain_mm *mm, unsigned order,
                                     unsigned flags, mfn_t *out) MAY_YIELD;
void domain_memory_unreserve(mfn_t mfn, unsigned order);
/* ...become the domain's, whatever its limit. -ESRCH: it is dying. */
MUST_CHECK int domain_memory_assign_reserved(struct domain_mm *mm, mfn_t mfn,
                                             unsigned order);
/* Take one frame away from its owner's list and all, and put it back. */
MUST_CHECK int domain_memory_steal(struct domain_mm *mm, mfn_t mfn);
void domain_memory_unsteal(struct domain_mm *mm, mfn_t mfn);
void domain_memory_free_stolen(struct domain_mm *mm, mfn_t mfn);

/*
 * The domain is dying and none of its vCPUs is in the hypervisor or has a
 * root: drop all pins and give all frames up. What others still refer to
 * stays until they let go. Goes on to the end even if told to abandon.
 */
void domain_memory_relinquish(struct vcpu_mm *who, struct domain_mm *mm)
    MAY_YIELD;

/* frame.c: the last reference on an owned or shared frame is gone. */
void domain_memory_forget(mfn_t mfn);
