/* SPDX-License-Identifier: MIT */
/* Bounds that hold under speculation too. */
#pragma once

#include "lib/types.h"

/*
 * `idx` when it is below `bound`, else 0, without a branch: used after the
 * real bounds check, so that a mispredicted check cannot reach past the array.
 */
static ALWAYS_INLINE uint64_t index_nospec(uint64_t idx, uint64_t bound)
{
    uint64_t mask;

    asm("cmp %2, %1; sbb %0, %0" : "=r"(mask) : "r"(idx), "r"(bound) : "cc");
    return idx & mask;
}
