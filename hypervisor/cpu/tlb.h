/* SPDX-License-Identifier: MIT */
/*
 * TLB flushes, local and on other CPUs, and the clock that tells whether a
 * CPU has flushed since a frame's last mapping went.
 *
 * Waiting for other CPUs happens with no spinlock held, or with locks that no
 * flush handler takes (the handler takes none); while waiting, and in every
 * spin loop, a CPU serves requests to itself.
 */
#pragma once

#include "lib/bits.h"
#include "lib/types.h"

/*
 * A moment of the flush clock, taken after a mapping was removed. 48 bits are
 * enough for centuries. Zero: no TLB can hold anything.
 */
typedef struct {
    uint64_t v;
} tlb_stamp_t;

#define TLB_STAMP_NONE ((tlb_stamp_t){0})
#define TLB_STAMP_BITS 48

/*
 * Says that every CPU that may run a guest has flushed after some stamp. Made
 * by tlb_flush_stale() only; what needs such a flush takes one as argument.
 */
typedef struct {
    bool flushed;
} tlb_clean_t;

/*
 * Load a root; flushes this CPU's non-global entries. While map_root is
 * loaded the CPU counts as holding no guest's entries.
 */
void tlb_load_root(paddr_t root);
void tlb_flush_local(void);
void tlb_flush_page_local(uintptr_t va);
/* Wait until each of `cpus` (this one too if in it) has flushed. */
void tlb_flush_cpus(const struct cpumask *cpus);
void tlb_flush_page_cpus(const struct cpumask *cpus, uintptr_t va);
/* The same for those of `cpus` only that may hold guests' entries. */
void tlb_flush_guest_cpus(const struct cpumask *cpus);
void tlb_flush_page_guest_cpus(const struct cpumask *cpus, uintptr_t va);
/* Serve a request to this CPU, if any. IPI handler and spin loops. */
void tlb_serve_request(void);

/* Now; the caller has removed a mapping before. */
tlb_stamp_t tlb_stamp_now(void);
/* Flush where entries from before `stamp` may remain. */
MUST_CHECK tlb_clean_t tlb_flush_stale(tlb_stamp_t stamp);
/* For memory that no TLB can hold, such as at boot. */
static inline tlb_clean_t tlb_clean_at_boot(void)
{
    return (tlb_clean_t){true};
}
