/* SPDX-License-Identifier: MIT */
/* Segment descriptors that a 64-bit guest may have. */
#include "cpu/descriptor.h"

/* SDM vol. 3A 3.4.5: bits of the second word, as bits of the whole. */
#define DESC_ACCESSED (1UL << 40)
#define DESC_S        (1UL << 44)
#define DESC_DPL      (3UL << 45)
#define DESC_P        (1UL << 47)

bool descriptor_fix(uint64_t *desc)
{
    if (!(*desc & DESC_P))
        return true;
    if (!(*desc & DESC_S))
        return false;
    *desc |= DESC_DPL | DESC_ACCESSED;
    return true;
}
