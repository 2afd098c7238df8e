/* SPDX-License-Identifier: MIT */
/*
 * The memory side of a domain and of a vCPU. Rooms below `domain` know a
 * domain by this part only; struct domain embeds it.
 *
 * All zero is a valid start for both, but for the roots (INVALID_MFN);
 * domain_memory_init() does the rest.
 * Lock keys: (c) constant, (m) `lock`, (a) atomic, (p) the vCPU itself.
 */
#pragma once

#include "lib/bits.h"
#include "lib/spinlock.h"
#include "lib/types.h"

struct domain_mm {
    uint16_t domid; /* (c) */
    bool is_dying;  /* (a) set once: gets no frame and no pin any more */
    bool has_iomem; /* (c) may map device memory (dom0) */
    struct spinlock lock;
    uint64_t page_count;     /* (m) frames owned */
    uint64_t max_page_count; /* limit on the same */
    uint64_t shared_count;   /* (m) hypervisor frames shared with it */
    uint64_t claim_frames;   /* heap lock: promised and not yet taken */
    uint64_t vm_assist;
    /*
     * (a) Counts changes to entries above level 1 and ends of such tables:
     * while it stays, so does where a root's walk leads.
     */
    uint32_t tables_generation;
    uint32_t frames;         /* (m) list of owned frames, by frame number */
    uint32_t leftover;       /* (m) those given up but still referenced */
    struct cpumask tlb_cpus; /* CPUs whose TLB may hold its mappings */
    struct e820entry *memory_map; /* (m) as set by set_memory_map, or NULL */
    unsigned memory_map_count;    /* (m) */
};

/*
 * What an operation holds across a yield, for the recounting checker. Of a
 * table that is being validated or taken apart: one reference with one type
 * reference on `mfn`, and what its entries below `progress` refer to. Else
 * progress is one of MM_HOLD_*.
 */
struct mm_hold {
    mfn_t mfn;
    uint16_t progress;
};

#define MM_HOLD_TYPE 0xffff /* a reference with a type reference */
#define MM_HOLD_REF  0xfffe /* a reference */

#define MM_HOLDS     10

struct vcpu_mm {
    struct domain_mm *dm; /* (c) */
    mfn_t kernel_root; /* L4 in guest-kernel mode; a type reference is held */
    mfn_t user_root;   /* L4 in guest-user mode; INVALID_MFN: none */
    /* (p) The latest walk: a root and 2 MiB that it led to a level-1 table. */
    struct {
        mfn_t root, table;
        uint64_t va_2m;      /* address divided by 2 MiB, plus 1; 0: none */
        uint32_t generation; /* of dm->tables_generation then */
    } walk;
    struct mm_hold holds[MM_HOLDS]; /* (p) */
    unsigned hold_count;            /* (p) */
};
