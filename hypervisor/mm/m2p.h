/* SPDX-License-Identifier: MIT */
/*
 * The machine-to-phys table: for each frame of RAM the pseudo-physical number
 * that its owner gave it. Guests read it; the hypervisor writes it.
 */
#pragma once

#include "cpu/layout.h"
#include "lib/types.h"

/* A frame that is in no domain's pseudo-physical space. */
#define M2P_INVALID PFN(~0UL)

/* Frames, and bytes of the table, that one 2 MiB chunk of it covers. */
#define M2P_CHUNK_SHIFT 18
#define M2P_CHUNK_BYTES 0x200000UL

/* One past the highest frame that has an entry. */
extern uint64_t m2p_frames;

/* For a frame that exists (frame_exists). */
static inline void m2p_set(mfn_t mfn, pfn_t pfn)
{
    ((volatile uint64_t *)M2P_RW_BASE)[mfn.v] = pfn.v;
}
static inline pfn_t m2p_get(mfn_t mfn)
{
    return PFN(((const volatile uint64_t *)M2P_RW_BASE)[mfn.v]);
}
